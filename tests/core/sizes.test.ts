// Sizes near and beyond what a tensor can have: computed wide, checked once, refused with the true number; and what is accepted is
// right up to the last of 2³¹-1 elements. Expanded views are as large as one likes and take nothing.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import { slice } from "../../host/core/prim";
import { withinOp } from "../../host/core/op-scope";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { nodeOf } from "../../host/tensor/tensor";
import { leavesNothing } from "./support";

const MOST = 2 ** 31 - 1;
const HALF = 2 ** 30;
const ROOT = 65536;
const one = pf.tensor([1]);
const half = one.expand([HALF]);
const root = one.expand([ROOT]);
const int = (...values: number[]): Tensor => pf.tensor(Int32Array.from(values));
const image = pf.ones([1, 1, 6, 6]);
const signal = pf.ones([1, 1, 10]);
const F = pf.nn.functional;

/** [what, a call, a number that its message has to tell] */
const refused: [string, () => unknown, number][] = [
  ["cat", () => pf.cat([half, half]), 2 ** 31],
  ["cat of three", () => pf.cat([half, half, half]), 3 * HALF],
  ["cat along another dim", () => pf.cat([half.reshape(2, -1), half.reshape(2, -1)], 1), HALF],
  ["hstack", () => pf.hstack([half, half]), 2 ** 31],
  ["stack", () => pf.stack([half, half]), HALF],
  ["pad", () => F.pad(half, [HALF, 0]), 2 ** 31],
  ["pad on both sides", () => F.pad(half, [MOST, MOST]), 2 * MOST + HALF],
  ["pad and cut", () => F.pad(half, [-HALF + 1, MOST]), 2 ** 31],
  ["pad, replicate", () => F.pad(half.reshape(1, 1, HALF), [HALF, 5], "replicate"), 2 * HALF + 5],
  ["pad, reflect", () => F.pad(half.reshape(1, 1, HALF), [HALF - 1, HALF - 1], "reflect"), 3 * HALF - 2],
  ["pad, circular", () => F.pad(half.reshape(1, 1, HALF), [HALF, HALF], "circular"), 3 * HALF],
  ["interpolate", () => F.interpolate(image, { scaleFactor: 1e9 }), 6e9],
  ["interpolate, wrapping to what is valid", () => F.interpolate(image, { scaleFactor: 2 ** 32 / 6 + 1 }), 2 ** 32 + 6],
  ["interpolate, beyond all integers", () => F.interpolate(image, { scaleFactor: 1e300 }), 6e300],
  ["interpolate, bilinear", () => F.interpolate(image, { scaleFactor: 1e6, mode: "bilinear" }), 6e6],
  ["interpolate, area", () => F.interpolate(image, { scaleFactor: 1e9, mode: "area" }), 6e9],
  ["repeat", () => half.repeat(4), HALF],
  ["repeat along two dims", () => half.repeat(MOST, MOST), MOST],
  ["tile", () => half.tile([4]), HALF],
  ["repeatInterleave", () => half.repeatInterleave(4), HALF],
  ["kron", () => pf.kron(half, half), HALF],
  ["outer", () => pf.outer(half, half), HALF],
  ["diagEmbed", () => pf.diagEmbed(one.expand([46341])), 46341 ** 2],
  ["diag with an offset", () => pf.diag(pf.ones([3]), 50000), 50003 ** 2],
  ["oneHot", () => F.oneHot(int(0).expand([HALF]), 4), HALF],
  ["arange", () => pf.arange(3e9), 3e9],
  ["arange of tiny steps", () => pf.arange(0, 1, 1e-12), 1e12],
  ["eye", () => pf.eye(46341), 46341],
  ["zeros", () => pf.zeros([ROOT, ROOT]), ROOT],
  ["rand", () => pf.rand([ROOT, ROOT]), ROOT],
  ["expand", () => one.expand([ROOT, ROOT]), ROOT],
  ["broadcasting", () => root.unsqueeze(1).add(root), ROOT],
  ["matmul", () => root.unsqueeze(1).matmul(root.unsqueeze(0)), ROOT],
  ["einsum", () => pf.einsum("i,j->ij", half, half), HALF],
  ["cartesianProd", () => pf.cartesianProd(root, root), ROOT ** 2],
  ["jacobian", () => pf.functional.jacobian((x) => x.mul(2), root), ROOT],
  ["jacobian by columns", () => pf.functional.jacobian((x) => x.sin(), root, { strategy: "forward-mode" }), ROOT],
  ["hessian", () => pf.functional.hessian((x) => x.square().sum(), root), ROOT],
  ["jacrev", () => pf.func.jacrev((x: Tensor) => x.exp())(root), ROOT],
  ["hessian of func", () => pf.func.hessian((x: Tensor) => x.exp().sum())(root), ROOT],
  ["meshgrid", () => pf.meshgrid([root, root]), ROOT],
  ["blockDiag", () => pf.blockDiag([root.unsqueeze(1), root.unsqueeze(0)]), ROOT + 1],
  ["cdist", () => pf.cdist(root.unsqueeze(1), root.unsqueeze(1)), ROOT],
  ["embedding", () => F.embedding(int(0).expand([HALF]), pf.ones([5, 4])), HALF],
  ["unfold", () => one.expand([2 * ROOT]).unfold(0, ROOT, 1), ROOT + 1],
  ["a convolution's padding", () => F.conv1d(signal, pf.ones([1, 1, 1]), { padding: MOST }), 2 * MOST + 10],
  ["a convolution's output", () => F.conv2d(image, pf.ones([1, 1, 1, 1]), { padding: 100000 }), 200006],
  ["a convolution's channels", () => F.conv1d(one.expand([1, 1, ROOT]), one.expand([ROOT, 1, 1])), ROOT],
  ["a convolution's dilation", () => F.conv1d(signal, pf.ones([1, 1, 3]), { dilation: MOST }), 2 * MOST + 1],
  ["a transposed convolution", () => F.convTranspose1d(signal, pf.ones([1, 1, 3]), { stride: MOST }), 9 * MOST + 5],
  ["vmap", () => pf.func.vmap((t: Tensor) => t.expand([ROOT]))(root), ROOT],
];
for (const [what, call, size] of refused) {
  test(`sizes: refused: ${what}`, () => {
    leavesNothing(() =>
      pf.tidy(() =>
        assert.throws(
          call,
          (error: unknown) => error instanceof pf.ShapeError && error.message.includes(String(size)),
          String(size),
        ),
      ),
    );
  });
}

