// The inverse error function: Wichura's rational approximations (Algorithm AS 241, PPND16, relative error 1e-16), and for f64 one
// Newton step against erf or erfc for the last bit. f32 in f64 lanes. Errors below 2 ulp. And the normal quantile itself.
import { erf, erfc } from "./erf";
import { expSlow } from "./exp";
import {
  at,
  choose,
  Constant,
  constant,
  copySign,
  magnitudeOf,
  narrow,
  negated,
  polynomial,
  widenHigh,
  widenLow,
} from "./lanes";
import { logSlow } from "./log";

/** The normal quantile of 1/2 + q for |q| <= 0.425, over q, in 0.180625 - q². */
const CENTRE_P = memory.data<f64>([
  3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
  4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
]); // prettier-ignore
const CENTRE_Q = memory.data<f64>([
  1.0, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
  3.930789580009271061e4, 2.8729085735721942674e4, 5.226495278852854561e3,
]); // prettier-ignore
/** The normal quantile of 1 - p for p < 0.075 in r - 1.6, r = sqrt(-log p) <= 5; then for larger r in r - 5. */
const TAIL_P = memory.data<f64>([
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4,
]); // prettier-ignore
const TAIL_Q = memory.data<f64>([
  1.0, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1,
  1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9,
]); // prettier-ignore
const FAR_P = memory.data<f64>([
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
  2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
]); // prettier-ignore
const FAR_Q = memory.data<f64>([
  1.0, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
]); // prettier-ignore
// 0.180625; the two shifts of r; sqrt(1/2); sqrt π / 2; the bound of the centre; that of the smallest arguments; 1 - 2^-54.
const SCALES = memory.data<f64>([
  0.180625, 1.6, 5.0, 0.7071067811865475244, 0.88622692545275801365, 0.85, 1e-8, 0.99999999999999994,
]); // prettier-ignore

/** sqrt(1/2) times the normal quantile of (1 + m) / 2, for 0 <= m < 1. */
function quantile(m: v128): v128 {
  const half = constant<f64>(Constant.Half);
  let y = quantileCentre(f64x2.mul(m, half));
  const isTail = f64x2.gt(m, at<f64>(SCALES, 5));
  if (v128.any_true(isTail)) {
    const p = f64x2.mul(f64x2.sub(constant<f64>(Constant.One), m), half);
    y = choose(isTail, quantileTail(logSlow<f64>(p)), y);
  }
  return f64x2.mul(y, at<f64>(SCALES, 3));
}

/** The normal quantile of 1/2 + q. */
// @ts-ignore: decorator
@inline
function quantileCentre(q: v128): v128 {
  const z = f64x2.sub(at<f64>(SCALES, 0), f64x2.mul(q, q));
  return f64x2.mul(q, f64x2.div(polynomial<f64>(z, CENTRE_P, 8), polynomial<f64>(z, CENTRE_Q, 8)));
}
/** That of 1 - p, by log p. */
function quantileTail(logarithm: v128): v128 {
  const r = f64x2.sqrt(negated<f64>(logarithm));
  const near = f64x2.sub(r, at<f64>(SCALES, 1));
  const y = f64x2.div(polynomial<f64>(near, TAIL_P, 8), polynomial<f64>(near, TAIL_Q, 8));
  const isFar = f64x2.gt(r, at<f64>(SCALES, 2));
  if (!v128.any_true(isFar)) return y;
  const far = f64x2.sub(r, at<f64>(SCALES, 2));
  return choose(isFar, f64x2.div(polynomial<f64>(far, FAR_P, 8), polynomial<f64>(far, FAR_Q, 8)), y);
}

/** Infinity at 1, NaN beyond, and below 1e-8 the first term, beside which the next is lost. */
// @ts-ignore: decorator
@inline
function withEnds(x: v128, m: v128, y: v128): v128 {
  const one = constant<f64>(Constant.One);
  y = choose(f64x2.lt(m, at<f64>(SCALES, 6)), f64x2.mul(m, at<f64>(SCALES, 4)), y);
  y = choose(
    f64x2.lt(m, one),
    y,
    choose(f64x2.eq(m, one), constant<f64>(Constant.Infinity), constant<f64>(Constant.NaN)),
  );
  return copySign<f64>(y, x);
}

function erfinvWide(x: v128): v128 {
  const m = magnitudeOf<f64>(x);
  return withEnds(x, m, quantile(f64x2.pmin(at<f64>(SCALES, 7), m)));
}

// @ts-ignore: decorator
@inline
function erfinv2(x: v128): v128 {
  const m = magnitudeOf<f64>(x);
  const bounded = f64x2.pmin(at<f64>(SCALES, 7), m);
  const y = quantile(bounded);
  // Against the smaller of erf and erfc: its relative error is the smaller absolute one.
  const complement = f64x2.sub(constant<f64>(Constant.One), bounded);
  const isUpper = f64x2.gt(bounded, constant<f64>(Constant.Half));
  let residual = f64x2.sub(bounded, erf<f64>(y));
  if (v128.any_true(isUpper)) residual = choose(isUpper, f64x2.sub(erfc<f64>(y), complement), residual);
  const step = f64x2.mul(f64x2.mul(residual, at<f64>(SCALES, 4)), expSlow<f64>(f64x2.mul(y, y)));
  return withEnds(x, m, f64x2.add(y, step));
}

// @ts-ignore: decorator
@inline
export function erfinv<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? erfinv2(x) : narrow(erfinvWide(widenLow(x)), erfinvWide(widenHigh(x)));
}

/** Φ⁻¹(p): its error is below 4 ulp without a further step. Infinite at the ends, NaN outside. */
function ndtriWide(p: v128): v128 {
  const half = constant<f64>(Constant.Half);
  const q = f64x2.sub(p, half);
  const m = f64x2.pmin(p, f64x2.sub(constant<f64>(Constant.One), p));
  let y = quantileCentre(q);
  const isCentre = f64x2.le(f64x2.add(magnitudeOf<f64>(q), magnitudeOf<f64>(q)), at<f64>(SCALES, 5));
  if (!i64x2.all_true(isCentre)) {
    const tail = quantileTail(logSlow<f64>(m));
    const ended = choose(f64x2.eq(m, f64x2.splat(0)), constant<f64>(Constant.Infinity), tail);
    y = choose(isCentre, y, copySign<f64>(ended, q));
  }
  return y;
}
// @ts-ignore: decorator
@inline
export function ndtri<T>(p: v128): v128 {
  return sizeof<T>() == 8 ? ndtriWide(p) : narrow(ndtriWide(widenLow(p)), ndtriWide(widenHigh(p)));
}
