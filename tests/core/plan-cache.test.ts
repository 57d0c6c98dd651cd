// The plan cache: what it counts, what it gives up and when, and that nothing is left of what it gave up.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { forget, heapBytes } from "./exhaustion";
import { generator } from "./support";

const MOST = 256;
const cache = () => pf.backend.planCache;
const leaves = Array.from({ length: 400 }, (_, i) => pf.ones([i + 1, 2]).contiguous());
const table = Array.from({ length: 400 }, (_, i) => pf.tensor(new Float32Array(i + 1).fill(2)));
pf.evaluate(...leaves, ...table);
/** 400 programs of different structure. */
const run = (i: number): void => pf.tidy(() => pf.evaluate(table[i]!.exp()));
const misses = (body: () => void): number => {
  const before = cache().misses;
  body();
  return cache().misses - before;
};

test("it counts what it finds, what it doesn't, and what it holds", () => {
  forget();
  const before = cache();
  assert.equal([before.size, before.bytes], [0, 0]);
  for (const i of [0, 1, 0, 2, 0, 1, 1]) run(i);
  const after = cache();
  assert.equal([after.hits - before.hits, after.misses - before.misses, after.size], [4, 3, 3]);
  assert.ok(after.bytes > 0);
  // One that runs again takes no more.
  run(1);
  assert.is(cache().bytes, after.bytes);
  forget();
  assert.equal([cache().size, cache().bytes], [0, 0]);
});

// What each begins with is the whole of what is evaluated then.
test("a plan of more is not taken for one of its beginning", () => {
  const range = (size: number): Tensor => pf.arange(size);
  for (const size of [5, 6, 7, 8]) {
    forget();
    for (let i = 1; i <= MOST; i++) pf.tidy(() => pf.evaluate(range(size), range(i)));
    assert.is(misses(() => pf.tidy(() => pf.evaluate(range(size)))), 1); // prettier-ignore
  }
});

// Of a product: a word in each of nine lists and one for its death; of its signature four words, two sizes, and two operands.
test("a plan takes what its record is drawn with", () => {
  const a = pf.ones([2, 2]).contiguous();
  pf.evaluate(a);
  const bytesOf = (length: number): number => {
    forget();
    pf.tidy(() => {
      pf.evaluate(pf.tidy(() => Array.from({ length }).reduce((t: Tensor) => t.matmul(a), a))); // prettier-ignore
    });
    return cache().bytes;
  };
  assert.is(bytesOf(11) - bytesOf(10), 4 * (9 + 1 + 4 + 2 + 2));
  assert.is(bytesOf(1000) - bytesOf(10), 990 * (bytesOf(11) - bytesOf(10)));
});

test("what is there already takes no plan", () => {
  const before = cache();
  pf.evaluate(...table);
  table[3]!.data();
  assert.equal(cache(), before);
});

test("it holds the 256 that were used last", () => {
  forget();
  const next = generator(3);
  // The model: programs, the least recently used first.
  const held: number[] = [];
  for (let turn = 0; turn < 6000; turn++) {
    // By turns from all, and from few.
    const i = Math.floor(next() ** (1 + (turn % 3)) * 400);
    const at = held.indexOf(i);
    assert.is(misses(() => run(i)), at < 0 ? 1 : 0, `turn ${turn}`); // prettier-ignore
    if (at >= 0) held.splice(at, 1);
    held.push(i);
    if (held.length > MOST) held.shift();
    assert.is(cache().size, held.length);
  }
  assert.is(held.length, MOST);
});

/** A function's value, and its derivative along x, which take so many ops each. */
const chain = (length: number, withSine = false): void =>
  pf.tidy(() => {
    const f = (t: Tensor): Tensor[] => {
      let y = t;
      for (let i = 0; i < length; i++) y = y.neg();
      return withSine ? [y, t.sin()] : [y];
    };
    pf.evaluate(...(pf.functional.jvp(f as never, table[1]!, table[1]!) as Tensor[][]).flat());
  });

test("it takes 16 MiB at most, and nearly that", () => {
  forget();
  chain(8100);
  const one = cache().bytes;
  forget();
  let least = Infinity;
  for (let i = 0; i < 40; i++) {
    chain(8000 + i);
    const { bytes } = cache();
    assert.ok(bytes <= 2 ** 24, `${bytes} bytes`);
    if (i > 30) least = Math.min(least, bytes);
  }
  assert.ok(least > 2 ** 24 - one, `${least} bytes`);
  assert.is(misses(() => chain(8039)), 0); // prettier-ignore
  assert.is(misses(() => chain(8000)), 1); // prettier-ignore
});

test("a plan of more than 65,536 nodes is not kept", () => {
  // Beside the chains three nodes are detached, and five more where there is a sine.
  for (const [length, withSine, anew] of [
    [32764, true, 0],
    [32767, false, 1],
  ] as const) {
    // prettier-ignore
    forget();
    chain(length, withSine);
    assert.is(misses(() => chain(length, withSine)), anew); // prettier-ignore
  }
});

test("nothing is left of what it gives up", () => {
  const all = (): number => {
    forget();
    return heapBytes();
  };
  const work = (): void => {
    for (let i = 0; i < 400; i++) run(i);
    for (const i of [10, 300, 1000]) chain(i);
    pf.tidy(() => pf.evaluate(leaves[30]!.exp().sum(0), leaves[31]!.t().matmul(leaves[31]!).sin()));
  };
  work();
  const before = all();
  const nodes = core.liveNodes();
  for (let i = 0; i < 3; i++) {
    work();
    assert.is(all(), before);
    assert.is(core.liveNodes(), nodes);
  }
});

test.run();
