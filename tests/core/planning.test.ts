// Planning, told by theory: which kernels run, in which order, and the most bytes that they hold at a time. Programs are fused as
// far as depth, shapes and their bounds allow; values die behind their last reader; and what need not be made is not.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { readRecords } from "../../host/profile-records";
import { generator } from "./support";

type Make = () => Tensor | Tensor[];
/** The kernels that evaluating the results takes, in their order. */
function kernelsOf(make: Make): string[] {
  const begin = core.startProfile();
  try {
    pf.tidy(() => void pf.evaluate(...[pf.tidy(make)].flat()));
    core.stopProfile();
    return readRecords(begin).map(({ name }) => name);
  } finally {
    core.clearProfile();
  }
}
const inspected = (make: Make) => pf.inspect(() => pf.tidy(make)).summary;

function numbers(shape: number[], seed: number, dtype: "float32" | "float64" = "float32"): Tensor {
  const next = generator(seed);
  const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 4 * next() - 2);
  return pf.tensor(values, { shape, dtype });
}
const times = (n: number, x: Tensor, f: (x: Tensor) => Tensor): Tensor => {
  for (let i = 0; i < n; i++) x = f(x);
  return x;
};

const x = numbers([32, 32], 1);
const y = numbers([32, 32], 2);
const w = numbers([32, 32], 3);
const row = numbers([32], 4);
/** What a value of 32 × 32 takes, and one of 32. */
const [U, R] = [4096, 128];
const MM = "matmul [32, 32]·[32, 32]";
const CAST = "cast over [32, 32], float64";
const { pad, softmax } = pf.nn.functional;
const leaf = pf.tensor(row.data(), { requiresGrad: true });
const noRows = numbers([0, 32], 6);
const [tall, n16] = [numbers([64, 16], 7), numbers([16, 16], 8)];
const halves = (): Tensor => x.t().reshape(16, 64).matmul(tall);
const turned = (): Tensor => x.t().reshape(64, 16).t().matmul(tall);
const COPY_TURNED = "copy of [32, 32] to [64, 16]";
const [COPY, HALVES] = ["copy of [32, 32] to [16, 64]", "matmul [16, 64]·[64, 16]"];
const scalars = Array.from({ length: 30 }, (_, i) => pf.tensor([i]));
/** So many ops of other shapes. */
const gap = (n: number): Tensor[] => scalars.slice(0, n).map((t) => t.neg());

const [a16, a15, a8, b8, a1, empty] = [[100, 16], [100, 15], [128, 8], [205, 5], [64, 1], [3, 0]].map((shape) => numbers(shape, 5)) as Tensor[]; // prettier-ignore
const over = (names: string, count: number, shape = "32, 32"): string => `fused ${names}, ${count} ops over [${shape}]`;
const one = (name: string, shape = "32, 32"): string => `${name} over [${shape}]`;

