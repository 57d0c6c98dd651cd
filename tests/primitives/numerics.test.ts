// Values of the primitives that look at more than one element, against the plainest JavaScript, over every layout.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { type Expected, f32, f64, i32, near } from "../ops/support";
import { agrees, at, build, filled, flatIndex, numelOf, plain, type Plain, positions, strided } from "./reference";

// -- reductions

type Reduction = "sum" | "prod" | "amax" | "amin";
const folds: Record<Reduction, [start: number, f: (a: number, b: number) => number]> = {
  sum: [0, (a, b) => a + b],
  prod: [1, (a, b) => a * b],
  amax: [-Infinity, Math.max],
  amin: [Infinity, Math.min],
};
const reduce = (f: Reduction, x: pf.Tensor, dims: number[], keepdim: boolean) =>
  f === "prod" ? [...dims].sort((a, b) => b - a).reduce((t, dim) => t.prod(dim, keepdim), x) : x[f](dims, keepdim);
function naiveReduce(f: Reduction, x: Plain, dims: number[], keepdim: boolean): Plain {
  const kept = x.shape.map((size, i) => (dims.includes(i) ? 1 : size));
  const result = Array<number>(numelOf(kept)).fill(folds[f][0]);
  for (const position of positions(x.shape)) {
    const to = flatIndex(position.map((i, d) => (dims.includes(d) ? 0 : i)), kept); // prettier-ignore
    const wraps = f === "prod" && x.dtype === "int32";
    result[to] = wraps ? Math.imul(result[to], at(x, position)) : folds[f][1](result[to], at(x, position));
  }
  return { shape: keepdim ? kept : x.shape.filter((_, i) => !dims.includes(i)), data: result, dtype: x.dtype };
}

const reduced = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];
for (const f of Object.keys(folds) as Reduction[])
  for (const [name, view] of Object.entries(strided))
    test(`${f} of each set of dims: ${name}`, () => {
      for (const shape of [
        [3, 4, 5],
        [2, 1, 17],
        [1, 33, 2],
      ])
        // prettier-ignore
        for (const dims of reduced)
          for (const dtype of ["float64", "float32", "int32"] as const) {
            const x = filled(shape, 3);
            const source = dtype === "int32" ? x.mul(9).to("int32") : x.to(dtype);
            const keepdim = dims.length === 1;
            const expected = naiveReduce(f, plain(source), dims, keepdim);
            agrees(reduce(f, view(source), dims, keepdim), expected, dtype === "float32" ? 1e-6 : 1e-14);
          }
    });

for (const [name, view] of Object.entries(strided))
  test(`argmax and argmin, the first of a tie: ${name}`, () => {
    const x = filled([5, 7], 4).mul(3).round();
    const rows = x.toArray() as number[][];
    const first = (row: number[], best: number) => row.indexOf(best);
    assert.equal(view(x).argmax(1).toArray(), rows.map((row) => first(row, Math.max(...row)))); // prettier-ignore
    assert.equal(view(x).argmin(1).toArray(), rows.map((row) => first(row, Math.min(...row)))); // prettier-ignore
    const columns = x.t().toArray() as number[][];
    assert.equal(view(x).argmax(0).toArray(), columns.map((row) => first(row, Math.max(...row)))); // prettier-ignore
    assert.is(view(x).argmax().item(), first(rows.flat(), Math.max(...rows.flat())));
  });

/** The sum without error, as far as float64 holds it. */
function exactSum(data: Iterable<number>): number {
  let sum = 0;
  let lost = 0;
  for (const value of data) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}
const MILLION = 1_000_000;
const long = filled([MILLION], 5).abs().to("float32");
const sums: [name: string, x: () => pf.Tensor][] = [
  ["contiguous", () => long],
  ["in steps", () => pf.stack([long, long], 1).mul(1).slice(1, 0, 1)],
  ["flipped", () => long.mul(1).flip(0)],
  ["as a column", () => long.reshape(-1, 1)],
];
for (const [name, x] of sums)
  test(`the float32 sum of 10⁶ values is right to 1e-6: ${name}`, () => {
    const exact = exactSum(long.data());
    const got = x().sum().item();
    assert.ok(Math.abs(got - exact) <= 1e-6 * exact, `${got} instead of ${exact}`);
  });
