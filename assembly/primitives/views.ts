// Views: the operand's values under another shape, order or selection. None of them computes; a reshape of values whose
// order does not allow a view copies.
import { Op } from "../abi/opcodes";
import { addFact, addFacts, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node, sameShape, sizeOf } from "../graph/node";
import { copyWords, longBytes, setWord, word, wordBytes } from "../memory/words";
import { copyValues } from "../kernels/copy/values";
import { batchSize, batched, batchedDims } from "./batching";
import { Primitive } from "./primitive";
import { padded, summed } from "./registry";
import { allocateValues, shareBuffer } from "../graph/values";
import { buildFull, isConstant } from "./source";

/** dim in 0 … ndim-1, or -1 when it is out of range (noted). A 0-dim tensor counts as 1-dim, as in torch. */
export function normalizedDim(dim: i32, ndim: i32): i32 {
  const range = max(ndim, 1);
  if (dim >= -range && dim < range) return dim < 0 ? dim + range : dim;
  fail(Failure.DimOutOfRange);
  addFact(dim);
  addFact(ndim);
  return -1;
}

// -- reshape

const wanted: usize = memory.data(32 * 4);

/** x's elements, in row-major order, in another shape; one size may be -1. */
export function buildReshape(x: Node, ndim: i32, dims: usize): Node {
  let known: i64 = 1,
    open = -1,
    valid = true;
  for (let i = 0; i < ndim; i++) {
    const size = word(dims, i);
    if (size >= 0) known = min(known * size, <i64>i32.MAX_VALUE + 1);
    else if (size == -1 && open < 0) open = i;
    else valid = false;
  }
  copyWords(wanted, dims, ndim);
  if (open >= 0 && valid) {
    valid = known > 0 && x.numel % known == 0;
    if (valid) setWord(wanted, open, <i32>(x.numel / known));
    known = x.numel;
  }
  if (!valid || known != x.numel) {
    fail(Failure.Reshape);
    addFacts(x.dims, x.ndim);
    addFacts(dims, ndim);
    return x;
  }
  return reshaped(x, ndim, wanted);
}
function reshaped(x: Node, ndim: i32, dims: usize): Node {
  if (isConstant(x)) return buildFull(x.dtype, ndim, dims, x.value);
  const n = append(Op.Reshape, x.dtype, ndim, 0, 1);
  copyWords(n.dims, dims, ndim);
  n.setInput(0, x);
  return seal(n);
}
/** g in the shape of x, which has as many elements; for rules. */
function reshapeLike(g: Node, x: Node): Node {
  if (sameShape(g, x)) return g;
  // A sum that has kept its dims only to lose them here. One with a handle stays: its user may differentiate by it.
  const reducible = g.op == Op.Sum && g.attribute(1) && g.inputCount && !g.handles;
  if (reducible && g.input(0).requiresGrad == g.requiresGrad) {
    const sum = summed(g.input(0), g.attribute(0), false);
    if (sameShape(sum, x)) return sum;
  }
  return reshaped(g, x.ndim, x.dims);
}

// The strides that show x's elements under the given dims, into `strides`; false when only a copy can.
// After at::detail::computeStride: walks the runs of x's dims that are contiguous among themselves.
function viewStrides(x: Node, ndim: i32, dims: usize, strides: usize): bool {
  const last = <i32>x.ndim - 1;
  let target = ndim - 1;
  let runNumel = 1,
    viewNumel = 1;
  let runStride = x.ndim ? x.stride(last) : 1;
  for (let i = last; i >= 0; i--) {
    runNumel *= x.dim(i);
    const runEnds = i == 0 || (x.dim(i - 1) != 1 && x.stride(i - 1) != runNumel * runStride);
    if (!runEnds) continue;
    while (target >= 0 && (viewNumel < runNumel || word(dims, target) == 1)) {
      setWord(strides, target, viewNumel * runStride);
      viewNumel *= word(dims, target);
      target--;
    }
    if (viewNumel != runNumel) return false;
    if (i > 0) {
      runStride = x.stride(i - 1);
      runNumel = 1;
      viewNumel = 1;
    }
  }
  for (; target >= 0; target--) setWord(strides, target, 1);
  return true;
}

