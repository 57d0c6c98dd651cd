// gemm against plain JavaScript.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import {
  allocate,
  cases,
  contiguous,
  core,
  destination,
  numeric,
  type Operand,
  operand,
  pick,
  random,
  randomDims,
  reset,
  scattered,
} from "./harness";

const multiplying = suite("gemm");

function checkGemm(dtype: DType, m: number, n: number, k: number, a: Operand, b: Operand): void {
  const dst = destination(dtype, m * n);
  const bytes = core.gemmWorkspace(dtype, m, n, k);
  const workspace = destination(DType.Bool, bytes);
  core.gemm(
    dtype,
    m,
    n,
    k,
    a.pointer,
    a.strides[0],
    a.strides[1],
    b.pointer,
    b.strides[0],
    b.strides[1],
    dst.pointer,
    workspace.pointer,
  );
  const unit = dtype === DType.Float32 ? 2 ** -24 : dtype === DType.Float64 ? 2 ** -53 : 0;
  const label = `gemm of dtype ${dtype}, [${m}, ${k}] × [${k}, ${n}], strides [${a.strides}] and [${b.strides}]`;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let absolute = 0;
      for (let p = 0; p < k; p++) {
        const term = a.get(i * k + p) * b.get(p * n + j);
        sum += term;
        absolute += Math.abs(term);
      }
      const actual = dst.values[i * n + j];
      // k + 1 roundings bound it; blockwise accumulation stays far below 40 for every k here.
      const isEqual = Object.is(actual + 0, sum + 0) || Math.abs(actual - sum) <= Math.min(k + 1, 40) * unit * absolute;
      if (!isEqual) assert.unreachable(`${label}: [${i}, ${j}] is ${actual}, not ${sum}`);
    }
  }
  assert.ok(dst.intact(), label);
  assert.ok(workspace.intact(), `${label}: workspace`);
}
const rowsMajor = (dtype: DType, m: number, n: number): Operand => contiguous(dtype, [m, n]);
const columnsMajor = (dtype: DType, m: number, n: number): Operand => operand(dtype, [m, n], [1, m]);
const layouts = [rowsMajor, columnsMajor];

multiplying("any sizes, any layouts", () => {
  cases(900, () => {
    const dtype = pick(numeric);
    const [m, n, k] = randomDims(3, [0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 40]);
    checkGemm(dtype, m, n, k, scattered(dtype, [m, k]), scattered(dtype, [k, n]));
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
          checkGemm(dtype, m, n, k, left(dtype, m, k), right(dtype, k, n));
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
            checkGemm(dtype, x, 1, y, left(dtype, x, y), right(dtype, y, 1));
            checkGemm(dtype, y, 1, x, left(dtype, y, x), right(dtype, x, 1));
            checkGemm(dtype, 1, x, y, left(dtype, 1, y), right(dtype, y, x));
            checkGemm(dtype, 1, y, x, left(dtype, 1, x), right(dtype, x, y));
            checkGemm(dtype, x, y, 1, left(dtype, x, 1), right(dtype, 1, y));
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
          checkGemm(dtype, m, 1, k, left(dtype, m, k), x);
          checkGemm(dtype, 1, m, k, operand(dtype, [1, k], [0, stride]), left(dtype, k, m));
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
      const dst = destination(dtype, m * n);
      const workspace = allocate(core.gemmWorkspace(dtype, m, n, k));
      core.gemm(dtype, m, n, k, a.pointer, k, 1, b.pointer, n, 1, dst.pointer, workspace);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const value = dst.values[i * n + j];
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
      const dst = destination(DType.Float32, m * n);
      const workspace = allocate(core.gemmWorkspace(DType.Float32, m, n, k));
      core.gemm(DType.Float32, m, n, k, a.pointer, ...a.strides, b.pointer, n, 1, dst.pointer, workspace);
      for (let i = 0; i < m; i++) {
        let exact = 0;
        for (let p = 0; p < k; p++) exact += a.get(i * k + p) * b.get(p * n);
        const error = Math.abs(dst.values[i * n] / exact - 1);
        assert.ok(error < 1e-5, `[${m}, ${k}] × [${k}, ${n}]: ${error}`);
      }
    }
  }
});
multiplying("workspace is bounded by panels", () => {
  assert.ok(core.gemmWorkspace(DType.Float64, 30_000, 30_000, 30_000) < 2 ** 21);
});
multiplying.run();
