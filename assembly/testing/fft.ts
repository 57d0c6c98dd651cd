// The Fourier transforms on their own, for measurements: memory above heapBase is the caller's.
import { Fourier, fourier, fourierOfReal, fourierSpace, realOfFourier } from "../kernels/fft";

const f = changetype<Fourier>(memory.data(64, 8));
export function heapBase(): usize { return (__heap_base + 63) & ~63; }
export function describe(n: i32, outer: i32, inner: i32, sign: i32, scale: f64, weight: f64, re: usize, im: usize, toRe: usize, toIm: usize): void {
  f.n = n; f.outer = outer; f.inner = inner; f.sign = sign; f.scale = scale; f.weight = weight; f.re = re; f.im = im; f.toRe = toRe; f.toIm = toIm;
}
export function complex32(): bool { return fourier(f, 4); }
export function complex64(): bool { return fourier(f, 8); }
export function ofReal32(space: usize): bool { return fourierOfReal(f, 4, space); }
export function ofReal64(space: usize): bool { return fourierOfReal(f, 8, space); }
export function toReal32(space: usize): bool { return realOfFourier(f, 4, space); }
export function toReal64(space: usize): bool { return realOfFourier(f, 8, space); }
export function spaceOf(n: i32, outer: i32, size: i32): f64 { return fourierSpace(n, outer, size); }
import { allocate } from "../memory/heap";
export function take(bytes: usize): usize { return allocate(bytes); }
