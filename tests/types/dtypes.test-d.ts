// The dtype that a Tensor's type says, and the types of its elements: known where they are certain, any where not.
import * as pf from "pushforward";
import { type Equal, is } from "./assert.test-d.js";

type T = pf.Tensor;
type F32 = pf.Tensor<"float32">;
type F64 = pf.Tensor<"float64">;
type I32 = pf.Tensor<"int32">;
type B = pf.Tensor<"bool">;
declare const any: T;
declare const f32: F32;
declare const f64: F64;
declare const i32: I32;
declare const b: B;

export function creation(typed: pf.TypedArray, booleans: boolean[]): void {
  is<T>()(pf.tensor([1, 2]));
  is<T>()(pf.tensor([]));
  is<F64>()(pf.tensor(new Float64Array(2)));
  is<F32>()(pf.tensor(new Float32Array(2)));
  is<I32>()(pf.tensor(new Int32Array(2)));
  is<B>()(pf.tensor(new Uint8Array(2)));
  is<pf.Tensor<pf.DTypeName>>()(pf.tensor(typed));
  is<B>()(pf.tensor(true));
  is<B>()(pf.tensor([[true], [false]]));
  // An empty array would have the default dtype.
  is<T>()(pf.tensor(booleans));
  is<T>()(pf.tensor([true, 1]));
  is<F64>()(pf.tensor([[1]], { dtype: "float64", requiresGrad: true }));
  is<F64>()(pf.tensor([true], { dtype: "float64" }));
  is<F64>()(pf.tensor(new Float32Array(2), { dtype: "float64", shape: [2] as const }));
  is<T>()(pf.tensor([1], { requiresGrad: true }));
  is<F64>()(pf.asTensor(f64));
  is<F32>()(pf.asTensor(f64, { dtype: "float32" }));
  is<T>()(pf.asTensor([1]));

  is<T>()(pf.zeros([2]));
  is<F64>()(pf.zeros([2], { dtype: "float64" }));
  is<F64>()(pf.zeros(2, 3, { dtype: "float64" }));
  is<T>()(pf.ones([2], { requiresGrad: true }));
  is<F32>()(pf.full([2], 1, { dtype: "float32" }));
  is<I32>()(pf.arange(3, { dtype: "int32" }));
  is<F64>()(pf.randn(2, { dtype: "float64" }));
  is<I32>()(pf.randint(3, [2]));
  is<F64>()(pf.zerosLike(f64));
  is<I32>()(pf.zerosLike(f64, { dtype: "int32" }));
  // As arguments of ops too, of which TypeScript 5.9 looks at what the op takes before it looks at the option.
  is<F64>()(pf.exp(pf.zeros([2], { dtype: "float64" })));
  is<F64>()(pf.cat([f64, pf.randn(2, { dtype: "float64" })]));
  is<F64>()(pf.add(pf.tensor([1], { dtype: "float64" }), i32));
  is<F32>()(pf.exp(pf.zerosLike(f64, { dtype: "float32" })));
  is<F64>()(pf.exp(pf.asTensor([1], { dtype: "float64" })));
  is<F64>()(pf.exp(pf.to(f32, "float64")));
  is<F64>()(pf.exp(pf.sum(f32, 0, { dtype: "float64" })));
  // @ts-expect-error no such dtype
  pf.zeros([2], { dtype: "float16" });
  // @ts-expect-error no such option
  pf.zeros([2], { dtyp: "float64" });
}

export function reading(): void {
  const doubles: Float64Array = f64.data();
  const floats: Float32Array = f32.data();
  const integers: Int32Array = i32.data();
  const bytes: Uint8Array = b.data();
  const elements: pf.TypedArray = any.data();
  // @ts-expect-error these are float64
  const wrong: Float32Array = f64.data();
  // @ts-expect-error these may be any
  const unsure: Float32Array = any.data();
  void [doubles, floats, integers, bytes, elements, wrong, unsure];
  is<"float64">()(f64.dtype);
  is<pf.DTypeName>()(any.dtype);
  const nested = f64.toArray();
  if (!Array.isArray(nested)) is<number>()(nested);
  else for (const item of nested) if (!Array.isArray(item)) is<number>()(item);
  const flags = b.tolist();
  if (!Array.isArray(flags)) is<boolean>()(flags);
  is<pf.NestedArray>()(any.toArray());
  is<number>()(any.item());
  for (const row of f64) is<F64>()(row);
  is<F64 | null>()(f64.grad);
  is<F64>()(f64.requiresGrad_());
}