const most = one.expand([MOST]);
const nearMost = one.expand([2147483600]);
const yes = pf.tensor([true]).expand([MOST]);
/** [what, what it gives, and what is right] */
const accepted: [string, () => unknown, unknown][] = [
  ["cat to the largest shape", () => pf.cat([half, half.narrow(0, 0, HALF - 1)]).shape, [MOST]],
  ["pad to the largest shape", () => F.pad(half, [HALF - 1, 0]).shape, [MOST]],
  ["linspace", () => pf.linspace(0, 1, MOST).shape, [MOST]],
  ["the largest of as many", () => nearMost.amax().item(), 1],
  ["the smallest of as many", () => nearMost.mul(-1).neg().shape, [2147483600]],
  ["the extremes of rows", () => one.expand([3, 715827882]).amin(1).toArray(), [1, 1, 1]],
  ["the sum of as many", () => int(1).expand([MOST]).sum().item(), MOST],
  ["the position of the largest", () => most.argmax(0).item(), 0],
  ["a slice at the end", () => most.slice(0, MOST - 2, MOST).toArray(), [1, 1]],
  ["a slice in long steps", () => most.slice(0, 5, MOST, 1_000_000_000).toArray(), [1, 1, 1]],
  ["the last element, reversed", () => most.flip(0).select(0, MOST - 1).item(), 1],
  ["the last element by its index", () => most.indexSelect(0, int(MOST - 1)).item(), 1],
  ["an index beyond", () => assert.throws(() => most.indexSelect(0, int(MOST)).item(), /out of bounds/), undefined],
  ["gather at the far end", () => most.reshape(1, MOST).gather(1, int(MOST - 1, 0).reshape(1, 2)).toArray(), [[1, 1]]],
  ["a constant", () => pf.full([MOST], 3).amax().item(), 3],
  ["all", () => yes.all().item(), 1],
  ["equal", () => pf.equal(nearMost, nearMost.add(0)), true],
  ["allclose", () => pf.allclose(nearMost, nearMost.add(1)), false],
]; // prettier-ignore
for (const [what, call, right] of accepted) {
  test(`sizes: accepted: ${what}`, () => {
    leavesNothing(() => pf.tidy(() => assert.equal(call(), right)));
  });
}

