// What the lowering has made of the units of the plan at hand. It is kept beside the plan, which knows nothing of addresses.
import { free } from "../../memory/heap";
import { Vector } from "../../memory/vector";
import { pointer, setPointer } from "../../memory/words";

/** By unit: its block program once it has been made, or 0. */
export const lowered = Vector.make(memory.data(12));
/** Whether programs outlive the run: the plan is kept. */
export let keepsLowered: bool = false;
/** Bytes of the programs that were made and kept since `takeKeptBytes`. */
let keptBytes: u32 = 0;

/** A plan of `units` units is run that nobody keeps. */
export function startLowering(units: i32): bool {
  lowered.length = 0;
  return lowered.start(units, 0);
}
/** One that is kept: its programs are, too, at `places`. */
export function showLowered(places: usize, units: i32): void {
  lowered.borrow(places, units);
  keepsLowered = true;
}
export function clearLowered(): void {
  lowered.clear();
  keepsLowered = false;
}
export function noteKept(bytes: u32): void {
  keptBytes += bytes;
}
export function takeKeptBytes(): u32 {
  const bytes = keptBytes;
  keptBytes = 0;
  return bytes;
}
/** Frees the programs at `places`, so that they are made anew when their units run next. */
export function freeLowered(places: usize, units: i32): void {
  for (let unit = 0; unit < units; unit++) {
    const program = pointer(places, unit);
    if (program) free(program);
    setPointer(places, unit, 0);
  }
}
