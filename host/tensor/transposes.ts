// x.T, x.mT and x.mH.
import { shapeOf } from "../core/memory";
import { withinOp } from "../core/op-scope";
import { permute } from "../core/prim";
import { formatShape, ShapeError } from "../errors";
import { isTensor, nodeOf, type Tensor, wrapNode } from "./tensor";

const permuted = (tensor: Tensor, name: string, order: (dims: number[]) => number[]): Tensor =>
  withinOp(name, () => {
    const node = nodeOf(tensor);
    return wrapNode(permute(node, order(Array.from(shapeOf(node).keys()))));
  });
const swapLastDims = (tensor: Tensor, name: string): Tensor =>
  permuted(tensor, name, (dims) => {
    const [row, column] = [dims.length - 2, dims.length - 1];
    if (row >= 0) return [...dims.slice(0, row), column, row];
    throw new ShapeError(`${name}: expected a Tensor with at least 2 dims but got shape ${formatShape(tensor.shape)}.`);
  });
const transposes = new Map<PropertyKey, (tensor: Tensor) => Tensor>([
  ["T", (tensor) => permuted(tensor, "T", (dims) => dims.reverse())],
  ["mT", (tensor) => swapLastDims(tensor, "mT")],
  ["mH", (tensor) => swapLastDims(tensor, "mH")],
]);
/**
 * Gives Tensors T, mT and mH. They are not properties of the prototype: they are answered by a proxy above it. jest shows how objects
 * differ by copying them with all getters of their prototypes, and the copy of x would hold a copy of x.T, that one of x.T.T, and so on.
 */
export function installTransposes(prototype: object): void {
  Object.setPrototypeOf(
    prototype,
    new Proxy(Object.create(Object.prototype) as object, {
      get: (target, key, receiver): unknown =>
        (isTensor(receiver) && transposes.get(key)?.(receiver)) || Reflect.get(target, key, receiver),
      has: (target, key) => transposes.has(key) || Reflect.has(target, key),
    }),
  );
}
