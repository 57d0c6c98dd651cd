// pf.profile: which kernels it lists, how often, with what flops and bytes; that its times add up; that it leaves nothing behind.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../host/core/memory";
import * as pf from "../host/index";
import { Fault } from "../assembly/abi/failures";
import { interfering, within } from "./core/exhaustion";
import { f64, i32 } from "./ops/support";

type T = pf.Tensor;
const f32 = (shape: number[]): T => {
  const t = pf.rand(shape);
  pf.evaluate(t);
  return t;
};
const m46 = f32([4, 6]);
const m65 = f32([6, 5]);
const x = f32([3, 4, 5]);
const large = f32([64, 64]);
const index = i32([[0, 3, 1]]); // prettier-ignore

/** What is called (within tidy: an intermediate with a handle would be stored), and per kernel: name, kind, calls, flops and bytes. */
const rows: [what: string, fn: () => unknown, kernels: [name: string, kind: string, calls: number, flops: number, bytes: number][]][] = [
  ["a matrix product", () => m46.matmul(m65), [["matmul [4, 6]·[6, 5]", "matmul", 1, 2 * 4 * 6 * 5, 4 * (24 + 30 + 20)]]],
  ["one elementwise op", () => m46.exp(), [["exp over [4, 6]", "fused", 1, 24, 4 * 48]]],
  ["a fused chain; an operand read twice counts once", () => m46.sin().mul(m46).neg(), [["fused sin·mul·neg, 3 ops over [4, 6]", "fused", 1, 72, 4 * 48]]],
  ["a constant takes no bytes, an expanded operand one row", () => x.mul(2).add(x.narrow(0, 0, 1).narrow(1, 0, 1)), [["fused mul·add, 2 ops over [3, 4, 5]", "fused", 1, 120, 4 * (60 + 5 + 60)]]],
  ["many ops are not all named", () => m46.sin().exp().cos().tanh().abs().neg(), [["fused sin·exp·cos·tanh·abs·…, 6 ops over [4, 6]", "fused", 1, 144, 4 * 48]]],
  ["a reduction over one dim", () => x.sum(1), [["sum over dim 1 of [3, 4, 5]", "sum", 1, 60, 4 * (60 + 15)]]],
  ["over several", () => x.amax([0, 2]), [["amax over dims 0, 2 of [3, 4, 5]", "amax", 1, 60, 4 * (60 + 4)]]],
  ["over all", () => x.sum(), [["sum of [3, 4, 5]", "sum", 1, 60, 4 * (60 + 1)]]],
  ["a gather reads what it gives", () => m46.gather(0, index), [["gather [1, 3] along dim 0 of [4, 6]", "gather", 1, 0, 4 * 9]]],
  ["a concatenation", () => pf.cat([m46, m46, m46]), [["concat along dim 0 to [12, 6]", "concat", 1, 0, 4 * (24 + 72)]]],
  ["a product and the program that follows it", () => large.matmul(large).sin(), [
    ["matmul [64, 64]·[64, 64]", "matmul", 1, 2 * 64 ** 3, 4 * 2 * 4096],
    ["sin over [64, 64]", "fused", 1, 4096, 4 * 2 * 4096],
  ]],
  ["views are no kernels", () => [m46.t(), m46.reshape(24), m46.narrow(0, 1, 2)], []],
  ["but one that has to copy is", () => m46.t().reshape(24), [["copy of [6, 4] to [24]", "copy", 1, 0, 4 * 48]]],
  ["another dtype is named", () => f64([1, 2, 3]).exp(), [["exp over [3], float64", "fused", 1, 3, 48]]],
  ["equal kernels are one entry", () => [m46.matmul(m65), m46.add(0).matmul(m65)], [
    ["add over [4, 6]", "fused", 1, 24, 4 * 48],
    ["matmul [4, 6]·[6, 5]", "matmul", 2, 4 * 4 * 6 * 5, 8 * (24 + 30 + 20)],
  ]],
  ["what is computed on the way counts", () => void m46.matmul(m65).data(), [["matmul [4, 6]·[6, 5]", "matmul", 1, 240, 4 * 74]]],
  ["nothing", () => undefined, []],
]; // prettier-ignore
for (const [what, fn, kernels] of rows)
  test(what, () => {
    const found = pf
      .profile(() => pf.tidy(fn))
      .kernels.map(({ name, kind, calls, flops, bytes }) => [name, kind, calls, flops, bytes]);
    found.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    assert.equal(found, kernels);
  });

