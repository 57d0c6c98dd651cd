// Work that is only noted holds what it will be computed from. Where memory grows and a result comes to little, it is computed
// before anybody asks: loops that never read it live on, also those that never turn the event loop.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { Fault } from "../../assembly/abi/failures";
import { core } from "../../host/core/memory";
import { f32, near } from "../ops/support";
import { interfering } from "./exhaustion";
import { leavesNothing } from "./support";

const MIB = 2 ** 20;
const STEPS = 300;
const input = (): Tensor => pf.tensor(new Float32Array(65_536).fill(2), { shape: [256, 256] });
const weights = (): Tensor => pf.full([256, 8], 0.01).detach().requiresGrad_();

/** Loops of 300 steps whose inputs or activations come to 75 MiB: what a step adds to what is there, and the sum of the end. */
const loops: [name: string, step: (state: Tensor[]) => Tensor[], end: number][] = [
  ["a running total of what has been read", ([total]) => {
      const x = input();
      x.mul(2).sum().item();
      return [total!.add(x.mul(2).mean())];
    }, 4 * STEPS],
  ["a list of metrics", (list) => [...list, input().mean()], 2 * STEPS],
  ["rows of what has been read", (list) => {
      const x = input().add(0);
      x.sum().item();
      return [...list, x.at(0)];
    }, 512 * STEPS],
  ["a detached loss, added up", ([total]) => {
      const w = weights();
      const loss = input().matmul(w).mean();
      loss.item();
      return [total!.add(loss.detach().mul(0)).add(1)];
    }, STEPS],
]; // prettier-ignore

for (const [name, step, end] of loops) {
  test(`pending results hold no more than a part of the limit: ${name}`, () => {
    const before = pf.backend.memoryBytes;
    pf.configure({ maxMemoryBytes: pf.backend.reservedBytes + 48 * MIB });
    let state = name.includes("list") || name.includes("rows") ? [] : [pf.zeros([])];
    let most = 0;
    for (let i = 0; i < STEPS; i++) {
      state = pf.replace(state, step);
      most = Math.max(most, pf.backend.memoryBytes - before);
    }
    pf.configure({ maxMemoryBytes: 2 ** 32 });
    assert.ok(most < pf.backend.reservedBytes / 8 + 10 * MIB, `${Math.round(most / MIB)} MiB`);
    assert.is(
      pf.tidy(() => state.map((t) => t.sum().item()).reduce((a, b) => a + b)),
      end,
    );
    pf.dispose(state);
  });
}

test("gradients that accumulate over many losses that are read hold no loss's graph", () => {
  const w = weights();
  const before = pf.backend.memoryBytes;
  pf.configure({ maxMemoryBytes: pf.backend.reservedBytes + 48 * MIB });
  let most = 0;
  for (let i = 0; i < STEPS; i++) {
    pf.tidy(() => {
      const loss = input().matmul(w).sum();
      loss.item();
      loss.backward();
    });
    most = Math.max(most, pf.backend.memoryBytes - before);
  }
  pf.configure({ maxMemoryBytes: 2 ** 32 });
  assert.ok(most < pf.backend.reservedBytes / 8 + 10 * MIB, `${Math.round(most / MIB)} MiB`);
  assert.equal(w.grad!.at(0, 0).item(), 512 * STEPS);
  w.dispose();
});

/** So many inputs that pending work is looked through. */
const crowd = (): number => {
  const limit = pf.backend.reservedBytes + 48 * MIB;
  return Math.ceil((4 * Math.min(limit / 8, (limit - pf.backend.memoryBytes) / 2)) / MIB) + 8;
};
test("what is large, and what derivatives go through, is not computed before it is read", () => {
  const limit = pf.backend.reservedBytes + 48 * MIB;
  pf.configure({ maxMemoryBytes: limit });
  const w = weights();
  // What comes to more than 1/512 of the limit is large.
  const [large, loss, other] = [pf.ones([limit >> 10]).exp(), input().matmul(w).exp().mean(), w.exp().mean()];
  const detached = [loss.detach(), loss.mul(2).detach().requiresGrad_()];
  const small = pf.ones([3]).mul(2);
  const held = Array.from({ length: crowd() }, () => pf.tidy(() => input().add(1)));
  for (const t of held) pf.tidy(() => t.sum().item());
  assert.is(core.isComputed(small.node), 1);
  assert.is(core.isComputed(large.node), 0);
  assert.is(core.isComputed(loss.node), 1, "what is detached is computed, with what it shows");
  assert.equal(detached.map(({ node }) => core.isComputed(node)), [1, 1]); // prettier-ignore
  assert.is(core.isComputed(other.node), 0);
  pf.configure({ maxMemoryBytes: 2 ** 32 });
  pf.dispose([large, loss, other, detached, small, w, held]);
});

