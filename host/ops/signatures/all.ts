// The signatures of all families in one table, for scripts and tests.
import { families } from "./index";

type Merged<T> = (T extends unknown ? (table: T) => void : never) extends (table: infer All) => void ? All : never;

type All = Merged<(typeof families)[number]>;

export const signatures = Object.assign({}, ...families) as { [Key in keyof All]: All[Key] };
