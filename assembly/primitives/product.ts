// The product over all elements but one, for every element: by a product tree in O(n) multiplications and without any
// division, so that zeros are no exception and every derivative of it is again a product.
import { Node } from "../graph/node";
import { buildConcatPair } from "./concat";
import { mul } from "./elementwise/emit";
import { buildPad } from "./pad";
import { fullLike } from "./source";
import { buildPermute, buildReshape, narrowed } from "./views";
import { pointer, setPointer, setWord } from "../memory/words";

const order: usize = memory.data(32 * 4);
const inverse: usize = memory.data(32 * 4);
const shape: usize = memory.data(32 * 4);
const padding: usize = memory.data(6 * 4);
const levels: usize = memory.data(32 * 4);

/** For every element of x, the product of the others along the given set of dims. */
export function leaveOneOut(x: Node, dims: u32): Node {
  const ndim = <i32>x.ndim;
  let at = 0,
    width = 1;
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < ndim; i++) {
      if (((dims >> i) & 1) != <u32>pass) continue;
      if (pass) width *= x.dim(i);
      setWord(order, at, i);
      setWord(inverse, i, at++);
    }
  }
  if (!x.numel) return x;
  const moved = buildPermute(x, ndim, order);
  store<i32>(shape, x.numel / width);
  store<i32>(shape, width, 4);
  const others = rowsLeaveOneOut(buildReshape(moved, 2, shape), width);
  return buildPermute(buildReshape(others, ndim, moved.dims), ndim, inverse);
}

// rows: [m, width]. Level k + 1 multiplies the two halves of level k; on the way back each half of a level gets what is
// outside of both halves times the other half.
function rowsLeaveOneOut(rows: Node, width: i32): Node {
  let depth = 0;
  let level = rows;
  for (let w = width; w > 1; w = (w + 1) >> 1) {
    const even = w & 1 ? padWithOne(level) : level;
    setPointer(levels, depth, changetype<usize>(even));
    depth++;
    const half = (w + 1) >> 1;
    level = mul(narrowed(even, 1, 0, half), narrowed(even, 1, half, half));
  }
  let outside = fullLike(level, 1);
  while (depth--) {
    const even = changetype<Node>(pointer(levels, depth));
    const half = even.dim(1) >> 1;
    const left = narrowed(even, 1, 0, half),
      right = narrowed(even, 1, half, half);
    outside = buildConcatPair(mul(outside, right), mul(outside, left), 1);
    if (depth) {
      const below = changetype<Node>(pointer(levels, depth - 1)).dim(1) >> 1;
      outside = narrowed(outside, 1, 0, below);
    }
  }
  return narrowed(outside, 1, 0, width);
}

function padWithOne(x: Node): Node {
  memory.fill(padding, 0, 24);
  store<i32>(padding, 1, 12); // one column after the last
  return buildPad(x, 2, padding, 1);
}
