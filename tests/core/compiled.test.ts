// Compiled programs: what a call computes, allocates and leaves, whatever its outputs are and however its arguments lie.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Fault } from "../../assembly/abi/failures";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { forget, heapBytes, interfering } from "./exhaustion";
import { leavesNothing, uniform } from "./support";

const N = 64;
const BYTES = 4 * N * N;
const [x, y, w] = [1, 2, 3].map((seed) => uniform([N, N], seed).float()) as [Tensor, Tensor, Tensor];
const s = uniform([], 4).float();
pf.evaluate(x, y, w, s);
const wide = uniform([N, 2 * N], 5).float();
const laidOut = (t: Tensor): Tensor => (pf.evaluate(t), t);
const layouts = [x, laidOut(x.t()), laidOut(wide.slice(1, 0, 2 * N, 2)), laidOut(x.narrow(0, 0, 1).expand(N, N)), y, laidOut(y.flip(0))]; // prettier-ignore

type F = (a: Tensor, b: Tensor) => Tensor[];
/** [what, the function, kernels of a call, values of N × N that a call leaves, and that are kept between calls] */
const rows: [string, F, number, number, number][] = [
  ["a program", (a, b) => [a.sin().mul(b)], 1, 1, 0],
  ["a chain of products", (a, b) => [a.matmul(b).matmul(b).matmul(b)], 3, 1, 2],
  ["several results", (a, b) => [a.matmul(b), a.matmul(b).sin(), b.exp()], 3, 3, 0],
  ["a result twice", (a, b) => { const e = a.matmul(b).matmul(b); return [e, e]; }, 2, 1, 1],
  ["a result and a view of it", (a, b) => { const e = a.matmul(b); return [e, e.t()]; }, 1, 1, 0],
  ["a small part of a result", (a, b) => [a.matmul(b).select(0, 3)], 1, 1 / N, 1],
  ["a parameter", (a, b) => [a, b.exp()], 1, 1, 0],
  ["a view of a parameter", (a, b) => [a.t(), b.exp()], 1, 1, 0],
  ["a constant, computed once", (a) => [w.exp(), a.add(w.exp())], 1, 1, 2],
  ["a constant that is the first operand", (a) => [w.matmul(w).matmul(a)], 1, 1, 1],
  ["what constants are computed from is not kept", (a) => [a.add(w.matmul(w).matmul(w).sum(0))], 1, 1, 0],
  ["a filled constant", (a) => [pf.full([N, N], 3), a.mul(3)], 1, 1, 0],
  ["nothing of the parameters", () => [w.exp()], 0, 0, 1],
  ["what is captured", (a) => [w, a.exp()], 1, 1, 0],
  ["a pad, a sum, a selection", (a, b) => [pf.nn.functional.pad(a, [1, 1]).sum(1), a.gt(0).any(1), pf.where(a.gt(b), a, 0)], 4, 1.04, 1.1],
  ["equal products", (a, b) => [a.matmul(b).exp().add(a.matmul(b).matmul(b))], 2, 1, 2],
  ["random numbers", (a) => [pf.rand([N, N]).add(a)], 2, 1, 1],
]; // prettier-ignore
for (const [what, f, kernels, left, kept] of rows) {
  test(`compiled: ${what}`, () => {
    const start = pf.backend.memoryBytes;
    const compiled = pf.compile(f);
    const datas = (of: Tensor[]): unknown[] => of.map((t) => t.data());
    const call = (a: Tensor, expected: unknown[]): number[] => {
      const before = pf.backend.memoryBytes;
      core.resetStatistics();
      const results = compiled(a, y) as Tensor[];
      const found = [core.kernelsRun(), (pf.backend.memoryBytes - before) / BYTES];
      if (!what.startsWith("random")) assert.equal(datas(results), expected);
      pf.dispose(results.filter((t) => t !== a && t !== w));
      return found;
    };
    for (const a of [...layouts, x]) {
      const expected = pf.tidy(() => datas(f(a, y)));
      // The first call makes programs, the second finds its place.
      call(a, expected);
      call(a, expected);
      const between = (pf.backend.memoryBytes - start) / BYTES;
      const [counted, held] = call(a, expected) as [number, number];
      assert.is(counted, kernels);
      assert.ok(Math.abs(held - left) < 0.03, `${held} values are left`);
      assert.ok(Math.abs(between - kept) < 0.2, `${between} values are kept between calls`);
    }
    compiled.clear();
  });
}

