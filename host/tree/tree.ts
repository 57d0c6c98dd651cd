// The functions of pf.tree.
import { ArgumentError, refuseForeign, typeName } from "../errors";
import { checkFunction } from "../options";
import type { Tensor } from "../tensor/tensor";
import { flatten, flattenLike, Structure, unflatten as rebuild } from "../tensor/containers";
import type { MappedTree } from "../func/types";

/** The container T with what f gives, R, in the place of each Tensor: T itself where that is what it holds already. */
type Mapped<T, R> = R extends Tensor ? (T extends MappedTree<T, R> ? T : MappedTree<T, R>) : MappedTree<T, R>;

/**
 * The tensors of a container, in its order (that of an object's keys). One that is in it twice comes twice.
 *
 * @param tree a Tensor, nested arrays, plain objects, instances of classes (own enumerable properties); what holds no tensor is
 *   passed over
 * @throws ArgumentError for a Map or Set with tensors, and for a cyclic container of tensors
 * @example
 * pf.tree.leaves({ w, layers: [a, b], rate: 0.1 }); // [w, a, b]
 */
export const leaves = (tree: unknown): Tensor[] => flatten("tree.leaves", tree).tensors;

/**
 * What a container is apart from its tensors: their places, and all that is no tensor. `unflatten` makes a container of it.
 * @throws as leaves
 */
export const structure = (tree: unknown): Structure => flatten("tree.structure", tree).structure;

/**
 * The container with the given leaves, tensors or anything else, in the order of `leaves`. Instances keep their class; arrays,
 * objects and instances that hold tensors are made anew, everything else is that of the container whose structure this is.
 *
 * @param structure what `structure` gave (jax's order; torch's, the leaves first, will do)
 * @throws ArgumentError when there are more or fewer leaves than the structure has
 * @example
 * pf.tree.unflatten(pf.tree.structure(params), pf.tree.leaves(params).map((t) => t.neg()));
 */
export function unflatten(structure: Structure, leaves: readonly unknown[]): unknown;
export function unflatten(leaves: readonly unknown[], structure: Structure): unknown;
export function unflatten(...args: readonly unknown[]): unknown {
  const [structure, leaves] = args[0] instanceof Structure ? args : [args[1], args[0]];
  if (!(structure instanceof Structure)) {
    throw new ArgumentError(
      `tree.unflatten: expected what tree.structure gives, and an array of leaves, but got ${args.map(typeName).join(", ")}.`,
    );
  }
  if (!Array.isArray(leaves) || leaves.length !== structure.leafCount) {
    const got = Array.isArray(leaves) ? `${leaves.length}` : typeName(leaves);
    throw new ArgumentError(`tree.unflatten: expected an array of ${structure.leafCount} leaves but got ${got}.`);
  }
  return replant("tree.unflatten", structure, leaves);
}

/** The container with leaves of any kind but for tensors of another copy. */
function replant(name: string, structure: Structure, leaves: readonly unknown[]): unknown {
  for (const leaf of leaves) refuseForeign(name, leaf, "a leaf");
  return rebuild(structure, leaves);
}

/**
 * The container with f's result in the place of each tensor. With further containers, whose tensors stand in the same places,
 * f gets the tensors at a place together. What is no tensor is that of the first.
 *
 * @throws ArgumentError for containers of different structures, and as leaves; whatever f throws
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.tree.map.html
 * @example
 * pf.tree.map((w, g) => w.sub(g.mul(0.1)), params, gradients);
 */
export function map<T, R>(
  f: (leaf: Tensor, ...others: Tensor[]) => R,
  tree: T,
  ...trees: readonly unknown[]
): Mapped<T, R>;
export function map(f: (...leaves: Tensor[]) => unknown, tree: unknown, ...trees: readonly unknown[]): unknown {
  checkFunction("tree.map", f, "f");
  const { structure, tensors } = flatten("tree.map", tree);
  const others = trees.map((other, i) => {
    const like = flattenLike("tree.map", structure, other);
    if (like !== null) return like;
    throw new ArgumentError(
      `tree.map: tree ${i + 1} should have its tensors in the same places as the first one, tree 0.`,
    );
  });
  return replant(
    "tree.map",
    structure,
    tensors.map((tensor, k) => f(tensor, ...others.map((other) => other[k]!))),
  );
}
