// What counts as memory in use: live buffers, graph nodes, arenas. How much it is, the most it has been, and how far it has grown
// from its lowest: the host is told of growth, since only it can have garbage collected.

// @ts-ignore: decorator
@external("host", "memoryGrew")
declare function memoryGrew(): void;

export let liveBytes: f64 = 0;
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
/** By how much memory has grown since it was lowest, or since `restartGrowth`. */
export function grownBytes(): f64 {
  return max(liveBytes - lowest, 0);
}
export function restartGrowth(): void {
  lowest = liveBytes;
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
  if (liveBytes < lowest) lowest = liveBytes;
  if (liveBytes - lowest > allowed) tellHost();
}
function tellHost(): void {
  allowed = Infinity;
  memoryGrew();
}
