// Gradients of slices (assembly/transforms/pieces.ts): whichever way pieces lie beside and over each other, their sum is the
// same as that of the slices' cotangents among zeros, and can be differentiated again.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { generator, leavesNothing } from "./support";

type Slice = [dim: number, start: number, end: number, step?: number];
const SHAPE = [6, 5];
const table: [name: string, slices: Slice[], concats?: number][] = [
  ["one", [[0, 1, 3]], 0],
  ["two halves", [[0, 0, 3], [0, 3, 6]], 1], // prettier-ignore
  ["two halves, the later first", [[0, 3, 6], [0, 0, 3]], 1], // prettier-ignore
  ["a gap between, before and after", [[1, 1, 2], [1, 3, 4]], 1], // prettier-ignore
  ["overlapping", [[0, 0, 4], [0, 2, 6]], 0], // prettier-ignore
  ["the same place twice", [[0, 2, 4], [0, 2, 4]], 1], // prettier-ignore
  ["the same start, other lengths", [[0, 1, 2], [0, 1, 4], [0, 1, 5]], 0], // prettier-ignore
  ["windows", [[0, 0, 2], [0, 1, 3], [0, 2, 4], [0, 3, 5], [0, 4, 6]], 2], // prettier-ignore
  ["both dims", [[0, 0, 2], [1, 0, 2], [0, 2, 6], [1, 2, 5]], 1], // prettier-ignore
  ["the whole among parts", [[0, 0, 6], [0, 0, 1], [0, 1, 2]], 1], // prettier-ignore
  ["without elements", [[0, 2, 2], [0, 2, 4], [0, 4, 4]], 1], // prettier-ignore
  ["with steps", [[0, 0, 6, 2], [0, 1, 6, 2], [0, 0, 1], [0, 1, 2]], 1], // prettier-ignore
];
const next = generator(1);
for (let i = 0; i < 60; i++) {
  const slices = Array.from({ length: 2 + Math.floor(next() * 8) }, (): Slice => {
    const dim = next() < 0.8 ? 0 : 1;
    const start = Math.floor(next() * SHAPE[dim]!);
    return [dim, start, start + Math.floor(next() * (SHAPE[dim]! + 1 - start)), next() < 0.9 ? 1 : 2];
  });
  table.push([`random ${i}: ${slices.map((slice) => slice.join(" ")).join(", ")}`, slices]);
}

const size = SHAPE[0]! * SHAPE[1]!;
const x0 = () =>
  pf.tensor(
    Float64Array.from({ length: size }, (_, i) => i - 11),
    { shape: SHAPE },
  );
// Σ over the slices of (k + 1)·Σ slice²
const energy = (slices: readonly Slice[]) => (x: Tensor) =>
  slices.map((slice, k) => x.slice(...slice).square().sum().mul(k + 1)).reduce((a, b) => a.add(b)); // prettier-ignore

for (const [name, slices, concats] of table) {
  test(name, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        const x = x0();
        // How often each element counts.
        const weight = new Float64Array(size);
        slices.forEach(([dim, start, end, step = 1], k) => {
          for (let i = 0; i < size; i++) {
            const at = dim ? i % SHAPE[1]! : Math.floor(i / SHAPE[1]!);
            if (at >= start && at < end && (at - start) % step === 0) weight[i]! += k + 1;
          }
        });
        const values = x.data();
        const [, gradient] = pf.functional.vjp(energy(slices), x);
        assert.equal(
          Array.from(gradient.data(), (g) => g + 0),
          Array.from(weight, (w, i) => 2 * w * values[i]! + 0),
        );
        const [, product] = pf.functional.hvp(energy(slices), x, pf.ones(SHAPE, { dtype: "float64" }));
        assert.equal(
          product.data(),
          weight.map((w) => 2 * w),
        );
        if (concats === undefined) return;
        const { nodes } = pf.inspect(() => pf.functional.vjp(energy(slices), x, null, { createGraph: true })[1]);
        assert.is(nodes.filter(({ op }) => op === "Concat").length, concats);
      }),
    );
  });
}

