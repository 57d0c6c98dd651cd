// asin, acos, atan of f64 lanes, after fdlibm (e_asin.c, e_acos.c, s_atan.c) with every branch computed and chosen by lane.
// Errors below 1 ulp; f32 operands are widened.
import { choose, copySign, horner, madd, splat } from "./lanes";

const PI_2: f64 = 1.570796326794896558;
/** π/2 minus its double. */
const PI_2_LOW: f64 = 6.12323399573676603587e-17;

/** (asin(sqrt z) - sqrt z) / sqrt z for 0 <= z <= 1/4. */
// @ts-ignore: decorator
@inline
function asinTail(z: v128): v128 {
  let p = splat<f64>(3.4793310759602116757e-5);
  p = horner<f64>(p, z, 7.91534994289814532176e-4);
  p = horner<f64>(p, z, -4.00555345006794114027e-2);
  p = horner<f64>(p, z, 2.01212532134862925881e-1);
  p = horner<f64>(p, z, -3.25565818622400915405e-1);
  p = horner<f64>(p, z, 1.66666666666666657415e-1);
  let q = splat<f64>(7.70381505559019352791e-2);
  q = horner<f64>(q, z, -6.8828397160545329303e-1);
  q = horner<f64>(q, z, 2.02094576023350569471);
  q = horner<f64>(q, z, -2.40339491173441421878);
  q = horner<f64>(q, z, 1.0);
  return f64x2.div(f64x2.mul(z, p), q);
}

/** (1 - |x|) / 2 where |x| >= 1/2 (asin x = π/2 - 2·asin(sqrt z)), else x². Outside [-1, 1] the root of z is NaN. */
// @ts-ignore: decorator
@inline
function folded(x: v128, isLarge: v128): v128 {
  const half = splat<f64>(0.5);
  return choose(isLarge, f64x2.sub(half, f64x2.mul(half, f64x2.abs(x))), f64x2.mul(x, x));
}

/** The upper half of s, whose square is exact. */
// @ts-ignore: decorator
@inline
function upperHalf(s: v128): v128 {
  return v128.and(s, i64x2.splat(0xffffffff00000000));
}

/** sqrt(z) - head for s = sqrt(z) rounded; the bound only matters for z = 0. */
// @ts-ignore: decorator
@inline
function rootTail(z: v128, s: v128, head: v128): v128 {
  return f64x2.div(f64x2.sub(z, f64x2.mul(head, head)), f64x2.pmax(f64x2.add(s, head), splat<f64>(1e-300)));
}

// @ts-ignore: decorator
@inline
export function asinWide(x: v128): v128 {
  const two = splat<f64>(2.0);
  const isLarge = f64x2.ge(f64x2.abs(x), splat<f64>(0.5));
  const z = folded(x, isLarge);
  const tail = asinTail(z);
  const s = f64x2.sqrt(z);
  const head = upperHalf(s);
  const low = f64x2.sub(splat<f64>(PI_2_LOW), f64x2.mul(two, rootTail(z, s, head)));
  const quarter = splat<f64>(PI_2 / 2);
  const near = f64x2.sub(f64x2.mul(two, f64x2.mul(s, tail)), low);
  const large = f64x2.sub(quarter, f64x2.sub(near, f64x2.sub(quarter, f64x2.mul(two, head))));
  return choose(isLarge, copySign<f64>(large, x), madd<f64>(x, tail, x));
}

// @ts-ignore: decorator
@inline
export function acosWide(x: v128): v128 {
  const two = splat<f64>(2.0);
  const right = splat<f64>(PI_2);
  const rightLow = splat<f64>(PI_2_LOW);
  const isLarge = f64x2.ge(f64x2.abs(x), splat<f64>(0.5));
  const z = folded(x, isLarge);
  const tail = asinTail(z);
  const s = f64x2.sqrt(z);
  const head = upperHalf(s);
  const scaled = f64x2.mul(tail, s);
  const positive = f64x2.mul(two, f64x2.add(head, f64x2.add(scaled, rootTail(z, s, head))));
  const negative = f64x2.mul(two, f64x2.sub(right, f64x2.add(s, f64x2.sub(scaled, rightLow))));
  const small = f64x2.sub(right, f64x2.sub(x, f64x2.sub(rightLow, f64x2.mul(x, tail))));
  return choose(isLarge, choose(f64x2.lt(x, splat<f64>(0.0)), negative, positive), small);
}

/** |x| is moved by one of 0, atan 1/2, atan 1, atan 3/2, π/2 into |argument| <= 7/16. */
// @ts-ignore: decorator
@inline
export function atanWide(x: v128): v128 {
  const one = splat<f64>(1.0);
  const m = f64x2.abs(x);
  const from1 = f64x2.ge(m, splat<f64>(0.4375));
  const from2 = f64x2.ge(m, splat<f64>(0.6875));
  const from3 = f64x2.ge(m, splat<f64>(1.1875));
  const from4 = f64x2.ge(m, splat<f64>(2.4375));
  let top = choose(from1, f64x2.sub(f64x2.add(m, m), one), m);
  let bottom = choose(from1, f64x2.add(m, splat<f64>(2.0)), one);
  let base = v128.and(from1, splat<f64>(4.63647609000806093515e-1));
  let low = v128.and(from1, splat<f64>(2.26987774529616870924e-17));
  top = choose(from2, f64x2.sub(m, one), top);
  bottom = choose(from2, f64x2.add(m, one), bottom);
  base = choose(from2, splat<f64>(7.85398163397448278999e-1), base);
  low = choose(from2, splat<f64>(3.06161699786838301793e-17), low);
  top = choose(from3, f64x2.sub(m, splat<f64>(1.5)), top);
  bottom = choose(from3, madd<f64>(m, splat<f64>(1.5), one), bottom);
  base = choose(from3, splat<f64>(9.82793723247329054082e-1), base);
  low = choose(from3, splat<f64>(1.39033110312309984516e-17), low);
  top = choose(from4, splat<f64>(-1.0), top);
  bottom = choose(from4, m, bottom);
  base = choose(from4, splat<f64>(PI_2), base);
  low = choose(from4, splat<f64>(PI_2_LOW), low);
  const t = f64x2.div(top, bottom);
  const z = f64x2.mul(t, t);
  let p = splat<f64>(1.62858201153657823623e-2);
  p = horner<f64>(p, z, -3.6531572744216915527e-2);
  p = horner<f64>(p, z, 4.97687799461593236017e-2);
  p = horner<f64>(p, z, -5.83357013379057348645e-2);
  p = horner<f64>(p, z, 6.66107313738753120669e-2);
  p = horner<f64>(p, z, -7.69187620504482999495e-2);
  p = horner<f64>(p, z, 9.09088713343650656196e-2);
  p = horner<f64>(p, z, -1.1111110405462355788e-1);
  p = horner<f64>(p, z, 1.42857142725034663711e-1);
  p = horner<f64>(p, z, -1.99999999998764832476e-1);
  p = horner<f64>(p, z, 3.33333333333329318027e-1);
  const cubic = f64x2.mul(t, f64x2.mul(z, p));
  return copySign<f64>(f64x2.sub(base, f64x2.sub(f64x2.sub(cubic, low), t)), x);
}
