// What a primitive knows: its derivative, its batching rule, and how to compute it. Its shape and dtype rule is the `build…` function
// in the same file. What is asked about it without a node stands in its declaration, `@primitive({ … })` above the class, from which
// scripts/declare.mjs makes its opcode, its traits, and the file that registers all (generated/primitives.ts).
import { Op } from "../abi/opcodes";
import { OPS } from "../generated/opcodes";
import { Node } from "../graph/node";

export abstract class Primitive {
  /**
   * The cotangent of input k for the cotangent g of n, as nodes: so that it can be differentiated again. It must be linear
   * in g and mention no other value that depends on g. Null: no gradient flows to that input.
   */
  abstract vjp(n: Node, k: i32, g: Node): Node | null;
  /**
   * n over a batch: built from the counterparts of its inputs (batching.ts), with the batch as its first dimension. Asked
   * only where some input is batched.
   */
  abstract batch(n: Node): Node;
  /** Computes n (its inputs are computed). False: it failed, the facts are noted. */
  abstract evaluate(n: Node): bool;
  /** Floating-point operations; a multiply-add counts two. */
  flops(n: Node): f64 {
    return 0;
  }
}
/** Without operands: there is nothing to differentiate by, and nothing that could be batched. */
export abstract class Source extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
  batch(n: Node): Node {
    return n;
  }
}

const table = new StaticArray<Primitive | null>(OPS);

export function register(op: Op, primitive: Primitive): void {
  unchecked((table[op] = primitive));
}
@inline
export function primitiveOf(op: i32): Primitive {
  return changetype<Primitive>(unchecked(table[op]));
}