test("float32 sums of long rows and columns are right to 1e-6", () => {
  const x = long.reshape(1000, 1000);
  const columns = x.t().mul(1);
  for (const [sums, source] of [
    [x.sum(1), x],
    [columns.sum(0), x],
    [x.sum(0), columns],
  ] as const) {
    // prettier-ignore
    const data = source.data();
    sums.data().forEach((got: number, i: number) => {
      const exact = exactSum(data.subarray(1000 * i, 1000 * (i + 1)));
      assert.ok(Math.abs(got - exact) <= 1e-6 * exact, `${got} instead of ${exact}`);
    });
  }
});
test("a float32 sum of 10⁶ ones beside one 10⁸", () => {
  const x = pf.cat([pf.tensor([1e8]), pf.ones([MILLION]).mul(1)]);
  assert.ok(Math.abs(x.sum().item() / 101e6 - 1) <= 1e-6);
});

const edges: [name: string, actual: () => pf.Tensor, expected: Expected][] = [
  ["sum of nothing", () => f64([]).sum(), 0],
  ["prod of nothing", () => f64([]).prod(), 1],
  ["sum over an empty dim", () => pf.zeros([2, 0]).sum(1), f32([0, 0])],
  ["prod over an empty dim", () => pf.zeros([0, 2]).prod(0), f32([1, 1])],
  ["amax beside an empty dim", () => pf.zeros([0, 2]).amax(1), f32([])],
  ["amax of infinities", () => f64([-Infinity, -Infinity]).amax(), -Infinity],
  ["NaN wins in amax", () => f64([[1, NaN], [3, 2]]).amax(1), [NaN, 3]],
  ["NaN wins in amin", () => f64([[1, NaN], [3, 2]]).amin(1), [NaN, 2]],
  ["argmax names the NaN", () => f64([1, NaN, 3, NaN]).argmax(), i32(1)],
  ["argmin names the NaN", () => f64([1, NaN, -3]).argmin(), i32(1)],
  ["sum with NaN", () => f64([1, NaN]).sum(), NaN],
  ["∞ − ∞", () => f64([Infinity, -Infinity]).sum(), NaN],
  ["0-dim", () => pf.stack([f64(3).sum(), f64(3).prod(), f64(3).amax(), f64(3).sum(0)]), [3, 3, 3, 3]],
  ["sum of expanded", () => f64(2).expand(3, 4).sum(), 24],
]; // prettier-ignore
for (const [name, actual, expected] of edges) test(`reduction: ${name}`, () => near(actual(), expected));

// -- matmul

function naiveMatmul(a: Plain, b: Plain): Plain {
  const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const length = Math.max(batchA.length, batchB.length);
  const padded = (batch: readonly number[]) => [...Array<number>(length - batch.length).fill(1), ...batch];
  const batch = padded(batchA).map((size, i) => (size === 1 ? padded(batchB)[i] : size));
  const own = (position: readonly number[], sizes: readonly number[]) =>
    sizes.map((size, i) => (size === 1 ? 0 : position[length - sizes.length + i]));
  const product = build([...batch, m, n], (position) => {
    const [i, j] = position.slice(-2);
    let sum = 0;
    for (let p = 0; p < k; p++)
      sum += at(a, [...own(position, batchA), i, p]) * at(b, [...own(position, batchB), p, j]);
    return sum;
  });
  return { ...product, dtype: a.dtype };
}
const matrixViews: Record<string, (x: pf.Tensor) => pf.Tensor> = {
  ...strided,
  transposed: (x) => x.transpose(-1, -2).mul(1).transpose(-1, -2),
};
const sizes: [m: number, k: number, n: number][] = [[1, 1, 1], [3, 4, 5], [8, 8, 8], [1, 37, 1], [17, 1, 9], [33, 65, 7], [4, 3, 70], [0, 3, 2], [2, 0, 3], [2, 3, 0]]; // prettier-ignore
for (const dtype of ["float64", "float32", "int32"] as const)
  for (const [left, viewA] of Object.entries(matrixViews))
    test(`${dtype} matmul, ${left} by each layout`, () => {
      for (const [m, k, n] of sizes)
        for (const viewB of Object.values(matrixViews)) {
          const [a, b] = [filled([m, k], 6), filled([k, n], 7)].map((x) =>
            dtype === "int32" ? x.mul(9).to("int32") : x.to(dtype),
          );
          agrees(viewA(a).matmul(viewB(b)), naiveMatmul(plain(a), plain(b)), dtype === "float32" ? 2e-6 : 1e-14);
        }
    });
