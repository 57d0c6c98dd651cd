// Running sums, products and extremes along a dim.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import type { Implementations } from "./define";
import { asDType, asFloat } from "./promotion";
import { sortedNumber } from "./sorting";

const running =
  (scan: (x: Node, dim: number) => Node) =>
  (x: Node, dim: number, dtype?: DType): Node =>
    scan(asDType(x, dtype), dim);

/** The extremes so far with their positions; integers and bools go through float64, which holds all of them. */
const extremes =
  (isSmallest: boolean) =>
  (x: Node, dim: number): [Node, Node] => {
    if (p.ndim(x) === 0) {
      p.normalizeDim(dim, 0);
      return sortedNumber(x);
    }
    if (p.isFloat(x)) return p.cumulativeExtreme(x, dim, isSmallest);
    const [values, positions] = p.cumulativeExtreme(p.cast(x, DType.Float64), dim, isSmallest);
    return [p.cast(values, p.dtype(x)), positions];
  };

export const scanOps = {
  cumsum: running(p.cumsum),
  cumprod: running(p.cumprod),
  cummax: extremes(false),
  cummin: extremes(true),
  logcumsumexp: (x: Node, dim: number): Node => p.logcumsumexp(asFloat(x), dim),
} satisfies Implementations;
