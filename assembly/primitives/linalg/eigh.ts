// Eigenvalues and eigenvectors of symmetric matrices.
import { failure } from "../../abi/failure";
import { DType, Op } from "../../abi/opcodes";
import { seal } from "../../graph/graph";
import { Node, nodeOf } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { Spectra, eighPart, eighParts, eighSpace } from "../../kernels/linalg/spectral";
import { setPointer } from "../../memory/words";
import { batched } from "../batching";
import { Call, addResult, appendCall, buildOutput, isWanted, resultData, startResults } from "../call";
import { add, mul } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { buildExpand, transposed } from "../views";
import { columnsOf, holdsMatrices, matricesOf, rowsOf, runJob, sizes, sizesLike } from "./matrices";
import { asRow, buildPull } from "./rotations";

/** The batch of the evaluation under way. */
export const spectra = changetype<Spectra>(memory.data(128, 8));

/** Describes what is decomposed. */
export function describeSpectra(a: Node): void {
  const ndim = <i32>a.ndim - 2;
  spectra.dtype = a.dtype;
  spectra.count = matricesOf(a);
  spectra.rows = rowsOf(a);
  spectra.columns = columnsOf(a);
  spectra.from = a.data;
  spectra.ndim = ndim;
  spectra.dims = a.dims;
  spectra.strides = a.strides;
}
export function runSpectra(run: (s: Spectra, part: i32) => void, parts: i32, bytes: usize): bool {
  return runJob<Spectra>(run, spectra, parts, bytes);
}
/** x [..., m, k], its columns multiplied by values [..., k]. */
export function scaledColumns(x: Node, values: Node): Node {
  if (failure) return x;
  return mul(x, buildExpand(asRow(values), x.ndim, x.dims));
}

/**
 * The eigenvalues, ascending, and eigenvectors, as columns, of symmetric matrices, of which the lower triangle is read; and for each an
 * int32: 0, -1 where elements are not finite, 1 where it did not converge.
 */
@binding
export function buildEigh(a: Node): Node {
  if (!holdsMatrices(a, true)) return a;
  startResults();
  addResult(a.dtype, sizesLike(a, rowsOf(a)), sizes);
  addResult(a.dtype, a.ndim, a.dims);
  addResult(DType.Int32, sizesLike(a), sizes);
  const n = appendCall(Op.Eigh, 0, 1);
  n.setInput(0, a);
  return seal(n);
}

@primitive({
  op: "Eigh",
  kind: "kernel",
  isCall: true,
  results: "values, vectors, info",
  attributes: { results: "results" },
  reads: "all",
})
@final
export class Eigh extends Call {
  // V·(diag(gλ) + M)·Vᵀ, where M comes of the rotations that gV asks for (rotations.ts).
  backward(call: Node, exchange: usize): bool {
    const gValues = nodeOf(exchange, 0),
      gVectors = nodeOf(exchange, 2),
      v = buildOutput(call, 1),
      vt = transposed(v);
    let left: Node | null = null;
    if (changetype<usize>(gVectors)) {
      const pulled = buildPull(
        call.input(0),
        buildOutput(call, 0),
        v,
        v,
        buildMatmul(vt, gVectors),
        null,
        null,
        gValues,
      );
      left = buildMatmul(v, buildOutput(pulled, 0));
    }
    if (changetype<usize>(gValues)) {
      const own = scaledColumns(v, gValues);
      left = left ? add(left, own) : own;
    }
    if (left) setPointer(exchange, 0, changetype<usize>(buildMatmul(left, vt)));
    return true;
  }
  batch(n: Node): Node {
    return buildEigh(batched(n, 0));
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    describeSpectra(n.input(0));
    spectra.values = resultData(n, 0);
    spectra.lefts = isWanted(1) ? resultData(n, 1) : 0;
    spectra.info = resultData(n, 2);
    return runSpectra(eighPart, eighParts(spectra), eighSpace(spectra));
  }
  flops(n: Node): f64 {
    const a = n.input(0);
    return 9 * <f64>a.numel * <f64>rowsOf(a);
  }
}
