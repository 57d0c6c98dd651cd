// The special functions as kernels: one loop for all of them, an element at a time in float64.
import { DType } from "../../abi/opcodes";
import { besselJ, besselY } from "../special/bessel";
import { betaln, polygamma, zeta } from "../special/gamma";
import { betaDensity, gammaDensity, gammainc, gammaincc, incompleteBeta } from "../special/incomplete";
import { besselI, besselK, scaledBesselI, scaledBesselK } from "../special/modifiedBessel";
import { orthogonal } from "../special/polynomials";

function elementAt(dtype: i32, address: usize, i: usize): f64 {
  return dtype == DType.Float32 ? <f64>load<f32>(address + (i << 2)) : load<f64>(address + (i << 3));
}
function place(dtype: i32, address: usize, i: usize, value: f64): void {
  if (dtype == DType.Float32) store<f32>(address + (i << 2), <f32>value);
  else store<f64>(address + (i << 3), value);
}
function map2(dtype: i32, dst: usize, a: usize, b: usize, n: i32, f: (a: f64, b: f64) => f64): void {
  for (let i: usize = 0; i < <usize>n; i++) place(dtype, dst, i, f(elementAt(dtype, a, i), elementAt(dtype, b, i)));
}
function map3(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32, f: (a: f64, b: f64, c: f64) => f64): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    place(dtype, dst, i, f(elementAt(dtype, a, i), elementAt(dtype, b, i), elementAt(dtype, c, i)));
  }
}

export function polygammas(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, polygamma);
}
export function zetas(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, zeta);
}
export function betaLogarithms(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, betaln);
}
export function besselJs(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, besselJ);
}
export function besselYs(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, besselY);
}
export function besselIs(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, besselI);
}
export function scaledBesselIs(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, scaledBesselI);
}
export function besselKs(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, besselK);
}
export function scaledBesselKs(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, scaledBesselK);
}
export function gammaincs(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, gammainc);
}
export function gammaComplements(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, gammaincc);
}
export function gammaDensities(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2(dtype, dst, a, b, n, gammaDensity);
}
export function betaincs(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, (a, b, x) => incompleteBeta(a, b, x, 0, 0));
}
export function betaincsA(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, (a, b, x) => incompleteBeta(a, b, x, 1, 0));
}
export function betaincsB(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, (a, b, x) => incompleteBeta(a, b, x, 2, 0));
}
export function betaincsAA(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, (a, b, x) => incompleteBeta(a, b, x, 1, 1));
}
export function betaincsAB(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, (a, b, x) => incompleteBeta(a, b, x, 1, 2));
}
export function betaincsBB(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, (a, b, x) => incompleteBeta(a, b, x, 2, 2));
}
export function betaDensities(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, betaDensity);
}
export function polynomials(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  map3(dtype, dst, a, b, c, n, orthogonal);
}
