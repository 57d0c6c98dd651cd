// What a thread needs to run a program: instructions whose registers are its own, states for the sinks, panels. Globals belong to
// the thread's instance of the module.
import { Panel } from "../../kernels/copy/panel";
import { STATE_BYTES } from "../../kernels/reduce/running";
import { LOAD } from "../instructions";
import { isMainThread, workspace } from "../parallel";
import { A, DST, FIRST_STATE, MASK, PANEL_HEAD, Program, WORDS, align } from "./record";

// The main thread's states: those of the most sinks that a unit can have.
const mainStates: usize = memory.data(16 + 96 * 528, 16);

// What this thread has of the program that it entered last.
let entered: u32 = 0;
let code: usize = 0;
/** Where this thread's states are, once it has entered a program. */
export let states: usize = 0;

/** Gives this thread what it needs to run the program as it is bound now; returns where its instructions are. */
export function enter(program: Program): usize {
  if (entered == program.binding) return code;
  entered = program.binding;
  const panels = workspace() + program.spaceOffset;
  if (isMainThread()) {
    states = mainStates;
    code = program.code;
  } else {
    states = panels + program.panelBytes;
    code = states + align(FIRST_STATE + STATE_BYTES * program.sinks);
    const bytes = (<usize>(program.instructions * WORDS)) << 2;
    memory.copy(code, program.code, bytes);
    moveRegisters(program, code + align(bytes) - program.arena);
    for (let i = 0; i < program.sinks; i++) store<i32>(states + FIRST_STATE + STATE_BYTES * i, 0);
  }
  if (program.panelBytes) placePanels(program, panels);
  return code;
}
function moveRegisters(program: Program, distance: usize): void {
  for (let i = 0, at = code; i < program.instructions; i++, at += (<usize>WORDS) << 2) {
    const mask = load<i32>(at, MASK << 2);
    for (let place = DST; place < MASK; place += 2) {
      const operand = at + ((<usize>place) << 2);
      if (mask & (1 << place)) store<usize>(operand, load<usize>(operand) + distance);
    }
  }
}
// Each LOAD that has one gets its panel, empty: the second word of its first operand tells the bytes.
function placePanels(program: Program, panels: usize): void {
  for (let i = 0, at = code; i < program.instructions; i++, at += (<usize>WORDS) << 2) {
    const bytes = load<i32>(at, (A + 1) << 2);
    if (load<i32>(at) != LOAD || !bytes) continue;
    const panel = changetype<Panel>(panels);
    panel.start = 0;
    panel.end = 0;
    panel.buffer = panels + PANEL_HEAD;
    store<usize>(at, panels, A << 2);
    panels += PANEL_HEAD + align(bytes);
  }
}