/** [what, the program, its kernels in order, the most bytes at a time] */
const rows: [string, Make, string[], number][] = [
  // -- what is fused
  ["one op", () => x.sin(), [one("sin")], U],
  ["a chain", () => x.sin().mul(y).exp(), [over("sin·mul·exp", 3)], U],
  ["a chain of several results", () => { const e = x.exp(); return [e, e.mul(y)]; }, [over("exp·mul", 2)], 2 * U],
  ["two ops that share a tensor that is there", () => [x.sin(), x.cos()], [one("sin"), one("cos")], 2 * U],
  ["two ops that share a program's value", () => { const e = x.exp(); return [e.sin(), e.cos()]; }, [over("exp·sin·cos", 3)], 2 * U],
  ["two ops that share a product", () => { const p = x.matmul(y); return [p.sin(), p.cos()]; }, [MM, over("sin·cos", 2)], 3 * U],
  ["two chains that share a product half-way", () => { const p = x.matmul(y); return [x.sin().add(p), y.cos().mul(p)]; }, [MM, over("sin·add·cos·mul", 4)], 3 * U],
  ["two ops that share a view", () => { const v = x.t(); return [v.sin(), v.cos()]; }, [over("sin·cos", 2)], 2 * U],
  ["two ops of which the earlier waits", () => { const p = x.matmul(y); const late = p.sin(); const e = p.cos(); return [e, late.matmul(w)]; }, [MM, over("cos·sin", 2), MM], 3 * U],
  ["ops of two shapes that share a product", () => { const p = x.matmul(y); return [p.sin(), p.expand(2, 32, 32).cos()]; }, [MM, one("sin"), one("cos", "2, 32, 32")], 4 * U],
  ["ops of two shapes that share a sum", () => { const t = x.matmul(y).sum(); return [x.mul(t), row.mul(t)]; }, [MM, "sum of [32, 32]", one("mul"), one("mul", "32")], U + R + 16],
  ["two ops of one shape that share a product by views of another", () => { const p = x.matmul(y); return [p.reshape(4, 256).sin(), p.reshape(256, 4).cos()]; }, [MM, one("sin", "4, 256"), one("cos", "256, 4")], 3 * U],
  ["a constant is no operand to share", () => { const c = pf.full([32, 32], 3); return [x.add(c), y.mul(c)]; }, [one("add"), one("mul")], 2 * U],
  ["two ops that share a range, one of which reads what is there", () => { const r = pf.arange(32); return [r.sin(), r.add(row)]; }, ["iota [32]", over("sin·add", 2, "32")], 3 * R],
  ["24 ops between two that share an operand", () => { const p = x.matmul(y); const s = p.sin(); gap(23); return [s, p.cos()]; }, [MM, over("sin·cos", 2)], 3 * U],
  ["25 ops between two that share an operand", () => { const p = x.matmul(y); const s = p.sin(); gap(24); return [s, p.cos()]; }, [MM, one("sin"), one("cos")], 3 * U],
  ["what is deeper: a kernel lies between", () => { const e = x.exp(); return e.matmul(y).mul(e); }, [one("exp"), MM, one("mul")], 3 * U],
  ["what is deeper: a view of a program's value", () => { const e = x.exp(); return e.t().mul(e); }, [one("exp"), one("mul")], 2 * U],
  ["as deep on both sides", () => x.exp().matmul(y).add(x.sin().matmul(y)), [one("exp"), MM, one("sin"), MM, one("add")], 3 * U],
  ["96 ops", () => times(96, x, (t) => t.sin()), [over("sin", 96)], U],
  ["97 ops", () => times(97, x, (t) => t.sin()), [over("sin", 96), one("sin")], 2 * U],
  ["193 ops", () => times(193, x, (t) => t.sin()), [over("sin", 96), over("sin", 96), one("sin")], 2 * U],
  ["95 ops and a sum", () => times(95, x, (t) => t.sin()).sum(), [over("sin·sum", 96)], 16],
  ["96 ops and a sum", () => times(96, x, (t) => t.sin()).sum(), [over("sin", 96), "sum of [32, 32]"], U + 16],
  // -- sinks
  ["a reduction of trailing dims joins", () => x.exp().sum(1), [over("exp·sum", 2)], R],
  ["a reduction of leading dims does not", () => x.exp().sum(0), [one("exp"), "sum over dim 0 of [32, 32]"], U + R],
  ["of all", () => x.exp().amax(), [over("exp·amax", 2)], 16],
  ["of several trailing dims", () => x.reshape(4, 8, 32).exp().amin([1, 2]), [over("exp·amin", 2, "4, 8, 32")], 16],
  ["of dims that do not lie side by side", () => x.reshape(4, 8, 32).exp().sum([0, 2]), [one("exp", "4, 8, 32"), "sum over dims 0, 2 of [4, 8, 32]"], U + 32],
  ["of dims with a dim of one behind", () => x.reshape(32, 32, 1).exp().sum(1), [over("exp·sum", 2, "32, 32, 1")], R],
  ["of a dim in the middle", () => x.reshape(4, 8, 32).exp().sum(1), [one("exp", "4, 8, 32"), "sum over dim 1 of [4, 8, 32]"], U + 4 * R],
  ["of the first dim of three alone", () => x.reshape(4, 8, 32).exp().sum(0), [one("exp", "4, 8, 32"), "sum over dim 0 of [4, 8, 32]"], U + 8 * R],
  ["of a leaf: a kernel of its own", () => x.sum(1), ["sum over dim 1 of [32, 32]"], R],
  ["of a view of a program's value", () => x.exp().t().sum(1), [one("exp"), "sum over dim 1 of [32, 32]"], U + R],
  ["of two rows' lengths", () => { const e = x.exp(); return [e.sum(1), e.amax()]; }, [over("exp·sum", 2), "amax of [32, 32]"], U + R + 16],
  ["of one row's length", () => { const e = x.exp(); return [e.sum(1), e.amax(1), e.mul(2)]; }, [over("exp·sum·amax·mul", 4)], U + 2 * R],
  ["of two values of a program", () => { const e = x.exp(); return [e.sum(1), e.mul(2).amin(1)]; }, [over("exp·sum·mul·amin", 4)], 2 * R],
  ["of equal operands: once", () => { const e = x.exp(); return [e.sum(1), e.sum(1).exp()]; }, [over("exp·sum", 2), one("exp", "32")], 2 * R],
  ["rows of 16", () => a16.exp().sum(1), [over("exp·sum", 2, "100, 16")], 400],
  ["rows of 15", () => a15.exp().sum(1), [one("exp", "100, 15"), "sum over dim 1 of [100, 15]"], 6000 + 400],
  ["short rows of little", () => a8.exp().sum(1), [over("exp·sum", 2, "128, 8")], 512],
  ["short rows of a little more", () => b8.exp().sum(1), [one("exp", "205, 5"), "sum over dim 1 of [205, 5]"], 4112 + 832],
  ["rows of one", () => a1.exp().sum(1), [over("exp·sum", 2, "64, 1")], 256],
  ["of rows of one, read by what reads its operand", () => { const e = a1.exp(); return e.div(e.sum(1, true)); }, [over("exp·sum", 2, "64, 1"), one("div", "64, 1")], 3 * 256],
  ["no elements", () => empty.exp().sum(1), [one("exp", "3, 0"), "sum over dim 1 of [3, 0]"], 16],
  ["no rows", () => noRows.exp().sum(1), [one("exp", "0, 32"), "sum over dim 1 of [0, 32]"], 0],
  ["of bools, which are counted", () => x.gt(0).amax(1), [one("gt"), "amax over dim 1 of [32, 32], bool"], U / 4 + 32],
  ["softmax", () => softmax(x, 1), ["amax over dim 1 of [32, 32]", over("sub·exp·sum", 3), one("div")], 2 * U + R],
  // -- deaths: a value goes behind its last reader
  ["a chain of products", () => times(5, x, (t) => t.matmul(w)), [MM, MM, MM, MM, MM], 2 * U],
  ["a value that a later product reads again", () => { const p = x.matmul(w); return p.matmul(w).matmul(w).matmul(p); }, [MM, MM, MM, MM], 3 * U],
  ["a value that is read twice at once", () => { const p = x.matmul(w); return p.matmul(p).matmul(w); }, [MM, MM, MM], 2 * U],
  ["a view holds what it shows", () => { const p = x.matmul(w); const v = p.t(); return p.matmul(w).matmul(w).matmul(v); }, [MM, MM, MM, MM], 3 * U],
  ["the operand of a program that begins with the first op", () => times(3, x.sin().add(y.matmul(w)), (t) => t.matmul(w)), [MM, over("sin·add", 2), MM, MM, MM], 2 * U],
  ["two results that are asked for", () => { const p = x.matmul(w); return [p, p.matmul(w).matmul(w)]; }, [MM, MM, MM], 3 * U],
  ["the operand of a program goes with it", () => x.matmul(w).exp().matmul(w), [MM, one("exp"), MM], 2 * U],
  // -- order: by the program, but what takes more than it frees waits for its first reader
  ["branches that are made first and read one after the other", () => { const ps = [x, y, w].map((t) => t.matmul(t)); return ps.reduce((sum, p) => sum.matmul(p), w); }, [MM, MM, MM, MM, MM, MM], 3 * U],
  ["a branch that frees as much as it takes comes in its turn", () => { const e = x.matmul(w).exp(); const late = y.matmul(w); return e.matmul(w).matmul(late); }, [MM, one("exp"), MM, MM, MM], 3 * U],
  ["a result that is asked for comes in its turn", () => { const e = x.exp(); const p = y.matmul(w); const q = w.matmul(w); return [e, q, p.add(q)]; }, [one("exp"), MM, MM, one("add")], 4 * U],
  ["what frees as much as it takes comes in its turn", () => { const e = x.matmul(w).exp(); const t = y.matmul(w); return [t, e.matmul(w)]; }, [MM, one("exp"), MM, MM], 3 * U],
  ["what frees more bytes than it takes comes in its turn", () => { const e = x.double().matmul(w.double()).float(); const t = y.matmul(w); return [t, e.matmul(w)]; }, [CAST, CAST, `${MM}, float64`, CAST, MM, MM], 6 * U],
  ["what frees nothing waits", () => { const e = x.exp(); const t = y.matmul(w); return [t, e.matmul(w)]; }, [MM, one("exp"), MM], 3 * U],
  ["a constant is nothing to free", () => { const e = x.add(3); const t = y.matmul(w); return [t, e.matmul(w)]; }, [MM, one("add"), MM], 3 * U],
  ["what is read again is not freed", () => { const m = x.matmul(w); const e = m.exp(); const t = y.matmul(w); return [t, e.matmul(m)]; }, [MM, MM, one("exp"), MM], 4 * U],
  // -- what is shared, and what is not made
  ["equal products", () => x.matmul(y).exp().add(x.matmul(y).matmul(w)), [MM, MM, over("exp·add", 2)], 3 * U],
  ["what equal products read goes with them", () => { const m = x.matmul(w); return times(3, m.matmul(y).add(m.matmul(y).exp()), (t) => t.matmul(w)); }, [MM, MM, over("exp·add", 2), MM, MM, MM], 2 * U],
  ["a view that only an equal product reads", () => x.t().matmul(y).exp().add(x.t().matmul(y).matmul(w)), [MM, MM, over("exp·add", 2)], 3 * U],
  ["a flip that only an equal product reads", () => x.flip(0).matmul(y).exp().add(x.flip(0).matmul(y).matmul(w)), [MM, MM, over("exp·add", 2)], 3 * U],
  ["a copying view that only an equal product reads", () => x.t().reshape(32, 32).matmul(y).add(x.t().reshape(32, 32).matmul(y).matmul(w)), [MM, MM, one("add")], 3 * U],
  ["a copy that only an equal product would read", () => halves().exp().add(halves().matmul(n16)), [COPY, HALVES, "matmul [16, 16]·[16, 16]", over("exp·add", 2, "16, 16")], U + 1024],
  ["a copy below a view that only an equal product would read", () => turned().exp().add(turned().matmul(n16)), [COPY_TURNED, HALVES, "matmul [16, 16]·[16, 16]", over("exp·add", 2, "16, 16")], U + 1024],
  ["a copy that is asked for beside", () => { const v = x.t().reshape(16, 64); return [halves().exp(), v.matmul(tall).sin(), v]; }, [COPY, COPY, HALVES, one("exp", "16, 16"), one("sin", "16, 16")], 2 * U + 1024],
  ["a pad that programs read", () => pad(row, [1, 1]).exp(), [one("exp", "34")], 144],
  ["a pad that a kernel reads", () => pad(x, [0, 1]).matmul(pad(y, [0, 0, 0, 1])), ["pad [32, 32] to [32, 33]", "pad [32, 32] to [33, 32]", "matmul [32, 33]·[33, 32]"], 2 * 33 * R + U],
  ["a pad that both read", () => { const p = pad(row, [1, 1]); return [p.exp(), p.reshape(2, 17).t().sum(1)]; }, ["pad [32] to [34]", one("exp", "34"), "sum over dim 1 of [17, 2]"], 2 * 144 + 80],
  ["a pad that a derivative goes through", () => pad(leaf, [1, 1]).exp(), ["pad [32] to [34]", one("exp", "34")], 288],
  ["a pad that is summed up", () => pad(row, [1, 1]).sum(), ["pad [32] to [34]", "sum of [34]"], 160],
  ["a pad that is asked for", () => { const p = pad(row, [1, 1]); return [p, p.exp()]; }, ["pad [32] to [34]", one("exp", "34")], 288],
  ["a pad of a program's value", () => pad(row.exp(), [1, 1]).sin(), [one("exp", "32"), one("sin", "34")], 272],
  ["equal pads are one", () => pad(row, [1, 1]) .exp() .add(pad(row, [1, 1])), ["pad [32] to [34]", over("exp·add", 2, "34")], 288],
  ["a constant that a product reads: one element", () => pf.full([32, 32], 3).matmul(x), [MM], U + 16],
  ["a constant that is asked for", () => pf.full([32, 32], 3), [], 16],
  ["a constant that programs read", () => pf.full([32, 32], 3).mul(x), [one("mul")], U],
]; // prettier-ignore
for (const [what, make, kernels, peak] of rows) {
  test(what, () => {
    assert.equal([kernelsOf(make), inspected(make).peakBytes], [kernels, peak]);
  });
}

