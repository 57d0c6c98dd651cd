// What counts as memory in use: live buffers, graph nodes, arenas. How much it is, the most it has been, and how far it has grown
// from its lowest: the host is told of growth, since only it can have garbage collected.

// @ts-ignore: decorator
@external("host", "memoryGrew")
declare function memoryGrew(): void;

export let liveBytes: f64 = 0;
// Bytes that the values of pending nodes with handles will take. They take none yet, but a handle that is garbage makes its node be
// computed and stored like any other until it is collected: so they count as growth.
let promised: f64 = 0;
// The most there has been when something was freed; what has been added since may be more.
let peak: f64 = 0;
let lowest: f64 = 0;
/** Growth that may be worth a collection: so much, or an eighth of the limit. The host is told, at first, at a quarter of it. */
const WORTH: f64 = 268435456.0;
let allowed: f64 = WORTH / 4;
/** Memory in use from which on pending work is looked through for what holds much and comes to little. */
let crowded: f64 = WORTH;

/** The most there has been at any time. */
export function peakLiveBytes(): f64 {
  return max(peak, liveBytes);
}
/** Memory in use, and what the results that the host holds will take when they are computed. */
@inline
export function claimedBytes(): f64 {
  return liveBytes + promised;
}
/** By how much this has grown since it was lowest, or since `restartGrowth`. */
export function grownBytes(): f64 {
  return max(claimedBytes() - lowest, 0);
}
export function restartGrowth(): void {
  lowest = claimedBytes();
}
/** The host is told, once, when memory has grown by more than `bytes`. */
export function allowGrowth(bytes: f64): void {
  allowed = bytes;
}
/** There is a new limit. */
export function noteLimit(limit: f64): void {
  allowed = min(WORTH, limit / 8) / 4;
  noteFlush(limit);
}
/** Pending work has been looked through: again when memory has grown by an eighth of the limit, or half of what is left. */
export function noteFlush(limit: f64): void {
  crowded = liveBytes + max(limit / 64, min(min(WORTH, limit / 8), (limit - liveBytes) / 2));
}
@inline
export function isCrowded(): bool {
  return liveBytes > crowded;
}

@inline
export function addLive(bytes: f64): void {
  liveBytes += bytes;
}
@inline
export function removeLive(bytes: f64): void {
  if (liveBytes > peak) peak = liveBytes;
  liveBytes -= bytes;
}
/** To be called now and then while memory is added, before what is added counts. */
@inline
export function noteGrowth(): void {
  const claimed = claimedBytes();
  if (claimed < lowest) lowest = claimed;
  if (claimed - lowest > allowed) tellHost();
}
/** The host holds a pending node of so many bytes. */
@inline
export function promise(bytes: f64): void {
  promised += bytes;
  noteGrowth();
}
/** It is computed, or has no handle any more. */
@inline
export function unpromise(bytes: f64): void {
  promised -= bytes;
}
function tellHost(): void {
  allowed = Infinity;
  memoryGrew();
}
