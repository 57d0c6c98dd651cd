// Complex transforms of any length along a dim: at once for short ones, side by side in blocks; in two sweeps, columns and rows of a
// matrix, for longer ones (D. Bailey, "FFTs in external or hierarchical memory", 1990); as a convolution for lengths with a large prime
// factor (L. Bluestein, 1970).
import { allocate, free } from "../../memory/heap";
import { parallelFor, reserveWorkspace, workspace } from "../../threads/pool";
import { get, put } from "./roots";
import { divisorOf, isSmooth, Kind, Plan, planFor } from "./plan";
import { blockBytes, blocksOf, lanesOf, Place, Sweep, sweepBlock } from "./sweep";

/** Up to this length a lone transform is one block, of which one lane is used. */
const SHORT: i32 = 32;
/** The same for many, whose lanes lie anywhere, and for those whose lanes are neighbours. */
const SHORT_MANY: i32 = 1024;
const SHORT_SIDE_BY_SIDE: i32 = 16384;
/** Bytes of a transform that a thread does by itself, within its workspace. */
const LOCAL: usize = 1 << 19;

/** What is to be transformed: `count` transforms of n, `grouped` of them to a group. The angle is negative. */
@unmanaged
export class Task {
  n: i32;
  count: i32;
  grouped: i32;
  scale: f64;
  from: Place;
  to: Place;
}

const first = changetype<Sweep>(memory.data(64, 8)),
  second = changetype<Sweep>(memory.data(64, 8));
const firstFrom = changetype<Place>(memory.data(32)),
  firstTo = changetype<Place>(memory.data(32)),
  secondFrom = changetype<Place>(memory.data(32)),
  secondTo = changetype<Place>(memory.data(32));
/** Where a thread's own space begins, as places see it: 0 would be a part that is not there. */
const BASE: usize = 64;

// -- jobs: parts of the sweeps above

function blockPart(sweep: Sweep, part: i32): void {
  if (changetype<Plan>(sweep.plan).size == 4) sweepBlock<f32>(sweep, part, 0, 0, workspace());
  else sweepBlock<f64>(sweep, part, 0, 0, workspace());
}
/** A whole transform of a task, both sweeps. */
function wholePart(task: Task, part: i32): void {
  const space = workspace(),
    between = space + blockBytes(max(changetype<Plan>(first.plan).n, changetype<Plan>(second.plan).n)) - BASE;
  const group = part / task.grouped,
    lane = part - group * task.grouped;
  const from = <usize>group * task.from.group + <usize>lane * task.from.lane,
    to = <usize>group * task.to.group + <usize>lane * task.to.lane;
  const isShort = changetype<Plan>(first.plan).size == 4;
  for (let b = 0, blocks = blocksOf(first); b < blocks; b++) {
    if (isShort) sweepBlock<f32>(first, b, from, between, space);
    else sweepBlock<f64>(first, b, from, between, space);
  }
  for (let b = 0, blocks = blocksOf(second); b < blocks; b++) {
    if (isShort) sweepBlock<f32>(second, b, between, to, space);
    else sweepBlock<f64>(second, b, between, to, space);
  }
}

function describe(sweep: Sweep, plan: Plan, count: i32, grouped: i32, scale: f64, from: Place, to: Place): void {
  sweep.plan = changetype<usize>(plan);
  sweep.count = count;
  sweep.grouped = grouped;
  sweep.scale = scale;
  sweep.split = 0;
  sweep.from = from;
  sweep.to = to;
}

/** False: memory is exhausted. */
export function transform(task: Task, size: usize): bool {
  const n = task.n,
    lanes = lanesOf(size);
  const limit = task.count < lanes / 2 ? SHORT : task.grouped >= lanes / 2 ? SHORT_SIDE_BY_SIDE : SHORT_MANY;
  if (!isSmooth(n)) return convolve(task, size);
  if (n <= limit || divisorOf(n) < 2) {
    const plan = planFor(Kind.Block, n, size);
    if (!plan || !reserveWorkspace(blockBytes(n))) return false;
    describe(first, plan, task.count, task.grouped, task.scale, task.from, task.to);
    parallelFor<Sweep>(blockPart, first, blocksOf(first));
    return true;
  }
  const split = planFor(Kind.Split, n, size);
  if (!split) return false;
  const n1 = split.first,
    n2 = split.second;
  const columns = planFor(Kind.Block, n1, size),
    rows = planFor(Kind.Block, n2, size);
  if (!columns || !rows) return false;
  const row = split.stride,
    bytes = <usize>n1 * row;
  const isLocal = bytes <= LOCAL;
  if (!reserveWorkspace(blockBytes(n2) + (isLocal ? 2 * bytes : 0))) return false;
  const between = isLocal ? BASE : allocate(2 * bytes);
  if (!between) return false;
  const from = task.from,
    to = task.to;
  describe(first, columns, n2, n2, 1, firstFrom, firstTo);
  first.split = changetype<usize>(split);
  describe(second, rows, n1, n1, task.scale, secondFrom, secondTo);
  firstTo.set(between, between + bytes, row, size, 0);
  secondFrom.set(between, between + bytes, size, row, 0);
  firstFrom.set(from.re, from.im, <usize>n2 * from.step, from.step, 0);
  secondTo.set(to.re, to.im, <usize>n1 * to.step, to.step, 0);
  if (isLocal) {
    parallelFor<Task>(wholePart, task, task.count);
    return true;
  }
  for (let i = 0; i < task.count; i++) {
    const group = i / task.grouped,
      lane = i - group * task.grouped;
    const source = <usize>group * from.group + <usize>lane * from.lane,
      target = <usize>group * to.group + <usize>lane * to.lane;
    firstFrom.re = from.re ? from.re + source : 0;
    firstFrom.im = from.im ? from.im + source : 0;
    secondTo.re = to.re ? to.re + target : 0;
    secondTo.im = to.im ? to.im + target : 0;
    parallelFor<Sweep>(blockPart, first, blocksOf(first));
    parallelFor<Sweep>(blockPart, second, blocksOf(second));
  }
  free(between);
  return true;
}

