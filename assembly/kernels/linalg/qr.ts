// QR by Householder reflectors, in panels: a few columns are reflected one by one, and what is beside them by all at once (Bischof and
// Van Loan, "The WY representation for products of Householder matrices", 1987).
import { moveRow } from "./lu";
import { BASE } from "./triangular";
import { applyBlock, makeBlock, makeReflector, reflect } from "./reflectors";

/** Columns of a panel. */
const PANEL: i32 = 32;

/** Whether there is one panel and nothing beside it: then no products are computed. */
// @ts-ignore: decorator
@inline
export function isSmall(m: i32, n: i32): bool {
  return n <= BASE || m <= BASE;
}

/** Elements that a factorisation of [m, n], with q columns of Q, needs for itself: v, all t, products, what is beside. */
export function qrElements(m: i32, n: i32, q: i32): i32 {
  const k = min(m, n),
    width = min(k, PANEL);
  return width * (m + k + width + 2 * max(n, q)) + 1;
}

/** v of the panel at column j of factors a [m, n], from row j on, with ones and zeros in their places. */
function takePanel<T>(m: i32, width: i32, a: usize, pitch: i32, v: usize): void {
  const size = <i32>sizeof<T>();
  for (let i = 0; i < m; ++i) {
    for (let j = 0; j < width; ++j, v += size) store<T>(v, j < i ? load<T>(a + j * size) : j == i ? 1 : 0);
    a += pitch * size;
  }
}

/**
 * The factors of a [m, n] in place: r, and below its diagonal the reflectors. Of each panel [τ or t] stands in `own`, where `formQ`
 * finds it.
 */
export function qr<T>(m: i32, n: i32, a: usize, pitch: i32, q: i32, own: usize): void {
  const size = <i32>sizeof<T>();
  const k = min(m, n);
  const width = min(k, PANEL);
  const v = own;
  let t = v + m * width * size;
  const products = t + k * width * size;
  const room = products + width * width * size;
  const norm = room + 2 * width * max(n, q) * size;
  for (let j = 0; j < k; j += PANEL) {
    const w = min(PANEL, k - j);
    const rows = m - j;
    const corner = a + j * (pitch + 1) * size;
    // A copy, whose rows lie side by side.
    for (let i = 0; i < rows; ++i) moveRow<T>(v + i * w * size, corner + i * pitch * size, w * size);
    for (let c = 0; c < w; ++c) {
      const at = v + c * (w + 1) * size;
      const tau = makeReflector<T>(rows - c, at, w, norm);
      store<T>(t + c * (w + 1) * size, tau);
      reflect<T>(rows - c, at, w, tau, at + size, w, w - c - 1);
      store<T>(at, load<T>(norm));
    }
    for (let i = 0; i < rows; ++i) moveRow<T>(corner + i * pitch * size, v + i * w * size, w * size);
    const beside = n - j - w;
    if (isSmall(m, n)) {
      // Beside the only panel, as where m < n, and for Q: one by one.
      takePanel<T>(rows, w, corner, pitch, v);
      for (let c = 0; c < w && beside > 0; ++c) {
        const row = c * pitch * size;
        reflect<T>(
          rows - c,
          v + c * (w + 1) * size,
          w,
          load<T>(t + c * (w + 1) * size),
          corner + row + w * size,
          pitch,
          beside,
        );
      }
    } else {
      takePanel<T>(rows, w, corner, pitch, v);
      makeBlock<T>(rows, w, v, t, products);
      if (beside > 0) applyBlock<T>(true, rows, w, v, t, corner + w * size, pitch, beside, room);
    }
    t += w * width * size;
  }
}
/** Q [m, q] of factors a [m, n] that `qr` has just left, with their τ and t in `own`; Q may lie where a does. */
export function formQ<T>(m: i32, n: i32, a: usize, aPitch: i32, q: i32, to: usize, own: usize): void {
  const size = <i32>sizeof<T>();
  const k = min(m, n);
  const width = min(k, PANEL);
  const v = own;
  const blocks = v + m * width * size;
  const room = blocks + k * width * size + width * width * size;
  for (let j = k > 0 ? ((k - 1) / PANEL) * PANEL : 0, end = q; j >= 0; j -= PANEL) {
    const w = min(PANEL, k - j);
    const rows = m - j;
    const t = blocks + j * width * size;
    if (k > 0) takePanel<T>(rows, w, a + j * (aPitch + 1) * size, aPitch, v);
    // The columns from j on that are not Q's yet become those of I.
    for (let i = 0; i < m; ++i) {
      const row = to + i * q * size;
      memory.fill(row + j * size, 0, (end - j) * size);
      if (i >= j && i < end) store<T>(row + i * size, 1);
    }
    end = j;
    const corner = to + j * (q + 1) * size;
    if (isSmall(m, n)) {
      for (let c = w - 1; c >= 0; --c) {
        const down = c * (q + 1) * size;
        reflect<T>(rows - c, v + c * (w + 1) * size, w, load<T>(t + c * (w + 1) * size), corner + down, q, q - j - c);
      }
    } else applyBlock<T>(false, rows, w, v, t, corner, q, q - j, room);
  }
}
