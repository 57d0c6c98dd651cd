// Programs, counted: what is left of a unit's ops once equal ones are one, constants are folded, signs travel and pairs are one
// instruction. An instruction takes 80 bytes of a program, and so many programs' bytes are known from the plan cache.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { forget } from "./exhaustion";
import { uniform } from "./support";

const { pad } = pf.nn.functional;
const [b, c] = [uniform([16], 1).float(), uniform([16], 2).float()];
const known = (value: number): Tensor => pf.full([16], value);
const parts = [3, 4, 5, 6].map((seed) => uniform([16], seed).float());
const wholes = parts.map((t) => t.mul(100).int());
const doubles = parts.map((t) => t.double());
/** One element again and again, the same in a row, and each second one. */
const [again, rowAgain] = [pf.tensor([0.5]).expand([16]), pf.tensor([[0.5]]).expand([1, 16])];
const [inSteps, rowInSteps] = [
  uniform([32], 7).float().slice(0, 0, 32, 2),
  uniform([1, 32], 7).float().slice(1, 0, 32, 2),
];
pf.evaluate(b, c, ...parts, ...wholes, ...doubles, again, rowAgain, inSteps, rowInSteps);

/** Bytes of the plan, and of its program, of f of four tensors side by side in one program. */
function bytesOf(f: (t: Tensor) => Tensor, of: Tensor[], ...beside: Tensor[]): number {
  forget();
  assert.equal([pf.backend.planCache.size, pf.backend.planCache.bytes], [0, 0]);
  pf.tidy(() => pf.evaluate(pf.tidy(() => [...of.map(f), ...beside].reduce((p, q) => p.maximum(q)))));
  assert.is(pf.backend.planCache.size, 1);
  assert.is(pf.backend.planCache.bytes % 4, 0);
  return pf.backend.planCache.bytes;
}
/** What four instructions take, and what the block of a constant does. */
const [FOUR, BLOCK] = [320, 320];
/** What one instruction for all of the four takes, of that: 64 bytes, since blocks begin on cache lines. */
const ONE = 64 / FOUR;

