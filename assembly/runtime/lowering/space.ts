// What a thread needs to run a program: instructions whose registers are its own, states for the sinks, panels. Globals belong to
// the thread's instance of the module.
import { Panel } from "../../kernels/copy/panel";
import { STATE_BYTES } from "../../kernels/reduce/running";
import { LOAD } from "./instruction";
import { isMainThread } from "../../threads/pool";
import { FIRST_STATE, PANEL_HEAD, PLACES, Program, Step, align } from "./record";

// The main thread's states: those of the most sinks that a unit can have.
const mainStates: usize = memory.data(16 + 96 * 528, 16);

// What this thread has of the program that it entered last.
let entered: u32 = 0;
let code: usize = 0;
/** Where this thread's states are, once it has entered a program. */
export let states: usize = 0;

/** Gives this thread what it needs to run the program as it is bound now, in `space`; returns where its instructions are. */
export function enter(program: Program, space: usize): usize {
  if (entered == program.binding) return code;
  entered = program.binding;
  if (isMainThread()) {
    states = mainStates;
    code = program.code;
  } else {
    states = space + program.panelBytes;
    code = states + program.stateBytes;
    memory.copy(code, program.code, program.codeBytes);
    moveRegisters(program, code + align(program.codeBytes) - program.arena);
    for (let i = 0; i < program.sinks; i++) store<i32>(states + FIRST_STATE + STATE_BYTES * i, 0);
  }
  if (program.panelBytes) placePanels(program, space);
  return code;
}
function moveRegisters(program: Program, distance: usize): void {
  for (let at = code, end = code + program.codeBytes; at < end; at += offsetof<Step>()) {
    const step = changetype<Step>(at);
    for (let k = 0; k < PLACES; k++) {
      const place = step.place(k);
      if (step.registers & (1 << k)) store<usize>(place, load<usize>(place) + distance);
    }
  }
}
// Each LOAD that has one gets its panel, empty.
function placePanels(program: Program, panels: usize): void {
  for (let at = code, end = code + program.codeBytes; at < end; at += offsetof<Step>()) {
    const step = changetype<Step>(at);
    if (step.op != LOAD || !step.aScale) continue;
    const panel = changetype<Panel>(panels);
    panel.start = 0;
    panel.end = 0;
    panel.buffer = panels + PANEL_HEAD;
    step.a = panels;
    panels += PANEL_HEAD + align(step.aScale);
  }
}
