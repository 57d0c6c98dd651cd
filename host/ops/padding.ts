// torch.nn.functional.pad.
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, shapeError } from "./define";
import { constantPadNd } from "./shape";
import { sliceAlong } from "./support";

type Mode = "constant" | "reflect" | "replicate" | "circular";

/** `before` and `after` more values along dim, made of those at x's own ends; n is the size of dim. */
type Extend = (x: Node, dim: number, n: number, before: number, after: number) => [Node, Node];

const atEnds: Record<Exclude<Mode, "constant">, Extend> = {
  // mirrored without repeating the outermost value
  reflect: (x, dim, n, before, after) => [
    p.flip(sliceAlong(x, dim, 1, before), [dim]),
    p.flip(sliceAlong(x, dim, n - 1 - after, after), [dim]),
  ],
  replicate: (x, dim, n, before, after) => {
    const repeat = (edge: number, count: number) => {
      const shape = p.shape(x);
      shape[dim] = count;
      return p.expand(sliceAlong(x, dim, edge, 1), shape);
    };
    return [repeat(0, before), repeat(n - 1, after)];
  },
  circular: (x, dim, n, before, after) => [sliceAlong(x, dim, n - before, before), sliceAlong(x, dim, 0, after)],
};
/** How much each mode can add to a dim of size n. */
const limits: Record<Exclude<Mode, "constant">, (n: number) => number> = {
  reflect: (n) => n - 1,
  replicate: (n) => (n > 0 ? Infinity : 0),
  circular: (n) => n,
};

/** x without its first `before` and last `after` entries along dim. */
const cut = (x: Node, dim: number, before: number, after: number): Node =>
  before || after ? sliceAlong(x, dim, before, p.size(x, dim) - before - after) : x;

/** Negative amounts cut: in mode "circular" before the rest wraps round, in the others afterwards, as torch has it. */
function extendAlong(x: Node, dim: number, before: number, after: number, mode: Exclude<Mode, "constant">): Node {
  const n = p.size(x, dim);
  if (n + before + after < 1)
    throw shapeError(`pad [${before}, ${after}] leaves nothing of dimension ${dim} of size ${n}.`);
  const [cutBefore, cutAfter] = [Math.max(0, -before), Math.max(0, -after)];
  const [addBefore, addAfter] = [Math.max(0, before), Math.max(0, after)];
  const source = mode === "circular" ? cut(x, dim, cutBefore, cutAfter) : x;
  const available = p.size(source, dim);
  if (Math.max(addBefore, addAfter) > limits[mode](available))
    throw shapeError(`mode "${mode}" can't pad dimension ${dim} of size ${available} by [${before}, ${after}].`);
  const [head, tail] = atEnds[mode](source, dim, available, addBefore, addAfter);
  const extended =
    addBefore || addAfter ? p.concat([...(addBefore ? [head] : []), source, ...(addAfter ? [tail] : [])], dim) : source;
  return mode === "circular" ? extended : cut(extended, dim, cutBefore, cutAfter);
}

export const paddingOps = {
  /** pad: pairs (before, after), beginning with the last dim. */
  "nn.functional.pad"(x: Node, pad: readonly number[], mode: Mode = "constant", value = 0): Node {
    const ndim = p.ndim(x);
    if (pad.length % 2 !== 0 || pad.length / 2 > ndim)
      throw argumentError(`pad should hold at most ${ndim} pairs (before, after) but has ${pad.length} numbers.`);
    if (mode === "constant") return constantPadNd(x, pad, value);
    let result = x;
    for (let i = 0; i < pad.length / 2; i++) {
      result = extendAlong(result, ndim - 1 - i, pad[2 * i]!, pad[2 * i + 1]!, mode);
    }
    return result === x ? p.alias(x) : result;
  },
};
