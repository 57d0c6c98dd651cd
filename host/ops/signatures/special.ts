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

  /** log |Γ(x)|; ∞ at 0 and the negative integers. Its derivative is digamma. @dtype float(input) */
  lgamma: "(input: Tensor): Tensor",
  /** Alias of lgamma. @dtype float(input) */
  "special.gammaln": "(input: Tensor): Tensor",
  /** ψ(x), the derivative of log Γ(x); ∓∞ at ±0, NaN at the negative integers. @dtype float(input) */
  digamma: "(input: Tensor): Tensor",
  /** Alias of digamma. @dtype float(input) */
  "special.digamma": "(input: Tensor): Tensor",
  /** Alias of digamma. @dtype float(input) */
  "special.psi": "(input: Tensor): Tensor",
  /** The derivative of digamma of order n >= 0. @dtype float(input) */
  polygamma: "(n: int, input: Tensor): Tensor",
  /** Alias of polygamma. @dtype float(input) */
  "special.polygamma": "(n: int, input: Tensor): Tensor",
  /** The logarithm of the multivariate gamma function of dimension p: ¼p(p − 1)·log π + Σ log Γ(x − j/2), j < p. @dtype float(input) */
  mvlgamma: "(input: Tensor, p: int): Tensor",
  /** Alias of mvlgamma. @dtype float(input) */
  "special.multigammaln": "(input: Tensor, p: int): Tensor",
  /** Hurwitz's ζ(input, other) = Σ (other + k)^−input, for input > 1. Its derivative by other is −s·ζ(s + 1, q); by input there is none. @dtype float(input, other) */
  "special.zeta": "(input: Operand, other: Operand): Tensor",
  /** log B(a, b) = log(Γ(a)·Γ(b)/Γ(a + b)), without the cancellation of these; scipy's. @torch special.html @dtype float(input, other) */
  "special.betaln": "(input: Operand, other: Operand): Tensor",
  /**
   * The regularized lower incomplete gamma function P(input, other) = ∫ tᵃ⁻¹e⁻ᵗdt / Γ(a) from 0 to other. It has derivatives by
   * both; by input, which torch does not have, of first and second order: the integral with log t − ψ(a) as a factor.
   * @dtype float(input, other)
   */
  "special.gammainc": "(input: Operand, other: Operand): Tensor",
  /** Alias of special.gammainc. @dtype float(input, other) */
  igamma: "(input: Operand, other: Operand): Tensor",
  /** The regularized upper incomplete gamma function Q = 1 − P, precise where it is small; derivatives as of gammainc. @dtype float(input, other) */
  "special.gammaincc": "(input: Operand, other: Operand): Tensor",
  /** Alias of special.gammaincc. @dtype float(input, other) */
  igammac: "(input: Operand, other: Operand): Tensor",
  /**
   * The regularized incomplete beta function I(a, b, x) = ∫ tᵃ⁻¹(1 − t)ᵇ⁻¹dt / B(a, b) from 0 to x: scipy's, which torch does not have.
   * It has derivatives by all three; by a and b of first and second order.
   * @torch special.html @dtype float(a, b, x)
   */
  "special.betainc": "(a: Operand, b: Operand, x: Operand): Tensor",

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
  /** Alias of special.i0. @dtype float(input) */
  "special.modifiedBesselI0": "(input: Tensor): Tensor",
  /** Alias of special.i1. @dtype float(input) */
  "special.modifiedBesselI1": "(input: Tensor): Tensor",
  /** The modified Bessel function K₀; ∞ at 0, NaN below. @dtype float(input) */
  "special.modifiedBesselK0": "(input: Tensor): Tensor",
  /** The modified Bessel function K₁; ∞ at 0, NaN below. @dtype float(input) */
  "special.modifiedBesselK1": "(input: Tensor): Tensor",
  /** exp(x)·K₀(x). @dtype float(input) */
  "special.scaledModifiedBesselK0": "(input: Tensor): Tensor",
  /** exp(x)·K₁(x). @dtype float(input) */
  "special.scaledModifiedBesselK1": "(input: Tensor): Tensor",
  /** The Bessel function J₀. @dtype float(input) */
  "special.besselJ0": "(input: Tensor): Tensor",
  /** The Bessel function J₁. @dtype float(input) */
  "special.besselJ1": "(input: Tensor): Tensor",
  /** The Bessel function Y₀; −∞ at 0, NaN below. @dtype float(input) */
  "special.besselY0": "(input: Tensor): Tensor",
  /** The Bessel function Y₁; −∞ at 0, NaN below. @dtype float(input) */
  "special.besselY1": "(input: Tensor): Tensor",
  /** Airy's function Ai; 0 at both infinities. To 1e-15 of the values around for x >= −1e10. @dtype float(input) */
  "special.airyAi": "(input: Tensor): Tensor",
  /** The spherical Bessel function j₀(x) = sin(x)/x. @dtype float(input) */
  "special.sphericalBesselJ0": "(input: Tensor): Tensor",
  /** The Legendre polynomial of degree n, a number or a tensor; 0 for negative ones. @dtype float(input, n) */
  "special.legendrePolynomialP": "(input: Tensor, n: Operand): Tensor",
  /** The Chebyshev polynomial of the first kind of degree n. @dtype float(input, n) */
  "special.chebyshevPolynomialT": "(input: Tensor, n: Operand): Tensor",
  /** The Chebyshev polynomial of the second kind of degree n. @dtype float(input, n) */
  "special.chebyshevPolynomialU": "(input: Tensor, n: Operand): Tensor",
  /** The Chebyshev polynomial of the third kind of degree n. @dtype float(input, n) */
  "special.chebyshevPolynomialV": "(input: Tensor, n: Operand): Tensor",
  /** The Chebyshev polynomial of the fourth kind of degree n. @dtype float(input, n) */
  "special.chebyshevPolynomialW": "(input: Tensor, n: Operand): Tensor",
  /** That of the first kind at 2x − 1. @dtype float(input, n) */
  "special.shiftedChebyshevPolynomialT": "(input: Tensor, n: Operand): Tensor",
  /** That of the second kind at 2x − 1. @dtype float(input, n) */
  "special.shiftedChebyshevPolynomialU": "(input: Tensor, n: Operand): Tensor",
  /** That of the third kind at 2x − 1. @dtype float(input, n) */
  "special.shiftedChebyshevPolynomialV": "(input: Tensor, n: Operand): Tensor",
  /** That of the fourth kind at 2x − 1. @dtype float(input, n) */
  "special.shiftedChebyshevPolynomialW": "(input: Tensor, n: Operand): Tensor",
  /** The Hermite polynomial of degree n of physics. @dtype float(input, n) */
  "special.hermitePolynomialH": "(input: Tensor, n: Operand): Tensor",
  /** The Hermite polynomial of degree n of probability theory. @dtype float(input, n) */
  "special.hermitePolynomialHe": "(input: Tensor, n: Operand): Tensor",
  /** The Laguerre polynomial of degree n. @dtype float(input, n) */
  "special.laguerrePolynomialL": "(input: Tensor, n: Operand): Tensor",
} as const satisfies Signatures;
