// Discrete Fourier transforms of rows and columns: complex ones, and those between a real signal and half of its spectrum.
import { parallelFor } from "../threads/pool";
import { Task, transform } from "./fft/complex";
import { Kind, planFor } from "./fft/plan";
import { putTogetherPart, rowParts, Rows, takeApartPart } from "./fft/real";
import { get, put } from "./fft/roots";
import { Place } from "./fft/sweep";
export { dropRoots, holdPlans } from "./fft/plan";

/** What is transformed: [outer, n, inner], without gaps. Of real signals inner is 1. */
@unmanaged
export class Fourier {
  n: i32;
  outer: i32;
  inner: i32;
  /** Of the angle: -1 or 1. */
  sign: i32;
  scale: f64;
  /** What a coefficient counts that stands for two, of a real signal's. */
  weight: f64;
  re: usize;
  im: usize;
  toRe: usize;
  toIm: usize;
}
const task = changetype<Task>(memory.data(40, 8));
const from = changetype<Place>(memory.data(32)),
  to = changetype<Place>(memory.data(32));
const rows = changetype<Rows>(memory.data(64, 8));

function run(f: Fourier, n: i32, size: usize): bool {
  task.n = n;
  task.count = f.outer * f.inner;
  task.grouped = f.inner;
  task.scale = f.scale;
  task.from = from;
  task.to = to;
  return transform(task, size);
}

/** False: memory is exhausted; so for those below. The plans are to be held meanwhile. */
export function fourier(f: Fourier, size: usize): bool {
  const step = <usize>f.inner * size,
    group = <usize>f.n * step;
  // With a positive angle it is the other transform of the exchanged parts.
  const isForward = f.sign < 0;
  from.set(isForward ? f.re : f.im, isForward ? f.im : f.re, step, size, group);
  to.set(isForward ? f.toRe : f.toIm, isForward ? f.toIm : f.toRe, step, size, group);
  return run(f, f.n, size);
}

// Space for complex rows; what the two transforms of real signals share.
function open(f: Fourier, size: usize): bool {
  const isEven = f.n % 2 == 0;
  const points = isEven ? f.n / 2 : f.n;
  rows.n = f.n;
  rows.points = points;
  rows.count = f.outer;
  rows.sign = f.sign;
  rows.weight = f.weight;
  rows.stride = (<usize>points * size + 31) & ~15;
  rows.size = <i32>size;
  const halves = isEven ? planFor(Kind.Halves, points, size) : null;
  if (isEven && !halves) return false;
  rows.halves = changetype<usize>(halves);
  return true;
}

/** A real signal's coefficients 0 … n/2. */
export function fourierOfReal(f: Fourier, size: usize, space: usize): bool {
  if (!open(f, size)) return false;
  const isEven = rows.points != f.n;
  rows.re = space;
  rows.im = space + <usize>f.outer * rows.stride;
  rows.halfRe = f.toRe;
  rows.halfIm = f.toIm;
  from.set(f.re, isEven ? f.re + size : 0, isEven ? 2 * size : size, 0, <usize>f.n * size);
  to.set(rows.re, rows.im, size, 0, rows.stride);
  if (!run(f, rows.points, size)) return false;
  for (let i = 0; i < f.outer; i++) {
    const row = <usize>i * rows.stride,
      end = row + <usize>rows.points * size;
    put(rows.re + end, get(rows.re + row, size), size);
    put(rows.im + end, get(rows.im + row, size), size);
  }
  parallelFor<Rows>(takeApartPart, rows, rowParts(rows));
  return true;
}
/** The real signal of coefficients 0 … n/2, of which the imaginary parts of the first, and of the last for even n, don't count. */
export function realOfFourier(f: Fourier, size: usize, space: usize): bool {
  if (!open(f, size)) return false;
  const isEven = rows.points != f.n;
  rows.re = space;
  rows.im = space + <usize>f.outer * rows.stride;
  rows.halfRe = f.re;
  rows.halfIm = f.im;
  parallelFor<Rows>(putTogetherPart, rows, rowParts(rows));
  from.set(rows.im, rows.re, size, 0, rows.stride);
  to.set(isEven ? f.toRe + size : 0, f.toRe, isEven ? 2 * size : size, 0, <usize>f.n * size);
  return run(f, rows.points, size);
}
/** Bytes of the space that those two need. */
export function fourierSpace(n: i32, outer: i32, size: i32): f64 {
  const points = n % 2 ? n : n / 2;
  return 2 * <f64>outer * <f64>((<usize>points * size + 31) & ~15) + 128;
}
