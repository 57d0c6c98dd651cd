export default {
  "assembly/primitives/elementwise/repeated.ts": [
    {
      code: "let times: i64 = 1;",
      from: "1",
      to: "2",
      why: "only from when on repetition is used: the values are the same",
    },
  ],
  "assembly/primitives/gather.ts": [
    {
      code: "if (axis < 0 || !fits(index, index, -1) || !checkIndex(index, size, axis)) return index;",
      from: "axis < 0 || !fits(index, index, -1)",
      to: "(!fits(index, index, -1))",
      why: "a call that has failed makes no more nodes, and the host refuses the dim before",
    },
  ],
  "assembly/primitives/concat.ts": [
    {
      code: "let lastNode: u64 = 0;",
      from: "0",
      to: "1",
      why: "the first node is no concat: it has no operands",
    },
    {
      code: "let lastOperand: i32 = 0;",
      from: "0",
      to: "1",
      why: "set before it is read, at the first node",
    },
    {
      code: "let lastStart: i32 = 0;",
      from: "0",
      to: "1",
      why: "set before it is read, at the first node",
    },
    {
      code: "if (axis < 0) return first;",
      from: "axis < 0",
      to: "false",
      why: "a call that has failed makes no more nodes",
    },
    {
      code: "for (let i = 0; i < <i32>first.ndim; i++) setSize(i, i == axis ? total : first.dim(i));",
      from: "i < <i32>first.ndim",
      to: "(i <= <i32>first.ndim)",
      why: "a word more of scratch, which nobody reads",
    },
    {
      code: "if (lastNode != n.serial || k < lastOperand) {",
      from: "k < lastOperand",
      to: "(k <= lastOperand)",
      why: "asked for the same operand twice, its place is found anew, the same",
    },
  ],
  "assembly/primitives/convolution.ts": [
    {
      code: "const BATCH_FIRST: i32 = 1;",
      from: "1",
      to: "2",
      why: "only whether it is 0 is asked, but for the layout of gradients by weights: where they lie until they are exchanged back",
    },
    {
      code: "setWord(spec, at + STRIDE, stride);",
      from: "at + STRIDE",
      to: "(at - STRIDE)",
      why: "STRIDE is 0",
    },
    {
      code: "for (let i = 0, at = 0; i < ndim; i++) setWord(dims, i, i == place ? batchSize : n.dim(at++));",
      from: "i < ndim",
      to: "(i <= ndim)",
      why: "a word more of scratch, which nobody reads",
    },
    {
      code: "for (let i = 0; i < ndim; i++) setWord(dims, i, i == 0 ? place : i <= place ? i - 1 : i);",
      from: "i < ndim",
      to: "(i <= ndim)",
      why: "a word more of scratch, which nobody reads",
    },
  ],
  "assembly/primitives/custom.ts": [
    {
      code: "const n = append(Op.CustomCall, DType.Float32, 0, 2, inputCount);",
      from: "2",
      to: "3",
      why: "a word more in the record, which nobody reads",
    },
    {
      code: "if (n.dtype < DType.Float32 || !on.isRecorded) return n;",
      from: "n.dtype < DType.Float32 || !on.isRecorded",
      to: "(!on.isRecorded)",
      why: "the host makes outputs of floats alone, and what is saved of other dtypes is not recorded",
    },
    {
      code: "export const SAVED: i32 = -1;",
      from: "1",
      to: "2",
      why: "any number that no output has",
    },
    {
      code: "if (!n.isRecorded) return batched(n, 0);",
      from: "!n.isRecorded",
      to: "false",
      why: "an output that nothing records is a view of the same values",
    },
    {
      code: "const b = buildCustomCall(0, n.attribute(1), batchedInputs(n), n.inputCount);",
      from: "0",
      to: "1",
      why: "the number of a call that is recorded follows; no other is asked for",
    },
    {
      code: "if (!failure && n.isRecorded) b.setAttribute(0, customBatched(n.attribute(0), <i32>(changetype<usize>(n) >> 4)));",
      from: "!failure && n.isRecorded",
      to: "(!failure)",
      why: "the host notes a call that no backward asks for, until its node goes",
    },
  ],
  "assembly/primitives/pad.ts": [
    {
      code: "for (let list: usize = 0; list < 3; list++) {",
      from: "list < 3",
      to: "(list <= 3)",
      why: "a list more of scratch, which nobody reads",
    },
    {
      code: "for (let list: usize = 0; list < 3; list++) {",
      from: "3",
      to: "4",
      why: "a list more of scratch, which nobody reads",
    },
  ],
  "assembly/primitives/views.ts": [
    {
      code: "if (lead) {",
      from: "lead",
      to: "true",
      why: "a reshape to the shape that there is",
    },
    {
      code: "for (let i = 0; i < <i32>n.ndim; i++) store<i32>(wanted + ((<usize>(i + 1)) << 2), n.attribute(i) + 1);",
      from: "i < <i32>n.ndim",
      to: "(i <= <i32>n.ndim)",
      why: "a word more of scratch, which nobody reads",
    },
    {
      code: "for (let i = 0; i < lead; i++) store<i32>(wanted + ((<usize>(i + 1)) << 2), 1);",
      from: "i < lead",
      to: "(i <= lead)",
      why: "that word is written once more",
    },
    {
      code: "for (let list = 0; list < 3; list++) {",
      from: "list < 3",
      to: "(list <= 3)",
      why: "a list more of scratch, which nobody reads",
    },
    {
      code: "for (let list = 0; list < 3; list++) {",
      from: "3",
      to: "4",
      why: "a list more of scratch, which nobody reads",
    },
  ],
};