test("matmul of large float32 and float64 matrices, off the tile sizes", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const [a, b] = [filled([131, 257], 8, dtype), filled([257, 93], 9, dtype)];
    const expected = naiveMatmul(plain(a), plain(b));
    agrees(a.matmul(b), expected, dtype === "float32" ? 1e-5 : 1e-13);
    agrees(b.t().matmul(a.t()).t(), expected, dtype === "float32" ? 1e-5 : 1e-13);
  }
});

const batches: [a: number[], b: number[]][] = [
  [[2, 3, 4], [2, 4, 5]],
  [[2, 3, 4], [4, 5]],
  [[3, 4], [2, 4, 5]],
  [[2, 1, 3, 4], [5, 4, 2]],
  [[1, 3, 4], [6, 4, 1]],
  [[2, 3, 1, 4], [1, 3, 4, 1]],
  [[0, 3, 4], [4, 5]],
]; // prettier-ignore
for (const [a, b] of batches)
  for (const [left, viewA] of Object.entries(matrixViews))
    test(`matmul of [${a}] (${left}) by [${b}] in each layout`, () => {
      const [x, y] = [filled(a, 10), filled(b, 11)];
      for (const viewB of Object.values(matrixViews))
        agrees(viewA(x).matmul(viewB(y)), naiveMatmul(plain(x), plain(y)), 1e-14);
    });
test("matmul of expanded operands: rows, columns and batches of one", () => {
  const operands = (m: number, n: number) => [
    filled([1, n], 12).expand(m, n),
    filled([m, 1], 13).expand(m, n),
    f64(0.7).expand(m, n),
    filled([1, m, n], 14).expand(3, m, n),
    filled([1, m, 1], 15).expand(3, m, n),
  ];
  for (const x of operands(4, 6))
    for (const y of operands(6, 5)) agrees(x.matmul(y), naiveMatmul(plain(x), plain(y)), 1e-14);
});
test("matmul spreads NaN and infinities as products and sums do", () => {
  const a = f64([[NaN, 1], [Infinity, 1], [0, 1]]); // prettier-ignore
  near(a.matmul(f64([[0], [2]])), [[NaN], [NaN], [2]]); // prettier-ignore
  near(a.matmul(f64([[1], [2]])), [[NaN], [Infinity], [2]]); // prettier-ignore
});

// -- views and moves

