// gather, scatter and scatterAdd against plain JavaScript.
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

/** The record Indexing of assembly/kernels/gather/layout.ts. */
const task = (dtype: DType, dim: number, index: Operand, table: Operand, other: Operand): number =>
  ints([
    ...[dtype, index.dims.length, dim, 0],
    ...[ints(index.dims), index.pointer, ints(index.strides)],
    ...[table.pointer, ints(table.strides), table.dims[dim]],
    ...[other.pointer, ints(other.strides)],
  ]);
/** A contiguous operand over a destination with sentinels behind it. */
function result(dtype: DType, dims: number[]): { operand: Operand; values: ArrayLike<number>; intact(): boolean } {
  const { pointer, values, intact } = destination(dtype, product(dims));
  const set = (position: number, value: number): void => void (values[position] = value);
  return {
    operand: { pointer, dims, strides: contiguousStrides(dims), get: (position) => values[position], set },
    values,
    intact,
  };
}
/** Parts in descending order, as threads might run them. */
function run(op: "gather" | "scatter" | "scatterAdd", pointer: number, inParts: boolean): number {
  if (!inParts) return core[op](pointer);
  const parts = op === "gather" ? core.gatherParts(pointer) : core.scatterAddParts(pointer);
  for (let part = parts - 1; part >= 0; part--) core[`${op}Part`](pointer, part);
  return core.outOfRange(pointer);
}

function checkGather(dtype: DType, dim: number, index: Operand, table: Operand, inParts = false): void {
  const dst = result(dtype, index.dims);
  assert.is(run("gather", task(dtype, dim, index, table, dst.operand), inParts), 0);
  const n = product(index.dims);
  const expected = Array.from({ length: n }, (_, i) =>
    table.get(pointedAt(i, index.dims, dim, index.get(i), table.dims)),
  );
  same(dst.values, expected, `gather of dtype ${dtype}, dims [${index.dims}], dim ${dim}`);
  assert.ok(dst.intact());
}
function checkScatter(dtype: DType, dim: number, index: Operand, table: Operand, src: Operand, inParts = false): void {
  const n = product(table.dims);
  const expected = view(dtype, allocate(n * 8), n);
  for (let i = 0; i < n; i++) expected[i] = table.get(i);
  for (let i = 0; i < product(index.dims); i++) {
    const to = pointedAt(i, index.dims, dim, index.get(i), table.dims);
    if (dtype === DType.Bool) expected[to] |= src.get(i);
    else expected[to] += src.get(i);
  }
  assert.is(run("scatterAdd", task(dtype, dim, index, table, src), inParts), 0);
  same(
    expected.map((_, i) => table.get(i)),
    expected,
    `scatterAdd of dtype ${dtype}, dims [${index.dims}], dim ${dim}`,
  );
}

/** What is written of int32: the position along dim, so that it tells which entry was the last. */
function checkWrite(dim: number, index: Operand, tableDims: number[], inParts = false): void {
  const table = contiguous(DType.Int32, tableDims, () => -1);
  const along = contiguousStrides(index.dims)[dim];
  const positions = contiguous(DType.Int32, index.dims);
  const expected = Array<number>(product(tableDims)).fill(-1);
  for (let i = 0; i < product(index.dims); i++) {
    const position = Math.floor(i / along) % index.dims[dim];
    positions.set(i, position);
    expected[pointedAt(i, index.dims, dim, index.get(i), tableDims)] = position;
  }
  assert.is(run("scatter", task(DType.Int32, dim, index, table, positions), inParts), 0);
  same(
    expected.map((_, i) => table.get(i)),
    expected,
    `scatter, dims [${index.dims}], dim ${dim}`,
  );
}

gathering("gather reads at the indices", () => {
  cases(500, () => {
    const dtype = pick(allDTypes);
    const dims = randomDims(1 + below(4), [0, 1, 2, 3, 5, 8, 17]);
    const dim = below(dims.length);
    const size = 1 + below(6);
    checkGather(dtype, dim, randomIndex(dims, size), scattered(dtype, around(dims, dim, size)));
  });
});
gathering("scatterAdd adds at the indices in order", () => {
  cases(500, () => {
    const dtype = pick(allDTypes);
    const dims = randomDims(1 + below(4), [0, 1, 2, 3, 5, 8, 17]);
    const dim = below(dims.length);
    const size = 1 + below(6);
    const table = contiguous(dtype, around(dims, dim, size));
    checkScatter(dtype, dim, randomIndex(dims, size), table, scattered(dtype, dims));
    checkWrite(dim, randomIndex(dims, size), around(dims, dim, size));
  });
});

