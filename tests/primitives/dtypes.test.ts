// Dtypes: what mixed operands promote to, what functions and reductions of each dtype give, casts, and int32 arithmetic.
// The tables are PyTorch 1.13's, with its int64 as int32.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, i32, type Nested } from "../ops/support";

const names = { b: "bool", i: "int32", f: "float32", d: "float64" } as const;
type Letter = keyof typeof names;
const letters = Object.keys(names) as Letter[];
const vector = (letter: Letter): pf.Tensor => pf.tensor([1, 1], { dtype: names[letter] });
const zeroDim = (letter: Letter): pf.Tensor => pf.tensor(1, { dtype: names[letter] });
const letterOf = (result: pf.Tensor): string => letters.find((letter) => names[letter] === result.dtype)!;
const outcome = (call: () => pf.Tensor): string => {
  try {
    const result = call();
    result.data(); // what is promised is what is computed
    return letterOf(result);
  } catch (error) {
    if (error instanceof pf.DTypeError) return "-";
    throw error;
  }
};

// -- promotion: a row per left operand; columns: vectors, 0-dim tensors (b i f d each), then the numbers 2 and 2.5

const operands: readonly (readonly [name: string, tensor: pf.Tensor])[] = [
  ...letters.map((letter) => [`${names[letter]}[2]`, vector(letter)] as const),
  ...letters.map((letter) => [`${names[letter]}[]`, zeroDim(letter)] as const),
];
const numbers = [2, 2.5];
type Table = readonly [string, string, string, string, string, string, string, string];

const arithmetic: Table = [
  "bifd bifd if",
  "iifd iifd if",
  "fffd ffff ff",
  "dddd dddd dd",
  "bifd bifd if",
  "iifd iifd if",
  "fffd fffd ff",
  "ddfd dddd dd",
];
/** The same where bool with bool is refused. */
const withoutBool = arithmetic.map((row, i) => (i % 4 === 0 ? "-ifd -ifd if" : row)) as unknown as Table;
/** The same where bool with bool counts as int32. */
const boolAsInt = arithmetic.map((row, i) => (i % 4 === 0 ? "iifd iifd if" : row)) as unknown as Table;
/** The same where floats are refused, and where bool with bool is as well. */
const withoutFloats = arithmetic.map((row) => row.replace(/[fd]/g, "-")) as unknown as Table;
const integral = withoutBool.map((row) => row.replace(/[fd]/g, "-")) as unknown as Table;
const floating = arithmetic.map((row) => row.replace(/[bi]/g, "f")) as unknown as Table;
const predicate = arithmetic.map(() => "bbbb bbbb bb") as unknown as Table;

const promotions: [name: string, f: (a: any, b: any) => pf.Tensor, table: Table][] = [
  ["add", pf.add, arithmetic],
  ["mul", pf.mul, arithmetic],
  ["sub", pf.sub, withoutBool],
  ["div", pf.div, floating],
  ["pow", pf.pow, boolAsInt],
  ["fmod", pf.fmod, withoutBool],
  ["remainder", pf.remainder, withoutBool],
  ["atan2", pf.atan2, floating],
  ["maximum", pf.maximum, arithmetic],
  ["minimum", pf.minimum, arithmetic],
  ["bitwiseAnd", pf.bitwiseAnd, withoutFloats],
  ["bitwiseXor", pf.bitwiseXor, withoutFloats],
  ["bitwiseLeftShift", pf.bitwiseLeftShift, integral],
  ["bitwiseRightShift", pf.bitwiseRightShift, integral],
  ["where", (a, b) => pf.where(pf.tensor([true, false]), a, b), arithmetic],
  ...(["eq", "ne", "lt", "le", "gt", "ge", "logicalAnd", "logicalOr", "logicalXor"] as const).map(
    (name) => [name, pf[name], predicate] as [string, (a: any, b: any) => pf.Tensor, Table],
  ),
];
for (const [name, f, table] of promotions) {
  operands.forEach(([left, a], i) =>
    test(`${name}(${left}, …)`, () => {
      const [vectors, scalars, withNumbers] = table[i].split(" ");
      const got = operands.map(([, b]) => outcome(() => f(a, b))).join("");
      assert.is(got, vectors + scalars);
      assert.is(numbers.map((b) => outcome(() => f(a, b))).join(""), withNumbers);
    }),
  );
  test(`${name}(number, …)`, () => {
    for (const [i, [, b]] of operands.entries())
      assert.is(numbers.map((a) => outcome(() => f(a, b))).join(""), table[i].split(" ")[2]);
  });
}

