// Masks, unique values, counts, histograms, interpolation, and draws by weight. Values beside PyTorch's are in options.rows.py.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, checkDerivatives, f32, f64, i32, near, nearAll, type Refusal, testRefusal, values } from "./support";

const m = f64([[3, 1, 2], [9, 7, 8]]); // prettier-ignore
const held = bool([[true, false, true], [false, true, false]]); // prettier-ignore
const rows: [name: string, actual: () => any, expected: any][] = [
  ["maskedSelect by a method", () => m.maskedSelect(held), [3, 2, 7]],
  ["maskedSelect of nothing", () => m.maskedSelect(m.gt(100)).shape.map((n) => f64(n)), [0]],
  ["maskedScatter of bools", () => bool([false, false]).maskedScatter(bool([false, true]), bool([true])), [false, true]],
  ["maskedScatter from nothing to nowhere", () => m.maskedScatter(m.gt(100), f64([])), m],
  ["nonzero by places of each dim", () => { const [i, j] = m.gt(2).nonzero({ asTuple: true }); return m.index([i, j]); }, [3, 9, 7, 8]],
  ["nonzero of NaN", () => f64([0, NaN]).nonzero(), i32([[1]])],
  ["where with one argument", () => pf.where(held), [i32([0, 0, 1]), i32([0, 2, 1])]],
  ["unique", () => f64([3, 1, 3, 2]).unique(), [1, 2, 3]],
  ["unique keeps every NaN", () => f64([NaN, 1, NaN]).unique(true, true, true), [[1, NaN, NaN], i32([1, 0, 2]), i32([1, 1, 1])]],
  ["unique of nothing", () => pf.unique(f64([]), { returnCounts: true }), [f64([]), i32([])]],
  ["unique of a number", () => f64(4).unique({ returnInverse: true }), [[4], i32(0)]],
  ["unique of float32", () => f32([0.5, 0.25, 0.5]).unique(), f32([0.25, 0.5])],
  ["uniqueConsecutive of a number", () => f64(4).uniqueConsecutive(), [4]],
  ["bincount of bools", () => pf.bincount(bool([true, true, false])), i32([1, 2])],
  ["bincount of float32 weights", () => pf.bincount(i32([1, 1]), f32([0.5, 0.25])), f32([0, 0.75])],
  ["histc counts all of many", () => f32(new Array(1000).fill(0.5)).histc(2, 0, 1), f32([0, 1000])],
  ["histc passes over what isn't inside", () => f64([NaN, -1, 0, 4, Infinity]).histc(2, 0, 4), [1, 1]],
  ["histogram, names", () => { const h = pf.histogram(f64([1, 2]), 1); return [h.hist, h.binEdges]; }, [[2], [1, 2]]],
  ["histogram of float32 has exact ends", () => { const e = pf.histogram(f32([0.1, 0.7, 0.2]), 3).binEdges; return [e.select(0, 0), e.select(0, 3)]; }, [f32(0.1), f32(0.7)]],
  ["histogramdd, names", () => { const h = pf.histogramdd(f64([[1, 2], [3, 2]]), [2, 1]); return [h.hist, ...h.binEdges]; }, [[[1], [1]], [1, 2, 3], [1.5, 2.5]]],
  ["histogramdd passes over what isn't inside", () => pf.histogramdd(f64([[0, 0], [1, 1], [NaN, 0], [0, 2], [-1, 0]]), [f64([0, 1]), f64([0, 1])]).hist, [[2]]],
  ["histogramdd of float32", () => pf.histogramdd(f32([[0], [1]]), 2).hist, f32([1, 1])],
  ["isin of large integers", () => pf.isin(i32([16777217, 16777219]), i32([16777216, 16777218, 16777219])), [false, true]],
  ["isin of a number", () => pf.isin(2, i32([1, 2])), true],
  ["isin of floats among integers", () => pf.isin(f64([1, 1.5]), i32([1, 2])), [true, false]],
  ["interp", () => pf.interp(f64([-1, 0, 0.5, 1.25, 2, 3]), f64([0, 1, 2]), f64([1, 3, 2])), [1, 1, 2, 2.75, 2, 2]],
  ["interp with values outside", () => pf.interp(f64([[-1, 3]]), f64([0, 2]), f64([1, 3]), -5, 7), [[-5, 7]]],
  ["interp of a number", () => pf.interp(0.25, f64([0, 1]), f64([0, 8])), 2],
  ["interp of one point", () => pf.interp(f64([0, 1, 2]), f64([1]), f64([5]), -1, -2), [-1, 5, -2]],
  ["interp of a NaN", () => pf.interp(f64([NaN]), f64([0, 1]), f64([0, 8])), [NaN]],
  // numpy's own example.
  ["interp with a period", () => pf.interp(f64([-180, -170, -185, 185, -10, -5, 0, 365]), f64([190, -190, 350, -350]), f64([5, 10, 3, 4]), { period: 360 }), [7.5, 5, 8.75, 6.25, 3, 3.25, 3.5, 3.75]],
  ["interp of float32 and integers", () => pf.interp(f32([0.5]), i32([0, 1]), i32([0, 3])), f32([1.5])],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected, 1e-6));

