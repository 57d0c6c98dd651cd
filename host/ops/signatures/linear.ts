// Signatures, written as index.ts says: matrix products and what is made of them, distances.
import type { Signatures } from "../signature";

export const linearSignatures = {
  // -- matrix products and what is made of them
  /** The matrix product; vectors count as a row on the left and a column on the right, batch dims broadcast. @dtype common(input, other) */
  matmul: "(input: Tensor, other: Tensor): Tensor",
  /** The matrix product; vectors count as a row on the left and a column on the right, batch dims broadcast. @dtype common(input, other) */
  "linalg.matmul": "(input: Tensor, other: Tensor): Tensor",
  /** The product of two matrices. @dtype common(input, mat2) */
  mm: "(input: Tensor, mat2: Tensor): Tensor",
  /** The products of two batches of matrices. @dtype common(input, mat2) */
  bmm: "(input: Tensor, mat2: Tensor): Tensor",
  /** The product of a matrix and a vector. @dtype common(input, vec) */
  mv: "(input: Tensor, vec: Tensor): Tensor",
  /** The inner product of two vectors. @dtype float(input, tensor) */
  dot: "(input: Tensor, tensor: Tensor): Tensor",
  /** The inner product of two vectors. @dtype float(input, other) */
  vdot: "(input: Tensor, other: Tensor): Tensor",
  /** Products summed over the last dims; for a 0-dim operand the plain product. @dtype common(input, other) */
  inner: "(input: Tensor, other: Tensor): Tensor",
  /** All products of the elements of two vectors. @dtype common(input, vec2) */
  outer: "(input: Tensor, vec2: Tensor): Tensor",
  /** Alias of outer. @dtype common(input, vec2) */
  ger: "(input: Tensor, vec2: Tensor): Tensor",
  /** beta·input + alpha·(mat1 @ mat2). @dtype float(float(mat1), mat2, input) */
  addmm: "(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(mat @ vec). @dtype float(float(mat), vec, input) */
  addmv: "(input: Tensor, mat: Tensor, vec: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(the sum of the products of two batches of matrices). @dtype float(float(batch1), batch2, input) */
  addbmm: "(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(batch1 @ batch2). @dtype float(float(batch1), batch2, input) */
  baddbmm: "(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·outer(vec1, vec2). @dtype float(float(vec1), vec2, input) */
  addr: "(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** The product of matrices in the order that takes the fewest multiplications. @dtype tensors */
  "linalg.multiDot": "(tensors: Tensor[]): Tensor",
  /** linalg.multiDot of matrices alone, of which there may be one. @dtype matrices */
  chainMatmul: "(matrices: Tensor...): Tensor",
  /** Products summed over the last dims of a and the first of b, 2 unless given, or over two lists of dims. @dtype common(a, b) */
  tensordot: "(a: Tensor, b: Tensor, dims?: int | ints[]): Tensor",
  /** Sums of products by Einstein's convention: "bij,bjk->bik". @dtype float(operands) */
  einsum: "(equation: string, operands: Tensor...): Tensor",
  /** The sum of the diagonal of a matrix. @dtype sum(input) */
  trace: "(input: Tensor): Tensor",
  /** The vector product along dim, the first of size 3 unless given. @dtype common(input, other) */
  cross: "(input: Tensor, other: Tensor, dim?: int): Tensor",
  /** The vector product along dim, −1 unless given. @dtype common(input, other) */
  "linalg.cross": "(input: Tensor, other: Tensor, *, dim?: int): Tensor",
  /** The inner products along dim, −1 unless given. @dtype float(x, y) */
  "linalg.vecdot": "(x: Tensor, y: Tensor, *, dim?: int): Tensor",
  /** The Kronecker product. @dtype common(input, other) */
  kron: "(input: Tensor, other: Tensor): Tensor",
  /** The covariance matrix of the rows, whose columns are observations. @dtype float(float(input), fweights, aweights) */
  cov: "(input: Tensor, *, correction?: int, fweights?: Tensor, aweights?: Tensor): Tensor",
  /** The matrix of correlation coefficients of the rows. @dtype float(input) */
  corrcoef: "(input: Tensor): Tensor",
  /** The n-th forward difference along dim, −1 unless given. @dtype common(input, prepend, append) */
  diff: "(input: Tensor, n?: int, dim?: int, prepend?: Tensor, append?: Tensor): Tensor",
  /** The integral along dim by the trapezoidal rule, at the points x or at distance dx. @dtype float(y, x) */
  trapezoid: "(y: Tensor, x?: Tensor, *, dx?: number, dim?: int): Tensor",
  /** Alias of trapezoid. @dtype float(y, x) */
  trapz: "(y: Tensor, x?: Tensor, *, dx?: number, dim?: int): Tensor",
  /** The integrals along dim from the first sample to each of the others, by the trapezoidal rule. @dtype float(y, x) */
  cumulativeTrapezoid: "(y: Tensor, x?: Tensor, *, dx?: number, dim?: int): Tensor",
  /**
   * Values between the samples fp at ascending points xp, by straight lines, and outside left and right, or the samples at the ends;
   * numpy's interp. With a period xp may be in any order. Differentiable in x, xp and fp.
   * @torch https://numpy.org/doc/stable/reference/generated/numpy.interp.html
   * @dtype float(x, xp, fp)
   */
  interp: "(x: Operand, xp: Tensor, fp: Tensor, left?: number, right?: number, period?: number): Tensor",
  /** Numerical derivatives by central differences along dim, or along all, one tensor for each. @dtype float(input) */
  gradient: [
    "(input: Tensor, *, spacing?: numbers, dim?: ints, edgeOrder?: int): Tensor[]",
    "(input: Tensor, *, spacing: Tensor[], dim?: ints, edgeOrder?: int): Tensor[]",
  ],
  /** The matrix of the powers of a vector, falling unless increasing. @dtype sum(x) */
  vander: "(x: Tensor, N?: int, increasing?: bool): Tensor",
  /** The matrices of the rising powers of the last dim. @dtype sum(x) */
  "linalg.vander": "(x: Tensor, *, N?: int): Tensor",

  // -- distances
  /** The distances between rows of x1 and rows of x2; p is 2 unless given. computeMode is accepted: differences are exact. @dtype float(x1, x2) */
  cdist: "(x1: Tensor, x2: Tensor, p?: number, computeMode?: string): Tensor",
  /** The distances of all pairs of rows; p is 2 unless given. @dtype float(input) */
  "nn.functional.pdist": "(input: Tensor, p?: number): Tensor",
  /** ‖x1 − x2 + eps‖ over the last dim. @dtype float(x1, x2) */
  "nn.functional.pairwiseDistance": "(x1: Tensor, x2: Tensor, p?: number, eps?: number, keepdim?: bool): Tensor",
  /** x1·x2 / (max(‖x1‖, eps)·max(‖x2‖, eps)) over dim, 1 unless given. @torch generated/torch.nn.functional.cosine_similarity.html @dtype float(x1, x2) */
  cosineSimilarity: "(x1: Tensor, x2: Tensor, dim?: int, eps?: number): Tensor",
  /** x1·x2 / (max(‖x1‖, eps)·max(‖x2‖, eps)) over dim, 1 unless given. @dtype float(x1, x2) */
  "nn.functional.cosineSimilarity": "(x1: Tensor, x2: Tensor, dim?: int, eps?: number): Tensor",
} as const satisfies Signatures;
