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

interface Order {
  readonly dim: number;
  readonly descending: boolean;
  /** Places of the order that are wanted: all, unless said. */
  readonly start?: number;
  readonly count?: number;
}
interface Destination {
  readonly pointer: number;
  readonly strides: readonly number[];
}

/** The dims of what argsort gives. */
const partDims = (dims: readonly number[], { dim, count }: Order): number[] =>
  dims.map((size, i) => (i === dim ? (count ?? size) : size));

/** The record Argsort of assembly/kernels/sort.ts, with its workspace. */
function task(x: Operand, dtype: DType, order: Order, dst: Destination): number {
  const { dim, descending, start = 0, count = x.dims[dim] ?? 1 } = order;
  const words = [dtype, Number(descending), x.dims.length, dim, start, count, ints(x.dims), x.pointer, ints(x.strides)];
  const pointer = ints([...words, dst.pointer, ints(dst.strides), 0]);
  const workspace = core.argsortWorkspace(pointer);
  new Int32Array(core.memory.buffer, pointer)[11] = workspace ? allocate(workspace) : 0;
  return pointer;
}

const number = (x: number): number => (Number.isNaN(x) ? Infinity : x);
/** NaN above ∞; −0 and 0 are equal. */
const compare = (x: number, y: number): number =>
  Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || (number(x) < number(y) ? -1 : Number(number(x) > number(y)));

