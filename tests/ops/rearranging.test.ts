// Shape, joining and splitting, indexing, creation: ops that move elements but compute nothing.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, checkDerivatives, f32, f64, i32, near, nearAll } from "./support";

const m = f64([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const v = f64([1, 2, 3]);
const cube = pf.arange(8, { dtype: "float64" }).reshape(2, 2, 2);

const rows: [name: string, actual: () => any, expected: any][] = [
  ["reshape with sizes one by one", () => m.reshape(3, -1), [[1, 2], [3, 4], [5, 6]]],
  ["flatten", () => cube.flatten(1), [[0, 1, 2, 3], [4, 5, 6, 7]]],
  ["flatten a number", () => f64(1).flatten(), [1]],
  ["unflatten", () => m.unflatten(1, [-1, 1]), [[[1], [2], [3]], [[4], [5], [6]]]],
  ["squeeze", () => m.reshape(1, 2, 1, 3).squeeze(), [[1, 2, 3], [4, 5, 6]]],
  ["squeeze one dim", () => v.reshape(1, 3, 1).squeeze(0), [[1], [2], [3]]],
  ["squeeze a dim that isn't 1", () => v.squeeze(0), [1, 2, 3]],
  ["unsqueeze", () => v.unsqueeze(-1), [[1], [2], [3]]],
  ["t", () => m.t(), [[1, 4], [2, 5], [3, 6]]],
  ["movedim", () => cube.movedim([0, 1], [2, 0]), [[[0, 4], [1, 5]], [[2, 6], [3, 7]]]],
  ["expand", () => v.expand(2, -1), [[1, 2, 3], [1, 2, 3]]],
  ["broadcastTensors", () => pf.broadcastTensors(v, f64([[1], [2]])), [[[1, 2, 3], [1, 2, 3]], [[1, 1, 1], [2, 2, 2]]]],
  ["narrow from the end", () => v.narrow(0, -2, 2), [2, 3]],
  ["select from the end", () => m.select(1, -1), [3, 6]],
  ["slice", () => v.slice(0, -2), [2, 3]],
  ["slice with a step", () => m.slice(1, 0, null, 2), [[1, 3], [4, 6]]],
  ["slice beyond the end", () => v.slice(0, 1, 99), [2, 3]],
  ["slice that is empty", () => v.slice(0, 5), []],
  ["flip", () => m.flip(0, 1), [[6, 5, 4], [3, 2, 1]]],
  ["rot90", () => m.rot90(), [[3, 6], [2, 5], [1, 4]]],
  ["rot90 back", () => m.rot90(-1), [[4, 1], [5, 2], [6, 3]]],
  ["roll", () => m.roll(1), [[6, 1, 2], [3, 4, 5]]],
  ["roll along dims", () => m.roll([1, -1], [0, 1]), [[5, 6, 4], [2, 3, 1]]],
  ["tile", () => v.tile(2, 2), [[1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3]]],
  ["repeat", () => f64([1, 2]).repeat(2, 2), [[1, 2, 1, 2], [1, 2, 1, 2]]],
  ["repeatInterleave", () => f64([1, 2]).repeatInterleave(2), [1, 1, 2, 2]],
  ["repeatInterleave with counts", () => m.repeatInterleave(i32([0, 2]), 0), [[4, 5, 6], [4, 5, 6]]],
  ["diagonal", () => m.diagonal(1), [2, 6]],
  ["diagonal below", () => m.diagonal(-1), [4]],
  ["diagonal that is empty", () => m.diagonal(7), []],
  ["diagonal of other dims", () => cube.diagonal(0, 0, 2), [[0, 5], [2, 7]]],
  ["diag of a vector", () => f64([1, 2]).diag(-1), [[0, 0, 0], [1, 0, 0], [0, 2, 0]]],
  ["diagEmbed", () => m.slice(1, 0, 2).diagEmbed(), [[[1, 0], [0, 2]], [[4, 0], [0, 5]]]],
  ["diagflat", () => pf.diagflat(f64([[1], [2]])), [[1, 0], [0, 2]]],
  ["tril", () => m.tril(), [[1, 0, 0], [4, 5, 0]]],
  ["triu below the diagonal", () => m.triu(-1), [[1, 2, 3], [4, 5, 6]]],
  ["diagEmbed of nothing, beside the diagonal", () => pf.zeros([0], { dtype: "float64" }).diagEmbed(1), [[0]]],
  ["diagEmbed of nothing, below the diagonal", () => pf.zeros([1, 0], { dtype: "float64" }).diagEmbed(-2), [[[0, 0], [0, 0]]]],
  ["unfold", () => f64([1, 2, 3, 4]).unfold(0, 2, 1), [[1, 2], [2, 3], [3, 4]]],
  ["constantPadNd that cuts", () => pf.constantPadNd(m, [1, -1], 9), [[9, 1, 2], [9, 4, 5]]],
  ["constantPadNd that cuts all", () => pf.constantPadNd(v, [4, -5], 9), [9, 9]],
  ["atleast3d", () => pf.atleast3d(v), [[[1], [2], [3]]]],
  ["cat skips what is empty", () => pf.cat([f64([]), v, v]), [1, 2, 3, 1, 2, 3]],
  ["cat of what is empty, along any dim", () => pf.cat([f64([]), f64([])], 5), []],
  ["cat of one that is empty", () => pf.cat([f64([])]), []],
  ["chunk of one element", () => f64([1]).chunk(2), [[1]]],
  ["hstack of one", () => pf.hstack([v]), [1, 2, 3]],
  ["hsplit into one", () => v.hsplit(1), [[1, 2, 3]]],
  ["gather nothing from nothing", () => pf.zeros([0, 3], { dtype: "float64" }).gather(0, i32([])), []],
  ["sliceScatter of rows from one on", () => m.sliceScatter(f64([[7, 8, 9]]), { start: 1 }), [[1, 2, 3], [7, 8, 9]]],
  ["sliceScatter of all", () => m.sliceScatter(m.neg()), [[-1, -2, -3], [-4, -5, -6]]],
  ["at of nothing, with a step back beyond int32", () => v.at("0:2:-2147483648"), []],
  ["addAt of bools keeps what holds", () => bool([true, true, false]).addAt(["1:"], bool([false, false])), [true, true, false]],
  ["addAt of true to integers", () => i32([1, 2]).addAt([0], true), i32([2, 2])],
  ["addAt of true to floats", () => v.addAt([0], true), [2, 2, 3]],
  ["setAt of true to floats", () => v.setAt([1], true), [1, 1, 3]],
  ["setAt of false to bools", () => bool([true, true]).setAt([0], false), [false, true]],
  ["setAt with a step beyond int32", () => v.setAt(["::2147483648"], 7), [7, 2, 3]],
  ["addAt with a step beyond int32", () => v.addAt(["1::4294967295"], 7), [1, 9, 3]],
  ["setAt of the one there is, with a step beyond int32", () => f64([[1], [2]]).setAt([1, "::2147483648"], 7), [[1], [7]]],
  ["at with a step beyond int32", () => v.at("::4294967295"), [1]],
  ["at with a step back beyond int32", () => v.at("::-4294967295"), [3]],
  ["stack", () => pf.stack([v, v], 1), [[1, 1], [2, 2], [3, 3]]],
  ["hstack", () => pf.hstack([v, f64(4)]), [1, 2, 3, 4]],
  ["vstack", () => pf.vstack([v, m]), [[1, 2, 3], [1, 2, 3], [4, 5, 6]]],
  ["dstack", () => pf.dstack([v, v]), [[[1, 1], [2, 2], [3, 3]]]],
  ["columnStack", () => pf.columnStack([f64([7, 8]), m]), [[7, 1, 2, 3], [8, 4, 5, 6]]],
  ["split", () => v.split(2), [[1, 2], [3]]],
  ["split by sizes", () => m.split([1, 2], 1), [[[1], [4]], [[2, 3], [5, 6]]]],
  ["split by sizes, one of them 0", () => v.split([0, 2, 1]), [[], [1, 2], [3]]],
  ["chunk", () => v.chunk(2), [[1, 2], [3]]],
  ["chunk of nothing", () => pf.zeros([0], { dtype: "float64" }).chunk(3), [[], [], []]],
  ["tensorSplit into sections", () => pf.arange(5).tensorSplit(3), [f32([0, 1]), f32([2, 3]), f32([4])]],
  ["tensorSplit before indices", () => v.tensorSplit([1, 5]), [[1], [2, 3], []]],
  ["tensorSplit before a tensor's", () => v.tensorSplit(i32([2])), [[1, 2], [3]]],
  ["tensorSplit into a tensor's sections", () => pf.arange(1, 5).tensorSplit(i32(2)), [f32([1, 2]), f32([3, 4])]],
  ["narrow from a tensor's start", () => v.narrow(0, i32(1), 2), [2, 3]],
  ["unbind", () => m.unbind(), [[1, 2, 3], [4, 5, 6]]],
  ["blockDiag", () => pf.blockDiag(f64([[1, 2]]), f64(3)), [[1, 2, 0], [0, 0, 3]]],
  ["meshgrid", () => pf.meshgrid(f64([1, 2]), f64([3, 4]), { indexing: "xy" }), [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]],
  ["cartesianProd", () => pf.cartesianProd(f64([1, 2]), f64([3, 4])), [[1, 3], [1, 4], [2, 3], [2, 4]]],
  ["combinations", () => pf.combinations(v), [[1, 2], [1, 3], [2, 3]]],
  ["combinations with replacement", () => pf.combinations(f64([1, 2]), 2, true), [[1, 1], [1, 2], [2, 2]]],

  ["gather", () => m.gather(1, i32([[2, 0], [1, 1]])), [[3, 1], [5, 5]]],
  ["takeAlongDim broadcasts", () => pf.takeAlongDim(m, i32([[1]]), 1), [[2], [5]]],
  ["takeAlongDim of all", () => pf.takeAlongDim(m, i32([5, 0])), [6, 1]],
  ["indexSelect", () => m.indexSelect(1, i32([2, 2])), [[3, 3], [6, 6]]],
  ["take from the end", () => m.take(i32([[0, -1]])), [[1, 6]]],
  ["index", () => m.index([i32([0, -1]), i32([2, 0])]), [3, 4]],
  ["index after a whole dim", () => m.index([null, i32([2, 0])]), [[3, 1], [6, 4]]],
  ["index around a whole dim", () => cube.index([i32([1, 0]), null, i32([0])]), [[4, 6], [0, 2]]],
  ["index by a mask", () => m.index([bool([true, false])]), [[1, 2, 3]]],
  ["index by a mask of all dims", () => m.index([bool([[true, false, true], [false, true, false]])]), [1, 3, 5]],
  ["index by a mask and indices", () => m.index([bool([true, true]), i32([2, 0])]), [3, 4]],
  ["index by a mask after a whole dim", () => m.index([null, bool([true, false, true])]), [[1, 3], [4, 6]]],
  ["index by masks around a whole dim", () => cube.index([bool([true, false]), null, i32([1])]), [[1, 3]]],
  ["scatter", () => pf.zeros(2, 3).scatter(1, i32([[2], [0]]), pf.tensor([[7], [8]])), f32([[0, 0, 7], [8, 0, 0]])],
  ["scatter adds", () => v.scatter(0, i32([1, 1]), f64([10, 20]), { reduce: "add" }), [1, 32, 3]],
  ["scatter multiplies", () => v.scatter(0, i32([1, 1]), f64([10, 20]), { reduce: "multiply" }), [1, 400, 3]],
  ["scatter adds a value", () => v.scatter(0, i32([2]), 5, { reduce: "add" }), [1, 2, 8]],
  ["scatter of bools", () => bool([true, false, true]).scatter(0, i32([0, 1]), bool([false, true])), [false, true, true]],
  ["scatter a value", () => v.scatter(0, i32([1]), 9), [1, 9, 3]],
  ["scatter: the last of several writers counts", () => v.scatter(0, i32([1, 1, 0, 1, 1]), f64([5, 6, 7, 8, 9])), [7, 9, 3]],
  ["scatterAdd", () => v.scatterAdd(0, i32([1, 1]), f64([5, 6])), [1, 13, 3]],
  ["indexAdd", () => v.indexAdd(0, i32([0, 0]), f64([1, 2]), { alpha: 10 }), [31, 2, 3]],
  ["indexCopy", () => m.indexCopy(0, i32([1]), f64([[7, 8, 9]])), [[1, 2, 3], [7, 8, 9]]],
  ["indexCopy of bools", () => bool([true, true]).indexCopy(0, i32([1]), bool([false])), [true, false]],
  ["indexFill with a bool", () => bool([true, true]).indexFill(0, i32([1]), false), [true, false]],
  ["indexFill", () => m.indexFill(1, i32([0, -1]), 0), [[0, 2, 0], [0, 5, 0]]],
  ["indexPut", () => m.indexPut([i32([0, 1]), i32([0, -1])], f64(9)), [[9, 2, 3], [4, 5, 9]]],
  ["indexPut of bools", () => bool([true, false]).indexPut([i32([0])], bool(false)), [false, false]],
  ["indexPut by a mask", () => m.indexPut([bool([[true, false, true], [false, true, false]])], f64([7, 8, 9])), [[7, 2, 8], [4, 9, 6]]],
  ["indexPut accumulates by a mask", () => m.indexPut([bool([false, true])], f64(10), true), [[1, 2, 3], [14, 15, 16]]],
  ["indexPut accumulates", () => v.indexPut([i32([0, 0])], f64([1, 1]), true), [3, 2, 3]],
  ["indexPut in the last dim", () => m.indexPut([null, i32([1])], f64([[7], [8]])), [[1, 7, 3], [4, 8, 6]]],
  ["indexPut: the last of several writers counts", () => v.indexPut([i32([0, 0])], f64([5, 6])), [6, 2, 3]],
  ["put", () => m.put(i32([-1, 0]), f64([9, 8])), [[8, 2, 3], [4, 5, 9]]],
  ["put of bools", () => bool([true, true]).put(i32([1]), bool([false])), [true, false]],
  ["maskedFill with a bool", () => bool([false, false]).maskedFill(bool([true, false]), true), [true, false]],
  ["maskedFill", () => m.maskedFill(m.gt(4), -1), [[1, 2, 3], [4, -1, -1]]],
  ["where as a method", () => m.where(m.gt(4), 0), [[0, 0, 0], [0, 5, 6]]],
  ["selectScatter", () => m.selectScatter(f64([8, 9]), 1, -1), [[1, 2, 8], [4, 5, 9]]],
  ["sliceScatter", () => v.sliceScatter(f64([8, 9]), 0, 0, null, 2), [8, 2, 9]],
  ["diagonalScatter", () => m.diagonalScatter(f64([8, 9]), 1), [[1, 8, 3], [4, 5, 9]]],

  ["zeros", () => pf.zeros(2, 1), f32([[0], [0]])],
  ["ones", () => pf.ones([2]), f32([1, 1])],
  ["full", () => pf.full([2], 7), f32([7, 7])],
  ["fullLike", () => pf.fullLike(m, 2).select(0, 0), [2, 2, 2]],
  ["fill", () => v.fill(2), [2, 2, 2]],
  ["arange", () => pf.arange(1, 2, 0.25), f32([1, 1.25, 1.5, 1.75])],
  ["arange downwards", () => pf.arange(2, 0, -1), f32([2, 1])],
  ["arange whose end is not a step", () => pf.arange(1, 2.5), f32([1, 2])],
  ["arange downwards whose end is not a step", () => pf.arange(5, 0, -1.5), f32([5, 3.5, 2, 0.5])],
  ["linspace is exact at both ends", () => pf.linspace(-1, 0.1, 4, { dtype: "float64" }).select(0, 3), 0.1],
  ["linspace", () => pf.linspace(0, 1, 5), f32([0, 0.25, 0.5, 0.75, 1])],
  ["logspace", () => pf.logspace(0, 2, 3, { dtype: "float64" }), [1, 10, 100]],
  ["eye", () => pf.eye(2, 3), f32([[1, 0, 0], [0, 1, 0]])],
  ["eye without columns", () => pf.eye(2, 0), pf.zeros(2, 0)],
  ["arange of nothing", () => pf.arange(0), pf.zeros(0)],
  ["linspace of nothing", () => pf.linspace(1, 2, 0), pf.zeros(0)],
  ["eye of nothing", () => pf.eye(0, 2), pf.zeros(0, 2)],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected));

const x = f64([[0.3, -1.2, 2.5], [1.5, 0.4, -0.7]]); // prettier-ignore
const two = f64([0.2, -0.9]);
const derivatives: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["diagonal", (a) => a.diagonal(-1).square(), [x]],
  ["diagEmbed", (a) => a.square().diagEmbed(1), [x]],
  ["triu", (a) => a.square().triu(), [x]],
  ["unfold", (a) => a.square().unfold(1, 2, 1), [x]],
  ["roll", (a) => a.square().roll(2, 1), [x]],
  ["repeatInterleave", (a) => a.square().repeatInterleave(i32([1, 3]), 0), [x]],
  ["index", (a) => a.index([i32([1, 0]), i32([2, 2])]).square(), [x]],
  ["scatter", (a, b) => a.square().scatter(1, i32([[0], [2]]), b.square().reshape(2, 1)), [x, two]],
  ["index by a mask", (a) => a.index([bool([false, true])]).square(), [x]],
  ["indexPut by a mask", (a, b) => a.square().indexPut([null, bool([true, false, true])], b.square()), [x, two]],
  ["scatter that adds", (a, b) => a.square().scatter(1, i32([[0], [2]]), b.reshape(2, 1), { reduce: "add" }), [x, two]],
  [
    "scatter that multiplies",
    (a, b) => a.scatter(1, i32([[0], [2]]), b.reshape(2, 1), { reduce: "multiply" }),
    [x, two],
  ],
  ["indexPut", (a, b) => a.square().indexPut([i32([1, 0]), i32([2, 2])], b.square()), [x, two]],
  ["diagonalScatter", (a, b) => a.square().diagonalScatter(b.square()), [x, two]],
  ["take", (a) => a.take(i32([-1, 0, 0])).square(), [x]],
];
for (const [name, f, inputs] of derivatives)
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));