type F = (t: Tensor) => Tensor;
/** [what, f, one of as many nodes and leaves, how many instructions f takes less; blocks of constants; on what] */
const rows: [string, F, F, number, number?, Tensor[]?][] = [
  ["as many", (t) => t.sin(), (t) => t.cos(), 0],
  // -- equal instructions
  ["equal ops are one", (t) => t.sin().maximum(t.sin()), (t) => t.sin().maximum(t.cos()), 1],
  ["and what is equal behind them", (t) => t.sin().exp().maximum(t.sin().exp()), (t) => t.sin().exp().maximum(t.cos().exp()), 2],
  ["sums commute", (t) => t.add(b).exp().maximum(b.add(t).exp()), (t) => t.add(b).exp().maximum(c.add(t).exp()), 2],
  ["products commute", (t) => t.mul(b).exp().maximum(b.mul(t).exp()), (t) => t.mul(b).exp().maximum(c.mul(t).exp()), 2],
  ["differences don't", (t) => t.sub(b).exp().maximum(b.sub(t).exp()), (t) => t.sub(b).exp().maximum(c.sub(t).exp()), 0],
  ["of another dtype they are others", (t) => t.exp().maximum(t.double().exp()), (t) => t.exp().maximum(t.double().sin()), 0],
  // -- two in one
  ...(["add", "sub", "mul"] as const).flatMap((first) =>
    [
      (y: Tensor) => y.add(c), (y: Tensor) => c.add(y), (y: Tensor) => y.sub(c), (y: Tensor) => c.sub(y),
      (y: Tensor) => y.mul(c), (y: Tensor) => c.mul(y), (y: Tensor) => y.mul(y),
    ].map((second): (typeof rows)[0] => [`${first}, then ${String(second).slice(5)}`, (t) => second(t[first](b)), (t) => second(t.maximum(b)), 1])),
  ["one that is read twice is one", (t) => { const y = t.mul(b); return y.add(c).maximum(y.sub(c)); }, (t) => { const y = t.maximum(b); return y.add(c).maximum(y.sub(c)); }, 0],
  ["a square of what is read again", (t) => { const y = t.mul(b); return y.mul(y).maximum(y); }, (t) => { const y = t.maximum(b); return y.mul(y).maximum(y); }, 0],
  ["twice the same is no pair", (t) => { const y = t.mul(b); return y.add(y); }, (t) => { const y = t.maximum(b); return y.add(y); }, 0],
  ["what divides is no second", (t) => t.mul(b).div(c), (t) => t.maximum(b).div(c), 0],
  ["what divides is no first", (t) => t.div(b).mul(c), (t) => t.maximum(b).mul(c), 0],
  ["of two firsts one", (t) => t.mul(b).add(t.mul(c)), (t) => t.maximum(b).add(t.maximum(c)), 1],
  ["the second is a first, too", (t) => t.mul(b).exp().add(t.mul(c)), (t) => t.maximum(b).exp().add(t.mul(c)), 0],
  ["three: the last is alone", (t) => t.mul(b).add(c).mul(b), (t) => t.maximum(b).add(c).mul(b), 0],
  ["four: twice two", (t) => t.mul(b).add(c).mul(b).sub(c), (t) => t.maximum(b).add(c).mul(b).sub(c), 1],
  ["whole numbers: none", (t) => t.mul(t).add(t), (t) => t.maximum(t).add(t), 0, 0, wholes],
  ["float64", (t) => t.mul(t.sin()).add(t), (t) => t.maximum(t.sin()).add(t), 1, 0, doubles],
  // -- signs
  ["(−t)·(−b)", (t) => t.neg().mul(b.neg()), (t) => t.tanh().mul(b.neg()), 2],
  ["(−t)/(−b)", (t) => t.neg().div(b.neg()), (t) => t.tanh().div(b.neg()), 2],
  ["|−t|", (t) => t.neg().abs(), (t) => t.tanh().abs(), 1],
  ["−(−t)", (t) => t.neg().neg(), (t) => t.tanh().tanh(), 2],
  ["c − (−t)", (t) => c.sub(t.neg()), (t) => c.sub(t.tanh()), 1],
  ["c + (−t)", (t) => c.add(t.neg()), (t) => c.add(t.tanh()), 1],
  ["(−t) + c", (t) => t.neg().add(c), (t) => t.tanh().add(c), 1],
  ["(−t) − c", (t) => t.neg().sub(c), (t) => t.tanh().sub(c), 0],
  ["a sign that is computed is computed once", (t) => t.neg().minimum(b).maximum(t.neg()), (t) => t.neg().minimum(b).maximum(t.tanh()), 1],
  ["of whole numbers they are computed", (t) => t.neg().neg(), (t) => t.neg().sign(), 0, 0, wholes],
  ["of float64 they travel", (t) => t.neg().neg(), (t) => t.neg().tanh(), 2, 0, doubles],
  // -- constants
  ["t·1", (t) => t.mul(1), (t) => t.mul(2), 1, 1],
  ["1·t", (t) => pf.mul(1, t), (t) => pf.mul(2, t), 1, 1],
  ["t·(−1)·(−b)", (t) => t.mul(-1).mul(b.neg()), (t) => t.mul(2).mul(b.neg()), 1, 1],
  ["−1·t·(−b)", (t) => pf.mul(-1, t).mul(b.neg()), (t) => pf.mul(2, t).mul(b.neg()), 1, 1],
  ["t + (−0)", (t) => t.add(-0), (t) => t.add(2), 1, 1],
  ["−0 + t", (t) => pf.add(-0, t), (t) => pf.add(2, t), 1, 1],
  ["t − 0", (t) => t.sub(0), (t) => t.sub(2), 1, 1],
  ["t + 0 is no t", (t) => t.add(0), (t) => t.add(2), 0],
  ["t − (−0) is no t", (t) => t.sub(-0), (t) => t.sub(2), 0],
  ["0 − t is no −t", (t) => pf.sub(0, t), (t) => pf.sub(2, t), 0],
  ["−0 − t is −t", (t) => pf.sub(-0, t), (t) => pf.sub(2, t), 0, 1],
  ["t/1", (t) => t.div(1), (t) => t.div(0), 1, 1],
  ["t/2 is a product", (t) => t.div(2).add(b), (t) => t.div(0).add(b), 1],
  ["t/(−½)", (t) => t.div(-0.5).mul(b.neg()), (t) => t.div(0).mul(b.neg()), 2],
  ["t/∞ is none", (t) => t.div(Infinity).add(b), (t) => t.div(0).add(b), 0],
  ["t·2·2·2 is t·8", (t) => t.mul(2).mul(2).mul(2), (t) => t.mul(2).maximum(2).mul(2), 2],
  ["so is 2·(2·(2·t))", (t) => pf.mul(2, pf.mul(2, pf.mul(2, t))), (t) => pf.mul(2, pf.maximum(2, pf.mul(2, t))), 2],
  ["t·2·(1 + ½)", (t) => t.mul(2).mul(known(1).add(known(0.5))), (t) => t.mul(2).maximum(known(1).add(known(0.5))), 1, 1],
  ["a sum of numbers is one", (t) => t.maximum(known(2).add(known(1))), (t) => t.maximum(known(2).maximum(known(1))), ONE, 1],
  ["a difference of numbers is one", (t) => t.maximum(known(2).sub(known(0.5))), (t) => t.maximum(known(2).maximum(known(0.5))), ONE, 1],
  ["a product of numbers is one", (t) => t.maximum(known(2).mul(known(2))), (t) => t.maximum(known(2).maximum(known(2))), ONE],
  ["a quotient of numbers is one", (t) => t.maximum(known(1).div(known(2))), (t) => t.maximum(known(1).maximum(known(2))), ONE, 1],
  ["so are results", (t) => t.exp().mul(2).mul(2).mul(2), (t) => t.exp().mul(2).maximum(2).mul(2), 2],
  ["and with signs", (t) => t.mul(-2).mul(-2).mul(2), (t) => t.mul(2).maximum(2).mul(2), 2],
  ["t·½·½·½ is not: it may be denormal on the way", (t) => t.mul(0.5).mul(0.5).mul(0.5), (t) => t.mul(2).maximum(2).mul(2), 1],
  ["nor is t·2·½·2", (t) => t.mul(2).mul(0.5).mul(2), (t) => t.mul(2).maximum(2).mul(2), 1, -1],
  ["a constant is there once", (t) => t.mul(2).exp().add(2), (t) => t.mul(2).exp().add(0.5), 0, 1],
  ["one that is subtracted is added", (t) => t.mul(2).exp().sub(2), (t) => t.mul(2).exp().sub(0.5), 0],
  ["so is one that a negative one is added to", (t) => pf.add(-2, t.mul(2).exp()), (t) => pf.add(-0.5, t.mul(2).exp()), 0, 1],
  ["magnitudes are there once", (t) => t.mul(2).exp().mul(-2).mul(b.neg()), (t) => t.mul(2).exp().mul(0.5).mul(b.neg()), 1, 1],
  ["what is repeated in memory is a constant", (t) => t.maximum(again).exp(), (t) => t.maximum(inSteps).exp(), ONE, -1],
  ["of which there is one", (t) => t.maximum(again).exp().minimum(again), (t) => t.maximum(again).exp().minimum(b), 0, 0],
  ["also where a dim of one has a stride", (t) => t.reshape(1, 16).maximum(rowAgain).exp(), (t) => t.reshape(1, 16).maximum(rowInSteps).exp(), ONE, -1],
  ["the two zeros are two", (t) => t.add(0).exp().maximum(-0), (t) => t.add(0).exp().maximum(2), 0],
  ["one zero is one", (t) => t.add(0).exp().maximum(0), (t) => t.add(0).exp().maximum(2), 0, 1],
]; // prettier-ignore
for (const [what, f, other, fewer, blocks = 0, of = parts] of rows) {
  test(what, () => {
    const found = bytesOf(other, of, b, c) - bytesOf(f, of, b, c);
    assert.is(found, fewer * FOUR + blocks * BLOCK);
  });
}

