// Random numbers under torch's names. All of them come from the one generator (host/random.ts).
import { DType, Distribution, Requirement } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { draw } from "../random";
import { creator } from "./creation";
import { softmax } from "./activation";
import { argumentError, failure, format, type Implementations, shapeError } from "./define";
import { asDType, asFloat, asFloats, constantLike, defaultDType, requireFloat } from "./promotion";
import { insertionPoints } from "./sorting";
import { alongDim, type Ints, scale, sliceAlong } from "./support";

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

function dropped(x: Node, chances: Node, probability: number): Node {
  const kept = p.ge(chances, p.num(probability));
  return p.where(kept, probability === 1 ? x : scale(x, 1 / (1 - probability)), constantLike(x, 0));
}
/** x/(1-p) or 0, by chance. */
export function dropout(input: Node, probability = 0.5, training = true): Node {
  checkProbability(probability);
  const x = requireFloat(input);
  if (!training || probability === 0) return p.alias(x);
  return dropped(x, uniform(p.shape(x), p.dtype(x)), probability);
}

/** A chance for each channel of x: all dims after that of channels share it. */
const chancesOfChannels = (x: Node, channel: number): Node =>
  uniform(
    p.shape(x).map((size, d) => (d <= channel ? size : 1)),
    p.dtype(x),
  );
/** Whole channels by chance; `channel` is where they are in an input of so many dims. */
const channelDropout =
  (channel: Readonly<Record<number, number>>) =>
  (input: Node, probability = 0.5, training = true): Node => {
    checkProbability(probability);
    const x = requireFloat(input);
    const at = channel[p.ndim(x)];
    if (at === undefined)
      throw shapeError(`input should have ${Object.keys(channel).join(" or ")} dims but is ${format(x)}.`);
    if (!training || probability === 0) return p.alias(x);
    return dropped(x, chancesOfChannels(x, at), probability);
  };

/** What selu tends to far on the left. */
const SELU_LIMIT = -1.7580993408473766;
/** x with elements of the limit of selu where chance drops them, and then moved and scaled so that mean 0 and variance 1 remain. */
function dropToLimit(x: Node, chances: Node, probability: number): Node {
  checkProbability(probability);
  if (probability === 1) return scale(x, 0);
  const a = 1 / Math.sqrt((1 - probability) * (1 + probability * SELU_LIMIT ** 2));
  const b = -a * probability * SELU_LIMIT;
  const limited = p.where(p.ge(chances, p.num(probability)), x, constantLike(x, SELU_LIMIT));
  return p.add(scale(limited, a), p.num(b));
}
function alphaDropout(input: Node, probability = 0.5, training = false): Node {
  const x = requireFloat(input);
  return training ? dropToLimit(x, uniform(p.shape(x), p.dtype(x)), probability) : p.alias(x);
}
function featureAlphaDropout(input: Node, probability = 0.5, training = false): Node {
  const x = requireFloat(input);
  if (p.ndim(x) < 2) throw shapeError(`input should have at least 2 dims but is ${format(x)}.`);
  return training ? dropToLimit(x, chancesOfChannels(x, 1), probability) : p.alias(x);
}

/** x where positive, else x times a slope that chance draws between the two, or their mean. */
function rrelu(input: Node, lower = 1 / 8, upper = 1 / 3, training = false): Node {
  if (lower > upper) throw argumentError(`lower (${lower}) should not be greater than upper (${upper}).`);
  const x = asFloat(input);
  const drawn = () => p.add(scale(uniform(p.shape(x), p.dtype(x)), upper - lower), p.num(lower));
  const slope = training ? drawn() : p.num((lower + upper) / 2);
  return p.where(p.gt(x, p.num(0)), x, p.mul(x, slope));
}

/** Places of input, each drawn with a probability in proportion to the weight there; rows of weights are drawn from one by one. */
function multinomial(input: Node, numSamples: number, replacement = false): Node {
  const lead = p.shape(input).slice(0, -1);
  if (p.ndim(input) < 1 || lead.length > 1) throw shapeError(`input should have 1 or 2 dims but is ${format(input)}.`);
  const n = p.size(input, -1);
  if (numSamples < 1) throw argumentError(`numSamples should be greater than 0 but got ${numSamples}.`);
  if (!replacement && numSamples > n) throw argumentError(`can't draw ${numSamples} of ${n} without replacement.`);
  const weights = p.cast(p.detach(p.required(requireFloat(input), Requirement.Weight)), DType.Float64);
  const draws = (count: number) => uniform([...lead, count], DType.Float64);
  if (replacement) {
    // A place is drawn where the sums of weights pass beyond the target: so none of weight 0 is.
    const sums = p.cumsum(weights, -1);
    const total = p.required(sliceAlong(sums, -1, n - 1, 1), Requirement.Positive);
    const target = p.minimum(p.mul(draws(numSamples), total), scale(total, 1 - 2 ** -52));
    return insertionPoints(sums, target, true);
  }
  // The least of exponential times at these rates come first (Efraimidis and Spirakis 2006); a draw of 0 counts as half of the least other.
  const times = p.neg(p.log(p.maximum(draws(n), p.num(2 ** -54))));
  const [, places] = p.sort(p.div(weights, times), -1, true, numSamples);
  const last = p.required(p.gather(weights, -1, sliceAlong(places, -1, numSamples - 1, 1)), Requirement.Positive);
  return p.where(p.gt(last, p.num(0)), places, p.num(0));
}

/** softmax((logits + g) / tau) with g of the Gumbel distribution; hard: 1 at the largest, with the derivatives of the soft one. */
function gumbelSoftmax(input: Node, tau = 1, hard = false, _eps?: number, dim = -1): Node {
  const logits = requireFloat(input);
  const exponential = p.neg(p.log(p.maximum(uniform(p.shape(logits), DType.Float64), p.num(2 ** -54))));
  const noise = p.cast(p.neg(p.log(exponential)), p.dtype(logits));
  const soft = softmax(p.div(p.add(logits, noise), p.num(tau)), dim);
  if (!hard) return soft;
  const d = p.normalizeDim(dim, p.ndim(soft));
  const places = alongDim(p.iota(p.size(soft, d)), d, p.ndim(soft));
  const one = p.cast(p.eq(p.argmax(p.detach(soft), [d], true), places), p.dtype(soft));
  return p.add(one, p.sub(soft, p.detach(soft)));
}

export const randomOps = {
  multinomial,
  "nn.functional.gumbelSoftmax": gumbelSoftmax,
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
  "nn.functional.dropout1d": channelDropout({ 2: 0, 3: 1 }),
  "nn.functional.dropout2d": channelDropout({ 3: 1, 4: 1 }),
  "nn.functional.dropout3d": channelDropout({ 4: 0, 5: 1 }),
  "nn.functional.alphaDropout": alphaDropout,
  "nn.functional.featureAlphaDropout": featureAlphaDropout,
  "nn.functional.rrelu": rrelu,
} satisfies Implementations;
