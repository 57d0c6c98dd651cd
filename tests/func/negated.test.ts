// Ops of what is negated in their own program, where signs travel instead of being computed (assembly/runtime/lowering/translate.ts):
// the same as of negative numbers in memory, for each op and each of its operands.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { cases, list, type T } from "./cases";

const FAMILIES = [
  ["Legendre", (x: T, n: T) => pf.special.legendrePolynomialP(x, n)],
  ["Laguerre", (x: T, n: T) => pf.special.laguerrePolynomialL(x, n)],
] as const;
for (const [name, f, ...makes] of cases)
  test(name, () => {
    const inputs = makes.map((make, i) => make(i + 1));
    const expected = list(f(...inputs)).map((y) => y.data());
    inputs.forEach((x, k) => {
      if (x.dtype !== "float64") return;
      const negative = x.neg();
      pf.evaluate(negative);
      const outputs = list(f(...inputs.map((input, i) => (i === k ? negative.neg() : input))));
      outputs.forEach((y, i) => {
        const got = y.data();
        expected[i].forEach((value, at) => {
          const isNear = Object.is(got[at], value) || Math.abs(got[at] - value) <= 1e-12 * Math.max(1, Math.abs(value));
          assert.ok(isNear, `operand ${k}, result ${i}: ${got[at]}, expected ${value}`);
        });
      });
    });
  });
for (const [name, f] of FAMILIES)
  test(`${name}: of constants below 0, too`, () => {
    const [zeros, degrees] = [pf.zeros([2], { dtype: "float64" }), pf.tensor([1, 2], { dtype: "float64" })];
    const expected = f(pf.tensor([-1, -1], { dtype: "float64" }), degrees).toArray();
    assert.equal(f(zeros.sub(1), degrees).toArray(), expected);
    assert.equal(f(pf.full([2], -1, { dtype: "float64" }), degrees).toArray(), expected);
  });

test.run();
