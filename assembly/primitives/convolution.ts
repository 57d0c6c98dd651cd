// General convolution over up to three axes, with a stride, padding (negative amounts crop), and dilation of x and of the
// weights, each by axis. Groups are a dimension of both operands:
//
//      x: [groups, batch, channels, ...sizes],  w: [groups, outputs, channels, ...taps]
//
// so that a gradient is a convolution of the same operands' views: that by x of the cotangent with the flipped weights, channels
// and outputs exchanged; that by w of x with the cotangent, batch and channels exchanged. The result is laid out as whoever
// asks for it has its own: [batch, groups, outputs, ...] as activations, or [groups, outputs, batch, ...] as weights.
import { DType, Op } from "../abi/opcodes";
import { addFact, addFacts, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, areSizes, seal, setSize } from "../graph/graph";
import { Node } from "../graph/node";
import { convolutionPart, convolutionParts, convolutionWork, convolutionWorkspace } from "../kernels/convolution";
import { CONVOLUTION_BYTES, Convolution } from "../kernels/convolution/descriptor";
import { copyWords, longBytes, setWord, word, wordBytes } from "../memory/words";
import { parallelFor, reserveWorkspace } from "../threads/pool";
import { batchSize, batched, isBatched } from "./batching";
import { resultType } from "./elementwise/binary";
import { cast } from "./elementwise/emit";
import { Primitive } from "./primitive";
import { allocateValues } from "../graph/values";
import { fullLike } from "./source";
import { buildFlip, buildPermute, buildReshape } from "./views";

/** Dims before the axes. */
const LEAD: i32 = 3;
const MAX_AXES: i32 = 3;
// Attributes: the layout, then of each axis stride, low, high (padding), dilation of x, dilation of the weights.
const PER_AXIS: i32 = 5;
const STRIDE: i32 = 0;
const LOW: i32 = 1;
const HIGH: i32 = 2;
const X_DILATION: i32 = 3;
const W_DILATION: i32 = 4;

/** Layout of activations; 0 is that of weights. */
const BATCH_FIRST: i32 = 1;

const dims: usize = memory.data(32 * 4, 8);
const spec: usize = memory.data(3 * 5 * 4);

@inline
function setAxis(d: i32, stride: i32, low: i32, high: i32, xDilation: i32, wDilation: i32): void {
  const at = d * PER_AXIS;
  setWord(spec, at + STRIDE, stride);
  setWord(spec, at + LOW, low);
  setWord(spec, at + HIGH, high);
  setWord(spec, at + X_DILATION, xDilation);
  setWord(spec, at + W_DILATION, wDilation);
}
@inline
function attributeOf(n: Node, d: i32, which: i32): i32 {
  return n.attribute(1 + d * PER_AXIS + which);
}
/** How many places `size` elements take up with dilation − 1 between neighbours. */
@inline
function dilated(size: i32, dilation: i32): i64 {
  return size ? <i64>(size - 1) * dilation + 1 : 0;
}

/**
 * x: [batch, channels, ...sizes] or without batch; w: [outputs, channels / groups, ...taps], or for a transposed convolution
 * [channels, outputs / groups, ...taps], which is used flipped. `axes` holds the attributes of the axes. Gives
 * [batch, outputs, ...] with x's batch.
 */
