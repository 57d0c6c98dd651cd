// The Fourier transforms as sums. A NaN or an infinity in a row says nothing about the row's transform.
import { flatIndex, positions } from "../primitives/reference";
import type { Expected, Values } from "./reference";
import type { GraphNode } from "./graph";

type Sum = (k: number, re: readonly number[], im: readonly number[], turn: (j: number) => [number, number]) => number;

/** Element k of each row along `axis` of n by `sum`, of a signal of `length` elements. */
function transformed(
  n: GraphNode,
  inputs: readonly Values[],
  axis: number,
  length: number,
  [isInverse, norm]: readonly number[],
  sum: Sum,
): Expected {
  const factor = norm === 1 ? 1 / length : norm === 2 ? 1 / Math.sqrt(length) : 1;
  const data: number[] = [];
  const scale: number[] = [];
  for (const position of positions(n.shape)) {
    const [re, im] = [0, 1].map((part) => {
      const x = inputs[part];
      const size = inputs[0].shape[axis]!;
      return Array.from({ length: size }, (_, j) => (x ? x.data[flatIndex(position.map((at, d) => (d === axis ? j : at)), x.shape)]! : 0)); // prettier-ignore
    }) as [number[], number[]];
    const k = position[axis]!;
    const turn = (j: number): [number, number] => {
      const angle = (2 * Math.PI * ((j * k) % length)) / length;
      return [Math.cos(angle), (isInverse ? 1 : -1) * Math.sin(angle)];
    };
    const size = [...re, ...im].reduce((all, x) => all + Math.abs(x), 0) * factor * 2;
    scale.push(Number.isFinite(size) ? size : Infinity);
    data.push(factor * sum(k, re, im, turn));
  }
  return { data, scale, slack: 50 };
}
const own = ({ attributes }: GraphNode): readonly number[] => attributes.slice(1 + attributes[0]!);
const add = (re: readonly number[], f: (x: number, j: number) => number): number =>
  re.reduce((all, x, j) => all + f(x, j), 0);
/** What coefficient k of 0 … n/2 counts: those between stand for two. */
const counts = (k: number, n: number, between: number): number => (k === 0 || 2 * k === n ? 1 : between);

export const fftResults: Record<string, (n: GraphNode, inputs: readonly Values[], call: GraphNode) => Expected> = {
  Fft(n, inputs, call) {
    const [axis, ...kind] = own(call) as [number, ...number[]];
    const isImaginary = n.attributes[0] === 1;
    return transformed(n, inputs, axis, n.shape[axis]!, kind, (_, re, im, turn) =>
      add(re, (x, j) => { const [c, s] = turn(j); return isImaginary ? x * s + im[j]! * c : x * c - im[j]! * s; })); // prettier-ignore
  },
  RealFft(n, inputs, call) {
    const [isInverse, norm, isFolded] = own(call) as [number, number, number];
    const [axis, length] = [n.shape.length - 1, inputs[0]!.shape.at(-1)!];
    const isImaginary = n.attributes[0] === 1;
    return transformed(n, inputs, axis, length, [isInverse, norm], (k, re, _, turn) =>
      counts(k, length, isFolded ? 2 : 1) * add(re, (x, j) => x * turn(j)[isImaginary ? 1 : 0])); // prettier-ignore
  },
  HermitianFft(n, inputs, call) {
    const [isInverse, norm, isFolded] = own(call) as [number, number, number];
    const [axis, length] = [n.shape.length - 1, n.shape.at(-1)!];
    return transformed(n, inputs, axis, length, [isInverse, norm], (_, re, im, turn) =>
      add(re, (x, j) => { const [c, s] = turn(j); return counts(j, length, isFolded ? 1 : 2) * (x * c - (counts(j, length, 0) ? 0 : im[j]! * s)); })); // prettier-ignore
  },
};