test("a piece with a handle stays in the graph: its user may differentiate by it", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const x = pf.tensor([1, 2, 3, 4], { requiresGrad: true });
      const w = pf.tensor([5, 6], { requiresGrad: true });
      const padded = pf.nn.functional.pad(w, [0, 2]);
      // d(padded·x)/dx is padded itself, beside another piece.
      const y = padded.mul(x).sum().add(x.slice(0, 2).sum());
      const [gradient] = pf.autograd.grad(padded.clone().mul(1), padded, { gradOutputs: padded, createGraph: true });
      assert.equal(gradient!.toArray(), [5, 6, 0, 0]);
      const [byX] = pf.autograd.grad(y, x, { createGraph: true });
      const [byPadded] = pf.autograd.grad(byX!.mul(pf.tensor([1, 2, 3, 4])).sum(), padded);
      assert.equal(byPadded!.toArray(), [1, 2, 3, 4]);
    }),
  );
});

test("cotangents that are pads with handles stay in the graph, beside each other and over each other", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const [a, b] = [[1, 2], [3, 4]].map((values) => pf.tensor(values, { requiresGrad: true })) as [Tensor, Tensor]; // prettier-ignore
      const y = pf.tensor([1, 1, 1, 1], { requiresGrad: true });
      const z = y.mul(2);
      const [left, right] = [pf.nn.functional.pad(a, [0, 2]), pf.nn.functional.pad(b, [2, 0])];
      for (const pads of [
        [left, right],
        [left, left],
      ]) {
        const [gradient] = pf.autograd.grad([z, z], [y], { gradOutputs: pads, createGraph: true });
        assert.equal(gradient!.toArray(), pads[1] === right ? [2, 4, 6, 8] : [4, 8, 0, 0]);
        const [byLeft] = pf.autograd.grad(gradient!.sum(), left, { retainGraph: true });
        assert.equal(byLeft!.toArray(), Array(4).fill(pads[1] === right ? 2 : 4));
      }
    }),
  );
});

test("pieces that a user's backward reads or keeps while they wait are added up as they are", () => {
  const held: Tensor[] = [];
  const readers: ((g: Tensor) => unknown)[] = [(g) => g.data(), (g) => held.push(pf.keep(g)), (g) => g.sum().item()];
  const spans: [start: number, end: number][][] = [
    [[0, 1], [1, 2]],
    [[0, 2], [2, 4]],
    [[1, 2], [1, 2]],
    [[1, 3], [2, 4], [0, 1]],
  ]; // prettier-ignore
  for (const read of readers)
    for (const slices of spans)
      pf.tidy(() => {
        const f = pf.autograd.customFunction({
          forward: (_, x: Tensor) => x.mul(1),
          backward(_, g: Tensor) {
            read(g);
            return g;
          },
        });
        const [x, w] = [pf.tensor([1, 2, 3, 4], { requiresGrad: true }), pf.tensor([1, 2, 3, 4], { requiresGrad: true })]; // prettier-ignore
        const z = x.mul(3);
        // Slices of z + f(w) = 4x, squared: z waits for all of them, each f is called before.
        const y = slices.map((span) => z.add(f(w)).slice(0, ...span).square().sum()).reduce((a, b) => a.add(b)); // prettier-ignore
        const times = [1, 2, 3, 4].map((v, i) => 8 * v * slices.filter(([a, b]) => a <= i && i < b).length);
        const [byX, byW] = pf.autograd.grad(y, [x, w]);
        assert.equal(byX!.toArray(), times.map((t) => 3 * t)); // prettier-ignore
        assert.equal(byW!.toArray(), times);
      });
  held.forEach((g) => g.dispose());
});

