// All workloads, as data: what each is about, what is asked of it, and the tensors that go in. A peer (peers/) has the functions
// themselves, by the name in `function`: called with the constants they give a function of the inputs.
//
//   ask        value: nothing but that; jvp, hvp: value and product in `directions`; grad: value and gradients; jacobian, hessian;
//              nested: the jvp, in the same direction, of the jvp
//   section    the heading of a table of its own
//   flops      where the arithmetic is to be held against that of a matrix product: how much there is, and
//   gemm       the workload that is that product
//   reference  whether the targets of the evaluation engine are about it
import { kernels } from "./kernels.mjs";
import { linearAlgebra } from "./linear-algebra.mjs";
import { models } from "./models.mjs";
import { reference } from "./reference.mjs";

const complete = (workload) => ({
  function: workload.name,
  dtype: "float32",
  constants: [],
  directions: [],
  reference: reference.includes(workload),
  ...workload,
});
const workloads = [...reference, ...models, ...kernels, ...linearAlgebra].map(complete);

/** Those with the given names; for a word that is no name, those whose name holds it; all when there are no words. */
export function choose(words) {
  const unknown = words.filter((word) => !workloads.some(({ name }) => name.includes(word)));
  if (unknown.length) {
    throw new Error(
      `no workload has ${unknown.join(" or ")} in its name: ${workloads.map(({ name }) => name).join(", ")}`,
    );
  }
  const isName = (word) => workloads.some(({ name }) => name === word);
  const chosen = (name) => words.some((word) => (isName(word) ? name === word : name.includes(word)));
  return words.length ? workloads.filter(({ name }) => chosen(name)) : workloads;
}
