// autograd.gradcheck and gradgradcheck: derivatives held against central differences (G5).
import { DType } from "../../assembly/abi/opcodes";
import { outsideOps, withinOp } from "../core/scope";
import { dtype, isFloat, type Node, numel } from "../core/prim";
import { core, shapeOf } from "../core/memory";
import { ArgumentError, AutogradError, DTypeError, ShapeError, formatShape, typeName } from "../errors";
import { checkOptions } from "../options";
import { makeData } from "../tensor/create";
import { evaluate, isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { tidy } from "../tensor/tidy";
import { jvpNodes, placeholderLike, vjpNodes, vmapNodes } from "./engine";
import { grad } from "./grad";
import { enableGrad } from "./mode";
import { takeApart, type Tensors } from "./structure";

interface CheckOptions {
  /** Half the distance of the two points of a difference; 1e-6. */
  eps?: number | undefined;
  /** How far an entry may be off: atol + rtol·|numerical|; 1e-5. */
  atol?: number | undefined;
  /** 1e-3. */
  rtol?: number | undefined;
  /** Whether a derivative that is wrong throws, or gives false. */
  raiseException?: boolean | undefined;
  /** How much two runs of the same backward pass may differ; 0. */
  nondetTol?: number | undefined;
  /** Whether gradients should have their inputs' dtypes and tangents their outputs'. */
  checkGradDtypes?: boolean | undefined;
  /** Whether products under vmap are held against products one by one, in reverse mode. */
  checkBatchedGrad?: boolean | undefined;
}
export interface GradcheckOptions extends CheckOptions {
  /** Whether reverse mode is checked; true. */
  checkBackwardAd?: boolean | undefined;
  /** Whether forward mode is checked; true. */
  checkForwardAd?: boolean | undefined;
  /** checkBatchedGrad, in forward mode. */
  checkBatchedForwardGrad?: boolean | undefined;
}
export interface GradgradcheckOptions extends CheckOptions {
  /** Whether the gradient is differentiated by forward mode; true. */
  checkFwdOverRev?: boolean | undefined;
  /** Whether the gradient is differentiated by reverse mode; true. */
  checkRevOverRev?: boolean | undefined;
}

/** A function to check: Tensors among its arguments that require grad are differentiated by, whatever else is passed on. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type CheckedFunction = (...inputs: any[]) => Tensors | readonly [];
/** Its arguments, or the only one. */
export type CheckedInputs = Tensor | readonly unknown[];

/** A derivative is wrong, and not the call: what raiseException = false gives false for. */
class Mismatch extends AutogradError {}

interface Check extends Required<GradcheckOptions> {
  name: string;
  func: CheckedFunction;
  args: readonly unknown[];
  /** The positions of the arguments that are differentiated by. */
  checked: readonly number[];
}

// -- running func

/** One run of func at fresh leaves. */
interface Run {
  leaves: Tensor[];
  outputs: readonly Tensor[];
}
// `values[j]`, if given, stand in for those of the argument at checked[j].
function run({ name, func, args, checked }: Check, values: readonly (Float64Array | null)[]): Run {
  const leaves = withinOp(name, () =>
    checked.map((position, j) => {
      const x = nodeOf(args[position] as Tensor);
      const given = values[j];
      return wrapNode(core.inputAlias(given ? makeData(given, shapeOf(x), DType.Float64) : x, 0) as Node);
    }),
  );
  const all = [...args];
  checked.forEach((position, j) => (all[position] = leaves[j]));
  return {
    leaves,
    outputs: listOf(
      name,
      outsideOps(() => func(...all)),
    ),
  };
}
const listOf = (name: string, result: unknown): readonly Tensor[] =>
  Array.isArray(result) && result.length === 0
    ? []
    : takeApart(result, "outputs of the user-provided function", name).tensors;
const runHere = (check: Check): Run => run(check, []);

/** A Jacobian: row i belongs to element i of the input, column k to element k of the output. */
interface Matrix {
  readonly columns: number;
  readonly data: Float64Array;
}
const zeros = (x: Node, y: Node): Matrix => ({ columns: numel(y), data: new Float64Array(numel(x) * numel(y)) });

/** [output][input] */
type Matrices = Matrix[][];

// The Jacobians of the outputs `chosen`, by central differences.
function numerical(check: Check, chosen: readonly number[]): Matrices {
  const { args, checked, eps } = check;
  const at = (j: number, element: number, step: number): Float64Array[] =>
    tidy(() => {
      const values = Float64Array.from((args[checked[j]!] as Tensor).data());
      values[element]! += step;
      const { outputs } = run(check, Object.assign([], { [j]: values }) as Float64Array[]);
      const all = chosen.map((i) => outputs[i]!);
      evaluate(...all);
      return all.map((output) => Float64Array.from(output.data()));
    });
  const columns = checked.map((position, j) =>
    Array.from({ length: (args[position] as Tensor).numel }, (_, element) => {
      const above = at(j, element, eps);
      const below = at(j, element, -eps);
      return above.map((values, i) => values.map((value, k) => (value - below[i]![k]!) / (2 * eps)));
    }),
  );
  return chosen.map((_, i) =>
    columns.map((ofInput) => {
      const rows = ofInput.map((ofElement) => ofElement[i]!);
      const data = new Float64Array(rows.reduce((total, row) => total + row.length, 0));
      rows.forEach((row, element) => data.set(row, element * row.length));
      return { columns: rows[0]?.length ?? 0, data };
    }),
  );
}

// A vector per element of x, 1 there and 0 elsewhere.
function* unitVectors(x: Node): Iterable<[element: number, vector: Node]> {
  for (let element = 0; element < numel(x); element++) {
    const values = new Float64Array(numel(x));
    values[element] = 1;
    yield [element, makeData(values, shapeOf(x), dtype(x))];
  }
}
/** Values without a pattern between −1 and 1, the same at every call. */
const scattered = (count: number, seed: number): Float64Array =>
  Float64Array.from(
    { length: count },
    (_, i) => 2 * (((i + 1) * 0.6180339887498949 + seed * 0.7548776662466927) % 1) - 1,
  );

// Shape and, if asked for, dtype of a gradient or tangent are those of what it belongs to.
function checkKind({ name, checkGradDtypes }: Check, what: string, node: Node, like: Node): void {
  const [got, want] = [shapeOf(node), shapeOf(like)].map(formatShape) as [string, string];
  if (got !== want) throw new Mismatch(`${name}: ${what} has shape ${got} where ${want} is expected.`);
  if (checkGradDtypes && dtype(node) !== dtype(like)) {
    throw new Mismatch(`${name}: ${what} has dtype ${DType[dtype(node)]} where ${DType[dtype(like)]} is expected.`);
  }
}

// Reads products all at once: `into` takes the values of each.
function readAll(products: readonly { node: Node; into: (values: ArrayLike<number>) => void }[]): void {
  const tensors = products.map(({ node }) => wrapNode(node));
  evaluate(...tensors);
  tensors.forEach((tensor, k) => products[k]!.into(tensor.data()));
}

function reverseMode(check: Check, chosen: readonly number[]): Matrices {
  return tidy(() => {
    const { leaves, outputs } = runHere(check);
    return withinOp(check.name, () => {
      const targets = leaves.map(nodeOf);
      const reads: Parameters<typeof readAll>[0][number][] = [];
      const matrices = chosen.map((i) => {
        const output = nodeOf(outputs[i]!);
        const row = targets.map((target) => zeros(target, output));
        for (const [element, vector] of unitVectors(output)) {
          vjpNodes([output], [vector], targets, false).forEach((node, j) => {
            if (node === null) return;
            checkKind(
              check,
              `the gradient of output ${i} with respect to input ${check.checked[j]}`,
              node,
              targets[j]!,
            );
            const { columns, data } = row[j]!;
            const into = (values: ArrayLike<number>): void => {
              for (let k = 0; k < values.length; k++) data[k * columns + element] = values[k]!;
            };
            reads.push({ node, into });
          });
        }
        return row;
      });
      readAll(reads);
      return matrices;
    });
  });
}

function forwardMode(check: Check, chosen: readonly number[]): Matrices {
  return tidy(() => {
    const { leaves, outputs } = runHere(check);
    return withinOp(check.name, () => {
      const inputs = leaves.map(nodeOf);
      const nodes = chosen.map((i) => nodeOf(outputs[i]!));
      const matrices = nodes.map((output) => inputs.map((input) => zeros(input, output)));
      const reads: Parameters<typeof readAll>[0][number][] = [];
      inputs.forEach((input, j) => {
        for (const [element, vector] of unitVectors(input)) {
          const tangents = inputs.map((_, other) => (other === j ? vector : null));
          jvpNodes(nodes, inputs, tangents, false).tangents.forEach((node, i) => {
            if (node === null) return;
            checkKind(check, `the tangent of output ${chosen[i]}`, node, nodes[i]!);
            const { columns, data } = matrices[i]![j]!;
            reads.push({ node, into: (values) => data.set(values, element * columns) });
          });
        }
      });
      readAll(reads);
      return matrices;
    });
  });
}

// -- comparing

const isClose = (got: number, want: number, atol: number, rtol: number): boolean =>
  got === want || Math.abs(got - want) <= atol + rtol * Math.abs(want);

/** The position of an element in a shape, as a message shows it. */
function positionOf(element: number, shape: readonly number[]): string {
  const indices: number[] = [];
  for (const size of [...shape].reverse()) {
    indices.unshift(element % size);
    element = Math.floor(element / size);
  }
  return formatShape(indices);
}

/** Throws for the entry that is furthest off. */
function compare(check: Check, chosen: readonly number[], got: Matrices, want: Matrices, mode: string): void {
  const { name, atol, rtol, args, checked } = check;
  got.forEach((row, i) =>
    row.forEach(({ columns, data }, j) => {
      const expected = want[i]![j]!.data;
      let wrong = 0;
      let worst = -1;
      let largest = -1;
      data.forEach((value, at) => {
        if (isClose(value, expected[at]!, atol, rtol)) return;
        wrong++;
        const distance = Math.abs(value - expected[at]!);
        // NaN compares as nothing else does: it is the worst.
        if (distance <= largest) return;
        largest = Number.isNaN(distance) ? Infinity : distance;
        worst = at;
      });
      if (worst < 0) return;
      const x = args[checked[j]!] as Tensor;
      const shape = tidy(() => runHere(check).outputs[chosen[i]!]!.shape);
      throw new Mismatch(
        `${name}: Jacobian ${mode}mismatch for output ${chosen[i]} with respect to input ${checked[j]}, at entry ` +
          `${positionOf(worst % columns, shape)} of the output and ${positionOf(Math.floor(worst / columns), x.shape)} of the ` +
          `input,\nnumerical: ${expected[worst]}\nanalytical: ${data[worst]}\n${wrong} of ${data.length} entries are off by more ` +
          `than ${atol} + ${rtol} · |numerical|.`,
      );
    }),
  );
}

function checkReentrant({ name, nondetTol }: Check, first: Matrices, second: Matrices): void {
  first.forEach((row, i) =>
    row.forEach(({ data }, j) => {
      const other = second[i]![j]!.data;
      if (data.every((value, at) => Object.is(value, other[at]) || Math.abs(value - other[at]!) <= nondetTol)) return;
      throw new Mismatch(
        `${name}: Backward is not reentrant: running it twice with the same input and gradOutputs gives different values, ` +
          `although the gradient matches the differences. The tolerance for nondeterminism was ${nondetTol}.`,
      );
    }),
  );
}

/** How many vectors go through vmap at once. */
const BATCH = 2;

// Products with a batch of vectors under vmap against the same products one by one. `product` maps a vector like `like`.
function checkBatched(check: Check, what: string, like: Node, product: (vector: Node) => (Node | null)[]): void {
  const vectors = Array.from({ length: BATCH }, (_, k) => scattered(numel(like), k + 1));
  const shape = shapeOf(like);
  const single = vectors.map((values) => product(makeData(values, shape, dtype(like))));
  const placeholder = placeholderLike(like, false);
  const mapped = product(placeholder);
  const present = mapped.flatMap((node, k) => (node === null ? [] : [k]));
  const all = makeData(Float64Array.from(vectors.flatMap((v) => [...v])), [BATCH, ...shape], dtype(like));
  const batch = vmapNodes(
    [placeholder],
    [all],
    BATCH,
    present.map((k) => mapped[k]!),
  );
  const read = (node: Node): number[] => Array.from(wrapNode(node).data());
  present.forEach((k, at) => {
    const want = single.flatMap((nodes) => read(nodes[k]!));
    read(batch[at]!).forEach((value, element) => {
      if (isClose(value, want[element]!, check.atol, check.rtol)) return;
      throw new Mismatch(
        `${check.name}: ${what} under vmap differs from the same product by itself: element ${element} of entry ${k} is ` +
          `${value}, expected ${want[element]}.`,
      );
    });
  });
}
function checkBatchedReverse(check: Check, chosen: readonly number[]): void {
  tidy(() => {
    const { leaves, outputs } = runHere(check);
    withinOp(check.name, () => {
      const targets = leaves.map(nodeOf);
      for (const i of chosen) {
        const output = nodeOf(outputs[i]!);
        checkBatched(check, `the vector-Jacobian product of output ${i}`, output, (vector) =>
          vjpNodes([output], [vector], targets, false),
        );
      }
    });
  });
}
function checkBatchedForward(check: Check, chosen: readonly number[]): void {
  tidy(() => {
    const { leaves, outputs } = runHere(check);
    withinOp(check.name, () => {
      const inputs = leaves.map(nodeOf);
      const nodes = chosen.map((i) => nodeOf(outputs[i]!));
      inputs.forEach((input, j) =>
        checkBatched(
          check,
          `the Jacobian-vector product with respect to input ${check.checked[j]}`,
          input,
          (vector) => {
            const tangents = inputs.map((_, other) => (other === j ? vector : null));
            return jvpNodes(nodes, inputs, tangents, false).tangents;
          },
        ),
      );
    });
  });
}

// -- the checks

function checkAll(check: Check): void {
  const flags = tidy(() => runHere(check).outputs.map((output) => ({ grad: output.requiresGrad, float: isFloat(nodeOf(output)) }))); // prettier-ignore
  const floats = flags.flatMap(({ float }, i) => (float ? [i] : []));
  const chosen = flags.flatMap(({ grad: differentiable }, i) => (differentiable ? [i] : []));
  if (chosen.length === 0) {
    const slopes = numerical(check, floats);
    slopes.forEach((row, i) =>
      row.forEach(({ data }, j) => {
        const slope = data.find((value) => !(Math.abs(value) <= check.atol));
        if (slope === undefined) return;
        throw new Mismatch(
          `${check.name}: Numerical gradient for function expected to be zero: output ${floats[i]} does not require grad, but ` +
            `its derivative by input ${check.checked[j]} has an entry with numerical: ${slope}, analytical: 0.`,
        );
      }),
    );
    return;
  }
  const expected = numerical(check, chosen);
  if (check.checkForwardAd) compare(check, chosen, forwardMode(check, chosen), expected, "computed with forward mode ");
  if (check.checkBackwardAd) {
    const gradients = reverseMode(check, chosen);
    compare(check, chosen, gradients, expected, "");
    checkReentrant(check, gradients, reverseMode(check, chosen));
  }
  if (check.checkBatchedForwardGrad) checkBatchedForward(check, chosen);
  if (check.checkBatchedGrad) checkBatchedReverse(check, chosen);
}

const KNOWN = ["eps", "atol", "rtol", "raiseException", "nondetTol", "checkGradDtypes", "checkBatchedGrad"];

function checkNumbers(name: string, options: GradcheckOptions): void {
  for (const key of ["eps", "atol", "rtol", "nondetTol"] as const) {
    const value: unknown = options[key];
    if (value === undefined || (typeof value === "number" && value >= 0 && (key !== "eps" || value > 0))) continue;
    throw new ArgumentError(
      `${name}: ${key} should be a ${key === "eps" ? "positive" : "non-negative"} number but got ${String(value)}.`,
    );
  }
}

/** The arguments as an array, and which of them are differentiated by. */
function argumentsOf(name: string, func: unknown, inputs: CheckedInputs): Pick<Check, "args" | "checked"> {
  if (typeof func !== "function")
    throw new ArgumentError(`${name}: func should be a function but got ${typeName(func)}.`);
  const args = isTensor(inputs) ? [inputs] : inputs;
  if (!Array.isArray(args)) {
    throw new ArgumentError(`${name}: inputs should be a Tensor or an array but got ${typeName(inputs)}.`);
  }
  const checked = args.flatMap((arg: unknown, i) => (isTensor(arg) && core.requiresGrad(nodeOf(arg)) ? [i] : []));
  if (checked.length === 0) {
    throw new ArgumentError(
      `${name}: ${name} expects at least one input tensor to require gradient, but none of them have requiresGrad = true.`,
    );
  }
  return { args, checked };
}
function checkDouble(
  name: string,
  args: readonly unknown[],
  positions: readonly number[],
  eps: number,
  what: string,
): void {
  for (const i of positions) {
    const tensor = args[i] as Tensor;
    if (tensor.dtype === "float64") continue;
    throw new DTypeError(
      `${name}: ${what} ${i} requires grad and is not in double precision (its dtype is ${tensor.dtype}): the rounding of ` +
        `${tensor.dtype} is larger than what a step of ${eps} changes, so differences can't tell right from wrong. Make it ` +
        `float64.`,
    );
  }
}

function perform(
  name: string,
  func: CheckedFunction,
  given: Pick<Check, "args" | "checked">,
  options: GradcheckOptions,
): boolean {
  const check: Check = {
    name,
    func,
    ...given,
    eps: options.eps ?? 1e-6,
    atol: options.atol ?? 1e-5,
    rtol: options.rtol ?? 1e-3,
    raiseException: options.raiseException ?? true,
    nondetTol: options.nondetTol ?? 0,
    checkGradDtypes: options.checkGradDtypes ?? false,
    checkBatchedGrad: options.checkBatchedGrad ?? false,
    checkBatchedForwardGrad: options.checkBatchedForwardGrad ?? false,
    checkBackwardAd: options.checkBackwardAd ?? true,
    checkForwardAd: options.checkForwardAd ?? true,
  };
  if (!check.checkBackwardAd && !check.checkForwardAd) {
    throw new ArgumentError(`${name}: Expected at least one of reverse mode and forward mode to be checked.`);
  }
  try {
    enableGrad(() => checkAll(check));
    return true;
  } catch (error) {
    if (error instanceof Mismatch && !check.raiseException) return false;
    throw error;
  }
}

/**
 * Checks the derivatives of func against central differences: reverse mode and forward mode, for every input that requires
 * grad and every output that does.
 *
 * @param func takes the inputs as separate arguments and returns a Tensor or an array of Tensors
 * @param inputs a Tensor or an array; Tensors that require grad must be float64, anything else is passed on as it is
 * @returns true; false for a wrong derivative with raiseException = false
 * @throws AutogradError for a wrong derivative, with the entry that differs most, its numerical and its analytical value;
 *   DTypeError for a float32 input that requires grad; ArgumentError when none requires grad; whatever func throws
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 * @example
 * const x = pf.tensor([0.5, 2], { dtype: "float64", requiresGrad: true });
 * pf.autograd.gradcheck((x) => x.sin().mul(x), x); // true
 */
export function gradcheck(func: CheckedFunction, inputs: CheckedInputs, options: GradcheckOptions = {}): boolean {
  checkOptions("gradcheck", options, [...KNOWN, "checkBackwardAd", "checkForwardAd", "checkBatchedForwardGrad"]);
  const settings = options ?? {};
  checkNumbers("gradcheck", settings);
  const given = argumentsOf("gradcheck", func, inputs);
  checkDouble("gradcheck", given.args, given.checked, settings.eps ?? 1e-6, "the input at index");
  return perform("gradcheck", func, given, settings);
}

// A cotangent per differentiable output, of a fixed pattern: a check gives the same answer every time.
function defaultCotangents(func: CheckedFunction, { args, checked }: Pick<Check, "args" | "checked">): Tensor[] {
  const check = { name: "gradgradcheck", func, args, checked } as unknown as Check;
  return tidy(() => {
    const outputs = runHere(check).outputs.filter((output) => output.requiresGrad);
    return withinOp("gradgradcheck", () =>
      outputs.map((output, i) => {
        const node = nodeOf(output);
        const values = makeData(scattered(numel(node), i + 1), shapeOf(node), dtype(node));
        core.requireGrad(values);
        return wrapNode(values);
      }),
    );
  });
}
function givenCotangents(given: Tensors): Tensor[] {
  const cotangents = takeApart(given, "gradOutputs", "gradgradcheck").tensors;
  return withinOp("gradgradcheck", () =>
    cotangents.map((tensor, i) => {
      if (isFloat(nodeOf(tensor))) return tensor;
      throw new DTypeError(`gradgradcheck: gradOutputs[${i}] should have a floating dtype but got ${tensor.dtype}.`);
    }),
  );
}

/**
 * Checks the second derivatives of func: gradcheck of its gradient, as a function of the inputs and of the cotangents. In a
 * message the outputs are the gradients, and the inputs are those of func followed by gradOutputs.
 *
 * @param gradOutputs the cotangents, one per output that requires grad; of a fixed pattern if they are left out
 * @throws as gradcheck
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
 */
export function gradgradcheck(
  func: CheckedFunction,
  inputs: CheckedInputs,
  gradOutputs?: Tensors | null,
  options: GradgradcheckOptions = {},
): boolean {
  checkOptions("gradgradcheck", options, [...KNOWN, "checkFwdOverRev", "checkRevOverRev"]);
  const { checkFwdOverRev = true, checkRevOverRev = true, ...settings } = options ?? {};
  checkNumbers("gradgradcheck", settings);
  const { args, checked } = argumentsOf("gradgradcheck", func, inputs);
  checkDouble("gradgradcheck", args, checked, settings.eps ?? 1e-6, "the input at index");
  return tidy(() => {
    const cotangents = enableGrad(() =>
      gradOutputs ? givenCotangents(gradOutputs) : defaultCotangents(func, { args, checked }),
    );
    const gradient = (...all: unknown[]): Tensor[] => {
      const result = listOf("gradgradcheck", func(...all.slice(0, args.length)));
      const outputs = result.filter((output) => output.requiresGrad);
      const seeds = all.slice(args.length) as Tensor[];
      if (outputs.length === 0) return [];
      if (outputs.length !== seeds.length) {
        throw new ShapeError(
          `gradgradcheck: func has ${outputs.length} outputs that require grad but gradOutputs has ${seeds.length} entries.`,
        );
      }
      const targets = checked.map((position) => all[position] as Tensor);
      const gradients = grad(outputs, targets, { gradOutputs: seeds, createGraph: true, allowUnused: true });
      return gradients.filter((node) => node !== null);
    };
    const all = [...args, ...cotangents];
    const positions = all.flatMap((arg, i) => (isTensor(arg) && arg.requiresGrad ? [i] : []));
    checkDouble("gradgradcheck", all, positions, settings.eps ?? 1e-6, "the input at index");
    const given = { args: all, checked: positions };
    const modes = { checkForwardAd: checkFwdOverRev, checkBackwardAd: checkRevOverRev };
    return perform("gradgradcheck", gradient, given, { ...settings, ...modes });
  });
}
