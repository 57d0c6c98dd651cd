// PyTorch's samples of ops: arguments, results, derivatives in given directions, computed by torch 1.13 in float64. They lie
// packed beside this file: "fixtures", OpInfo's samples, and "options", combinations of options (scripts/pack-conformance.mjs);
// "by name", those of ops that the others leave out (by-name.samples.py).
import { readFileSync } from "node:fs";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

/** A tensor as data; NaN and infinities are strings. */
export interface Sample {
  readonly dtype: "float64" | "float32" | "int32" | "bool";
  readonly shape: number[];
  readonly data: (number | string | boolean)[];
}
/**
 * An argument: a tensor, which `diff` numbers if it is differentiated, and whose last dim is that of the two parts of numbers if it is complex;
 * a list of arguments, or any other value.
 */
export type Argument =
  | { readonly tensor: Sample; readonly diff?: number; readonly complex?: boolean }
  | { readonly list: readonly Argument[] }
  | { readonly value: unknown };

export interface Case {
  /** Of the same op, what OpInfo calls by this name. */
  readonly variant?: string;
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, Argument>>;
  /** Which of the results are compared, when not all are. */
  readonly pick?: readonly number[];
  readonly outputs: readonly (Sample & { readonly grad?: boolean })[];
  /** Directions: tangents of the inputs, cotangents of the outputs, weights of the scalar whose hvp is taken. */
  readonly v?: readonly Sample[];
  readonly u?: readonly Sample[];
  readonly w?: readonly Sample[];
  readonly jvp?: readonly Sample[];
  /** Central differences, where torch has no jvp. */
  readonly jvp_fd?: readonly Sample[];
  readonly vjp?: readonly Sample[];
  readonly hvp?: readonly Sample[];
}
export interface Op {
  readonly suite: string;
  readonly op: string;
  readonly cases: readonly Case[];
}

/** The samples, op by op. */
export function* samples(): Generator<Op> {
  const read = (name: string): Buffer => readFileSync(new URL(name, import.meta.url));
  const packed = [brotliDecompressSync(read("samples.jsonl.br")), gunzipSync(read("by-name.samples.jsonl.gz"))];
  for (const text of packed) for (const line of text.toString().trimEnd().split("\n")) yield JSON.parse(line) as Op;
}
