// Huge operands that repeat along dims: what is computed of them repeats too, and is computed once. So views of any size can be
// computed with, and a result that is kept takes no more memory than they do. Not where derivatives are recorded, which may be
// asked for by the view itself.
import { Op } from "../../abi/opcodes";
import { Trait } from "../../abi/traits";
import { hasTrait } from "../../generated/traits";
import { Node } from "../../graph/node";
import { isConstant } from "../source";
import { buildExpand, buildSlice, expandedDims } from "../views";
import { longBytes, setWord, wordBytes } from "../../memory/words";

/** Smaller operands are computed with as they are. */
export const HUGE: i32 = 1 << 24;
/** Chains of views are followed so far. */
const MOST_VIEWS: i32 = 16;

// Starts, lengths and steps of the part that is computed.
const part: usize = memory.data(3 * 32 * 4);

/** The dims along which x repeats, as far as is seen at once; bits of dims that there are not mean nothing. */
export function repeatedDims(x: Node): u32 {
  if (x.isDifferentiable) return 0;
  let base = x;
  for (let i = 0; i < MOST_VIEWS && hasTrait(base.op, Trait.Rearranges | Trait.Renames) && !base.isComputed; i++) {
    base = base.input(0);
    if (hasTrait(x.op, Trait.Renames)) x = base;
  }
  if (base.numel == 1 || isConstant(x)) return u32.MAX_VALUE;
  if (!x.isComputed) return x.op == Op.Expand ? expandedDims(x) : 0;
  let repeated: u32 = 0;
  for (let i = 0; i < <i32>x.ndim; i++) if (!x.stride(i)) repeated |= 1 << i;
  return repeated;
}
/** Whether a quarter or less of x is left without the repetition along `dims`. */
export function isWorthIt(x: Node, dims: u32): bool {
  let times: i64 = 1;
  for (let i = 0; i < <i32>x.ndim; i++) if ((dims >> i) & 1) times *= x.dim(i);
  return times >= 4;
}
/** x at the first place of the dims along which it repeats. */
export function withoutRepeats(x: Node, dims: u32): Node {
  const ndim = <i32>x.ndim;
  for (let i = 0; i < ndim; i++) {
    const at = part + wordBytes(i);
    store<i32>(at, 0);
    setWord(at, ndim, (dims >> i) & 1 ? 1 : x.dim(i));
    store<i32>(at + longBytes(ndim), 1);
  }
  return buildSlice(x, ndim, part);
}
/** y, computed without repeats, in the shape of x. */
export function repeatedLike(y: Node, x: Node): Node {
  return buildExpand(y, x.ndim, x.dims);
}
