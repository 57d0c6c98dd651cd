// The side of a peer that is written in JavaScript: a process of its own, which takes a job from its standard input and writes a
// line of JSON for each thing it has to say.
//
//   job     { tasks: [{ workload, mode }], threads, budget, ... }
//   lines   { versions: { ... } }, then per task { start: name, mode } and
//           { name, mode, ms, min, calls, first, checksum } or { name, mode, error }
import { checksumOf } from "../checksum.mjs";
import { measure } from "../measure.mjs";

export async function readJob() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/**
 * Does the tasks of a job. `prepare(workload, mode)` makes the inputs and gives { read, batch }: `read()` makes a call and gives the
 * derivatives' elements as arrays; `batch(count)` makes calls and gives their time (measure.mjs).
 */
export async function serve(job, versions, prepare) {
  say({ versions });
  for (const { workload, mode } of job.tasks) {
    const { name } = workload;
    say({ start: name, mode });
    try {
      const { read, batch } = await prepare(workload, mode);
      const before = performance.now();
      const arrays = await read();
      const first = performance.now() - before;
      const checksum = checksumOf(arrays);
      say({ name, mode, first, checksum, ...(await measure(batch, job.budget)) });
    } catch (error) {
      say({ name, mode, error: String(error?.message ?? error) });
    }
  }
}
