// Products with a vector: y = a·x or y += a·x, and the outer product. Strides in bytes.
//
// How an element of y is summed depends on its row's place among groups of four only: a split at whole groups keeps it.
import { addProduct, firstLanes, laneSum, splatAt, storeFirst } from "../vectors";

/** Terms to a block of a row's sum, also elements of x that are packed at a time. */
const DEPTH: i32 = 1024;
/** Rows to a tile of y, and terms to a block of it, where a is column-major. */
const TILE: i32 = 256;

/** Bytes for a packed block of a vector. */
export function vectorWorkspace(esize: i32): i32 {
  return DEPTH * esize;
}

/** dst[i] = src[i · stride], contiguous. */
function packVector<T>(dst: usize, src: usize, stride: i32, n: i32): void {
  for (const end = dst + <usize>n * sizeof<T>(); dst < end; dst += sizeof<T>()) {
    store<T>(dst, load<T>(src));
    src += stride;
  }
}

/** y (contiguous [m]) = a · x for rows of a that are contiguous. */
export function multiplyRows<T>(
  m: i32,
  k: i32,
  a: usize,
  aRow: i32,
  x: usize,
  xStep: i32,
  y: usize,
  accumulate: bool,
  workspace: usize,
): void {
  const size = <i32>sizeof<T>();
  for (let p = 0; <u32>p < <u32>k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    let block = x + p * xStep;
    if (xStep != size) {
      packVector<T>(workspace, block, xStep, depth);
      block = workspace;
    }
    let row = a + p * size;
    let to = y;
    let i = m;
    const adds = p > 0 || accumulate;
    for (; i >= 4; i -= 4) {
      fourDots<T>(depth, row, aRow, block, to, adds);
      row += aRow << 2;
      to += 4 * size;
    }
    for (; i > 0; --i) {
      const sum = dot<T>(depth, row, block);
      store<T>(to, adds ? <T>(load<T>(to) + sum) : sum);
      row += aRow;
      to += size;
    }
  }
}

/** Lanes beyond the end of a and x are read, and masked in both: what lies there may be NaN. */
// @ts-ignore: decorator
@inline
function fourDots<T>(k: i32, a: usize, aRow: i32, x: usize, y: usize, accumulate: bool): void {
  const lanes = <i32>(16 / sizeof<T>());
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let s0 = i32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; k >= lanes; k -= lanes) {
    const v = v128.load(x);
    s0 = addProduct<T>(s0, v128.load(a), v);
    s1 = addProduct<T>(s1, v128.load(a1), v);
    s2 = addProduct<T>(s2, v128.load(a2), v);
    s3 = addProduct<T>(s3, v128.load(a3), v);
    a += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    x += 16;
  }
  if (k > 0) {
    const mask = firstLanes<T>(k);
    const v = v128.and(v128.load(x), mask);
    s0 = addProduct<T>(s0, v128.and(v128.load(a), mask), v);
    s1 = addProduct<T>(s1, v128.and(v128.load(a1), mask), v);
    s2 = addProduct<T>(s2, v128.and(v128.load(a2), mask), v);
    s3 = addProduct<T>(s3, v128.and(v128.load(a3), mask), v);
  }
  if (sizeof<T>() == 4) {
    const s01 = v128.add<T>(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
    const s23 = v128.add<T>(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
    const sums = v128.add<T>(v128.shuffle<i64>(s01, s23, 0, 2), v128.shuffle<i64>(s01, s23, 1, 3));
    v128.store(y, accumulate ? v128.add<T>(v128.load(y), sums) : sums);
  } else {
    const s01 = v128.add<T>(v128.shuffle<i64>(s0, s1, 0, 2), v128.shuffle<i64>(s0, s1, 1, 3));
    const s23 = v128.add<T>(v128.shuffle<i64>(s2, s3, 0, 2), v128.shuffle<i64>(s2, s3, 1, 3));
    v128.store(y, accumulate ? v128.add<T>(v128.load(y), s01) : s01);
    v128.store(y, accumulate ? v128.add<T>(v128.load(y, 16), s23) : s23, 16);
  }
}

function dot<T>(k: i32, a: usize, x: usize): T {
  const lanes = <i32>(16 / sizeof<T>());
  let s0 = i32x4.splat(0);
  if (k >= 4 * lanes) {
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (; k >= 4 * lanes; k -= 4 * lanes) {
      s0 = addProduct<T>(s0, v128.load(a), v128.load(x));
      s1 = addProduct<T>(s1, v128.load(a, 16), v128.load(x, 16));
      s2 = addProduct<T>(s2, v128.load(a, 32), v128.load(x, 32));
      s3 = addProduct<T>(s3, v128.load(a, 48), v128.load(x, 48));
      a += 64;
      x += 64;
    }
    s0 = v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3));
  }
  for (; k >= lanes; k -= lanes) {
    s0 = addProduct<T>(s0, v128.load(a), v128.load(x));
    a += 16;
    x += 16;
  }
  if (k > 0) {
    const mask = firstLanes<T>(k);
    s0 = addProduct<T>(s0, v128.and(v128.load(a), mask), v128.and(v128.load(x), mask));
  }
  return laneSum<T>(s0);
}