@primitive({ op: "Reshape", kind: "view", rearranges: true, showsAll: true, reads: "none" })
@final
export class Reshape extends Primitive {
  batch(n: Node): Node {
    return reshaped(batched(n, 0), <i32>n.ndim + 1, batchedDims(n));
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return reshapeLike(g, n.input(0));
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    if (n.numel && viewStrides(x, n.ndim, n.dims, n.strides)) {
      shareBuffer(n, x);
      return true;
    }
    return copyInto(n, x);
  }
}

const rowMajor: usize = memory.data(32 * 4);
/** Row-major strides of x's shape, in a region that the next call overwrites. */
export function rowMajorStrides(x: Node): usize {
  let stride = 1;
  for (let i = <i32>x.ndim - 1; i >= 0; i--) {
    setWord(rowMajor, i, stride);
    stride *= max(x.dim(i), 1);
  }
  return rowMajor;
}
// Gives n a buffer of its own with x's elements in row-major order.
function copyInto(n: Node, x: Node): bool {
  if (!allocateValues(n)) return false;
  if (n.numel) copyValues(sizeOf(n.dtype), n.numel, n.data, rowMajorStrides(x), x.data, x.strides, x.ndim, x.dims);
  return true;
}

// -- permute

const seen: usize = memory.data(32);

/** Dimension i of the result is dimension dims[i] of x. */
@binding
export function buildPermute(x: Node, count: i32, dims: usize): Node {
  const ndim = <i32>x.ndim;
  memory.fill(seen, 0, 32);
  let valid = count == ndim;
  for (let i = 0; i < count && valid; i++) {
    const dim = normalizedDim(word(dims, i), ndim);
    if (dim < 0) return x;
    valid = !load<u8>(seen + dim);
    store<u8>(seen + dim, 1);
    setWord(wanted, i, dim);
  }
  if (!valid) {
    fail(Failure.Permute);
    addFacts(dims, count);
    addFact(ndim);
    return x;
  }
  return permuted(x, wanted);
}
// Whether the given permutation takes x, a permutation itself, back to what it was made of. The products of a product's
// derivative are full of these. One with a handle stays: its user may differentiate by it.
function isUndone(x: Node, dims: usize): bool {
  if (x.op != Op.Permute || !x.inputCount || x.handles || x.input(0).requiresGrad != x.requiresGrad) return false;
  for (let i = 0; i < <i32>x.ndim; i++) {
    if (x.attribute(word(dims, i)) != i) return false;
  }
  return true;
}
// x with its dimensions in the order of `dims`, a permutation of 0 … ndim-1.
function permuted(x: Node, dims: usize): Node {
  const ndim = <i32>x.ndim;
  if (isUndone(x, dims)) return x.input(0);
  const n = append(Op.Permute, x.dtype, ndim, ndim, 1);
  for (let i = 0; i < ndim; i++) {
    const dim = word(dims, i);
    n.setDim(i, x.dim(dim));
    n.setAttribute(i, dim);
  }
  n.setInput(0, x);
  return isConstant(x) ? buildFull(x.dtype, ndim, seal(n).dims, x.value) : seal(n);
}
/** x with its last two dimensions exchanged. */
export function transposed(x: Node): Node {
  const ndim = <i32>x.ndim;
  if (ndim < 2) return x; // which could not be made
  for (let i = 0; i < ndim; i++) setWord(wanted, i, i);
  setWord(wanted, ndim - 1, ndim - 2);
  setWord(wanted, ndim - 2, ndim - 1);
  return permuted(x, wanted);
}

@primitive({
  op: "Permute",
  kind: "view",
  attributes: { dims: "ints" },
  rearranges: true,
  showsAll: true,
  reads: "none",
})
@final
export class Permute extends Primitive {
  batch(n: Node): Node {
    store<i32>(wanted, 0);
    for (let i = 0; i < <i32>n.ndim; i++) setWord(wanted, i + 1, n.attribute(i) + 1);
    return permuted(batched(n, 0), wanted);
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    for (let i = 0; i < <i32>n.ndim; i++) setWord(wanted, n.attribute(i), i);
    return permuted(g, wanted);
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    shareBuffer(n, x);
    for (let i = 0; i < <i32>n.ndim; i++) n.setStride(i, x.stride(n.attribute(i)));
    return true;
  }
}

