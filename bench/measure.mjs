// Time of a call: the median over batches, each long enough for the clock, after the engine had a chance to optimize.

/** A batch lasts this long at least. */
const BATCH_MS = 0.5;
const MIN_BATCHES = 7;
/** Warming up takes this part of the budget. */
const WARMUP = 1 / 4;
/** Workloads so slow that MIN_BATCHES would take more than so many budgets get fewer. */
const PATIENCE = 10;

/** A batch of a synchronous call. */
export const batchOf = (call) => (count) => {
  const start = performance.now();
  for (let i = 0; i < count; i++) call();
  return performance.now() - start;
};
/** A batch of a call that returns a promise. */
export const asyncBatchOf = (call) => async (count) => {
  const start = performance.now();
  for (let i = 0; i < count; i++) await call();
  return performance.now() - start;
};

/**
 * { ms, min, calls }: median and least milliseconds of a call, and how many calls were timed. `batch(count)` makes so many
 * and gives the time they took; `budget` is how long to go on, in ms.
 */
export async function measure(batch, budget) {
  let spent = 0;
  let count = 0;
  while (count < 2 || spent < budget * WARMUP) {
    const next = Math.max(1, Math.min(count, 1000));
    spent += await batch(next);
    count += next;
  }
  const length = Math.max(1, Math.ceil((BATCH_MS * count) / spent));
  const times = [];
  for (let total = 0; total < budget || times.length < MIN_BATCHES;) {
    const elapsed = await batch(length);
    times.push(elapsed / length);
    total += elapsed;
    if (total > PATIENCE * budget) break;
  }
  times.sort((a, b) => a - b);
  return { ms: times[times.length >> 1], min: times[0], calls: times.length * length };
}
