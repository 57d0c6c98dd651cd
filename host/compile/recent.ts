// The program that the last call ran. Most calls have the signature of the one before: they need no key to find their program.
import { core, hasShape, shapeOf } from "../core/memory";
import { isTensor, type Tensor } from "../tensor/tensor";

/** What a call whose arguments were tensors alone ran. */
export class Recent<Program> {
  private readonly defaultDType = core.defaultDType();
  private readonly isGradEnabled = core.isGradEnabled();
  private readonly dtypes: readonly number[];
  private readonly shapes: readonly (readonly number[])[];

  constructor(
    readonly program: Program,
    tensors: readonly Tensor[],
  ) {
    this.dtypes = tensors.map(({ node }) => core.dtypeOf(node));
    this.shapes = tensors.map(({ node }) => shapeOf(node));
  }

  /** Whether a call with these arguments has the same signature. What derivatives are asked for does not. */
  fits(args: readonly unknown[]): args is readonly Tensor[] {
    if (args.length !== this.dtypes.length) return false;
    for (let i = 0; i < args.length; i++) {
      const tensor = args[i];
      if (!isTensor(tensor)) return false;
      const { node } = tensor;
      // Of a disposed tensor the answers mean nothing. If it passes, the error comes when the program runs with it.
      if (core.isRecorded(node) || core.dtypeOf(node) !== this.dtypes[i]) return false;
      if (!hasShape(node, this.shapes[i]!)) return false;
    }
    return (
      !core.isTracing() && core.isGradEnabled() === this.isGradEnabled && core.defaultDType() === this.defaultDType
    );
  }
}
