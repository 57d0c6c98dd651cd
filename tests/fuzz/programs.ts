// Random programs over the table of signatures. A program is drawn from a list of seeds, one for each step. Without some of its steps
// it is still a program, so fast-check can shrink it by shortening the list. A step draws an op, and arguments by the op's signature.
// If its call throws a typed error, it is no part of the program. The program itself is plain data, and can be run again and again.
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { signatures } from "../../host/ops/signatures/all";
import { generator } from "../core/support";
import { argumentsFor } from "./structured";

export interface Leaf {
  readonly dtype: pf.DTypeName;
  readonly shape: readonly number[];
  readonly data: readonly number[] | Float64Array;
}
/** An argument: an earlier value of the program, a tensor of its own, a list, or a plain value. */
export type Argument =
  | { readonly ref: number }
  | { readonly tensor: Leaf }
  | { readonly list: readonly Argument[] }
  | { readonly value: unknown };
interface Call {
  readonly op: string;
  readonly args: readonly Argument[];
  /** How many tensors it gives. */
  readonly results: number;
}
type Item = { readonly leaf: Leaf } | { readonly call: Call };
export type Program = readonly Item[];

export interface Param {
  readonly name: string;
  readonly kind: string;
  readonly optional: boolean;
  readonly variadic: boolean;
  readonly keyword: boolean;
}
/** The params of a signature's text. */
export function paramsOf(text: string): Param[] {
  let keyword = false;
  return text
    .slice(1, text.lastIndexOf("): "))
    .split(", ")
    .filter(Boolean)
    .flatMap((part) => {
      if (part === "*") keyword = true;
      const [, name, question, kind] = /^(\w+)(\??): (.+?)$/.exec(part) ?? [];
      if (!name) return [];
      return [
        { name, kind: kind.replace("...", ""), optional: question === "?", variadic: kind.endsWith("..."), keyword },
      ];
    });
}

/** Ops that draw random numbers, take what programs don't hold (complex tensors), or give something else than tensors, are not called. */
const excluded =
  /^(rand|randn|randint|randperm|normal|bernoulli|multinomial|randLike|randnLike|randintLike|nn\.functional\.(rrelu|dropout|scaledDotProductAttention|gumbelSoftmax|multiHeadAttention(Forward)?)|allclose|equal|isTensor|viewAsReal|viewAsComplex|imag|istft|.*[dD]ropout.*)$/;
const returnsTensors = (text: string): boolean => !/\): (boolean|number|string|number\[\]|DTypeName)$/.test(text);
export interface Overload {
  readonly op: string;
  readonly params: readonly Param[];
}
export const overloads: readonly Overload[] = Object.entries(signatures).flatMap(([op, texts]) =>
  excluded.test(op)
    ? []
    : ([texts].flat() as string[]).filter(returnsTensors).map((text) => ({ op, params: paramsOf(text) })),
);

export const find = (op: string): ((...args: unknown[]) => unknown) =>
  op.split(".").reduce<any>((at, part) => at[part], pf);
export const tensorsIn = (value: unknown): Tensor[] =>
  value instanceof pf.Tensor
    ? [value]
    : value instanceof pf.ComplexTensor
      ? [value.real, value.imag]
      : Array.isArray(value)
        ? value.flatMap(tensorsIn)
        : [];

/** What shapes and dtypes a step can draw from. */
export interface Known {
  readonly shape: readonly number[];
  readonly dtype: pf.DTypeName;
}

