// A sweep: transforms of one length, side by side in blocks of a few lanes, gathered from where they lie and put where they belong.
import { wordBytes } from "../../memory/words";
import { addProduct, splatAt } from "../vectors";
import { NOTES, runPasses } from "./passes";
import { Plan, ROW } from "./plan";

/** Where the elements of a number of transforms are, strides in bytes; a part that is 0 is not there. */
@unmanaged
export class Place {
  re: usize;
  im: usize;
  /** From element to element of a transform, from lane to lane, and from one group of lanes to the next. */
  step: usize;
  lane: usize;
  group: usize;

  set(re: usize, im: usize, step: usize, lane: usize, group: usize): void {
    this.re = re;
    this.im = im;
    this.step = step;
    this.lane = lane;
    this.group = group;
  }
}
@unmanaged
export class Sweep {
  plan: usize;
  /** How many transforms there are, and how many of them to a group. */
  count: i32;
  grouped: i32;
  scale: f64;
  /** The plan whose roots stand between this sweep and the next, or 0. */
  split: usize;
  from: Place;
  to: Place;
}

// @ts-ignore: decorator
@inline
export function lanesOf(size: usize): i32 {
  return <i32>(ROW / size);
}
export function blocksOf(sweep: Sweep): i32 {
  const lanes = lanesOf(changetype<Plan>(sweep.plan).size);
  return (sweep.count + lanes - 1) / lanes;
}
/** Bytes of workspace for blocks of transforms of length n. */
export function blockBytes(n: i32): usize {
  return NOTES + 256 + <usize>n * ROW * 4;
}

// The offsets of the lanes of a block, of those that are not there that of the last; whether they are neighbours, vector by vector.
function offsetsOf<T>(at: usize, sweep: Sweep, place: Place, lane: i32, lanes: i32): bool {
  let areNeighbours = true;
  const width = <i32>(16 / sizeof<T>());
  for (let i = 0; i < lanes; i++) {
    const l = min(lane + i, sweep.count - 1),
      group = l / sweep.grouped;
    const offset = <usize>group * place.group + <usize>(l - group * sweep.grouped) * place.lane;
    store<usize>(at + wordBytes(i), offset);
    if (i % width) areNeighbours = areNeighbours && offset == load<usize>(at + wordBytes(i - 1)) + sizeof<T>();
  }
  return areNeighbours;
}
// @ts-ignore: decorator
@inline
function loadLanes<T>(base: usize, offsets: usize): v128 {
  if (sizeof<T>() == 8) {
    return v128.load64_lane(base + load<usize>(offsets, 4), v128.load64_zero(base + load<usize>(offsets)), 1);
  }
  let v = v128.load32_zero(base + load<usize>(offsets));
  v = v128.load32_lane(base + load<usize>(offsets, 4), v, 1);
  v = v128.load32_lane(base + load<usize>(offsets, 8), v, 2);
  return v128.load32_lane(base + load<usize>(offsets, 12), v, 3);
}
// The first lane last: of those that have one place it is the one that is there.
// @ts-ignore: decorator
@inline
function storeLanes<T>(base: usize, offsets: usize, v: v128): void {
  if (sizeof<T>() == 8) {
    v128.store64_lane(base + load<usize>(offsets, 4), v, 1);
    v128.store64_lane(base + load<usize>(offsets), v, 0);
  } else {
    v128.store32_lane(base + load<usize>(offsets, 12), v, 3);
    v128.store32_lane(base + load<usize>(offsets, 8), v, 2);
    v128.store32_lane(base + load<usize>(offsets, 4), v, 1);
    v128.store32_lane(base + load<usize>(offsets), v, 0);
  }
}

