// Matrix products, and what is made of them: values by hand or by a loop, derivatives against differences.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, checkDerivatives, f32, f64, i32, nearAll, values } from "./support";

const a = f64([[1, 2], [3, 4]]); // prettier-ignore
const b = f64([[0, 1], [1, 1]]); // prettier-ignore
const v = f64([1, 2]);
const batch = pf.stack([a, b]);
const x3 = f64([1, 2, 3]);
const y3 = f64([4, 5, 6]);

const rows: [name: string, actual: () => any, expected: any][] = [
  ["matmul", () => a.matmul(b), [[2, 3], [4, 7]]],
  ["matmul of vectors", () => v.matmul(v), 5],
  ["matmul of a matrix and a vector", () => a.matmul(v), [5, 11]],
  ["matmul of a vector and a batch", () => v.matmul(batch), [[7, 10], [2, 3]]],
  ["matmul broadcasts", () => batch.matmul(b), [[[2, 3], [4, 7]], [[1, 1], [1, 2]]]],
  ["bmm", () => batch.bmm(batch), [[[7, 10], [15, 22]], [[1, 1], [1, 2]]]],
  ["mv", () => a.mv(v), [5, 11]],
  ["dot", () => x3.dot(y3), 32],
  ["inner", () => pf.inner(a, v), [5, 11]],
  ["outer", () => pf.outer(v, x3), [[1, 2, 3], [2, 4, 6]]],
  ["addmm", () => pf.addmm(v, a, b, { beta: 2, alpha: 10 }), [[22, 34], [42, 74]]],
  ["addmm with beta 0 forgets NaN", () => pf.addmm(f64(NaN), a, b, { beta: 0 }), [[2, 3], [4, 7]]],
  ["addmv", () => pf.addmv(v, a, v), [6, 13]],
  ["addbmm", () => pf.addbmm(f64(1), batch, batch), [[9, 12], [17, 25]]],
  ["baddbmm", () => pf.baddbmm(f64(1), batch, batch, { alpha: 2 }), [[[15, 21], [31, 45]], [[3, 3], [3, 5]]]],
  ["addr", () => pf.addr(a, v, v), [[2, 4], [5, 8]]],
  ["addr of a bool and integers", () => pf.addr(bool([[true, true], [false, true]]), i32([1, 2]), i32([3, 4])), i32([[4, 5], [6, 9]])],
  ["addr of integers and bools", () => pf.addr(i32([[1, 2], [3, 4]]), bool([true, false]), bool([true, false])), i32([[2, 2], [3, 4]])],
  ["addmm of integers and products of floats, halved", () => pf.addmm(i32([[1, 3]]), f64([[2]]), f64([[1, 2]]), { beta: 0.5 }), [[2.5, 5.5]]],
  ["multiDot", () => pf.linalg.multiDot([v, a, b, v]), 44],
  ["tensordot", () => pf.tensordot(a, b, 1), [[2, 3], [4, 7]]],
  ["tensordot over all", () => pf.tensordot(a, b), 9],
  ["tensordot over lists", () => pf.tensordot(a, b, [[0], [1]]), [[3, 4], [4, 6]]],
  ["trace", () => a.trace(), 5],
  ["cross", () => pf.cross(x3, y3), [-3, 6, -3]],
  ["vecdot", () => pf.linalg.vecdot(a, b), [2, 7]],
  ["kron", () => pf.kron(v, a), [[1, 2, 2, 4], [3, 4, 6, 8]]],
  ["cov", () => pf.cov(f64([[0, 1, 2], [2, 1, 0]])), [[1, -1], [-1, 1]]],
  ["cov of one row", () => pf.cov(f64([1, 3])), 2],
  ["cov of one observation", () => pf.cov(f64([[1], [2]])), [[NaN, NaN], [NaN, NaN]]],
  ["cov of as many observations as are taken off", () => pf.cov(f64([[1, 2, 4]]), { correction: 3 }), Infinity],
  ["cov of fewer observations than are taken off", () => pf.cov(f64([[1, 2, 4], [2, 1, 1]]), { correction: 5 }), [[Infinity, -Infinity], [-Infinity, Infinity]]],
  ["cov with weights that sum to less than one", () => pf.cov(f64([[1, 2, 4]]), { correction: 0, aweights: f64([0.1, 0.2, 0.1]) }), 1.1875],
  ["corrcoef of a number", () => pf.corrcoef(f64([5])), NaN],
  ["corrcoef", () => pf.corrcoef(f64([[0, 1, 2], [2, 1, 0]])), [[1, -1], [-1, 1]]],
  ["cov of integers", () => pf.cov(pf.tensor([[1, 2], [4, 3]], { dtype: "int32" })), f32([[0.5, -0.5], [-0.5, 0.5]])],
  ["corrcoef of integers", () => pf.corrcoef(pf.tensor([[1, 2, 3], [3, 2, 1]], { dtype: "int32" })), f32([[1, -1], [-1, 1]])],
  ["vander", () => pf.vander(x3), [[1, 1, 1], [4, 2, 1], [9, 3, 1]]],
  ["vander without powers", () => pf.vander(v, 0).sum(0), []],
  ["vander of one power of one", () => pf.vander(f64([5]), 1), [[1]]],
  ["vander of nothing, in any number of powers", () => pf.vander(f64([]), 2 ** 31 - 1).sum(), 0],
  ["linalg.vander", () => pf.linalg.vander(v, { N: 3 }), [[1, 1, 1], [1, 2, 4]]],

  ["einsum: product", () => pf.einsum("ij,jk->ik", a, b), [[2, 3], [4, 7]]],
  ["einsum: implicit output in alphabetical order", () => pf.einsum("ba", a), [[1, 3], [2, 4]]],
  ["einsum: trace", () => pf.einsum("ii", a), 5],
  ["einsum: diagonal", () => pf.einsum("ii->i", a), [1, 4]],
  ["einsum: sum", () => pf.einsum("ij->", a), 10],
  ["einsum: batch with an ellipsis", () => pf.einsum("...ij,...jk->...ik", batch, b), [[[2, 3], [4, 7]], [[1, 1], [1, 2]]]],
  ["einsum: three operands", () => pf.einsum("i,ij,j->", v, a, v), 27],
  ["einsum: elementwise", () => pf.einsum("ij,ij->ij", [a, b]), [[0, 2], [3, 4]]],
  ["einsum: a label of one operand only", () => pf.einsum("ij,k->k", a, v), [10, 20]],

  ["einsum: the sign of a zero", () => f64(1).div(pf.einsum("i,i->i", f64([-0]), f64([1]))), [-Infinity]],
  ["diff", () => pf.diff(f64([1, 4, 9])), [3, 5]],
  ["diff twice", () => pf.diff(f64([1, 4, 9]), 2), [2]],
  ["diff with prepend", () => pf.diff(v, { prepend: f64([0]) }), [1, 1]],
  ["diff more often than there are elements", () => pf.diff(v, 5), []],
  ["diff of order 0 leaves out what would be joined", () => pf.diff(v, 0, 0, f64([9])), [1, 2]],
  ["diff of bools", () => pf.diff(pf.tensor([true, false, false])), [true, false]],
  ["diff of bools and numbers", () => pf.diff(pf.tensor([true]), { prepend: f64([3]) }), [-2]],
  ["trapezoid", () => pf.trapezoid(x3), 4],
  ["trapezoid with dx", () => pf.trapezoid(x3, { dx: 2 }), 8],
  ["trapezoid at points", () => pf.trapezoid(a, f64([0, 3])), [4.5, 10.5]],
  ["trapezoid of one sample", () => pf.trapezoid(f64([[3], [4]])), [0, 0]],
  ["trapezoid of no sample", () => pf.trapezoid(pf.zeros([2, 0], { dtype: "float64" })), [0, 0]],
  ["gradient", () => pf.gradient(f64([1, 4, 9, 16])), [[3, 4, 6, 7]]],
  ["gradient of order 2 at the ends", () => pf.gradient(f64([1, 4, 9, 16]), { edgeOrder: 2 }), [[2, 4, 6, 8]]],
  ["gradient of integers", () => pf.gradient(pf.tensor([1, 4, 9], { dtype: "int32" }), { spacing: 0.5 }), [f32([6, 8, 10])]],
  ["gradient around an infinity", () => pf.gradient(f64([1, 2, Infinity, 4, 5])), [[1, Infinity, 1, -Infinity, 1]]],
  ["gradient with spacing", () => pf.gradient(f64([1, 4, 9, 16]), { spacing: 2 }), [[1.5, 2, 3, 3.5]]],
  ["gradient at coordinates", () => pf.gradient(f64([0, 1, 9]), { spacing: [f64([0, 1, 3])], edgeOrder: 2 }), [[0, 2, 6]]],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected));

