// Windows, the short-time Fourier transform and its inverse, convolution by transforms.
import { DType } from "../../assembly/abi/opcodes";
import { core } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { isPair, Pair } from "../tensor/complex";
import { makeFilled } from "../tensor/create";
import { mul, type Operand } from "./complex/arithmetic";
import { creator } from "./creation";
import { argumentError, format, type Implementations, type Result, shapeError } from "./define";
import { complexTransform, halfTransform, realTransform } from "./fft";
import { paddingOps } from "./padding";
import { asFloat, asFloats, defaultDType } from "./promotion";
import { transpose, unfold, unsqueeze } from "./shape";
import { padAlong, sliceAlong, square } from "./support";

// -- windows, in float64; f of t from 0 to 1

function filled(length: number, periodic = true, dtype: DType = defaultDType(), f: (t: number) => number): Node {
  if (length < 0) throw argumentError(`windowLength should not be negative but got ${length}.`);
  if (dtype < DType.Float32) throw argumentError("windows are float32 or float64.");
  const end = length < 2 ? 0 : periodic ? length : length - 1;
  return makeFilled([length], dtype, (elements) =>
    elements.forEach((_, i) => (elements[i] = end > 0 ? f(i / end) : 1)),
  );
}
const cosines =
  (a: number, b: number, c = 0) =>
  (t: number): number =>
    a - b * Math.cos(2 * Math.PI * t) + c * Math.cos(4 * Math.PI * t);
