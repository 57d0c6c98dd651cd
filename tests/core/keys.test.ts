// Keys: what plans are found by, what kernels are shared by and instructions numbered by, and what compiled programs are found by.
// Each is tried with two programs that differ in one field: neither may get the other's numbers.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { generator, leavesNothing } from "./support";

function numbers(shape: number[], seed: number, dtype: "float32" | "float64" = "float32"): Tensor {
  const next = generator(seed);
  const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    i % 7 === 3 ? -0 : 4 * next() - 2,
  );
  return pf.tensor(values, { shape, dtype });
}
/** Everything that can be told apart: dtype, shape, requiresGrad, and every element with the sign of its zero. */
function faceOf(t: Tensor): string {
  const elements = Array.from(t.data(), (x) => (Object.is(x, -0) ? "-0" : String(x)));
  return `${t.dtype} [${t.shape.join()}] ${t.requiresGrad} ${elements.join()}`;
}
/** More plans than the cache holds: it has forgotten all others then. */
function forget(): void {
  pf.tidy(() => {
    for (let i = 1; i <= 260; i++) pf.evaluate(pf.ones([i, 2]).add(pf.ones([i, 1])));
  });
}

/** Leaves numbers of its own in the records that the next programs get: what a program does not set must be in no key. */
function litter(round: number): void {
  pf.tidy(() => {
    for (let ndim = 1; ndim <= 8; ndim++) {
      const from = pf.ones(Array.from({ length: ndim }, () => 1)).add(round);
      for (let copies = 0; copies < 12; copies++) {
        const amounts = Array.from({ length: 2 * ndim }, (_, i) => 1 + ((round + i + copies) % 2));
        pf.nn.functional.pad(from, amounts);
      }
    }
  });
}

const [x, y, u] = [numbers([6, 6], 1), numbers([6, 6], 2), numbers([6, 6], 3)] as const;
const g = pf.tensor(x.data(), { shape: [6, 6], requiresGrad: true });
const i32 = pf.arange(36, { dtype: "int32" }).reshape(6, 6).sub(10);
const wide = numbers([6, 12], 4);
const images = numbers([1, 2, 6, 6], 5);
const kernels = numbers([2, 2, 3, 3], 6);
const index = pf.tensor([[0, 1, 2, 0, 1, 2], [3, 3, 1, 0, 5, 4]], { dtype: "int32" }); // prettier-ignore
const [rowsOfX, otherRows] = [
  pf.tensor([0, 2, 2], { dtype: "int32" }),
  pf.tensor([0, 2, 3], { dtype: "int32" }),
] as const;
const oneOne = pf.tensor([[1, 1]], { dtype: "int32" });
const laidOut = (t: Tensor): Tensor => {
  pf.evaluate(t);
  return t;
};
/** What each is a view of goes, and leaves its place to the next one's. */
const grownOver = [1, 2, 3, 4].map((i) => pf.tidy(() => laidOut(x.add(i).t())));
const transposed = laidOut(x.t());
const striding = laidOut(wide.slice(1, 0, 12, 2));
const repeated = laidOut(x.narrow(0, 0, 1).expand(6, 6));
const { pad } = pf.nn.functional;
const conv = (options: Record<string, unknown>): Tensor => pf.nn.functional.conv2d(images, kernels, options as never);
/** The gradient of f at x, with a cotangent that is no constant: a pad, or a sum of some. */
const pulled = (f: (t: Tensor) => Tensor): Tensor => pf.functional.vjp(f, x, f(y))[1] as Tensor;

