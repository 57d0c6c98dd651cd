// The numbers that the AssemblyScript core and the TypeScript host share. This file is compiled by both: it may hold
// nothing but plain enums. The member names of `Op` are what `inspect` and `gradFn=<…>` print.

/** Element types, in the order of promotion: the dtype of a mixed expression is the larger one. */
export enum DType {
  Bool = 0,
  Int32 = 1,
  Float32 = 2,
  Float64 = 3,
}

/** Primitives. Elementwise ones come first and in families, so that a family is a range. */
export enum Op {
  // unary elementwise, result in the operand's dtype
  Neg = 0,
  Abs,
  Sign,
  Floor,
  Ceil,
  Round,
  Trunc,
  // unary elementwise, float only
  Exp,
  Exp2,
  Expm1,
  Log,
  Log2,
  Log10,
  Log1p,
  Sqrt,
  Root,
  Rsqrt,
  Reciprocal,
  Sin,
  Cos,
  Tan,
  Asin,
  Acos,
  Atan,
  Sinh,
  Cosh,
  Tanh,
  Asinh,
  Acosh,
  Atanh,
  Sigmoid,
  Softplus,
  Erf,
  Erfc,
  Erfinv,
  // unary elementwise, result bool
  LogicalNot,
  // cast: operand and result dtypes differ
  Cast,
  // binary elementwise, operands and result of one dtype
  Add,
  Sub,
  Mul,
  Div,
  Pow,
  Maximum,
  Minimum,
  Fmod,
  Remainder,
  Atan2,
  SphericalBessel,
  XLogY,
  ErfcRatio,
  RootSlope,
  TanhSlope,
  SigmoidSlope,
  // binary elementwise, operands of one dtype, result bool
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  // binary elementwise on bools
  LogicalAnd,
  LogicalOr,
  LogicalXor,
  // ternary elementwise: (condition: bool, a, b)
  Where,

  // sources
  Data,
  Full,
  Iota,
  Placeholder,
  Random,

  // the same values under another identity
  Alias,
  Detach,

  // a user's function with a derivative of its own
  CustomCall,
  CustomOutput,

  // reductions
  Sum,
  Prod,
  Amax,
  Amin,
  Argmax,
  Argmin,

  // views
  Reshape,
  Permute,
  Expand,
  Slice,
  Flip,

  // moves of data
  Pad,
  Concat,
  Gather,
  ScatterAdd,
  LastWriter,
  Argsort,

  Matmul,
  Convolution,

  // a view that looks at the values it shows
  Require,
}

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
