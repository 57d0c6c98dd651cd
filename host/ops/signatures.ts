// The signatures of the ops: torch's arguments in torch's order under torch's names, camelCased. This table is what the
// binding of arguments (define.ts), the methods of Tensor and the published declarations (scripts/generate-ops.ts) are made
// from; the line above an entry becomes its documentation. `@torch` names torch's page where it isn't torch.<name>.
//
// The kinds of arguments are those of kinds.ts; `?` marks what may be null, undefined or left out; `...` takes a list or its
// items one by one; what follows a `*` can only be given by keyword. Signatures of overloaded ops are tried in order.
import type { Signatures } from "./define";

export const signatures = {
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

  // -- comparison
  /** input = other; bool. */
  eq: "(input: Operand, other: Operand): Tensor",
  /** input ≠ other; bool. */
  ne: "(input: Operand, other: Operand): Tensor",
  /** Alias of ne. */
  notEqual: "(input: Operand, other: Operand): Tensor",
  /** input < other; bool. */
  lt: "(input: Operand, other: Operand): Tensor",
  /** Alias of lt. */
  less: "(input: Operand, other: Operand): Tensor",
  /** input ≤ other; bool. */
  le: "(input: Operand, other: Operand): Tensor",
  /** Alias of le. */
  lessEqual: "(input: Operand, other: Operand): Tensor",
  /** input > other; bool. */
  gt: "(input: Operand, other: Operand): Tensor",
  /** Alias of gt. */
  greater: "(input: Operand, other: Operand): Tensor",
  /** input ≥ other; bool. */
  ge: "(input: Operand, other: Operand): Tensor",
  /** Alias of ge. */
  greaterEqual: "(input: Operand, other: Operand): Tensor",
  /** Whether an element is NaN; bool. */
  isnan: "(input: Tensor): Tensor",
  /** Whether an element is ∞ or −∞; bool. */
  isinf: "(input: Tensor): Tensor",
  /** Whether an element is ∞; bool. */
  isposinf: "(input: Tensor): Tensor",
  /** Whether an element is −∞; bool. */
  isneginf: "(input: Tensor): Tensor",
  /** Whether an element is neither infinite nor NaN; bool. */
  isfinite: "(input: Tensor): Tensor",
  /** |input − other| ≤ atol + rtol·|other|, rtol 1e-5 and atol 1e-8 unless given; bool. */
  isclose: "(input: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: bool): Tensor",
  /** Whether isclose holds everywhere. Reads the result. */
  allclose: "(input: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: bool): boolean",
  /** Whether shapes and all elements are equal. Reads the result. */
  equal: "(input: Tensor, other: Tensor): boolean",
  /** Whether an element is 0; bool. */
  logicalNot: "(input: Tensor): Tensor",
  /** Whether both are nonzero; bool. */
  logicalAnd: "(input: Operand, other: Operand): Tensor",
  /** Whether one is nonzero; bool. */
  logicalOr: "(input: Operand, other: Operand): Tensor",
  /** Whether exactly one is nonzero; bool. */
  logicalXor: "(input: Operand, other: Operand): Tensor",
  /** input where condition holds, else other; as a method `x.where(condition, other)`. */
  where: "(condition: Tensor, input: Operand, other: Operand): Tensor",

  // -- reduction
  /** The sum over dim, or over all; int32 for int32 and bool. */
  sum: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The sum over dim, or over all, with NaN as 0. */
  nansum: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The mean over dim, or over all. */
  mean: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The mean over dim, or over all, of what isn't NaN. */
  nanmean: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The product along dim, or of all. */
  prod: "(input: Tensor, dim?: int, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The variance over dim, or over all; the divisor is n − correction, correction 1 unless given. */
  var: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): Tensor",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): Tensor",
    "(input: Tensor, unbiased: bool): Tensor",
  ],
  /** The standard deviation over dim, or over all; the divisor is n − correction, correction 1 unless given. */
  std: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): Tensor",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): Tensor",
    "(input: Tensor, unbiased: bool): Tensor",
  ],
  /** The variance and the mean over dim, or over all. */
  varMean: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): [variance: Tensor, mean: Tensor]",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): [variance: Tensor, mean: Tensor]",
    "(input: Tensor, unbiased: bool): [variance: Tensor, mean: Tensor]",
  ],
  /** The standard deviation and the mean over dim, or over all. */
  stdMean: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): [deviation: Tensor, mean: Tensor]",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): [deviation: Tensor, mean: Tensor]",
    "(input: Tensor, unbiased: bool): [deviation: Tensor, mean: Tensor]",
  ],
  /** The largest over dim, or over all; the gradient of a tie is shared equally. */
  amax: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** The smallest over dim, or over all; the gradient of a tie is shared equally. */
  amin: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** The smallest and the largest along dim, or of all. */
  aminmax: '(input: Tensor, *, dim?: int, keepdim?: bool): Named<["min", "max"]>',
  /** The largest of all, the largest along dim with their indices (int32), or the larger of two tensors. */
  max: [
    "(input: Tensor): Tensor",
    '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>',
    "(input: Tensor, other: Tensor): Tensor",
  ],
  /** The smallest of all, the smallest along dim with their indices (int32), or the smaller of two tensors. */
  min: [
    "(input: Tensor): Tensor",
    '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>',
    "(input: Tensor, other: Tensor): Tensor",
  ],
  /** The index of the first largest along dim, or in the flattened input; int32. */
  argmax: "(input: Tensor, dim?: int, keepdim?: bool): Tensor",
  /** The index of the first smallest along dim, or in the flattened input; int32. */
  argmin: "(input: Tensor, dim?: int, keepdim?: bool): Tensor",
  /** Whether all over dim are nonzero; bool. */
  all: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** Whether one over dim is nonzero; bool. */
  any: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** How many over dim, or of all, are nonzero; int32. */
  countNonzero: "(input: Tensor, dim?: ints): Tensor",
  /** log(sum(exp(input))) over dim without overflow. */
  logsumexp: "(input: Tensor, dim: ints, keepdim?: bool): Tensor",
  /** log(sum(exp(input))) over dim without overflow. */
  "special.logsumexp": "(input: Tensor, dim: ints, keepdim?: bool): Tensor",
  /** The p-norm of the elements over dim, or of all; p is 2 unless given. */
  norm: '(input: Tensor, p?: number | "fro" | "nuc", dim?: ints, keepdim?: bool, dtype?: dtype): Tensor',
  /** The p-norm of input − other. */
  dist: "(input: Tensor, other: Tensor, p?: number): Tensor",
  /** The ord-norm of the elements over dim, or of all; ord is 2 unless given. */
  "linalg.vectorNorm": "(x: Tensor, ord?: number, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The norm of matrices: "fro", 1, −1, ∞ or −∞. */
  "linalg.matrixNorm":
    '(A: Tensor, ord?: number | "fro" | "nuc", dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor',
  /** A vector norm of all elements or over one dim, a matrix norm over two. */
  "linalg.norm": '(A: Tensor, ord?: number | "fro" | "nuc", dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor',

  // -- order
  /** The elements along dim in ascending or descending order, with their indices (int32); NaN is the largest. Always stable. */
  sort: '(input: Tensor, dim?: int, descending?: bool, stable?: bool): Named<["values", "indices"]>',
  /** The indices (int32) that sort along dim; NaN is the largest. Always stable. */
  argsort: "(input: Tensor, dim?: int, descending?: bool, stable?: bool): Tensor",
  /** The elements along dim 0 in ascending order. */
  msort: "(input: Tensor): Tensor",
  /** The k largest or smallest along dim, in order, with their indices (int32). */
  topk: '(input: Tensor, k: int, dim?: int, largest?: bool, sorted?: bool): Named<["values", "indices"]>',
  /** The k-th smallest along dim, from 1 on, with its index (int32). */
  kthvalue: '(input: Tensor, k: int, dim?: int, keepdim?: bool): Named<["values", "indices"]>',
  /** The lower median of all, whose gradient is shared by equal elements, or along dim with its index (int32). */
  median: ["(input: Tensor): Tensor", '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>'],
  /** The lower median of what isn't NaN: of all, or along dim with its index (int32). */
  nanmedian: ["(input: Tensor): Tensor", '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>'],
  /** The q-quantiles along dim, or of all; those of several q come first. NaN where there is one. */
  quantile: [
    '(input: Tensor, q: number, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
    '(input: Tensor, q: Tensor, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
  ],
  /** The q-quantiles of what isn't NaN along dim, or of all; those of several q come first. */
  nanquantile: [
    '(input: Tensor, q: number, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
    '(input: Tensor, q: Tensor, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
  ],
  /** Where values are to be inserted into rows that are sorted, before (or, to the right, behind) equal elements; int32. */
  searchsorted:
    '(sortedSequence: Tensor, values: Operand, *, outInt32?: bool, right?: bool, side?: "left" | "right", sorter?: Index): Tensor',
  /** The bucket between sorted boundaries that each value falls into: boundaries[i−1] < value ≤ boundaries[i]; int32. */
  bucketize: "(input: Operand, boundaries: Tensor, *, outInt32?: bool, right?: bool): Tensor",

  // -- shape
  /** The same elements in another shape; one size may be −1. */
  reshape: "(input: Tensor, shape: ints...): Tensor",
  /** The same elements in another shape; one size may be −1. @torch generated/torch.Tensor.view.html */
  view: "(input: Tensor, size: ints...): Tensor",
  /** The same elements in the shape of other. @torch generated/torch.Tensor.reshape_as.html */
  reshapeAs: "(input: Tensor, other: Tensor): Tensor",
  /** The same elements in the shape of other. @torch generated/torch.Tensor.view_as.html */
  viewAs: "(input: Tensor, other: Tensor): Tensor",
  /** The dims from startDim to endDim as one. */
  flatten: "(input: Tensor, startDim?: int, endDim?: int): Tensor",
  /** One dim as several; one size may be −1. */
  unflatten: "(input: Tensor, dim: int, sizes: ints): Tensor",
  /** All elements as one dim. */
  ravel: "(input: Tensor): Tensor",
  /** Without the dims of size 1, or those of them in dim. */
  squeeze: "(input: Tensor, dim?: ints): Tensor",
  /** With a dim of size 1 at dim. */
  unsqueeze: "(input: Tensor, dim: int): Tensor",
  /** Two dims swapped. */
  transpose: "(input: Tensor, dim0: int, dim1: int): Tensor",
  /** Alias of transpose. */
  swapdims: "(input: Tensor, dim0: int, dim1: int): Tensor",
  /** Alias of transpose. */
  swapaxes: "(input: Tensor, axis0: int, axis1: int): Tensor",
  /** The transpose of a matrix; 0-dim and 1-dim tensors as they are. */
  t: "(input: Tensor): Tensor",
  /** The last two dims swapped. */
  adjoint: "(input: Tensor): Tensor",
  /** The dims in another order. */
  permute: "(input: Tensor, dims: ints...): Tensor",
  /** Dims moved to other places, the others in their order. */
  movedim: "(input: Tensor, source: ints, destination: ints): Tensor",
  /** Alias of movedim. */
  moveaxis: "(input: Tensor, source: ints, destination: ints): Tensor",
  /** Dims of size 1 repeated, new leading dims; −1 keeps a size. @torch generated/torch.Tensor.expand.html */
  expand: "(input: Tensor, size: ints...): Tensor",
  /** Expanded to the shape of other. @torch generated/torch.Tensor.expand_as.html */
  expandAs: "(input: Tensor, other: Tensor): Tensor",
  /** Expanded to size. */
  broadcastTo: "(input: Tensor, size: ints): Tensor",
  /** All expanded to their common shape. */
  broadcastTensors: "(tensors: Tensor...): Tensor[]",
  /** The indices start … start + length − 1 of dim. */
  narrow: "(input: Tensor, dim: int, start: int | IntScalar, length: int): Tensor",
  /** One index of dim; the dim is removed. */
  select: "(input: Tensor, dim: int, index: int): Tensor",
  /** The indices start, start + step, … before end of dim: torch's x[start:end:step] along dim. @torch tensor_view.html */
  slice: "(input: Tensor, dim?: int, start?: int, end?: int, step?: int): Tensor",
  /** The order reversed along dims. */
  flip: "(input: Tensor, dims: ints...): Tensor",
  /** The order reversed along dim 1. */
  fliplr: "(input: Tensor): Tensor",
  /** The order reversed along dim 0. */
  flipud: "(input: Tensor): Tensor",
  /** Rotated by 90° k times in the plane of two dims, from the first towards the second. */
  rot90: "(input: Tensor, k?: int, dims?: ints): Tensor",
  /** Shifted along dims; what leaves at one end enters at the other. */
  roll: "(input: Tensor, shifts: ints, dims?: ints): Tensor",
  /** Repeated so many times along each dim; missing leading counts are 1. */
  tile: "(input: Tensor, dims: ints...): Tensor",
  /** Repeated so many times along each dim; extra counts make new leading dims. @torch generated/torch.Tensor.repeat.html */
  repeat: "(input: Tensor, repeats: ints...): Tensor",
  /** Each element repeated in place, along dim or flattened. */
  repeatInterleave: "(input: Tensor, repeats: ints | IntTensor, dim?: int, *, outputSize?: int): Tensor",
  /** The diagonal of two dims as a new last dim. */
  diagonal: "(input: Tensor, offset?: int, dim1?: int, dim2?: int): Tensor",
  /** The diagonal of two dims, the last two unless given, as a new last dim. */
  "linalg.diagonal": "(A: Tensor, *, offset?: int, dim1?: int, dim2?: int): Tensor",
  /** The diagonal of a matrix, or the matrix with a vector as its diagonal. */
  diag: "(input: Tensor, diagonal?: int): Tensor",
  /** Matrices with the last dim as their diagonal. */
  diagEmbed: "(input: Tensor, offset?: int, dim1?: int, dim2?: int): Tensor",
  /** The matrix with the flattened input as its diagonal. */
  diagflat: "(input: Tensor, offset?: int): Tensor",
  /** The lower triangle of matrices, 0 elsewhere. */
  tril: "(input: Tensor, diagonal?: int): Tensor",
  /** The upper triangle of matrices, 0 elsewhere. */
  triu: "(input: Tensor, diagonal?: int): Tensor",
  /** Windows of size along dimension, every step, as a new last dim. @torch generated/torch.Tensor.unfold.html */
  unfold: "(input: Tensor, dimension: int, size: int, step: int): Tensor",
  /** Padded with value: pairs (before, after) from the last dim on; negative ones cut. @torch generated/torch.nn.functional.pad.html */
  constantPadNd: "(input: Tensor, pad: ints, value?: number | bool): Tensor",
  /** With at least one dim. @torch generated/torch.atleast_1d.html */
  atleast1d: ["(input: Tensor): Tensor", "(tensors: Tensor...): Tensor[]"],
  /** With at least two dims. @torch generated/torch.atleast_2d.html */
  atleast2d: ["(input: Tensor): Tensor", "(tensors: Tensor...): Tensor[]"],
  /** With at least three dims. @torch generated/torch.atleast_3d.html */
  atleast3d: ["(input: Tensor): Tensor", "(tensors: Tensor...): Tensor[]"],
  /** The same values as a new tensor; differentiable. */
  clone: "(input: Tensor): Tensor",
  /** The input itself: layout is the library's concern. @torch generated/torch.Tensor.contiguous.html */
  contiguous: "(input: Tensor): Tensor",
  /** The same values without the graph. @torch generated/torch.Tensor.detach.html */
  detach: "(input: Tensor): Tensor",
  /** Cast to dtype. @torch generated/torch.Tensor.to.html */
  to: "(input: Tensor, dtype: dtype): Tensor",
  /** Cast to the dtype of other. @torch generated/torch.Tensor.type_as.html */
  typeAs: "(input: Tensor, other: Tensor): Tensor",
  /** Cast to float32. @torch generated/torch.Tensor.float.html */
  float: "(input: Tensor): Tensor",
  /** Cast to float64. @torch generated/torch.Tensor.double.html */
  double: "(input: Tensor): Tensor",
  /** Cast to int32, towards zero. @torch generated/torch.Tensor.int.html */
  int: "(input: Tensor): Tensor",
  /** The same as int: torch's int64 is int32 here. @torch generated/torch.Tensor.long.html */
  long: "(input: Tensor): Tensor",
  /** Whether an element is nonzero. @torch generated/torch.Tensor.bool.html */
  bool: "(input: Tensor): Tensor",

  // -- joining and splitting
  /** Joined along a dim, 0 unless given. */
  cat: "(tensors: Tensor[], dim?: int): Tensor",
  /** Alias of cat. */
  concat: "(tensors: Tensor[], dim?: int): Tensor",
  /** Alias of cat. */
  concatenate: "(tensors: Tensor[], dim?: int): Tensor",
  /** Joined along a new dim, 0 unless given. */
  stack: "(tensors: Tensor[], dim?: int): Tensor",
  /** Joined along dim 1; vectors along dim 0. */
  hstack: "(tensors: Tensor[]): Tensor",
  /** Joined along dim 0; vectors are rows. */
  vstack: "(tensors: Tensor[]): Tensor",
  /** Alias of vstack. */
  rowStack: "(tensors: Tensor[]): Tensor",
  /** Joined along dim 2. */
  dstack: "(tensors: Tensor[]): Tensor",
  /** Joined along dim 1; vectors are columns. */
  columnStack: "(tensors: Tensor[]): Tensor",
  /** Cut along dim into pieces of one size, or of the given sizes. */
  split: "(input: Tensor, splitSizeOrSections: int | ints, dim?: int): Tensor[]",
  /** Cut along dim into pieces of the given sizes. @torch generated/torch.split.html */
  splitWithSizes: "(input: Tensor, splitSizes: ints, dim?: int): Tensor[]",
  /** Cut along dim into at most so many pieces of one size. */
  chunk: "(input: Tensor, chunks: int, dim?: int): Tensor[]",
  /** Cut along dim into so many pieces, or before the given indices. */
  tensorSplit: "(input: Tensor, indicesOrSections: int | ints | IntTensor, dim?: int): Tensor[]",
  /** tensorSplit along dim 1; vectors along dim 0. */
  hsplit: "(input: Tensor, indicesOrSections: int | ints): Tensor[]",
  /** tensorSplit along dim 0. */
  vsplit: "(input: Tensor, indicesOrSections: int | ints): Tensor[]",
  /** tensorSplit along dim 2. */
  dsplit: "(input: Tensor, indicesOrSections: int | ints): Tensor[]",
  /** The slices along dim, which is removed. */
  unbind: "(input: Tensor, dim?: int): Tensor[]",
  /** The matrices as the diagonal blocks of one. */
  blockDiag: "(tensors: Tensor...): Tensor",
  /** The coordinates of the grid that vectors span. */
  meshgrid: '(tensors: Tensor..., *, indexing?: "ij" | "xy"): Tensor[]',
  /** All combinations of one element of each vector, as rows. */
  cartesianProd: "(tensors: Tensor...): Tensor",
  /** All combinations of r elements of a vector, as rows. */
  combinations: "(input: Tensor, r?: int, withReplacement?: bool): Tensor",

  // -- indexing
  /**
   * torch's input[…]. An entry is a number, which drops the dim; a slice as text ("1:", "::2", "::-1"); "..."; null, a new dim; an
   * array of whole numbers or an int32 tensor; or a mask: booleans or a bool tensor, read at once since its count is a size. Index
   * tensors and masks broadcast; their dims stand where the indexed dims were if these are neighbours, else first. @torch tensor_view.html
   */
  at: "(input: Tensor, entries: ...Entries): Tensor",
  /**
   * input with value at the entries (those of `at`). value, cast to the dtype of input, broadcasts; of several values for one place the
   * last one counts, in every derivative too. Beside a single mask, which may be traced, value does not know how many places it has. @torch tensor_view.html
   */
  setAt: "(input: Tensor, entries: Entries, value: Operand | bool): Tensor",
  /** input with value added at the entries (those of `at`); of several values for one place the sum is added. @torch tensor_view.html */
  addAt: "(input: Tensor, entries: Entries, value: Operand | bool): Tensor",
  /** out[i][j] = input[index[i][j]][j] for dim 0. */
  gather: "(input: Tensor, dim: int, index: Index, *, sparseGrad?: bool): Tensor",
  /** gather with broadcasting; without dim in the flattened input. */
  takeAlongDim: "(input: Tensor, indices: Index, dim?: int): Tensor",
  /** The slices of dim that index (1-dim) names. */
  indexSelect: "(input: Tensor, dim: int, index: Index): Tensor",
  /** The elements at index of the flattened input, in the shape of index. */
  take: "(input: Tensor, index: Index): Tensor",
  /** torch's input[i0, i1, …] with index tensors, which broadcast; null takes a whole dim; a bool mask is read at once. @torch tensor_view.html */
  index: "(input: Tensor, indices: Entries): Tensor",
  /** input with src (or value) written, added or multiplied at index along dim; of several writers to one place the last counts. */
  scatter: [
    '(input: Tensor, dim: int, index: Index, src: Tensor, *, reduce?: "add" | "multiply"): Tensor',
    '(input: Tensor, dim: int, index: Index, value: number | bool, *, reduce?: "add" | "multiply"): Tensor',
  ],
  /** input with src added at index along dim. */
  scatterAdd: "(input: Tensor, dim: int, index: Index, src: Tensor): Tensor",
  /** input with alpha·source added to the slices of dim that index names. @torch generated/torch.Tensor.index_add.html */
  indexAdd: "(input: Tensor, dim: int, index: Index, source: Tensor, *, alpha?: number): Tensor",
  /** input with source written over the slices of dim that index names. @torch generated/torch.Tensor.index_copy.html */
  indexCopy: "(input: Tensor, dim: int, index: Index, source: Tensor): Tensor",
  /** input with value in the slices of dim that index names. @torch generated/torch.Tensor.index_fill.html */
  indexFill: "(input: Tensor, dim: int, index: Index, value: Operand | bool): Tensor",
  /** input with values written, or added, at input[i0, i1, …]. @torch generated/torch.Tensor.index_put.html */
  indexPut: "(input: Tensor, indices: Entries, values: Tensor, accumulate?: bool): Tensor",
  /** input with source written, or added, at index of the flattened input. @torch generated/torch.Tensor.put_.html */
  put: "(input: Tensor, index: Index, source: Tensor, accumulate?: bool): Tensor",
  /** value where mask holds, else input. @torch generated/torch.Tensor.masked_fill.html */
  maskedFill: "(input: Tensor, mask: Tensor, value: Operand | bool): Tensor",
  /** input with src in place of select(dim, index). */
  selectScatter: "(input: Tensor, src: Tensor, dim: int, index: int): Tensor",
  /** input with src in place of slice(dim, start, end, step). */
  sliceScatter: "(input: Tensor, src: Tensor, dim?: int, start?: int, end?: int, step?: int): Tensor",
  /** input with src in place of diagonal(offset, dim1, dim2). */
  diagonalScatter: "(input: Tensor, src: Tensor, offset?: int, dim1?: int, dim2?: int): Tensor",

  // -- creation
  /** Zeros: torch's contents are whatever lies there, and here nothing is written later. */
  empty: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Zeros in the shape and dtype of input. */
  emptyLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Zeros. */
  zeros: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Ones. */
  ones: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** One value everywhere; true and false give bool unless dtype says otherwise. */
  full: "(size: ints, fillValue: number | bool, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Zeros in the shape and dtype of input. */
  zerosLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Ones in the shape and dtype of input. */
  onesLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** One value in the shape and dtype of input. */
  fullLike: "(input: Tensor, fillValue: number | bool, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** One value in the shape and dtype of input. @torch generated/torch.Tensor.fill_.html */
  fill: "(input: Tensor, value: Operand | bool): Tensor",
  /** start, start + step, … before end, in the default dtype. */
  arange: [
    "(end: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(start: number, end: number, step?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  ],
  /** steps values from start to end. */
  linspace: "(start: number, end: number, steps: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** steps values from base^start to base^end, base 10 unless given. */
  logspace: "(start: number, end: number, steps: int, base?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** The n × m matrix with ones on its diagonal. */
  eye: "(n: int, m?: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",

  // -- random numbers
  /** Uniform in [0, 1), in steps of 2⁻²⁴ (float32) or 2⁻⁵³ (float64). */
  rand: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Uniform in [0, 1) in the shape and dtype of input. */
  randLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Normal with mean 0 and variance 1. */
  randn: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Normal with mean 0 and variance 1 in the shape and dtype of input. */
  randnLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Integers from low (0 unless given) to high − 1, each as likely up to 2⁻⁶⁴; int32 unless dtype says otherwise. */
  randint: [
    "(high: int, size: ints, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(low: int, high: int, size: ints, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  ],
  /** Integers from low (0 unless given) to high − 1 in the shape and dtype of input. */
  randintLike: [
    "(input: Tensor, high: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(input: Tensor, low: int, high: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  ],
  /** 0 … n − 1 in random order, each as likely (Fisher and Yates' shuffle); int32 unless dtype says otherwise. */
  randperm: "(n: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Normal with the given mean and standard deviation, which broadcast; no gradient flows to them. */
  normal: [
    "(mean: number, std: number, size: ints, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(mean: Tensor, std?: number): Tensor",
    "(mean: Tensor, std: Tensor): Tensor",
    "(mean: number, std: Tensor): Tensor",
  ],
  /**
   * 1 with the probability in input, or p if that is given, else 0; in the dtype of input. No gradient flows to input. What
   * is no probability is refused, when the op is called or, if it is yet to be computed, when it is.
   */
  bernoulli: "(input: Tensor, p?: number): Tensor",
  /** The input with each element set to 0 with probability p (0.5 unless given), the others scaled by 1 / (1 − p). */
  "nn.functional.dropout": "(input: Tensor, p?: number, training?: bool): Tensor",

  // -- matrix products and what is made of them
  /** The matrix product; vectors count as a row on the left and a column on the right, batch dims broadcast. */
  matmul: "(input: Tensor, other: Tensor): Tensor",
  /** The matrix product; vectors count as a row on the left and a column on the right, batch dims broadcast. */
  "linalg.matmul": "(input: Tensor, other: Tensor): Tensor",
  /** The product of two matrices. */
  mm: "(input: Tensor, mat2: Tensor): Tensor",
  /** The products of two batches of matrices. */
  bmm: "(input: Tensor, mat2: Tensor): Tensor",
  /** The product of a matrix and a vector. */
  mv: "(input: Tensor, vec: Tensor): Tensor",
  /** The inner product of two vectors. */
  dot: "(input: Tensor, tensor: Tensor): Tensor",
  /** The inner product of two vectors. */
  vdot: "(input: Tensor, other: Tensor): Tensor",
  /** Products summed over the last dims; for a 0-dim operand the plain product. */
  inner: "(input: Tensor, other: Tensor): Tensor",
  /** All products of the elements of two vectors. */
  outer: "(input: Tensor, vec2: Tensor): Tensor",
  /** Alias of outer. */
  ger: "(input: Tensor, vec2: Tensor): Tensor",
  /** beta·input + alpha·(mat1 @ mat2). */
  addmm: "(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(mat @ vec). */
  addmv: "(input: Tensor, mat: Tensor, vec: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(the sum of the products of two batches of matrices). */
  addbmm: "(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·(batch1 @ batch2). */
  baddbmm: "(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** beta·input + alpha·outer(vec1, vec2). */
  addr: "(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta?: number, alpha?: number): Tensor",
  /** The product of matrices in the order that takes the fewest multiplications. */
  "linalg.multiDot": "(tensors: Tensor[]): Tensor",
  /** Products summed over the last dims of a and the first of b, 2 unless given, or over two lists of dims. */
  tensordot: "(a: Tensor, b: Tensor, dims?: int | ints[]): Tensor",
  /** Sums of products by Einstein's convention: "bij,bjk->bik". */
  einsum: "(equation: string, operands: Tensor...): Tensor",
  /** The sum of the diagonal of a matrix. */
  trace: "(input: Tensor): Tensor",
  /** The vector product along dim, the first of size 3 unless given. */
  cross: "(input: Tensor, other: Tensor, dim?: int): Tensor",
  /** The vector product along dim, −1 unless given. */
  "linalg.cross": "(input: Tensor, other: Tensor, *, dim?: int): Tensor",
  /** The inner products along dim, −1 unless given. */
  "linalg.vecdot": "(x: Tensor, y: Tensor, *, dim?: int): Tensor",
  /** The Kronecker product. */
  kron: "(input: Tensor, other: Tensor): Tensor",
  /** The covariance matrix of the rows, whose columns are observations. */
  cov: "(input: Tensor, *, correction?: int, fweights?: Tensor, aweights?: Tensor): Tensor",
  /** The matrix of correlation coefficients of the rows. */
  corrcoef: "(input: Tensor): Tensor",
  /** The n-th forward difference along dim, −1 unless given. */
  diff: "(input: Tensor, n?: int, dim?: int, prepend?: Tensor, append?: Tensor): Tensor",
  /** The integral along dim by the trapezoidal rule, at the points x or at distance dx. */
  trapezoid: "(y: Tensor, x?: Tensor, *, dx?: number, dim?: int): Tensor",
  /** Alias of trapezoid. */
  trapz: "(y: Tensor, x?: Tensor, *, dx?: number, dim?: int): Tensor",
  /** Numerical derivatives by central differences along dim, or along all, one tensor for each. */
  gradient: [
    "(input: Tensor, *, spacing?: numbers, dim?: ints, edgeOrder?: int): Tensor[]",
    "(input: Tensor, *, spacing: Tensor[], dim?: ints, edgeOrder?: int): Tensor[]",
  ],
  /** The matrix of the powers of a vector, falling unless increasing. */
  vander: "(x: Tensor, N?: int, increasing?: bool): Tensor",
  /** The matrices of the rising powers of the last dim. */
  "linalg.vander": "(x: Tensor, *, N?: int): Tensor",

  // -- nn.functional: activations
  /** max(x, 0), with the derivative 0 at 0. @torch generated/torch.nn.functional.relu.html */
  relu: "(input: Tensor): Tensor",
  /** max(x, 0), with the derivative 0 at 0. */
  "nn.functional.relu": "(input: Tensor, inplace?: bool): Tensor",
  /** min(max(x, 0), 6). */
  "nn.functional.relu6": "(input: Tensor, inplace?: bool): Tensor",
  /** x where positive, else negativeSlope·x, 0.01 unless given. */
  "nn.functional.leakyRelu": "(input: Tensor, negativeSlope?: number, inplace?: bool): Tensor",
  /** x where positive, else weight·x, with one weight or one for each channel. */
  prelu: "(input: Tensor, weight: Tensor): Tensor",
  /** x where positive, else weight·x, with one weight or one for each channel. */
  "nn.functional.prelu": "(input: Tensor, weight: Tensor): Tensor",
  /** x where positive, else alpha·(exp(x) − 1). */
  "nn.functional.elu": "(input: Tensor, alpha?: number, inplace?: bool): Tensor",
  /** elu, scaled so that mean 0 and variance 1 are kept. */
  selu: "(input: Tensor, inplace?: bool): Tensor",
  /** elu, scaled so that mean 0 and variance 1 are kept. */
  "nn.functional.selu": "(input: Tensor, inplace?: bool): Tensor",
  /** x where positive, else alpha·(exp(x/alpha) − 1). */
  celu: "(input: Tensor, alpha?: number, inplace?: bool): Tensor",
  /** x where positive, else alpha·(exp(x/alpha) − 1). */
  "nn.functional.celu": "(input: Tensor, alpha?: number, inplace?: bool): Tensor",
  /** x·Φ(x), with Φ exact or by a tanh. */
  "nn.functional.gelu": '(input: Tensor, approximate?: "none" | "tanh"): Tensor',
  /** x·sigmoid(x). */
  "nn.functional.silu": "(input: Tensor, inplace?: bool): Tensor",
  /** x·tanh(softplus(x)). */
  "nn.functional.mish": "(input: Tensor, inplace?: bool): Tensor",
  /** log(1 + exp(beta·x)) / beta, and x itself where beta·x exceeds threshold. */
  "nn.functional.softplus": "(input: Tensor, beta?: number, threshold?: number): Tensor",
  /** x / (1 + |x|). */
  "nn.functional.softsign": "(input: Tensor): Tensor",
  /** x moved towards 0 by lambd, 0.5 unless given; 0 in between. */
  "nn.functional.softshrink": "(input: Tensor, lambd?: number): Tensor",
  /** x, but 0 where |x| ≤ lambd, 0.5 unless given. */
  hardshrink: "(input: Tensor, lambd?: number): Tensor",
  /** x, but 0 where |x| ≤ lambd, 0.5 unless given. */
  "nn.functional.hardshrink": "(input: Tensor, lambd?: number): Tensor",
  /** x limited to [minVal, maxVal], [−1, 1] unless given; the derivative at a limit is 0. */
  "nn.functional.hardtanh": "(input: Tensor, minVal?: number, maxVal?: number, inplace?: bool): Tensor",
  /** relu6(x + 3) / 6. */
  "nn.functional.hardsigmoid": "(input: Tensor, inplace?: bool): Tensor",
  /** x·relu6(x + 3) / 6. */
  "nn.functional.hardswish": "(input: Tensor, inplace?: bool): Tensor",
  /** x − tanh(x). */
  "nn.functional.tanhshrink": "(input: Tensor): Tensor",
  /** x where greater than threshold, else value. */
  "nn.functional.threshold": "(input: Tensor, threshold: number, value: number, inplace?: bool): Tensor",
  /** log(sigmoid(x)) without overflow. */
  "nn.functional.logsigmoid": "(input: Tensor): Tensor",
  /** The hyperbolic tangent. */
  "nn.functional.tanh": "(input: Tensor): Tensor",
  /** The logistic function 1 / (1 + exp(−x)). */
  "nn.functional.sigmoid": "(input: Tensor): Tensor",
  /** The first half of dim (−1 unless given) times the sigmoid of the second. */
  "nn.functional.glu": "(input: Tensor, dim?: int): Tensor",
  /** exp(x) / sum(exp(x)) along dim. */
  softmax: "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** exp(x) / sum(exp(x)) along dim. */
  "special.softmax": "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** exp(x) / sum(exp(x)) along dim. */
  "nn.functional.softmax": "(input: Tensor, dim?: int, *, dtype?: dtype): Tensor",
  /** softmax(−x) along dim. */
  "nn.functional.softmin": "(input: Tensor, dim?: int, *, dtype?: dtype): Tensor",
  /** log(softmax(x)) along dim, without its overflow. @torch generated/torch.nn.functional.log_softmax.html */
  logSoftmax: "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** log(softmax(x)) along dim, without its overflow. */
  "special.logSoftmax": "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** log(softmax(x)) along dim, without its overflow. */
  "nn.functional.logSoftmax": "(input: Tensor, dim?: int, *, dtype?: dtype): Tensor",

  // -- nn.functional: normalisations
  /** x / max(‖x‖, eps) along dim, 1 unless given. */
  "nn.functional.normalize": "(input: Tensor, p?: number, dim?: ints, eps?: number): Tensor",
  /** (x − mean) / √(var + eps) over the last dims, then weight and bias. */
  "nn.functional.layerNorm":
    "(input: Tensor, normalizedShape: ints, weight?: Tensor, bias?: Tensor, eps?: number): Tensor",
  /** x / √(the mean of x² + eps) over the last dims, then weight. */
  "nn.functional.rmsNorm": "(input: Tensor, normalizedShape: ints, weight?: Tensor, eps?: number): Tensor",
  /** Layer norm, the means and the reciprocal standard deviations. @torch generated/torch.nn.functional.layer_norm.html */
  nativeLayerNorm:
    "(input: Tensor, normalizedShape: ints, weight?: Tensor, bias?: Tensor, eps?: number): [output: Tensor, mean: Tensor, rstd: Tensor]",
  /** (x − mean) / √(var + eps) over groups of channels, then weight and bias. */
  "nn.functional.groupNorm": "(input: Tensor, numGroups: int, weight?: Tensor, bias?: Tensor, eps?: number): Tensor",
  /** (x − mean) / √(var + eps) over each channel of each example, then weight and bias. */
  "nn.functional.instanceNorm":
    "(input: Tensor, runningMean?: Tensor, runningVar?: Tensor, weight?: Tensor, bias?: Tensor, useInputStats?: bool, momentum?: number, eps?: number): Tensor",
  /** (x − mean) / √(var + eps) over each channel, then weight and bias. Running statistics are read, never updated. */
  "nn.functional.batchNorm":
    "(input: Tensor, runningMean?: Tensor, runningVar?: Tensor, weight?: Tensor, bias?: Tensor, training?: bool, momentum?: number, eps?: number): Tensor",
  /** x / (k + alpha·(the mean of x² over size neighbouring channels))^beta. */
  "nn.functional.localResponseNorm": "(input: Tensor, size: int, alpha?: number, beta?: number, k?: number): Tensor",
  /** Slices of dim whose p-norm exceeds maxnorm, scaled down to it. */
  renorm: "(input: Tensor, p: number, dim: int, maxnorm: number): Tensor",

  // -- nn.functional: layers
  /** input @ weightᵀ + bias. */
  "nn.functional.linear": "(input: Tensor, weight: Tensor, bias?: Tensor): Tensor",
  /** Σ input1_i · weight_kij · input2_j + bias_k. */
  "nn.functional.bilinear": "(input1: Tensor, input2: Tensor, weight: Tensor, bias?: Tensor): Tensor",
  /** The rows of weight that input names; the row paddingIdx gets no gradient. */
  "nn.functional.embedding": "(input: Index, weight: Tensor, paddingIdx?: int, maxNorm?: number): Tensor",
  /** 1 at the class of each element along a new last dim of numClasses; int32. */
  "nn.functional.oneHot": "(tensor: Index, numClasses: int): Tensor",
  /** softmax(query @ keyᵀ · scale + attnMask) @ value; scale is 1/√(the last size) unless given; dropoutP must be 0. */
  "nn.functional.scaledDotProductAttention":
    "(query: Tensor, key: Tensor, value: Tensor, attnMask?: Tensor, dropoutP?: number, isCausal?: bool, *, scale?: number): Tensor",
  /**
   * Cross-correlation of input: [batch, channels, length], batch may be missing, with weight:
   * [outputs, channels / groups, ...kernel]; padding "same" keeps the sizes.
   */
  "nn.functional.conv1d":
    '(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints | "valid" | "same", dilation?: ints, groups?: int): Tensor',
  /**
   * Cross-correlation of input: [batch, channels, height, width], batch may be missing, with weight:
   * [outputs, channels / groups, ...kernel]; padding "same" keeps the sizes.
   */
  "nn.functional.conv2d":
    '(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints | "valid" | "same", dilation?: ints, groups?: int): Tensor',
  /**
   * Cross-correlation of input: [batch, channels, depth, height, width], batch may be missing, with weight:
   * [outputs, channels / groups, ...kernel]; padding "same" keeps the sizes.
   */
  "nn.functional.conv3d":
    '(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints | "valid" | "same", dilation?: ints, groups?: int): Tensor',
  /**
   * The transpose of conv1d, whose gradient by the input it is; weight: [channels, outputs / groups, ...kernel].
   */
  "nn.functional.convTranspose1d":
    "(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints, outputPadding?: ints, groups?: int, dilation?: ints): Tensor",
  /**
   * The transpose of conv2d, whose gradient by the input it is; weight: [channels, outputs / groups, ...kernel].
   */
  "nn.functional.convTranspose2d":
    "(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints, outputPadding?: ints, groups?: int, dilation?: ints): Tensor",
  /**
   * The transpose of conv3d, whose gradient by the input it is; weight: [channels, outputs / groups, ...kernel].
   */
  "nn.functional.convTranspose3d":
    "(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints, outputPadding?: ints, groups?: int, dilation?: ints): Tensor",
  /** [..., c·r², h, w] to [..., c, h·r, w·r]. */
  "nn.functional.pixelShuffle": "(input: Tensor, upscaleFactor: int): Tensor",
  /** [..., c, h·r, w·r] to [..., c·r², h, w]. */
  "nn.functional.pixelUnshuffle": "(input: Tensor, downscaleFactor: int): Tensor",
  /** The windows of an image as columns: [n, c·kh·kw, windows]. */
  "nn.functional.unfold": "(input: Tensor, kernelSize: ints, dilation?: ints, padding?: ints, stride?: ints): Tensor",
  /** Columns added up where their windows lie: the transpose of unfold. */
  "nn.functional.fold":
    "(input: Tensor, outputSize: ints, kernelSize: ints, dilation?: ints, padding?: ints, stride?: ints): Tensor",
  /** Padded: pairs (before, after) from the last dim on; with mode "constant" negative ones cut. */
  "nn.functional.pad":
    '(input: Tensor, pad: ints, mode?: "constant" | "reflect" | "replicate" | "circular", value?: number): Tensor',
  /** Resized to size, or by scaleFactor. */
  "nn.functional.interpolate":
    '(input: Tensor, size?: ints, scaleFactor?: numbers, mode?: "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area", alignCorners?: bool, recomputeScaleFactor?: bool, antialias?: bool): Tensor',
  /** The input at the points of grid, whose coordinates run from −1 to 1. */
  "nn.functional.gridSample":
    '(input: Tensor, grid: Tensor, mode?: "bilinear" | "nearest" | "bicubic", paddingMode?: "zeros" | "border" | "reflection", alignCorners?: bool): Tensor',
  /** The grid for gridSample that an affine map makes of an output of that size. */
  "nn.functional.affineGrid": "(theta: Tensor, size: ints, alignCorners?: bool): Tensor",

  // -- nn.functional: pooling
  /** Averages over windows of the last dim. */
  "nn.functional.avgPool1d":
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, ceilMode?: bool, countIncludePad?: bool): Tensor",
  /** Averages over windows of the last 2 dims. */
  "nn.functional.avgPool2d":
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, ceilMode?: bool, countIncludePad?: bool, divisorOverride?: number): Tensor",
  /** Averages over windows of the last 3 dims. */
  "nn.functional.avgPool3d":
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, ceilMode?: bool, countIncludePad?: bool, divisorOverride?: number): Tensor",
  /** Maxima over windows of the last dim, with returnIndices also where they stand. */
  "nn.functional.maxPool1d": [
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices?: false): Tensor",
  ],
  /** Maxima over windows of the last 2 dims, with returnIndices also where they stand. */
  "nn.functional.maxPool2d": [
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices?: false): Tensor",
  ],
  /** Maxima over windows of the last 3 dims, with returnIndices also where they stand. */
  "nn.functional.maxPool3d": [
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices?: false): Tensor",
  ],
  /** Averages over windows that give outputSize. */
  "nn.functional.adaptiveAvgPool1d": "(input: Tensor, outputSize: int?[]): Tensor",
  /** Averages over windows that give outputSize. */
  "nn.functional.adaptiveAvgPool2d": "(input: Tensor, outputSize: int?[]): Tensor",
  /** Averages over windows that give outputSize. */
  "nn.functional.adaptiveAvgPool3d": "(input: Tensor, outputSize: int?[]): Tensor",
  /** Maxima over windows that give outputSize, with returnIndices also where they stand. */
  "nn.functional.adaptiveMaxPool1d": [
    "(input: Tensor, outputSize: int?[], returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, outputSize: int?[], returnIndices?: false): Tensor",
  ],
  /** Maxima over windows that give outputSize, with returnIndices also where they stand. */
  "nn.functional.adaptiveMaxPool2d": [
    "(input: Tensor, outputSize: int?[], returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, outputSize: int?[], returnIndices?: false): Tensor",
  ],
  /** Maxima over windows that give outputSize, with returnIndices also where they stand. */
  "nn.functional.adaptiveMaxPool3d": [
    "(input: Tensor, outputSize: int?[], returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, outputSize: int?[], returnIndices?: false): Tensor",
  ],

  // -- nn.functional: losses. torch's deprecated sizeAverage and reduce are left out, so what stands behind them has no
  // position that it could be given by.
  /** (input − target)². */
  "nn.functional.mseLoss": '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** |input − target|. */
  "nn.functional.l1Loss": '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** d²/(2·beta) where |d| < beta, else |d| − beta/2. */
  "nn.functional.smoothL1Loss":
    '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum", beta?: number): Tensor',
  /** d²/2 where |d| ≤ delta, else delta·(|d| − delta/2). */
  "nn.functional.huberLoss":
    '(input: Tensor, target: Tensor, reduction?: "none" | "mean" | "sum", delta?: number): Tensor',
  /** −(t·log(x) + (1 − t)·log(1 − x)), logarithms no less than −100. */
  "nn.functional.binaryCrossEntropy":
    '(input: Tensor, target: Tensor, weight?: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** binaryCrossEntropy of sigmoid(input), without its overflow. */
  "nn.functional.binaryCrossEntropyWithLogits":
    '(input: Tensor, target: Tensor, weight?: Tensor, *, reduction?: "none" | "mean" | "sum", posWeight?: Tensor): Tensor',
  /** t·(log(t) − x) with log-probabilities x. */
  "nn.functional.klDiv":
    '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum" | "batchmean", logTarget?: bool): Tensor',
  /** exp(x) − t·x, or x − t·log(x). */
  "nn.functional.poissonNllLoss":
    '(input: Tensor, target: Tensor, logInput?: bool, full?: bool, *, eps?: number, reduction?: "none" | "mean" | "sum"): Tensor',
  /** (log(var) + (x − t)²/var) / 2. */
  "nn.functional.gaussianNllLoss":
    '(input: Tensor, target: Tensor, var: Tensor, full?: bool, eps?: number, reduction?: "none" | "mean" | "sum"): Tensor',
  /** log(1 + exp(−t·x)) with t = ±1. */
  "nn.functional.softMarginLoss": '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** x where t = 1, max(0, margin − x) where t = −1. */
  "nn.functional.hingeEmbeddingLoss":
    '(input: Tensor, target: Tensor, margin?: number, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** max(0, margin − t·(input1 − input2)). */
  "nn.functional.marginRankingLoss":
    '(input1: Tensor, input2: Tensor, target: Tensor, margin?: number, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** 1 − cos where t = 1, max(0, cos − margin) where t = −1. */
  "nn.functional.cosineEmbeddingLoss":
    '(input1: Tensor, input2: Tensor, target: Tensor, margin?: number, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** max(0, d(anchor, positive) − d(anchor, negative) + margin). */
  "nn.functional.tripletMarginLoss":
    '(anchor: Tensor, positive: Tensor, negative: Tensor, margin?: number, p?: number, eps?: number, swap?: bool, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** −weight·input at the target classes of dim 1; the mean is weighted. */
  "nn.functional.nllLoss":
    '(input: Tensor, target: Index, weight?: Tensor, *, ignoreIndex?: int, reduction?: "none" | "mean" | "sum"): Tensor',
  /** nllLoss of logSoftmax; a float target holds probabilities of the classes. */
  "nn.functional.crossEntropy":
    '(input: Tensor, target: Index, weight?: Tensor, *, ignoreIndex?: int, reduction?: "none" | "mean" | "sum", labelSmoothing?: number): Tensor',
  /** Σ max(0, margin − x_target + x_i)^p / classes, over the other classes. */
  "nn.functional.multiMarginLoss":
    '(input: Tensor, target: Index, p?: number, margin?: number, weight?: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** Σ max(0, 1 − x_j + x_i) / classes, over target classes j (up to a −1) and the others i. */
  "nn.functional.multilabelMarginLoss":
    '(input: Tensor, target: Index, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** binaryCrossEntropyWithLogits, averaged over classes. */
  "nn.functional.multilabelSoftMarginLoss":
    '(input: Tensor, target: Tensor, weight?: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',

  // -- distances
  /** The distances between rows of x1 and rows of x2; p is 2 unless given. computeMode is accepted: differences are exact. */
  cdist: "(x1: Tensor, x2: Tensor, p?: number, computeMode?: string): Tensor",
  /** The distances of all pairs of rows; p is 2 unless given. */
  "nn.functional.pdist": "(input: Tensor, p?: number): Tensor",
  /** ‖x1 − x2 + eps‖ over the last dim. */
  "nn.functional.pairwiseDistance": "(x1: Tensor, x2: Tensor, p?: number, eps?: number, keepdim?: bool): Tensor",
  /** x1·x2 / (max(‖x1‖, eps)·max(‖x2‖, eps)) over dim, 1 unless given. */
  cosineSimilarity: "(x1: Tensor, x2: Tensor, dim?: int, eps?: number): Tensor",
  /** x1·x2 / (max(‖x1‖, eps)·max(‖x2‖, eps)) over dim, 1 unless given. */
  "nn.functional.cosineSimilarity": "(x1: Tensor, x2: Tensor, dim?: int, eps?: number): Tensor",

  // -- special functions
  /** The distribution function Φ of the standard normal. */
  "special.ndtr": "(input: Tensor): Tensor",
  /** log(Φ(x)), accurate in the left tail. */
  "special.logNdtr": "(input: Tensor): Tensor",
  /** The inverse of Φ. */
  "special.ndtri": "(input: Tensor): Tensor",
  /** exp(x²)·erfc(x). */
  "special.erfcx": "(input: Tensor): Tensor",
  /** The modified Bessel function I₀. */
  i0: "(input: Tensor): Tensor",
  /** The modified Bessel function I₀. */
  "special.i0": "(input: Tensor): Tensor",
  /** exp(−|x|)·I₀(x). */
  "special.i0e": "(input: Tensor): Tensor",
  /** The modified Bessel function I₁. */
  "special.i1": "(input: Tensor): Tensor",
  /** exp(−|x|)·I₁(x). */
  "special.i1e": "(input: Tensor): Tensor",

  // -- scattered reductions
  /** src reduced into input at index along dim. @torch generated/torch.Tensor.scatter_reduce.html */
  scatterReduce:
    '(input: Tensor, dim: int, index: Index, src: Tensor, reduce: "sum" | "prod" | "mean" | "amax" | "amin", *, includeSelf?: bool): Tensor',
} as const satisfies Signatures;
