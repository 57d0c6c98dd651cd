// Places where a mask holds. How many there are is a shape, which takes the mask's values: under compile and vmap it is refused.
// maskedScatter alone needs no count: the running sum of the mask tells which element of the source each place gets.
import { DType, Requirement } from "../../assembly/abi/opcodes";
import { type TypedArray, dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError, OutOfMemoryError, PlaceholderError } from "../errors";
import { failure, type Implementations } from "./define";
import { asBool, requireSameDType } from "./promotion";
import { constantInts, ravel } from "./shape";
import { type Ints, padAlong } from "./support";

/** What `use` makes of x's values, on which a shape depends; `refusal` says so where compile or vmap traces them. */
export function readForShape<R>(x: Node, refusal: string, use: (values: TypedArray) => R): R {
  try {
    return p.withValues(x, use);
  } catch (error) {
    if (!(error instanceof PlaceholderError)) throw error;
    throw failure(PlaceholderError, refusal);
  }
}
/** Why an op whose result is as large as the values say is refused. */
export const dependsOnValues = (what: string): string =>
  `compile and vmap trace values before they are there, and ${what}, a shape, depends on them. Call it outside.`;

/** The places of what isn't 0, in row-major order. */
export function placesInMask(mask: ArrayLike<number>): Int32Array {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) count++;
  let places: Int32Array;
  try {
    places = new Int32Array(count);
  } catch {
    throw failure(OutOfMemoryError, `out of memory: a mask holds at ${count} places.`);
  }
  for (let i = 0, at = 0; at < count; i++) if (mask[i]) places[at++] = i;
  return places;
}
/** Row-major places in a tensor of one dim at least as a vector of indices for each dim. */
export function coordinatesOf(places: Int32Array, shape: Ints): Node[] {
  if (shape.length === 1) return [constantInts(places)];
  let stride = shape.reduce((a, b) => a * b, 1);
  return shape.map((size) => {
    const outer = stride;
    stride /= size;
    return constantInts(places.map((i) => Math.floor((i % outer) / stride)));
  });
}

const placesOf = (mask: Node, what: string): Int32Array => readForShape(mask, dependsOnValues(what), placesInMask);

/** Where x isn't 0: a vector for each dim; a number has one dim for this. */
export function nonzeroTuple(x: Node): Node[] {
  const shape = p.shape(x);
  return coordinatesOf(placesOf(asBool(x), "how many elements aren't 0"), shape.length > 0 ? shape : [1]);
}
/** The same as rows; those of a number are empty. */
function nonzero(x: Node): Node {
  const columns = nonzeroTuple(x);
  const rows = p.numel(columns[0]!);
  if (p.ndim(x) === 0) return p.full([rows, 0], 0, DType.Int32);
  return p.concat(columns.map((column) => p.reshape(column, [rows, 1])), 1); // prettier-ignore
}

function requireMask(mask: Node): Node {
  if (p.dtype(mask) === DType.Bool) return mask;
  throw failure(DTypeError, `expected a bool mask but got ${dtypeName(p.dtype(mask))}.`);
}
/** x and the mask in their common shape. */
function together(x: Node, mask: Node): [Node, Node] {
  const shape = p.broadcastShape(x, requireMask(mask));
  return [p.expand(x, shape), p.expand(mask, shape)];
}

function maskedSelect(given: Node, givenMask: Node): Node {
  const [x, mask] = together(given, givenMask);
  return p.gather(ravel(x), 0, constantInts(placesOf(mask, "how many places the mask names")));
}

/** Place k of the mask gets element k of the source. */
function maskedScatter(given: Node, givenMask: Node, source: Node): Node {
  const [x, mask] = together(given, givenMask);
  const counts = p.required(p.cumsum(ravel(mask), 0), Requirement.Count, p.numel(source));
  // Element 0 is for places that get none.
  const elements = padAlong(ravel(requireSameDType(x, source)), 0, 1, 0);
  const values = p.gather(elements, 0, p.mul(counts, p.cast(ravel(mask), DType.Int32)));
  return p.where(mask, p.reshape(values, p.shape(x)), x);
}

export const maskOps = {
  maskedSelect,
  maskedScatter,
  nonzero: [(x: Node): Node[] => nonzeroTuple(x), (x: Node): Node => nonzero(x)],
  argwhere: nonzero,
} satisfies Implementations;
