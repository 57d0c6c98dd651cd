// torch.nn.functional.pad.
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, shapeError } from "./define";
import { padAlong, sliceAlong } from "./support";

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

function extendAlong(x: Node, dim: number, before: number, after: number, mode: Exclude<Mode, "constant">): Node {
  const n = p.size(x, dim);
  if (before < 0 || after < 0) throw argumentError(`pad should not be negative with mode "${mode}".`);
  if (Math.max(before, after) > limits[mode](n))
    throw shapeError(`mode "${mode}" can't pad dimension ${dim} of size ${n} by [${before}, ${after}].`);
  const [head, tail] = atEnds[mode](x, dim, n, before, after);
  return p.concat([...(before ? [head] : []), x, ...(after ? [tail] : [])], dim);
}

/** Constant values along dim; negative amounts cut. */
function fillAlong(x: Node, dim: number, before: number, after: number, value: number): Node {
  const n = p.size(x, dim);
  const [cutBefore, cutAfter] = [Math.max(0, -before), Math.max(0, -after)];
  if (n - cutBefore - cutAfter < 0) throw shapeError(`dimension ${dim} of size ${n} can't be cut by more than that.`);
  const kept = cutBefore || cutAfter ? sliceAlong(x, dim, cutBefore, n - cutBefore - cutAfter) : x;
  return padAlong(kept, dim, Math.max(0, before), Math.max(0, after), value);
}

export const paddingOps = {
  /** pad: pairs (before, after), beginning with the last dim. */
  "nn.functional.pad"(x: Node, pad: readonly number[], mode: Mode = "constant", value = 0): Node {
    const ndim = p.ndim(x);
    if (pad.length % 2 !== 0 || pad.length / 2 > ndim)
      throw argumentError(`pad should hold at most ${ndim} pairs (before, after) but has ${pad.length} numbers.`);
    let result = x;
    for (let i = 0; i < pad.length / 2; i++) {
      const [dim, before, after] = [ndim - 1 - i, pad[2 * i]!, pad[2 * i + 1]!];
      if (before === 0 && after === 0) continue;
      result =
        mode === "constant"
          ? fillAlong(result, dim, before, after, value)
          : extendAlong(result, dim, before, after, mode);
    }
    return result === x ? p.alias(x) : result;
  },
};