// -- expand

/** The dims along which an Expand repeats. */
export function expandedDims(x: Node): u32 {
  const source = x.input(0),
    lead = <i32>x.ndim - <i32>source.ndim;
  let repeated: u32 = 0;
  for (let i = 0; i < <i32>x.ndim; i++) {
    if (x.dim(i) != 1 && (i < lead || source.dim(i - lead) == 1)) repeated |= 1 << i;
  }
  return repeated;
}
/** x repeated along dims of size 1 and along new leading dims; a size of -1 stays as it is. */
export function buildExpand(x: Node, ndim: i32, dims: usize): Node {
  const lead = ndim - <i32>x.ndim;
  let valid = lead >= 0,
    same = lead == 0;
  for (let i = 0; i < ndim && valid; i++) {
    const from = i < lead ? 1 : x.dim(i - lead);
    let size = word(dims, i);
    if (size == -1 && i >= lead) size = from;
    valid = size >= 0 && (from == 1 || from == size);
    same = same && from == size;
    setWord(wanted, i, size);
  }
  if (!valid) {
    fail(Failure.Expand);
    addFacts(x.dims, x.ndim);
    addFacts(dims, ndim);
    return x;
  }
  if (same) return x;
  if (isConstant(x)) return buildFull(x.dtype, ndim, wanted, x.value);
  const n = append(Op.Expand, x.dtype, ndim, 0, 1);
  copyWords(n.dims, wanted, ndim);
  n.setInput(0, x);
  return seal(n);
}
/** g, whose dims of size 1 (and missing leading ones) repeat, in the shape of x. */
export function expandLike(g: Node, x: Node): Node {
  return buildExpand(g, x.ndim, x.dims);
}

@primitive({ op: "Expand", kind: "view", rearranges: true, showsAll: true, reads: "none" })
@final
export class Expand extends Primitive {
  // New dims come after the batch: they are there with size 1 before they are expanded.
  batch(n: Node): Node {
    const x = n.input(0);
    const lead = <i32>n.ndim - <i32>x.ndim;
    let b = batched(n, 0);
    if (lead) {
      store<i32>(wanted, batchSize);
      for (let i = 0; i < lead; i++) setWord(wanted, i + 1, 1);
      copyWords(wanted + wordBytes(lead + 1), x.dims, x.ndim);
      b = reshaped(b, <i32>n.ndim + 1, wanted);
    }
    return buildExpand(b, <i32>n.ndim + 1, batchedDims(n));
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0);
    const lead = <i32>n.ndim - <i32>x.ndim;
    let repeated: u32 = 0;
    for (let i = 0; i < <i32>n.ndim; i++) {
      if (i < lead || (x.dim(i - lead) == 1 && n.dim(i) != 1)) repeated |= 1 << i;
    }
    return reshapeLike(repeated ? summed(g, repeated, true) : g, x);
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    const lead = <i32>n.ndim - <i32>x.ndim;
    shareBuffer(n, x);
    for (let i = 0; i < <i32>n.ndim; i++) {
      n.setStride(i, i < lead || (x.dim(i - lead) == 1 && n.dim(i) != 1) ? 0 : x.stride(i - lead));
    }
    return true;
  }
}

// -- slice: attributes are the starts, then the steps

