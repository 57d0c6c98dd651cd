export default {
  "assembly/transforms/pieces.ts": [
    {
      code: "let start = -1,",
      from: "1",
      to: "2",
      why: "no piece begins before 0",
    },
    {
      code: "if (!operands.reserve(2 * sorted.length + 1) || failure) return sum;",
      from: "!operands.reserve(2 * sorted.length + 1) || failure",
      to: "(!operands.reserve(2 * sorted.length + 1))",
      why: "a call that has failed makes no more nodes",
    },
    {
      code: "const hasGaps = n.attribute(i + 2 * n.ndim) != 0 && x.dim(i) > 1;",
      from: "n.attribute(i + 2 * n.ndim) != 0 && x.dim(i) > 1",
      to: "(n.attribute(i + 2 * n.ndim) != 0)",
      why: "what is no piece is added up as it is",
    },
  ],
  "assembly/transforms/vmap.ts": [
    {
      code: "for (let i = 0; i < count; i++) oldest = min(oldest, nodeOf(placeholders, i).serial);",
      from: "i < count",
      to: "(i <= count)",
      why: "the batches follow in the list: the walk only goes further back than it needs to",
    },
  ],
};