type Make = () => Tensor;
/** [the field, programs of which each two differ in it alone] */
const fields: [string, ...Make[]][] = [
  ["op, unary", () => x.sin(), () => x.cos(), () => x.neg(), () => x.abs()],
  ["op, binary", () => x.add(y), () => x.sub(y), () => x.mul(y), () => x.div(y), () => x.maximum(y)],
  ["op, comparison", () => x.lt(y), () => x.le(y), () => x.gt(y), () => x.eq(y)],
  ["op, reduction", () => x.sum(1), () => x.amax(1), () => x.amin(1), () => x.prod(1), () => x.argmax(1)],
  ["op, view", () => x.flip(0), () => x.t(), () => x.reshape(6, 6).flip(1)],
  ["dtype of a cast", () => x.to("int32"), () => x.to("float64"), () => x.to("bool")],
  ["dtype of an operand", () => x.exp().sum(1), () => x.double().exp().sum(1)],
  ["dtype of a constant", () => pf.full([3], 2), () => pf.full([3], 2, { dtype: "float64" }), () => pf.full([3], 2, { dtype: "int32" })], // prettier-ignore
  ["shape", () => x.reshape(6, 6).mul(2), () => x.reshape(4, 9).mul(2), () => x.reshape(36).mul(2), () => x.reshape(1, 36).mul(2)], // prettier-ignore
  ["shape of an expand", () => x.unsqueeze(0).expand(2, 6, 6), () => x.unsqueeze(0).expand(3, 6, 6)],
  ["layout of an operand", () => x.sin(), () => transposed.sin(), () => striding.sin(), () => repeated.sin()],
  ["layout of a kernel's operand", () => x.matmul(y), () => transposed.matmul(y), () => striding.matmul(y), () => repeated.matmul(y)], // prettier-ignore
  ["which operand", () => x.matmul(y), () => x.matmul(u), () => y.matmul(u)],
  ["which operand of a reduction", () => x.sum(0), () => y.sum(0)],
  ["order of inputs", () => x.sub(y), () => y.sub(x)],
  ["order of inputs of a product", () => x.matmul(y), () => y.matmul(x)],
  ["order of inputs of a where", () => pf.where(u.gt(0), x, y), () => pf.where(u.gt(0), y, x)],
  ["order of inputs of a cat", () => pf.cat([x, y]), () => pf.cat([y, x])],
  ["number of inputs", () => pf.cat([x, y]), () => pf.cat([x, y, y]), () => pf.cat([x, y, y, x])],
  ["an operand twice", () => x.mul(x), () => x.mul(y)],
  ["an operand of a product twice", () => x.matmul(x), () => x.matmul(y)],
  ["a view of an operand", () => x.matmul(y), () => x.t().matmul(y), () => x.flip(0).matmul(y), () => x.flip(1).matmul(y)], // prettier-ignore
  ["an operand's second operand", () => x.add(y).matmul(u), () => x.add(u).matmul(u)],
  ["an operand's second part", () => pf.cat([x, y]).sum(0), () => pf.cat([x, u]).sum(0)],
  ["an operand's index", () => x.indexSelect(0, rowsOfX).sum(0), () => x.indexSelect(0, otherRows).sum(0)],
  ["shape of an operand's view", () => x.reshape(4, 9).gather(0, oneOne), () => x.reshape(9, 4).gather(0, oneOne)],
  ["what operands that have become leaves showed", ...grownOver.map((t) => () => t.matmul(y))],
  ["dims of a reduction", () => x.sum(0), () => x.sum(1), () => x.sum([0, 1])],
  ["dims of a reduction in a program", () => x.exp().sum(0), () => x.exp().sum(1), () => x.exp().sum()],
  ["keepdim", () => x.amax(1, { keepdim: true }), () => x.amax(1)],
  ["dim of a cat", () => pf.cat([x, y], 0), () => pf.cat([x, y], 1)],
  ["dim of a gather", () => x.gather(0, index), () => x.gather(1, index)],
  ["index of a gather", () => x.indexSelect(0, rowsOfX), () => x.indexSelect(0, otherRows)],
  ["dim of a scatter", () => u.scatterAdd(0, index, x), () => u.scatterAdd(1, index, x)],
  [
    "dim of a transform",
    () => pf.fft.fft(pf.complex(u, u), null, 0).real,
    () => pf.fft.fft(pf.complex(u, u), null, 1).real,
  ],
  [
    "direction and norm of a transform",
    () => pf.fft.fft(pf.complex(u, u)).real,
    () => pf.fft.ifft(pf.complex(u, u)).real,
    () => pf.fft.ifft(pf.complex(u, u), { norm: "ortho" }).real,
  ],
  [
    "direction, norm and length of real transforms",
    () => pf.fft.rfft(u).imag,
    () => pf.fft.ihfft(u).imag,
    () => pf.fft.ihfft(u, { norm: "ortho" }).imag,
  ],
  [
    "length of a real transform",
    () => pf.fft.irfft(u, 4).sum(1),
    () => pf.fft.irfft(u, 5).sum(1),
    () => pf.fft.hfft(u, 5).sum(1),
  ],
  ["dim of a sort", () => x.argsort(0), () => x.argsort(1)],
  ["order of a sort", () => x.argsort(1, { descending: true }), () => x.argsort(1)],
  ["place in a sort", () => x.kthvalue(1, 1)[0]!, () => x.kthvalue(3, 1)[0]!, () => x.kthvalue(6, 1)[0]!],
  ["start of a slice", () => x.narrow(0, 0, 2).exp(), () => x.narrow(0, 1, 2).exp(), () => x.narrow(0, 4, 2).exp()],
  ["start of a slice of a kernel", () => x.narrow(0, 0, 2).matmul(y), () => x.narrow(0, 1, 2).matmul(y)],
  ["length of a slice", () => x.narrow(1, 0, 2).exp(), () => x.narrow(1, 0, 3).exp()],
  ["step of a slice", () => wide.slice(1, 0, 5, 2).exp(), () => wide.slice(1, 0, 7, 3).exp(), () => wide.narrow(1, 0, 3).exp()], // prettier-ignore
  ["dim of a slice", () => x.narrow(0, 0, 6).narrow(1, 1, 4), () => x.narrow(1, 0, 6).narrow(0, 1, 4)],
  ["dims of a flip", () => x.flip(0), () => x.flip(1), () => x.flip(0, 1)],
  ["dims of a permute", () => images.permute(0, 1, 2, 3).exp(), () => images.permute(0, 1, 3, 2).exp()],
  ["value of a pad", () => pad(x, [1, 1], "constant", 0.5), () => pad(x, [1, 1], "constant", 1.5), () => pad(x, [1, 1], "constant", 3), () => pad(x, [1, 1])], // prettier-ignore
  ["sign of a pad's zero", () => pad(x, [1, 1], "constant", 0), () => pad(x, [1, 1], "constant", -0)],
  ["infinity of a pad", () => pad(x, [1, 1], "constant", -Infinity), () => pad(x, [1, 1], "constant", Infinity), () => pad(x, [1, 1], "constant", NaN)], // prettier-ignore
  ["value of a pad that programs load", () => pad(x, [1, 1], "constant", 0.5).exp(), () => pad(x, [1, 1], "constant", 1.5).exp()], // prettier-ignore
  ["side of a pad", () => pad(x, [1, 2]), () => pad(x, [2, 1]), () => pad(x, [0, 3])],
  ["side of a pad that programs load", () => pad(x, [1, 2]).exp(), () => pad(x, [2, 1]).exp(), () => pad(x, [3, 0]).exp()], // prettier-ignore
  ["dim of a pad", () => pad(x, [0, 0, 1, 1]).sum(), () => pad(x, [1, 1, 0, 0]).sum(1)],
  ["place of a slice's gradient", () => pulled((t) => t.narrow(0, 0, 2)), () => pulled((t) => t.narrow(0, 3, 2)), () => pulled((t) => t.slice(0, 0, 3, 2))], // prettier-ignore
  ["value of a constant", ...[0, 1, -1, 2, -2, 0.5, 3, 4, 0.1, 5000, Infinity, NaN].map((c) => () => pf.full([6], c))],
  ["value that is added", ...[0, 1, -1, 2, 0.5, 3, 4, 0.1, 0.3].map((c) => () => x.add(c))],
  ["value that is multiplied", ...[0, 1, -1, 2, 0.5, -0.5, 3, 4, 0.1, 0.3].map((c) => () => x.mul(c))],
  ["value that divides", ...[1, -1, 2, 0.5, 3, 4, 7, 8, 0.1].map((c) => () => x.div(c))],
  ["value in whole numbers", ...[0, 1, -1, 2, 3, 4, 7, -9].map((c) => () => i32.mul(c).sub(c))],
  ["exponent", ...[0, 1, 2, 3, 0.5, -1, 1.5, 2.5].map((c) => () => x.abs().pow(c))],
  ["sign of zero", () => x.mul(0), () => x.mul(-0)],
  ["sign of zero that is added", () => x.mul(-0).add(0), () => x.mul(-0).add(-0)],
  ["sign of a constant's zero", () => pf.full([3], 0), () => pf.full([3], -0)],
  ["sign of a tensor's zero", () => x.mul(pf.tensor(0)), () => x.mul(pf.tensor(-0))],
  ["start of a range", () => pf.arange(0, 5), () => pf.arange(1, 6), () => pf.arange(0.5, 5.5), () => pf.arange(-0.5, 4.5)], // prettier-ignore
  ["step of a range", () => pf.arange(0, 5), () => pf.arange(0, 10, 2), () => pf.arange(0, 2.5, 0.5)],
  ["length of a range", () => pf.arange(5), () => pf.arange(6)],
  ["ends of a linspace", () => pf.linspace(0, 1, 11), () => pf.linspace(0, 2, 11), () => pf.linspace(1, 2, 11)],
  ["stride of a convolution", () => conv({ padding: 1, stride: 1 }).sum(), () => conv({ padding: 1, stride: 2 }).sum()],
  ["padding of a convolution", () => conv({ padding: 0 }).amax(), () => conv({ padding: 2, dilation: 2 }).amax()],
  ["groups of a convolution", () => pf.nn.functional.conv2d(images, kernels.narrow(1, 0, 1), { groups: 2 }), () => pf.nn.functional.conv2d(images.narrow(1, 0, 1), kernels.narrow(1, 0, 1))], // prettier-ignore
  ["requiresGrad of a leaf", () => x.sin(), () => g.sin()],
  ["requiresGrad under noGrad", () => g.sin(), () => pf.autograd.noGrad(() => g.sin())],
  ["detach", () => g.matmul(y), () => g.detach().matmul(y)],
];

