// What the core asks of the host in the middle of a call: to run a user's backward (autograd/custom.ts sets the hooks), to start
// worker threads (core/threads.ts), and the time.
import { now } from "./platform";

export const hooks = {
  /** Runs the backward of a custom function's call; 0, or -1 when it threw (`thrown` holds what). */
  customBackward: (_call: number, _outputs: number, _inputs: number, _exchange: number): number => -1,
  /** Makes the counterpart of a call under vmap, and returns its number. `node` is the call's node. May retain nodes, no more. */
  customBatched: (_call: number, _node: number): number => 0,
  /** The core has freed a call. The core is busy: nothing may be called from here. */
  customFreed: (_call: number): void => {},
  /** Enough work has run that worker threads could have shared; called in the middle of a computation. */
  wantWorkers: (): void => {},
  /** Looks at nodes that are about to be computed; null: nobody does (debug-nans/). */
  beforeEvaluation: null as ((nodes: readonly number[]) => void) | null,
  /** A function is called that is in a part of the core that has not been loaded, by its number; called in the middle of a computation. */
  loadPart: (_part: number): void => {},
  /** Memory has grown by as much as `allowGrowth` allowed; called in the middle of a computation. */
  memoryGrew: (): void => {},
  /** What the user's backward threw. */
  thrown: undefined as unknown,
};

/** What the user's backward threw; it is forgotten here. */
export function takeThrown(): unknown {
  const { thrown } = hooks;
  hooks.thrown = undefined;
  return thrown;
}

/** The imports of the core. */
export const imports = {
  host: {
    customBackward: (call: number, outputs: number, inputs: number, exchange: number): number =>
      hooks.customBackward(call, outputs, inputs, exchange),
    customBatched: (call: number, node: number): number => hooks.customBatched(call, node),
    customFreed: (call: number): void => hooks.customFreed(call),
    /** The clock of profiles, in milliseconds. */
    now,
    wantWorkers: (): void => hooks.wantWorkers(),
    memoryGrew: (): void => hooks.memoryGrew(),
    loadPart: (part: number): void => hooks.loadPart(part),
  },
};
