// pf.inspect as data and as text.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../assembly/abi/opcodes";
import { core } from "../../host/core/memory";
import * as p from "../../host/core/prim";
import { withinOp } from "../../host/core/op-scope";
import * as pf from "../../host/index";
import { adoptNode, nodeOf } from "../../host/tensor/tensor";
import { f64, i32 } from "../ops/support";

const nothing = { pruned: 0, kernels: 0, matmuls: 0, flops: 0, peakBytes: 0 };

test("a plain tensor: one node, nothing to do", () => {
  const { nodes, outputs, summary } = pf.inspect(pf.tensor([[1, 2, 3]]));
  const leaf = { op: "Data", shape: [1, 3], dtype: "float32", requiresGrad: false, computed: true, inputs: [] };
  assert.equal(nodes, [leaf]);
  assert.equal(outputs, [0]);
  assert.equal(summary, { traced: 1, backward: 1, doubleBackward: 1, ...nothing });
});

test("a leaf that requires grad", () => {
  const [leaf] = pf.inspect(pf.tensor([1], { dtype: "float64", requiresGrad: true })).nodes;
  assert.ok(leaf.requiresGrad);
  assert.is(leaf.dtype, "float64");
});

test("a constant takes no evaluation", () => {
  const { nodes, summary } = pf.inspect(pf.zeros([2, 2]));
  assert.is(nodes[0].op, "Full");
  assert.is(nodes[0].computed, true);
  assert.equal([summary.kernels, summary.flops], [0, 0]);
});

test("a computed tensor: its nodes, and what evaluating it takes, once", () => {
  const x = f64([1, 2, 3]);
  const y = x.mul(x).sum();
  const graph = pf.inspect(y);
  assert.equal(
    graph.nodes.map(({ op, inputs, computed }) => [op, inputs, computed]),
    [
      ["Data", [], true],
      ["Mul", [0, 0], false],
      ["Sum", [1], false],
    ],
  );
  assert.equal(graph.outputs, [2]);
  const { peakBytes, ...counts } = graph.summary;
  assert.equal(counts, { traced: 3, backward: 3, doubleBackward: 3, pruned: 2, kernels: 1, matmuls: 0, flops: 6 });
  assert.ok(peakBytes >= 32);
  assert.is(y.item(), 14);
  assert.equal(pf.inspect(y).summary, { traced: 1, backward: 1, doubleBackward: 1, ...nothing });
});

test("a function: args are leaves, results in any structure are outputs", () => {
  const graph = pf.inspect((p: pf.Tensor, q: pf.Tensor) => ({ sum: p.add(q), both: [p, q.gt(p)] }), f64(1), f64(2));
  assert.equal(
    graph.outputs.map((at) => graph.nodes[at].op),
    ["Add", "Data", "Gt"],
  );
  assert.is(graph.nodes[graph.outputs[2]].dtype, "bool");
  assert.is(graph.summary.traced, 2);
});

test("flops: a multiply-add counts two, an elementwise operation and a reduced element one", () => {
  const m = pf.ones([4, 5], { dtype: "float64" }).mul(2);
  const flops = (f: () => pf.Tensor) => pf.inspect(f).summary.flops;
  m.data();
  assert.is(flops(() => m.matmul(m.t())), 2 * 4 * 5 * 4); // prettier-ignore
  assert.is(flops(() => m.sin().add(m)), 40); // prettier-ignore
  assert.is(flops(() => m.sum()), 20); // prettier-ignore
  assert.is(flops(() => m.t().flip([0]).reshape(2, 10)), 0); // prettier-ignore
});

test("functions called within are counted together, and nested calls of inspect apart", () => {
  const x = f64([1, 2]);
  const f = (p: pf.Tensor) => p.sin();
  const one = pf.inspect(() => pf.functional.jvp(f, x, x)).summary;
  const two = pf.inspect(() => {
    pf.inspect(() => pf.functional.jvp(f, x, x));
    return [pf.functional.jvp(f, x, x), pf.functional.jvp(f, x, x)];
  }).summary;
  assert.is(two.traced, 2 * one.traced);
  assert.is(two.doubleBackward, 2 * one.doubleBackward);
});

