// Cholesky's factor by halves: l₁₁ of a₁₁, l₂₁ = a₂₁l₁₁⁻ᵀ, l₂₂ of a₂₂ - l₂₁l₂₁ᵀ (Gustavson, "Recursion leads to automatic variable
// blocking for dense linear-algebra algorithms", 1997). It works on -a, which makes of every update a product that is added.
import { addMatmul } from "./multiply";
import { BASE, BLOCK, half, solveTransposed } from "./triangular";

/** Bytes that a factorisation needs for itself. */
export function choleskyBytes<T>(): i32 {
  return BASE * BLOCK * <i32>sizeof<T>();
}

/**
 * The lower triangle l of a = l·lᵀ, in place of that of -a; the other is not read, and holds anything afterwards. Returns 0, or the
 * order of the first leading minor that is not positive.
 */
export function cholesky<T>(n: i32, a: usize, pitch: i32, own: usize): i32 {
  if (n <= BASE) return choleskyRows<T>(n, a, pitch);
  const h = half(n);
  const size = <i32>sizeof<T>();
  const a21 = a + h * pitch * size;
  const a22 = a21 + h * size;
  const failed = cholesky<T>(h, a, pitch, own);
  if (failed) return failed;
  solveTransposed<T>(h, a, pitch, a21, pitch, n - h, own);
  addSquare<T>(n - h, h, a21, pitch, a22, pitch);
  const later = cholesky<T>(n - h, a22, pitch, own);
  return later ? h + later : 0;
}

/** The lower triangle of c += x·xᵀ for x [n, k], and up to twice as much near the diagonal. */
function addSquare<T>(n: i32, k: i32, x: usize, xPitch: i32, c: usize, cPitch: i32): void {
  if (n <= 64) return addMatmul<T>(n, n, k, x, xPitch, 1, x, 1, xPitch, c, cPitch);
  const h = half(n);
  const size = <i32>sizeof<T>();
  const x2 = x + h * xPitch * size;
  const c2 = c + h * cPitch * size;
  addSquare<T>(h, k, x, xPitch, c, cPitch);
  addMatmul<T>(n - h, h, k, x2, xPitch, 1, x, 1, xPitch, c2, cPitch);
  addSquare<T>(n - h, k, x2, xPitch, c2 + h * size, cPitch);
}

function choleskyRows<T>(n: i32, a: usize, pitch: i32): i32 {
  const row = <usize>pitch * sizeof<T>();
  for (let j = 0, top = a; j < n; ++j, top += row) {
    const end = top + j * sizeof<T>();
    let d = <T>-load<T>(end);
    for (let x = top; x < end; x += sizeof<T>()) d -= load<T>(x) * load<T>(x);
    // Also where it is NaN.
    if (!(d > 0)) return j + 1;
    d = sqrt<T>(d);
    store<T>(end, d);
    for (let i = j + 1, from = top + row; i < n; ++i, from += row) {
      let s = <T>-load<T>(from + j * sizeof<T>());
      for (let x = top, y = from; x < end; x += sizeof<T>(), y += sizeof<T>()) s -= load<T>(x) * load<T>(y);
      store<T>(from + j * sizeof<T>(), <T>(s / d));
    }
  }
  return 0;
}
