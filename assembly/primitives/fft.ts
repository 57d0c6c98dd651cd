// Discrete Fourier transforms: complex ones along any dim, and those between real signals and halves of their spectra, along the last.
// Complex tensors are pairs. Each is linear, and the transposed of another of these.
import { Op } from "../abi/opcodes";
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { seal } from "../graph/graph";
import { isContiguous, Node, nodeOf, sizeOf } from "../graph/node";
import { allocateValues } from "../graph/values";
import { copyValues } from "../kernels/copy/values";
import { Fourier, fourier, fourierOfReal, fourierSpace, holdPlans, realOfFourier } from "../kernels/fft";
import { Buffer } from "../memory/buffer";
import { copyWords, setPointer, setWord } from "../memory/words";
import { batched } from "./batching";
import { Call, addResult, appendCall, buildOutput, ownAttribute, resultData, resultSize, startResults } from "./call";
import { zerosLike } from "./elementwise/emit";
import { normalizedDim, rowMajorStrides } from "./views";

const enum Norm {
  None,
  ByN,
  ByRoot,
}
const sizes: usize = memory.data(32 * 4);

// The call of an op with `results` results of x's sizes but `size` along `dim`.
function appendTransform(op: Op, x: Node, dim: i32, size: i32, results: i32, inputs: i32, own: i32): Node {
  copyWords(sizes, x.dims, x.ndim);
  setWord(sizes, dim, size);
  startResults();
  while (results--) addResult(x.dtype, x.ndim, sizes);
  return appendCall(op, own, inputs);
}

/**
 * The transform of re + i·im along dim, with the angle -2πjk/n, or its opposite if isInverse. norm: 0 as it is, 1 divided by n, 2 by √n.
 */
@binding
export function buildFft(re: Node, im: Node, dim: i32, isInverse: bool = false, norm: i32 = 0): Node {
  const axis = normalizedDim(dim, re.ndim);
  if (axis < 0) return re;
  const n = appendTransform(Op.Fft, re, axis, re.dim(axis), 2, 2, 3);
  const own = ownAttribute(n, 0);
  n.setAttribute(own, axis);
  n.setAttribute(own + 1, isInverse);
  n.setAttribute(own + 2, norm);
  n.setInput(0, re);
  n.setInput(1, im);
  return seal(n);
}
/**
 * Coefficients 0 … n/2 of the transform of a real x along the last dim; the others are their conjugates. With isFolded those that
 * stand for two count twice.
 */
@binding
export function buildRealFft(x: Node, isInverse: bool = false, norm: i32 = 0, isFolded: bool = false): Node {
  const last = <i32>x.ndim - 1;
  const n = appendTransform(Op.RealFft, x, last, x.dim(last) / 2 + 1, 2, 1, 3);
  const own = ownAttribute(n, 0);
  n.setAttribute(own, isInverse);
  n.setAttribute(own + 1, norm);
  n.setAttribute(own + 2, isFolded);
  n.setInput(0, x);
  return seal(n);
}
/**
 * The real transform, of n elements along the last dim, of coefficients 0 … n/2 and their conjugates. With isFolded those that stand
 * for two count half.
 */
@binding
export function buildHermitianFft(
  re: Node,
  im: Node,
  n: i32,
  isInverse: bool = false,
  norm: i32 = 0,
  isFolded: bool = false,
): Node {
  const made = appendTransform(Op.HermitianFft, re, <i32>re.ndim - 1, n, 1, 2, 3);
  const own = ownAttribute(made, 0);
  made.setAttribute(own, isInverse);
  made.setAttribute(own + 1, norm);
  made.setAttribute(own + 2, isFolded);
  made.setInput(0, re);
  made.setInput(1, im);
  return seal(made);
}

/** The cotangent of output k, zeros where none has arrived. */
function cotangent(call: Node, exchange: usize, k: i32): Node {
  const g = nodeOf(exchange, 2 * k);
  return changetype<usize>(g) ? g : zerosLike(buildOutput(call, k));
}
/** Hands out the results of the transposed as contributions to the inputs. */
function contribute(exchange: usize, transposed: Node, results: i32): bool {
  for (let k = 0; k < results; k++) setPointer(exchange, k, changetype<usize>(buildOutput(transposed, k)));
  return true;
}

const task = changetype<Fourier>(memory.data(64, 8));
let space: usize = 0;
function bytesToCopy(x: Node): f64 {
  return isContiguous(x) ? 0 : Math.ceil(x.valueBytes / 64) * 64;
}
/** Where x's elements lie in order; they are copied to `space` if they don't yet. */
function inOrder(x: Node): usize {
  if (isContiguous(x)) return x.data;
  const at = space;
  space += <usize>bytesToCopy(x);
  copyValues(sizeOf(x.dtype), x.numel, at, rowMajorStrides(x), x.data, x.strides, x.ndim, x.dims);
  return at;
}
/**
 * Evaluates a call of one of the three: n of the signal, along `axis` of its dims, of which attribute `own` says whether the transform is
 * inverse, and the next ones the norm and whether it is folded. Real ones need more space, and work on it last.
 */
