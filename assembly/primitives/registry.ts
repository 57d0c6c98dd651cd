// Where rules of primitives meet that emit each other: an expansion is differentiated by a sum, a slice by a pad, and what a batch
// does not reach is expanded. What is built with these three is asked for here; all.ts fills it, which knows every primitive.
import { Node } from "../graph/node";

type ExpandBuilder = (x: Node, ndim: i32, dims: usize) => Node;
type PadBuilder = (x: Node, count: i32, amounts: usize, value: f64) => Node;
type SumBuilder = (x: Node, dims: u32, keepdim: bool) => Node;
let expandBuilder: ExpandBuilder | null = null;
let padBuilder: PadBuilder | null = null;
let sumBuilder: SumBuilder | null = null;

export function setBuilders(expand: ExpandBuilder, pad: PadBuilder, sum: SumBuilder): void {
  expandBuilder = expand;
  padBuilder = pad;
  sumBuilder = sum;
}
/** buildExpand of views.ts. */
export function expanded(x: Node, ndim: i32, dims: usize): Node {
  return expandBuilder!(x, ndim, dims);
}
/** buildPad of pad.ts. */
export function padded(x: Node, count: i32, amounts: usize, value: f64): Node {
  return padBuilder!(x, count, amounts, value);
}
/** buildSum of reduce.ts. */
export function summed(x: Node, dims: u32, keepdim: bool): Node {
  return sumBuilder!(x, dims, keepdim);
}
