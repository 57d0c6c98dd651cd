// PyTorch's samples of ops: arguments, results, derivatives in given directions, computed by torch 1.13 in float64. They lie
// packed beside this file (scripts/pack-conformance.mjs made it: "fixtures" are OpInfo's samples, "options" combinations of
// options); CONFORMANCE_DIR names a folder with other ones, as <op>.json.gz in fixtures/ and options/, or by themselves.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

/** A tensor as data; NaN and infinities are strings. */
export interface Sample {
  readonly dtype: "float64" | "float32" | "int32" | "bool";
  readonly shape: number[];
  readonly data: (number | string | boolean)[];
}
/** An argument: a tensor, which `diff` numbers if it is differentiated, a list of arguments, or any other value. */
export type Argument =
  | { readonly tensor: Sample; readonly diff?: number }
  | { readonly list: readonly Argument[] }
  | { readonly value: unknown };

export interface Case {
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

const packed = fileURLToPath(new URL("samples.jsonl.br", import.meta.url));

function* fromFolder(dir: string, suite: string): Generator<Op> {
  for (const name of readdirSync(dir).sort()) {
    if (!name.endsWith(".json.gz")) continue;
    yield { suite, ...(JSON.parse(gunzipSync(readFileSync(join(dir, name))).toString()) as object) } as Op;
  }
}

/** The samples, op by op. */
export function* samples(dir = process.env.CONFORMANCE_DIR): Generator<Op> {
  if (!dir) {
    for (const line of brotliDecompressSync(readFileSync(packed)).toString().trimEnd().split("\n"))
      yield JSON.parse(line) as Op;
    return;
  }
  const suites = ["fixtures", "options"].filter((suite) => existsSync(join(dir, suite)));
  for (const suite of suites) yield* fromFolder(join(dir, suite), suite);
  if (!suites.length) yield* fromFolder(dir, "fixtures");
}
