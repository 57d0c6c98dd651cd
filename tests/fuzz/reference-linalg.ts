// The primitives of linear algebra in the plainest JavaScript, and how far the core may be from it: as far as an error of one rounding
// in the matrix would take it. Where that says nothing (a singular matrix, pivots that are equal but for rounding), anything may be.
import type { Expected, Values } from "./reference";
import type { GraphNode } from "./graph";

type Matrix = number[][];
type Rule = (n: GraphNode, inputs: readonly Values[], call: GraphNode) => Expected;

const matrix = (rows: number, columns: number, at: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => at(i, j)));
function matrices({ shape, data }: Values): Matrix[] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const count = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, k) => matrix(rows, columns, (i, j) => data[(k * rows + i) * columns + j]!));
}
const times = (a: Matrix, b: Matrix): Matrix =>
  matrix(a.length, b[0]?.length ?? 0, (i, j) => a[i]!.reduce((sum, x, k) => sum + x * b[k]![j]!, 0));
const map = (a: Matrix, f: (x: number, i: number, j: number) => number): Matrix =>
  a.map((row, i) => row.map((x, j) => f(x, i, j)));
const transpose = (a: Matrix): Matrix => matrix(a[0]?.length ?? 0, a.length, (i, j) => a[j]![i]!);
const absolute = (a: Matrix): Matrix => map(a, Math.abs);
const largest = (a: Matrix): number =>
  Math.max(0, ...a.flat().map((x) => (Number.isFinite(x) ? Math.abs(x) : Infinity)));
const identity = (n: number): Matrix => matrix(n, n, (i, j) => Number(i === j));

