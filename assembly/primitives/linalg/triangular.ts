// Triangles of matrices, and systems that a triangle describes.
import { Op } from "../../abi/opcodes";
import { append, seal } from "../../graph/graph";
import { Node } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { cutBatch, solveSpace, triangularPart } from "../../kernels/linalg/batch";
import { clearTriangle } from "../../kernels/linalg/triangle";
import { copyWords } from "../../memory/words";
import { batched } from "../batching";
import { neg } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { Primitive } from "../primitive";
import { transposed } from "../views";
import {
  batch,
  columnsOf,
  copyTo,
  describe,
  describeFactor,
  fitTogether,
  holdsMatrices,
  matricesOf,
  rowsOf,
  runBatch,
} from "./matrices";

/**
 * x with zeros outside of a triangle: above diagonal `diagonal` (0 the main one, 1 the next above), or below it for the upper triangle.
 */
@binding
export function buildTriangle(x: Node, upper: bool, diagonal: i32 = 0): Node {
  if (!isMatrix(x)) return x;
  const n = append(Op.Triangle, x.dtype, x.ndim, 2, 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, upper);
  n.setAttribute(1, diagonal);
  n.setInput(0, x);
  return seal(n);
}
function isMatrix(x: Node): bool {
  return holdsMatrices(x, false);
}
@inline
export function upperTriangle(x: Node, diagonal: i32 = 0): Node {
  return buildTriangle(x, true, diagonal);
}
@inline
export function lowerTriangle(x: Node, diagonal: i32 = 0): Node {
  return buildTriangle(x, false, diagonal);
}

@primitive({ op: "Triangle", kind: "kernel", attributes: { upper: "bool", diagonal: "int" }, reads: "none" })
@final
export class Triangle extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return buildTriangle(g, n.attribute(0) != 0, n.attribute(1));
  }
  batch(n: Node): Node {
    return buildTriangle(batched(n, 0), n.attribute(0) != 0, n.attribute(1));
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    copyTo(n.data, n.input(0));
    clearTriangle(n.data, n.dtype, matricesOf(n), rowsOf(n), columnsOf(n), n.attribute(0) != 0, n.attribute(1));
    return true;
  }
}

/**
 * x of t·x = b: t [..., n, n], of which a triangle is read, b [..., n, k] of the same batch. `unit`: t's diagonal counts as ones.
 * `isWhole`: derivatives by t are those of a matrix that happens to be zero outside of the triangle.
 */
@binding
export function buildSolveTriangular(t: Node, b: Node, upper: bool, unit: bool, isWhole: bool = false): Node {
  if (!holdsMatrices(t, true) || !holdsMatrices(b, false) || !fitTogether(t, b)) return b;
  const n = append(Op.SolveTriangular, b.dtype, b.ndim, 3, 2);
  copyWords(n.dims, b.dims, b.ndim);
  n.setAttribute(0, upper);
  n.setAttribute(1, unit);
  n.setAttribute(2, isWhole);
  n.setInput(0, t);
  n.setInput(1, b);
  return seal(n);
}

@primitive({ op: "SolveTriangular", kind: "kernel", attributes: { upper: "bool", unit: "bool", isWhole: "bool" } })
@final
export class SolveTriangular extends Primitive {
  // db = t⁻ᵀ·g, dt = -(db·xᵀ) within the triangle
  vjp(n: Node, k: i32, g: Node): Node | null {
    const upper = n.attribute(0) != 0,
      unit = n.attribute(1) != 0,
      isWhole = n.attribute(2) != 0,
      db = buildSolveTriangular(transposed(n.input(0)), g, !upper, unit, isWhole);
    if (k) return db;
    const outside = unit ? 1 : 0,
      dt = neg(buildMatmul(db, transposed(n)));
    return isWhole ? dt : buildTriangle(dt, upper, upper ? outside : -outside);
  }
  batch(n: Node): Node {
    const t = batched(n, 0);
    return buildSolveTriangular(t, batched(n, 1), n.attribute(0) != 0, n.attribute(1) != 0, n.attribute(2) != 0);
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    const size = rowsOf(n),
      columns = columnsOf(n);
    copyTo(n.data, n.input(1));
    describe(n, size, columns, n.data);
    describeFactor(n.input(0));
    batch.isUpper = n.attribute(0) != 0;
    batch.isUnit = n.attribute(1) != 0;
    const parts = cutBatch(batch, (<i64>size * <i64>size * <i64>columns) >> 1);
    return runBatch(triangularPart, parts, solveSpace(batch));
  }
  flops(n: Node): f64 {
    return <f64>n.numel * <f64>rowsOf(n);
  }
}
