// Checked by `npm run typecheck`, never run: TypeScript infers the structures of results from those of arguments and outputs.
import * as pf from "pushforward";
import { is } from "./assert.test-d.js";

type T = pf.Tensor;
declare const x: T;
declare const y: T;
interface Layer {
  w: T;
  b: T | null;
}
interface Net {
  layers: Layer[];
  scale: T;
  name: string;
}
declare const net: Net;
const square = (a: T): T => a.mul(a);
const both = (a: T, b: T): [T, T] => [a.mul(b), a];
const product = (a: T, b: T): T => a.mul(b);
const loss = (p: Net, input: T, times: number): T => input.mul(p.scale).mul(times);
const named = (a: T): { sum: T; parts: [T, T] } => ({ sum: a.sum(), parts: [a, a] });

export function funcTypes(): void {
  const { jvp, vjp, grad, gradAndValue, jacrev, jacfwd, hessian, linearize, vmap } = pf.func;

  // jvp: the tangent is what func returns; parameters of a lambda are what the primals are
  is<[output: T, tangent: T]>()(jvp(square, [x], [y]));
  is<[output: [T, T], tangent: [T, T]]>()(jvp(both, [x, y], [x, y]));
  is<[output: T, tangent: T]>()(jvp((a, b) => a.mul(b), [x, y], [x, y]));
  is<[output: T, tangent: T]>()(jvp(pf.sin, [x], [x]));
  is<[output: T, tangent: T]>()(jvp((p) => p.scale, [net], [net]));
  is<[output: T, tangent: T, aux: number]>()(jvp((a: T) => [a, 3], [x], [x], { hasAux: true }));
  is<[output: T, tangent: T, aux: { seen: T }]>()(jvp((a: T) => [a, { seen: a }], [x], [x], { hasAux: true }));
  // @ts-expect-error a tangent is missing
  jvp(both, [x, y], [x]);
  // @ts-expect-error the primal is no Net
  jvp((p: Net) => p.scale, [x], [x]);
  // @ts-expect-error no such option
  jvp(square, [x], [x], { createGraph: true });

  // vjpFn takes what func returns and gives what the primals are
  is<[output: T, vjpFn: (cotangents: T) => [x: T]]>()(vjp(square, x));
  is<[output: [T, T], vjpFn: (cotangents: [T, T]) => [a: T, b: T]]>()(vjp(both, x, y));
  is<[p: Net]>()(vjp((p: Net) => p.scale, net)[1](x));
  is<[a: T]>()(vjp((a: T) => a.sum(), x)[1](y));
  is<{ sum: T; parts: [T, T] }>()(vjp(named, x)[0]);
  is<T>()(vjp((a: T): [T, Net] => [a, net], x, { hasAux: true })[0]);
  is<Net>()(vjp((a: T): [T, Net] => [a, net], x, { hasAux: true })[2]);
  // @ts-expect-error the cotangent is a pair
  vjp(both, x, y)[1](x);

  // grad: the gradient has the type of the argument
  const gradient = grad(square);
  is<(a: T) => T>()(gradient);
  is<Net>()(grad(loss)(net, x, 3));
  const bySecond = grad(loss, { argnums: 1 });
  is<(p: Net, input: T, times: number) => T>()(bySecond);
  is<T>()(grad(loss, { argnums: -2 })(net, x, 3));
  is<Net>()(grad(loss, { argnums: -3 })(net, x, 3));
  is<[T, Net]>()(grad(loss, { argnums: [1, 0] })(net, x, 3));
  is<[T]>()(grad(loss, { argnums: [-2] })(net, x, 3));
  is<[gradient: T, aux: T[]]>()(grad((a: T) => [a.sum(), [a]], { hasAux: true })(x));
  is<[gradient: [T, Net], aux: string]>()(
    grad((p: Net, a: T) => [a, p.name], { argnums: [1, 0], hasAux: true })(net, x),
  );
  is<[gradient: Net, value: T]>()(gradAndValue(loss)(net, x, 3));
  is<[gradient: T, valueAndAux: [value: T, aux: Net]]>()(gradAndValue((a: T) => [a, net], { hasAux: true })(x));
  // What the types can't tell is any of the arguments.
  is<T | Net | number>()(grad(loss, { argnums: 1 as number })(net, x, 3));
  is<T[]>()(grad(product, { argnums: [0, 1] as number[] })(x, y));
  is<T>()(grad((...all: T[]) => all[0]!, { argnums: -1 })(x, y, x));
  is<T>()(grad((a: T, by?: number) => a.mul(by ?? 2))(x));
  const second = grad(grad(square));
  is<(a: T) => T>()(second);
  // @ts-expect-error func returns a pair
  grad(both);
  // @ts-expect-error the second argument is a Tensor
  grad(loss)(net, 3, 3);
  // @ts-expect-error no such option
  grad(square, { argNums: 0 });

  // jacrev, jacfwd, hessian: the argument's structure in the place of each output
  const jacobianOf = jacrev(square);
  is<(a: T) => T>()(jacobianOf);
  is<[T, T]>()(jacfwd(both)(x, y));
  is<[[T, T], [T, T]]>()(jacrev(both, { argnums: [0, 1] })(x, y));
  is<{ sum: T; parts: [T, T] }>()(jacrev(named)(x));
  is<{ sum: Net; parts: [Net, Net] }>()(jacfwd((p: Net) => named(p.scale))(net));
  is<{ w: T; by: number }>()(jacrev((p: { w: T; by: number }) => p.w.mul(p.by))({ w: x, by: 2 }));
  is<[jacobian: { sum: [T]; parts: [[T], [T]] }, aux: null]>()(
    jacfwd((a: T) => [named(a), null], { hasAux: true, argnums: [0], chunkSize: 2 })(x),
  );
  is<[jacobian: T, aux: number]>()(jacrev((a: T) => [a, 3], { hasAux: true })(x));
  const hessianOf = hessian(square);
  is<(a: T) => T>()(hessianOf);
  is<[[T, T], [T, T]]>()(hessian((a: T, b: T) => a.mul(b), { argnums: [0, 1] })(x, y));
  is<{ a: { a: T; b: [T] }; b: [{ a: T; b: [T] }] }>()(
    hessian((p: { a: T; b: [T] }) => p.a.mul(p.b[0]))({ a: x, b: [y] }),
  );
  // @ts-expect-error hessian has no aux
  hessian(square, { hasAux: true });

  // vmap: the function's own type
  is<(a: T) => T>()(vmap(square));
  is<(a: T, b: T) => [T, T]>()(vmap(both, { inDims: [0, null], outDims: [0, -1] }));
  is<typeof pf.sum>()(vmap(pf.sum));
  is<(a: T) => T>()(vmap(grad(square), { inDims: [{ a: [0, null] }], chunkSize: 2 }));
  // @ts-expect-error a dim is a number or null
  vmap(square, { inDims: "0" });
  // @ts-expect-error an unknown mode
  vmap(square, { randomness: "always" });

  // linearize
  is<[output: T, jvpFn: (a: T) => T]>()(linearize(square, x));
  is<[output: [T, T], jvpFn: (a: T, b: T) => [T, T]]>()(linearize(both, x, y));
  is<T>()(linearize((p: Net) => p.scale, net)[1](net));
  // @ts-expect-error two primals, two tangents
  linearize(both, x, y)[1](x);
  // @ts-expect-error the tangent of a Net is a Net
  linearize((p: Net) => p.scale, net)[1](x);
}