/** The factors of PA = LU, the exchanges, and whether another pivot would have been as good. */
function factored(given: Matrix, pivoted: boolean): { a: Matrix; pivots: number[]; isTied: boolean; info: number } {
  const a = given.map((row) => [...row]);
  const [m, n] = [a.length, a[0]?.length ?? 0];
  const pivots: number[] = [];
  let [isTied, info] = [false, 0];
  for (let j = 0; j < Math.min(m, n); j++) {
    let best = j;
    const size = Math.max(...a.slice(j).map((row) => Math.abs(row[j]!)));
    if (pivoted) for (let i = j + 1; i < m; i++) if (Math.abs(a[i]![j]!) > Math.abs(a[best]![j]!)) best = i;
    isTied ||= a.slice(j).filter((row) => Math.abs(row[j]!) >= size * (1 - 1e-5)).length > 1 || !(size > 1e-12 * largest(given)); // prettier-ignore
    pivots.push(best + 1);
    [a[j], a[best]] = [a[best]!, a[j]!];
    if (a[j]![j] === 0) info ||= j + 1;
    else
      for (let i = j + 1; i < m; i++) {
        a[i]![j]! /= a[j]![j]!;
        for (let k = j + 1; k < n; k++) a[i]![k]! -= a[i]![j]! * a[j]![k]!;
      }
  }
  return { a, pivots, isTied, info };
}
/** L·D·Lᵀ by Bunch and Kaufman's pivoting as LAPACK packs it, as far as the pivots are no matter of rounding. */
function symmetricFactors(given: Matrix): { f: Matrix; pivots: number[]; isTied: boolean; info: number } {
  const n = given.length;
  const f = map(given, (x, i, j) => (j > i ? 0 : x));
  const at = (i: number, j: number): number => f[Math.max(i, j)]![Math.min(i, j)]!;
  const alpha = (1 + Math.sqrt(17)) / 8;
  const pivots: number[] = [];
  let [isTied, info] = [false, 0];
  const isLess = (x: number, y: number): boolean => {
    isTied ||= !(Math.abs(x - y) > 1e-5 * Math.max(x, y));
    return x < y;
  };
  for (let k = 0, width = 1; k < n; k += width) {
    const rest = Array.from({ length: n - k }, (_, i) => k + i);
    const size = (i: number, j: number): number => Math.abs(at(i, j));
    const largest = (j: number): number => rest.reduce((best, i) => (i !== j && size(i, j) > (best < 0 ? -1 : size(best, j)) ? i : best), -1); // prettier-ignore
    let pivot = k;
    width = 1;
    const other = largest(k);
    const column = other < 0 ? 0 : size(other, k);
    isTied ||= rest.filter((i) => i > k && size(i, k) >= column * (1 - 1e-5)).length > 1;
    if (!(Math.max(size(k, k), column) > 1e-12 * Math.max(...absolute(given).flat()))) isTied = true;
    if (!(Math.max(size(k, k), column) > 0)) {
      info ||= k + 1;
      pivots.push(k + 1);
      continue;
    }
    if (column > 0 && isLess(size(k, k), alpha * column)) {
      const most = size(largest(other), other);
      if (isLess(size(k, k), alpha * column * (column / most))) {
        pivot = other;
        if (isLess(size(other, other), alpha * most)) width = 2;
      }
    }
    pivots.push(...Array<number>(width).fill(width === 1 ? pivot + 1 : -pivot - 1));
    const end = k + width - 1;
    const swap = (i: number): number => (i === end ? pivot : i === pivot ? end : i);
    const moved = matrix(n, n, (i, j) => (i < k || j < k ? f[i]![j]! : j > i ? 0 : at(swap(i), swap(j))));
    for (const i of rest) for (let j = k; j <= i; j++) f[i]![j] = moved[i]![j]!;
    const block = matrix(width, width, (i, j) => at(k + i, k + j));
    const below = rest.filter((i) => i > end);
    const columns = below.map((i) => [...f[i]!.slice(k, end + 1)]);
    const l = columns.length ? transpose(solved(block, transpose(columns))) : [];
    below.forEach((i, p) => {
      below.slice(0, p + 1).forEach((j, q) => (f[i]![j]! -= l[p]!.reduce((sum, x, c) => sum + x * columns[q]![c]!, 0)));
      l[p]!.forEach((x, c) => (f[i]![k + c] = x));
    });
  }
  return { f, pivots, isTied, info };
}
/** x of a·x = b for square a. */
function solved(a: Matrix, b: Matrix): Matrix {
  const { a: f, pivots } = factored(a, true);
  const x = b.map((row) => [...row]);
  pivots.forEach((pivot, i) => ([x[i], x[pivot - 1]] = [x[pivot - 1]!, x[i]!]));
  const n = a.length;
  for (let j = 0; j < (x[0]?.length ?? 0); j++) {
    for (let i = 0; i < n; i++) for (let k = 0; k < i; k++) x[i]![j]! -= f[i]![k]! * x[k]![j]!;
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i]![j]! -= f[i]![k]! * x[k]![j]!;
      x[i]![j]! /= f[i]![i]!;
    }
  }
  return x;
}
/** ‖a‖·‖a⁻¹‖, or infinity. */
function condition(a: Matrix): number {
  const most = largest(a) * largest(solved(a, identity(a.length))) * a.length;
  return Number.isFinite(most) && most < 1e12 ? most : Infinity;
}

const join = (parts: { data: Matrix; scale: Matrix | number }[], slack = 1000): Expected => ({
  data: parts.flatMap(({ data }) => data.flat()),
  scale: parts.flatMap(({ data, scale }) => (typeof scale === "number" ? data.flat().map(() => scale) : scale.flat())),
  slack,
});
const exact = (data: readonly number[]): Expected => ({ data, slack: 0 });

function system(t: Matrix, b: Matrix, solve = solved): { data: Matrix; scale: Matrix | number } {
  const data = solve(t, b);
  const inverse = solve(t, identity(t.length));
  if (!(condition(t) < Infinity)) return { data, scale: Infinity };
  return { data, scale: times(absolute(inverse), map(times(absolute(t), absolute(data)), (x, i, j) => x + Math.abs(b[i]![j]!))) }; // prettier-ignore
}
/** The solution for a triangle, row by row: exchanges of rows would round what is exact, such as a first element that is 0. */
const substituted =
  (upper: boolean) =>
  (t: Matrix, b: Matrix): Matrix => {
    const x = matrix(b.length, b[0]?.length ?? 0, () => 0);
    const rows = Array.from(b, (_, i) => i);
    for (const i of upper ? rows.reverse() : rows) {
      const others = rows.filter((k) => (upper ? k > i : k < i));
      x[i] = b[i]!.map((value, j) => others.reduce((rest, k) => rest - t[i]![k]! * x[k]![j]!, value) / t[i]![i]!);
    }
    return x;
  };
