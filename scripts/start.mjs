// `npm start`: the main job. Runs the examples one after another and stops at the first that fails.
import { root, run } from "./lib.mjs";

process.chdir(root);
const PROGRAMS = [
  ["The examples of PyTorch's page on autograd.functional.jvp", "examples/doc-examples.mjs"],
  ["Miles per gallon of 392 cars, by Gauss-Newton on J·v and Jᵀ·u", "examples/cars.mjs"],
];
for (const [headline, file] of PROGRAMS) {
  console.log(`\n== ${headline} (${file})\n`);
  const { code } = await run([file], { live: true });
  if (code !== 0) process.exit(1);
}
