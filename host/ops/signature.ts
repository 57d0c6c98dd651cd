// Signatures as data: parsed from the text in signatures/, e.g. "(input: Tensor, dim?: ints, *, dtype?: dtype): Tensor", or from the same in short
// (scripts/generate-signatures.mjs): "(input,dim?:ints,*,dtype?:dtype)".
import { type Kind, kindOf } from "./kinds";

/** Signature text by op; overloads are tried in order. */
export type Signatures = Readonly<Record<string, string | readonly string[]>>;

export interface Param {
  readonly name: string;
  readonly kind: Kind;
  /** Whether it may be null, undefined or left out. */
  readonly optional: boolean;
  /** Whether the remaining positional arguments may stand for one list: `x.reshape(2, 3)`. */
  readonly variadic: boolean;
  /** Whether the remaining positional arguments are the list, never one array of them: `x.at(0, [1, 2])`. */
  readonly isSpread: boolean;
  // Copies of the kind's flags, so that binding an operand reads one object.
  readonly takesTensor: boolean;
  readonly takesNumber: boolean;
}

export interface Signature {
  readonly params: readonly Param[];
  /** How many params may be given by position; those after a `*` may not. */
  readonly positional: number;
  /** Whether the last positional param is variadic. */
  readonly variadic: boolean;
  readonly isSpread: boolean;
  /** The TypeScript type of what the function returns. */
  readonly returns: string;
  /** The names of the results, where `returns` is Named<["values", "indices"]>. */
  readonly fields: readonly string[] | undefined;
  /** Which param `this` is when the op is called as a method, -1 when it is no method. */
  readonly self: number;
}

/** What a param takes, or an op returns, where nothing is said. */
const TENSOR = "Tensor";

function parseParam(text: string): Param {
  const [, name, question, kindText = TENSOR] = /^(\w+)(\??)(?:: ?(.+))?$/.exec(text) ?? [];
  if (!name) throw new Error(`not a parameter: ${text}`);
  const isSpread = kindText.startsWith("...");
  const variadic = kindText.endsWith("...");
  const kind = kindOf(
    isSpread ? kindText.slice(3) : variadic ? kindText.slice(0, -3).replace("Tensor", "Tensor[]") : kindText,
  );
  return {
    name,
    kind,
    optional: question === "?",
    variadic,
    isSpread,
    takesTensor: kind.takesTensor ?? false,
    takesNumber: kind.takesNumber ?? false,
  };
}

/** The params of a signature, or of the first of several. */
const paramsIn = (text: string): string[] => text.slice(1, text.indexOf(")")).split(/, ?/);
/**
 * Which param `this` is when an op of this signature, or of several of which this is the first, is called as a method: the one called `input`,
 * else the first, if that takes a Tensor (x.where(condition, other)); else -1. Found without parsing the others, which waits until the op is
 * called.
 */
export function selfOf(text: string): number {
  // Most ops' texts are like that, and this runs for all of them when the library is loaded.
  if (/^\(input[,)]/.test(text)) return 0;
  const params = paramsIn(text);
  const named = params.findIndex((param) => /^input\b/.test(param));
  const index = named < 0 ? 0 : named;
  const [name, kind = TENSOR] = params[index]!.split(/\??: ?/);
  return name && !kind.includes("...") && kindOf(kind).takesTensor ? index : -1;
}

export function parseSignature(text: string): Signature {
  const parts = paramsIn(text).filter(Boolean);
  const star = parts.indexOf("*");
  const params = parts.filter((part) => part !== "*").map(parseParam);
  const positional = star < 0 ? params.length : star;
  const returns = text.slice(text.indexOf(")")).replace(/^\):? ?/, "") || TENSOR;
  return {
    params,
    positional,
    variadic: params[positional - 1]?.variadic ?? false,
    isSpread: params[positional - 1]?.isSpread ?? false,
    returns,
    fields: returns.startsWith("Named<") ? Array.from(returns.matchAll(/"(\w+)"/g), ([, field]) => field!) : undefined,
    self: selfOf(text),
  };
}
