// erf and erfc. f64 one by one after fdlibm (FreeBSD msun s_erf.c, whose coefficients these are; below 2 ulp); erf of f32 in lanes.
import { exp } from "./exp";
import { choose, copySign, horner, madd, splat } from "./lanes";

/** erf(1) in single precision: the centre of the middle range. */
const ERF_1: f64 = 8.45062911510467529297e-1;

/** (erf(x) - x) / x for |x| < 0.84375, z = x². */
function erfSmall(z: f64): f64 {
  const p =
    1.28379167095512558561e-1 +
    z *
      (-3.2504210724700149937e-1 +
        z * (-2.84817495755985104766e-2 + z * (-5.77027029648944159157e-3 + z * -2.37630166566501626084e-5)));
  const q =
    1.0 +
    z *
      (3.97917223959155352819e-1 +
        z *
          (6.50222499887672944485e-2 +
            z * (5.08130628187576562776e-3 + z * (1.32494738004321644526e-4 + z * -3.9602282787753681232e-6))));
  return p / q;
}

/** erf(1 + s) - ERF_1 for 0.84375 <= 1 + s < 1.25. */
function erfMiddle(s: f64): f64 {
  let p = -2.166375594868790843e-3;
  p = p * s + 3.54783043256182359371e-2;
  p = p * s - 1.10894694282396677476e-1;
  p = p * s + 3.18346619901161753674e-1;
  p = p * s - 3.72207876035701323847e-1;
  p = p * s + 4.14856118683748331666e-1;
  p = p * s - 2.36211856075265944077e-3;
  let q = 1.1984499846799107417e-2;
  q = q * s + 1.36370839120290507362e-2;
  q = q * s + 1.26171219808761642112e-1;
  q = q * s + 7.18286544141962662868e-2;
  q = q * s + 5.40397917702171048937e-1;
  q = q * s + 1.06420880400844228286e-1;
  q = q * s + 1.0;
  return p / q;
}

/** erfc(x) for 1.25 <= x < 28: e^(-x² - 0.5625 + R/S) / x. */
function erfcLarge(x: f64): f64 {
  const s = 1.0 / (x * x);
  let p: f64;
  let q: f64;
  if (x < 1.0 / 0.35) {
    p = -9.81432934416914548592;
    p = p * s - 8.12874355063065934246e1;
    p = p * s - 1.84605092906711035994e2;
    p = p * s - 1.62396669462573470355e2;
    p = p * s - 6.23753324503260060396e1;
    p = p * s - 1.05586262253232909814e1;
    p = p * s - 6.93858572707181764372e-1;
    p = p * s - 9.86494403484714822705e-3;
    q = -6.04244152148580987438e-2;
    q = q * s + 6.57024977031928170135;
    q = q * s + 1.08635005541779435134e2;
    q = q * s + 4.29008140027567833386e2;
    q = q * s + 6.45387271733267880336e2;
    q = q * s + 4.34565877475229228821e2;
    q = q * s + 1.376577541435190426e2;
    q = q * s + 1.96512716674392571292e1;
    q = q * s + 1.0;
  } else {
    p = -4.83519191608651397019e2;
    p = p * s - 1.02509513161107724954e3;
    p = p * s - 6.37566443368389627722e2;
    p = p * s - 1.60636384855821916062e2;
    p = p * s - 1.77579549177547519889e1;
    p = p * s - 7.99283237680523006574e-1;
    p = p * s - 9.86494292470009928597e-3;
    q = -2.24409524465858183362e1;
    q = q * s + 4.74528541206955367215e2;
    q = q * s + 2.55305040643316442583e3;
    q = q * s + 3.19985821950859553908e3;
    q = q * s + 1.53672958608443695994e3;
    q = q * s + 3.25792512996573918826e2;
    q = q * s + 3.03380607434824582924e1;
    q = q * s + 1.0;
  }
  // x = z + rest with a short z: z² is exact, so that e^-x² keeps its relative precision.
  const z = upper(x, 0xffffffff00000000);
  const rest = x - z;
  const e = NativeMath.exp(-z * z - 0.5625);
  const growth = NativeMath.expm1(p / q - rest * (z + x));
  // (e + e·growth) / x with the rounding of e / x taken back, or the errors would add up to more than 2 ulp.
  const y = e / x;
  const head = upper(y, 0xfffffffff8000000);
  const tail = y - head;
  const lost = e - head * z - tail * z - head * rest - tail * rest;
  return y + (y * growth + lost / x);
}

// @ts-ignore: decorator
@inline
function upper(x: f64, mask: u64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) & mask);
}

export function erfScalar(x: f64): f64 {
  if (x != x) return x;
  const m = abs(x);
  // The eightfold keeps the last bit of subnormals.
  if (m < 1e-300) return 0.125 * (8.0 * x + 1.02703333676410069053 * x);
  if (m < 0.84375) return x + x * erfSmall(x * x);
  let y: f64 = 1.0;
  if (m < 1.25) y = ERF_1 + erfMiddle(m - 1.0);
  else if (m < 6.0) y = 1.0 - erfcLarge(m);
  return copysign<f64>(y, x);
}

export function erfcScalar(x: f64): f64 {
  if (x != x) return x;
  const m = abs(x);
  if (m < 0.84375) {
    const r = x * erfSmall(x * x);
    if (x < 0.25) return 1.0 - (x + r);
    // 1 - x is exact from 1/2 on: one rounding less than fdlibm.
    return x < 0.5 ? 0.5 - (r + (x - 0.5)) : 1.0 - x - r;
  }
  if (m < 1.25) {
    const r = erfMiddle(m - 1.0);
    return x > 0 ? 1.0 - ERF_1 - r : 1.0 + (ERF_1 + r);
  }
  if (x <= -6.0) return 2.0;
  if (x >= 28.0) return 0.0;
  const y = erfcLarge(m);
  return x > 0 ? y : 2.0 - y;
}

/**
 * erf of four f32: below 0.92 x + x·P(x²) (error 1.7e-8), above 1 - e^Q(|x|) with Q = log erfc (error 2e-8, of a term below
 * 0.2). Chebyshev interpolation. Below 2 ulp.
 */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const m = f32x4.pmin(f32x4.abs(x), splat<f32>(4.0));
  const z = f32x4.mul(x, x);
  let p = splat<f32>(-0.0006003721979);
  p = horner<f32>(p, z, 0.004995951236);
  p = horner<f32>(p, z, -0.026768711);
  p = horner<f32>(p, z, 0.112818811);
  p = horner<f32>(p, z, -0.3761250078);
  p = horner<f32>(p, z, 0.1283791508);
  const small = madd<f32>(x, p, x);
  let q = splat<f32>(1.6589021e-6);
  q = horner<f32>(q, m, -4.645523621e-5);
  q = horner<f32>(q, m, 0.000599859686);
  q = horner<f32>(q, m, -0.004772434593);
  q = horner<f32>(q, m, 0.02645315803);
  q = horner<f32>(q, m, -0.110128096);
  q = horner<f32>(q, m, -0.6317844659);
  q = horner<f32>(q, m, -1.130251935);
  q = horner<f32>(q, m, 0.0003231856272);
  const large = copySign<f32>(f32x4.sub(splat<f32>(1.0), exp<f32>(q)), x);
  return choose(f32x4.lt(m, splat<f32>(0.92)), small, large);
}
