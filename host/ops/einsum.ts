// torch.einsum: operands are contracted pairwise from left to right, each pair by one batched matrix product.
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { quoted } from "../errors";
import { argumentError, format, shapeError } from "./define";
import { diagonal } from "./diagonals";
import { movedim } from "./shape";
import { product } from "./support";

/** A tensor whose dims have labels: letters, and `.0`, `.1`, … for the dims of an ellipsis, counted from the right. */
interface Labelled {
  readonly node: Node;
  readonly labels: readonly string[];
}

/** The labels of one operand with `ellipsis` dims in place of `...`. */
function labelsOf(term: string, ellipsis: number): string[] {
  return (term.match(/\.\.\.|[a-zA-Z]/g) ?? []).flatMap((token) =>
    token === "..." ? Array.from({ length: ellipsis }, (_, i) => `.${ellipsis - 1 - i}`) : [token],
  );
}

interface Equation {
  readonly inputs: readonly string[];
  /** undefined where the equation has no `->`. */
  readonly output: string | undefined;
}
function parse(equation: string, operands: number): Equation {
  const [left = "", output, more] = equation.replace(/\s/g, "").split("->");
  const inputs = left.split(",");
  const terms = [...inputs, output ?? ""];
  const wrong = terms.find((term) => !/^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term));
  if (more !== undefined || wrong !== undefined)
    throw argumentError(`equation should be letters, "...", "," and one "->" but got ${quoted(equation)}.`);
  if (inputs.length !== operands)
    throw argumentError(`the equation has ${inputs.length} operands but got ${operands}.`);
  return { inputs, output };
}

/** Dims that share a label within one operand become their diagonal. */
function withoutRepeats({ node, labels }: Labelled): Labelled {
  for (const [second, label] of labels.entries()) {
    const first = labels.indexOf(label);
    if (first === second) continue;
    if (p.size(node, first) !== p.size(node, second))
      throw shapeError(`the dims of label ${label} should have equal sizes but are ${format(node)}.`);
    const rest = labels.filter((_, i) => i !== first && i !== second);
    return withoutRepeats({ node: diagonal(node, 0, first, second), labels: [...rest, label] });
  }
  return { node, labels };
}

function sumOver({ node, labels }: Labelled, summed: (label: string) => boolean): Labelled {
  const dims = [...labels.keys()].filter((i) => summed(labels[i]!));
  if (dims.length === 0) return { node, labels };
  return { node: p.sum(node, dims), labels: labels.filter((label) => !summed(label)) };
}

/** The dims in the order of `labels`; those it lacks have size 1. */
function arranged({ node, labels: own }: Labelled, labels: readonly string[]): Node {
  const present = labels.filter((label) => own.includes(label));
  const ordered = p.permute(node, present.map((label) => own.indexOf(label))); // prettier-ignore
  const sizes = p.shape(ordered);
  return p.reshape(ordered, labels.map((label) => (own.includes(label) ? sizes[present.indexOf(label)]! : 1))); // prettier-ignore
}

/** Sums the product of two operands over the labels that `isNeeded` later denies. */
function contract(
  a: Labelled,
  b: Labelled,
  isNeeded: (label: string) => boolean,
  sizeOf: (label: string) => number,
): Labelled {
  const only = (x: Labelled, other: Labelled) =>
    sumOver(x, (label) => !isNeeded(label) && !other.labels.includes(label));
  const [left, right] = [only(a, b), only(b, a)];
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter(isNeeded);
  const summed = shared.filter((label) => !isNeeded(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  if (summed.length === 0) {
    const labels = [...batch, ...rows, ...columns];
    return { node: p.mul(arranged(left, labels), arranged(right, labels)), labels };
  }
  // [batch, rows, summed] @ [batch, summed, columns]; a size of 1 stands for any.
  const sizes = (labels: readonly string[]) => labels.map(sizeOf);
  const fit = (x: Labelled, labels: readonly string[]) => p.expand(arranged(x, labels), sizes(labels));
  const [n, k, m] = [rows, summed, columns].map((labels) => product(sizes(labels))) as [number, number, number];
  const matrix = p.matmul(
    p.reshape(fit(left, [...batch, ...rows, ...summed]), [product(sizes(batch)), n, k]),
    p.reshape(fit(right, [...batch, ...summed, ...columns]), [product(sizes(batch)), k, m]),
  );
  const labels = [...batch, ...rows, ...columns];
  return { node: p.reshape(matrix, sizes(labels)), labels };
}

export function einsum(equation: string, operands: readonly Node[]): Node {
  const { inputs, output } = parse(equation, operands.length);
  // How many dims the ellipsis of each term stands for; 0 where a term has none, and fits.
  const ellipses = inputs.map((term, i) => p.ndim(operands[i]!) - term.replace("...", "").length);
  const widest = Math.max(...ellipses);
  const terms = inputs.map((term, i) => {
    const labels = labelsOf(term, ellipses[i]!);
    if (labels.length !== p.ndim(operands[i]!))
      throw shapeError(`${quoted(term)} doesn't fit operand ${i} of shape ${format(operands[i]!)}.`);
    return withoutRepeats({ node: operands[i]!, labels });
  });

  const sizes = new Map<string, number>();
  for (const { node, labels } of terms)
    labels.forEach((label, i) => {
      const [size, known] = [p.size(node, i), sizes.get(label) ?? 1];
      if (size !== known && size !== 1 && known !== 1)
        throw shapeError(`the dims of label ${label} should have equal sizes but are ${known} and ${size}.`);
      sizes.set(label, size === 1 ? known : size);
    });

  const result = output === undefined ? implicitOutput(inputs, widest) : labelsOf(output, widest);
  const strange = result.find(
    (label, i) => (!label.startsWith(".") && !sizes.has(label)) || result.indexOf(label) !== i,
  );
  if (strange !== undefined)
    throw argumentError(`label ${strange} of the output should appear once there, and in an operand.`);

  const isNeededAfter = (i: number) => (label: string) =>
    result.includes(label) || terms.slice(i + 1).some((term) => term.labels.includes(label));
  const total = terms.reduce((a, b, i) => contract(a, b, isNeededAfter(i), (label) => sizes.get(label)!));
  const kept = sumOver(total, (label) => !result.includes(label));
  const order = result.filter((label) => kept.labels.includes(label));
  return movedim(kept.node, order.map((label) => kept.labels.indexOf(label)), [...order.keys()]); // prettier-ignore
}

/** The ellipsis, then in alphabetical order (capitals first) the labels that appear once. */
function implicitOutput(inputs: readonly string[], ellipsis: number): string[] {
  const letters = inputs.join("").replaceAll(".", "").split("");
  const single = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return [...labelsOf("...", ellipsis), ...single.sort()];
}
