// gemm against plain JavaScript.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import {
  allocate,
  below,
  cases,
  contiguous,
  core,
  destination,
  numeric,
  type Operand,
  operand,
  pick,
  product,
  random,
  randomDims,
  reset,
  same,
  scattered,
} from "./harness";

const multiplying = suite("gemm");

interface Product {
  dtype: DType;
  /** Of c without its last two. */
  batch?: number[];
  m: number;
  n: number;
  k: number;
  /** [batch…, m, k] and [batch…, k, n] */
  a: Operand;
  b: Operand;
  /** c += a·b */
  accumulate?: boolean;
  /** Of rows × n elements, which repeat down the rows of c. */
  addend?: Operand;
}

function describe(g: Product, c: number): number {
  const batch = g.batch ?? [];
  const at = allocate(core.gemmBytes.value as number);
  const operands = [g.a, g.b].flatMap((x) => [x.pointer, ...x.strides.slice(batch.length)]);
  core.describeGemm(at, g.dtype, g.m, g.n, g.k, ...operands, c);
  batch.forEach((size, d) => core.addBatchDim(at, size, g.a.strides[d], g.b.strides[d]));
  if (g.accumulate) core.accumulateGemm(at);
  if (g.addend) core.addToGemm(at, g.addend.pointer, g.addend.dims[0], ...(g.addend.strides as [number, number]));
  return at;
}

/** c, from `before` on, by all parts in order, or in the order given with a fresh workspace for each. */
function compute(g: Product, before: number[], order?: (parts: number) => number[]): ArrayLike<number> {
  const dst = destination(g.dtype, before.length);
  dst.values.set(before);
  const gemm = describe(g, dst.pointer);
  const parts = core.gemmParts(gemm);
  const workspace = destination(DType.Bool, core.gemmPartWorkspace(gemm));
  for (const part of order?.(parts) ?? Array(parts).keys()) {
    if (order) workspace.values.fill(0xff);
    core.gemmPartIn(gemm, part, workspace.pointer);
  }
  assert.ok(dst.intact(), `${label(g)}: beyond c`);
  assert.ok(workspace.intact(), `${label(g)}: beyond the workspace`);
  return dst.values;
}
const label = ({ dtype, batch = [], m, n, k, a, b }: Product): string =>
  `dtype ${dtype}, [${batch}] × [${m}, ${k}] × [${k}, ${n}], strides [${a.strides}] and [${b.strides}]`;

function checkGemm(g: Product): void {
  const { m, n, k, a, b, addend } = g;
  const rows = product(g.batch ?? []) * m;
  const before = Array.from({ length: rows * n }, () => (g.accumulate ? below(9) - 4 : 77));
  const actual = compute(g, before);
  const unit = g.dtype === DType.Float32 ? 2 ** -24 : g.dtype === DType.Float64 ? 2 ** -53 : 0;
  for (let row = 0; row < rows; row++) {
    const item = Math.floor(row / m);
    for (let j = 0; j < n; j++) {
      const terms = [g.accumulate ? before[row * n + j] : 0, addend ? addend.get((row % addend.dims[0]) * n + j) : 0];
      let sum = terms[0] + terms[1];
      let absolute = Math.abs(terms[0]) + Math.abs(terms[1]);
      for (let p = 0; p < k; p++) {
        const term = a.get(row * k + p) * b.get((item * k + p) * n + j);
        sum += term;
        absolute += Math.abs(term);
      }
      const x = actual[row * n + j];
      // k + 3 roundings bound it; blockwise accumulation stays far below 40 for every k here.
      const isEqual = Object.is(x + 0, sum + 0) || Math.abs(x - sum) <= Math.min(k + 3, 40) * unit * absolute;
      if (!isEqual) assert.unreachable(`${label(g)}: [${row}, ${j}] is ${x}, not ${sum}`);
    }
  }
}

/** That parts in any order give the same bits; returns how many there are. */
function checkParts(g: Product): number {
  const before = Array.from({ length: product(g.batch ?? []) * g.m * g.n }, () => below(9) - 4);
  const once = compute(g, before);
  let parts = 0;
  const shuffled = compute(g, before, (n) => {
    parts = n;
    return Array.from({ length: n }, (_, i) => i).sort(() => random() - 0.5);
  });
  same(shuffled, once, label(g));
  return parts;
}

const rowsMajor = (dtype: DType, m: number, n: number): Operand => contiguous(dtype, [m, n]);
const columnsMajor = (dtype: DType, m: number, n: number): Operand => operand(dtype, [m, n], [1, m]);
const layouts = [rowsMajor, columnsMajor];

const check = (dtype: DType, m: number, n: number, k: number, a: Operand, b: Operand): void =>
  checkGemm({ dtype, m, n, k, a, b });

