// The signatures of all families in one table, for scripts and tests.
import { families } from "./index";

type Merged<T> = (T extends unknown ? (table: T) => void : never) extends (table: infer All) => void ? All : never;

export const signatures = Object.assign({}, ...families) as Merged<(typeof families)[number]>;
