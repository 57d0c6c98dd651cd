// Work in proportion to the answer: arguments that ask for little, or for too much, are answered or refused at once.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f32, f64, i32, near, values } from "./support";

const HUGE = 2 ** 31 - 1;
const F = pf.nn.functional;
const tooMany = /has more than 2147483647 elements/;
const tooManyPieces = /the result would be \d+ tensors, more than 1048576/;

const refused = suite("refused before any work");
const calls: [call: () => unknown, message: RegExp][] = [
  [() => pf.combinations(pf.ones([30]), 15), /^combinations: shape \[155117520, 15\] has more than/],
  [() => pf.combinations(pf.ones([1000]), 500), tooMany],
  [() => pf.combinations(pf.ones([1000]), HUGE, true), tooMany],
  [() => pf.combinations(pf.ones([2]), HUGE, true), tooMany],
  [() => pf.combinations(pf.zeros([1]).expand(HUGE), 2 ** 30), tooMany],
  [() => pf.tensorSplit(pf.zeros([0]), HUGE), tooManyPieces],
  [() => pf.tensorSplit(pf.zeros([5]), HUGE), tooManyPieces],
  [() => pf.chunk(pf.zeros([0]), HUGE), tooManyPieces],
  [() => pf.split(pf.zeros([1]).expand(HUGE), 1), tooManyPieces],
  [() => pf.hsplit(pf.zeros([0]), HUGE), tooManyPieces],
  [() => pf.unbind(pf.zeros([1]).expand(HUGE)), tooManyPieces],
  [() => pf.zeros([2]).repeatInterleave(i32([HUGE, HUGE])), tooMany],
  [() => pf.vander(pf.ones([2]), HUGE), tooMany],
  [() => F.pdist(pf.zeros([1_000_000, 0])), tooMany],
  [() => pf.cartesianProd(pf.ones([100_000]), pf.ones([100_000])), tooMany],
  [() => F.unfold(pf.zeros([1, 1, 1, 1]).expand(1, 1, 40_000, 40_000), 30_000), tooMany],
  [() => F.interpolate(pf.zeros([1, 1, 2]), { scaleFactor: 2e9, mode: "linear" }), tooMany],
  [() => F.localResponseNorm(pf.ones([1, 2, 1]), 0), /size should be greater than 0/],
  [() => F.unfold(pf.zeros([1, 1, 4, 4]), 2, { stride: 0 }), /greater than 0/],
  [() => F.fold(pf.zeros([1, 4, 4]), 4, 2, { dilation: 0 }), /greater than 0/],
];
for (const [i, [call, message]] of calls.entries())
  refused(`${i}: ${message.source}`, () => {
    const start = performance.now();
    assert.throws(call, (error: Error) => error instanceof pf.PushforwardError && message.test(error.message));
    assert.ok(performance.now() - start < 5000);
  });
refused.run();

const answered = suite("answered at once");
const quickly = (name: string, run: () => void): void =>
  void answered(name, () => {
    const start = performance.now();
    run();
    assert.ok(performance.now() - start < 20_000, `${performance.now() - start} ms`);
  });
