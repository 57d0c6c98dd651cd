// What a suite in a page gets as "uvu": uvu itself, which notes how each test ends, and runs nothing until `runSuite` is called.
import * as uvu from "uvu";

interface Outcome {
  name: string;
  /** Why it failed: a message with its details and its stack. */
  error?: string;
}
export interface Ended {
  outcomes: Outcome[];
  skipped: number;
  /** What uvu itself prints, where that is something else than tests that failed (a hook that throws). */
  errors: string[];
}

type Run = () => Promise<[errors: true | string, passed: number, skipped: number, total: number]>;
declare global {
  /** Set by the page before anything is loaded: uvu collects what is to run. */
  var UVU_QUEUE: [[title: null, ...runs: Run[]]];
  var runSuite: () => Promise<Ended>;
}

const outcomes: Outcome[] = [];

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { details } = error as { details?: unknown };
  return [error.message, ...(typeof details === "string" ? [details] : []), error.stack].join("\n");
}

export function suite<State = uvu.Context>(title?: string, state?: State): uvu.Test<State> {
  const rows = uvu.suite(title, state);
  const noting =
    (into: (name: string, body: uvu.Callback<State>) => void) =>
    (name: string, body: uvu.Callback<State>): void =>
      into(name, async (context) => {
        const outcome: Outcome = { name: title ? `${title}: ${name}` : name };
        outcomes.push(outcome);
        try {
          await body(context);
        } catch (error) {
          outcome.error = textOf(error);
          throw error;
        }
      });
  return Object.assign(noting(rows), rows, { only: noting(rows.only) }) as uvu.Test<State>;
}
export const test = suite();

globalThis.runSuite = async () => {
  const ended: Ended = { outcomes, skipped: 0, errors: [] };
  const [, ...runs] = globalThis.UVU_QUEUE[0];
  for (const run of runs) {
    const before = outcomes.length;
    const [errors, passed, skipped, total] = await run();
    ended.skipped += skipped;
    const own = outcomes.slice(before);
    const isTold = own.length === total && own.filter(({ error }) => error === undefined).length === passed;
    if (!isTold) ended.errors.push(errors === true ? `${own.length} of ${total} tests ran` : errors);
  }
  if (!runs.length) ended.errors.push("the suite runs nothing");
  return ended;
};