// -- registers: a block of a constant is as long as a register, so long that all fit into 24 KiB; where all is one block, as short
// as the operand. Six values are alive, and what is done beside them.
const held = (f: (h: Tensor[], t: Tensor) => Tensor): F => (t) => {
  const h = [t.sin()];
  while (h.length < 6) h.push(h.at(-1)!.sin());
  return h.reduce((y, v) => y.maximum(v), f(h, t)).mul(2);
}; // prettier-ignore
const registers: [string, (h: Tensor[], t: Tensor) => Tensor, number][] = [
  ["one op more", (h) => h[5]!.exp(), 7],
  ["an operand that is there takes none", (h, t) => h[5]!.exp().div(t), 7],
  ["one that is gathered takes one", (h, t) => h[5]!.exp().div(t.flip(0)), 8],
  ["a result takes its place", (h, t) => t.flip(0).div(h[5]!), 7],
  ["one that is padded takes one", (h, t) => h[5]!.exp().div(pad(t.narrow(0, 1, t.shape[0]! - 1), [0, 0, 1, 0])), 8],
  ["a result takes its place, too", (h, t) => pad(t.narrow(0, 1, t.shape[0]! - 1), [0, 0, 1, 0]).div(h[5]!), 7],
  ["a chain stays in one register", (h) => h[5]!.exp().cos().tanh().exp(), 7],
  ["binary ops take the place of either operand", (h) => h[5]!.exp().sub(h[4]!).div(h[3]!), 7],
  ["or of the second", (h) => h[4]!.div(h[5]!.exp()).div(h[3]!), 7],
  ["a square takes one place, and gives one up", (h) => { const e = h[5]!.exp(); return e.mul(e).cos().sub(h[2]!); }, 7],
  ["what is read twice lives until the second", (h) => { const e = h[5]!.exp(); return e.cos().tanh().div(e); }, 8],
  ["two at a time", (h) => h[5]!.exp().div(h[4]!.exp()), 8],
  ["a register that is free is taken again", (h) => h[5]!.exp().div(h[4]!.exp()).add(h[3]!.cos().exp()), 8],
  ["a bool", (h) => h[5]!.gt(h[4]!).logicalNot().float(), 8],
  ["a bool has no room in what a number leaves, until afterwards", (h) => pf.where(h[5]!.exp().gt(h[4]!), h[3]!, h[2]!), 8],
  ["a selection takes a number's place", (h) => pf.where(h[5]!.gt(h[4]!), h[3]!.exp(), h[2]!), 8],
  ["a bool takes the place of a bool", (h) => { const e = h[5]!.exp(); return pf.where(e.gt(h[4]!).logicalNot(), e, h[2]!); }, 8],
  ["a bool takes the place of a bool: eq", (h) => { const e = h[5]!.exp(); return pf.where(e.eq(h[4]!).logicalNot(), e, h[2]!); }, 8],
  ["three operands that end", (h) => pf.where(h[5]!.gt(h[4]!), h[3]!.exp(), h[2]!.exp()).add(h[1]!.exp().add(h[0]!.exp().tanh())), 9],
]; // prettier-ignore
const short = b.reshape(4, 4);
const long = uniform([64, 128], 7).float();
pf.evaluate(short, long);
for (const [what, f, count] of registers)
  for (const [dtype, size] of [
    ["float32", 4],
    ["float64", 8],
  ] as const)
    test(`registers: ${what}, ${dtype}`, () => {
      const bytes = [long, short]
        .map((t) => t.to(dtype))
        .map((t) => {
          pf.evaluate(t);
          return bytesOf(held(f), [t]);
        });
      const blockOf = (elements: number): number => Math.ceil((elements * size + 256) / 64) * 64;
      const room = Math.floor(24576 / ((count + 1) * size) / 16) * 16;
      assert.is(bytes[0]! - bytes[1]!, blockOf(room) - blockOf(16));
    });

