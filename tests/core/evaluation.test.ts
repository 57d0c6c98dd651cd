// Evaluations that break off, and what is computed without being asked for.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { Fault } from "../../assembly/abi/failures";
import { forget, interfering } from "./exhaustion";
import { leavesNothing, uniform } from "./support";

const a = uniform([64, 64], 1).float();
pf.evaluate(a);

/** [what, the program]: whose kernels, and what they write, are large enough to be run in parts and as epilogues. */
const programs: [string, () => Tensor[]][] = [
  ["a product and its epilogue", () => [a.matmul(a).sin()]],
  ["two of them, and their products", () => { const m = a.matmul(a), n = m.t().matmul(a); return [m, m.sin(), n.cos(), n]; }],
  ["programs and sums", () => { const e = a.exp(); return [e.sum(0), e.mul(2).sum(1), e.t().reshape(4096).cos()]; }],
]; // prettier-ignore
for (const [what, make] of programs)
  for (const isProfiled of [false, true])
    test(`wherever memory ends, what is read afterwards is right: ${what}${isProfiled ? ", with a profile" : ""}`, () => {
      const datas = (of: Tensor[]): unknown[] => of.map((t) => t.data());
      const expected = pf.tidy(() => datas(make()));
      for (let k = 0, error: unknown = true; error; k++) {
        forget();
        leavesNothing(() =>
          pf.tidy(() => {
            const results = pf.tidy(make);
            const evaluate = (): void => pf.evaluate(...results);
            error = interfering(Fault.One, k, isProfiled ? () => pf.profile(evaluate) : evaluate, false);
            assert.ok(error === null || error instanceof pf.OutOfMemoryError, String(error));
            assert.equal(datas(results), expected, `request ${k}`);
          }),
        );
      }
    });

test.run();
