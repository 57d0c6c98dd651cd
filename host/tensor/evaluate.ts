// Computing tensors without reading them.
import { Failure } from "../../assembly/abi/failures";
import { check } from "../core/failure";
import { hooks } from "../core/hooks";
import { core, readFacts, writeInts } from "../core/memory";
import { withinOp } from "../core/op-scope";
import { ArgumentError, typeName } from "../errors";
import { type ComplexTensor, isComplexTensor } from "./complex";
import { isTensor, nodeOf, type Tensor } from "./tensor";

/**
 * Computes tensors without reading them, all in one plan.
 * @throws ArgumentError for anything but tensors; OutOfMemoryError
 */
export function evaluate(...tensors: (Tensor | ComplexTensor)[]): void {
  withinOp("evaluate", () => {
    const nodes = tensors.flatMap((tensor) => {
      if (isComplexTensor(tensor)) return [nodeOf(tensor.real), nodeOf(tensor.imag)];
      if (!isTensor(tensor)) throw new ArgumentError(`evaluate: expected tensors but got ${typeName(tensor)}.`);
      return [nodeOf(tensor)];
    });
    if (hooks.beforeEvaluation !== null) hooks.beforeEvaluation(nodes);
    const result = core.evaluate(writeInts(nodes));
    // What depends on jvp's dummy cotangent can't be computed yet, and nobody has read it.
    if (result !== (Failure.Placeholder as number) || readFacts()[0]![0] !== 2) check(result);
  });
}