function evaluate(call: Node, n: i32, axis: i32, own: i32): bool {
  if (!allocateValues(call)) return false;
  const x = call.input(0),
    y = call.input(<i32>call.inputCount - 1),
    size = sizeOf(x.dtype);
  if (!x.numel) return true;
  let outer = 1,
    inner = 1;
  for (let i = 0; i < <i32>x.ndim; i++) {
    if (i < axis) outer *= x.dim(i);
    else if (i > axis) inner *= x.dim(i);
  }
  const norm = call.attribute(own + 1);
  task.n = n;
  task.outer = outer;
  task.inner = inner;
  task.sign = call.attribute(own) ? 1 : -1;
  task.scale = norm == Norm.ByN ? 1 / <f64>n : norm == Norm.ByRoot ? 1 / sqrt<f64>(<f64>n) : 1;
  const isReal = call.op != <u32>Op.Fft;
  holdPlans(true);
  // A cache line before the rows: vectors are read from before them, too.
  const buffer = Buffer.create(
    bytesToCopy(x) + (x == y ? 0 : bytesToCopy(y)) + (isReal ? fourierSpace(n, outer, size) : 0) + 64,
  );
  let done = false;
  if (buffer) {
    space = buffer.data;
    task.re = inOrder(x);
    task.im = x == y ? task.re : inOrder(y);
    task.toRe = resultData(call, 0);
    space += 64;
    if (call.op == <u32>Op.HermitianFft) {
      task.weight = call.attribute(own + 2) ? 0.5 : 1;
      done = realOfFourier(task, size, space);
    } else {
      task.toIm = resultData(call, 1);
      if (isReal) {
        task.weight = call.attribute(own + 2) ? 2 : 1;
        done = fourierOfReal(task, size, space);
      } else done = fourier(task, size);
    }
    buffer.release();
  }
  holdPlans(false);
  if (!done) fail(Failure.OutOfMemory);
  return done;
}
// 5·n·log₂ n for a complex transform, by which they are compared.
function flopsOf(x: Node, n: i32): f64 {
  return 5 * <f64>x.numel * <f64>(31 - clz(max(n, 1)));
}

@primitive({
  op: "Fft",
  kind: "kernel",
  isCall: true,
  results: "re, im",
  reads: "none",
  attributes: { results: "results", dim: "int", isInverse: "bool", norm: "int" },
})
@final
export class Fft extends Call {
  backward(call: Node, exchange: usize): bool {
    const own = ownAttribute(call, 0);
    const g = cotangent(call, exchange, 0),
      h = cotangent(call, exchange, 1);
    const isInverse = call.attribute(own + 1) != 0;
    return contribute(exchange, buildFft(g, h, call.attribute(own), !isInverse, call.attribute(own + 2)), 2);
  }
  batch(n: Node): Node {
    const own = ownAttribute(n, 0);
    return buildFft(
      batched(n, 0),
      batched(n, 1),
      n.attribute(own) + 1,
      n.attribute(own + 1) != 0,
      n.attribute(own + 2),
    );
  }
  evaluate(n: Node): bool {
    const own = ownAttribute(n, 0),
      axis = n.attribute(own);
    return evaluate(n, n.input(0).dim(axis), axis, own + 1);
  }
  flops(n: Node): f64 {
    return flopsOf(n.input(0), n.input(0).dim(n.attribute(ownAttribute(n, 0))));
  }
}

@primitive({
  op: "RealFft",
  kind: "kernel",
  isCall: true,
  results: "re, im",
  reads: "none",
  attributes: { results: "results", isInverse: "bool", norm: "int", isFolded: "bool" },
})
@final
export class RealFft extends Call {
  backward(call: Node, exchange: usize): bool {
    const own = ownAttribute(call, 0),
      x = call.input(0);
    const g = cotangent(call, exchange, 0),
      h = cotangent(call, exchange, 1);
    const n = x.dim(<i32>x.ndim - 1),
      isInverse = call.attribute(own) != 0,
      isFolded = call.attribute(own + 2) != 0;
    return contribute(exchange, buildHermitianFft(g, h, n, !isInverse, call.attribute(own + 1), !isFolded), 1);
  }
  batch(n: Node): Node {
    const own = ownAttribute(n, 0);
    return buildRealFft(batched(n, 0), n.attribute(own) != 0, n.attribute(own + 1), n.attribute(own + 2) != 0);
  }
  evaluate(n: Node): bool {
    const axis = <i32>n.input(0).ndim - 1;
    return evaluate(n, n.input(0).dim(axis), axis, ownAttribute(n, 0));
  }
  flops(n: Node): f64 {
    const x = n.input(0);
    return flopsOf(x, x.dim(<i32>x.ndim - 1)) / 2;
  }
}

@primitive({
  op: "HermitianFft",
  kind: "kernel",
  isCall: true,
  results: "signal",
  reads: "none",
  attributes: { results: "results", isInverse: "bool", norm: "int", isFolded: "bool" },
})
@final
export class HermitianFft extends Call {
  backward(call: Node, exchange: usize): bool {
    const own = ownAttribute(call, 0);
    const isInverse = call.attribute(own) != 0,
      isFolded = call.attribute(own + 2) != 0;
    const g = cotangent(call, exchange, 0);
    return contribute(exchange, buildRealFft(g, !isInverse, call.attribute(own + 1), !isFolded), 2);
  }
  batch(n: Node): Node {
    const own = ownAttribute(n, 0),
      length = resultSize(n, 0, <i32>n.input(0).ndim - 1);
    return buildHermitianFft(batched(n, 0), batched(n, 1), length, n.attribute(own) != 0, n.attribute(own + 1), n.attribute(own + 2) != 0); // prettier-ignore
  }
  evaluate(n: Node): bool {
    const axis = <i32>n.input(0).ndim - 1;
    return evaluate(n, resultSize(n, 0, axis), axis, ownAttribute(n, 0));
  }
  flops(n: Node): f64 {
    const x = n.input(0),
      length = resultSize(n, 0, <i32>x.ndim - 1);
    return flopsOf(x, length);
  }
}