export function compileTypes(): void {
  const { compile } = pf;
  is<(a: T, b: T) => [T, T]>()(compile(both));
  is<(p: Net, input: T, times: number) => Net>()(compile(pf.func.grad(loss)));
  is<pf.CacheInfo>()(compile(square).cacheInfo());
  is<[output: T, jvp: T]>()(compile((a: T, v: T) => pf.functional.jvp(square, a, v))(x, y));
  // @ts-expect-error an argument is missing
  compile(both)(x);
  // @ts-expect-error no function
  compile(x);
}

export function functionalTypes(): void {
  const { jvp, vjp, jacobian, hessian, hvp, vhp } = pf.autograd.functional;
  const pair: readonly [T, T] = [x, y];
  const many: T[] = [x, y];
  const list = (a: T): T[] => [a, a];

  is<[output: T, jvp: T]>()(jvp(square, x, y));
  is<[output: [T, T], jvp: [T, T]]>()(jvp(both, [x, y], [x, y]));
  is<[output: T[], jvp: T[]]>()(jvp(list, x, null, { strict: true }));
  is<[output: T, vjp: T]>()(vjp(square, x));
  const ofLambda = vjp((a) => a.sum(), x);
  is<T>()(ofLambda[0]);
  is<T>()(ofLambda[1]);
  is<[output: [T, T], vjp: [T, T]]>()(vjp(both, pair, [x, y]));
  is<[output: [T, T], vjp: T[]]>()(vjp(both, many, [x, y]));
  is<[output: [T, T], vjp: [T, T]]>()(vjp(both, [x, y], [x, y]));
  is<[output: T, hvp: [T]]>()(hvp(square, [x]));
  const ofSquare = hvp(square, x);
  is<T>()(ofSquare[0]);
  is<T>()(ofSquare[1]);
  is<[output: T, vhp: [T, T]]>()(vhp((a: T, b: T) => a.dot(b), pair, pair));

  // functional.jacobian, functional.hessian: outputs × inputs, without the levels that are single
  is<T>()(jacobian(square, x));
  is<[T, T]>()(jacobian(both, x));
  is<[[T, T], [T, T]]>()(jacobian(both, [x, y]));
  is<[T]>()(jacobian(square, [x]));
  is<T[]>()(jacobian(square, many));
  is<T[][]>()(jacobian(list, many));
  is<[T, T][]>()(jacobian(list, pair));
  is<T>()(hessian(square, x));
  is<[[T, T], [T, T]]>()(hessian((a: T, b: T) => a.dot(b), [x, y]));
  is<T[][]>()(hessian((a: T, b: T) => a.dot(b), many));
  // @ts-expect-error inputs are Tensors
  jacobian(square, 3);
  // @ts-expect-error an unknown strategy
  jacobian(square, x, { strategy: "both" });

  is<boolean>()(pf.autograd.gradcheck(square, x));
  is<boolean>()(pf.autograd.gradgradcheck(both, [x, y], [x, y], { atol: 1 }));
  // @ts-expect-error no such option
  pf.autograd.gradcheck(square, x, { tolerance: 1 });
  is<[T]>()(pf.autograd.grad(x, y));
  is<[T | null]>()(pf.autograd.grad(x, [y], { allowUnused: true }));
  is<T[]>()(pf.autograd.grad(x, [x, y].slice(1)));
  is<T>()(pf.autograd.noGrad(() => x));
}

