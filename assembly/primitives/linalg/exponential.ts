// The exponential of matrices, and the principal square root.
import { fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { DType, Op } from "../../abi/opcodes";
import { append, seal } from "../../graph/graph";
import { Node } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { cutBatch, exponentialPart, exponentialRoom, exponentialSpace } from "../../kernels/linalg/batch";
import { eigParts, sqrtmPart, sqrtmSpace } from "../../kernels/linalg/spectral";
import { Buffer } from "../../memory/buffer";
import { copyWords } from "../../memory/words";
import { batched } from "../batching";
import { buildConcatPair } from "../concat";
import { Primitive } from "../primitive";
import { fullLike } from "../source";
import { narrowed, transposed } from "../views";
import { describeSpectra, runSpectra, spectra } from "./eigh";
import { batch, copyTo, describe, holdsMatrices, rowsOf, runBatch } from "./matrices";

/** eᵃ for square matrices a [..., n, n] of float64. */
@binding
export function buildMatrixExp(a: Node): Node {
  if (!holdsMatrices(a, true)) return a;
  if (a.dtype != DType.Float64) unreachable();
  const n = append(Op.MatrixExp, a.dtype, a.ndim, 0, 1);
  copyWords(n.dims, a.dims, a.ndim);
  n.setInput(0, a);
  return seal(n);
}

// The derivative of a function of matrices is the upper right block of that of [aᵀ g; 0 aᵀ]. (Al-Mohy and Higham, "Computing the Fréchet
// derivative of the matrix exponential", 2009.)
function doubled(n: Node, g: Node): Node {
  const at = transposed(n.input(0)),
    column = <i32>n.ndim - 1,
    upper = buildConcatPair(at, g, column),
    lower = buildConcatPair(fullLike(at, 0), at, column);
  return buildConcatPair(upper, lower, column - 1);
}
function derivative(whole: Node): Node {
  const column = <i32>whole.ndim - 1,
    size = rowsOf(whole) >> 1;
  return narrowed(narrowed(whole, column - 1, 0, size), column, size, size);
}

@primitive({ op: "MatrixExp", kind: "kernel" })
@final
export class MatrixExp extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return derivative(buildMatrixExp(doubled(n, g)));
  }
  batch(n: Node): Node {
    return buildMatrixExp(batched(n, 0));
  }
  evaluate(n: Node): bool {
    const a = n.input(0),
      size = rowsOf(a);
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    copyTo(n.data, a);
    const bytes = exponentialRoom(size),
      room = bytes ? Buffer.create(<f64>bytes) : null;
    if (bytes && !room) {
      fail(Failure.OutOfMemory);
      return false;
    }
    describe(a, size, size, n.data);
    batch.room = room ? room.data : 0;
    const parts = cutBatch(batch, 20 * <i64>size * <i64>size * <i64>size);
    if (room) batch.share = batch.count;
    const done = runBatch(exponentialPart, room ? 1 : parts, exponentialSpace(batch));
    if (room) room.release();
    return done;
  }
  flops(n: Node): f64 {
    return 20 * <f64>n.numel * <f64>rowsOf(n);
  }
}

/** x with x·x = a for square matrices, whose eigenvalues have positive real parts; NaN where there is none. */
@binding
export function buildSqrtm(a: Node): Node {
  return sqrtm(a, 0);
}
function sqrtm(a: Node, order: i32): Node {
  if (!holdsMatrices(a, true)) return a;
  const n = append(Op.Sqrtm, a.dtype, a.ndim, 1, 1);
  n.setAttribute(0, order);
  copyWords(n.dims, a.dims, a.ndim);
  n.setInput(0, a);
  return seal(n);
}

@primitive({ op: "Sqrtm", kind: "kernel", attributes: { order: "int" } })
@final
export class Sqrtm extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return derivative(sqrtm(doubled(n, g), n.attribute(0) + 1));
  }
  batch(n: Node): Node {
    return sqrtm(batched(n, 0), n.attribute(0));
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    describeSpectra(n.input(0));
    spectra.values = n.data;
    spectra.leftCount = rowsOf(n) >> n.attribute(0);
    return runSpectra(sqrtmPart, eigParts(spectra), sqrtmSpace(spectra));
  }
  flops(n: Node): f64 {
    return 28 * <f64>n.numel * <f64>rowsOf(n);
  }
}
