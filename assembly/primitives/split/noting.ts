// Conditions that are computed note what they say beside the zeros of the norms that they were made of (noted.ts).
import { DType, Op } from "../../abi/opcodes";
import { Node, ROOTED } from "../../graph/node";
import { decided, verdict } from "./beside";
import { isNoted, mayOthersDecide, note, notedRoot, UNDECIDED_VERDICT } from "./noted";
import { NODES, setRoot } from "./root";

/** How many roots are looked at below a condition: where there are more nothing is noted. */
const ROOTS: i32 = 4;
const found: usize = memory.data(ROOTS << 3);
let count: i32 = 0,
  left: i32 = 0,
  mayOthers: bool = false;
function add(serial: u64): bool {
  for (let k = 0; k < count; k++) if (rootAt(k) == serial) return true;
  if (count == ROOTS) return false;
  store<u64>(found + ((<usize>count) << 3), serial);
  count++;
  return true;
}
@inline
function rootAt(k: i32): u64 {
  return load<u64>(found + ((<usize>k) << 3));
}
/** Finds the roots that x was made of, those in the formulas of roots too; false if there may be more of them. */
function findRoots(x: Node): bool {
  if (!(x.flags & ROOTED)) return true;
  if (--left < 0) return false;
  if (!x.inputCount) {
    if (!isNoted(x)) return false;
    mayOthers = mayOthers || mayOthersDecide(x);
    return add(notedRoot(x));
  }
  if ((x.op == Op.Sqrt || x.op == Op.Root) && !add(x.serial)) return false;
  for (let k = 0; k < <i32>x.inputCount; k++) if (!findRoots(x.input(k))) return false;
  return true;
}
/** Notes what x says beside 0, if it is a condition that was made of roots, or one as numbers; it is computed and has its operands. */
export function noteCondition(x: Node): void {
  if (!(x.flags & ROOTED)) return;
  let condition = x;
  while (condition.dtype != DType.Bool && condition.op == Op.Cast && condition.inputCount)
    condition = condition.input(0);
  if (condition.dtype != DType.Bool && condition.op != Op.Cast) return;
  count = 0;
  left = NODES;
  mayOthers = false;
  if (!findRoots(condition)) return;
  let noted = UNDECIDED_VERDICT,
    serial: u64 = 0;
  for (let k = 0; k < count; k++) {
    setRoot(rootAt(k));
    const said = verdict(decided(condition, null, 0));
    if (said == UNDECIDED_VERDICT) continue;
    mayOthers = mayOthers || noted != UNDECIDED_VERDICT;
    noted = said;
    serial = rootAt(k);
  }
  note(x, serial, noted, mayOthers);
}
