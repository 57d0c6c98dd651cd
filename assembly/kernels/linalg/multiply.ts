// Products of parts of matrices, as factorisations want them: c += a·b, where the rows of c may lie apart. What calls them runs on the
// main thread alone, and then all threads share a product, or it is part of a job, and then it does the product by itself.
//
// The workspace of a thread, while matrices are factored:
//   [ description of the product ][ workspace of its parts ][ what the factorisation needs ]
import { parallelFor, reserveWorkspace, workspace } from "../../threads/pool";
import { DType } from "../../abi/opcodes";
import { gemmPartIn, gemmParts } from "../gemm";
import { MOST_WORKSPACE } from "../gemm/blocked";
import { GEMM_BYTES, Gemm } from "../gemm/descriptor";

const PARTS_AT: i32 = (GEMM_BYTES + 63) & ~63;
/** Where what a factorisation needs for itself begins. */
export const OWN_AT: i32 = PARTS_AT + MOST_WORKSPACE;

function productPart(g: Gemm, part: i32): void {
  gemmPartIn(g, part, workspace() + PARTS_AT);
}

/**
 * c += a·b for a [m, k], b [k, n], and c [m, n] with contiguous rows; none of the sizes is 0. Strides in elements. The workspace
 * has OWN_AT bytes.
 */
export function addMatmul<T>(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  bCol: i32,
  c: usize,
  cPitch: i32,
): void {
  const g = changetype<Gemm>(workspace());
  g.set(sizeof<T>() == 4 ? DType.Float32 : DType.Float64, m, n, k, a, aRow, aCol, b, bRow, bCol, c);
  g.cPitch = cPitch;
  g.accumulate = 1;
  // Workers may have come since the last product.
  reserveWorkspace(OWN_AT);
  parallelFor<Gemm>(productPart, g, gemmParts(g));
}
