// What is said of a matrix that can't be factored, in torch's words. It is found when the factors are computed, which may be long
// after the op was called: so a node that checks carries a number, and here stands which op it was and what it asks.
import { currentOp } from "./op-scope";

/** What a factor is wanted for, which decides what its failure means. */
export type Want = "cholesky" | "inverse" | "solve" | "lu" | "eigh" | "svd";

const said: Record<Want, (found: number) => string> = {
  cholesky: (order) =>
    `The factorization could not be completed because the input is not positive-definite (the leading minor of order ${order} is not positive-definite).`,
  inverse: (place) =>
    `The diagonal element ${place} is zero, the inversion could not be completed because the input matrix is singular.`,
  solve: () => "The solver failed because the input matrix is singular.",
  lu: (place) =>
    `U[${place},${place}] is zero and using it on luSolve would result in a division by zero. If you still want to perform the ` +
    `factorization, consider calling linalg.lu(A, { pivot }) or linalg.luFactorEx(A, { pivot }).`,
  eigh: (code) => notConverged("eigenvalues", code),
  svd: (code) => notConverged("singular values", code),
};
const notConverged = (values: string, code: number): string =>
  "The algorithm failed to converge because the input matrix " +
  (code < 0
    ? "contained non-finite values."
    : `is ill-conditioned or has too many repeated ${values} (error code: ${code}).`);

const asked: { op: string; want: Want }[] = [];
const numbers = new Map<string, number>();

/** The number of what the current op says if a matrix can't be factored. */
export function wantOf(want: Want): number {
  const op = currentOp();
  const key = `${op} ${want}`;
  let number = numbers.get(key);
  if (number === undefined) {
    number = asked.push({ op, want }) - 1;
    numbers.set(key, number);
  }
  return number;
}
/** The message, without the stop of whoever reads: which matrix of a batch it was, counted from 0, or -1. */
export function matrixMessage(number: number, item: number, found: number): string {
  const { op, want } = asked[number]!;
  return `${op}: ${item < 0 ? "" : `(Batch element ${item}): `}${said[want](found)}`;
}
