export default {
  "assembly/runtime/compact.ts": [
    {
      code: "if (!x.buffer || x.handles || x.buffer!.bytes <= LARGE || (n.op == Op.Reshape && !isContiguous(x))) return false;",
      from: "!x.buffer || x.handles || x.buffer!.bytes <= LARGE",
      to: "(!x.buffer || x.handles)",
      why: "noteViewer files no views of smaller values: they are made earlier, and hold what they held",
    },
  ],
  "assembly/runtime/compiled.ts": [
    {
      code: "if (!fits) memory.copy(at, n.strides, bytes);",
      from: "!fits",
      to: "true",
      why: "where they fit, the strides are the same ones",
    },
  ],
  "assembly/runtime/instructions.ts": [
    {
      code: "if (isNumber(a)) return rounded(dtype, number(a) / divisor);",
      from: "isNumber(a)",
      to: "false",
      why: "the quotient of constants is computed by an instruction instead: the same bits",
    },
  ],
  "assembly/runtime/program.ts": [
    {
      code: "export let programBytes: u32 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
  ],
};
