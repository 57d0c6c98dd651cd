// Roots of unity, each by itself: the angle is reduced by whole numbers, and no rounding adds up from one root to the next.

/** cos and sin of 2πk/n, what `root` has found last. */
let cosine: f64 = 0;
let sine: f64 = 0;

/** Polynomials of fdlibm's kernels, k_sin.c and k_cos.c, for angles up to π/4. */
function root(k: u64, n: u64): void {
  // In quarters of a turn: 4k/n.
  let a = (k % n) * 4;
  const isBelow = a > 2 * n;
  if (isBelow) a = 4 * n - a;
  const isLeft = a > n;
  if (isLeft) a = 2 * n - a;
  const swaps = 2 * a > n;
  if (swaps) a = n - a;
  const x = (<f64>a * (Math.PI / 2)) / <f64>n,
    z = x * x;
  let s =
    x +
    x *
      z *
      (-1.66666666666666324348e-1 +
        z *
          (8.33333333332248946124e-3 +
            z *
              (-1.98412698298579493134e-4 +
                z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)))));
  const half = 0.5 * z,
    w = 1 - half;
  let c =
    w +
    (1 -
      w -
      half +
      z *
        z *
        (4.16666666666666019037e-2 +
          z *
            (-1.38888888888741095749e-3 +
              z *
                (2.48015872894767294178e-5 +
                  z *
                    (-2.75573143513906633035e-7 + z * (2.0875723212981748279e-9 - z * 1.13596475577881948265e-11))))));
  if (swaps) {
    const t = s;
    s = c;
    c = t;
  }
  cosine = isLeft ? -c : c;
  sine = isBelow ? -s : s;
}

/** A float of `size` bytes. */
export function put(at: usize, value: f64, size: usize): void {
  if (size == 4) store<f32>(at, <f32>value);
  else store<f64>(at, value);
}
export function get(at: usize, size: usize): f64 {
  return size == 4 ? <f64>load<f32>(at) : load<f64>(at);
}
/** Writes exp(-2πik/n) of floats of `size` bytes, the imaginary part `distance` behind the real one. */
export function putRoot(at: usize, distance: usize, k: u64, n: u64, size: usize): void {
  root(k, n);
  put(at, cosine, size);
  put(at + distance, -sine, size);
}