// Classes as containers; what is carried along keeps its type.
class Dense {
  w: T = x;
  when = new Date();
  activation: (t: T) => T = pf.sin;
  forward(t: T): T {
    return this.activation(t.mul(this.w));
  }
}
declare const dense: Dense;
export function containerTypes(): void {
  is<Dense>()(pf.func.grad((m: Dense, t: T) => m.forward(t).sum())(dense, x));
  is<[output: Dense, tangent: Dense]>()(pf.func.jvp((m: Dense) => m, [dense], [dense]));
  is<Date>()(pf.func.jacrev((_: T) => new Dense())(x).when);
  is<(t: T) => T>()(pf.func.jacrev((_: T) => new Dense())(x).activation);
  is<Dense>()(pf.tidy(() => dense));
  is<Dense>()(pf.replace(dense, (m) => pf.tree.map((t) => t.neg(), m)));
  is<number>()(pf.replace(dense, () => 3));
  is<Dense>()(pf.tree.map((t, other) => t.add(other), dense, dense));
  is<number[]>()(pf.tree.map((t) => t.shape, dense).w);
  is<T[]>()(pf.tree.leaves(dense));
  is<unknown>()(pf.tree.unflatten(pf.tree.structure(dense), [x]));
  is<T>()(pf.ravel(x));
  is<[flat: T, unravel: (flat: T) => Dense]>()(pf.ravel(dense));
  is<[flat: T, unravel: (flat: T) => T]>()(pf.tree.ravel(x));
  is<void>()(pf.dispose({ dense, list: [x] }));
  // @ts-expect-error a number holds no tensors
  pf.ravel(3);
}
