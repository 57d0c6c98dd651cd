// Shape rules of the core, asked directly: what each primitive refuses, one condition broken at a time, in which words, and
// what it still takes beside that.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DType, Requirement } from "../../assembly/abi/opcodes";
import * as p from "../../host/core/prim";
import { withinOp } from "../../host/core/op-scope";
import * as pf from "../../host/index";
import { adoptNode, nodeOf } from "../../host/tensor/tensor";
import { core } from "../../host/core/memory";

type Node = p.Node;
const { Bool, Int32, Float32, Float64 } = DType;
const numel = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
/** Data of a shape: 0, 1, 2, … */
const data = (shape: number[], dtype: pf.DTypeName = "float64"): Node =>
  nodeOf(pf.tensor(Float64Array.from({ length: numel(shape) }, (_, i) => i), { shape, dtype })); // prettier-ignore
const data23 = (): pf.Tensor => pf.tensor(Float64Array.from(x23), { shape: [2, 3] });
const ints = (...values: number[]): Node => nodeOf(pf.tensor(values, { dtype: "int32" }));
const evaluated = (x: Node): Node => (p.withValues(x, () => 0), x);
function held(node: Node): pf.Tensor {
  core.hold(node);
  return adoptNode(node);
}
const made = (make: () => Node): pf.Tensor => withinOp("op", () => held(make()));

const axis = (stride = 1, low = 0, high = 0, inputDilation = 1, dilation = 1): p.ConvolutionAxis => ({ stride, low, high, inputDilation, dilation }); // prettier-ignore
const conv = (x: number[], w: number[], groups = 1, isTransposed = false, axes = [axis(), axis()], dtype: pf.DTypeName = "float64"): Node =>
  p.convolution(data(x, dtype), data(w, dtype), axes, groups, isTransposed); // prettier-ignore
const wrong = (x: string, w: string, groups: number, isTransposed = false): string =>
  `op: weight ${w} does not fit input ${x} with groups ${groups}: expected input as [batch, channels, ...sizes] or without batch, ` +
  `and weight as ${isTransposed ? "[channels, outputs / groups, ...kernel]" : "[outputs, channels / groups, ...kernel]"}, not empty, with channels and outputs that groups divides.`; // prettier-ignore

