// x.T, x.mT and x.mH.
import { shapeOf } from "../core/memory";
import { withinOp } from "../core/op-scope";
import { neg, type Node, permute } from "../core/prim";
import { formatShape, ShapeError } from "../errors";
import { type ComplexTensor, isComplexTensor, makeComplex } from "./complex";
import { isTensor, nodeOf, type Tensor, wrapNode } from "./tensor";

type Either = Tensor | ComplexTensor;
type Order = (dims: number[], tensor: Tensor) => number[];
/** Both parts permuted; of a conjugate transpose the imaginary part changes its sign. */
function permuted(x: Either, name: string, order: Order): Either {
  const part = (tensor: Tensor, finish: (y: Node) => Node): Tensor =>
    withinOp(name, () => {
      const node = nodeOf(tensor);
      return wrapNode(finish(permute(node, order(Array.from(shapeOf(node).keys()), tensor))));
    });
  const as = (y: Node): Node => y;
  if (isTensor(x)) return part(x, as);
  return makeComplex(part(x.real, as), part(x.imag, name === "mH" ? neg : as));
}
const swapLastDims =
  (name: string): Order =>
  (dims, { shape }) => {
    const [row, column] = [dims.length - 2, dims.length - 1];
    if (row >= 0) return [...dims.slice(0, row), column, row];
    throw new ShapeError(`${name}: expected a Tensor with at least 2 dims but got shape ${formatShape(shape)}.`);
  };
const orders = new Map<PropertyKey, Order>([
  ["T", (dims) => dims.reverse()],
  ["mT", swapLastDims("mT")],
  ["mH", swapLastDims("mH")],
]);
/**
 * Gives tensors T, mT and mH. They are not properties of the prototype: they are answered by a proxy above it. jest shows how objects
 * differ by copying them with all getters of their prototypes, and the copy of x would hold a copy of x.T, that one of x.T.T, and so on.
 * Methods that the class lacks are those that `otherwise` gives.
 */
export function installTransposes(prototype: object, otherwise = (_name: PropertyKey): unknown => undefined): void {
  Object.setPrototypeOf(
    prototype,
    new Proxy(Object.create(Object.prototype) as object, {
      get(target, key, receiver): unknown {
        const order = orders.get(key);
        return order && (isTensor(receiver) || isComplexTensor(receiver))
          ? permuted(receiver, key as string, order)
          : (Reflect.get(target, key, receiver) ?? otherwise(key));
      },
      has: (target, key) => orders.has(key) || Reflect.has(target, key),
    }),
  );
}