/** A triangle of t, with ones for its diagonal or not. */
const triangleOf = (t: Matrix, upper: boolean, unit: boolean): Matrix =>
  map(t, (x, i, j) => (i === j && unit ? 1 : (upper ? j >= i : j <= i) ? x : 0));

function cholesky(a: Matrix): { l: Matrix; info: number; scale: Matrix } {
  const n = a.length;
  const l = matrix(n, n, () => 0);
  let info = 0;
  for (let j = 0; j < n && !info; j++) {
    const d = a[j]![j]! - l[j]!.reduce((sum, x) => sum + x * x, 0);
    if (!(d > 0)) info = j + 1;
    l[j]![j] = Math.sqrt(d);
    for (let i = j + 1; i < n; i++) l[i]![j] = (a[i]![j]! - l[i]!.reduce((sum, x, k) => sum + x * l[j]![k]!, 0)) / l[j]![j]!; // prettier-ignore
  }
  const whole = map(a, (x, i, j) => (j <= i ? x : a[j]![i]!));
  const size = condition(whole) * largest(l);
  return { l, info, scale: map(l, (_, i) => (info && i >= info - 1 ? Infinity : size)) };
}
/** Householder's, as LAPACK chooses its signs. */
function qr(given: Matrix, columns: number): { q: Matrix; r: Matrix; packed: Matrix; scale: number } {
  const r = given.map((row) => [...row]);
  const [m, n] = [r.length, r[0]?.length ?? 0];
  const q = identity(m);
  const below = matrix(m, n, () => 0);
  let least = Infinity;
  for (let j = 0; j < Math.min(m, n); j++) {
    const x = r.slice(j).map((row) => row[j]!);
    const norm = Math.hypot(...x);
    least = Math.min(least, norm);
    if (x.slice(1).every((value) => value === 0)) continue;
    const end = x[0]! > 0 ? -norm : norm;
    const v = x.map((value, i) => (i ? value / (x[0]! - end) : 1));
    const tau = (end - x[0]!) / end;
    v.slice(1).forEach((value, i) => (below[j + 1 + i]![j] = value));
    const reflect = (x: Matrix, at: (i: number, k: number) => [number[], number], count: number) => {
      for (let k = 0; k < count; k++) {
        const sum = v.reduce((total, vi, i) => { const [row, c] = at(i, k); return total + vi * row[c]!; }, 0); // prettier-ignore
        v.forEach((vi, i) => { const [row, c] = at(i, k); row[c]! -= tau * vi * sum; }); // prettier-ignore
      }
      return x;
    };
    reflect(r, (i, k) => [r[j + i]!, k], n);
    reflect(q, (i, k) => [q[k]!, j + i], m);
  }
  const size = largest(given);
  const scale = least > 1e-8 * size ? (size / least) ** 2 * Math.max(1, size) : Infinity;
  const packed = map(below, (x, i, j) => (j < i ? x : r[i]![j]!));
  return { q: q.map((row) => row.slice(0, columns)), r: r.slice(0, columns), packed, scale };
}
function exponential(a: Matrix): { data: Matrix; scale: number } {
  const norm = Math.max(...absolute(a).map((row) => row.reduce((x, y) => x + y, 0)));
  if (!(norm < 500)) return { data: a, scale: Infinity };
  const squarings = Math.max(0, Math.ceil(Math.log2(norm)) + 3);
  let term = identity(a.length);
  let data = term;
  for (let k = 1; k < 30; k++) {
    term = map(times(term, a), (x) => x / k / 2 ** squarings);
    data = map(data, (x, i, j) => x + term[i]![j]!);
  }
  for (let i = 0; i < squarings; i++) data = times(data, data);
  return { data, scale: Math.exp(norm) * (1 + norm) };
}
/** What a list of exchanges amounts to. */
function order(pivots: readonly number[], rows: number): number[] {
  const list = Array.from({ length: rows }, (_, i) => i);
  pivots.slice(0, rows).forEach((pivot, i) => {
    if (pivot >= 1 && pivot <= rows) [list[i], list[pivot - 1]] = [list[pivot - 1]!, list[i]!];
  });
  return list;
}
const rowsOf = ({ shape, data }: Values): number[][] => {
  const size = shape.at(-1)!;
  return Array.from({ length: shape.slice(0, -1).reduce((a, b) => a * b, 1) }, (_, k) => data.slice(k * size, (k + 1) * size) as number[]); // prettier-ignore
};

