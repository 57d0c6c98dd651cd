// Nested arrays to shapes and elements, and back.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ArgumentError, ShapeError } from "../../host/errors";
import { flattenNested, toNested } from "../../host/tensor/nested";

const flattened: [name: string, value: unknown, shape: number[], data: number[], isBool?: boolean][] = [
  ["a number", 3, [], [3]],
  ["a boolean", true, [], [1], true],
  ["a row", [1, 2, 3], [3], [1, 2, 3]],
  ["a matrix", [[1, 2], [3, 4], [5, 6]], [3, 2], [1, 2, 3, 4, 5, 6]], // prettier-ignore
  [
    "three dims",
    [
      [[1], [2]],
      [[3], [4]],
    ],
    [2, 2, 1],
    [1, 2, 3, 4],
  ],
  ["booleans", [[true, false]], [1, 2], [1, 0], true],
  ["booleans among numbers", [true, 2], [2], [1, 2]],
  ["special values", [NaN, Infinity, -0], [3], [NaN, Infinity, -0]],
  ["an empty array", [], [0], []],
  ["empty rows", [[], []], [2, 0], []],
];
for (const [name, value, shape, data, isBool = false] of flattened) {
  test(`flattens ${name}`, () => assert.equal(flattenNested(value), { shape, data, isBool }));
}

const refused: [name: string, value: unknown, type: typeof ShapeError | typeof ArgumentError, message: string][] = [
  ["a short row", [[1, 2], [3]], ShapeError, "tensor: expected an array of length 2 at data[1] but got length 1."],
  [
    "a long row",
    [[[1]], [[2, 3]]],
    ShapeError,
    "tensor: expected an array of length 1 at data[1][0] but got length 2.",
  ],
  ["a number among rows", [[1], 2], ShapeError, "tensor: expected an array of length 1 at data[1] but got number."],
  [
    "a row among numbers",
    [1, [2]],
    ShapeError,
    "tensor: expected a number at data[1], as its neighbours are, but got an array of length 1.",
  ],
  [
    "a row after an empty one",
    [[], [1]],
    ShapeError,
    "tensor: expected an array of length 0 at data[1] but got length 1.",
  ],
  ["a string", "1", ArgumentError, "tensor: expected a number or a boolean at data but got string."],
  [
    "a string inside",
    [[1], ["2"]],
    ArgumentError,
    "tensor: expected a number or a boolean at data[1][0] but got string.",
  ],
  ["null among rows", [[1], null], ArgumentError, "tensor: expected a number or a boolean at data[1] but got null."],
  ["undefined", undefined, ArgumentError, "tensor: expected a number or a boolean at data but got undefined."],
  ["a hole", new Array(2), ArgumentError, "tensor: expected a number or a boolean at data[0] but got undefined."],
  ["a bigint", [1n], ArgumentError, "tensor: expected a number or a boolean at data[0] but got bigint."],
  ["an object", [{}], ArgumentError, "tensor: expected a number or a boolean at data[0] but got Object."],
  ["a promise", Promise.resolve(1), ArgumentError, "tensor: expected a number or a boolean at data but got Promise."],
];
for (const [name, value, type, message] of refused) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => flattenNested(value),
      (error: unknown) => error instanceof type && error.message === message,
    );
  });
}

test("refuses an array that holds itself", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  assert.throws(() => flattenNested(cyclic), /^tensor: data is nested deeper than 64 arrays\.$/);
});

test("nests elements again", () => {
  assert.is(toNested([3], []), 3);
  assert.equal(toNested([1, 2, 3, 4], [2, 2]), [[1, 2], [3, 4]]); // prettier-ignore
  assert.equal(toNested([], [2, 0]), [[], []]);
  assert.equal(toNested([], [0, 2]), []);
  assert.equal(toNested([1, 0], [2], true), [true, false]);
});

test.run();
