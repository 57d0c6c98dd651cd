// What the declarations of primitives say that others ask for, as bits; generated/traits.ts holds those of every op.

/** The two lowest bits: how an evaluation treats a primitive. */
export enum Kind {
  /** Has its values from the start. */
  Source = 0,
  /** An instruction of a fused block program. */
  Elementwise = 1,
  /** The operand's buffer under other strides. */
  View = 2,
  /** A kernel of its own. */
  Kernel = 3,
}

export enum Trait {
  /** Its derivative reads no operand and no value of its own. */
  ReadsNone = 4,
  /** Its derivative reads each differentiable operand, if another one is differentiable as well. With neither bit, all it can. */
  ReadsOthers = 8,
  /** Elementwise: the result is bool, whatever the operands are. */
  Boolean = 16,
  /** Elementwise: int32 and bool operands become the default float dtype. */
  Float = 32,
  /** Elementwise: operands become bools. */
  Logical = 64,
  /** Elementwise: bools are an error, or become int32. */
  RefusesBools = 128,
  BoolsAreInts = 256,
  /** Elementwise: cheaper to compute once more than to write and read. */
  Cheap = 512,
  /** Elementwise: a root, whose derivatives at 0 are looked for. */
  Root = 1024,
  /** A reduction that can end a block program. */
  Sink = 2048,
  /** A kernel of which equal ones are computed once. */
  Shareable = 4096,
  /** A view that its operand and its attributes describe. */
  Rearranges = 8192,
  /** A view under the operand's own strides: another identity. */
  Renames = 16384,
  /** A view of every element of its operand. */
  ShowsAll = 32768,
  /** It has several results (primitives/call.ts). */
  Call = 65536,
}