test("linspace has the bits of torch's, from both ends to the middle", () => {
  near(pf.linspace(0.1, 0.7, 7, { dtype: "float64" }), [0.1, 0.2, 0.3, 0.39999999999999997, 0.5, 0.6, 0.7], 0);
  near(pf.linspace(0.3, 2.9, 9, { dtype: "float64" }).slice(0, 0, 7), [0.3, 0.625, 0.95, 1.2750000000000001, 1.5999999999999999, 1.9249999999999998, 2.25], 0); // prettier-ignore
});
test("a mask of nothing gives nothing", () => {
  assert.equal(m.index([bool([false, false])]).shape, [0, 3]);
  nearAll(m.indexPut([bool([false, false])], f64(9)), m.toArray());
});
test("requiresGrad makes leaves", () => {
  for (const leaf of [
    pf.ones(2, { requiresGrad: true }),
    pf.eye(2, { requiresGrad: true }),
    pf.linspace(0, 1, 3, { requiresGrad: true }),
  ]) {
    // prettier-ignore
    assert.ok(leaf.requiresGrad && leaf.isLeaf);
  }
  assert.throws(() => pf.zeros(2, { dtype: "int32", requiresGrad: true }), /^zeros: only tensors of floating dtype/);
});
test("dtypes of what is created", () => {
  assert.is(pf.arange(3).dtype, "float32");
  assert.is(pf.arange(3, { dtype: "int32" }).dtype, "int32");
  assert.is(pf.full([1], true).dtype, "bool");
  assert.is(pf.full([1], 2).dtype, "float32");
  assert.is(pf.zerosLike(v).dtype, "float64");
  assert.is(pf.where(v.gt(1), 1, 0).dtype, "float32");
});

