// The Tensor: a handle on a node of the core.
import { DType, Op } from "../../assembly/abi/opcodes";
import { type DTypeName, dtypeName, type ElementsOf, type NameOf, type TypedArray } from "../core/dtype";
import { checkAddress } from "../core/failure";
import { hooks } from "../core/hooks";
import { core, elementsAt, shapeOf } from "../core/memory";
import { detach, isFloat, type Node, normalizeDim, opNames, reshape, slice } from "../core/prim";
import { currentOp, enterOp, leaveOp, withinOp } from "../core/op-scope";
import {
  ArgumentError,
  AutogradError,
  COPY,
  DisposedError,
  DTypeError,
  ShapeError,
  formatShape,
  thisCopy,
  typeName,
} from "../errors";
import type { ThenOptions } from "../options";
import { type Page, retarget, type Scope, track, untrack } from "./lifetime";
import type { EntryOf } from "./entry";
import { beforeDispose, beforeRequire } from "./captured";
import { beforeDrop, gradientOf, setGradient } from "./gradients";
import type { ListOf, NamedOf } from "./named";
import { type NestedArray, type NestedOf, toNested } from "./nested";
import { formatTensor } from "./print";

const NOTE: unique symbol = Symbol(
  "a Tensor can't be cloned or posted: send its data() and shape instead; to compare tensors in tests see pushforward/testing",
);

/** Of types alone: the dtype as far as it is known, or any. */
declare const KNOWN: unique symbol;

/** An array with a Tensor for each field, in their order, which is also its property of that name. */
export type Named<
  F extends readonly string[],
  Items extends readonly unknown[] = { -readonly [K in keyof F]: Tensor },
> = NamedOf<F, Items, Items extends readonly Tensor[] ? Tensor : Items[number]>;
/** What arithmetic takes. */
export type Operand = Tensor | number;
/** The dtype of a Tensor as far as it is known; any where it isn't, and "number" for a number. */
export type DTypeOf<T> = T extends Tensor ? T[typeof KNOWN] : "number";
/** What stands for an option that is left out: torch's None. */
export type None = null | undefined;
export interface CreationOptions<D extends DTypeName = DTypeName> {
  /** The dtype of what is made; where it is left out, the default dtype or that of the op's input. */
  dtype?: D | None;
  /** Whether derivatives with respect to it will be asked for; float dtypes only. */
  requiresGrad?: boolean | None;
}
/** Several Tensors: an array, which may have names, so that its `values` need not be the method of arrays. */
export type TensorList<T = Tensor> = ListOf<T>;
/** What x.at(…) takes for a dim: a number, a slice as text, "...", null, indices or a mask. Any string is checked when it is used. */
export type IndexEntry = EntryOf<Tensor>;
export interface BackwardOptions {
  /** Whether the gradients can be differentiated again. */
  createGraph?: boolean | undefined;
  /** Accepted for PyTorch's sake: the graph is immutable and stays usable. */
  retainGraph?: boolean | null | undefined;
  /** The only tensors whose .grad is to be accumulated; all leaves that require grad where it is left out. */
  inputs?: Tensor | TensorList | null | undefined;
}

