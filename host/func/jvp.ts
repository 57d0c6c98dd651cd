// pf.func.jvp.
import { jvpNodes } from "../autograd/core-transforms";
import { ArgumentError, describe } from "../errors";
import { checkFunction, checkOptions } from "../options";
import { flatten, type Tree, unflatten } from "../tensor/containers";
import { checkDifferentiable, mirrored } from "./arguments";
import { nodesOf, rebuild, transform, zerosIfNull } from "./transform";
import type { AnyFunction, Arguments, AuxOptions, Mirrored, WithAux } from "./types";
import { callWithAux } from "./user-function";

/**
 * The Jacobian-vector product: [output, tangent], or [output, tangent, aux] with hasAux.
 *
 * @param primals an array with func's arguments
 * @param tangents of the same structure and shapes
 * @returns func's output, and the tangent of the same structure
 * @throws ArgumentError, ShapeError, DTypeError for tangents that don't fit; whatever func throws
 * @see https://pytorch.org/docs/stable/generated/torch.func.jvp.html
 * @example
 * const [y, dy] = pf.func.jvp(pf.sin, [x], [pf.onesLike(x)]);
 */
export function jvp<P extends Arguments, O, Aux>(
  func: (...args: P) => readonly [output: O, aux: Aux],
  primals: readonly [...P],
  tangents: { readonly [K in keyof P]: Mirrored<P[K]> },
  options: WithAux<AuxOptions<true>>,
): [output: O, tangent: O, aux: Aux];
export function jvp<P extends Arguments, O>(
  func: (...args: P) => O,
  primals: readonly [...P],
  tangents: { readonly [K in keyof P]: Mirrored<P[K]> },
  options?: AuxOptions<false>,
): [output: O, tangent: O];
export function jvp(
  func: AnyFunction,
  primals: readonly Tree[],
  tangents: readonly Tree[],
  options: AuxOptions = {},
): Tree {
  checkFunction("jvp", func);
  checkOptions("jvp", options, ["hasAux"]);
  const hasAux = options?.hasAux ?? false;
  if (!Array.isArray(primals) || !Array.isArray(tangents)) {
    throw new ArgumentError(
      `jvp: primals and tangents should be arrays, with an entry for each argument of func, but got ${describe(primals)} and ` +
        `${describe(tangents)}.`,
    );
  }
  const flat = flatten("jvp", primals, true);
  checkDifferentiable("jvp", flat.tensors, "primals", primals);
  return transform("jvp", flat.tensors, (inputs) => {
    const { output, aux } = callWithAux("jvp", func, unflatten(flat.structure, inputs.tensors) as unknown[], hasAux);
    return () => {
      const outputs = nodesOf(output);
      const seeds = mirrored("jvp", "tangents", tangents, flat);
      const result = zerosIfNull(jvpNodes(outputs, inputs.nodes, seeds, true).tangents, outputs);
      const count = outputs.length;
      return {
        nodes: [...outputs, ...result, ...nodesOf(aux)],
        build: (tensors) => {
          const parts: Tree[] = [rebuild(output, tensors, 0), rebuild(output, tensors, count)];
          return hasAux ? [...parts, rebuild(aux, tensors, 2 * count)] : parts;
        },
      };
    };
  });
}
