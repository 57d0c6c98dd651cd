// The graph of tensors as data, with the attributes of its nodes, read from the core's memory (assembly/graph/node.ts).
import * as assert from "uvu/assert";
import { type DType, Op } from "../../assembly/abi/opcodes";
import { checkAddress } from "../../host/core/failure";
import { bytesAt, core, elementsAt, readWords, shapeOf, writeInts } from "../../host/core/memory";
import { nodeOf, type Tensor } from "../../host/tensor/tensor";

export interface GraphNode {
  readonly id: number;
  readonly op: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly attributes: readonly number[];
  /** The attributes as pairs of words: numbers of 64 bits. */
  readonly numbers: readonly number[];
  /** Of Full and Pad. */
  readonly value: number;
  readonly inputs: readonly number[];
  readonly isComputed: boolean;
}

const VALUE = 24;
const ATTRIBUTE_COUNT = 40;

function recordOf(id: number): GraphNode {
  const address = id * 16;
  const shape = shapeOf(id);
  const at = core.dimsOf(id) + 8 * shape.length;
  const [count] = readWords(address + ATTRIBUTE_COUNT, 1);
  const inputs = Array.from({ length: core.inputCount(id) }, (_, k) => core.inputOf(id, k));
  if (inputs.length)
    assert.is(readWords(at + 4 * count, 1)[0] >>> 0, inputs[0] * 16, "the node record is another: see graph.ts");
  const bytes = bytesAt(at, 4 * count);
  return {
    id,
    op: Op[core.opOf(id)],
    dtype: core.dtypeOf(id),
    shape,
    attributes: readWords(at, count),
    numbers: Array.from({ length: count >> 1 }, (_, i) => bytes.getFloat64(8 * i, true)),
    value: bytesAt(address + VALUE, 8).getFloat64(0, true),
    inputs,
    isComputed: core.isComputed(id) !== 0,
  };
}

/** The nodes that tensors depend on, inputs before what is computed from them. */
export function graphOf(tensors: readonly Tensor[]): GraphNode[] {
  const count = core.walkNodes(writeInts(tensors.map(nodeOf)));
  return Array.from({ length: count }, (_, i) => core.walkedNode(i)).map(recordOf);
}

/** What nodes are, whichever records they lie in. */
export function structureOf(nodes: readonly GraphNode[]): string[] {
  const places = new Map(nodes.map(({ id }, i) => [id, i]));
  return nodes.map(({ op, dtype, shape, attributes, value, inputs }) =>
    JSON.stringify({ op, dtype, shape, attributes, value: String(value), inputs: inputs.map((id) => places.get(id)) }),
  );
}

/** A copy of a node's elements, which are computed if need be. */
export function elementsOf({ id, dtype, shape }: GraphNode): number[] {
  const address = checkAddress(core.read(id));
  try {
    return Array.from(elementsAt(address, dtype, shape.reduce((a, b) => a * b, 1))); // prettier-ignore
  } finally {
    core.endRead();
  }
}
