// The functions that gradcheck and gradgradcheck let through: every primitive under its name, and compositions.
import * as pf from "../../host/index";
import { elementwise, whole } from "../primitives/rows";
import { f64, type T } from "./support";

export type Row = [name: string, f: (...inputs: any[]) => T | T[], inputs: T[]];

const grid = (rows: number, columns: number, seed: number): T =>
  f64(
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => Math.sin(2.7 * (i * columns + j) + seed)),
    ),
    true,
  );
// Away from where a derivative jumps.
const any = f64([0.3, -0.7, 1.2, -1.4, 0.9, 2.3], true);
const other = f64([-1.1, 0.6, 0.5, 1.7, -0.4, 1.3], true);
const positive = f64([0.4, 0.7, 1.2, 1.9, 2.3, 3.1], true);
const within = f64([0.3, -0.7, 0.1, -0.5, 0.8, 0.45], true);
const aboveOne = f64([1.3, 1.7, 2.2, 1.5, 2.9, 3.3], true);
const between = f64([0.3, -0.8, 1.2, -1.4, 2.7, -2.3], true);
const dividends = f64([3.73, -2.41, 5.87, 1.34, -4.57, 2.69], true);
const divisors = f64([1.1, 0.9, -1.3, 0.8, 1.7, -0.7], true);
const matrix = grid(2, 3, 0.4);
const index = pf.tensor(Int32Array.from([2, 0, 2, 1, 1, 1]), { shape: [2, 3] });

const flag = (t: T): T => t.to("float64");
const constant = f64([3, 1, 2]);

const unaries: [string, T][] = [
  ...["Neg", "Abs", "Exp", "Exp2", "Expm1", "Reciprocal", "Sin", "Cos", "Atan", "Sinh", "Cosh"].map((op) => [op, any] as [string, T]), // prettier-ignore
  ...["Tanh", "Asinh", "Sigmoid", "Erf", "Erfc"].map((op) => [op, any] as [string, T]),
  ...["Log", "Log2", "Log10", "Log1p", "Sqrt", "Rsqrt"].map((op) => [op, positive] as [string, T]),
  ...["Tan", "Asin", "Acos", "Atanh", "Erfinv"].map((op) => [op, within] as [string, T]),
  ["Acosh", aboveOne],
];
const steps: [string, T][] = [
  ["Sign", any],
  ...["Floor", "Ceil", "Round", "Trunc"].map((op) => [op, between] as [string, T]),
];
type Unary = (x: T) => T;
const call = (op: string): Unary => (pf as unknown as Record<string, Unary>)[op[0]!.toLowerCase() + op.slice(1)]!;

