// From the codes of failing calls to typed errors. The core found what is wrong; only the words are made here.
import { Limit, Purpose } from "../../assembly/abi/numbers";
import { type DType, Requirement } from "../../assembly/abi/opcodes";
import { Failure } from "../../assembly/abi/failures";
import {
  ArgumentError,
  AutogradError,
  DTypeError,
  LinAlgError,
  OutOfMemoryError,
  PlaceholderError,
  type PushforwardError,
  ShapeError,
  formatShape as show,
} from "../errors";
import { grownWithoutTurn, noteExhausted } from "./collector";
import { takeThrown } from "./hooks";
import { dtypeName } from "./dtype";
import { matrixMessage } from "./matrix-failures";
import { core, onExhausted, onTooWide, readFacts } from "./memory";
import { currentOp, nameOf } from "./op-scope";
import { blame, callSiteOf } from "./call-sites";

/** Lets the result of a call through; throws the typed error for a failure. */
export function check(result: number): number {
  if (result < 0) throw failed(result);
  return result;
}
/** The same for calls that return an address: one beyond 2 GiB is a negative number too, but no small one. */
export function checkAddress(result: number): number {
  if (result < 0 && result > -64) throw failed(result);
  return result >>> 0;
}

onExhausted(() => failed(Failure.OutOfMemory));
onTooWide(tooLarge);

function tooLarge(shape: readonly number[]): ShapeError {
  return new ShapeError(`${currentOp()}: shape ${show(shape)} has more than ${2 ** 31 - 1} elements.`);
}
/** Numbers of two words each. */
const wide = (words: readonly number[]): number[] =>
  words.filter((_, i) => i % 2).map((high, i) => high * 2 ** 32 + (words[2 * i]! >>> 0));

/** What is wrong with an element, given as the two words of a float64. */
function requirementText(requirement: Requirement, limit: number, low: number, high: number, atCall: boolean): string {
  const value = new Float64Array(new Int32Array([low, high]).buffer)[0]!;
  const expected: Record<number, string> = {
    [Requirement.NonZero]: "integers can't be divided by zero",
    [Requirement.Probability]: `expected probabilities between 0 and 1 but one is ${value}`,
    [Requirement.NotNegative]: `expected no negative elements but one is ${value}`,
    [Requirement.Positive]: `expected as many positive weights as are to be drawn from but one is ${value}`,
    [Requirement.Weight]: `expected weights that are finite and not negative but one is ${value}`,
    [Requirement.Finite]: `expected elements of a finite range but one is ${value}`,
    [Requirement.Count]: `the mask names ${value} places but the source has ${limit} elements`,
    [Requirement.Class]: `expected classes in 0 … ${limit - 1} but one is ${value}`,
  };
  return `${expected[requirement]}${atCall ? "." : `: it was computed by the program, which is evaluated now${whereTold()}.`}`;
}
/** How to learn which call an error that comes late is about, where it does not say so itself (`blame`). */
const whereTold = (): string =>
  callSiteOf(core.failedOrigin()) ? "" : "; pf.configure({ traces: true }) tells by which call";

const inMiB = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