const x = f64([1, 2, 3]);
quickly("combinations, as PyTorch has them", () => {
  near(pf.combinations(x), [[1, 2], [1, 3], [2, 3]]); // prettier-ignore
  near(pf.combinations(x, 3), [[1, 2, 3]]);
  near(pf.combinations(x, 1), [[1], [2], [3]]);
  near(pf.combinations(x, 2, true), [[1, 1], [1, 2], [1, 3], [2, 2], [2, 3], [3, 3]]); // prettier-ignore
  const all = pf.combinations(pf.arange(6, { dtype: "int32" }), 4, true).toArray() as number[][];
  assert.is(all.length, 126);
  assert.ok(all.every((row) => row.every((n, i) => i === 0 || n >= row[i - 1])));
  // Each once, in order: of single digits that of their texts.
  assert.equal(all.map(String), [...new Set(all.map(String))].sort());
  assert.equal(pf.combinations(x, 4).shape, [0, 4]);
  assert.equal(pf.combinations(x, HUGE).shape, [0, HUGE]);
  assert.equal(pf.combinations(pf.zeros([0]), HUGE, true).shape, [0, HUGE]);
  assert.equal(pf.combinations(x, 0).shape, [0]);
  assert.equal(pf.combinations(pf.ones([20]), 10).shape, [184756, 10]);
});
quickly("repeatInterleave, split, vander", () => {
  near(x.repeatInterleave(i32([0, 2, 1])), [2, 2, 3]);
  assert.is(x.repeatInterleave(i32([0, 1_000_000, 0])).numel, 1_000_000);
  assert.is(pf.tensorSplit(x, 5).length, 5);
  assert.is(pf.chunk(x, HUGE).length, 3);
  assert.is(pf.split(x, HUGE).length, 1);
  assert.equal(pf.vander(f64([]), HUGE).shape, [0, HUGE]);
  near(pf.vander(f64([2]), 2000, true).at(0, ":5"), [1, 2, 4, 8, 16]);
  near(pf.vander(f64([0.5]), 1030).at(0, "-3:"), [0.25, 0.5, 1]);
});
quickly("long windows: maxima, their places, averages and derivatives", () => {
  const n = 2 ** 21;
  const wide = pf.zeros([1, 1, 1]).expand([1, 1, 2 ** 30]);
  assert.is(F.maxPool1d(wide, 2 ** 30).item(), 0);
  assert.is(F.adaptiveMaxPool1d(wide, 1).item(), 0);
  assert.is(F.avgPool1d(wide, 2 ** 30).item(), 0);
  const data = new Float64Array(2 * n);
  data[5] = data[n - 1] = 3;
  data[n + 7] = 2;
  const x = pf.tensor(data, { shape: [1, 2, n] });
  for (const pool of [
    (v: pf.Tensor) => F.maxPool1d(v, n, { returnIndices: true }),
    (v: pf.Tensor) => F.adaptiveMaxPool1d(v, 1, true),
  ]) {
    const [maxima, places] = pool(x);
    near(maxima, [[[3], [2]]]);
    assert.equal(places.toArray(), [[[5], [7]]]);
    // The first of equals has the whole gradient.
    const gradient = pf.functional.vjp((v: pf.Tensor) => pool(v)[0].sum(), x)[1] as pf.Tensor;
    assert.is(gradient.sum().item(), 2);
    assert.equal([gradient.at(0, 0, 5).item(), gradient.at(0, 1, 7).item()], [1, 1]);
  }
  const windows = F.maxPool1d(x, n - 2, 1);
  near(windows, [[[3, 3, 3], [2, 2, 2]]]); // prettier-ignore
  near(F.avgPool1d(x, n - 2, 1).mul(n - 2), [[[3, 3, 6], [2, 2, 2]]], 1e-9); // prettier-ignore
});
quickly("windows that reach far beyond the input", () => {
  near(F.avgPool1d(f64([[[6]]]), HUGE, { padding: (HUGE - 1) / 2, countIncludePad: false, stride: HUGE }), [[[6]]]);
  near(F.maxPool1d(f64([[[1, 5, 2]]]), 1_000_000, { padding: 499_999, stride: 1_000_000 }), [[[5]]]);
  near(F.localResponseNorm(f64([[[1], [2]]]), HUGE, 0, 1, 2), [[[0.5], [1]]]);
  near(F.adaptiveMaxPool1d(f64([[[1, 5, 2]]]), 200_000).at(0, 0, "::100000"), [1, 5]);
  near(F.adaptiveAvgPool1d(f64([[[1, 5, 2]]]), 200_000).at(0, 0, "::50000"), [1, 1, 5, 2]);
});
quickly("products of many matrices", () => {
  const many = Array<pf.Tensor>(20_000).fill(pf.eye(2, { dtype: "float64" }));
  near(pf.linalg.multiDot(many), [[1, 0], [0, 1]]); // prettier-ignore
});
quickly("the gradient of a cat of 200,000", () => {
  const part = pf.ones([1]).requiresGrad_();
  near(pf.autograd.grad(pf.cat(Array<pf.Tensor>(200_000).fill(part)).sum(), part)[0], f32([200_000]));
});
answered.run();

