// Mutants that change nothing a caller can see, with the reason; they don't count. A mutant is known by its file, its line of
// code (not the number), and what stands for what.
export const equivalent = [
  {
    file: "host/ops/layers.ts",
    code: "const covered = w.counts.map((n, d) => (n - 1) * w.stride[d]! + 1);",
    from: "(n - 1) * w.stride[d]! + 1",
    to: "((n - 1) * w.stride[d]! - 1)",
    why: "more zeros after each block, which crop takes away",
  },
  {
    file: "host/ops/layers.ts",
    code: "const after = space.map((n, d) => n + 2 * w.padding[d]! - covered[d]! - before[d]!);",
    from: "2",
    to: "3",
    why: "more zeros after each block, which crop takes away",
  },
  {
    file: "host/ops/promotion.ts",
    code: "export const asBool = (x: Node): Node => (p.dtype(x) === DType.Bool ? x : p.ne(x, p.num(0)));",
    from: "p.dtype(x) === DType.Bool ? x : p.ne(x, p.num(0))",
    to: "(p.ne(x, p.num(0)))",
    why: "a bool is itself where it is compared with 0",
  },
  {
    file: "host/ops/math.ts",
    code: "const xlogy = (a: Node, b: Node): Node => xLog(a, b, p.log, 0, 1);",
    from: "1",
    to: "2",
    why: "any argument at which log is finite serves where its value is masked",
  },
  {
    file: "host/ops/math.ts",
    code: "const isMiddle = p.lt(p.abs(distance), p.num(0.5));",
    from: "p.lt(p.abs(distance), p.num(0.5))",
    to: "p.le(p.abs(distance), p.num(0.5))",
    why: "both formulas hold where they meet",
  },
  {
    file: "host/ops/pooling.ts",
    code: "if (isWhole) return scale(total, 1 / w.kernel);",
    from: "isWhole",
    to: "false",
    why: "the sizes that it divides by are all the kernel's",
  },
  {
    file: "host/ops/resampling.ts",
    code: "const taps = range(0, 2 * Math.ceil(support) + 2).map((k) => {",
    from: "2",
    to: "3",
    why: "more taps, of weight 0",
  },
  {
    file: "host/ops/at.ts",
    code: "list.forEach((index, i) => indices.set(dim + i, { node: index, source: source + i, position }));",
    from: "source + i",
    to: "(source - i)",
    why: "only masks have more than one, and their positions never lie outside, which is where the source is named",
  },
];