/** What argsort should give, in row-major order: the places that are wanted of a full sort. */
function reference(x: Operand, order: Order): number[] {
  const { dim, start = 0, count = x.dims[dim] ?? 1 } = order;
  const stride = contiguousStrides(x.dims)[dim] ?? 1;
  const n = x.dims[dim] ?? 1;
  return sorted(x, order).filter((_, i) => {
    const place = Math.floor(i / stride) % n;
    return place >= start && place < start + count;
  });
}
function sorted(x: Operand, { dim, descending }: Order): number[] {
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

function check(x: Operand, dtype: DType, order: Order, message: string): void {
  const dims = partDims(x.dims, order);
  const dst = destination(DType.Int32, product(dims));
  core.argsort(task(x, dtype, order, { pointer: dst.pointer, strides: contiguousStrides(dims) }));
  same(dst.values, reference(x, order), message);
  assert.ok(dst.intact(), `${message}: wrote beyond its end`);
}

for (const length of [0, 1, 2, 7, 8, 16, 33, 40, 41, 100, 192, 193, 320, 321, 1000, 4095, 5000]) {
  sorting(`rows of ${length}`, () => {
    for (const dtype of allDTypes) {
      for (const [name, fill] of Object.entries(fills)) {
        for (const descending of [false, true]) {
          reset();
          const x = operand(dtype, [3, length], [length, 1], fill(dtype));
          check(x, dtype, { dim: 1, descending }, `[3, ${length}] ${name}, dtype ${dtype}, descending ${descending}`);
        }
      }
    }
  });
}
sorting("a long row", () => {
  for (const dtype of allDTypes) {
    reset();
    check(
      operand(dtype, [100000], [1], fills["without pattern"](dtype)),
      dtype,
      { dim: 0, descending: false },
      `dtype ${dtype}`,
    );
    reset();
    check(
      operand(dtype, [100000], [-2], fills.special(dtype)),
      dtype,
      { dim: 0, descending: true },
      `special, dtype ${dtype}`,
    );
  }
});
sorting("many rows", () => {
  for (const dtype of allDTypes) {
    reset();
    check(
      operand(dtype, [20000, 8], [8, 1], fills["with many ties"](dtype)),
      dtype,
      { dim: 1, descending: false },
      `dtype ${dtype}`,
    );
    reset();
    check(
      operand(dtype, [8, 20000], [20000, 1], fills["without pattern"](dtype)),
      dtype,
      { dim: 0, descending: true },
      `dtype ${dtype}`,
    );
  }
});
sorting("any layout along any dim", () => {
  cases(400, () => {
    const dtype = pick(allDTypes);
    const dims = randomDims(1 + below(4), [...sizes, 70, 250]);
    if (product(dims) > 100000) return;
    const dim = below(dims.length);
    const x = operand(dtype, dims, randomStrides(dims), pick(Object.values(fills))(dtype));
    check(
      x,
      dtype,
      { dim, descending: below(2) === 1 },
      `[${dims}] strides [${x.strides}] along ${dim}, dtype ${dtype}`,
    );
  });
});
sorting("a number is its own order", () => {
  reset();
  check(operand(DType.Float32, [], []), DType.Float32, { dim: 0, descending: false }, "0-dim");
});
const windows = (n: number): [start: number, count: number][] =>
  [
    [0, 0],
    [0, 1],
    [0, 5],
    [3, 1],
    [0, 16],
    [0, 17],
    [10, 54],
    [0, 65],
    [0, n >> 1],
    [n >> 1, 1],
    [(n >> 1) - 1, 3],
    [n >> 2, n >> 1],
    [1, n - 1],
    [0, n - 1],
    [n - 1, 1],
    [n, 0],
  ].filter(([start, count]) => start >= 0 && count >= 0 && start + count <= n) as [number, number][];
const partialFills: Record<string, Fill> = {
  ...fills,
  // Each element comes before all that were seen: every one is a candidate, in one direction or the other.
  falling: (dtype) => {
    let next = 1e4;
    return () => (dtype === DType.Bool ? below(2) : next--);
  },
  rising: (dtype) => {
    let next = -1e4;
    return () => (dtype === DType.Bool ? below(2) : next++);
  },
  "of two far values": (dtype) => () => (dtype === DType.Bool ? below(2) : 2 ** (below(2) * 20)),
  "mostly zeros": (dtype) => () => (below(10) ? 0 : dtype === DType.Bool ? 1 : below(100) - 50),
  "apart in the last digits alone": (dtype) => {
    if (dtype === DType.Bool) return () => below(2);
    if (dtype === DType.Int32) return () => 2 ** 24 + below(3);
    return () => 1 + below(3) * (dtype === DType.Float32 ? 2 ** -23 : 2 ** -52);
  },
};
for (const length of [1, 7, 40, 100, 193, 321, 511, 512, 600, 1000, 5000]) {
  sorting(`parts of the order of rows of ${length}`, () => {
    for (const dtype of allDTypes) {
      for (const [name, fill] of Object.entries(partialFills)) {
        for (const [start, count] of windows(length)) {
          for (const descending of [false, true]) {
            reset();
            const x = operand(dtype, [2, length], [length, 1], fill(dtype));
            const places = `places ${start} to ${start + count}`;
            const order = { dim: 1, descending, start, count };
            check(x, dtype, order, `[2, ${length}] ${name}, dtype ${dtype}, descending ${descending}, ${places}`);
          }
        }
      }
    }
  });
}
sorting("parts of the order in any layout along any dim", () => {
  cases(400, () => {
    const dtype = pick(allDTypes);
    const dims = randomDims(1 + below(4), [...sizes, 70, 250, 700]);
    if (product(dims) > 100000) return;
    const dim = below(dims.length);
    const start = below(dims[dim] + 1);
    const order = { dim, descending: below(2) === 1, start, count: below(dims[dim] - start + 1) };
    const x = operand(dtype, dims, randomStrides(dims), pick(Object.values(partialFills))(dtype));
    check(x, dtype, order, `[${dims}] strides [${x.strides}], dtype ${dtype}, ${JSON.stringify(order)}`);
  });
});
sorting("parts in any order give what the whole gives", () => {
  for (const [dims, order] of [
    [[600, 300], { dim: 1 }],
    [[300, 600], { dim: 0 }],
    [[9, 7, 3001], { dim: 2 }],
    [[9, 7, 3001], { dim: 2, count: 5 }],
    [[3001, 63], { dim: 0, start: 1500, count: 70 }],
  ] as [number[], Omit<Order, "descending">][]) {
    reset();
    const x = operand(DType.Float32, dims, contiguousStrides(dims), fills["without pattern"](DType.Float32));
    const wanted = { ...order, descending: false };
    const result = partDims(dims, wanted);
    const dst = destination(DType.Int32, product(result));
    const pointer = task(x, DType.Float32, wanted, { pointer: dst.pointer, strides: contiguousStrides(result) });
    const parts = core.argsortParts(pointer);
    assert.ok(parts > 1);
    for (let part = parts - 1; part >= 0; part--) core.argsortPart(pointer, part);
    same(dst.values, reference(x, wanted), `[${dims}] ${JSON.stringify(order)}`);
    assert.ok(dst.intact());
  }
});
sorting.run();
