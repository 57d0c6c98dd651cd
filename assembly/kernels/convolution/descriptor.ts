// What a convolution is, as plain words: operands with any strides, in elements, three spatial axes (those that are missing
// have size 1), and groups as a dimension of both operands.
//
//      y[g, n, o, p] = Σ over c, k of  w[g, o, c, k] · X[g, n, c, p·stride + k·tapDilation − low]
//
// where X is x with inputDilation − 1 zeros between neighbours and zeros all around. Phases take the zeros out again: along an
// axis, the positions p = phase + period·q see only every so many taps and no inserted zero, so that each phase is a
// convolution without input dilation, whose output is strided.

/** One spatial axis. */
@unmanaged
export class Axis {
  size: i32;
  taps: i32;
  count: i32;
  stride: i32;
  /** Zeros before the first element; negative: elements left out. */
  low: i32;
  inputDilation: i32;
  tapDilation: i32;
  /** Strides of the operands and of the result. */
  x: i32;
  w: i32;
  y: i32;
}

@unmanaged
export class Convolution {
  dtype: i32;
  groups: i32;
  batch: i32;
  channels: i32;
  outputs: i32;
  x: usize;
  xGroup: i32;
  xBatch: i32;
  xChannel: i32;
  w: usize;
  wGroup: i32;
  wOutput: i32;
  wChannel: i32;
  y: usize;
  yGroup: i32;
  yBatch: i32;
  yOutput: i32;
  /** At least convolutionWorkspace bytes, in which `convolutionParts` counts. */
  record: usize;

  @inline axis(d: i32): Axis {
    return changetype<Axis>(changetype<usize>(this) + offsetof<Convolution>() + <usize>d * offsetof<Axis>());
  }
}

/** At least offsetof<Convolution>() + 3 · offsetof<Axis>(), as a literal for memory.data. */
export const CONVOLUTION_BYTES: i32 = 256;

function greatestCommonDivisor(a: i32, b: i32): i32 {
  while (b) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** After how many positions the same taps meet elements again. */
@inline
function periodOf(a: Axis): i32 {
  return a.inputDilation / greatestCommonDivisor(a.stride, a.inputDilation);
}
@inline
function phasesOf(a: Axis): i32 {
  return min(periodOf(a), a.count);
}

// The first tap that meets an element at position `first`, and after how many taps the next one does.
function firstTap(a: Axis, first: i32): i32 {
  const step = tapStepOf(a);
  let tap = 0;
  while (tap < step && tap < a.taps && (first * a.stride + tap * a.tapDilation - a.low) % a.inputDilation) ++tap;
  return tap == step ? a.taps : min(tap, a.taps);
}
@inline
function tapStepOf(a: Axis): i32 {
  return a.inputDilation / greatestCommonDivisor(a.tapDilation, a.inputDilation);
}
/** ⌈a / b⌉ for any a ≥ 0, b > 0. */
@inline
export function ceilDivide(a: i32, b: i32): i32 {
  return a ? (a - 1) / b + 1 : 0;
}

/** How many pairs of a position and a tap an axis has; inserted zeros make none. */
export function pairs(a: Axis): f64 {
  if (a.inputDilation == 1) return <f64>a.count * <f64>a.taps;
  const period = periodOf(a),
    step = tapStepOf(a);
  let sum: f64 = 0;
  for (let first = 0, phases = phasesOf(a); first < phases; ++first) {
    sum += <f64>ceilDivide(a.count - first, period) * <f64>ceilDivide(a.taps - firstTap(a, first), step);
  }
  return sum;
}

export function phaseCount(c: Convolution): i32 {
  return phasesOf(c.axis(0)) * phasesOf(c.axis(1)) * phasesOf(c.axis(2));
}

/** Writes phase `index` of c, which has no input dilation, to `phase`. */
export function phaseAt(c: Convolution, index: i32, phase: Convolution, esize: i32): void {
  memory.copy(changetype<usize>(phase), changetype<usize>(c), CONVOLUTION_BYTES);
  for (let d = 2; d >= 0; --d) {
    const whole = c.axis(d);
    const phases = phasesOf(whole);
    const first = index % phases;
    index /= phases;
    if (whole.inputDilation == 1) continue;
    const a = phase.axis(d);
    const dilation = whole.inputDilation;
    const period = periodOf(whole),
      tapStep = tapStepOf(whole),
      tap = firstTap(whole, first);
    a.count = ceilDivide(whole.count - first, period);
    a.y = whole.y * period;
    phase.y += first * whole.y * esize;
    a.stride = (period * whole.stride) / dilation;
    a.inputDilation = 1;
    a.taps = ceilDivide(whole.taps - tap, tapStep);
    if (!a.taps) continue;
    a.w = whole.w * tapStep;
    phase.w += tap * whole.w * esize;
    a.tapDilation = (tapStep * whole.tapDilation) / dilation;
    a.low = (whole.low - first * whole.stride - tap * whole.tapDilation) / dilation;
  }
}
