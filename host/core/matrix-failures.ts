// What is said of a matrix that can't be factored, in torch's words. It is found when the factors are computed, which may be long
// after the op was called and in another one: so a node that checks carries the number of what it says.

const notConverged = (values: string, code: number): string =>
  "The algorithm failed to converge because the input matrix " +
  (code < 0
    ? "contained non-finite values."
    : `is ill-conditioned or has too many repeated ${values} (error code: ${code}).`);

/** By what the factors are wanted for: the op, by its whole name as in torch, and the message. */
const said: readonly (readonly [op: string, message: (found: number) => string])[] = [
  [
    "cholesky",
    (order) =>
      "The factorization could not be completed because the input is not positive-definite " +
      `(the leading minor of order ${order} is not positive-definite).`,
  ],
  [
    "inv",
    (place) =>
      `The diagonal element ${place} is zero, the inversion could not be completed because the input matrix is singular.`,
  ],
  ["solve", () => "The solver failed because the input matrix is singular."],
  [
    "luFactor",
    (place) =>
      `U[${place},${place}] is zero and using it on luSolve would result in a division by zero. If you still want to perform ` +
      "the factorization, consider calling linalg.lu(A, { pivot }) or linalg.luFactorEx(A, { pivot }).",
  ],
  ["ldlFactor", (place) => `D[${place},${place}] is zero.`],
  ["eigh", (code) => notConverged("eigenvalues", code)],
  ["eig", (code) => notConverged("eigenvalues", code)],
  ["svd", (code) => notConverged("singular values", code)],
];
export enum Want {
  Cholesky,
  Inverse,
  Solve,
  Lu,
  Ldl,
  Eigh,
  Eig,
  Svd,
}

/** The message; `item` is which matrix of a batch it was, counted from 0, or -1. */
export function matrixMessage(want: Want, item: number, found: number): string {
  const [op, message] = said[want]!;
  return `linalg.${op}: ${item < 0 ? "" : `(Batch element ${item}): `}${message(found)}`;
}
