// Further numbers that the core and the host share: purposes, modes, limits, where fields of records lie. Plain enums only.

/** What a placeholder is for; it decides what reading it says. */
export enum Purpose {
  /** It stands for one element of a batch. */
  Vmap = 0,
  /** It stands for an argument of a compiled function. */
  Compile = 1,
  /** jvp's dummy cotangent, as a custom function's backward meets it. */
  Dummy = 2,
}

/** What nodes note of derivatives. */
export enum GradMode {
  Off = 0,
  /** What is computed from something that requires grad requires grad. */
  On = 1,
  /** It is a shadow: the forward of a custom function runs. */
  Shadow = 2,
}

export enum Limit {
  /** Dims of a tensor. */
  Dims = 32,
}

/** Where the fields of a kernel's record in a profile lie, in bytes (drawn in assembly/runtime/profile.ts). */
export enum KernelField {
  Time = 0,
  Flops = 8,
  Bytes = 16,
  Words = 24,
  Members = 28,
  Operands = 32,
  DType = 36,
  Attribute0 = 40,
  Attribute1 = 44,
  /** What follows. */
  Tail = 48,
}
