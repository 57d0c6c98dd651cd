// Programs that are left in the middle (broken-off.test.ts, timeouts.test.ts), and whether what they compute is right afterwards.
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

export const small = pf.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]); // prettier-ignore
export const large = pf.rand([500, 400]);
const compiled = pf.compile((x) => x.sin().mul(x).sum(1));

type Program = (x: pf.Tensor) => unknown;
export const programs: Record<string, Program> = {
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
export const check = (x: pf.Tensor, expected: Record<string, string>, after: string): void => {
  assert.is(first(), four, `something small, after ${after}`);
  for (const [name, program] of Object.entries(programs))
    assert.is(JSON.stringify(program(x)), expected[name], `${name}, after ${after}`);
};
export const valuesFor = (x: pf.Tensor) =>
  Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, JSON.stringify(program(x))]));
