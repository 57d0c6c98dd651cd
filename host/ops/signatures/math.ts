// Signatures, written as index.ts says: element by element.
import type { Signatures } from "../signature";

export const mathSignatures = {
  // -- math, one operand
  /** The absolute value; its derivative at 0 is 0. */
  abs: "(input: Tensor): Tensor",
  /** Alias of abs. */
  absolute: "(input: Tensor): Tensor",
  /** The negative. */
  neg: "(input: Tensor): Tensor",
  /** Alias of neg. */
  negative: "(input: Tensor): Tensor",
  /** The input itself. */
  positive: "(input: Tensor): Tensor",
  /** −1, 0 or 1. */
  sign: "(input: Tensor): Tensor",
  /** −1, 0 or 1; the same as sign, since there are no complex tensors. */
  sgn: "(input: Tensor): Tensor",
  /** Whether the sign bit is set, also for −0; bool. */
  signbit: "(input: Tensor): Tensor",
  /** The largest integer that is not greater. */
  floor: "(input: Tensor): Tensor",
  /** The smallest integer that is not less. */
  ceil: "(input: Tensor): Tensor",
  /** The nearest integer, halves to even, or the nearest multiple of 10^−decimals. */
  round: "(input: Tensor, *, decimals?: int): Tensor",
  /** The integer part. */
  trunc: "(input: Tensor): Tensor",
  /** Alias of trunc. */
  fix: "(input: Tensor): Tensor",
  /** The fractional part, with the sign of the input. */
  frac: "(input: Tensor): Tensor",
  /** e to the power of the input. */
  exp: "(input: Tensor): Tensor",
  /** 2 to the power of the input. */
  exp2: "(input: Tensor): Tensor",
  /** exp(x) − 1, accurate near 0. */
  expm1: "(input: Tensor): Tensor",
  /** The natural logarithm. */
  log: "(input: Tensor): Tensor",
  /** The logarithm to base 2. */
  log2: "(input: Tensor): Tensor",
  /** The logarithm to base 10. */
  log10: "(input: Tensor): Tensor",
  /** log(1 + x), accurate near 0. */
  log1p: "(input: Tensor): Tensor",
  /** The square root. */
  sqrt: "(input: Tensor): Tensor",
  /** 1 / √x. */
  rsqrt: "(input: Tensor): Tensor",
  /** 1 / x. */
  reciprocal: "(input: Tensor): Tensor",
  /** x². */
  square: "(input: Tensor): Tensor",
  /** The sine. */
  sin: "(input: Tensor): Tensor",
  /** The cosine. */
  cos: "(input: Tensor): Tensor",
  /** The tangent. */
  tan: "(input: Tensor): Tensor",
  /** The inverse sine. */
  asin: "(input: Tensor): Tensor",
  /** Alias of asin. */
  arcsin: "(input: Tensor): Tensor",
  /** The inverse cosine. */
  acos: "(input: Tensor): Tensor",
  /** Alias of acos. */
  arccos: "(input: Tensor): Tensor",
  /** The inverse tangent. */
  atan: "(input: Tensor): Tensor",
  /** Alias of atan. */
  arctan: "(input: Tensor): Tensor",
  /** The hyperbolic sine. */
  sinh: "(input: Tensor): Tensor",
  /** The hyperbolic cosine. */
  cosh: "(input: Tensor): Tensor",
  /** The hyperbolic tangent. */
  tanh: "(input: Tensor): Tensor",
  /** The inverse hyperbolic sine. */
  asinh: "(input: Tensor): Tensor",
  /** Alias of asinh. */
  arcsinh: "(input: Tensor): Tensor",
  /** The inverse hyperbolic cosine. */
  acosh: "(input: Tensor): Tensor",
  /** Alias of acosh. */
  arccosh: "(input: Tensor): Tensor",
  /** The inverse hyperbolic tangent. */
  atanh: "(input: Tensor): Tensor",
  /** Alias of atanh. */
  arctanh: "(input: Tensor): Tensor",
  /** The logistic function 1 / (1 + exp(−x)). */
  sigmoid: "(input: Tensor): Tensor",
  /** The error function. */
  erf: "(input: Tensor): Tensor",
  /** 1 − erf(x), accurate in the tail. */
  erfc: "(input: Tensor): Tensor",
  /** The inverse of erf. */
  erfinv: "(input: Tensor): Tensor",
  /** Degrees to radians. */
  deg2rad: "(input: Tensor): Tensor",
  /** Radians to degrees. */
  rad2deg: "(input: Tensor): Tensor",
  /** sin(πx) / (πx), 1 at 0. */
  sinc: "(input: Tensor): Tensor",
  /** log(x / (1 − x)); with eps, x is first clamped to [eps, 1 − eps]. */
  logit: "(input: Tensor, eps?: number): Tensor",
  /** NaN replaced by nan (0), infinities by posinf and neginf (the dtype's largest and smallest). */
  nanToNum: "(input: Tensor, nan?: number, posinf?: number, neginf?: number): Tensor",
  /** −x·log(x), 0 at 0, −∞ below. */
  "special.entr": "(input: Tensor): Tensor",
  /** The logistic function. */
  "special.expit": "(input: Tensor): Tensor",
  /** 2 to the power of the input. */
  "special.exp2": "(input: Tensor): Tensor",
  /** exp(x) − 1, accurate near 0. */
  "special.expm1": "(input: Tensor): Tensor",
  /** log(1 + x), accurate near 0. */
  "special.log1p": "(input: Tensor): Tensor",
  /** The error function. */
  "special.erf": "(input: Tensor): Tensor",
  /** 1 − erf(x), accurate in the tail. */
  "special.erfc": "(input: Tensor): Tensor",
  /** The inverse of erf. */
  "special.erfinv": "(input: Tensor): Tensor",
  /** log(x / (1 − x)); with eps, x is first clamped to [eps, 1 − eps]. */
  "special.logit": "(input: Tensor, eps?: number): Tensor",
  /** sin(πx) / (πx), 1 at 0. */
  "special.sinc": "(input: Tensor): Tensor",
  /** The nearest integer, halves to even, or the nearest multiple of 10^−decimals. */
  "special.round": "(input: Tensor, *, decimals?: int): Tensor",

  // -- math, several operands
  /** input + alpha·other. */
  add: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** input − alpha·other. */
  sub: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** Alias of sub. */
  subtract: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** other − alpha·input. */
  rsub: "(input: Operand, other: Operand, *, alpha?: number): Tensor",
  /** input · other. */
  mul: "(input: Operand, other: Operand): Tensor",
  /** Alias of mul. */
  multiply: "(input: Operand, other: Operand): Tensor",
  /** input / other, rounded if roundingMode says how; without it int32 operands give the default dtype. */
  div: '(input: Operand, other: Operand, *, roundingMode?: "trunc" | "floor"): Tensor',
  /** Alias of div. */
  divide: '(input: Operand, other: Operand, *, roundingMode?: "trunc" | "floor"): Tensor',
  /** input / other; int32 operands give the default dtype. */
  trueDivide: "(input: Operand, other: Operand): Tensor",
  /** ⌊input / other⌋. */
  floorDivide: "(input: Operand, other: Operand): Tensor",
  /** The remainder of input / other with the sign of input. */
  fmod: "(input: Operand, other: Operand): Tensor",
  /** The remainder of input / other with the sign of other. */
  remainder: "(input: Operand, other: Operand): Tensor",
  /** input to the power of exponent. */
  pow: "(input: Operand, exponent: Operand): Tensor",
  /** pow in float64. */
  floatPower: "(input: Operand, exponent: Operand): Tensor",
  /** The angle of the point (other, input), in (−π, π]. */
  atan2: "(input: Operand, other: Operand): Tensor",
  /** Alias of atan2. */
  arctan2: "(input: Operand, other: Operand): Tensor",
  /** √(input² + other²) without overflow; the derivative at the origin is 0. */
  hypot: "(input: Operand, other: Operand): Tensor",
  /** The magnitude of input with the sign of other. */
  copysign: "(input: Operand, other: Operand): Tensor",
  /** input · 2^other. */
  ldexp: "(input: Operand, other: Operand): Tensor",
  /** log(exp(input) + exp(other)) without overflow. */
  logaddexp: "(input: Operand, other: Operand): Tensor",
  /** log2(2^input + 2^other) without overflow. */
  logaddexp2: "(input: Operand, other: Operand): Tensor",
  /** input·log(other), 0 where input is 0 and other isn't NaN. */
  xlogy: "(input: Operand, other: Operand): Tensor",
  /** input·log(other), 0 where input is 0 and other isn't NaN. */
  "special.xlogy": "(input: Operand, other: Operand): Tensor",
  /** input·log1p(other), 0 where input is 0 and other isn't NaN. */
  "special.xlog1py": "(input: Operand, other: Operand): Tensor",
  /** 0 below 0, 1 above, values at 0. */
  heaviside: "(input: Tensor, values: Tensor): Tensor",
  /** input + weight·(end − input). */
  lerp: "(input: Tensor, end: Tensor, weight: Operand): Tensor",
  /** input + value·tensor1·tensor2. */
  addcmul: "(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value?: number): Tensor",
  /** input + value·tensor1 / tensor2. */
  addcdiv: "(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value?: number): Tensor",
  /** input limited to [min, max]; max wins where min > max; the derivative at a limit is 1. */
  clamp: "(input: Tensor, min?: Operand, max?: Operand): Tensor",
  /** Alias of clamp. */
  clip: "(input: Tensor, min?: Operand, max?: Operand): Tensor",
  /** input limited from below. @torch generated/torch.clamp.html */
  clampMin: "(input: Tensor, min: Operand): Tensor",
  /** input limited from above. @torch generated/torch.clamp.html */
  clampMax: "(input: Tensor, max: Operand): Tensor",
  /** The larger of two, NaN where either is NaN; the gradient of a tie is shared equally. */
  maximum: "(input: Operand, other: Operand): Tensor",
  /** The smaller of two, NaN where either is NaN; the gradient of a tie is shared equally. */
  minimum: "(input: Operand, other: Operand): Tensor",
  /** The larger of two, the other one where one is NaN. */
  fmax: "(input: Operand, other: Operand): Tensor",
  /** The smaller of two, the other one where one is NaN. */
  fmin: "(input: Operand, other: Operand): Tensor",
} as const satisfies Signatures;
