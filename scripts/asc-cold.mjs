// A transform of the AssemblyScript compiler: functions of the folders and files below are not copied into their callers, except where
// that makes the module smaller. What runs once for a graph, a plan or a matrix gains nothing by it, and it cost a tenth of the packed
// module; the kernels that run once for a vector of elements are left to the optimizer.
const COLD = [
  "~lib",
  ...["abi", "exports", "graph", "memory", "primitives", "runtime", "threads", "transforms"],
  ...[
    "convolution",
    "copy",
    "elementwise/loops",
    "fft",
    "gather",
    "gemm",
    "linalg",
    "reduce",
    "scan",
    "sort",
    "strided",
  ].map((name) => `kernels/${name}`),
];
/** In nodes of the syntax tree: so small a function takes no more room than a call of it; and one that is called in one place alone. */
const TINY = 6;
const ONCE = 80;

export default class {
  afterCompile(module) {
    const { binaryen } = this;
    binaryen.setOptimizeLevel(2);
    binaryen.setShrinkLevel(1);
    binaryen.setAlwaysInlineMaxSize(TINY);
    binaryen.setFlexibleInlineMaxSize(TINY);
    binaryen.setOneCallerInlineMaxSize(ONCE);
    module.runPasses([
      ...["duplicate-function-elimination", "remove-unused-module-elements", "optimize-instructions", "vacuum"],
      "inlining-optimizing",
    ]);
    for (const name of COLD) {
      binaryen.setPassArgument("no-inline", `${name.startsWith("~") ? name : `assembly/${name}`}*`);
      module.runPasses(["no-inline"]);
    }
  }
}
