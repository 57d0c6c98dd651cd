// Evaluations that break off, and what is computed without being asked for.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { Fault } from "../../assembly/abi/failures";
import { check } from "../../host/core/failure";
import { core } from "../../host/core/memory";
import { nodeOf, wrapNode } from "../../host/tensor/tensor";
import { forget, heapBytes, interfering } from "./exhaustion";
import { leavesNothing, uniform } from "./support";

const a = uniform([64, 64], 1).float();
pf.evaluate(a);

/** [what, the program]: whose kernels, and what they write, are large enough to be run in parts and as epilogues. */
const programs: [string, () => Tensor[]][] = [
  ["a product and its epilogue", () => [a.matmul(a).sin()]],
  ["two of them, and their products", () => { const m = a.matmul(a), n = m.t().matmul(a); return [m, m.sin(), n.cos(), n]; }],
  ["a chain of products", () => [a.matmul(a).matmul(a).matmul(a.matmul(a).t())]],
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
            const before = pf.backend.memoryBytes;
            error = interfering(Fault.One, k, isProfiled ? () => pf.profile(evaluate) : evaluate, false);
            assert.ok(error === null || error instanceof pf.OutOfMemoryError, String(error));
            const held = results.reduce((sum, t) => sum + (core.isComputed(t.node) ? 4 * t.numel + 64 : 0), 0);
            assert.ok(pf.backend.memoryBytes - before <= held, "of what was computed on the way nothing is left");
            assert.equal(datas(results), expected, `request ${k}`);
          }),
        );
      }
    });

// What it works in is kept for the next: this one's is larger than others', so that it is asked for here, once.
test("a product with an epilogue that finds no room to work in is not taken for computed", () => {
  pf.tidy(() => {
    const [x, y] = [pf.ones([600, 700]).contiguous(), pf.arange(800).expand(700, 800).contiguous()];
    pf.evaluate(x, y);
    const product = x.matmul(y);
    const results = [product, product.neg()];
    const evaluate = (): void => void pf.profile(() => pf.evaluate(...results));
    for (let k = 0, error: unknown = true; error; k++) error = interfering(Fault.One, k, evaluate, false);
    const expected = Float32Array.from({ length: 600 * 800 }, (_, i) => 700 * (i % 800));
    results.forEach((t, i) => assert.equal(t.data(), i ? expected.map((value) => -value) : expected));
  });
});

for (const [what, make] of programs)
  test(`what is given up while an evaluation runs is not its plan: ${what}`, () => {
    const run = (): unknown[] => pf.tidy(() => make().map((t) => t.data()));
    const expected = run();
    for (const isKnown of [false, true])
      for (let k = 0, requests = 1; k < requests; k++) {
        forget();
        if (isKnown) run();
        const before = core.allocations();
        let results: unknown;
        interfering(Fault.Reclaim, k, () => (results = run()), false);
        requests = core.allocations() - before;
        assert.equal(results, expected, `request ${k}`);
        assert.equal(run(), expected);
        forget();
        const { size, bytes } = pf.backend.planCache;
        assert.equal([size, bytes], [0, 0]);
      }
  });

// So many values that every list of the planner is made anew for each evaluation.
const unit = pf.ones([1, 1]).contiguous();
const pairs = Array.from({ length: 1040 }, (_, i) => pf.tensor([[i, 1]]));
const singles = Array.from({ length: 4200 }, (_, i) => pf.tensor([i]));
pf.evaluate(unit, ...pairs, ...singles);
const plans: [what: string, make: () => Tensor[], last: number][] = [
  ["a chain of products", () => {
    let t = unit;
    for (let i = 0; i < 2200; i++) t = t.neg().matmul(unit);
    return [t];
  }, 1],
  ["equal sums, views that they alone read, and many leaves", () => [
    ...pairs.flatMap((t) => [t.reshape(2, 1).sum(0), t.reshape(2, 1).sum(0)]),
    pf.cat(singles).sum(),
  ], 4200 * 4199 / 2],
]; // prettier-ignore
for (const [what, make, last] of plans)
  test(`wherever memory ends in planning, nothing is lost: ${what}`, () => {
    core.trace(1); // or else so much would be computed as soon as it is noted
    try {
      for (const fault of [Fault.One, Fault.All])
        for (let k = 0; k < 70;)
          pf.tidy(() => {
            const results = pf.tidy(make);
            // What could not be planned is as it was.
            for (let error: unknown = true; error !== null && k < 70; k++) {
              forget();
              error = interfering(fault, k, () => pf.evaluate(...results), false);
              assert.ok(error === null || error instanceof pf.OutOfMemoryError, String(error));
              assert.is(core.isComputed(results.at(-1)!.node), Number(error === null), `request ${k}, ${fault}`);
            }
          });
    } finally {
      core.trace(-1);
    }
    const check = (): void => pf.tidy(() => assert.is(make().at(-1)!.item(), last));
    check();
    leavesNothing(check);
  });

