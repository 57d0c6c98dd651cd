// Eigenvalues and eigenvectors of general matrices, complex: real parts above imaginary ones.
import { failure } from "../../abi/failure";
import { DType, Op } from "../../abi/opcodes";
import { seal } from "../../graph/graph";
import { Node, nodeOf } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { eigPart, eigParts, eigSpace } from "../../kernels/linalg/spectral";
import { setPointer } from "../../memory/words";
import { batched } from "../batching";
import { Call, addResult, appendCall, buildOutput, resultData, startResults } from "../call";
import { buildConcatPair } from "../concat";
import { add, binary, div, mul, neg, scale, shift, sub, unary, where } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { buildSum } from "../reduce";
import { buildAlias, fullLike } from "../source";
import { buildExpand, narrowed, transposed } from "../views";
import { describeSpectra, runSpectra, spectra } from "./eigh";
import { buildLu, buildSolve } from "./lu";
import { holdsMatrices, rowsOf, sizes, sizesLike } from "./matrices";
import { noteGaugeCheck } from "./rotations";
import { lowerTriangle, upperTriangle } from "./triangular";

/**
 * Of matrices [..., n, n] the eigenvalues [..., 2, n] and the eigenvectors, as columns, [..., 2n, n], of norm 1; and for each matrix an
 * int32: 0, -1 where elements are not finite, 1 where it did not converge.
 */
@binding
export function buildEig(a: Node): Node {
  if (!holdsMatrices(a, true)) return a;
  const n = rowsOf(a);
  startResults();
  addResult(a.dtype, sizesLike(a, 2, n), sizes);
  addResult(a.dtype, sizesLike(a, 2 * n, n), sizes);
  addResult(DType.Int32, sizesLike(a), sizes);
  const call = appendCall(Op.Eig, 0, 1);
  call.setInput(0, a);
  return seal(call);
}

/** The upper or the lower half of x's rows. */
function half(x: Node, which: i32): Node {
  const row = <i32>x.ndim - 2,
    count = x.dim(row) >> 1;
  return narrowed(x, row, which * count, count);
}
/** A row or a column, repeated to the shape of `like`. */
function spread(x: Node, like: Node): Node {
  return buildExpand(x, like.ndim, like.dims);
}
function stacked(a: Node, b: Node): Node {
  return buildConcatPair(a, b, <i32>a.ndim - 2);
}

/** The diagonal of x, as a row. */
function onDiagonal(x: Node, identity: Node): Node {
  return buildSum(mul(x, identity), 1 << (<i32>x.ndim - 2), true);
}
/** √ε: a vector's phase matters if turning it changes more than this part of what all of g does. */
const EPSILON_12_64: f64 = 1.4901161193847656e-8;
const EPSILON_12_32: f64 = 3.4526698300124393e-4;
/**
 * Any multiple e^{iφ} of a vector is an eigenvector as well. 1 for the vectors along whose turning, told by the imaginary part of the
 * diagonal of Vᴴ·g, nothing changes but for rounding, NaN for others. To be multiplied with: so a jvp has it too.
 */
function phaseCheck(turning: Node, g: Node): Node {
  noteGaugeCheck();
  const isDouble = g.dtype == DType.Float64,
    size = buildSum(unary(Op.Abs, g), 3 << (<i32>g.ndim - 2), true),
    part = scale(size, (isDouble ? EPSILON_12_64 : EPSILON_12_32) / <f64>rowsOf(g)),
    // Also where all of g cancels, of terms of about 1.
    limit = shift(part, isDouble ? 1e-14 : 1e-6);
  return where(
    binary(Op.Le, unary(Op.Abs, turning), spread(limit, turning)),
    fullLike(turning, 1),
    fullLike(turning, NaN),
  );
}

@primitive({
  op: "Eig",
  kind: "kernel",
  isCall: true,
  results: "values, vectors, info",
  attributes: { results: "results" },
  reads: "all",
})
@final
export class Eig extends Call {
  // Re V⁻ᴴ·(diag(gλ) + (Vᴴ·gV - Vᴴ·V·diag(Re Vᴴ·gV)) / conj(λⱼ - λᵢ))·Vᴴ (C. Boeddeker, P. Hanebrink, L. Drude, J. Heymann and
  // R. Haeb-Umbach, "On the computation of complex-valued gradients with application to statistically optimum beamforming", 2017).
  backward(call: Node, exchange: usize): bool {
    const gValues = nodeOf(exchange, 0),
      gVectors = nodeOf(exchange, 2),
      w = buildOutput(call, 0),
      v = buildOutput(call, 1);
    if (failure) return false;
    const re = half(v, 0),
      im = half(v, 1),
      column = <i32>v.ndim - 1,
      // As a real matrix of twice the size, whose transpose is that of Vᴴ.
      whole = buildConcatPair(v, stacked(neg(im), re), column),
      adjoint = transposed(whole),
      identity = lowerTriangle(upperTriangle(fullLike(re, 1)));
    let mRe: Node | null = null,
      mIm: Node | null = null;
    if (changetype<usize>(gVectors)) {
      const along = buildMatmul(adjoint, gVectors);
      if (failure) return false;
      const kept = onDiagonal(half(along, 0), identity),
        whereDetermined = phaseCheck(onDiagonal(half(along, 1), identity), gVectors),
        q = mul(sub(along, mul(buildMatmul(adjoint, v), spread(kept, along))), spread(whereDetermined, along));
      if (failure) return false;
      const qRe = half(q, 0),
        qIm = half(q, 1),
        dRe = gaps(half(w, 0), re),
        dIm = gaps(half(w, 1), re),
        // The diagonal, where there is no gap, has 0 above.
        square = add(add(mul(dRe, dRe), mul(dIm, dIm)), identity);
      mRe = div(sub(mul(qRe, dRe), mul(qIm, dIm)), square);
      mIm = div(add(mul(qRe, dIm), mul(qIm, dRe)), square);
    }
    if (changetype<usize>(gValues)) {
      const ofRe = mul(spread(half(gValues, 0), re), identity),
        ofIm = mul(spread(half(gValues, 1), re), identity);
      mRe = mRe ? add(mRe, ofRe) : ofRe;
      mIm = mIm ? add(mIm, ofIm) : ofIm;
    }
    if (!mRe || !mIm) return true;
    const m = stacked(mRe, mIm),
      factors = buildLu(buildAlias(whole, false, false)),
      x = buildSolve(whole, buildOutput(factors, 0), buildOutput(factors, 1), m, true);
    if (failure) return false;
    const da = add(buildMatmul(half(x, 0), transposed(re)), buildMatmul(half(x, 1), transposed(im)));
    setPointer(exchange, 0, changetype<usize>(da));
    return true;
  }
  batch(n: Node): Node {
    return buildEig(batched(n, 0));
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    describeSpectra(n.input(0));
    spectra.values = resultData(n, 0);
    spectra.lefts = resultData(n, 1);
    spectra.info = resultData(n, 2);
    return runSpectra(eigPart, eigParts(spectra), eigSpace(spectra));
  }
  flops(n: Node): f64 {
    const a = n.input(0);
    return 25 * <f64>a.numel * <f64>rowsOf(a);
  }
}
// valuesⱼ - valuesᵢ, of a row.
function gaps(row: Node, like: Node): Node {
  return sub(spread(row, like), spread(transposed(row), like));
}
