// Signatures, written as index.ts says: special functions.
import type { Signatures } from "../signature";
export const specialSignatures = {
  // -- special functions
  /** The distribution function Φ of the standard normal. @dtype float(input) */
  "special.ndtr": "(input: Tensor): Tensor",
  /** log(Φ(x)), accurate in the left tail. @dtype float(input) */
  "special.logNdtr": "(input: Tensor): Tensor",
  /** The inverse of Φ. @dtype float(input) */
  "special.ndtri": "(input: Tensor): Tensor",
  /** exp(x²)·erfc(x). @dtype float(input) */
  "special.erfcx": "(input: Tensor): Tensor",
  /** The modified Bessel function I₀. @dtype float(input) */
  i0: "(input: Tensor): Tensor",
  /** The modified Bessel function I₀. @dtype float(input) */
  "special.i0": "(input: Tensor): Tensor",
  /** exp(−|x|)·I₀(x). @dtype float(input) */
  "special.i0e": "(input: Tensor): Tensor",
  /** The modified Bessel function I₁. @dtype float(input) */
  "special.i1": "(input: Tensor): Tensor",
  /** exp(−|x|)·I₁(x). @dtype float(input) */
  "special.i1e": "(input: Tensor): Tensor",
} as const satisfies Signatures;