const PERIOD = 9973;
/** Draws of one step; new leaves are noted in `leaves`. */
export class Draw {
  readonly leaves: Leaf[] = [];
  private readonly next: () => number;
  constructor(
    seed: number,
    readonly known: readonly Known[],
    readonly sizes: readonly (readonly number[])[],
    /** Leaves of this dtype alone; null: of any. */
    readonly only: pf.DTypeName | null = null,
  ) {
    this.next = generator(seed);
    for (let i = 0; i < 3; i++) this.next();
  }
  /** An integer in from … to. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)];
  }
  shape(): readonly number[] {
    return this.pick(this.sizes);
  }
  /** A new leaf of the program. */
  leaf(
    shape = this.shape(),
    dtype: pf.DTypeName = this.only ?? this.pick(["float64", "float64", "float32", "int32", "bool"]),
  ): Argument {
    this.leaves.push({ dtype, shape, data: this.elements(shape, dtype) });
    return { ref: this.known.length + this.leaves.length - 1 };
  }
  real(...shape: number[]): Argument {
    return this.leaf(shape, this.only ?? "float64");
  }
  /** A new leaf of matrices [..., n, n] whose diagonals dominate, of which small changes change nothing much. */
  dominant(...shape: number[]): Argument {
    const leaf = this.real(...shape);
    const { dtype, data } = this.leaves.pop()!;
    const n = shape.at(-1)!;
    this.leaves.push({
      ...{ dtype, shape },
      data: Array.from(data, (x, i) => (Math.floor(i / n) % n === i % n ? x + 4 * n : x)),
    });
    return leaf;
  }
  elements(shape: readonly number[], dtype: pf.DTypeName): number[] | Float64Array {
    const count = shape.reduce((a, b) => a * b, 1);
    // Many elements are the first ones repeated; these are a prime number, so that rows differ.
    if (count > PERIOD) {
      const all = new Float64Array(count);
      all.set(this.elements([PERIOD], dtype));
      for (let done = PERIOD; done < count; done *= 2) all.copyWithin(done, 0, Math.min(done, count - done));
      return all;
    }
    const special = [0, -0, 1, -1, 0.5, 2];
    return Array.from({ length: count }, () => {
      if (dtype === "bool") return this.int(0, 1);
      if (dtype === "int32") return this.int(-5, 5);
      const x = this.chance(0.1) ? this.pick(special) : 4 * this.next() - 2;
      return dtype === "float32" ? Math.fround(x) : x;
    });
  }
  /** A new leaf of matrices whose eigenvalues and singular values lie apart. */
  spread(...shape: number[]): Argument {
    const dtype = this.only ?? "float64";
    const [m, n] = shape.slice(-2);
    const data = Array.from(this.elements(shape, dtype), (x, at) => {
      const [i, j] = [Math.floor(at / n) % m, at % n];
      const sum = (i === j ? 3 * (i + 1) : 0) + 0.2 * x;
      return dtype === "float32" ? Math.fround(sum) : sum;
    });
    this.leaves.push({ dtype, shape, data });
    return { ref: this.known.length + this.leaves.length - 1 };
  }
  /** Whole numbers from 0 to n − 1. */
  index(n: number, ...shape: number[]): Argument {
    const count = shape.reduce((a, b) => a * b, 1);
    return {
      tensor: { dtype: "int32", shape, data: Array.from({ length: count }, () => this.int(0, Math.max(n - 1, 0))) },
    };
  }
  /** Numbers between low and high that nothing is differentiated by. */
  between(low: number, high: number, shape: readonly number[], dtype: pf.DTypeName = "float64"): Argument {
    const count = shape.reduce((a, b) => a * b, 1);
    return { tensor: { dtype, shape, data: Array.from({ length: count }, () => low + (high - low) * this.next()) } };
  }
  /** An earlier value that fits. */
  earlier(fits: (x: Known) => boolean = () => true): number | null {
    const fitting = this.known.flatMap((x, i) => (fits(x) ? [i] : []));
    return fitting.length ? this.pick(fitting) : null;
  }
  at(argument: Argument): Known {
    if ("tensor" in argument) return argument.tensor;
    const { ref } = argument as { ref: number };
    return ref < this.known.length ? this.known[ref] : this.leaves[ref - this.known.length];
  }
}

function broadcasts(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const [x, y] = [a.at(-i)!, b.at(-i)!];
    if (x !== y && x !== 1 && y !== 1) return false;
  }
  return true;
}