for (const [field, ...programs] of fields) {
  const alone = programs.map((make) => {
    forget();
    return pf.tidy(() => faceOf(make()));
  });
  test(`keys: ${field}: the programs differ`, () => {
    assert.is(new Set(alone).size, programs.length, alone.join("\n"));
  });
  test(`keys: ${field}: one after the other`, () => {
    leavesNothing(() => {
      for (const round of [0, 1, 2]) {
        // Each after each other one.
        for (const from of programs.keys()) {
          programs.forEach((make, k) => {
            const at = round === 1 ? programs.length - 1 - k : (k + from) % programs.length;
            assert.is(
              pf.tidy(() => faceOf(programs[at]!())),
              alone[at],
              `${String(make)} in round ${round}`,
            );
          });
        }
      }
    });
  });
  test(`keys: ${field}: found again`, () => {
    forget();
    for (const make of programs) pf.tidy(() => pf.evaluate(make()));
    const { misses } = pf.backend.planCache;
    for (let round = 0; round < 3; round++) {
      litter(round);
      for (const make of programs) pf.tidy(() => pf.evaluate(make()));
    }
    assert.is(pf.backend.planCache.misses, misses);
  });
  test(`keys: ${field}: side by side in one evaluation`, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        for (const order of [programs, [...programs].reverse()]) {
          const results = [...order, ...order].map((make) => make());
          pf.evaluate(...results);
          const expected = order === programs ? alone : [...alone].reverse();
          assert.equal(results.map(faceOf), [...expected, ...expected]);
        }
      }),
    );
  });
  test(`keys: ${field}: side by side in a compiled function`, () => {
    pf.tidy(() => {
      const compiled = pf.compile(() => pf.autograd.noGrad(() => programs.map((make) => make())));
      for (let i = 0; i < 2; i++) {
        assert.equal(
          (compiled() as Tensor[]).map(faceOf),
          alone.map((face) => face.replace("] true ", "] false ")),
        );
      }
    });
  });
}