export const primitives: Row[] = [
  ...unaries.map(([op, x]): Row => [op, call(op), [x]]),
  ...steps.map(([op, x]): Row => [op, (t: T) => call(op)(t).mul(t), [x]]),
  ["LogicalNot as a factor", (x: T) => flag(x.gt(0).logicalNot()).mul(x), [any]],
  ["Cast as a factor", (x: T) => flag(x.gt(0)).mul(x), [any]],
  ["Add", (a: T, b: T) => a.add(b), [any, other]],
  ["Sub", (a: T, b: T) => a.sub(b), [any, other]],
  ["Mul", (a: T, b: T) => a.mul(b), [any, other]],
  ["Div", (a: T, b: T) => a.div(b), [any, other]],
  ["Pow", (a: T, b: T) => a.pow(b), [positive, other]],
  ["Pow to a number", (a: T) => a.pow(2.5), [positive]],
  ["Maximum", (a: T, b: T) => pf.maximum(a, b), [any, other]],
  ["Minimum", (a: T, b: T) => pf.minimum(a, b), [any, other]],
  ["Fmod", (a: T, b: T) => a.fmod(b), [dividends, divisors]],
  ["Remainder", (a: T, b: T) => a.remainder(b), [dividends, divisors]],
  ["Atan2", (a: T, b: T) => a.atan2(b), [any, other]],
  ...(["Eq", "Ne", "Lt", "Le", "Gt", "Ge"] as const).map((op): Row => [
    `${op} as a factor`,
    (a: T, b: T) => flag(pf[op.toLowerCase() as "eq"](a, b)).add(2).mul(a).mul(b), // prettier-ignore
    [any, other],
  ]),
  ...(["And", "Or", "Xor"] as const).map((op): Row => [
    `Logical${op} as a factor`,
    (a: T, b: T) => flag(pf[`logical${op}`](a.gt(0), b.gt(0))).add(2).mul(a).mul(b), // prettier-ignore
    [any, other],
  ]),
  ["BitAnd and Gcd as factors", (a: T, b: T) => flag(pf.bitwiseAnd(a.mul(10).round().int(), pf.gcd(b.mul(10).round().int(), b.mul(0).add(6).int()))).add(2).mul(a).mul(b), [any, other]], // prettier-ignore
  ["Root", (x: T) => pf.linalg.vectorNorm(x, 2, [1]), [matrix]],
  ["RootSlope", (x: T) => pf.functional.vjp((y: T) => pf.linalg.vectorNorm(y, 2, [1]), x, f64([1, 2]), { createGraph: true })[1] as T, [matrix]], // prettier-ignore
  ["Softplus", (x: T) => pf.nn.functional.softplus(x), [any]],
  ["XLogY", (x: T, y: T) => pf.xlogy(x, y), [any, positive]],
  ["TanhSlope", (x: T) => pf.functional.vjp((y: T) => y.tanh().sum(), x, null, { createGraph: true })[1] as T, [any]], // prettier-ignore
  ["SigmoidSlope", (x: T) => pf.functional.vjp((y: T) => y.mul(3).sigmoid().sum(), x, null, { createGraph: true })[1] as T, [any]], // prettier-ignore
  ["SphericalBessel", (x: T) => pf.sinc(x), [any]],
  ["ErfcRatio", (x: T) => pf.special.erfcx(x), [any]],
  ["Require", (x: T) => pf.nn.functional.binaryCrossEntropy(x.sigmoid(), f64([0.25, 0.5, 0, 1, 0.75, 0.1]), { reduction: "none" }), [any]], // prettier-ignore
  ["LastWriter", (x: T, y: T) => x.scatter(1, index, y), [matrix, grid(2, 3, 2)]],
  ["Where", (a: T, b: T) => pf.where(a.gt(b), a.mul(b), b.sin()), [any, other]],
  ["Data as a factor", (x: T) => x.mul(f64([1, 2, 3])), [matrix]],
  ["Full as a factor", (x: T) => x.mul(pf.full([3], 2, { dtype: "float64" })), [matrix]],
  ["Iota as a factor", (x: T) => x.mul(pf.arange(3, { dtype: "float64" })), [matrix]],
  ["Alias", (x: T) => x.clone().mul(x), [matrix]],
  ["Detach of a constant", (x: T) => x.mul(constant.detach()), [matrix]],
  ["Sum", (x: T) => x.sum(1).mul(x.sum()), [matrix]],
  ["Prod", (x: T) => x.prod(0), [matrix]],
  ["Amax", (x: T) => x.amax(1), [matrix]],
  ["Amin", (x: T) => x.amin(0, true), [matrix]],
  ["Argmax as an index", (x: T) => x.gather(1, x.argmax(1, true)), [matrix]],
  ["Argmin as an index", (x: T) => x.gather(0, x.argmin(0, true)), [matrix]],
  ["Reshape", (x: T) => x.reshape(3, 2), [matrix]],
  ["Permute", (x: T) => x.permute(1, 0), [matrix]],
  ["Expand", (x: T) => x.expand(2, -1, -1), [matrix]],
  ["Slice", (x: T) => x.slice(1, 0, 3, 2), [matrix]],
  ["Flip", (x: T) => x.flip(1), [matrix]],
  ["Pad", (x: T) => pf.nn.functional.pad(x, [1, 2, 0, 1]), [matrix]],
  ["Concat", (x: T, y: T) => pf.cat([x, y.sin(), x]), [matrix, grid(1, 3, 1)]],
  ["Gather", (x: T) => x.gather(1, index), [matrix]],
  ["ScatterAdd", (x: T, y: T) => x.scatterAdd(1, index, y), [matrix, grid(2, 3, 2)]],
  ["Sort of rows", (x: T) => x.sort(1)[0], [matrix]],
  ["Output of a sort, times its positions", (x: T) => { const [values, at] = x.sort(0, true); return values.mul(at.add(1)); }, [matrix]], // prettier-ignore
  ["Argsort as an index", (x: T) => x.gather(1, x.argsort(1, true)), [matrix]],
  ["Matmul", (a: T, b: T) => a.matmul(b), [matrix, grid(3, 2, 1)]],
  ["Convolution", (x: T, w: T) => pf.nn.functional.conv1d(x, w.unsqueeze(0), { padding: 1 }), [matrix, grid(2, 2, 1)]],
];