/** An argument of a kind, after the first tensor of the call. */
function argumentOf(draw: Draw, { name, kind }: Param, first: Known | null): Argument {
  const ndim = first ? Math.max(first.shape.length, 1) : 1;
  const dim = (): number => draw.int(-ndim, ndim - 1);
  const value = (x: unknown): Argument => ({ value: x });
  const options = kind.split(" | ");
  const one = draw.pick(options);
  switch (one) {
    case "Tensor":
    case "Part":
    case "Complex":
    case "Operand": {
      if (one === "Operand" && first && draw.chance(0.3)) return value(draw.pick([2, 0.5, -1, 0, 3, 1e-3, 1.5]));
      if (name === "condition" || name === "mask") {
        const bool = draw.earlier((x) => x.dtype === "bool" && (!first || broadcasts(x.shape, first.shape)));
        if (bool !== null && draw.chance(0.5)) return { ref: bool };
        const shape = first?.shape ?? draw.shape();
        return { tensor: { dtype: "bool", shape, data: draw.elements(shape, "bool") } };
      }
      if (/^ind(ex|ices)$/.test(name))
        return draw.index(Math.min(...(first?.shape ?? [1]), 3), ...(first?.shape ?? [2]));
      const earlier = draw.earlier(
        (x) => !first || (broadcasts(x.shape, first.shape) && x.shape.length <= first.shape.length + 1),
      );
      if (earlier !== null && draw.chance(0.8)) return { ref: earlier };
      return first ? draw.leaf(first.shape, first.dtype === "bool" ? "bool" : (draw.only ?? first.dtype)) : draw.leaf();
    }
    case "Tensor[]": {
      const like = draw.earlier();
      const shape = like === null ? draw.shape() : draw.known[like].shape;
      return {
        list: Array.from({ length: draw.int(1, 3) }, () => {
          const same = draw.earlier((x) => x.shape.join() === shape.join());
          return same === null ? draw.leaf(shape) : { ref: same };
        }),
      };
    }
    case "Index":
      return draw.index(Math.min(...(first?.shape ?? [1]), 3), ...(first?.shape ?? [2]));
    case "Entries":
      return {
        list: (first?.shape ?? []).slice(0, 2).map((size) => (draw.chance(0.2) ? value(null) : draw.index(size, 2))),
      };
    case "int":
      if (/^(dim|axis|startDim|endDim|dimension|source|destination)/.test(name)) return value(dim());
      return value(draw.pick([0, 1, 1, 2, 2, 3, -1]));
    case "ints":
      if (/^(dims?|source|destination)$/.test(name))
        return value(
          draw.chance(0.5) ? dim() : Array.from({ length: ndim }, (_, i) => i).filter(() => draw.chance(0.5)),
        );
      if (/^(shape|size)$/.test(name) && first)
        return value(draw.pick([[-1], [1, -1], first.shape, [...first.shape].reverse(), [2, ...first.shape]]));
      if (name === "normalizedShape" && first) return value(first.shape.slice(draw.int(0, Math.max(ndim - 1, 0))));
      return value(draw.pick([1, 2, [1, 2], [2], [1, 1, 2], [2, 3], [0, 1]]));
    case "int?[]":
      return value(draw.pick([1, 2, 3]));
    case "ints[]":
      return value([[0], [0]]);
    case "IntTensor":
      return draw.index(3, Math.max(1, first?.shape.at(-1) ?? 1));
    case "IntScalar":
      return draw.index(2);
    case "number":
      return value(draw.pick([1, 2, 0.5, 0.1, 3, -1, 0, 1.5]));
    case "numbers":
      return value(draw.pick([1, 2, 0.5]));
    case "bool":
      return value(draw.chance(0.5));
    case "true":
      return value(true);
    case "false":
      return value(false);
    case "string":
      return value("use_mm_for_euclid_dist");
    // Programs are plain data: the one that stands where none is given.
    case "Distance":
      return value(null);
    case "dtype":
      return value(draw.pick(draw.only ? [draw.only] : ["float32", "float64", "int32"]));
    default:
      if (one.startsWith('"')) return value(one.slice(1, -1));
      throw new Error(`tests/fuzz/programs.ts draws no argument of the kind ${one}`);
  }
}

/** Arguments for an op: from the table of those that need structure, else by the kinds of its signature. */
export function drawArguments(draw: Draw, { op, params }: Overload): readonly Argument[] {
  const made = draw.chance(0.85) ? argumentsFor(op, draw) : null;
  if (made) return made;
  const args: Argument[] = [];
  const keywords: Record<string, Argument> = {};
  let first: Known | null = null;
  for (const param of params) {
    if (param.optional && draw.chance(0.6)) {
      if (!param.keyword) args.push({ value: null });
      continue;
    }
    const argument: Argument =
      param.variadic && param.kind.startsWith("Tensor")
        ? argumentOf(draw, { ...param, kind: "Tensor[]" }, first)
        : argumentOf(draw, param, first);
    if (param.keyword) keywords[param.name] = argument;
    else args.push(argument);
    if (!first && "ref" in argument) first = draw.at(argument);
  }
  while (args.length && "value" in args.at(-1)! && (args.at(-1) as { value: unknown }).value === null) args.pop();
  const names = Object.keys(keywords);
  if (names.length) args.push({ value: Object.fromEntries(names.map((name) => [name, keywords[name]])) });
  return args;
}

const isArgument = (x: unknown): x is Argument =>
  typeof x === "object" &&
  x !== null &&
  !Array.isArray(x) &&
  ("ref" in x || "tensor" in x || "list" in x || "value" in x);