export function buildConvolution(x: Node, w: Node, groups: i32, isTransposed: bool, axes: usize): Node {
  const ndim = <i32>w.ndim,
    count = ndim - 2;
  const lead = <i32>x.ndim - count;
  let valid = count > 0 && count <= MAX_AXES && (lead == 1 || lead == 2) && groups > 0;
  if (valid) {
    const channels = x.dim(lead - 1);
    valid = channels % groups == 0 && w.dim(0) % groups == 0 && w.numel > 0;
    valid = valid && (isTransposed ? w.dim(0) == channels : w.dim(1) == channels / groups);
  }
  if (!valid) {
    fail(Failure.Convolution);
    addFacts(x.dims, x.ndim);
    addFacts(w.dims, ndim);
    addFact(groups);
    addFact(isTransposed ? 1 : 0);
    return x;
  }
  for (let d = 0; d < count; d++) {
    const at = axes + wordBytes(d * PER_AXIS);
    // A padded axis is no tensor, but its positions are counted.
    setSize(0, padded(x.dim(lead + d), at));
    if (!areSizes(1)) return x;
    if (reach(x.dim(lead + d), w.dim(2 + d), at) >= 0) continue;
    fail(Failure.ConvolutionSize);
    for (let i = 0; i < count; i++) {
      const axis = axes + wordBytes(i * PER_AXIS);
      store<i64>(dims + longBytes(i), padded(x.dim(lead + i), axis));
      store<i64>(dims + longBytes(i + count), dilated(w.dim(2 + i), word(axis, W_DILATION)));
    }
    addFacts(dims, 2 * count);
    addFacts(dims + longBytes(count), 2 * count);
    return x;
  }
  const dtype = resultType(x, w);
  if (dtype == DType.Bool) {
    fail(Failure.DType);
    addFact(dtype);
    return x;
  }
  // x as [batch, groups, channels, ...], then groups first
  setWord(dims, 0, lead == 2 ? x.dim(0) : 1);
  setWord(dims, 1, groups);
  setWord(dims, 2, x.dim(lead - 1) / groups);
  copyWords(dims + LEAD * 4, x.dims + wordBytes(lead), count);
  const operand = exchanged(buildReshape(cast(x, dtype), LEAD + count, dims), 0, 1);
  setWord(dims, 0, groups);
  setWord(dims, 1, w.dim(0) / groups);
  copyWords(dims + 8, w.dims + 4, count + 1);
  let weights = buildReshape(cast(w, dtype), LEAD + count, dims);
  if (isTransposed) weights = buildFlip(exchanged(weights, 1, 2), axesOf(count));
  const n = convolve(operand, weights, BATCH_FIRST, axes);
  // [batch, groups, outputs, ...] without what was not there
  setWord(dims, 0, n.dim(0));
  setWord(dims, lead - 1, n.dim(1) * n.dim(2));
  copyWords(dims + wordBytes(lead), n.dims + LEAD * 4, count);
  return buildReshape(n, lead + count, dims);
}
/** The last position times the stride, and rest; negative where the kernel does not fit once. */
@inline
function reach(size: i32, taps: i32, axis: usize): i64 {
  return padded(size, axis) - dilated(taps, word(axis, W_DILATION));
}
@inline
function padded(size: i32, axis: usize): i64 {
  return dilated(size, word(axis, X_DILATION)) + word(axis, LOW) + word(axis, HIGH);
}

/** The set of the axes among LEAD + count dims. */
@inline
function axesOf(count: i32): u32 {
  return ~(-1 << count) << LEAD;
}
function exchanged(x: Node, a: i32, b: i32): Node {
  for (let i = 0; i < <i32>x.ndim; i++) setWord(dims, i, i == a ? b : i == b ? a : i);
  return buildPermute(x, x.ndim, dims);
}

/** The node, in its layout, for operands of one dtype and with the attributes of the axes at `axes`. */
function convolve(x: Node, w: Node, layout: i32, axes: usize): Node {
  // The node that stands in where memory ran out has no dims: counts of axes would be negative.
  if (failure) return x;
  const count = <i32>x.ndim - LEAD;
  const n = append(Op.Convolution, x.dtype, x.ndim, 1 + count * PER_AXIS, 2);
  const batch = x.dim(1),
    groups = x.dim(0),
    outputs = w.dim(1);
  n.setDim(0, layout ? batch : groups);
  n.setDim(1, layout ? groups : outputs);
  n.setDim(2, layout ? outputs : batch);
  n.setAttribute(0, layout);
  for (let d = 0; d < count; d++) n.setDim(LEAD + d, positions(x, w, d, axes));
  copyWords(n.attributes + 4, axes, count * PER_AXIS);
  n.setInput(0, x);
  n.setInput(1, w);
  return seal(n);
}
function positions(x: Node, w: Node, d: i32, axes: usize): i32 {
  const axis = axes + wordBytes(d * PER_AXIS);
  return <i32>(reach(x.dim(LEAD + d), w.dim(LEAD + d), axis) / word(axis, STRIDE) + 1);
}
/** A value of layout `layout` as [groups, batch, outputs, ...], and the other way round: both are exchanges. */
@inline
function canonical(n: Node, layout: i32): Node {
  return layout ? exchanged(n, 0, 1) : exchanged(n, 1, 2);
}

const descriptor = changetype<Convolution>(memory.data(256));
const record: usize = memory.data(1024, 16);

function describe(n: Node): Convolution {
  const x = n.input(0),
    w = n.input(1),
    c = descriptor;
  const count = <i32>n.ndim - LEAD,
    layout = n.attribute(0);
  memory.fill(changetype<usize>(c), 0, CONVOLUTION_BYTES);
  c.dtype = n.dtype;
  c.groups = x.dim(0);
  c.batch = x.dim(1);
  c.channels = x.dim(2);
  c.outputs = w.dim(1);
  for (let d = 0; d < MAX_AXES; d++) {
    const a = c.axis(d);
    // Axes that are missing come first, so that the last is the one whose elements lie together.
    const at = d - (MAX_AXES - count);
    const is = at >= 0;
    a.size = is ? x.dim(LEAD + at) : 1;
    a.taps = is ? w.dim(LEAD + at) : 1;
    a.count = is ? n.dim(LEAD + at) : 1;
    a.stride = is ? attributeOf(n, at, STRIDE) : 1;
    a.low = is ? attributeOf(n, at, LOW) : 0;
    a.inputDilation = is ? attributeOf(n, at, X_DILATION) : 1;
    a.tapDilation = is ? attributeOf(n, at, W_DILATION) : 1;
    if (!n.buffer) continue;
    a.x = is ? x.stride(LEAD + at) : 0;
    a.w = is ? w.stride(LEAD + at) : 0;
    a.y = is ? n.stride(LEAD + at) : 0;
  }
  if (!n.buffer) return c;
  c.x = x.data;
  c.xGroup = x.stride(0);
  c.xBatch = x.stride(1);
  c.xChannel = x.stride(2);
  c.w = w.data;
  c.wGroup = w.stride(0);
  c.wOutput = w.stride(1);
  c.wChannel = w.stride(2);
  c.y = n.data;
  c.yGroup = n.stride(layout ? 1 : 0);
  c.yBatch = n.stride(layout ? 0 : 2);
  c.yOutput = n.stride(layout ? 2 : 1);
  return c;
}

