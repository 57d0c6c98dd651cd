// Whole Jacobians over node ids: all rows (or columns) at once, by one product with a placeholder for the vector, batched
// over the identity. In chunks where it is large.
import { requireNumel, shapeOf } from "../core/memory";
import { cast, concat, dtype, eq, fullLike, iota, type Node, numel, permute, reshape } from "../core/prim";
import { PlaceholderError } from "../errors";
import { jvpNodes, placeholderLike, vjpNodes, vmapInChunks } from "./core-transforms";

/** Rows or columns that go together, in elements of the vectors: 16 Mi. */
const CHUNK_ELEMENTS = 1 << 24;

/** Rows `start` … `start + count - 1` of the identity of x's elements, each in x's shape. */
function identityRows(x: Node, start: number, count: number): Node {
  const n = numel(x);
  const rows = reshape(iota(count, undefined, start), [count, 1]);
  const ones = cast(eq(rows, reshape(iota(n), [1, n])), dtype(x));
  return reshape(ones, [count, ...shapeOf(x)]);
}

// f at every row of the identity of x's elements: results[k] is [numel(x), ...shape of f(row)[k]].
function overIdentity(x: Node, chunkSize: number | undefined, f: (row: Node) => (Node | null)[]): (Node | null)[] {
  const n = numel(x);
  if (n === 1) {
    return f(fullLike(x, 1)).map((node) => node && reshape(node, [1, ...shapeOf(node)]));
  }
  const row = placeholderLike(x);
  let single: (Node | null)[];
  try {
    single = f(row);
  } catch (error) {
    // A user's backward that reads its cotangent wants a real one.
    if (error instanceof PlaceholderError) return oneByOne(x, f);
    throw error;
  }
  const indices = single.flatMap((node, k) => (node === null ? [] : [k]));
  const present = indices.map((k) => single[k]!);
  present.forEach((node) => requireNumel([n, ...shapeOf(node)]));
  const largest = Math.max(n, ...present.map(numel));
  const chunk = Math.max(1, Math.min(chunkSize ?? Math.floor(CHUNK_ELEMENTS / largest), n));
  const rows = vmapInChunks([row], (start, count) => [identityRows(x, start, count)], n, chunk, present);
  const results: (Node | null)[] = single.map(() => null);
  indices.forEach((k, at) => (results[k] = rows[at]!));
  return results;
}

function oneByOne(x: Node, f: (row: Node) => (Node | null)[]): (Node | null)[] {
  const rows = Array.from({ length: numel(x) }, (_, i) => f(reshape(identityRows(x, i, 1), shapeOf(x))));
  // Null in one row is null in all: it is the graph that decides.
  return rows[0]!.map((first, k) =>
    first === null
      ? null
      : concat(
          rows.map((row) => reshape(row[k]!, [1, ...shapeOf(row[k]!)])),
          0,
        ),
  );
}

/** ∂output/∂input for each input, [...output's shape, ...input's shape]; null where it depends on no input. */
export function jacobianByRows(
  output: Node,
  inputs: readonly Node[],
  createGraph: boolean,
  chunkSize?: number,
): (Node | null)[] {
  const rows = overIdentity(output, chunkSize, (cotangent) => vjpNodes([output], [cotangent], inputs, createGraph));
  return rows.map((node, j) => node && reshape(node, [...shapeOf(output), ...shapeOf(inputs[j]!)]));
}

/** ∂output/∂input for each output, [...output's shape, ...input's shape], with respect to input `index`. */
export function jacobianByColumns(
  outputs: readonly Node[],
  inputs: readonly Node[],
  index: number,
  createGraph: boolean,
  chunkSize?: number,
): (Node | null)[] {
  const input = inputs[index]!;
  const columns = overIdentity(input, chunkSize, (tangent) => {
    const tangents = inputs.map((_, j) => (j === index ? tangent : null));
    return jvpNodes(outputs, inputs, tangents, createGraph).tangents;
  });
  return columns.map((node, i) => {
    if (node === null) return null;
    const shape = shapeOf(outputs[i]!);
    const last = permute(node, [...shape.map((_, k) => k + 1), 0]);
    return reshape(last, [...shape, ...shapeOf(input)]);
  });
}