const below100 = (): number => below(100);
type Shape = [name: string, dim: number, table: number[], index: number[], indexStrides: number[]];
const shapes: Shape[] = [
  ["whole rows, as of an embedding", 0, [100, 64], [3000, 64], [1, 0]],
  ["long rows, which are shared out", 0, [100, 256], [3000, 256], [1, 0]],
  ["rows of several dims", 0, [100, 2, 9], [5000, 2, 9], [1, 0, 0]],
  ["short rows", 0, [100, 3], [30000, 3], [1, 0]],
  ["rows in batches", 1, [3, 100, 40], [3, 900, 40], [900, 1, 0]],
  ["the same columns of all rows", 1, [1200, 100], [1200, 70], [0, 1]],
  ["one column for each row", 1, [70000, 3], [70000, 1], [1, 1]],
  ["elements of a vector", 0, [100], [140000], [1]],
  ["elements of long rows", 1, [20, 100], [20, 5000], [5000, 1]],
  ["down the columns of a table that exceeds the cache", 0, [1700, 300], [600, 300], [300, 1]],
  ["down odd columns of a large table, by batches", 1, [2, 2800, 77], [2, 801, 77], [801 * 77, 77, 1]],
];
for (const [name, dim, tableDims, dims, strides] of shapes) {
  gathering(name, () => {
    for (const dtype of [DType.Float32, DType.Float64, DType.Bool]) {
      for (const inParts of [false, true]) {
        reset();
        const limit = (): number => Math.min(below100(), tableDims[dim] - 1);
        const index = operand(DType.Int32, dims, strides, limit);
        checkGather(dtype, dim, index, contiguous(dtype, tableDims), inParts);
        checkScatter(dtype, dim, index, contiguous(dtype, tableDims), contiguous(dtype, dims), inParts);
        if (dtype === DType.Float32) checkWrite(dim, index, tableDims, inParts);
      }
    }
  });
}
gathering("a table with negative strides", () => {
  reset();
  const index = operand(DType.Int32, [3000, 64], [1, 0], below100);
  checkGather(DType.Float32, 0, index, operand(DType.Float32, [100, 64], [-64, -1]));
  checkGather(DType.Float32, 0, index, operand(DType.Float32, [100, 64], [-64, 1]));
  checkGather(DType.Float32, 0, index, operand(DType.Float32, [100, 64], [1, 100]));
});
gathering("large layouts have parts", () => {
  reset();
  const index = operand(DType.Int32, [3000, 256], [1, 0], below100);
  const pointer = task(DType.Float32, 0, index, contiguous(DType.Float32, [100, 256]), contiguous(DType.Float32, [3000, 256])); // prettier-ignore
  assert.ok(core.gatherParts(pointer) > 1);
  assert.ok(core.scatterAddParts(pointer) > 1);
});
gathering("a number is gathered and added to", () => {
  reset();
  const [index, table] = [contiguous(DType.Int32, [], () => 0), contiguous(DType.Float64, [], () => 3)];
  const other = contiguous(DType.Float64, [], () => 4);
  const pointer = (to: Operand): number => {
    const words = [DType.Float64, 0, 0, 0, ints([]), index.pointer, ints([]), table.pointer, ints([]), 1];
    return ints([...words, to.pointer, ints([])]);
  };
  assert.is(core.scatterAdd(pointer(other)), 0);
  assert.is(core.gather(pointer(other)), 0);
  assert.is(other.get(0), 7);
});
gathering("reports the position of the first index out of range", () => {
  for (const bad of [-1, 4, 2 ** 31 - 1, -(2 ** 31)]) {
    for (const dim of [0, 1]) {
      reset();
      const dims = [3, 5];
      const index = contiguous(DType.Int32, dims, () => below(4));
      index.set(11, bad);
      index.set(13, -7);
      const table = contiguous(DType.Float32, dim === 0 ? [4, 5] : [3, 4]);
      const other = contiguous(DType.Float32, dims);
      assert.is(core.gather(task(DType.Float32, dim, index, table, other)), 12);
      assert.is(core.scatterAdd(task(DType.Float32, dim, index, table, other)), 12);
      assert.is(core.scatter(task(DType.Float32, dim, index, table, other)), 12);
    }
  }
});
gathering.run();