test("numbers follow the default dtype where a float comes from nowhere", () => {
  pf.setDefaultDtype("float64");
  try {
    assert.is(i32([1]).mul(2.5).dtype, "float64");
    assert.is(i32([1]).div(2).dtype, "float64");
    assert.is(i32([1]).exp().dtype, "float64");
    assert.is(pf.tensor([1], { dtype: "float32" }).mul(2.5).dtype, "float32");
    assert.is(pf.tensor(1, { dtype: "float32" }).clamp(0, 0.5).dtype, "float32");
    assert.is(i32([1]).mul(2).dtype, "int32");
    const f = pf.tensor([1], { dtype: "float32" });
    for (const g of [f, pf.tensor([2], { dtype: "int32" }), 2]) assert.is(f.div(g).dtype, "float32");
    assert.is(f.atan2(f).dtype, "float32");
  } finally {
    pf.setDefaultDtype("float32");
  }
});
test("a number beside float64 is not rounded to float32", () => {
  assert.is(f64([1]).mul(0.1).item(), 0.1);
  assert.is(pf.sub(0.1, f64([0])).item(), 0.1);
});
test("a number that int32 can't hold counts as a float", () => {
  assert.is(i32([1]).add(2 ** 31).dtype, "float32");
  assert.is(
    i32([1])
      .add(2 ** 31 - 1)
      .item(),
    -(2 ** 31),
  );
});
test("concat and matmul promote", () => {
  assert.is(pf.cat([i32([1]), f64([0.5])]).dtype, "float64");
  assert.is(pf.cat([pf.tensor([true]), i32([3]), pf.tensor([false])]).dtype, "int32");
  assert.is(i32([[1]]).matmul(pf.tensor([[2]])).dtype, "float32"); // prettier-ignore
  assert.throws(() => pf.tensor([[true]]).matmul(pf.tensor([[true]])), (e: unknown) => e instanceof pf.DTypeError); // prettier-ignore
});

// -- functions of one tensor: results for bool, int32, float32, float64

const floats = "fffd";
const functions: [name: string, f: (x: any) => pf.Tensor, results: string][] = [
  ...(
    "exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal sin cos tan asin acos atan sinh cosh tanh asinh acosh " +
    "atanh sigmoid erf erfc erfinv"
  )
    .split(" ")
    .map((name) => [name, (pf as any)[name], floats] as [string, (x: any) => pf.Tensor, string]),
  ["neg", pf.neg, "-ifd"],
  ["sign", pf.sign, "bifd"],
  ["logicalNot", pf.logicalNot, "bbbb"],
  ["sum", pf.sum, "iifd"],
  ["prod", pf.prod, "iifd"],
  ["amax", pf.amax, "bifd"],
  ["amin", pf.amin, "bifd"],
  ["argmax", pf.argmax, "iiii"],
  ["square", pf.square, "iifd"],
  ["mean", pf.mean, "--fd"],
  ["reshape", (x) => x.reshape(2, 1), "bifd"],
  ["flip", (x) => x.flip(0), "bifd"],
  ["cat", (x) => pf.cat([x, x]), "bifd"],
  ["pad", (x) => pf.nn.functional.pad(x, [1, 1]), "bifd"],
  ["gather", (x) => x.gather(0, i32([1])), "bifd"],
];
for (const [name, f, results] of functions)
  test(`${name} of bool, int32, float32, float64`, () => {
    assert.is(letters.map((letter) => outcome(() => f(vector(letter)))).join(""), results);
  });

test("float functions of int32 and bool see their values", () => {
  assert.equal(i32([0, 1, 4]).sqrt().toArray(), [0, 1, 2]);
  assert.equal(pf.tensor([true, false]).cos().data()[1], 1);
  assert.equal(i32([1, 2, 4]).reciprocal().toArray(), [1, 0.5, 0.25]);
});

// -- int32 arithmetic

