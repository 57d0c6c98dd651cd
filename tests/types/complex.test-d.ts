// Complex tensors: what ops and functional give of them.
import * as pf from "pushforward";
import { type Equal, is } from "./assert.test-d.js";

type T = pf.Tensor;
type Z = pf.ComplexTensor;
declare const x: T;
declare const z: Z;

export function ops(): void {
  is<Z>()(pf.complex(x, 1));
  is<Z>()(z.mul(x).add(2).exp());
  is<Z>()(pf.mul(2, z));
  is<Z>()(x.mul(z));
  is<T>()(z.abs());
  is<T>()(pf.viewAsReal(z));
  is<Z>()(z.at(0, ":").reshape(2, -1).sum(0, true));
  is<Z>()(pf.stack([z, z], 1));
  is<Z>()(pf.einsum("ij,jk->ik", z, z));
  is<Z[]>()(z.split(2) as Z[]);
  is<Z>()(pf.fft.fft(x));
  is<Z>()(pf.fft.ifft(z, { norm: "ortho" }));
  is<T>()(pf.fft.irfft(z, 4));
  is<"complex64" | "complex128">()(z.dtype);
  // @ts-expect-error relu is of real numbers
  z.relu();
  // @ts-expect-error so is its transform
  pf.fft.rfft(z);
}

export function derivatives(): void {
  const [y, dy] = pf.functional.jvp((w) => w.exp(), z, z);
  is<Z>()(y);
  is<Z>()(dy);
  const [, [gz, gx]] = pf.functional.vjp((w: Z, t: T) => w.abs().mul(t), [z, x], x);
  is<Z>()(gz);
  is<T>()(gx);
  const [loss, product] = pf.functional.hvp((w) => w.abs().sum(), z, z);
  is<T>()(loss);
  is<Z>()(product);
  is<Z>()(pf.func.grad((w: Z) => w.abs().sum())(z));
  is<Z>()(pf.keep(z));
  is<{ z: Z }>()(pf.tree.map((t: T) => t.mul(2), { z }));
  const same: Equal<typeof dy, Z> = true;
  void same;
}
