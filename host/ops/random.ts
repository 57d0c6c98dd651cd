// Random numbers under torch's names. All of them come from the one generator (host/random.ts).
import { DType, Distribution, Requirement } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { draw } from "../random";
import { creator } from "./creation";
import { argumentError, failure, type Implementations } from "./define";
import { asDType, asFloat, asFloats, constantLike, defaultDType, requireFloat } from "./promotion";
import { type Ints, scale } from "./support";

function floats(distribution: Distribution, size: Ints, dtype: DType): Node {
  if (dtype >= DType.Float32) return draw(distribution, size, dtype);
  throw failure(DTypeError, `dtype should be float32 or float64 but got ${dtypeName(dtype)}.`);
}
const uniform = (size: Ints, dtype: DType = defaultDType()): Node => floats(Distribution.Uniform, size, dtype);
const gaussian = (size: Ints, dtype: DType = defaultDType()): Node => floats(Distribution.Normal, size, dtype);

function integers(low: number, high: number, size: Ints, dtype?: DType): Node {
  if (low >= high) throw argumentError(`low (${low}) should be less than high (${high}).`);
  return asDType(draw(Distribution.Integer, size, DType.Int32, low, high - low), dtype);
}
function permutation(n: number, dtype?: DType): Node {
  if (n < 0) throw argumentError(`n should not be negative but got ${n}.`);
  return asDType(draw(Distribution.Permutation, [n], DType.Int32), dtype);
}

function checkProbability(value: number): void {
  if (!(value >= 0 && value <= 1)) throw argumentError(`p should be a probability between 0 and 1 but got ${value}.`);
}
function bernoulli(x: Node, probability?: number): Node {
  if (probability === undefined) {
    const probabilities = p.required(requireFloat(x), Requirement.Probability);
    return p.cast(p.lt(uniform(p.shape(x), p.dtype(x)), probabilities), p.dtype(x));
  }
  checkProbability(probability);
  return p.cast(p.lt(uniform(p.shape(x), p.dtype(asFloat(x))), p.num(probability)), p.dtype(x));
}

function checkDeviation(std: number): void {
  if (!(std >= 0)) throw argumentError(`std should not be negative but got ${std}.`);
}
function normal(mean: number, std: number, size: Ints, dtype?: DType): Node {
  checkDeviation(std);
  return p.add(scale(gaussian(size, dtype), std), p.num(mean));
}
function normalAround(mean: Node, std: Node): Node {
  const [center, deviation] = asFloats(mean, p.required(std, Requirement.NotNegative)).map(p.detach) as [Node, Node];
  return p.add(p.mul(gaussian(p.broadcastShape(mean, std), p.dtype(center)), deviation), center);
}

/** x/(1-p) or 0, by chance. */
export function dropout(input: Node, probability = 0.5, training = true): Node {
  checkProbability(probability);
  const x = requireFloat(input);
  if (!training || probability === 0) return p.alias(x);
  const kept = p.ge(uniform(p.shape(x), p.dtype(x)), p.num(probability));
  return p.where(kept, probability === 1 ? x : scale(x, 1 / (1 - probability)), constantLike(x, 0));
}

export const randomOps = {
  rand: creator(uniform),
  randLike: creator((x: Node, dtype?: DType) => uniform(p.shape(x), dtype ?? p.dtype(x))),
  randn: creator(gaussian),
  randnLike: creator((x: Node, dtype?: DType) => gaussian(p.shape(x), dtype ?? p.dtype(x))),
  randint: [creator((high: number, size: Ints, dtype?: DType) => integers(0, high, size, dtype)), creator(integers)],
  randintLike: [
    creator((x: Node, high: number, dtype?: DType) => integers(0, high, p.shape(x), dtype ?? p.dtype(x))),
    creator((x: Node, low: number, high: number, dtype?: DType) =>
      integers(low, high, p.shape(x), dtype ?? p.dtype(x)),
    ),
  ],
  randperm: creator(permutation),
  normal: [
    creator(normal),
    (mean: Node, std = 1): Node => {
      checkDeviation(std);
      return normalAround(mean, p.num(std));
    },
    normalAround,
    (mean: number, std: Node): Node => normalAround(p.num(mean), std),
  ],
  bernoulli,
  "nn.functional.dropout": dropout,
} satisfies Implementations;
