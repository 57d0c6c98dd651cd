// reduce against plain JavaScript.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType, Op } from "../../../assembly/abi/opcodes";
import {
  allDTypes,
  below,
  cases,
  close,
  contiguous,
  core,
  destination,
  ints,
  numeric,
  type Operand,
  operand,
  pick,
  product,
  random,
  randomDims,
  reduction,
  reset,
  same,
  scattered,
  sizes,
} from "./harness";

const reducing = suite("reduce");

type Reduction = { result: number; tolerance: number };
function reduced(op: Op, dtype: DType, values: number[]): Reduction {
  // Pairwise: a few roundings of the absolute sum at most.
  const unit = dtype === DType.Float32 ? 2 ** -24 : dtype === DType.Float64 ? 2 ** -53 : 0;
  const absolute = values.reduce((a, b) => a + Math.abs(b), 0);
  switch (op) {
    case Op.Sum:
      return {
        result: dtype === DType.Int32 ? values.reduce((a, b) => (a + b) | 0, 0) : values.reduce((a, b) => a + b, 0),
        tolerance: 24 * unit * absolute,
      };
    case Op.Prod: {
      const result =
        dtype === DType.Int32 ? values.reduce((a, b) => Math.imul(a, b), 1) : values.reduce((a, b) => a * b, 1);
      return { result, tolerance: values.length * 2 * unit * Math.abs(result) + (unit && 1e-44) };
    }
    case Op.Amax:
      return { result: largest(values), tolerance: 0 };
    case Op.Amin:
      return { result: -largest(values.map((x) => -x)), tolerance: 0 };
    default: {
      const extreme = op === Op.Argmax ? largest(values) : -largest(values.map((x) => -x));
      return { result: values.findIndex((x) => Object.is(x + 0, extreme + 0)), tolerance: 0 };
    }
  }
}

