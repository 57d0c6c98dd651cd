// How a call fails: it returns a negative code, and what it found (shapes, dims) lies in the facts region. The first
// failure of a call counts.
//
//      ┌───────┬────┬──────────┬────┬──────────┬─ …      total: words in use, itself included
//      │ total │ n0 │ n0 words │ n1 │ n1 words │         then counted lists
//      └───────┴────┴──────────┴────┴──────────┴─ …
const FACT_WORDS: i32 = 1024;
export const facts: usize = memory.data(1024 * 4);
let accepting: bool = false;
/** The failure of the current call, or Failure.None. */
export let failure: i32 = 0;
/** The origin of the node whose evaluation is the last failure; 0 where it was something else. */
export let failedOrigin: u64 = 0;
/** The host's number of the name of the op that has made it. */
export let failedName: i32 = 0;

export function clearFailure(): void {
  failure = 0;
}
/** Notes a failure; its facts follow by addFact and addFacts. */
export function fail(code: i32): void {
  accepting = !failure;
  if (failure) return;
  failure = code;
  failedOrigin = 0;
  failedName = 0;
  store<i32>(facts, 1);
}
/** It was the evaluation of a node that has failed. */
export function noteFailed(origin: u64, name: i32): void {
  failedOrigin = origin;
  failedName = name;
}
/** `count` words at `from`. */
export function addFacts(from: usize, count: i32): void {
  const total = load<i32>(facts);
  if (!accepting || total + count + 1 > FACT_WORDS) return;
  const list = facts + ((<usize>total) << 2);
  store<i32>(list, count);
  memory.copy(list + 4, from, (<usize>count) << 2);
  store<i32>(facts, total + count + 1);
}
export function addFact(value: i32): void {
  const total = load<i32>(facts);
  if (!accepting || total + 2 > FACT_WORDS) return;
  const list = facts + ((<usize>total) << 2);
  store<i32>(list, 1);
  store<i32>(list, value, 4);
  store<i32>(facts, total + 2);
}
