// A library built on pushforward, whose own declarations are written: what its functions give has types that it can name.
import * as pf from "pushforward";

export const values = <D extends pf.DTypeName>(x: pf.Tensor<D>) => x.data();
export const lists = <D extends pf.DTypeName>(x: pf.Tensor<D>) => x.toArray();
export const dtypeOf = <D extends pf.DTypeName>(x: pf.Tensor<D>) => x.dtype;
export const total = <D extends pf.DTypeName>(x: pf.Tensor<D>) => x.sum();
export function exponential<D extends "float32" | "float64">(x: pf.Tensor<D>) {
  return x.exp();
}
export function named<D extends pf.DTypeName>(x: pf.Tensor<D>): pf.Tensor<pf.Float[D]> {
  return x.exp();
}
export const named64: Float64Array = named(pf.ones([2], { dtype: "float64" })).data();
export const { add, relu, exp } = pf;
export const { softmax } = pf.nn.functional;
export const { jacobian, hessian, jvp } = pf.functional;

const x = pf.tensor([1, 2], { dtype: "float64", requiresGrad: true });
export const [gradient] = pf.autograd.grad(x.sum(), x);
gradient.data().fill(0);
export const [first, second] = pf.autograd.grad(x.sum(), [x, x]);
first.add(second);
export const kept: pf.Tensor<"float64"> = pf.keep(x);

export const clipped = pf.autograd.customFunction({
  forward(ctx, x) {
    ctx.saveForBackward(x);
    return x.exp();
  },
  backward(ctx, g) {
    const [y] = ctx.savedTensors;
    return g.mul(y.clamp(0, 5)).mul(ctx.savedTensors[0]);
  },
});