const x = f64([[0.3, -1.2, 2.5], [1.5, 0.4, -0.7]]); // prettier-ignore
const derivatives: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["maskedSelect", (a) => a.maskedSelect(held).pow(3), [x]],
  ["maskedScatter", (a, b) => a.maskedScatter(held, b).pow(3), [x, f64([0.2, 0.5, 0.9, 1.4])]],
  ["bincount by its weights", (w) => pf.bincount(i32([1, 0, 1]), w).pow(3), [f64([0.2, 0.5, 0.9])]],
  ["unique", (a) => a.unique(true, true)[0].pow(3), [x]],
  ["interp", (a, xp, fp) => pf.interp(a, xp, fp).pow(2), [f64([-1, 0.3, 0.9, 1.6, 5]), f64([0, 0.5, 1.2, 2]), f64([1, 3, 2, 5])]],
  ["interp with a period", (a, xp, fp) => pf.interp(a, xp, fp, { period: 2.5 }).pow(2), [f64([-1, 0.3, 0.9, 1.6, 5.3]), f64([2, 0.5, 1.2, 0.1]), f64([1, 3, 2, 5])]],
  ["gruCell", (a, h, u, w) => pf.gruCell(a, h, u, w), [f64(values(4, 1)), f64(values(2, 2)), f64(values(24, 3)).reshape(6, 4), f64(values(12, 4)).reshape(6, 2)]],
]; // prettier-ignore
for (const [name, f, inputs] of derivatives) {
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));
  test(`${name}: gradcheck and gradgradcheck`, () => {
    const leaves = inputs.map((t) => pf.tensor(t.toArray(), { dtype: "float64", requiresGrad: true }));
    assert.ok(pf.autograd.gradcheck(f, leaves));
    assert.ok(pf.autograd.gradgradcheck(f, leaves));
  });
}

const mapped: [name: string, f: (row: any) => any][] = [
  ["maskedScatter of a traced mask", (row) => row.maskedScatter(row.gt(0), row.mul(2))],
  ["maskedScatter of a matrix", (row) => row.reshape(2, 5).maskedScatter(row.reshape(2, 5).lt(0.2), row.flip(0))],
  ["the gradient of maskedScatter", (row) => pf.func.grad((r: pf.Tensor) => r.maskedScatter(r.gt(0), r.pow(2)).pow(3).sum())(row)],
  ["histc", (row) => row.histc(4, -1, 1)],
  ["histc of its own range", (row) => row.histc(4)],
  ["histogram", (row) => row.histogram(3)],
  ["histogramdd", (row) => pf.histogramdd(row.reshape(5, 2), [3, 2]).hist],
  ["histogramdd between edges", (row) => pf.histogramdd(row.reshape(5, 2), [f64([-1, 0, 1]), f64([-1, 0.2, 1])], { weight: row.slice(0, 0, 5), density: true }).hist],
  ["isin", (row) => pf.isin(row.mul(3).round(), f64([-1, 0, 2]))],
  ["interp", (row) => pf.interp(row, f64([-1, 0, 1]), f64([2, 1, 5]))],
  ["lstmCell", (row) => pf.lstmCell(row, [row, row.sin()], f64(values(400, 1)).reshape(40, 10), f64(values(400, 2)).reshape(40, 10))],
]; // prettier-ignore
const batch = f64(values(40, 9)).reshape(4, 10);
for (const [name, f] of mapped) {
  const alone = (): pf.Tensor[][] => [0, 1, 2, 3].map((i) => [f(batch.select(0, i))].flat() as pf.Tensor[]);
  test(`vmap of ${name} is each row's`, () => {
    const together = [pf.func.vmap(f)(batch)].flat() as pf.Tensor[];
    alone().forEach((row, i) => row.forEach((expected, k) => near(together[k]!.select(0, i), expected)));
  });
  test(`compiled, ${name} is what it is`, () => {
    const compiled = pf.compile(f);
    alone().forEach((row, i) => nearAll([compiled(batch.select(0, i))].flat(), row));
  });
}

