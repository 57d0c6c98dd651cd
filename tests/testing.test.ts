// pushforward/testing: torch.testing's defaults and messages, containers, and the testers for jest and vitest. Expected texts
// are those of torch 1.13's assert_close, with sizes and indices in brackets.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../host/index";
import { assertClose, equalityTester, equalityTesters } from "../host/testing";

const f32 = (data: any) => pf.tensor(data);
const f64 = (data: any) => pf.tensor(data, { dtype: "float64" });
const i32 = (data: any) => pf.tensor(data, { dtype: "int32" });

const passes: [name: string, actual: unknown, expected: unknown, options?: any][] = [
  ["equal tensors", f32([1, 2]), f32([1, 2])],
  ["float32 within its defaults", f32([1]), f32([1 + 5e-6])],
  ["float64 within its defaults", f64([1]), f64([1 + 1e-8])],
  ["the larger defaults of two dtypes", f32([1]), f64([1 + 1e-6]), { checkDtype: false }],
  ["infinities", f32([Infinity, -Infinity]), f32([Infinity, -Infinity])],
  ["NaN with equalNan", f32([NaN, 1]), f32([NaN, 1]), { equalNan: true }],
  ["integers with a tolerance", i32([3]), i32([4]), { rtol: 0, atol: 1 }],
  ["nothing", pf.zeros([0, 2]), pf.zeros([0, 2])],
  ["nested arrays beside a tensor", f32([[0.1], [2]]), [[0.1], [2]]],
  ["a typed array beside a tensor", f64([1, 2]), new Float32Array([1, 2])],
  ["a number beside a 0-dim tensor", f32(0.1), 0.1],
  ["numbers", 1, 1 + 1e-9],
  ["containers", { a: [f32([1])], n: null, s: "x", m: new Map([["k", f32(1)]]) }, { a: [f32([1])], n: null, s: "x", m: new Map([["k", f32(1)]]) }],
  ["named results", f32([3, 1]).sort(), [f32([1, 3]), i32([1, 0])]],
]; // prettier-ignore
for (const [name, actual, expected, options] of passes) {
  test(`close: ${name}`, () => assertClose(actual, expected, options));
}