const refused: [what: string, make: () => Node, message: string][] = [
  ["reshape to fewer elements", () => p.reshape(data([2, 3]), [5]), "op: shape [5] is invalid for an input of shape [2, 3]: the sizes don't match."],
  ["reshape to more elements", () => p.reshape(data([2, 3]), [7]), "op: shape [7] is invalid for an input of shape [2, 3]: the sizes don't match."],
  ["reshape with two open sizes", () => p.reshape(data([2, 3]), [-1, -1]), "op: shape [-1, -1] is invalid for an input of shape [2, 3]: one of the sizes at most may be -1."],
  ["reshape with a negative size", () => p.reshape(data([2, 3]), [-2, -3]), "op: shape [-2, -3] is invalid for an input of shape [2, 3]: sizes should not be negative."],
  ["reshape with one negative size", () => p.reshape(data([2, 3]), [2, -3]), "op: shape [2, -3] is invalid for an input of shape [2, 3]: sizes should not be negative."],
  ["reshape with an open size that does not come out", () => p.reshape(data([2, 3]), [4, -1]), "op: shape [4, -1] is invalid for an input of shape [2, 3]: the sizes don't match."],
  ["reshape with an open size beside 0", () => p.reshape(data([0, 3]), [0, -1]), "op: shape [0, -1] is invalid for an input of shape [0, 3]: the sizes don't match."],
  ["reshape to what wraps around to the same count", () => p.reshape(data([0]), [65536, 65536]), "op: shape [65536, 65536] is invalid for an input of shape [0]: the sizes don't match."],
  ["permute with a dim twice", () => p.permute(data([2, 3]), [0, 0]), "op: dims [0, 0] should name each of the 2 dims once."],
  ["permute with a dim twice, the last", () => p.permute(data([2, 3]), [1, -1]), "op: dims [1, -1] should name each of the 2 dims once."],
  ["permute of too few", () => p.permute(data([2, 3]), [0]), "op: dims [0] should name each of the 2 dims once."],
  ["permute of too many", () => p.permute(data([2, 3]), [0, 1, 0]), "op: dims [0, 1, 0] should name each of the 2 dims once."],
  ["permute of a dim too large", () => p.permute(data([2, 3]), [0, 2]), "op: Dimension out of range (expected to be in range of [-2, 1], but got 2)."],
  ["permute of a dim too small", () => p.permute(data([2, 3]), [-3, 1]), "op: Dimension out of range (expected to be in range of [-2, 1], but got -3)."],
  ["expand of a size", () => p.expand(data([2, 3]), [2, 4]), "op: [2, 3] can't be expanded to [2, 4]: only dims of size 1 repeat, and new dims come first."],
  ["expand of the first size", () => p.expand(data([2, 3]), [4, 3]), "op: [2, 3] can't be expanded to [4, 3]: only dims of size 1 repeat, and new dims come first."],
  ["expand to fewer dims", () => p.expand(data([1, 3]), [3]), "op: [1, 3] can't be expanded to [3]: only dims of size 1 repeat, and new dims come first."],
  ["expand with a new dim left open", () => p.expand(data([3]), [-1, 3]), "op: [3] can't be expanded to [-1, 3]: only dims of size 1 repeat, and new dims come first."],
  ["expand to a negative size", () => p.expand(data([1, 3]), [-2, 3]), "op: [1, 3] can't be expanded to [-2, 3]: only dims of size 1 repeat, and new dims come first."],
  ["slice that starts before", () => p.slice(data([4]), [-1], [2], [1]), "op: a slice from [-1] of lengths [2] in steps of [1] is out of range for shape [4]."],
  ["slice of negative length", () => p.slice(data([4]), [0], [-1], [1]), "op: a slice from [0] of lengths [-1] in steps of [1] is out of range for shape [4]."],
  ["slice in steps of 0", () => p.slice(data([4]), [0], [2], [0]), "op: a slice from [0] of lengths [2] in steps of [0] is out of range for shape [4]."],
  ["slice that ends behind", () => p.slice(data([4]), [1], [4], [1]), "op: a slice from [1] of lengths [4] in steps of [1] is out of range for shape [4]."],
  ["slice that ends behind in steps", () => p.slice(data([5]), [1], [3], [2]), "op: a slice from [1] of lengths [3] in steps of [2] is out of range for shape [5]."],
  ["slice of one element behind the end", () => p.slice(data([4]), [4], [1], [1]), "op: a slice from [4] of lengths [1] in steps of [1] is out of range for shape [4]."],
  ["slice whose end wraps around", () => p.slice(data([4]), [2], [3], [2 ** 30]), "op: a slice from [2] of lengths [3] in steps of [1073741824] is out of range for shape [4]."],
  ["slice out of range in the first dim", () => p.slice(data([4, 2]), [3, 0], [2, 2], [1, 1]), "op: a slice from [3, 0] of lengths [2, 2] in steps of [1, 1] is out of range for shape [4, 2]."],
  ["slice of the first dim alone", () => p.slice(data([4, 2]), [0], [2], [1]), "op: a slice from [0] of lengths [2] in steps of [1] is out of range for shape [4, 2]."],
  ["slice out of range in the second dim", () => p.slice(data([4, 2]), [0, 1], [4, 2], [1, 1]), "op: a slice from [0, 1] of lengths [4, 2] in steps of [1, 1] is out of range for shape [4, 2]."],
  ["pad of too few dims", () => p.pad(data([2, 3]), [1], [1]), "op: expected an input with 2 dims but got 1."],
  ["pad by a negative amount before", () => p.pad(data([2]), [-1], [0]), "op: sizes should not be negative but got [-1, 0, 0]."],
  ["pad by a negative amount after", () => p.pad(data([2]), [0], [-1]), "op: sizes should not be negative but got [0, -1, 0]."],
  ["pad by a negative amount between", () => p.pad(data([2, 2]), [0, 0], [0, 0], [0, -1]), "op: sizes should not be negative but got [0, 0, 0, 0, 0, -1]."],
  ["pad to too much", () => p.pad(data([2, 3]), [0, 0], [2 ** 30, 0]), "op: shape [1073741826, 3] has more than 2147483647 elements."],
  ["pad between to too much", () => p.pad(data([3]), [0], [0], [2 ** 30]), "op: shape [2147483651] has more than 2147483647 elements."],
  ["concat of other first sizes along the second", () => p.concat([data([2, 3]), data([4, 3])], 1), "op: sizes of tensors must match except in dimension 1: expected [2, 3] but got [4, 3]."],
  ["concat of other last sizes along the first", () => p.concat([data([2, 3]), data([2, 4])], 0), "op: sizes of tensors must match except in dimension 0: expected [2, 3] but got [2, 4]."],
  ["concat of fewer dims", () => p.concat([data([2, 3]), data([2])], 1), "op: sizes of tensors must match except in dimension 1: expected [2, 3] but got [2]."],
  ["concat of more dims", () => p.concat([data([2]), data([2, 3])], 0), "op: sizes of tensors must match except in dimension 0: expected [2] but got [2, 3]."],
  ["concat whose third does not fit", () => p.concat([data([2, 3]), data([1, 3]), data([1, 2])], -2), "op: sizes of tensors must match except in dimension 0: expected [2, 3] but got [1, 2]."],
  ["concat of numbers", () => p.concat([data([]), data([])], 0), "op: expected an input with 1 dims but got 0."],
  ["concat along a dim too large", () => p.concat([data([2])], 1), "op: Dimension out of range (expected to be in range of [-1, 0], but got 1)."],
  ["concat to too much", () => p.concat([p.expand(data([1]), [2 ** 30]), p.expand(data([1]), [2 ** 30])], 0), "op: shape [2147483648] has more than 2147483647 elements."],
  ["gather of fewer dims", () => p.gather(data([2, 3]), 1, ints(0)), "op: index of shape [1] should have as many dims as [2, 3] and be no larger outside of the indexed dim."],
  ["gather of more rows", () => p.gather(data([1, 3]), 1, evaluated(p.reshape(ints(0, 0), [2, 1]))), "op: index of shape [2, 1] should have as many dims as [1, 3] and be no larger outside of the indexed dim."],
  ["gather by floats", () => p.gather(data([2]), 0, data([1])), "op: is not defined for dtype float64."],
  ["gather along a dim too large", () => p.gather(data([2]), 1, ints(0)), "op: Dimension out of range (expected to be in range of [-1, 0], but got 1)."],
  ["gather at the size", () => p.gather(data([2]), 0, ints(0, 2)), "op: index 2 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["gather at -1", () => p.gather(data([2]), 0, ints(0, -1)), "op: index -1 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["gather of a number at 1", () => p.gather(data([]), 0, p.reshape(ints(1), [])), "op: index 1 is out of bounds for dimension 0 with size 1: it should be in 0 … 0."],
  // A view of an index at hand shows all of it: what is wrong is told at once.
  ["gather by a reshaped index", () => p.gather(data([2, 1]), 0, p.reshape(ints(0, 2), [2, 1])), "op: index 2 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["gather by an expanded index", () => p.gather(data([2, 2]), 0, p.expand(p.reshape(ints(2), [1, 1]), [1, 2])), "op: index 2 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["gather by a permuted index", () => p.gather(data([2, 2]), 1, p.permute(evaluated(p.reshape(ints(0, 2), [1, 2])), [1, 0])), "op: index 2 is out of bounds for dimension 1 with size 2: it should be in 0 … 1."],
  ["gather by a flipped index", () => p.gather(data([2]), 0, p.flip(ints(0, 2), [0])), "op: index 2 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["gather by an alias", () => p.gather(data([2]), 0, p.alias(ints(0, 2))), "op: index 2 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["gather by a detached index", () => p.gather(data([2]), 0, p.detach(ints(0, 2))), "op: index 2 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["scatterAdd at the size", () => p.scatterAdd(data([2]), 0, ints(2), data([1])), "op: index 2 is out of bounds for dimension 0 with size 2: it should be in 0 … 1."],
  ["scatterAdd of too little", () => p.scatterAdd(data([2]), 0, ints(0, 1), data([1])), "op: index of shape [2] should have as many dims as [1] and be no larger outside of the indexed dim."],
  ["scatterAdd of too little along the other dim", () => p.scatterAdd(data([2, 2]), 0, p.reshape(ints(0, 1), [1, 2]), data([1, 1])), "op: index of shape [1, 2] should have as many dims as [1, 1] and be no larger outside of the indexed dim."],
  ["scatterAdd of other dims", () => p.scatterAdd(data([2]), 0, ints(0), data([1, 1])), "op: index of shape [1] should have as many dims as [1, 1] and be no larger outside of the indexed dim."],
  ["scatterAdd to fewer rows", () => p.scatterAdd(data([1, 2]), 1, evaluated(p.reshape(ints(0, 1), [2, 1])), data([2, 2])), "op: index of shape [2, 1] should have as many dims as [1, 2] and be no larger outside of the indexed dim."],
  ["scatterAdd along a dim too small", () => p.scatterAdd(data([2]), -2, ints(0), data([1])), "op: Dimension out of range (expected to be in range of [-1, 0], but got -2)."],
  ["lastWriter at the size", () => p.lastWriter(ints(0, 3), 0, 3), "op: index 3 is out of bounds for dimension 0 with size 3: it should be in 0 … 2."],
  ["lastWriter by floats", () => p.lastWriter(data([2]), 0, 3), "op: is not defined for dtype float64."],
  ["argsort along a dim too large", () => p.argsort(data([2]), 1), "op: Dimension out of range (expected to be in range of [-1, 0], but got 1)."],
  ["amax over nothing", () => p.amax(data([2, 0]), [1]), "op: can't reduce dim 1 of shape [2, 0]: it has no elements and the operation has no identity."],
  ["amin over nothing, all dims", () => p.amin(data([0, 2])), "op: can't reduce dim 0 of shape [0, 2]: it has no elements and the operation has no identity."],
  ["argmax over nothing", () => p.argmax(data([2, 0]), [1]), "op: can't reduce dim 1 of shape [2, 0]: it has no elements and the operation has no identity."],
  ["matmul of other inner sizes", () => p.matmul(data([2, 3]), data([2, 3])), "op: shapes [2, 3] and [2, 3] can't be multiplied."],
  ["matmul of a vector", () => p.matmul(data([3]), data([3, 2])), "op: shapes [3] and [3, 2] can't be multiplied."],
  ["matmul by a vector", () => p.matmul(data([2, 3]), data([3])), "op: shapes [2, 3] and [3] can't be multiplied."],
  ["matmul of nothing by a long vector of many parts", () => p.matmul(data([2, 0]), p.concat(Array.from({ length: 600 }, () => data([1])), 0)), "op: shapes [2, 0] and [600] can't be multiplied."],
  ["matmul of other batches", () => p.matmul(data([2, 2, 3]), data([3, 3, 2])), "op: shapes [2, 2, 3] and [3, 3, 2] can't be multiplied."],
  ["matmul of bools", () => p.matmul(data([2, 2], "bool"), data([2, 2], "bool")), "op: is not defined for dtype bool."],
  ["sub of bools", () => p.sub(data([2], "bool"), data([2], "bool")), "op: is not defined for dtype bool."],
  ["fmod of bools", () => p.fmod(data([2], "bool"), data([2], "bool")), "op: is not defined for dtype bool."],
  ["remainder of bools", () => p.remainder(data([2], "bool"), data([2], "bool")), "op: is not defined for dtype bool."],
  ["neg of bools", () => p.neg(data([2], "bool")), "op: is not defined for dtype bool."],
  ["shapes that don't broadcast", () => p.add(data([2, 3]), data([2, 1, 2])), "op: shapes [2, 3] and [2, 1, 2] can't be broadcast together."],
  ["where of shapes that don't broadcast", () => p.where(data([2], "bool"), data([2]), data([3])), "op: shapes [2] and [3] can't be broadcast together."],
  ["where by a condition that does not broadcast", () => p.where(data([2], "bool"), data([3]), data([3])), "op: shapes [2] and [3] can't be broadcast together."],
  ["convolution without axes", () => conv([1, 2], [2, 2], 1, false, []), wrong("[1, 2]", "[2, 2]", 1)],
  ["convolution over four axes", () => conv([1, 1, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1], 1, false, [axis(), axis(), axis(), axis()]), wrong("[1, 1, 2, 2, 2, 2]", "[1, 1, 1, 1, 1, 1]", 1)],
  ["convolution of too few dims", () => conv([3, 3], [1, 1, 2, 2]), wrong("[3, 3]", "[1, 1, 2, 2]", 1)],
  ["convolution of too many dims", () => conv([1, 1, 1, 3, 3], [1, 1, 2, 2]), wrong("[1, 1, 1, 3, 3]", "[1, 1, 2, 2]", 1)],
  ["convolution in no groups", () => conv([1, 1, 3, 3], [1, 1, 2, 2], 0), wrong("[1, 1, 3, 3]", "[1, 1, 2, 2]", 0)],
  ["convolution in groups that don't divide the channels", () => conv([1, 3, 3, 3], [2, 1, 2, 2], 2), wrong("[1, 3, 3, 3]", "[2, 1, 2, 2]", 2)],
  ["convolution in groups that don't divide the outputs", () => conv([1, 4, 3, 3], [3, 2, 2, 2], 2), wrong("[1, 4, 3, 3]", "[3, 2, 2, 2]", 2)],
  ["convolution by empty weights", () => conv([1, 1, 3, 3], [0, 1, 2, 2]), wrong("[1, 1, 3, 3]", "[0, 1, 2, 2]", 1)],
  ["convolution of other channels", () => conv([1, 2, 3, 3], [1, 1, 2, 2]), wrong("[1, 2, 3, 3]", "[1, 1, 2, 2]", 1)],
  ["transposed convolution of other channels", () => conv([1, 2, 3, 3], [1, 2, 2, 2], 1, true), wrong("[1, 2, 3, 3]", "[1, 2, 2, 2]", 1, true)],
  ["convolution of bools", () => conv([1, 1, 3, 3], [1, 1, 2, 2], 1, false, undefined, "bool"), "op: is not defined for dtype bool."],
  ["convolution by a larger kernel", () => conv([1, 1, 3, 3], [1, 1, 2, 4]), "op: the kernel can't be larger than the padded input: [2, 4], with dilation, does not fit into [3, 3]."],
  ["convolution by a larger dilated kernel", () => conv([1, 1, 3, 4], [1, 1, 3, 2], 1, false, [axis(1, 1, 0, 1, 2), axis()]), "op: the kernel can't be larger than the padded input: [5, 2], with dilation, does not fit into [4, 4]."],
  ["convolution of cropped input", () => conv([1, 1, 3, 3], [1, 1, 2, 2], 1, false, [axis(), axis(1, -1, -1)]), "op: the kernel can't be larger than the padded input: [2, 2], with dilation, does not fit into [3, 1]."],
  ["convolution of too much padding", () => conv([1, 1, 3, 3], [1, 1, 2, 2], 1, false, [axis(), axis(1, 2 ** 30, 2 ** 30)]), "op: shape [2147483651] has more than 2147483647 elements."],
]; // prettier-ignore
for (const [what, make, message] of refused)
  test(`refused: ${what}`, () =>
    pf.tidy(() => {
      let told = "nothing";
      try {
        made(make);
      } catch (error) {
        told = (error as Error).message;
      }
      assert.is(told, message);
    }));

const x23 = [0, 1, 2, 3, 4, 5];
const taken: [what: string, make: () => Node, shape: number[], dtype: DType, values?: number[]][] = [
  ["reshape of nothing", () => p.reshape(data([0, 3]), [5, 0, 7]), [5, 0, 7], Float64, []],
  ["reshape with an open size of 0", () => p.reshape(data([0, 3]), [3, -1]), [3, 0], Float64, []],
  ["reshape of a constant", () => p.reshape(p.full([2, 3], 7, Int32), [3, -1]), [3, 2], Int32, [7, 7, 7, 7, 7, 7]],
  ["permute with negative dims", () => p.permute(data([1, 2, 3]), [-1, 0, -2]), [3, 1, 2], Float64, [0, 3, 1, 4, 2, 5]],
  ["permute of a constant", () => p.permute(p.full([1, 2], 3, Float32), [1, 0]), [2, 1], Float32, [3, 3]],
  ["permute back", () => p.permute(p.permute(data([1, 2, 3]), [2, 0, 1]), [1, 2, 0]), [1, 2, 3], Float64, x23],
  ["permute once more", () => p.permute(p.permute(data([1, 2, 3]), [2, 0, 1]), [2, 0, 1]), [2, 3, 1], Float64, x23],
  ["expand with a size left open", () => p.expand(data([1, 3]), [2, -1]), [2, 3], Float64, [0, 1, 2, 0, 1, 2]],
  ["expand to nothing", () => p.expand(data([1, 3]), [0, 3]), [0, 3], Float64, []],
  ["expand by a dim of size 1", () => p.expand(data([3]), [1, 3]), [1, 3], Float64, [0, 1, 2]],
  ["expand of what repeats", () => p.expand(p.expand(data([1, 2]), [2, 2]), [2, 2, 2]), [2, 2, 2], Float64, [0, 1, 0, 1, 0, 1, 0, 1]],
  ["slice to the end", () => p.slice(data([4]), [2], [2], [1]), [2], Float64, [2, 3]],
  ["slice in steps to the end", () => p.slice(data([5]), [0], [3], [2]), [3], Float64, [0, 2, 4]],
  ["slice of nothing behind the end", () => p.slice(data([4]), [9], [0], [1]), [0], Float64, []],
  ["slice of everything but one dim", () => p.slice(data([2, 3]), [0, 1], [2, 2], [1, 1]), [2, 2], Float64, [1, 2, 4, 5]],
  ["slice of a constant", () => p.slice(p.full([2, 3], 7, Int32), [1, 0], [1, 2], [1, 2]), [1, 2], Int32, [7, 7]],
  ["pad before, after and between", () => p.pad(data([2, 2]), [1, 0], [0, 2], [1, 0], 9), [4, 4], Float64, [9, 9, 9, 9, 0, 1, 9, 9, 9, 9, 9, 9, 2, 3, 9, 9]],
  ["pad between alone", () => p.pad(data([2]), [0], [0], [2], 9), [4], Float64, [0, 9, 9, 1]],
  ["pad between one", () => p.pad(data([1]), [0], [0], [2], 9), [1], Float64, [0]],
  ["pad between none", () => p.pad(data([0]), [0], [0], [2], 9), [0], Float64, []],
  ["pad around none", () => p.pad(data([0]), [1], [1], [2], 9), [2], Float64, [9, 9]],
  ["pad behind other lists", () => (p.permute(data([1, 1, 1, 1, 1, 1]), [-6, -5, -4, -3, -2, -1]), p.pad(data([2]), [1], [0])), [3], Float64, [0, 0, 1]],
  ["pad of ints by a fraction", () => p.pad(data([1], "int32"), [1], [0], [0], 2.9), [2], Int32, [2, 0]],
  ["concat of dtypes", () => p.concat([data([1], "int32"), data([2], "float32"), data([1], "bool")], 0), [4], Float32, [0, 0, 1, 0]],
  ["concat of a narrower first", () => p.concat([data([1], "bool"), data([2], "int32")], 0), [3], Int32, [0, 0, 1]],
  ["concat along the last of two", () => p.concat([data([2, 1]), data([2, 2])], -1), [2, 3], Float64, [0, 0, 1, 1, 2, 3]],
  ["concat of none", () => p.concat([data([0, 2]), data([1, 2])], 0), [1, 2], Float64, [0, 1]],
  ["concat that is long in one dim alone", () => p.slice(p.concat([p.full([2, 50000], 1, Float32), p.full([2, 50000], 2, Float32)], 1), [0, 49999], [2, 2], [1, 1]), [2, 2], Float32, [1, 2, 1, 2]],
  ["gather of a number", () => p.gather(data([]), 0, p.reshape(ints(0), [])), [], Float64, [0]],
  ["gather of fewer along other dims", () => p.gather(data([2, 3]), 1, p.reshape(ints(2, 0, 1, 1), [1, 4])), [1, 4], Float64, [2, 0, 1, 1]],
  ["gather along the first", () => p.gather(data([2, 3]), 0, p.reshape(ints(1, 0), [1, 2])), [1, 2], Float64, [3, 1]],
  ["gather by nothing of what is out of range", () => p.gather(data([2]), 0, p.expand(ints(7), [0])), [0], Float64, []],
  ["gather by each second of an index at hand", () => p.gather(data([2]), 0, evaluated(p.slice(ints(1, 9, 0, 9), [0], [2], [2]))), [2], Float64, [1, 0]],
  ["gather by a part of an index at hand", () => p.gather(data([2]), 0, p.slice(ints(1, 0, 9), [0], [2], [1])), [2], Float64, [1, 0]],
  ["scatterAdd of a part", () => p.scatterAdd(data([3]), 0, ints(2, 2), data([4])), [3], Float64, [0, 1, 3]],
  ["scatterAdd of other dtypes", () => p.scatterAdd(data([2], "int32"), 0, ints(0), data([1], "bool")), [2], Int32, [0, 1]],
  ["scatterAdd to a number", () => p.scatterAdd(data([]), 0, p.reshape(ints(0), []), p.full([], 5, Float64)), [], Float64, [5]],
  ["scatterAdd of rows, fewer along the other dim", () => p.scatterAdd(data([2, 3]), 0, p.reshape(ints(1, 1), [1, 2]), data([2, 3])), [2, 3], Float64, [0, 1, 2, 3, 5, 5]],
  ["lastWriter", () => p.lastWriter(ints(2, 0, 2), 0, 4), [4], Int32, [1, -1, 2, -1]],
  ["lastWriter along the first of two", () => p.lastWriter(p.reshape(ints(1, 0, 1, 1), [2, 2]), 0, 3), [3, 2], Int32, [-1, 0, 1, 1, -1, -1]],
  ["argsort of a number", () => p.argsort(data([]), 0), [], Int32, [0]],
  ["argsort, a part", () => p.argsort(p.neg(data([4])), -1, false, 1, 2), [2], Int32, [2, 1]],
  ["argsort, more than there is", () => p.argsort(data([3]), 0, true, 2, 9), [1], Int32, [0]],
  ["argsort, behind the end", () => p.argsort(data([3]), 0, false, 5, 1), [0], Int32, []],
  ["sum over nothing", () => p.sum(data([2, 0]), [1]), [2], Float64, [0, 0]],
  ["prod over nothing", () => p.prod(data([0, 2]), [0], true), [1, 2], Float64, [1, 1]],
  ["amax beside a dim without elements", () => p.amax(data([0, 2]), [1]), [0], Float64, []],
  ["sum of bools", () => p.sum(p.full([3], 1, Bool)), [], Int32, [3]],
  ["prod of bools", () => p.prod(p.full([3], 1, Bool)), [], Int32, [1]],
  ["amax of bools", () => p.amax(data([2], "bool")), [], Bool, [1]],
  ["argmax of a number", () => p.argmax(data([])), [], Int32, [0]],
  ["matmul in batches that broadcast", () => p.matmul(data([2, 1, 1, 2]), data([3, 2, 1])), [2, 3, 1, 1], Float64, [1, 3, 5, 3, 13, 23]],
  ["matmul of dtypes", () => p.matmul(data([1, 2], "int32"), data([2, 1], "float32")), [1, 1], Float32, [1]],
  ["matmul without inner elements", () => p.matmul(data([1, 0]), data([0, 2])), [1, 2], Float64, [0, 0]],
  ["pow of bools", () => p.pow(data([2], "bool"), data([2], "bool")), [2], Int32, [1, 1]],
  ["pow of large whole constants", () => p.pow(p.full([1], 50000, Int32), p.num(2)), [1], Int32, [-1794967296]],
  ["pow by padded exponents", () => p.pow(p.full([2], 3, Float64), p.pad(data([1]), [0], [1], [0], 2)), [2], Float64, [1, 9]],
  ["div of ints", () => p.div(data([2], "int32"), p.full([2], 4, Int32)), [2], Float32, [0, 0.25]],
  ["atan2 of ints", () => p.atan2(p.full([1], 0, Int32), p.full([1], 4, Int32)), [1], Float32, [0]],
  ["exp of ints", () => p.exp(p.full([1], 0, Int32)), [1], Float32, [1]],
  ["exp of bools", () => p.exp(p.full([1], 0, Bool)), [1], Float32, [1]],
  ["abs of ints", () => p.abs(p.full([1], -3, Int32)), [1], Int32, [3]],
  ["comparison of numbers", () => p.eq(data([2], "int32"), p.num(1)), [2], Bool, [0, 1]],
  ["logicalXor of floats", () => p.logicalXor(data([3]), p.num(2)), [3], Bool, [1, 0, 0]],
  ["logicalAnd beside what is 0 in the common dtype", () => p.logicalAnd(data([2], "float32"), p.full([], 1e-300, Float64)), [2], Bool, [0, 1]],
  ["logicalNot of floats", () => p.logicalNot(data([2])), [2], Bool, [1, 0]],
  ["broadcast of more dims to the right", () => p.add(data([3]), data([2, 1])), [2, 3], Float64, [0, 1, 2, 1, 2, 3]],
  ["broadcast of more dims to the left", () => p.sub(data([2, 1]), data([3])), [2, 3], Float64, [0, -1, -2, 1, 0, -1]],
  ["broadcast with none", () => p.add(data([1, 3]), data([0, 1])), [0, 3], Float64, []],
  ["where of dtypes", () => p.where(data([2], "bool"), data([2], "int32"), p.full([2, 1], 2, Float32)), [2, 2], Float32, [2, 1, 2, 1]],
  ["where of a number and ints", () => p.where(data([2]), p.num(3), data([2], "int32")), [2], Int32, [0, 3]],
  ["convolution without batch", () => conv([1, 3, 3], [1, 1, 2, 2]), [1, 2, 2], Float64, [19, 25, 37, 43]],
  ["convolution of an empty batch", () => conv([0, 1, 3, 3], [1, 1, 2, 2]), [0, 1, 2, 2], Float64, []],
  ["convolution by a kernel as large as its input", () => conv([1, 1, 2, 2], [1, 1, 2, 2]), [1, 1, 1, 1], Float64, [14]],
  ["convolution over one axis, in groups, with all attributes", () => conv([1, 2, 3], [2, 1, 2], 2, false, [axis(2, 1, 2, 2, 3)]), [1, 2, 3], Float64, [1, 2, 0, 12, 15, 0]],
  ["convolution of an axis without elements, dilated", () => conv([1, 1, 0], [1, 1, 1], 1, false, [axis(1, 1, 1, 2)]), [1, 1, 2], Float64, [0, 0]],
  ["transposed convolution in groups", () => conv([1, 2, 1, 1], [2, 3, 1, 2], 2, true, [axis(), axis(1, 1, 1)]), [1, 6, 1, 2], Float64, [0, 0, 0, 0, 0, 0, 6, 7, 8, 9, 10, 11]],
  ["repeated sizes", () => p.add(p.full([2], 1, Float32), p.full([2], 2, Float64)), [2], Float64, [3, 3]],
]; // prettier-ignore
for (const [what, make, shape, dtype, values] of taken)
  test(`taken: ${what}`, () =>
    pf.tidy(() => {
      const got = made(make);
      assert.equal(got.shape, shape);
      assert.is(p.dtype(nodeOf(got)), dtype);
      if (values) assert.equal(Array.from(got.data(), Number), values);
    }));

// -- what values must be
const requirement =
  (r: Requirement, limit: number, dim = 0) =>
  (x: Node) =>
    p.required(x, r, limit, dim);
const { NonZero, Probability, NotNegative, Index, Class } = Requirement;
const bounds: [what: string, require: (x: Node) => Node, right: number[], wrong: number[], message: RegExp][] = [
  ["a divisor", requirement(NonZero, 0), [1, -1, 0.5, NaN], [0, -0], /integers can't be divided by zero/],
  ["a probability", requirement(Probability, 0), [0, 1, 0.5, -0], [-1e-6, 1.00001, 2, -1, NaN], /probabilities between 0 and 1 but one is/],
  ["a deviation", requirement(NotNegative, 0), [0, -0, 1e-30, Infinity], [-1e-30, -1, NaN], /no negative elements but one is/],
  ["an index", requirement(Index, 3, 2), [-3, 2, 0], [-4, 3], /index (-4|3) is out of bounds for dimension 2 with size 3: it should be in -3 … 2/],
  ["a class", requirement(Class, 3), [0, 2], [-1, 3], /classes in 0 … 2 but one is (-1|3)/],
]; // prettier-ignore
for (const [what, require, right, wrong, message] of bounds) {
  const forms: [string, (value: number) => Node][] = [
    ["constant", (value) => p.full([2], value, Float64)],
    ["at hand", (value) => nodeOf(pf.tensor([right[0]!, value], { dtype: "float64" }))],
    ["computed later", (value) => p.mul(nodeOf(pf.tensor([right[0]!, value], { dtype: "float64" })), p.num(1))],
  ];
  for (const [form, make] of forms) {
    const read = (value: number): pf.Tensor => {
      const x = made(() => require(make(value)));
      return (x.data(), x);
    };
    for (const value of right) test(`${what}, ${form}: ${value}`, () => pf.tidy(() => void read(value)));
    for (const value of wrong)
      test(`${what}, ${form}: ${value} is refused`, () => {
        assert.throws(() => pf.tidy(() => void read(value)), (error: unknown) => error instanceof pf.ArgumentError && message.test(error.message)); // prettier-ignore
      });
  }
  test(`${what}: none, and a constant of no elements`, () => {
    pf.tidy(() => {
      for (const shape of [[0], [0, 3], [3, 0]]) {
        assert.equal(made(() => require(data(shape))).shape, shape);
        assert.equal(made(() => require(p.full(shape, wrong[0]!, Float64))).shape, shape);
        assert.equal(Array.from(made(() => require(p.mul(data(shape), p.num(1)))).data()), []);
      }
    });
  });
}
for (const dtype of ["float64", "float32", "int32"] as const)
  for (const later of [false, true])
    test(`each element of a view is looked at, and none beside it: ${dtype}, ${later ? "later" : "at hand"}`, () => {
      const at = (i: number, j: number, k: number): number => ((1 + 2 * i) * 7 + 1 + 3 * j) * 9 + 2 + 2 * k;
      const positions = [0, 1].flatMap((i) => [0, 1].flatMap((j) => [0, 1, 2].map((k) => at(i, j, k))));
      const view = (bad: number): Node => {
        const values = new Float64Array(5 * 7 * 9).fill(9);
        for (const position of positions) values[position] = position === bad ? 5 : 1;
        const x = nodeOf(pf.tensor(values, { shape: [5, 7, 9], dtype }));
        const shown = p.permute(p.slice(x, [1, 1, 2], [2, 2, 3], [2, 3, 2]), [2, 0, 1]);
        return later ? shown : evaluated(shown);
      };
      const check = (bad: number): Float64Array => made(() => p.required(view(bad), Class, 3)).data() as Float64Array;
      pf.tidy(() => assert.equal(Array.from(check(-1)), Array(12).fill(1)));
      for (const bad of positions) assert.throws(() => pf.tidy(() => void check(bad)), /one is 5/);
    });

test("what values must be holds for each element of a batch, in the same words", () => {
  const read = (make: (x: Node) => Node, values: number[]): unknown =>
    pf.tidy(() => {
      const later = (x: pf.Tensor): pf.Tensor => made(() => make(p.mul(nodeOf(x), p.num(1))));
      return Array.from(
        pf.func
          .vmap(later)(pf.tensor(values, { dtype: "float64" }))
          .data(),
      );
    });
  for (const [what, require, right, wrong, message] of bounds) {
    assert.equal(read(require, right), right, what);
    for (const value of wrong) assert.throws(() => read(require, [right[0]!, value]), message, what);
  }
});

test("the operands of a concat find their places at each walk again, and those of two in turn", () => {
  pf.tidy(() => {
    const [a, b, c] = [1, 2, 3].map((size) => pf.ones([size]).requiresGrad_());
    const [x, y] = [pf.cat([a, b, c]), pf.cat([c, b, a])];
    const g = pf.arange(6).add(0.5);
    const gradients = (of: pf.Tensor): unknown =>
      pf.autograd.grad(of, [a, b, c], { gradOutputs: [g], retainGraph: true }).map((each) => Array.from(each!.data()));
    const [ofX, ofY] = [[[0.5], [1.5, 2.5], [3.5, 4.5, 5.5]], [[5.5], [3.5, 4.5], [0.5, 1.5, 2.5]]]; // prettier-ignore
    for (let i = 0; i < 2; i++) assert.equal([gradients(x), gradients(x), gradients(y)], [ofX, ofX, ofY]);
    // Each operand on its own, the last first.
    for (const k of [2, 0, 1]) assert.equal(Array.from(pf.autograd.grad(x, [[a, b, c][k]!], { gradOutputs: [g], retainGraph: true })[0]!.data()), ofX[k]); // prettier-ignore
  });
});
test("the gradient of a view of a huge repetition, by the view itself", () => {
  pf.tidy(() => {
    const base = pf.tensor([3]).requiresGrad_();
    const huge = base.expand(2 ** 24 + 1);
    for (const [f, slope] of [[(v: pf.Tensor) => v.mul(2), 2], [(v: pf.Tensor) => v.neg(), -1]] as const) {
      const gradient = pf.autograd.grad(f(huge).sum(), huge)[0]!;
      assert.equal(gradient.shape, huge.shape);
      assert.is(gradient.slice(0, 0, 1).item(), slope);
    }
  });
}); // prettier-ignore
test("the gradient of a slice of nothing in steps", () => {
  pf.tidy(() => {
    const x = pf.ones([4]).requiresGrad_();
    const gradient = (y: pf.Tensor): unknown => Array.from(pf.autograd.grad(y.sum(), x)[0]!.data());
    assert.equal(gradient(x.slice(0, 1, 1, 2)), [0, 0, 0, 0]);
    assert.equal(gradient(x.slice(0, 4, 4, 3)), [0, 0, 0, 0]);
    assert.equal(gradient(x.slice(0, 0, 4, 3)), [1, 0, 0, 1]);
    assert.equal(gradient(x.slice(0, 1, 3, 3)), [0, 1, 0, 0]);
  });
});
test("views of constants are constants, whose values are looked at when the op is called", () => {
  const zeros = (): Node => p.full([1, 3], 0, Float64);
  const views: [string, () => Node][] = [
    ["reshape", () => p.reshape(zeros(), [3, 1])],
    ["permute", () => p.permute(zeros(), [1, 0])],
    ["expand", () => p.expand(zeros(), [2, 3])],
    ["slice", () => p.slice(zeros(), [0, 1], [1, 2], [1, 1])],
    ["flip", () => p.flip(zeros(), [1])],
    ["cast", () => p.cast(zeros(), Int32)],
    ["all of them", () => p.flip(p.expand(p.cast(p.permute(p.reshape(zeros(), [3, 1]), [1, 0]), Bool), [4, 3]), [0])],
  ];
  for (const [what, make] of views)
    assert.throws(() => pf.tidy(() => void made(() => p.required(make(), NonZero, 0))), /divided by zero/, what);
}); // prettier-ignore
test("a kept sum as the cotangent of a reshape or an expansion stays what its user can differentiate by", () => {
  pf.tidy(() => {
    const w = data23().requiresGrad_();
    const x = pf.ones([3], { dtype: "float64" }).requiresGrad_();
    for (const y of [x.reshape(1, 3), x.expand(1, 3)]) {
      const v = w.sum(0, true);
      const [gradient] = pf.autograd.grad(y, x, { gradOutputs: [v], createGraph: true });
      assert.equal(Array.from(gradient!.data()), [3, 5, 7]);
      const [byV, byW] = pf.autograd.grad(gradient!.square().sum(), [v, w]);
      assert.equal(byV!.shape, [1, 3]);
      assert.equal(Array.from(byV!.data()), [6, 10, 14]);
      assert.equal(Array.from(byW!.data()), [6, 10, 14, 6, 10, 14]);
    }
  });
});
test("a kept sum that was read in a backward goes on through a reshape", () => {
  const repeat = pf.autograd.customFunction({
    forward: (_, x: pf.Tensor) => x.expand(2, 3).clone(),
    backward: (_, g) => {
      const sum = g.sum(0, true);
      assert.equal(Array.from(sum.data()), [3, 5, 7]);
      return sum;
    },
  });
  pf.tidy(() => {
    const x = pf.ones([3], { dtype: "float64" }).requiresGrad_();
    const [gradient] = pf.autograd.grad(repeat(x.reshape(1, 3)), x, { gradOutputs: [data23()] });
    assert.equal(Array.from(gradient!.data()), [3, 5, 7]);
  });
});
test("a transpose that was read in a backward, or made of what requires grad, goes on through a transpose", () => {
  pf.tidy(() => {
    const w = data23().requiresGrad_();
    const make: [what: string, backward: (g: pf.Tensor) => pf.Tensor][] = [
      ["read", (g) => (g.t().data(), g.t())],
      ["read, the same", (g) => { const t = g.t(); t.data(); return t; }],
      ["of what requires grad", () => w.t()],
    ]; // prettier-ignore
    for (const [what, backward] of make) {
      const f = pf.autograd.customFunction({ forward: (_, x: pf.Tensor) => x.t().clone(), backward: (_, g) => backward(g) });
      const x = pf.ones([2, 3], { dtype: "float64" }).requiresGrad_();
      const [gradient] = pf.autograd.grad(f(x.t()), x, { gradOutputs: [data23()] });
      assert.equal(Array.from(gradient!.data()), x23, what);
      assert.not(gradient!.requiresGrad, what);
    }
  });
}); // prettier-ignore
test("a square's gradient does not overflow where its cotangent alone would, doubled", () => {
  pf.tidy(() => {
    const x = pf.tensor([1e-10], { dtype: "float64" }).requiresGrad_();
    for (const g of [pf.tensor([1e308], { dtype: "float64" }), pf.full([1], 1e308, { dtype: "float64" })])
      assert.is(pf.autograd.grad(x.square(), x, { gradOutputs: [g] })[0]!.item(), 1e308 * 2e-10);
  });
});
test("a pad around nothing, or between one, is its operand", () => {
  pf.tidy(() => {
    for (const [shape, between] of [[[2, 3], [0, 0]], [[1, 3], [2, 0]], [[3, 1], [0, 2]], [[1, 1], [2, 2]]] as const) {
      const x = nodeOf(pf.ones([...shape]));
      assert.is(withinOp("op", () => p.pad(x, [0, 0], [0, 0], between)), x);
    }
  });
}); // prettier-ignore
test("the mixed derivative of a^b at b = 0 is 1/a in either order", () => {
  pf.tidy(() => {
    const [a, b] = [[2, 0.5], [0, 0]].map((values) => pf.tensor(values, { dtype: "float64", requiresGrad: true })) as [pf.Tensor, pf.Tensor];
    const [byA, byB] = pf.autograd.grad(a.pow(b).sum(), [a, b], { createGraph: true });
    for (const [first, second] of [[byA!, b], [byB!, a]] as const)
      assert.equal(Array.from(pf.autograd.grad(first.sum(), second, { retainGraph: true })[0].data()), [0.5, 2]);
  });
}); // prettier-ignore
// As 1 / x; the power of a tensor of exponents is another in the last place.
for (const dtype of ["float32", "float64"] as const)
  test(`a power of -1 is the reciprocal, ${dtype}`, () => {
    pf.tidy(() => {
      const x = pf.tensor(
        Float64Array.from({ length: 500 }, (_, i) => (i + 1) * 1.37e-3 * (i % 2 ? -1 : 1)),
        { dtype },
      );
      assert.equal(x.pow(-1).data(), x.reciprocal().data());
      assert.not.equal(x.pow(pf.full([500], -1, { dtype }).clone().add(0)).data(), x.reciprocal().data());
    });
  });
test("reshapes that need no copy take no memory, and those that do show the same", () => {
  const n = 256;
  const base = pf.arange(n * n).reshape(n, n);
  pf.evaluate(base);
  const at = (i: number, j: number): number => i * n + j;
  const rows = Array.from({ length: n }, (_, i) => i);
  const cases: [what: string, view: pf.Tensor, shape: number[], first: number[], copies: boolean][] = [
    ["contiguous", base, [2 * n, n / 2], rows, false],
    ["to one dim", base, [n * n], rows, false],
    ["a dim of size 1 that is stepped along otherwise", base.reshape(1, n, n).permute(1, 0, 2), [n * n], rows, false],
    ["rows", base.narrow(0, 2, 100), [200, n / 2], rows.map((i) => at(2, i)), false],
    ["repeated rows", base.narrow(0, 0, 1).expand(n, n), [n, 2, n / 2], rows, false],
    ["transposed, the last dim split", base.t(), [n, 2, n / 2], rows.map((i) => at(i, 0)), false],
    ["transposed, the first dim split by 2 and 1", base.t(), [n / 2, 2, 1, n], rows.map((i) => at(i, 0)), false],
    ["a first dim of size 2 beside one of size 1", base.narrow(0, 0, 2).permute(1, 0), [n, 1, 2], rows.map((i) => at(i % 2, i >> 1)), false],
    ["two and many", base.narrow(1, 0, 2).t(), [2, n / 2, 2], rows.map((i) => at(i, 0)), false],
    ["transposed, to one dim", base.t(), [n * n], rows.map((i) => at(i, 0)), true],
    ["columns, to one dim", base.narrow(1, 3, 2), [2 * n], rows.map((i) => at(i >> 1, 3 + (i % 2))), true],
  ];
  for (const [what, view, shape, first, copies] of cases) {
    pf.evaluate(view);
    const before = core.memoryBytes();
    const y = view.reshape(...shape);
    assert.equal(Array.from(y.data().slice(0, first.length)), first.slice(0, y.numel), what);
    assert.is(core.memoryBytes() - before > 1000, copies, what);
    y.dispose();
  }
  const number = pf.tensor(2);
  const nodes = core.liveNodes();
  pf.tidy(() => assert.is(number.exp().log().reshape(1, 1, 1).item(), 2));
  assert.is(core.liveNodes(), nodes);
}); // prettier-ignore
// As torch.tensor([-0., -inf]).pow(.5).
for (const dtype of ["float32", "float64"] as const)
  test(`a power of a half is the root, ${dtype}`, () => {
    pf.tidy(() => {
      const [zero, infinite] = Array.from(pf.tensor([-0, -Infinity], { dtype }).pow(0.5).data());
      assert.ok(Object.is(zero, -0) && Object.is(infinite, NaN));
    });
  });
test("what is looked at begins anew after a failure in four dims", () => {
  const x = pf.tensor([1, 1, 5, 1], { shape: [1, 1, 2, 2], dtype: "int32" });
  for (let i = 0; i < 3; i++)
    assert.throws(() => pf.tidy(() => void made(() => p.required(nodeOf(x), Class, 3))), /one is 5/);
});
test("the gradients of a convolution that has no elements, or whose input has none", () => {
  const cases: [what: string, x: number[], w: number[], axis: p.ConvolutionAxis, shape: number[]][] = [
    ["an empty batch", [0, 2, 5], [3, 2, 2], axis(), [0, 3, 4]],
    ["an empty batch in steps", [0, 2, 5], [3, 2, 2], axis(2, 1, 0), [0, 3, 3]],
    ["an axis without elements", [2, 2, 0], [3, 2, 1], axis(1, 1, 1), [2, 3, 2]],
    ["an axis without elements, dilated", [2, 2, 0], [3, 2, 1], axis(1, 1, 1, 2), [2, 3, 2]],
    ["an axis without elements, dilated by more", [1, 2, 0], [3, 2, 2], axis(2, 2, 1, 3, 2), [1, 3, 1]],
  ];
  for (const [what, ofX, ofW, along, shape] of cases)
    pf.tidy(() => {
      const [x, w] = [ofX, ofW].map((sizes) => pf.ones(sizes, { dtype: "float64" }).requiresGrad_()) as [pf.Tensor, pf.Tensor]; // prettier-ignore
      const y = made(() => p.convolution(nodeOf(x), nodeOf(w), [along], 1, false));
      assert.equal(y.shape, shape, what);
      pf.autograd.grad(y.square().sum(), [x, w]).forEach((gradient, i) => {
        assert.equal(gradient!.shape, i ? ofW : ofX, what);
        assert.ok(Array.from(gradient!.data()).every((each) => each === 0), what); // prettier-ignore
      });
    });
});
test.run();
