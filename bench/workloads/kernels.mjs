// One kind of kernel each, at a size where memory or arithmetic decides.
import { indices, uniform } from "../tensors.mjs";

const directional = (name, about, shapes, seed, constants = []) => ({
  name,
  about,
  ask: "jvp",
  constants,
  inputs: shapes.map((shape, i) => uniform(shape, seed + i)),
  directions: shapes.map((shape, i) => uniform(shape, seed + 100 + i)),
});
const large = [4096, 1024];

export const kernels = [
  directional("softmax", "softmax over the last dim of [4096, 1024]", [large], 200),
  directional("layer-norm", "layer norm over the last dim of [4096, 1024]", [large], 202),
  directional("matvec", "A·x, A [2048, 2048]", [[2048, 2048], [2048]], 204), // prettier-ignore
  directional("batched-matmul", "A·B, 1000 products 8×8", [[1000, 8, 8], [1000, 8, 8]], 206), // prettier-ignore
  directional("sum-dim0", "sum over dim 0 of [4096, 1024]", [large], 208),
  directional("sum-dim1", "sum over dim 1 of [4096, 1024]", [large], 210),
  directional("cumsum", "cumsum of [10⁷]", [[10_000_000]], 222),
  directional("cumsum-dim0", "cumsum over dim 0 of [4096, 1024]", [large], 224),
  directional("cumprod", "cumprod over the last dim of [4096, 1024]", [large], 226),
  directional("transpose", "x + xᵀ, x [2048, 2048]", [[2048, 2048]], 212), // prettier-ignore
  directional("gather", "256 of 1024 columns in each of 4096 rows", [large], 214, [indices([4096, 256], 216, 1024)]),
  directional("lgamma", "log Γ(25x + 26), and so ψ, x [10⁶]", [[1_000_000]], 222),
  directional("fft-rows", "Fourier transforms of 100 complex signals of 1024", [[100, 1024], [100, 1024]], 222), // prettier-ignore
  directional("fft-long", "Fourier transform of a complex signal of 2²⁰", [[2 ** 20], [2 ** 20]], 224), // prettier-ignore
  {
    name: "embedding-grad",
    function: "embedding",
    about: "4096 rows of a table [10000, 64], sum of squares",
    ask: "grad",
    constants: [indices([4096], 218, 10_000)],
    inputs: [uniform([10_000, 64], 220)],
  },
];