/** The modified Bessel function by its power series, whose terms are all positive. */
function i0(x: number): number {
  let sum = 1;
  for (let term = 1, k = 1; term > sum * 1e-17; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}
const window =
  (f: (t: number) => number) =>
  (length: number, periodic?: boolean, dtype?: DType): Node =>
    filled(length, periodic, dtype, f);

// -- short times

/** What stft and istft share of their arguments. */
interface Frames {
  readonly size: number;
  readonly hop: number;
  readonly weights: Node;
}
function framesOf(x: Node, size: number, hop = Math.floor(size / 4), length = size, weights?: Node): Frames {
  if (size < 1) throw argumentError(`nFft should be positive but got ${size}.`);
  if (hop < 1) throw argumentError(`hopLength should be positive but got ${hop}.`);
  if (length < 1 || length > size) throw argumentError(`winLength should lie in 1 … nFft (${size}) but got ${length}.`);
  if (weights && (p.ndim(weights) !== 1 || p.numel(weights) !== length))
    throw shapeError(`window should have shape [${length}], that of winLength, but has ${format(weights)}.`);
  const before = Math.floor((size - length) / 2);
  const given = weights ?? p.full([length], 1, p.dtype(x));
  return { size, hop, weights: padAlong(given, 0, before, size - length - before) };
}
const each = (x: Operand, f: (part: Node) => Node): Operand => (isPair(x) ? new Pair(f(x.re), f(x.im)) : f(x));
const both = (x: Pair, f: (part: Node) => Node): Pair => new Pair(f(x.re), f(x.im));

function stft(
  given: Operand,
  nFft: number,
  hopLength?: number,
  winLength?: number,
  weights?: Node,
  center = true,
  padMode: "constant" | "reflect" | "replicate" | "circular" = "reflect",
  normalized = false,
  onesided = !isPair(given),
  returnComplex = true,
): Result {
  const input = each(given, asFloat);
  const first = isPair(input) ? input.re : input;
  const ndim = p.ndim(first);
  if (ndim !== 1 && ndim !== 2) throw shapeError(`input should have 1 or 2 dims but its shape is ${format(first)}.`);
  if (isPair(input) && onesided) throw argumentError("of a complex input the transform can't be onesided.");
  const { size, hop, weights: all } = framesOf(first, nFft, hopLength, winLength, weights);
  const around = center ? Math.floor(size / 2) : 0;
  const frames = each(input, (x) => {
    // Modes other than "constant" take a dim for channels.
    const padded = around
      ? paddingOps["nn.functional.pad"](unsqueeze(x, 0), [around, around], padMode)
      : unsqueeze(x, 0);
    if (p.size(padded, -1) < size)
      throw argumentError(
        `nFft (${size}) should not be larger than the signal, which has ${p.size(padded, -1)} elements.`,
      );
    return p.mul(unfold(p.reshape(padded, p.shape(padded).slice(1)), -1, size, hop), all);
  });
  const norm = normalized ? "ortho" : "backward";
  const spectra = onesided ? halfTransform(frames as Node, -1, false, norm) : complexTransform(frames, -1, false, norm);
  const turned = both(spectra, (x) => transpose(x, -1, -2));
  return returnComplex ? turned : p.concat([unsqueeze(turned.re, -1), unsqueeze(turned.im, -1)], -1);
}

/** Frames, [..., count, size], added up where they lie, `hop` apart. */
function overlapped(frames: Node, hop: number): Node {
  const sizes = p.shape(frames);
  const [count, size] = sizes.slice(-2) as [number, number];
  const rest = sizes.slice(0, -2);
  const places = p.add(p.reshape(p.iota(count, DType.Int32, 0, hop), [count, 1]), p.reshape(p.iota(size), [1, size]));
  const index = p.expand(p.reshape(places, [count * size]), [...rest, count * size]);
  const base = p.full([...rest, (count - 1) * hop + size], 0, p.dtype(frames));
  return p.scatterAdd(base, -1, index, p.reshape(frames, [...rest, count * size]));
}

function istft(
  input: Operand,
  nFft: number,
  hopLength?: number,
  winLength?: number,
  weights?: Node,
  center = true,
  normalized = false,
  onesided?: boolean,
  length?: number,
  returnComplex = false,
): Result {
  if (!isPair(input)) throw argumentError("expected a ComplexTensor, as stft gives.");
  const ndim = p.ndim(input.re);
  if (ndim !== 2 && ndim !== 3) throw shapeError(`input should have 2 or 3 dims but its shape is ${format(input.re)}.`);
  const { size, hop, weights: all } = framesOf(input.re, nFft, hopLength, winLength, weights);
  const bins = p.size(input.re, -2);
  const isHalf = onesided ?? (bins !== size && !returnComplex);
  if (bins !== (isHalf ? Math.floor(size / 2) + 1 : size))
    throw shapeError(`input should have ${isHalf ? Math.floor(size / 2) + 1 : size} frequencies but has ${bins}.`);
  if (returnComplex && isHalf) throw argumentError("the result of a onesided transform can't be complex.");
  const spectra = both(input, (x) => transpose(x, -1, -2));
  const norm = normalized ? "ortho" : "backward";
  const frames = isHalf ? realTransform(spectra, -1, true, norm, size) : complexTransform(spectra, -1, true, norm);
  const count = p.size(input.re, -1);
  const total = (count - 1) * hop + size;
  const start = center ? Math.floor(size / 2) : 0;
  const end = length === undefined ? total - start : Math.min(total, start + length);
  const middle = (x: Node): Node => sliceAlong(x, -1, start, Math.max(0, end - start));
  const envelope = middle(overlapped(p.expand(square(all), [count, size]), hop));
  // Where the window is at hand, and not traced.
  if (weights === undefined || core.isComputed(weights)) {
    const isZero = p.withValues(p.amin(p.concat([envelope, p.full([1], 1, p.dtype(envelope))], 0)), ([least]) => !(least! > 1e-11)); // prettier-ignore
    if (isZero)
      throw argumentError("the windows don't overlap so that their squares add up to more than 0 everywhere.");
  }
  const signal = (x: Node): Node => {
    const y = p.div(middle(overlapped(p.mul(x, all), hop)), envelope);
    return length === undefined ? y : padAlong(y, -1, 0, Math.max(0, length - (end - start)));
  };
  const result = each(frames, signal);
  return isPair(result) && !returnComplex ? result.re : result;
}

// -- convolution

/** The smallest product of 2, 3 and 5 that is not below n. */
function fastLength(n: number): number {
  for (let m = n; ; m++) {
    let rest = m;
    for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
    if (rest === 1) return m;
  }
}
function fftconvolve(a: Operand, b: Operand, mode: "full" | "same" | "valid" = "full"): Result {
  const sizeOf = (x: Operand): number => {
    const part = isPair(x) ? x.re : x;
    if (p.ndim(part) === 0 || p.size(part, -1) === 0)
      throw shapeError(`signals should have at least one element but there is one of shape ${format(part)}.`);
    return p.size(part, -1);
  };
  const [n, m] = [sizeOf(a), sizeOf(b)];
  const full = n + m - 1;
  const length = fastLength(full);
  const isReal = !isPair(a) && !isPair(b);
  const [x, y] = isReal ? asFloats(a, b) : [each(a, asFloat), each(b, asFloat)];
  const result = isReal
    ? realTransform(mul(halfTransform(x as Node, -1, false, "backward", length), halfTransform(y as Node, -1, false, "backward", length)), -1, true, "backward", length) // prettier-ignore
    : complexTransform(mul(complexTransform(x, -1, false, "backward", length), complexTransform(y, -1, false, "backward", length)), -1, true); // prettier-ignore
  const count = mode === "full" ? full : mode === "same" ? n : Math.max(n, m) - Math.min(n, m) + 1;
  return each(result, (part) => sliceAlong(part, -1, Math.floor((full - count) / 2), count));
}

export const shortTimeOps = {
  hannWindow: creator(window(cosines(0.5, 0.5))),
  hammingWindow: creator((length: number, periodic?: boolean, alpha = 0.54, beta = 0.46, dtype?: DType) =>
    filled(length, periodic, dtype, cosines(alpha, beta))), // prettier-ignore
  blackmanWindow: creator(window(cosines(0.42, 0.5, 0.08))),
  bartlettWindow: creator(window((t) => 1 - Math.abs(2 * t - 1))),
  kaiserWindow: creator((length: number, periodic?: boolean, beta = 12, dtype?: DType) =>
    filled(length, periodic, dtype, (t) => i0(beta * Math.sqrt(Math.max(0, 4 * t * (1 - t)))) / i0(beta))), // prettier-ignore
  stft,
  istft,
  fftconvolve,
} satisfies Implementations;
