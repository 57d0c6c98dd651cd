// What tells whether two peers computed the same. The weights, which are hashed too, notice a permutation or a sign.
import { uniformAt } from "./tensors.mjs";

const WEIGHT_SEED = 99;

/** Of the elements of all arrays, one after another: their number, Σ|v|, and Σ v·weight. */
export function checksumOf(arrays) {
  let count = 0;
  let absolute = 0;
  let weighted = 0;
  for (const array of arrays) {
    for (const value of array) {
      absolute += Math.abs(value);
      weighted += value * uniformAt(count++, WEIGHT_SEED);
    }
  }
  return { count, absolute, weighted };
}

/** Relative to Σ|v|: what orders of summation may differ by. */
const TOLERANCE = { float32: 5e-4, float64: 1e-9 };

export function agrees(found, wanted, dtype) {
  const tolerance = TOLERANCE[dtype] * wanted.absolute;
  return (
    found.count === wanted.count &&
    Math.abs(found.absolute - wanted.absolute) <= tolerance &&
    Math.abs(found.weighted - wanted.weighted) <= tolerance
  );
}
