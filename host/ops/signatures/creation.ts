// Signatures, written as index.ts says: tensors from nothing: constants, ranges, random numbers.
import type { Signatures } from "../signature";

export const creationSignatures = {
  // -- creation
  /** Zeros: torch's contents are whatever lies there, and here nothing is written later. @dtype dtype */
  empty: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Zeros in the shape and dtype of input. @dtype dtype ?? input */
  emptyLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Zeros. @dtype dtype */
  zeros: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Ones. @dtype dtype */
  ones: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** One value everywhere; true and false give bool unless dtype says otherwise. @dtype dtype */
  full: "(size: ints, fillValue: number | bool, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Zeros in the shape and dtype of input. @dtype dtype ?? input */
  zerosLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Ones in the shape and dtype of input. @dtype dtype ?? input */
  onesLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** One value in the shape and dtype of input. @dtype dtype ?? input */
  fullLike: "(input: Tensor, fillValue: number | bool, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** One value in the shape and dtype of input. @torch generated/torch.Tensor.fill_.html @dtype input */
  fill: "(input: Tensor, value: Operand | bool): Tensor",
  /** start, start + step, … before end, in the default dtype. @dtype dtype */
  arange: [
    "(end: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(start: number, end: number, step?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  ],
  /** steps values from start to end. @dtype dtype */
  linspace: "(start: number, end: number, steps: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** steps values from base^start to base^end, base 10 unless given. @dtype dtype */
  logspace: "(start: number, end: number, steps: int, base?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** The n × m matrix with ones on its diagonal. @dtype dtype */
  eye: "(n: int, m?: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** The places of the lower triangle of a row × col matrix: [2, n], rows above columns; int32. @dtype dtype ?? int32 */
  trilIndices: "(row: int, col: int, offset?: int, *, dtype?: dtype): Tensor",
  /** The places of the upper triangle of a row × col matrix: [2, n], rows above columns; int32. @dtype dtype ?? int32 */
  triuIndices: "(row: int, col: int, offset?: int, *, dtype?: dtype): Tensor",

  // -- random numbers
  /** Uniform in [0, 1), in steps of 2⁻²⁴ (float32) or 2⁻⁵³ (float64). @dtype dtype */
  rand: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Uniform in [0, 1) in the shape and dtype of input. @dtype dtype ?? input */
  randLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Normal with mean 0 and variance 1. @dtype dtype */
  randn: "(size: ints..., *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Normal with mean 0 and variance 1 in the shape and dtype of input. @dtype dtype ?? input */
  randnLike: "(input: Tensor, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Integers from low (0 unless given) to high − 1, each as likely up to 2⁻⁶⁴; int32 unless dtype says otherwise. @dtype dtype ?? int32 */
  randint: [
    "(high: int, size: ints, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(low: int, high: int, size: ints, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  ],
  /** Integers from low (0 unless given) to high − 1 in the shape and dtype of input. @dtype dtype ?? input */
  randintLike: [
    "(input: Tensor, high: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(input: Tensor, low: int, high: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  ],
  /** 0 … n − 1 in random order, each as likely (Fisher and Yates' shuffle); int32 unless dtype says otherwise. @dtype dtype ?? int32 */
  randperm: "(n: int, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** Normal with the given mean and standard deviation, which broadcast; no gradient flows to them. @dtype dtype; float(mean); float(mean, std); float(std) */
  normal: [
    "(mean: number, std: number, size: ints, *, dtype?: dtype, requiresGrad?: bool): Tensor",
    "(mean: Tensor, std?: number): Tensor",
    "(mean: Tensor, std: Tensor): Tensor",
    "(mean: number, std: Tensor): Tensor",
  ],
  /**
   * 1 with the probability in input, or p if that is given, else 0; in the dtype of input. No gradient flows to input. What
   * is no probability is refused, when the op is called or, if it is yet to be computed, when it is.
   * @dtype input
   */
  bernoulli: "(input: Tensor, p?: number): Tensor",
  /**
   * Places of input: [n] or [m, n], drawn with probabilities in proportion to the weights there: [numSamples] or [m, numSamples], int32.
   * Negative weights, rows of 0 and, without replacement, rows of fewer positive weights are refused, when the op is called or, if they are
   * yet to be computed, when they are.
   * @dtype int32
   */
  multinomial: "(input: Tensor, numSamples: int, replacement?: bool): Tensor",
  /** softmax((logits + g) / tau) along dim with g drawn from the Gumbel distribution; hard: 1 at the largest, with the soft one's derivatives. @dtype float(logits) */
  "nn.functional.gumbelSoftmax": "(logits: Tensor, tau?: number, hard?: bool, eps?: number, dim?: int): Tensor",
  /** The input with each element set to 0 with probability p (0.5 unless given), the others scaled by 1 / (1 − p). @dtype float(input) */
  "nn.functional.dropout": "(input: Tensor, p?: number, training?: bool): Tensor",
  /** Channels of input: [n, c, l] or [c, l] set to 0 with probability p, the others scaled by 1 / (1 − p). @dtype input */
  "nn.functional.dropout1d": "(input: Tensor, p?: number, training?: bool): Tensor",
  /** Channels of input: [n, c, h, w] or [n, c, l] set to 0 with probability p, the others scaled by 1 / (1 − p). @dtype input */
  "nn.functional.dropout2d": "(input: Tensor, p?: number, training?: bool): Tensor",
  /** Channels of input: [n, c, d, h, w] or [c, d, h, w] set to 0 with probability p, the others scaled by 1 / (1 − p). @dtype input */
  "nn.functional.dropout3d": "(input: Tensor, p?: number, training?: bool): Tensor",
  /** Dropout beside selu: elements become its limit on the left with probability p, and mean 0 and variance 1 remain. Only with training. @dtype input */
  "nn.functional.alphaDropout": "(input: Tensor, p?: number, training?: bool): Tensor",
  /** AlphaDropout of whole channels of input: [n, c, ...]. @dtype input */
  "nn.functional.featureAlphaDropout": "(input: Tensor, p?: number, training?: bool): Tensor",
  /** x where positive, else x times a slope: drawn uniformly between lower and upper with training, else their mean. @dtype float(input) */
  "nn.functional.rrelu": "(input: Tensor, lower?: number, upper?: number, training?: bool): Tensor",
} as const satisfies Signatures;
