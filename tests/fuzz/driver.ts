// Runs suites of random programs under fast-check, which shrinks what fails to the steps that matter.
import fc from "fast-check";
import { type Count, print, type Program, record, type Step } from "./programs";
import { once, suites } from "./suites";

export interface Finding {
  readonly suite: string;
  readonly seed: number;
  readonly message: string;
  readonly program: string;
}

// Only steps are left out: another op or another seed is another program.
const step: fc.Arbitrary<Step> = fc.record({
  op: fc.noShrink(fc.nat(2 ** 20)),
  seed: fc.noShrink(fc.nat(2 ** 31 - 1)),
});

const text = (name: string, steps: readonly Step[]): string => {
  if (suites[name].draw) return "";
  const program: Program = record(steps, suites[name].options);
  return print(program).replace(/\[([-\d.,e]{400})[-\d.,e]*\]/g, "[$1…]");
};

/** Runs `count` programs of a suite from a seed on; the first that fails, made small, or null. */
export async function fuzz(name: string, seed: number, count: number, tally?: Count): Promise<Finding | null> {
  const suite = suites[name];
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: suite.length, size: "max" }),
    fc.noShrink(fc.nat()),
    (steps, own) => once(suite, steps, own, tally),
  );
  const result = await fc.check(property, { seed, numRuns: count, endOnFailure: false });
  if (!result.failed) return null;
  const own = result.counterexample![1];
  let steps = result.counterexample![0];
  const error = result.errorInstance;
  let message = error instanceof Error ? error.message : String(error);
  // What fast-check leaves is made smaller step by step, by what fails in whatever way.
  for (let i = 0; i < steps.length && steps.length > 1;) {
    const fewer = steps.filter((_, k) => k !== i);
    try {
      await once(suite, fewer, own);
      i++;
    } catch (error) {
      [steps, message, i] = [fewer, error instanceof Error ? error.message : String(error), 0];
    }
  }
  let program = "";
  try {
    program = text(name, steps);
  } catch {
    // The steps fail while they are recorded: the message says at which call.
  }
  return { suite: name, seed, message, program };
}