const min = -(2 ** 31);
const max = 2 ** 31 - 1;
const integers: [name: string, actual: () => pf.Tensor, expected: Nested][] = [
  ["add wraps", () => i32([max]).add(i32([1])), [min]],
  ["sub wraps", () => i32([min]).sub(1), [max]],
  ["mul wraps", () => i32([65536, 65537]).mul(i32([65536, 65537])), [0, 131073]],
  ["neg and abs of the smallest", () => pf.cat([i32([min]).neg(), i32([min]).abs()]), [min, min]],
  ["abs, sign", () => pf.cat([i32([-3, 3]).abs(), i32([-3, 0, 3]).sign()]), [3, 3, -1, 0, 1]],
  ["rounding does nothing", () => i32([-3]).floor().ceil().round().trunc(), [-3]],
  ["fmod has the dividend's sign", () => i32([7, -7, 7, -7]).fmod(i32([2, 2, -2, -2])), [1, -1, 1, -1]],
  ["remainder has the divisor's sign", () => i32([7, -7, 7, -7]).remainder(i32([2, 2, -2, -2])), [1, 1, -1, -1]],
  ["floorDivide", () => pf.floorDivide(i32([7, -7, 7, -7]), i32([2, 2, -2, -2])), [3, -4, -4, 3]],
  ["div, rounded to 0", () => pf.div(i32([7, -7]), i32([2, 2]), { roundingMode: "trunc" }), [3, -3]],
  ["pow", () => i32([2, -2, 3, 0]).pow(i32([3, 3, 0, 0])), [8, -8, 1, 1]],
  ["pow wraps", () => i32([2, 2, 3]).pow(i32([31, 40, 21])), [min, 0, 1870418611]],
  ["pow with a number", () => i32([2, -2]).pow(2), [4, 4]],
  ["pow with negative exponents", () => i32([0, 2, 1, -1, -1]).pow(i32([-1, -1, -1, -1, -2])), [0, 0, 1, -1, 1]],
  ["maximum, minimum", () => pf.cat([pf.maximum(i32([1, -5]), 0), pf.minimum(i32([1, -5]), 0)]), [1, 0, 0, -5]],
  ["sum wraps", () => i32([max, 1]).sum(), min],
  ["sum of bools counts", () => pf.tensor([true, true, false]).sum(), 2],
  ["prod", () => i32([[2, 3], [4, 5]]).prod(1), [6, 20]],
  ["amax, amin", () => pf.stack([i32([-5, max, min]).amax(), i32([-5, max, min]).amin()]), [max, min]],
  ["exact beyond float32", () => i32([16777217]).add(i32([0])), [16777217]],
  ["matmul", () => i32([[1, 2], [3, 4]]).matmul(i32([[5, 6], [7, 8]])), [[19, 22], [43, 50]]],
  ["scatterAdd", () => i32([0, 0]).scatterAdd(0, i32([1, 1, 0]), i32([5, 6, 7])), [7, 11]],
  ["bool add is or, mul is and", () => pf.cat([pf.tensor([true, false]).add(pf.tensor([true, true])), pf.tensor([true, false]).mul(pf.tensor([true, true]))]), [true, true, true, false]],
]; // prettier-ignore
for (const [name, actual, expected] of integers)
  test(`int32: ${name}`, () => assert.equal(actual().toArray(), expected));

