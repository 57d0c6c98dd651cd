// The numbers that the AssemblyScript core and the TypeScript host share. This file is compiled by both: it may hold
// nothing but plain enums. Those of primitives are made from their declarations (scripts/declare.mjs).

/** Element types, in the order of promotion: the dtype of a mixed expression is the larger one. */
export enum DType {
  Bool = 0,
  Int32 = 1,
  Float32 = 2,
  Float64 = 3,
}

export { Op } from "../generated/opcodes";

/** What Op.Require wants of every element. */
export enum Requirement {
  NonZero = 0,
  /** Between 0 and 1. */
  Probability,
  NotNegative,
  /** 0 … limit - 1. */
  Class,
  /** -limit … limit - 1, along a dim of that size. */
  Index,
  Positive,
  /** Neither negative nor infinite. */
  Weight,
  Finite,
  /** No more than limit. */
  Count,
}

/** What Op.Random draws. The values are the streams of bits that each takes (kernels/philox.ts), two for each. */
export enum Distribution {
  /** [0, 1): float32 in steps of 2⁻²⁴, float64 in steps of 2⁻⁵³. */
  Uniform = 0,
  /** Mean 0, variance 1; float32 or float64. */
  Normal = 2,
  /** low … low + range - 1; int32. */
  Integer = 4,
  /** 0 … n-1 in random order along the last dim; int32. */
  Permutation = 6,
}
