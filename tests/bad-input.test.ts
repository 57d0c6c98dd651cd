// Bad input: a typed error from the function that the user called, which says what was expected and what came; nothing
// leaks, and the library works on. What the derivative API refuses is in tests/autograd, what ops bind in tests/ops.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../host/index";
import { type ErrorName, f64, refuses, type T } from "./autograd/support";

const test = suite("bad input");
const a = f64([
  [1, 2, 3],
  [4, 5, 6],
]);
const v3 = f64([1, 2, 3]);
const ints = pf.tensor(Int32Array.of(0, 1));
const gone = f64([1]);
gone.dispose();
const loose = pf as unknown as Record<string, (...args: unknown[]) => unknown>;
const promise = Promise.resolve(3);

const cyclic: unknown[] = [];
cyclic.push(cyclic);

/** The first phrase is how the message begins. */
type Row = [what: string, body: () => unknown, error: ErrorName, start: string, ...phrases: string[]];
const rows: Row[] = [
  // tensor
  ["ragged arrays", () => pf.tensor([[1, 2], [3]]), "ShapeError", "tensor: expected an array of length 2", "length 1"],
  ["a string", () => loose.tensor!("1"), "ArgumentError", "tensor", "string"],
  ["undefined", () => loose.tensor!(undefined), "ArgumentError", "tensor", "undefined"],
  ["a promise", () => loose.tensor!(promise), "ArgumentError", "tensor", "Promise"],
  [
    "a hole",
    () => loose.tensor!([1, undefined]),
    "ArgumentError",
    "tensor: expected a number or a boolean at data[1] but got undefined.",
  ],
  ["a Tensor", () => loose.tensor!(a), "ArgumentError", "tensor"],
  ["BigInt64Array", () => loose.tensor!(new BigInt64Array(1)), "DTypeError", "tensor", "BigInt64Array"],
  ["an unknown dtype", () => loose.tensor!([1], { dtype: "float16" }), "DTypeError", "tensor: dtype", "float16"],
  [
    "an unknown option",
    () => loose.tensor!([1], { requires_grad: true }),
    "ArgumentError",
    "tensor: unknown option requires_grad",
  ],
  ["options that are none", () => loose.tensor!([1], 3), "ArgumentError", "tensor: options"],
  [
    "a shape that does not fit",
    () => pf.tensor([1, 2], { shape: [3] }),
    "ShapeError",
    "tensor: shape [3]",
    "2 elements",
  ],
  ["a negative size", () => pf.tensor([1, 2], { shape: [-1, -2] }), "ShapeError", "tensor", "[-1, -2]"],
  ["a NaN size", () => pf.tensor([1], { shape: [NaN] }), "ShapeError", "tensor", "[NaN]"],
  ["a fractional size", () => pf.tensor([1], { shape: [0.5, 2] }), "ShapeError", "tensor", "[0.5, 2]"],
  ["a size beyond int32", () => pf.tensor([], { shape: [0, 2 ** 32] }), "ShapeError", "tensor", "4294967296"],
  ["an int32 that requires grad", () => pf.tensor(Int32Array.of(1), { requiresGrad: true }), "AutogradError", "tensor"],
  ["setDefaultDtype", () => loose.setDefaultDtype!("int32"), "DTypeError", "setDefaultDtype", "int32"],
  ["a Map", () => loose.tensor!(new Map()), "ArgumentError", "tensor: expected a number or a boolean", "Map"],
  ["bigints", () => loose.tensor!([1n]), "ArgumentError", "tensor: expected", "data[0] but got bigint"],
  [
    "a Tensor among numbers",
    () => loose.tensor!([1, a]),
    "ArgumentError",
    "tensor: expected",
    "data[1] but got Tensor",
  ],
  ["an array that holds itself", () => loose.tensor!(cyclic), "ShapeError", "tensor: data is nested deeper than 64"],
  [
    "a number beside arrays",
    () => pf.tensor([[1, 2], 3]),
    "ShapeError",
    "tensor: expected an array of length 2 at data[1] but got number",
  ],
  [
    "an array beside numbers",
    () => pf.tensor([1, [2]]),
    "ShapeError",
    "tensor: expected a number at data[1]",
    "length 1",
  ],
  [
    "an array beside empty ones",
    () => pf.tensor([[], [1]]),
    "ShapeError",
    "tensor: expected an array of length 0 at data[1] but got length 1",
  ],
  [
    "Uint16Array",
    () => loose.tensor!(new Uint16Array(1)),
    "DTypeError",
    "tensor: Uint16Array has no dtype",
    "Float32Array",
  ],
  ["a DataView", () => loose.tensor!(new DataView(new ArrayBuffer(8))), "DTypeError", "tensor: DataView has no dtype"],
  [
    "a shape that is a number",
    () => loose.tensor!([1], { shape: 1 }),
    "ArgumentError",
    "tensor: shape should be an array but got number",
  ],
  [
    "a size that is null",
    () => loose.tensor!([1], { shape: [null] }),
    "ShapeError",
    "tensor: sizes should be",
    "[null]",
  ],
  [
    "a size that is infinite",
    () => pf.tensor([], { shape: [0, Infinity] }),
    "ShapeError",
    "tensor: sizes should be",
    "[0, Infinity]",
  ],
  [
    "40 dims",
    () => pf.tensor([1], { shape: new Array<number>(40).fill(1) }),
    "ShapeError",
    "tensor: tensors have at most 32 dims but got 40",
  ],
  [
    "a dtype that every object has",
    () => loose.tensor!([1], { dtype: "constructor" }),
    "DTypeError",
    "tensor: dtype should be",
    "constructor",
  ],
  [
    "a bool that requires grad",
    () => pf.tensor([true], { requiresGrad: true }),
    "AutogradError",
    "tensor: only tensors of floating dtype",
    "got bool",
  ],
  // creation
  ["zeros of a negative size", () => pf.zeros([-1]), "ShapeError", "zeros", "-1"],
  ["zeros of a NaN size", () => pf.zeros([NaN]), "ArgumentError", "zeros", "NaN"],
  ["zeros of a fractional size", () => pf.zeros([1.5]), "ArgumentError", "zeros", "1.5"],
  ["zeros beyond 2³¹ elements", () => pf.zeros([100000, 100000]), "ShapeError", "zeros", "[100000, 100000]"],
  ["33 dims", () => pf.zeros(new Array<number>(33).fill(1)), "ShapeError", "zeros", "33"],
  // lists with holes
  ["cat of a hole", () => pf.cat(Object.assign(new Array<pf.Tensor>(2), { 0: v3 })), "ArgumentError", "cat"],
  ["stack of a hole", () => pf.stack(Object.assign(new Array<pf.Tensor>(2), { 1: v3 })), "ArgumentError", "stack"],
  ["permute by a hole", () => a.permute(Object.assign(new Array<number>(2), { 0: 1 })), "ArgumentError", "permute"],
  ["sum over a hole", () => a.sum(Object.assign(new Array<number>(2), { 0: 1 })), "ArgumentError", "sum"],
  // shapes
  ["add", () => a.add(f64([1, 2])), "ShapeError", "add: shapes [2, 3] and [2] can't be broadcast together."],
  ["where", () => pf.where(a.gt(1), a, f64([1, 2])), "ShapeError", "where", "[2, 3]", "[2]"],
  ["matmul", () => a.matmul(a), "ShapeError", "matmul", "[2, 3]"],
  [
    "matmul of batches",
    () => pf.matmul(pf.ones([2, 1, 1]), pf.ones([3, 1, 1])),
    "ShapeError",
    "matmul",
    "[2, 1, 1]",
    "[3, 1, 1]",
  ],
  ["linear names itself", () => pf.nn.functional.linear(a, f64([[1, 2]])), "ShapeError", "linear: "],
  ["reshape", () => a.reshape(4), "ShapeError", "reshape", "[4]", "[2, 3]"],
  ["reshape with two open sizes", () => a.reshape(-1, -1), "ShapeError", "reshape", "[-1, -1]"],
  ["expand", () => a.expand(4, 3), "ShapeError", "expand", "[2, 3]", "[4, 3]"],
  ["permute", () => a.permute(0, 0), "ShapeError", "permute", "[0, 0]"],
  ["cat", () => pf.cat([a, v3]), "ShapeError", "cat"],
  ["cat of nothing", () => pf.cat([]), "ArgumentError", "cat"],
  ["stack", () => pf.stack([a, v3]), "ShapeError", "stack"],
  ["mseLoss", () => pf.nn.functional.mseLoss(a, f64([1, 2])), "ShapeError", "mseLoss"],
  // dims
  ["sum over a dim out of range", () => a.sum(2), "ShapeError", "sum: Dimension out of range", "[-2, 1]", "2"],
  ["sum over a dim twice", () => a.sum([0, -2]), "ShapeError", "sum: dim 0 appears multiple times"],
  ["sum over a fractional dim", () => a.sum(0.5), "ArgumentError", "sum: dim", "0.5"],
  ["sum over NaN", () => a.sum(NaN), "ArgumentError", "sum: dim", "NaN"],
  ["softmax", () => a.softmax(5), "ShapeError", "softmax: Dimension out of range"],
  ["amax of nothing", () => pf.zeros([0, 2]).amax(0), "ShapeError", "amax", "[0, 2]"],
  ["narrow beyond the end", () => a.narrow(1, 2, 2), "ArgumentError", "narrow"],
  ["select beyond the end", () => a.select(0, 2), "ArgumentError", "select"],
  // dtypes
  ["neg of bool", () => pf.tensor([true]).neg(), "DTypeError", "neg", "bool"],
  ["mean of int32", () => ints.mean(), "DTypeError", "mean", "int32"],
  // indices
  [
    "gather out of bounds",
    () => v3.gather(0, pf.tensor(Int32Array.of(3))),
    "ArgumentError",
    "gather: index 3 is out of bounds",
    "size 3",
  ],
  ["gather by floats", () => v3.gather(0, v3), "DTypeError", "gather", "float64"],
  ["indexSelect", () => a.indexSelect(0, pf.tensor(Int32Array.of(-3))), "ArgumentError", "indexSelect", "-3"],
  [
    "a late index",
    () => v3.gather(0, pf.tensor([5.5, 0, 0]).to("int32")).data(),
    "ArgumentError",
    "gather: index 5 is out of bounds",
    "computed by the program",
  ],
  // arguments
  ["an unknown keyword", () => loose.sum!(a, { dimm: 1 }), "ArgumentError", "sum: unknown keyword dimm", "dim"],
  ["a missing argument", () => loose.matmul!(a), "ArgumentError", "matmul", "missing"],
  ["too many arguments", () => loose.exp!(a, 1, 2), "ArgumentError", "exp"],
  ["a promise as operand", () => loose.add!(a, promise), "ArgumentError", "add", "Promise"],
  ["a string as operand", () => loose.mul!(a, "2"), "ArgumentError", "mul", '"2"'],
  ["no tensor", () => loose.exp!(undefined), "ArgumentError", "exp"],
  [
    "an unknown reduction",
    () => pf.nn.functional.mseLoss(a, a, { reduction: "average" as never }),
    "ArgumentError",
    "mseLoss",
    "average",
  ],
  // disposed
  ["a disposed tensor in an op", () => gone.exp(), "DisposedError", "exp", "dispose"],
  ...(["ndim", "numel", "dtype", "requiresGrad", "isLeaf", "grad"] as const).map((name): Row => [
    `${name} of a disposed tensor`,
    () => gone[name],
    "DisposedError",
    `${name}: this tensor is disposed`,
  ]),
  ...(["item", "toArray", "zeroGrad", "detach", "backward"] as const).map((name): Row => [
    `${name} of a disposed tensor`,
    () => gone[name](),
    "DisposedError",
    `${name}: this tensor is disposed`,
  ]),
  ["iterating a disposed tensor", () => [...gone], "DisposedError", "iterator: this tensor is disposed"],
  ["as the second operand", () => a.add(gone), "DisposedError", "add"],
  ["in a list", () => pf.cat([v3, gone]), "DisposedError", "cat"],
  ["data", () => gone.data(), "DisposedError", "data: this tensor is disposed"],
  ["shape", () => gone.shape, "DisposedError", "shape: this tensor is disposed"],
  ["evaluate", () => pf.evaluate(a, gone), "DisposedError", "evaluate"],
  ["keep", () => pf.keep(gone), "DisposedError", "keep: this tensor is disposed"],
  ["inspect", () => pf.inspect(gone), "DisposedError", "inspect"],
  // reading
  ["item of many", () => a.item(), "ShapeError", "item", "6 elements"],
  [
    "iterating a 0-dim tensor",
    () => [...f64(1)],
    "ShapeError",
    "iterator: expected a Tensor with a dimension",
    "0-dim",
  ],
  ["item of none", () => pf.zeros([0]).item(), "ShapeError", "item: expected a Tensor with one element", "0 elements"],
  // lifetime and the rest
  ["tidy without a function", () => loose.tidy!(3), "ArgumentError", "tidy"],
  ["tidy of an async function", () => loose.tidy!(() => promise), "ArgumentError", "tidy", "promise"],
  ["keep of a number", () => loose.keep!(3), "ArgumentError", "keep"],
  ["evaluate of a number", () => loose.evaluate!(3), "ArgumentError", "evaluate", "number"],
  ["inspect of a number", () => loose.inspect!(3), "ArgumentError", "inspect", "number"],
  ["inspect of a function without tensors", () => pf.inspect(() => 3), "ArgumentError", "inspect"],
  [
    "tidy of a name and a function",
    () => loose.tidy!("name", () => a),
    "ArgumentError",
    "tidy: fn should be a function but got string",
  ],
  [
    "tidy of what await takes for a promise",
    () => loose.tidy!(() => ({ then: () => a })),
    "ArgumentError",
    "tidy: fn should be synchronous",
  ],
  ["keep of an array", () => loose.keep!([a]), "ArgumentError", "keep: expected a Tensor but got Array"],
  ["keep of nothing", () => loose.keep!(), "ArgumentError", "keep: expected a Tensor but got undefined"],
  ["evaluate of an array", () => loose.evaluate!([a]), "ArgumentError", "evaluate: expected tensors but got Array"],
  [
    "inspect of an async function",
    () => pf.inspect(() => Promise.resolve(a)),
    "ArgumentError",
    "inspect: the function should be synchronous",
    "promise",
  ],
  [
    "inspect of an array",
    () => loose.inspect!([a]),
    "ArgumentError",
    "inspect: expected a Tensor or a function but got Array",
  ],
  [
    "inspect of a function that returns a disposed tensor",
    () => pf.inspect(() => gone),
    "DisposedError",
    "inspect: this tensor is disposed",
  ],
  [
    "an op's error within inspect",
    () => pf.inspect((t: T) => t.add(f64([1, 2])), a),
    "ShapeError",
    "add: shapes [2, 3] and [2]",
  ],
  [
    "configure of a number",
    () => loose.configure!(3),
    "ArgumentError",
    "configure: options should be an object",
    "number",
  ],
  [
    "configure no threads",
    () => pf.configure({ threads: 0 }),
    "ArgumentError",
    "configure: threads should be a positive integer but got 0",
  ],
  [
    "configure memory by text",
    () => loose.configure!({ maxMemoryBytes: "1" }),
    "ArgumentError",
    "configure: maxMemoryBytes should be a positive number",
  ],
  ["configure no memory", () => pf.configure({ maxMemoryBytes: 0 }), "ArgumentError", "configure: maxMemoryBytes", "0"],
  ["configure NaN", () => pf.configure({ maxMemoryBytes: NaN }), "ArgumentError", "configure: maxMemoryBytes", "NaN"],
  [
    "configure what can be no URL",
    () => pf.configure({ workerUrl: "http://[" }),
    "ArgumentError",
    "configure: workerUrl",
  ],
  ["configure no URL", () => pf.configure({ workerUrl: "" }), "ArgumentError", "configure: workerUrl", '""'],
  [
    "configure a URL of nothing",
    () => pf.configure({ workerUrl: { href: "" } }),
    "ArgumentError",
    "configure: workerUrl",
  ],
  ["configure", () => loose.configure!({ thread: 2 }), "ArgumentError", "configure: unknown option thread"],
  ["configure threads", () => pf.configure({ threads: 0.5 }), "ArgumentError", "configure: threads", "0.5"],
  ["configure simd", () => loose.configure!({ simd: "avx" }), "ArgumentError", "configure: simd", "avx"],
  ["configure memory", () => pf.configure({ maxMemoryBytes: -1 }), "ArgumentError", "configure: maxMemoryBytes", "-1"],
];
// What JavaScript has no text for, or only a misleading one, is named by its kind.
const unprintable: [value: unknown, name: string][] = [
  [Object.create(null), "an Object"],
  [{ toString: 3, valueOf: 3 }, "an Object"],
  [new Date(0), "a Date"],
  [[], "[]"],
  [[[1]], "[[1]]"],
  [1n, "a bigint"],
  [Symbol("s"), "a symbol"],
  ["4", '"4"'],
  [a, "a Tensor"],
];
for (const [value, name] of unprintable) {
  const of: [call: () => unknown, message: string][] = [
    [() => loose.configure!({ threads: value }), "configure: threads should be a positive integer"],
    [() => loose.configure!({ maxMemoryBytes: value }), "configure: maxMemoryBytes should be a positive number"],
    [() => loose.configure!({ simd: value }), 'configure: simd should be "simd128" or "relaxed"'],
    [() => loose.configure!({ traces: value }), "configure: traces should be true or false"],
    [() => loose.setDefaultDtype!(value), 'setDefaultDtype: dtype should be "float32" or "float64"'],
    [() => pf.func.jacrev((t) => t, { chunkSize: value } as never), "jacrev: chunkSize should be a positive integer"],
    [() => pf.func.vmap((t) => t, { randomness: value } as never), 'vmap: randomness should be "error", "different" or "same"'],
  ]; // prettier-ignore
  for (const [call, message] of of)
    test(`${message} and is ${name}`, () =>
      refuses(call, message.startsWith("set") ? "DTypeError" : "ArgumentError", `${message} but got ${name}.`));
  test(`argnums and outDims that are ${name}`, () => {
    if (Array.isArray(value)) return;
    const sum = (t: pf.Tensor) => t.sum();
    refuses(() => pf.func.grad(sum, { argnums: value } as never)(a), "ArgumentError", `grad: argnums ${name} should`);
    refuses(
      () => pf.func.vmap((t) => t, { outDims: value } as never)(a),
      "ArgumentError",
      `vmap: outDims ${name} should`,
    );
  });
}
for (const [name, body, error, ...phrases] of rows) {
  test(name, () => {
    refuses(body, error, ...phrases);
  });
}

