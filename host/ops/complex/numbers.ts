// Complex tensors of real ones and back.
import { dtypeName } from "../../core/dtype";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { DTypeError } from "../../errors";
import { Pair } from "../../tensor/complex";
import { failure, format, type Implementations, shapeError } from "../define";
import { asFloat, asFloats, constantLike } from "../promotion";
import { select } from "../shape";
import { isnan } from "../support";
import { pair } from "./arithmetic";
import { polar } from "./functions";

function complex(re: Node, im: Node): Pair {
  const [x, y] = p.isScalar(re) || p.isScalar(im) ? asFloats(re, im) : [re, im];
  if (p.isFloat(x) && p.dtype(x) === p.dtype(y)) return pair(x, y);
  throw failure(
    DTypeError,
    `expected both parts to be float32, or both float64, but got ${dtypeName(p.dtype(re))} and ${dtypeName(p.dtype(im))}.`,
  );
}
const refuseReal = (): never => {
  throw failure(DTypeError, "expected a ComplexTensor but got a real Tensor.");
};
function viewAsComplex(x: Node): Pair {
  if (!p.isFloat(x))
    throw failure(DTypeError, `expected a float32 or float64 Tensor but got ${dtypeName(p.dtype(x))}.`);
  if (p.ndim(x) === 0 || p.size(x, -1) !== 2)
    throw shapeError(
      `the last dim should have size 2, for the real and the imaginary part, but the shape is ${format(x)}.`,
    );
  return new Pair(select(x, -1, 0), select(x, -1, 1));
}
/** 0 or π, and NaN of NaN; its derivative is 0. */
function angle(input: Node): Node {
  const x = asFloat(input);
  return p.where(isnan(x), x, p.where(p.lt(x, p.num(0)), constantLike(x, Math.PI), p.num(0)));
}

/** What they do with real arguments. */
export const complexNumberOps = {
  complex,
  polar: (r: Node, phi: Node) => polar(...asFloats(r, phi)),
  viewAsComplex,
  viewAsReal: refuseReal,
  real: (x: Node) => x,
  imag: refuseReal,
  conj: (x: Node) => x,
  angle,
} satisfies Implementations;
