// The derivatives of square roots, by what split.ts makes of their cotangents.
import { Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { add, binary, div, scale, where, zerosLike } from "../elementwise/emit";
import { fullLike } from "../source";
import { rest, splitBy } from "../split";
import { isTied, selectsBy, withoutOwnMask } from "./beside";
import { isZero } from "./root";

/** The derivative of d = √x: c·d + rest ↦ c/2 + rest/(2d). */
export function byRoot(d: Node, g: Node): Node {
  const x = d.input(0);
  const c = splitBy(g, d);
  if (!c) return div(g, scale(d, 2));
  const smooth = where(binary(Op.Ge, x, zerosLike(x)), scale(c, 0.5), fullLike(x, NaN));
  return rest ? add(smooth, div(rest!, scale(d, 2))) : smooth;
}

/**
 * That of d = √s in norms: c·d + rest ↦ c/2 + rest/(2d), where the rest's is 0 at 0, as that of norms, and of second order NaN there,
 * where it has none.
 */
export function byNorm(d: Node, g: Node): Node {
  const s = d.input(0);
  // What is masked has no part in any derivative: it sees a root of 1.
  if (isMask(g) && !selectsBy(g, d))
    return selected(g, halves(selected(g, s, fullLike(s, 1)), d, liveBranch(g)), zerosLike(s));
  return halves(s, d, g);
}
// g = c·d + rest ↦ c/2 + rest/(2√s), the latter 0 where s is 0
function halves(s: Node, d: Node, g: Node): Node {
  const c = splitBy(g, d);
  if (!c) return slope(g, s, 0);
  const half = scale(c, 0.5);
  return rest ? add(half, slope(rest!, s, 0)) : half;
}
// r/(2√s), where each part of r that is masked sees a root of 1 as well: beyond a Huber loss's threshold, say, which 0 is not.
function slope(r: Node, s: Node, depth: i32): Node {
  if (depth < 4 && r.op == Op.Add && (maskOf(r.input(0), 0) || maskOf(r.input(1), 0)))
    return add(slope(r.input(0), s, depth + 1), slope(r.input(1), s, depth + 1));
  const one = fullLike(s, 1),
    zero = zerosLike(s);
  const unmasked = withoutOwnMask(r);
  if (unmasked != r && isZero(unmasked)) return zero;
  r = unmasked;
  let seen = s;
  let mask: Node | null = maskOf(r, 0);
  while (mask) {
    seen = selected(mask, seen, one);
    mask = maskOf(liveBranch(mask), 0);
  }
  let y = binary(Op.RootSlope, r, seen);
  mask = maskOf(r, 0);
  while (mask) {
    y = selected(mask, y, zero);
    mask = maskOf(liveBranch(mask), 0);
  }
  return y;
}
/** A selection with zeros in one branch. */
function isMask(x: Node): bool {
  return x.op == Op.Where && (isZero(x.input(1)) || isZero(x.input(2)));
}
/** `live` where the mask lets its other branch through, else `masked`. */
function selected(mask: Node, live: Node, masked: Node): Node {
  return isZero(mask.input(2)) ? where(mask.input(0), live, masked) : where(mask.input(0), masked, live);
}
function liveBranch(mask: Node): Node {
  return mask.input(isZero(mask.input(2)) ? 1 : 2);
}
/** The mask that x is a multiple of. */
function maskOf(x: Node, depth: i32): Node | null {
  if (isMask(x)) return isTied(x) ? null : x;
  if (depth > 4) return null;
  switch (<Op>x.op) {
    case Op.Neg:
    case Op.Div:
      return maskOf(x.input(0), depth + 1);
    case Op.Mul: {
      const first = maskOf(x.input(0), depth + 1);
      return first ? first : maskOf(x.input(1), depth + 1);
    }
  }
  return null;
}