test("a copy that only an equal product would read is made where it has a handle: what it is of goes", () => {
  pf.tidy(() => {
    const m = x.matmul(w);
    const halves = (): Tensor => m.t().reshape(16, 64);
    const held = halves();
    const results = pf.tidy(() => [halves().matmul(tall), held.matmul(tall)]);
    m.dispose();
    core.resetStatistics();
    pf.evaluate(...results);
    held.data();
    assert.is(core.kernelsRun(), 2);
  });
});

test("what has a handle is kept, though it was not asked for", () => {
  pf.tidy(() => {
    const [e, m] = [x.exp(), x.matmul(y)];
    pf.evaluate(pf.tidy(() => e.add(m).sum()));
    core.resetStatistics();
    e.data();
    m.data();
    assert.is(core.kernelsRun(), 0);
  });
});

test("what is there already and asked for once more changes no plan", () => {
  pf.tidy(() => {
    const parts = Array.from({ length: 40 }, (_, i) => x.add(i));
    // Their places in this order are those of the products in the next.
    pf.evaluate(...parts);
    const product = pf.tidy(() => times(30, x, (t) => t.matmul(w)));
    core.resetStatistics();
    pf.evaluate(product, ...parts);
    assert.is(core.peakBytes(), 2 * U);
  });
});

