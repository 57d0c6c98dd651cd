// Pad: fill values around and between the elements; the transpose of slice.
import { Op } from "../abi/opcodes";
import { addFact, addFacts, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, areSizes, seal, setSize } from "../graph/graph";
import { copyWords, setWord, word, wordBytes } from "../memory/words";
import { Node, sizeOf } from "../graph/node";
import { Fill, fillPart, fillParts } from "../kernels/fill";
import { copyValues } from "../kernels/copy/values";
import { parallelFor } from "../threads/pool";
import { batched } from "./batching";
import { Primitive } from "./primitive";
import { allocateValues } from "../graph/values";
import { rounded } from "./source";
import { buildSlice } from "./views";

const job = changetype<Fill>(memory.data(24, 8));
const spec: usize = memory.data(3 * 32 * 4);
const strides: usize = memory.data(32 * 4);

/** Per dim, how many fill values before, after and between neighbours: three lists of `count` words at `amounts`. */
export function buildPad(x: Node, count: i32, amounts: usize, value: f64): Node {
  const ndim = <i32>x.ndim;
  if (count != ndim) {
    fail(Failure.DimCount);
    addFact(ndim);
    addFact(count);
    return x;
  }
  let none = true;
  for (let i = 0; i < 3 * ndim; i++) {
    const amount = word(amounts, i);
    if (amount < 0) {
      fail(Failure.NegativeSize);
      addFacts(amounts, 3 * ndim);
      return x;
    }
    none = none && (amount == 0 || (i >= 2 * ndim && x.dim(i - 2 * ndim) < 2));
  }
  if (none) return x;
  const list = wordBytes(ndim);
  for (let i = 0; i < ndim; i++) setSize(i, paddedSize(x.dim(i), amounts + wordBytes(i), list));
  if (!areSizes(ndim)) return x;
  const n = append(Op.Pad, x.dtype, ndim, 3 * ndim, 1);
  copyWords(n.attributes, amounts, 3 * ndim);
  for (let i = 0; i < ndim; i++) n.setDim(i, <i32>paddedSize(x.dim(i), n.attributes + wordBytes(i), list));
  n.value = rounded(value, x.dtype);
  n.setInput(0, x);
  return seal(n);
}

function paddedSize(size: i32, amounts: usize, list: usize): i64 {
  const gaps = <i64>max(size - 1, 0) * load<i32>(amounts + 2 * list);
  return gaps + size + load<i32>(amounts) + load<i32>(amounts + list);
}

@primitive({
  op: "Pad",
  kind: "kernel",
  attributes: { before: "late ints", after: "late ints", between: "late ints" },
  reads: "none",
})
@final
export class Pad extends Primitive {
  batch(n: Node): Node {
    const ndim = <usize>n.ndim;
    for (let list: usize = 0; list < 3; list++) {
      const at = spec + ((list * (ndim + 1)) << 2);
      store<i32>(at, 0);
      copyWords(at + 4, n.attributes + ((list * ndim) << 2), n.ndim);
    }
    return buildPad(batched(n, 0), n.ndim + 1, spec, n.value);
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0);
    const ndim = <i32>n.ndim;
    for (let i = 0; i < ndim; i++) {
      setWord(spec, i, n.attribute(i));
      setWord(spec, i + ndim, x.dim(i));
      setWord(spec, i + 2 * ndim, n.attribute(i + 2 * ndim) + 1);
    }
    return buildSlice(g, ndim, spec);
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    const ndim = <i32>n.ndim;
    if (!allocateValues(n)) return false;
    job.dtype = n.dtype;
    job.esize = sizeOf(n.dtype);
    job.dst = n.data;
    job.n = n.numel;
    job.value = n.value;
    parallelFor<Fill>(fillPart, job, fillParts(job));
    if (!x.numel) return true;
    let first = 0;
    for (let i = 0; i < ndim; i++) {
      first += n.attribute(i) * n.stride(i);
      setWord(strides, i, n.stride(i) * (n.attribute(i + 2 * ndim) + 1));
    }
    const size = sizeOf(n.dtype);
    copyValues(size, x.numel, n.data + first * size, strides, x.data, x.strides, ndim, x.dims);
    return true;
  }
}
