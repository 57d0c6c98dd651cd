// The op that the user called: its name, for messages, and its scope. Nodes that its implementation makes and does not return end
// with that scope. (The scopes of tidy and of the transforms, which hold Tensors, are in tensor/lifetime.ts.)
import { core } from "./memory";

let op = "";
let depth = 0;
/** The core notes in each node by which op it was made: as a number, since errors may come when it is computed. 0: by none. */
const numbers = new Map([["", 0]]);
let number = 0;
/** The name that has a number. */
export const nameOf = (id: number): string => [...numbers.keys()][id]!;
/** The public name of the function that the user called, for messages. */
export const currentOp = (): string => op;

interface Recorder {
  enter(name: string): void;
  leave(): void;
}
let recorder: Recorder | null = null;
/** Has the ops that the user calls reported to call-sites.ts; null ends it. */
export function onOps(next: Recorder | null): void {
  recorder = next;
}

/** Opens an op's scope; the mark goes to `leaveOp`. Within another op the outer one's name stays. */
export function enterOp(name: string): number {
  if (depth++ === 0) {
    op = name;
    number = numbers.get(name) ?? numbers.set(name, numbers.size).size - 1;
    if (recorder !== null) recorder.enter(name);
  }
  return core.openScope(number);
}
/** Ends an op's scope: nodes that no Tensor and no other node holds are freed. */
export function leaveOp(mark: number): void {
  if (--depth === 0) {
    op = "";
    if (recorder !== null) recorder.leave();
  }
  core.closeScope(mark);
}
/** Runs `body` as (a part of) the function `name` that the user called. */
export function withinOp<T>(name: string, body: () => T): T {
  const mark = enterOp(name);
  try {
    return body();
  } finally {
    leaveOp(mark);
  }
}
/** Runs the user's function: ops in it go by their own names again. */
export function outsideOps<T>(body: () => T): T {
  const outerOp = op;
  const outerNumber = number;
  const outerDepth = depth;
  op = "";
  depth = 0;
  try {
    return body();
  } finally {
    op = outerOp;
    number = outerNumber;
    depth = outerDepth;
  }
}
