// Complex arguments of ops: what of them an implementation over nodes gets, and ops that do to the imaginary parts what they do to the
// real ones.
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { type ComplexTensor, isComplexTensor, isPair, Pair, pairOf } from "../../tensor/complex";
import { isTensor, nodeOf, type Tensor } from "../../tensor/tensor";
import { REJECTED } from "../kinds";
import type { Param } from "../signature";

const isList = ({ kind }: Param): boolean => kind.type === "TensorList";

/** A complex argument in the place of a tensor, or of tensors, of which one is complex at least; else REJECTED. */
export function complexArgument(param: Param, value: unknown): unknown {
  if (isComplexTensor(value)) return param.takesTensor ? pairOf(value) : REJECTED;
  if (!isList(param) || !Array.isArray(value) || !value.some(isComplexTensor)) return REJECTED;
  // A hole is none of them.
  const items = Array.from(value as unknown[]);
  if (!items.every((item): item is Tensor | ComplexTensor => isTensor(item) || isComplexTensor(item))) return REJECTED;
  return items.map((item) => (isTensor(item) ? nodeOf(item) : pairOf(item)));
}
/** Whether some argument is complex, as implementations get them. */
export const areComplex = (args: readonly unknown[]): boolean =>
  args.some((arg) => isPair(arg) || (Array.isArray(arg) && arg.some(isPair)));

const zeroLike = (x: Node): Node => (p.isScalar(x) ? p.num(0) : p.fullLike(x, 0));
const NO_OPERAND = /^(condition|mask|index|indices)$/;

/** What stands in an argument's place when the imaginary parts are worked on: its own, zeros for a real operand. */
function imaginary(param: Param, arg: unknown): unknown {
  if (isPair(arg)) return arg.im;
  if (param.name === "value" && (typeof arg === "boolean" || !param.takesTensor)) return arg === undefined ? arg : 0;
  if (arg === undefined || NO_OPERAND.test(param.name)) return arg;
  if (isList(param)) return (arg as (Node | Pair)[]).map((item) => (isPair(item) ? item.im : zeroLike(item)));
  return param.takesTensor ? zeroLike(arg as Node) : arg;
}
const real = (arg: unknown): unknown =>
  Array.isArray(arg) ? arg.map((item: unknown) => (isPair(item) ? item.re : item)) : isPair(arg) ? arg.re : arg;

/** Applies an op that is linear in its operands, and places them or sums them up, to the real parts and to the imaginary ones. */
export function byParts(
  implementation: (...args: unknown[]) => Node | readonly Node[],
  params: readonly Param[],
  args: readonly unknown[],
): Pair | Pair[] {
  const re = implementation(...args.map(real));
  const im = implementation(...args.map((arg, i) => imaginary(params[i]!, arg)));
  if (typeof re === "number") return new Pair(re, im as Node);
  return re.map((node, k) => new Pair(node, (im as Node[])[k]!));
}

/** The ops for which byParts holds, where there are some of the name. */
export const PARTS = new Set(
  (
    "neg negative positive add sub subtract rsub sum nansum mean cumsum diff trace where reshape view reshapeAs viewAs flatten " +
    "unflatten ravel squeeze unsqueeze transpose swapdims swapaxes t permute movedim moveaxis expand expandAs broadcastTo " +
    "broadcastTensors narrow narrowCopy select slice flip fliplr flipud rot90 roll tile repeat repeatInterleave diagonal linalg.diagonal diag " +
    "diagEmbed diagflat tril triu unfold constantPadNd nn.functional.pad atleast1d atleast2d atleast3d clone contiguous detach cat " +
    "concat concatenate stack hstack vstack rowStack dstack columnStack split splitWithSizes chunk tensorSplit hsplit vsplit dsplit " +
    "unbind blockDiag meshgrid at setAt addAt gather takeAlongDim indexSelect take index scatterAdd indexAdd indexCopy indexFill " +
    "indexPut put maskedFill selectScatter sliceScatter diagonalScatter zerosLike emptyLike fft.fftshift fft.ifftshift"
  ).split(" "),
);
