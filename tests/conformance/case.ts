// A case of PyTorch's samples as a program of this library.
import type * as Pushforward from "../../host/index";
import type { Argument, Case, Sample } from "./samples";

export type Library = typeof Pushforward;
export type Tensor = Pushforward.Tensor;
/** An argument that is a tensor. */
export type TensorArgument = Extract<Argument, { tensor: Sample }>;

const camel = (text: string): string => text.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
/** The name that an op of torch has here. */
export const keyOf = (op: string): string => op.split(".").map(camel).join(".");
const arrays = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** The tensors among the arguments of a case, in order. */
export function tensorsOf({ args, kwargs }: Case): TensorArgument[] {
  const within = (argument: Argument): TensorArgument[] =>
    "list" in argument ? argument.list.flatMap(within) : "tensor" in argument ? [argument] : [];
  return [...args, ...Object.values(kwargs)].flatMap(within);
}
/** Those that are differentiated, in order of their numbers. */
export const inputsOf = (c: Case): TensorArgument[] =>
  tensorsOf(c)
    .filter(({ diff }) => diff !== undefined)
    .sort((a, b) => a.diff! - b.diff!);

/** OpInfo's variants that are functions of their own: of the arguments, and which of the results. */
const variants: Record<string, { of?: (...args: any[]) => unknown[]; pick?: number[] } | undefined> = {
  "linalg.lstsq grad_oriented": { pick: [0] },
  "linalg.pinv singular": { of: (a: Tensor, b: Tensor) => [a.matmul(b.mT)] },
};

/** Tensors among results, in order; a complex one as its parts, true and false as tensors. */
const flat = (pf: Library, value: any): Tensor[] => {
  if (typeof value === "boolean") return [pf.tensor(value)];
  if (Array.isArray(value)) return value.flatMap((item) => flat(pf, item));
  if (!value || typeof value !== "object" || !("shape" in value)) return [];
  return [pf.isComplex(value) ? pf.viewAsReal(value) : (value as Tensor)];
};

export interface Program {
  /** A sample as a tensor, of `dtype` if it is one of float64. */
  tensor(sample: Sample): Tensor;
  /** What the op gives for these tensors in place of the inputs; the other arguments are those of the case. */
  call(inputs: readonly TensorArgument[], tensors: readonly Tensor[]): Tensor[];
}

/** With float32 for `dtype` whatever is of float64 in the case is of float32. */
export function programOf(pf: Library, op: string, c: Case, dtype: "float64" | "float32" = "float64"): Program {
  const tensor = (sample: Sample): Tensor => {
    const as = sample.dtype === "float64" ? dtype : sample.dtype;
    const data = (arrays[as] as unknown as Float64ArrayConstructor).from(sample.data as number[], Number);
    return pf.tensor(data, { dtype: as, shape: sample.shape });
  };
  const call: Program["call"] = (inputs, tensors) => {
    const build = (argument: Argument): unknown => {
      if ("tensor" in argument) {
        const at = inputs.indexOf(argument);
        const made = at < 0 ? tensor(argument.tensor) : tensors[at];
        return argument.complex ? pf.viewAsComplex(made) : made;
      }
      if ("list" in argument) return argument.list.map(build);
      const { value } = argument;
      if (value === "float64") return dtype;
      return typeof value === "string" && /^(-?Infinity|NaN)$/.test(value) ? Number(value) : (value ?? undefined);
    };
    const { of = (...all: unknown[]) => all, pick = c.pick } = variants[`${op} ${c.variant ?? ""}`] ?? {};
    const args = of(...c.args.map(build));
    const keywords = Object.entries(c.kwargs).map(([key, argument]) => [camel(key), build(argument)]);
    if (keywords.length) args.push(Object.fromEntries(keywords));
    const target = keyOf(op)
      .split(".")
      .reduce<any>((at, part) => at?.[part], pf);
    const value = typeof target === "function" ? target(...args) : (args[0] as any)[keyOf(op)](...args.slice(1));
    const results = flat(pf, value);
    return pick ? pick.map((i) => results[i]) : results;
  };
  return { tensor, call };
}
