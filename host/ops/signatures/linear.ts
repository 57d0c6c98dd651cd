// Signatures, written as index.ts says: matrix products and what is made of them, distances.
import type { Signatures } from "../signature";

export const linearSignatures = {
  // -- matrix products and what is made of them
  /** The matrix product; vectors count as a row on the left and a column on the right, batch dims broadcast. */
  matmul: "(input: Tensor, other: Tensor): Tensor",
  /** The matrix product; vectors count as a row on the left and a column on the right, batch dims broadcast. */
  "linalg.matmul": "(input: Tensor, other: Tensor): Tensor",
  /** The product of two matrices. */
  mm: "(input: Tensor, mat2: Tensor): Tensor",
  /** The products of two batches of matrices. */
  bmm: "(input: Tensor, mat2: Tensor): Tensor",
  /** The product of a matrix and a vector. */
  mv: "(input: Tensor, vec: Tensor): Tensor",
  /** The inner product of two vectors. */
  dot: "(input: Tensor, tensor: Tensor): Tensor",
  /** The inner product of two vectors. */
  vdot: "(input: Tensor, other: Tensor): Tensor",
  /** Products summed over the last dims; for a 0-dim operand the plain product. */
  inner: "(input: Tensor, other: Tensor): Tensor",
  /** All products of the elements of two vectors. */
  outer: "(input: Tensor, vec2: Tensor): Tensor",
  /** Alias of outer. */
  ger: "(input: Tensor, vec2: Tensor): Tensor",
  /** beta·input + alpha·(mat1 @ mat2). */
  addmm: "(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(mat @ vec). */
  addmv: "(input: Tensor, mat: Tensor, vec: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(the sum of the products of two batches of matrices). */
  addbmm: "(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(batch1 @ batch2). */
  baddbmm: "(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·outer(vec1, vec2). */
  addr: "(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** The product of matrices in the order that takes the fewest multiplications. */
  "linalg.multiDot": "(tensors: Tensor[]): Tensor",
  /** Products summed over the last dims of a and the first of b, 2 unless given, or over two lists of dims. */
  tensordot: "(a: Tensor, b: Tensor, dims?: int | ints[]): Tensor",
  /** Sums of products by Einstein's convention: "bij,bjk->bik". */
  einsum: "(equation: string, operands: Tensor...): Tensor",
  /** The sum of the diagonal of a matrix. */
  trace: "(input: Tensor): Tensor",
  /** The vector product along dim, the first of size 3 unless given. */
  cross: "(input: Tensor, other: Tensor, dim?: int): Tensor",
  /** The vector product along dim, −1 unless given. */
  "linalg.cross": "(input: Tensor, other: Tensor, *, dim?: int): Tensor",
  /** The inner products along dim, −1 unless given. */
  "linalg.vecdot": "(x: Tensor, y: Tensor, *, dim?: int): Tensor",
  /** The Kronecker product. */
  kron: "(input: Tensor, other: Tensor): Tensor",
  /** The covariance matrix of the rows, whose columns are observations. */
  cov: "(input: Tensor, *, correction?: int, fweights?: Tensor, aweights?: Tensor): Tensor",
  /** The matrix of correlation coefficients of the rows. */
  corrcoef: "(input: Tensor): Tensor",
  /** The n-th forward difference along dim, −1 unless given. */
  diff: "(input: Tensor, n?: int, dim?: int, prepend?: Tensor, append?: Tensor): Tensor",
  /** The integral along dim by the trapezoidal rule, at the points x or at distance dx. */
  trapezoid: "(y: Tensor, x?: Tensor, *, dx?: number, dim?: int): Tensor",
  /** Alias of trapezoid. */
  trapz: "(y: Tensor, x?: Tensor, *, dx?: number, dim?: int): Tensor",
  /** Numerical derivatives by central differences along dim, or along all, one tensor for each. */
  gradient: [
    "(input: Tensor, *, spacing?: numbers, dim?: ints, edgeOrder?: int): Tensor[]",
    "(input: Tensor, *, spacing: Tensor[], dim?: ints, edgeOrder?: int): Tensor[]",
  ],
  /** The matrix of the powers of a vector, falling unless increasing. */
  vander: "(x: Tensor, N?: int, increasing?: bool): Tensor",
  /** The matrices of the rising powers of the last dim. */
  "linalg.vander": "(x: Tensor, *, N?: int): Tensor",

  // -- distances
  /** The distances between rows of x1 and rows of x2; p is 2 unless given. computeMode is accepted: differences are exact. */
  cdist: "(x1: Tensor, x2: Tensor, p?: number, computeMode?: string): Tensor",
  /** The distances of all pairs of rows; p is 2 unless given. */
  "nn.functional.pdist": "(input: Tensor, p?: number): Tensor",
  /** ‖x1 − x2 + eps‖ over the last dim. */
  "nn.functional.pairwiseDistance": "(x1: Tensor, x2: Tensor, p?: number, eps?: number, keepdim?: bool): Tensor",
  /** x1·x2 / (max(‖x1‖, eps)·max(‖x2‖, eps)) over dim, 1 unless given. */
  cosineSimilarity: "(x1: Tensor, x2: Tensor, dim?: int, eps?: number): Tensor",
  /** x1·x2 / (max(‖x1‖, eps)·max(‖x2‖, eps)) over dim, 1 unless given. */
  "nn.functional.cosineSimilarity": "(x1: Tensor, x2: Tensor, dim?: int, eps?: number): Tensor",
} as const satisfies Signatures;
