// Formulas against PyTorch (formulas.rows.jsonl, made by formulas.rows.py), in the cases where a small error would hide: smoothed labels
// that are ignored or are probabilities, broadcasting in einsum, the last window of ceilMode, rmsNorm's eps, prints at their bounds.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, i32, near, type Nested } from "./support";

const F = pf.nn.functional;
const text = readFileSync(new URL("./formulas.rows.jsonl", import.meta.url), "utf8");
const operand = (shape: number[], step: number): pf.Tensor => {
  const numel = shape.reduce((a, b) => a * b, 1);
  return f64(Array.from({ length: numel }, (_, i) => ((i * step) % 7) - 3)).reshape(shape);
};
const isWhole = (nested: any): boolean => (Array.isArray(nested) ? nested.every(isWhole) : Number.isInteger(nested));

const checks: Record<string, (...row: any[]) => void> = {
  crossEntropy(x, target, weight, reduction, labelSmoothing, ignoreIndex, expected: Nested) {
    const t = isWhole(target) ? i32(target) : f64(target);
    const options = { weight: weight && f64(weight), reduction, labelSmoothing, ignoreIndex };
    near(F.crossEntropy(f64(x), t, options), expected);
  },
  einsum(equation: string, shapes: number[][], shape: number[], expected: number[]) {
    const y = pf.einsum(equation, ...shapes.map((s, i) => operand(s, 3 + i)));
    assert.equal(y.shape, shape);
    near(y.flatten(), expected);
  },
  pool(n, kernel, stride, padding, dilation, ceilMode, max: number[], included?: number[], excluded?: number[]) {
    const x = f64(Array.from({ length: n }, (_, i) => ((i * 3) % 5) - 1)).reshape(1, 1, n);
    near((F.maxPool1d(x, kernel, stride, padding, dilation, ceilMode) as any).flatten(), max);
    if (included) near(F.avgPool1d(x, kernel, stride, padding, ceilMode, true).flatten(), included);
    if (excluded) near(F.avgPool1d(x, kernel, stride, padding, ceilMode, false).flatten(), excluded);
    // The same along the last of two dims and of three.
    const [square, cube] = [x.reshape(1, 1, 1, n), x.reshape(1, 1, 1, 1, n)];
    const plane = F.maxPool2d(square, [1, kernel], [1, stride], [0, padding], [1, dilation], ceilMode);
    near((plane as any).flatten(), max);
    if (included)
      near(F.avgPool3d(cube, [1, 1, kernel], [1, 1, stride], [0, 0, padding], ceilMode).flatten(), included);
  },
  rmsNorm(dtype, x, expected: Nested) {
    near(
      F.rmsNorm(pf.tensor(x, { dtype }), [3]),
      pf.tensor(expected as any, { dtype }),
      dtype === "float32" ? 1e-6 : 1e-14,
    );
  },
  print(dtype, value, expected: string) {
    assert.is(String(pf.tensor(value, { dtype })), expected.replace("torch.", ""));
  },
};
for (const line of text.trim().split("\n")) {
  const [kind, ...row] = JSON.parse(line) as [string, ...any[]];
  test(`${kind} ${JSON.stringify(row).slice(0, 100)}`, () => checks[kind](...row));
}
test.run();
