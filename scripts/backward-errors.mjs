// How exact factorisations are: the largest backward error over matrices of several kinds, in units of n·ε·‖A‖ (for orthogonality n·ε), as
// the table of docs/linear-algebra.md has it, which --write renews. Products are computed in float64; for float64 itself that is of the same order
// as what is measured, so that the figures are upper bounds.
import { readFileSync, writeFileSync } from "node:fs";
import { replaceBetween, root } from "./lib.mjs";

process.chdir(root);
const pf = await import("../dist/pushforward.mjs");
pf.manualSeed(1);

const wide = (x) => x.to("float64");
const product = (...factors) => factors.map(wide).reduce((a, b) => a.matmul(b));
const norm = (x) => pf.linalg.matrixNorm(wide(x)).max().item();
const eye = (n) => pf.eye(n, { dtype: "float64" });
const positions = (n) => pf.arange(n, { dtype: "float64" });

/** Matrices that factorisations are known to suffer from, beside random ones. */
const kinds = (n) => {
  const x = pf.randn([n, n], { dtype: "float64" });
  const [q] = pf.linalg.qr(x);
  const graded = pf.pow(10, positions(n).mul(-12 / n));
  const i = positions(n);
  return {
    random: x,
    graded: q.mul(graded).matmul(pf.linalg.qr(pf.randn([n, n], { dtype: "float64" }))[0]),
    clustered: q.mul(pf.where(i.lt(n / 2), 1, 1 + 1e-10)).matmul(q.mT),
    Hilbert: i.reshape(-1, 1).add(i).add(1).reciprocal(),
    "of low rank": x.narrow(1, 0, Math.max(1, n >> 2)).matmul(x.narrow(0, 0, Math.max(1, n >> 2))),
  };
};
const measures = {
  "Cholesky: ‖A − LLᵀ‖": (a, { definite }) => { const l = pf.linalg.cholesky(definite); return [product(l, l.mT).sub(wide(definite)), definite]; }, // prettier-ignore
  "LU: ‖A − PLU‖": (a) => { const [p, l, u] = pf.linalg.lu(a); return [product(p, l, u).sub(wide(a)), a]; }, // prettier-ignore
  "solve: ‖B − AX‖ / (‖A‖‖X‖)": (a, { definite, b }) => { const x = pf.linalg.solve(definite, b); return [product(definite, x).sub(wide(b)), wide(definite).mul(norm(x))]; }, // prettier-ignore
  "QR: ‖A − QR‖": (a) => { const [q, r] = pf.linalg.qr(a); return [product(q, r).sub(wide(a)), a]; }, // prettier-ignore
  "QR: ‖QᵀQ − I‖": (a, { n }) => { const [q] = pf.linalg.qr(a); return [product(q.mT, q).sub(eye(n)), null]; }, // prettier-ignore
  "eigh: ‖A − VΛVᵀ‖": (a) => { const s = a.add(a.mT); const [w, v] = pf.linalg.eigh(s); return [product(v.mul(w), v.mT).sub(wide(s)), s]; }, // prettier-ignore
  "eigh: ‖VᵀV − I‖": (a, { n }) => { const [, v] = pf.linalg.eigh(a.add(a.mT)); return [product(v.mT, v).sub(eye(n)), null]; }, // prettier-ignore
  "SVD: ‖A − UΣVᵀ‖": (a) => { const [u, s, vh] = pf.linalg.svd(a); return [product(wide(u).mul(wide(s)), vh).sub(wide(a)), a]; }, // prettier-ignore
  "SVD: ‖UᵀU − I‖": (a, { n }) => { const [u] = pf.linalg.svd(a); return [product(u.mT, u).sub(eye(n)), null]; }, // prettier-ignore
};
const SIZES = [8, 64, 256];
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 };

const rows = Object.entries(measures).map(([name, measure]) => {
  const cells = ["float64", "float32"].flatMap((dtype) =>
    SIZES.map((n) => {
      const worst = Object.values(kinds(n)).map((given) =>
        pf.tidy(() => {
          const a = given.to(dtype);
          const definite = product(a, a.mT).div(norm(a) ** 2).add(eye(n).mul(0.01)).to(dtype); // prettier-ignore
          const [error, relative] = measure(a, { n, definite, b: pf.randn([n, 3], { dtype }) });
          return norm(error) / (n * EPSILON[dtype] * (relative === null ? 1 : norm(relative)));
        }),
      );
      return Math.max(...worst).toFixed(2);
    }),
  );
  return `| ${name} | ${cells.join(" | ")} |`;
});
const table = [
  `| in units of n·ε·‖A‖ | ${["float64", "float32"].flatMap((dtype) => SIZES.map((n) => `${dtype}, n = ${n}`)).join(" | ")} |`,
  `| --- | ${SIZES.concat(SIZES).map(() => "---:").join(" | ")} |`, // prettier-ignore
  ...rows,
].join("\n");
console.log(table);
if (process.argv.includes("--write")) {
  const file = "docs/linear-algebra.md";
  writeFileSync(file, replaceBetween(readFileSync(file, "utf8"), "backward errors", table));
}
