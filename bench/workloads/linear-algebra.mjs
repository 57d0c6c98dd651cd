// Factorisations and what is made of them: of one large matrix, where products decide, and of batches of small ones, where all else does.
import { symmetric, uniform } from "../tensors.mjs";

const DTYPES = ["float32", "float64"];
const suffix = (dtype) => (dtype === "float64" ? "-f64" : "");
const BATCH = 1000;

const workload = (name, dtype, about, inputs, rest) => ({
  name: `${name}${suffix(dtype)}`,
  about,
  section: "Linear algebra",
  ask: "value",
  dtype,
  inputs,
  ...rest,
});

/** Of n×n matrices: what the arithmetic of each is in n³, to be held against that of a product of the same size. */
const large = (n, dtype) => {
  const { name: gemm, ...product } = workload(`gemm${n}`, dtype, `A·B, ${n}×${n}`, [uniform([n, n], 300), uniform([n, n], 301)], {
    function: "matmul",
    flops: 2 * n ** 3,
  }); // prettier-ignore
  const row = (name, about, inputs, flops) =>
    workload(`${name}${n}`, dtype, about, inputs, { function: name, flops: flops * n ** 3, gemm });
  return [
    { name: gemm, ...product },
    row("cholesky", `L of a positive definite A, ${n}×${n}`, [symmetric([n, n], 302, n)], 1 / 3),
    row("solve", `x of A·x = b by LU, A ${n}×${n}, one b`, [uniform([n, n], 303), uniform([n, 1], 304)], 2 / 3),
    row("qr", `Q and R of A, ${n}×${n}`, [uniform([n, n], 305)], 8 / 3),
  ];
};
const spectral = (n, dtype) => [
  workload(`eigh${n}`, dtype, `eigenvalues and eigenvectors, ${n}×${n}`, [symmetric([n, n], 306, 0)], { function: "eigh" }), // prettier-ignore
  workload(`svd${n}`, dtype, `singular values and vectors, ${n}×${n}`, [uniform([n, n], 307)], { function: "svd" }),
];
const small = (n, dtype) => {
  const shape = [BATCH, n, n];
  const general = uniform(shape, 308 + n);
  const inputs = {
    cholesky: [symmetric(shape, 320 + n, n)],
    solve: [general, uniform([BATCH, n, 1], 330 + n)],
    inv: [general],
    det: [general],
    qr: [general],
    eigh: [symmetric(shape, 340 + n, 0)],
    svd: [general],
  };
  return Object.entries(inputs).map(([name, tensors]) =>
    workload(`${name}-${BATCH}x${n}x${n}`, dtype, `${name} of ${BATCH} matrices ${n}×${n}`, tensors, {
      function: name,
    }),
  );
};

export const linearAlgebra = DTYPES.flatMap((dtype) => [
  ...[512, 1024].flatMap((n) => large(n, dtype)),
  ...spectral(256, dtype),
  ...[4, 8].flatMap((n) => small(n, dtype)),
]);
