// The entries of x.at(…): what each may be, and how it reads.
import { DType } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { describe, DTypeError, quoted } from "../errors";
import { isTensor, nodeOf } from "../tensor/tensor";
import { argumentError, failure } from "./define";
import { constantArray, type IndexArray } from "./kinds";

export type Entry =
  | { readonly kind: "select"; readonly index: number }
  | {
      readonly kind: "slice";
      readonly start: number | undefined;
      readonly end: number | undefined;
      readonly step: number;
    }
  | { readonly kind: "rest" | "new" }
  | { readonly kind: "index" | "mask"; readonly node: Node };

/** start:end:step with everything left out: a whole dim. */
export const WHOLE: Entry = { kind: "slice", start: undefined, end: undefined, step: 1 };

const expected =
  'a whole number, a slice such as "1:" or "::2", "...", null, an array of whole numbers or booleans, or an int32 or bool Tensor';

function parseText(text: string, position: number): Entry {
  const trimmed = text.trim();
  if (trimmed === ":") return WHOLE;
  if (trimmed === "...") return { kind: "rest" };
  const match = /^([+-]?\d*)\s*:\s*([+-]?\d*)\s*(?::\s*([+-]?\d*))?$/.exec(trimmed);
  const [start, end, step] = [1, 2, 3].map((i) => (match?.[i] ? Number(match[i]) : undefined));
  if (match === null || [start, end, step].some(Number.isNaN))
    throw argumentError(`entry ${position} should be ${expected}, but got ${quoted(text)}.`);
  if (step === 0) throw argumentError(`entry ${position}: the step of ${quoted(text)} should not be zero.`);
  return { kind: "slice", start, end, step: step ?? 1 };
}

export function parseEntry(value: unknown, position: number): Entry {
  if (typeof value === "number" && Number.isInteger(value)) return { kind: "select", index: value };
  if (typeof value === "string") return parseText(value, position);
  if (value === null || value === undefined) return { kind: "new" };
  if (isTensor(value)) {
    const node = nodeOf(value);
    const dtype = p.dtype(node);
    if (dtype === DType.Bool) return { kind: "mask", node };
    if (dtype === DType.Int32) return { kind: "index", node };
    throw failure(
      DTypeError,
      `entry ${position} should be an int32 index or a bool mask but is ${dtypeName(dtype)}; cast it by .int(), or make it with { dtype: "int32" }.`,
    );
  }
  if (Array.isArray(value)) {
    const node = constantArray(value as IndexArray);
    if (node !== undefined) return { kind: p.dtype(node) === DType.Bool ? "mask" : "index", node };
    throw argumentError(
      `entry ${position} should be ${expected}, but is an array of something else, or uneven: ${describe(value)}.`,
    );
  }
  throw argumentError(`entry ${position} should be ${expected}, but got ${describe(value)}.`);
}

/** start:end:step of a dim as Python reads it: the least index, how many, and whether they run backwards. */
export function sliceOf(
  entry: Entry & { kind: "slice" },
  size: number,
): { first: number; length: number; isReversed: boolean } {
  const { step } = entry;
  const isReversed = step < 0;
  const [low, high] = isReversed ? [-1, size - 1] : [0, size];
  const clip = (index: number | undefined, otherwise: number) =>
    index === undefined ? otherwise : Math.min(Math.max(index < 0 ? index + size : index, low), high);
  const start = clip(entry.start, isReversed ? high : low);
  const end = clip(entry.end, isReversed ? low : high);
  const length = Math.max(0, Math.ceil((end - start) / step));
  const first = length === 0 ? 0 : isReversed ? start + (length - 1) * step : start;
  return { first, length, isReversed };
}
