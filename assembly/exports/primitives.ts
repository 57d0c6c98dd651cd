// Builders of primitives whose operands or attributes need more than a number each; the others are in generated/bindings.ts.
import { buildOutput } from "../primitives/call";
import { nodeFrom } from "../graph/node";
import { failure } from "../abi/failure";
import { buildConcat } from "../primitives/concat";
import { buildConvolution } from "../primitives/convolution";
import * as elementwise from "../primitives/elementwise/binary";
import { buildCast, buildUnary } from "../primitives/elementwise/unary";
import { buildPad } from "../primitives/pad";
import { buildReduce } from "../primitives/reduce";
import * as source from "../primitives/source";
import * as views from "../primitives/views";
import { begin, result, scratchAddress, toAddresses, tooManyDims, dimSet } from "./scratch";

export function unary(op: i32, x: i32): i32 {
  begin();
  return result(buildUnary(op, nodeFrom(x)));
}
export function cast(x: i32, dtype: i32): i32 {
  begin();
  const n = nodeFrom(x);
  // A number that is cast has a dtype of its own from here on, also where it had this one before.
  return result(n.isWeak ? source.buildFull(dtype, 0, n.dims, n.value) : buildCast(n, dtype));
}
export function binary(op: i32, a: i32, b: i32): i32 {
  begin();
  return result(elementwise.buildBinary(op, nodeFrom(a), nodeFrom(b)));
}
export function where(condition: i32, a: i32, b: i32): i32 {
  begin();
  return result(elementwise.buildWhere(nodeFrom(condition), nodeFrom(a), nodeFrom(b)));
}
export function ternary(op: i32, a: i32, b: i32, c: i32): i32 {
  begin();
  return result(elementwise.buildTernary(op, nodeFrom(a), nodeFrom(b), nodeFrom(c)));
}
/** dims in scratch; none: over all. */
export function reduce(op: i32, x: i32, count: i32, keepdim: bool): i32 {
  begin();
  const set = dimSet(nodeFrom(x).ndim, count);
  return set < 0 ? <i32>set : result(buildReduce(op, nodeFrom(x), <u32>set, keepdim));
}
export function reshape(x: i32, ndim: i32): i32 {
  begin();
  return tooManyDims(ndim) ? failure : result(views.buildReshape(nodeFrom(x), ndim, scratchAddress()));
}
export function expand(x: i32, ndim: i32): i32 {
  begin();
  return tooManyDims(ndim) ? failure : result(views.buildExpand(nodeFrom(x), ndim, scratchAddress()));
}
/** starts, lengths and steps in scratch, `ndim` words each. */
export function slice(x: i32, ndim: i32): i32 {
  begin();
  return result(views.buildSlice(nodeFrom(x), ndim, scratchAddress()));
}
/** dims in scratch. */
export function flip(x: i32, count: i32): i32 {
  begin();
  const set = count ? dimSet(nodeFrom(x).ndim, count) : 0;
  return set < 0 ? <i32>set : result(views.buildFlip(nodeFrom(x), <u32>set));
}
/** Amounts before, after and between in scratch, `ndim` words each. */
export function pad(x: i32, ndim: i32, value: f64): i32 {
  begin();
  return result(buildPad(nodeFrom(x), ndim, scratchAddress(), value));
}
/** `count` node ids in scratch. */
export function concat(count: i32, dim: i32): i32 {
  begin();
  toAddresses(0, count);
  return result(buildConcat(count, scratchAddress(), dim));
}
/** Of each axis stride, low, high, dilation of x and of the weights in scratch. */
export function convolution(x: i32, w: i32, groups: i32, isTransposed: bool): i32 {
  begin();
  return result(buildConvolution(nodeFrom(x), nodeFrom(w), groups, isTransposed, scratchAddress()));
}
/** Result k of a call that computes. */
export function output(call: i32, k: i32): i32 {
  begin();
  return result(buildOutput(nodeFrom(call), k));
}