test("registers: what is stored takes none, the very first op's result neither", () => {
  const bytes = [long, short].map((t) => {
    forget();
    pf.tidy(() => {
      const first = t.sin();
      const h = [first];
      const last = pf.tidy(() => {
        while (h.length < 8) h.push(h.at(-1)!.sin());
        return h.reduce((y, v) => y.maximum(v)).mul(2);
      });
      pf.evaluate(first, last);
    });
    return pf.backend.planCache.bytes;
  }) as [number, number];
  // Six registers and a constant, of float32.
  assert.is(bytes[0] - bytes[1], 4 * (Math.floor(24576 / 7 / 4 / 16) * 16 - 16));
});

test("registers: a block has 1,024 elements at most", () => {
  const [most, least] = [long, short].map((t) => bytesOf((t) => t.sin().mul(2), [t])) as [number, number];
  assert.is(most - least, 4 * (1024 - 16));
});

test("registers: a block of rows has whole ones", () => {
  /** What the block of a number takes, and something that is the same for all. */
  const bytesOfBlock = (length: number): number => {
    const t = uniform([8, length], 7).float();
    const bytes = (f: F): number => bytesOf((x) => f(x.sin()).sum(1), [t]);
    return bytes((x) => x.mul(7.3)) - bytes((x) => x.cos());
  };
  const whole = bytesOfBlock(128);
  for (const [length, less] of [[48, 64], [100, 64], [1000, 64], [1500, 0]] as const) assert.is(whole - bytesOfBlock(length), less); // prettier-ignore
});

