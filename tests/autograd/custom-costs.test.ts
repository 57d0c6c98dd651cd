// What calls of custom functions cost: memory that forward no longer needs, and the work of a backward among many.
import { GradMode } from "../../assembly/abi/numbers";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Fault } from "../../assembly/abi/failures";
import { core, writeInts } from "../../host/core/memory";
import * as pf from "../../host/index";
import { nodeOf } from "../../host/tensor/tensor";
import { forget, heapBytes, interfering } from "../core/exhaustion";
import { f64, leavesNothing, near, scoped, type T } from "./support";

const { customFunction, grad } = pf.autograd;
const rows = suite("costs of custom functions");
const test = scoped(rows);
const create = { createGraph: true };

// -- memory: once forward is over, what it computed and nobody saved is free

const COUNT = 10_000;
const bytes = 8 * COUNT;
type Forward = (ctx: pf.autograd.Context, x: T, release: (big: T) => void) => T;
/** name, a forward that lets all that is big be released, and how much of it may stay */
const forwards: [name: string, forward: Forward, kept: number][] = [
  ["an intermediate under a computed output", (_, x) => {
    const y = x.expand(COUNT).exp().sum();
    y.data();
    return y;
  }, 0],
  ["one under a computed output, beside a saved input", (ctx, x) => {
    ctx.saveForBackward(x);
    const y = x.expand(COUNT).exp().sum();
    y.data();
    return y;
  }, 0],
  ["what the first op reads", (_, x, release) => {
    const big = f64(Array(COUNT).fill(2));
    const y = big.mul(x);
    y.data();
    release(big);
    return y;
  }, 1],
  ["one under what is saved without a derivative", (ctx, x) => {
    const known = pf.tensor([x.item()], { dtype: "float64" });
    const saved = x.expand(COUNT).exp().mul(known).sum();
    saved.data();
    ctx.saveForBackward(saved);
    return x.mul(2);
  }, 0],
  ["a saved intermediate keeps what it is differentiated by", (ctx, x) => {
    const saved = x.expand(COUNT).exp().sum();
    saved.data();
    ctx.saveForBackward(saved);
    return x.mul(2);
  }, 1],
]; // prettier-ignore
for (const [name, forward, kept] of forwards) {
  test(`after forward: ${name}`, () =>
    leavesNothing(() => {
      const x = f64(0.5, true);
      let big: T | null = null;
      const f = customFunction({
        forward: (ctx, x: T) => forward(ctx, x, (tensor) => (big = pf.keep(tensor))),
        backward: () => null as unknown as T,
      });
      const before = pf.backend.memoryBytes;
      const y = f(x);
      (big as T | null)?.dispose();
      const used = pf.backend.memoryBytes - before;
      assert.ok(used >= kept * bytes && used < (kept + 0.5) * bytes, `${used} bytes of ${bytes}`);
      assert.ok(y.requiresGrad);
    }));
}

test("what forward records of its own accord and lets out is differentiated by its leaves", () =>
  leavesNothing(() => {
    const w = f64([0.5, 1], true);
    let out: T | null = null;
    const f = customFunction({
      forward(_, x: T) {
        out = pf.keep(pf.enableGrad(() => w.mul(2).exp()));
        out.data();
        return x.mul(out);
      },
      backward: (_, g) => g,
    });
    f(f64([1, 2], true)).data();
    const e = out as unknown as T;
    if (e.requiresGrad) near(grad(e.sum(), w)[0], [2 * Math.E, 2 * Math.exp(2)]);
    e.dispose();
  }));

test("forward that nothing is recorded of keeps nothing of what it is made of", () => {
  const w = f64([0.5, 1], true);
  const f = customFunction({ forward: (_, x: T) => x.mul(w).exp().sin(), backward: () => null });
  const before = core.liveNodes();
  const y = f(f64([1, 2]));
  pf.evaluate(y);
  assert.not(y.requiresGrad);
  assert.is(core.liveNodes() - before, 2, "its argument and itself");
});
test("numbers on ctx are not looked through one by one", () => {
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.numbers = [new Float64Array(1 << 19), new Uint8Array(1 << 19)];
      return x.mul(2);
    },
    backward: (_, g) => g.mul(2),
  });
  const start = process.cpuUsage().user;
  f(f64([1], true));
  const spent = (process.cpuUsage().user - start) / 1000;
  assert.ok(spent < 100, `${spent} ms`);
});

// -- nested: an inner forward is over before the outer one is

test("what an outer forward made last before an inner call is differentiated", () =>
  leavesNothing(() => {
    const inner = customFunction({ forward: (_, t: T) => t.mul(3), backward: (_, g) => g.mul(3) });
    for (const between of [0, 1, 2]) {
      // x³ by a saved square, and what is made between that and the inner call
      const outer = customFunction({
        forward(ctx, x: T) {
          const square = x.mul(x);
          let last = square;
          for (let i = 0; i < between; i++) last = last.neg();
          const y = inner(last)
            .mul(x)
            .mul(between % 2 ? -1 : 1);
          ctx.saveForBackward(square, last);
          return y.div(3);
        },
        backward(ctx, g) {
          const [square, last] = ctx.savedTensors;
          return g.mul(square!.add(last!.mul(between % 2 ? -2 : 2)));
        },
      });
      const x = f64([0.5, -2], true);
      const [first] = grad(outer(x).sum(), x, create);
      near(first, [3 * 0.25, 3 * 4]);
      const [second] = grad(first.sum(), x, create);
      near(second, [3, -12]);
    }
  }));

