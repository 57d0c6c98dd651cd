// pf.inspect: the op graph as data, and what evaluating it costs.
import { nodeCounts } from "./autograd/tracing";
import { type DTypeName, dtypeName } from "./core/dtype";
import { check } from "./core/failure";
import { core, shapeOf, writeInts } from "./core/memory";
import { opNames, walked } from "./core/prim";
import { withinOp } from "./core/op-scope";
import { ArgumentError, typeName } from "./errors";
import { closeScope, openScope } from "./tensor/lifetime";
import { isTensor, nodeOf, type Tensor } from "./tensor/tensor";
import { checkSynchronous } from "./tensor/async";
import { collectTensors } from "./tensor/containers";

/** A node of the graph; inputs are positions in the list of nodes. */
export interface GraphNode {
  readonly op: string;
  readonly shape: number[];
  readonly dtype: DTypeName;
  readonly requiresGrad: boolean;
  /** Whether its values exist already. */
  readonly computed: boolean;
  readonly inputs: number[];
}
export interface Summary {
  /** Nodes that fn itself appended (for a tensor: nodes of its graph). */
  readonly traced: number;
  /** Nodes after the backward pass. */
  readonly backward: number;
  /** Nodes after the double-backward pass. */
  readonly doubleBackward: number;
  /** Nodes left to evaluate after dead-code elimination, constants apart. */
  readonly pruned: number;
  /** Kernels run, after fusion; views are none. */
  readonly kernels: number;
  /** Matrix products run. */
  readonly matmuls: number;
  /** Floating-point operations; a multiply-add counts two. */
  readonly flops: number;
  /** The most bytes of values that the evaluation held at a time, beyond those held before. */
  readonly peakBytes: number;
}

/** The graph that results depend on, before its evaluation. */
export class Graph {
  constructor(
    /** Inputs come before what is computed from them. */
    readonly nodes: readonly GraphNode[],
    /** The positions of the results. */
    readonly outputs: readonly number[],
    readonly summary: Summary,
  ) {}

  /** The graph in Graphviz' language. */
  toDot(): string {
    const lines = this.nodes.flatMap((node, i) => [
      `  n${i} [label="${label(node)}"${this.outputs.includes(i) ? ", peripheries=2" : ""}];`,
      ...node.inputs.map((input) => `  n${input} -> n${i};`),
    ]);
    return ["digraph {", "  node [shape=box];", ...lines, "}"].join("\n");
  }
  /** The graph as a Mermaid flowchart. */
  toMermaid(): string {
    const lines = this.nodes.flatMap((node, i) => [
      this.outputs.includes(i) ? `  n${i}[["${label(node)}"]]` : `  n${i}["${label(node)}"]`,
      ...node.inputs.map((input) => `  n${input} --> n${i}`),
    ]);
    return ["flowchart TD", ...lines].join("\n");
  }
}
const label = ({ op, shape, dtype }: GraphNode): string => `${op} ${dtype}[${shape.join(", ")}]`;

function graphOf(tensors: readonly Tensor[]): { nodes: GraphNode[]; outputs: number[] } {
  const roots = tensors.map(nodeOf);
  const ids = walked(roots);
  const position = new Map<number, number>(ids.map((id, i) => [id, i]));
  const nodes = ids.map((id) => ({
    op: opNames[core.opOf(id)]!,
    // A call with several results holds no tensor: its outputs have shapes.
    shape: core.isCall(core.opOf(id)) ? [] : shapeOf(id),
    dtype: dtypeName(core.dtypeOf(id)),
    requiresGrad: core.requiresGrad(id) !== 0,
    computed: core.isComputed(id) !== 0,
    inputs: Array.from({ length: core.inputCount(id) }, (_, k) => position.get(core.inputOf(id, k))!),
  }));
  return { nodes, outputs: roots.map((id) => position.get(id)!) };
}

/**
 * The op graph of a tensor, or of what a function returns, and what evaluating it takes. The evaluation is run; a
 * function's results are freed afterwards.
 *
 * @param subject a tensor, or a function that returns tensors (alone, or in arrays and plain objects)
 * @param args the function's arguments
 * @throws ArgumentError when there is no tensor to look at; whatever the function throws
 * @example
 * pf.inspect((a, b) => pf.functional.jvp(pf.matmul, [a, b], [a, b]), a, b).summary.matmuls; // 3
 */
export function inspect(subject: Tensor): Graph;
export function inspect<A extends unknown[]>(subject: (...args: A) => unknown, ...args: A): Graph;
export function inspect(subject: Tensor | ((...args: unknown[]) => unknown), ...args: unknown[]): Graph {
  if (!isTensor(subject) && typeof subject !== "function") {
    throw new ArgumentError(`inspect: expected a Tensor or a function but got ${typeName(subject)}.`);
  }
  const scope = openScope();
  const before = { ...nodeCounts };
  Object.assign(nodeCounts, { traced: 0, backward: 0, doubleBackward: 0 });
  core.resetStatistics();
  try {
    const start = core.appendedNodes();
    const value = isTensor(subject) ? subject : subject(...args);
    const appended = core.appendedNodes() - start;
    checkSynchronous("inspect", value, "the function");
    const tensors = collectTensors("inspect", value);
    if (tensors.length === 0) {
      throw new ArgumentError(
        `inspect: the function returned no tensors: expected a Tensor, or some in arrays and objects, but got ${typeName(value)}.`,
      );
    }
    return withinOp("inspect", () => {
      const { nodes, outputs } = graphOf(tensors);
      check(core.evaluate(writeInts(tensors.map(nodeOf))));
      const transformed = nodeCounts.backward + nodeCounts.doubleBackward > 0;
      const traced = isTensor(subject) ? nodes.length : transformed ? nodeCounts.traced : appended;
      return new Graph(nodes, outputs, {
        traced,
        backward: traced + nodeCounts.backward,
        doubleBackward: traced + nodeCounts.backward + nodeCounts.doubleBackward,
        pruned: core.evaluatedNodes(),
        kernels: core.kernelsRun(),
        matmuls: core.matmulsRun(),
        flops: core.flopsRun(),
        peakBytes: core.peakBytes(),
      });
    });
  } finally {
    Object.assign(nodeCounts, before);
    closeScope(scope);
  }
}