// -- the order of many that are ready at a time
const many = Array.from({ length: 40 }, (_, i) => numbers([i + 1], i));
pf.evaluate(...many);
const shuffled = <T>(list: readonly T[], seed: number): T[] => {
  const next = generator(seed);
  const left = [...list];
  return list.map(() => left.splice(Math.floor(next() * left.length), 1)[0]!);
};
for (const seed of [1, 2, 3, 4]) {
  test(`what is asked for in any order is computed in the program's: ${seed}`, () => {
    const order = shuffled(many, seed);
    const results = (): Tensor[] => shuffled(order.map((t) => t.sin()), seed + 10); // prettier-ignore
    assert.equal(
      kernelsOf(results),
      order.map(({ numel }) => `sin over [${numel}]`),
    );
  });
  test(`what derives from one op is computed as it is asked for: ${seed}`, () => {
    const order = shuffled(many, seed);
    const split = pf.autograd.customFunction({
      forward: (_, ...xs: Tensor[]) => xs.reduce((sum, t) => sum.add(t.sum()), pf.zeros([])),
      backward: (_, g: Tensor) => many.map((t) => t.sin().mul(g)),
    });
    const gradients = (): Tensor[] => {
      const leaves = many.map((t) => t.detach().requiresGrad_());
      const found = pf.autograd.grad(split(...leaves).mul(row.sum()), leaves) as Tensor[];
      // Views, since a result of a transform would bring all others with it.
      return order.map(({ numel }) => found[numel - 1]!.reshape(-1, 1));
    };
    const found = kernelsOf(gradients).filter((name) => name.includes("sin"));
    assert.equal(
      found,
      order.map(({ numel }) => `sin over [${numel}]`),
    );
  });
}

