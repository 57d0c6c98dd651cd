// A reduction that is laid out (kernels/reduce.ts): by rows, columns or element by element, as src is best read.
import { DType } from "../../abi/opcodes";
import { kernelScratch } from "../../threads/scratch";
import { KEPT_WALK, REDUCED_WALK, sizeAt, strideA } from "../strided";
import { reduceColumns } from "./columns";
import { BLOCK, reduceEach } from "./elements";
import { reduceRows } from "./rows";

/** dst, of `kept` dims, from src by R over `reduced` dims; both walks are in the scratch. */
export function reduceAs<R>(dtype: i32, dst: usize, src: usize, kept: i32, reduced: i32): void {
  if (dtype == DType.Float32) reduceLayout<R, f32>(dst, src, kept, reduced);
  else if (dtype == DType.Float64) reduceLayout<R, f64>(dst, src, kept, reduced);
  else if (dtype == DType.Int32) reduceLayout<R, i32>(dst, src, kept, reduced);
  else reduceLayout<R, u8>(dst, src, kept, reduced);
}

function reduceLayout<R, T>(dst: usize, src: usize, kept: i32, reduced: i32): void {
  const outer = kernelScratch + KEPT_WALK;
  const inner = kernelScratch + REDUCED_WALK;
  const column = kept > 0 ? strideA(outer, kept - 1) : 0;
  const runStride = reduced > 0 ? strideA(inner, reduced - 1) : 0;
  const runLength = reduced > 0 ? sizeAt(inner, reduced - 1) : 0;
  if (reduced > 0 && column > 0 && (runStride == 0 || column < runStride)) {
    reduceColumns<R, T>(dst, src, kept, reduced, 1);
    return;
  }
  if (sizeof<T>() > 1 && kept > 0 && runStride == 1 && runLength <= BLOCK) {
    if (reduced == 1) {
      reduceRows<R, T>(dst, src, kept, runLength);
      return;
    }
    if (column == runLength) {
      reduceColumns<R, T>(dst, src, kept, reduced - 1, runLength);
      return;
    }
  }
  reduceEach<R, T>(dst, src, kept, reduced);
}