const differ = "Tensor-likes are not close!\n\nMismatched elements: ";
const fails: [name: string, actual: unknown, expected: unknown, message: string, options?: any][] = [
  ["values", f64([1, 2, 3]), f64([1, 2.5, 3.5]), `${differ}2 / 3 (66.7%)\nGreatest absolute difference: 0.5 at index [1] (up to 1e-7 allowed)\nGreatest relative difference: 0.2 at index [1] (up to 1e-7 allowed)`],
  ["a matrix", f32([[1, 2], [3, 4]]), f32([[1, 2], [3, 5]]), `${differ}1 / 4 (25.0%)\nGreatest absolute difference: 1 at index [1, 1] (up to 1e-5 allowed)\nGreatest relative difference: 0.2 at index [1, 1] (up to 1.3e-6 allowed)`],
  ["0-dim", f32(1), f32(2), "Scalars are not close!\n\nAbsolute difference: 1 (up to 1e-5 allowed)\nRelative difference: 0.5 (up to 1.3e-6 allowed)"],
  ["shapes", f32([1, 2]), f32([[1, 2]]), "The values for attribute 'shape' do not match: [2] != [1, 2]."],
  ["empty shapes", pf.zeros([0]), pf.zeros([0, 2]), "The values for attribute 'shape' do not match: [0] != [0, 2]."],
  ["dtypes", f32([1]), f64([1]), "The values for attribute 'dtype' do not match: float32 != float64."],
  ["NaN", f32([NaN]), f32([NaN]), `${differ}1 / 1 (100.0%)\nGreatest absolute difference: NaN at index [0] (up to 1e-5 allowed)\nGreatest relative difference: NaN at index [0] (up to 1.3e-6 allowed)`],
  ["an infinity", f32([Infinity, 1]), f32([1e30, 1]), `${differ}1 / 2 (50.0%)\nGreatest absolute difference: Infinity at index [0] (up to 1e-5 allowed)\nGreatest relative difference: Infinity at index [0] (up to 1.3e-6 allowed)`],
  ["infinities of other signs", f64([1]), f64([Infinity]), `${differ}1 / 1 (100.0%)\nGreatest absolute difference: Infinity at index [0] (up to 1e-7 allowed)\nGreatest relative difference: NaN at index [0] (up to 1e-7 allowed)`],
  ["integers", i32([1, 2, 3]), i32([1, 2, 4]), "Tensor-likes are not equal!\n\nMismatched elements: 1 / 3 (33.3%)\nGreatest absolute difference: 1 at index [2]\nGreatest relative difference: 0.25 at index [2]"],
  ["bools", pf.tensor([true, false]), pf.tensor([true, true]), "Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\nGreatest absolute difference: 1 at index [1]\nGreatest relative difference: 1 at index [1]"],
  ["an item of an array", [f64([1]), f64([2])], [f64([1]), f64([4])], `${differ}1 / 1 (100.0%)\nGreatest absolute difference: 2 at index [0] (up to 1e-7 allowed)\nGreatest relative difference: 0.5 at index [0] (up to 1e-7 allowed)\n\nThe failure occurred for item [1]`],
  ["an item of an object", { a: 1, b: [2] }, { a: 1, b: [4] }, 'Scalars are not close!\n\nAbsolute difference: 2 (up to 1e-7 allowed)\nRelative difference: 0.5 (up to 1e-7 allowed)\n\nThe failure occurred for item ["b"][0]'],
  ["lengths", [f32(1), f32(2)], [f32(1)], "The length of the sequences mismatch: 2 != 1"],
  ["keys", { a: f32(1) }, { b: f32(1) }, 'The keys of the mappings do not match:\nMissing keys in the actual mapping: ["b"]\nAdditional keys in the actual mapping: ["a"]'],
  ["a message of one's own", f32([1]), f32([2]), "hello", { msg: "hello" }],
  ["what is made of the message", f32(1), f64(1), "Head: The values for attribute 'dtype' do not match: float32 != float64.", { msg: (m: string) => `Head: ${m}` }],
  ["a tensor and text", f32(1), "1", `The values can't be compared, or differ: Tensor and "1".`],
]; // prettier-ignore
for (const [name, actual, expected, message, options] of fails) {
  test(`not close: ${name}`, () => {
    try {
      assertClose(actual, expected, options);
    } catch (error) {
      assert.is((error as Error).name, "AssertionError");
      assert.is((error as Error).message, message);
      return;
    }
    assert.unreachable();
  });
}

const refused: [options: any, message: RegExp][] = [
  [{ rtol: 1 }, /^assertClose: rtol and atol should both be given.* no atol/],
  [{ atol: 1 }, /no rtol/],
  [{ rtol: -1, atol: 0 }, /^assertClose: rtol should be a non-negative number but got -1/],
  [{ rtol: NaN, atol: 0 }, /rtol should be/],
  [{ tolerance: 1 }, /^assertClose: unknown option tolerance; known are rtol/],
  [5, /^assertClose: options should be an object with rtol, atol, .* but got 5\./],
];
for (const [options, message] of refused) {
  test(`options ${JSON.stringify(options)} are refused`, () => {
    assert.throws(
      () => assertClose(f32(1), f32(1), options),
      (e: Error) => e instanceof pf.ArgumentError && message.test(e.message),
    );
  });
}
test("a disposed tensor is told", () => {
  const t = f32(1);
  t.dispose();
  assert.throws(
    () => assertClose(t, f32(1)),
    (e: Error) => e.name === "DisposedError",
  );
});

test("testers compare tensors and leave everything else to the runner", () => {
  const [tester] = equalityTesters;
  assert.is(tester!(1, 1), undefined);
  assert.is(tester!({}, []), undefined);
  assert.is(tester!(f32([1, NaN]), f32([1, NaN])), true);
  assert.is(tester!(f32([1]), f32([1 + 1e-6])), false);
  assert.is(tester!(f32([1]), f64([1])), false);
  assert.is(tester!(f32([1]), [1]), false);
  assert.is(tester!(pf.zeros([0]), pf.zeros([0, 2])), false);
  assert.is(equalityTester({ rtol: 0, atol: 1e-3 })(f32([1]), f32([1.0005])), true);
  assert.throws(() => equalityTester({ rtol: -1 }), /rtol/);
});

test.run();
