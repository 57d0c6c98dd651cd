// Fourier transforms against sums, of every kind of length and layout; derivatives, transforms of func, refusals. (PyTorch's own cases
// are run by ../shared/conformance/fft.mjs.)
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f64, near, type Refusal, testRefusal, values } from "./support";

type Dtype = "float32" | "float64";
/** Σ x[j]·exp(sign·2πijk/n) by rows. */
function sums(re: ArrayLike<number>, im: ArrayLike<number>, n: number, sign: number): [number[], number[]] {
  const table = Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n), sign * Math.sin((2 * Math.PI * k) / n)]); // prettier-ignore
  const [yr, yi] = [new Array<number>(re.length).fill(0), new Array<number>(re.length).fill(0)];
  for (let row = 0; row < re.length; row += n)
    for (let k = 0; k < n; k++)
      for (let j = 0; j < n; j++) {
        const [c, s] = table[(j * k) % n];
        yr[row + k] += re[row + j] * c - im[row + j] * s;
        yi[row + k] += re[row + j] * s + im[row + j] * c;
      }
  return [yr, yi];
}
const made = (shape: number[], dtype: Dtype, seed: number): pf.Tensor =>
  pf.tensor(values(shape.reduce((a, b) => a * b, 1), seed), { dtype, shape }); // prettier-ignore
function close(actual: pf.Tensor, expected: ArrayLike<number>, dtype: Dtype, name: string): void {
  const data = actual.data();
  assert.is(actual.dtype, dtype, name);
  assert.is(data.length, expected.length, name);
  const scale = Array.from(expected).reduce((m, x) => Math.max(m, Math.abs(x)), 1);
  const worst = Array.from(expected).reduce((m, x, i) => Math.max(m, Math.abs(x - data[i])), 0) / scale;
  assert.ok(worst < (dtype === "float32" ? 2e-6 : 2e-14), `${name}: off by ${worst}`);
}

// By passes of each factor, in two sweeps, by Bluestein's algorithm, above each bound.
const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 25, 31, 32, 35, 49, 60, 64, 97, 100, 127, 128, 131, 139, 243, 254, 262, 512, 1024, 1100]; // prettier-ignore
for (const dtype of ["float64", "float32"] as const)
  for (const n of lengths)
    test(`${dtype}, length ${n}`, () => {
      for (const rows of n > 300 ? [1] : [1, 3, 18]) {
        const [re, im] = [made([rows, n], dtype, n), made([rows, n], dtype, n + 1)];
        const z = pf.complex(re, im);
        const [yr, yi] = sums(re.data(), im.data(), n, -1);
        const y = pf.fft.fft(z);
        close(y.real, yr, dtype, "fft, real parts");
        close(y.imag, yi, dtype, "fft, imaginary parts");
        const back = pf.fft.ifft(y);
        close(back.real, re.data(), dtype, "ifft, real parts");
        close(back.imag, im.data(), dtype, "ifft, imaginary parts");
        const columns = pf.fft.fft(z.T, { dim: 0 }).T;
        close(columns.real, yr, dtype, "columns");
        const [hr, hi] = sums(re.data(), new Float64Array(rows * n), n, -1);
        const h = pf.fft.rfft(re);
        const kept = Math.floor(n / 2) + 1;
        const half = (x: number[]) => x.filter((_, i) => i % n < kept);
        close(h.real, half(hr), dtype, "rfft, real parts");
        close(h.imag, half(hi), dtype, "rfft, imaginary parts");
        close(pf.fft.fft(re).imag, hi, dtype, "fft of real numbers");
        close(pf.fft.irfft(h, n), re.data(), dtype, "irfft");
      }
    });
