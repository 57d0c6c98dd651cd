// copyStrided and loadBlock against plain JavaScript.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import {
  allDTypes,
  allocate,
  below,
  CANARY,
  cases,
  core,
  destination,
  esize,
  ints,
  operand,
  pick,
  product,
  randomDims,
  randomStrides,
  reset,
  same,
  view,
} from "./harness";

const copy = suite("copy");

function checkCopy(dtype: DType, dims: number[], dstStrides: number[], srcStrides: number[]): void {
  const src = operand(dtype, dims, srcStrides);
  const dst = operand(dtype, dims, dstStrides, () => CANARY);
  core.copyStrided(esize(dtype), dst.pointer, ints(dstStrides), src.pointer, ints(srcStrides), dims.length, ints(dims));
  const n = product(dims);
  const positions = Array.from({ length: n }, (_, i) => i);
  const label = `copy of dtype ${dtype}, dims [${dims}], dst [${dstStrides}], src [${srcStrides}]`;
  same(positions.map(dst.get), positions.map(src.get), label);
}
copy("moves any layout to any other", () => {
  cases(600, () => {
    const dims = randomDims(below(5));
    checkCopy(pick(allDTypes), dims, randomStrides(dims, false), randomStrides(dims));
  });
});
copy("writes nothing between the elements of dst", () => {
  for (const dtype of allDTypes) {
    reset();
    const dst = operand(dtype, [64, 64], [64, 1], () => CANARY);
    const src = operand(dtype, [37, 41], [1, 37]);
    core.copyStrided(esize(dtype), dst.pointer, ints([64, 1]), src.pointer, ints([1, 37]), 2, ints([37, 41]));
    for (let i = 0; i < 64; i++) {
      for (let j = 0; j < 64; j++) {
        assert.is(dst.get(i * 64 + j), i < 37 && j < 41 ? src.get(i * 41 + j) : CANARY);
      }
    }
  }
});
copy("transposes and long rows", () => {
  for (const dtype of allDTypes) {
    reset();
    checkCopy(dtype, [100, 75], [75, 1], [1, 100]);
    checkCopy(dtype, [3, 50, 41], [2050, 41, 1], [50 * 41, 1, 50]);
    checkCopy(dtype, [50, 3, 41], [123, 41, 1], [1, 50, 150]);
    checkCopy(dtype, [3, 700], [1400, 1], [700, 1]);
    checkCopy(dtype, [700], [1], [0]);
  }
});
copy("elements that repeat", () => {
  for (const dtype of allDTypes) {
    for (const times of [2, 3, 4, 5, 8, 16, 17]) {
      reset();
      checkCopy(dtype, [37, times], [times, 1], [1, 0]);
      checkCopy(dtype, [3, 8, times], [8 * times + 5, times, 1], [8, 1, 0]);
    }
  }
});

function checkBlock(dtype: DType, dims: number[], strides: number[], start: number, n: number): void {
  const src = operand(dtype, dims, strides);
  const dst = destination(dtype, n);
  core.loadBlock(esize(dtype), dst.pointer, src.pointer, start, n, dims.length, ints(dims), ints(strides));
  const label = `block ${start} + ${n} of dtype ${dtype}, dims [${dims}], strides [${strides}]`;
  const expected = Array.from({ length: n }, (_, i) => src.get(start + i));
  same(dst.values, expected, label);
  assert.ok(dst.intact(), label);
}
copy("loadBlock gathers any range of any layout", () => {
  cases(800, () => {
    const dims = randomDims(below(5));
    const total = product(dims);
    const start = below(total);
    checkBlock(
      pick(allDTypes),
      dims,
      randomStrides(dims),
      start,
      total === 0 ? 0 : below(Math.min(total - start, 1024) + 1),
    );
  });
});
copy("loadBlock of bias rows, columns and transposes", () => {
  for (const dtype of allDTypes) {
    for (const inner of [1, 2, 3, 5, 16, 63, 64, 65, 300]) {
      for (const strides of [
        [0, 1],
        [1, 0],
        [1, 90],
        [inner, 1],
        [0, 0],
        [0, -1],
        [0, 2],
      ]) {
        reset();
        const total = 90 * inner;
        for (const start of [0, 1, below(total)])
          checkBlock(dtype, [90, inner], strides, start, Math.min(total - start, 1000));
      }
    }
  }
});

const layouts: [dims: number[], strides: number[]][] = [
  [
    [300, 1000],
    [1, 300],
  ],
  [
    [256, 1024],
    [1, 256],
  ],
  [
    [256, 1024],
    [-1, 512],
  ],
  [
    [3, 70, 900],
    [63000, 1, 70],
  ],
];
copy("blocks of a transposed operand by way of a panel", () => {
  for (const dtype of allDTypes) {
    for (const [dims, strides] of layouts) {
      for (const block of [1024, 480]) {
        reset();
        const src = operand(dtype, dims, strides);
        const total = product(dims);
        const [d, s] = [ints(dims), ints(strides)];
        const bytes = core.panelBytes(esize(dtype), block, dims.length, d, s);
        if (strides[strides.length - 1] * esize(dtype) < 64) continue;
        assert.is.not(bytes, 0);
        const panel = ints([0, 0, allocate(bytes)]);
        const dst = destination(dtype, block);
        const label = `panel of dtype ${dtype}, dims [${dims}], strides [${strides}]`;
        // in order, as a program runs, and from a part's first block
        for (const first of [0, 3 * block])
          for (let start = first; start < total; start += block) {
            const n = Math.min(block, total - start);
            core.loadThrough(panel, esize(dtype), dst.pointer, src.pointer, start, n, dims.length, d, s);
            const expected = Array.from({ length: n }, (_, i) => src.get(start + i));
            same(dst.values.subarray(0, n), expected, label);
            assert.ok(dst.intact(), label);
          }
      }
    }
  }
});
copy("parts in any order make the whole", () => {
  for (const [dims, dstStrides, srcStrides] of [
    [
      [700, 1000],
      [1000, 1],
      [1, 700],
    ],
    [[700_000], [1], [2]],
    [
      [2, 300_001],
      [300_001, 1],
      [1, 2],
    ],
    [
      [3, 500, 500],
      [500, 1500, 1],
      [-250_000, 1, 500],
    ],
  ]) {
    reset();
    const src = operand(DType.Float64, dims, srcStrides);
    const [whole, parts] = [0, 1].map(() => operand(DType.Float64, dims, dstStrides, () => CANARY));
    const [d, s, sizes] = [ints(dstStrides), ints(srcStrides), ints(dims)];
    core.copyStrided(8, whole.pointer, d, src.pointer, s, dims.length, sizes);
    const job = ints([8, parts.pointer, d, src.pointer, s, dims.length, sizes]);
    const count = core.copyParts(job);
    assert.ok(count > 1);
    for (let part = count - 1; part >= 0; part--) core.copyPart(job, part);
    const n = product(dims);
    same(view(DType.Float64, parts.pointer, n), view(DType.Float64, whole.pointer, n), `parts of [${dims}]`);
  }
});
copy.run();
