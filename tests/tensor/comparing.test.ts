// Tensors in the comparisons of Node's assert: those of data fail and say what compares tensors.
import nodeAssert from "node:assert";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const x: any = pf.tensor([1, 2, 3]);
/** So many that the two that are compared have their places in different pages. */
const others = Array.from({ length: 70 }, (_, i) => pf.tensor(i));
const y: any = pf.tensor([1, 2, 3]);
const compared: [name: string, run: () => void][] = [
  ["deepStrictEqual", () => nodeAssert.deepStrictEqual(x, y)],
  ["deepStrictEqual of other values", () => nodeAssert.deepStrictEqual(x, others)],
  ["deepStrictEqual of numbers", () => nodeAssert.deepStrictEqual(others[1], others[2])],
  ["deepStrictEqual of nothing", () => nodeAssert.deepStrictEqual(pf.zeros([0]), pf.zeros([0, 2]))],
  ["deepStrictEqual in containers", () => nodeAssert.deepStrictEqual({ a: [{ x }] }, { a: [{ x: y }] })],
  ["deepStrictEqual in a Map", () => nodeAssert.deepStrictEqual(new Map([[1, x]]), new Map([[1, y]]))],
  ["deepStrictEqual of many", () => nodeAssert.deepStrictEqual(others.slice(0, 30), others.slice(30, 60))],
  ["deepStrictEqual within tidy", () => pf.tidy(() => nodeAssert.deepStrictEqual(x.add(1), x.add(1)))],
  ["deepStrictEqual with an array", () => nodeAssert.deepStrictEqual(x, [1, 2, 3])],
  ["deepEqual", () => nodeAssert.deepEqual(x, y)],
];
for (const [name, run] of compared) {
  test(`${name} fails and names pushforward/testing`, () => {
    assert.throws(run, (error: Error) => error.name === "AssertionError" && /pushforward\/testing/.test(error.message));
  });
}
test("uvu's and strict comparisons never pass", () => {
  assert.not.equal(x, y);
  nodeAssert.notDeepStrictEqual(x, y);
  nodeAssert.notDeepStrictEqual(pf.zeros([0]), pf.zeros([0, 2]));
});

test("an array with names is compared as any other", () => {
  const result = x.max(0);
  const plain: unknown[] = [result[0], result[1]];
  nodeAssert.deepStrictEqual([...result], plain);
});

test.run();
