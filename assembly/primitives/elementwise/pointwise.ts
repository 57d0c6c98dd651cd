// What all elementwise primitives share.
import { Node } from "../../graph/node";
import { Primitive } from "../primitive";
import { batchedPointwise } from "./emit";

export abstract class Pointwise extends Primitive {
  /** cost: floating-point operations an element */
  constructor(public cost: f64) {
    super();
  }
  batch(n: Node): Node {
    return batchedPointwise(n);
  }
  // Programs run these (runtime/lowering/units.ts).
  evaluate(n: Node): bool {
    unreachable();
    return false;
  }
  flops(n: Node): f64 {
    return this.cost * <f64>n.numel;
  }
}
/** Of bools, integers and bits, which have no derivative. */
export abstract class Predicative extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
}
