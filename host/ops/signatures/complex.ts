// Signatures, written as index.ts says: complex tensors, made of real ones and taken apart. What other ops do with complex arguments
// stands in ops/complex/.
import type { Signatures } from "../signature";

export const complexSignatures = {
  // -- complex numbers
  /** The complex tensor of these real and imaginary parts, both float32 or both float64; they broadcast, and numbers will do. */
  complex: "(real: Part, imag: Part): ComplexTensor",
  /** abs·exp(i·angle). */
  polar: "(abs: Part, angle: Part): ComplexTensor",
  /** The real and the imaginary parts, behind one another in a new last dim of size 2. */
  viewAsReal: "(input: Complex): Tensor",
  /** The complex tensor whose real and imaginary parts lie behind one another in the last dim, of size 2. @throws ShapeError, DTypeError */
  viewAsComplex: "(input: Tensor): ComplexTensor",
  /** The real parts. */
  real: "(input: Complex): Tensor",
  /** The imaginary parts. @throws DTypeError for a real tensor */
  imag: "(input: Complex): Tensor",
  /** The complex conjugate; of a real tensor itself. @dtype input */
  conj: "(input: Tensor): Tensor",
  /** The argument of a complex number, in (−π, π]; of a real one 0 or π. Its derivative at 0 is 0. @dtype float(input) */
  angle: "(input: Tensor): Tensor",
} as const satisfies Signatures;