test("a saved intermediate of one argument where only the other is a target", () =>
  leavesNothing(() => {
    // a²·sin(2b + c): the second derivatives, of which torch's formula says 2·sin(2b + c)
    const f = customFunction({
      forward(ctx, a: T, b: T, c: T) {
        const sine = b.mul(2).add(c).sin();
        ctx.saveForBackward(a, sine);
        return a.mul(a).mul(sine);
      },
      backward(ctx, g) {
        const [a, sine] = ctx.savedTensors;
        return [g.mul(a!).mul(sine!).mul(2), g.mul(a!).mul(a!), null];
      },
    });
    const [a, b, c] = [f64([1, 2], true), f64([0.3, 0.4], true), f64([0.1, 0.2], true)];
    for (const make of [(t: T) => t, (t: T) => t.mul(1), (t: T) => t.mul(1).add(0).mul(1)]) {
      const y = f(make(a), make(b), make(c));
      const [byA] = grad(y.sum(), a, create);
      const want = [2 * Math.sin(0.7), 2 * Math.sin(1)];
      near(grad(byA.sum(), a, { retainGraph: true })[0], want);
      near(grad(byA.mul(f64([1, 3])).sum(), [a, a], { retainGraph: true })[1]!, [want[0]!, 3 * want[1]!]);
    }
  }));

test("twenty outputs of one argument", () =>
  leavesNothing(() => {
    const f = customFunction({
      forward: (_, x: T) => Array.from({ length: 20 }, (_, k) => x.mul(k + 1)),
      backward: (_, ...gs: T[]) => gs.map((g, k) => g.mul(k + 1)).reduce((a, b) => a.add(b)),
    });
    const x = f64([1, -1], true);
    for (let i = 0; i < 3; i++) {
      const others = Array.from({ length: 8 }, (_, i) => f64([i]));
      const sum = (f(x) as T[]).reduce((a, b) => a.add(b));
      near(grad(sum.sum(), x)[0], [210, 210]);
      others.forEach((other, i) => near(other, [i]));
      assert.ok(heapBytes() > 0);
    }
  }));

// -- lists in the core end where they are said to

test("releaseGrad, keepForClosure and endForward leave what follows their lists alone", () => {
  const address = (x: T): number => nodeOf(x) << 4;
  const x = f64([1, 2], true);
  for (const [name, end] of [
    ["releaseGrad", () => core.releaseGrad(1, 1)],
    ["keepForClosure", () => core.keepForClosure(1, 1)],
  ] as const) {
    const input = x.mul(1);
    const [result, other] = [input.sin(), input.cos()];
    writeInts([nodeOf(input), nodeOf(result), address(other)]);
    assert.is(end(), 0, name);
    assert.ok(core.requiresGrad(nodeOf(other)) !== 0, name);
  }
  const start = core.appendedNodes();
  const before = core.setGradEnabled(GradMode.Shadow);
  const [made, other] = [x.sin(), x.cos()];
  writeInts([nodeOf(made), address(other)]);
  assert.is(core.endForward(0, 1, start), 0);
  assert.equal([made, other].map((t) => core.isRecordable(nodeOf(t)) !== 0), [false, true]); // prettier-ignore
  core.setGradEnabled(before);
});
test("after a backward walk nodes come from themselves", () => {
  const x = f64([1, 2], true);
  grad(x.sin().sum(), x);
  const [a, b] = [x.cos(), x.exp()].map((t) => core.originOf(nodeOf(t))) as [number, number];
  assert.ok(b > a && a > 1);
});

// -- many calls among many ops

test("2,000 calls beside 200,000 ops have the derivative of their product", () => {
  const f = customFunction({ forward: (_, x: T) => x.neg(), backward: (_, g) => g.neg() });
  pf.tidy(() => {
    const x = f64(1, true);
    let y: T = x;
    for (let i = 0; i < 2000; i++) y = f(y);
    for (let i = 0; i < 200_000; i++) y = y.neg();
    near(grad(y, x)[0], 1);
  });
});

// -- memory that runs out

const MANY = 2000;
/** Its backward differentiates another of its kind, down to `depth`. */
const nested = (depth: number): ((...xs: T[]) => T) =>
  customFunction({
    forward: (_, ...xs: T[]) => xs[0]!.mul(2),
    backward(_, g) {
      const none = Array<T | null>(MANY - 1).fill(null);
      if (!depth) return [g.mul(2), ...none] as T[];
      const x = f64(1, true);
      const [inner] = pf.enableGrad(() => grad(nested(depth - 1)(...Array<T>(MANY).fill(x)), x));
      return [inner.mul(g), ...none] as T[];
    },
  });
test("requests are refused on the way into backwards of backwards", () => {
  let failures = 0;
  const run = (fault: Fault, k: number): unknown => {
    const before = heapBytes();
    const error = interfering(
      fault,
      k,
      () =>
        pf.tidy(() => {
          const x = f64(1, true);
          near(grad(nested(4)(...Array<T>(MANY).fill(x)), x)[0], 2);
        }),
      false,
    );
    if (error !== null) {
      failures++;
      assert.instance(error, pf.OutOfMemoryError, `request ${k}`);
      forget();
      // Lists of the core may have grown; a call's exchange has a word per argument.
      assert.ok(heapBytes() - before < 4 * MANY, `request ${k}: ${heapBytes() - before} bytes are left`);
    }
    return error;
  };
  for (let k = 0; k < 100; k++) if (run(Fault.All, k) === null && run(Fault.One, k) === null) break;
  assert.ok(failures > 4, `${failures}`);
});
rows.run();