// -- compiled programs: [the field, arguments of which each two differ in it alone]
const args: [string, (...args: any[]) => Tensor, ...unknown[][]][] = [
  ["a number", (t, c) => t.add(c), [x, 1], [x, 2], [x, 0.5], [x, 1e9]],
  ["sign of a number's zero", (t, c) => t.abs().mul(c), [x, 0], [x, -0]],
  ["not a number", (t, c) => t.mul(0).add(c), [x, NaN], [x, Infinity], [x, -Infinity]],
  ["a number and its text", (t, c) => t.add(typeof c === "string" ? 5 : c), [x, 1], [x, "1"]],
  ["a bool", (t, c) => t.add(c === true ? 1 : c === null ? 3 : c === undefined ? 4 : 5), [x, true], [x, false], [x, null]],
  ["dtype", (t) => t.add(1), [x], [x.double()], [x.int()]],
  ["shape", (t) => t.exp(), [x], [x.reshape(4, 9)], [x.reshape(36)], [x.reshape(1, 36)]],
  ["layout", (t) => t.exp(), [x], [transposed], [striding], [repeated]],
  ["values", (t) => t.exp().matmul(t), [x], [y], [u]],
  ["which argument", (a, b) => a.sub(b), [x, y], [y, x], [x, x]],
  ["what is an argument", (a) => a.sub(x), [x], [y]],
  ["structure", (a) => (Array.isArray(a) ? a[0].mul(2) : a.t ? a.t.mul(3) : a.s.mul(4)), [[x]], [{ t: x }], [{ s: x }]],
  ["length of a list", (a) => a.length === 2 ? a[0].add(a[1]) : a[0], [[x]], [[x, x]]],
]; // prettier-ignore
for (const [field, f, ...calls] of args) {
  test(`keys: compile: ${field}`, () => {
    pf.tidy(() => {
      const compiled = pf.compile(f);
      const expected = calls.map((call) => faceOf(f(...call)));
      assert.is(new Set(expected).size, calls.length);
      for (const order of [calls, [...calls].reverse(), calls]) {
        for (const call of order) assert.is(faceOf(compiled(...call)), expected[calls.indexOf(call)]);
      }
    });
  });
}

test.run();
