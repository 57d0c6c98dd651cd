// What is under way, so that the next call of the host finds it if an exception has left the core in the middle of it: the stack has
// overflowed, a timeout of node:vm has ended the program, or a part of the core could not be loaded. The core itself throws nothing, and
// sees nothing of what passes through it.

export const enum UnderWay {
  Nothing,
  /** An evaluation, or the planning of a compiled function (evaluate.ts). */
  Evaluation,
  /** A call of a compiled function (compiled.ts). */
  Call,
}
export let underWay: UnderWay = UnderWay.Nothing;
export function setUnderWay(what: UnderWay): void {
  underWay = what;
}
