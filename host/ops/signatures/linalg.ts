// Signatures, written as index.ts says: linear algebra. Matrices are the last two dims, any others are a batch; float32 or float64.
import type { Signatures } from "../signature";

export const linalgSignatures = {
  // -- factorisations
  /** The lower triangular L of A = L·Lᵀ, or U of A = Uᵀ·U. Only that triangle of A is read; the gradient is symmetric. LinAlgError where A is not positive definite. @dtype float(input) */
  cholesky: "(input: Tensor, upper?: bool): Tensor",
  /** The lower triangular L of A = L·Lᵀ, or U of A = Uᵀ·U. Only that triangle of A is read; the gradient is symmetric. LinAlgError where A is not positive definite. @dtype float(A) */
  "linalg.cholesky": "(A: Tensor, *, upper?: bool): Tensor",
  /** cholesky, and for each matrix an int32: 0, or the order of the leading minor that is not positive definite, which is no error then. @dtype [float(A), int32] */
  "linalg.choleskyEx": '(A: Tensor, *, upper?: bool, checkErrors?: bool): Named<["L", "info"]>',
  /** X of A·X = B, for the Cholesky factor of A. Only its triangle is read; its gradient is that of a whole matrix whose other triangle is 0, as in torch: `tril(L)` restricts it. @dtype common(B, L) */
  choleskySolve: "(B: Tensor, L: Tensor, upper?: bool): Tensor",
  /** The inverse of the matrix whose Cholesky factor is given, with gradients as those of choleskySolve. @dtype float(L) */
  choleskyInverse: "(L: Tensor, upper?: bool): Tensor",
  /** P, L and U of A = P·L·U, by partial pivoting; A may be rectangular. Without pivoting P is empty. @dtype float(A) */
  "linalg.lu": '(A: Tensor, *, pivot?: bool): Named<["P", "L", "U"]>',
  /** The factors packed into one matrix (U, and below its diagonal L without its ones), and the exchanges of rows, int32, counted from 1. @dtype [float(A), int32] */
  "linalg.luFactor": '(A: Tensor, *, pivot?: bool): Named<["LU", "pivots"]>',
  /** luFactor, and for each matrix an int32: 0, or the place of the first zero on U's diagonal, which is no error then. @dtype [float(A), int32, int32] */
  "linalg.luFactorEx": '(A: Tensor, *, pivot?: bool, checkErrors?: bool): Named<["LU", "pivots", "info"]>',
  /** X of A·X = B, or of X·A = B where left is false, by luFactor's factors of A; of Aᵀ where adjoint says so. @dtype common(LU, B) */
  "linalg.luSolve": "(LU: Tensor, pivots: Index, B: Tensor, *, left?: bool, adjoint?: bool): Tensor",
  /** P, L and U of packed factors; empty what is not asked for. @dtype float(LUData) */
  luUnpack: '(LUData: Tensor, LUPivots: Index, unpackData?: bool, unpackPivots?: bool): Named<["P", "L", "U"]>',
  /** Q and the upper triangular R of A = Q·R: Q with min(m, n) columns, with all m ("complete", differentiable only where m ≤ n), or empty ("r"). @dtype float(A) */
  "linalg.qr": '(A: Tensor, mode?: "reduced" | "complete" | "r"): Named<["Q", "R"]>',
  /** linalg.qr, reduced unless some is false. @dtype float(input) */
  qr: '(input: Tensor, some?: bool): Named<["Q", "R"]>',
  /** The first n columns of the product of reflectors I − τᵢ·vᵢ·vᵢᵀ, whose vᵢ stand below the diagonal of input [..., m, n]. @dtype common(input, tau) */
  "linalg.householderProduct": "(input: Tensor, tau: Tensor): Tensor",
  /** linalg.householderProduct. @dtype common(input, tau) */
  orgqr: "(input: Tensor, tau: Tensor): Tensor",
  /** QR as LAPACK leaves it: R, and below its diagonal the reflectors of Q, whose τ are the second result. For ormqr and householderProduct. @dtype [float(input), float(input)] */
  geqrf: '(input: Tensor): Named<["a", "tau"]>',
  /** Q·other for the m×m product Q of the reflectors in input [..., m, k] and tau, or other·Q where left is false; by Qᵀ where transpose says so. Q is not formed. @dtype common(input, tau, other) */
  ormqr: "(input: Tensor, tau: Tensor, other: Tensor, left?: bool, transpose?: bool): Tensor",
  /** L·D·Lᵀ of a symmetric A, definite or not, of which the lower triangle is read, by Bunch and Kaufman's pivoting; packed as by LAPACK's sytrf. D has blocks of one and of two. pivots: int32, counted from 1, negative for blocks of two. Computed in float64; no derivatives. LinAlgError where D is singular. @dtype [float(A), int32] */
  "linalg.ldlFactor": '(A: Tensor, *, hermitian?: bool): Named<["LD", "pivots"]>',
  /** ldlFactor, and for each matrix an int32: 0, or the place of the first zero on D's diagonal, which is no error then. @dtype [float(A), int32, int32] */
  "linalg.ldlFactorEx": '(A: Tensor, *, hermitian?: bool, checkErrors?: bool): Named<["LD", "pivots", "info"]>',
  /** X of A·X = B by ldlFactor's factors of A. @dtype common(LD, B) */
  "linalg.ldlSolve": "(LD: Tensor, pivots: Index, B: Tensor, *, hermitian?: bool): Tensor",
  // -- systems and inverses
  /** X of A·X = B, or of X·A = B where left is false. B may be a vector, or a batch of vectors [..., n]. LinAlgError where A is singular. @dtype common(A, B) */
  "linalg.solve": "(A: Tensor, B: Tensor, *, left?: bool): Tensor",
  /** solve, and for each matrix an int32: 0, or where A is singular, which is no error then. @dtype [common(A, B), int32] */
  "linalg.solveEx": '(A: Tensor, B: Tensor, *, left?: bool, checkErrors?: bool): Named<["result", "info"]>',
  /** X of A·X = B, or of X·A = B where left is false, for a triangular A, of which only the triangle is read. @dtype common(A, B) */
  "linalg.solveTriangular": "(A: Tensor, B: Tensor, *, upper: bool, left?: bool, unitriangular?: bool): Tensor",
  /** X of A·X = b for a triangular A, and A. @dtype [common(b, A), A] */
  triangularSolve:
    '(b: Tensor, A: Tensor, upper?: bool, transpose?: bool, unitriangular?: bool): Named<["solution", "clonedCoefficient"]>',
  /** The inverse. LinAlgError where A is singular. solve is faster and more accurate than a product with it. @dtype float(A) */
  "linalg.inv": "(A: Tensor): Tensor",
  /** The inverse. LinAlgError where it is singular. @dtype float(input) */
  inverse: "(input: Tensor): Tensor",
  /** inv, and for each matrix an int32: 0, or where it is singular, which is no error then. @dtype [float(A), int32] */
  "linalg.invEx": '(A: Tensor, *, checkErrors?: bool): Named<["inverse", "info"]>',
  /** Aⁿ; of the inverse where n is negative. @dtype float(A) */
  "linalg.matrixPower": "(A: Tensor, n: int): Tensor",
  /** Aⁿ; of the inverse where n is negative. @dtype float(input) */
  matrixPower: "(input: Tensor, n: int): Tensor",
  /** eᴬ by a Padé approximant, scaled and squared; computed in float64. @dtype float(input) */
  matrixExp: "(input: Tensor): Tensor",
  /** eᴬ by a Padé approximant, scaled and squared; computed in float64. @dtype float(A) */
  "linalg.matrixExp": "(A: Tensor): Tensor",
  /** The inverse of A as a map between tensors: with its first ind dims as rows. @dtype float(A) */
  "linalg.tensorinv": "(A: Tensor, ind?: int): Tensor",
  /** X of tensordot(A, X, X.ndim) = B; dims of A are moved to its end first. @dtype common(A, B) */
  "linalg.tensorsolve": "(A: Tensor, B: Tensor, dims?: ints): Tensor",
  // -- determinants
  /** The determinant. Its derivative is the adjugate, of singular matrices too, to any order. @dtype float(input) */
  det: "(input: Tensor): Tensor",
  /** The determinant. Its derivative is the adjugate, of singular matrices too, to any order. @dtype float(A) */
  "linalg.det": "(A: Tensor): Tensor",
  /** The sign of the determinant and the logarithm of its absolute value. @dtype float(input) */
  slogdet: '(input: Tensor): Named<["sign", "logabsdet"]>',
  /** The sign of the determinant and the logarithm of its absolute value. @dtype float(A) */
  "linalg.slogdet": '(A: Tensor): Named<["sign", "logabsdet"]>',
  /** The logarithm of the determinant: NaN where that is negative, −∞ where it is 0. @dtype float(input) */
  logdet: "(input: Tensor): Tensor",
  /** The principal square root X of A = X·X, whose eigenvalues have no negative real parts. NaN where A has none: of negative eigenvalues, or of such as [[0, 1], [0, 0]]. A singular A that has one has no derivative, which is NaN. @torch https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.sqrtm.html @dtype float(A) */
  "linalg.sqrtm": "(A: Tensor): Tensor",
  // -- eigenvalues and singular values
  /** The eigenvalues of a symmetric A, ascending, and its eigenvectors, as columns. Only the triangle UPLO ("L" or "U") is read; the gradient is symmetric. Gradients of functions that depend on the choice of eigenvectors of a repeated eigenvalue are NaN. LinAlgError where elements are not finite. @dtype [float(A), float(A)] */
  "linalg.eigh": '(A: Tensor, UPLO?: "L" | "U"): Named<["eigenvalues", "eigenvectors"]>',
  /** The eigenvalues of a symmetric A, ascending. @dtype float(A) */
  "linalg.eigvalsh": '(A: Tensor, UPLO?: "L" | "U"): Tensor',
  /** The eigenvalues of a general A, complex, in no order, and its eigenvectors, as columns of norm 1. A loss may not depend on their phases. LinAlgError where elements are not finite. */
  "linalg.eig": '(A: Tensor): Named<["eigenvalues", "eigenvectors"], [ComplexTensor, ComplexTensor]>',
  /** The eigenvalues of a general A, complex, in no order. */
  "linalg.eigvals": "(A: Tensor): ComplexTensor",
  /**
   * The k largest eigenvalues of a symmetric A, descending, or the smallest ones, ascending, and their vectors, as columns: x of A·x = λ·x, or
   * of A·x = λ·B·x for a positive definite B. k is 1 unless it or X [..., m, k] is given. Dense matrices are solved as linalg.eigh does, to
   * rounding: that needs no start X, preconditioner iK, niter, tol or method, which are taken for torch's sake.
   * @dtype [float(A), float(A)]
   */
  lobpcg:
    '(A: Tensor, k?: int, B?: Tensor, X?: Tensor, n?: int, iK?: Tensor, niter?: int, tol?: number, largest?: bool, method?: "basic" | "ortho"): [eigenvalues: Tensor, eigenvectors: Tensor]',
  /** U, the singular values S, descending, and Vᵀ of A = U·diag(S)·Vᵀ. Full: U is m×m and Vᵀ n×n, else they have min(m, n) columns and rows. Gradients of functions that depend on the choice of vectors are NaN. LinAlgError where elements are not finite. @dtype [float(A), float(A), float(A)] */
  "linalg.svd": '(A: Tensor, fullMatrices?: bool): Named<["U", "S", "Vh"]>',
  /** U, the singular values S, descending, and V (not Vᵀ) of input = U·diag(S)·Vᵀ: min(m, n) columns, or all unless some. Without computeUv U and V are 0, m×m and n×n. @dtype float(input) */
  svd: '(input: Tensor, some?: bool, computeUv?: bool): Named<["U", "S", "V"]>',
  /** U with orthonormal columns and the positive semidefinite H of A = U·H, for A of as many rows as columns or more. Differentiable where A has full rank. @dtype float(A) */
  "linalg.polar": '(A: Tensor): Named<["U", "H"]>',
  /** The singular values, descending. @dtype float(A) */
  "linalg.svdvals": "(A: Tensor): Tensor",
  /** The Moore-Penrose inverse. Singular values up to max(atol, rtol · the largest) count as 0; rtol is max(m, n)·ε unless atol or rtol is given. hermitian: A is symmetric, its lower triangle is read. The derivative is that at constant rank. @dtype float(A) */
  "linalg.pinv": "(A: Tensor, *, atol?: Operand, rtol?: Operand, hermitian?: bool): Tensor",
  /** The Moore-Penrose inverse; singular values up to rcond · the largest count as 0. @dtype float(input) */
  pinverse: "(input: Tensor, rcond?: number): Tensor",
  /** How many singular values are larger than max(atol, rtol · the largest), int32; rtol is max(m, n)·ε unless atol or rtol is given. hermitian: A is symmetric, its lower triangle is read. @dtype int32 */
  "linalg.matrixRank": "(A: Tensor, *, atol?: Operand, rtol?: Operand, hermitian?: bool): Tensor",
  /** The condition number in the norm p: 2 unless given, −2, 1, −1, Infinity, -Infinity, "fro", "nuc"; ∞ where A is singular. Not square: for 2 and −2 alone. @dtype float(A) */
  "linalg.cond": '(A: Tensor, p?: number | "fro" | "nuc"): Tensor',
  /** X of least |X| among those of least |A·X − B|; B may be a vector, or a batch of vectors. The sums of squared residuals (of tall A, with the drivers "gels", "gelsd", "gelss"); the rank, int32; the singular values (with "gelsd" and "gelss"): what there is none of is empty. Singular values up to rcond · the largest count as 0. @dtype [common(A, B), common(A, B), int32, common(A, B)] */
  "linalg.lstsq":
    '(A: Tensor, B: Tensor, rcond?: number, *, driver?: "gelsy" | "gels" | "gelsd" | "gelss"): Named<["solution", "residuals", "rank", "singularValues"]>',
} as const satisfies Signatures;
