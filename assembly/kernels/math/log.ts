// log, log1p, log2, log10 after fdlibm (FreeBSD msun e_log.c, s_log1p.c, k_log.h, e_log2.c, e_log10.c): x = 2^k·(1 + f) with
// sqrt(1/2) <= 1 + f < sqrt 2, s = f / (2 + f), log(1 + f) = f - f²/2 + s·(f²/2 + R(s²)). Errors below 1 ulp.
// f64 coefficients: fdlibm; f32: Chebyshev interpolation, error of R/s² 1.2e-9.
//
// The functions are right for positive normal numbers. For a vector with another lane (`is…` says which) there is a slow form; it
// gives the ordinary lanes the same bits.
import { at, bitsAbove, choose, Constant, constant, madd, polynomial, signOf, splat } from "./lanes";

/** R(z) = z·(2/3 + …) with z = s². */
const TAIL_32 = memory.data<f32>([0.6666666655, 0.4000012258, 0.2855073636, 0.2333276296]);
export const TAIL_64 = memory.data<f64>([
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
]); // prettier-ignore

// Bits: sqrt(1/2); the exponent field and the sign; what makes the positive normal numbers the lowest of the signed integers; the
// highest of them then; 1; the same for 2^64.
const BITS_32 = memory.data<i32>([0x3f3504f3, 0xff800000, 0x7f800000, 0xfeffffff, 0x3f800000, 0xdeffffff]);
const BITS_64 = memory.data<i64>([
  0x3fe6a09e00000000, 0xfff0000000000000, 0x7ff0000000000000, 0xffdfffffffffffff, 0x3ff0000000000000,
  0xc3dfffffffffffff,
]); // prettier-ignore
/** The bits that stay of a short head. */
const SHORT_32 = memory.data<i32>([0xfffff000]);
const SHORT_64 = memory.data<i64>([0xffffffff00000000]);

// 1 / log(base) and log_base(2), both as head and tail.
const BASE2_32 = memory.data<f32>([1.4423828125, 3.122283962e-4]);
const BASE2_64 = memory.data<f64>([1.44269504072144627571, 1.67517131648865118353e-10]);
const BASE10_32 = memory.data<f32>([0.4342041015625, 9.038033749675378e-5, 0.301025390625, 4.605039066518657e-6]);
const BASE10_64 = memory.data<f64>([
  4.34294481878168880939e-1, 2.50829467116452752298e-11, 3.01029995663611771306e-1, 3.69423907715893078616e-13,
]); // prettier-ignore

// @ts-ignore: decorator
@inline
function bits<T>(index: usize): v128 {
  return at<T>(sizeof<T>() == 8 ? BITS_64 : BITS_32, index);
}

/** Integer sums and differences of lanes as wide as T. */
// @ts-ignore: decorator
@inline
function plus<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 8 ? i64x2.add(a, b) : i32x4.add(a, b);
}
// @ts-ignore: decorator
@inline
function minus<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 8 ? i64x2.sub(a, b) : i32x4.sub(a, b);
}

/** The lanes that are no positive normal numbers. */
// @ts-ignore: decorator
@inline
export function isSpecialOfLog<T>(x: v128): v128 {
  return bitsAbove<T>(plus<T>(x, bits<T>(2)), sizeof<T>() == 8 ? BITS_64 : BITS_32, 3);
}

/** The bits of x over those of sqrt(1/2): the exponent field is k. */
// @ts-ignore: decorator
@inline
export function overRoot<T>(x: v128): v128 {
  return minus<T>(x, bits<T>(0));
}

/** k as a float. */
// @ts-ignore: decorator
@inline
export function exponentOf<T>(over: v128): v128 {
  if (sizeof<T>() == 4) return f32x4.convert_i32x4_s(i32x4.shr_s(over, 23));
  const k = i32x4.shr_s(over, 20);
  return f64x2.convert_low_i32x4_s(v128.shuffle<i32>(k, k, 1, 3, 1, 3));
}

