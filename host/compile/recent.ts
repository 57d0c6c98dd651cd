// The program that the last call ran. Calls mostly come in rows of one signature: such a call needs no key.
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
      // One that is disposed has no dtype: if it passes for one of these, running with it says so.
      if (core.isRecorded(node) || core.dtypeOf(node) !== this.dtypes[i]) return false;
      if (!hasShape(node, this.shapes[i]!)) return false;
    }
    return (
      !core.isTracing() && core.isGradEnabled() === this.isGradEnabled && core.defaultDType() === this.defaultDType
    );
  }
}
