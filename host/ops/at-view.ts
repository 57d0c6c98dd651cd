// The part of a tensor that the numbers, slices and null among entries make a view of, how it is read and how it is put back.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { formatShape as format } from "../errors";
import { argumentError, shapeError } from "./define";
import { type Entry, sliceOf, WHOLE } from "./at-entries";
import { type Ints, product, range } from "./support";

/** The part of x that numbers, slices and null select, and what is still to be done along its dims. */
export interface View {
  readonly x: Node;
  /** Per dim of x. */
  readonly starts: Ints;
  readonly lengths: Ints;
  readonly steps: Ints;
  readonly reversed: Ints;
  /** Without the dims that numbers drop, with new ones. */
  readonly shape: Ints;
  /** Index tensors and masks by the dim of the view that they begin at, with the place of their entry. */
  readonly advanced: readonly Advanced[];
}
interface Advanced {
  readonly node: Node;
  /** Of the view, and of x. */
  readonly dim: number;
  readonly source: number;
  readonly position: number;
  readonly isMask: boolean;
}

const dimsOf = (entry: Entry): number =>
  entry.kind === "rest" || entry.kind === "new" ? 0 : entry.kind === "mask" ? p.ndim(entry.node) : 1;

export function viewOf(x: Node, entries: readonly Entry[]): View {
  const sizes = p.shape(x);
  const named = entries.reduce((count, entry) => count + dimsOf(entry), 0);
  if (named > sizes.length)
    throw argumentError(`too many indices: ${named} for an input of ${sizes.length} dims, ${format(sizes)}.`);
  if (entries.filter(({ kind }) => kind === "rest").length > 1)
    throw argumentError('"..." should appear once at most.');
  const rest = range(named, sizes.length).map(() => WHOLE);
  const at = entries.findIndex(({ kind }) => kind === "rest");
  const starts = sizes.map(() => 0);
  const [lengths, steps] = [[...sizes], sizes.map(() => 1)];
  const reversed: number[] = [];
  const shape: number[] = [];
  const advanced: Advanced[] = [];
  let dim = 0;
  const note = (node: Node, position: number, isMask: boolean) =>
    advanced.push({ node, dim: shape.length, source: dim, position, isMask });
  const take = (entry: Entry, position: number): void => {
    switch (entry.kind) {
      case "rest":
        rest.forEach(() => take(WHOLE, position));
        break;
      case "new":
        shape.push(1);
        break;
      case "select": {
        const size = sizes[dim]!;
        const { index } = entry;
        if (index < -size || index >= size)
          throw argumentError(
            `entry ${position}: index ${index} is out of bounds for dimension ${dim} with size ${size}: it should be in ${-size} … ${size - 1}.`,
          );
        starts[dim] = index < 0 ? index + size : index;
        lengths[dim++] = 1;
        break;
      }
      case "slice": {
        const { first, length, isReversed } = sliceOf(entry, sizes[dim]!);
        if (isReversed) reversed.push(dim);
        starts[dim] = first;
        steps[dim] = Math.min(Math.abs(entry.step), 2 ** 31 - 1);
        shape.push((lengths[dim++] = length));
        break;
      }
      case "mask": {
        const own = p.shape(entry.node);
        if (own.some((n, i) => n !== sizes[dim + i]))
          throw shapeError(
            `a mask ${format(own)} doesn't fit input ${format(sizes)} from dim ${dim} on (entry ${position}).`,
          );
        if (own.length === 0) {
          // A new dim, which it keeps or empties.
          note(p.reshape(entry.node, [1]), position, true);
          shape.push(1);
          break;
        }
        note(entry.node, position, true);
        shape.push(...own);
        dim += own.length;
        break;
      }
      case "index":
        note(entry.node, position, false);
        shape.push(sizes[dim++]!);
    }
  };
  entries.forEach(take);
  if (at < 0) rest.forEach(() => take(WHOLE, 0));
  return { x, starts, lengths, steps, reversed, shape, advanced };
}

const isWhole = ({ x, lengths, reversed }: View): boolean =>
  reversed.length === 0 && p.shape(x).every((n, dim) => n === lengths[dim]);

export function read(view: View): Node {
  const part = p.slice(view.x, view.starts, view.lengths, view.steps);
  return p.reshape(view.reversed.length > 0 ? p.flip(part, view.reversed) : part, view.shape);
}

/** How the elements of the view lie in x: so many before, after and between, per dim. */
function gaps({ x, starts, lengths, steps }: View): [before: number[], after: number[], between: number[]] {
  const used = lengths.map((n, dim) => (n - 1) * steps[dim]! + 1);
  return [[...starts], p.shape(x).map((n, dim) => n - starts[dim]! - used[dim]!), lengths.map((n, dim) => (n > 1 ? steps[dim]! - 1 : 0))]; // prettier-ignore
}
/** part: of the view's shape, where it lies in x, zeros elsewhere. */
export function spreadOut(view: View, part: Node): Node {
  const ordered = p.reshape(part, view.lengths);
  return p.pad(view.reversed.length > 0 ? p.flip(ordered, view.reversed) : ordered, ...gaps(view));
}
/** x with part: of the view's shape, in the view's place. */
export function putBack(view: View, part: Node): Node {
  if (product(view.shape) === 0) return p.alias(view.x);
  if (isWhole(view)) return p.reshape(part, p.shape(view.x));
  // Along dims that are taken whole one mark serves all.
  const sizes = p.shape(view.x);
  const marks = p.full(view.lengths.map((n, dim) => (n === sizes[dim] ? 1 : n)), 1, DType.Bool); // prettier-ignore
  return p.where(p.pad(marks, ...gaps(view)), spreadOut(view, part), view.x);
}
