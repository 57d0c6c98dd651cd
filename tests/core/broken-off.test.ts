// Evaluations that an exception leaves in the middle: the stack overflows wherever it happens to, a timeout of node:vm ends the program.
// Afterwards the library computes what it computed before.
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const small = pf.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]); // prettier-ignore
const large = pf.rand([500, 400]);
const compiled = pf.compile((x) => x.sin().mul(x).sum(1));

type Program = (x: pf.Tensor) => unknown;
const programs: Record<string, Program> = {
  "a reduction of something fused": (x) => x.exp().sum(1).toArray(),
  "a product and its epilogue": (x) => x.matmul(x.t()).relu().sum(0).toArray(),
  "a compiled function": (x) => compiled(x).toArray(),
  "compiling a function": (x) =>
    pf
      .compile((v) => v.mul(2).cumsum(0).sum(1))(x)
      .toArray(),
  "a gradient": (x) =>
    pf.func
      .grad((v) => v.pow(3).mean())(x)
      .sum(1)
      .toArray(),
  "a jvp": (x) => pf.functional.jvp((v) => v.sin().sum(1), x, x)[1].toArray(),
  vmap: (x) =>
    pf.func
      .vmap((v) => v.mul(v).sum())(x)
      .toArray(),
  "several results": (x) => pf.sort(x).values.sum(1).toArray(),
  "a factorization": (x) => pf.linalg.svdvals(x.at(":40").double()).toArray(),
};
/** Something small, which finds what the evaluation before has left. */
const first = (): number => pf.ones([4]).exp().sum().item();
const four = first();
const check = (x: pf.Tensor, expected: Record<string, string>, after: string): void => {
  assert.is(first(), four, `something small, after ${after}`);
  for (const [name, program] of Object.entries(programs))
    assert.is(JSON.stringify(program(x)), expected[name], `${name}, after ${after}`);
};
const valuesFor = (x: pf.Tensor) =>
  Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, JSON.stringify(program(x))]));

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
    for (let padding = 0; padding < 8; padding++) {
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
test("nothing of it is kept", async () => {
  const collect = runInNewContext("gc") as (() => void) | undefined;
  const settle = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) {
      collect?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return pf.backend.memoryBytes;
  };
  const program = programs["a reduction of something fused"]!;
  overflow(() => program(large));
  const before = await settle();
  for (let i = 0; i < 5; i++) overflow(() => program(large), i);
  assert.is(await settle(), before);
});
// Last: of a scope that a timeout has ended, nothing is freed any more.
for (const threads of [1, 2])
  test(`a timeout ends the program, with ${threads} threads`, async () => {
    pf.configure({ threads });
    await pf.ready;
    const expected = valuesFor(large);
    for (let round = 0; round < 2; round++)
      for (const [name, program] of Object.entries(programs)) {
        const run = (): unknown => program(large);
        assert.throws(
          () => runInNewContext("for (;;) run()", { run }, { timeout: 1 + ((round * 5 + name.length) % 7) }),
          (error: { code?: string }) => error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT",
        );
        check(large, expected, name);
      }
    pf.configure({ threads: 1 });
  });
test.run();