export const linalgRules: Record<string, Rule> = {
  Triangle: (n, [x]) => {
    const [upper, diagonal] = n.attributes as [number, number];
    return exact(matrices(x!).flatMap((a) => map(a, (value, i, j) => ((upper ? j - i >= diagonal : j - i <= diagonal) ? value : 0)).flat())); // prettier-ignore
  },
  SolveTriangular: (n, [t, b]) => {
    const right = matrices(b!);
    const [upper, unit] = n.attributes.map((flag) => flag !== 0) as [boolean, boolean];
    return join(matrices(t!).slice(0, right.length).map((a, k) => system(triangleOf(a, upper, unit), right[k]!, substituted(upper)))); // prettier-ignore
  },
  Solve: (n, [a, , , b]) => {
    const right = matrices(b!);
    return join(
      matrices(a!)
        .slice(0, right.length)
        .map((x, k) => system(n.attributes[0] ? transpose(x) : x, right[k]!)),
    );
  },
  RowOrder: (n, [pivots]) => exact(rowsOf(pivots!).flatMap((list) => order(list, n.shape.at(-1)!))), // prettier-ignore
  MatrixExp: (_, [a]) => join(matrices(a!).map(exponential), 100),
  CheckInfo: (_, [x]) => exact(x!.data),
  Surrogate: (_, [x]) => exact(x!.data),
};
export const linalgResults: Record<string, Rule> = {
  Cholesky: (n, [a]) => {
    const found = matrices(a!).map(cholesky);
    if (n.attributes[0] === 0) return join(found.map(({ l, scale }) => ({ data: l, scale })));
    return exact(found.map(({ info }) => info));
  },
  Lu: (n, [a], call) => {
    const found = matrices(a!).map((x) => {
      const size = largest(x);
      if (!call.attributes.at(-1)) return { ...factored(x, call.attributes.at(-2) !== 0), size };
      const { f, ...rest } = symmetricFactors(x);
      return { a: f, ...rest, size };
    });
    if (n.attributes[0] === 0)
      return join(found.map(({ a: f, isTied, size }) => ({ data: f, scale: isTied ? Infinity : 1e3 * Math.max(1, size) * largest(f) }))); // prettier-ignore
    const isTied = found.some((one) => one.isTied);
    const data = n.attributes[0] === 1 ? found.flatMap(({ pivots }) => pivots) : found.map(({ info }) => info);
    return isTied ? { data, scale: data.map(() => 1e9), slack: 2 ** 60 } : exact(data);
  },
  Qr: (n, [a], call) => {
    const [m, columns] = a!.shape.slice(-2) as [number, number];
    const mode = call.attributes.at(-1);
    const found = matrices(a!).map((x) => qr(x, mode === 1 ? m : Math.min(m, columns)));
    if (mode === 2 && n.attributes[0] === 1) return exact([]);
    return join(found.map(({ q, r, packed, scale }) => ({ data: n.attributes[0] === 1 ? r : mode === 2 ? packed : q, scale }))); // prettier-ignore
  },
};