/** y (contiguous [m]) = a · x for columns of a that are contiguous. */
export function multiplyColumns<T>(
  m: i32,
  k: i32,
  a: usize,
  aCol: i32,
  x: usize,
  xStep: i32,
  y: usize,
  accumulate: bool,
  workspace: usize,
): void {
  const size = <i32>sizeof<T>();
  if (k <= TILE) {
    addColumns<T>(m, k, a, aCol, x, xStep, y, accumulate);
    return;
  }
  for (let i = 0; <u32>i < <u32>m; i += TILE) {
    const rows = min(TILE, m - i);
    const tile = y + i * size;
    for (let p = 0; <u32>p < <u32>k; p += TILE) {
      const adds = p > 0 || accumulate;
      const to = adds ? workspace : tile;
      addColumns<T>(rows, min(TILE, k - p), a + i * size + p * aCol, aCol, x + p * xStep, xStep, to, false);
      if (adds) addRun<T>(tile, workspace, rows);
    }
  }
}

/** y += x over n contiguous elements. */
export function addRun<T>(y: usize, x: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (; n >= lanes; n -= lanes, y += 16, x += 16) v128.store(y, v128.add<T>(v128.load(y), v128.load(x)));
  storeFirst<T>(y, v128.add<T>(v128.load(y), v128.load(x)), n);
}

/** y = the sum of columns of a times elements of x, eight columns at a time. */
function addColumns<T>(m: i32, k: i32, a: usize, aCol: i32, x: usize, xStep: i32, y: usize, accumulate: bool): void {
  let isFirst = !accumulate;
  for (; k >= 8; k -= 8) {
    eightColumns<T>(m, a, aCol, x, xStep, y, isFirst);
    isFirst = false;
    a += aCol << 3;
    x += xStep << 3;
  }
  for (; k >= 2; k -= 2) {
    twoColumns<T>(m, a, a + aCol, splatAt<T>(x), splatAt<T>(x + xStep), y, isFirst);
    isFirst = false;
    a += aCol << 1;
    x += xStep << 1;
  }
  if (k > 0) oneColumn<T>(m, a, splatAt<T>(x), y, isFirst);
}

// @ts-ignore: decorator
@inline
function eightColumns<T>(m: i32, a: usize, aCol: i32, x: usize, xStep: i32, y: usize, isFirst: bool): void {
  const lanes = <i32>(16 / sizeof<T>());
  const x0 = splatAt<T>(x);
  const x1 = splatAt<T>(x + xStep);
  const x2 = splatAt<T>(x + 2 * xStep);
  const x3 = splatAt<T>(x + 3 * xStep);
  const x4 = splatAt<T>(x + 4 * xStep);
  const x5 = splatAt<T>(x + 5 * xStep);
  const x6 = splatAt<T>(x + 6 * xStep);
  const x7 = splatAt<T>(x + 7 * xStep);
  const a1 = a + aCol;
  const a2 = a1 + aCol;
  const a3 = a2 + aCol;
  const a4 = a3 + aCol;
  const a5 = a4 + aCol;
  const a6 = a5 + aCol;
  const a7 = a6 + aCol;
  for (let j: usize = 0; m > 0; m -= lanes, j += 16) {
    let s = addProduct<T>(v128.mul<T>(v128.load(a + j), x0), v128.load(a1 + j), x1);
    let t = addProduct<T>(v128.mul<T>(v128.load(a2 + j), x2), v128.load(a3 + j), x3);
    s = addProduct<T>(addProduct<T>(s, v128.load(a4 + j), x4), v128.load(a5 + j), x5);
    t = addProduct<T>(addProduct<T>(t, v128.load(a6 + j), x6), v128.load(a7 + j), x7);
    s = v128.add<T>(s, t);
    if (!isFirst) s = v128.add<T>(v128.load(y + j), s);
    if (m >= lanes) v128.store(y + j, s);
    else storeFirst<T>(y + j, s, m);
  }
}

// @ts-ignore: decorator
@inline
function twoColumns<T>(m: i32, a0: usize, a1: usize, x0: v128, x1: v128, y: usize, isFirst: bool): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (let j: usize = 0; m > 0; m -= lanes, j += 16) {
    let s = addProduct<T>(v128.mul<T>(v128.load(a0 + j), x0), v128.load(a1 + j), x1);
    if (!isFirst) s = v128.add<T>(v128.load(y + j), s);
    if (m >= lanes) v128.store(y + j, s);
    else storeFirst<T>(y + j, s, m);
  }
}

// @ts-ignore: decorator
@inline
function oneColumn<T>(m: i32, a: usize, x: v128, y: usize, isFirst: bool): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (let j: usize = 0; m > 0; m -= lanes, j += 16) {
    let s = v128.mul<T>(v128.load(a + j), x);
    if (!isFirst) s = v128.add<T>(v128.load(y + j), s);
    if (m >= lanes) v128.store(y + j, s);
    else storeFirst<T>(y + j, s, m);
  }
}

/** c [m, n], rows cRow apart, = a · bᵀ for vectors a and b. */
export function outerProduct<T>(
  m: i32,
  n: i32,
  a: usize,
  aStep: i32,
  b: usize,
  bStep: i32,
  c: usize,
  cRow: i32,
  accumulate: bool,
  workspace: usize,
): void {
  const size = <i32>sizeof<T>();
  for (let j = 0; <u32>j < <u32>n; j += DEPTH) {
    const width = min(DEPTH, n - j);
    let row = b + j * bStep;
    if (bStep != size) {
      packVector<T>(workspace, row, bStep, width);
      row = workspace;
    }
    let to = c + j * size;
    let x = a;
    for (let i = m; i > 0; --i) {
      oneColumn<T>(width, row, splatAt<T>(x), to, !accumulate);
      x += aStep;
      to += cRow;
    }
  }
}
