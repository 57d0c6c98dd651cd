// Matrix products c = a·b of strided operands.
import { DType } from "../abi/opcodes";
import { blocked, blockedWorkspace } from "./gemm/blocked";
import { multiplyColumns, multiplyRows, outerProduct, vectorWorkspace } from "./gemm/vector";

/** Bytes of workspace that gemm needs at most for these sizes; it does not grow beyond panels. */
export function gemmWorkspace(dtype: i32, m: i32, n: i32, k: i32): i32 {
  const esize = dtype == DType.Float64 ? 8 : 4;
  const bytes = blockedWorkspace(esize, m, n, k);
  return m == 1 || n == 1 || k == 1 ? max(bytes, vectorWorkspace(esize)) : bytes;
}

/**
 * c (contiguous, row-major [m, n]) = a·b, a: [m, k], b: [k, n], strides in elements, any sign and 0 too. dtype is Float32,
 * Float64 or Int32 (wraps around). `workspace` is 16-byte aligned, of gemmWorkspace bytes.
 */
export function gemm(
  dtype: i32,
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
  workspace: usize,
): void {
  if (dtype == DType.Float32) product<f32>(m, n, k, a, aRow << 2, aCol << 2, b, bRow << 2, bCol << 2, c, workspace);
  else if (dtype == DType.Float64)
    product<f64>(m, n, k, a, aRow << 3, aCol << 3, b, bRow << 3, bCol << 3, c, workspace);
  else product<i32>(m, n, k, a, aRow << 2, aCol << 2, b, bRow << 2, bCol << 2, c, workspace);
}

// Strides from here on are in bytes.

function product<T>(
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
  workspace: usize,
): void {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    memory.fill(c, 0, <usize>m * <usize>n * sizeof<T>());
    return;
  }
  const size = <i32>sizeof<T>();
  if (n == 1) {
    // Where m is 1 too, the operand that is contiguous takes the part of the matrix.
    if (aCol == size || k == 1) return multiplyRows<T>(m, k, a, aRow, b, bRow, c, workspace);
    if (m == 1 && bRow == size) return multiplyRows<T>(1, k, b, 0, a, aCol, c, workspace);
    if (aRow == size && m > 1) return multiplyColumns<T>(m, k, a, aCol, b, bRow, c, workspace);
  } else if (m == 1) {
    if (bCol == size) return multiplyColumns<T>(n, k, b, bRow, a, aCol, c, workspace);
    if (bRow == size) return multiplyRows<T>(n, k, b, bCol, a, aCol, c, workspace);
  } else if (k == 1) {
    return outerProduct<T>(m, n, a, aRow, b, bCol, c, workspace);
  }
  blocked<T>(m, n, k, a, aRow, aCol, b, bRow, bCol, c, workspace);
}
