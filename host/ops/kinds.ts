// The kinds of arguments that a signature can name: what a value of each is turned into before the implementation gets it,
// how it reads in an error message, and its TypeScript type in the published declarations.
import { dtypeFromName, dtypeList } from "../core/dtype";
import type { Node } from "../core/prim";
import { isTensor, nodeOf, type Tensor } from "../tensor/tensor";

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

/** A bool Tensor that decides about shapes: it is read when the op is called. */
export interface Mask {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

const never = (): typeof REJECTED => REJECTED;

// Dims and sizes travel as int32: anything beyond would wrap round to another valid number.
const isInt = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) === ((value as number) | 0);
/** An array of which every item is of a kind. Holes are items too: undefined, which `every` alone would pass over. */
const isListOf = <T>(value: unknown, is: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && Array.from(value as unknown[]).every(is);
const isIntList = (value: unknown): value is readonly number[] => isListOf(value, isInt);

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
    type: "readonly Tensor[]",
    convert: (value) => (isListOf(value, isTensor) ? value.map(nodeOf) : REJECTED),
  },
  // null stands for torch's `:`
  "Index?[]": {
    description: "an array of Tensors, each of which may be null",
    type: "readonly (Tensor | null)[]",
    convert: (value) =>
      Array.isArray(value) && value.every((item: unknown): item is Tensor | null => item == null || isTensor(item))
        ? value.map((item): Node | Mask | undefined =>
            item == null ? undefined : item.dtype === "bool" ? { shape: item.shape, data: item.data() } : nodeOf(item),
          )
        : REJECTED,
  },
  int: { description: "an integer", type: "number", convert: (value) => (isInt(value) ? value : REJECTED) },
  ints: {
    description: "an integer or an array of integers",
    type: "number | readonly number[]",
    convert: (value) => (isInt(value) ? [value] : isIntList(value) ? value : REJECTED),
  },
  // null stands for the input's own size
  "int?[]": {
    description: "an integer or an array of integers, each of which may be null",
    type: "number | readonly (number | null)[]",
    convert: (value) =>
      isInt(value)
        ? [value]
        : Array.isArray(value) && value.every((item) => item == null || isInt(item))
          ? value
          : REJECTED,
  },
  "ints[]": {
    description: "an array of arrays of integers",
    type: "readonly (readonly number[])[]",
    convert: (value) => (isListOf(value, isIntList) ? value : REJECTED),
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
    convert: (value) => (typeof value === "number" ? value : REJECTED),
  },
  numbers: {
    description: "a number or an array of numbers",
    type: "number | readonly number[]",
    convert: (value) =>
      typeof value === "number"
        ? [value]
        : isListOf(value, (item): item is number => typeof item === "number")
          ? value
          : REJECTED,
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
