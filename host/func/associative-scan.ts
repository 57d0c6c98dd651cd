// pf.func.associativeScan: a composition, by Blelloch's scheme as jax has it (jax.lax.associative_scan): neighbours are combined in
// pairs, the pairs are scanned in turn, and what lies between comes from the pair before. That is less than 2n combinations in 2·log₂ n
// steps, each of which is one call of f over a batch.
import { withinOp } from "../core/op-scope";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { ArgumentError, DTypeError, formatShape, ShapeError } from "../errors";
import { movedim } from "../ops/shape";
import { sliceAlong } from "../ops/support";
import { checkFunction, checkOptions } from "../options";
import { flatten, flattenLike, unflatten } from "../tensor/containers";
import { nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { tidy } from "../tensor/tidy";
import { checkHasTensors } from "./arguments";
import { vmap } from "./vmap";

const NAME = "associativeScan";

export interface AssociativeScanOptions {
  /** The dim along which the elements lie, 0 unless given. */
  dim?: number | undefined;
  /** Whether to begin with the last element. */
  reverse?: boolean | undefined;
}

/** Every second element of dim 0 from `start` on, `count` of them. */
const everySecond = (x: Node, start: number, count: number): Node => sliceAlong(x, 0, start, count, 2);
const leading = (x: Node, count: number): Node => sliceAlong(x, 0, 0, count);
/** even[0], odd[0], even[1], …; there may be one more that are even. */
function interleaved(even: Node, odd: Node): Node {
  const [pairs, ...element] = p.shape(odd) as [number, ...number[]];
  const side = (x: Node) => p.reshape(x, [pairs, 1, ...element]);
  const joined = p.reshape(p.concat([side(leading(even, pairs)), side(odd)], 1), [2 * pairs, ...element]);
  const rest = p.size(even, 0) - pairs;
  return rest === 0 ? joined : p.concat([joined, sliceAlong(even, 0, pairs, rest)], 0);
}

/**
 * The running combinations of the elements x₀, x₁, … along a dim: x₀, f(x₀, x₁), f(f(x₀, x₁), x₂), … f must be associative,
 * f(f(a, b), c) = f(a, f(b, c)): it is called about 2·log₂ n times, with many pairs at once, in another order. Differentiable to any
 * order; cumsum, cumprod and their kin are faster. With `reverse` it begins with the last element, which is f's first argument:
 * x_{n-1}, f(x_{n-1}, x_{n-2}), …, each where its last element stands.
 *
 * @param f takes two elements and gives one: tensors, alone or in containers, without the dim of the scan; as in vmap, it can't read
 *   values
 * @param xs the elements along dim: a Tensor, or a container of Tensors that agree in the size of that dim
 * @returns what xs is, of the same shapes
 * @throws ArgumentError where f gives something else than it takes; ShapeError where sizes or shapes differ; DTypeError where dtypes do
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.associative_scan.html
 * @example
 * // h_i = a_i·h_{i-1} + b_i
 * const [, h] = pf.func.associativeScan(([a, b], [c, d]) => [a.mul(c), b.mul(c).add(d)], [a, b]);
 */
export function associativeScan<T>(f: (a: T, b: T) => T, xs: T, options: AssociativeScanOptions = {}): T {
  checkFunction(NAME, f, "f");
  checkOptions(NAME, options, ["dim", "reverse"]);
  const { dim = 0, reverse = false } = options ?? {};
  const { structure, tensors } = flatten(NAME, xs);
  checkHasTensors(NAME, tensors, "xs", [xs]);
  const container = (leaves: readonly Tensor[]): T => unflatten(structure, leaves) as T;
  const leavesOf = (value: unknown): Tensor[] => {
    const leaves = flattenLike(NAME, structure, value);
    if (leaves !== null) return leaves;
    throw new ArgumentError(`${NAME}: f should return what it takes: tensors in the same structure as xs.`);
  };

  const combine = vmap((a: T, b: T): T => {
    const result = f(a, b);
    const expected = leavesOf(a);
    leavesOf(result).forEach(({ shape, dtype }, i) => {
      const taken = expected[i]!;
      if (shape.join() !== taken.shape.join())
        throw new ShapeError(
          `${NAME}: f should return what it takes: a tensor of shape ${formatShape(taken.shape)} but got ${formatShape(shape)}.`,
        );
      if (dtype !== taken.dtype)
        throw new DTypeError(
          `${NAME}: f should return what it takes: a tensor of dtype ${taken.dtype} but got ${dtype}.`,
        );
    });
    return result;
  });
  const combined = (a: Tensor[], b: Tensor[]): Tensor[] => leavesOf(combine(container(a), container(b)));
  const each = (leaves: readonly Tensor[], make: (x: Node, i: number) => Node): Tensor[] =>
    withinOp(NAME, () => leaves.map((leaf, i) => wrapNode(make(nodeOf(leaf), i))));

  const scan = (leaves: Tensor[], n: number): Tensor[] => {
    if (n < 2) return leaves;
    const half = n >> 1;
    const pairs = combined(
      each(leaves, (x) => everySecond(x, 0, half)),
      each(leaves, (x) => everySecond(x, 1, half)),
    );
    const odd = scan(pairs, half);
    const between = n - half - 1;
    const first = each(leaves, (x) => leading(x, 1));
    const even = between === 0 ? first : joined(first, between, odd, leaves);
    return each(even, (x, i) => interleaved(x, nodeOf(odd[i]!)));
  };
  /** The first element, and behind it the places 2, 4, … : what is at the place before, with the element there. */
  const joined = (first: Tensor[], count: number, odd: Tensor[], leaves: Tensor[]): Tensor[] => {
    const rest = combined(
      each(odd, (x) => leading(x, count)),
      each(leaves, (x) => everySecond(x, 2, count)),
    );
    return each(rest, (x, i) => p.concat([nodeOf(first[i]!), x], 0));
  };

  const turned = (x: Node): Node => (reverse ? p.flip(x, [0]) : x);
  return tidy(() => {
    const rows = each(tensors, (x) => turned(movedim(x, [dim], [0])));
    const n = rows[0]!.size(0);
    const other = rows.find((row) => row.size(0) !== n);
    if (other !== undefined)
      throw new ShapeError(`${NAME}: xs should have one size along dim ${dim} but have ${n} and ${other.size(0)}.`);
    return container(each(scan(rows, n), (x) => movedim(turned(p.alias(x)), [0], [dim])));
  });
}
