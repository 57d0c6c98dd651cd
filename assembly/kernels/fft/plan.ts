// Plans: what all transforms of a length and a dtype share, factors and roots of unity. Those used last are kept, up to a bound.
import { allocate, free } from "../../memory/heap";
import { longBytes, wordBytes } from "../../memory/words";
import { putRoot } from "./roots";

/** Bytes of a row of a block, whose elements belong to as many transforms: a cache line. */
export const ROW: usize = 64;
/** Larger factors are left to Bluestein's algorithm. */
const LARGEST: i32 = 127;
const MAX_PASSES: i32 = 31;
/** Bytes that the plans may take, but for the few that one transform needs. */
const MOST: usize = 16 << 20;
const FEW: i32 = 8;
/** Up to this length all roots of a split one are kept. */
const SMALL: i32 = 16384;

export const enum Kind {
  /** By passes, a factor each, over a block of transforms. */
  Block,
  /** n = first·second: transforms of these lengths, and roots between. */
  Split,
  /** The roots by which halves of real transforms of 2n are taken apart: exp(-2πik/2n), k = 0 … n, re and im apart. */
  Halves,
  /** exp(-πik²/n), by which any transform is a convolution. */
  Chirp,
}

//      the head, then for each pass its factor and the address of its roots, then the roots
@unmanaged
export class Plan {
  next: usize;
  bytes: usize;
  kind: i32;
  n: i32;
  size: usize;
  passes: i32;
  /** Of a split one: the lengths; the bytes of a row of the second, whole blocks. */
  first: i32;
  second: i32;
  stride: usize;
  /**
   * The roots, and how far the imaginary parts are behind. Of a split one exp(-2πi·k·l/n): for each k < first those of all lanes l, or
   * those of a block, which are to be multiplied by the coarse ones, exp(-2πi·j·lanes/n).
   */
  roots: usize;
  distance: usize;
  coarse: usize;
}
const HEAD: usize = (offsetof<Plan>() + <usize>(MAX_PASSES * 8) + 63) & ~63;
// @ts-ignore: decorator
@inline
function entryOf(plan: Plan, pass: i32): usize {
  return changetype<usize>(plan) + offsetof<Plan>() + longBytes(pass);
}
export function factorOf(plan: Plan, pass: i32): i32 {
  return load<i32>(entryOf(plan, pass));
}
export function rootsOf(plan: Plan, pass: i32): usize {
  return load<usize>(entryOf(plan, pass), 4);
}

// The factors of the length that is looked at.
const factors: usize = memory.data(MAX_PASSES * 4);
let passes: i32 = 0;
function takeOut(n: i32, factor: i32): i32 {
  for (; n % factor == 0; n /= factor) store<i32>(factors + wordBytes(passes++), factor);
  return n;
}
/** Notes the factors of n; false if one is too large. */
export function isSmooth(n: i32): bool {
  passes = 0;
  n = takeOut(takeOut(n, 4), 2);
  for (let factor = 3; factor <= LARGEST && factor <= n; factor += 2) n = takeOut(n, factor);
  return n == 1;
}
/** The largest divisor of n up to its square root. */
export function divisorOf(n: i32): i32 {
  let best = 1;
  for (let d = 2; <i64>d * d <= n; d++) if (n % d == 0) best = d;
  return best;
}

let plans: usize = 0;
/** Whether a transform uses them. */
let isHeld: bool = false;
export function holdPlans(held: bool): void {
  isHeld = held;
}
/** Gives back all plans that nobody uses. */
export function dropRoots(): void {
  if (!isHeld) dropFrom(0);
}
// Drops those behind the plan `link`; 0: all.
function dropFrom(link: usize): void {
  let at = link ? load<usize>(link) : plans;
  if (link) store<usize>(link, 0);
  else plans = 0;
  while (at) {
    const next = load<usize>(at);
    free(at);
    at = next;
  }
}

/** The plan of its kind; null where there is no memory for it. */
export function planFor(kind: Kind, n: i32, size: usize): Plan | null {
  let count = 0;
  let bytes: usize = 0;
  for (let link: usize = 0, at = plans; at; link = at, at = load<usize>(at)) {
    const plan = changetype<Plan>(at);
    if (plan.kind == kind && plan.n == n && plan.size == size) {
      if (link) {
        store<usize>(link, plan.next);
        plan.next = plans;
        plans = at;
      }
      return plan;
    }
    bytes += plan.bytes;
    if (++count < FEW || bytes < MOST) continue;
    dropFrom(at);
  }
  const made = makePlan(kind, n, size);
  if (made) {
    made.next = plans;
    plans = changetype<usize>(made);
  }
  return made;
}

function makePlan(kind: Kind, n: i32, size: usize): Plan | null {
  const pair = <usize>2 * size;
  const lanes = <i32>(ROW / size);
  let first = 0,
    blocks = 0,
    count: usize = 0,
    coarse = 0;
  if (kind == Kind.Split) {
    first = divisorOf(n);
    blocks = (n / first + lanes - 1) / lanes;
    if (n > SMALL) coarse = first * blocks;
    count = first * lanes * (coarse ? 1 : blocks) + coarse;
  } else if (kind == Kind.Block) {
    isSmooth(n);
    for (let i = 0, m = n; i < passes; i++) {
      const r = load<i32>(factors + wordBytes(i));
      m /= r;
      count += m * (r - 1) + (r & 1 ? r : 0);
    }
  } else count = n + 1;
  // Whole vectors are read of the roots, forwards and backwards.
  const bytes = HEAD + count * pair + 64;
  const at = allocate(bytes);
  if (!at) return null;
  const plan = changetype<Plan>(at);
  plan.bytes = bytes;
  plan.kind = kind;
  plan.n = n;
  plan.size = size;
  plan.passes = passes;
  let roots = at + HEAD;
  if (kind == Kind.Split) {
    plan.first = first;
    plan.second = n / first;
    plan.stride = <usize>blocks * ROW;
    plan.roots = roots;
    plan.distance = coarse ? ROW : plan.stride;
    const width = <i32>(plan.distance / size);
    for (let k = 0; k < first; k++, roots += plan.distance) {
      for (let l = 0; l < width; l++, roots += size) putRoot(roots, plan.distance, <u64>k * l, n, size);
    }
    plan.coarse = coarse ? roots : 0;
    for (let j = 0; j < coarse; j++, roots += pair) putRoot(roots, size, <u64>j * lanes, n, size);
  } else if (kind == Kind.Block) {
    for (let i = 0, length = n; i < passes; i++) {
      const r = load<i32>(factors + wordBytes(i)),
        m = length / r;
      store<i32>(entryOf(plan, i), r);
      store<usize>(entryOf(plan, i), roots, 4);
      if (r & 1) for (let k = 0; k < r; k++, roots += pair) putRoot(roots, size, k, r, size);
      for (let p = 0; p < m; p++)
        for (let j = 1; j < r; j++, roots += pair) putRoot(roots, size, <u64>p * j, length, size);
      length = m;
    }
  } else {
    plan.roots = roots;
    plan.distance = count * size;
    for (let k: u64 = 0; k <= <u64>n; k++, roots += size)
      putRoot(roots, plan.distance, kind == Kind.Chirp ? k * k : k, 2 * <u64>n, size);
  }
  return plan;
}
