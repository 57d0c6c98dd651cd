// `npm run bench -- --profile [workload…]`: where the time of each workload goes, kernel by kernel.
import { resolve } from "node:path";
import { callOf, load, MODES } from "./peers/pushforward.mjs";

/** Calls of a workload are repeated for about so long. */
const BUDGET_MS = 200;
const MAX_REPETITIONS = 1000;

export async function printProfiles(workloads, { lib, threads, quick }) {
  const pf = await load(resolve(lib), threads[0]);
  for (const workload of workloads) {
    for (const mode of MODES) {
      console.log(`\n${workload.name}, ${mode === "afresh" ? "traced afresh" : mode}: ${workload.about}`);
      try {
        pf.tidy(() => {
          const { call, args } = callOf(pf, workload, mode);
          const once = pf.profile({ warmup: 3 }, call, ...args);
          const repetitions = Math.ceil(
            Math.min(MAX_REPETITIONS, (quick ? 1 : BUDGET_MS) / Math.max(once.total, 1e-3)),
          );
          console.log(String(pf.profile({ repetitions, warmup: Math.ceil(repetitions / 4) }, call, ...args)));
          if (mode === "compiled") call.clear();
        });
      } catch (error) {
        console.log(`– ${error.message}`);
      }
    }
  }
}
