// What a primitive knows: its derivative and how to compute it. Its shape and dtype rule is the `build…` function in the
// same file. One object per `Op`, registered by the family files.
import { Op } from "../abi/opcodes";
import { Node } from "../graph/node";

/** How the evaluation treats a primitive (runtime/plan.ts). */
export enum Kind {
  /** Has its values from the start. */
  Source,
  /** An instruction of a fused block program. */
  Elementwise,
  /** The operand's buffer under other strides. */
  View,
  /** A kernel of its own. */
  Kernel,
}

/** Of which values the rule for the derivative of a primitive makes use. */
export enum Reads {
  None,
  /** Of each differentiable operand, if another operand is differentiable as well. */
  Others,
  /** Of operands and of its own. */
  All,
}

export abstract class Primitive {
  constructor(public kind: Kind) {}

  /**
   * The cotangent of input k for the cotangent g of n, as nodes: so that it can be differentiated again. It must be linear
   * in g and mention no other value that depends on g. Null: no gradient flows to that input.
   */
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
  /** Operands that aren't differentiable are always taken to be read. */
  reads(): Reads {
    return Reads.All;
  }
  /**
   * n over a batch: built from the counterparts of its inputs (batching.ts), with the batch as its first dimension. Asked
   * only where some input is batched, so never of a source.
   */
  batch(n: Node): Node {
    return n;
  }
  /** Computes n (its inputs are computed). False: it failed, the facts are noted. Elementwise ones run in programs. */
  evaluate(n: Node): bool {
    return false;
  }
  /** Floating-point operations; a multiply-add counts two. */
  flops(n: Node): f64 {
    return 0;
  }
}

const OPS: i32 = 128;
const table = new StaticArray<Primitive | null>(OPS);

export function register(op: Op, primitive: Primitive): void {
  unchecked((table[op] = primitive));
}
@inline
export function primitiveOf(op: i32): Primitive {
  return changetype<Primitive>(unchecked(table[op]));
}
