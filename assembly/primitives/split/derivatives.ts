// The derivatives of square roots, by what split.ts makes of their cotangents.
import { Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { add, binary, div, scale, where, zerosLike } from "../elementwise/emit";
import { fullLike } from "../source";
import { rest, splitBy } from "../split";
import { decided, UNDECIDED } from "./beside";
import { freed, isGuarded, joined } from "./freed";
import { isLeaf, isZero } from "./root";

/** The derivative of d = √x: c·d + rest ↦ c/2 + rest/(2d). */
export function byRoot(d: Node, g: Node): Node {
  const x = d.input(0);
  const c = splitBy(g, d);
  if (rest == g) return div(g, scale(d, 2));
  const smooth = where(binary(Op.Ge, x, zerosLike(x)), scale(c, 0.5), fullLike(x, NaN));
  return isZero(rest) ? smooth : add(smooth, div(rest, scale(d, 2)));
}

/**
 * That of d = √s in norms: c·d + rest ↦ c/2 + rest/(2d), where the rest's is 0 at 0, as that of norms, and of second order NaN there,
 * where it has none.
 */
export function byNorm(d: Node, g: Node): Node {
  const half = scale(splitBy(g, d), 0.5);
  return rest != g && isZero(rest) ? half : joined(Op.Add, half, slope(rest, d.input(0), 0));
}
/**
 * r/(2√s), 0 where s is 0. What a selection masks in r has no part in any derivative, it sees a root of 1: beyond a Huber loss's
 * threshold, say, which 0 is not. A mask of d's own hides that there is no second derivative, a rectifier's for one, unless the
 * argument is guarded as well: then it is masked by intention.
 */
function slope(r: Node, s: Node, depth: i32): Node {
  if (depth >= PIECES) return binary(Op.RootSlope, r, s);
  if (r.op == Op.Add && r.inputCount != 0 && (selectionIn(r.input(0), 0, true) || selectionIn(r.input(1), 0, true)))
    return add(slope(r.input(0), s, depth + 1), slope(r.input(1), s, depth + 1));
  const open = freed(r, null);
  if (open != r && !isGuarded(r, 0)) return isZero(open) ? zerosLike(s) : slope(open, s, depth + 1);
  return selectedSlope(r, s, r, depth, open != r);
}
// By the selections in `part`, of which r is a multiple.
function selectedSlope(r: Node, s: Node, part: Node, depth: i32, guarded: bool): Node {
  const x = depth < PIECES ? selectionIn(part, 0, guarded) : null;
  if (!x) return binary(Op.RootSlope, r, s);
  const one = fullLike(s, 1),
    condition = x.input(0);
  return where(
    condition,
    branchSlope(r, where(condition, s, one), x, 1, depth + 1, guarded),
    branchSlope(r, where(condition, one, s), x, 2, depth + 1, guarded),
  );
}
function branchSlope(r: Node, s: Node, x: Node, branch: i32, depth: i32, guarded: bool): Node {
  const y = x.input(branch);
  return isZero(y) ? zerosLike(s) : x == r ? slope(y, s, depth) : selectedSlope(r, s, y, depth, guarded);
}
/** How many sums and selections inside each other a rest is taken apart by. */
const PIECES: i32 = 4;
/** The selection that x is a multiple of. One that d decides counts beside a guard alone: others have been freed, or are too deep. */
function selectionIn(x: Node, depth: i32, guarded: bool): Node | null {
  if (depth > PIECES || isLeaf(x, 0)) return null;
  switch (<Op>x.op) {
    case Op.Where: {
      const holds = decided(x.input(0), null, 0);
      return holds == UNDECIDED || (holds >= 0 && guarded) ? x : null;
    }
    case Op.Neg:
    case Op.Div:
      return selectionIn(x.input(0), depth + 1, guarded);
    case Op.Mul: {
      const first = selectionIn(x.input(0), depth + 1, guarded);
      return first ? first : selectionIn(x.input(1), depth + 1, guarded);
    }
  }
  return null;
}
