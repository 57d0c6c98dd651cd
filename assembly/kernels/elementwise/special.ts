// The special functions as kernels: one loop for all of them, an element at a time in float64.
import { DType } from "../../abi/opcodes";
import { airy } from "../special/airy";
import { bessel } from "../special/bessel";
import { betaln, polygamma, zeta } from "../special/gamma";
import { betaDensity, gammaDensity, incompleteBeta, incompleteGamma } from "../special/incomplete";
import { modifiedBessel, scaledBessel } from "../special/modifiedBessel";
import { orthogonal } from "../special/polynomials";

// What declarations call the functions.
export const POLYGAMMA: i32 = 0;
export const ZETA: i32 = 1;
export const BETALN: i32 = 2;
export const BESSEL_J: i32 = 3;
export const BESSEL_Y: i32 = 4;
export const BESSEL_I: i32 = 5;
export const BESSEL_K: i32 = 6;
export const SCALED_I: i32 = 7;
export const SCALED_K: i32 = 8;
export const GAMMAINC: i32 = 9;
export const GAMMAINCC: i32 = 10;
export const GAMMA_DENSITY: i32 = 11;
export const BETA_DENSITY: i32 = 12;
export const ORTHOGONAL: i32 = 13;
export const AIRY: i32 = 14;
export const RESCALED: i32 = 15;
/** I(a, b, x); its derivatives by the parameters, a as 1 and b as 2, follow at the first, and 3 times the second. */
export const BETAINC: i32 = 16;
export const BETAINC_A: i32 = BETAINC + 1;
export const BETAINC_B: i32 = BETAINC + 2;
export const BETAINC_AA: i32 = BETAINC + 4;
export const BETAINC_AB: i32 = BETAINC + 7;
export const BETAINC_BB: i32 = BETAINC + 8;

function evaluate(which: i32, a: f64, b: f64, c: f64): f64 {
  switch (which) {
    case POLYGAMMA:
      return polygamma(a, b);
    case ZETA:
      return zeta(a, b);
    case BETALN:
      return betaln(a, b);
    case BESSEL_J:
    case BESSEL_Y:
      return bessel(a, b, which == BESSEL_Y);
    case BESSEL_I:
    case BESSEL_K:
      return modifiedBessel(a, b, which == BESSEL_K);
    case SCALED_I:
    case SCALED_K:
      return scaledBessel(a, b, c, which == SCALED_K);
    case GAMMAINC:
    case GAMMAINCC:
      return incompleteGamma(a, b, which == GAMMAINCC, which == GAMMAINC ? <i32>c : 0);
    case GAMMA_DENSITY:
      return gammaDensity(a, b);
    case BETA_DENSITY:
      return betaDensity(a, b, c);
    case ORTHOGONAL:
      return orthogonal(a, b, c);
    case AIRY:
      return airy(a, b != 0);
    case RESCALED:
      return rescaled(a, b);
  }
  const second = (which - BETAINC) / 3;
  return incompleteBeta(a, b, c, which - BETAINC - 3 * second, second);
}
/** x·2ᵏ, by powers that there are. */
function rescaled(x: f64, k: f64): f64 {
  for (let i = 0; i < 4; i++) {
    const by = max<f64>(-1000, min<f64>(1000, k));
    x *= reinterpret<f64>((<u64>(1023 + <i32>by)) << 52);
    k -= by;
  }
  return x;
}
function elementAt(dtype: i32, address: usize, i: usize): f64 {
  return dtype == DType.Float32 ? <f64>load<f32>(address + (i << 2)) : load<f64>(address + (i << 3));
}

/** dst = f(a, b, c), of which b and c may be any operand again where f has fewer. */
export function specials(which: i32, dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const value = evaluate(which, elementAt(dtype, a, i), elementAt(dtype, b, i), elementAt(dtype, c, i));
    if (dtype == DType.Float32) store<f32>(dst + (i << 2), <f32>value);
    else store<f64>(dst + (i << 3), value);
  }
}
