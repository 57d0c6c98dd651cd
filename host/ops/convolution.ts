// torch.nn.functional's convolutions: the primitive with torch's ways of saying stride, padding and dilation.
import { formatShape } from "../errors";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, shapeError } from "./define";
import { type Ints, sizes } from "./support";

/** One whole number, or one for each axis, none below `least`. */
function perAxis(what: string, value: Ints, count: number, least: number): number[] {
  const all = sizes(what, value, count);
  if (all.some((n) => n < least)) {
    const bound = least === 0 ? "not be negative" : `be at least ${least}`;
    throw argumentError(`${what} should ${bound} but is ${formatShape(value)}.`);
  }
  return all;
}
/** The last sizes of weight, once the numbers of dims are found to be right. */
function kernelOf(x: Node, weight: Node, count: number, groups: number): number[] {
  if (p.ndim(x) !== count + 1 && p.ndim(x) !== count + 2)
    throw shapeError(
      `expected ${count + 1}-dim (without batch) or ${count + 2}-dim input but got ${formatShape(p.shape(x))}.`,
    );
  if (p.ndim(weight) !== count + 2)
    throw shapeError(`expected ${count + 2}-dim weight but got ${formatShape(p.shape(weight))}.`);
  if (groups < 1) throw argumentError(`groups should be at least 1 but is ${groups}.`);
  return p.shape(weight).slice(2);
}
/** y: [batch, outputs, ...sizes], batch may be missing, plus bias: [outputs]. */
function withBias(y: Node, bias: Node | undefined, count: number): Node {
  if (bias === undefined) return y;
  const outputs = p.size(y, -count - 1);
  if (p.ndim(bias) !== 1 || p.size(bias, 0) !== outputs)
    throw shapeError(`bias should be [${outputs}], one for each output, but is ${formatShape(p.shape(bias))}.`);
  return p.add(y, p.reshape(bias, [outputs, ...Array<number>(count).fill(1)]));
}

const conv =
  (count: number) =>
  (
    x: Node,
    weight: Node,
    bias?: Node,
    stride: Ints = [1],
    padding: Ints | "valid" | "same" = [0],
    dilation: Ints = [1],
    groups = 1,
  ): Node => {
    const kernel = kernelOf(x, weight, count, groups);
    const strides = perAxis("stride", stride, count, 1);
    const dilations = perAxis("dilation", dilation, count, 1);
    const paddings = typeof padding === "string" ? [] : perAxis("padding", padding, count, 0);
    if (padding === "same" && strides.some((n) => n !== 1))
      throw argumentError(`padding "same" is not supported with a stride other than 1 but stride is ${formatShape(stride)}.`); // prettier-ignore
    const axes = kernel.map((size, d) => {
      // Of an odd total the end gets more.
      const total = dilations[d]! * (size - 1);
      if (padding === "same" && total > 2 ** 31 - 1) throw argumentError(`dilation ${dilations[d]} is too large.`);
      const low = padding === "same" ? Math.floor(total / 2) : (paddings[d] ?? 0);
      const high = padding === "same" ? total - low : low;
      return { stride: strides[d]!, low, high, inputDilation: 1, dilation: dilations[d]! };
    });
    return withBias(p.convolution(x, weight, axes, groups, false), bias, count);
  };

const convTranspose =
  (count: number) =>
  (
    x: Node,
    weight: Node,
    bias?: Node,
    stride: Ints = [1],
    padding: Ints = [0],
    outputPadding: Ints = [0],
    groups = 1,
    dilation: Ints = [1],
  ): Node => {
    const kernel = kernelOf(x, weight, count, groups);
    const strides = perAxis("stride", stride, count, 1);
    const paddings = perAxis("padding", padding, count, 0);
    const extra = perAxis("outputPadding", outputPadding, count, 0);
    const dilations = perAxis("dilation", dilation, count, 1);
    if (extra.some((n, d) => n >= Math.max(strides[d]!, dilations[d]!)))
      throw argumentError(
        `outputPadding should be smaller than stride or dilation but is ${formatShape(outputPadding)}, with stride ` +
          `${formatShape(stride)} and dilation ${formatShape(dilation)}.`,
      );
    const axes = kernel.map((size, d) => {
      const low = dilations[d]! * (size - 1) - paddings[d]!;
      if (low + extra[d]! > 2 ** 31 - 1) throw argumentError(`dilation ${dilations[d]} is too large.`);
      return { stride: 1, low, high: low + extra[d]!, inputDilation: strides[d]!, dilation: dilations[d]! };
    });
    return withBias(p.convolution(x, weight, axes, groups, true), bias, count);
  };

export const convolutionOps = {
  "nn.functional.conv1d": conv(1),
  "nn.functional.conv2d": conv(2),
  "nn.functional.conv3d": conv(3),
  "nn.functional.convTranspose1d": convTranspose(1),
  "nn.functional.convTranspose2d": convTranspose(2),
  "nn.functional.convTranspose3d": convTranspose(3),
};
