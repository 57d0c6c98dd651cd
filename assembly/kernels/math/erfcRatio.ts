// The ratios rₙ(x) = iⁿ⁺¹erfc(x) / iⁿerfc(x) of repeated integrals of erfc (DLMF 7.18), n >= 0, with erfcx(x) = e^(x²)·erfc(x) as
// order -1 and its logarithm as order -2: rₙ' = 2·rₙ·((n+1)·rₙ - (n+2)·rₙ₊₁), erfcx' = -2·r₀·erfcx, so all derivatives of them are made
// of them.
//
// In float64 for both dtypes. For x >= 0 down from r₄, a rational function by interpolation (tests/reference/erfc-ratios.py), by
// rₙ₋₁ = 1/(2x + 2(n+1)·rₙ) (7.18.7), which damps errors; for x < 0 up from erfcx, where all terms of the same recurrence are positive.
// Errors below 3 ulp for orders up to 4.
import { smallRest } from "./erf";
import { expm1Slow, expReducedBy, scaledTwice } from "./exp";
import { choose, Constant, constant, madd, magnitudeOf, narrow, polynomial, splat, widenHigh, widenLow } from "./lanes";
import { log1pSlow, logSlow } from "./log";

/** r₄(x) for 0 <= x < 2: relative error 2e-17. */
const NEAR_P = memory.data<f64>([
  0.30090111122547003, 0.15611793852964817, 0.058827199266344464, 0.013272455638754382, 0.002078414519189423,
  0.00019661105879531984, 9.07571050541762e-6,
]); // prettier-ignore
const NEAR_Q = memory.data<f64>([
  1.0, 0.8331745607099706, 0.4032555293617935, 0.12758621203628526, 0.027995172910756108, 0.004188663619793006,
  0.00039445518711874903, 1.8118277281783707e-5,
]); // prettier-ignore
/** x·r₄(x) in 1/x² for 2 <= x < 4: relative error 2e-16, of which a fifth is left in r₃. */
const MIDDLE_P = memory.data<f64>([
  0.4999999807223675, 17.37159877717867, 207.36943573952192, 1040.1873255691723, 2172.0589460556953, 1626.9567050203618,
  284.59370067643505,
]); // prettier-ignore
const MIDDLE_Q = memory.data<f64>([
  1.0, 37.74319131085737, 508.4689429480043, 3038.5129231430633, 8187.856233322414, 9045.286746951699,
  3157.1013078084757, 148.10405282420834,
]); // prettier-ignore
/** The same from 4 on: relative error 3e-17. */
const FAR_P = memory.data<f64>([
  0.5, 28.257738152405462, 583.8201522298616, 5464.3468076405825, 23224.724644170466, 38939.66373086232,
  16816.361676721262,
]); // prettier-ignore
const FAR_Q = memory.data<f64>([
  1.0, 59.5154763048107, 1326.6867333744053, 13916.95202734677, 70646.27572446775, 159427.37119478302,
  124200.17961794074, 14255.945195999011,
]); // prettier-ignore
const UPPER_HALF: i64 = 0xffffffff00000000;
const SQRT_PI: f64 = 1.7724538509055159;

