// Every primitive's derivative rule, through the public API, over operands of every layout: first, second and third order.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Op } from "../../assembly/abi/opcodes";
import * as pf from "../../host/index";
import { f64, i32 } from "../ops/support";
import { any, type Case, elementwise, elsewhere, full, type OpName, whole } from "./rows";
import { checkDerivatives, type Func, layouts } from "./support";

const pairs: readonly [string, string][] = [
  ["contiguous", "contiguous"],
  ["transposed", "sliced"],
  ["flipped", "expanded rows"],
  ["expanded columns", "contiguous"],
  ["row", "column"],
  ["column", "transposed"],
  ["0-dim", "contiguous"],
  ["sliced", "0-dim"],
  ["0-dim", "0-dim"],
  ["empty", "row"],
  ["empty", "empty"],
];
const operandsOf = ({ operands }: Case): [name: string, inputs: pf.Tensor[]][] =>
  operands.length === 1
    ? Object.entries(layouts).map(([name, layout]) => [name, [layout(operands[0])]])
    : pairs.map(([a, b]) => [`${a}, ${b}`, operands.map((values, i) => layouts[i === 1 ? b : a](values))]);

const tests: { op: OpName; f: Func; inputs: pf.Tensor[] }[] = [];
elementwise.forEach((row, i) => {
  for (const [name, inputs] of operandsOf(row)) {
    test(`${i} ${row.op}: ${name}`, () => checkDerivatives(row.f, inputs, row));
    tests.push({ op: row.op, f: row.f, inputs });
  }
});

/** What makes a linear function one with higher derivatives. */
const cubed = (t: pf.Tensor) => t.mul(t).mul(t);

// -- primitives that look at more than one element

for (const { op, name, f, on = full } of whole)
  for (const layout of on) {
    const inputs = [layouts[layout](any)];
    test(`${op} ${name}: ${layout}`, () => checkDerivatives((x) => cubed(f(x)), inputs, { order: 3, tolerance: 1e-8 }));
    tests.push({ op, f, inputs });
  }

// -- operands of two and more

const matrixOf = (...shape: number[]) => {
  const numel = shape.reduce((product, size) => product * size, 1);
  return f64(Array.from({ length: numel }, (_, i) => Math.sin(3 * i + shape.length))).reshape(shape);
};
const several: [name: string, f: Func, inputs: pf.Tensor[]][] = [
  ["matmul of transposed operands", (p, q) => p.t().matmul(q.t()), [matrixOf(3, 2), matrixOf(4, 3)]],
  ["matmul, broadcast batch", pf.matmul as Func, [matrixOf(2, 1, 2, 3), matrixOf(4, 3, 2)]],
  ["matmul, expanded batch", pf.matmul as Func, [matrixOf(2, 3).expand(2, 2, 3), matrixOf(3, 1).expand(2, 3, 2)]],
  ["matmul over nothing", pf.matmul as Func, [matrixOf(2, 0), matrixOf(0, 3)]],
  ["matmul without rows", pf.matmul as Func, [matrixOf(0, 2), matrixOf(2, 3)]],
  ["concat of three", (...parts) => pf.cat(parts, 1), [matrixOf(2, 1), matrixOf(2, 3), matrixOf(2, 0)]],
  ["stack of steps", (p, q) => pf.stack([p.slice(0, 0, 3, 2), q]), [matrixOf(3, 2), matrixOf(2, 2)]],
  ["scatterAdd", (p, q) => p.scatterAdd(0, i32([[0, 1], [0, 0]]), q), [matrixOf(2, 2), matrixOf(2, 3)]],
  ["where with a broadcast condition", (p, q) => pf.where(f64([1, -1]).gt(0), p, q), [matrixOf(3, 1), matrixOf(1, 2)]],
  ["slice of every dim", (p) => p.slice(0, 1, 4, 2).slice(1, 0, 5, 3).slice(2, 1, 2), [matrixOf(4, 5, 2)]],
  ["sliceScatter, which pads between", (p, q) => pf.sliceScatter(p, q, 1, 0, 5, 2), [matrixOf(2, 5), matrixOf(2, 3)]],
  ["permutations that do not undo each other", (p) => p.permute(1, 2, 0).permute(1, 2, 0), [matrixOf(2, 3, 4)]],
  ["permutations that do", (p) => p.permute(1, 2, 0).permute(2, 0, 1), [matrixOf(2, 3, 4)]],
  ["a sum over the outer and inner dims of three", (p) => p.sum([0, 2]), [matrixOf(2, 3, 2)]],
  ["a product over the outer and inner dims of three", (p) => p.prod(1).prod(1), [matrixOf(2, 3, 2)]],
  ["a product of seven", (p) => p.prod(0), [matrixOf(7)]],
  ["a product of none", (p) => p.prod(1), [matrixOf(2, 0)]],
]; // prettier-ignore
for (const [name, f, inputs] of several)
  test(name, () => checkDerivatives((...xs) => cubed(f(...xs)), inputs, { order: 3, tolerance: 1e-8 }));

// -- casts

test("a cast between float32 and float64 passes derivatives on, in either dtype", () => {
  const f = (x: pf.Tensor) => x.to("float32").mul(x.to("float32")).to("float64").sum();
  const x = f64([0.5, 1.5]);
  assert.equal(pf.functional.jvp(f, x, f64([1, 2]))[1].item(), 7);
  const gradient = pf.functional.vjp(f, x)[1];
  assert.is(gradient.dtype, "float64");
  assert.equal(gradient.toArray(), [1, 3]);
  assert.equal(pf.functional.hvp(f, x, f64([1, 2]))[1].toArray(), [2, 4]);
});

// -- the tables are complete

const covered = new Set<string>(tests.map(({ op }) => op));
for (const op of Object.keys(Op).filter((key) => Number.isNaN(Number(key)) && !elsewhere.includes(key as OpName)))
  test(`${op} has a row`, () => {
    assert.ok(covered.has(op));
    const found = tests.filter((row) => row.op === op);
    const occurs = found.some(({ f, inputs }) => pf.inspect(f, ...inputs).nodes.some((node) => node.op === op));
    assert.ok(occurs, `no row's graph holds a ${op}`);
  });

test.run();
