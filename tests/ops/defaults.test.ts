// What may be left out may also be null or undefined, which stand for torch's None, and then changes nothing: every optional argument of every
// overload, at PyTorch's own samples of the op.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { parseSignature } from "../../host/ops/signature";
import { signatures } from "../../host/ops/signatures/all";
import { inputsOf, keyOf, programOf, type Tensor } from "../conformance/case";
import { type Case, samples } from "../conformance/samples";

const test = suite("null for what may be left out");

const optionalOf = (key: string): string[] => {
  const texts = [(signatures as Record<string, string | readonly string[]>)[key] ?? []].flat();
  const params = texts.flatMap((text) => parseSignature(text).params);
  return [...new Set(params.filter(({ optional }) => optional).map(({ name }) => name))];
};
const resultOf = (op: string, c: Case): unknown =>
  pf.tidy(() => {
    pf.manualSeed(1);
    const { call, tensor } = programOf(pf, op, c);
    const inputs = inputsOf(c);
    const results = call(
      inputs,
      inputs.map(({ tensor: sample }) => tensor(sample)),
    );
    return results.map((result: Tensor) => [
      result.dtype,
      result.shape,
      Array.from(result.data() as ArrayLike<number>),
    ]);
  });
/** The arguments are not those of an overload that has this parameter. */
const isOfOther = (error: unknown): boolean =>
  error instanceof pf.ArgumentError &&
  /is given twice|unknown keyword|takes at most|missing argument|should be/.test(error.message);

let checked = 0;
for (const { op, cases } of samples()) {
  const names = optionalOf(keyOf(op));
  if (!names.length) continue;
  test(`${op}: ${names.join(", ")}`, () => {
    for (const c of cases.slice(0, 4)) {
      const given = Object.keys(c.kwargs).map(keyOf);
      let wanted: unknown;
      try {
        wanted = resultOf(op, c);
      } catch {
        continue; // An error of the sample itself.
      }
      for (const name of names) {
        if (given.includes(name)) continue;
        let found: unknown;
        try {
          found = resultOf(op, { ...c, kwargs: { ...c.kwargs, [name]: { value: null } } });
        } catch (error) {
          if (isOfOther(error)) continue;
          throw error;
        }
        assert.is(JSON.stringify(found), JSON.stringify(wanted), `${name}: null`);
        checked++;
      }
    }
  });
}
test("many were checked", () => assert.ok(checked > 900, `${checked}`));
test.run();
