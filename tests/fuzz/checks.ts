// What the suites share: values compared, programs as functions of their leaves.
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { type Leaf, type Options, type Program, run, type Step, tensorOf } from "./programs";

export interface Suite {
  readonly options: Options;
  /** The most steps of a program. */
  readonly length: number;
  /** Throws when something does not hold; `seed` is for its own draws. */
  check(program: Program, seed: number): void | Promise<void>;
  /** Instead of running programs: a check of one draw. */
  draw?(step: Step): void;
}

export const isFloat = (x: { dtype: string }): boolean => x.dtype === "float32" || x.dtype === "float64";
export function fail(text: string): never {
  throw new Error(text);
}
export type Elements = pf.TypedArray;
export const copy = (x: Tensor): Elements => x.data();
/** Holds elements to be the same, zeros up to their sign; only how NaN is written may differ. */
export function same(got: Elements, want: Elements, what: string): void {
  if (got.length !== want.length) fail(`${what}: ${got.length} elements, expected ${want.length}`);
  if (!Buffer.compare(bytesOf(got), bytesOf(want))) return;
  for (let i = 0; i < want.length; i++)
    if (!Object.is(got[i], want[i])) fail(`${what}: element ${i} is ${show(got[i])}, expected ${show(want[i])}`);
}
const bytesOf = ({ buffer, byteOffset, byteLength }: Elements): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
const show = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));
/** The same up to rounding, relative to the largest element. */
export function close(got: Elements, want: Elements, tolerance: number, what: string): void {
  if (got.length !== want.length) fail(`${what}: ${got.length} elements, expected ${want.length}`);
  let scale = 1e-300;
  for (const x of want) if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
  for (let i = 0; i < want.length; i++) {
    const [value, wanted] = [got[i], want[i]];
    if (value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))) continue;
    if (!(Math.abs(value - wanted) <= tolerance * scale)) fail(`${what}: element ${i} is ${value}, expected ${wanted}`);
  }
}

/** The leaves that derivatives are asked for by, and the program as a function of them. */
export function asFunction(program: Program): { leaves: Leaf[]; f: (...xs: Tensor[]) => Tensor[] } {
  const leaves = program.flatMap((item) => ("leaf" in item && item.leaf.dtype === "float64" ? [item.leaf] : []));
  const f = (...xs: Tensor[]): Tensor[] => {
    let at = 0;
    const values = run(program, { leaf: (leaf) => (leaf.dtype === "float64" ? xs[at++] : tensorOf(leaf)) });
    return values.filter((value, i) => isFloat(value) && i >= values.length - 6);
  };
  return { leaves, f };
}
/** Whether a program has something to differentiate, and numbers that rounding leaves comparable. */
export function isTame(program: Program): boolean {
  const { leaves, f } = asFunction(program);
  // Whose factors have no derivative.
  const isUnknown = program.some((item) => "call" in item && item.call.op.startsWith("linalg.ldlFactor"));
  if (!leaves.length || isUnknown) return false;
  return pf.tidy(() => {
    const values = run(program);
    return f(...leaves.map(tensorOf)).length > 0 && values.every((x) => x.dtype !== "float32" && x.data().every((value) => Math.abs(value) < 1e6)); // prettier-ignore
  });
}
export const like = (x: { shape: readonly number[]; dtype: pf.DTypeName }, next: () => number): Tensor => {
  const count = x.shape.reduce((a, b) => a * b, 1);
  return pf.tensor(Float64Array.from({ length: count }, () => 2 * next() - 1), { shape: [...x.shape] }).to(x.dtype); // prettier-ignore
};
export const list = (x: unknown): Tensor[] => [x].flat() as Tensor[];
export const single = (xs: readonly Tensor[]): any => (xs.length === 1 ? xs[0] : xs);
/** Σ a·b, and Σ |a·b|. */
export function inner(a: readonly Tensor[], b: readonly Tensor[]): [sum: number, size: number] {
  let [sum, size] = [0, 0];
  a.forEach((x, i) => {
    const [p, q] = [copy(x), copy(b[i])];
    p.forEach((value, k) => {
      sum += value * q[k];
      size += Math.abs(value * q[k]);
    });
  });
  return [sum, size];
}

/** What f gives, or the name of the typed error that it throws. */
export function attempt<T>(f: () => T): T | string {
  try {
    return f();
  } catch (error) {
    if (error instanceof pf.PushforwardError) return error.message;
    throw error;
  }
}
