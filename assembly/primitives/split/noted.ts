// What a computed condition says beside d = 0, in the `value` of its node: it lets go of what it was made of, and derivatives may be
// asked for later. Of one root it is noted in whole, of others just whether one of them may decide: three bits of the verdict, one for
// the others, and the root's serial.
import { Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { isOlderThanRoot, root } from "./root";

/** What is said about a root: of those up to 3, bit 0 is whether the condition holds, bit 1 whether it differs at d = 0. */
export type Verdict = u64;
/** Other things decide; 1 more: it does not hold where d is small, 2 more: it does. */
export const UNDECIDED_VERDICT: Verdict = 4;
export const TIED_VERDICT: Verdict = 7;
const OTHERS: u64 = 8;

export function note(x: Node, serial: u64, verdict: Verdict, mayOthersDecide: bool): void {
  x.value = <f64>((serial << 4) | (mayOthersDecide ? OTHERS : 0) | verdict);
}
/** Whether anything is noted of x, which has let go of its operands. The value of a pad is what it is filled with. */
@inline
export function isNoted(x: Node): bool {
  return x.value != 0 && x.op != Op.Pad;
}
/** What x says beside the zero of the root that a search is for. */
export function verdictOf(x: Node): Verdict {
  const note = <u64>x.value;
  if (note >> 4 == root) return note & 7;
  return note & OTHERS && !isOlderThanRoot(x) ? TIED_VERDICT : UNDECIDED_VERDICT;
}
/** The root of which x says more than of others. */
@inline
export function notedRoot(x: Node): u64 {
  return (<u64>x.value) >> 4;
}
/** Whether roots may decide x of which nothing more is noted. */
@inline
export function mayOthersDecide(x: Node): bool {
  return ((<u64>x.value) & OTHERS) != 0;
}