const small = (): pf.Graph => pf.inspect(f64([[1, 2]]).matmul(f64([[1], [2]]))); // prettier-ignore

test("toDot", () => {
  assert.is(
    small().toDot(),
    `digraph {
  node [shape=box];
  n0 [label="Data float64[1, 2]"];
  n1 [label="Data float64[2, 1]"];
  n2 [label="Matmul float64[1, 1]", peripheries=2];
  n0 -> n2;
  n1 -> n2;
}`,
  );
});

test("toMermaid", () => {
  assert.is(
    small().toMermaid(),
    `flowchart TD
  n0["Data float64[1, 2]"]
  n1["Data float64[2, 1]"]
  n2[["Matmul float64[1, 1]"]]
  n0 --> n2
  n1 --> n2`,
  );
});

test("an operand used twice has two edges; a 0-dim int32 its empty shape", () => {
  const x = i32(3);
  const graph = pf.inspect(x.mul(x));
  assert.match(graph.toDot(), /n0 \[label="Data int32\[\]"\];/);
  assert.is(graph.toDot().match(/n0 -> n1;/g)?.length, 2);
});

const refused: [what: string, call: () => unknown, message: RegExp][] = [
  ["a number", () => pf.inspect(3 as any), /^inspect: expected a Tensor or a function but got/],
  ["no tensors", () => pf.inspect(() => 3), /^inspect: the function returned no tensors/],
  ["a promise", () => pf.inspect(() => Promise.resolve(f64(1))), /^inspect: the function should be synchronous/],
];
for (const [what, call, message] of refused)
  test(`refuses ${what}`, () => {
    assert.throws(call, (error: unknown) => error instanceof pf.ArgumentError && message.test(error.message));
  });

test("an error of the function passes through, and the next count starts afresh", () => {
  const own = new Error("mine");
  assert.throws(
    () =>
      pf.inspect(() => {
        pf.functional.jvp((p) => p.sin(), f64(1), f64(1));
        throw own;
      }),
    (error: unknown) => error === own,
  );
  assert.is(pf.inspect((p: pf.Tensor) => p.neg(), f64(1)).summary.traced, 1);
});

test("flops of each elementwise operation: one for an element, none for what compares, chooses or casts", () => {
  const x = nodeOf(pf.full([2, 3], 0.5).contiguous());
  const y = nodeOf(pf.full([2, 3], 0.25).contiguous());
  const flops = (make: () => p.Node): number =>
    pf.inspect(() =>
      withinOp("op", () => {
        const node = make();
        core.hold(node);
        return adoptNode(node);
      }),
    ).summary.flops;
  const unary = ["neg", "abs", "sign", "floor", "ceil", "round", "trunc", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "root", "rsqrt", "reciprocal", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "softplus", "erf", "erfc", "erfinv"] as const; // prettier-ignore
  for (const name of unary) assert.is(flops(() => p[name](x)), 6, name); // prettier-ignore
  const binary = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "fmod", "remainder", "atan2", "xlogy"] as const; // prettier-ignore
  for (const name of binary) assert.is(flops(() => p[name](x, y)), 6, name); // prettier-ignore
  const free = ["eq", "ne", "lt", "le", "gt", "ge", "logicalAnd", "logicalOr", "logicalXor", "bitAnd"] as const;
  for (const name of free) assert.is(flops(() => p[name](x, y)), 0, name); // prettier-ignore
  assert.is(flops(() => p.logicalNot(x)), 0); // prettier-ignore
  assert.is(flops(() => p.cast(x, DType.Int32)), 0); // prettier-ignore
  assert.is(flops(() => p.where(p.gt(x, y), x, y)), 0); // prettier-ignore
  for (const make of [() => p.sphericalBessel(x, 1), () => p.erfcRatio(x, 1)]) assert.is(flops(make), 6);
});

test.run();