/** k in the place of the exponent field: x minus it is 1 + f, the bits of 1 minus it are 2^-k. */
// @ts-ignore: decorator
@inline
function fieldOf<T>(over: v128): v128 {
  return v128.and(over, bits<T>(1));
}

/** log(1 + f) = f - (half - tail): returns tail. */
// @ts-ignore: decorator
@inline
function logTail<T>(f: v128, half: v128): v128 {
  const s = v128.div<T>(f, v128.add<T>(f, constant<T>(Constant.Two)));
  const z = v128.mul<T>(s, s);
  const p = sizeof<T>() == 8 ? polynomial<T>(z, TAIL_64, 7) : polynomial<T>(z, TAIL_32, 4);
  return v128.mul<T>(s, madd<T>(z, p, half));
}

// @ts-ignore: decorator
@inline
function halfSquare<T>(f: v128): v128 {
  return v128.mul<T>(v128.mul<T>(f, constant<T>(Constant.Half)), f);
}

/** log x - d for d = x - 1, without cancellation where d is small, nor where x is. */
export function logMinus(x: f64, d: f64): f64 {
  const f = f64x2.splat(d);
  if (d < -0.29 || d > 0.41) return f64x2.extract_lane(logSlow<f64>(f64x2.splat(x)), 0) - d;
  const half = halfSquare<f64>(f);
  return f64x2.extract_lane(f64x2.sub(logTail<f64>(f, half), half), 0);
}

/** k·ln 2 + log(1 + f). */
// @ts-ignore: decorator
@inline
function logOf<T>(k: v128, f: v128): v128 {
  const half = halfSquare<T>(f);
  const low = v128.sub<T>(madd<T>(k, constant<T>(Constant.Ln2Tail), logTail<T>(f, half)), half);
  return madd<T>(k, constant<T>(Constant.Ln2Head), v128.add<T>(low, f));
}

/** 1 + f of x, minus 1. */
// @ts-ignore: decorator
@inline
export function fractionOf<T>(x: v128, over: v128): v128 {
  return v128.sub<T>(minus<T>(x, fieldOf<T>(over)), constant<T>(Constant.One));
}

// @ts-ignore: decorator
@inline
function isSubnormal<T>(x: v128): v128 {
  return v128.lt<T>(x, splat<T>(sizeof<T>() == 8 ? 2.2250738585072014e-308 : 1.1754943508222875e-38));
}

/** 2^54. */
export const RAISED_64: f64 = 18014398509481984.0;
/** Subnormals are brought up by 2^54 (2^25), and their k is corrected below. */
// @ts-ignore: decorator
@inline
function normalized<T>(x: v128): v128 {
  const up = splat<T>(sizeof<T>() == 8 ? RAISED_64 : 33554432.0);
  return choose(isSubnormal<T>(x), v128.mul<T>(x, up), x);
}
// @ts-ignore: decorator
@inline
function corrected<T>(k: v128, x: v128): v128 {
  return v128.sub<T>(k, v128.and(isSubnormal<T>(x), splat<T>(sizeof<T>() == 8 ? 54.0 : 25.0)));
}

/** log at 0 is -infinity, below NaN; infinity and NaN are their own results. */
// @ts-ignore: decorator
@inline
function specials<T>(x: v128, result: v128): v128 {
  const origin = splat<T>(0.0);
  result = choose(v128.lt<T>(x, splat<T>(Infinity)), result, x);
  result = choose(v128.eq<T>(x, origin), splat<T>(-Infinity), result);
  return choose(v128.lt<T>(x, origin), splat<T>(NaN), result);
}

export function logSlow<T>(x: v128): v128 {
  const y = normalized<T>(x);
  const over = overRoot<T>(y);
  return specials<T>(x, logOf<T>(corrected<T>(exponentOf<T>(over), x), fractionOf<T>(y, over)));
}

