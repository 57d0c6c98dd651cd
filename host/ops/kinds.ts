// The kinds of arguments that a signature can name: what a value of each is turned into before the implementation gets it,
// how it reads in an error message, and its TypeScript type in the published declarations.
import { DType } from "../../assembly/abi/opcodes";
import { dtypeFromName, dtypeList } from "../core/dtype";
import { dtype, type Node, num } from "../core/prim";
import { makeData } from "../tensor/create";
import { isComplexTensor, pairOf } from "../tensor/complex";
import { isTensor, nodeOf } from "../tensor/tensor";

/** Returned by a kind's `convert` for a value that is not of the kind. */
export const REJECTED: unique symbol = Symbol("rejected");

export interface Kind {
  /** How messages call it, with its article. */
  readonly description: string;
  /** Its type in the declarations. */
  readonly type: string;
  /** Whether a Tensor is taken as its node. */
  readonly takesTensor?: boolean;
  /** Whether a number is taken as a scalar operand. */
  readonly takesNumber?: boolean;
  /** What the implementation gets for `value`, or REJECTED. */
  convert(value: unknown): unknown;
}

export type IndexArray = readonly (number | boolean | IndexArray)[];

/** Arrays of whole numbers as an int32 tensor, of booleans as a bool one; undefined if they are uneven or hold anything else. */
export function constantArray(value: IndexArray): Node | undefined {
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level) && shape.length <= MAX_NDIM; level = level[0]) {
    shape.push(level.length);
  }
  if (shape.length > MAX_NDIM) return undefined;
  const data: number[] = [];
  let booleans = 0;
  const fits = (item: unknown, dim: number): boolean => {
    if (dim < shape.length) {
      if (!Array.isArray(item) || item.length !== shape[dim]) return false;
      return Array.from(item as unknown[]).every((inner) => fits(inner, dim + 1));
    }
    if (typeof item === "boolean") booleans++;
    else if (!isInt(item)) return false;
    data.push(Number(item));
    return true;
  };
  if (!fits(value, 0) || (booleans > 0 && booleans < data.length)) return undefined;
  return makeData(data, shape, booleans > 0 ? DType.Bool : DType.Int32);
}
const MAX_NDIM = 32;

const never = (): typeof REJECTED => REJECTED;

// Dims and sizes travel as int32: anything beyond would wrap round to another valid number.
export const isInt = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) === ((value as number) | 0);
/**
 * An array of which every item is of a kind, else REJECTED. A copy: getters may answer otherwise the next time, and holes are
 * items too: undefined, which `every` would pass over.
 */
function listOf<T>(value: unknown, is: (item: unknown) => item is T): T[] | typeof REJECTED {
  if (!Array.isArray(value)) return REJECTED;
  const items: T[] = [];
  for (let i = 0, count = value.length; i < count; i++) {
    const item: unknown = value[i];
    if (!is(item)) return REJECTED;
    items.push(item);
  }
  return items;
}
const isNumber = (value: unknown): value is number => typeof value === "number";
const orNull =
  <T>(is: (item: unknown) => item is T) =>
  (value: unknown): value is T | null | undefined =>
    value == null || is(value);

