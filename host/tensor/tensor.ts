// The Tensor: a handle on a node of the core.
import { Failure } from "../../assembly/abi/failures";
import { DType, Op } from "../../assembly/abi/opcodes";
import { type DTypeName, dtypeName, type TypedArray } from "../core/dtype";
import { check, checkAddress } from "../core/failure";
import { core, elementsAt, readFacts, shapeOf, writeInts } from "../core/memory";
import { detach, type Node, slice, reshape } from "../core/prim";
import { currentOp, enterOp, leaveOp, withinOp } from "../core/scope";
import { ArgumentError, DisposedError, DTypeError, ShapeError, formatShape, typeName } from "../errors";
import type { BackwardOptions } from "../autograd/backward";
import type { TensorMethods } from "../generated/ops";
import { type Page, type Scope, track, untrack } from "./lifetime";
import { beforeDispose } from "./captured";
import { beforeDrop, gradientOf, setGradient } from "./gradients";
import { type NestedArray, toNested } from "./nested";
import { formatTensor } from "./print";

// The ops, as methods: generated from their signatures, installed by host/ops.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface Tensor extends TensorMethods {
  /**
   * Adds the gradients of this tensor to the .grad of the leaves it hangs on; gradient is its cotangent, 1 for a tensor with
   * one element. See autograd.backward.
   */
  backward(gradient?: Tensor | null, options?: BackwardOptions): void;
  /** dispose, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * A multi-dimensional array of numbers, immutable and lazy: an op on it only notes what to compute, reading computes.
 * Made by `tensor` and the other creation functions; every op is a method and a function.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Tensor {
  /** @internal The node, which this handle holds; 0 once it is disposed. */
  node: Node;
  /** @internal Who frees it. */
  home: Scope | Page | null = null;
  /** @internal Its place in a page. */
  slot = 0;

  /** @internal */
  constructor(node: Node) {
    this.node = node;
  }

  /** The sizes, a fresh array. */
  get shape(): number[] {
    return shapeOf(readable(this, "shape"));
  }
  /** The number of dimensions. */
  get ndim(): number {
    return core.ndimOf(readable(this, "ndim"));
  }
  /** The number of elements. */
  get numel(): number {
    return core.numelOf(readable(this, "numel"));
  }
  get dtype(): DTypeName {
    return dtypeName(core.dtypeOf(readable(this, "dtype")));
  }
  /** Whether derivatives with respect to it, or to something that it was computed from, can be asked for. */
  get requiresGrad(): boolean {
    return core.requiresGrad(readable(this, "requiresGrad")) !== 0;
  }
  /** Whether it was not computed from a tensor that requires grad. */
  get isLeaf(): boolean {
    const node = readable(this, "isLeaf");
    return !core.requiresGrad(node) || isLeafOp(core.opOf(node));
  }
  /** The accumulated gradient of a leaf, a fresh handle; null before the first backward. Can be set, also to null. */
  get grad(): Tensor | null {
    const gradient = gradientOf(readable(this, "grad"));
    return gradient && wrapNode(gradient);
  }
  set grad(gradient: Tensor | null) {
    withinOp("grad", () => setGradient(nodeOf(this), gradient ? gradientNode(gradient, this) : null));
  }
  /** Forgets the accumulated gradient. */
  zeroGrad(): void {
    setGradient(readable(this, "zeroGrad"), null);
  }
  get isDisposed(): boolean {
    return this.node === 0;
  }

  /** The elements in row-major order: a fresh TypedArray. Computes what is still to be computed. */
  data(): TypedArray {
    return readNode(readable(this, "data"), "data");
  }
  /** The elements as nested arrays, a number (or boolean) for a 0-dim tensor. */
  toArray(): NestedArray {
    const node = readable(this, "toArray");
    return toNested(readNode(node, "toArray"), shapeOf(node), core.dtypeOf(node) === DType.Bool);
  }
  /**
   * The only element, as a number; a bool as 0 or 1.
   * @throws ShapeError when there is not exactly one
   */
  item(): number {
    const node = readable(this, "item");
    const numel = core.numelOf(node);
    if (numel !== 1) {
      throw new ShapeError(
        `item: expected a Tensor with one element: a Tensor with ${numel} elements cannot be converted to a number.`,
      );
    }
    return readNode(node, "item")[0]!;
  }

  /** The same values, cut off from the graph: no gradient flows through. */
  detach(): Tensor {
    const mark = enterOp("detach");
    try {
      return wrapNode(detach(nodeOf(this)));
    } finally {
      leaveOp(mark);
    }
  }

  /** Frees the handle. Tensors computed from this one keep what they need of it. Disposing twice does nothing. */
  dispose(): void {
    const { node } = this;
    if (node === 0) return;
    beforeDispose(node);
    beforeDrop(node);
    untrack(this);
    this.node = 0 as Node;
    core.drop(node);
  }

  /** The tensors along the first dimension. */
  *[Symbol.iterator](): IterableIterator<Tensor> {
    const shape = shapeOf(readable(this, "iterator"));
    const [count, ...rest] = shape;
    if (count === undefined) {
      throw new ShapeError("iterator: expected a Tensor with a dimension to iterate over but got a 0-dim tensor.");
    }
    for (let i = 0; i < count; i++) {
      yield withinOp("iterator", () => {
        const row = slice(
          nodeOf(this),
          shape.map((_, dim) => (dim ? 0 : i)),
          [1, ...rest],
          shape.map(() => 1),
        );
        return wrapNode(reshape(row, rest));
      });
    }
  }

  /** As torch prints it. */
  toString(): string {
    if (this.node === 0) return "tensor(<disposed>)";
    const suffix = !this.requiresGrad
      ? undefined
      : isLeafOp(core.opOf(this.node))
        ? "requiresGrad=true"
        : `gradFn=<${Op[core.opOf(this.node)]}>`;
    return formatTensor(readNode(this.node, "toString"), this.shape, this.dtype, suffix);
  }
  /** What console.log shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

// Engines without explicit resource management lack the symbol.
if (Symbol.dispose) {
  Object.defineProperty(Tensor.prototype, Symbol.dispose, { value: Tensor.prototype.dispose, configurable: true });
}

function gradientNode(gradient: Tensor, leaf: Tensor): Node {
  if (!isTensor(gradient)) throw new ArgumentError(`grad: expected a Tensor or null but got ${typeName(gradient)}.`);
  const [want, got] = [formatShape(leaf.shape), formatShape(gradient.shape)];
  if (want !== got) throw new ShapeError(`grad: the gradient of a tensor of shape ${want} can't have shape ${got}.`);
  if (gradient.dtype !== leaf.dtype) {
    throw new DTypeError(`grad: the gradient of a tensor of dtype ${leaf.dtype} can't have dtype ${gradient.dtype}.`);
  }
  return gradient.node;
}

/** Whether nodes of this op were not computed from what a gradient could flow to. */
export const isLeafOp = (op: Op): boolean => op === Op.Data || op === Op.Full || op === Op.Detach || op === Op.Iota;

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