// -- what is large: values that are cheap are computed where they are read; a product's program runs while it is made
const L = 4 * 256 * 256;
const [p, q] = [numbers([256, 256], 6), numbers([256, 256], 7)];
const less = numbers([255, 256], 8);
const means = numbers([256, 1], 9);
const n64 = numbers([64, 64], 10);
const d64 = numbers([64, 64], 10, "float64");
const [n63, n80, n70] = [numbers([63, 64], 11), numbers([64, 80], 12), numbers([64, 70], 13)];
/** What is read in two passes: by a sum over rows, and by what that is read by. */
const twice = (d: Tensor): Tensor => d.mul(d.sin().sum(1, true));
const [S, M] = [1024, 16384];
const large: [string, Make, kernels: number, peak: number][] = [
  ["a sum", () => twice(p.add(means)), 2, L + S],
  ["a difference", () => twice(p.sub(means)), 2, L + S],
  ["a product", () => twice(p.mul(q)), 2, L + S],
  ["with a constant", () => twice(p.mul(3)), 2, L + S],
  ["of less than 65,536 elements", () => twice(less.sub(means.narrow(0, 0, 255))), 2, 2 * 4 * 255 * 256 + 1024],
  ["a quotient is dearer", () => twice(p.div(q)), 2, 2 * L + S],
  ["a maximum is dearer", () => twice(p.maximum(q)), 2, 2 * L + S],
  ["of a value that is not stored", () => twice(p.sin().add(q)), 2, 2 * L + S],
  ["of a value that is stored", () => { const e = p.exp(); return [e, twice(e.add(q))]; }, 2, 2 * L + S],
  ["of one that is itself computed again", () => twice(p.add(q).mul(q)), 2, 2 * L + S],
  ["what is asked for, too", () => { const d = p.add(q); return [d, twice(d)]; }, 2, 2 * L + S],
  ["what a kernel reads, too", () => { const d = p.add(q); return [twice(d), d.matmul(q).sum()]; }, 4, 3 * L],
  ["what a kernel alone reads", () => p.add(q).matmul(q).sum(), 3, 2 * L],
  ["what one other reads in two places", () => { const d = p.add(q); return twice(d).add(d); }, 2, L + S],
  ["of a pad that is not made", () => twice(pad(less, [0, 0, 1, 0]).add(q)), 2, 2 * L + S],
  ["what a kernel reads of it is no reader", () => { const d = p.add(q); return [d.sin().matmul(q).sum(), twice(d)]; }, 4, 2 * L + S],
  ["what two other programs read", () => { const d = p.add(q); const e = twice(d); return [e, d.mul(e.sum(1, true))]; }, 3, 3 * L + S],
  ["what it is computed from lives as long", () => twice(p.matmul(q).add(q)), 3, 2 * L + S],
  ["an operand that a product reads before", () => { const m = p.matmul(q); const d = m.sub(means); return d.mul(d.sin().sum(1, true).add(m.matmul(q).sum())); }, 6, 2 * L + S + 16],
  ["a program right behind a product", () => n64.matmul(n64).sin(), 1, 2 * M],
  ["of less than 4,096 elements", () => n63.matmul(n64).sin(), 2, 2 * 63 * 256],
  ["whose columns fill vectors", () => n64.matmul(n80).sin(), 1, 2 * 64 * 320],
  ["whose columns don't", () => n64.matmul(n70).sin(), 2, 2 * 64 * 280],
  ["not of what a program computes it from", () => n64.sin().matmul(n64), 2, 2 * M],
  ["a program that does not read it", () => [n64.matmul(n64), n80.sin()], 2, M + 64 * 320],
  ["a program that reads another product, too", () => n64.matmul(n64).sin().mul(n64.matmul(n64.t())), 2, 3 * M],
  ["a reduction in it", () => n64.matmul(n64).sin().sum(1), 2, M + 256],
  ["a view of it", () => n64.matmul(n64).t().sin(), 2, 2 * M],
  ["a view of it beside it", () => { const m = n64.matmul(n64); return m.t().mul(m); }, 2, 2 * M],
  ["results of one size", () => { const m = n64.matmul(n64).sin(); return [m, m.mul(2)]; }, 1, 3 * M],
  ["results of two sizes", () => { const m = n64.matmul(n64).sin(); return [m, m.gt(0)]; }, 2, 2 * M + M / 4],
  ["values of another size that are not stored", () => { const m = n64.matmul(n64); return pf.where(m.gt(0), m, 0.5); }, 1, 2 * M],
  ["of a product in another dtype", () => d64.matmul(d64).float(), 2, 3 * M],
  ["of equal products", () => { const m = n64.matmul(n64); return m.sin().add(n64.matmul(n64)); }, 2, 2 * M],
  ["what is asked for", () => { const m = n64.matmul(n64); return [m, m.sin()]; }, 1, 2 * M],
  ["two of them", () => n64.matmul(n64).sin().matmul(n64).cos(), 2, 3 * M],
]; // prettier-ignore
for (const [what, make, kernels, peak] of large) {
  test(`large: ${what}`, () => {
    const summary = inspected(make);
    assert.equal([summary.kernels, summary.peakBytes], [kernels, peak]);
  });
}

