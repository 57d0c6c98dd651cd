// ravel of a container: all its tensors as one vector, and the way back.
import { cast, concat, dtype, type Node, numel, reshape, resultType, slice } from "../core/prim";
import { shapeOf } from "../core/memory";
import { dtypeName } from "../core/dtype";
import { withinOp } from "../core/op-scope";
import { ArgumentError, DTypeError, formatShape, ShapeError, typeName } from "../errors";
import { ravel as ravelTensor } from "../generated/ops";
import { isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { flatten, unflatten } from "../tensor/containers";

/**
 * The tensors of a container as one 1-dim tensor, and the function that makes such a container of a 1-dim tensor. Both are
 * differentiable and work within vmap and compile.
 *
 * @param tree a Tensor, nested arrays, plain objects, instances of classes
 * @returns [flat, unravel]; flat has the common dtype of the tensors. Where these have the same one, unravel gives tensors of the
 *   dtype that it gets; where they have not, it takes flat's dtype alone and gives each tensor its own again
 * @throws ArgumentError when there is no tensor; ShapeError, DTypeError for what unravel can't take
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.flatten_util.ravel_pytree.html
 * @example
 * const [flat, unravel] = pf.tree.ravel({ w: pf.ones([2, 3]), b: pf.zeros([3]) }); // flat: [9]
 * const step = unravel(flat.mul(0.5)); // { w: [2, 3], b: [3] }
 */
export function ravelTree<T>(tree: T): [flat: Tensor, unravel: (flat: Tensor) => T] {
  const { structure, tensors } = flatten("ravel", tree);
  if (tensors.length === 0) {
    throw new ArgumentError(
      `ravel: expected a Tensor, or some in arrays, plain objects and instances of classes, but there is none in the ` +
        `${typeName(tree)} given.`,
    );
  }
  return withinOp("ravel", () => {
    const nodes = tensors.map(nodeOf);
    const shapes = nodes.map(shapeOf);
    const dtypes = nodes.map(dtype);
    const rows = nodes.map((node) => reshape(node, [numel(node)]));
    // Rows, since 0-dim tensors count less in a promotion.
    const common = rows
      .slice(1)
      .reduce((type, row, i) => (type === dtypes[i + 1] ? type : resultType(cast(rows[0]!, type), row)), dtypes[0]!);
    const flat = concat(
      rows.map((row) => cast(row, common)),
      0,
    );
    const total = numel(flat);
    const isMixed = dtypes.some((type) => type !== common);
    const unravel = (given: Tensor): T =>
      withinOp("unravel", () => {
        if (!isTensor(given)) throw new ArgumentError(`unravel: expected a Tensor but got ${typeName(given)}.`);
        const node = nodeOf(given);
        const shape = formatShape(shapeOf(node));
        if (shape !== `[${total}]`)
          throw new ShapeError(`unravel: expected a tensor of shape [${total}] but got ${shape}.`);
        if (isMixed && dtype(node) !== common) {
          throw new DTypeError(
            `unravel: expected a tensor of dtype ${dtypeName(common)}, to which the container's dtypes were promoted, but got ` +
              `${dtypeName(dtype(node))}.`,
          );
        }
        let start = 0;
        const leaves = shapes.map((shape, i) => {
          const count = shape.reduce((a, b) => a * b, 1);
          const part: Node = reshape(slice(node, [start], [count], [1]), shape);
          start += count;
          return wrapNode(isMixed ? cast(part, dtypes[i]!) : part);
        });
        return unflatten(structure, leaves) as T;
      });
    return [wrapNode(flat), unravel];
  });
}

/**
 * Of a Tensor: all its elements as one dim, torch's ravel. Of a container of Tensors: [flat, unravel], as tree.ravel.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.ravel.html
 */
export function ravel(input: Tensor): Tensor;
export function ravel<T extends object>(tree: T): [flat: Tensor, unravel: (flat: Tensor) => T];
export function ravel(...args: unknown[]): unknown {
  const [tree] = args;
  return args.length === 1 && typeof tree === "object" && tree !== null && !isTensor(tree)
    ? ravelTree(tree)
    : (ravelTensor as (...args: unknown[]) => Tensor)(...args);
}
