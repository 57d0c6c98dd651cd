// Philox 4x32-10 and the draws in plain JavaScript, written from the paper and from the diagram in assembly/kernels/philox.ts.
import * as pf from "../../host/index";

const MASK = 0xffffffffn;

/** The four words of a block; `stream` is the upper half of the counter. */
export function philox(block: bigint, stream: bigint, seed: bigint): bigint[] {
  let [a, b, c, d] = [block & MASK, block >> 32n, stream & MASK, stream >> 32n];
  for (let round = 0n; round < 10n; round++) {
    const key = [(seed + round * 0x9e3779b9n) & MASK, ((seed >> 32n) + round * 0xbb67ae85n) & MASK];
    const [left, right] = [a * 0xd2511f53n, c * 0xcd9e8d57n];
    [a, b, c, d] = [(right >> 32n) ^ b ^ key[0], right & MASK, (left >> 32n) ^ d ^ key[1], left & MASK];
  }
  return [a, b, c, d];
}
/** The 64 bits of element `index` in the streams from `stream` on. */
function bits(seed: bigint, index: bigint, stream: bigint): bigint {
  const lane = Number(index % 4n);
  return (philox(index / 4n, stream, seed)[lane] << 32n) | philox(index / 4n, stream + 1n, seed)[lane];
}

const unit = (x: bigint): number => Number(x >> 11n) * 2 ** -53;
export const uniform64 = (seed: bigint, index: bigint): number => unit(bits(seed, index, 0n));
export const uniform32 = (seed: bigint, index: bigint): number => Number(bits(seed, index, 0n) >> 40n) * 2 ** -24;
export function normal(seed: bigint, index: bigint): number {
  const even = index & ~1n;
  const radius = Math.sqrt(-2 * Math.log(unit(bits(seed, even, 2n)) + 2 ** -53));
  const angle = 2 * Math.PI * unit(bits(seed, even + 1n, 2n));
  return radius * (index % 2n === 0n ? Math.cos(angle) : Math.sin(angle));
}
export const integer =
  (low: number, high: number) =>
  (seed: bigint, index: bigint): number =>
    low + Number((bits(seed, index, 4n) * BigInt(high - low)) >> 64n);
export function permutation(n: number, seed: bigint, offset: bigint): number[] {
  const places: number[] = [];
  for (let i = 0; i < n; i++) {
    const other = Number((bits(seed, offset + BigInt(i), 6n) * BigInt(i + 1)) >> 64n);
    places[i] = places[other];
    places[other] = i;
  }
  return places;
}

/** What f gives after manualSeed(seed). */
export function seeded<T>(seed: number, f: () => T): T {
  pf.manualSeed(seed);
  return f();
}
export const list = (x: pf.Tensor): number[] => Array.from(x.data());
