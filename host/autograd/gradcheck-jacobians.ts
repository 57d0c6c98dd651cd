// The Jacobians that gradcheck compares: by central differences, by reverse mode and by forward mode.
import { DType } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import { outsideOps, withinOp } from "../core/op-scope";
import { dtype, inputAlias, type Node, numel } from "../core/prim";
import { shapeOf } from "../core/memory";
import { formatShape } from "../errors";
import { makeData } from "../tensor/create";
import { evaluate } from "../tensor/evaluate";
import { nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { tidy } from "../tensor/tidy";
import { jvpNodes, vjpNodes } from "./core-transforms";
import { type Check, Mismatch } from "./gradcheck-options";
import { takeApart } from "./tensors";

/** One run of func at fresh leaves. */
interface Run {
  leaves: Tensor[];
  outputs: readonly Tensor[];
}
// `values[j]`, where it is given, takes the place of the elements of argument checked[j].
function run({ name, func, args, checked }: Check, values: readonly (Float64Array | null)[]): Run {
  const leaves = withinOp(name, () =>
    checked.map((position, j) => {
      const x = nodeOf(args[position] as Tensor);
      const given = values[j];
      return wrapNode(inputAlias(given ? makeData(given, shapeOf(x), DType.Float64) : x, false));
    }),
  );
  const all = [...args];
  // func gets handles of its own, which it may dispose.
  checked.forEach((position, j) => (all[position] = wrapNode(leaves[j]!.node)));
  return {
    leaves,
    outputs: outputsOf(
      name,
      outsideOps(() => func(...all)),
    ),
  };
}
/** The outputs of func as a list, which may be empty. */
export const outputsOf = (name: string, result: unknown): readonly Tensor[] =>
  Array.isArray(result) && result.length === 0
    ? []
    : takeApart(result, "outputs of the user-provided function", name).tensors;
/** Runs func at the given inputs. */
export const runAtInputs = (check: Check): Run => run(check, []);

/** A Jacobian: row i belongs to element i of the input, column k to element k of the output. */
interface Matrix {
  readonly columns: number;
  readonly data: Float64Array;
}
const zeros = (x: Node, y: Node): Matrix => ({ columns: numel(y), data: new Float64Array(numel(x) * numel(y)) });

/** [output][input] */
export type Matrices = Matrix[][];

/** The Jacobians of the outputs `chosen` by central differences, [output][input]. */
export function numerical(check: Check, chosen: readonly number[]): Float64Array[][] {
  const { args, checked, eps } = check;
  const at = (j: number, element: number, step: number): Float64Array[] =>
    tidy(() => {
      const values = Float64Array.from((args[checked[j]!] as Tensor).data());
      values[element]! += step;
      const { outputs } = run(check, Object.assign([], { [j]: values }));
      const all = chosen.map((i) => outputs[i]!);
      evaluate(...all);
      return all.map((output) => Float64Array.from(output.data()));
    });
  const columns = checked.map((position, j) =>
    Array.from({ length: (args[position] as Tensor).numel }, (_, element) => {
      const above = at(j, element, eps);
      const below = at(j, element, -eps);
      return above.map((values, i) => Array.from(values, (value, k) => (value - below[i]![k]!) / (2 * eps)));
    }),
  );
  return chosen.map((_, i) =>
    columns.map((ofInput) => Float64Array.from(ofInput.flatMap((ofElement) => ofElement[i]!))),
  );
}

// A vector per element of x, 1 there and 0 elsewhere.
function* unitVectors(x: Node): Iterable<[element: number, vector: Node]> {
  for (let element = 0; element < numel(x); element++) {
    const values = new Float64Array(numel(x));
    values[element] = 1;
    yield [element, makeData(values, shapeOf(x), dtype(x))];
  }
}
// Shape and, if asked for, dtype of a gradient or tangent are those of what it belongs to.
function checkKind({ name, checkGradDtypes }: Check, what: string, node: Node, like: Node): void {
  const [got, want] = [shapeOf(node), shapeOf(like)].map(formatShape) as [string, string];
  if (got !== want) throw new Mismatch(`${name}: ${what} has shape ${got} where ${want} is expected.`);
  if (checkGradDtypes && dtype(node) !== dtype(like)) {
    throw new Mismatch(
      `${name}: ${what} has dtype ${dtypeName(dtype(node))} where ${dtypeName(dtype(like))} is expected.`,
    );
  }
}

// Reads products all at once: `into` takes the values of each.
function readAll(products: readonly { node: Node; into: (values: ArrayLike<number>) => void }[]): void {
  const tensors = products.map(({ node }) => wrapNode(node));
  evaluate(...tensors);
  tensors.forEach((tensor, k) => products[k]!.into(tensor.data()));
}

/** The Jacobians of the outputs `chosen` by reverse mode: one product with a unit vector for each element of an output. */
export function reverseMode(check: Check, chosen: readonly number[]): Matrices {
  return tidy(() => {
    const { leaves, outputs } = runAtInputs(check);
    return withinOp(check.name, () => {
      const targets = leaves.map(nodeOf);
      const reads: Parameters<typeof readAll>[0][number][] = [];
      const matrices = chosen.map((i) => {
        const output = nodeOf(outputs[i]!);
        const row = targets.map((target) => zeros(target, output));
        for (const [element, vector] of unitVectors(output)) {
          vjpNodes([output], [vector], targets, false).forEach((node, j) => {
            if (node === null) return;
            checkKind(
              check,
              `the gradient of output ${i} with respect to input ${check.checked[j]}`,
              node,
              targets[j]!,
            );
            const { columns, data } = row[j]!;
            const into = (values: ArrayLike<number>): void => {
              for (let k = 0; k < values.length; k++) data[k * columns + element] = values[k]!;
            };
            reads.push({ node, into });
          });
        }
        return row;
      });
      readAll(reads);
      return matrices;
    });
  });
}

/** The Jacobians of the outputs `chosen` by forward mode: one product with a unit vector for each element of an input. */
export function forwardMode(check: Check, chosen: readonly number[]): Matrices {
  return tidy(() => {
    const { leaves, outputs } = runAtInputs(check);
    return withinOp(check.name, () => {
      const inputs = leaves.map(nodeOf);
      const nodes = chosen.map((i) => nodeOf(outputs[i]!));
      const matrices = nodes.map((output) => inputs.map((input) => zeros(input, output)));
      const reads: Parameters<typeof readAll>[0][number][] = [];
      inputs.forEach((input, j) => {
        for (const [element, vector] of unitVectors(input)) {
          const tangents = inputs.map((_, other) => (other === j ? vector : null));
          jvpNodes(nodes, inputs, tangents, false).tangents.forEach((node, i) => {
            if (node === null) return;
            checkKind(check, `the tangent of output ${chosen[i]}`, node, nodes[i]!);
            const { columns, data } = matrices[i]![j]!;
            reads.push({ node, into: (values) => data.set(values, element * columns) });
          });
        }
      });
      readAll(reads);
      return matrices;
    });
  });
}