test("kernels run in the order of the program, in whichever order they are asked for", () => {
  const next = generator(1);
  for (const count of [2, 3, 4, 5, 6, 7, 20, 32]) {
    const made = (): Tensor[] => Array.from({ length: count }, (_, i) => x.narrow(0, 0, i + 1).matmul(w));
    const shuffled = (ts: Tensor[]): Tensor[] => ts.map((t) => [next(), t] as const).sort(([a], [b]) => a - b).map(([, t]) => t); // prettier-ignore
    const expected = kernelsOf(made);
    for (let i = 0; i < 8; i++) assert.equal(kernelsOf(() => shuffled(made())), expected); // prettier-ignore
  }
});

test("large: thousands of kernels of one kind are told apart by their operands, each at once", () => {
  const leaves = Array.from({ length: 16_000 }, (_, i) => pf.tensor([i, 1]));
  const chain = (): Tensor[] => [leaves.reduce((sum) => sum.sum(0, true), leaves[0]!)];
  for (const make of [() => leaves.map((t) => t.sum(0)), chain]) {
    const spent = (): number => {
      const start = process.cpuUsage();
      pf.tidy(() => pf.evaluate(...make()));
      return process.cpuUsage(start).user / 1000;
    };
    const least = Math.min(...[1, 2, 3].map(spent));
    assert.ok(least < 500, `${least} ms`);
  }
  pf.dispose(leaves);
});

