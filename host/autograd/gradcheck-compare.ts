// What gradcheck finds wrong: Jacobians that differ, backward passes that differ from run to run, products under vmap that
// differ from products one by one.
import { withinOp } from "../core/op-scope";
import { dtype, isFloat, type Node, numel } from "../core/prim";
import { shapeOf } from "../core/memory";
import { formatShape } from "../errors";
import { makeData } from "../tensor/create";
import { indexAt } from "../tensor/nested";
import { nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { tidy } from "../tensor/tidy";
import { jvpNodes, placeholderLike, vjpNodes, vmapNodes } from "./core-transforms";
import { forwardMode, type Matrices, numerical, reverseMode, runAtInputs } from "./gradcheck-jacobians";
import { type Check, Mismatch } from "./gradcheck-options";

const distance = (a: number, b: number): number => Math.abs(a - b);
/** Infinities are close to themselves alone. */
const isClose = (got: number, want: number, atol: number, rtol: number): boolean =>
  got === want || (Number.isFinite(want) && distance(got, want) <= atol + rtol * Math.abs(want));

/** Throws for the entry that is furthest off. */
function compare(check: Check, chosen: readonly number[], got: Matrices, want: Float64Array[][], mode: string): void {
  const { name, atol, rtol, args, checked } = check;
  got.forEach((row, i) =>
    row.forEach(({ columns, data }, j) => {
      const expected = want[i]![j]!;
      const wrong = [...data.keys()].filter((at) => !isClose(data[at]!, expected[at]!, atol, rtol));
      if (wrong.length === 0) return;
      const error = (at: number): number => {
        const off = distance(data[at]!, expected[at]!);
        return Number.isNaN(off) ? Infinity : off;
      };
      const worst = wrong.reduce((a, b) => (error(b) > error(a) ? b : a));
      const x = args[checked[j]!] as Tensor;
      const at = (position: number, shape: readonly number[]): string => formatShape(indexAt(position, shape));
      const shape = tidy(() => runAtInputs(check).outputs[chosen[i]!]!.shape);
      throw new Mismatch(
        `${name}: Jacobian ${mode}mismatch for output ${chosen[i]} with respect to input ${checked[j]}, at entry ` +
          `${at(worst % columns, shape)} of the output and ${at(Math.floor(worst / columns), x.shape)} of the ` +
          `input,\nnumerical: ${expected[worst]}\nanalytical: ${data[worst]}\n${wrong.length} of ${data.length} entries are off by more ` +
          `than ${atol} + ${rtol} · |numerical|.`,
      );
    }),
  );
}

function checkReentrant({ name, nondetTol }: Check, first: Matrices, second: Matrices): void {
  first.forEach((row, i) =>
    row.forEach(({ data }, j) => {
      const other = second[i]![j]!.data;
      if (data.every((value, at) => isClose(value, other[at]!, nondetTol, 0))) return;
      throw new Mismatch(
        `${name}: Backward is not reentrant: running it twice with the same input and gradOutputs gives different values, ` +
          `although the gradient matches the differences. The tolerance for nondeterminism was ${nondetTol}.`,
      );
    }),
  );
}

/** Values without a pattern between −1 and 1, the same at every call. */
export const scattered = (count: number, seed: number): Float64Array =>
  Float64Array.from(
    { length: count },
    (_, i) => 2 * (((i + 1) * 0.6180339887498949 + seed * 0.7548776662466927) % 1) - 1,
  );

/** How many vectors go through vmap at once. */
const BATCH = 2;

// Products with a batch of vectors under vmap against the same products one by one. `product` maps a vector like `like`.
function checkBatched(check: Check, what: string, like: Node, product: (vector: Node) => (Node | null)[]): void {
  const vectors = Array.from({ length: BATCH }, (_, k) => scattered(numel(like), k));
  const shape = shapeOf(like);
  const single = vectors.map((values) => product(makeData(values, shape, dtype(like))));
  const placeholder = placeholderLike(like);
  const mapped = product(placeholder);
  const present = mapped.flatMap((node, k) => (node === null ? [] : [k]));
  const all = makeData(Float64Array.from(vectors.flatMap((v) => [...v])), [BATCH, ...shape], dtype(like));
  const batch = vmapNodes(
    [placeholder],
    [all],
    BATCH,
    present.map((k) => mapped[k]!),
  );
  const read = (node: Node): number[] => Array.from(wrapNode(node).data());
  present.forEach((k, at) => {
    const want = single.flatMap((nodes) => read(nodes[k]!));
    read(batch[at]!).forEach((value, element) => {
      if (isClose(value, want[element]!, check.atol, check.rtol)) return;
      throw new Mismatch(
        `${check.name}: ${what} under vmap differs from the same product by itself: element ${element} of entry ${k} is ` +
          `${value}, expected ${want[element]}.`,
      );
    });
  });
}
function checkBatchedReverse(check: Check, chosen: readonly number[]): void {
  tidy(() => {
    const { leaves, outputs } = runAtInputs(check);
    withinOp(check.name, () => {
      const targets = leaves.map(nodeOf);
      for (const i of chosen) {
        const output = nodeOf(outputs[i]!);
        checkBatched(check, `the vector-Jacobian product of output ${i}`, output, (vector) =>
          vjpNodes([output], [vector], targets, false),
        );
      }
    });
  });
}
function checkBatchedForward(check: Check, chosen: readonly number[]): void {
  tidy(() => {
    const { leaves, outputs } = runAtInputs(check);
    withinOp(check.name, () => {
      const inputs = leaves.map(nodeOf);
      const nodes = chosen.map((i) => nodeOf(outputs[i]!));
      inputs.forEach((input, j) =>
        checkBatched(
          check,
          `the Jacobian-vector product with respect to input ${check.checked[j]}`,
          input,
          (vector) => {
            const tangents = inputs.map((_, other) => (other === j ? vector : null));
            return jvpNodes(nodes, inputs, tangents, false).tangents;
          },
        ),
      );
    });
  });
}

/** Throws the Mismatch of a derivative that is wrong. */
export function checkAll(check: Check): void {
  const flags = tidy(() => runAtInputs(check).outputs.map((output) => ({ grad: output.requiresGrad, float: isFloat(nodeOf(output)) }))); // prettier-ignore
  const floats = flags.flatMap(({ float }, i) => (float ? [i] : []));
  const chosen = flags.flatMap(({ grad: differentiable }, i) => (differentiable ? [i] : []));
  if (chosen.length === 0) {
    const slopes = numerical(check, floats);
    slopes.forEach((row, i) =>
      row.forEach((data, j) => {
        const slope = data.find((value) => !(Math.abs(value) <= check.atol));
        if (slope === undefined) return;
        throw new Mismatch(
          `${check.name}: Numerical gradient for function expected to be zero: output ${floats[i]} does not require grad, but ` +
            `its derivative by input ${check.checked[j]} has an entry with numerical: ${slope}, analytical: 0.`,
        );
      }),
    );
    return;
  }
  const expected = numerical(check, chosen);
  if (check.checkForwardAd) compare(check, chosen, forwardMode(check, chosen), expected, "computed with forward mode ");
  if (check.checkBackwardAd) {
    const gradients = reverseMode(check, chosen);
    compare(check, chosen, gradients, expected, "");
    checkReentrant(check, gradients, reverseMode(check, chosen));
  }
  if (check.checkBatchedForwardGrad) checkBatchedForward(check, chosen);
  if (check.checkBatchedGrad) checkBatchedReverse(check, chosen);
}
