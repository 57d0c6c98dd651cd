// Nothing that evaluation does is visible to a transform: programs that read at random places have the derivatives of the same
// programs unread, bit by bit.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { Draw, families } from "./random-programs";
import { generator, leavesNothing, uniform } from "./support";

const isFloat = (t: Tensor): boolean => t.dtype.startsWith("float");
const bitsOf = (t: Tensor): string => {
  const data = t.data();
  // The sign of NaN means nothing.
  if (data instanceof Float32Array || data instanceof Float64Array) data.forEach((x, i) => (data[i] = x || x));
  return `${t.dtype}[${t.shape.join()}] ${Array.from(data, (x) => (Object.is(x, -0) ? "-0" : String(x))).join()}`;
};
const names = ["elementwise", "elementwise", "reductions", "moves", "indexing", "products", "transforms"];

/**
 * Tensors that a program of this seed makes of `start`. Ops come twice at times, so that kernels are equal; `reads` says when
 * something is read, and lets some go.
 */
function program(seed: number, start: readonly Tensor[], length: number, reads: Draw | null): Tensor[] {
  const draw = new Draw(generator(seed));
  const made: Tensor[] = [...start];
  while (made.length < length) {
    const family = families[draw.pick(names)]!;
    const name = draw.pick(Object.keys(family));
    const from = draw.pick(made);
    const repeated = draw.int(1, 1e6);
    const times = draw.chance(0.4) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const pool = { tensors: made, draw: new Draw(generator(repeated)) };
      const result = pf.tidy(() => family[name]!(pool, from));
      const tensors = result === null ? [] : Array.isArray(result) ? result : [result];
      made.push(...tensors.filter((t) => t.numel <= 2000 && !made.includes(t)));
    }
    if (reads?.chance(0.3)) reads.pick(made).data();
    if (reads?.chance(0.1)) pf.evaluate(...reads.subset(made));
  }
  return made;
}
/** One number that depends on all of them; equal products and sums are made anew, without a handle. */
const loss = (made: readonly Tensor[]): Tensor =>
  made.reduce<Tensor>((sum, t) => (isFloat(t) ? sum.add(t.sum().tanh()).add(t.sum().sin()) : sum), pf.zeros([]));

function derivatives(seed: number, reads: Draw | null): string[] {
  const draw = new Draw(generator(seed + 5e6));
  const leaves = [uniform([3, 4], seed), uniform([4], seed + 1), uniform([4, 3], seed + 2)].map((t) =>
    pf.tensor(t.data(), { shape: t.shape, requiresGrad: true }),
  );
  const made = program(seed, leaves, 25, reads);
  const y = loss(made);
  if (reads?.chance(0.5)) y.item();
  const targets = made.filter((t) => t.requiresGrad && draw.chance(0.5));
  if (!targets.length || !y.requiresGrad) return [];
  const options = { createGraph: true, allowUnused: true };
  const first = pf.autograd.grad(y, targets, options).filter((g) => g !== null);
  if (reads?.chance(0.5) && first.length) reads.pick(first).data();
  const z = loss(first);
  const second = z.requiresGrad ? pf.autograd.grad(z, targets, { allowUnused: true }) : [];
  return [...first, ...second.filter((g) => g !== null)].map(bitsOf);
}
test("random programs that are read have the gradients of the same ones unread", () => {
  for (let seed = 1; seed <= 600; seed++) {
    leavesNothing(() =>
      pf.tidy(() => {
        const expected = pf.tidy(() => derivatives(seed, null));
        const actual = pf.tidy(() => derivatives(seed, new Draw(generator(seed + 1e6))));
        assert.equal(actual, expected, `seed ${seed}`);
      }),
    );
  }
});