test("compiled: nothing is left of what is cleared", () => {
  const work = (): void =>
    pf.tidy(() => {
      const all = rows.map(([, f]) => pf.compile(f));
      // Cleared in another order than they were made.
      for (const compiled of all) for (const a of layouts) pf.dispose((compiled(a, y) as Tensor[]).filter((t) => t !== a && t !== w)); // prettier-ignore
      for (const k of [1, 0, 3, 2]) for (let i = k; i < all.length; i += 4) all[i]!.clear();
    });
  work();
  forget();
  const before = [heapBytes(), core.liveNodes(), pf.backend.memoryBytes];
  work();
  forget();
  assert.equal([heapBytes(), core.liveNodes(), pf.backend.memoryBytes], before);
});

test("compiled: a call allocates its results and nothing else, but where its arguments lie otherwise than before", () => {
  pf.tidy(() => {
    const compiled = pf.compile((a: Tensor, b: Tensor) => a.matmul(b).sin().matmul(b).exp());
    const requests = (a: Tensor): number => {
      const before = core.allocations();
      const result = compiled(a, y);
      const count = core.allocations() - before;
      result.dispose();
      return count;
    };
    const few = [requests(x), requests(x), requests(x)][2]!;
    assert.ok(few <= 2, `${few} requests`);
    assert.is(requests(w), few, "other values, lying as before");
    const anew = requests(layouts[1]!);
    assert.ok(anew > few + 3, `${anew} requests`);
    assert.is(requests(layouts[1]!), few);
    assert.ok(requests(x) > few + 3);
    assert.is(requests(x), few);
    // Memory that others need is given back, and made anew.
    forget();
    assert.ok(requests(x) > few + 3);
    assert.is(requests(x), few);
  });
});

test("compiled: constants are told from what was computed together with them", () => {
  pf.tidy(() => {
    const parts = Array.from({ length: 40 }, (_, i) => w.add(i));
    // Their places in this order are those of other values in the function's.
    pf.evaluate(...parts);
    const compiled = pf.compile((a: Tensor) => parts.reduce((sum, t) => sum.add(t.matmul(t).sum(0)), a.exp()));
    compiled(x);
    core.resetStatistics();
    compiled(x);
    assert.is(core.kernelsRun(), 1);
  });
});

test("compiled: results that are there are told from places of the program", () => {
  pf.tidy(() => {
    const parts = Array.from({ length: 40 }, (_, i) => w.add(i));
    pf.evaluate(...parts);
    // Their places among all that the results depend on are those of products among what is to be computed.
    const compiled = pf.compile((a: Tensor) => [...parts, Array.from({ length: 20 }).reduce<Tensor>((t) => t.matmul(w), a)]); // prettier-ignore
    core.resetStatistics();
    compiled(x);
    assert.ok(core.peakBytes() < 3.2 * BYTES, `${core.peakBytes()} bytes`);
  });
});

test("compiled: a constant that several functions read has a place in each", () => {
  pf.tidy(() => {
    const c = pf.full([N, N], 3);
    const first = pf.compile((a: Tensor) => c.mul(a));
    const other = pf.compile((a: Tensor) => a.sin().add(a.cos()).mul(c));
    const expected = layouts.map((a) => c.mul(a).data());
    layouts.forEach((a, i) => {
      assert.equal(first(a).data(), expected[i]);
      other(x).dispose();
    });
  });
});

test("compiled: what is captured and handed back is the tensor itself, and differentiable", () => {
  pf.tidy(() => {
    const leaf = uniform([3], 6).requiresGrad_();
    const compiled = pf.compile((a: Tensor) => [a.exp(), leaf]);
    for (let i = 0; i < 2; i++) {
      const result = compiled(x)[1]!;
      assert.equal(pf.autograd.grad(result.square().sum(), leaf)[0]!.data(), leaf.mul(2).data());
    }
  });
});

test("compiled: an argument that is not read is held no longer than the call", () => {
  const compiled = pf.compile((_a: Tensor, b: Tensor, _c: Tensor) => b.exp());
  leavesNothing(() => {
    pf.dispose(compiled(x, y, w));
    const before = pf.backend.memoryBytes;
    const [a, c] = [x.add(1), x.add(2)];
    pf.dispose([compiled(a, y, c), a, c]);
    assert.is(pf.backend.memoryBytes, before);
    compiled.clear();
  });
});

test("compiled: the lists of a call are read to their end", () => {
  // Whoever looks at a node of this address traps.
  const poison = (): void => void new Int32Array(core.memory.buffer, core.scratch(1024), 1024).fill(-16);
  const functions: F[] = [(a, b) => [a.matmul(b).add(w.exp())], (a) => [a, w.sin(), a.exp()], () => [w.exp()]];
  for (const f of functions) {
    pf.tidy(() => {
      const compiled = pf.compile((a: Tensor, b: Tensor) => {
        const results = f(a, b);
        poison();
        return results;
      });
      const expected = f(x, y).map((t) => t.data());
      for (let i = 0; i < 3; i++) {
        poison();
        assert.equal((compiled(x, y) as Tensor[]).map((t) => t.data()), expected); // prettier-ignore
      }
      poison();
      compiled.clear();
    });
  }
});