// -- what rows leave: ops write whole vectors, so where rows don't fill them, what is stored is copied
for (const [dtype, lengths] of [
  ["float32", [16, 20, 62, 63, 64, 65, 66, 68, 128, 129, 130, 132]],
  ["float64", [16, 18, 63, 64, 65, 66, 127, 128, 129, 130]],
] as const)
  test(`rows that end within a vector are copied, ${dtype}`, () => {
    const size = dtype === "float32" ? 4 : 8;
    const bytesOfRows = (rows: number, length: number): number => {
      const t = uniform([rows, length], 1).to(dtype);
      pf.evaluate(t);
      forget();
      pf.tidy(() => {
        const stored = [t.sin(), t.cos(), t.exp(), t.tanh()];
        const total = pf.tidy(() => stored.reduce((p, q) => p.maximum(q)).sum(1));
        pf.evaluate(...stored, total);
      });
      assert.is(pf.backend.planCache.size, 1);
      return pf.backend.planCache.bytes;
    };
    const least = bytesOfRows(3, 16);
    const more = (rows: number): number[] => lengths.map((length) => bytesOfRows(rows, length) - least);
    assert.equal(
      more(3),
      lengths.map((length) => ((length * size) % 16 ? FOUR : 0)),
    );
    // One row alone may end anywhere: behind it there is room.
    assert.equal(more(1), lengths.map(() => 0)); // prettier-ignore
  });

test("two are one behind what is gathered", () => {
  const bytes = (["mul", "maximum"] as const).map((first) => {
    forget();
    pf.tidy(() => pf.evaluate(pf.tidy(() => inSteps.sin()[first](b).add(c))));
    return pf.backend.planCache.bytes;
  }) as [number, number];
  assert.ok(bytes[1] > bytes[0]);
});

// -- rows that are longer than a part leave 16 bytes for each part of each sink, where there is work enough to be cut
for (const dtype of ["float32", "float64"] as const)
  test(`partial results: ${dtype}`, () => {
    const bytes = (rows: number, columns: number): number => {
      const t = pf.zeros([rows, columns], { dtype });
      pf.evaluate(t);
      forget();
      pf.tidy(() => {
        const results = pf.tidy(() => {
          let e = t.sin();
          for (let i = 0; i < 10; i++) e = e.cos();
          return [e.sum(1), e.amax(1), e.amin(1)];
        });
        pf.evaluate(...results);
      });
      assert.is(pf.backend.planCache.size, 1);
      t.dispose();
      return pf.backend.planCache.bytes;
    };
    // 3 sinks of 3, 4, and twice 3 parts.
    const few = bytes(1, 40_000);
    assert.is(bytes(1, 60_000) - few, 16 * 3);
    assert.is(bytes(2, 40_000) - few, 16 * 9);
    assert.is(bytes(3, 16_385) - few, 16 * 9);
    // Shorter rows are not cut, nor is what comes to less than 262,144 elements of its 14 instructions.
    for (const [rows, columns] of [[1, 18_000], [7, 9000], [30, 16_000]] as const)
      assert.is(few - bytes(rows, columns), 16 * 9); // prettier-ignore
    assert.is(bytes(1, 19_000) - few, -16 * 3);
  });

test("equal numbers of different dtypes are two constants of a program", () => {
  const whole = pf.tensor([0, 1, 2, 3], { dtype: "int32" });
  for (const k of [1, 2, 3]) {
    assert.equal(
      whole.add(k).float().add(k).toArray(),
      [0, 1, 2, 3].map((value) => value + 2 * k),
    );
    assert.equal(
      whole.float().add(k).double().add(k).toArray(),
      [0, 1, 2, 3].map((value) => value + 2 * k),
    );
    assert.equal(
      whole.float().add(k).int().add(k).toArray(),
      [0, 1, 2, 3].map((value) => value + 2 * k),
    );
  }
});

test.run();