const kinds: Readonly<Record<string, Kind>> = {
  Tensor: { description: "a Tensor", type: "Tensor", takesTensor: true, convert: never },
  Operand: {
    description: "a Tensor or a number",
    type: "Tensor | number",
    takesTensor: true,
    takesNumber: true,
    convert: never,
  },
  "Tensor[]": {
    description: "an array of Tensors",
    type: "TensorList",
    convert(value) {
      const tensors = listOf(value, isTensor);
      return tensors === REJECTED ? REJECTED : tensors.map(nodeOf);
    },
  },
  // Of functions that are no methods: what complex numbers are made of, and what their parts are taken from.
  Part: {
    description: "a Tensor or a number",
    type: "Tensor | number",
    convert: (value) => (isTensor(value) ? nodeOf(value) : typeof value === "number" ? num(value) : REJECTED),
  },
  Complex: {
    description: "a ComplexTensor or a Tensor",
    type: "ComplexTensor | Tensor",
    convert: (value) => (isTensor(value) ? nodeOf(value) : isComplexTensor(value) ? pairOf(value) : REJECTED),
  },
  // An index tensor, for which an array of whole numbers will do.
  Index: {
    description: "an int32 Tensor or an array of whole numbers",
    type: "Tensor | NestedInts",
    takesTensor: true,
    convert: (value) => {
      const node = Array.isArray(value) ? constantArray(value as IndexArray) : undefined;
      return node === undefined || dtype(node) !== DType.Int32 ? REJECTED : node;
    },
  },
  // What x.at(…) takes; the op reads them, so that its errors name the entry.
  Entries: {
    description: 'an array of entries, as in [0, ":", mask]',
    type: "readonly IndexEntry[]",
    convert: (value) => (Array.isArray(value) ? value : REJECTED),
  },
  int: { description: "an integer", type: "number", convert: (value) => (isInt(value) ? value : REJECTED) },
  ints: {
    description: "an integer or an array of integers",
    type: "number | readonly number[]",
    convert: (value) => (isInt(value) ? [value] : listOf(value, isInt)),
  },
  // null stands for the input's own size
  "int?[]": {
    description: "an integer or an array of integers, each of which may be null",
    type: "number | readonly (number | null)[]",
    convert: (value) => (isInt(value) ? [value] : listOf(value, orNull(isInt))),
  },
  "ints[]": {
    description: "an array of arrays of integers",
    type: "readonly (readonly number[])[]",
    convert(value) {
      const lists = listOf(value, Array.isArray);
      if (lists === REJECTED) return REJECTED;
      const copies = lists.map((list) => listOf(list, isInt));
      return copies.includes(REJECTED) ? REJECTED : copies;
    },
  },
  // Tensors whose values decide about shapes: they are read when the op is called. A 0-dim one counts as the integer in it.
  IntTensor: {
    description: "an int32 Tensor",
    type: "Tensor",
    convert: (value) =>
      isTensor(value) && value.dtype === "int32"
        ? value.ndim === 0
          ? value.item()
          : Array.from(value.data())
        : REJECTED,
  },
  IntScalar: {
    description: "a 0-dim int32 Tensor",
    type: "Tensor",
    convert: (value) => (isTensor(value) && value.dtype === "int32" && value.ndim === 0 ? value.item() : REJECTED),
  },
  number: {
    description: "a number",
    type: "number",
    convert: (value) => (isNumber(value) ? value : REJECTED),
  },
  numbers: {
    description: "a number or an array of numbers",
    type: "number | readonly number[]",
    convert: (value) => (isNumber(value) ? [value] : listOf(value, isNumber)),
  },
  bool: {
    description: "a boolean",
    type: "boolean",
    convert: (value) => (typeof value === "boolean" ? value : REJECTED),
  },
  // For overloads whose result depends on a flag.
  true: { description: "true", type: "true", convert: (value) => (value === true ? true : REJECTED) },
  false: { description: "false", type: "false", convert: (value) => (value === false ? false : REJECTED) },
  string: {
    description: "a string",
    type: "string",
    convert: (value) => (typeof value === "string" ? value : REJECTED),
  },
  // The user's; the implementation calls it with Tensors.
  Distance: {
    description: "a function of two Tensors",
    type: "(a: Tensor, b: Tensor) => Tensor",
    convert: (value) => (typeof value === "function" ? value : REJECTED),
  },
  dtype: {
    description: `a dtype (${dtypeList})`,
    type: "DTypeName",
    convert: (value) => dtypeFromName(value) ?? REJECTED,
  },
};

/** A kind that is one string, written in double quotes in the signature. */
const literal = (text: string): Kind => {
  const expected = text.slice(1, -1);
  return { description: text, type: text, convert: (value) => (value === expected ? value : REJECTED) };
};

const isKey = (text: string): boolean => Object.hasOwn(kinds, text);

function alternatives(members: readonly Kind[]): Kind {
  const [first, ...others] = members.map((kind) => kind.description);
  const last = others.pop();
  return {
    description: [[first, ...others].join(", "), last].join(" or "),
    type: members.map((kind) => kind.type).join(" | "),
    takesTensor: members.some((kind) => kind.takesTensor),
    takesNumber: members.some((kind) => kind.takesNumber),
    convert(value) {
      for (const kind of members) {
        const converted = kind.convert(value);
        if (converted !== REJECTED) return converted;
      }
      return REJECTED;
    },
  };
}

/** The kind that a signature's text names: one of the above, a quoted string, or several of them joined by `|`. */
export function kindOf(text: string): Kind {
  const members = text.split("|").map((part) => {
    const name = part.trim();
    if (isKey(name)) return kinds[name]!;
    if (/^".*"$/.test(name)) return literal(name);
    throw new Error(`no kind of argument is called ${name}`);
  });
  return members.length === 1 ? members[0]! : alternatives(members);
}