function failed(code: Failure): PushforwardError {
  const error = errorOf(code);
  const site = callSiteOf(core.failedOrigin());
  return site ? blame(error, site) : error;
}
function errorOf(code: Failure): PushforwardError {
  const op = currentOp();
  // What the values of an operand must be may be found out when another op asks for them.
  const maker = nameOf(core.failedName()) || op;
  const [a = [], b = [], c = [], d = [], e = []] = code === Failure.OutOfMemory ? [] : readFacts();
  switch (code) {
    case Failure.OutOfMemory: {
      noteExhausted();
      const grown = grownWithoutTurn();
      const reserved = core.reservedBytes();
      const what = reserved < core.limitBytes() / 2 ? "as much as is needed at once can't" : "no more can";
      return new OutOfMemoryError(
        `${op}: out of memory: ${inMiB(reserved)} are reserved and ${what} be had. ` +
          (grown
            ? `The event loop has not turned while the last ${inMiB(grown)} were added, so nothing that became unreachable ` +
              `could be collected: free tensors with tidy or dispose, or let the loop turn (await setTimeout or another ` +
              `macrotask; promises alone don't turn it).`
            : `Free tensors that are not needed any more (tidy, dispose); let the event loop turn (await a macrotask), so that ` +
              `unreachable ones are collected; or raise maxMemoryBytes if configure has set it.`),
      );
    }
    case Failure.Broadcast:
      return new ShapeError(`${op}: shapes ${show(a)} and ${show(b)} can't be broadcast together.`);
    case Failure.DimOutOfRange: {
      const range = Math.max(b[0]!, 1);
      return new ShapeError(
        `${op}: Dimension out of range (expected to be in range of [${-range}, ${range - 1}], but got ${a[0]}).`,
      );
    }
    case Failure.Reshape: {
      const why =
        b.indexOf(-1) !== b.lastIndexOf(-1)
          ? "one of the sizes at most may be -1"
          : b.some((size) => size < -1)
            ? "sizes should not be negative"
            : "the sizes don't match";
      return new ShapeError(`${op}: shape ${show(b)} is invalid for an input of shape ${show(a)}: ${why}.`);
    }
    case Failure.Expand:
      return new ShapeError(
        `${op}: ${show(a)} can't be expanded to ${show(b)}: only dims of size 1 repeat, and new dims come first.`,
      );
    case Failure.Permute:
      return new ShapeError(`${op}: dims ${show(a)} should name each of the ${b[0]} dims once.`);
    case Failure.DuplicateDim:
      return new ShapeError(`${op}: dim ${a[0]} appears multiple times in the list of dims.`);
    case Failure.Slice:
      return new ShapeError(
        `${op}: a slice from ${show(b)} of lengths ${show(c)} in steps of ${show(d)} is out of range for shape ${show(a)}.`,
      );
    case Failure.Concat:
      return new ShapeError(
        `${op}: sizes of tensors must match except in dimension ${c[0]}: expected ${show(a)} but got ${show(b)}.`,
      );
    case Failure.Gather:
      return new ShapeError(
        `${op}: index of shape ${show(b)} should have as many dims as ${show(a)} and be no larger outside of the indexed dim.`,
      );
    case Failure.IndexOutOfRange:
      return new ArgumentError(
        `${maker}: index ${a[0]} is out of bounds for dimension ${c[0]} with size ${b[0]}: it should be in ${e[0] ?? 0} … ${b[0]! - 1}.` +
          (d[0]! < 0 ? "" : ` It was computed by the program; what indexes by it is evaluated now${whereTold()}.`),
      );
    case Failure.Matmul:
      return new ShapeError(`${op}: shapes ${show(a)} and ${show(b)} can't be multiplied.`);
    case Failure.Convolution: {
      const transposed = d[0] === 1;
      const form = transposed ? "[channels, outputs / groups, ...kernel]" : "[outputs, channels / groups, ...kernel]";
      return new ShapeError(
        `${op}: weight ${show(b)} does not fit input ${show(a)} with groups ${c[0]}: expected input as [batch, channels, ` +
          `...sizes] or without batch, and weight as ${form}, not empty, with channels and outputs that groups divides.`,
      );
    }
    case Failure.ConvolutionSize:
      return new ShapeError(
        `${op}: the kernel can't be larger than the padded input: ${show(wide(b))}, with dilation, does not fit into ${show(wide(a))}.`,
      );
    case Failure.DType:
      return new DTypeError(`${op}: is not defined for dtype ${dtypeName(a[0] as DType)}.`);
    case Failure.NegativeSize:
      return new ShapeError(`${op}: sizes should not be negative but got ${show(a)}.`);
    case Failure.TooLarge:
      return tooLarge(wide(a));
    case Failure.EmptyReduction:
      return new ShapeError(
        `${op}: can't reduce dim ${b[0]} of shape ${show(a)}: it has no elements and the operation has no identity.`,
      );
    case Failure.DimCount:
      return new ShapeError(`${op}: expected an input with ${a[0]} dims but got ${b[0]}.`);
    case Failure.CotangentShape:
      return new ShapeError(
        `${op}: Mismatch in shape: gradOutput has shape ${show(b)} and output has shape ${show(a)}.`,
      );
    case Failure.TooManyDims:
      return new ShapeError(`${op}: tensors have at most ${Limit.Dims} dims but got ${a[0]}.`);
    case Failure.Placeholder:
      if (a[0] === Purpose.Compile) {
        return new PlaceholderError(
          `${op}: a value that depends on the arguments of a compiled function, or on random numbers drawn in it, can't be ` +
            `read while it is traced: it does not exist yet. Use where instead of branches, or read it outside of compile.`,
        );
      }
      if (a[0] === Purpose.Dummy) {
        // No PlaceholderError: where one is caught, the function is traced in another way, which would not help here.
        return new AutogradError(
          `${op}: while jvp runs, a custom function's backward can't read a value that depends on its cotangent: jvp ` +
            `differentiates backward by it, and it has no value yet. Write backward in tensor ops (where instead of branches); ` +
            `shapes and other values can be read. In vjp, grad and backward cotangents have values.`,
        );
      }
      return new PlaceholderError(
        `${op}: a value that depends on the arguments of a mapped function can't be read inside vmap: it stands for a whole ` +
          `batch. Use where instead of branches.`,
      );
    case Failure.Requirement:
      return new ArgumentError(`${maker}: ${requirementText(a[0]!, b[0]!, c[0]!, d[0]!, e[0] === 1)}`);
    case Failure.Custom:
      throw takeThrown(); // the user's own, unchanged
    case Failure.SavedValue:
      return new AutogradError(
        `${op}: a custom function's backward uses a tensor that its forward saved, neither an input nor an output, and whose ` +
          `derivative is not known: forward made it of values that it had read (data, item), or by a transform that cut it ` +
          `off. Return it from forward as another output, or save what it is computed from and compute it in backward.`,
      );
    case Failure.NotMatrices:
      return new ShapeError(`${op}: expected square matrices, as the last two dims, but got ${show(a)}.`);
    case Failure.Matrix:
      return new LinAlgError(matrixMessage(a[0]!, b[0]!, c[0]!));
    case Failure.CompleteQr:
      return new AutogradError(
        `${op}: The QR decomposition is not differentiable when mode = "complete" and nrows > ncols: some columns of Q ${show(a)} are ` +
          `not determined by the matrix.`,
      );
    case Failure.NoDerivative:
      return new AutogradError(
        `${op}: this derivative is not known: those of ldlFactor, of zeta by its first argument, and of incomplete gamma and beta ` +
          `functions by their parameters from the third order on.`,
      );
    case Failure.None:
  }
  return new ArgumentError(`${op}: failed with code ${code}.`);
}
