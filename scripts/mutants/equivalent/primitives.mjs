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
};
