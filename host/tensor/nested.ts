// Nested arrays to a shape and elements in row-major order, and back; positions in that order to indices.
import { ArgumentError, ShapeError, typeName } from "../errors";

/** Deeper nesting than any tensor has is refused, which also ends an array that holds itself. */
const MAX_DEPTH = 64;

export type NestedArray = number | boolean | NestedArray[];
export type NestedNumbers = number | NestedNumbers[];
export type NestedBooleans = boolean | NestedBooleans[];
/** What holds the elements of a tensor of each dtype, or of one that isn't known. */
export interface NestedOf {
  float32: NestedNumbers;
  float64: NestedNumbers;
  int32: NestedNumbers;
  bool: NestedBooleans;
  [unknown: string]: NestedArray;
}
/** What a tensor is made of: a number or boolean, or nested arrays of them, which may be readonly. */
export type NestedData = number | boolean | readonly NestedData[];

export interface FlatArray {
  shape: number[];
  data: number[];
  /** Whether there are elements and all of them are true or false. */
  isBool: boolean;
}

const pathText = (path: readonly number[]): string => `data${path.map((i) => `[${i}]`).join("")}`;

/** The sizes along the first elements; the walk below holds every other one against them. */
function leadingSizes(value: unknown, name: string): number[] {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) {
    if (shape.length === MAX_DEPTH) throw new ShapeError(`${name}: data is nested deeper than ${MAX_DEPTH} arrays.`);
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}

/**
 * The shape and elements of a number, a boolean, or nested arrays of them.
 * @throws ShapeError for arrays of unequal length, ArgumentError for an element that is neither number nor boolean; both
 * name the place, as in `data[1][2]`.
 */
export function flattenNested(value: unknown, name = "tensor"): FlatArray {
  const shape = leadingSizes(value, name);
  const data: number[] = [];
  let numbers = 0;
  const path: number[] = [];

  function visit(item: unknown, dim: number): void {
    if (dim < shape.length) {
      const size = shape[dim]!;
      if (!Array.isArray(item)) {
        if (typeof item !== "number" && typeof item !== "boolean") throw wrongElement(item);
        throw new ShapeError(
          `${name}: expected an array of length ${size} at ${pathText(path)} but got ${typeName(item)}.`,
        );
      }
      if (item.length !== size) {
        throw new ShapeError(
          `${name}: expected an array of length ${size} at ${pathText(path)} but got length ${item.length}.`,
        );
      }
      for (let i = 0; i < size; i++) {
        path.push(i);
        visit(item[i], dim + 1);
        path.pop();
      }
    } else if (typeof item === "number") {
      data.push(item);
      numbers++;
    } else if (typeof item === "boolean") {
      data.push(item ? 1 : 0);
    } else if (Array.isArray(item)) {
      throw new ShapeError(
        `${name}: expected a number at ${pathText(path)}, as its neighbours are, but got an array of length ${item.length}.`,
      );
    } else {
      throw wrongElement(item);
    }
  }

  const wrongElement = (item: unknown): ArgumentError =>
    new ArgumentError(
      `${name}: expected a number or a boolean at ${pathText(path)} but got ${typeName(item)}` +
        `${typeName(item) === "Tensor" ? ": an array of tensors is joined by stack or cat" : ""}.`,
    );

  visit(value, 0);
  return { shape, data, isBool: data.length > 0 && numbers === 0 };
}

/** The index of the element at `position` in row-major order. */
export function indexAt(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    index.unshift(position % shape[dim]!);
    position = Math.floor(position / shape[dim]!);
  }
  return index;
}

/** Elements in row-major order as nested arrays, or as a single value when `shape` is []. */
export function toNested(data: ArrayLike<number>, shape: readonly number[], asBool = false): NestedArray {
  let next = 0;
  function build(dim: number): NestedArray {
    if (dim === shape.length) {
      const value = data[next++]!;
      return asBool ? value !== 0 : value;
    }
    return Array.from({ length: shape[dim]! }, () => build(dim + 1));
  }
  return build(0);
}
