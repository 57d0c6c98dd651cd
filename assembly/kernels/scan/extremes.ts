// The largest, or the smallest, so far, and where it stands. Of equal ones the last counts; a NaN is beyond all, and stays.
import { storeFirst } from "../vectors";
import { PARTIAL_ROWS } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { wordBytes } from "../../memory/words";

/** The lanes of x that take the place of what is there; of floats, that are NaN too. */
// @ts-ignore: decorator
@inline
function takes<T>(x: v128, best: v128, isSmallest: bool): v128 {
  const beats = isSmallest ? v128.le<T>(x, best) : v128.ge<T>(x, best);
  return isFloat<T>() ? v128.or(beats, v128.ne<T>(x, x)) : beats;
}
/** The lanes of x that leave what is there as it is, if that is no NaN; where it is one, none. */
// @ts-ignore: decorator
@inline
function falls<T>(x: v128, best: v128, isSmallest: bool): v128 {
  return isSmallest ? v128.gt<T>(x, best) : v128.lt<T>(x, best);
}

/** A mask of T's lanes for int32 positions, which stand in the first of four where T is wide. */
// @ts-ignore: decorator
@inline
function forPositions<T>(mask: v128): v128 {
  return sizeof<T>() == 8 ? v128.shuffle<i32>(mask, mask, 0, 2, 0, 2) : mask;
}
// @ts-ignore: decorator
@inline
function storePositions<T>(to: usize, at: v128): void {
  if (sizeof<T>() == 8) v128.store64_lane(to, at, 0);
  else v128.store(to, at);
}
/** A row, of which whole vectors seldom hold a new one. */
export function extremesOfRow<T>(dst: usize, positions: usize, src: usize, n: i32, isSmallest: bool): void {
  const lanes = <i32>(16 / sizeof<T>()),
    step = i32x4.splat(lanes);
  let best = v128.splat<T>(load<T>(src)),
    bestAt = i32x4.splat(0),
    here = i32x4(0, 1, 2, 3);
  while (n > 0) {
    // Two vectors at a time, as long as all is beyond neither the best nor NaN.
    if (n >= 2 * lanes) {
      const fall = v128.and(falls<T>(v128.load(src), best, isSmallest), falls<T>(v128.load(src, 16), best, isSmallest));
      if (i32x4.all_true(fall)) {
        v128.store(dst, best);
        v128.store(dst, best, 16);
        v128.store(positions, bestAt);
        if (sizeof<T>() == 4) v128.store(positions, bestAt, 16);
        here = i32x4.add(here, i32x4.add(step, step));
        n -= 2 * lanes;
        src += 32;
        dst += 32;
        positions += wordBytes(2 * lanes);
        continue;
      }
    }
    let x = v128.load(src);
    let at = bestAt;
    let taken = takes<T>(x, best, isSmallest);
    if (v128.any_true(taken)) {
      // Each lane with the one before it, with the two before these, and with what there was before the vector.
      const before = sizeof<T>() == 4 ? v128.shuffle<i32>(x, x, 0, 0, 1, 2) : v128.shuffle<i64>(x, x, 0, 0);
      taken = takes<T>(x, before, isSmallest);
      x = v128.bitselect(x, before, taken);
      at = v128.bitselect(here, v128.shuffle<i32>(here, here, 0, 0, 1, 2), forPositions<T>(taken));
      if (sizeof<T>() == 4) {
        const pair = v128.shuffle<i32>(x, x, 0, 1, 0, 1);
        taken = takes<T>(x, pair, isSmallest);
        x = v128.bitselect(x, pair, taken);
        at = v128.bitselect(at, v128.shuffle<i32>(at, at, 0, 1, 0, 1), taken);
      }
      taken = takes<T>(x, best, isSmallest);
      x = v128.bitselect(x, best, taken);
      at = v128.bitselect(at, bestAt, forPositions<T>(taken));
      best = sizeof<T>() == 4 ? v128.shuffle<i32>(x, x, 3, 3, 3, 3) : v128.shuffle<i64>(x, x, 1, 1);
      bestAt = sizeof<T>() == 4 ? v128.shuffle<i32>(at, at, 3, 3, 3, 3) : v128.shuffle<i32>(at, at, 1, 1, 1, 1);
    } else x = best;
    if (n >= lanes) {
      v128.store(dst, x);
      storePositions<T>(positions, at);
    } else {
      storeFirst<T>(dst, x, n);
      storeFirst<i32>(positions, at, n);
    }
    here = i32x4.add(here, step);
    n -= lanes;
    src += 16;
    dst += 16;
    positions += wordBytes(lanes);
  }
}

// In scratch: what columns have come to, and where.
const BEST: usize = PARTIAL_ROWS;
const BEST_AT: usize = BEST + 4096 * 8;

/** Up to 4096 columns of n rows, `row` elements apart. */
export function extremesOfColumns<T>(
  dst: usize,
  positions: usize,
  src: usize,
  row: i32,
  n: i32,
  columns: i32,
  isSmallest: bool,
): void {
  const lanes = <i32>(16 / sizeof<T>());
  const best = kernelScratch + BEST,
    bestAt = kernelScratch + BEST_AT;
  for (let c = 0; c < columns; c += lanes) {
    v128.store(best + <usize>c * sizeof<T>(), v128.load(src + <usize>c * sizeof<T>()));
  }
  for (let i = 0; i < n; i++) {
    const here = i32x4.splat(i);
    for (let c = 0; c < columns; c += lanes) {
      const at = <usize>c * sizeof<T>(),
        word = wordBytes(c);
      const x = v128.load(src + at),
        before = v128.load(best + at);
      const taken = takes<T>(x, before, isSmallest);
      const value = v128.bitselect(x, before, taken);
      v128.store(best + at, value);
      const places = v128.bitselect(here, v128.load(bestAt + word), forPositions<T>(taken));
      storePositions<T>(bestAt + word, places);
      const left = columns - c;
      if (left >= lanes) {
        v128.store(dst + at, value);
        storePositions<T>(positions + word, places);
      } else {
        storeFirst<T>(dst + at, value, left);
        storeFirst<i32>(positions + word, places, left);
      }
    }
    src += <usize>row * sizeof<T>();
    dst += <usize>row * sizeof<T>();
    positions += wordBytes(row);
  }
}
