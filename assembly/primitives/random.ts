// Random draws. A draw is a function of its seed and of where it stands in the sequence that the seed begins, so recomputing
// it gives the same numbers; the host counts how far the sequence has been used (host/random.ts).
//
//      attributes, of 32-bit words
//      ┌──────────────┬──────────┬─────────┬─────────┬─────┬───────┬─────────┬─────────────────┐
//      │ distribution │ hasState │ seed    │ offset  │ low │ range │ extent  │ strides × ndim  │
//      │              │          │ 2 words │ 2 words │     │       │ 2 words │ 2 words each    │
//      └──────────────┴──────────┴─────────┴─────────┴─────┴───────┴─────────┴─────────────────┘
//
// The element at [i, j, …] is number offset + i·strides[0] + j·strides[1] + … of the sequence. The strides are row-major but
// for a chunk of a mapped draw, whose batches lie as far apart as in the whole one: so chunks never change the numbers.
// `extent` is how many numbers the draw takes in all its chunks.
//
// Inputs: with hasState, first the generator's state as int32[4], seed and offset, which is what a compiled function gets at
// each call: `offset` counts from there and `seed` has no meaning. Then what the draw must differ by, though its values are
// never read: the placeholders of the vmaps in which each element draws numbers of its own.
import { Distribution, Op } from "../abi/opcodes";
import { append, seal } from "../graph/graph";
import { Node, REQUIRES_GRAD, sizeOf } from "../graph/node";
import { draw } from "../kernels/philox";
import { copyWords, wordBytes } from "../memory/words";
import { batchStart, batchedDims, isBatched, wholeBatch } from "./batching";
import { Primitive } from "./primitive";
import { allocateValues } from "../graph/values";

const HAS_STATE: i32 = 1;
const SEED: i32 = 2;
const OFFSET: i32 = 4;
const LOW: i32 = 6;
const RANGE: i32 = 7;
const EXTENT: i32 = 8;
const STRIDES: i32 = 10;

@inline
function wide(n: Node, at: i32): u64 {
  return load<u64>(n.attributes + wordBytes(at));
}
@inline
function setWide(n: Node, at: i32, value: u64): void {
  store<u64>(n.attributes + wordBytes(at), value);
}

// A draw without strides and inputs, which the caller fills in.
function begin(dtype: i32, ndim: i32, dims: usize, inputCount: i32): Node {
  const n = append(Op.Random, dtype, ndim, STRIDES + 2 * ndim, inputCount);
  copyWords(n.dims, dims, ndim);
  return n;
}
function finish(record: Node): Node {
  const n = seal(record);
  // A placeholder that requires grad does not make the draw depend on it.
  n.flags &= ~REQUIRES_GRAD;
  return n;
}

/**
 * A draw of the shape at dims. `words`: seed, offset (two words each), low and range of integers; then `inputCount` node
 * addresses, the first of them the state if hasState.
 */
export function buildRandom(
  distribution: Distribution,
  dtype: i32,
  ndim: i32,
  dims: usize,
  words: usize,
  hasState: bool,
  inputCount: i32,
): Node {
  const n = begin(dtype, ndim, dims, inputCount);
  n.setAttribute(0, distribution);
  n.setAttribute(HAS_STATE, hasState);
  copyWords(n.attributes + wordBytes(SEED), words, 6);
  let extent: u64 = 1;
  for (let i = ndim - 1; i >= 0; i--) {
    setWide(n, STRIDES + 2 * i, extent);
    extent *= <u64>load<u32>(dims + wordBytes(i));
  }
  setWide(n, EXTENT, extent);
  copyWords(n.inputs, words + 24, inputCount);
  return finish(n);
}

@primitive({
  op: "Random",
  kind: "kernel",
  attributes: {
    distribution: "late int",
    hasState: "late bool",
    seed: "late long",
    offset: "late long",
    low: "late int",
    range: "late int",
    extent: "late long",
    strides: "late longs",
  },
  shareable: false,
})
@final
export class Random extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
  /** Each element of the batch draws its own numbers: those after the ones of the element before it. */
  batch(n: Node): Node {
    let kept = 0;
    for (let k = 0; k < <i32>n.inputCount; k++) if (!isBatched(n, k)) kept++;
    const ndim = <i32>n.ndim + 1;
    const m = begin(n.dtype, ndim, batchedDims(n), kept);
    const extent = wide(n, EXTENT);
    copyWords(m.attributes, n.attributes, STRIDES);
    setWide(m, OFFSET, wide(n, OFFSET) + extent * batchStart);
    setWide(m, EXTENT, extent * wholeBatch);
    setWide(m, STRIDES, extent);
    for (let i = 1; i < ndim; i++) setWide(m, STRIDES + 2 * i, wide(n, STRIDES + 2 * i - 2));
    kept = 0;
    for (let k = 0; k < <i32>n.inputCount; k++) if (!isBatched(n, k)) m.setInput(kept++, n.input(k));
    return finish(m);
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    let seed = wide(n, SEED),
      offset = wide(n, OFFSET);
    if (n.attribute(HAS_STATE)) {
      const state = n.input(0).data;
      seed = load<u64>(state);
      offset += load<u64>(state, 8);
    }
    const distribution = n.attribute(0);
    // Runs of neighbours in the sequence; a permutation is of the last dim.
    let outer = <i32>n.ndim,
      run = 1;
    while (outer > 0 && wide(n, STRIDES + 2 * outer - 2) == <u64>run) {
      run *= n.dim(--outer);
      if (distribution == Distribution.Permutation) break;
    }
    const bytes = <usize>run * sizeOf(n.dtype);
    let dst = n.data;
    for (let row = 0, rows = n.numel / run; row < rows; row++, dst += bytes) {
      let rest = row,
        at = offset;
      for (let i = outer - 1; i >= 0; i--) {
        const size = n.dim(i);
        at += wide(n, STRIDES + 2 * i) * (rest % size);
        rest /= size;
      }
      draw(distribution, n.dtype, dst, seed, at, run, n.attribute(LOW), n.attribute(RANGE));
    }
    return true;
  }
}
