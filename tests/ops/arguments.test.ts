// How arguments are bound: by position, by keyword, as methods; and what wrong ones are told.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { installMethods, ops } from "../../host/ops";
import { signatures } from "../../host/ops/signatures/all";
import { f64, near } from "./support";

const x = f64([[1, 2], [3, 4]]); // prettier-ignore
const any = (value: unknown): any => value;

const same: [name: string, actual: () => pf.Tensor, expected: any][] = [
  ["by position", () => pf.sum(x, 1, true), [[3], [7]]],
  ["by keyword", () => pf.sum(x, { dim: 1, keepdim: true }), [[3], [7]]],
  ["both", () => pf.sum(x, 1, { keepdim: true }), [[3], [7]]],
  ["as a method", () => x.sum(1, { keepdim: true }), [[3], [7]]],
  ["null for None", () => x.sum(null, any(undefined)), 10],
  ["a tensor by keyword", () => pf.clamp(x, { max: f64(2) }), [[1, 2], [2, 2]]],
  ["an operand by keyword", () => any(pf.add)(x, { other: 1 }), [[2, 3], [4, 5]]],
  ["a list by keyword", () => x.flip({ dims: [0] }), [[3, 4], [1, 2]]],
  ["an object without a prototype", () => x.sum(Object.assign(Object.create(null), { dim: 0 })), [4, 6]],
  ["no keywords", () => x.sum(any({})), 10],
]; // prettier-ignore
for (const [name, actual, expected] of same) test(`arguments ${name}`, () => near(actual(), expected));

const cyclic: unknown[] = [1];
cyclic.push(cyclic);
test("refuses an array that holds itself", () => {
  assert.throws(
    () => any(pf).exp(cyclic),
    (error: unknown) => error instanceof pf.ArgumentError && error.message.startsWith("exp: input should be a Tensor"),
  );
});
const numbers: [name: string, call: () => unknown][] = [
  ["takeAlongDim", () => pf.takeAlongDim(f64(5), pf.tensor(0, { dtype: "int32" }), 0)],
  ["sliceScatter", () => pf.sliceScatter(f64(5), f64(1), 0, 0, 1)],
];
for (const [name, call] of numbers)
  test(`${name} along a dim refuses a tensor without dims`, () => {
    assert.throws(
      call,
      (error: unknown) =>
        error instanceof pf.ShapeError && error.message === `${name}: can't be applied to a 0-dim tensor.`,
    );
  });

const disposed = f64([1]);
disposed.dispose();
const refused: [call: () => unknown, message: string][] = [
  [() => any(x).sum(1.5), "sum: dim should be an integer or an array of integers but got 1.5."],
  [() => any(x).sum(NaN), "sum: dim should be an integer or an array of integers but got NaN."],
  [() => any(x).sum(2 ** 32), "sum: dim should be an integer or an array of integers but got 4294967296, which is out of the range of int32."],
  [() => any(pf).zeros([0, 2 ** 31]), "zeros: size should be an integer or an array of integers but got [0, 2147483648], which is out of the range of int32."],
  [() => any(x).gather(0, [[-(2 ** 31) - 1]]), "gather: index should be an int32 Tensor or an array of whole numbers but got [[-2147483649]], which is out of the range of int32."],
  [() => any(x).sum([0, 0.5]), "sum: dim should be an integer or an array of integers but got [0, 0.5]."],
  [() => any(x).sum("1"), 'sum: dim should be an integer or an array of integers but got "1".'],
  [() => any(x).sum(0, 1), "sum: keepdim should be a boolean but got 1."],
  [() => any(x).sum({ axis: 1 }), "sum: unknown keyword axis; known are dim, keepdim, dtype."],
  [() => any(x).sum(1, { dim: 1 }), "sum: dim is given twice, by position and by keyword."],
  [() => any(x).sum(1, true, "float64"), "sum: takes at most 3 arguments by position (input, dim, keepdim) but got 4."],
  [() => any(pf).sum(), "sum: missing argument: input."],
  [() => any(pf).sum(null), "sum: input should be a Tensor but got null."],
  [() => any(pf).sum(3), "sum: input should be a Tensor but got 3."],
  [() => any(pf).exp([1, 2]), "exp: input should be a Tensor but got [1, 2]."],
  [() => any(pf).add(x, Promise.resolve(1)), "add: other should be a Tensor or a number but got a Promise (await it first)."],
  [() => any(pf).add(x, 1n), "add: other should be a Tensor or a number but got a bigint."],
  [() => any(pf).add(x, new Date(0)), "add: other should be a Tensor or a number but got a Date."],
  [() => any(pf).cat(x), "cat: tensors should be an array of Tensors but got a Tensor."],
  [() => any(pf).cat([x, 1]), "cat: tensors should be an array of Tensors but got [a Tensor, 1]."],
  [() => any(x).to("float16"), 'to: dtype should be a dtype ("float32", "float64", "int32" or "bool") but got "float16".'],
  [() => any(x).div(2, { roundingMode: "up" }), 'div: roundingMode should be "trunc" or "floor" but got "up".'],
  [() => any(x).reshape(2, "a"), 'reshape: shape should be an integer or an array of integers but got [2, "a"].'],
  [() => any(x).max(0.5), "max: dim should be an integer but got 0.5."],
  [() => any(x).std(1, "yes"), 'std: unbiased should be a boolean but got "yes".'],
  [() => any(pf).linalg.vecdot(x), "vecdot: missing argument: y."],
  // Of overloads, whatever any of them knows, and not that one of them takes fewer arguments.
  [() => x.var(any({ ddof: 0 })), "var: unknown keyword ddof; known are dim, unbiased, keepdim, correction."],
  [() => any(pf).max(1, x), "max: input should be a Tensor but got 1."],
]; // prettier-ignore
for (const [call, message] of refused)
  test(`refuses: ${message}`, () => {
    assert.throws(call, (error: unknown) => error instanceof pf.ArgumentError && error.message === message);
  });
test("refuses a disposed tensor", () => {
  assert.throws(
    () => pf.exp(disposed),
    (error: unknown) => error instanceof pf.DisposedError && error.message.startsWith("exp: "),
  );
});

test("a refused call leaves nothing behind", () => {
  const before = pf.backend.memoryBytes;
  for (let i = 0; i < 100; i++) {
    try {
      any(pf).where(x.gt(1), 1, "a");
    } catch {
      // only what it holds on to is looked at
    }
    pf.tidy(() => assert.throws(() => pf.exp(x).matmul(f64([1, 2, 3]))));
  }
  // What x.gt(1) makes outside of tidy lives until it is collected: one node each.
  assert.ok(pf.backend.memoryBytes - before < 100 * 1024);
});

test("every op can be reached by its name, and as a method where it takes a tensor", () => {
  const prototype: Record<string, unknown> = {};
  installMethods(prototype);
  for (const [key, texts] of Object.entries(signatures)) {
    assert.type(
      key.split(".").reduce<any>((at, part) => at[part], pf),
      "function",
    );
    assert.is(any(pf).sum, ops.sum);
    const first = [texts].flat()[0];
    if (!key.includes(".") && first.startsWith("(input: Tensor")) assert.type(prototype[key], "function");
  }
  assert.is(prototype["linalg.norm"], undefined);
  assert.is(prototype["gelu"], undefined);
});

test.run();
