// Bits of integers and floats, and divisors, beside plain JavaScript and BigInt. What comes at the ends of int32, and where shifts are none of
// 0 … 31, is PyTorch 1.13's; but its divisors of −2³¹, whose magnitude it has not, may be negative.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, f32, f64, i32, near, type Refusal, testRefusal } from "./support";

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
const ends = [0, 1, -1, 2, -2, 3, 6, -7, 12, 255, -256, 46341, 65536, 123456789, -987654321, INT_MAX, INT_MAX - 1, INT_MIN, INT_MIN + 1]; // prettier-ignore
const wrapped = (x: bigint): number => Number(BigInt.asIntN(32, x));
const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);
const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? magnitude(a) : divisor(b, a % b));

/** Of two integers, exactly; the result wraps. */
const references: Record<string, (a: bigint, b: bigint) => bigint> = {
  bitwiseAnd: (a, b) => a & b,
  bitwiseOr: (a, b) => a | b,
  bitwiseXor: (a, b) => a ^ b,
  bitwiseLeftShift: (a, b) => (b < 0n || b > 31n ? 0n : a << b),
  bitwiseRightShift: (a, b) => a >> (b < 0n || b > 31n ? 31n : b),
  gcd: divisor,
  lcm: (a, b) => (a === 0n || b === 0n ? 0n : magnitude(BigInt.asIntN(32, (a / divisor(a, b)) * b))),
};
const takesNumbers = (name: string): boolean => name.startsWith("bitwise");