const x3 = filled([3, 4, 5], 16);
for (const [name, view] of Object.entries(strided)) {
  const x = () => view(x3);
  const source = () => plain(x3);
  test(`slice: ${name}`, () => {
    for (const [start, end, step] of [
      [0, 5, 1],
      [1, 4, 1],
      [0, 5, 2],
      [1, 5, 3],
      [4, 5, 7],
      [2, 2, 1],
      [-3, -1, 1],
      [0, 99, 4],
    ]) {
      // prettier-ignore
      const picked = [0, 1, 2, 3, 4].slice(start, end).filter((_, i) => i % step === 0);
      const expected = build([3, 4, picked.length], ([i, j, k]) => at(source(), [i, j, picked[k]]));
      agrees(x().slice(2, start, end, step), expected);
      const both = build([3, 2, picked.length], ([i, j, k]) => at(source(), [i, 2 * j, picked[k]]));
      agrees(x().slice(1, 0, 4, 2).slice(2, start, end, step), both);
    }
  });
  test(`flip: ${name}`, () => {
    for (const dims of [[0], [1], [2], [0, 2], [-1], [0, 1, 2]]) {
      const flipped = (d: number) => dims.includes(d) || dims.includes(d - 3);
      const expected = build(
        x3.shape,
        (position) =>
        at(source(), position.map((i, d) => (flipped(d) ? x3.shape[d] - 1 - i : i))), // prettier-ignore
      );
      agrees(x().flip(dims), expected);
    }
  });
  test(`permute, reshape and expand: ${name}`, () => {
    for (const dims of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      // prettier-ignore
      const shape = dims.map((d) => x3.shape[d]);
      const expected = build(shape, (position) => at(source(), [0, 1, 2].map((d) => position[dims.indexOf(d)]))); // prettier-ignore
      agrees(x().permute(dims), expected);
      for (const target of [[60], [4, 15], [5, 2, 6], [1, 60, 1], [2, 2, 3, 5]])
        agrees(x().permute(dims).reshape(target), { shape: target, data: expected.data });
    }
    const expanded = build([2, 3, 4, 3, 5], ([, i, j, , k]) => at(source(), [i, j, k]));
    agrees(x().unsqueeze(2).expand(2, 3, 4, 3, 5), expanded);
  });
  test(`pad and concat: ${name}`, () => {
    for (const [before, after, value] of [
      [1, 2, 0],
      [0, 3, -1],
      [2, 0, Infinity],
    ]) {
      // prettier-ignore
      const padded = build([4, 4, 5 + before + after], ([i, j, k]) =>
        i > 0 && k >= before && k < before + 5 ? at(source(), [i - 1, j, k - before]) : value,
      );
      agrees(pf.nn.functional.pad(x(), [before, after, 0, 0, 1, 0], "constant", value), padded);
    }
    for (const dim of [0, 1, 2, -1]) {
      const d = (dim + 3) % 3;
      const parts = [x(), filled(x3.shape.with(d, 2), 17), filled(x3.shape.with(d, 0), 18), x()]; // prettier-ignore
      const plains = parts.map(plain);
      const total = plains.reduce((sum, part) => sum + part.shape[d], 0);
      const expected = build(x3.shape.with(d, total), (position) => {
        let [k, i] = [0, position[d]];
        while (i >= plains[k].shape[d]) i -= plains[k++].shape[d];
        return at(plains[k], position.with(d, i));
      });
      agrees(pf.cat(parts, dim), expected);
    }
  });
  test(`gather and scatterAdd: ${name}`, () => {
    for (const dim of [0, 1, 2]) {
      const shape = [2, 3, 4].with(dim, 6);
      const indices = build(shape, (position) => (flatIndex(position, shape) * 7 + position[0]) % x3.shape[dim]);
      const index = i32(indices.data).reshape(shape);
      const from = (position: number[]) => position.with(dim, at(indices, position));
      for (const viewIndex of Object.values(strided)) {
        const strange = viewIndex(index);
        agrees(
          x().gather(dim, strange),
          build(shape, (position) => at(source(), from(position))),
        );
        const added = filled(shape, 19);
        const sums = [...source().data];
        for (const position of positions(shape))
          sums[flatIndex(from(position), x3.shape)] += at(plain(added), position);
        agrees(x().scatterAdd(dim, strange, view(added)), { shape: x3.shape, data: sums }, 1e-14);
      }
    }
  });
}

// -- what is refused