test("where there is no memory for what is pending, it is computed when there is", () => {
  const list: Tensor[] = [];
  const grow = (): void => {
    pf.configure({ maxMemoryBytes: pf.backend.reservedBytes + 48 * MIB });
    core.trace(1);
    for (let i = crowd(); i > 0; i--) list.push(pf.tidy(() => input().mean()));
    core.trace(-1);
  };
  const computed = (): number => list.filter((t) => core.isComputed(t.node)).length;
  // There is no room to list it, or to evaluate it.
  for (const k of [0, 2]) {
    grow();
    interfering(Fault.All, k, () => list.push(list[0]!.neg()), false);
    assert.is(computed(), 0);
  }
  const before = list.length;
  grow();
  list.push(list[0]!.neg());
  assert.ok(
    list.slice(0, before).every((t) => core.isComputed(t.node)),
    `${computed()} of ${list.length}`,
  );
  pf.configure({ maxMemoryBytes: 2 ** 32 });
  pf.dispose(list);
});

/** Two totals of the same terms, the second times `factor`, that come to half as much again as there may be; and an element. */
const totalsOf = (factor: Tensor, first = pf.zeros([256, 256])): [totals: Tensor[], element: number] => {
  const limit = pf.backend.reservedBytes + 48 * MIB;
  pf.configure({ maxMemoryBytes: limit });
  const [x, y] = [pf.full([256, 2], 2).detach(), pf.ones([2, 256]).detach()];
  let totals = [first.add(0), first.add(0)];
  const terms = Math.ceil((6 * limit) / MIB);
  for (let i = 0; i < terms; i++) {
    totals = pf.replace(totals, ([a, b]) => {
      const term = x.add(i).matmul(y);
      return [a!.add(term), b!.add(term.mul(factor))];
    });
  }
  pf.dispose([x, y]);
  let sum = 0;
  for (let i = 0; i < terms; i++) sum += 2 * (2 + i);
  return [totals, sum];
};
test("two totals of the same terms take no memory for the terms, whichever is read", () => {
  for (const read of [0, 1]) {
    const [totals, element] = totalsOf(f32(0.5));
    assert.is(totals[read]!.at(3, 5).item(), read ? element / 2 : element);
    pf.configure({ maxMemoryBytes: 2 ** 32 });
    pf.dispose(totals);
  }
});
test("what was computed for results that are pending is given back where memory ends", () => {
  const factor = f32(0.5).requiresGrad_();
  const first = pf.full([256, 1], 0).matmul(pf.ones([1, 256]));
  const [totals, element] = totalsOf(factor, first);
  const before = pf.backend.memoryBytes;
  core.trace(1); // nothing else is computed meanwhile
  assert.throws(() => totals[0]!.at(3, 5).item(), /out of memory/);
  core.trace(-1);
  assert.is(core.isComputed(first.node), 1, "what has a handle stays");
  assert.throws(() => totals[0]!.at(3, 5).item(), /out of memory/);
  assert.ok(pf.backend.memoryBytes < before + MIB, `${(pf.backend.memoryBytes - before) / MIB} MiB`);
  assert.is(core.isComputed(totals[0]!.node), 0);
  totals[1]!.dispose();
  assert.is(totals[0]!.at(3, 5).item(), element);
  pf.configure({ maxMemoryBytes: 2 ** 32 });
  pf.dispose([totals[0]!, factor, first]);
});

test("of much that is pending what has a handle is computed, and nothing that leads to it stays", () => {
  const w = weights();
  const before = pf.backend.memoryBytes;
  const early = w.exp();
  let t = w.neg();
  for (let i = 0; i < 3 * 4096; i++) {
    const next = t.neg();
    t.dispose();
    t = next;
  }
  assert.is(core.isComputed(early.node), 1);
  const values = (pf.backend.memoryBytes - before) / (4 * w.numel);
  assert.ok(values < 1000, `${values} values are held`); // those between programs
  pf.dispose([w, early, t]);
});

test("what can't be computed does not keep others from being", () => {
  const bad = pf.gather(pf.ones([3]), 0, pf.tensor([5]).int().add(1));
  const more: Tensor[] = [];
  for (let i = 0; i < 3 * 4096; i++) more.push(pf.tidy(() => pf.ones([2]).mul(i)));
  assert.is(core.isComputed(more[0]!.node), 0);
  assert.is(core.isComputed(more[4200]!.node), 1);
  assert.throws(() => bad.data(), /index 6 is out of bounds/);
  assert.equal(more[5]!.data(), Float32Array.of(5, 5));
  pf.dispose([more, bad]);
});