const integers = suite("integers");
for (const [name, reference] of Object.entries(references)) {
  const op = (pf as any)[name] as (a: unknown, b: unknown) => pf.Tensor;
  const expected = (as: number[], bs: number[]): pf.Tensor =>
    i32(as.map((a) => bs.map((b) => wrapped(reference(BigInt(a), BigInt(b))))));

  integers(`${name} of the ends of int32, broadcast`, () => {
    const others = [...ends, 30, 31, 32, 33, 63, 64];
    near(op(i32(ends).unsqueeze(1), i32(others)), expected(ends, others), 0);
    near((i32(ends).unsqueeze(1) as any)[name](i32(others)), expected(ends, others), 0);
  });
  integers(`${name} of many`, () => {
    const many = Array.from({ length: 999 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >> (i % 31));
    const other = many.map((x, i) => Math.imul(x, 0x85ebca6b) >> ((i * 7) % 32));
    const want = many.map((a, i) => wrapped(reference(BigInt(a), BigInt(other[i]))));
    near(op(i32(many), i32(other)), i32(want), 0);
    const f = pf.compile((a: pf.Tensor, b: pf.Tensor) => op(a, b));
    for (let run = 0; run < 2; run++) near(f(i32(many), i32(other)) as pf.Tensor, i32(want), 0);
  });
  integers(`${name} beside 0-dim tensors, numbers and bools`, () => {
    near(op(i32([12, -7]), i32(3)), i32(expected([12, -7], [3]).flatten().toArray()), 0);
    near(op(i32([12, -7]), bool([true, false])), i32([expected([12], [1]).item(), expected([-7], [0]).item()]), 0);
    near(op(bool([true, false]), i32([12, -7])), i32([expected([1], [12]).item(), expected([0], [-7]).item()]), 0);
    if (!takesNumbers(name)) return;
    near(op(i32([12, -7]), 3), i32(expected([12, -7], [3]).flatten().toArray()), 0);
    near(op(3, i32([12, -7])), i32(expected([3], [12, -7]).flatten().toArray()), 0);
    near(op(bool([true, false]), 2), i32(expected([1, 0], [2]).flatten().toArray()), 0);
  });
  integers(`${name} of mapped elements, and of none`, () => {
    const f = pf.func.vmap((a: pf.Tensor, b: pf.Tensor) => op(a, b), { inDims: [0, null] });
    near(f(i32(ends), i32([5, -6])) as pf.Tensor, expected(ends, [5, -6]), 0);
    near(op(pf.zeros([0, 2], { dtype: "int32" }), i32([5, 6])), pf.zeros([0, 2], { dtype: "int32" }));
  });
}
integers("bitwiseNot", () => {
  near(pf.bitwiseNot(i32(ends)), i32(ends.map((x) => ~x)), 0);
  near(i32(5).bitwiseNot(), i32(-6), 0);
});
integers("of bools: logic", () => {
  const [a, b] = [bool([true, true, false, false]), bool([true, false, true, false])];
  near(a.bitwiseAnd(b), [true, false, false, false]);
  near(a.bitwiseOr(b), [true, true, true, false]);
  near(a.bitwiseXor(b), [false, true, true, false]);
  near(a.bitwiseNot(), [false, false, true, true]);
});
integers("a program of several, differentiated around", () => {
  const f = (x: pf.Tensor): pf.Tensor => x.mul(x.int().bitwiseAnd(6).bitwiseXor(1)).sum();
  near(pf.func.grad(f)(f64([5.5, -3.5])) as pf.Tensor, [5, 5]);
});
integers.run();

// -- floats

type Floats = Float64Array | Float32Array;
interface Format {
  readonly dtype: "float64" | "float32";
  readonly make: (values: readonly number[]) => Floats;
  readonly bits: (x: Floats) => bigint[];
  readonly from: (bits: bigint) => number;
  /** The smallest and the largest exponent of a power of two, and how many bits its numbers have. */
  readonly low: number;
  readonly high: number;
  readonly digits: number;
}
const formats: Format[] = [
  {
    dtype: "float64",
    make: (values) => Float64Array.from(values),
    bits: (x) => Array.from(new BigUint64Array(x.buffer)),
    from: (bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0],
    low: -1074,
    high: 1023,
    digits: 53,
  },
  {
    dtype: "float32",
    make: (values) => Float32Array.from(values),
    bits: (x) => Array.from(new Uint32Array(x.buffer), BigInt),
    from: (bits) => new Float32Array(Uint32Array.of(Number(bits)).buffer)[0],
    low: -149,
    high: 127,
    digits: 24,
  },
];
/** x·2^exponent where both steps are exact, or the second rounds. */
const scaledBy = (x: number, exponent: number): number => {
  const half = Math.trunc(exponent / 2);
  return x * 2 ** half * 2 ** (exponent - half);
};

for (const { dtype, make, bits, from, low, high, digits } of formats) {
  const test = suite(dtype);
  const last = 2 ** (1 - digits);
  const fractions = [1, 1 + last, 1.25, 1.5, 1.9, 2 - last];
  // Every power of two, its neighbours and what lies between, subnormal ones too; of both signs.
  const all = Array.from({ length: high - low + 1 }, (_, i) => fractions.flatMap((f) => [scaledBy(f, low + i), -scaledBy(f, low + i)])).flat(); // prettier-ignore
  const special = [0, -0, Infinity, -Infinity, NaN];
  const x = make([...special, ...all]);

  test("frexp at every exponent", () => {
    const [mantissa, exponent] = pf.frexp(pf.tensor(x)).map((part: pf.Tensor) => part.data());
    x.forEach((value, i) => {
      const what = `of ${value}: ${mantissa[i]} and ${exponent[i]}`;
      if (value === 0 || !Number.isFinite(value)) {
        assert.ok(Object.is(mantissa[i], value) && exponent[i] === 0, what);
        return;
      }
      assert.ok(Math.abs(mantissa[i]) >= 0.5 && Math.abs(mantissa[i]) < 1, what);
      assert.is(scaledBy(mantissa[i], exponent[i]), value, what);
    });
  });
  test("frexp: names, dtypes, shapes", () => {
    const parts = pf.frexp(pf.tensor([[3, -0.125]], { dtype }));
    near(parts.mantissa, pf.tensor([[0.75, -0.5]], { dtype }), 0);
    near(parts.exponent, i32([[2, -2]]), 0);
    const methods = pf.tensor([1], { dtype }).frexp();
    near(methods.exponent, i32([1]), 0);
  });
  test("frexp: derivatives, 2^-exponent", () => {
    const points = [5, -0.3, 1, 0, Infinity, 2 ** low, 2 ** (high - 1)];
    const expected = [1 / 8, 2, 0.5, 1, 1, Infinity, 2 ** -high];
    const [, byX] = pf.functional.vjp((y: pf.Tensor) => pf.frexp(y)[0], pf.tensor(points, { dtype }), pf.ones([points.length], { dtype })); // prettier-ignore
    near(byX as pf.Tensor, pf.tensor(expected, { dtype }), 0);
    const [, along] = pf.functional.jvp((y: pf.Tensor) => pf.frexp(y)[0], pf.tensor(points.slice(0, 4), { dtype }), pf.ones([4], { dtype })); // prettier-ignore
    near(along as pf.Tensor, pf.tensor(expected.slice(0, 4), { dtype }), 0);
    const second = pf.functional.hvp((y: pf.Tensor) => y.frexp()[0].square().sum(), pf.tensor([5], { dtype }), pf.ones([1], { dtype }))[1]; // prettier-ignore
    near(second as pf.Tensor, pf.tensor([1 / 32], { dtype }), 0);
  });

  test("nextafter at every exponent, up, down and towards 0", () => {
    const least = from(1n);
    const patterns = bits(x);
    for (const target of [Infinity, -Infinity, 0, -0, 1, NaN]) {
      const got = pf.nextafter(pf.tensor(x), pf.tensor(target, { dtype })).data();
      x.forEach((value, i) => {
        const isUp = target > value === value > 0;
        const beside = (): number => from(patterns[i] + (isUp ? 1n : -1n));
        const wanted = value !== value || target !== target ? NaN : value === target ? target : value === 0 ? Math.sign(target) * least : beside(); // prettier-ignore
        assert.ok(Object.is(got[i], wanted), `of ${value} towards ${target}: ${got[i]} instead of ${wanted}`);
      });
    }
  });
  test("nextafter has no derivative", () => {
    const leaf = pf.tensor([1, 2], { dtype, requiresGrad: true });
    assert.is(pf.nextafter(leaf, leaf.mul(2)).requiresGrad, false);
    near(pf.func.grad((y: pf.Tensor) => y.nextafter(y.add(1)).mul(y).sum())(pf.tensor([1, 2], { dtype })) as pf.Tensor, pf.tensor([1 + last, 2 + 2 * last], { dtype }), 0); // prettier-ignore
  });
  test("in compiled and mapped functions", () => {
    const points = pf.tensor([5, -0.3, 0, 2 ** low], { dtype });
    const f = (y: pf.Tensor): pf.Tensor[] => [...pf.frexp(y), pf.nextafter(y, pf.tensor(1, { dtype }))];
    const expected = f(points);
    for (const g of [pf.compile(f), pf.compile(f), pf.func.vmap(f)])
      (g(points) as pf.Tensor[]).forEach((part, i) => near(part, expected[i], 0));
  });
  test.run();
}

const mixed = suite("dtypes");
mixed("nextafter promotes", () => {
  near(pf.nextafter(f32([1]), f64([2])), [1 + 2 ** -52], 0);
  near(pf.nextafter(f32([1, 2]), f64(0)), f32([1 - 2 ** -24, 2 - 2 ** -23]), 0);
  near(pf.nextafter(i32([1]), f32([2])), f32([1 + 2 ** -23]), 0);
});
const refused = (dtype: string): string => `is not defined for dtype ${dtype}.`;
const float = "expected float32 or float64 but got";
const rows: Refusal[] = [
  ...Object.keys(references).flatMap((name): Refusal[] => [
    ["DTypeError", () => (pf as any)[name](f32([1]), i32([1])), `${name}: ${refused("float32")}`],
    ["DTypeError", () => (pf as any)[name](i32([1]), f64([1])), `${name}: ${refused("float64")}`],
    ...(takesNumbers(name) ? [["DTypeError", () => (pf as any)[name](i32([1]), 1.5), `${name}: ${refused("float32")}`] as Refusal] : []), // prettier-ignore
  ]),
  ...["bitwiseLeftShift", "bitwiseRightShift", "gcd", "lcm"].map(
    (name): Refusal => ["DTypeError", () => (pf as any)[name](bool([true]), bool([true])), `${name}: ${refused("bool")}`],
  ),
  ["DTypeError", () => pf.bitwiseNot(f64([1])), `bitwiseNot: ${refused("float64")}`],
  ["DTypeError", () => pf.frexp(i32([1])), `frexp: ${float} int32; cast with .to() first.`],
  ["DTypeError", () => pf.frexp(bool([true])), `frexp: ${float} bool; cast with .to() first.`],
  ["DTypeError", () => pf.nextafter(i32([1]), i32([2])), `nextafter: ${float} int32; cast with .to() first.`],
  ["ShapeError", () => pf.gcd(i32([1, 2]), i32([1, 2, 3])), "gcd: shapes [2] and [3] can't be broadcast together."],
  ["ArgumentError", () => (pf.gcd as any)(i32([1]), 2), "gcd: other should be a Tensor but got 2."],
]; // prettier-ignore
for (const row of rows) testRefusal(mixed, row);
mixed.run();
