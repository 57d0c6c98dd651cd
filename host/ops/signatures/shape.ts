// Signatures, written as index.ts says: shapes, joining and splitting, indexing.
import type { Signatures } from "../signature";

export const shapeSignatures = {
  // -- shape
  /** The same elements in another shape; one size may be −1. @dtype input */
  reshape: "(input: Tensor, shape: ints...): Tensor",
  /** The same elements in another shape; one size may be −1. @torch generated/torch.Tensor.view.html @dtype input */
  view: "(input: Tensor, size: ints...): Tensor",
  /** The same elements in the shape of other. @torch generated/torch.Tensor.reshape_as.html @dtype input */
  reshapeAs: "(input: Tensor, other: Tensor): Tensor",
  /** The same elements in the shape of other. @torch generated/torch.Tensor.view_as.html @dtype input */
  viewAs: "(input: Tensor, other: Tensor): Tensor",
  /** The dims from startDim to endDim as one. @dtype input */
  flatten: "(input: Tensor, startDim?: int, endDim?: int): Tensor",
  /** One dim as several; one size may be −1. @dtype input */
  unflatten: "(input: Tensor, dim: int, sizes: ints): Tensor",
  /** All elements as one dim. @dtype input */
  ravel: "(input: Tensor): Tensor",
  /** Without the dims of size 1, or those of them in dim. @dtype input */
  squeeze: "(input: Tensor, dim?: ints): Tensor",
  /** With a dim of size 1 at dim. @dtype input */
  unsqueeze: "(input: Tensor, dim: int): Tensor",
  /** Two dims swapped. @dtype input */
  transpose: "(input: Tensor, dim0: int, dim1: int): Tensor",
  /** Alias of transpose. @dtype input */
  swapdims: "(input: Tensor, dim0: int, dim1: int): Tensor",
  /** Alias of transpose. @dtype input */
  swapaxes: "(input: Tensor, axis0: int, axis1: int): Tensor",
  /** The transpose of a matrix; 0-dim and 1-dim tensors as they are. @dtype input */
  t: "(input: Tensor): Tensor",
  /** The last two dims swapped. @dtype input */
  adjoint: "(input: Tensor): Tensor",
  /** The dims in another order. @dtype input */
  permute: "(input: Tensor, dims: ints...): Tensor",
  /** Dims moved to other places, the others in their order. @dtype input */
  movedim: "(input: Tensor, source: ints, destination: ints): Tensor",
  /** Alias of movedim. @dtype input */
  moveaxis: "(input: Tensor, source: ints, destination: ints): Tensor",
  /** Dims of size 1 repeated, new leading dims; −1 keeps a size. @torch generated/torch.Tensor.expand.html @dtype input */
  expand: "(input: Tensor, size: ints...): Tensor",
  /** Expanded to the shape of other. @torch generated/torch.Tensor.expand_as.html @dtype input */
  expandAs: "(input: Tensor, other: Tensor): Tensor",
  /** Expanded to size. @dtype input */
  broadcastTo: "(input: Tensor, size: ints): Tensor",
  /** All expanded to their common shape. @dtype tensors */
  broadcastTensors: "(tensors: Tensor...): Tensor[]",
  /** The indices start … start + length − 1 of dim. @dtype input */
  narrow: "(input: Tensor, dim: int, start: int | IntScalar, length: int): Tensor",
  /** Alias of narrow: a view is never written to. @dtype input */
  narrowCopy: "(input: Tensor, dim: int, start: int | IntScalar, length: int): Tensor",
  /** One index of dim; the dim is removed. @dtype input */
  select: "(input: Tensor, dim: int, index: int): Tensor",
  /** The indices start, start + step, … before end of dim: torch's x[start:end:step] along dim. @torch tensor_view.html @dtype input */
  slice: "(input: Tensor, dim?: int, start?: int, end?: int, step?: int): Tensor",
  /** The order reversed along dims. @dtype input */
  flip: "(input: Tensor, dims: ints...): Tensor",
  /** The order reversed along dim 1. @dtype input */
  fliplr: "(input: Tensor): Tensor",
  /** The order reversed along dim 0. @dtype input */
  flipud: "(input: Tensor): Tensor",
  /** Rotated by 90° k times in the plane of two dims, from the first towards the second. @dtype input */
  rot90: "(input: Tensor, k?: int, dims?: ints): Tensor",
  /** Shifted along dims; what leaves at one end enters at the other. @dtype input */
  roll: "(input: Tensor, shifts: ints, dims?: ints): Tensor",
  /** Repeated so many times along each dim; missing leading counts are 1. @dtype input */
  tile: "(input: Tensor, dims: ints...): Tensor",
  /** Repeated so many times along each dim; extra counts make new leading dims. @torch generated/torch.Tensor.repeat.html @dtype input */
  repeat: "(input: Tensor, repeats: ints...): Tensor",
  /** Each element repeated in place, along dim or flattened. @dtype input */
  repeatInterleave: "(input: Tensor, repeats: ints | IntTensor, dim?: int, *, outputSize?: int): Tensor",
  /** The diagonal of two dims as a new last dim. @dtype input */
  diagonal: "(input: Tensor, offset?: int, dim1?: int, dim2?: int): Tensor",
  /** The diagonal of two dims, the last two unless given, as a new last dim. @dtype A */
  "linalg.diagonal": "(A: Tensor, *, offset?: int, dim1?: int, dim2?: int): Tensor",
  /** The diagonal of a matrix, or the matrix with a vector as its diagonal. @dtype input */
  diag: "(input: Tensor, diagonal?: int): Tensor",
  /** Matrices with the last dim as their diagonal. @dtype input */
  diagEmbed: "(input: Tensor, offset?: int, dim1?: int, dim2?: int): Tensor",
  /** The matrix with the flattened input as its diagonal. @dtype input */
  diagflat: "(input: Tensor, offset?: int): Tensor",
  /** The lower triangle of matrices, 0 elsewhere. @dtype input */
  tril: "(input: Tensor, diagonal?: int): Tensor",
  /** The upper triangle of matrices, 0 elsewhere. @dtype input */
  triu: "(input: Tensor, diagonal?: int): Tensor",
  /** Windows of size along dimension, every step, as a new last dim. @torch generated/torch.Tensor.unfold.html @dtype input */
  unfold: "(input: Tensor, dimension: int, size: int, step: int): Tensor",
  /** Padded with value: pairs (before, after) from the last dim on; negative ones cut. @torch generated/torch.nn.functional.pad.html @dtype input */
  constantPadNd: "(input: Tensor, pad: ints, value?: number | bool): Tensor",
  /** With at least one dim. @torch generated/torch.atleast_1d.html @dtype input; tensors */
  atleast1d: ["(input: Tensor): Tensor", "(tensors: Tensor...): Tensor[]"],
  /** With at least two dims. @torch generated/torch.atleast_2d.html @dtype input; tensors */
  atleast2d: ["(input: Tensor): Tensor", "(tensors: Tensor...): Tensor[]"],
  /** With at least three dims. @torch generated/torch.atleast_3d.html @dtype input; tensors */
  atleast3d: ["(input: Tensor): Tensor", "(tensors: Tensor...): Tensor[]"],
  /** The same values as a new tensor; differentiable. @dtype input */
  clone: "(input: Tensor): Tensor",
  /** The input itself: layout is the library's concern. @torch generated/torch.Tensor.contiguous.html @dtype input */
  contiguous: "(input: Tensor): Tensor",
  /** The same values without the graph. @torch generated/torch.Tensor.detach.html @dtype input */
  detach: "(input: Tensor): Tensor",
  /** Cast to dtype. @torch generated/torch.Tensor.to.html @dtype dtype */
  to: "(input: Tensor, dtype: dtype): Tensor",
  /** Cast to the dtype of other. @torch generated/torch.Tensor.type_as.html @dtype other */
  typeAs: "(input: Tensor, other: Tensor): Tensor",
  /** Cast to float32. @torch generated/torch.Tensor.float.html @dtype float32 */
  float: "(input: Tensor): Tensor",
  /** Cast to float64. @torch generated/torch.Tensor.double.html @dtype float64 */
  double: "(input: Tensor): Tensor",
  /** Cast to int32, towards zero. @torch generated/torch.Tensor.int.html @dtype int32 */
  int: "(input: Tensor): Tensor",
  /** The same as int: torch's int64 is int32 here. @torch generated/torch.Tensor.long.html @dtype int32 */
  long: "(input: Tensor): Tensor",
  /** Whether an element is nonzero. @torch generated/torch.Tensor.bool.html @dtype bool */
  bool: "(input: Tensor): Tensor",

  // -- joining and splitting
  /** Joined along a dim, 0 unless given. @dtype tensors */
  cat: "(tensors: Tensor[], dim?: int): Tensor",
  /** Alias of cat. @dtype tensors */
  concat: "(tensors: Tensor[], dim?: int): Tensor",
  /** Alias of cat. @dtype tensors */
  concatenate: "(tensors: Tensor[], dim?: int): Tensor",
  /** Joined along a new dim, 0 unless given. @dtype tensors */
  stack: "(tensors: Tensor[], dim?: int): Tensor",
  /** Joined along dim 1; vectors along dim 0. @dtype tensors */
  hstack: "(tensors: Tensor[]): Tensor",
  /** Joined along dim 0; vectors are rows. @dtype tensors */
  vstack: "(tensors: Tensor[]): Tensor",
  /** Alias of vstack. @dtype tensors */
  rowStack: "(tensors: Tensor[]): Tensor",
  /** Joined along dim 2. @dtype tensors */
  dstack: "(tensors: Tensor[]): Tensor",
  /** Joined along dim 1; vectors are columns. @dtype tensors */
  columnStack: "(tensors: Tensor[]): Tensor",
  /** Cut along dim into pieces of one size, or of the given sizes. @dtype input */
  split: "(input: Tensor, splitSizeOrSections: int | ints, dim?: int): Tensor[]",
  /** Cut along dim into pieces of the given sizes. @torch generated/torch.split.html @dtype input */
  splitWithSizes: "(input: Tensor, splitSizes: ints, dim?: int): Tensor[]",
  /** Cut along dim into at most so many pieces of one size. @dtype input */
  chunk: "(input: Tensor, chunks: int, dim?: int): Tensor[]",
  /** Cut along dim into so many pieces, or before the given indices. @dtype input */
  tensorSplit: "(input: Tensor, indicesOrSections: int | ints | IntTensor, dim?: int): Tensor[]",
  /** tensorSplit along dim 1; vectors along dim 0. @dtype input */
  hsplit: "(input: Tensor, indicesOrSections: int | ints): Tensor[]",
  /** tensorSplit along dim 0. @dtype input */
  vsplit: "(input: Tensor, indicesOrSections: int | ints): Tensor[]",
  /** tensorSplit along dim 2. @dtype input */
  dsplit: "(input: Tensor, indicesOrSections: int | ints): Tensor[]",
  /** The slices along dim, which is removed. @dtype input */
  unbind: "(input: Tensor, dim?: int): Tensor[]",
  /** The matrices as the diagonal blocks of one. @dtype tensors */
  blockDiag: "(tensors: Tensor...): Tensor",
  /** The coordinates of the grid that vectors span. @dtype tensors */
  meshgrid: '(tensors: Tensor..., *, indexing?: "ij" | "xy"): Tensor[]',
  /** All combinations of one element of each vector, as rows. @dtype tensors */
  cartesianProd: "(tensors: Tensor...): Tensor",
  /** All combinations of r elements of a vector, as rows. @dtype input */
  combinations: "(input: Tensor, r?: int, withReplacement?: bool): Tensor",

  // -- indexing
  /**
   * torch's input[…]. An entry is a number, which drops the dim; a slice as text ("1:", "::2", "::-1"); "..."; null, a new dim; an
   * array of whole numbers or an int32 tensor; or a mask: booleans or a bool tensor, read at once since its count is a size. Index
   * tensors and masks broadcast; their dims stand where the indexed dims were if these are neighbours, else first. @torch tensor_view.html
   * @dtype input
   */
  at: "(input: Tensor, entries: ...Entries): Tensor",
  /**
   * input with value at the entries (those of `at`). value, cast to the dtype of input, broadcasts; of several values for one place the
   * last one counts, in every derivative too. Beside a single mask, which may be traced, value does not know how many places it has. @torch tensor_view.html
   * @dtype input
   */
  setAt: "(input: Tensor, entries: Entries, value: Operand | bool): Tensor",
  /** input with value added at the entries (those of `at`); of several values for one place the sum is added. @torch tensor_view.html @dtype input */
  addAt: "(input: Tensor, entries: Entries, value: Operand | bool): Tensor",
  /** out[i][j] = input[index[i][j]][j] for dim 0. @dtype input */
  gather: "(input: Tensor, dim: int, index: Index, *, sparseGrad?: bool): Tensor",
  /** gather with broadcasting; without dim in the flattened input. @dtype input */
  takeAlongDim: "(input: Tensor, indices: Index, dim?: int): Tensor",
  /** The slices of dim that index (1-dim) names. @dtype input */
  indexSelect: "(input: Tensor, dim: int, index: Index): Tensor",
  /** The elements at index of the flattened input, in the shape of index. @dtype input */
  take: "(input: Tensor, index: Index): Tensor",
  /** torch's input[i0, i1, …] with index tensors, which broadcast; null takes a whole dim; a bool mask is read at once. @torch tensor_view.html @dtype input */
  index: "(input: Tensor, indices: Entries): Tensor",
  /** input with src (or value) written, added or multiplied at index along dim; of several writers to one place the last counts. @dtype input */
  scatter: [
    '(input: Tensor, dim: int, index: Index, src: Tensor, *, reduce?: "add" | "multiply"): Tensor',
    '(input: Tensor, dim: int, index: Index, value: number | bool, *, reduce?: "add" | "multiply"): Tensor',
  ],
  /** input with src added at index along dim. @dtype input */
  scatterAdd: "(input: Tensor, dim: int, index: Index, src: Tensor): Tensor",
  /** input with alpha·source added to the slices of dim that index names. @torch generated/torch.Tensor.index_add.html @dtype input */
  indexAdd: "(input: Tensor, dim: int, index: Index, source: Tensor, *, alpha?: number): Tensor",
  /** input with source written over the slices of dim that index names. @torch generated/torch.Tensor.index_copy.html @dtype input */
  indexCopy: "(input: Tensor, dim: int, index: Index, source: Tensor): Tensor",
  /** input with value in the slices of dim that index names. @torch generated/torch.Tensor.index_fill.html @dtype input */
  indexFill: "(input: Tensor, dim: int, index: Index, value: Operand | bool): Tensor",
  /** input with values written, or added, at input[i0, i1, …]. @torch generated/torch.Tensor.index_put.html @dtype input */
  indexPut: "(input: Tensor, indices: Entries, values: Tensor, accumulate?: bool): Tensor",
  /** input with source written, or added, at index of the flattened input. @torch generated/torch.Tensor.put_.html @dtype input */
  put: "(input: Tensor, index: Index, source: Tensor, accumulate?: bool): Tensor",
  /** value where mask holds, else input. @torch generated/torch.Tensor.masked_fill.html @dtype input */
  maskedFill: "(input: Tensor, mask: Tensor, value: Operand | bool): Tensor",
  /** The elements where mask (bool) holds, as a vector; the two broadcast. Reads mask, so compile and vmap refuse it. @dtype input */
  maskedSelect: "(input: Tensor, mask: Tensor): Tensor",
  /**
   * input with the elements of source, in their order, where mask (bool) holds; the two broadcast. source has as many at least, or an index
   * is out of range. @torch generated/torch.Tensor.masked_scatter_.html
   * @dtype input
   */
  maskedScatter: "(input: Tensor, mask: Tensor, source: Tensor): Tensor",
  /**
   * The places of what isn't 0 as rows: [n, ndim], or with asTuple as a vector for each dim; int32, in row-major order. Reads input, so
   * compile and vmap refuse it.
   * @dtype int32
   */
  nonzero: ["(input: Tensor, *, asTuple: true): Tensor[]", "(input: Tensor, *, asTuple?: false): Tensor"],
  /** The places of what isn't 0 as rows: [n, ndim], int32. Reads input, so compile and vmap refuse it. @dtype int32 */
  argwhere: "(input: Tensor): Tensor",
  /** input with src in place of select(dim, index). @dtype input */
  selectScatter: "(input: Tensor, src: Tensor, dim: int, index: int): Tensor",
  /** input with src in place of slice(dim, start, end, step). @dtype input */
  sliceScatter: "(input: Tensor, src: Tensor, dim?: int, start?: int, end?: int, step?: int): Tensor",
  /** input with src in place of diagonal(offset, dim1, dim2). @dtype input */
  diagonalScatter: "(input: Tensor, src: Tensor, offset?: int, dim1?: int, dim2?: int): Tensor",

  /** The places in a tensor of that shape, a tensor for each dim, of the places in it when it is flat. @dtype int32 */
  unravelIndex: "(indices: Index, shape: ints): Tensor[]",

  // -- scattered reductions
  /** src reduced into input at index along dim. @torch generated/torch.Tensor.scatter_reduce.html @dtype input */
  scatterReduce:
    '(input: Tensor, dim: int, index: Index, src: Tensor, reduce: "sum" | "prod" | "mean" | "amax" | "amin", *, includeSelf?: bool): Tensor',
  /** The slices of source reduced into those of dim that index names. @torch generated/torch.Tensor.index_reduce.html @dtype input */
  indexReduce:
    '(input: Tensor, dim: int, index: Index, source: Tensor, reduce: "prod" | "mean" | "amax" | "amin", *, includeSelf?: bool): Tensor',
} as const satisfies Signatures;