test("compiled: many parameters, and many results", () => {
  const work = (): void =>
    pf.tidy(() => {
      const [sum, all] = [
        pf.compile((...ts: Tensor[]) => ts.reduce((total, t) => total.add(t))),
        pf.compile((t: Tensor) => Array.from({ length: 300 }, (_, i) => t.add(i))),
      ];
      for (let i = 0; i < 3; i++) {
        const results = all(pf.tensor(i));
        results.forEach((t, k) => assert.is(t.item(), i + k));
        assert.is(sum(...results).item(), 300 * i + (299 * 300) / 2);
      }
      sum.clear();
      all.clear();
    });
  work();
  forget();
  const before = heapBytes();
  work();
  forget();
  assert.is(heapBytes(), before);
});

test("compiled: a chain of constants takes no more than two at a time", () => {
  pf.tidy(() => {
    const compiled = pf.compile((a: Tensor) => a.add(w.matmul(y).matmul(y).matmul(y).matmul(y).matmul(y).sum(0)));
    core.resetStatistics();
    compiled(x);
    assert.ok(core.peakBytes() < 2.2 * BYTES, `${core.peakBytes()} bytes`);
  });
});

test("compiled: where there is no memory to compile, nothing is left behind", () => {
  const body = (): void =>
    pf.tidy(() => {
      const compiled = pf.compile((a: Tensor, b: Tensor) => [a.matmul(b).sin(), w.exp().add(a)]);
      try {
        compiled(x, y);
      } finally {
        compiled.clear();
      }
    });
  body();
  for (let k = 0, error: unknown = true; error; k++)
    leavesNothing(() => {
      error = interfering(Fault.One, k, body);
      assert.ok(error === null || error instanceof pf.OutOfMemoryError, String(error));
    });
});

test("compiled: what is given back while a call runs is not its own", () => {
  pf.tidy(() => {
    // So many that some would take the place of what is given back.
    const others = Array.from({ length: 60 }, (_, i) => w.add(i));
    const f = (a: Tensor, b: Tensor): Tensor[] => {
      const m = a.matmul(b);
      return others.map((t) => m.matmul(t));
    };
    const datas = (of: Tensor[]): unknown[] => of.map((t) => t.data());
    const expected = datas(f(x, y));
    const compiled = pf.compile(f);
    for (const k of [0, 1, 2, 30, 59, 60, 61]) {
      for (let i = 0; i < 2; i++) pf.dispose(compiled(x, y));
      const [results, before] = [[] as Tensor[], pf.backend.memoryBytes];
      interfering(Fault.Reclaim, k, () => results.push(...compiled(x, y)), false);
      assert.equal(datas(results), expected, `${k}`);
      // The place of what is computed on the way stays.
      pf.dispose(results);
      assert.is(pf.backend.memoryBytes, before, `${k}`);
    }
  });
});

test("compiled: wherever memory ends, the next call is right, and nothing is lost", () => {
  const f: F = (a, b) => { const m = a.matmul(b); return [m.sin().matmul(b), m.sum(1), w.exp().add(a), a]; }; // prettier-ignore
  const read = (g: F, a: Tensor): unknown[] => pf.tidy(() => g(a, y).map((t) => t.data()));
  const expected = layouts.map((a) => read(f, a));
  const compiled = pf.compile(f) as unknown as F & { clear(): void };
  const again = (): void => layouts.forEach((a, i) => assert.equal(read(compiled, a), expected[i]));
  const count = (body: () => void): number => {
    const before = core.allocations();
    body();
    return core.allocations() - before;
  };
  for (const isFresh of [true, false]) {
    const body = (): void => {
      if (isFresh) compiled.clear();
      again();
    };
    const requests = count(body);
    for (const fault of [Fault.One, Fault.Reclaim]) {
      for (let k = 0; k < requests; k += Math.max(1, Math.floor(requests / 25))) {
        const nodes = core.liveNodes();
        const error = interfering(fault, k, body, false);
        assert.ok(error === null || error instanceof pf.OutOfMemoryError, String(error));
        if (!isFresh) assert.is(core.liveNodes(), nodes);
        again();
        leavesNothing(again);
      }
    }
  }
  compiled.clear();
});

test.run();