// Blocks end 16 bytes before a multiple of 64: some of these sizes leave no word between a list and the next block's head.
test("lists that fill their memory are written no further", () => {
  const chain = (t: Tensor, length: number): Tensor => {
    for (let i = 0; i < length; i++) t = i % 2 ? t.matmul(unit) : t.neg();
    return t;
  };
  const run = (length: number, isCompiled: boolean): void => {
    pf.tidy(() => {
      const f = (t: Tensor): Tensor => chain(t, length);
      if (!isCompiled) return pf.evaluate(f(unit.detach().requiresGrad_()));
      const compiled = pf.compile(f);
      compiled(unit);
      compiled.clear();
    });
    forget();
  };
  for (const isCompiled of [false, true]) {
    run(4216, isCompiled);
    const before = heapBytes();
    for (let length = 4200; length < 4217; length++) {
      run(length, isCompiled);
      // A head that is written over leads elsewhere; lists of several KiB stay.
      assert.ok(Math.abs(heapBytes() - before) < 50_000, `${length} ops: ${heapBytes()} bytes, ${before} before`);
    }
  }
});

// More than the list of them has room for at any time.
test("wherever memory ends as what is detached comes to be a leaf, nothing is lost", () => {
  pf.tidy(() => void a.exp().data()); // what others have left for the next evaluation is done
  for (const fault of [Fault.None, Fault.All])
    leavesNothing(() =>
      pf.tidy(() => {
        core.trace(1); // or else it would be one at once
        const x = a.exp();
        const detached = Array.from({ length: 5000 }, () => x.detach());
        const early = a.sin().detach();
        pf.evaluate(x);
        core.trace(-1);
        assert.is(interfering(fault, 0, () => core.settleDetached(), false), null); // prettier-ignore
        // The list keeps what it has grown to for few: these have a place in any case.
        const settled = detached.filter(({ node }) => core.isComputed(node)).length;
        assert.ok(fault === Fault.None ? settled === 5000 : settled <= 4096, `${settled}`);
        assert.is(core.isComputed(early.node), 0);
        assert.equal(detached[4999]!.data(), x.data());
        assert.equal(early.data(), a.sin().data());
      }),
    );
});

// -- what a transform gives is computed together, but for what can't be had yet
test("the first of a transform's results that is read brings the others with it", () => {
  pf.tidy(() => {
    const [y, t] = pf.functional.jvp((x: Tensor) => x.matmul(a).exp(), a, a) as [Tensor, Tensor];
    core.resetStatistics();
    y.data();
    const kernels = core.kernelsRun();
    t.data();
    assert.is(core.kernelsRun(), kernels);
  });
});
test("a transform's result that depends on a parameter does not keep the others from being read", () => {
  pf.tidy(() => {
    let seen: unknown;
    const f = (v: Tensor): Tensor => {
      const [y, t] = pf.functional.jvp((x: Tensor) => x.matmul(a).exp(), a, v) as [Tensor, Tensor];
      seen = y.data();
      return t.add(y);
    };
    const expected = f(a).data();
    const wanted = seen;
    assert.equal(pf.compile(f)(a).data(), expected);
    assert.equal(seen, wanted);
  });
});