// -- what outlives an evaluation: what has a handle, and what derivatives can ask for and is dear
const g = pf.tensor(p.data(), { shape: [256, 256], requiresGrad: true });
/** [what, the program, values of 256 × 256 that are there afterwards, products that its gradient takes then] */
const kept: [string, Make, number, number?][] = [
  ["nothing but the result", () => p.matmul(q).exp().matmul(q), 1],
  ["an elementwise value is computed again", () => g.mul(2).exp(), 1, 0],
  ["a product is not", () => g.matmul(q).exp(), 2, 1],
  ["nor is one behind another", () => g.matmul(q).sin().matmul(q).exp(), 4, 2],
  ["one whose value no rule reads is not kept", () => g.matmul(q).mul(2), 1, 1],
  ["what is computed again keeps what it is computed from", () => g.matmul(q).add(p).sin(), 2, 1],
  ["not below what is detached", () => g.matmul(q).detach().exp(), 1],
  ["not under noGrad", () => pf.autograd.noGrad(() => g.matmul(q).exp()), 1],
  ["a sum keeps its operand's product", () => g.matmul(q).exp().sum(), 1, 1],
  ["equal products are one", () => g.matmul(q).sin().add(g.matmul(q).matmul(q)), 2, 3],
  ["a product that is read through what no derivative goes through", () => g.mul(p.matmul(q).exp()), 2, 0],
  ["a view shows what is kept", () => g.matmul(q).t().exp(), 2, 1],
  ["what an equal product reads that no derivative goes through", () => { const m = g.matmul(q); return pf.autograd.noGrad(() => m.matmul(q)).add(m.matmul(q).exp()); }, 2, 2],
  ["a view of it", () => { const m = g.matmul(q); return pf.autograd.noGrad(() => m.t().matmul(q)).add(m.t().matmul(q).exp()); }, 2, 2],
  ["nor what is only moved, picked from, added up or chosen", () => pf.where(p.gt(0), pf.cat([g.matmul(q).at(":128"), g.matmul(q).t().at(":128").neg()]).add(g.matmul(q).sum(0)), g.matmul(q).mul(p)), 1.25, 4],
  ["of two factors each is kept for the other", () => { const [a, b] = [g.matmul(q), g.matmul(p)]; return a.mul(b); }, 3, 2],
  ["what no derivative goes through is not kept", () => g.matmul(q).mul(p.matmul(q).matmul(q)), 2, 1],
]; // prettier-ignore
for (const [what, make, values, products] of kept) {
  test(`kept: ${what}`, () => {
    const before = pf.backend.memoryBytes;
    const [result] = [pf.tidy(make)].flat() as [Tensor];
    pf.evaluate(result);
    const held = (pf.backend.memoryBytes - before) / L;
    assert.ok(Math.abs(held - values) < 0.1, `${held} values`);
    if (products !== undefined)
      assert.is(pf.inspect(() => pf.autograd.grad(result.sum(), g)).summary.matmuls, products);
    result.dispose();
    assert.is(pf.backend.memoryBytes, before);
  });
}

test("a factor is kept for a leaf that has a derivative, also where the same was evaluated with one that has none", () => {
  const data = p.mul(1).detach();
  const leaf = p.mul(1).detach().requiresGrad_();
  pf.evaluate(data, leaf);
  for (const factor of [data, leaf, data]) {
    const result = pf.tidy(() => g.matmul(q).mul(factor));
    pf.evaluate(result);
    if (factor === leaf) assert.is(pf.inspect(() => pf.autograd.grad(result.sum(), leaf)).summary.matmuls, 0);
    result.dispose();
  }
  pf.dispose([data, leaf]);
});

test.run();