// n rows of s bytes from `source`, whose lanes have these offsets.
function gatherPart<T>(to: usize, source: usize, step: usize, n: i32, s: usize, offsets: usize, direct: bool): void {
  if (!source) {
    memory.fill(to, 0, <usize>n * s);
    return;
  }
  if (direct) {
    for (const end = to + <usize>n * s; to < end; source += step) {
      for (let v: usize = 0; v < s; v += 16, to += 16)
        v128.store(to, v128.load(source + load<usize>(offsets + (v / sizeof<T>()) * 4)));
    }
    return;
  }
  for (let v: usize = 0; v < s; v += 16, offsets += 64 / sizeof<T>()) {
    let from = source;
    for (let at = to + v, end = at + <usize>n * s; at < end; at += s, from += step)
      v128.store(at, loadLanes<T>(from, offsets));
  }
}
// The way back, times a factor.
function scatterPart<T>(
  from: usize,
  target: usize,
  step: usize,
  n: i32,
  s: usize,
  offsets: usize,
  direct: bool,
  scale: v128,
): void {
  if (!target) return;
  if (direct) {
    for (const end = from + <usize>n * s; from < end; target += step) {
      for (let v: usize = 0; v < s; v += 16, from += 16)
        v128.store(target + load<usize>(offsets + (v / sizeof<T>()) * 4), v128.mul<T>(v128.load(from), scale));
    }
    return;
  }
  for (let v: usize = 0; v < s; v += 16, offsets += 64 / sizeof<T>()) {
    let to = target;
    for (let at = from + v, end = at + <usize>n * s; at < end; at += s, to += step)
      storeLanes<T>(to, offsets, v128.mul<T>(v128.load(at), scale));
  }
}

/**
 * Puts the block-th block at z where the next sweep finds it, its lanes side by side; row k, lane l times exp(-2πi·k·l/n), l counted
 * from the first block on.
 */
function turn<T>(split: Plan, block: i32, z: usize, im: usize, s: usize, target: Place, offset: usize): void {
  const pair = 2 * sizeof<T>();
  const distance = split.distance,
    far = <usize>block * ROW;
  let roots = split.roots + (split.coarse ? 0 : far),
    to = target.re + offset + far;
  const imaginary = target.im - target.re;
  for (let k = 0; k < split.first; k++, z += s, to += target.step, roots += 2 * distance) {
    const at = split.coarse + <usize>k * <usize>block * pair;
    for (let v: usize = 0; v < s; v += 16) {
      let wr = v128.load(roots + v),
        wi = v128.load(roots + v + distance);
      if (split.coarse) {
        const cr = splatAt<T>(at),
          ci = splatAt<T>(at + sizeof<T>());
        const t = addProduct<T>(v128.mul<T>(wr, cr), v128.neg<T>(wi), ci);
        wi = addProduct<T>(v128.mul<T>(wr, ci), wi, cr);
        wr = t;
      }
      const xr = v128.load(z + v),
        xi = v128.load(z + v + im);
      v128.store(to + v, addProduct<T>(v128.mul<T>(xr, wr), v128.neg<T>(xi), wi));
      v128.store(to + v + imaginary, addProduct<T>(v128.mul<T>(xr, wi), xi, wr));
    }
  }
}

/** Transforms block `block` of a sweep, whose places are `from` and `to` bytes further on, in a workspace of blockBytes. */
export function sweepBlock<T>(sweep: Sweep, block: i32, from: usize, to: usize, work: usize): void {
  const plan = changetype<Plan>(sweep.plan),
    n = plan.n;
  const first = block * lanesOf(sizeof<T>());
  const width = <i32>(16 / sizeof<T>());
  // Whole vectors of lanes, as many as are needed.
  const lanes = min(lanesOf(sizeof<T>()), (sweep.count - first + width - 1) & -width);
  const s = <usize>lanes * sizeof<T>(),
    im = <usize>n * s;
  const notes = work,
    offsets = work + NOTES,
    x = offsets + 128,
    y = x + 2 * im;
  const source = sweep.from;
  let direct = offsetsOf<T>(offsets, sweep, source, first, lanes);
  gatherPart<T>(x, source.re ? source.re + from : 0, source.step, n, s, offsets, direct);
  gatherPart<T>(x + im, source.im ? source.im + from : 0, source.step, n, s, offsets, direct);
  const z = runPasses<T>(plan, x, y, im, s, notes);
  const target = sweep.to;
  if (sweep.split) {
    turn<T>(changetype<Plan>(sweep.split), block, z, im, s, target, to);
    return;
  }
  direct = offsetsOf<T>(offsets, sweep, target, first, lanes);
  const scale = v128.splat<T>(<T>sweep.scale);
  scatterPart<T>(z, target.re ? target.re + to : 0, target.step, n, s, offsets, direct, scale);
  scatterPart<T>(z + im, target.im ? target.im + to : 0, target.step, n, s, offsets, direct, scale);
}