test("pieces whose cotangents a user's backward disposes after they were read", () => {
  pf.tidy(() => {
    const cotangents = [pf.tensor([1, 2]), pf.tensor([3, 4])];
    const others: Tensor[] = [];
    const f = pf.autograd.customFunction({
      forward: (_, x: Tensor) => x.mul(1),
      backward(_, g: Tensor) {
        g.data();
        if (others.length) for (const each of cotangents) each.dispose();
        for (let i = 0; i < 8; i++) others.push(pf.keep(pf.tensor([50 + i, 60])));
        return g;
      },
    });
    const [x, w] = [pf.tensor([1, 2, 3, 4], { requiresGrad: true }), pf.tensor([1, 2, 3, 4], { requiresGrad: true })];
    const z = x.mul(3);
    const slices = [z.add(f(w)).narrow(0, 0, 2), z.add(f(w)).narrow(0, 2, 2)];
    const [byX, byW] = pf.autograd.grad(slices, [x, w], { gradOutputs: cotangents });
    assert.equal(byX!.toArray(), [3, 6, 9, 12]);
    assert.equal(byW!.toArray(), [1, 2, 3, 4]);
    others.forEach((each, i) => assert.is(each.data()[0], 50 + (i % 8)));
    others.forEach((each) => each.dispose());
  });
});

test("contributions that surround nothing with zeros are no pieces", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const x = x0().mul(0.1);
      const sums = x.sum(1, true);
      // Each row's sum r goes into exp r and sin r: eʳ + cos r for every element of the row.
      const f = (x: Tensor): Tensor => x.sum(1, true).exp().sum().add(x.sum(1, true).sin().sum()); // prettier-ignore
      const want = sums.exp().add(sums.cos()).expand(SHAPE);
      assert.ok(pf.functional.vjp(f, x)[1].sub(want).abs().max().item() < 1e-12);
      // A user's backward may give pads that are filled with something else.
      const filled = pf.autograd.customFunction({
        forward: (_, x: Tensor) => x.narrow(0, 1, 2),
        backward: (_, g: Tensor) => pf.nn.functional.pad(g, [1, 1], "constant", 7),
      });
      const g = pf.tensor([1, 2, 3, 4]);
      const h = (x: Tensor): Tensor => filled(x).sum().add(filled(x).sum().mul(2));
      assert.equal(pf.functional.vjp(h, g)[1].toArray(), [14, 3, 3, 14]);
    }),
  );
});

test("corners: what is surrounded in two dims is laid beside nothing", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const x = x0();
      const corners = (x: Tensor): Tensor[] => [x.at("0:2", "0:2"), x.at("2:4", "2:4"), x.at("4:6", "1:3"), x.at("0:2", "3:5")]; // prettier-ignore
      const [, gradient] = pf.functional.vjp((x: Tensor) => corners(x).reduce((sum, c, k) => sum.add(c.square().sum().mul(k + 1)), pf.tensor(0)), x); // prettier-ignore
      const within = (i: number, j: number): number =>
        i < 2 && j < 2 ? 1 : i >= 2 && i < 4 && j >= 2 && j < 4 ? 2 : i >= 4 && j >= 1 && j < 3 ? 3 : i < 2 && j >= 3 ? 4 : 0; // prettier-ignore
      const want = Array.from(x.data(), (v, at) => 2 * v * within(Math.floor(at / SHAPE[1]!), at % SHAPE[1]!) + 0);
      assert.equal(
        Array.from(gradient.data(), (g) => g + 0),
        want,
      );
    }),
  );
});

test("the tangent of a concat is one concat", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const parts = [pf.ones([2, 1]), pf.ones([2, 3]), pf.ones([2, 2])];
      const summary = pf.inspect(() => pf.functional.jvp((...xs: Tensor[]) => pf.cat(xs, 1), parts, parts)).summary;
      assert.is(summary.kernels, 2);
    }),
  );
});

test.run();
