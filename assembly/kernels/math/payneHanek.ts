// Argument reduction by π/2 for arguments of any size, after Payne and Hanek, "Radian reduction for trigonometric functions"
// (1983): only those bits of 2/π take part that matter modulo 4.

/** 64 zero bits, then the bits of 2/π. */
const TWO_OVER_PI_BITS: usize = memory.data<u64>([
  0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
  0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41,
  0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
  0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
]);

/** π/2 = A + B + LOW; A has 26 bits, so that its product with another 26 bits is exact. */
const PI_2: f64 = 1.5707963267948966;
const PI_2_A: f64 = 1.5707963109016418;
const PI_2_B: f64 = 1.5893254712295857e-8;
const PI_2_LOW: f64 = 6.123233995736766e-17;

/** The upper 64 bits of a·b. */
function mulHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (cross >> 32);
}

/** 64 bits of the table from bit `at` on. */
// @ts-ignore: decorator
@inline
function bitsFrom(at: u32): u64 {
  const word = TWO_OVER_PI_BITS + ((at >> 6) << 3);
  const shift = <u64>(at & 63);
  const high = load<u64>(word);
  return shift ? (high << shift) | (load<u64>(word, 8) >> (64 - shift)) : high;
}

/** The quadrant n mod 4 of the last `reduceLarge`: a second result, so it lives in a global of the instance. */
export let reducedQuadrant: i64 = 0;

/**
 * r of |x| = n·π/2 + r, |r| <= π/4, as lanes [r, what rounding r lost]; for finite |x| >= 2^-8.
 *
 * |x| = m·2^e with a 53-bit m. Bits of 2/π of weight 2^(2-e) and more only add multiples of 4 to x·2/π; of the 192 bits that follow,
 * times m, the upper two are n mod 4 and the rest is the fraction. Its error is below 2^-125, and no double is closer to a
 * multiple of π/2 than 2^-62.
 */
export function reduceLarge(x: f64): v128 {
  const bits = reinterpret<u64>(x) & 0x7fffffffffffffff;
  const m = (bits & 0x000fffffffffffff) | 0x0010000000000000;
  const at = <u32>(bits >> 52) - 1075 + 62;
  const w1 = bitsFrom(at + 64);
  const w0 = bitsFrom(at + 128);
  const p0 = m * w0;
  const high0 = mulHigh(m, w0);
  const p1 = m * w1 + high0;
  const p2 = m * bitsFrom(at) + mulHigh(m, w1) + <u64>(p1 < high0);
  let quadrant = <i64>(p2 >> 62);
  let high = (p2 << 2) | (p1 >> 62);
  let low = (p1 << 2) | (p0 >> 62);
  const isNegative = <i64>high < 0;
  if (isNegative) {
    quadrant++;
    low = 0 - low;
    high = ~high + <u64>(low == 0);
  }
  reducedQuadrant = quadrant;
  // The fraction (2^-128 is the weight of its last bit) as a sum of 26, 26 and 64 bits.
  const zeros = high ? clz(high) : 64 + clz(low);
  if (zeros >= 64) {
    high = low;
    low = 0;
  }
  const shift = zeros & 63;
  if (shift) {
    high = (high << shift) | (low >> (64 - shift));
    low <<= shift;
  }
  const unit = reinterpret<f64>((1023 - 64 - zeros) << 52);
  const f1 = <f64>(high & 0xffffffc000000000) * unit;
  const f2 = <f64>(high & 0x0000003ffffff000) * unit;
  const f3 = (<f64>(high & 0x0000000000000fff) + <f64>low * 5.421010862427522e-20) * unit;
  const head = f1 * PI_2_A;
  const rest = f1 * PI_2_B + f2 * PI_2_A + (f2 * PI_2_B + (f1 + f2) * PI_2_LOW + f3 * PI_2);
  const r = head + rest;
  const lost = rest - (r - head);
  const result = f64x2.replace_lane(f64x2.splat(r), 1, lost);
  return isNegative ? f64x2.neg(result) : result;
}
