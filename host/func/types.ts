// The types of pf.func: results have the structures of arguments and outputs.
import type { Common } from "../generated/dtypes";
import type { DTypeOf, Tensor } from "../tensor/tensor";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyFunction = (...args: any[]) => any;
/** A function of Tensors alone; parameters of an argument of this type are Tensors unless they are annotated. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type TensorFunction = (...args: Tensor[]) => any;
/** Any arguments: containers of Tensors, and whatever else func takes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Arguments = any[];

/** Which arguments to differentiate by: a position, or an array of them. Negative ones count from the end. */
export type Argnums = number | readonly number[];

export interface AuxOptions<HasAux extends boolean = boolean> {
  /** func returns [output, aux]; aux is passed through, undifferentiated. */
  hasAux?: HasAux | undefined;
}
export interface GradTransformOptions<
  N extends Argnums = Argnums,
  HasAux extends boolean = boolean,
> extends AuxOptions<HasAux> {
  /** Which arguments to differentiate by: a position, or an array of them; 0 unless given. Negative ones count from the end. */
  argnums?: N | undefined;
}
/** Options with which func returns [output, aux]. */
export type WithAux<Options> = Options & { hasAux: true };

type IsAny<T> = 0 extends 1 & T ? true : false;

// The argument that is the M-th from the end; Seen counts.
type FromEnd<A extends readonly unknown[], M, Seen extends unknown[] = [unknown]> = A extends readonly [
  ...infer Rest,
  infer Last,
]
  ? Seen["length"] extends M
    ? Last
    : FromEnd<Rest, M, [...Seen, unknown]>
  : A[number];
type At<A extends readonly unknown[], N> = N extends number
  ? `${N}` extends `-${infer M extends number}`
    ? FromEnd<A, M>
    : A[N]
  : never;
/** What argnums names: the argument itself, or an array of arguments. */
export type Chosen<A extends readonly unknown[], N extends Argnums> = N extends readonly number[]
  ? { -readonly [K in keyof N]: At<A, N[K]> }
  : At<A, N>;

/** What is carried along as it is. */
type Carried =
  | ((...args: never[]) => unknown)
  | ArrayBufferView
  | ArrayBuffer
  | Date
  | RegExp
  | Promise<unknown>
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>;
/** The container T with R in the place of each Tensor. */
export type MappedTree<T, R> =
  IsAny<T> extends true
    ? // eslint-disable-next-line @typescript-eslint/no-explicit-any
      any
    : T extends Tensor
      ? R
      : T extends Carried
        ? T
        : T extends object
          ? { -readonly [K in keyof T]: MappedTree<T[K], R> }
          : T;
/** The structure O with the structure I in the place of each Tensor: I's Jacobians. */
export type JacobianOf<O, I> =
  IsAny<O> extends true
    ? // eslint-disable-next-line @typescript-eslint/no-explicit-any
      any
    : O extends Tensor
      ? BlockOf<O, I>
      : O extends Carried
        ? O
        : O extends object
          ? { -readonly [K in keyof O]: JacobianOf<O[K], I> }
          : O;
/** Reverse mode gives the dtype of the input, forward mode that of the output. */
type BlockOf<O, I> =
  IsAny<I> extends true
    ? // eslint-disable-next-line @typescript-eslint/no-explicit-any
      any
    : I extends Tensor
      ? Tensor<Common[DTypeOf<O>][DTypeOf<I>]>
      : I extends readonly unknown[]
        ? { -readonly [K in keyof I]: BlockOf<O, I[K]> }
        : I;
/** A tangent or cotangent of T, whose dtype need not be T's. */
export type Mirrored<T> = T extends Tensor ? Tensor : T;
