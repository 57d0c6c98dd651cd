// gatherDim and scatterAddDim against plain JavaScript.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import {
  allDTypes,
  allocate,
  below,
  cases,
  contiguous,
  contiguousStrides,
  core,
  destination,
  esize,
  ints,
  type Operand,
  operand,
  pick,
  product,
  randomDims,
  reset,
  same,
  scattered,
  view,
} from "./harness";

const gathering = suite("gather");

/** Position in dst or src of what an index at `position` of `dims` points at. */
function pointedAt(position: number, dims: number[], dim: number, index: number, into: number[]): number {
  const coordinates = contiguousStrides(dims).map((stride, d) => Math.floor(position / stride) % dims[d]);
  coordinates[dim] = index;
  return coordinates.reduce((flat, c, d) => flat * into[d] + c, 0);
}
function randomIndex(dims: number[], size: number): Operand {
  return scattered(DType.Int32, dims, () => below(size));
}
/** Source dims at least as large as the index's but for `dim`, which is of `size`. */
const around = (dims: number[], dim: number, size: number): number[] =>
  dims.map((n, d) => (d === dim ? size : n + below(2)));

gathering("gatherDim reads at the indices", () => {
  cases(500, () => {
    const dtype = pick(allDTypes);
    const dims = randomDims(1 + below(4), [0, 1, 2, 3, 5, 8, 17]);
    const dim = below(dims.length);
    const size = 1 + below(6);
    const src = scattered(dtype, around(dims, dim, size));
    const index = randomIndex(dims, size);
    const n = product(dims);
    const dst = destination(dtype, n);
    const result = core.gatherDim(
      esize(dtype),
      dst.pointer,
      dims.length,
      ints(dims),
      dim,
      src.pointer,
      ints(src.strides),
      size,
      index.pointer,
      ints(index.strides),
    );
    assert.is(result, 0);
    const expected = Array.from({ length: n }, (_, i) => src.get(pointedAt(i, dims, dim, index.get(i), src.dims)));
    same(dst.values, expected, `gather of dtype ${dtype}, dims [${dims}], dim ${dim}`);
    assert.ok(dst.intact());
  });
});
gathering("scatterAddDim adds at the indices in order", () => {
  cases(500, () => {
    const dtype = pick(allDTypes);
    const dims = randomDims(1 + below(4), [0, 1, 2, 3, 5, 8, 17]);
    const dim = below(dims.length);
    const size = 1 + below(6);
    const dst = contiguous(dtype, around(dims, dim, size));
    const src = scattered(dtype, dims);
    const index = randomIndex(dims, size);
    const expected = view(dtype, allocate(product(dst.dims) * 8), product(dst.dims));
    for (let i = 0; i < expected.length; i++) expected[i] = dst.get(i);
    for (let i = 0; i < product(dims); i++) {
      const to = pointedAt(i, dims, dim, index.get(i), dst.dims);
      if (dtype === DType.Bool) expected[to] |= src.get(i);
      else expected[to] += src.get(i);
    }
    const result = core.scatterAddDim(
      dtype,
      dst.pointer,
      dims.length,
      ints(dst.strides),
      size,
      dim,
      ints(dims),
      src.pointer,
      ints(src.strides),
      index.pointer,
      ints(index.strides),
    );
    assert.is(result, 0);
    same(
      expected.map((_, i) => dst.get(i)),
      expected,
      `scatter of dtype ${dtype}, dims [${dims}], dim ${dim}`,
    );
  });
});
gathering("whole rows, as of an embedding", () => {
  reset();
  const dims = [50, 64];
  const table = contiguous(DType.Float32, [20, 64]);
  const index = operand(DType.Int32, dims, [1, 0], () => below(20));
  const dst = contiguous(DType.Float32, dims);
  const layout = [ints(dims), ints([64, 1]), ints([1, 0])];
  core.gatherDim(4, dst.pointer, 2, layout[0], 0, table.pointer, layout[1], 20, index.pointer, layout[2]);
  for (let i = 0; i < 3200; i++) assert.is(dst.get(i), table.get(index.get(i) * 64 + (i % 64)));
  const sum = contiguous(DType.Float32, [20, 64], () => 0);
  core.scatterAddDim(
    DType.Float32,
    sum.pointer,
    2,
    layout[1],
    20,
    0,
    layout[0],
    dst.pointer,
    layout[1],
    index.pointer,
    layout[2],
  );
  const uses = Array.from(
    { length: 20 },
    (_, r) => Array.from({ length: 50 }, (_, i) => index.get(i * 64)).filter((x) => x === r).length,
  );
  for (let i = 0; i < 1280; i++) assert.ok(Math.abs(sum.get(i) - uses[i >> 6] * table.get(i)) < 1e-5);
});
gathering("reports the position of an index out of range", () => {
  for (const bad of [-1, 4, 2 ** 31 - 1, -(2 ** 31)]) {
    for (const dim of [0, 1]) {
      reset();
      const dims = [3, 5];
      const index = contiguous(DType.Int32, dims, () => below(4));
      index.set(11, bad);
      const source = contiguous(DType.Float32, dim === 0 ? [4, 5] : [3, 4]);
      const strides = ints(source.strides);
      const [shape, indexStrides] = [ints(dims), ints(index.strides)];
      const dst = destination(DType.Float32, 15);
      assert.is(
        core.gatherDim(4, dst.pointer, 2, shape, dim, source.pointer, strides, 4, index.pointer, indexStrides),
        12,
      );
      const added = core.scatterAddDim(
        DType.Float32,
        source.pointer,
        2,
        strides,
        4,
        dim,
        shape,
        dst.pointer,
        ints([5, 1]),
        index.pointer,
        indexStrides,
      );
      assert.is(added, 12);
    }
  }
});
gathering.run();