type Scalar = (x: Tensor) => Tensor;
const transforms: Record<string, (f: Scalar, x: Tensor, v: Tensor) => Tensor[]> = {
  jvp: (f, x, v) => pf.functional.jvp(f, x, v) as Tensor[],
  vjp: (f, x) => pf.functional.vjp(f, x) as Tensor[],
  hvp: (f, x, v) => pf.functional.hvp(f, x, v) as Tensor[],
  vhp: (f, x, v) => pf.functional.vhp(f, x, v) as Tensor[],
  "func.jvp": (f, x, v) => pf.func.jvp(f, [x], [v]) as Tensor[],
  "func.vjp": (f, x) => {
    const [y, pullback] = pf.func.vjp(f, x) as [Tensor, (u: Tensor) => Tensor[]];
    return [...pullback(pf.onesLike(y)), ...pullback(pf.fullLike(y, 2))];
  },
  "func.grad of grad": (f, x) => [pf.func.grad((z: Tensor) => (pf.func.grad(f)(z) as Tensor).sin().sum())(x) as Tensor],
  linearize: (f, x, v) => {
    const [y, push] = pf.func.linearize(f, x) as [Tensor, (v: Tensor) => Tensor];
    return [y, push(v)];
  },
};
for (const [name, transform] of Object.entries(transforms)) {
  test(`functions that read have the derivatives of those that don't: ${name}`, () => {
    for (let seed = 1; seed <= 60; seed++) {
      const of = (reads: Draw | null): string[] =>
        pf.tidy(() => {
          const f = (x: Tensor): Tensor => {
            const made = program(seed, [x, uniform([4, 3], seed + 2)], 14, reads);
            const y = loss(made);
            if (reads?.chance(0.5)) y.item();
            return y;
          };
          return transform(f, uniform([3, 4], seed), uniform([3, 4], seed + 3)).map(bitsOf);
        });
      leavesNothing(() => assert.equal(of(new Draw(generator(seed + 1e6))), of(null), `seed ${seed}`));
    }
  });
}

const samples: [string, (v: Tensor, read: (t: Tensor) => void) => Tensor[]][] = [
  ["a sum that is made anew where it is used", (v, read) => {
    const s = v.sum();
    const t = pf.tidy(() => s.mul(5).add(v.sum().exp()));
    read(t);
    return [...pf.autograd.grad(t, [s], { retainGraph: true }), ...pf.autograd.grad(t, [v])];
  }],
  ["equal products, of which one is asked for", (v, read) => {
    const p = v.outer(v).matmul(v);
    const t = pf.tidy(() => p.mul(2).add(v.outer(v).matmul(v).square()).sum());
    read(t);
    return pf.autograd.grad(t, [p]);
  }],
  ["the later one is asked for", (v, read) => {
    const early = pf.tidy(() => v.amax().exp());
    const s = v.amax();
    const t = early.add(s.mul(3));
    read(t);
    return pf.autograd.grad(t, [s]);
  }],
  ["equal pads", (v, read) => {
    const pad = (): Tensor => pf.nn.functional.pad(v, [1, 2], "constant", 0.5);
    const p = pad();
    const t = pf.tidy(() => p.mul(2).sum().add(pad().matmul(pad())));
    read(t);
    return pf.autograd.grad(t, [p]);
  }],
  ["equal gathers of views", (v, read) => {
    const index = pf.tensor([0, 0, 2], { dtype: "int32" });
    const view = v.flip(0);
    const t = pf.tidy(() => v.flip(0).gather(0, index).sum().mul(2).add(view.gather(0, index).exp().sum()));
    read(t);
    return pf.autograd.grad(t, [view]);
  }],
  ["what a gradient makes", (v, read) => {
    const y = v.square().sum();
    const [g] = pf.autograd.grad(y.mul(y), [v], { createGraph: true });
    read(g!);
    return pf.autograd.grad(g!.sum(), [y, v], { allowUnused: true }).filter((t) => t !== null);
  }],
]; // prettier-ignore
for (const [name, sample] of samples) {
  test(`reading does not change a derivative: ${name}`, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        const of = (read: (t: Tensor) => void): string[] =>
          sample(pf.tensor([1, 2, 3], { requiresGrad: true, dtype: "float64" }), read).map(bitsOf);
        assert.equal(
          of((t) => t.data()),
          of(() => {}),
        );
      }),
    );
  });
}
test("reading does not change a derivative: the numbers", () => {
  const v = pf.tensor([1, 2, 3], { requiresGrad: true });
  const s = v.sum();
  const t = pf.tidy(() => s.mul(5).add(v.sum().exp()));
  t.item();
  assert.is(pf.autograd.grad(t, [s])[0]!.item(), 5);
});
test("what is shared keeps its name and its operands", () => {
  const v = pf.tensor([1, 2, 3], { requiresGrad: true });
  const [a, b] = [v.sum(), v.sum()];
  pf.evaluate(a.add(b));
  assert.match(String(b), /gradFn=<Sum>/);
  const graph = pf.inspect(b);
  assert.equal(
    graph.nodes.map((n) => n.op),
    ["Data", "Sum"],
  );
});

test.run();