const shapeErrors: [call: () => unknown, message: RegExp][] = [
  [() => v.narrow(0, 2, 2), /^narrow: start \(2\) and length \(2\) reach beyond the size 3 of dim 0/],
  [() => v.select(0, 3), /^select: index 3 is out of range for dim 0 with size 3/],
  [() => f64(1).select(0, 0), /^select: can't be applied to a 0-dim tensor/],
  [() => v.split([1, 1]), /^split: sizes \[1, 1\] should sum to the size 3 of dim 0/],
  [() => v.split(-1), /^split: the size of a piece should be positive but got -1/],
  [() => v.hsplit(2), /^hsplit: the size 3 of dim 0 can't be split into 2 equal pieces/],
  [() => m.unflatten(1, [2, 2]), /^unflatten: sizes \[2, 2\] don't multiply to the size 3 of dim 1/],
  [() => m.unflatten(1, [2, -1]), /^unflatten: sizes \[2, -1\] don't multiply to the size 3 of dim 1/],
  [() => pf.cat([]), /^cat: tensors should hold at least one Tensor/],
  [() => pf.stack([v, m]), /^stack: tensors should have equal shapes but have \[3\] and \[2, 3\]/],
  [() => pf.cat([m, v]), /^cat: /],
  [() => m.repeat(2), /^repeat: repeats should give a count for each of 2 dims but gives 1/],
  [() => v.unfold(0, 4, 1), /^unfold: size \(4\) should lie in 0 … 3/],
  [() => m.movedim([0, 0], [0, 1]), /^movedim: a dim is repeated/],
  [() => m.diagonal(0, 1, 1), /^diagonal: dim1 and dim2 should be different/],
  [() => v.slice(0, 0, 2, 0), /^slice: step should be greater than zero but got 0/],
  [() => v.scatterAdd(0, i32([0, 1]), f64([1])), /^scatterAdd: index \[2\] should not be larger than src \[1\]/],
  [() => v.gather(0, v), /^gather: expected an int32 index but got float64/],
  [() => m.index([bool([true, false, true])]), /^index: a mask \[3\] doesn't fit input \[2, 3\] from dim 0 on/],
  [() => v.narrow(0, i32([1]), 1), /^narrow: start should be an integer or a 0-dim int32 Tensor/],
  [
    () => i32([1, 2]).indexAdd(0, i32([0]), i32([1]), { alpha: 0.5 }),
    /^indexAdd: alpha should be an integer for integer/,
  ],
  [() => v.maskedFill(v, 0), /^maskedFill: expected a bool mask but got float64/],
  [() => v.indexAdd(0, i32([0]), f64([1, 2])), /^indexAdd: source should be \[1\] but got \[2\]/],
  [() => pf.arange(0, 1, 0), /^arange: step \(0\) should lead from start \(0\) to end \(1\)/],
  [() => pf.zeros(-1), /^zeros: sizes should not be negative/],
];
for (const [call, message] of shapeErrors)
  test(`refuses: ${message.source}`, () => {
    assert.throws(call, (error: unknown) => error instanceof pf.PushforwardError && message.test(error.message));
  });

test.run();
