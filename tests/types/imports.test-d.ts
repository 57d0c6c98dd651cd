// Ways to import the package's values and types.
import pf, { type Tensor } from "pushforward";
import * as all from "pushforward";
import { assertClose, equalityTesters } from "pushforward/testing";

const x: pf.Tensor = pf.tensor([1, 2]);
const y: all.Tensor = all.tensor([1, 2]);
let best: Tensor = x.max(0).values;
best = best.add(y);
assertClose(x, best.T, { rtol: 0, atol: 0 });
x[Symbol.dispose]();
const options: pf.TensorOptions = { dtype: "float64" };
const configuration: all.Configuration = { threads: 1 };
const gradient: pf.func.GradTransformOptions = { argnums: 0 };
// @ts-expect-error there is no such export
export type { NoSuchOptions } from "pushforward";
export { configuration, equalityTesters, gradient, options };