const image = f64(
  Array.from({ length: 1 }, () => [
    Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => Math.cos(3 * i + 5 * j))),
  ]),
  true,
);
const softmaxWeights = f64([[1, -2, 3], [0.5, 4, -1]]); // prettier-ignore

// Primitives that have none here come with their rows of the table of primitives.
const named = new Set(primitives.map(([name]) => name.split(" ")[0]));
for (const { op, name, f } of whole) if (!named.has(op)) primitives.push([`${op} ${name}`, f, [matrix]]);
for (const { op, f, operands } of elementwise)
  if (!named.has(op)) primitives.push([`${op} by its row`, f, operands.map((six) => f64([...six], true))]);

export const compositions: Row[] = [
  ["logsumexp", (x: T) => x.logsumexp(1), [matrix]],
  ["softmax", (x: T) => pf.softmax(x, 1).mul(softmaxWeights), [matrix]],
  ["logSoftmax", (x: T) => pf.logSoftmax(x, 0), [matrix]],
  ["a two-layer network", (x: T, w: T, v: T) => x.matmul(w).tanh().matmul(v), [matrix, grid(3, 4, 1), grid(4, 1, 2)]],
  ["layerNorm", (x: T) => pf.nn.functional.layerNorm(x, [3]), [matrix]],
  ["gelu", (x: T) => pf.nn.functional.gelu(x), [any]],
  ["softplus", (x: T) => pf.nn.functional.softplus(x), [any]],
  ["norm", (x: T) => x.mul(x).sum(1).sqrt(), [matrix]],
  ["variance", (x: T) => x.var(1), [matrix]],
  ["mseLoss", (x: T, y: T) => pf.nn.functional.mseLoss(x, y), [matrix, grid(2, 3, 2)]],
  ["einsum", (a: T, b: T) => pf.einsum("ij,kj->ik", [a, b]), [matrix, grid(2, 3, 2)]],
  ["avgPool2d", (x: T) => pf.nn.functional.avgPool2d(x, 2).exp(), [image]],
  ["several outputs", (x: T, y: T) => [x.mul(y), x.sin(), y.sum()], [matrix, grid(2, 3, 2)]],
  ["an output that is an input", (x: T) => [x, x.exp()], [matrix]],
  ["the same output twice", (x: T) => { const y = x.exp(); return [y, y]; }, [matrix]], // prettier-ignore
  ["an input that is not used", (x: T, _: T) => x.mul(x), [matrix, any]],
  ["a 0-dim input", (x: T) => x.sin().mul(x), [f64(0.4, true)]],
  ["an empty input", (x: T) => x.mul(x), [f64([], true)]],
  ["a jvp inside", (x: T) => pf.functional.jvp((t: T) => t.sin(), x, x, { createGraph: true })[1], [any]],
  ["a gradient inside", (x: T) => pf.func.grad((t: T) => t.pow(3).sum())(x), [any]],
  ["vmap inside", (x: T) => pf.func.vmap((row: T) => row.mul(row.sum()))(x), [matrix]],
];