/** r₄ of x >= 0. */
function fourth(x: v128): v128 {
  const isNear = f64x2.lt(x, splat<f64>(2));
  let p = isNear,
    q = isNear;
  if (v128.any_true(isNear)) {
    p = polynomial<f64>(x, NEAR_P, 7);
    q = polynomial<f64>(x, NEAR_Q, 8);
  }
  if (!i64x2.all_true(isNear)) {
    const s = f64x2.div(constant<f64>(Constant.One), f64x2.mul(x, x));
    const isMiddle = f64x2.lt(x, splat<f64>(4));
    const above = choose(isMiddle, polynomial<f64>(s, MIDDLE_P, 7), polynomial<f64>(s, FAR_P, 7));
    const below = choose(isMiddle, polynomial<f64>(s, MIDDLE_Q, 8), polynomial<f64>(s, FAR_Q, 8));
    p = choose(isNear, p, above);
    q = choose(isNear, q, f64x2.mul(x, below));
  }
  return f64x2.div(p, q);
}
/** rₙ of x >= 0, as √π/2·erfcx for n = -1. Beyond r₄ down from a guess, far enough above to be damped for x >= 1. */
function downward(x: v128, n: i32): v128 {
  const one = constant<f64>(Constant.One);
  const twice = f64x2.add(x, x);
  let order = 4;
  let r: v128;
  if (n <= 4) r = fourth(x);
  else {
    order = n + 110;
    r = f64x2.div(one, f64x2.add(x, f64x2.sqrt(madd<f64>(x, x, splat<f64>(<f64>(2 * order + 3))))));
  }
  for (; order > n; order--) {
    r = f64x2.div(one, madd<f64>(splat<f64>(<f64>(2 * order + 2)), r, twice));
  }
  return r;
}
/** √π·e^(x²). x = z + rest with a short z: z² is exact, so that the power keeps its relative precision. */
function grown(x: v128): v128 {
  // Beyond 27 it has long been infinite.
  const m = f64x2.pmin(magnitudeOf<f64>(x), splat<f64>(27));
  const z = v128.and(m, i64x2.splat(UPPER_HALF));
  const head = f64x2.mul(z, z);
  const tail = f64x2.mul(f64x2.sub(m, z), f64x2.add(z, m));
  const magic = constant<f64>(Constant.RoundingMagic);
  const t = madd<f64>(f64x2.add(head, tail), constant<f64>(Constant.Log2E), magic);
  const power = f64x2.add(constant<f64>(Constant.One), expReducedBy<f64>(head, tail, f64x2.sub(t, magic)));
  return scaledTwice<f64>(f64x2.mul(power, splat<f64>(SQRT_PI)), t, 0);
}
/** rₙ by the recurrence upwards: stable for x < 0, and for x < 1 good enough for the n that no derivative below the sixth needs. */
function upward(x: v128, n: i32): v128 {
  const isNegative = f64x2.lt(x, splat<f64>(0));
  let r = downward(magnitudeOf<f64>(x), -1);
  if (v128.any_true(isNegative)) r = choose(isNegative, f64x2.sub(grown(x), r), r);
  const twice = f64x2.add(x, x);
  for (let k = 0; k <= n; k++) {
    const inverse = f64x2.div(constant<f64>(Constant.One), r);
    r = f64x2.mul(f64x2.sub(inverse, twice), splat<f64>(0.5 / <f64>(k + 1)));
  }
  return r;
}
function ratio(x: v128, order: i32): v128 {
  const n = max(order, -1);
  const isUpward = f64x2.lt(x, splat<f64>(n > 4 ? 1 : 0));
  let r = i64x2.all_true(isUpward) ? x : downward(magnitudeOf<f64>(x), n);
  if (v128.any_true(isUpward)) r = choose(isUpward, upward(x, n), r);
  if (order >= 0) return r;
  r = f64x2.div(f64x2.add(r, r), splat<f64>(SQRT_PI));
  // Near 0 by what erfcx is short of 1, so that no error but the sum's is left; that is what its logarithm begins with, too.
  const isNear = f64x2.lt(magnitudeOf<f64>(x), splat<f64>(0.5));
  if (!v128.any_true(isNear)) return order == -1 ? r : logSlow<f64>(r);
  const z = v128.and(x, isNear);
  const rest = excess(z);
  if (order == -1) return choose(isNear, f64x2.add(rest, constant<f64>(Constant.One)), r);
  return choose(isNear, log1pSlow<f64>(rest), logSlow<f64>(r));
}
/** erfcx(x) - 1 = (e^(x²) - 1)·erfc(x) - erf(x) for |x| < 1/2. */
function excess(x: v128): v128 {
  const erf = f64x2.add(x, smallRest(x));
  const erfc = f64x2.sub(constant<f64>(Constant.One), erf);
  return f64x2.sub(f64x2.mul(expm1Slow<f64>(f64x2.mul(x, x)), erfc), erf);
}

/** rₙ of each lane of x; all lanes of a block have one order, the first of `order`. */
// @ts-ignore: decorator
@inline
export function erfcRatio<T>(x: v128, order: v128): v128 {
  if (sizeof<T>() == 8) return ratio(x, <i32>f64x2.extract_lane(order, 0));
  const n = <i32>f32x4.extract_lane(order, 0);
  return narrow(ratio(widenLow(x), n), ratio(widenHigh(x), n));
}
