// Expectations are what PyTorch 1.13 prints, with `torch.` and snake_case taken out.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatTensor } from "../../host/tensor/print";

const f32 = (...values: number[]): Float32Array => Float32Array.from(values);
const count = (n: number, f = (i: number): number => i): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => f(i));

interface Row {
  name: string;
  data: ArrayLike<number>;
  shape?: number[];
  dtype?: string;
  suffix?: string;
  text: string[];
}

const rows: Row[] = [
  {
    name: "four decimals",
    data: f32(6.309, 4.6742, 7.9114, 8.2106),
    text: ["tensor([6.3090, 4.6742, 7.9114, 8.2106])"],
  },
  { name: "a scalar", data: f32(3.14159), shape: [], text: ["tensor(3.1416)"] },
  { name: "a whole scalar", data: f32(3), shape: [], text: ["tensor(3.)"] },
  { name: "whole numbers", data: f32(5, 5), text: ["tensor([5., 5.])"] },
  { name: "whole numbers are aligned", data: f32(1, 1000), text: ["tensor([   1., 1000.])"] },
  { name: "a tie goes to even", data: f32(0.03125, 0.03135), text: ["tensor([0.0312, 0.0314])"] },
  { name: "a tie of seven digits", data: f32(123456.78), text: ["tensor([123456.7812])"] },
  { name: "signs are aligned", data: f32(1.00005, -2.3), text: ["tensor([ 1.0000, -2.3000])"] },
  { name: "zeros", data: f32(0, 0), text: ["tensor([0., 0.])"] },
  { name: "minus zero", data: f32(-0, 0), text: ["tensor([-0., 0.])"] },
  { name: "minus zero among decimals", data: f32(-0, 1.5), text: ["tensor([-0.0000, 1.5000])"] },
  {
    name: "small values beside large ones",
    data: f32(0.5, 2.5, 1e-5),
    text: ["tensor([5.0000e-01, 2.5000e+00, 1.0000e-05])"],
  },
  { name: "a ratio above 1000", data: f32(1, 2000), text: ["tensor([1.0000e+00, 2.0000e+03])"] },
  { name: "values above 1e8", data: f32(1e9), text: ["tensor([1.0000e+09])"] },
  { name: "values below 1e-4", data: f32(0.00005), text: ["tensor([5.0000e-05])"] },
  {
    name: "three digits of exponent",
    data: [1e-300, 1e300],
    dtype: "float64",
    text: ["tensor([1.0000e-300, 1.0000e+300], dtype=float64)"],
  },
  { name: "nan among whole numbers", data: f32(NaN, 1, -Infinity), text: ["tensor([nan, 1., -inf])"] },
  { name: "nan among decimals", data: f32(NaN, 1.5, Infinity), text: ["tensor([   nan, 1.5000,    inf])"] },
  { name: "inf among powers", data: f32(Infinity, 1e20), text: ["tensor([       inf, 1.0000e+20])"] },
  { name: "only nan", data: f32(NaN), text: ["tensor([nan])"] },
  {
    name: "a matrix",
    data: f32(1, -2, 3, 4.5),
    shape: [2, 2],
    text: ["tensor([[ 1.0000, -2.0000],", "        [ 3.0000,  4.5000]])"],
  },
  {
    name: "three dims",
    data: count(24),
    shape: [2, 3, 4],
    text: [
      "tensor([[[ 0.,  1.,  2.,  3.],",
      "         [ 4.,  5.,  6.,  7.],",
      "         [ 8.,  9., 10., 11.]],",
      "",
      "        [[12., 13., 14., 15.],",
      "         [16., 17., 18., 19.],",
      "         [20., 21., 22., 23.]]])",
    ],
  },
  {
    name: "long rows are wrapped at 80 columns",
    data: count(18, (i) => i / 3),
    text: [
      "tensor([0.0000, 0.3333, 0.6667, 1.0000, 1.3333, 1.6667, 2.0000, 2.3333, 2.6667,",
      "        3.0000, 3.3333, 3.6667, 4.0000, 4.3333, 4.6667, 5.0000, 5.3333, 5.6667])",
    ],
  },
  { name: "1000 elements are printed in full", data: count(1000, () => 7), text: printedInFull(1000) },
  {
    name: "1001 elements are summarised",
    data: count(1001),
    dtype: "int32",
    text: ["tensor([   0,    1,    2,  ...,  998,  999, 1000], dtype=int32)"],
  },
  {
    name: "summarised rows wrap too",
    data: count(2000, (i) => i * 1.5),
    shape: [2, 1000],
    text: [
      "tensor([[0.0000e+00, 1.5000e+00, 3.0000e+00,  ..., 1.4955e+03, 1.4970e+03,",
      "         1.4985e+03],",
      "        [1.5000e+03, 1.5015e+03, 1.5030e+03,  ..., 2.9955e+03, 2.9970e+03,",
      "         2.9985e+03]])",
    ],
  },
  {
    name: "what is left out does not decide on the notation",
    data: count(1200, (i) => (i === 600 ? 1e20 : 0.5)),
    text: ["tensor([0.5000, 0.5000, 0.5000,  ..., 0.5000, 0.5000, 0.5000])"],
  },
  { name: "bools", data: [1, 0], dtype: "bool", text: ["tensor([ True, False])"] },
  { name: "int32", data: [1, -20, 300], dtype: "int32", text: ["tensor([  1, -20, 300], dtype=int32)"] },
  { name: "empty", data: [], shape: [0], text: ["tensor([])"] },
  { name: "empty with a shape", data: [], shape: [0, 2], text: ["tensor([], size=[0, 2])"] },
  { name: "empty bool names its dtype", data: [], shape: [0], dtype: "bool", text: ["tensor([], dtype=bool)"] },
  {
    name: "empty float64",
    data: [],
    shape: [2, 0],
    dtype: "float64",
    text: ["tensor([], size=[2, 0], dtype=float64)"],
  },
  {
    name: "a gradFn",
    data: f32(6.309, 4.6742),
    suffix: "gradFn=<Sum>",
    text: ["tensor([6.3090, 4.6742], gradFn=<Sum>)"],
  },
  {
    name: "dtype before gradFn",
    data: [1.5],
    dtype: "float64",
    suffix: "requiresGrad=true",
    text: ["tensor([1.5000], dtype=float64, requiresGrad=true)"],
  },
  {
    name: "a suffix that doesn't fit goes to a line of its own",
    data: count(8, () => 1.5),
    suffix: "requiresGrad=true",
    text: ["tensor([1.5000, 1.5000, 1.5000, 1.5000, 1.5000, 1.5000, 1.5000, 1.5000],", "       requiresGrad=true)"],
  },
];

function printedInFull(n: number): string[] {
  const lines = [];
  for (let i = 0; i < n; i += 18) lines.push("7., ".repeat(Math.min(18, n - i)).trim());
  return `tensor([${lines.join("\n        ").slice(0, -1)}])`.split("\n");
}

for (const { name, data, shape = [data.length], dtype = "float32", suffix, text } of rows) {
  test(name, () => assert.is(formatTensor(data, shape, dtype, suffix), text.join("\n")));
}

test("the default dtype is not named", () => {
  assert.is(formatTensor([0.5], [1], "float64", undefined, "float64"), "tensor([0.5000])");
  assert.is(formatTensor([0.5], [1], "float32", undefined, "float64"), "tensor([0.5000], dtype=float32)");
});

test.run();