/** Per dim, `length` elements from `start` at every `step`-th; starts, lengths and steps follow each other at `spec`. */
export function buildSlice(x: Node, count: i32, spec: usize): Node {
  const ndim = <i32>x.ndim;
  let valid = count == ndim,
    whole = true;
  for (let i = 0; i < ndim && valid; i++) {
    const start = word(spec, i);
    const length = word(spec, i + ndim);
    const step = word(spec, i + 2 * ndim);
    valid = start >= 0 && length >= 0 && step > 0 && (length == 0 || <i64>start + <i64>(length - 1) * step < x.dim(i));
    whole = whole && length == x.dim(i);
  }
  if (!valid) {
    fail(Failure.Slice);
    addFacts(x.dims, ndim);
    for (let i: usize = 0; i < 3; i++) addFacts(spec + ((i * count) << 2), count);
    return x;
  }
  if (whole) return x;
  const lengths = spec + wordBytes(ndim);
  if (isConstant(x)) return buildFull(x.dtype, ndim, lengths, x.value);
  const n = append(Op.Slice, x.dtype, ndim, 2 * ndim, 1);
  copyWords(n.dims, lengths, ndim);
  copyWords(n.attributes, spec, ndim);
  copyWords(n.attributes + wordBytes(ndim), spec + longBytes(ndim), ndim);
  n.setInput(0, x);
  return seal(n);
}
const sliceSpec: usize = memory.data(3 * 32 * 4);
/** `length` elements of x along one dim, from `start`. */
export function narrowed(x: Node, dim: i32, start: i32, length: i32): Node {
  const ndim = <i32>x.ndim;
  for (let i = 0; i < ndim; i++) {
    setWord(sliceSpec, i, i == dim ? start : 0);
    setWord(sliceSpec, i + ndim, i == dim ? length : x.dim(i));
    setWord(sliceSpec, i + 2 * ndim, 1);
  }
  return buildSlice(x, ndim, sliceSpec);
}

@primitive({
  op: "Slice",
  kind: "view",
  attributes: { starts: "late ints", steps: "ints" },
  rearranges: true,
  reads: "none",
})
@final
export class Slice extends Primitive {
  batch(n: Node): Node {
    const ndim = <i32>n.ndim;
    for (let list = 0; list < 3; list++) {
      const at = sliceSpec + wordBytes(list * (ndim + 1));
      store<i32>(at, list == 0 ? 0 : list == 1 ? batchSize : 1);
      const from = list == 1 ? n.dims : n.attributes + (list ? wordBytes(ndim) : 0);
      copyWords(at + 4, from, ndim);
    }
    return buildSlice(batched(n, 0), ndim + 1, sliceSpec);
  }
  // The transpose of a selection puts zeros back: before, after and, for steps, between.
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0);
    const ndim = <i32>n.ndim;
    for (let i = 0; i < ndim; i++) {
      const start = n.attribute(i),
        step = n.attribute(i + ndim),
        length = n.dim(i);
      const reach = length ? (length - 1) * step + 1 : 0;
      setWord(sliceSpec, i, start);
      setWord(sliceSpec, i + ndim, x.dim(i) - start - reach);
      setWord(sliceSpec, i + 2 * ndim, step - 1);
    }
    return padded(g, ndim, sliceSpec, 0);
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    const ndim = <i32>n.ndim;
    shareBuffer(n, x);
    for (let i = 0; i < ndim; i++) {
      n.offset += n.dim(i) ? n.attribute(i) * x.stride(i) : 0;
      n.setStride(i, x.stride(i) * n.attribute(i + ndim));
    }
    return true;
  }
}

// -- flip: the attribute is the set of reversed dims

/** x with the given dims (a bit set) reversed. */
export function buildFlip(x: Node, dims: u32): Node {
  if (!dims || isConstant(x)) return x;
  const n = append(Op.Flip, x.dtype, x.ndim, 1, 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, <i32>dims);
  n.setInput(0, x);
  return seal(n);
}

@primitive({
  op: "Flip",
  kind: "view",
  attributes: { dims: "dimSet" },
  rearranges: true,
  showsAll: true,
  reads: "none",
})
@final
export class Flip extends Primitive {
  batch(n: Node): Node {
    return buildFlip(batched(n, 0), (<u32>n.attribute(0)) << 1);
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return buildFlip(g, n.attribute(0));
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    shareBuffer(n, x);
    for (let i = 0; i < <i32>n.ndim; i++) {
      const reversed = (n.attribute(0) >> i) & 1;
      n.setStride(i, reversed ? -x.stride(i) : x.stride(i));
      if (reversed && n.numel) n.offset += (n.dim(i) - 1) * x.stride(i);
    }
    return true;
  }
}
