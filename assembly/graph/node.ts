// The node record: one operation of the program, its shape, and, once computed, its values.
//
//      fixed part (this class)                      tail, of 32-bit words
//      ┌────┬───────┬──────┬───────┬──────┬─ … ─┬──────────────┬─────────────────┬──────────────┬────────────────┐
//      │ op │ dtype │ ndim │ flags │ refs │     │ sizes × ndim │ strides × ndim  │ attributes   │ inputs         │
//      └────┴───────┴──────┴───────┴──────┴─ … ─┴──────────────┴─────────────────┴──────────────┴────────────────┘
//
// `refs` counts who needs the record: edges from other nodes, host handles, the open scope (graph.ts) and walks. `handles`
// counts host handles alone. `serial` grows with every node, so a node's inputs have smaller serials than itself. `origin`
// tells when a node is due. Of a user's op it is the op's own serial, and nodes that a transform emits inherit it; its lowest bits are a
// number that the host has given to the op's name, for errors that come when the node is computed. A backward pass goes
// through the program from its end, so its nodes have the complement of that number; those of a backward pass through them, the
// number itself again.
// `mark` and `slot` belong to the walk under way: visited in walk `mark`, at position `slot` of its order. `prev` and `next` link
// pending nodes (not computed yet); `ring` and `ringPrev` link the results of one transform call, which are computed together.
import { Buffer } from "../memory/buffer";
import { equalWords, longBytes, pointer, setPointer, setWord, word, wordBytes } from "../memory/words";

/** Depends on something that a derivative is asked for. */
export const REQUIRES_GRAD: u8 = 1;
/** In the list of pending nodes. */
export const PENDING: u8 = 2;
/** A JavaScript number as an operand: its dtype yields to that of any tensor. */
export const WEAK: u8 = 4;
/** Only the closure of func.vjp or linearize can ask for derivatives by way of it: what is computed from it does not inherit this. */
export const TRACED: u8 = 8;
/**
 * Made by the forward of a custom function, and its backward may ask for it: so backward walks go through it, but neither it nor
 * what is computed from it later requires grad.
 */
export const SHADOW: u8 = 16;
/** Made there too, and it depends on an input in a way that the graph does not show: through values that were read, or by a detach. */
export const OPAQUE: u8 = 32;

/** In the list of its buffer's viewers (viewers.ts). */
export const VIEWING: u8 = 64;
/** A root through which gradients flow, or computed from one: the derivatives of norms at 0 look for these (primitives/split.ts). */
export const ROOTED: u8 = 128;

/** Bits of `origin` below the serial. */
export const NAME_BITS: u64 = 12;
export const MOST_NAMES: i32 = 4095;

@unmanaged
export class Node {
  op: u8;
  dtype: i8;
  ndim: i8;
  flags: u8;
  refs: u32;
  serial: u64;
  origin: u64;
  /** Full: the value; Pad: the fill value. */
  value: f64;
  handles: u32;
  numel: i32;
  attributeCount: u32;
  inputCount: u32;
  buffer: Buffer | null;
  /** Position of the first element in the buffer, in elements. */
  offset: i32;
  mark: u32;
  slot: i32;
  prev: Node | null;
  next: Node | null;
  ring: Node | null;
  ringPrev: Node | null;
  bytes: u32;
  chunk: usize;

  @inline get dims(): usize {
    return changetype<usize>(this) + offsetof<Node>();
  }
  @inline get strides(): usize {
    return this.dims + wordBytes(this.ndim);
  }
  @inline get attributes(): usize {
    return this.dims + longBytes(this.ndim);
  }
  @inline get inputs(): usize {
    return this.attributes + wordBytes(this.attributeCount);
  }
  @inline dim(i: i32): i32 {
    return word(this.dims, i);
  }
  @inline setDim(i: i32, size: i32): void {
    setWord(this.dims, i, size);
  }
  @inline stride(i: i32): i32 {
    return word(this.strides, i);
  }
  @inline setStride(i: i32, stride: i32): void {
    setWord(this.strides, i, stride);
  }
  @inline attribute(i: i32): i32 {
    return word(this.attributes, i);
  }
  @inline setAttribute(i: i32, value: i32): void {
    setWord(this.attributes, i, value);
  }
  @inline input(i: i32): Node {
    return changetype<Node>(pointer(this.inputs, i));
  }
  @inline setInput(i: i32, input: Node): void {
    setPointer(this.inputs, i, changetype<usize>(input));
  }
  /** Whether a backward walk may go through it. */
  @inline get isDifferentiable(): bool {
    return (this.flags & (REQUIRES_GRAD | TRACED | SHADOW)) != 0;
  }
  /** Whether what is computed from it now is differentiable, where derivatives are recorded. */
  @inline get isRecorded(): bool {
    return (this.flags & (REQUIRES_GRAD | SHADOW)) != 0;
  }
  @inline get requiresGrad(): bool {
    return (this.flags & REQUIRES_GRAD) != 0;
  }
  @inline get isWeak(): bool {
    return (this.flags & WEAK) != 0;
  }
  /** The serial of the user's op that it derives from. */
  @inline get userSerial(): u64 {
    return min(this.origin, ~this.origin) >> NAME_BITS;
  }
  /** The host's number of that op's name. */
  @inline get name(): i32 {
    return (<i32>min(this.origin, ~this.origin)) & MOST_NAMES;
  }
  /** Bytes of its values, if none is shared or repeated. */
  @inline get valueBytes(): f64 {
    return <f64>this.numel * <f64>sizeOf(this.dtype);
  }
  @inline get isComputed(): bool {
    return this.buffer != null;
  }
  /** Address of the first element; the node must be computed. */
  @inline get data(): usize {
    return changetype<Buffer>(this.buffer).data + this.offset * sizeOf(this.dtype);
  }
}

/** Bytes of one element. */
@inline
export function sizeOf(dtype: i32): i32 {
  // bool 1, int32 4, float32 4, float64 8
  return (0x8441 >> (dtype << 2)) & 15;
}
/** Whether the elements lie row-major without gaps. */
export function isContiguous(n: Node): bool {
  let expected = 1;
  for (let i = <i32>n.ndim - 1; i >= 0; i--) {
    const size = n.dim(i);
    if (size != 1 && n.stride(i) != expected) return n.numel == 0;
    expected *= size;
  }
  return true;
}
/** Fills in row-major strides. */
export function setContiguousStrides(n: Node): void {
  let stride = 1;
  for (let i = <i32>n.ndim - 1; i >= 0; i--) {
    n.setStride(i, stride);
    stride *= max(n.dim(i), 1);
  }
}
export function sameShape(a: Node, b: Node): bool {
  return a.ndim == b.ndim && equalWords(a.dims, b.dims, a.ndim);
}
/** Entry i of a list of node addresses; 0 is none. */
@inline
export function nodeOf(list: usize, i: i32): Node {
  return changetype<Node>(pointer(list, i));
}

/** How a node travels to the host and back: its address divided by 16. */
@inline
export function idOf(n: Node): i32 {
  return <i32>(changetype<usize>(n) >> 4);
}
@inline
export function nodeFrom(id: i32): Node {
  return changetype<Node>((<usize>id) << 4);
}