multiplying("any sizes, any layouts", () => {
  cases(900, () => {
    const dtype = pick(numeric);
    const [m, n, k] = randomDims(3, [0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 40]);
    check(dtype, m, n, k, scattered(dtype, [m, k]), scattered(dtype, [k, n]));
  });
});
multiplying("row- and column-major operands, sizes around those of tiles and blocks", () => {
  const shapes = [
    [8, 8, 8],
    [64, 64, 64],
    [65, 63, 67],
    [131, 37, 70],
    [5, 11, 600],
    [130, 9, 258],
    [3, 1030, 5],
    [50, 530, 20],
    [300, 3, 40],
    [2, 70, 513],
    [37, 45, 530],
    [6, 600, 300],
    [21, 530, 40],
    [133, 36, 260],
  ];
  for (const dtype of numeric) {
    for (const [m, n, k] of shapes) {
      for (const left of layouts) {
        for (const right of layouts) {
          reset();
          check(dtype, m, n, k, left(dtype, m, k), right(dtype, k, n));
        }
      }
    }
  }
});
multiplying("matrix-vector, vector-matrix, dot and outer products", () => {
  const lengths = [1, 2, 3, 4, 5, 8, 13, 16, 31, 64, 100, 515, 2100];
  for (const dtype of numeric) {
    for (const x of lengths) {
      for (const y of [1, 3, 4, 8, 17, 70]) {
        for (const left of layouts) {
          for (const right of layouts) {
            reset();
            check(dtype, x, 1, y, left(dtype, x, y), right(dtype, y, 1));
            check(dtype, y, 1, x, left(dtype, y, x), right(dtype, x, 1));
            check(dtype, 1, x, y, left(dtype, 1, y), right(dtype, y, x));
            check(dtype, 1, y, x, left(dtype, 1, x), right(dtype, x, y));
            check(dtype, x, y, 1, left(dtype, x, 1), right(dtype, 1, y));
          }
        }
      }
    }
  }
});
multiplying("vectors with steps, flipped and broadcast", () => {
  for (const dtype of numeric) {
    for (const stride of [0, 2, -1, -3]) {
      for (const [m, k] of [
        [9, 70],
        [70, 9],
        [1, 3000],
        [6, 2500],
      ]) {
        for (const left of layouts) {
          reset();
          const x = operand(dtype, [k, 1], [stride, 1]);
          check(dtype, m, 1, k, left(dtype, m, k), x);
          check(dtype, 1, m, k, operand(dtype, [1, k], [0, stride]), left(dtype, k, m));
        }
      }
    }
  }
});
multiplying("NaN and infinities reach only where they should", () => {
  for (const dtype of [DType.Float32, DType.Float64]) {
    for (const [m, n, k] of [
      [5, 7, 6],
      [70, 50, 60],
      [9, 1, 6],
      [1, 9, 6],
      [6, 9, 1],
    ]) {
      reset();
      const a = contiguous(dtype, [m, k]);
      const b = contiguous(dtype, [k, n]);
      a.set(m * k - 1, NaN);
      b.set(0, Infinity);
      const values = compute({ dtype, m, n, k, a, b }, Array<number>(m * n).fill(0));
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const value = values[i * n + j];
          if (i === m - 1) assert.ok(Number.isNaN(value));
          else assert.is(Math.abs(value) === Infinity, j === 0);
        }
      }
    }
  }
});
multiplying("float32 errors stay like those of pairwise sums for large k", () => {
  const k = 300_000;
  for (const [m, n] of [
    [1, 1],
    [5, 1],
    [1, 5],
    [5, 9],
  ]) {
    for (const left of layouts) {
      reset();
      const a = operand(DType.Float32, [m, k], left === rowsMajor ? [k, 1] : [1, m], random);
      const b = operand(DType.Float32, [k, n], [n, 1], random);
      const values = compute({ dtype: DType.Float32, m, n, k, a, b }, Array<number>(m * n).fill(0));
      for (let i = 0; i < m; i++) {
        let exact = 0;
        for (let p = 0; p < k; p++) exact += a.get(i * k + p) * b.get(p * n);
        const error = Math.abs(values[i * n] / exact - 1);
        assert.ok(error < 1e-5, `[${m}, ${k}] × [${k}, ${n}]: ${error}`);
      }
    }
  }
});
multiplying("leading dimensions that are a multiple of 4 KiB", () => {
  for (const dtype of [DType.Float32, DType.Float64]) {
    for (const [m, n, k] of [
      [9, 40, 70],
      [30, 20, 300],
      [70, 70, 20],
    ]) {
      for (const transposed of [[], ["a"], ["b"], ["a", "b"]]) {
        reset();
        const strides = (name: string): number[] => (transposed.includes(name) ? [1, 1024] : [1024, 1]);
        check(dtype, m, n, k, operand(dtype, [m, k], strides("a")), operand(dtype, [k, n], strides("b")));
      }
    }
  }
});
multiplying("batches, broadcast and strided, accumulating and with an epilogue", () => {
  cases(700, () => {
    const dtype = pick(numeric);
    const batch = randomDims(below(4), [0, 1, 2, 3, 3, 5]);
    const [m, n, k] = randomDims(3, [0, 1, 1, 1, 2, 3, 4, 5, 8, 9, 17, 26]);
    const rows = product(batch) * m;
    const addends = [
      operand(dtype, [Math.max(m, 1), n], [0, 1]),
      operand(dtype, [Math.max(m, 1), n], [1, 0]),
      operand(dtype, [Math.max(rows, 1), n], [n, 1]),
      operand(dtype, [1, n], [0, 3]),
      operand(dtype, [Math.max(rows, 1), n], [0, 0]),
    ];
    const layout = pick([contiguous, scattered]);
    const a = layout(dtype, [...batch, m, k]);
    const b = layout(dtype, [...batch, k, n]);
    // One factor is often shared by the whole batch.
    const shared = pick([a, b, null]);
    batch.forEach((_, d) => void (shared && (shared.strides[d] = 0)));
    checkGemm({ dtype, batch, m, n, k, a, b, accumulate: random() < 0.5, addend: pick([undefined, ...addends]) });
  });
});
multiplying("large batches", () => {
  for (const dtype of numeric) {
    for (const [count, m, n, k] of [
      [900, 8, 8, 8],
      [300, 1, 8, 30],
      [300, 8, 1, 30],
      [70, 30, 33, 31],
      [900, 4, 5, 1],
    ]) {
      for (const shared of ["", "a", "b"]) {
        reset();
        const a = operand(dtype, [count, m, k], shared === "a" ? [0, k, 1] : [m * k, k, 1]);
        const b = operand(dtype, [count, k, n], shared === "b" ? [0, n, 1] : [k * n, n, 1]);
        const addend = operand(dtype, [m, n], [0, 1]);
        checkGemm({ dtype, batch: [count], m, n, k, a, b });
        checkGemm({ dtype, batch: [count], m, n, k, a, b, addend, accumulate: true });
      }
    }
  }
});
multiplying("parts in any order give the same bits", () => {
  const shapes: [batch: number[], m: number, n: number, k: number][] = [
    [[], 300, 600, 300],
    [[], 701, 203, 270],
    [[], 20, 3000, 300],
    [[], 9000, 5, 530],
    [[], 3001, 1, 1100],
    [[], 1, 3001, 1100],
    [[], 1301, 2101, 1],
    [[], 1301, 2101, 0],
    [[40], 90, 70, 80],
    [[3, 2], 300, 310, 270],
    [[3], 2001, 1, 700],
    [[2], 3001, 1, 1000],
    [[5000], 17, 17, 17],
  ];
  for (const dtype of [DType.Float32, DType.Float64]) {
    for (const [batch, m, n, k] of shapes) {
      for (const accumulate of [false, true]) {
        reset();
        const transposed = (x: Operand): Operand => ({ ...x, strides: [...x.strides] });
        const a = transposed(contiguous(dtype, [...batch, m, k]));
        const b = transposed(contiguous(dtype, [...batch, k, n]));
        if (accumulate) a.strides.splice(-2, 2, 1, m);
        if (accumulate) b.strides.splice(-2, 2, 1, k);
        const addend = accumulate ? contiguous(dtype, [m, n]) : undefined;
        assert.ok(checkParts({ dtype, batch, m, n, k, a, b, accumulate, addend }) > 1, `${m} × ${n} × ${k} has parts`);
      }
    }
  }
});
multiplying("the result of a row does not depend on how many rows there are", () => {
  // What a split relies on: the order of summation is that of the path, not that of the region.
  const [n, k] = [41, 530];
  reset();
  const a = contiguous(DType.Float32, [160, k]);
  const b = contiguous(DType.Float32, [k, n]);
  const all = compute({ dtype: DType.Float32, m: 160, n, k, a, b }, Array<number>(160 * n).fill(0));
  for (const m of [9, 30, 77, 159]) {
    same(
      compute({ dtype: DType.Float32, m, n, k, a, b }, Array<number>(m * n).fill(0)),
      Array.from(all).slice(0, m * n),
      "",
    );
  }
});
multiplying("workspace is bounded by panels", () => {
  for (const [m, n, k] of [
    [30_000, 30_000, 30_000],
    [9, 1_000_000, 256],
    [1_000_000, 3, 300],
    [1_000_000, 1, 1000],
  ]) {
    for (const stride of [1, 2]) {
      reset();
      const x = operand(DType.Float64, [1, 1], [stride, stride]);
      const gemm = describe({ dtype: DType.Float64, m, n, k, a: x, b: x }, 0);
      core.gemmParts(gemm);
      assert.ok(core.gemmPartWorkspace(gemm) < 2 ** 19);
    }
  }
});
multiplying.run();