export function assignment(): void {
  let x = pf.zeros([2], { dtype: "float64" });
  x = x.mul(2);
  x = x.add(any);
  x = any;
  let y = pf.tensor([1]);
  y = f64;
  y = i32;
  // @ts-expect-error these are integers
  x = i32;
  const either: pf.Tensor<"float32" | "float64"> = f32;
  is<ReturnType<F32["data"]> | ReturnType<F64["data"]>>()(either.data());
  void [x, y];
}

export function ops(operand: T | number, integer: I32 | number): void {
  is<F64>()(f64.sin());
  is<F64>()(pf.sin(f64));
  is<T>()(i32.sin());
  is<T>()(any.sin());
  is<B>()(any.gt(0));
  is<I32>()(any.argmax());
  is<F64>()(f64.mul(2));
  is<F64>()(f64.mul(f64));
  is<F64>()(f64.mul(i32));
  // A 0-dim tensor counts less, so either may result.
  is<T>()(f64.mul(f32));
  is<T>()(f64.mul(any));
  is<T>()(any.mul(2));
  is<I32>()(i32.mul(i32));
  // 2 gives int32, 2.5 float32.
  is<T>()(i32.mul(2));
  is<T>()(i32.mul(operand));
  is<T>()(i32.mul(integer));
  is<F64>()(f64.mul(integer));
  is<F64>()(pf.add(f64, 2));
  is<F64>()(pf.mul(2, f64));
  is<T>()(pf.add(1, 2));
  is<F64>()(pf.where(b, f64, 0));
  is<F64>()(f64.where(b, 0));
  is<F64>()(f64.clamp(0));
  is<F64>()(f64.clamp(0, 1));
  is<F64>()(f64.clamp({ max: f64 }));
  is<F64>()(f64.reshape([1]));
  is<F64>()(f64.T);
  is<F64>()(f64.at(0, "1:"));
  is<F64>()(f64.max());
  is<F64>()(f64.max(1).values);
  is<I32>()(f64.max(1).indices);
  is<I32>()(f64.max(1)[1]);
  is<F64>()(f64.aminmax().min);
  is<F64>()(f64.sum());
  is<I32>()(b.sum(0));
  is<F64>()(f32.sum({ dtype: "float64" }));
  is<F32>()(f32.sum({ keepdim: true }));
  is<F32>()(f32.softmax(1));
  is<F64>()(f32.softmax(1, "float64"));
  is<F64>()(any.double());
  is<F32>()(f64.float());
  is<F64>()(f32.to("float64"));
  is<I32>()(f32.int());
  is<B>()(f32.bool());
  is<F64>()(f64.clone());
  is<F64>()(f64.detach());
  is<F64>()(pf.cat([f64, f64]));
  is<F64>()(pf.stack([f64, f64], 1));
  is<T>()(pf.cat([any, f64]));
  is<F64[]>()(f64.split(1));
  is<F64>()(pf.einsum("i,i->", f64, f64));
  is<F64>()(pf.nn.functional.linear(f64, f64));
  is<F64>()(pf.nn.functional.linear(f64, f64, f64));
  is<F64>()(pf.nn.functional.crossEntropy(f64, [1]));
  is<F64>()(f64.matmul(f64));
  is<boolean>()(pf.allclose(f64, f64));
  // Options may be there and say nothing.
  f64.sum({ dim: undefined, keepdim: null });
  // @ts-expect-error no such option
  f64.sum({ keepDim: true });
}

export function derivatives(): void {
  is<[output: F64, jvp: F64]>()(pf.functional.jvp((t: F64) => t.sin(), f64, f32));
  is<F64>()(pf.functional.vjp((t) => t.sin(), f64)[1]);
  is<F64>()(pf.functional.jacobian((t: F64) => t.sin(), f64));
  // Forward mode gives float64, reverse mode float32.
  is<T>()(pf.functional.jacobian((t: F32) => t.double(), f32));
  const gradient = pf.func.grad((t: F64) => t.sum());
  is<F64>()(gradient(f64));
  const jacobian = pf.func.jacrev((t: F64) => t.sin());
  is<F64>()(jacobian(f64));
  const columns = pf.func.jacfwd((t: F32) => t.double());
  is<T>()(columns(f32));
  is<[output: F64, tangent: F64]>()(pf.func.jvp((t) => t.sin(), [f64], [f32]));
  is<F64>()(pf.tree.map((t) => t.double(), f32));
  is<{ w: F64 }>()(pf.tree.map((t) => t.double(), { w: f32 }));
  is<{ w: F64 }>()(pf.tree.map((t) => t.add(1), { w: f64 }));
}
export const same: Equal<T, pf.Tensor<any>> = true;
