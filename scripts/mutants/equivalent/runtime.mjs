export default {
  "assembly/runtime/compact.ts": [
    {
      code: "return <f64>n.numel * <f64>sizeOf(n.dtype) * PART < <f64>x.buffer!.bytes;",
      from: "<f64>n.numel * <f64>sizeOf(n.dtype) * PART < <f64>x.buffer!.bytes",
      to: "(<f64>n.numel * <f64>sizeOf(n.dtype) * PART <= <f64>x.buffer!.bytes)",
      why: "a view of a quarter is no viewer: it is made earlier, and holds what it held",
    },
    {
      code: "store<i32>(dims + at, isRepeated ? 1 : n.dim(i));",
      from: "1",
      to: "2",
      why: "what is repeated is written twice to one place",
    },
    {
      code: "let orphans = 0;",
      from: "0",
      to: "1",
      why: "one look at pending nodes in vain",
    },
    {
      code: "if (!orphans) return;",
      from: "!orphans",
      to: "false",
      why: "only speed: pending nodes, of which there are few, are looked through at each evaluation",
    },
    {
      code: "if (!x.buffer || x.handles || x.buffer!.bytes <= LARGE || (n.op == Op.Reshape && !isContiguous(x))) return false;",
      from: "!x.buffer || x.handles || x.buffer!.bytes <= LARGE",
      to: "(!x.buffer || x.handles)",
      why: "noteViewer files no views of smaller values: they are made earlier, and hold what they held",
    },
  ],
  "assembly/runtime/compiled.ts": [
    {
      code: "for (let i = 0; i < count; i++) walk(nodeOf(outputs, i), Follow.Pending, 0);",
      from: "0",
      to: "1",
      why: "a walk of what is pending looks at no age",
    },
    {
      code: "if (isVisited(parameter)) varies.set(parameter.slot, 1);",
      from: "1",
      to: "2",
      why: "a truth",
    },
    {
      code: "if (isVisited(input) && varies.at(input.slot)) varies.set(slot, 1);",
      from: "1",
      to: "2",
      why: "a truth",
    },
    {
      code: "let strideCount = 0;",
      from: "0",
      to: "1",
      why: "one word of the record more than is used",
    },
    {
      code: "leavePlan(0);",
      from: "0",
      to: "1",
      why: "the plan of a compiled function is none of the cache, which alone counts bytes",
    },
    {
      code: "const n = append(Op.Data, output.dtype, output.ndim, 0, 0);",
      from: "0",
      to: "1",
      why: "an attribute that nobody reads",
    },
    {
      code: "if (!fits) memory.copy(at, n.strides, bytes);",
      from: "!fits",
      to: "true",
      why: "where they fit, the strides are the same ones",
    },
  ],
  "assembly/runtime/instructions.ts": [
    {
      code: "if (!(reinterpret<u64>(divisor) << 12) && abs(exponent) < 100) {",
      from: "100",
      to: "101",
      why: "numbers that are known are 0, sums of powers of two near 1, or not finite: none has such an exponent",
    },
    {
      code: "if (!(reinterpret<u64>(divisor) << 12) && abs(exponent) < 100) {",
      from: "abs(exponent) < 100",
      to: "(abs(exponent) <= 100)",
      why: "numbers that are known are 0, sums of powers of two near 1, or not finite: none has such an exponent",
    },
    {
      code: "let h: u32 = <u32>op * 0x9e3779b1;",
      why: "a hash of one of some hundred instructions: whatever it is, all fields are compared, and the same one is found",
    },
    {
      code: "h = (h ^ (((<u32>dtype) << 8) | (<u32>source))) * 0x85ebca6b;",
      why: "a hash of one of some hundred instructions: whatever it is, all fields are compared, and the same one is found",
    },
    {
      code: "h = (h ^ (h >> 15) ^ a) * 0xc2b2ae35;",
      why: "a hash of one of some hundred instructions: whatever it is, all fields are compared, and the same one is found",
    },
    {
      code: "h = (h ^ (h >> 13) ^ b) * 0x27d4eb2f;",
      why: "a hash of one of some hundred instructions: whatever it is, all fields are compared, and the same one is found",
    },
    {
      code: "h = (h ^ (h >> 16) ^ c) * 0x165667b1;",
      why: "a hash of one of some hundred instructions: whatever it is, all fields are compared, and the same one is found",
    },
    {
      code: "let at = (h ^ (h >> 15)) & (TABLE - 1);",
      from: "15",
      to: "16",
      why: "a hash of one of some hundred instructions: whatever it is, all fields are compared, and the same one is found",
    },
    {
      code: "if ((op == Op.Add || op == Op.Mul) && a > b) {",
      from: "a > b",
      to: "(a >= b)",
      why: "equal operands change places",
    },
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
  "assembly/runtime/cache.ts": [
    {
      code: "const MAX_BYTES: f64 = 16777216;",
      from: "16777216",
      to: "16777217",
      why: "plans take whole words: no sum lies between the two",
    },
    {
      code: "while (heldBytes > MAX_BYTES || heldPlans > MAX_PLANS) evict(oldest!);",
      from: "heldBytes > MAX_BYTES",
      to: "(heldBytes >= MAX_BYTES)",
      why: "a bound of cost, at its very byte",
    },
  ],
  "assembly/runtime/signature.ts": [
    {
      code: "h = (h ^ load<u64>(from)) * 0xff51afd7ed558ccd;",
      why: "a hash: whatever it is, lists are compared, and the same plan is found",
    },
    {
      code: "h ^= h >> 29;",
      why: "a hash: whatever it is, lists are compared, and the same plan is found",
    },
    {
      code: "if (from < at) h = (h ^ load<u32>(from)) * 0xff51afd7ed558ccd;",
      from: "from < at",
      to: "false",
      why: "a hash that leaves out the last word: lists are compared",
    },
    {
      code: "if (from < at) h = (h ^ load<u32>(from)) * 0xff51afd7ed558ccd;",
      from: "0xff51afd7ed558ccd",
      to: "18397679294719824000",
      why: "a hash: whatever it is, lists are compared, and the same plan is found",
    },
    {
      code: "if (from < at) h = (h ^ load<u32>(from)) * 0xff51afd7ed558ccd;",
      from: "(h ^ load<u32>(from)) * 0xff51afd7ed558ccd",
      to: "((h ^ load<u32>(from)) / 0xff51afd7ed558ccd)",
      why: "a hash: whatever it is, lists are compared, and the same plan is found",
    },
    {
      code: "return <u32>(h ^ (h >> 32));",
      why: "a hash: whatever it is, lists are compared, and the same plan is found",
    },
    {
      code: "export let hash: u32 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "let at: usize = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
  ],
  "assembly/runtime/simplify.ts": [
    {
      code: "while (size < 2 * kernels) size <<= 1;",
      from: "size < 2 * kernels",
      to: "(size <= 2 * kernels)",
      why: "places of a hash table: operands are compared, and the same twins are found",
    },
    {
      code: "while (size < 2 * kernels) size <<= 1;",
      from: "2",
      to: "3",
      why: "places of a hash table: operands are compared, and the same twins are found",
    },
    {
      code: "let h: u32 = <u32>n.op * 0x9e3779b1;",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "for (let i = 0; i < <i32>n.ndim; i++) h = (h ^ n.dim(i)) * 0x85ebca6b;",
      from: "0",
      to: "1",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "for (let i = 0; i < <i32>n.ndim; i++) h = (h ^ n.dim(i)) * 0x85ebca6b;",
      from: "0x85ebca6b",
      to: "2246822508",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "for (let i = 0; i < <i32>x.attributeCount; i++) h = (h ^ x.attribute(i)) * 0x85ebca6b;",
      from: "0",
      to: "1",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "for (let i = 0; i < <i32>x.attributeCount; i++) h = (h ^ x.attribute(i)) * 0x85ebca6b;",
      from: "0x85ebca6b",
      to: "2246822508",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "h = (h ^ (h >> 13) ^ x.op) * 0x9e3779b1;",
      from: "13",
      to: "14",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "h = (h ^ (h >> 13) ^ x.op) * 0x9e3779b1;",
      from: "0x9e3779b1",
      to: "2654435762",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "h = (h ^ (<u32>changetype<usize>(x))) * 0xc2b2ae35;",
      from: "0xc2b2ae35",
      to: "3266489910",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
    {
      code: "return <i32>(h ^ (h >> 15));",
      from: "15",
      to: "16",
      why: "a hash: whatever it is, operands are compared, and the same twins are found",
    },
  ],
  "assembly/runtime/queue.ts": [
    {
      code: "return k < other || (k == other && s < slot(at));",
      from: "s < slot(at)",
      to: "(s <= slot(at))",
      why: "no slot is in the queue twice",
    },
    {
      code: "if (child >= length) break;",
      from: "child >= length",
      to: "(child > length)",
      why: "behind the last item stands the very one that is being placed",
    },
    {
      code: "if (child + 1 < length && before(key(child + 1), slot(child + 1), child)) child++;",
      from: "child + 1 < length",
      to: "(child + 1 <= length)",
      why: "behind the last item stands the very one that is being placed",
    },
    {
      code: "if (child + 1 < length && before(key(child + 1), slot(child + 1), child)) child++;",
      from: "child + 1 < length && before(key(child + 1), slot(child + 1), child)",
      to: "(before(key(child + 1), slot(child + 1), child))",
      why: "behind the last item stands the very one that is being placed",
    },
  ],
  "assembly/runtime/epilogue.ts": [
    {
      code: "for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {",
      from: "slot >= 0",
      to: "(slot > 0)",
      why: "slot 0 reads nothing that is planned: no unit that it is in reads a product",
    },
    {
      code: "for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {",
      from: "0",
      to: "1",
      why: "slot 0 reads nothing that is planned: no unit that it is in reads a product",
    },
  ],
  "assembly/runtime/planning/fuse.ts": [
    {
      code: "if (other >= 0) {",
      from: "other >= 0",
      to: "(other > 0)",
      why: "whoever reads something that is planned comes behind it: its slot is no 0",
    },
    {
      code: "if (other >= 0) {",
      from: "0",
      to: "1",
      why: "whoever reads something that is planned comes behind it: its slot is no 0",
    },
    {
      code: "const near = m.origin <= n.origin ? n.origin - m.origin : m.origin - n.origin;",
      from: "m.origin <= n.origin",
      to: "(m.origin < n.origin)",
      why: "equal origins are 0 apart either way",
    },
  ],
  "assembly/runtime/planning/schedule.ts": [
    {
      code: "for (let at = 0; at < units; at++) deathStart.set(at, deathStart.at(at + 1));",
      from: "at < units",
      to: "(at <= units)",
      why: "the last one is set once more behind it",
    },
    {
      code: "const asked = isHeldOutside(slot) || (demand.at(slot) & TARGET) != 0;",
      from: "isHeldOutside(slot) || (demand.at(slot) & TARGET) != 0",
      to: "(isHeldOutside(slot))",
      why: "what is asked for has a handle",
    },
  ],
  "assembly/runtime/plan.ts": [
    {
      code: "export let plannedKernels: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "export let plannedMatmuls: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "export let plannedFlops: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "export let plannedNodes: i32 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
  ],
  "assembly/runtime/evaluate.ts": [
    {
      code: "walk(target, Follow.Pending, 0);",
      from: "0",
      to: "1",
      why: "a walk of what is pending looks at no age",
    },
    {
      code: "walk(n, Follow.Pending, 0);",
      from: "0",
      to: "1",
      why: "a walk of what is pending looks at no age",
    },
    {
      code: "for (let slot = start; slot < order.length; slot++) nodeAt(slot).mark = 0;",
      from: "0",
      to: "1",
      why: "a mark of some walk before",
    },
    {
      code: "export let prunedNodes: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "export let kernels: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "export let matmuls: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "export let flops: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "let baseBytes: f64 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
  ],
  "assembly/runtime/copying.ts": [
    {
      code: "const SMALL: i32 = 65536;",
      why: "only speed: by one thread or by several",
    },
    {
      code: "if (numel < SMALL) return copyStrided(esize, dst, dstStrides, src, srcStrides, ndim, dims);",
      why: "only speed: by one thread or by several, a small copy costs little either way",
    },
  ],
  "assembly/runtime/program/make.ts": [
    {
      code: "let registerBytes: i32 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "let registers: i32 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "let block: i32 = 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "if (!registerOf.resize(count, 0) || !freeRegisters.reserve(count)) return 0;",
      from: "0",
      to: "1",
      why: "it is set before it is read",
    },
    {
      code: "const partialBytes = rowParts > 1 ? (<usize>(sinks * parts)) << 4 : 0;",
      from: "4",
      to: "5",
      why: "more room than is used",
    },
  ],
};