// The ops, as methods, are added to it in generated/methods.ts and installed by host/ops.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Tensor<out D extends DTypeName = any> {
  /** The dims in reverse order: a matrix transposed. */
  readonly T: Tensor<D>;
  /**
   * The last two dims swapped: matrices transposed.
   * @throws ShapeError for less than two dims
   */
  readonly mT: Tensor<D>;
  /** The same as mT; of a ComplexTensor it is the conjugate transpose. */
  readonly mH: Tensor<D>;
  /**
   * Adds the gradients of this tensor to the .grad of the leaves it depends on; gradient is its cotangent, 1 for a tensor with
   * one element. Options may stand in its place. See autograd.backward.
   */
  backward(...rest: ThenOptions<Tensor, BackwardOptions>): void;
  /** dispose, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * A multi-dimensional array of numbers, immutable and lazy: an op on it only notes what to compute, reading computes.
 * Made by `tensor` and the other creation functions; every op is a method and a function.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-explicit-any
export class Tensor<out D extends DTypeName = any> {
  // Declared here and assigned by the constructor, in this order, so that all Tensors have one hidden class.
  /**
   * @internal A Symbol, which can't be copied: structuredClone, postMessage and deepStrictEqual fail at it, and show its text. So it is
   * the first field, own and enumerable.
   */
  declare readonly note: typeof NOTE;
  /** @internal The node, which this handle holds; 0 once it is disposed. */
  declare node: Node;
  /** @internal */
  declare readonly [KNOWN]: D;
  /** @internal Who frees it. */
  declare owner: Scope | Page | null;
  /** @internal Its place in a page. */
  declare slot: number;

  /** Throws: tensors are made by `tensor` and the other creation functions. */
  private constructor(node: Node, note: typeof NOTE) {
    if (note !== NOTE) {
      throw new ArgumentError(
        "Tensor: is no constructor for users: make tensors by pf.tensor(data), pf.zeros(size) and other functions.",
      );
    }
    this.note = note;
    this.node = node;
    this.owner = null;
    this.slot = 0;
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
  /**
   * The sizes, or the size of one dim.
   * @throws ShapeError for a dim that is out of range
   */
  size(): number[];
  size(dim: number): number;
  size(dim?: number | null): number[] | number {
    const node = readable(this, "size");
    if (dim === undefined || dim === null) return shapeOf(node);
    if (typeof dim !== "number" || dim !== (dim | 0)) {
      throw new ArgumentError(
        `size: dim should be an integer but got ${typeof dim === "number" ? dim : typeName(dim)}.`,
      );
    }
    return withinOp("size", () => {
      const ndim = core.ndimOf(node);
      if (ndim === 0) throw new ShapeError(`size: a 0-dim tensor has no dim ${dim}.`);
      return core.sizeOf(node, normalizeDim(dim, ndim));
    });
  }
  /** The number of dimensions. */
  dim(): number {
    return core.ndimOf(readable(this, "dim"));
  }
  get dtype(): NameOf[D] {
    return dtypeName(core.dtypeOf(readable(this, "dtype"))) as NameOf[D];
  }
  /** Whether derivatives with respect to it, or to something that it was computed from, can be asked for. */
  get requiresGrad(): boolean {
    return core.requiresGrad(readable(this, "requiresGrad")) !== 0;
  }
  set requiresGrad(flag: boolean) {
    requireGrad(this, flag, "requiresGrad");
  }
  /**
   * Makes a tensor that is part of no graph a leaf that derivatives can be asked for, or with false one that they can't.
   * What was computed from it before stays as it was.
   * @returns the tensor itself
   * @throws AutogradError for a dtype that isn't floating, and for false on the result of a graph; ArgumentError
   * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
   */
  requiresGrad_(flag = true): this {
    requireGrad(this, flag, "requiresGrad_");
    return this;
  }
  /** Whether it was not computed from a tensor that requires grad. */
  get isLeaf(): boolean {
    const node = readable(this, "isLeaf");
    return !core.requiresGrad(node) || isLeafOp(core.opOf(node));
  }
  /** The accumulated gradient of a leaf, a fresh handle; null before the first backward. Can be set, also to null. */
  get grad(): Tensor<D> | null {
    const gradient = gradientOf(readable(this, "grad"));
    return gradient && wrapNode(gradient);
  }
  set grad(gradient: Tensor<D> | null) {
    withinOp("grad", () => setGradient(nodeOf(this), gradient ? checkedGradient(gradient, this) : null));
  }
  /** Forgets the accumulated gradient. */
  zeroGrad(): void {
    setGradient(readable(this, "zeroGrad"), null);
  }
  get isDisposed(): boolean {
    return this.node === 0;
  }

  /** The elements in row-major order: a fresh TypedArray. Computes what is still to be computed. */
  data(): ElementsOf[D] {
    return readNode(readable(this, "data"), "data") as ElementsOf[D];
  }
  /** The elements as nested arrays, a number (or boolean) for a 0-dim tensor. */
  toArray(): NestedOf[D] {
    return toArray(this, "toArray") as NestedOf[D];
  }
  /** The same as toArray, under torch's name. */
  tolist(): NestedOf[D] {
    return this.toArray();
  }
  /** What JSON.stringify writes: nested arrays, in which NaN and infinities become null as everywhere in JSON. */
  toJSON(key?: string): NestedOf[D] {
    const values = toArray(this, "toJSON");
    return key === undefined
      ? (Object.defineProperties(Object(values), printedByRunners(this)) as NestedOf[D])
      : (values as NestedOf[D]);
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
  detach(): Tensor<D> {
    const mark = enterOp("detach");
    try {
      return wrapNode(detach(nodeOf(this))) as Tensor<D>;
    } finally {
      leaveOp(mark);
    }
  }

  /**
   * Frees the handle. Tensors computed from this one keep what they need of it. Disposing twice does nothing.
   * @throws ArgumentError for a frozen tensor, which garbage collection alone frees
   */
  dispose(): void {
    const { node } = this;
    if (node === 0) return;
    try {
      this.node = 0 as Node;
    } catch {
      throw frozen("dispose");
    }
    beforeDispose(node);
    beforeDrop(node);
    untrack(this);
    core.drop(node);
  }

  /** The tensors along the first dimension. */
  *[Symbol.iterator](): IterableIterator<Tensor<D>> {
    const shape = shapeOf(readable(this, "iterator"));
    const [count, ...rest] = shape;
    if (count === undefined) {
      throw new ShapeError(
        "iterator: expected a Tensor with a dimension to iterate over but got a 0-dim tensor. Its number is x.item(); " +
          "for the elements of a tensor iterate over x.data(); to compare tensors in tests see pushforward/testing.",
      );
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
    return formatTensor(readNode(this.node, "toString"), this.shape, this.dtype, graphSuffix(this));
  }
  /** Text where JavaScript asks for a string, as in `${x}`; its operators, which ask for a number, throw. */
  [Symbol.toPrimitive](hint: "string" | "number" | "default"): string {
    if (hint === "string") return this.toString();
    throw operatorsRefused("Tensor");
  }
  /** What console.log shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The error of JavaScript's own operators. */
export const operatorsRefused = (name: string): ArgumentError =>
  new ArgumentError(
    `${name}: JavaScript's own operators, and Number(), don't work on tensors. Instead of x + 1, x * 2, -x, x > 1 and x == 3 ` +
      "write x.add(1), x.mul(2), x.neg(), x.gt(1) and x.eq(3); the number in a tensor is x.item(), its elements are x.data(), " +
      "its text is String(x) or `${x}`.",
  );
/** What a print says of the graph behind a tensor. */
export const graphSuffix = ({ node, requiresGrad }: Tensor): string | undefined =>
  !requiresGrad
    ? undefined
    : isLeafOp(core.opOf(node))
      ? "requiresGrad=true"
      : `gradFn=<${opNames[core.opOf(makerOf(node))]}>`;

const { data } = Tensor.prototype;
Object.defineProperties(Tensor.prototype, {
  // torch's `w.data = …` would hide the method.
  data: {
    get: () => data,
    set() {
      throw new ArgumentError(
        "data: a Tensor's elements can't be assigned: make a new one, as by pf.replace(params, (p) => …) in a training step.",
      );
    },
    configurable: true,
  },
  // The prototype itself counts as disposed, and so do objects that have it without having been made by the constructor.
  node: { value: 0, writable: true },
  // The constructor assigns these. Since they are found here, it need not look them up in the proxy above (transposes.ts).
  ...Object.fromEntries(["note", "owner", "slot"].map((field) => [field, { value: null, writable: true }])),
  // Libraries that copy or wrap objects deeply leave those alone that have a tag of their own.
  [Symbol.toStringTag]: { value: "Tensor", configurable: true },
  [COPY]: { value: thisCopy },
  // Engines without explicit resource management lack the symbol.
  ...(Symbol.dispose && { [Symbol.dispose]: { value: Tensor.prototype.dispose, writable: true, configurable: true } }),
});

// JSON.stringify calls toJSON with a key. jest and vitest call it without one, to print what they compare. What they get then passes for
// a matcher of their own, so that the message of a failed comparison shows the tensor's text as given here.
const printedByRunners = ({ dtype, shape, numel }: Tensor): PropertyDescriptorMap => ({
  $$typeof: { value: Symbol.for("jest.asymmetricMatcher") },
  toAsymmetricMatcher: {
    value(this: NestedArray): string {
      const text = JSON.stringify(this, (_, item: object) => {
        const value: unknown = item.valueOf();
        return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
      }).replaceAll('"', "");
      const size = numel ? "" : `size=[${shape.join(", ")}], `;
      return `tensor(${text}, ${size}dtype=${dtype}), which pushforward/testing compares`;
    },
  },
});
function toArray(tensor: Tensor, name: string): NestedArray {
  const node = readable(tensor, name);
  return toNested(readNode(node, name), shapeOf(node), core.dtypeOf(node) === DType.Bool);
}

function requireGrad(tensor: Tensor, flag: unknown, name: string): void {
  withinOp(name, () => {
    const node = nodeOf(tensor);
    if (typeof flag !== "boolean") throw new ArgumentError(`${name}: expected a boolean but got ${typeName(flag)}.`);
    if (flag === tensor.requiresGrad) return;
    if (Object.isFrozen(tensor)) throw frozen(name);
    if (!tensor.isLeaf) {
      throw new AutogradError(
        `${name}: only leaves can stop to require gradients; this tensor was computed from one that does. Use detach().`,
      );
    }
    if (!isFloat(node)) {
      throw new AutogradError(
        `${name}: only tensors of floating dtype can require gradients but this one is ${tensor.dtype}.`,
      );
    }
    // A node of its own: others may share the old one, and graphs refer to it. Not a detached one of a detached one.
    const source = core.opOf(node) === Op.Detach && core.inputCount(node) ? (core.inputOf(node, 0) as Node) : node;
    const leaf = detach(source);
    if (flag) core.requireGrad(leaf);
    setGradient(leaf, gradientOf(node));
    beforeRequire(node);
    retarget(tensor, leaf);
  });
}

function checkedGradient(gradient: Tensor, leaf: Tensor): Node {
  if (!isTensor(gradient)) throw new ArgumentError(`grad: expected a Tensor or null but got ${typeName(gradient)}.`);
  if (gradient.node === leaf.node) {
    throw new AutogradError("grad: a tensor can't be its own gradient; a copy of it is t.detach().");
  }
  const [want, got] = [formatShape(leaf.shape), formatShape(gradient.shape)];
  if (want !== got) throw new ShapeError(`grad: the gradient of a tensor of shape ${want} can't have shape ${got}.`);
  if (gradient.dtype !== leaf.dtype) {
    throw new DTypeError(`grad: the gradient of a tensor of dtype ${leaf.dtype} can't have dtype ${gradient.dtype}.`);
  }
  return gradient.node;
}

/** Whether nodes of this op were not computed from what a gradient could flow to. */
/** The node whose derivative rule is that of `node`: of an output, its call, the last of its inputs. */
const makerOf = (node: Node): Node =>
  core.opOf(node) === Op.Output ? (core.inputOf(node, core.inputCount(node) - 1) as Node) : node;
export const isLeafOp = (op: Op): boolean => op === Op.Data || op === Op.Full || op === Op.Detach || op === Op.Iota;

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

const frozen = (name: string): ArgumentError =>
  new ArgumentError(
    `${name}: this tensor is frozen (Object.freeze), so that it can't change; it is freed when it is collected.`,
  );
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

const Handle = Tensor as unknown as new (node: Node, note: typeof NOTE) => Tensor;
/** A new handle on a node, in the current scope. */
export function wrapNode(node: Node): Tensor {
  const weight = core.hold(node);
  const tensor = new Handle(node, NOTE);
  track(tensor, weight);
  return tensor;
}
/** A handle that takes over a hold on the node. */
export function adoptNode(node: Node): Tensor {
  const tensor = new Handle(node, NOTE);
  track(tensor);
  return tensor;
}

/** The values of a node in row-major order, computed if need be; a copy. */
function readNode(node: Node, name: string): TypedArray {
  return withinOp(name, () => {
    if (hooks.beforeEvaluation !== null) hooks.beforeEvaluation([node]);
    const address = checkAddress(core.read(node));
    try {
      return elementsAt(address, core.dtypeOf(node), core.numelOf(node)).slice();
    } finally {
      core.endRead();
    }
  });
}
