// Running out of memory at a chosen moment.
import * as assert from "uvu/assert";
import { Fault } from "../../assembly/abi/failures";
import { checkAddress } from "../../host/core/failure";
import { core, readWords } from "../../host/core/memory";
import * as pf from "../../host/index";
import { nodeOf } from "../../host/tensor/tensor";

/** The error of body, or null when it got through; `restore` undoes what was done for it. */
function errorOf(body: () => void, restore: () => void): unknown {
  try {
    body();
    return null;
  } catch (error) {
    return error;
  } finally {
    restore();
  }
}
/**
 * Runs body while `room` bytes at most can be had: the memory that the library holds may not grow, and what is free of it is
 * taken away. Returns the error, or null when body got through.
 */
export function within(room: number, body: () => void): unknown {
  const reserve = pf.tensor(new Uint8Array(room));
  const taken: pf.Tensor[] = [];
  try {
    pf.configure({ maxMemoryBytes: pf.backend.reservedBytes });
    for (let size = 2 ** 24; size >= 64; size /= 2) {
      const zeros = new Int32Array(size / 4);
      try {
        for (;;) taken.push(pf.tensor(zeros));
      } catch (error) {
        assert.instance(error, pf.OutOfMemoryError);
      }
    }
  } finally {
    reserve.dispose();
  }
  return errorOf(body, () => {
    pf.configure({ maxMemoryBytes: 2 ** 32 });
    taken.forEach((tensor) => tensor.dispose());
  });
}

/**
 * Runs body while what `fault` says happens at its request for memory after `count` others. Returns the error, or null when body got
 * through. Each record of the graph is a request unless `each` is false.
 */
export function interfering(fault: Fault, count: number, body: () => void, each = true): unknown {
  core.interfere(fault, count, Number(each));
  return errorOf(body, () => core.interfere(Fault.None, 0, 0));
}
/** Gives up all that can be made again: plans are made anew. */
export const forget = (): void => {
  interfering(Fault.Reclaim, 0, () => pf.tensor(0).dispose());
};

/** The bytes of all blocks in use, found by their headers (drawn in assembly/memory/heap.ts), which have to fit together. */
export function heapBytes(): number {
  const HEADER = 16;
  const probe = pf.tensor([1]);
  // A buffer has 64 bytes before its elements.
  let at = checkAddress(core.read(nodeOf(probe))) - 64 - HEADER;
  core.endRead();
  probe.dispose();
  const header = (): number[] => readWords(at, 2).map((word) => word >>> 0);
  for (let previous = header()[1]; previous; previous = header()[1]) at = previous;
  let used = 0;
  for (let before = 0; ;) {
    const [size, previous] = header() as [number, number];
    assert.is(previous, before, `the block at ${at} has been written over`);
    if (size <= 1) return used;
    if (!(size & 1)) used += size;
    before = at;
    at += size & ~1;
  }
}

/** What is kept for later, such as room in lists, is there after a sweep: another one, or a few, takes no more of the heap. */
export function takesNoMore(sweep: () => void, fail: (message: string) => void): void {
  sweep();
  const held = (): number => (forget(), heapBytes());
  for (let left = 3, before = held(); ; left--) {
    sweep();
    const more = held() - before;
    if (more <= 0) return;
    if (!left) return fail(`${more} bytes of the heap stay every time`);
    before += more;
  }
}