export const tensorOf = ({ dtype, shape, data }: Leaf): Tensor =>
  pf.tensor(data instanceof Float64Array ? data : [...data], { dtype, shape: [...shape] });
export function build(argument: Argument, values: readonly Tensor[]): unknown {
  if ("ref" in argument) return values[argument.ref];
  if ("tensor" in argument) return tensorOf(argument.tensor);
  if ("list" in argument) return argument.list.map((item) => build(item, values));
  const { value } = argument;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isArgument(item) ? build(item, values) : item]),
  );
}

export interface Options {
  readonly sizes?: readonly (readonly number[])[];
  readonly only?: pf.DTypeName | null;
  /** Results of more elements are no part of a program. */
  readonly limit?: number;
  readonly among?: readonly Overload[];
}
export const small: readonly (readonly number[])[] = [[], [1], [3], [4], [2, 3], [3, 4], [4, 3], [3, 3], [2, 3, 4], [1, 3, 4], [2, 1, 4], [1, 2, 6, 6], [0, 3], [17], [33]]; // prettier-ignore

export interface Step {
  readonly op: number;
  readonly seed: number;
}
/** What a run notes of ops. */
export interface Count {
  programs: number;
  calls: number;
  readonly ops: Set<string>;
}

/** The program that steps draw, each of whose calls has been run and its results read. */
export function record(
  steps: readonly Step[],
  { sizes = small, only = null, limit = 4096, among = overloads }: Options,
  count?: Count,
): Program {
  const items: Item[] = [];
  const values: Tensor[] = [];
  return pf.tidy(() => {
    for (const step of steps) {
      const overload = among[step.op % among.length];
      const draw = new Draw(step.seed, values, sizes, only);
      const args = drawArguments(draw, overload);
      const leaves = draw.leaves.map(tensorOf);
      let results: Tensor[];
      try {
        results = tensorsIn(find(overload.op)(...args.map((argument) => build(argument, [...values, ...leaves]))));
        if (results.some((tensor) => tensor.numel > limit)) continue;
        results.forEach((tensor) => tensor.data());
      } catch (error) {
        if (error instanceof pf.PushforwardError) continue;
        throw new Error(`${overload.op}(${args.map(show).join(", ")}) throws ${String(error)}`, { cause: error });
      }
      draw.leaves.forEach((leaf) => items.push({ leaf }));
      items.push({ call: { op: overload.op, args, results: results.length } });
      values.push(...leaves, ...results);
      if (count) {
        count.calls++;
        count.ops.add(overload.op);
      }
    }
    if (count) count.programs++;
    return items;
  }) as unknown as Program;
}

export interface Hooks {
  /** What stands for leaf k, counted among those of the program. */
  leaf?(leaf: Leaf, k: number): Tensor;
  /** Called with every value of the program as soon as it is there. */
  made?(value: Tensor, values: readonly Tensor[]): void;
}
/** Runs a program; gives all of its values. */
export function run(program: Program, { leaf = tensorOf, made }: Hooks = {}): Tensor[] {
  const values: Tensor[] = [];
  let k = 0;
  const add = (value: Tensor): void => {
    values.push(value);
    made?.(value, values);
  };
  for (const item of program) {
    if ("leaf" in item) add(leaf(item.leaf, k++));
    else {
      const { op, args } = item.call;
      tensorsIn(find(op)(...args.map((argument) => build(argument, values)))).forEach(add);
    }
  }
  return values;
}

function show(argument: Argument): string {
  if ("ref" in argument) return `x${argument.ref}`;
  if ("tensor" in argument)
    return `tensor([${Array.from(argument.tensor.data, (x) => (Object.is(x, -0) ? "-0" : x)).join()}], ${argument.tensor.dtype} [${argument.tensor.shape.join()}])`;
  if ("list" in argument) return `[${argument.list.map(show).join(", ")}]`;
  const { value } = argument;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${isArgument(item) ? show(item) : String(item)}`)
    .join(", ")} }`;
}
/** A program as a reader would write it. */
export function print(program: Program): string {
  let at = 0;
  return program
    .map((item) => {
      if ("leaf" in item) return `x${at++} = ${show({ tensor: item.leaf })}`;
      const names = Array.from({ length: item.call.results }, () => `x${at++}`);
      return `${names.length === 1 ? names[0] : `[${names.join(", ")}]`} = pf.${item.call.op}(${item.call.args.map(show).join(", ")})`;
    })
    .join("\n");
}