// What is kept of a huge view is computed without its repeats.
const huge: [string, () => Tensor][] = [
  ["expanded", () => one.expand([MOST])],
  ["expanded along one dim", () => pf.tensor([1, 1, 1]).expand([MOST / 3 - 1, 3].map(Math.floor))],
  ["reshaped", () => one.expand([MOST]).reshape(1, MOST)],
  ["transposed and flipped", () => one.expand([1, MOST]).mT.flip(0)],
  ["detached", () => one.expand([MOST]).detach()],
  ["a constant", () => pf.full([MOST], 1)],
  ["evaluated before", () => { const x = one.expand([MOST]); pf.evaluate(x); return x; }],
]; // prettier-ignore
const pointwise: [string, (x: Tensor) => Tensor, number][] = [
  ["a product", (x) => x.mul(2), 2],
  ["a predicate", (x) => x.logicalNot(), 0],
  ["a cast", (x) => x.int(), 1],
  ["a power", (x) => x.pow(3), 1],
  ["where", (x) => pf.where(x.gt(3), x, x.add(one)), 2],
  ["a chain", (x) => x.mul(3).add(1).sqrt().neg(), -2],
];
for (const [view, make] of huge) {
  test(`sizes: accepted: what is computed of a huge view takes no memory: ${view}`, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        const x = make();
        for (const [what, f, value] of pointwise) {
          const before = core.memoryBytes();
          const y = f(x);
          assert.equal([y.shape, y.at("...", -1).amax().item(), y.at(0).amax().item()], [x.shape, value, value], what);
          assert.ok(core.memoryBytes() - before < 1e5, what);
        }
      }),
    );
  });
}
const HUGE = 2 ** 24;
/** [what is there, what it is expanded to] */
const partly: [number[], number[]][] = [
  [[3], [HUGE / 2, 3]],
  [[3, 1], [3, HUGE / 2]],
  [[2, 1, 3], [2, HUGE / 4, 3]],
  [[3, 1], [4096, 3, 4096]],
  [[1, 3, 1], [1, 3, HUGE / 2]],
  [[2, 1], [1, 2, HUGE / 2]],
  [[2, 3], [HUGE / 4, 2, 3]],
  [[2, 1], [HUGE / 2, 2, 1]],
]; // prettier-ignore
for (const [from, to] of partly) {
  test(`sizes: accepted: [${from}] that repeats to [${to}] is computed once, with what the other dims hold`, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        const held = Array.from({ length: from.reduce((a, b) => a * b) }, (_, i) => i + 1);
        const evaluated = (x: Tensor): Tensor => (pf.evaluate(x), x);
        const aliased = (x: Tensor): Tensor => x.detach().pow(1).detach();
        for (const make of [(x: Tensor) => x, aliased, evaluated, (x: Tensor) => aliased(evaluated(x))]) {
          const base = pf.tensor(held, { shape: from });
          const view = base.expand(to);
          const x = make(view);
          // What is computed has let go of its operand, whose place others take.
          base.dispose();
          for (let i = 0; i < 4; i++) pf.ones(from.map(() => 1)).exp();
          const before = core.memoryBytes();
          const all: [Tensor, (v: number) => number][] = [
            [x.neg(), (v) => -v],
            [x.int(), (v) => v],
            [x.mul(x), (v) => v * v],
            [one.expand(to).add(x), (v) => v + 1],
            [pf.where(x.gt(2), one.mul(7), x), (v) => (v > 2 ? 7 : v)],
          ];
          for (const [y, f] of all) {
            assert.equal(y.shape, to);
            const last = to.reduce((part, size, i) => (size > 3 ? part.narrow(i, size - 1, 1) : part), y);
            assert.equal(Array.from(last.data()), held.map(f));
          }
          assert.ok(core.memoryBytes() - before < 1e5, `${core.memoryBytes() - before} bytes`);
        }
      }),
    );
  });
}
test("sizes: accepted: what is made of one element by more than views is not that element again and again", () => {
  pf.tidy(() => {
    const yes = pf.tensor([true]);
    const padded = F.pad(yes, [0, HUGE - 1]);
    for (const x of [padded, yes.expand([HUGE]).logicalAnd(padded), padded.detach()]) {
      const y = x.logicalNot();
      assert.equal([y.at(0).item(), y.at(-1).item()], [0, 1]);
    }
  });
});
test("sizes: accepted: derivatives by a huge view that has a handle, and by what it shows", () => {
  const leaf = pf.tensor([3]).requiresGrad_();
  const view = leaf.expand([1 << 24]);
  const y = view.mul(view).amax();
  assert.is(pf.autograd.grad(y, [view], { retainGraph: true })[0]!.at(5).item(), 6 / (1 << 24));
  assert.is(pf.autograd.grad(y, [leaf])[0]!.item(), 6);
});

