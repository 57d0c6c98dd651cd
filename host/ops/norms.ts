// The p-norm of vectors, which normalisations and distances share.
import * as p from "../core/prim";
import type { Dims, Node } from "../core/prim";
import { guarded, square } from "./support";

/** a^c for a >= 0 or NaN with all derivatives 0 at a = 0, where c < 1 would make them infinite. */
const powOrZero = (a: Node, c: number): Node =>
  guarded(p.ne(a, p.num(0)), a, 1, (z) => p.pow(z, p.num(c)), p.pow(p.detach(a), p.num(c)));

/** (Σ |x|^ord)^(1/ord) over dims; 0 counts what is not zero, ±Infinity takes the largest and the smallest |x|. */
export function vectorNorm(x: Node, ord: number, dims?: Dims, keepdim = false): Node {
  switch (ord) {
    case 2:
      return p.root(p.sum(square(x), dims, keepdim));
    case 1:
      return p.sum(p.abs(x), dims, keepdim);
    case 0:
      return p.sum(p.cast(p.ne(x, p.num(0)), p.dtype(x)), dims, keepdim);
    case Infinity:
      return p.amax(p.abs(x), dims, keepdim);
    case -Infinity:
      return p.amin(p.abs(x), dims, keepdim);
    default:
      return powOrZero(p.sum(powOrZero(p.abs(x), ord), dims, keepdim), 1 / ord);
  }
}
