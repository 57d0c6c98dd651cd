// Zeros outside of a triangle.
import { DType } from "../../abi/opcodes";

/** Of `count` contiguous matrices: what lies above `diagonal`, or below it for the upper triangle. */
export function clearTriangle(
  at: usize,
  dtype: i32,
  count: i32,
  rows: i32,
  columns: i32,
  upper: bool,
  diagonal: i32,
): void {
  const size = dtype == DType.Float64 ? 8 : 4;
  for (; count > 0; --count) {
    for (let i = 0; i < rows; ++i, at += columns * size) {
      const edge = max(0, min(columns, i + diagonal + (upper ? 0 : 1)));
      if (upper) memory.fill(at, 0, edge * size);
      else memory.fill(at + edge * size, 0, (columns - edge) * size);
    }
  }
}
