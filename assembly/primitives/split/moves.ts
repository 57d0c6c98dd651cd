// What the search for d meets on its way, done once more to what it finds.
import { DType, Op } from "../../abi/opcodes";
import { append, seal } from "../../graph/graph";
import { Node } from "../../graph/node";
import { copyWords } from "../../memory/words";
import { zerosLike } from "../elementwise/emit";
import { buildGather } from "../gather";
import { primitiveOf } from "../primitive";
import { fullLike, isConstant } from "../source";
import { isZero, Place } from "./root";

/** A node like x, to be sealed once its operands are exchanged. */
export function likeness(x: Node): Node {
  const n = append(<Op>x.op, <DType>x.dtype, x.ndim, x.attributeCount, x.inputCount);
  n.value = x.value;
  copyWords(n.dims, x.dims, x.ndim);
  copyWords(n.attributes, x.attributes, x.attributeCount + x.inputCount); // the inputs follow
  return n;
}
/** x of t instead of its operand k, of the same shape. */
export function replaced(x: Node, k: i32, t: Node): Node {
  const n = likeness(x);
  n.setInput(k, t);
  return seal(n);
}
/** The same for what x moves or negates: zeros stay zeros. */
export function redone(t: Node, x: Node, k: i32): Node {
  return isZero(t) ? zerosLike(x) : replaced(x, k, t);
}
/**
 * The same for an x that `before` has gone through from `place`. Only where a crossed slice looks the result counts; of a concat
 * it takes out one operand, and sorted values are gathered at their positions.
 */
export function restored(t: Node, x: Node, place: Place | null): Node {
  if (isConstant(t)) return fullLike(x, t.value);
  if (x.op == Op.Output) return buildGather(t, place!.move.attribute(0), place!.move.input(1));
  return x.op == Op.Concat ? primitiveOf(Op.Slice).vjp(place!.move, 0, t)! : replaced(x, 0, t);
}
