// What the block machine does well: planning asks here, and has no thresholds of its own. Another lowering has others.

/** Instructions of one program: its registers have to stay in the L1 cache. */
export const UNIT_LENGTH: i32 = 96;
/** KiB that kernels make for one program, all of which wait until it runs; or so many values of its own size. */
export const MOST_OPERANDS: u32 = 16384;
export const MANY_OPERANDS: u32 = 8;

/** Rows to be reduced that are shorter are left to the kernel for them, unless the operand is small altogether. */
export const SHORTEST_ROW: i32 = 16;
export const SMALL_SINK: i32 = 1024;

/** A value of fewer elements stays in cache: it is not worth being computed once more in place of being read. */
export const SMALLEST_RECOMPUTED: i32 = 65536;

/** Products of fewer elements are in cache anyway: no epilogue. */
export const SMALLEST_PRODUCT: i32 = 4096;
/** Regions of a product begin and end at multiples of so many columns: no vector of one reaches into another. */
export const COLUMN_UNIT: i32 = 16;
