// pf.func.vjp and linearize: func is traced once, and its linear part is a function that can be called again and again.
import { jvpNodes, vjpNodes } from "../autograd/core-transforms";
import { aliasInputs, holdTogether, withinTrace } from "../autograd/tracing";
import { check } from "../core/failure";
import { core, writeInts, writeLists } from "../core/memory";
import { alias, detach, fullLike, type Node } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { checkFunction } from "../options";
import { addTo, type Scope } from "../tensor/lifetime";
import { adoptNode, isTensor, nodeOf, type Tensor } from "../tensor/tensor";
import { type Flat, flatten, holding, type Tree, unflatten } from "../tensor/containers";
import { checkDifferentiable, mirrored } from "./arguments";
import { rebuild } from "./transform";
import type { AnyFunction, Arguments, AuxOptions, Mirrored, WithAux } from "./types";
import { callWithAux } from "./user-function";

/** A function that was traced. Aliases and outputs belong to the scope around the call, as the results do. */
interface Linearization {
  readonly primals: Flat;
  readonly inputs: readonly Tensor[];
  readonly output: Flat;
  /** Whether something else than the aliases of the primals requires grad: results have to stay attached to it then. */
  readonly isAttached: boolean;
}

// Whether a node requires grad on account of something else than the inputs.
const beyond = (node: Node, inputs: readonly Node[]): boolean =>
  check(core.requiresGradBeyond(node, writeInts(inputs))) !== 0;

function linearized(
  name: string,
  func: AnyFunction,
  primals: readonly unknown[],
  hasAux: boolean,
): [Linearization, Tree, Tree] {
  checkFunction(name, func);
  const flat = flatten(name, primals, true);
  checkDifferentiable(name, flat.tensors, "primals", primals);
  const { traced, visible, aux } = withinTrace((surrounding, gradMode) => {
    const own = withinOp(name, () => aliasInputs(flat.tensors, true));
    const { output, aux } = callWithAux(name, func, unflatten(flat.structure, own.tensors) as unknown[], hasAux);
    return withinOp(name, () => {
      const targets = own.nodes;
      const outputs = output.tensors.map(nodeOf);
      const nodes = [...outputs, ...aux.tensors.map(nodeOf)];
      const stays = nodes.map((node) => gradMode === 1 && beyond(node, targets));
      const isAttached = stays.includes(true);
      const visible = nodes.map((node, i) => (stays[i] ? alias(node) : detach(node)));
      if (!isAttached) {
        writeLists(targets, outputs);
        check(core.keepForClosure(targets.length, outputs.length));
      }
      // Nothing fails from here on, so all that is held becomes Tensors.
      visible.forEach(core.hold);
      const inputs = targets.map((node) => kept(node, surrounding));
      const traced: Linearization = {
        primals: { structure: flat.structure, tensors: inputs },
        inputs,
        output: { structure: output.structure, tensors: outputs.map((node) => kept(node, surrounding)) },
        isAttached,
      };
      return { traced, visible, aux };
    });
  });
  const tensors = visible.map(adoptNode);
  const { output } = traced;
  return [traced, rebuild(output, tensors, 0), rebuild(aux, tensors, output.tensors.length)];
}

// A handle on a node that the closure keeps.
function kept(node: Node, owner: Scope | null): Tensor {
  core.hold(node);
  const tensor = adoptNode(node);
  addTo(owner, tensor);
  return tensor;
}
// The closure; tidy, which may find it among the results of a function, is told which Tensors it holds.
const closure = <F extends object>(fn: F, { inputs, output }: Linearization): F =>
  holding(fn, [...inputs, ...output.tensors]);

// Results of a linear function: attached where they have to be.
function results(
  { isAttached }: Linearization,
  given: readonly Node[],
  emit: (createGraph: boolean) => (Node | null)[],
  like: readonly Node[],
): Tensor[] {
  const createGraph = core.isGradEnabled() !== 0 && (isAttached || given.some((node) => core.requiresGrad(node)));
  const nodes = emit(createGraph).map((node, i) => {
    const made = node ?? fullLike(like[i]!, 0);
    return !createGraph && core.requiresGrad(made) ? detach(made) : made;
  });
  holdTogether(nodes);
  return nodes.map(adoptNode);
}