const five = i32([0, 5]);
const computed = () => i32([2]).add(i32([3]));
const refused: [name: string, call: () => unknown, type: any, message: RegExp][] = [
  ["an index out of range", () => f64([1, 2]).gather(0, five), pf.ArgumentError, /^gather: index 5 is out of bounds for dimension 0 with size 2/],
  ["a negative index", () => f64([1, 2]).gather(0, i32([-1])), pf.ArgumentError, /^gather: index -1 is out of bounds/],
  ["a computed index, once it is known", () => f64([1, 2]).gather(0, computed()).data(), pf.ArgumentError, /index 5 is out of bounds .*what indexes by it is evaluated now/],
  ["a computed index of scatterAdd", () => f64([1, 2]).scatterAdd(0, computed(), f64([1])).data(), pf.ArgumentError, /index 5 is out of bounds .*what indexes by it is evaluated now/],
  ["an index into nothing", () => f64([]).gather(0, i32([0])), pf.ArgumentError, /^gather: index 0 is out of bounds for dimension 0 with size 0/],
  ["scatterAdd out of range", () => f64([1, 2]).scatterAdd(0, five, f64([1, 2])), pf.ArgumentError, /^scatterAdd: index 5/],
  ["an index of floats", () => f64([1]).gather(0, f64([0])), pf.DTypeError, /^gather: expected an int32 index/],
  ["an index of fewer dims", () => f64([[1]]).gather(0, i32([0])), pf.ShapeError, /^gather: index of shape \[1\]/],
  ["an index larger elsewhere", () => f64([[1]]).gather(0, i32([[0, 0]])), pf.ShapeError, /^gather: index of shape \[1, 2\]/],
  ["scatterAdd of a smaller source", () => f64([1]).scatterAdd(0, i32([0, 0]), f64([1])), pf.ShapeError, /^scatterAdd: index/],
  ["inner sizes of matmul", () => f64([[1, 2]]).matmul(f64([[1, 2]])), pf.ShapeError, /^matmul: shapes \[1, 2\] and \[1, 2\] can't be multiplied/],
  ["batches of matmul", () => pf.ones([2, 1, 1]).matmul(pf.ones([3, 1, 1])), pf.ShapeError, /^matmul: shapes \[2, 1, 1\] and \[3, 1, 1\]/],
  ["concat of other sizes", () => pf.cat([f64([[1]]), f64([[1, 2]])]), pf.ShapeError, /^cat: sizes of tensors must match except in dimension 0/],
  ["amax of nothing", () => f64([]).amax(), pf.PushforwardError, /^amax: /],
  ["argmax of an empty dim", () => pf.zeros([2, 0]).argmax(1), pf.PushforwardError, /^argmax: /],
  ["a dim twice", () => pf.ones([2, 2]).sum([0, -2]), pf.ShapeError, /^sum: dim 0 appears multiple times/],
  ["a dim out of range", () => pf.ones([2]).flip(1), pf.ShapeError, /^flip: Dimension out of range .*\[-1, 0\], but got 1/],
  ["a reshape to another count", () => pf.ones([6]).reshape(4, 2), pf.ShapeError, /^reshape: shape \[4, 2\] is invalid for an input of shape \[6\]/],
  ["expanding a dim of size 2", () => pf.ones([2]).expand(3), pf.ShapeError, /^expand: \[2\] can't be expanded to \[3\]/],
]; // prettier-ignore
for (const [name, call, type, message] of refused)
  test(`refuses ${name}, and goes on`, () => {
    assert.throws(call, (error: unknown) => error instanceof type && message.test((error as Error).message));
    assert.is(
      f64([1, 2])
        .gather(0, i32([1]))
        .item(),
      2,
    );
  });
test("an index out of range fails each time it is read, and spoils nothing else", () => {
  const bad = f64([1, 2]).gather(0, computed());
  for (let i = 0; i < 2; i++) assert.throws(() => bad.data(), /index 5 is out of bounds/);
  assert.throws(() => pf.evaluate(bad, f64([1]).add(1)), /index 5 is out of bounds/);
  assert.is(f64([1]).add(1).item(), 2);
});

test.run();
