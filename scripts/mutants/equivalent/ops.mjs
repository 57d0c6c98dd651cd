export default {
  "host/ops/at.ts": [
    {
      code: "list.forEach((index, i) => indices.set(dim + i, { node: index, source: source + i, position }));",
      from: "source + i",
      to: "(source - i)",
      why: "only masks have more than one, and their positions never lie outside, which is where the source is named",
    },
    {
      code: "return p.expand(cut.length < own.length ? p.reshape(value, cut) : value, shape);",
      from: "cut.length < own.length",
      to: "(cut.length <= own.length)",
      why: "a tensor in its own shape is itself",
    },
    {
      code: "return inPlace ? apart : movedim(apart, merged, indexed);",
      from: "inPlace ? apart : movedim(apart, merged, indexed)",
      to: "(movedim(apart, merged, indexed))",
      why: "dims that are in place are moved nowhere",
    },
  ],
  "host/ops/indexing.ts": [
    {
      code: "const common = p.broadcastShape(p.full(withSize(xs, d, 1), 0, DType.Bool), p.full(withSize(is, d, 1), 0, DType.Bool));",
      from: "1",
      to: "2",
      why: "the size in d is replaced afterwards",
    },
  ],
  "host/ops/layers.ts": [
    {
      code: "const covered = w.counts.map((n, d) => (n - 1) * w.stride[d]! + 1);",
      from: "(n - 1) * w.stride[d]! + 1",
      to: "((n - 1) * w.stride[d]! - 1)",
      why: "more zeros after each block, which crop takes away",
    },
    {
      code: "const after = space.map((n, d) => n + 2 * w.padding[d]! - covered[d]! - before[d]!);",
      from: "2",
      to: "3",
      why: "more zeros after each block, which crop takes away",
    },
    {
      code: "const covered = w.counts.map((n, d) => (n - 1) * w.stride[d]! + 1);",
      from: "n - 1",
      to: "(1 - n)",
      why: "more zeros after each block, which crop takes away",
    },
    {
      code: "if (product(w.kernel) > MANY_TAPS) {",
      from: "product(w.kernel) > MANY_TAPS",
      to: "false",
      why: "tap by tap the values are the same",
    },
    {
      code: "const padded = space.map((n, d) => n + 2 * w.padding[d]!) as [number, number];",
      from: "2",
      to: "3",
      why: "more zeros behind, which crop takes away",
    },
  ],
  "host/ops/linear.ts": [
    {
      code: "const scaled = alpha === 1 ? term : scale(term, alpha);",
      from: "alpha === 1 ? term : scale(term, alpha)",
      to: "(scale(term, alpha))",
      why: "once a term is the term",
    },
  ],
  "host/ops/math.ts": [
    {
      code: "const isMiddle = p.lt(p.abs(distance), p.num(0.5));",
      from: "p.lt(p.abs(distance), p.num(0.5))",
      to: "p.le(p.abs(distance), p.num(0.5))",
      why: "both formulas hold where they meet",
    },
    {
      code: "const nearStart = p.lt(p.abs(w), p.num(0.5));",
      from: "0.5",
      to: "0.55",
      why: "both formulas hold in the middle",
    },
    {
      code: "if (p.dtype(a) < DType.Float32 && p.isScalar(b) && p.resultType(a, b) < DType.Float32) {",
      from: "p.dtype(a) < DType.Float32",
      to: "(p.dtype(a) <= DType.Float32)",
      why: "with a float the result is none of integers",
    },
  ],
  "host/ops/normalization.ts": [
    {
      code: "const [n = 0, channels = 0] = shape;",
      from: "0",
      to: "1",
      why: "an input of so few dims is refused",
    },
  ],
  "host/ops/pooling.ts": [
    {
      code: "if (isWhole) return scale(total, 1 / w.kernel);",
      from: "isWhole",
      to: "false",
      why: "the sizes that it divides by are all the kernel's",
    },
    {
      code: "if (w.stride === w.kernel && w.count * w.kernel === w.length && w.padding === 0) return sumBlocks(x, dim, w.kernel);",
      from: "w.stride === w.kernel && w.count * w.kernel === w.length && w.padding === 0",
      to: "false",
      why: "the other ways sum the same elements",
    },
    {
      code: "if (places <= MANY) return undefined;",
      from: "places <= MANY",
      to: "(places < MANY)",
      why: "slices and windows as a dim have the same values",
    },
    {
      code: "if (product(apart) > MOST && places <= MAX_PLACES) return undefined;",
      from: "places <= MAX_PLACES",
      to: "(places < MAX_PLACES)",
      why: "slices and windows as a dim have the same values",
    },
    {
      code: "const first = Math.min(Math.max(0, Math.ceil((w.padding - reach) / w.dilation)), w.kernel - 1);",
      from: "w.kernel - 1",
      to: "(w.kernel + 1)",
      why: "the padding is at most half of the window: the bound is never reached",
    },
  ],
  "host/ops/promotion.ts": [
    {
      code: "export const asBool = (x: Node): Node => (p.dtype(x) === DType.Bool ? x : p.ne(x, p.num(0)));",
      from: "p.dtype(x) === DType.Bool ? x : p.ne(x, p.num(0))",
      to: "(p.ne(x, p.num(0)))",
      why: "a bool is itself where it is compared with 0",
    },
  ],
  "host/ops/reduction.ts": [
    {
      code: "const squares = p.sum(square(p.sub(values, center)), dims, keepdim);",
      from: "p.sub(values, center)",
      to: "p.sub(center, values)",
      why: "it is squared",
    },
  ],
  "host/ops/resampling.ts": [
    {
      code: "const [n = 0, c = 0, ...space] = p.shape(x);",
      from: "0",
      to: "1",
      why: "an input of so few dims is refused",
    },
    {
      code: "const taps = 2 * Math.ceil(support) + 2;",
      from: "2",
      to: "3",
      why: "more taps, of weight 0",
    },
  ],
  "host/ops/sorting.ts": [
    {
      code: "if (!isVector && (p.ndim(wanted) !== p.ndim(ordered) || rows.join() !== targets.join()))",
      from: "p.ndim(wanted) !== p.ndim(ordered) || rows.join() !== targets.join()",
      to: "(rows.join() !== targets.join())",
      why: "lists that are equal are equally long, and rows have one size at least",
    },
  ],
};
