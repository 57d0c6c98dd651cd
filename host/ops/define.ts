// From an implementation over node ids to the public function over Tensors: binds the arguments to a signature, opens a
// scope in the core, runs the implementation and wraps what it returns. Whatever else the implementation made ends with
// the scope.
import { type Node, num, shape } from "../core/prim";
import { currentOp, enterOp, leaveOp, withinOp } from "../core/op-scope";
import {
  ArgumentError,
  describe,
  DTypeError,
  formatShape,
  shortened,
  ShapeError,
  type PushforwardError,
} from "../errors";
import { isPlain } from "../options";
import { withFields } from "../tensor/named";
import { isPair, type Pair, wrapPair } from "../tensor/complex";
import { isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { areComplex, complexArgument } from "./complex/parts";
import { isInt, REJECTED } from "./kinds";
import { type Param, parseSignature, selfOf, type Signature } from "./signature";

/** What an implementation returns; ops with several results return an array, in torch's order, and one of these may be a list. */
export type Result = Node | Pair | readonly (Node | Pair | readonly Node[])[];
// The parameters are what the signature's kinds convert to; no TypeScript type can say so for all of them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Implementation = (...args: any[]) => Result;
/** What an op does where arguments are complex: the arguments of tensors that are, are pairs of nodes. */
export type ComplexImplementation = (args: unknown[], params: readonly Param[]) => Result;
/** Makes it of the one for real arguments, of the same signature. */
export type ForComplex = ((implementation: Implementation) => ComplexImplementation) | undefined;
/** Implementations by op; an op with several signatures may have one implementation for each. */
export type Implementations = Readonly<Record<string, Implementation | readonly Implementation[]>>;

export type OpFunction = (...args: unknown[]) => unknown;
export interface DefinedOp {
  readonly name: string;
  readonly call: OpFunction;
  /** The same with `this` as the tensor, undefined where the op has no tensor to be it or lies in a namespace. */
  readonly method: ((this: Tensor, ...args: unknown[]) => unknown) | undefined;
}

type ErrorClass = new (message: string) => PushforwardError;
/** The error that an implementation throws: the message gets the public name of the op that the user called. */
export const failure = (Class: ErrorClass, message: string): PushforwardError =>
  new Class(`${currentOp()}: ${message}`);
export const argumentError = (message: string): PushforwardError => failure(ArgumentError, message);
/** The shape of x as it stands in messages. */
export const format = (x: Node): string => formatShape(shape(x));
export const shapeError = (message: string): PushforwardError => failure(ShapeError, message);

/** Why arguments don't fit a signature, and how many of them did. */
interface Mismatch {
  readonly bound: number;
  readonly message: string;
  /** Of an unknown keyword: those that the signature has. */
  readonly known?: readonly string[];
}
/** With the keywords that any of the overloads has. */
const textOf = ({ message, known }: Mismatch, keywords: readonly string[] = []): string =>
  known === undefined ? message : `${message}${keywords.length ? `; known are ${keywords.join(", ")}` : ""}.`;

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !isTensor(value) && !Array.isArray(value) && isPlain(value);

const names = (params: readonly Param[]): string => params.map((param) => param.name).join(", ");
const wrongValue = (param: Param, value: unknown): string => {
  const { description } = param.kind;
  // Of a tensor the dtype may be what is wrong.
  const castable = isTensor(value) && value.dtype !== "int32" && description.includes("int32 Tensor");
  let got = castable
    ? `a ${value.dtype} Tensor; cast it by .int(), or make it with { dtype: "int32" }`
    : describe(value);
  if (/integer|whole/.test(description) && [value].flat(2).some((item) => Number.isInteger(item) && !isInt(item)))
    got += ", which is out of the range of int32";
  return `${param.name} should be ${description} but got ${got}.`;
};

/** A keyword that the signature lacks, or that is given by position as well. */
function keywordMismatch(signature: Signature, keywords: object, given: number): Mismatch | null {
  const { params } = signature;
  for (const key of Object.keys(keywords)) {
    const index = params.findIndex((param) => param.name === key);
    if (index < 0) {
      const known = params.slice(1).map(({ name }) => name);
      // An overload that knows the keyword is closer, also where the value is wrong.
      return {
        bound: given - 0.5,
        message: `unknown keyword ${shortened(key)}`,
        known,
      };
    }
    if (index < given) return { bound: index, message: `${key} is given twice, by position and by keyword.` };
  }
  return null;
}

function tooMany(signature: Signature, given: number): Mismatch {
  const { params, positional } = signature;
  const count = positional === 1 ? "1 argument" : `${positional} arguments`;
  return {
    // What an overload of as many arguments has to say is nearer.
    bound: -1,
    message: `takes at most ${count} by position (${names(params.slice(0, positional))}) but got ${given}.`,
  };
}

/**
 * Writes what the implementation gets into `bound`, one entry per param. `bound` may be `args` itself, since entry i is
 * written after argument i is read.
 */
function bind(signature: Signature, args: unknown[], bound: unknown[]): Mismatch | null {
  const { params, positional } = signature;
  let given = args.length;
  let keywords: Record<string, unknown> | null = null;
  if (given > 0) {
    const last = args[given - 1];
    // In a list of entries, as of at(…), an object without keys is a wrong entry.
    if (isPlainObject(last) && !(signature.isSpread && Object.keys(last).length === 0)) {
      keywords = last;
      given--;
    }
  }
  let rest: unknown[] | null = null;
  if (signature.variadic && given >= positional && !(given === positional && Array.isArray(args[given - 1]))) {
    rest = args.slice(positional - 1, given);
    given = positional;
  }
  if (signature.isSpread && given >= positional - (keywords === null ? 1 : 0)) {
    rest = args.slice(positional - 1, given);
    given = positional;
  }
  if (given > positional) return tooMany(signature, given);
  if (keywords !== null) {
    const mismatch = keywordMismatch(signature, keywords, given);
    if (mismatch !== null) return mismatch;
  }
  for (let i = 0; i < params.length; i++) {
    const param = params[i]!;
    const value =
      i < given
        ? rest !== null && i === positional - 1
          ? rest
          : args[i]
        : keywords !== null
          ? keywords[param.name]
          : undefined;
    if (param.takesTensor && isTensor(value)) bound[i] = nodeOf(value);
    else if (param.takesNumber && typeof value === "number") bound[i] = num(value);
    else if (value === undefined || value === null) {
      if (param.optional) bound[i] = undefined;
      else if (value === undefined && i >= given) return { bound: i, message: `missing argument: ${param.name}.` };
      else return { bound: i, message: wrongValue(param, value) };
    } else {
      let converted = param.kind.convert(value);
      if (converted === REJECTED) converted = complexArgument(param, value);
      if (converted === REJECTED) {
        // An argument that was given without brackets is shown without them.
        const shown = rest !== null && value === rest && rest.length === 1 ? rest[0] : value;
        return { bound: i, message: wrongValue(param, shown) };
      }
      bound[i] = converted;
    }
  }
  bound.length = params.length;
  return null;
}

/** Fits every argument list of a signature that most calls have: by position, and no more than these. */
const DIRECT_ARGUMENTS = 4;
type Direct = (given: number, a: unknown, b: unknown, c: unknown, d: unknown) => unknown;

/** An argument given by position as the implementation gets it, or REJECTED. */
function converted(param: Param, value: unknown): unknown {
  if (isTensor(value)) return param.takesTensor ? nodeOf(value) : param.kind.convert(value);
  if (typeof value === "number" && param.takesNumber) return num(value);
  if (value === undefined || value === null) return param.optional ? undefined : REJECTED;
  const result = param.kind.convert(value);
  return isPair(result) ? REJECTED : result;
}

/**
 * Calls the implementation if the arguments fit the signature one by one, else returns REJECTED and has done nothing: then
 * the call is for `bind`, which knows keywords and lists without brackets and says what is wrong. It makes no array, no
 * closure and no object but the result's handle. Null for a signature that is not of this kind.
 */
function directly(name: string, signature: Signature, implementation: Implementation): Direct | null {
  const { params, positional, variadic } = signature;
  if (signature.isSpread || params.length > DIRECT_ARGUMENTS || params.length === 0 || signature.returns === "boolean")
    return null;
  let required = params.length;
  while (required > 0 && params[required - 1]!.optional) required--;
  if (required > positional) return null;
  const [p0, p1, p2, p3] = params;
  const count = params.length;
  return (given, a, b, c, d) => {
    if (given < required || given > positional || given === 0) return REJECTED;
    const last = given === 1 ? a : given === 2 ? b : given === 3 ? c : d;
    if (isPlainObject(last) || (variadic && given === positional && !Array.isArray(last))) return REJECTED;
    const mark = enterOp(name);
    try {
      const x = converted(p0!, a);
      if (x === REJECTED) return REJECTED;
      if (count === 1) return wrap(implementation(x), signature);
      const y = given > 1 ? converted(p1!, b) : undefined;
      if (y === REJECTED) return REJECTED;
      if (count === 2) return wrap(implementation(x, y), signature);
      const z = given > 2 ? converted(p2!, c) : undefined;
      if (z === REJECTED) return REJECTED;
      if (count === 3) return wrap(implementation(x, y, z), signature);
      const w = given > 3 ? converted(p3!, d) : undefined;
      if (w === REJECTED) return REJECTED;
      return wrap(implementation(x, y, z, w), signature);
    } finally {
      leaveOp(mark);
    }
  };
}

const wrapOne = (result: Node | Pair | readonly Node[]): unknown =>
  typeof result === "number" ? wrapNode(result) : isPair(result) ? wrapPair(result) : result.map(wrapNode);
const wrap = (result: Result, { fields }: Signature): unknown =>
  typeof result === "number"
    ? wrapNode(result)
    : isPair(result)
      ? wrapPair(result)
      : withFields(result.map(wrapOne), fields);
/** What the implementation gives for the arguments as `bind` has converted them. */
function run(args: unknown[], signature: Signature, implementation: Implementation, forComplex: ForComplex): Result {
  if (!areComplex(args)) return implementation(...args);
  if (forComplex) return forComplex(implementation)(args, signature.params);
  throw failure(DTypeError, "not defined for complex numbers; the parts of a ComplexTensor are z.real and z.imag.");
}
/**
 * What an op returns whose implementation gave `result`. A boolean is read when the op's scope is closed: while it is open, all nodes
 * that the op has made are held, and would be computed to be kept.
 */
function returned(name: string, { returns }: Signature, result: unknown): unknown {
  if (returns !== "boolean") return result;
  const tensor = result as Tensor;
  return withinOp(name, () => {
    try {
      return Boolean(tensor.item());
    } finally {
      tensor.dispose();
    }
  });
}

/** The function that calls a single signature's implementation. */
function single(
  name: string,
  signature: Signature,
  implementation: Implementation,
  forComplex: ForComplex,
): (args: unknown[]) => unknown {
  return (args) => {
    const mark = enterOp(name);
    let result: unknown;
    try {
      const mismatch = bind(signature, args, args);
      if (mismatch !== null) throw argumentError(textOf(mismatch, mismatch.known));
      result = wrap(run(args, signature, implementation, forComplex), signature);
    } finally {
      leaveOp(mark);
    }
    return returned(name, signature, result);
  };
}

/** The function that calls the first signature which the arguments fit. */
function overloaded(
  name: string,
  signatures: readonly Signature[],
  implementations: readonly Implementation[],
  forComplex: ForComplex,
): (args: unknown[]) => unknown {
  return (args) => {
    const mark = enterOp(name);
    try {
      let closest: Mismatch | null = null;
      let known: readonly string[] = [];
      for (let i = 0; i < signatures.length; i++) {
        const bound: unknown[] = [];
        const mismatch = bind(signatures[i]!, args, bound);
        if (mismatch === null) return wrap(run(bound, signatures[i]!, implementations[i]!, forComplex), signatures[i]!);
        if (closest === null || mismatch.bound > closest.bound) closest = mismatch;
        if (mismatch.known) known = known.concat(mismatch.known);
      }
      throw argumentError(textOf(closest!, [...new Set(known)]));
    } finally {
      leaveOp(mark);
    }
  };
}

const never: Direct = () => REJECTED;

/**
 * How an op binds its arguments. Its signatures are parsed at the first call: to parse those of all ops would be the longest part of
 * loading the library.
 */
class Binding {
  constructor(
    readonly name: string,
    private readonly texts: string,
    private readonly implementation: Implementation | readonly Implementation[],
    private readonly forComplex: ForComplex,
  ) {
    this.direct = parseAtFirst;
    this.run = parseAtFirst;
  }
  direct: Direct;
  run: (args: unknown[]) => unknown;

  parse(): void {
    const { name, implementation, forComplex } = this;
    const signatures = this.texts.split(";").map(parseSignature);
    const implementations =
      typeof implementation === "function" ? signatures.map(() => implementation) : implementation;
    this.run =
      signatures.length === 1
        ? single(name, signatures[0]!, implementations[0]!, forComplex)
        : overloaded(name, signatures, implementations, forComplex);
    // Overloads are tried in order, so what fits the first signature needs no look at the others.
    this.direct = directly(name, signatures[0]!, implementations[0]!) ?? never;
  }
}
/** What stands for `direct` and `run` until then. */
function parseAtFirst(this: Binding, ...args: [unknown[]] | Parameters<Direct>): unknown {
  this.parse();
  return args.length === 1 ? this.run(args[0]) : this.direct(...args);
}

const listed = (...args: unknown[]): unknown[] => args;

/** The public function of an op with these signatures, with semicolons between. `key` is that in the table; messages show its last part. */
export function defineOp(
  key: string,
  texts: string,
  implementation: Implementation | readonly Implementation[],
  forComplex?: ForComplex,
): DefinedOp {
  const name = key.slice(key.lastIndexOf(".") + 1);
  const binding = new Binding(name, texts, implementation, forComplex);
  const self = key === name ? selfOf(texts) : -1;
  // Not a rest parameter: as long as it is only forwarded, V8 makes no object of `arguments`.
  /* eslint-disable prefer-rest-params, prefer-spread */
  return {
    name,
    call: function (a?: unknown, b?: unknown, c?: unknown, d?: unknown) {
      const result = binding.direct(arguments.length, a, b, c, d);
      if (result !== REJECTED) return result;
      return binding.run(listed.apply(undefined, arguments as unknown as unknown[]));
    },
    method:
      self < 0
        ? undefined
        : function (this: Tensor, a?: unknown, b?: unknown, c?: unknown) {
            const given = arguments.length + 1;
            const result =
              self === 0
                ? binding.direct(given, this, a, b, c)
                : self === 1
                  ? binding.direct(given, a, this, b, c)
                  : REJECTED;
            if (result !== REJECTED) return result;
            const args = listed.apply(undefined, arguments as unknown as unknown[]);
            args.splice(self, 0, this);
            return binding.run(args);
          },
  };
  /* eslint-enable prefer-rest-params, prefer-spread */
}
