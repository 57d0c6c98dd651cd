// The principal square root of a matrix.
import { Want } from "../../core/matrix-failures";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import type { Implementations } from "../define";
import { asFloat } from "../promotion";
import { scale } from "../support";
import { factored } from "./determinant";
import { checked, identityLike, requireSquare } from "./matrices";
import { inverseOf } from "./systems";

/** Enough for eigenvalues that span twenty magnitudes; the last ones are of quadratic convergence. */
const STEPS = 14;
/** Steps whose matrix is scaled to a determinant of 1. Any factors lead to the same root, so that they are constants to derivatives. */
const SCALED = 9;

/** By the product form of the Denman-Beavers iteration (S. Cheng, N. Higham, C. Kenney and A. Laub, "Approximating the logarithm of a matrix to specified accuracy", 2001). */
function sqrtm(given: Node): Node {
  const a = asFloat(given);
  requireSquare(a);
  const n = p.size(a, -1);
  if (n === 0) return p.alias(a);
  const identity = identityLike(a);
  let [x, m, info] = [a, a, null as Node | null];
  for (let step = 0; step < STEPS; step++) {
    const [inverse, found] = inverseOf(m);
    info ??= found;
    let [squared, unsquared, root] = [m, inverse, x];
    if (step < SCALED) {
      const [, u] = factored(p.detach(m));
      const logarithm = p.sum(p.log(p.abs(u)), [-1], true);
      const by = (power: number): Node => {
        const factor = p.exp(scale(logarithm, power / n));
        return p.reshape(factor, [...p.shape(factor), 1]);
      };
      [squared, unsquared, root] = [p.mul(m, by(-1)), p.mul(inverse, by(1)), p.mul(x, by(-0.5))];
    }
    x = scale(p.add(root, p.matmul(root, unsquared)), 0.5);
    m = p.add(scale(identity, 0.5), scale(p.add(squared, unsquared), 0.25));
  }
  return checked(x, info!, Want.Inverse);
}

export const squareRootOps = {
  "linalg.sqrtm": sqrtm,
} satisfies Implementations;
