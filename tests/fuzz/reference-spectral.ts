// Eigenvalues and singular values in the plainest JavaScript: rotations until rows are orthogonal. Vectors are determined but for a sign,
// if at all: that they belong to the values is held by tests/ops/spectral.test.ts.
import type { GraphNode } from "./graph";
import type { Expected, Values } from "./reference";

type Matrix = number[][];

/** The matrices of x [..., m, n]. */
function matricesOf(x: Values): Matrix[] {
  const [m, n] = x.shape.slice(-2);
  const count = x.shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, k) =>
    Array.from({ length: m }, (_, i) => x.data.slice((k * m + i) * n, (k * m + i + 1) * n)),
  );
}
const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The singular values of the matrix with these rows, as many as rows, descending. */
function singularValues(matrix: Matrix): number[] {
  const rows = matrix.map((row) => [...row]);
  for (let sweep = 0; sweep < 30; sweep++)
    for (let p = 0; p < rows.length; p++)
      for (let q = p + 1; q < rows.length; q++) {
        const along = dot(rows[p], rows[q]);
        if (along === 0) continue;
        const zeta = (dot(rows[q], rows[q]) - dot(rows[p], rows[p])) / (2 * along);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        [rows[p], rows[q]] = [
          rows[p].map((x, i) => c * (x - t * rows[q][i])),
          rows[q].map((x, i) => c * (x + t * rows[p][i])),
        ];
      }
  return rows.map((row) => Math.sqrt(dot(row, row))).sort((a, b) => b - a);
}
/** Those of a symmetric matrix, of which the lower triangle counts: shifted by more than its norm, they are singular values. */
function eigenvalues(lower: Matrix): number[] {
  const n = lower.length;
  const size = lower.flat().reduce((sum, x) => sum + Math.abs(x), 1) * 2;
  const shifted = lower.map((_, i) => Array.from({ length: n }, (_, j) => lower[Math.max(i, j)][Math.min(i, j)] + (i === j ? size : 0))); // prettier-ignore
  return singularValues(shifted)
    .map((s) => s - size)
    .reverse();
}
const transposed = (a: Matrix): Matrix => (a.length ? a[0].map((_, j) => a.map((row) => row[j])) : []);

/** Relative to the largest element of all, and to how many of them there are. */
function values(x: Values, data: number[]): Expected {
  const most = Math.max(1e-300, ...x.data.map(Math.abs));
  return { data, scale: data.map(() => most), slack: 1000 * (1 + x.shape.at(-1)!) };
}
const anything = (n: GraphNode): Expected => {
  const data = Array<number>(n.shape.reduce((a, b) => a * b, 1)).fill(0);
  return { data, scale: data.map(() => 1e300) };
};
const noInfo = (n: GraphNode): Expected => ({ data: anything(n).data, slack: 0 });

export const spectralResults: Record<string, (n: GraphNode, inputs: readonly Values[]) => Expected> = {
  Eigh: (n, [x]) =>
    [() => values(x, matricesOf(x).flatMap(eigenvalues)), () => anything(n), () => noInfo(n)][n.attributes[0]](),
  Svd(n, [x]) {
    if (n.attributes[0] === 3) return noInfo(n);
    if (n.attributes[0] !== 1) return anything(n);
    const [rows, columns] = x.shape.slice(-2);
    return values(
      x,
      matricesOf(x).flatMap((a) => singularValues(rows <= columns ? a : transposed(a))),
    );
  },
  // General eigenvalues have no order.
  Eig: anything,
  Pull: anything,
  Turn: anything,
};
export const spectralRules: Record<string, (n: GraphNode, inputs: readonly Values[]) => Expected> = {
  PseudoInverse: (_, [, value]) => ({ data: value.data, slack: 0 }),
};
