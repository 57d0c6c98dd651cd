// Checked by `npm run typecheck`, never run: names of results.
import * as pf from "pushforward";

declare const x: pf.Tensor;

export function names(): void {
  const sorted = x.sort();
  let best: pf.Tensor = sorted.values;
  best = best.add(sorted.indices);
  let inferred = x.max(1).values;
  inferred = inferred.add(1);
  const [values, indices] = pf.topk(x, 2);
  const { min, max } = x.aminmax({ dim: 1 });
  const pair: readonly pf.Tensor[] = x.aminmax();
  const sums = pf.func
    .vmap((row: pf.Tensor) => row.max(0))(x)
    .values.sum();
  pf.evaluate(best, inferred, values, indices, min, max, sums, ...sorted, ...pair);
  const [result, tangent] = pf.functional.jvp((t: pf.Tensor) => t.sort(), x, x);
  result.values.add(tangent.indices).add(result[0]!);
  const [alone] = pf.functional.vjp((t: pf.Tensor) => t.sin(), x);
  alone.sum();
  // Where several Tensors are expected, results with names will do.
  pf.stack(x.topk(2))
    .add(pf.cat(x.sort(), 1))
    .add(pf.einsum("ij,ij->", x.max(1)));
  pf.autograd.grad(x.sort(), x.sort(), { gradOutputs: x.sort() })[0]!.sum();
  pf.autograd.backward(x.max(1), x.max(1));
  pf.functional.vjp((a: pf.Tensor, b: pf.Tensor) => a.add(b), x.sort(), [x, x]);
  // @ts-expect-error: one Tensor is no array of them
  pf.stack(x);
  // @ts-expect-error: these are min and max
  x.aminmax().values.sum();
}