test("corrcoef lies between -1 and 1, whatever rounding does", () => {
  const x = [2.1, 1.8, 7, 1.1];
  for (const sign of [1, -1])
    for (const factor of [0.1, 0.3, 0.7, 0.9]) {
      const r = pf.corrcoef(f64([x, x.map((value) => value * sign * factor)])).data();
      assert.ok(r.every((value) => Math.abs(value) <= 1) && r[1] * sign > 1 - 1e-12, String(r));
    }
});
const matrix = (n: number, m: number, seed: number) => f64(values(n * m, seed)).reshape(n, m);
const derivatives: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["matmul", pf.matmul, [matrix(2, 3, 1), matrix(3, 2, 2)]],
  ["addbmm", pf.addbmm, [f64(1), matrix(2, 4, 1).reshape(2, 2, 2), matrix(2, 4, 2).reshape(2, 2, 2)]],
  ["multiDot", (...ms) => pf.linalg.multiDot(ms), [matrix(2, 3, 1), matrix(3, 1, 2), matrix(1, 2, 3)]],
  ["einsum", (p, q) => pf.einsum("iji,jk->ik", p, q), [matrix(2, 4, 1).reshape(2, 2, 2), matrix(2, 3, 2)]],
  ["kron", pf.kron, [matrix(2, 2, 1), matrix(2, 1, 2)]],
  ["cross", pf.cross, [matrix(2, 3, 1), matrix(2, 3, 2)]],
  ["cov", (p, w) => pf.cov(p, { aweights: w.square() }), [matrix(2, 3, 1), f64([1, 2, 3])]],
  ["corrcoef", pf.corrcoef, [matrix(2, 4, 5)]],
  ["vander at 0", pf.vander, [f64([0, 2, -1])]],
  ["gradient", (p) => pf.gradient(p.square(), { edgeOrder: 2 }), [matrix(3, 3, 1)]],
  ["trapezoid at points", pf.trapezoid, [matrix(2, 3, 1), f64([0, 1, 3])]],
];
for (const [name, f, inputs] of derivatives)
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));

