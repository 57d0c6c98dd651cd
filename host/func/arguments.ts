// The arguments of the transforms of pf.func: which of them are differentiated by, and what belongs to each.
import { isSameShape, shapeOf } from "../core/memory";
import { withinOp } from "../core/op-scope";
import { cast, dtype, isFloat, type Node } from "../core/prim";
import { ArgumentError, describe, DTypeError, formatShape, ShapeError, typeName } from "../errors";
import { type Flat, flatten, flattenLike, unflatten } from "../tensor/containers";
import { nodeOf, type Tensor } from "../tensor/tensor";

/** Throws where there is no tensor in `values`, which `what` names. */
export function checkHasTensors(
  name: string,
  tensors: readonly Tensor[],
  what: string,
  values: readonly unknown[],
): void {
  if (tensors.length > 0) return;
  const got = Array.from(values, typeName).join(", ") || "none";
  throw new ArgumentError(
    `${name}: ${what} hold no tensors: expected Tensors, alone or in arrays, plain objects and instances of classes (in own ` +
      `enumerable properties: # fields are not seen) but got ${got}.`,
  );
}
/** Throws where there is nothing to differentiate by, or what can't be. */
export function checkDifferentiable(
  name: string,
  tensors: readonly Tensor[],
  what: string,
  values: readonly unknown[],
): void {
  checkHasTensors(name, tensors, what, values);
  withinOp(name, () => {
    for (const tensor of tensors) {
      if (isFloat(nodeOf(tensor))) continue;
      throw new DTypeError(
        `${name}: only tensors of floating dtype can be differentiated, but ${what} hold one of dtype ${tensor.dtype}.`,
      );
    }
  });
}

/** The nodes of tangents or cotangents that mirror `like`, of its dtypes. */
export function mirrored(name: string, what: string, value: unknown, like: Flat): Node[] {
  const tensors = flattenLike(name, like.structure, value);
  if (tensors === null) {
    throw new ArgumentError(`${name}: ${what} should have the same structure of tensors as what they belong to.`);
  }
  return tensors.map((tensor, i) => {
    const node = nodeOf(tensor);
    const other = nodeOf(like.tensors[i]!);
    if (!isSameShape(node, other)) {
      const [got, want] = [formatShape(shapeOf(node)), formatShape(shapeOf(other))];
      throw new ShapeError(`${name}: ${what}: expected a tensor of shape ${want} but got ${got}.`);
    }
    return cast(node, dtype(other));
  });
}

// The positions that argnums names, all different.
function positionsOf(name: string, argnums: unknown, count: number): number[] {
  const positions = (Array.isArray(argnums) ? (argnums as unknown[]) : [argnums]).map((position) => {
    const index = typeof position === "number" && position < 0 ? position + count : position;
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count) {
      throw new ArgumentError(`${name}: argnums ${describe(position)} should name one of the ${count} arguments.`);
    }
    return index as number;
  });
  if (new Set(positions).size < positions.length) {
    throw new ArgumentError(`${name}: argnums should name different arguments but got ${describe(argnums)}.`);
  }
  return positions;
}

/** What transforms with argnums work on: the chosen arguments taken apart, and how to call func with others in place. */
export function withArgnums(
  name: string,
  args: readonly unknown[],
  argnums: number | readonly number[],
): { flat: Flat; replace: (tensors: readonly Tensor[]) => unknown[] } {
  const positions = positionsOf(name, argnums, args.length);
  // One argument is a container of its own, several are an array of them.
  const isSingle = typeof argnums === "number";
  const chosen = positions.map((position) => args[position]);
  const flat = flatten(name, isSingle ? chosen[0] : chosen);
  checkDifferentiable(name, flat.tensors, "the arguments that argnums names", chosen);
  const replace = (tensors: readonly Tensor[]): unknown[] => {
    const parts: unknown = unflatten(flat.structure, tensors);
    const all = [...args];
    if (isSingle) all[positions[0]!] = parts;
    else positions.forEach((position, i) => (all[position] = (parts as unknown[])[i]));
    return all;
  };
  return { flat, replace };
}