const refused: [name: string, f: (t: any) => any, what: string][] = [
  ["maskedSelect", (t) => t.maskedSelect(t.gt(0)), "how many places the mask names"],
  ["nonzero", (t) => t.nonzero(), "how many elements aren't 0"],
  ["argwhere", (t) => t.argwhere(), "how many elements aren't 0"],
  ["where", (t) => pf.where(t.gt(0)), "how many elements aren't 0"],
  ["unique", (t) => t.unique(), "how many elements differ"],
  ["uniqueConsecutive", (t) => t.uniqueConsecutive(), "how many elements differ"],
  ["bincount", (t) => t.int().bincount(), "the largest element"],
];
for (const [name, f, what] of refused)
  for (const transform of [pf.compile, pf.func.vmap])
    test(`${name} is refused under ${transform.name}`, () =>
      assert.throws(
        () => (transform as any)(f)(transform === pf.compile ? batch.select(0, 0) : batch),
        (error: Error) => {
          assert.is(error.message, `${name}: compile and vmap trace values before they are there, and ${what}, a shape, depends on them. Call it outside.`); // prettier-ignore
          return error instanceof pf.PushforwardError;
        },
      ));

const refusals: Refusal[] = [
  ["DTypeError", () => m.maskedSelect(i32([1, 0, 1])), "maskedSelect: expected a bool mask but got int32."],
  ["DTypeError", () => m.maskedScatter(held, i32([1, 2, 3])), "maskedScatter: expected input and source of one dtype but got float64 and int32."],
  ["ArgumentError", () => m.maskedScatter(held, f64([1, 2])).data(), "maskedScatter: the mask names 3 places but the source has 2 elements: it was computed by the program, which is evaluated now; pf.configure({ traces: true }) tells by which call."],
  ["ShapeError", () => pf.unique(pf.zeros([2, 0]), { dim: 0 }), "unique: the slices along dim 0 of input [2, 0] have no elements."],
  ["ArgumentError", () => pf.bincount(f64([1])), "bincount: only supports 1-dim non-negative integral inputs."],
  ["ArgumentError", () => pf.bincount(i32([1, -2])), "bincount: only supports 1-dim non-negative integral inputs but got -2."],
  ["ShapeError", () => pf.bincount(i32([1, 2]), f64([1])), "bincount: weights [1] should have the shape of input [2]."],
  ["DTypeError", () => i32([1]).histc(), "histc: expected float32 or float64 but got int32; cast with .to() first."],
  ["ArgumentError", () => m.histc(0), "histc: bins should be greater than 0 but got 0."],
  ["ArgumentError", () => m.histc(3, 2, 1), "histc: max must be larger than min but got 2 and 1."],
  ["ArgumentError", () => m.histogram(3, { range: [2] }), "histogram: range should be two numbers, of which the second is no smaller, but got [2]."],
  ["ShapeError", () => m.histogram(f64([1])), "histogram: bins should be a number, or a vector of 2 edges at least, but are [1]."],
  ["ShapeError", () => pf.histogramdd(f64([1, 2]), 2), "histogramdd: input should be [..., n, d] but is [2]."],
  ["ShapeError", () => pf.histogramdd(pf.zeros([2, 0]), []), "histogramdd: input should be [..., n, d] but is [2, 0]."],
  ["DTypeError", () => pf.histogramdd(i32([[1]]), 2), "histogramdd: expected float32 or float64 but got int32; cast with .to() first."],
  ["ArgumentError", () => pf.histogramdd(m, [2, 2]), "histogramdd: bins should be a number or 3 numbers but got 2."],
  ["ArgumentError", () => pf.histogramdd(m, [2, 0, 1]), "histogramdd: bins should be greater than 0 but got 0."],
  ["ArgumentError", () => pf.histogramdd(m, 2, { range: [0, 1] }), "histogramdd: range should be 6 numbers but got 2."],
  ["ArgumentError", () => pf.histogramdd(m, 2, { range: [0, 1, 2, 1, 0, 1] }), "histogramdd: range should be two numbers, of which the second is no smaller, but got [2, 1]."],
  ["ArgumentError", () => pf.histogramdd(m, [f64([1, 2])]), "histogramdd: bins should be 3 vectors of edges but are 1."],
  ["ShapeError", () => pf.histogramdd(f64([[1]]), [f64([1])]), "histogramdd: bins should be a number, or a vector of 2 edges at least, but are [1]."],
  ["DTypeError", () => pf.histogramdd(f64([[1]]), [f32([1, 2])]), "histogramdd: expected input and source of one dtype but got float64 and float32."],
  ["ShapeError", () => pf.histogramdd(m, 2, { weight: f64([1, 2, 3]) }), "histogramdd: weight [3] should be [2], as input has it."],
  ["ShapeError", () => pf.histogram(m, 2, { weight: f64([1, 2, 3]) }), "histogram: weight [3] should be [2, 3], as input has it."],
  ["ShapeError", () => pf.histogramdd(m, 2000), "histogramdd: shape [2000, 2000, 2000] has more than 2147483647 elements."],
  ["ShapeError", () => pf.interp(m, f64([1, 2]), f64([1])), "interp: xp [2] and fp [1] should be vectors of one length, not empty."],
  ["ArgumentError", () => pf.interp(m, f64([1]), f64([1]), { period: 0 }), "interp: period should not be 0."],
  ["ShapeError", () => pf.trilIndices(-1, 2), "trilIndices: sizes should not be negative but got [-1, 2]."],
  ["ArgumentError", () => pf.multinomial(m, 4), "multinomial: can't draw 4 of 3 without replacement."],
  ["ArgumentError", () => pf.multinomial(m, 0), "multinomial: numSamples should be greater than 0 but got 0."],
  ["ShapeError", () => pf.multinomial(f64(1), 1), "multinomial: input should have 1 or 2 dims but is []."],
  ["ArgumentError", () => pf.multinomial(f64([1, -1]), 1), "multinomial: expected weights that are finite and not negative but one is -1."],
  ["ArgumentError", () => pf.multinomial(f64([1, Infinity]), 1), "multinomial: expected weights that are finite and not negative but one is Infinity."],
  ["ArgumentError", () => pf.multinomial(f64([1, NaN]), 1, true), "multinomial: expected weights that are finite and not negative but one is NaN."],
  ["ArgumentError", () => pf.lstmCell(m, [m], m, m), "lstmCell: hx should be two tensors, h and c, but are 1."],
]; // prettier-ignore
for (const refusal of refusals) testRefusal(test, refusal);

