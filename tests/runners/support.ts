// What jest's and vitest's `expect` make of tensors, without our help and with the testers of pushforward/testing.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { equalityTesters } from "../../host/testing";

type Matchers = Record<"toEqual" | "toStrictEqual" | "toMatchObject", (expected: unknown) => void> & { not: Matchers };
export type Expect = (value: unknown) => Matchers;
const t = (data: any, dtype: "float32" | "float64" = "float32") => pf.tensor(data, { dtype });
class Model {
  constructor(readonly weight: pf.Tensor) {}
}

/** Pairs that differ; the error of those that hold a tensor with elements along a dim names pushforward/testing. */
const different: [name: string, actual: unknown, expected: unknown, isNamed: boolean][] = [
  ["vectors", t([1, 2]), t([1, 3]), true],
  ["matrices", t([[1, 2]]), t([[1, 3]]), true],
  ["shapes", t([1, 2]), t([[1, 2]]), true],
  ["dtypes", t([1, 2]), t([1, 2], "float64"), true],
  ["numbers", t(1), t(2), true],
  ["empty shapes", pf.zeros([0]), pf.zeros([0, 2]), false],
  ["a tensor and an array", t([1, 2]), [1, 2], true],
  ["an array and a tensor", [[1, NaN]], t([[1, NaN]]), true],
  ["a tensor and an array within an object", { a: [t([1, 2])] }, { a: [[1, 2]] }, true],
  ["a tensor and a number", t(1), 1, true],
  ["objects", { w: t([1]) }, { w: t([2]) }, true],
  ["nested arrays", [[t([1])]], [[t([2])]], true],
  ["instances", new Model(t([1])), new Model(t([2])), true],
  ["Maps", new Map([["k", t([1])]]), new Map([["k", t([2])]]), true],
  ["Sets", new Set([t([1])]), new Set([t([2])]), true],
  ["named results", t([1, 2]).sort(), t([1, 3]).sort(), true],
];
const equal: [name: string, make: () => unknown][] = [
  ["vectors with NaN", () => t([1, NaN])],
  ["numbers", () => t(1)],
  ["empty tensors", () => pf.zeros([0, 2])],
  ["objects", () => ({ w: t([1]), n: 1 })],
  ["instances", () => new Model(t([1]))],
  ["Maps", () => new Map([["k", t([1])]])],
  ["nested arrays", () => [[t([1])], "x"]],
];
const failure = (f: () => void): Error | undefined => {
  try {
    f();
  } catch (error) {
    return error as Error;
  }
  return undefined;
};

export function testRunner(
  expect: Expect,
  addEqualityTesters: (testers: typeof equalityTesters) => void,
  /** What the runner shows of an error. */
  shown: (error: Error) => string = ({ message }) => message,
): void {
  const all = ["toEqual", "toStrictEqual", "toMatchObject"] as const;
  test("without testers no comparison of different tensors passes, and its error names pushforward/testing", () => {
    for (const [name, actual, expected, isNamed] of different)
      for (const matcher of all) {
        const error = failure(() => expect(actual)[matcher](expected));
        assert.ok(error, `${name}: ${matcher} passed`);
        if (isNamed && matcher !== "toMatchObject") assert.match(shown(error), "pushforward/testing", name);
      }
  });
  test("with testers equal tensors pass and different ones don't", () => {
    addEqualityTesters(equalityTesters);
    for (const [name, actual, expected] of different)
      for (const matcher of ["toEqual", "toStrictEqual"] as const) {
        const error = failure(() => expect(actual)[matcher](expected));
        assert.ok(error, `${name}: ${matcher} passed`);
        assert.not.match(error.message, "0-dim", name);
        expect(actual).not[matcher](expected);
      }
    for (const [name, make] of equal)
      for (const matcher of ["toEqual", "toStrictEqual"] as const) {
        const error = failure(() => expect(make())[matcher](make()));
        assert.is(error, undefined, `${name}: ${matcher} says ${error?.message}`);
      }
  });
  test("with testers what is shown tells different tensors apart, and nothing of their fields", () => {
    const parts: Record<string, string> = {
      vectors: "tensor([1,3], dtype=float32)",
      dtypes: "tensor([1,2], dtype=float64)",
      "empty shapes": "tensor([], size=[0, 2], dtype=float32)",
    };
    for (const [name, part] of Object.entries(parts)) {
      const [, actual, expected] = different.find((row) => row[0] === name)!;
      const text = shown(failure(() => expect(actual).toEqual(expected))!);
      assert.ok(text.includes(part), `${name}: ${text}`);
      assert.not.match(text, '"node"', name);
    }
  });
  test.run();
}