// @ts-ignore: decorator
@inline
export function log<T>(x: v128): v128 {
  const over = overRoot<T>(x);
  return logOf<T>(exponentOf<T>(over), fractionOf<T>(x, over));
}

/**
 * log(u + lost + low) of a normal u below 2^126 (f64: 2^1022), what 1 + x = u lost, and low <= ulp(x): f takes in the former, times 2^-k;
 * the latter might be lost in that sum, so it is added at the end.
 */
// @ts-ignore: decorator
@inline
function logOfSum<T>(u: v128, lost: v128, low: v128): v128 {
  const over = overRoot<T>(u);
  const field = fieldOf<T>(over);
  const scale = minus<T>(bits<T>(4), field);
  const f = v128.add<T>(v128.sub<T>(minus<T>(u, field), constant<T>(Constant.One)), v128.mul<T>(lost, scale));
  const half = halfSquare<T>(f);
  const k = exponentOf<T>(over);
  const tail = madd<T>(low, scale, logTail<T>(f, half));
  const rest = v128.sub<T>(madd<T>(k, constant<T>(Constant.Ln2Tail), tail), half);
  return madd<T>(k, constant<T>(Constant.Ln2Head), v128.add<T>(rest, f));
}

/** The same without low. */
// @ts-ignore: decorator
@inline
function logOfOnePlus<T>(u: v128, lost: v128): v128 {
  const over = overRoot<T>(u);
  const field = fieldOf<T>(over);
  const scaled = v128.mul<T>(lost, minus<T>(bits<T>(4), field));
  return logOf<T>(exponentOf<T>(over), v128.add<T>(v128.sub<T>(minus<T>(u, field), constant<T>(Constant.One)), scaled));
}

/** What the sum u of 1 and x lost, for either order of magnitudes. */
// @ts-ignore: decorator
@inline
function lostOf<T>(u: v128, x: v128): v128 {
  const one = constant<T>(Constant.One);
  const y = v128.sub<T>(u, one);
  return v128.add<T>(v128.sub<T>(x, y), v128.sub<T>(one, v128.sub<T>(u, y)));
}

/** The lanes where 1 + x is not positive, or so large that 1 makes no difference. */
// @ts-ignore: decorator
@inline
export function isSpecialOfLog1p<T>(x: v128): v128 {
  return bitsAbove<T>(
    plus<T>(v128.add<T>(x, constant<T>(Constant.One)), bits<T>(2)),
    sizeof<T>() == 8 ? BITS_64 : BITS_32,
    5,
  );
}

export function log1pSlow<T>(x: v128): v128 {
  const special = isSpecialOfLog1p<T>(x);
  return choose(special, logSlow<T>(v128.add<T>(x, constant<T>(Constant.One))), log1p<T>(v128.andnot(x, special)));
}

// @ts-ignore: decorator
@inline
export function log1p<T>(x: v128): v128 {
  const u = v128.add<T>(x, constant<T>(Constant.One));
  // The last sum loses the sign of -0.
  return v128.or(logOfOnePlus<T>(u, lostOf<T>(u, x)), signOf<T>(x));
}

/** log(1 + x + low) of 0 <= x below 2^126 (f64: 2^1022) and |low| <= ulp(x). */
// @ts-ignore: decorator
@inline
export function log1pSum<T>(x: v128, low: v128): v128 {
  const u = v128.add<T>(x, constant<T>(Constant.One));
  return logOfSum<T>(u, lostOf<T>(u, x), low);
}

/**
 * log((1 + m) / (1 - m)) / 2 for 1/2 <= m < 1, given 1 - m (exact there). With the k of the quotient, s of the logarithm of quotient·2^-k
 * is ((1 + m) - 2^k·(1 - m)) / ((1 + m) + 2^k·(1 - m)): the quotient itself need not be precise.
 */
