// Kernels of eigenvalues and singular values as a module of their own.
import { decompose, eigenvalues, eigenvectors, eighBytes, startEigh } from "../kernels/linalg/eigh";
export { eighBytes, startEigh, decompose };
export function values(): usize {
  return eigenvalues;
}
export function vectors(): usize {
  return eigenvectors;
}
export function heapBase(): usize {
  return (__heap_base + 63) & ~63;
}
