// Signatures, written as index.ts says: comparisons, reductions and what orders elements.
import type { Signatures } from "../signature";

export const comparisonSignatures = {
  // -- comparison
  /** input = other; bool. @dtype bool */
  eq: "(input: Operand, other: Operand): Tensor",
  /** input ≠ other; bool. @dtype bool */
  ne: "(input: Operand, other: Operand): Tensor",
  /** Alias of ne. @dtype bool */
  notEqual: "(input: Operand, other: Operand): Tensor",
  /** input < other; bool. @dtype bool */
  lt: "(input: Operand, other: Operand): Tensor",
  /** Alias of lt. @dtype bool */
  less: "(input: Operand, other: Operand): Tensor",
  /** input ≤ other; bool. @dtype bool */
  le: "(input: Operand, other: Operand): Tensor",
  /** Alias of le. @dtype bool */
  lessEqual: "(input: Operand, other: Operand): Tensor",
  /** input > other; bool. @dtype bool */
  gt: "(input: Operand, other: Operand): Tensor",
  /** Alias of gt. @dtype bool */
  greater: "(input: Operand, other: Operand): Tensor",
  /** input ≥ other; bool. @dtype bool */
  ge: "(input: Operand, other: Operand): Tensor",
  /** Alias of ge. @dtype bool */
  greaterEqual: "(input: Operand, other: Operand): Tensor",
  /** Whether an element is NaN; bool. @dtype bool */
  isnan: "(input: Tensor): Tensor",
  /** Whether an element is ∞ or −∞; bool. @dtype bool */
  isinf: "(input: Tensor): Tensor",
  /** Whether an element is ∞; bool. @dtype bool */
  isposinf: "(input: Tensor): Tensor",
  /** Whether an element is −∞; bool. @dtype bool */
  isneginf: "(input: Tensor): Tensor",
  /** Whether an element has no imaginary part; bool. @dtype bool */
  isreal: "(input: Tensor): Tensor",
  /** Whether an element is neither infinite nor NaN; bool. @dtype bool */
  isfinite: "(input: Tensor): Tensor",
  /** |input − other| ≤ atol + rtol·|other|, rtol 1e-5 and atol 1e-8 unless given; bool. @dtype bool */
  isclose: "(input: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: bool): Tensor",
  /** Whether isclose holds everywhere. Reads the result. */
  allclose: "(input: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: bool): boolean",
  /** Whether shapes and all elements are equal. Reads the result. */
  equal: "(input: Tensor, other: Tensor): boolean",
  /** Whether an element is 0; bool. @dtype bool */
  logicalNot: "(input: Tensor): Tensor",
  /** Whether both are nonzero; bool. @dtype bool */
  logicalAnd: "(input: Operand, other: Operand): Tensor",
  /** Whether one is nonzero; bool. @dtype bool */
  logicalOr: "(input: Operand, other: Operand): Tensor",
  /** Whether exactly one is nonzero; bool. @dtype bool */
  logicalXor: "(input: Operand, other: Operand): Tensor",
  /**
   * input where condition holds, else other; as a method `x.where(condition, other)`. Alone, the condition gives its places, as nonzero with
   * asTuple does.
   * @dtype common(input, other); int32
   */
  where: ["(condition: Tensor, input: Operand, other: Operand): Tensor", "(condition: Tensor): Tensor[]"],

  // -- reduction
  /** The sum over dim, or over all; int32 for int32 and bool. @dtype sum(dtype ?? input) */
  sum: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The sum over dim, or over all, with NaN as 0. @dtype sum(dtype ?? input) */
  nansum: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The mean over dim, or over all. @dtype float(dtype ?? input) */
  mean: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The mean over dim, or over all, of what isn't NaN. @dtype float(dtype ?? input) */
  nanmean: "(input: Tensor, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The product along dim, or of all. @dtype sum(dtype ?? input) */
  prod: "(input: Tensor, dim?: int, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The variance over dim, or over all; the divisor is n − correction, correction 1 unless given. @dtype float(input) */
  var: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): Tensor",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): Tensor",
    "(input: Tensor, unbiased: bool): Tensor",
  ],
  /** The standard deviation over dim, or over all; the divisor is n − correction, correction 1 unless given. @dtype float(input) */
  std: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): Tensor",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): Tensor",
    "(input: Tensor, unbiased: bool): Tensor",
  ],
  /** The variance and the mean over dim, or over all. @dtype float(input) */
  varMean: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): [variance: Tensor, mean: Tensor]",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): [variance: Tensor, mean: Tensor]",
    "(input: Tensor, unbiased: bool): [variance: Tensor, mean: Tensor]",
  ],
  /** The standard deviation and the mean over dim, or over all. @dtype float(input) */
  stdMean: [
    "(input: Tensor, dim?: ints, unbiased?: bool, keepdim?: bool): [deviation: Tensor, mean: Tensor]",
    "(input: Tensor, dim?: ints, *, correction?: number, keepdim?: bool): [deviation: Tensor, mean: Tensor]",
    "(input: Tensor, unbiased: bool): [deviation: Tensor, mean: Tensor]",
  ],
  /** The largest over dim, or over all; the gradient of a tie is shared equally. @dtype input */
  amax: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** The smallest over dim, or over all; the gradient of a tie is shared equally. @dtype input */
  amin: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** The smallest and the largest along dim, or of all. @dtype input */
  aminmax: '(input: Tensor, *, dim?: int, keepdim?: bool): Named<["min", "max"]>',
  /** The largest of all, the largest along dim with their indices (int32), or the larger of two tensors. @dtype input; [input, int32]; common(input, other) */
  max: [
    "(input: Tensor): Tensor",
    '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>',
    "(input: Tensor, other: Tensor): Tensor",
  ],
  /** The smallest of all, the smallest along dim with their indices (int32), or the smaller of two tensors. @dtype input; [input, int32]; common(input, other) */
  min: [
    "(input: Tensor): Tensor",
    '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>',
    "(input: Tensor, other: Tensor): Tensor",
  ],
  /** The index of the first largest along dim, or in the flattened input; int32. @dtype int32 */
  argmax: "(input: Tensor, dim?: int, keepdim?: bool): Tensor",
  /** The index of the first smallest along dim, or in the flattened input; int32. @dtype int32 */
  argmin: "(input: Tensor, dim?: int, keepdim?: bool): Tensor",
  /** Whether all over dim are nonzero; bool. @dtype bool */
  all: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** Whether one over dim is nonzero; bool. @dtype bool */
  any: "(input: Tensor, dim?: ints, keepdim?: bool): Tensor",
  /** How many over dim, or of all, are nonzero; int32. @dtype int32 */
  countNonzero: "(input: Tensor, dim?: ints): Tensor",
  /** log(sum(exp(input))) over dim without overflow. @dtype float(input) */
  logsumexp: "(input: Tensor, dim: ints, keepdim?: bool): Tensor",
  /** log(sum(exp(input))) over dim without overflow. @dtype float(input) */
  "special.logsumexp": "(input: Tensor, dim: ints, keepdim?: bool): Tensor",
  /** The p-norm of the elements over dim, or of all; p is 2 unless given. "nuc": of matrices, the sum of singular values. @dtype float(dtype ?? input) */
  norm: '(input: Tensor, p?: number | "fro" | "nuc", dim?: ints, keepdim?: bool, dtype?: dtype): Tensor',
  /** The p-norm of input − other. @dtype float(input, other) */
  dist: "(input: Tensor, other: Tensor, p?: number): Tensor",
  /** The ord-norm of the elements over dim, or of all; ord is 2 unless given. @dtype float(dtype ?? x) */
  "linalg.vectorNorm": "(x: Tensor, ord?: number, dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor",
  /** The norm of matrices: "fro", "nuc" (the sum of singular values), 2 or −2 (the largest, the smallest), 1 or −1, ∞ or −∞ (the largest, the smallest sum of a column, of a row, of absolute values). @dtype float(dtype ?? A) */
  "linalg.matrixNorm":
    '(A: Tensor, ord?: number | "fro" | "nuc", dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor',
  /** A vector norm of all elements or over one dim, a matrix norm over two. @dtype float(dtype ?? A) */
  "linalg.norm": '(A: Tensor, ord?: number | "fro" | "nuc", dim?: ints, keepdim?: bool, *, dtype?: dtype): Tensor',

  // -- scans
  /**
   * The sums along dim up to each element; int32 for int32 and bool. float32 is summed in float64, and results don't depend on the number
   * of threads.
   * @dtype sum(dtype ?? input)
   */
  cumsum: "(input: Tensor, dim: int, *, dtype?: dtype): Tensor",
  /** The products along dim up to each element; int32 for int32 and bool. No derivative divides, so zeros are no exception. @dtype sum(dtype ?? input) */
  cumprod: "(input: Tensor, dim: int, *, dtype?: dtype): Tensor",
  /** The largest along dim up to each element, with its index (int32), the last of equal ones; a NaN stays. The gradient goes to that element. @dtype [input, int32] */
  cummax: '(input: Tensor, dim: int): Named<["values", "indices"]>',
  /** The smallest along dim up to each element, with its index (int32), the last of equal ones; a NaN stays. The gradient goes to that element. @dtype [input, int32] */
  cummin: '(input: Tensor, dim: int): Named<["values", "indices"]>',
  /** log(Σ exp(input)) along dim up to each element, without overflow. @dtype float(input) */
  logcumsumexp: "(input: Tensor, dim: int): Tensor",

  // -- order
  /** The elements along dim in ascending or descending order, with their indices (int32); NaN is the largest. Always stable. @dtype [input, int32] */
  sort: '(input: Tensor, dim?: int, descending?: bool, stable?: bool): Named<["values", "indices"]>',
  /** The indices (int32) that sort along dim; NaN is the largest. Always stable. @dtype int32 */
  argsort: "(input: Tensor, dim?: int, descending?: bool, stable?: bool): Tensor",
  /** The elements along dim 0 in ascending order. @dtype input */
  msort: "(input: Tensor): Tensor",
  /** The k largest or smallest along dim, in order, with their indices (int32). @dtype [input, int32] */
  topk: '(input: Tensor, k: int, dim?: int, largest?: bool, sorted?: bool): Named<["values", "indices"]>',
  /** The k-th smallest along dim, from 1 on, with its index (int32). @dtype [input, int32] */
  kthvalue: '(input: Tensor, k: int, dim?: int, keepdim?: bool): Named<["values", "indices"]>',
  /** The value that is most frequent along dim, the least of several, and the last place where it stands (int32). @dtype [input, int32] */
  mode: '(input: Tensor, dim?: int, keepdim?: bool): Named<["values", "indices"]>',
  /** The lower median of all, whose gradient is shared by equal elements, or along dim with its index (int32). @dtype input; [input, int32] */
  median: ["(input: Tensor): Tensor", '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>'],
  /** The lower median of what isn't NaN: of all, or along dim with its index (int32). @dtype input; [input, int32] */
  nanmedian: ["(input: Tensor): Tensor", '(input: Tensor, dim: int, keepdim?: bool): Named<["values", "indices"]>'],
  /** The q-quantiles along dim, or of all; those of several q come first. NaN where there is one. @dtype float(input) */
  quantile: [
    '(input: Tensor, q: number, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
    '(input: Tensor, q: Tensor, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
  ],
  /** The q-quantiles of what isn't NaN along dim, or of all; those of several q come first. @dtype float(input) */
  nanquantile: [
    '(input: Tensor, q: number, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
    '(input: Tensor, q: Tensor, dim?: int, keepdim?: bool, *, interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest"): Tensor',
  ],
  /** Where values are to be inserted into rows that are sorted, before (or, to the right, behind) equal elements; int32. @dtype int32 */
  searchsorted:
    '(sortedSequence: Tensor, values: Operand, *, outInt32?: bool, right?: bool, side?: "left" | "right", sorter?: Index): Tensor',
  /** The bucket between sorted boundaries that each value falls into: boundaries[i−1] < value ≤ boundaries[i]; int32. @dtype int32 */
  bucketize: "(input: Operand, boundaries: Tensor, *, outInt32?: bool, right?: bool): Tensor",

  // -- counting
  /**
   * The different elements of input in ascending order, or the different slices along dim in lexicographic order; with returnInverse, which
   * of them each element is, with returnCounts, how many are equal (both int32). Every NaN differs. Reads values, so compile and vmap
   * refuse it.
   * @dtype input; [input, int32]; [input, int32]; [input, int32, int32]
   */
  unique: [
    "(input: Tensor, sorted?: bool, returnInverse?: false, returnCounts?: false, dim?: int): Tensor",
    "(input: Tensor, sorted?: bool, returnInverse: true, returnCounts?: false, dim?: int): [output: Tensor, inverse: Tensor]",
    "(input: Tensor, sorted?: bool, returnInverse?: false, returnCounts: true, dim?: int): [output: Tensor, counts: Tensor]",
    "(input: Tensor, sorted?: bool, returnInverse: true, returnCounts: true, dim?: int): [output: Tensor, inverse: Tensor, counts: Tensor]",
  ],
  /**
   * The first of each run of equal elements, or of equal slices along dim; with returnInverse, in which run each element is, with
   * returnCounts, how long the runs are (both int32). Reads values, so compile and vmap refuse it.
   * @dtype input; [input, int32]; [input, int32]; [input, int32, int32]
   */
  uniqueConsecutive: [
    "(input: Tensor, returnInverse?: false, returnCounts?: false, dim?: int): Tensor",
    "(input: Tensor, returnInverse: true, returnCounts?: false, dim?: int): [output: Tensor, inverse: Tensor]",
    "(input: Tensor, returnInverse?: false, returnCounts: true, dim?: int): [output: Tensor, counts: Tensor]",
    "(input: Tensor, returnInverse: true, returnCounts: true, dim?: int): [output: Tensor, inverse: Tensor, counts: Tensor]",
  ],
  /**
   * How often each of 0, 1, … is in a vector of integers, up to the largest (int32), or the sums of weights there (differentiable; float64,
   * of float32 weights float32). Reads input, so compile and vmap refuse it.
   */
  bincount: "(input: Tensor, weights?: Tensor, minlength?: int): Tensor",
  /** How many elements fall into each of bins equal parts of [min, max], or of their own range where min = max; in the dtype of input. @dtype input */
  histc: "(input: Tensor, bins?: int, min?: number, max?: number): Tensor",
  /**
   * How many elements, or which sum of weights, fall between neighbours of the edges, and the edges: bins + 1 over range, or over that of
   * the elements, or those given. The last bin has both its ends. density: divided by widths and the sum.
   * @dtype input
   */
  histogram: [
    '(input: Tensor, bins: int, *, range?: numbers, weight?: Tensor, density?: bool): Named<["hist", "binEdges"]>',
    '(input: Tensor, bins: Tensor, *, weight?: Tensor, density?: bool): Named<["hist", "binEdges"]>',
  ],
  /**
   * How many rows of the last dim lie in each bin of as many dims, and the edges of each dim; with weight their sums, with density over the
   * sum and the volumes. range has a pair for each dim.
   * @dtype input
   */
  histogramdd: [
    '(input: Tensor, bins: ints, *, range?: numbers, weight?: Tensor, density?: bool): Named<["hist", "binEdges"], [Tensor, Tensor[]]>',
    '(input: Tensor, bins: Tensor[], *, weight?: Tensor, density?: bool): Named<["hist", "binEdges"], [Tensor, Tensor[]]>',
  ],
  /** Whether each element is one of testElements, or with invert none of them; bool. @dtype bool */
  isin: "(elements: Operand, testElements: Operand, *, assumeUnique?: bool, invert?: bool): Tensor",
} as const satisfies Signatures;
