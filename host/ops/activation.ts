// torch.nn.functional's activations. Pieces are joined by `where` on the side that torch's backward takes at a kink, and
// the piece that is not taken sees a harmless argument, so that no derivative of it is NaN.
import type { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { shapeError } from "./define";
import { ndtr } from "./normal-distribution";
import { asDType, asFloat } from "./promotion";
import { from, guarded, polynomial, logSigmoid, scale, shift, sliceAlong } from "./support";

const isPositive = (x: Node): Node => p.gt(x, p.num(0));

/** x > 0 ? x : 0, with torch's derivative 0 at 0; NaN stays NaN. */
export const relu = (x: Node): Node => p.where(p.le(x, p.num(0)), p.num(0), x);

/** clamp(x, min, max) with the derivative 0 at both bounds; `max` wins where min > max, as in torch. */
const hardtanh = (x: Node, minVal = -1, maxVal = 1): Node =>
  p.where(p.ge(x, p.num(maxVal)), p.num(maxVal), p.where(p.le(x, p.num(minVal)), p.num(Math.min(minVal, maxVal)), x));

function softmaxDim(x: Node, dim: number | undefined): number {
  // What torch does (with a warning) for dim=None.
  return dim ?? ([0, 1, 3].includes(p.ndim(x)) ? 0 : 1);
}
/** x - max x along dim, in floats: integers might wrap. The shift cancels, so it is a constant to every derivative. */
function shifted(given: Node, dim: number): Node {
  const x = asFloat(given);
  return p.numel(x) === 0 ? x : p.sub(x, p.amax(p.detach(x), [dim], true));
}

/** exp(x) / Σ exp(x) along dim. */
function softmax(x: Node, dim?: number, dtype?: DType): Node {
  const d = softmaxDim(x, dim);
  const e = p.exp(shifted(asDType(x, dtype), d));
  return p.div(e, p.sum(e, [d], true));
}
/** x - log Σ exp(x) along dim. */
function logSoftmax(x: Node, dim?: number, dtype?: DType): Node {
  const d = softmaxDim(x, dim);
  const z = shifted(asDType(x, dtype), d);
  return p.sub(z, p.log(p.sum(p.exp(z), [d], true)));
}

/** x where x > 0, slope·x at 0, else f(x): at the joint torch has f's first derivative and none of its second. */
function joined(x: Node, slope: number, f: (x: Node) => Node): Node {
  const negative = p.lt(x, p.num(0));
  const rest = slope === 1 ? x : p.where(isPositive(x), x, scale(x, slope));
  return p.where(negative, f(p.where(negative, x, p.num(-1))), rest);
}

/** x > 0 ? x : α·expm1(x). */
const elu = (x: Node, alpha = 1): Node => joined(x, alpha, (z) => scale(p.expm1(z), alpha));

// The fixed point of mean 0, variance 1: Klambauer et al., "Self-Normalizing Neural Networks" (2017).
const SELU_ALPHA = 1.6732632423543772848170429916717;
const SELU_SCALE = 1.0507009873554804934193349852946;

const selu = (x: Node): Node => scale(elu(x, SELU_ALPHA), SELU_SCALE);
const celu = (x: Node, alpha = 1): Node => joined(x, 1, (z) => scale(p.expm1(scale(z, 1 / alpha)), alpha));

/** weight: one number, or one for each channel (dimension 1). */
function prelu(x: Node, weight: Node): Node {
  const n = p.numel(weight);
  const ndim = p.ndim(x);
  const channels = ndim > 1 ? p.size(x, 1) : 1;
  if (n !== 1 && n !== channels)
    throw shapeError(`weight should have 1 element or one for each of ${channels} channels but has ${n}.`);
  const w = p.reshape(weight, n === 1 ? [] : [n, ...Array<number>(ndim - 2).fill(1)]);
  return p.where(isPositive(x), x, p.mul(w, x));
}

const hardshrink = (x: Node, lambd = 0.5): Node =>
  p.where(p.logicalAnd(p.ge(x, p.num(-lambd)), p.le(x, p.num(lambd))), p.num(0), x);

/** x / (1 + |x|); beyond ±1 as ±(1 - 1/(1 + |x|)), whose derivatives don't cancel. */
function softsign(given: Node): Node {
  const x = asFloat(given); // |-2³¹| is no int32
  const isFar = p.gt(p.abs(x), p.num(1));
  const far = p.where(isFar, x, p.num(1));
  const distance = from(1, p.reciprocal(shift(p.abs(far), 1)));
  const near = p.where(isFar, p.num(0), x);
  return p.where(isFar, p.where(p.lt(far, p.num(0)), p.neg(distance), distance), p.div(near, shift(p.abs(near), 1)));
}

// (tanh x - x) / x³ in x²: tanh' = 1 - tanh² gives each coefficient of tanh from those before it. At the limit the rest is below
// 1e-17, after three derivatives too.
const SHRINK_LIMIT = 0.5;
const SHRINK = ((): number[] => {
  const odd = [1];
  for (let k = 1; k <= 24; k++) odd.push(-odd.reduce((sum, c, i) => sum + c * odd[k - 1 - i]!, 0) / (2 * k + 1));
  return odd.slice(1).map((c) => -c);
})();
/** x - tanh(x), by its series where the difference cancels. */
function tanhshrink(given: Node): Node {
  const x = asFloat(given); // |-2³¹| is no int32
  const series = (z: Node): Node => p.mul(p.mul(p.mul(z, z), z), polynomial(p.mul(z, z), SHRINK));
  return guarded(p.lt(p.abs(x), p.num(SHRINK_LIMIT)), x, 0, series, p.sub(x, p.tanh(x)));
}

export const activationOps = {
  "nn.functional.relu": relu,
  "nn.functional.relu6": (x: Node): Node => hardtanh(x, 0, 6),
  "nn.functional.leakyRelu": (x: Node, negativeSlope = 0.01): Node =>
    p.where(isPositive(x), x, scale(x, negativeSlope)),
  "nn.functional.prelu": prelu,
  "nn.functional.elu": elu,
  "nn.functional.selu": selu,
  "nn.functional.celu": celu,
  /** x·Φ(x), or with approximate "tanh": x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))). */
  "nn.functional.gelu"(x: Node, approximate: "none" | "tanh" = "none"): Node {
    if (approximate === "none") return p.mul(x, ndtr(x));
    const cubic = p.mul(x, shift(scale(p.mul(x, x), 0.044715), 1));
    // (1 + tanh(u)) / 2 is the sigmoid of 2u, which does not cancel for negative u.
    return p.mul(x, p.sigmoid(scale(cubic, Math.sqrt(8 / Math.PI))));
  },
  "nn.functional.silu": (x: Node): Node => p.mul(x, p.sigmoid(x)),
  "nn.functional.mish": (x: Node): Node => p.mul(x, p.tanh(p.softplus(x))),
  /** log(1 + exp(β·x)) / β, and x itself where β·x > threshold. */
  "nn.functional.softplus"(x: Node, beta = 1, threshold = 20): Node {
    const z = scale(x, beta);
    const straight = p.gt(z, p.num(threshold)); // NaN is not, and so its slope is NaN
    return p.where(straight, x, scale(p.softplus(p.where(straight, p.num(0), z)), 1 / beta));
  },
  "nn.functional.softsign": softsign,
  "nn.functional.softshrink": (x: Node, lambd = 0.5): Node =>
    p.where(
      p.gt(x, p.num(lambd)),
      shift(x, -lambd),
      p.where(p.lt(x, p.num(-lambd)), shift(x, lambd), scale(p.detach(x), 0)),
    ),
  "nn.functional.hardshrink": hardshrink,
  "nn.functional.hardtanh": hardtanh,
  "nn.functional.hardsigmoid": (x: Node): Node => scale(hardtanh(shift(x, 3), 0, 6), 1 / 6),
  /** x · relu6(x + 3) / 6; at the joints torch has the middle piece's first derivative, x/3 + 1/2, and none of its second. */
  "nn.functional.hardswish"(x: Node): Node {
    const distance = p.abs(x);
    const line = (z: Node) => shift(p.mul(z, shift(scale(p.detach(z), 1 / 3), 0.5)), -1.5);
    const outside = p.where(p.lt(x, p.num(0)), p.num(0), x);
    const rest = guarded(p.eq(distance, p.num(3)), x, 3, line, outside);
    return guarded(p.lt(distance, p.num(3)), x, 0, (z) => scale(p.mul(z, shift(z, 3)), 1 / 6), rest);
  },
  "nn.functional.tanhshrink": tanhshrink,
  "nn.functional.threshold": (x: Node, threshold: number, value: number): Node =>
    p.where(p.le(x, p.num(threshold)), p.num(value), x),
  "nn.functional.logsigmoid": logSigmoid,
  /** The first half of x along dim times the sigmoid of the second. */
  "nn.functional.glu"(x: Node, dim = -1): Node {
    const n = p.size(x, dim);
    if (n % 2 !== 0) throw shapeError(`halving dimension ${dim} needs an even size but it is ${n}.`);
    return p.mul(sliceAlong(x, dim, 0, n / 2), p.sigmoid(sliceAlong(x, dim, n / 2, n / 2)));
  },
  "nn.functional.softmax": softmax,
  "nn.functional.softmin": (x: Node, dim?: number, dtype?: DType): Node => softmax(p.neg(x), dim, dtype),
  "nn.functional.logSoftmax": logSoftmax,
  // torch has these outside of nn.functional as well
  relu,
  prelu,
  softmax,
  logSoftmax,
  hardshrink,
  selu,
  celu,
  "special.softmax": softmax,
  "special.logSoftmax": logSoftmax,
  "nn.functional.tanh": p.tanh,
  "nn.functional.sigmoid": p.sigmoid,
};

export { logSoftmax, softmax };
