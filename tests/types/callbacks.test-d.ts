// Parameters of callbacks that have no annotation are Tensors, or what the other arguments say; annotated ones stay as they are.
import * as pf from "pushforward";
import { is } from "./assert.test-d.js";

type T = pf.Tensor;
interface Net {
  w: T;
  b: T | null;
  name: string;
}

export function func(x: T, y: T, net: Net): void {
  const { grad, gradAndValue, jacrev, jacfwd, hessian, vmap, linearize, vjp, jvp } = pf.func;
  const gradient = grad((t) => {
    is<T>()(t);
    return t.mul(t).sum();
  });
  is<(t: T) => T>()(gradient);
  const both = grad((a, b) => a.mul(b).sum(), { argnums: [0, 1] });
  is<(a: T, b: T) => [T, T]>()(both);
  const withAux = grad((t) => [t.sum(), t.shape], { hasAux: true });
  is<(t: T) => [gradient: T, aux: number[]]>()(withAux);
  const ofNet = grad((p: Net, t) => {
    is<T>()(t);
    return p.w.mul(t).sum();
  });
  is<(p: Net, t: T) => Net>()(ofNet);
  const twice = grad(grad((t) => t.sin()));
  is<(t: T) => T>()(twice);
  const withValue = gradAndValue((t) => t.sum());
  is<(t: T) => [gradient: T, value: T]>()(withValue);
  const rows = jacrev((t) => ({ sum: t.sum() }));
  is<(t: T) => { sum: T }>()(rows);
  const columns = jacfwd((t) => t.sin());
  is<(t: T) => T>()(columns);
  const curvature = hessian((t) => t.sum());
  is<(t: T) => T>()(curvature);

  const dots = vmap((a, b) => {
    is<T>()(a);
    return a.dot(b);
  });
  is<(a: T, b: T) => T>()(dots);
  is<(t: T) => { a: T }>()(vmap((t) => ({ a: t }), { inDims: 1, chunkSize: 2 }));
  is<(p: Net, t: T) => T>()(vmap((p: Net, t) => p.w.mul(t)));
  const rowGradients = vmap(grad((t) => t.sin().sum()));
  is<T>()(rowGradients(x));

  is<[output: T, jvpFn: (a: T) => T]>()(linearize((t) => t.sin(), x));
  is<[output: T, vjpFn: (c: T) => [T]]>()(vjp((t) => t.sin(), x));
  is<[output: T, tangent: T]>()(
    jvp(
      (t, n) => {
        is<Net>()(n);
        return t.mul(n.w);
      },
      [x, net],
      [y, net],
    ),
  );
  // @ts-expect-error a Tensor has no such method
  grad((t) => t.sinus());
  // @ts-expect-error a Tensor has no such method
  vmap((t) => t.sinus());
  // @ts-expect-error the gradient takes Tensors
  gradient("x");
}

export function functional(x: T, y: T): void {
  const { jvp, hvp, jacobian, hessian } = pf.functional;
  jvp((t) => (is<T>()(t), t), x, x);
  hvp((a, b) => (is<T>()(b), a.dot(b)), [x, y] as const);
  jacobian((t) => (is<T>()(t), t), x);
  hessian((t) => (is<T>()(t), t.sum()), x);
}

export function others(x: T, y: T, net: Net): void {
  const compiled = pf.compile((a, b) => {
    is<T>()(a);
    return a.mul(b);
  });
  is<T>()(compiled(x, y));
  is<T>()(pf.compile((t, v) => pf.functional.jvp((u) => u.sin(), t, v))(x, y)[1]);
  pf.compile((p: Net, t) => (is<T>()(t), p.w.mul(t)));

  pf.autograd.gradcheck((t) => (is<T>()(t), t.sin()), x);
  pf.autograd.gradcheck((t, n) => (is<number>()(n), t.pow(n)), [x, 3]);
  pf.autograd.gradcheck((a: T, b: T) => a.mul(b), [x, y] as T[]);
  pf.autograd.gradgradcheck((t) => (is<T>()(t), t.sin()), [x]);
  const product = pf.autograd.customFunction({
    forward(ctx, a, b) {
      is<T>()(b);
      ctx.saveForBackward(a, b);
      return a.mul(b);
    },
    backward(ctx, g) {
      is<T>()(g);
      const [a, b] = ctx.savedTensors;
      return [g.mul(b!), g.mul(a!)];
    },
  });
  is<T>()(product(x, y));
  const scaled = pf.autograd.customFunction({
    forward: (_, a: T, n: number) => a.mul(n),
    backward: (_, g) => [g, null],
  });
  is<T>()(scaled(x, 3));
  // @ts-expect-error the second argument is a number
  scaled(x, x);

  pf.inspect((t) => (is<T>()(t), t.sin()), x);
  pf.profile((t) => (is<T>()(t), t.sin()), x);
  pf.profile({ repetitions: 3 }, (t) => (is<T>()(t), t.sin()), x);
  pf.tree.map((t, ...more) => (is<T[]>()(more), t), net);
  pf.replace(net, (n) => (is<Net>()(n), n));
}

export function readonlyArrays(x: T, y: T, sizes: readonly number[]): void {
  pf.zeros(sizes);
  pf.zeros([2, 3] as const, { dtype: "float32" });
  pf.tensor([[1, 2], [3, 4]] as const); // prettier-ignore
  pf.tensor(sizes, { shape: sizes });
  pf.asTensor(sizes);
  x.reshape(sizes).permute(...sizes);
  pf.sum(x, [0, 1] as const);
  x.at([0, 1] as const, [[true]] as const);
  x.setAt([0, ":"] as const, 1);
  pf.cat([x, y] as const);
  pf.stack([x, y] as readonly T[]);
  pf.func.vmap((t) => t, { inDims: [0] as const });
  pf.autograd.grad(x, [x, y] as const, { gradOutputs: [x] as const });
  pf.autograd.gradcheck((a, b) => a.mul(b), [x, y] as const);
  pf.functional.vjp((a, b) => a.mul(b), [x, y] as const);
  pf.func.jvp((a) => a, [x] as const, [y] as const);
  pf.tree.unflatten(pf.tree.structure([x]), [x] as const);
  pf.nn.functional.interpolate(x, { scaleFactor: [2, 2] as const });
}
