// A priority queue of slots: the smallest key first, then the smallest slot. A binary heap of (key low, key high, slot).
import { Vector } from "./vector";
import { wordBytes } from "./words";

const items = Vector.make(memory.data(12));
const WORDS: i32 = 3;

@inline
function key(at: i32): u64 {
  return load<u64>(items.data + wordBytes(at * WORDS));
}
@inline
function slot(at: i32): i32 {
  return <i32>items.at(at * WORDS + 2);
}
@inline
function put(at: i32, k: u64, s: i32): void {
  store<u64>(items.data + wordBytes(at * WORDS), k);
  items.set(at * WORDS + 2, s);
}
@inline
function before(k: u64, s: i32, at: i32): bool {
  const other = key(at);
  return k < other || (k == other && s < slot(at));
}

@inline
export function queueLength(): i32 {
  return items.length / WORDS;
}
export function clearQueue(): void {
  items.clear();
}
/** Empties it, with room for `count` slots. */
export function startQueue(count: i32): void {
  items.clear();
  items.reserve(count * WORDS);
}
export function enqueue(k: u64, s: i32): void {
  let at = queueLength();
  if (!items.resize(items.length + WORDS, 0)) return;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(k, s, parent)) break;
    put(at, key(parent), slot(parent));
    at = parent;
  }
  put(at, k, s);
}
/** Takes the first slot; the queue must not be empty. */
export function dequeue(): i32 {
  const first = slot(0);
  const length = queueLength() - 1;
  const k = key(length),
    s = slot(length);
  items.length = length * WORDS;
  let at = 0;
  while (true) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && before(key(child + 1), slot(child + 1), child)) child++;
    if (before(k, s, child)) break;
    put(at, key(child), slot(child));
    at = child;
  }
  put(at, k, s);
  return first;
}