// -- lengths with a large prime factor: with c_k = exp(-πik²/n), X_k = c_k·Σ (x_j·c_j)·c̄_(k-j)

const inner = changetype<Task>(memory.data(40, 8));
const innerFrom = changetype<Place>(memory.data(32)),
  innerTo = changetype<Place>(memory.data(32));

// The transform of m elements at x, re and im behind one another, at y; backwards, without a factor, with the two exchanged.
function between(m: i32, x: usize, y: usize, backwards: bool, scale: f64, size: usize): bool {
  const im = <usize>m * size;
  inner.n = m;
  inner.count = 1;
  inner.grouped = 1;
  inner.scale = scale;
  inner.from = innerFrom;
  inner.to = innerTo;
  innerFrom.set(backwards ? x + im : x, backwards ? x : x + im, size, 0, 0);
  innerTo.set(backwards ? y + im : y, backwards ? y : y + im, size, 0, 0);
  return transform(inner, size);
}
/** Writes a·b, of parts; of one that has no place, nothing. */
function putProduct(re: usize, im: usize, ar: f64, ai: f64, br: f64, bi: f64, size: usize): void {
  if (re) put(re, ar * br - ai * bi, size);
  if (im) put(im, ar * bi + ai * br, size);
}
function convolve(task: Task, size: usize): bool {
  const n = task.n;
  let m = 1;
  while (m < 2 * n - 1) m *= 2;
  const chirp = planFor(Kind.Chirp, n, size);
  if (!chirp) return false;
  const im = <usize>m * size;
  const space = allocate(6 * im);
  if (!space) return false;
  const x = space,
    y = space + 2 * im,
    spectrum = space + 4 * im;
  const cr = chirp.roots,
    ci = cr + chirp.distance;
  // The spectrum of c̄, which goes round.
  memory.fill(x, 0, 2 * im);
  for (let k = 0; k < n; k++) {
    const at = <usize>k * size,
      mirror = k ? <usize>(m - k) * size : 0;
    const r = get(cr + at, size),
      i = -get(ci + at, size);
    put(x + at, r, size);
    put(x + im + at, i, size);
    put(x + mirror, r, size);
    put(x + im + mirror, i, size);
  }
  let done = between(m, x, spectrum, false, 1, size);
  const from = task.from,
    to = task.to;
  for (let t = 0; done && t < task.count; t++) {
    const group = t / task.grouped,
      lane = t - group * task.grouped;
    let source = <usize>group * from.group + <usize>lane * from.lane,
      target = <usize>group * to.group + <usize>lane * to.lane;
    for (let k = 0; k < n; k++, source += from.step) {
      const at = <usize>k * size;
      const r = from.re ? get(from.re + source, size) : 0,
        i = from.im ? get(from.im + source, size) : 0;
      putProduct(x + at, x + im + at, r, i, get(cr + at, size), get(ci + at, size), size);
    }
    const filled = <usize>n * size;
    memory.fill(x + filled, 0, im - filled);
    memory.fill(x + im + filled, 0, im - filled);
    done = between(m, x, y, false, 1, size);
    for (let at: usize = 0; done && at < im; at += size)
      putProduct(y + at, y + im + at, get(y + at, size), get(y + im + at, size), get(spectrum + at, size), get(spectrum + im + at, size), size); // prettier-ignore
    done = done && between(m, y, x, true, task.scale / <f64>m, size);
    for (let k = 0; done && k < n; k++, target += to.step) {
      const at = <usize>k * size;
      putProduct(to.re ? to.re + target : 0, to.im ? to.im + target : 0, get(x + at, size), get(x + im + at, size), get(cr + at, size), get(ci + at, size), size); // prettier-ignore
    }
  }
  free(space);
  return done;
}