// Large sizes give what small ones give, by whatever formula.
const same = suite("large sizes");
const wave = (n: number): pf.Tensor => f64(values(n, 3)).reshape(1, 1, n);
const naive = (x: number[], at: number): number => {
  const i = Math.min(Math.max(at, 0), x.length - 1);
  const below = Math.floor(i);
  return x[below] * (1 - (i - below)) + x[Math.min(below + 1, x.length - 1)] * (i - below);
};
for (const [length, count] of [
  [3000, 1700],
  [1700, 3000],
  [1, 5_000_000],
])
  // prettier-ignore
  same(`interpolate, linear, ${length} to ${count}`, () => {
    const x = wave(length);
    const y = F.interpolate(x, count, { mode: "linear" } as any).data();
    const data = Array.from(x.data());
    for (const i of [0, 1, 2, Math.floor(count / 3), count - 2, count - 1])
      assert.ok(Math.abs(y[i] - naive(data, ((i + 0.5) * length) / count - 0.5)) < 1e-12);
  });
same("interpolate, bicubic, area and antialiased: far from a cut a part gives what the whole gives", () => {
  const x = f64(values(2100 * 2, 5)).reshape(1, 1, 2, 2100);
  const whole = (mode: string, antialias = false) => F.interpolate(x, [2, 2100 * 2], { mode, antialias } as any);
  const part = (mode: string, antialias = false) => F.interpolate(x.narrow(3, 0, 60), [2, 120], { mode, antialias } as any); // prettier-ignore
  for (const [mode, antialias] of [
    ["bicubic", false],
    ["bicubic", true],
    ["bilinear", true],
    ["area", false],
    ["bilinear", false],
  ] as const)
    // prettier-ignore
    near(whole(mode, antialias).narrow(3, 0, 100), part(mode, antialias).narrow(3, 0, 100).toArray() as any, 1e-12);
  const down = (n: number, mode: string) => F.interpolate(x.narrow(3, 0, n), [2, (n / 7) * 5], { mode, antialias: mode !== "area" } as any); // prettier-ignore
  const wide = f64(values(7 * 700, 6)).reshape(1, 1, 1, 4900);
  for (const mode of ["area", "bicubic", "bilinear"]) {
    const large = F.interpolate(wide, [1, 3500], { mode, antialias: mode !== "area" } as any);
    const small = F.interpolate(wide.narrow(3, 0, 70), [1, 50], { mode, antialias: mode !== "area" } as any);
    near(large.narrow(3, 0, 40), small.narrow(3, 0, 40).toArray() as any, 1e-12);
  }
  assert.equal(down(70, "area").shape, [1, 1, 2, 50]);
});
same("unfold and fold by one gather", () => {
  const x = f64(values(2 * 20 * 20, 1)).reshape(1, 2, 20, 20);
  const options = { padding: 1, stride: [2, 1], dilation: 1 } as any;
  // So without a batch, and with as much padding as there is.
  const [wide, kernel] = [{ padding: [0, 3], stride: [1, 2] } as any, [16, 17]];
  const apart = x.select(0, 0).narrow(1, 0, 18);
  const alone = F.unfold(apart, kernel, wide);
  near(alone, F.unfold(apart.unsqueeze(0), kernel, wide).select(0, 0).toArray() as any);
  const weights = f64(values(alone.numel, 4)).reshape(alone.shape);
  const back = pf.functional.vjp((t: any) => F.unfold(t, kernel, wide), apart, weights)[1] as pf.Tensor;
  near(F.fold(weights, [18, 20], kernel, wide), back.toArray() as any);
  const columns = F.unfold(x, 17, options);
  // Each column is a window.
  const padded = F.pad(x, [1, 1, 1, 1]);
  const [, , , width] = padded.shape;
  const across = width - 17 + 1;
  for (const [i, j] of [[0, 0], [1, 2], [2, 5]]) // prettier-ignore
    near(columns.at(0, ":", i * across + j), padded.at(0, ":", `${2 * i}:${2 * i + 17}`, `${j}:${j + 17}`).flatten().toArray() as any); // prettier-ignore
  const u = f64(values(columns.numel, 2)).reshape(columns.shape);
  const folded = F.fold(u, 20, 17, options);
  assert.equal(folded.shape, x.shape);
  // fold is unfold's transpose.
  const [left, right] = [u.mul(columns).sum().item(), folded.mul(x).sum().item()];
  assert.ok(Math.abs(left - right) < 1e-9 * Math.abs(left));
});
same.run();
