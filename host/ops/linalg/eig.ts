// Eigenvalues of general matrices, which are complex.
import { Want } from "../../core/matrix-failures";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { Pair } from "../../tensor/complex";
import type { Implementations } from "../define";
import { select } from "../shape";
import { checked, requireSquare } from "./matrices";

function partsOf(a: Node): [Pair, Pair] {
  requireSquare(a);
  const [values, vectors, info] = p.eig(a);
  const [w, v] = [checked(values, info, Want.Eigen), checked(vectors, info, Want.Eigen)];
  const n = p.size(a, -1);
  const sizes = [...p.shape(a).slice(0, -2), 2, n, n];
  const both = p.reshape(v, sizes);
  return [new Pair(select(w, -2, 0), select(w, -2, 1)), new Pair(select(both, -3, 0), select(both, -3, 1))];
}

export const eigOps = {
  "linalg.eig": partsOf,
  "linalg.eigvals": (a: Node) => partsOf(a)[0],
} satisfies Implementations;