test("sizes: accepted: programs whose last block ends where the numbers do", () => {
  const compiled = (f: (x: Tensor) => Tensor): unknown => pf.tidy(() => pf.compile(f)(one).toArray());
  assert.is(
    compiled((x) => x.expand([MOST]).mul(2).amax()),
    2,
  );
  assert.equal(
    compiled((x) =>
      x
        .expand([2, HALF - 1])
        .mul(3)
        .amin(1),
    ),
    [3, 3],
  );
});
test("sizes: what does not fit into memory is an OutOfMemoryError", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      for (const make of [() => pf.cat([half, half.narrow(0, 0, 5)]), () => most.add(1), () => F.pad(half, [5, 5])]) {
        assert.throws(() => make().data(), (error: unknown) => error instanceof pf.OutOfMemoryError); // prettier-ignore
      }
    }),
  );
});
test("sizes: a scale that is no number is refused", () => {
  assert.throws(
    () => F.interpolate(image, { scaleFactor: NaN }),
    (error: unknown) => error instanceof pf.ShapeError,
  );
});

test("the core refuses a slice that reaches beyond its operand, whoever asks", () => {
  const size = 5;
  pf.tidy(() => {
    const node = nodeOf(pf.arange(size));
    for (const start of [-6, -1, 0, 1, 4, 5, 6])
      for (const length of [-1, 0, 1, 2, 5, 6])
        for (const step of [-1, 0, 1, 2, 4, 5]) {
          const last = start + (length - 1) * step;
          const isRight = start >= 0 && length >= 0 && step > 0 && (length === 0 || last < size);
          const what = `start ${start}, length ${length}, step ${step}`;
          const call = (): number => withinOp("slice", () => core.numelOf(slice(node, [start], [length], [step])));
          if (isRight) assert.is(call(), length, what);
          else assert.throws(call, (error: unknown) => error instanceof pf.ShapeError, what);
        }
  });
});

test.run();