const f = (a: T, b: T): T => a.matmul(b).tanh().mul(2).sum(1);
const derivatives: [what: string, fn: () => unknown][] = [
  ["jvp", () => pf.functional.jvp(f, [m46, m65], [m46, m65])],
  ["vjp", () => pf.functional.vjp(f, [m46, m65], pf.ones(4))],
  ["hvp", () => pf.functional.hvp((a) => f(a, m65).sum(), m46, m46)],
  ["jacobian", () => pf.functional.jacobian((a) => f(a, m65), m46)],
];
for (const [what, fn] of derivatives)
  test(`${what}: kernels, products and flops are those that inspect counts`, () => {
    const { summary } = pf.inspect(fn);
    const { kernels } = pf.profile(fn);
    const sum = (of: "calls" | "flops", kinds = kernels): number => kinds.reduce((all, kernel) => all + kernel[of], 0);
    const kernelsProper = kernels.filter(({ kind }) => kind !== "copy");
    assert.is(sum("calls", kernelsProper), summary.kernels);
    assert.is(sum("flops"), summary.flops);
    assert.is(sum("calls", kernels.filter(({ kind }) => kind === "matmul")), summary.matmuls); // prettier-ignore
  });

test("times are finite and not negative, shares and phases add up", () => {
  const profile = pf.profile(() => pf.functional.jvp(f, [m46, m65], [m46, m65]));
  const { total, tracing, transforms, planning, running, kernelTime, kernels } = profile;
  const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-6 + 1e-9 * total, `${a} and ${b}`);
  for (const time of [total, tracing, transforms, planning, running, kernelTime]) assert.ok(time >= -1e-9 && time < Infinity); // prettier-ignore
  near(kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0), kernelTime); // prettier-ignore
  near(tracing + transforms + planning + running + kernelTime, total);
  for (const kernel of kernels) {
    near(kernel.share * total, kernel.milliseconds);
    near(kernel.gigaflopsPerSecond * kernel.milliseconds * 1e6, kernel.milliseconds && kernel.flops);
    near(kernel.gigabytesPerSecond * kernel.milliseconds * 1e6, kernel.milliseconds && kernel.bytes);
  }
  assert.equal([...kernels].sort((a, b) => b.milliseconds - a.milliseconds), kernels); // prettier-ignore
});

test("repetitions are counted, warming up is not", () => {
  let calls = 0;
  const profile = pf.profile({ repetitions: 3, warmup: 2 }, (a: T) => (calls++, a.exp()), m46);
  assert.is(calls, 5);
  assert.is(profile.repetitions, 3);
  assert.equal(profile.kernels.map((kernel) => kernel.calls), [3]); // prettier-ignore
});

test("a compiled function", () => {
  const compiled = pf.compile((a: T) => a.matmul(m65).exp());
  const profile = pf.profile({ warmup: 1 }, compiled, m46);
  assert.equal(profile.kernels.map(({ name }) => name).sort(), ["exp over [4, 5]", "matmul [4, 6]·[6, 5]"]);
  compiled.clear();
});

test("more kernels than the list of records first has room for", () => {
  const n = 3000;
  const profile = pf.profile(() => {
    let y = m46;
    for (let i = 0; i < n; i++) y = y.t().matmul(y).sum(0, true).expand(4, 6);
    return y;
  });
  assert.is(profile.kernels.find(({ kind }) => kind === "matmul")?.calls, n);
  assert.is(profile.lost, 0);
});

const m64 = f32([64, 64]);
const withEpilogue = (): T => pf.tidy(() => m64.matmul(m64).add(m46.at(0, 0)).exp());
test("a product and what is made of it at once are two kernels", () => {
  const { kernels } = pf.profile(() => void pf.tidy(() => withEpilogue().data()));
  assert.equal(kernels.map(({ name }) => name).sort(), ["fused add·exp, 2 ops over [64, 64]", "matmul [64, 64]·[64, 64]"]); // prettier-ignore
});
test("where memory ends in such a product nothing wrong is left", () => {
  const expected = pf.tidy(() => withEpilogue().data());
  for (let count = 0; count < 40; count++)
    pf.tidy(() => {
      let y: T | undefined;
      interfering(Fault.One, count, () => {
        pf.profile(() => {
          y = pf.keep(withEpilogue());
          y.data();
        });
      });
      if (y) assert.equal(y.data(), expected, String(count));
      y?.dispose();
    });
});

