// Scans in the plainest JavaScript: one loop.
import { DType } from "../../assembly/abi/opcodes";
import { flatIndex, positions } from "../primitives/reference";
import type { GraphNode } from "./graph";
import type { Expected, Values } from "./reference";

const get = (x: Values, position: readonly number[]): number => x.data[flatIndex(position, x.shape)];

type Running = readonly [value: number, scale: number];
/** What elements come to along a dim, one after the other: `step` gets that and the element, with a coefficient of a linear recurrence. */
function scanned(
  n: GraphNode,
  [x, a]: readonly Values[],
  [axis, isBackwards]: readonly number[],
  step: (before: Running | null, element: number, factor: number, at: number) => Running,
): Expected {
  const [data, scale]: [number[], number[]] = [[], []];
  const size = x.shape[axis];
  for (const position of positions(x.shape.map((count, d) => (d === axis ? Math.min(count, 1) : count)))) {
    let running: Running | null = null;
    for (let k = 0; k < size; k++) {
      const at = isBackwards ? size - 1 - k : k;
      const place = position.map((i, d) => (d === axis ? at : i));
      const beside = place.map((i, d) => (d === axis && isBackwards ? i + 1 : i));
      running = step(running, get(x, place), a && k > 0 ? get(a, beside) : 0, at);
      const to = flatIndex(place, n.shape);
      [data[to], scale[to]] = running;
    }
  }
  return { data, scale, slack: 8 };
}
const logOfSum = (a: number, b: number): number =>
  a === b && !Number.isFinite(a) ? a : Math.max(a, b) + Math.log1p(Math.exp(Math.min(a, b) - Math.max(a, b)));
export const scanRules: Record<string, (n: GraphNode, inputs: readonly Values[]) => Expected> = {
  Cumsum: (n, inputs) =>
    scanned(n, inputs, n.attributes, (before, x) =>
      before
        ? [n.dtype === DType.Int32 ? (before[0] + x) | 0 : before[0] + x, before[1] + Math.abs(x)]
        : [x, Math.abs(x)],
    ),
  Cumprod: (n, inputs) =>
    scanned(n, inputs, n.attributes, (before, x) => {
      if (!before) return [x, Math.abs(x)];
      const product = n.dtype === DType.Int32 ? Math.imul(before[0], x) : before[0] * x;
      return [product, Math.abs(product) * 4];
    }),
  LinearScan: (n, inputs) =>
    scanned(n, inputs, n.attributes, (before, x, a) =>
      before ? [a * before[0] + x, Math.abs(a) * before[1] + Math.abs(x)] : [x, Math.abs(x)],
    ),
  Logcumsumexp: (n, inputs) =>
    scanned(n, inputs, n.attributes, (before, x) => {
      const value = before ? logOfSum(before[0], x) : x;
      return [value, Math.max(Math.abs(value), Number.isFinite(value) ? 1 : 0)];
    }),
};
/** The extremes so far with their positions: attributes are the dim, and whether they are the smallest. */
function extremesSoFar(n: GraphNode, inputs: readonly Values[], [axis, isSmallest]: readonly number[]): Expected {
  const { data, scale } = scanned(n, inputs, [axis], (before, x, _, at) =>
    !before || Number.isNaN(x) || (isSmallest ? x <= before[0] : x >= before[0]) ? [x, at] : before,
  );
  return { data: n.attributes[0] ? scale! : data, slack: 0 };
}
export const scanResults: Record<string, (n: GraphNode, inputs: readonly Values[], call: GraphNode) => Expected> = {
  CumulativeExtreme: (n, inputs, call) => extremesSoFar(n, inputs, call.attributes.slice(1 + call.attributes[0])),
};