test("multinomial draws in proportion to the weights, and nothing of weight 0", () => {
  pf.manualSeed(5);
  const weights = f64([[0, 1, 3, 0], [2, 0, 0, 6]]); // prettier-ignore
  const drawn = weights.multinomial(20000, true);
  assert.is(drawn.dtype, "int32");
  const counts = [0, 1].map((i) => Array.from(pf.bincount(drawn.select(0, i), { minlength: 4 }).data()));
  for (const [i, [rare, common]] of [[1, 2], [0, 3]].entries()) {
    assert.is(counts[i][rare] + counts[i][common], 20000);
    assert.ok(Math.abs(counts[i][rare] - 5000) < 250, `${counts[i]}`);
  }
}); // prettier-ignore
test("multinomial without replacement draws different places, the likely ones first", () => {
  pf.manualSeed(6);
  const draws = 4000;
  const drawn = f32([1, 0, 4, 5]).expand(draws, 4).multinomial(3);
  assert.equal(drawn.shape, [draws, 3]);
  let first = 0;
  for (const row of drawn.toArray() as number[][]) {
    assert.equal([...row].sort(), [0, 2, 3]);
    if (row[0] === 3) first++;
  }
  assert.ok(Math.abs(first / draws - 0.5) < 0.03, `${first}`);
});
test("multinomial refuses rows without enough positive weights when it is computed", () => {
  const message = /^multinomial: expected as many positive weights as are to be drawn from but one is 0/;
  assert.throws(() => f64([0, 0]).multinomial(1, true).data(), message);
  assert.throws(() => f64([[1, 2], [0, 1]]).multinomial(2).data(), message); // prettier-ignore
});
test("errors that come when values are computed name the op that was called, not the one that asks for them", () => {
  const late = (): pf.Tensor => i32([0, 5]).mul(1);
  const row = f64([1, 2]);
  const told: [string, () => unknown][] = [
    ["scatterAdd", () => row.scatterAdd(0, late(), row).data()],
    ["indexSelect", () => row.indexSelect(0, late()).sum().item()],
    ["take", () => pf.tidy(() => row.take(late()).exp().toArray())],
    ["floorDivide", () => i32([1, 2]).floorDivide(late()).add(1).sum().item()],
    ["oneHot", () => pf.nn.functional.oneHot(late(), 3).sum().data()],
    [
      "gather",
      () =>
        pf.func
          .grad((x: pf.Tensor) => x.gather(0, late()).sin().sum())(row)
          .data(),
    ],
    [
      "gather",
      () =>
        pf
          .compile((x: pf.Tensor) => x.gather(0, late()).sin().sum())(row)
          .data(),
    ],
    [
      "gather",
      () =>
        pf.func
          .vmap((x: pf.Tensor) => x.gather(0, late()).sin().sum())(pf.stack([row, row]))
          .data(),
    ],
    ["take", () => String(row.take(late()))],
  ];
  for (const [name, run] of told) assert.throws(run, (error: Error) => error.message.startsWith(`${name}: `));
});
test("gumbelSoftmax: rows of sum 1, hard ones with the derivatives of the soft", () => {
  pf.manualSeed(7);
  const soft = pf.nn.functional.gumbelSoftmax(x, 0.7);
  near(soft.sum(1), [1, 1]);
  pf.manualSeed(7);
  const hard = pf.nn.functional.gumbelSoftmax(x, 0.7, true);
  near(hard, pf.nn.functional.oneHot(soft.argmax(1), 3).to("float64"));
  const gradientOf = (hard: boolean) => {
    pf.manualSeed(7);
    return pf.func.grad((a: pf.Tensor) => pf.nn.functional.gumbelSoftmax(a, 0.7, hard).mul(m).sum())(x);
  };
  near(gradientOf(true), gradientOf(false));
});
test("gumbelSoftmax draws in proportion to exp(logits)", () => {
  pf.manualSeed(8);
  const logits = f32([0, Math.log(3)]).expand(8000, 2);
  const ones = pf.nn.functional.gumbelSoftmax(logits, 1, true).sum(0).data();
  assert.ok(Math.abs(ones[1] - 6000) < 200, `${ones[1]}`);
});

