// The generator itself: the known answers of Random123 (kat_vectors, philox4x32 with 10 rounds), and every distribution
// against a plain JavaScript one.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { allocate, core, reset } from "../assembly/kernels/harness";
import * as reference from "./support";
import { list, seeded } from "./support";

// counter (four words, lowest first), key (two), answer
const knownAnswers: [counter: number[], key: number[], answer: number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];
const kernel = suite("philox");
const wide = ([low, high]: number[]) => (BigInt(high) << 32n) | BigInt(low);
// The four blocks of a group, of which the counter given is one.
function group(counter: number[], key: number[]): number[][] {
  reset();
  const dst = allocate(64);
  const signed = (words: number[]) => BigInt.asIntN(64, wide(words));
  core.philox(dst, signed(counter.slice(0, 2)) & ~3n, signed(counter.slice(2)), signed(key));
  return [0, 1, 2, 3].map((i) => Array.from(new Uint32Array(core.memory.buffer, dst + 16 * i, 4)));
}
for (const [counter, key, answer] of knownAnswers) {
  const name = counter.map((word) => word.toString(16)).join(" ");
  kernel(`known answer for counter ${name}`, () => assert.equal(group(counter, key)[counter[0] & 3], answer));
  kernel(`known answer for counter ${name}, of the reference that the draws are held to`, () =>
    assert.equal(reference.philox(wide(counter.slice(0, 2)), wide(counter.slice(2)), wide(key)).map(Number), answer),
  );
  kernel(`the whole group of counter ${name}`, () => {
    const first = wide(counter.slice(0, 2)) & ~3n;
    const want = [0n, 1n, 2n, 3n].map((i) =>
      reference.philox(first + i, wide(counter.slice(2)), wide(key)).map(Number),
    );
    assert.equal(group(counter, key), want);
  });
}
kernel.run();

const draws = suite("draws");
const stateOf = (seed: bigint, offset: bigint) =>
  pf.tensor(new Int32Array(new BigUint64Array([BigInt.asUintN(64, seed), offset]).buffer));
const near = (a: number, b: number) => Math.abs(a - b) <= 1e-14 * Math.max(1, Math.abs(b));
const exact = (a: number, b: number) => Object.is(a, b);
const rows: [
  name: string,
  draw: (n: number) => pf.Tensor,
  element: (seed: bigint, index: bigint) => number,
  same: (a: number, b: number) => boolean,
][] = [
  ["rand float32", (n) => pf.rand(n), reference.uniform32, exact],
  ["rand float64", (n) => pf.rand(n, { dtype: "float64" }), reference.uniform64, exact],
  ["randn float64", (n) => pf.randn(n, { dtype: "float64" }), reference.normal, near],
  [
    "randn float32",
    (n) => pf.randn(n),
    (seed, index) => Math.fround(reference.normal(seed, index)),
    (a, b) => Math.abs(a - b) <= 2 ** -23 * Math.abs(b),
  ],
  ["randint of 7", (n) => pf.randint(-3, 4, [n]), reference.integer(-3, 4), exact],
  [
    "randint of all but one int32",
    (n) => pf.randint(-(2 ** 31), 2 ** 31 - 1, [n]),
    reference.integer(-(2 ** 31), 2 ** 31 - 1),
    exact,
  ],
];
const sizes = [1, 2, 3, 5, 4, 7, 1, 1, 1, 17, 16, 15, 33];
for (const [name, draw, element, same] of rows) {
  // From 2³⁴ on the number of the block has more than 32 bits.
  for (const start of [0n, 2n ** 34n - 40n, 2n ** 63n - 41n]) {
    draws(`${name}, from any offset after ${start} on, with any seed`, () => {
      for (const seed of [0, 1, 2 ** 53 - 1, -1]) {
        let offset = start;
        pf.setRngState(stateOf(BigInt(seed), offset));
        for (const n of sizes) {
          const got = list(draw(n));
          assert.is(got.length, n);
          got.forEach((value, i) => {
            const want = element(BigInt.asUintN(64, BigInt(seed)), offset + BigInt(i));
            if (!same(value, want)) assert.unreachable(`seed ${seed}, number ${offset} + ${i}: ${value}, not ${want}`);
          });
          offset += BigInt(n);
        }
      }
    });
  }
}
draws("randperm is Fisher and Yates' shuffle of the sequence", () => {
  pf.manualSeed(5);
  assert.equal(list(pf.randperm(23)), reference.permutation(23, 5n, 0n));
  assert.equal(list(pf.randperm(6)), reference.permutation(6, 5n, 23n));
});
// Pinned: whoever changes them breaks the programs that rely on a seed.
draws("the first numbers of seed 0", () => {
  assert.equal(
    seeded(0, () => list(pf.rand(3))),
    [0.3990464210510254, 0.8805201649665833, 0.7357127666473389],
  );
  assert.equal(
    seeded(0, () => list(pf.randint(10, [8]))),
    [9, 5, 0, 0, 3, 3, 1, 8],
  );
  assert.equal(
    seeded(0, () => list(pf.randperm(10))),
    [0, 1, 5, 9, 7, 2, 4, 3, 6, 8],
  );
  assert.equal(
    seeded(0, () => list(pf.randn(3, { dtype: "float64" }))),
    [-0.6272286300545914, -2.6438456939458574, -1.906525511423777],
  );
});
draws.run();