/** Math.max of a list that is too long for a call. */
const largest = (values: number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

const isArg = (op: Op): boolean => op === Op.Argmax || op === Op.Argmin;
/** Has no value over nothing. */
const isExtreme = (op: Op): boolean => isArg(op) || op === Op.Amax || op === Op.Amin;

/** Reduces the trailing `redNdim` dims of `src`, whose strides are any. */
function checkReduce(op: Op, dtype: DType, src: Operand, redNdim: number): void {
  const split = src.dims.length - redNdim;
  const outDims = src.dims.slice(0, split);
  const redDims = src.dims.slice(split);
  const n = product(redDims);
  const outer = product(outDims);
  const dst = destination(isArg(op) ? DType.Int32 : dtype, outer);
  core.reduce(
    reduction(
      op,
      dtype,
      dst.pointer,
      src.pointer,
      split,
      ints(outDims),
      ints(src.strides.slice(0, split)),
      redNdim,
      ints(redDims),
      ints(src.strides.slice(split)),
    ),
  );
  const expected = Array.from({ length: outer }, (_, i) =>
    reduced(
      op,
      dtype,
      Array.from({ length: n }, (_, j) => src.get(i * n + j)),
    ),
  );
  const label = `${Op[op]} of dtype ${dtype}, out [${outDims}], over [${redDims}], strides [${src.strides}]`;
  close(
    dst.values,
    expected.map((e) => e.result),
    (i) => expected[i].tolerance,
    label,
  );
  assert.ok(dst.intact(), label);
}

const reductions: [Op, DType[]][] = [
  [Op.Sum, numeric],
  [Op.Prod, numeric],
  [Op.Amax, allDTypes],
  [Op.Amin, allDTypes],
  [Op.Argmax, allDTypes],
  [Op.Argmin, allDTypes],
];
reducing("any dims of any layout", () => {
  for (const [op, dtypes] of reductions) {
    cases(250, () => {
      const dims = randomDims(below(5), isExtreme(op) ? sizes.slice(1) : sizes);
      const dtype = pick(dtypes);
      // A product that overflows before it meets a zero is NaN in one order and 0 in another.
      const simple = op === Op.Prod && dtype !== DType.Int32 ? [-1, 1, 0] : [-1, 1, 0.5, 2, 0, 3];
      const value = random() < 0.5 ? undefined : (): number => (dtype === DType.Bool ? below(2) : pick(simple));
      checkReduce(op, dtype, scattered(dtype, dims, value), below(dims.length + 1));
    });
  }
});
reducing("inner, outer and middle dims of contiguous tensors, lengths around the block sizes", () => {
  for (const [op, dtypes] of reductions) {
    for (const dtype of dtypes) {
      for (const n of [1, 2, 7, 8, 9, 127, 128, 129, 135, 255, 257, 384, 900, 1024, 1025, 2500]) {
        reset();
        checkReduce(op, dtype, contiguous(dtype, [2, n]), 1);
        checkReduce(op, dtype, operand(dtype, [3, n], [1, 3]), 1);
        checkReduce(op, dtype, operand(dtype, [2, 5, n], [n * 5, 1, 5]), 1);
        checkReduce(op, dtype, operand(dtype, [3, n, 2], [2, 6, 1]), 2);
        checkReduce(op, dtype, operand(dtype, [3, n, 2], [2, -6, 1]), 2);
      }
      reset();
      checkReduce(op, dtype, operand(dtype, [600, 40], [1, 600]), 1);
      checkReduce(op, dtype, operand(dtype, [259, 3, 4], [1, 259 * 4, 259]), 2);
      checkReduce(op, dtype, operand(dtype, [5, 300, 9], [1, 45, 5]), 1);
    }
  }
});
reducing("NaN is the extreme, the first one wins; infinities", () => {
  for (const dtype of [DType.Float32, DType.Float64]) {
    for (const op of [Op.Amax, Op.Amin, Op.Argmax, Op.Argmin]) {
      for (const special of [NaN, Infinity, -Infinity]) {
        for (const n of [1, 3, 40, 300]) {
          for (const strides of [
            [n, 1],
            [1, 6],
            [2 * n, 2],
          ]) {
            reset();
            const src = operand(dtype, [6, n], strides);
            for (let i = 0; i < 6; i++) for (let t = 0; t < 2; t++) src.set(i * n + below(n), special);
            checkReduce(op, dtype, src, 1);
            if (!isArg(op))
              checkReduce(
                op,
                dtype,
                operand(dtype, [2, n], strides, () => special),
                1,
              );
          }
        }
      }
    }
  }
});
reducing("over no elements: the neutral element", () => {
  for (const dtype of numeric) {
    reset();
    checkReduce(Op.Sum, dtype, operand(dtype, [3, 0], [1, 3]), 1);
    checkReduce(Op.Prod, dtype, operand(dtype, [3, 0], [1, 3]), 1);
    checkReduce(Op.Prod, dtype, operand(dtype, [3, 2, 0], [1, 3, 0]), 2);
    checkReduce(Op.Sum, dtype, operand(dtype, [0, 3], [3, 1]), 1);
  }
});
reducing("a float32 sum of 10^7 values is right to 1e-6", () => {
  const n = 1e7;
  for (const strides of [[1], [2]]) {
    reset();
    const src = operand(DType.Float32, [n / strides[0]], strides, random);
    let exact = 0;
    for (let i = 0; i < n / strides[0]; i++) exact += src.get(i);
    const dst = destination(DType.Float32, 1);
    const dims = ints([n / strides[0]]);
    core.reduce(reduction(Op.Sum, DType.Float32, dst.pointer, src.pointer, 0, 0, 0, 1, dims, ints(strides)));
    assert.ok(Math.abs(dst.values[0] / exact - 1) < 1e-6);
  }
  reset();
  const src = operand(DType.Float32, [4, n / 4], [1, 4], random);
  const dst = destination(DType.Float32, 4);
  core.reduce(
    reduction(Op.Sum, DType.Float32, dst.pointer, src.pointer, 1, ints([4]), ints([1]), 1, ints([n / 4]), ints([4])),
  );
  for (let c = 0; c < 4; c++) {
    let exact = 0;
    for (let i = 0; i < n / 4; i++) exact += src.get(c * (n / 4) + i);
    assert.ok(Math.abs(dst.values[c] / exact - 1) < 1e-6);
  }
});

// dims, strides, the first of the removed dims; removed dims are the trailing ones
const long: [dims: number[], strides: number[], split: number][] = [
  [[2_500_000], [1], 0],
  [[2_500_001], [-1], 0],
  [[1500, 1700], [1, 1500], 0],
  [[3, 900_000], [1, 3], 1],
  [[7, 500_003], [500_003, -1], 1],
  [[900_000, 3], [3, 1], 1],
  [[2000, 1300], [1, 2000], 1],
  [[30, 1000, 90], [90_000, 90, 1], 2],
  [[1000, 30, 90], [90, 90_000, 1], 1],
];
reducing("parts in any order make the whole, bit by bit; long layouts", () => {
  for (const [dims, strides, split] of long) {
    for (const dtype of [DType.Float32, DType.Float64]) {
      reset();
      const src = operand(dtype, dims, strides);
      const outer = product(dims.slice(0, split));
      const n = product(dims.slice(split));
      const lists = [dims, strides].map((list) => [ints(list.slice(0, split)), ints(list.slice(split))]);
      // the last result in plain JavaScript
      const first = (outer - 1) * n;
      let [sum, absolute, largest, smallest, smallestAt] = [0, 0, -Infinity, Infinity, 0];
      for (let j = 0; j < n; j++) {
        const x = src.get(first + j);
        sum += x;
        absolute += Math.abs(x);
        largest = Math.max(largest, x);
        if (x < smallest) [smallest, smallestAt] = [x, j];
      }
      const unit = dtype === DType.Float32 ? 2 ** -24 : 2 ** -50;
      for (const op of [Op.Sum, Op.Amax, Op.Argmin]) {
        const results = [0, 1].map(() => destination(op === Op.Argmin ? DType.Int32 : dtype, outer));
        const [whole, cut] = results.map(({ pointer }) =>
          reduction(
            ...[op, dtype, pointer, src.pointer, split, lists[0][0], lists[1][0]],
            ...[dims.length - split, lists[0][1], lists[1][1]],
          ),
        );
        core.reduce(whole);
        const count = core.reduceParts(cut);
        const label = `${Op[op]} of dtype ${dtype}, [${dims}] from dim ${split}, strides [${strides}]`;
        // Positions are not cut: few results are one part.
        assert.is(count > 1, op !== Op.Argmin || outer > 256, label);
        for (let part = count - 1; part >= 0; part--) core.reducePart(cut, part);
        core.reduceFinish(cut);
        const values = results[0].values;
        same(results[1].values, values, label);
        if (op === Op.Sum) assert.ok(Math.abs(values[outer - 1] - sum) <= 24 * unit * absolute, label);
        else assert.is(values[outer - 1], op === Op.Amax ? largest : smallestAt, label);
      }
    }
  }
});
reducing("many short rows and few columns, ties and NaN among them", () => {
  for (const dtype of numeric) {
    for (const k of [1, 2, 3, 4, 5, 8, 31, 33]) {
      for (const [op] of reductions) {
        const values = dtype === DType.Int32 ? [1, -1, 2] : [1, -1, 0.5, NaN];
        const value = !isExtreme(op) ? undefined : (): number => (random() < 0.01 ? NaN : pick(values));
        for (const [dims, strides] of [
          [
            [301, k],
            [k, 1],
          ],
          [
            [k, 1301],
            [1, k],
          ],
          [
            [k, 1301],
            [1, k + 1],
          ],
          [
            [40, 9, k],
            [k, 40 * k, 1],
          ],
          [
            [k, 70, 11],
            [1, k, 70 * k],
          ],
        ]) {
          reset();
          checkReduce(op, dtype, operand(dtype, dims, strides, value), dims.length - 1);
          if (dims.length === 3) checkReduce(op, dtype, operand(dtype, dims, strides, value), 1);
          checkReduce(op, dtype, operand(dtype, dims, strides, value), dims.length);
        }
      }
    }
  }
});

// out dims and removed dims with their strides: m rows of i elements to a group, k of which are one result
type Groups = (m: number, i: number, k: number) => [outDims: [number, number][], redDims: [number, number][]];
const groups: Record<string, Groups> = {
  "side by side": (m, i) => [
    [
      [1201, m * i],
      [i, 1],
    ],
    [[m, i]],
  ],
  "gaps between groups": (m, i) => [
    [
      [301, m * i + 3],
      [i, 1],
    ],
    [[m, i]],
  ],
  "gaps between rows": (m, i) => [
    [
      [301, m * (i + 2)],
      [i, 1],
    ],
    [[m, i + 2]],
  ],
  "groups backwards": (m, i) => [
    [
      [301, -m * i],
      [i, 1],
    ],
    [[m, i]],
  ],
  "rows backwards": (m, i) => [
    [
      [301, m * i],
      [i, 1],
    ],
    [[m, -i]],
  ],
  "results of a row apart": (m, i) => [
    [
      [i, 1],
      [301, m * i],
    ],
    [[m, i]],
  ],
  "two dims of groups": (m, i) => [
    [
      [9, m * i],
      [5, 9 * m * i + 1],
      [i, 1],
    ],
    [[m, i]],
  ],
  "two dims of rows": (m, i) => [
    [
      [301, 2 * m * i],
      [i, 1],
    ],
    [
      [m, i],
      [2, m * i],
    ],
  ],
  "rows that lie among groups": (m, i) => [
    [
      [101, i + 1],
      [i, 1],
    ],
    [[m, 101 * (i + 1)]],
  ],
  "two dims of a row": (m, i) => [
    [
      [201, m * i * 6],
      [2, i * 3],
      [i, 1],
    ],
    [[m, i * 6]],
  ],
  "elements of a result side by side": (m, i, k) => [
    [
      [301, m * i * k],
      [i, k],
    ],
    [
      [m, i * k],
      [k, 1],
    ],
  ],
  "elements side by side, two dims of rows": (m, i, k) => [
    [
      [301, 2 * m * i * k],
      [i, k],
    ],
    [
      [2, i * k],
      [m, 2 * i * k],
      [k, 1],
    ],
  ],
};
for (const [name, layout] of Object.entries(groups)) {
  reducing(`many groups of few short rows: ${name}`, () => {
    for (const [op, dtypes] of reductions) {
      for (const dtype of dtypes) {
        for (const m of [2, 3, 4, 5, 6, 8, 11]) {
          for (const i of [2, 3, 4, 5, 10]) {
            // Every pair of m and i with some dtype and op.
            if ((m + i + op + dtype) % 3 !== 0) continue;
            const [outDims, redDims] = layout(m, i, 2 + ((m + i) % 4));
            const dims = [...outDims, ...redDims];
            const values = dtype === DType.Bool ? [0, 1] : dtype === DType.Int32 ? [1, -1, 2, 7] : [1, -1, 0.5, 2];
            const rarely = isExtreme(op) && (dtype === DType.Float32 || dtype === DType.Float64) ? 0.02 : 0;
            reset();
            const src = operand(
              dtype,
              dims.map(([size]) => size),
              dims.map(([, stride]) => stride),
              () => (random() < rarely ? NaN : pick(values)),
            );
            checkReduce(op, dtype, src, redDims.length);
          }
        }
      }
    }
  });
}
reducing.run();
