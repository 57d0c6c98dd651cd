// Reductions over any dims of a strided view.
//
// The order of combining is fixed by shape and layout alone, never by threads: elements (or rows) in blocks of 128, blocks
// combined pairwise as a binary counter would (a block is merged with the partial result before it whenever both cover
// equally many blocks). The error of a sum grows with log n. Long reductions to few results are cut into ranges of the removed
// dims, whether one thread runs them or several, and the ranges' results are reduced in turn.
import { DType } from "../abi/opcodes";
import { Trait } from "../abi/traits";
import { reduceWhole } from "../generated/reductions";
import { hasTrait } from "../generated/traits";
import { BLOCK } from "./reduce/elements";
import { keepDims, orderForReading, orient } from "./reduce/layout";
import {
  KEPT_WALK,
  REDUCED_WALK,
  coalesce,
  offsetA,
  offsetB,
  quotientUp,
  setDim,
  sizeAt,
  strideA,
  strideB,
  walkLength,
} from "./strided";
import { kernelScratch } from "../threads/scratch";

/**
 * dst (contiguous over outDims) = op over redDims of src. Sum, Prod, Amax, Amin keep the dtype; Argmax and Argmin give int32,
 * the row-major position within redDims of the first extreme element. NaN wins over every number.
 */
@unmanaged
export class Reduction {
  op: i32;
  dtype: i32;
  dst: usize;
  src: usize;
  outNdim: i32;
  outDims: usize;
  outStrides: usize;
  redNdim: i32;
  redDims: usize;
  redStrides: usize;
  /** For the ranges' results, `reduceWorkspace` bytes, where that is not 0. */
  partials: usize;
}

// About 100 µs of work each.
const PART_ELEMENTS: i32 = 1 << 20;
const MAX_PARTS: i32 = 64;
/** Reductions to no more results than this are cut along the removed dims. */
const FEW_RESULTS: i32 = 256;

// What layOut has found, for this thread: how many dims are kept and removed, and where the first element and result are.
let kept: i32 = 0;
let reduced: i32 = 0;
let src: usize = 0;
let dst: usize = 0;

// The dims of a job, in the order in which they are read. Positions within the removed dims mean something to Argmax and Argmin.
function layOut(job: Reduction): void {
  const outer = kernelScratch + KEPT_WALK;
  const inner = kernelScratch + REDUCED_WALK;
  const size = sizeOfDType(job.dtype);
  const resultSize = isArg(job) ? 4 : size;
  src = job.src;
  dst = job.dst;
  kept = keepDims(outer, job.outNdim, job.outDims, job.outStrides);
  reduced = coalesce(inner, job.redNdim, job.redDims, job.redStrides, job.redStrides);
  if (kept < 0) return;
  orient(outer, kept);
  src += offsetA(outer) * size;
  dst += offsetB(outer) * resultSize;
  kept = orderForReading(outer, kept);
  if (isArg(job) || reduced <= 0) return;
  for (let d = 0; d < reduced; ++d) setDim(inner, d, sizeAt(inner, d), strideA(inner, d), 0);
  orient(inner, reduced);
  src += offsetA(inner) * size;
  reduced = orderForReading(inner, reduced);
}

// @ts-ignore: decorator
@inline
function isArg(job: Reduction): bool {
  return !hasTrait(job.op, Trait.Sink);
}
// @ts-ignore: decorator
@inline
function sizeOfDType(dtype: i32): i32 {
  return dtype == DType.Float64 ? 8 : dtype == DType.Bool ? 1 : 4;
}

// -- parts

// How the job that is laid out is cut into parts, by its shape alone: into ranges of the removed dims (`isCut`), or of a kept dim.
let isCut: bool = false;
let cutDim: i32 = 0;
/** Positions of the dim to a part. */
let cutLength: i32 = 0;

function countParts(job: Reduction): i32 {
  isCut = false;
  if (kept < 0 || reduced < 0) return 1;
  const outer = kernelScratch + KEPT_WALK;
  const inner = kernelScratch + REDUCED_WALK;
  const results = walkLength(outer, kept);
  const depth = walkLength(inner, reduced);
  const wanted = <i32>min(<f64>MAX_PARTS, (<f64>results * <f64>depth) / <f64>PART_ELEMENTS);
  if (wanted < 2) return 1;
  if (results <= FEW_RESULTS) {
    if (isArg(job) || reduced == 0) return 1;
    isCut = true;
    // Whole blocks of elements, or of rows.
    return cut(inner, reduced, wanted, BLOCK);
  }
  return cut(outer, kept, wanted, LANES);
}
/** Ranges of kept positions begin where whole vectors do. */
const LANES: i32 = 64;

// Cuts the outermost of n dims that is long enough, else the longest, into about `wanted` ranges of multiples of `unit`.
function cut(walk: usize, n: i32, wanted: i32, unit: i32): i32 {
  cutDim = 0;
  for (let d = 1; d < n && sizeAt(walk, cutDim) < wanted; ++d) if (sizeAt(walk, d) > sizeAt(walk, cutDim)) cutDim = d;
  const size = sizeAt(walk, cutDim);
  const multiple = cutDim == n - 1 || size >= wanted * unit ? unit : 1;
  const length = quotientUp(size, wanted);
  cutLength = min(size, quotientUp(length, multiple) * multiple);
  return quotientUp(size, cutLength);
}

/** How many parts `reducePart` can be called for, in any order and at once. */
export function reduceParts(job: Reduction): i32 {
  layOut(job);
  return countParts(job);
}

/** Bytes of the workspace that the job needs. */
export function reduceWorkspace(job: Reduction): i32 {
  layOut(job);
  const parts = countParts(job);
  return isCut ? parts * walkLength(kernelScratch + KEPT_WALK, kept) * sizeOfDType(job.dtype) : 0;
}

export function reducePart(job: Reduction, part: i32): void {
  layOut(job);
  if (kept < 0) return;
  const parts = countParts(job);
  if (parts > 1) {
    const walk = kernelScratch + (isCut ? REDUCED_WALK : KEPT_WALK);
    const first = part * cutLength;
    const a = strideA(walk, cutDim);
    const b = strideB(walk, cutDim);
    const size = sizeOfDType(job.dtype);
    src += first * a * size;
    if (!isCut) dst += first * b * (isArg(job) ? 4 : size);
    else {
      // Where dst begins may be a result other than the first: dims of which src is read backwards.
      dst += job.partials - job.dst + part * walkLength(kernelScratch + KEPT_WALK, kept) * size;
    }
    setDim(walk, cutDim, min(cutLength, sizeAt(walk, cutDim) - first), a, b);
  }
  run(job);
}

/** What is left when all parts are done. */
export function reduceFinish(job: Reduction): void {
  layOut(job);
  const parts = countParts(job);
  if (!isCut) return;
  const outer = kernelScratch + KEPT_WALK;
  const results = walkLength(outer, kept);
  setDim(outer, 0, results, 1, 1);
  setDim(kernelScratch + REDUCED_WALK, 0, parts, results, 0);
  kept = results > 1 ? 1 : 0;
  reduced = 1;
  src = job.partials;
  dst = job.dst;
  run(job);
}

/** The whole job on this thread. */
export function reduce(job: Reduction): void {
  const parts = reduceParts(job);
  for (let part = 0; part < parts; ++part) reducePart(job, part);
  reduceFinish(job);
}

// -- kernels

function run(job: Reduction): void {
  reduceWhole(job.op, job.dtype, dst, src, kept, reduced);
}
