// What is said of a matrix that can't be factored, in torch's words. It is found when the factors are computed, which may be long
// after the op was called and in another one: so a node that checks carries the number of what it says, and that of the op's name.
import { signatureLines } from "../generated/signatures";

const notConverged = (values: string, code: number): string =>
  "The algorithm failed to converge because the input matrix " +
  (code < 0
    ? "contained non-finite values."
    : `is ill-conditioned or has too many repeated ${values} (error code: ${code}).`);

/** By what the factors are wanted for. */
const said: readonly ((found: number) => string)[] = [
  (order) =>
    "The factorization could not be completed because the input is not positive-definite " +
    `(the leading minor of order ${order} is not positive-definite).`,
  (place) =>
    `The diagonal element ${place} is zero, the inversion could not be completed because the input matrix is singular.`,
  () => "The solver failed because the input matrix is singular.",
  (place) =>
    `U[${place},${place}] is zero and using it on luSolve would result in a division by zero. If you still want to perform ` +
    "the factorization, consider calling linalg.lu(A, { pivot }) or linalg.luFactorEx(A, { pivot }).",
  (place) => `D[${place},${place}] is zero.`,
  notConverged.bind(null, "eigenvalues"),
  notConverged.bind(null, "singular values"),
];
export enum Want {
  Cholesky,
  Inverse,
  Solve,
  Lu,
  Ldl,
  Eigen,
  Svd,
}

const WANTS = 8;

/** The ops that have asked so far. */
const names: string[] = [];
/** The number of what an op says. */
export function asking(want: Want, op: string): number {
  if (!names.includes(op)) names.push(op);
  return names.indexOf(op) * WANTS + want;
}
/** The message; `item` is which matrix of a batch it was, counted from 0, or -1. */
export function matrixMessage(what: number, item: number, found: number): string {
  const op = names[Math.floor(what / WANTS)]!;
  const isLinalg = signatureLines.includes(`\nlinalg.${op}(`);
  return `${isLinalg ? "linalg." : ""}${op}: ${item < 0 ? "" : `(Batch element ${item}): `}${said[what % WANTS]!(found)}`;
}
