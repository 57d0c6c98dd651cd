// The description of a matrix product, batched or not: c = a·b or c += a·b, and what becomes of c's rows then.
//
//      ┌──────────────────────────┬──────────────────────┬─────────────────────────────────────────────────────────┐
//      │ what to compute          │ derived: how         │ batch dims: i32[32] size, stride of a, stride of b      │
//      └──────────────────────────┴──────────────────────┴─────────────────────────────────────────────────────────┘
//      +0, written by the caller   written by gemmParts   +offsetof<Gemm>(), written by addBatchDim
//
// Whoever runs parts reads it only, so that it can serve several threads at once.
import { wordBytes } from "../../memory/words";

const MAX_DIMS: usize = 32;
const A_STRIDES: usize = MAX_DIMS * 4;
const B_STRIDES: usize = MAX_DIMS * 8;

/** How the product is computed; a question of shapes and strides alone. */
export enum Path {
  /** No term at all: zeros. */
  Empty,
  /** A vector times a matrix of contiguous rows. */
  Rows,
  /** A vector times a matrix of contiguous columns. */
  Columns,
  /** One term. */
  Outer,
  /** Tiles, of factors that are in L1 and read in place. */
  Small,
  /** Tiles. */
  Blocked,
}

/** What `finishRows` (epilogue.ts) does to the rows of c. */
export enum Epilogue {
  None,
  /** c += addend */
  Add,
  /** A block program runs over them. */
  Program,
}

@unmanaged
export class Gemm {
  // -- what to compute; strides are in elements, of any sign, and 0 too

  dtype: i32;
  m: i32;
  n: i32;
  k: i32;
  /** [batch…, m, k] */
  a: usize;
  aRow: i32;
  aCol: i32;
  /** [batch…, k, n] */
  b: usize;
  bRow: i32;
  bCol: i32;
  /** [batch…, m, n], contiguous; that of a single product may be part of a larger matrix: its rows are so many elements apart. */
  c: usize;
  cPitch: i32;
  /** c += a·b instead of c = a·b */
  accumulate: i32;
  epilogue: i32;
  /** Epilogue.Program: who runs programs, as an index into the table of functions, and the program. */
  runner: u32;
  program: usize;
  /** Where in a thread's workspace the program's space begins, behind the product's own. */
  programSpace: u32;
  /** Epilogue.Add: row r of c, counted through the batch, gets row r mod addendRows of the addend. */
  addend: usize;
  addendRows: i32;
  addendRow: i32;
  addendCol: i32;
  batchDims: i32;

  // -- how; strides are in bytes

  path: i32;
  /** Whether the factors have changed places: c is a vector then, or the vectors of a batch are its rows. */
  swapped: i32;
  /** Of each product of the batch, after dims of the batch have joined the rows. */
  rows: i32;
  columns: i32;
  left: usize;
  leftRow: i32;
  leftCol: i32;
  right: usize;
  rightRow: i32;
  rightCol: i32;
  cRow: i32;
  /** Batch dims that are left, and the products in them. */
  dims: i32;
  items: i32;
  /** A part is `partItems` whole products or, where that is 1, a region of partRows × partColumns of one. */
  partItems: i32;
  partRows: i32;
  partColumns: i32;
  rowParts: i32;
  columnParts: i32;

  @inline size(d: i32): i32 {
    return load<i32>(this.entry(d));
  }
  @inline aStride(d: i32): i32 {
    return load<i32>(this.entry(d), A_STRIDES);
  }
  @inline bStride(d: i32): i32 {
    return load<i32>(this.entry(d), B_STRIDES);
  }
  @inline leftStride(d: i32): i32 {
    return this.swapped ? this.bStride(d) : this.aStride(d);
  }
  @inline rightStride(d: i32): i32 {
    return this.swapped ? this.aStride(d) : this.bStride(d);
  }
  @inline private entry(d: i32): usize {
    return changetype<usize>(this) + offsetof<Gemm>() + wordBytes(d);
  }

  /** A product without batch, neither accumulating nor with an epilogue. */
  set(
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
  ): void {
    this.dtype = dtype;
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a;
    this.aRow = aRow;
    this.aCol = aCol;
    this.b = b;
    this.bRow = bRow;
    this.bCol = bCol;
    this.c = c;
    this.cPitch = n;
    this.accumulate = 0;
    this.epilogue = Epilogue.None;
    this.batchDims = 0;
  }

  /** Appends a batch dim inside of those there are, or merges it with the last where both operands step evenly. */
  addBatchDim(size: i32, aStride: i32, bStride: i32): void {
    if (size == 1) return;
    let d = this.batchDims;
    if (d > 0 && this.aStride(d - 1) == size * aStride && this.bStride(d - 1) == size * bStride) {
      size *= this.size(--d);
    }
    store<i32>(this.entry(d), size);
    store<i32>(this.entry(d), aStride, A_STRIDES);
    store<i32>(this.entry(d), bStride, B_STRIDES);
    this.batchDims = d + 1;
  }
}

/** Bytes of a descriptor. */
export const GEMM_BYTES: i32 = <i32>offsetof<Gemm>() + 32 * 12;