test("along a dim in the middle, of views too", () => {
  const z = pf.complex(made([3, 10, 7], "float64", 1), made([3, 10, 7], "float64", 2));
  const apart = pf.fft.fft(z.permute(0, 2, 1).clone()).permute(0, 2, 1);
  near(pf.viewAsReal(pf.fft.fft(z, null, 1)), pf.viewAsReal(apart), 1e-13);
  near(pf.viewAsReal(pf.fft.fft(z.slice(2, 1, 6, 2), null, 1)), pf.viewAsReal(apart.slice(2, 1, 6, 2)), 1e-13);
});
test("derivatives to second order", () => {
  const x = f64(values(10, 3)).reshape(2, 5);
  const y = f64(values(10, 4)).reshape(2, 5);
  const parts = (z: pf.ComplexTensor): pf.Tensor => z.real.mul(z.imag).add(z.real);
  checkDerivatives((a, b) => parts(pf.fft.fft(pf.complex(a, b), 7)), [x, y]);
  checkDerivatives((a, b) => parts(pf.fft.ifft2(pf.complex(a, b), null, null, "ortho")), [x, y]);
  for (const n of [5, 6]) {
    checkDerivatives((a) => parts(pf.fft.rfft(a, n)), [x]);
    checkDerivatives((a) => parts(pf.fft.ihfft(a, n)), [x]);
    checkDerivatives((a, b) => pf.fft.irfft(pf.complex(a, b), n).square(), [x, y]);
    checkDerivatives((a, b) => pf.fft.hfft(pf.complex(a, b), n).square(), [x, y]);
  }
  checkDerivatives((a) => pf.istft(pf.stft(a, 4, 1, { window: pf.hannWindow(4, { dtype: "float64" }) }), 4, 1, { window: pf.hannWindow(4, { dtype: "float64" }) }).square(), [x]); // prettier-ignore
  checkDerivatives((a, b) => pf.fftconvolve(a, b, "same").square(), [x, y]);
});
test("vmap, compile, the number of threads", () => {
  const z = pf.complex(made([4, 3, 12], "float64", 5), made([4, 3, 12], "float64", 6));
  const f = (w: pf.ComplexTensor) => pf.fft.irfft(pf.fft.fft(w, null, 0).at(":", ":7"), 12);
  const rows = pf.stack([...z].map(f));
  near(pf.func.vmap(f)(z), rows, 1e-13);
  near(pf.func.vmap(f, { inDims: 1 })(z.transpose(0, 1)), rows, 1e-13);
  const compiled = pf.compile(f);
  near(compiled(z.at(0)), rows.at(0), 1e-13);
  near(compiled(z.at(1)), rows.at(1), 1e-13);
});
test("convolution is that of sums", () => {
  for (const [n, m] of [
    [1, 1],
    [5, 3],
    [3, 5],
    [40, 7],
  ]) {
    const [x, y] = [f64(values(n, 1)), f64(values(m, 2))];
    const full = Array.from({ length: n + m - 1 }, (_, k) => Array.from(x.data() as Float64Array).reduce((sum, a, i) => sum + a * ((y.toArray() as number[])[k - i] ?? 0), 0)); // prettier-ignore
    near(pf.fftconvolve(x, y), full, 1e-13);
    const start = Math.floor((m - 1) / 2);
    near(pf.fftconvolve(x, y, "same"), full.slice(start, start + n), 1e-13);
    near(pf.fftconvolve(x, y, "valid"), full.slice(Math.min(n, m) - 1, Math.max(n, m)), 1e-13);
    near(pf.fftconvolve(pf.complex(x, x), y).imag, full, 1e-13);
  }
});
test("frequencies and shifts", () => {
  near(pf.fft.fftfreq(5, 2, { dtype: "float64" }), [0, 0.1, 0.2, -0.2, -0.1], 1e-15);
  near(pf.fft.fftfreq(4, { dtype: "float64" }), [0, 0.25, -0.5, -0.25], 1e-15);
  near(pf.fft.rfftfreq(6, 0.5, { dtype: "float64" }), [0, 1 / 3, 2 / 3, 1], 1e-15);
  near(pf.fft.fftshift(f64([0, 1, 2, 3, 4])), [3, 4, 0, 1, 2]);
  near(pf.fft.ifftshift(f64([[0, 1, 2], [3, 4, 5]]), 1), [[1, 2, 0], [4, 5, 3]]); // prettier-ignore
  near(pf.fft.ifftshift(pf.fft.fftshift(pf.complex(f64([1, 2, 3]), f64([4, 5, 6])))).imag, [4, 5, 6]);
});
test("many lengths don't pile up memory", () => {
  const before = pf.backend.memoryBytes;
  for (let n = 1; n < 400; n++) pf.tidy(() => pf.fft.fft(pf.ones([n])).real.data());
  assert.ok(pf.backend.memoryBytes <= before + 65536);
});

const x = f64([[1, 2], [3, 4]]); // prettier-ignore
const any: any = pf.fft;
const refused: Refusal[] = [
  ["ArgumentError", () => pf.fft.fft(x, 0), "fft: Invalid number of data points (0) specified: at least one is needed."],
  ["ArgumentError", () => pf.fft.irfft(f64([[1]])), "irfft: Invalid number of data points (0) specified: at least one is needed."],
  ["ArgumentError", () => pf.fft.fft(f64(1)), "fft: expected a tensor with at least one dim."],
  ["ArgumentError", () => pf.fft.fft2(x, null, [0, -2]), "fft2: dims should be unique but are [0, 0]."],
  ["ArgumentError", () => pf.fft.fftn(x, [2], [0, 1]), "fftn: dim and s should have the same length but have 2 and 1."],
  ["ArgumentError", () => any.fft(x, { norm: "half" }), 'fft: norm should be "backward", "forward" or "ortho" but got "half".'],
  ["DTypeError", () => any.rfft(pf.complex(x, x)), "rfft: not defined for complex numbers; the parts of a ComplexTensor are z.real and z.imag."],
  ["ArgumentError", () => pf.stft(f64([1, 2]), 8, { center: false }), "stft: nFft (8) should not be larger than the signal, which has 2 elements."],
  ["ArgumentError", () => pf.istft(pf.stft(pf.ones([20]), 4, 4, { window: pf.hannWindow(4) }), 4, 4, { window: pf.hannWindow(4) }), "istft: the windows don't overlap so that their squares add up to more than 0 everywhere."],
]; // prettier-ignore
for (const row of refused) testRefusal(test, row);

test.run();
