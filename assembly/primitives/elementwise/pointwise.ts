// What all elementwise primitives share.
import { Node } from "../../graph/node";
import { Kind, Primitive } from "../primitive";
import { batchedPointwise } from "./emit";

export abstract class Pointwise extends Primitive {
  /** cost: floating-point operations an element */
  constructor(public cost: f64) {
    super(Kind.Elementwise);
  }
  batch(n: Node): Node {
    return batchedPointwise(n);
  }
  flops(n: Node): f64 {
    return this.cost * <f64>n.numel;
  }
}
