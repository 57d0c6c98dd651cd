// Complex tensors: pairs of real ones. To containers, and so to tidy, compile, tree and the transforms of func, a pair is an instance
// with two tensors in it, which is taken apart and built again like any other; so its own properties are these two.
import { type DTypeName } from "../core/dtype";
import { shapeOf } from "../core/memory";
import { withinOp } from "../core/op-scope";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { ArgumentError, COPY, ShapeError, thisCopy } from "../errors";
import { type NestedNumbers, toNested } from "./nested";
import { formatComplex } from "./print";
import { graphSuffix, nodeOf, operatorsRefused, type Tensor, wrapNode } from "./tensor";

/** The nodes of a complex tensor. */
export class Pair {
  constructor(
    readonly re: Node,
    readonly im: Node,
  ) {}
}
export const isPair = (value: unknown): value is Pair => value instanceof Pair;

/** The dtypes of complex tensors: of pairs of float32, and of float64. */
export type ComplexDTypeName = "complex64" | "complex128";

// The ops, as methods, are added to it in generated/methods.ts and installed by host/ops.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface ComplexTensor {
  /** The dims in reverse order. */
  readonly T: ComplexTensor;
  /** The last two dims swapped: matrices transposed. */
  readonly mT: ComplexTensor;
  /** The matrices' conjugate transposes. */
  readonly mH: ComplexTensor;
  /** dispose, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * A complex tensor, a pair of real ones of one shape and dtype: made by `complex`, `polar`, `viewAsComplex` and ops. Derivatives are
 * those by the real and by the imaginary part, a complex tensor again, as in torch.
 *
 * @see https://docs.pytorch.org/docs/stable/complex_numbers.html
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class ComplexTensor {
  /** The real parts. */
  declare readonly real: Tensor;
  /** The imaginary parts. */
  declare readonly imag: Tensor;

  /** Throws: complex tensors are made by `complex` and other functions. */
  private constructor() {
    throw new ArgumentError(
      "ComplexTensor: is no constructor for users: make complex tensors by pf.complex(real, imag).",
    );
  }

  /** The sizes, a fresh array. */
  get shape(): number[] {
    return this.real.shape;
  }
  /** The number of dimensions. */
  get ndim(): number {
    return this.real.ndim;
  }
  /** The number of elements. */
  get numel(): number {
    return this.real.numel;
  }
  /** complex64 where the parts are float32, complex128 where they are float64. */
  get dtype(): ComplexDTypeName {
    return this.real.dtype === "float32" ? "complex64" : "complex128";
  }
  /** The sizes, or the size of one dim. */
  size(): number[];
  size(dim: number): number;
  size(dim?: number): number[] | number {
    return this.real.size(dim as number);
  }
  /** The number of dimensions. */
  dim(): number {
    return this.real.ndim;
  }
  /** Whether derivatives with respect to it, or to something that it was computed from, can be asked for. */
  get requiresGrad(): boolean {
    return this.real.requiresGrad || this.imag.requiresGrad;
  }
  /** Makes leaves of both parts, as a Tensor's; returns the complex tensor itself. */
  requiresGrad_(flag = true): this {
    this.real.requiresGrad_(flag);
    this.imag.requiresGrad_(flag);
    return this;
  }
  /** Whether it was not computed from a tensor that requires grad. */
  get isLeaf(): boolean {
    return this.real.isLeaf && this.imag.isLeaf;
  }
  /** The accumulated gradient of a leaf, that by the real part and that by the imaginary one; null before the first backward. */
  get grad(): ComplexTensor | null {
    const [re, im] = [this.real.grad, this.imag.grad];
    return re === null && im === null
      ? null
      : makeComplex(re ?? wrapNode(p.fullLike(nodeOf(im!), 0)), im ?? wrapNode(p.fullLike(nodeOf(re!), 0)));
  }
  /** Forgets the accumulated gradient. */
  zeroGrad(): void {
    this.real.zeroGrad();
    this.imag.zeroGrad();
  }
  get isDisposed(): boolean {
    return this.real.isDisposed || this.imag.isDisposed;
  }
  /** Frees both parts. Disposing twice does nothing. */
  dispose(): void {
    this.real.dispose();
    this.imag.dispose();
  }

  /** The elements in row-major order, each as two numbers, the real and the imaginary part: a fresh TypedArray. */
  data(): Float32Array | Float64Array {
    return interleaved(this, "data");
  }
  /** The elements as nested arrays, each as [real, imaginary]: those of viewAsReal. */
  toArray(): NestedNumbers {
    return toNested(interleaved(this, "toArray"), [...this.shape, 2]) as NestedNumbers;
  }
  /** The same as toArray, under torch's name. */
  tolist(): NestedNumbers {
    return this.toArray();
  }
  /** What JSON.stringify writes: the same nested arrays. */
  toJSON(): NestedNumbers {
    return this.toArray();
  }
  /**
   * The only element, as [real, imaginary].
   * @throws ShapeError when there is not exactly one
   */
  item(): [real: number, imaginary: number] {
    if (this.numel !== 1) {
      throw new ShapeError(
        `item: expected a ComplexTensor with one element: one with ${this.numel} elements cannot be converted to a number.`,
      );
    }
    return Array.from(interleaved(this, "item")) as [number, number];
  }
  /** The same values in another precision. */
  to(dtype: ComplexDTypeName): ComplexTensor {
    const name: DTypeName | undefined = { complex64: "float32", complex128: "float64" }[dtype] as DTypeName | undefined;
    if (!name) throw new ArgumentError(`to: dtype should be complex64 or complex128 but got ${String(dtype)}.`);
    return makeComplex(this.real.to(name), this.imag.to(name));
  }
  /** The complex tensors along the first dimension. */
  *[Symbol.iterator](): IterableIterator<ComplexTensor> {
    const parts = this.imag[Symbol.iterator]();
    for (const re of this.real) yield makeComplex(re, parts.next().value as Tensor);
  }

  /** As torch prints it. */
  toString(): string {
    if (this.isDisposed) return "tensor(<disposed>)";
    const { real, imag } = this;
    return formatComplex(real.data(), imag.data(), this.shape, this.dtype, graphSuffix(real) ?? graphSuffix(imag));
  }
  /** Text where JavaScript asks for a string, as in `${z}`; its operators, which ask for a number, throw. */
  [Symbol.toPrimitive](hint: "string" | "number" | "default"): string {
    if (hint === "string") return this.toString();
    throw operatorsRefused("ComplexTensor");
  }
  /** What console.log shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
Object.defineProperties(ComplexTensor.prototype, {
  [COPY]: { value: thisCopy },
  ...(Symbol.dispose && {
    [Symbol.dispose]: { value: ComplexTensor.prototype.dispose, writable: true, configurable: true },
  }),
});

export const isComplexTensor = (value: unknown): value is ComplexTensor => value instanceof ComplexTensor;

/** The complex tensor of two real ones, which have one shape and dtype. */
export function makeComplex(real: Tensor, imag: Tensor): ComplexTensor {
  return Object.assign(Object.create(ComplexTensor.prototype) as ComplexTensor, { real, imag });
}
export const wrapPair = ({ re, im }: Pair): ComplexTensor => makeComplex(wrapNode(re), wrapNode(im));
export const pairOf = ({ real, imag }: ComplexTensor): Pair => new Pair(nodeOf(real), nodeOf(imag));

function interleaved({ real, imag }: ComplexTensor, name: string): Float32Array | Float64Array {
  return withinOp(name, () => {
    const parts = [nodeOf(real), nodeOf(imag)].map((x) => p.reshape(x, [...shapeOf(x), 1]));
    const both = wrapNode(p.concat(parts, -1));
    try {
      return both.data() as Float32Array | Float64Array;
    } finally {
      both.dispose();
    }
  });
}
