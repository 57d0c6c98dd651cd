// The numbers that go into workloads, described as plain data, so that peers in any language make the same ones: a counter is
// hashed (the finalizer of MurmurHash3), which needs no state and is exact everywhere.

/** Uniform in [-1, 1), times scale. */
export const uniform = (shape, seed, scale = 1) => ({ kind: "uniform", shape, seed, scale });
export const ones = (shape) => ({ kind: "ones", shape });
/** Row i has its one at column i mod classes. */
export const oneHot = (rows, classes) => ({ kind: "oneHot", shape: [rows, classes] });
/** 1 where a uniform number is positive, else 0. */
export const positive = (shape, seed) => ({ kind: "positive", shape, seed });
/** Symmetric matrices: the mean of uniform ones and their transposes, plus `shift` on the diagonal. */
export const symmetric = (shape, seed, shift) => ({ kind: "symmetric", shape, seed, shift });
/** Integers in 0 … below - 1, int32. */
export const indices = (shape, seed, below) => ({ kind: "indices", shape, seed, below });

/** The upper 24 bits of the hash of `index`. */
function hash24(index, seed) {
  let bits = (index + Math.imul(seed, 0x9e3779b1)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 8;
}
export const uniformAt = (index, seed) => hash24(index, seed) / 2 ** 23 - 1;

const numelOf = (shape) => shape.reduce((product, size) => product * size, 1);

/** The elements of a described tensor: an Int32Array for indices, else an array of the dtype. */
export function elementsOf({ kind, shape, seed, scale, shift, below }, dtype) {
  const numel = numelOf(shape);
  if (kind === "indices")
    return Int32Array.from({ length: numel }, (_, i) => Math.floor((hash24(i, seed) * below) / 2 ** 24));
  const elements = dtype === "float64" ? new Float64Array(numel) : new Float32Array(numel);
  // A float32 number times a float32 scale is exact in float64, so storing it rounds once, as a float32 product does.
  const factor = dtype === "float64" ? scale : Math.fround(scale);
  const size = shape.at(-1);
  const valueAt = {
    uniform: (i) => uniformAt(i, seed) * factor,
    ones: () => 1,
    oneHot: (i) => (i % shape[1] === Math.floor(i / shape[1]) % shape[1] ? 1 : 0),
    symmetric: (i) => {
      const column = i % size;
      const row = Math.floor(i / size) % size;
      const mirrored = i + (column - row) * (size - 1);
      return (uniformAt(i, seed) + uniformAt(mirrored, seed)) / 2 + (row === column ? shift : 0);
    },
    positive: (i) => (uniformAt(i, seed) > 0 ? 1 : 0),
  }[kind];
  for (let i = 0; i < numel; i++) elements[i] = valueAt(i);
  return elements;
}