// @ts-ignore: decorator
@inline
export function atanhOfHalf<T>(m: v128, complement: v128): v128 {
  const one = constant<T>(Constant.One);
  const over = overRoot<T>(v128.div<T>(v128.add<T>(one, m), complement));
  const scaled = v128.mul<T>(complement, plus<T>(bits<T>(4), fieldOf<T>(over)));
  const top = v128.add<T>(v128.sub<T>(one, scaled), m);
  const s = v128.div<T>(top, v128.add<T>(v128.add<T>(one, scaled), m));
  const z = v128.mul<T>(s, s);
  const half = constant<T>(Constant.Half);
  const p = sizeof<T>() == 8 ? polynomial<T>(z, TAIL_64, 7) : polynomial<T>(z, TAIL_32, 4);
  const tail = v128.mul<T>(v128.mul<T>(s, half), v128.mul<T>(z, p));
  const k = v128.mul<T>(exponentOf<T>(over), half);
  const low = v128.add<T>(s, madd<T>(k, constant<T>(Constant.Ln2Tail), tail));
  return madd<T>(k, constant<T>(Constant.Ln2Head), low);
}

/**
 * log to another base: log(1 + f) as head + tail with a short head, times the reciprocal of the base's logarithm as head + tail,
 * so that only the last additions round. All of base's head, short head and k times its head fit without rounding.
 */
// @ts-ignore: decorator
@inline
function logBase<T>(k: v128, f: v128, base: usize, isTwo: bool): v128 {
  const half = halfSquare<T>(f);
  const tail = logTail<T>(f, half);
  const head = v128.and(v128.sub<T>(f, half), at<T>(sizeof<T>() == 8 ? SHORT_64 : SHORT_32, 0));
  const low = v128.add<T>(v128.sub<T>(v128.sub<T>(f, head), half), tail);
  const scaleHead = at<T>(base, 0);
  const scaledHead = v128.mul<T>(head, scaleHead);
  let scaledLow = madd<T>(v128.add<T>(low, head), at<T>(base, 1), v128.mul<T>(low, scaleHead));
  if (!isTwo) scaledLow = madd<T>(k, at<T>(base, 3), scaledLow);
  const y = isTwo ? k : v128.mul<T>(k, at<T>(base, 2));
  const w = v128.add<T>(y, scaledHead);
  const lost = v128.add<T>(v128.sub<T>(y, w), scaledHead);
  return v128.add<T>(w, v128.add<T>(scaledLow, lost));
}

// @ts-ignore: decorator
@inline
function logBaseNormal<T>(x: v128, base: usize, isTwo: bool): v128 {
  const over = overRoot<T>(x);
  return logBase<T>(exponentOf<T>(over), fractionOf<T>(x, over), base, isTwo);
}

// @ts-ignore: decorator
@inline
function logBaseSlow<T>(x: v128, base: usize, isTwo: bool): v128 {
  const y = normalized<T>(x);
  const over = overRoot<T>(y);
  const k = corrected<T>(exponentOf<T>(over), x);
  return specials<T>(x, logBase<T>(k, fractionOf<T>(y, over), base, isTwo));
}

export function log2Slow<T>(x: v128): v128 {
  return logBaseSlow<T>(x, sizeof<T>() == 8 ? BASE2_64 : BASE2_32, true);
}

// @ts-ignore: decorator
@inline
export function log2<T>(x: v128): v128 {
  return logBaseNormal<T>(x, sizeof<T>() == 8 ? BASE2_64 : BASE2_32, true);
}

export function log10Slow<T>(x: v128): v128 {
  return logBaseSlow<T>(x, sizeof<T>() == 8 ? BASE10_64 : BASE10_32, false);
}

// @ts-ignore: decorator
@inline
export function log10<T>(x: v128): v128 {
  return logBaseNormal<T>(x, sizeof<T>() == 8 ? BASE10_64 : BASE10_32, false);
}
