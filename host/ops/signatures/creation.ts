// Signatures, written as index.ts says: tensors from nothing: constants, ranges, random numbers.
import type { Signatures } from "../signature";

export const creationSignatures = {
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
} as const satisfies Signatures;