/** More and more pending results, until they are computed unasked. */
function untilFlushed(): Tensor[] {
  const list = [pf.tidy(() => pf.ones([2]).mul(3))];
  while (!core.isComputed(list[0]!.node)) {
    list.push(pf.tidy(() => pf.ones([2]).mul(list.length)));
    assert.ok(list.length < 2 ** 17);
  }
  return list;
}
const outOfBounds = (): Tensor => pf.tidy(() => pf.gather(pf.ones([3]), 0, pf.tensor([5]).int().add(1)));
test("what an evaluation that broke off has not come to is pending still, and what it has is not", () => {
  pf.dispose(untilFlushed()); // what others have left for the next evaluation is done
  leavesNothing(() => {
    const [bad, late] = [outOfBounds(), pf.tidy(() => pf.ones([2]).mul(7))];
    assert.throws(() => pf.evaluate(bad, late), /index 6 is out of bounds/);
    assert.is(core.isComputed(late.node), 0);
    bad.dispose();
    pf.dispose(untilFlushed());
    assert.is(core.isComputed(late.node), 1);
    late.dispose();
  });
  leavesNothing(() =>
    pf.tidy(() => {
      const x = pf.ones([2]).exp();
      const detached = x.detach();
      const bad = outOfBounds();
      assert.throws(() => pf.evaluate(detached, x, bad), /index 6 is out of bounds/);
      assert.is(core.isComputed(detached.node), 1);
      core.settleDetached();
    }),
  );
});
test("what an evaluation found not worth storing is not pending, though a derivative may ask for it", () => {
  const w = pf.tensor([1, 2], { requiresGrad: true });
  pf.dispose(untilFlushed());
  core.trace(1); // or else it would be computed in parts
  const y = pf.tidy(() => Array.from({ length: 9000 }).reduce((t: Tensor) => t.neg(), w));
  assert.equal(y.data(), f32([1, 2]).data());
  const other = pf.tidy(() => pf.ones([2]).exp());
  core.trace(-1);
  pf.ones([2]).dispose(); // the end of an op, where there is much that is pending
  assert.is(core.isComputed(other.node), 0);
  assert.equal(pf.autograd.grad(y.sum(), w)[0]!.data(), f32([1, 1]).data());
  pf.dispose([w, y, other]);
});

test("an error that is found late comes to whoever reads it, and no other result is lost", () => {
  pf.configure({ maxMemoryBytes: pf.backend.reservedBytes + 48 * MIB });
  const list: Tensor[] = [];
  const bad = pf.gather(pf.ones([3]), 0, pf.tensor([5]).int().add(1));
  for (let i = 0; i < 150; i++) list.push(pf.tidy(() => input().mean()));
  assert.throws(() => bad.data(), /index 6 is out of bounds/);
  assert.is(list[0]!.item() + list[149]!.item(), 4);
  pf.configure({ maxMemoryBytes: 2 ** 32 });
  pf.dispose([list, bad]);
});

test("a leaf that was detached before its values were read holds no history", () => {
  const before = pf.backend.memoryBytes;
  const direct = pf.tidy(() => input().exp().detach().requiresGrad_()); // prettier-ignore
  direct.data();
  assert.is(core.inputCount(direct.node), 0);
  direct.dispose();
  const x = input().add(0);
  const leaf = x.sum().detach().requiresGrad_();
  const y = x.sum();
  y.item();
  core.settleDetached();
  const source = x.mul(2);
  const copy = source.detach().requiresGrad_();
  source.data();
  core.settleDetached();
  assert.is(core.inputCount(copy.node), 0);
  pf.dispose([x, y, source, leaf, copy]);
  assert.ok(pf.backend.memoryBytes - before < 1024 * 1024);
});

// A call of a custom function is never computed, and its argument may never have to be: were they gone through whenever there is
// much that is pending, each op would bring a search, and be computed alone.
const { customFunction } = pf.autograd;
const backward = (_: unknown, cotangent: Tensor): Tensor => cotangent.neg();
const chains: [name: string, link: (x: Tensor) => Tensor][] = [
  ["computed from the argument", customFunction({ forward: (_, x: Tensor) => x.neg(), backward })],
  ["whatever the argument", customFunction({ forward: (_, x: Tensor) => pf.ones(x.shape), backward })],
];
for (const [name, link] of chains) {
  test(`ops after 10,000 calls of a custom function are computed together: ${name}`, () => {
    const x = pf.ones([]).requiresGrad_();
    let y = link(x);
    for (let i = 1; i < 10_000; i++) {
      const next = link(y);
      y.dispose();
      y = next;
    }
    core.resetStatistics();
    assert.is(
      pf.tidy(() =>
        Array.from({ length: 50 })
          .reduce((sum: Tensor) => sum.add(1), pf.ones([3]))
          .at(0)
          .item(),
      ),
      51,
    );
    assert.ok(core.kernelsRun() <= 2, `${core.kernelsRun()} kernels`);
    const [gradient] = pf.autograd.grad(y, [x]);
    assert.is(gradient!.item(), 1);
    pf.dispose([x, y, gradient]);
  });
}

test("what is detached from what is computed is settled, and nothing else", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const w = pf.tensor([1, 2], { requiresGrad: true });
      const z = w.exp();
      const [settled, opposite, waiting] = [z.detach(), z.neg(), w.mul(2).detach()];
      pf.evaluate(z);
      core.settleDetached();
      assert.equal([settled, opposite, waiting].map((t) => core.isComputed(t.node)), [1, 0, 0]); // prettier-ignore
      near(settled, f32([Math.E, Math.E ** 2]), 1e-6);
      near(opposite, f32([-Math.E, -(Math.E ** 2)]), 1e-6);
      assert.equal(waiting.tolist(), [2, 4]);
    }),
  );
});

test.run();
