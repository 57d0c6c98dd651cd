// Codes of failing calls, shared with the host, which makes the messages (host/core/failure.ts). Plain enums only.

/** A failing export returns one of these; what it found stands in the facts region (assembly/abi/failure.ts). */
export enum Failure {
  None = 0,
  OutOfMemory = -1,
  /** facts: shape, shape */
  Broadcast = -2,
  /** facts: dim, ndim */
  DimOutOfRange = -3,
  /** facts: shape, target */
  Reshape = -4,
  /** facts: shape, target */
  Expand = -5,
  /** facts: dims, ndim */
  Permute = -6,
  /** facts: dim */
  DuplicateDim = -7,
  /** facts: shape, starts, lengths, steps */
  Slice = -8,
  /** facts: shape, the shape that does not fit, dim */
  Concat = -9,
  /** facts: shape of x, shape of index, dim */
  Gather = -10,
  /** facts: index, size, dim, the op that was being computed, -1 when the index was at hand at the call; the least index if not 0 */
  IndexOutOfRange = -11,
  /** facts: shape, shape */
  Matmul = -12,
  /** facts: dtype, op */
  DType = -13,
  /** facts: sizes */
  NegativeSize = -14,
  /** facts: sizes, two words each */
  TooLarge = -15,
  /** facts: shape, dim */
  EmptyReduction = -16,
  /** facts: expected, got */
  DimCount = -17,
  /** facts: shape of the output, shape of the cotangent */
  CotangentShape = -18,
  /** facts: ndim */
  TooManyDims = -19,
  /** A value is read that is not there while its function is traced. facts: the Purpose (abi/numbers.ts) */
  Placeholder = -20,
  /** The user's backward has thrown; the host holds what it threw. */
  Custom = -21,
  /** facts: shape of x, shape of the weights, groups, whether it is transposed */
  Convolution = -22,
  /** facts: sizes of the padded input, of the dilated kernel, two words each */
  ConvolutionSize = -23,
  /** facts: requirement, limit, low and high word of the element (f64), whether it was at hand at the call */
  Requirement = -24,
  /** A gradient would have to go through a saved intermediate of a custom function that depends on its inputs in unknown ways. */
  SavedValue = -25,
  /** No matrices where such are expected. facts: shape */
  NotMatrices = -26,
  /** A matrix can't be factored. facts: the host's number of what to say, which of the batch (-1: there is none), what was found */
  Matrix = -27,
  /** The derivative of a complete QR of more rows than columns, of which some columns of Q are anybody's choice. facts: shape of Q */
  CompleteQr = -28,
  /** A derivative that has no primitive. */
  NoDerivative = -40,
}

/** How tests interfere with requests for memory (assembly/memory/heap.ts). */
export enum Fault {
  None,
  /** One is refused. */
  One,
  /** All are from then on. */
  All,
  /** Before one is served, everything that can be made again is given up. */
  Reclaim,
}