test("einsum multiplies matrices, and keeps no label for longer than it is needed", () => {
  const [p, q, r] = [matrix(2, 3, 1), matrix(3, 4, 2), matrix(4, 5, 3)];
  const f = (...xs: pf.Tensor[]) => pf.einsum("ij,jk,kl->il", ...xs);
  const { summary } = pf.inspect(f as never, p, q, r);
  assert.is(summary.flops, 2 * (2 * 3 * 4 + 2 * 4 * 5));
});

const refused: [call: () => unknown, message: RegExp][] = [
  [() => pf.matmul(f64(1), f64([1])), /^matmul: operands should have at least 1 dim but are .*\[\].*\[1\]/],
  [() => a.matmul(f64([1, 2, 3])), /^matmul: shapes \[2, 2\] and \[3, 1\] can't be multiplied/],
  [() => pf.mm(batch, a), /^mm: input should be a matrix but is \[2, 2, 2\]/],
  [() => pf.bmm(batch, pf.stack([a, b, a])), /^bmm: batches should have equal sizes/],
  [() => pf.dot(v, x3), /^dot: vectors should have equal sizes but are \[2\] and \[3\]/],
  [() => pf.tensordot(a, matrix(3, 2, 1), [[0], [0]]), /^tensordot: dim 0 of \[2, 2\] and dim 0 of \[3, 2\]/],
  [() => pf.einsum("ij,jk->il", a, b), /^einsum: label l of the output/],
  [() => pf.einsum("ij,jk", a), /^einsum: the equation has 2 operands but got 1/],
  [() => pf.einsum("ij,jk", a, x3), /^einsum: "jk" doesn't fit operand 1 of shape \[3\]/],
  [() => pf.einsum("i,i", v, x3), /^einsum: the dims of label i should have equal sizes but are 2 and 3/],
  [() => pf.einsum("i;j", v), /^einsum: equation should be letters/],
  [
    () => pf.addmv(v.int(), a.int(), v.int(), { beta: 0.5 }),
    /^addmv: beta should be an integer for integer tensors but got 0.5/,
  ],
  [
    () => pf.linalg.cross(x3, f64([1])),
    /^cross: dim -1 should have size 3 in both operands, which are \[3\] and \[1\]/,
  ],
  [() => pf.linalg.cross(v, v), /^cross: dim -1 should have size 3/],
  [() => pf.gradient(f64([1])), /^gradient: each dim should have at least 2 samples/],
];
for (const [call, message] of refused)
  test(`refuses: ${message.source}`, () => {
    assert.throws(call, (error: unknown) => error instanceof pf.PushforwardError && message.test(error.message));
  });

test.run();
