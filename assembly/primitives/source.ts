// Sources: data from the host, constants, ramps; and aliases, the same values under another identity.
import { DType, Op } from "../abi/opcodes";
import { addFact, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { GradMode } from "../abi/numbers";
import { append, getGradMode, hasForwardRead, isInForward, removePending, seal } from "../graph/graph";
import { Node, OPAQUE, REQUIRES_GRAD, ROOTED, SHADOW, sizeOf } from "../graph/node";
import { allocateValues, shareValues } from "../graph/values";
import { fill, iota } from "../kernels/fill";
import { Buffer } from "../memory/buffer";
import { copyWords, wordBytes } from "../memory/words";
import { batched } from "./batching";
import { Primitive, Source } from "./primitive";

let defaultFloat: DType = DType.Float32;
/** The dtype of plain numbers and of float functions of integers. */
@inline
export function defaultDType(): DType {
  return defaultFloat;
}
export function setDefaultDType(dtype: DType): void {
  defaultFloat = dtype;
}

/** A value as the dtype stores it. */
export function rounded(value: f64, dtype: DType): f64 {
  if (dtype == DType.Float64) return value;
  if (dtype == DType.Float32) return <f64>(<f32>value);
  if (dtype == DType.Bool) return value != 0 ? 1 : 0;
  return <f64>(<i32>value);
}

/** A leaf with room for values that the host writes. */
export function buildData(dtype: DType, ndim: i32, dims: usize): Node {
  const record = append(Op.Data, dtype, ndim, 0, 0);
  copyWords(record.dims, dims, ndim);
  const n = seal(record);
  if (failure) return n;
  if (dtype >= DType.Float32 && hasForwardRead()) n.flags |= OPAQUE;
  allocateValues(n);
  return n;
}

/** A tensor of one repeated value. It takes no memory for its elements. */
export function buildFull(dtype: DType, ndim: i32, dims: usize, value: f64): Node {
  const n = append(Op.Full, dtype, ndim, 0, 0);
  copyWords(n.dims, dims, ndim);
  n.value = rounded(value, dtype);
  return seal(n);
}
/** `value` in the shape and dtype of x. */
export function fullLike(x: Node, value: f64): Node {
  return buildFull(x.dtype, x.ndim, x.dims, value);
}
/** Whether n is a repeated value that nothing is differentiated by. */
@inline
export function isConstant(n: Node): bool {
  return n.op == Op.Full && !n.requiresGrad;
}

/** start + i * step for i = 0 … count-1. */
export function buildIota(dtype: DType, count: i32, start: f64, step: f64): Node {
  const n = append(Op.Iota, dtype, 1, 4, 0);
  n.setDim(0, count);
  store<f64>(n.attributes, start);
  store<f64>(n.attributes, step, 8);
  return seal(n);
}

/**
 * x under a new identity. Connected: gradients flow through; otherwise a leaf (Detach). In the forward of a custom function
 * nothing is recorded that could be cut off: there it is connected for backward's sake.
 */
export function buildAlias(x: Node, connected: bool, requiresGrad: bool): Node {
  if (!requiresGrad && getGradMode() == GradMode.Shadow) connected = true;
  const n = append(connected ? Op.Alias : Op.Detach, x.dtype, x.ndim, 0, 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setInput(0, x);
  const sealed = seal(n);
  if (!connected) {
    sealed.flags &= ~(REQUIRES_GRAD | SHADOW | ROOTED);
    if (x.isRecorded && isInForward()) sealed.flags |= OPAQUE;
  }
  if (requiresGrad) sealed.flags |= REQUIRES_GRAD;
  return sealed;
}

/**
 * What a mapped function gets in place of one element of a batch, a compiled one in place of an argument, and a custom function's
 * backward in place of jvp's dummy cotangent (abi/numbers.ts, Purpose): shaped like it, without values.
 */
export function buildPlaceholder(dtype: DType, ndim: i32, dims: usize, requiresGrad: bool, purpose: i32): Node {
  const record = append(Op.Placeholder, dtype, ndim, 1, 0);
  record.setAttribute(0, purpose);
  copyWords(record.dims, dims, ndim);
  const n = seal(record);
  if (requiresGrad) n.flags |= REQUIRES_GRAD;
  return n;
}

/** Makes a placeholder a constant. */
export function becomeFull(n: Node, value: f64): void {
  removePending(n);
  n.op = <u8>Op.Full;
  n.attributeCount = 0;
  n.value = value;
}

/** Makes a placeholder numbers without any pattern: what vanishes for them vanishes for all. */
export function becomeProbe(n: Node): void {
  n.op = <u8>Op.Probe;
}

@primitive({ op: "Probe", kind: "kernel", attributes: { purpose: "int" }, shareable: false })
@final
export class Probe extends Source {
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    for (let i = 0; i < n.numel; i++) {
      let bits = <u32>(i + 1) * 0x9e3779b1;
      bits = (bits ^ (bits >> 15)) * 0x85ebca6b;
      const x = <f64>(bits ^ (bits >> 13)) / 4294967296 + 0.25;
      if (n.dtype == DType.Float64) store<f64>(n.data + <usize>i * 8, x);
      else store<f32>(n.data + <usize>i * 4, <f32>x);
    }
    return true;
  }
}

@primitive({ op: "Placeholder", kind: "kernel", attributes: { purpose: "int" }, shareable: false })
@final
export class Placeholder extends Source {
  evaluate(n: Node): bool {
    fail(Failure.Placeholder);
    addFact(n.attribute(0));
    return false;
  }
}

@primitive({ op: "Data", kind: "source" })
@final
export class Data extends Source {
  evaluate(n: Node): bool {
    return true;
  }
}

@primitive({ op: "Full", kind: "source" })
@final
export class Full extends Source {
  // As an operand of a kernel: one element under strides of 0.
  evaluate(n: Node): bool {
    const buffer = Buffer.create(<f64>sizeOf(n.dtype));
    if (!buffer) {
      fail(Failure.OutOfMemory);
      return false;
    }
    fill(n.dtype, buffer.data, n.value, 1);
    n.buffer = buffer;
    n.offset = 0;
    memory.fill(n.strides, 0, wordBytes(n.ndim));
    return true;
  }
}

@primitive({ op: "Iota", kind: "kernel", attributes: { start: "late float", step: "late float" }, shareable: false })
@final
export class Iota extends Source {
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    iota(n.dtype, n.data, load<f64>(n.attributes), load<f64>(n.attributes, 8), n.numel);
    return true;
  }
}

abstract class Same extends Primitive {
  batch(n: Node): Node {
    return buildAlias(batched(n, 0), n.op == Op.Alias, n.op == Op.Detach && n.requiresGrad);
  }
  evaluate(n: Node): bool {
    shareValues(n, n.input(0));
    return true;
  }
}
@primitive({ op: "Alias", kind: "view", renames: true, showsAll: true, reads: "none" })
@final
export class Alias extends Same {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return g;
  }
}
@primitive({ op: "Detach", kind: "view", renames: true, showsAll: true })
@final
export class Detach extends Same {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
}
