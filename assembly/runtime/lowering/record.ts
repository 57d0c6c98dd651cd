// The record of a block program: a fused unit as straight-line code over registers that are blocks in the L1 cache.
//
//      program   ┌─────────┬──────────────┬─────────────────────┬───────────────────┬─────────────────────────────┐
//                │ Program │ steps        │ patches             │ repeats           │ blocks of constants,        │
//                │         │ × 12 words   │ (byte, slot) pairs  │ (at, slot) pairs  │ partials                    │
//                └─────────┴──────────────┴─────────────────────┴───────────────────┴─────────────────────────────┘
//      step, 12 words: an instruction
//      ┌────┬───────┬────────┬───────────┬───────────┬───────────┬───────────┬───────────┐
//      │ op │ dtype │ source │ dst       │ a         │ b         │ c         │ which are │  an operand is (address, scale):
//      │    │       │ dtype  │ at, scale │ at, scale │ at, scale │ at, scale │ registers │  scale 0: a block; else an array,
//      └────┴───────┴────────┴───────────┴───────────┴───────────┴───────────┴───────────┘  scale bytes an element
//      a worker's space: ┌────────┬────────┬───────┬───────────┐
//                        │ panels │ states │ steps │ registers │
//                        └────────┴────────┴───────┴───────────┘
//
// A program is made once and run on other arrays with its patches. The iteration is cut into parts
// by its size alone, and a row that is longer than a part is combined from the parts' partial results, so a result is the same
// whoever runs them. The main thread runs the program as it is, with registers in the one arena; a worker a copy of it, moved to
// registers of its own. A LOAD's first operand is its panel (kernels/copy/panel.ts), or 0, and the bytes of that; a SINK's last
// one is its number.
import { STATE_BYTES } from "../../kernels/reduce/running";
import { longBytes } from "../../memory/words";

/** A patch with this bit takes the node itself, not the address of its values. */
export const WHOLE_NODE: u32 = 1 << 31;
/** Kernels read up to 128 bytes past a block. */
export const SLACK: usize = 256;
/** Before the buffer of a panel. */
export const PANEL_HEAD: usize = 64;
/** A thread's states: room for one partial result, then the state of each sink. */
export const FIRST_STATE: usize = 16;

@inline
function address(at: usize, scale: u32, start: i32): usize {
  return at + <usize>start * scale;
}
/** One instruction. */
@unmanaged
export class Step {
  op: i32;
  dtype: i32;
  source: i32;
  dst: usize;
  dstScale: u32;
  a: usize;
  aScale: u32;
  b: usize;
  bScale: u32;
  c: usize;
  cScale: u32;
  /** Bit k: place k is a register. */
  registers: u32;

  /** Where place k stands: dst, then a, b and c. */
  @inline place(k: i32): usize {
    return changetype<usize>(this) + offsetof<Step>("dst") + longBytes(k);
  }
  /** Where element `start` is. */
  @inline dstAt(start: i32): usize {
    return address(this.dst, this.dstScale, start);
  }
  @inline aAt(start: i32): usize {
    return address(this.a, this.aScale, start);
  }
  @inline bAt(start: i32): usize {
    return address(this.b, this.bScale, start);
  }
  @inline cAt(start: i32): usize {
    return address(this.c, this.cScale, start);
  }
}
/** Of a step: its places. */
export const PLACES: i32 = 4;
/** (byte, slot) of a patch, (at, slot) of a repeat. */
@unmanaged
export class Pair {
  at: u32;
  slot: u32;
}

@unmanaged
export class Program {
  bytes: u32;
  instructions: i32;
  patches: i32;
  repeats: i32;
  numel: i32;
  block: i32;
  /** Elements to a row of the sinks; 0: there are none. */
  row: i32;
  /** Elements to a part: whole rows, or a stretch of one. */
  part: i32;
  parts: i32;
  /** Parts to a row that is longer than one. */
  rowParts: i32;
  sinks: i32;
  /** By sink: room for a v128 of each part, where rows are longer than parts. */
  partials: usize;
  /** Where the main thread's registers are. */
  arena: usize;
  /** What a thread needs in its workspace: panels of transposed operands, and all of it for a worker. */
  panelBytes: u32;
  spaceBytes: u32;
  /** Grows with every binding: no two have the same. */
  binding: u32;

  @inline get code(): usize {
    return changetype<usize>(this) + offsetof<Program>();
  }
  @inline get codeBytes(): usize {
    return <usize>this.instructions * offsetof<Step>();
  }
  @inline get patchList(): usize {
    return this.code + this.codeBytes;
  }
  @inline get repeatList(): usize {
    return this.patchList + <usize>this.patches * offsetof<Pair>();
  }
  @inline get repeatsEnd(): usize {
    return this.repeatList + <usize>this.repeats * offsetof<Pair>();
  }
  /** What the states of a thread take. */
  @inline get stateBytes(): usize {
    return align(FIRST_STATE + STATE_BYTES * this.sinks);
  }
}

@inline
export function align(at: usize): usize {
  return (at + 63) & -64;
}
