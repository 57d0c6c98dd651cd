// What the search for d meets on its way, done once more to what it finds.
import { Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { cast, neg, zerosLike } from "../elementwise/emit";
import { buildGather, buildScatterAdd } from "../gather";
import { buildPad } from "../pad";
import { buildReduce } from "../reduce";
import { buildFlip, buildPermute, buildSlice, expandLike, reshapeLike } from "../views";
import { crossedAt, isReshape, isZero } from "./root";

const spec: usize = memory.data(3 * 32 * 4);

/** What x does to its operand, done to t of that operand's shape. */
export function redone(t: Node, x: Node): Node {
  if (isZero(t)) return zerosLike(x);
  if (isReshape(x)) return reshapeLike(t, x);
  switch (<Op>x.op) {
    case Op.Neg:
      return neg(t);
    case Op.Cast:
      return cast(t, x.dtype);
    case Op.Sum:
      return buildReduce(Op.Sum, t, x.attribute(0), x.attribute(1) != 0);
    case Op.Permute:
      return buildPermute(t, x.ndim, x.attributes);
    case Op.Flip:
      return buildFlip(t, x.attribute(0));
    case Op.Pad:
      return buildPad(t, x.ndim, x.attributes, 0);
    case Op.Expand:
      return expandLike(t, x);
    case Op.Gather:
      return buildGather(t, x.attribute(0), x.input(1));
    case Op.ScatterAdd:
      return buildScatterAdd(zerosLike(x), x.attribute(0), x.input(1), t);
  }
  const bytes = (<usize>x.ndim) << 2; // Slice
  memory.copy(spec, x.attributes, bytes);
  memory.copy(spec + bytes, x.dims, bytes);
  memory.copy(spec + 2 * bytes, x.attributes + bytes, bytes);
  return buildSlice(t, x.ndim, spec);
}

/** The same for an x that `before` has gone through; of a concat that is for the operand which the crossed slice takes out. */
export function restored(t: Node, x: Node, level: i32): Node {
  if (x.op != Op.Concat || isZero(t)) return redone(t, x);
  const ndim = <i32>x.ndim,
    axis = x.attribute(0);
  memory.fill(spec, 0, (<usize>(3 * ndim)) << 2);
  const start = crossedAt(level - 1).attribute(axis);
  store<i32>(spec + ((<usize>axis) << 2), start);
  store<i32>(spec + ((<usize>(axis + ndim)) << 2), x.dim(axis) - start - t.dim(axis));
  return buildPad(t, ndim, spec, 0);
}