const disposed = (name: string): DisposedError =>
  new DisposedError(
    `${name && `${name}: `}` +
      "this tensor is disposed: dispose(), or the end of the tidy or transform that it was made in, has freed it. " +
      "To let a tensor out, return it or call keep on it.",
  );
/** The node of a tensor; throws the DisposedError for a disposed one. */
export function nodeOf(tensor: Tensor): Node {
  if (tensor.node === 0) throw disposed(currentOp());
  return tensor.node;
}
// The same for a member of Tensor, which is what the user called unless an op did.
function readable(tensor: Tensor, member: string): Node {
  if (tensor.node === 0) throw disposed(currentOp() || member);
  return tensor.node;
}

/** A new handle on a node, in the current scope. */
export function wrapNode(node: Node): Tensor {
  core.hold(node);
  const tensor = new Tensor(node);
  track(tensor);
  return tensor;
}
/** A handle that takes over a hold on the node. */
export function adoptNode(node: Node): Tensor {
  const tensor = new Tensor(node);
  track(tensor);
  return tensor;
}

/** The values of a node in row-major order, computed if need be; a copy. */
function readNode(node: Node, name: string): TypedArray {
  return withinOp(name, () => {
    const address = checkAddress(core.read(node));
    try {
      return elementsAt(address, core.dtypeOf(node), core.numelOf(node)).slice();
    } finally {
      core.endRead();
    }
  });
}

/**
 * Computes tensors without reading them, all in one plan.
 * @throws ArgumentError for anything but tensors; OutOfMemoryError
 */
export function evaluate(...tensors: Tensor[]): void {
  withinOp("evaluate", () => {
    for (const tensor of tensors) {
      if (!isTensor(tensor)) throw new ArgumentError(`evaluate: expected tensors but got ${typeName(tensor)}.`);
    }
    const result = core.evaluate(writeInts(tensors.map(nodeOf)));
    // What depends on jvp's dummy cotangent can't be computed yet, and nobody has read it.
    if (result !== (Failure.Placeholder as number) || readFacts()[0]![0] !== 2) check(result);
  });
}