/** The trailing options of functions whose other arguments are the primals. */
function splitTrailingOptions(args: readonly unknown[]): { primals: readonly unknown[]; hasAux: boolean } {
  const last = args.at(-1);
  const isOptions =
    typeof last === "object" && last !== null && !isTensor(last) && Object.keys(last).join() === "hasAux";
  if (!isOptions || flatten("vjp", last).tensors.length > 0) return { primals: args, hasAux: false };
  return { primals: args.slice(0, -1), hasAux: Boolean((last as AuxOptions).hasAux) };
}

/**
 * The vector-Jacobian product as a function: [output, vjpFn], or [output, vjpFn, aux] with a trailing { hasAux: true }.
 *
 * @returns vjpFn(cotangents) takes what mirrors the output and gives an array that mirrors the primals, of one for a single
 *   primal, as in torch. It can be called any number of times; func is traced once.
 * @throws ArgumentError, ShapeError, DTypeError for what doesn't fit; whatever func throws
 * @see https://pytorch.org/docs/stable/generated/torch.func.vjp.html
 * @example
 * const [y, vjpFn] = pf.func.vjp(pf.sin, x);
 * const [gradient] = vjpFn(pf.onesLike(y));
 */
export function vjp<P extends Arguments, O, Aux>(
  func: (...args: P) => readonly [output: O, aux: Aux],
  ...args: [...primals: P, options: WithAux<AuxOptions<true>>]
): [output: O, vjpFn: (cotangents: Mirrored<O>) => P, aux: Aux];
export function vjp<P extends Arguments, O>(
  func: (...args: P) => O,
  ...primals: P
): [output: O, vjpFn: (cotangents: Mirrored<O>) => P];
export function vjp(func: AnyFunction, ...args: Tree[]): Tree {
  const { primals, hasAux } = splitTrailingOptions(args);
  const [traced, output, aux] = linearized("vjp", func, primals, hasAux);
  const vjpFn = (cotangents: Tree): Tree =>
    withinOp("vjp", () => {
      const seeds = mirrored("vjp", "cotangents", cotangents, traced.output);
      const targets = traced.inputs.map(nodeOf);
      const outputs = traced.output.tensors.map(nodeOf);
      const emit = (createGraph: boolean): (Node | null)[] => vjpNodes(outputs, seeds, targets, createGraph);
      const tensors = results(traced, seeds, emit, targets);
      return rebuild(traced.primals, tensors, 0);
    });
  closure(vjpFn, traced);
  return hasAux ? [output, vjpFn, aux] : [output, vjpFn];
}

/**
 * The linear approximation of func at the primals: [output, jvpFn], where jvpFn(...tangents) gives J·tangents in the
 * structure of the output. The primal work is done once.
 *
 * @throws as vjp
 * @see https://pytorch.org/docs/stable/generated/torch.func.linearize.html
 */
export function linearize<P extends Arguments, O>(
  func: (...args: P) => O,
  ...primals: P
): [output: O, jvpFn: (...tangents: { [K in keyof P]: Mirrored<P[K]> }) => O];
export function linearize(func: AnyFunction, ...primals: Tree[]): Tree {
  const [traced, output] = linearized("linearize", func, primals, false);
  const jvpFn = (...tangents: Tree[]): Tree =>
    withinOp("linearize", () => {
      const seeds = mirrored("linearize", "tangents", tangents, traced.primals);
      const inputs = traced.inputs.map(nodeOf);
      const outputs = traced.output.tensors.map(nodeOf);
      const emit = (createGraph: boolean): (Node | null)[] => jvpNodes(outputs, inputs, seeds, createGraph).tangents;
      const tensors = results(traced, seeds, emit, outputs);
      return rebuild(traced.output, tensors, 0);
    });
  return [output, closure(jvpFn, traced)];
}
