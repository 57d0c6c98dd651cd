// Signatures, written as index.ts says: element by element.
import type { Signatures } from "../signature";

export const mathSignatures = {
  // -- math, one operand
  /** The absolute value; its derivative at 0 is 0. @dtype input */
  abs: "(input: Tensor): Tensor",
  /** Alias of abs. @dtype input */
  absolute: "(input: Tensor): Tensor",
  /** The negative. @dtype input */
  neg: "(input: Tensor): Tensor",
  /** Alias of neg. @dtype input */
  negative: "(input: Tensor): Tensor",
  /** The input itself. @dtype input */
  positive: "(input: Tensor): Tensor",
  /** −1, 0 or 1. @dtype input */
  sign: "(input: Tensor): Tensor",
  /** −1, 0 or 1, the same as sign; of a complex number z / |z|. @dtype input */
  sgn: "(input: Tensor): Tensor",
  /** Whether the sign bit is set, also for −0; bool. @dtype bool */
  signbit: "(input: Tensor): Tensor",
  /** The largest integer that is not greater. @dtype input */
  floor: "(input: Tensor): Tensor",
  /** The smallest integer that is not less. @dtype input */
  ceil: "(input: Tensor): Tensor",
  /** The nearest integer, halves to even, or the nearest multiple of 10^−decimals. @dtype float(input) */
  round: "(input: Tensor, *, decimals?: int): Tensor",
  /** The integer part. @dtype input */
  trunc: "(input: Tensor): Tensor",
  /** Alias of trunc. @dtype input */
  fix: "(input: Tensor): Tensor",
  /** The fractional part, with the sign of the input. @dtype input */
  frac: "(input: Tensor): Tensor",
  /** e to the power of the input. @dtype float(input) */
  exp: "(input: Tensor): Tensor",
  /** 2 to the power of the input. @dtype float(input) */
  exp2: "(input: Tensor): Tensor",
  /** exp(x) − 1, accurate near 0. @dtype float(input) */
  expm1: "(input: Tensor): Tensor",
  /** The natural logarithm. @dtype float(input) */
  log: "(input: Tensor): Tensor",
  /** The logarithm to base 2. @dtype float(input) */
  log2: "(input: Tensor): Tensor",
  /** The logarithm to base 10. @dtype float(input) */
  log10: "(input: Tensor): Tensor",
  /** log(1 + x), accurate near 0. @dtype float(input) */
  log1p: "(input: Tensor): Tensor",
  /** The square root. @dtype float(input) */
  sqrt: "(input: Tensor): Tensor",
  /** 1 / √x. @dtype float(input) */
  rsqrt: "(input: Tensor): Tensor",
  /** 1 / x. @dtype float(input) */
  reciprocal: "(input: Tensor): Tensor",
  /** x². @dtype sum(input) */
  square: "(input: Tensor): Tensor",
  /** The sine. @dtype float(input) */
  sin: "(input: Tensor): Tensor",
  /** The cosine. @dtype float(input) */
  cos: "(input: Tensor): Tensor",
  /** The tangent. @dtype float(input) */
  tan: "(input: Tensor): Tensor",
  /** The inverse sine. @dtype float(input) */
  asin: "(input: Tensor): Tensor",
  /** Alias of asin. @dtype float(input) */
  arcsin: "(input: Tensor): Tensor",
  /** The inverse cosine. @dtype float(input) */
  acos: "(input: Tensor): Tensor",
  /** Alias of acos. @dtype float(input) */
  arccos: "(input: Tensor): Tensor",
  /** The inverse tangent. @dtype float(input) */
  atan: "(input: Tensor): Tensor",
  /** Alias of atan. @dtype float(input) */
  arctan: "(input: Tensor): Tensor",
  /** The hyperbolic sine. @dtype float(input) */
  sinh: "(input: Tensor): Tensor",
  /** The hyperbolic cosine. @dtype float(input) */
  cosh: "(input: Tensor): Tensor",
  /** The hyperbolic tangent. @dtype float(input) */
  tanh: "(input: Tensor): Tensor",
  /** The inverse hyperbolic sine. @dtype float(input) */
  asinh: "(input: Tensor): Tensor",
  /** Alias of asinh. @dtype float(input) */
  arcsinh: "(input: Tensor): Tensor",
  /** The inverse hyperbolic cosine. @dtype float(input) */
  acosh: "(input: Tensor): Tensor",
  /** Alias of acosh. @dtype float(input) */
  arccosh: "(input: Tensor): Tensor",
  /** The inverse hyperbolic tangent. @dtype float(input) */
  atanh: "(input: Tensor): Tensor",
  /** Alias of atanh. @dtype float(input) */
  arctanh: "(input: Tensor): Tensor",
  /** The logistic function 1 / (1 + exp(−x)). @dtype float(input) */
  sigmoid: "(input: Tensor): Tensor",
  /** The error function. @dtype float(input) */
  erf: "(input: Tensor): Tensor",
  /** 1 − erf(x), accurate in the tail. @dtype float(input) */
  erfc: "(input: Tensor): Tensor",
  /** The inverse of erf. @dtype float(input) */
  erfinv: "(input: Tensor): Tensor",
  /** Degrees to radians. @dtype float(input) */
  deg2rad: "(input: Tensor): Tensor",
  /** Radians to degrees. @dtype float(input) */
  rad2deg: "(input: Tensor): Tensor",
  /** sin(πx) / (πx), 1 at 0. @dtype float(input) */
  sinc: "(input: Tensor): Tensor",
  /** log(x / (1 − x)); with eps, x is first clamped to [eps, 1 − eps]. @dtype float(input) */
  logit: "(input: Tensor, eps?: number): Tensor",
  /** NaN replaced by nan (0), infinities by posinf and neginf (the dtype's largest and smallest). @dtype input */
  nanToNum: "(input: Tensor, nan?: number, posinf?: number, neginf?: number): Tensor",
  /** −x·log(x), 0 at 0, −∞ below. @dtype float(input) */
  "special.entr": "(input: Tensor): Tensor",
  /** The logistic function. @dtype float(input) */
  "special.expit": "(input: Tensor): Tensor",
  /** 2 to the power of the input. @dtype float(input) */
  "special.exp2": "(input: Tensor): Tensor",
  /** exp(x) − 1, accurate near 0. @dtype float(input) */
  "special.expm1": "(input: Tensor): Tensor",
  /** log(1 + x), accurate near 0. @dtype float(input) */
  "special.log1p": "(input: Tensor): Tensor",
  /** The error function. @dtype float(input) */
  "special.erf": "(input: Tensor): Tensor",
  /** 1 − erf(x), accurate in the tail. @dtype float(input) */
  "special.erfc": "(input: Tensor): Tensor",
  /** The inverse of erf. @dtype float(input) */
  "special.erfinv": "(input: Tensor): Tensor",
  /** log(x / (1 − x)); with eps, x is first clamped to [eps, 1 − eps]. @dtype float(input) */
  "special.logit": "(input: Tensor, eps?: number): Tensor",
  /** sin(πx) / (πx), 1 at 0. @dtype float(input) */
  "special.sinc": "(input: Tensor): Tensor",
  /** The nearest integer, halves to even, or the nearest multiple of 10^−decimals. @dtype float(input) */
  "special.round": "(input: Tensor, *, decimals?: int): Tensor",

  // -- math, several operands
  /** input + alpha·other. @dtype common(input, other) */
  add: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** input − alpha·other. @dtype common(input, other) */
  sub: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** Alias of sub. @dtype common(input, other) */
  subtract: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** other − alpha·input. @torch generated/torch.sub.html @dtype common(input, other) */
  rsub: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** input · other. @dtype common(input, other) */
  mul: "(input: Operand, other: Operand): Tensor",
  /** Alias of mul. @dtype common(input, other) */
  multiply: "(input: Operand, other: Operand): Tensor",
  /** input / other, rounded if roundingMode says how; without it int32 operands give the default dtype. @dtype float(input, other) */
  div: '(input: Operand, other: Operand, *, roundingMode?: "trunc" | "floor"): Tensor',
  /** Alias of div. @dtype float(input, other) */
  divide: '(input: Operand, other: Operand, *, roundingMode?: "trunc" | "floor"): Tensor',
  /** input / other; int32 operands give the default dtype. @dtype float(input, other) */
  trueDivide: "(input: Operand, other: Operand): Tensor",
  /** ⌊input / other⌋. @dtype float(input, other) */
  floorDivide: "(input: Operand, other: Operand): Tensor",
  /** The remainder of input / other with the sign of input. @dtype common(input, other) */
  fmod: "(input: Operand, other: Operand): Tensor",
  /** The remainder of input / other with the sign of other. @dtype common(input, other) */
  remainder: "(input: Operand, other: Operand): Tensor",
  /** input to the power of exponent. @dtype float(input, exponent) */
  pow: "(input: Operand, exponent: Operand): Tensor",
  /** pow in float64. @dtype float64 */
  floatPower: "(input: Operand, exponent: Operand): Tensor",
  /** The angle of the point (other, input), in (−π, π]. @dtype float(input, other) */
  atan2: "(input: Operand, other: Operand): Tensor",
  /** Alias of atan2. @dtype float(input, other) */
  arctan2: "(input: Operand, other: Operand): Tensor",
  /** √(input² + other²) without overflow; the derivative at the origin is 0. @dtype float(input, other) */
  hypot: "(input: Operand, other: Operand): Tensor",
  /** The magnitude of input with the sign of other. @dtype float(input, other) */
  copysign: "(input: Operand, other: Operand): Tensor",
  /** input · 2^other. @dtype float(input, other) */
  ldexp: "(input: Operand, other: Operand): Tensor",
  /**
   * input = mantissa · 2^exponent with ½ ≤ |mantissa| < 1 and an int32 exponent; 0, ±∞ and NaN are their own mantissa, with an exponent of 0.
   * The derivative of the mantissa is 2^−exponent. @dtype [input, int32] @throws DTypeError for int32 and bool
   */
  frexp: '(input: Tensor): Named<["mantissa", "exponent"]>',
  /**
   * The neighbour of input, among the numbers of its dtype, in the direction of other; other where they are equal, NaN beside NaN. It has no
   * derivative. @dtype common(input, other) @throws DTypeError for int32 and bool
   */
  nextafter: "(input: Tensor, other: Tensor): Tensor",
  /** log(exp(input) + exp(other)) without overflow. @dtype float(input, other) */
  logaddexp: "(input: Operand, other: Operand): Tensor",
  /** log2(2^input + 2^other) without overflow. @dtype float(input, other) */
  logaddexp2: "(input: Operand, other: Operand): Tensor",
  /** input·log(other), 0 where input is 0 and other isn't NaN. @dtype float(input, other) */
  xlogy: "(input: Operand, other: Operand): Tensor",
  /** input·log(other), 0 where input is 0 and other isn't NaN. @dtype float(input, other) */
  "special.xlogy": "(input: Operand, other: Operand): Tensor",
  /** input·log1p(other), 0 where input is 0 and other isn't NaN. @dtype float(input, other) */
  "special.xlog1py": "(input: Operand, other: Operand): Tensor",
  /** 0 below 0, 1 above, values at 0. @dtype common(input, values) */
  heaviside: "(input: Tensor, values: Tensor): Tensor",
  /** input + weight·(end − input). @dtype float(input, end, weight) */
  lerp: "(input: Tensor, end: Tensor, weight: Operand): Tensor",
  /** input + value·tensor1·tensor2. @dtype float(input, tensor1, tensor2) */
  addcmul: "(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value?: number): Tensor",
  /** input + value·tensor1 / tensor2. @dtype float(input, tensor1, tensor2) */
  addcdiv: "(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value?: number): Tensor",
  /** input limited to [min, max]; max wins where min > max; the derivative at a limit is 1. @dtype common(input, min, max) */
  clamp: "(input: Tensor, min?: Operand, max?: Operand): Tensor",
  /** Alias of clamp. @dtype common(input, min, max) */
  clip: "(input: Tensor, min?: Operand, max?: Operand): Tensor",
  /** input limited from below. @torch generated/torch.clamp.html @dtype common(input, min) */
  clampMin: "(input: Tensor, min: Operand): Tensor",
  /** input limited from above. @torch generated/torch.clamp.html @dtype common(input, max) */
  clampMax: "(input: Tensor, max: Operand): Tensor",
  /** The larger of two, NaN where either is NaN; the gradient of a tie is shared equally. @dtype common(input, other) */
  maximum: "(input: Operand, other: Operand): Tensor",
  /** The smaller of two, NaN where either is NaN; the gradient of a tie is shared equally. @dtype common(input, other) */
  minimum: "(input: Operand, other: Operand): Tensor",
  /** The larger of two, the other one where one is NaN. @dtype common(input, other) */
  fmax: "(input: Operand, other: Operand): Tensor",
  /** The smaller of two, the other one where one is NaN. @dtype common(input, other) */
  fmin: "(input: Operand, other: Operand): Tensor",

  // -- integers
  /** The bits that both have; of bools whether both hold. @dtype common(input, other) @throws DTypeError for floats */
  bitwiseAnd: "(input: Operand, other: Operand): Tensor",
  /** The bits that one has; of bools whether one holds. @dtype common(input, other) @throws DTypeError for floats */
  bitwiseOr: "(input: Operand, other: Operand): Tensor",
  /** The bits that exactly one has; of bools whether exactly one holds. @dtype common(input, other) @throws DTypeError for floats */
  bitwiseXor: "(input: Operand, other: Operand): Tensor",
  /** All other bits, −input − 1; of bools whether they don't hold. @dtype input @throws DTypeError for floats */
  bitwiseNot: "(input: Tensor): Tensor",
  /** The bits of input, other places up; 0 where other isn't in 0 … 31. @dtype int32 @throws DTypeError for floats, and bools alone */
  bitwiseLeftShift: "(input: Operand, other: Operand): Tensor",
  /** ⌊input / 2^other⌋; 0, or −1 for negative input, where other isn't in 0 … 31. @dtype int32 @throws DTypeError for floats, and bools alone */
  bitwiseRightShift: "(input: Operand, other: Operand): Tensor",
  /** The greatest common divisor, ≥ 0; of 0 and 0 it is 0. 2^31 wraps. @dtype int32 @throws DTypeError for floats, and bools alone */
  gcd: "(input: Tensor, other: Tensor): Tensor",
  /** The least common multiple, ≥ 0; 0 where one is 0. What int32 can't hold wraps. @dtype int32 @throws DTypeError for floats, and bools alone */
  lcm: "(input: Tensor, other: Tensor): Tensor",
} as const satisfies Signatures;
