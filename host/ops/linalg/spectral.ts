// Eigenvalues and singular values, and what is told by them.
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import type { Implementations } from "../define";
import { checked, requireMatrices, requireSquare, transposed } from "./matrices";

type Triangle = "L" | "U";

function eighOf(a: Node, uplo: Triangle): [Node, Node, Node] {
  requireSquare(a);
  return p.eigh(uplo === "U" ? transposed(a) : a);
}
function eigh(a: Node, uplo: Triangle = "L"): [Node, Node] {
  const [values, vectors, info] = eighOf(a, uplo);
  return [checked(values, info, "eigh"), checked(vectors, info, "eigh")];
}
function eigvalsh(a: Node, uplo: Triangle = "L"): Node {
  const [values, , info] = eighOf(a, uplo);
  return checked(values, info, "eigh");
}
function svd(a: Node, fullMatrices = true): [Node, Node, Node] {
  requireMatrices(a);
  const [u, s, vh, info] = p.svd(a, fullMatrices);
  return [checked(u, info, "svd"), checked(s, info, "svd"), checked(vh, info, "svd")];
}
export function svdvals(a: Node): Node {
  requireMatrices(a);
  const [, s, , info] = p.svd(a, false);
  return checked(s, info, "svd");
}

export const spectralOps = {
  "linalg.eigh": eigh,
  "linalg.eigvalsh": eigvalsh,
  "linalg.svd": svd,
  "linalg.svdvals": svdvals,
} satisfies Implementations;
