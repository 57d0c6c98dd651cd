// Distances and similarities between vectors.
import { requireNumel } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { format, shapeError } from "./define";
import { vectorNorm } from "./norms";
import { atLeast, range, shift, sliceAlong } from "./support";

/** ‖a - b + eps‖ over the last dim. */
export const pairwiseDistance = (a: Node, b: Node, ord = 2, eps = 1e-6, keepdim = false): Node =>
  vectorNorm(shift(p.sub(a, b), eps), ord, [-1], keepdim);

/** a·b / (max(‖a‖, eps) · max(‖b‖, eps)) over dim. */
function cosineSimilarity(a: Node, b: Node, dim = 1, eps = 1e-8): Node {
  // dim counts in the shape that a and b broadcast to.
  const shape = p.broadcastShape(a, b);
  const unit = (x: Node) => p.div(x, atLeast(vectorNorm(x, 2, [dim], true), eps));
  return p.sum(p.mul(unit(p.expand(a, shape)), unit(p.expand(b, shape))), [dim]);
}

export const distanceOps = {
  "nn.functional.pairwiseDistance": pairwiseDistance,

  cosineSimilarity,
  "nn.functional.cosineSimilarity": cosineSimilarity,

  /** All distances between the rows of a: [..., n, m] and of b: [..., k, m]: [..., n, k]. */
  cdist(a: Node, b: Node, ord = 2): Node {
    if (p.ndim(a) < 2 || p.ndim(b) < 2 || p.size(a, -1) !== p.size(b, -1))
      throw shapeError(`rows should be of equal length but the inputs are ${format(a)} and ${format(b)}.`);
    const shapeA = p.shape(a);
    const shapeB = p.shape(b);
    const rows = p.reshape(a, [...shapeA.slice(0, -1), 1, shapeA.at(-1)!]);
    const columns = p.reshape(b, [...shapeB.slice(0, -2), 1, ...shapeB.slice(-2)]);
    // Differences rather than ‖a‖² + ‖b‖² - 2a·b, which loses half of the digits where rows are close. They are fused
    // into the sum, so [..., n, k, m] is never stored.
    return vectorNorm(p.sub(rows, columns), ord, [-1]);
  },

  /** The distances of all pairs i < j of rows of x: [n, m], in the order of the upper triangle. */
  "nn.functional.pdist"(x: Node, ord = 2): Node {
    if (p.ndim(x) !== 2) throw shapeError(`input should be 2-dim but is ${format(x)}.`);
    const n = p.size(x, 0);
    requireNumel([(n * (n - 1)) / 2]);
    if (n < 2) return p.sum(sliceAlong(x, 0, 0, 0), [1]);
    const differences = range(0, n - 1).map((i) => p.sub(sliceAlong(x, 0, i, 1), sliceAlong(x, 0, i + 1, n - 1 - i)));
    return vectorNorm(p.concat(differences, 0), ord, [1]);
  },
};
