// Calls of the core that make nodes: an id that is a failure becomes the error.
import type { Op } from "../../assembly/abi/opcodes";
import { check } from "./failure";
import { core, writeInts } from "./memory";

/** What is declared of a primitive, beside its rules (scripts/declare.mjs). */
export interface Declaration {
  readonly kind: string;
  readonly operands?: number | string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

declare const nodeBrand: unique symbol;
/** The id of a node in the core. */
export type Node = number & { readonly [nodeBrand]: true };

export const made = (id: number): Node => check(id) as Node;

/** The float functions take int32 and bool too and give the default dtype, as in torch. */
export const unary =
  (op: Op) =>
  (x: Node): Node =>
    made(core.unary(op, x));
/** With broadcasting and promotion. */
export const binary =
  (op: Op) =>
  (a: Node, b: Node): Node =>
    made(core.binary(op, a, b));
/** With broadcasting; floats of one dtype, or numbers. */
export const ternary =
  (op: Op) =>
  (a: Node, b: Node, c: Node): Node =>
    made(core.ternary(op, a, b, c));
/** Dims of a reduction: null or left out, over all. An empty list means all as well, as in torch. */
export type Dims = readonly number[] | null | undefined;
export const reduction =
  (op: Op) =>
  (x: Node, dims?: Dims, keepdim = false): Node =>
    made(core.reduce(op, x, dims ? writeInts(dims) : 0, keepdim ? 1 : 0));
/** The results of a call that has several. */
export function outputs(id: number, count: number): Node[] {
  const call = made(id);
  return Array.from({ length: count }, (_, k) => made(core.output(call, k)));
}