const rangeless: [string, () => unknown, RegExp][] = [
  ["histc of NaN", () => f64([1, NaN]).histc(4).data(), /^histc: expected elements of a finite range but one is NaN/],
  ["histc of an infinity", () => f64([1, -Infinity]).histc(4).data(), /^histc: expected elements of a finite range but one is -Infinity/],
  ["histc", () => f64([1, 2]).histc(4, { min: 0, max: Infinity }), /^histc: range of \[0, Infinity\] is not finite\.$/],
  ["histc of NaN to 4", () => f64([1, 2]).histc(4, { min: NaN, max: 4 }), /^histc: range of \[NaN, 4\] is not finite\.$/],
  ["histogram of an infinity", () => pf.histogram(f64([1, Infinity]), 4)[0].data(), /^histogram: expected elements of a finite range/],
  ["histogram", () => pf.histogram(f64([1, 2]), 4, { range: [0, Infinity] }), /^histogram: range of \[0, Infinity\] is not finite\.$/],
  ["histogramdd", () => pf.histogramdd(f64([[1, NaN], [2, 3]]), [2, 2])[0].data(), /^histogramdd: expected elements of a finite range/],
]; // prettier-ignore
for (const [name, run, message] of rangeless)
  test(`${name}: refused without a finite range, as in PyTorch`, () => assert.throws(run, message));
test("histc within a range leaves out what is not finite", () => {
  near(f64([1, NaN, Infinity, 3]).histc(4, { min: 0, max: 4 }), [0, 1, 0, 1]);
});

// By numpy 1.24.
for (const [x, xp, fp, expected] of [
  [[-1, 0, 1, 2, 5, Infinity], [0, 1, Infinity], [0, 1, 2], [0, 0, 1, 1, 1, 2]],
  [[-1, 0, 0.5, 1, 1.5, 2, 5], [0, 1, 2], [0, Infinity, 2], [0, 0, Infinity, Infinity, Infinity, 2, 2]],
  [[-5, -Infinity, 0, 0.5, 1, 2], [-Infinity, 0, 1, 2], [3, 0, 1, 2], [0, 3, 0, 0.5, 1, 2]],
  [[0.5, 1.5, NaN], [0, 1, 2], [Infinity, Infinity, Infinity], [Infinity, Infinity, NaN]],
  [[-1, 0, 0.5, 1, 2, 1.5], [0, 1, 2], [0, -Infinity, Infinity], [0, 0, -Infinity, -Infinity, Infinity, NaN]],
] as number[][][])
  test(`interp beside infinities: ${xp} to ${fp}`, () => near(pf.interp(f64(x), f64(xp), f64(fp)), expected)); // prettier-ignore

test.run();