test("records that find no memory are lost, and nothing else is", () => {
  const error = within(60_000, () => {
    const profile = pf.profile(() => {
      const values = pf.tidy(() => m46.matmul(m65).data());
      assert.is(values.length, 20);
    });
    assert.is(profile.lost, 1);
    assert.equal(profile.kernels, []);
    // The clock of pages is coarse, and may stand still meanwhile.
    assert.ok("document" in globalThis ? profile.kernelTime >= 0 : profile.kernelTime > 0);
    assert.match(String(profile), /\n1 kernel has no record, for want of memory\.$/);
  });
  assert.is(error, null);
});

test("one within another: the inner has its own kernels, the outer all", () => {
  let inner: pf.Profile | undefined;
  const outer = pf.profile(() => {
    m46.exp().data();
    inner = pf.profile(() => m46.sin());
    return m46.cos();
  });
  const names = (profile: pf.Profile): string[] => profile.kernels.map(({ name }) => name).sort();
  assert.equal(names(inner!), ["sin over [4, 6]"]);
  assert.equal(names(outer), ["cos over [4, 6]", "exp over [4, 6]", "sin over [4, 6]"]);
  assert.ok(inner!.total <= outer.total);
});

test("in the midst of a derivative: a custom backward's own profile", () => {
  let names: string[] = [];
  const cube = pf.autograd.customFunction({
    forward: (_ctx: unknown, a: T) => a.mul(a).mul(a),
    backward: (_ctx: unknown, g: T) => {
      names = pf.profile(() => m46.exp()).kernels.map(({ name }) => name);
      return g.mul(3);
    },
  });
  const outer = pf.profile(() => pf.functional.vjp((a) => cube(a).sum(), m46)[1]);
  assert.equal(names, ["exp over [4, 6]"]);
  assert.ok(outer.transforms >= 0 && outer.kernels.length > 0);
});

test("nothing is recorded outside, and nothing is left behind", () => {
  pf.profile(() => m46.exp());
  const before = [core.liveNodes(), pf.backend.memoryBytes];
  m46.sin().data();
  pf.tidy(() => void large.matmul(large).sin().data()); // a product and its epilogue
  assert.equal([core.recordsEnd(), core.recordsAddress()], [0, 0]);
  pf.profile({ repetitions: 10 }, () => pf.functional.jvp(f, [m46, m65], [m46, m65]));
  pf.tidy(() => void m46.sin().data());
  assert.equal([core.recordsEnd(), core.recordsAddress()], [0, 0]);
  assert.is(core.liveNodes(), before[0] + 1);
});

test("the table: a line each for kernels and for what is none", () => {
  const lines = String(pf.profile({ repetitions: 2 }, () => m46.matmul(m65).exp())).split("\n");
  assert.match(lines[0], /^2 runs: \d+\.\d{3} ms, of which \d+\.\d % in kernels$/);
  assert.match(lines[1], /^ *ms +share +calls +GB\/s +GFLOP\/s +kernel$/);
  assert.is(lines.length, 2 + 2 + 4);
  assert.is(
    lines.filter((line) => /^ *\d+\.\d{3} +\d+\.\d % +2 +[\d.–]+ +[\d.–]+ +(matmul|exp) /.test(line)).length,
    2,
  );
  assert.is(lines.filter((line) => /\((tracing|transforms|planning|running): /.test(line)).length, 4);
});

test("an error of the function passes through, and the profile is closed", () => {
  const own = new Error("mine");
  const thrown = (): never => {
    m46.exp().data();
    throw own;
  };
  assert.throws(() => pf.profile(thrown), (error: unknown) => error === own); // prettier-ignore
  assert.equal([core.recordsEnd(), core.recordsAddress()], [0, 0]);
  assert.equal(pf.profile(() => m46.sin()).kernels.map(({ name }) => name), ["sin over [4, 6]"]); // prettier-ignore
});

const refused: [what: string, call: () => unknown, message: RegExp][] = [
  ["a tensor", () => (pf.profile as any)(m46), /^profile: fn should be a function but got/],
  ["nothing", () => (pf.profile as any)(), /^profile: fn should be a function but got undefined/],
  ["an unknown option", () => pf.profile({ times: 2 } as any, () => m46), /^profile: unknown option times/],
  ["no repetition", () => pf.profile({ repetitions: 0 }, () => m46), /^profile: repetitions should be an integer of at least 1 but got 0/],
  ["half a warm-up", () => pf.profile({ warmup: 0.5 }, () => m46), /^profile: warmup should be an integer of at least 0 but got 0.5/],
  ["a promise", () => pf.profile(() => Promise.resolve(m46)), /^profile: the function should be synchronous/],
]; // prettier-ignore
for (const [what, call, message] of refused)
  test(`refuses ${what}`, () => {
    assert.throws(call, (error: unknown) => error instanceof pf.ArgumentError && message.test(error.message));
  });

test.run();