test("int32 division by zero is refused, the lowest integer by −1 does not trap", () => {
  for (const f of [pf.fmod, pf.remainder, pf.floorDivide] as ((a: any, b: any) => pf.Tensor)[]) {
    assert.throws(() => f(i32([7, 7]), i32([2, 0])), /integers can't be divided by zero/);
    const quotients = f(i32([7, min]), i32([2, -1])).data();
    assert.is(quotients[0], f(i32([7]), i32([2])).item());
  }
  assert.equal(i32([1, 0, -1]).div(0).toArray(), [Infinity, NaN, -Infinity]);
});

test("int32 division by zero is refused wherever the zero stands, however the divisor lies in memory", () => {
  const layouts: [shape: number[], shown: (x: pf.Tensor) => pf.Tensor][] = [
    [[2, 3, 2], (x) => x],
    [[2, 3, 2], (x) => x.permute(2, 0, 1)],
    [[3, 4], (x) => x.t()],
    [[3, 4], (x) => x.slice(1, 0, 4, 3)],
  ];
  for (const [shape, shown] of layouts) {
    const count = shape.reduce((a, b) => a * b, 1);
    for (let zero = 0; zero < count; zero++)
      pf.tidy(() => {
        const data = new Int32Array(count).fill(3);
        data[zero] = 0;
        const divisor = shown(pf.tensor(data, { shape }));
        const run = (): unknown => pf.onesLike(divisor).mul(7).floorDivide(divisor).data();
        if (Array.from(divisor.data()).includes(0)) assert.throws(run, /integers can't be divided by zero/, `${zero}`);
        else run();
      });
  }
});

// -- comparisons

const left = [1, 2, 3, NaN];
const right = [2, 2, 2, NaN];
const comparisons: [name: "eq" | "ne" | "lt" | "le" | "gt" | "ge", expected: number[]][] = [
  ["eq", [0, 1, 0, 0]],
  ["ne", [1, 0, 1, 1]],
  ["lt", [1, 0, 0, 0]],
  ["le", [1, 1, 0, 0]],
  ["gt", [0, 0, 1, 0]],
  ["ge", [0, 1, 1, 0]],
];
for (const [name, expected] of comparisons)
  test(`${name} in every dtype; with NaN none holds but ne`, () => {
    for (const dtype of ["float32", "float64"] as const)
      assert.equal(Array.from(pf[name](pf.tensor(left, { dtype }), pf.tensor(right, { dtype })).data()), expected);
    assert.equal(Array.from(pf[name](i32(left.slice(0, 3)), i32(right.slice(0, 3))).data()), expected.slice(0, 3));
    const bools = pf[name](pf.tensor([false, true, true]), pf.tensor([true, true, false]));
    assert.equal(Array.from(bools.data()), expected.slice(0, 3));
    assert.is(bools.dtype, "bool");
  });
test("comparisons of a mixed pair happen in the common dtype", () => {
  assert.equal(i32([2]).lt(2.5).toArray(), [true]);
  assert.equal(
    i32([2])
      .eq(f64([2]))
      .toArray(),
    [true],
  );
  assert.equal(pf.tensor([true]).eq(1).toArray(), [true]);
});

// -- casts

const casts: [from: pf.Tensor, to: pf.DTypeName, expected: Nested][] = [
  [f64([1.5, -1.5, 2.9, -0.5]), "int32", [1, -1, 2, 0]],
  [f64([0, -0, 0.5, NaN, -1]), "bool", [false, false, true, true, true]],
  [pf.tensor([0, 1e-45]), "bool", [false, true]],
  [i32([0, 7, -1]), "bool", [false, true, true]],
  [pf.tensor([true, false]), "int32", [1, 0]],
  [pf.tensor([true, false]), "float32", [1, 0]],
  [pf.tensor([true, false]), "float64", [1, 0]],
  [i32([max, min]), "float64", [max, min]],
  [i32([16777217]), "float32", [16777216]],
  [f64([0.1, 1e300, -1e300, 1e-300]), "float32", [Math.fround(0.1), Infinity, -Infinity, 0]],
  [pf.tensor([0.1]), "float64", [Math.fround(0.1)]],
];
casts.forEach(([from, to, expected], i) =>
  test(`cast ${i}: ${from.dtype} to ${to}`, () => {
    const cast = from.to(to);
    assert.is(cast.dtype, to);
    assert.equal(cast.toArray(), expected);
    // within a fused program and of a strided operand
    assert.equal(from.flip(0).to(to).flip(0).toArray(), expected);
  }),
);
test("a cast of a constant is a constant", () => {
  assert.equal(pf.full([2], 2.7).to("int32").toArray(), [2, 2]);
  assert.equal(pf.full([2], -3, { dtype: "int32" }).to("bool").toArray(), [true, true]);
});

// -- broadcasting

const shapes: [a: number[], b: number[], result: number[] | null][] = [
  [[2, 3], [3], [2, 3]],
  [[2, 1], [3], [2, 3]],
  [[2, 1, 4], [3, 1], [2, 3, 4]],
  [[], [2, 0], [2, 0]],
  [[1], [0], [0]],
  [[0, 3], [1, 3], [0, 3]],
  [[1, 1, 1], [], [1, 1, 1]],
  [[2], [3], null],
  [[2, 3], [2], null],
  [[0], [2], null],
  [[4, 2, 3], [3, 2, 3], null],
]; // prettier-ignore
for (const [a, b, result] of shapes)
  test(`[${a}] with [${b}] ${result ? `broadcasts to [${result}]` : "does not broadcast"}`, () => {
    const calls: [name: string, f: (x: pf.Tensor, y: pf.Tensor) => pf.Tensor][] = [
      ["add", (x, y) => pf.add(x, y)],
      ["atan2", (x, y) => pf.atan2(x, y)],
      ["lt", (x, y) => pf.lt(x, y)],
      ["where", (x, y) => pf.where(x.gt(0), x, y)],
    ];
    for (const [name, f] of calls)
      for (const [p, q] of [
        [a, b],
        [b, a],
      ]) {
        const call = () => f(pf.ones(p), pf.ones(q));
        if (result) {
          assert.equal(call().shape, result);
          assert.is(call().data().length, result.reduce((product, size) => product * size, 1)); // prettier-ignore
        } else {
          const text = `${name}: shapes [${p.join(", ")}] and [${q.join(", ")}] can't be broadcast together`;
          assert.throws(call, (error: unknown) => error instanceof pf.ShapeError && error.message.startsWith(text));
        }
      }
  });

test.run();