test("null stands for options left out", () => {
  pf.tidy(() => assert.equal(pf.tensor([1], null as never).toArray(), [1]));
});
test("the stack of an error goes as far as the line of the user's", () => {
  const limit = Error.stackTraceLimit;
  const theirFunction = (): unknown => pf.functional.jvp((x) => pf.gather(x, 0, [7]), pf.ones([3]), pf.ones([3]));
  assert.throws(theirFunction, (error: Error) => error.stack!.includes("theirFunction"));
  assert.is(Error.stackTraceLimit, limit);
});
test("errors are Errors of the library's classes, with names that survive minification", () => {
  for (const name of [
    "ArgumentError",
    "AutogradError",
    "DisposedError",
    "DTypeError",
    "OutOfMemoryError",
    "ShapeError",
  ] as const) {
    const error = new pf[name]("x");
    assert.ok(error instanceof pf.PushforwardError && error instanceof Error);
    assert.is(error.name, name);
  }
});

const long = "q".repeat(100_000);
const lengthy: [what: string, body: () => unknown][] = [
  ["an equation of letters", () => pf.einsum(long, a)],
  ["an equation of others", () => pf.einsum("?".repeat(100_000), a)],
  ["a dtype", () => loose.zeros!([2], { dtype: long })],
  ["a mode", () => (pf.nn.functional as any).pad(a, [1, 1], long)],
  ["an entry", () => a.at(long)],
  ["a keyword", () => loose.sum!(a, { [long]: 1 })],
  ["an option", () => loose.configure!({ [long]: 1 })],
  ["an operand", () => loose.add!(a, long)],
  ["the name of a class", () => loose.add!(a, new { [long]: class {} }[long]!())],
  ["texts in an array", () => loose.cat!([long, long, long])],
];
for (const [what, body] of lengthy)
  test(`a message doesn't repeat a text of 100,000 letters whole: ${what}`, () => {
    assert.throws(body, (error: Error) => error instanceof pf.PushforwardError && error.message.length < 1000 && /100000 characters/.test(error.message)); // prettier-ignore
  });
test("an empty object among entries is a wrong entry", () => {
  assert.throws(() => loose.setAt!(a, [{}], 1), /entry 0/);
  assert.throws(() => (a as any).at({}), /^at: entry 0 should be .* but got an? Object/);
  assert.throws(() => (a as any).at(0, {}), /^at: entry 1 should be .* but got an? Object/);
});

test.run();
