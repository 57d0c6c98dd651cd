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
import {
  decomposeBidiagonal,
  leftVectors,
  rightVectors,
  startSvd,
  svdBytes,
  values as singular,
} from "../kernels/linalg/svd";
export { decomposeBidiagonal, startSvd, svdBytes };
export function singularValues(): usize {
  return singular;
}
export function lefts(): usize {
  return leftVectors;
}
export function rights(): usize {
  return rightVectors;
}
import { eighPair, eighPairBytes, pairValues as ev, pairVectors } from "../kernels/linalg/eigh-pairs";
import { svdPair, svdPairBytes, pairValues as sv, pairLefts, pairRights, pairOrder } from "../kernels/linalg/svd-pairs";
export { eighPair, eighPairBytes, svdPair, svdPairBytes };
export function eighPairAt(i: i32): usize {
  return i ? pairVectors : ev;
}
export function svdPairAt(i: i32): usize {
  return i == 0 ? sv : i == 1 ? pairLefts : i == 2 ? pairRights : pairOrder;
}
import { startDense } from "../kernels/linalg/dense";
import { eigenvectorsOf } from "../kernels/linalg/eig";
export { eigenvectorsOf, startDense };
