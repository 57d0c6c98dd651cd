// argsort against a stable sort in plain JavaScript by torch's order.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import {
  allDTypes,
  allocate,
  below,
  cases,
  contiguousStrides,
  core,
  destination,
  ints,
  type Operand,
  operand,
  pick,
  product,
  random,
  randomDims,
  randomStrides,
  reset,
  same,
  sizes,
} from "./harness";

const sorting = suite("argsort");

/** The record Argsort of assembly/kernels/sort.ts, with its workspace. */
function task(x: Operand, dtype: DType, dim: number, descending: boolean, dst: Operand): number {
  const words = [dtype, Number(descending), x.dims.length, dim, ints(x.dims), x.pointer, ints(x.strides)];
  const pointer = ints([...words, dst.pointer, ints(dst.strides), 0]);
  const workspace = core.argsortWorkspace(pointer);
  new Int32Array(core.memory.buffer, pointer)[9] = workspace ? allocate(workspace) : 0;
  return pointer;
}

const number = (x: number): number => (Number.isNaN(x) ? Infinity : x);
/** NaN above ∞; −0 and 0 are equal. */
const compare = (x: number, y: number): number =>
  Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || (number(x) < number(y) ? -1 : Number(number(x) > number(y)));

/** What argsort should give, in row-major order. */
function reference(x: Operand, dim: number, descending: boolean): number[] {
  const result: number[] = new Array<number>(product(x.dims));
  const stride = contiguousStrides(x.dims)[dim] ?? 1;
  const n = x.dims[dim] ?? 1;
  for (let start = 0; start < result.length; start++) {
    if (Math.floor(start / stride) % n !== 0) continue;
    const row = Array.from({ length: n }, (_, i) => x.get(start + i * stride));
    const order = row.map((_, i) => i);
    order.sort((i, j) => (descending ? compare(row[j], row[i]) : compare(row[i], row[j])) || i - j);
    order.forEach((from, i) => (result[start + i * stride] = from));
  }
  return result;
}

const specials = [0, -0, NaN, -NaN, Infinity, -Infinity, 1, -1, 5e-324, -5e-324, 1e-45, 3.4e38, -3.4e38, 1 + 2 ** -52];
const integers = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 255, 256, -256, 2 ** 22, 2 ** 11];
type Fill = (dtype: DType) => () => number;
const fills: Record<string, Fill> = {
  "without pattern": (dtype) => () => {
    if (dtype === DType.Bool) return below(2);
    return dtype === DType.Int32 ? Math.floor((random() - 0.5) * 2 ** 32) : (random() - 0.5) * 2 ** (below(60) - 30);
  },
  "with many ties": (dtype) => () => (dtype === DType.Bool ? below(2) : below(5) - 2),
  special: (dtype) => () => {
    if (dtype === DType.Bool) return below(2);
    return pick(dtype === DType.Int32 ? integers : specials);
  },
  "all equal": () => () => 1,
  "of one digit": (dtype) => () =>
    dtype === DType.Bool ? below(2) : below(200) * (dtype === DType.Int32 ? 1 : 2 ** -40),
};

function check(x: Operand, dtype: DType, dim: number, descending: boolean, message: string): void {
  const n = product(x.dims);
  const dst = destination(DType.Int32, n);
  core.argsort(task(x, dtype, dim, descending, { ...x, pointer: dst.pointer, strides: contiguousStrides(x.dims) }));
  same(dst.values, reference(x, dim, descending), message);
  assert.ok(dst.intact(), `${message}: wrote beyond its end`);
}

for (const length of [0, 1, 2, 7, 8, 16, 33, 40, 41, 100, 192, 193, 320, 321, 1000, 4095, 5000]) {
  sorting(`rows of ${length}`, () => {
    for (const dtype of allDTypes) {
      for (const [name, fill] of Object.entries(fills)) {
        for (const descending of [false, true]) {
          reset();
          const x = operand(dtype, [3, length], [length, 1], fill(dtype));
          check(x, dtype, 1, descending, `[3, ${length}] ${name}, dtype ${dtype}, descending ${descending}`);
        }
      }
    }
  });
}
sorting("a long row", () => {
  for (const dtype of allDTypes) {
    reset();
    check(operand(dtype, [100000], [1], fills["without pattern"](dtype)), dtype, 0, false, `dtype ${dtype}`);
    reset();
    check(operand(dtype, [100000], [-2], fills.special(dtype)), dtype, 0, true, `special, dtype ${dtype}`);
  }
});
sorting("many rows", () => {
  for (const dtype of allDTypes) {
    reset();
    check(operand(dtype, [20000, 8], [8, 1], fills["with many ties"](dtype)), dtype, 1, false, `dtype ${dtype}`);
    reset();
    check(operand(dtype, [8, 20000], [20000, 1], fills["without pattern"](dtype)), dtype, 0, true, `dtype ${dtype}`);
  }
});
sorting("any layout along any dim", () => {
  cases(400, () => {
    const dtype = pick(allDTypes);
    const dims = randomDims(1 + below(4), [...sizes, 70, 250]);
    if (product(dims) > 100000) return;
    const dim = below(dims.length);
    const x = operand(dtype, dims, randomStrides(dims), pick(Object.values(fills))(dtype));
    check(x, dtype, dim, below(2) === 1, `[${dims}] strides [${x.strides}] along ${dim}, dtype ${dtype}`);
  });
});
sorting("a number is its own order", () => {
  reset();
  check(operand(DType.Float32, [], []), DType.Float32, 0, false, "0-dim");
});
sorting("parts in any order give what the whole gives", () => {
  for (const [dims, dim] of [
    [[600, 300], 1],
    [[300, 600], 0],
    [[9, 7, 3001], 2],
  ] as [number[], number][]) {
    // prettier-ignore
    reset();
    const x = operand(DType.Float32, dims, contiguousStrides(dims), fills["without pattern"](DType.Float32));
    const dst = destination(DType.Int32, product(dims));
    const pointer = task(x, DType.Float32, dim, false, { ...x, pointer: dst.pointer });
    const parts = core.argsortParts(pointer);
    assert.ok(parts > 1);
    for (let part = parts - 1; part >= 0; part--) core.argsortPart(pointer, part);
    same(dst.values, reference(x, dim, false), `[${dims}] along ${dim}`);
    assert.ok(dst.intact());
  }
});
sorting.run();
