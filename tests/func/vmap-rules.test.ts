// What vmap takes and gives, what it refuses, and what it leaves behind.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { type ErrorName, f64, near, throws, type T } from "../autograd/support";
import { leavesNothing } from "../core/support";

const { vmap, grad, jvp, jacrev, jacfwd, hessian, linearize } = pf.func;
const test = suite("vmap rules");
const any = (value: unknown): any => value;

const m = f64([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const n = f64([[7, 8, 9], [10, 11, 12]]); // prettier-ignore
const row = f64([1, -1, 2]);
const int = (values: pf.NestedArray): T => pf.tensor(values, { dtype: "int32" });

const values: [name: string, actual: () => T, expected: pf.NestedArray][] = [
  ["dot products of rows", () => vmap((a: T, b: T) => a.dot(b))(m, n), [50, 167]],
  ["dot products of columns", () => vmap((a: T, b: T) => a.dot(b), { inDims: 1 })(m, n), [47, 71, 99]],
  ["a vector against rows", () => vmap((a: T, b: T) => a.dot(b), { inDims: [0, null] })(m, row), [5, 11]],
  ["a vector against rows, as a prefix", () => vmap((a: T, b: T) => a.dot(b), { inDims: [null, 0] })(row, m), [5, 11]],
  ["rows of one against columns of the other", () => vmap((a: T, b: T) => a.mul(b.sum()), { inDims: [0, -1] })(m, n.slice(1, 0, 2)), [[17, 34, 51], [76, 95, 114]]],
  ["scalars", () => vmap((a: T) => a.mul(a))(row), [1, 1, 4]],
  ["outDims 1", () => vmap((a: T) => a.mul(2), { outDims: 1 })(m), [[2, 8], [4, 10], [6, 12]]],
  ["outDims -1 of scalars", () => vmap((a: T) => a.sum(), { outDims: -1 })(m), [6, 15]],
  ["outDims -2", () => vmap((a: T) => a.mul(2), { outDims: -2 })(m), [[2, 4, 6], [8, 10, 12]]],
  ["a result that no element enters", () => vmap((_: T) => row)(m), [[1, -1, 2], [1, -1, 2]]],
  ["a result that is the argument", () => vmap((a: T) => a, { inDims: 1 })(m), [[1, 4], [2, 5], [3, 6]]],
  ["a captured tensor is the same for all", () => vmap((a: T) => a.mul(row))(m), [[1, -2, 6], [4, -5, 12]]],
  ["shapes inside are those of an element", () => vmap((a: T) => a.mul(a.ndim * 100 + a.numel * 10 + a.shape[0]!))(m), [[133, 266, 399], [532, 665, 798]]],
  ["a captured tensor may be read", () => vmap((a: T) => (row.sum().item() > 0 ? a : a.neg()))(m), [[1, 2, 3], [4, 5, 6]]],
  ["numbers pass through", () => vmap((a: T, k: number) => a.mul(k))(m, 10), [[10, 20, 30], [40, 50, 60]]],
  ["null for options", () => vmap((a: T) => a.sum(), any(null))(m), [6, 15]],
  ["null for chunkSize", () => vmap((a: T) => a.sum(), { chunkSize: null })(m), [6, 15]],
  ["an outer product by nesting", () => vmap((a: T) => vmap((b: T) => a.mul(b))(row))(f64([1, 2])), [[1, -1, 2], [2, -2, 4]]],
  ["an outer product by inDims", () => vmap(vmap((a: T, b: T) => a.mul(b), { inDims: [null, 0] }), { inDims: [0, null] })(f64([1, 2]), row), [[1, -1, 2], [2, -2, 4]]],
  ["a matrix product from dots", () => vmap(vmap((a: T, b: T) => a.dot(b), { inDims: [null, 1] }), { inDims: [0, null] })(m, n.t()), [[50, 68], [122, 167]]],
  ["three levels", () => vmap(vmap(vmap((a: T) => a.mul(a).add(1))))(m.reshape(2, 1, 3)), [[[2, 5, 10]], [[17, 26, 37]]]],
]; // prettier-ignore
for (const [name, actual, expected] of values) test(name, () => near(pf.tidy(actual), expected));

const square = (x: T): T => x.pow(3).sum();
const derivatives: [name: string, actual: () => T, expected: pf.NestedArray][] = [
  ["grad inside", () => vmap(grad(square))(m), [[3, 12, 27], [48, 75, 108]]],
  ["grad inside, second argument", () => vmap(grad((x: T, y: T) => x.mul(y).sum(), { argnums: -1 }))(m, n), m.toArray()],
  ["grad of a sum outside", () => grad((x: T) => vmap(square)(x).sum())(m), [[3, 12, 27], [48, 75, 108]]],
  ["grad of grad inside", () => vmap(grad(grad((x: T) => x.pow(3))))(row), [6, -6, 12]],
  ["jvp inside", () => vmap((x: T, v: T) => jvp(square, [x], [v])[1] as T)(m, n), [3 * 7 + 12 * 8 + 27 * 9, 480 + 75 * 11 + 108 * 12]],
  ["jacrev inside", () => vmap(jacrev((x: T) => x.mul(x)))(m.slice(1, 0, 2)), [[[2, 0], [0, 4]], [[8, 0], [0, 10]]]],
  ["jacfwd inside, in chunks", () => vmap(jacfwd((x: T) => x.mul(x), { chunkSize: 1 }))(m.slice(1, 0, 2)), [[[2, 0], [0, 4]], [[8, 0], [0, 10]]]],
  ["hessian inside", () => vmap(hessian((x: T) => x.prod()))(m.slice(1, 0, 2)), [[[0, 1], [1, 0]], [[0, 1], [1, 0]]]],
  ["jacrev outside", () => jacrev(vmap((x: T) => x.mul(x)))(row), [[2, 0, 0], [0, -2, 0], [0, 0, 4]]],
  ["linearize inside", () => vmap((x: T) => linearize((y: T) => y.mul(y), x)[1](x) as T)(row), [2, 2, 8]],
  ["linearize outside", () => linearize(vmap((y: T) => y.mul(y)), row)[1](row) as T, [2, 2, 8]],
  ["vjp function mapped over its cotangents", () => vmap(pf.func.vjp((x: T) => x.mul(x), row)[1])(pf.eye(3, { dtype: "float64" }))[0], [[2, 0, 0], [0, -2, 0], [0, 0, 4]]],
  ["jvp function mapped over its tangents", () => vmap(linearize((x: T) => x.mul(x), row)[1])(pf.eye(3, { dtype: "float64" })) as T, [[2, 0, 0], [0, -2, 0], [0, 0, 4]]],
  ["functional.jacobian inside", () => vmap((x: T) => pf.functional.jacobian((y: T) => y.mul(y), x))(m.slice(1, 0, 2)), [[[2, 0], [0, 4]], [[8, 0], [0, 10]]]],
  ["functional.jacobian inside, in chunks", () => vmap((x: T) => pf.functional.jacobian((y: T) => y.mul(y), x, { chunkSize: 1 }))(m.slice(1, 0, 2)), [[[2, 0], [0, 4]], [[8, 0], [0, 10]]]],
  ["functional.jacobian inside, in chunks of columns", () => vmap((x: T) => pf.functional.jacobian((y: T) => y.mul(y), x, { chunkSize: 1, strategy: "forward-mode" }))(m.slice(1, 0, 2)), [[[2, 0], [0, 4]], [[8, 0], [0, 10]]]],
  ["functional.hessian inside", () => vmap((x: T) => pf.functional.hessian((y: T) => y.prod(), x))(m.slice(1, 0, 2)), [[[0, 1], [1, 0]], [[0, 1], [1, 0]]]],
  ["functional.jacobian of it", () => pf.functional.jacobian(vmap((x: T) => x.mul(x)), row), [[2, 0, 0], [0, -2, 0], [0, 0, 4]]],
  ["functional.vjp at a copy of the element", () => vmap((x: T) => pf.functional.vjp(square, x.detach().mul(1))[1])(m), [[3, 12, 27], [48, 75, 108]]],
  ["autograd.grad inside, of elements that require grad", () => vmap((x: T) => pf.autograd.grad(square(x), x)[0]!)(f64(m.toArray(), true)), [[3, 12, 27], [48, 75, 108]]],
  ["autograd.grad inside, twice", () => vmap((x: T) => pf.autograd.grad(pf.autograd.grad(square(x), x, { createGraph: true })[0]!.sum(), x)[0]!)(f64(m.toArray(), true)), [[6, 12, 18], [24, 30, 36]]],
  ["autograd.grad inside, of a captured tensor", () => {
    const w = f64([1, 2, 3], true);
    return vmap((x: T) => pf.autograd.grad(w.mul(w).mul(x).sum(), w)[0]!)(m);
  }, [[2, 8, 18], [8, 20, 36]]],
  ["autograd.grad outside, in chunks", () => {
    const x = f64(m.toArray(), true);
    return pf.autograd.grad(vmap(square, { chunkSize: 1 })(x).mul(f64([1, 2])).sum(), x)[0]!;
  }, [[3, 12, 27], [96, 150, 216]]],
  ["autograd.grad outside, past what noGrad hides", () => {
    const x = f64([1, 2], true);
    return pf.autograd.grad(vmap((e: T) => e.mul(e).add(pf.noGrad(() => e.mul(3))))(x).sum(), x)[0]!;
  }, [2, 4]],
  ["compile outside", () => pf.compile(vmap(grad(square)))(m) as T, [[3, 12, 27], [48, 75, 108]]],
  ["compile outside, in chunks", () => pf.compile(vmap(grad(square), { chunkSize: 1 }))(m) as T, [[3, 12, 27], [48, 75, 108]]],
  ["vmap in vmap of grad, chunked", () => vmap(vmap(grad((x: T) => x.pow(3))), { chunkSize: 1 })(m), [[3, 12, 27], [48, 75, 108]]],
]; // prettier-ignore
for (const [name, actual, expected] of derivatives) test(name, () => near(pf.tidy(actual), expected));

test("every dim of what is mapped, from both ends", () => {
  const data = f64([[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]], [[0, 1], [0, 2], [0, 3]], [[1, 1], [2, 2], [3, 3]]]); // prettier-ignore
  for (const dim of [-3, -2, -1, 0, 1, 2]) {
    const front = (t: T): T => t.movedim(dim, 0);
    for (const chunkSize of [undefined, 1, 2]) {
      near(vmap((t: T) => t.mul(2), { inDims: dim, chunkSize })(data), front(data).mul(2));
      near(vmap((t: T) => t.mul(2), { outDims: dim, chunkSize })(data), data.movedim(0, dim).mul(2));
    }
  }
  for (const dim of [-4, 3]) {
    throws(() => vmap((t: T) => t, { inDims: dim })(data), "ArgumentError", `vmap: inDims ${dim} `, "[-3, 2]");
    throws(() => vmap((t: T) => t, { outDims: dim })(data), "ArgumentError", `vmap: outDims ${dim} `, "[-3, 2]");
  }
});
test("containers: nested inDims and outDims, plain objects", () => {
  const f = ({ a, b }: { a: T; b: [T, T] }) => ({ sum: a.add(b[0]), pair: [b[1].mul(a.sum()), a] as [T, T] });
  const input = { a: m, b: [n, row] as [T, T] };
  const result = vmap(f, { inDims: [{ a: 0, b: [0, null] }], outDims: { sum: 0, pair: [1, 0] } })(input);
  near(result.sum, [[8, 10, 12], [14, 16, 18]]); // prettier-ignore
  near(result.pair[0], [[6, 15], [-6, -15], [12, 30]]); // prettier-ignore
  near(result.pair[1], m.toArray());
  const columns = vmap(f, { inDims: [{ a: 1, b: 1 }] })({ a: m, b: [n, n] });
  assert.equal(columns.sum.shape, [3, 2]);
  assert.equal(columns.pair.map((x) => x.shape), [[3, 2], [3, 2]]); // prettier-ignore
});
test("several results, in the structure that func gives them", () => {
  const [sum, product] = vmap((a: T, b: T): [T, T] => [a.add(b), a.dot(b)])(m, n);
  near(sum, [[8, 10, 12], [14, 16, 18]]); // prettier-ignore
  near(product, [50, 167]);
  assert.is((vmap((a: T) => [a])(m) as T[]).length, 1);
});
test("other dtypes keep theirs", () => {
  const i = pf.tensor(Int32Array.of(1, 2, 3));
  assert.is(vmap((x: T) => x.mul(2))(i).dtype, "int32");
  assert.is(vmap((x: T) => x.gt(1))(i).dtype, "bool");
  assert.is(vmap((x: T) => x.sum())(pf.tensor([[1, 2]])).dtype, "float32");
});
test("an empty batch of nothing and a batch of empty elements", () => {
  assert.equal(vmap((x: T) => x.sum())(pf.zeros([0])).shape, [0]);
  assert.equal(vmap((x: T) => x.mul(2))(pf.zeros([2, 0])).shape, [2, 0]);
  near(vmap((x: T) => x.sum())(pf.zeros([2, 0])), pf.tensor([0, 0]));
  assert.equal(vmap((x: T) => x.matmul(row), { inDims: 1 })(pf.zeros([3, 0], { dtype: "float64" })).shape, [0]);
});

// -- gradients of what the caller holds
test("results depend on arguments and captured tensors that require grad, and on nothing else", () => {
  pf.tidy(() => {
    const x = f64([1, 2], true);
    const w = f64(3, true);
    const y = vmap((e: T) => e.mul(e).mul(w))(x);
    assert.is(y.requiresGrad, true);
    const [gx, gw] = pf.autograd.grad(y.sum(), [x, w]);
    near(gx!, [6, 12]);
    near(gw!, 5);
    assert.is(vmap((e: T) => e.mul(2))(row).requiresGrad, false);
    assert.is(vmap((e: T) => e.detach())(x).requiresGrad, false);
    assert.is(vmap((e: T) => pf.noGrad(() => e.mul(2)))(x).requiresGrad, false);
    assert.is(pf.noGrad(() => vmap((e: T) => e.mul(w))(x)).requiresGrad, false);
    assert.is(vmap(grad((e: T) => e.pow(3)))(row).requiresGrad, false);
    const second = vmap(grad((e: T) => e.pow(3)))(x);
    near(pf.autograd.grad(second.sum(), x)[0]!, [6, 12]);
  });
});
test("noGrad does not hinder derivatives inside", () => {
  near(pf.noGrad(() => vmap(grad(square))(m)), [[3, 12, 27], [48, 75, 108]]); // prettier-ignore
});

// -- what it refuses
const size = "Expected all tensors to have the same size in the mapped dimension";
const refused: [name: string, body: () => unknown, error: ErrorName, ...phrases: string[]][] = [
  ["sizes that differ", () => vmap((a: T, b: T) => a.add(b))(m, row), "ShapeError", `vmap: ${size}, got sizes [2, 3]`],
  ["sizes that differ in a container", () => vmap((a: T[]) => a[0]!)([m, row, m]), "ShapeError", size, "[2, 3, 2]"],
  ["sizes that differ by inDims", () => vmap((a: T, b: T) => a.add(b), { inDims: [0, 1] })(m, n), "ShapeError", size, "[2, 3]"],
  ["no mapped argument", () => vmap((a: T) => a, { inDims: null })(m), "ArgumentError", "at least one argument should be mapped"],
  ["no argument", () => vmap(() => row)(), "ArgumentError", "vmap: the arguments hold no tensors"],
  ["inDims out of range", () => vmap((a: T) => a, { inDims: 2 })(m), "ArgumentError", "vmap: inDims 2", "[-2, 1]", "2 dims"],
  ["negative inDims out of range", () => vmap((a: T) => a, { inDims: -3 })(m), "ArgumentError", "vmap: inDims -3"],
  ["a 0-dim argument", () => vmap((a: T) => a)(f64(1)), "ArgumentError", "vmap: inDims 0 is no dim of a tensor with 0 dims"],
  ["inDims that are no integer", () => vmap((a: T) => a, { inDims: 0.5 })(m), "ArgumentError", "vmap: inDims 0.5"],
  ["inDims that are a string", () => vmap((a: T) => a, any({ inDims: "0" }))(m), "ArgumentError", 'vmap: inDims "0"'],
  ["too few inDims", () => vmap((a: T, b: T) => a.add(b), { inDims: [0] })(m, n), "ArgumentError", "inDims is not compatible with the structure", "2 arguments"],
  ["too many inDims", () => vmap((a: T) => a, { inDims: [0, 0] })(m), "ArgumentError", "inDims is not compatible with the structure"],
  ["inDims nested too deep", () => vmap((a: T) => a, { inDims: [[0]] })(m), "ArgumentError", "inDims is not compatible with the structure"],
  ["outDims out of range", () => vmap((a: T) => a, { outDims: 2 })(m), "ArgumentError", "vmap: outDims 2", "[-2, 1]"],
  ["outDims that don't fit", () => vmap((a: T) => [a, a], { outDims: [0] })(m), "ArgumentError", "outDims is not compatible with the structure"],
  ["outDims that are null", () => vmap((a: T) => a, any({ outDims: null }))(m), "ArgumentError", "vmap: outDims null"],
  ["an unknown option", () => vmap((a: T) => a, any({ in_dims: 0 })), "ArgumentError", "vmap: unknown option in_dims; known are inDims, outDims"],
  ["a chunkSize of 0", () => vmap((a: T) => a, { chunkSize: 0 }), "ArgumentError", "vmap: chunkSize should be a positive integer but got 0"],
  ["a broken chunkSize", () => vmap((a: T) => a, { chunkSize: 1.5 }), "ArgumentError", "vmap: chunkSize should be a positive integer but got 1.5"],
  ["an unknown randomness", () => vmap((a: T) => a, any({ randomness: "random" })), "ArgumentError", 'vmap: randomness should be "error", "different" or "same" but got "random"'],
  ["something else than a function", () => vmap(any(3)), "ArgumentError", "vmap: func should be a function but got number"],
  ["a func without tensors", () => any(vmap(() => 3))(m), "ArgumentError", "vmap: func should return tensors but got number"],
  ["a func that is async", () => vmap((a: T) => Promise.resolve(a))(m), "ArgumentError", "vmap: func should be synchronous"],
  ["reading an element", () => vmap((a: T) => (a.sum().item() > 0 ? a : a.neg()))(m), "AutogradError", "item: a value that depends on the arguments of a mapped function", "where"],
  ["reading an element by data", () => vmap((a: T) => f64([a.data()[0]!]))(m), "AutogradError", "data: a value that depends"],
  ["reading within a nested vmap", () => vmap((a: T) => vmap((b: T) => b.mul(a.sum().item()))(row))(m), "AutogradError", "item: a value that depends"],
  ["printing an element", () => vmap((a: T) => (String(a) ? a : a))(m), "AutogradError", "a value that depends"],
  ["shapes that don't fit inside", () => vmap((a: T) => a.add(pf.ones([2])))(m), "ShapeError", "add: shapes [3] and [2]"],
  ["a tensor with too many dims", () => vmap((a: T) => a.reshape(Array(32).fill(1)))(f64([[1]])), "ShapeError", "at most 32 dims"],
  ["a constant with too many dims", () => vmap((a: T) => [a, pf.ones(Array(32).fill(1))])(m), "ShapeError", "vmap: tensors have at most 32 dims but got 33"],
  ["division by zero in an element", () => vmap((a: T) => int([6, 6]).floorDivide(a.add(0)))(int([[1, 2], [3, 0]])).data(), "ArgumentError", "integers can't be divided by zero"],
  ["a class out of range in an element", () => vmap((a: T) => pf.nn.functional.oneHot(a.add(0), 3))(int([0, 3])).data(), "ArgumentError", "expected classes in 0 … 2 but one is 3"],
  ["a probability out of range in an element", () => vmap((a: T) => pf.bernoulli(a.mul(2)), { randomness: "different" })(f64([0.25, 0.75])).data(), "ArgumentError", "expected probabilities between 0 and 1 but one is 1.5"],
  ["an index out of range in an element", () => vmap((a: T) => pf.zeros([2, 3]).at("...", any(a.add(0))))(int([-3, 3])).data(), "ArgumentError", "index 3 is out of bounds for dimension 1 with size 3: it should be in -3 … 2"],
  ["a disposed argument", () => { const x = f64([1]); x.dispose(); return vmap((a: T) => a)(x); }, "DisposedError", "vmap: this tensor is disposed"],
]; // prettier-ignore
for (const [name, body, error, ...phrases] of refused) {
  test(`refuses ${name}`, () => {
    throws(body, error, ...phrases);
    near(vmap((a: T) => a.sum())(m), [6, 15]); // and works on
  });
}
test("an error of func passes through, the same object, and leaves nothing", () => {
  const failure = new RangeError("mine");
  leavesNothing(() =>
    assert.throws(
      () =>
        vmap((a: T) => {
          a.mul(2);
          throw failure;
        })(m),
      (error: unknown) => error === failure,
    ),
  );
});

// -- chunks
test("chunkSize bounds the memory", () => {
  // An element's intermediates have 100 × 100 elements: 8 MB for all at once.
  const x = pf.tensor(Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i)), { shape: [100, 100] }); // prettier-ignore
  const f = (e: T): T => e.outer(e).tanh().matmul(e.outer(e).sin()).tanh().sum(1);
  const peakOf = (chunkSize: number | null): number =>
    pf.tidy(() => {
      const before = pf.backend.peakBytes;
      vmap(f, { chunkSize })(x).data();
      return pf.backend.peakBytes - before;
    });
  const chunked = peakOf(5);
  assert.ok(chunked < 4e6, `${chunked} bytes in chunks`);
  const whole = peakOf(null);
  assert.ok(whole > 8e6, `${whole} bytes more at once`);
});
test("an error in a later chunk leaves nothing", () => {
  const big = (e: T): T => pf.ones([400, 400], { dtype: "float64" }).mul(e).sin();
  const chunked = vmap(big, { chunkSize: 4 });
  pf.configure({ maxMemoryBytes: pf.backend.reservedBytes + 2 ** 24 });
  try {
    pf.tidy(() => chunked(pf.ones([8], { dtype: "float64" })).data()); // two chunks have room
    throws(() => chunked(pf.ones([400], { dtype: "float64" })), "OutOfMemoryError", "vmap");
  } finally {
    pf.configure({ maxMemoryBytes: Infinity });
  }
  near(vmap((a: T) => a.sum())(m), [6, 15]);
});

// -- what it leaves behind
const loops: [string, () => unknown][] = [
  ["vmap", () => vmap((a: T) => a.mul(a).sum())(m).data()],
  ["vmap, in chunks", () => vmap((a: T) => a.mul(a).sum(), { chunkSize: 1 })(m).data()],
  ["vmap in vmap", () => vmap(vmap((a: T) => a.sin()))(m).data()],
  ["vmap of grad", () => vmap(grad(square))(m).data()],
  ["grad of vmap", () => grad((x: T) => vmap(square)(x).sum())(m).data()],
  ["an unread vmap", () => vmap((a: T) => a.matmul(row))(m)],
];
for (const [name, body] of loops) {
  test(`10,000 times ${name} leave nothing`, () => {
    const once = () => pf.tidy(() => void body());
    once();
    leavesNothing(() => {
      for (let i = 0; i < 10_000; i++) once();
    });
  });
}

test.run();