test("of several results those that depend on a parameter stay, and the others come with the one that is read", () => {
  pf.tidy(() => {
    const parts = (x: Tensor): Tensor[] => [x.matmul(a).exp(), x.sin(), x.cos()];
    for (let read = 0; read < 3; read++) {
      const f = (v: Tensor): Tensor => {
        const [ys, ts] = pf.functional.jvp(parts, a, v) as unknown as [Tensor[], Tensor[]];
        ys[read]!.data();
        assert.equal([...ys, ...ts].map((t) => core.isComputed(t.node)), [1, 1, 1, 0, 0, 0]); // prettier-ignore
        return ts[0]!;
      };
      pf.compile(f)(a);
    }
  });
});

// -- kernels that differ in one thing, many at once, so that in the table of twins each is compared with others
const [u, v] = [uniform([8, 8], 2), uniform([8, 8], 3)];
pf.evaluate(u, v);
const { pad } = pf.nn.functional;
const operands = [u, v, u.t(), u.narrow(0, 0, 4), u.narrow(0, 4, 4), u.float(), u.gt(0).int(), u.narrow(1, 0, 4), u.slice(0, 0, 8, 2), u.flip(0), u.flip(1), u.reshape(4, 16), u.reshape(16, 4), u.select(0, 1).expand(8, 8), u.unsqueeze(2)]; // prettier-ignore
const views: (() => Tensor)[] = [() => u, () => v, () => u.t(), () => v.t(), () => u.flip(0), () => u.flip(1), () => u.select(0, 1).expand(8, 8), () => u.select(0, 2).expand(8, 8)]; // prettier-ignore
const kernels: (() => Tensor)[] = [
  ...operands.flatMap((x) => [0, 1].flatMap((dim) => [
    () => x.sum(dim), () => x.sum(dim, true), () => x.amax(dim), () => x.amin(dim), () => x.argmax(dim), () => x.argsort(dim), () => x.argsort(dim, { descending: true }),
  ])),
  ...views.flatMap((a) => views.map((b) => () => a().matmul(b()))),
  ...[[u, v], [v, u], [u, u], [u, v, u], [u, v, v]].flatMap((list) => [() => pf.cat(list), () => pf.cat(list, 1)]),
  ...[0, 1, NaN, 2].flatMap((value) => [[1, 0], [0, 1], [1, 1], [0, 0, 1, 1]].map((around) => () => pad(u, around, "constant", value).sum(0))),
  ...[[0, 1], [1, 0], [1, 1]].map((rows) => () => u.gather(0, pf.tensor(rows, { dtype: "int32" }).unsqueeze(0))),
]; // prettier-ignore
test("many kernels at once give what each gives alone, and equal ones are one", () => {
  const alone = kernels.map((make) => pf.tidy(() => String(make().data())));
  pf.tidy(() => {
    const all = pf.tidy(() => kernels.map((make) => make()));
    pf.evaluate(...all);
    all.forEach((t, i) => assert.is(String(t.data()), alone[i], String(i)));
  });
  const count = (times: number): number =>
    pf.inspect(() => pf.tidy(() => Array.from({ length: times }, () => kernels.map((make) => make())).flat())).summary
      .kernels;
  const once = count(1);
  assert.ok(count(3) < once + 100, `${count(3)} of ${once}`);
});

test("an equal pad that a program alone reads shows what was padded once", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const once = pad(a, [1, 1]);
      const expected = once.exp().add(once).data();
      const result = pf.tidy(() => pad(a, [1, 1]).exp().add(pad(a, [1, 1]))); // prettier-ignore
      assert.equal(result.data(), expected);
    }),
  );
});

test("two nodes of one output of a call: both cotangents reach its rule", () => {
  const x = pf.tensor([3, 1, 2]);
  const f = (t: Tensor): Tensor => {
    const call = check(core.sort(nodeOf(t), 0, 0, 3));
    const [one, other] = [0, 1].map(() => wrapNode(check(core.output(call, 0)) as ReturnType<typeof nodeOf>));
    return one!
      .mul(pf.tensor([1, 10, 100]))
      .add(other!.mul(2))
      .sum();
  };
  assert.equal((pf.functional.vjp(f, x)[1] as Tensor).toArray(), [102, 3, 12]);
  assert.equal(pf.functional.jvp(f, x, pf.tensor([1, 0, 0]))[1].item(), 102);
});

test.run();
