// Signatures, written as index.ts says: special functions.
import type { Signatures } from "../signature";
export const specialSignatures = {
  // -- special functions
  /** The distribution function Φ of the standard normal. */
  "special.ndtr": "(input: Tensor): Tensor",
  /** log(Φ(x)), accurate in the left tail. */
  "special.logNdtr": "(input: Tensor): Tensor",
  /** The inverse of Φ. */
  "special.ndtri": "(input: Tensor): Tensor",
  /** exp(x²)·erfc(x). */
  "special.erfcx": "(input: Tensor): Tensor",
  /** The modified Bessel function I₀. */
  i0: "(input: Tensor): Tensor",
  /** The modified Bessel function I₀. */
  "special.i0": "(input: Tensor): Tensor",
  /** exp(−|x|)·I₀(x). */
  "special.i0e": "(input: Tensor): Tensor",
  /** The modified Bessel function I₁. */
  "special.i1": "(input: Tensor): Tensor",
  /** exp(−|x|)·I₁(x). */
  "special.i1e": "(input: Tensor): Tensor",
} as const satisfies Signatures;