@primitive({ op: "Convolution", kind: "kernel", attributes: { layout: "int", axes: "ints" }, reads: "others" })
@final
export class ConvolutionPrimitive extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0),
      w = n.input(1);
    if (!n.input(k).numel) return fullLike(n.input(k), 0);
    const layout = n.attribute(0),
      count = <i32>n.ndim - LEAD;
    const cotangent = canonical(g, layout);
    for (let d = count - 1; d >= 0; d--) {
      const stride = attributeOf(n, d, STRIDE),
        low = attributeOf(n, d, LOW),
        xDilation = attributeOf(n, d, X_DILATION),
        wDilation = attributeOf(n, d, W_DILATION);
      const size = <i32>dilated(x.dim(LEAD + d), xDilation),
        taps = <i32>dilated(w.dim(LEAD + d), wDilation),
        covered = <i32>dilated(n.dim(LEAD + d), stride);
      // The padding is what makes the gradient as large as its operand.
      if (k) setAxis(d, wDilation, low, taps + covered - 1 - size - low, xDilation, stride);
      else setAxis(d, xDilation, taps - 1 - low, size + low - covered, stride, wDilation);
    }
    if (k) {
      // As [groups, channels, outputs, ...], and as weights lie.
      const byW = convolve(exchanged(x, 1, 2), exchanged(cotangent, 1, 2), layout ^ 1, spec);
      return exchanged(canonical(byW, layout ^ 1), 1, 2);
    }
    return canonical(convolve(cotangent, buildFlip(exchanged(w, 1, 2), axesOf(count)), layout, spec), layout);
  }

  // A batch of x joins n's own, one of the weights joins the outputs: either is one larger convolution. Of both, groups.
  batch(n: Node): Node {
    const layout = n.attribute(0);
    const hasX = isBatched(n, 0),
      hasW = isBatched(n, 1);
    // the dim of the canonical result that the batch joins
    const at = hasX && hasW ? 0 : hasX ? 1 : 2;
    const x = hasX ? joined(batched(n, 0), at) : n.input(0);
    const w = hasW ? joined(batched(n, 1), at == 2 ? 1 : at) : n.input(1);
    const whole = convolve(x, w, layout, n.attributes + 4);
    // Where that dim stands in the layout: canonical() exchanges two.
    const place = layout ? (at == 2 ? 2 : 1 - at) : at ? 3 - at : 0;
    const ndim = <i32>n.ndim + 1;
    for (let i = 0, at = 0; i < ndim; i++) setWord(dims, i, i == place ? batchSize : n.dim(at++));
    const split = buildReshape(whole, ndim, dims);
    for (let i = 0; i < ndim; i++) setWord(dims, i, i == 0 ? place : i <= place ? i - 1 : i);
    return buildPermute(split, ndim, dims);
  }

  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    const c = describe(n);
    if (!reserveWorkspace(convolutionWorkspace(c, record))) {
      fail(Failure.OutOfMemory);
      return false;
    }
    c.record = record;
    parallelFor<Convolution>(convolutionPart, c, convolutionParts(c));
    return true;
  }
  /** Products with padding are counted, those with zeros between dilated elements are not. */
  flops(n: Node): f64 {
    return n.numel ? 2 * convolutionWork(describe(n)) : 0;
  }
}
// [size, ...] with its first dim joined to the one that stands at `at` behind it.
function joined(x: Node, at: i32): Node {
  const ndim = <i32>x.ndim - 1;
  for (let i = 0; i <= ndim; i++) setWord(dims, i, i < at ? i + 1 : i == at ? 0 : i);
  const moved = buildPermute(x, ndim + 1, dims);
  for (let i = 0; i < ndim; i++) setWord(dims, i, i < at ? moved.dim(i) : i == at ? moved.dim(i) * moved.dim(i + 1) : moved.dim(i + 1)); // prettier-ignore
  return buildReshape(moved, ndim, dims);
}
