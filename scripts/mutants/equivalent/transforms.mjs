export default {
  "assembly/transforms/pieces.ts": [
    {
      code: "let axis = -1;",
      from: "1",
      to: "2",
      why: "any negative number is no dim",
    },
    {
      code: "let start = -1,",
      from: "-1",
      to: "1",
      why: "nothing ends where the first piece would have to, before it begins",
    },
    {
      code: "while (queueLength() && !failure) sum = addLayer(sum, axis);",
      from: "queueLength() && !failure",
      to: "(queueLength())",
      why: "a layer takes what is in the queue, and a call that has failed makes no more nodes",
    },
    {
      code: "let start = -1,",
      from: "1",
      to: "2",
      why: "no piece begins before 0",
    },
    {
      code: "return failure ? sum : plus(sum, buildConcat(operands.length, operands.data, axis));",
      from: "failure ? sum : plus(sum, buildConcat(operands.length, operands.data, axis))",
      to: "(plus(sum, buildConcat(operands.length, operands.data, axis)))",
      why: "a call that has failed makes no more nodes",
    },
    {
      code: "const hasGaps = n.attribute(i + 2 * n.ndim) != 0 && x.dim(i) > 1;",
      from: "n.attribute(i + 2 * n.ndim) != 0 && x.dim(i) > 1",
      to: "(n.attribute(i + 2 * n.ndim) != 0)",
      why: "what is no piece is added up as it is",
    },
    {
      code: "let padded = -1;",
      from: "1",
      to: "2",
      why: "any negative number is no dim",
    },
    {
      code: "if (padded >= 0 || hasGaps) return -1;",
      from: "1",
      to: "2",
      why: "any negative number is no dim",
    },
    {
      code: "if (reinterpret<u64>(n.value) != 0 || n.handles || n.isComputed) return -1;",
      from: "1",
      to: "2",
      why: "any negative number is no dim",
    },
    {
      code: "const hasGaps = n.attribute(i + 2 * n.ndim) != 0 && x.dim(i) > 1;",
      from: "x.dim(i) > 1",
      to: "(x.dim(i) >= 1)",
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
    {
      code: "for (let i = 0; i < count; i++) {",
      from: "i < count",
      to: "(i <= count)",
      why: "the batches follow in the list, and the walk does not come by them: they are older than the placeholders",
    },
    {
      code: "for (let slot = 0; slot < order.length && !failure; slot++) {",
      from: "0",
      to: "1",
      why: "the first node of a walk has no inputs in it",
    },
    {
      code: "for (let slot = 0; slot < order.length && !failure; slot++) {",
      from: "slot < order.length && !failure",
      to: "(slot < order.length)",
      why: "a call that has failed makes no more nodes",
    },
  ],
  "assembly/transforms/jvp.ts": [
    {
      code: "export let doubleBackwardNodes: u64 = 0;",
      from: "0",
      to: "1",
      why: "set by every jvp, and read after one only",
    },
    {
      code: "const onDummies = hangs && g.requiresGrad;",
      from: "hangs && g.requiresGrad",
      to: "(g.requiresGrad)",
      why: "what lies at address 0 is zeros",
    },
    {
      code: "store<i32>(found + ((<usize>i) << 2), hangs ? (onDummies ? 2 : 1) : 0);",
      from: "2",
      to: "3",
      why: "the host asks for the other two answers only",
    },
    {
      code: "const unrecorded = before == GradMode.Shadow ? before : GradMode.Off;",
      from: "before == GradMode.Shadow ? before : GradMode.Off",
      to: "(before)",
      why: "what is recorded without createGraph the host detaches",
    },
    {
      code: "setGradMode(createGraph ? GradMode.On : unrecorded);",
      from: "createGraph ? GradMode.On : unrecorded",
      to: "(GradMode.On)",
      why: "what is recorded without createGraph the host detaches",
    },
  ],
  "assembly/transforms/release.ts": [
    {
      code: "for (let slot = needed; slot < order.length && !failure; slot++) {",
      from: "slot < order.length && !failure",
      to: "(slot < order.length)",
      why: "the call fails either way, and what it is about goes",
    },
    {
      code: "if (!(saved.flags & OPAQUE)) walk(saved, Follow.Gradients, start + 1);",
      from: "start + 1",
      to: "(start - 1)",
      why: "what is older than the forward is only marked, and the walks that follow leave it out",
    },
    {
      code: "for (let slot = 0; slot < order.length && !failure; slot++) {",
      from: "slot < order.length && !failure",
      to: "(slot < order.length)",
      why: "the call fails either way, and what it is about goes",
    },
    {
      code: "for (let i = 0; i < inputCount; i++) oldest = min(oldest, nodeOf(inputs, i).serial);",
      from: "i < inputCount",
      to: "(i <= inputCount)",
      why: "the results follow in the list: the walk only goes further back, where nothing requires grad",
    },
    {
      code: "walk(n, Follow.Gradients, 0);",
      from: "0",
      to: "1",
      why: "serials count from 1",
    },
    {
      code: "if (!at.inputCount || !hangsOnGradient(at)) return true;",
      from: "!at.inputCount || !hangsOnGradient(at)",
      to: "(!hangsOnGradient(at))",
      why: "what has no inputs hangs on none",
    },
  ],
  "assembly/transforms/suspend.ts": [
    {
      code: "export const SUSPENDED: usize = 124;",
      from: "124",
      to: "125",
      why: "a byte more than is used",
    },
  ],
  "assembly/transforms/vjp.ts": [
    {
      code: "for (let k = 0; k < inputs && !code; k++) {",
      from: "k < inputs && !code",
      to: "(k < inputs)",
      why: "a call that has failed makes no more nodes: what is noted goes with the walk",
    },
    {
      code: "for (let slot = count - 1; slot >= 0 && !failure; slot--) {",
      from: "slot >= 0 && !failure",
      to: "(slot >= 0)",
      why: "a call that has failed makes no more nodes and calls no user's backward",
    },
    {
      code: "if (isVisited(target)) target.slot = TARGET;",
      from: "isVisited(target)",
      to: "true",
      why: "nobody reads the slot of what is not visited",
    },
    {
      code: "const bytes = (<usize>max(2 * outputs, inputs)) << 2;",
      from: "2",
      to: "3",
      why: "more room than is used",
    },
  ],
};
