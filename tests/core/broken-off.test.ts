// Evaluations that the stack has no room for, wherever it overflows: afterwards the library computes what it computed before.
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { check, large, programs, small, valuesFor } from "./broken-off";

/** Calls f deeper and deeper, from where little of the stack is left; `padding` more or less of it, so that it overflows elsewhere. */
function overflow(f: () => unknown, padding = 0): void {
  let most = 0;
  const descend = (depth: number, then: () => number): number => (depth === 0 ? then() : descend(depth - 1, then) + 1);
  const count = (depth: number): number => {
    most = depth;
    return count(depth + 1) + 1;
  };
  assert.throws(() => count(0), RangeError);
  const endless = (): number => {
    f();
    return endless() + 1;
  };
  assert.throws(() => descend(Math.floor(most * 0.8) - padding, endless), RangeError);
}
for (const [name, program] of Object.entries(programs))
  test(`the stack overflows: ${name}`, () => {
    const expected = valuesFor(small);
    for (let padding = 0; padding < 5; padding++) {
      overflow(() => program(small), padding);
      check(small, expected, `${padding} more calls`);
    }
  });
test("what was being computed when the stack overflowed is computed when it is read", () => {
  const x = pf.rand([64, 64]);
  const y = x.exp().sum(1);
  const expected = x.exp().sum(1).toArray();
  const read = (): unknown => y.data();
  const endless = (): number => {
    small.mul(2).exp().sum(1).data();
    return endless() + (read() as number);
  };
  overflow(endless);
  assert.equal(y.toArray(), expected);
});
test("nothing of it is kept after the next evaluation", async () => {
  const collect = runInNewContext("gc") as (() => void) | undefined;
  const program = programs["a reduction of something fused"]!;
  const settle = async (): Promise<number> => {
    program(small);
    for (let i = 0; i < 3; i++) {
      collect?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return pf.backend.memoryBytes;
  };
  // The values of `large` are drawn when they are read first; they stay.
  program(large);
  const before = await settle();
  for (let i = 0; i < 5; i++) overflow(() => program(large), i);
  assert.is(await settle(), before);
});
test.run();
