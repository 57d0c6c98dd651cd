export default {
  "assembly/primitives/split.ts": [
    {
      code: "let budget: i32 = 0;",
      from: "0",
      to: "1",
      why: "each search sets it before it reads it",
    },
    {
      code: "export let rest: Node = changetype<Node>(0);",
      from: "0",
      to: "1",
      why: "each search sets it before it reads it",
    },
    {
      code: "if (isUnchanged) return none(x);",
      from: "isUnchanged",
      to: "false",
      why: "a copy of the concat, with zeros beside it: the same values",
    },
    {
      code: "if (!isConstant(b) || b.value <= 1) break;",
      from: "b.value <= 1",
      to: "(b.value < 1)",
      why: "the base itself stands for its power of 1",
    },
  ],
  "assembly/primitives/split/beside.ts": [
    {
      code: "return known(0 * min(order(a, place, depth), 1), 1, Math.exp(limit));",
      from: "1",
      to: "2",
      nth: 1,
      why: "0 times any number",
    },
    {
      code: "return known(order(a, place, depth) ? -0.01 : 0, NaN);",
      from: "0.01",
      to: "0.011000000000000001",
      why: "any power that is weaker than each root's",
    },
    {
      code: "return known(0 * min(order(a, place, depth), 1), sign, sign);",
      from: "1",
      to: "2",
      why: "0 times any number",
    },
    {
      code: "if (larger > 0) return known(p, s, l);",
      from: "larger > 0",
      to: "(larger >= 0)",
      why: "0 only where both are zeros",
    },
    {
      code: "if (larger < 0) return known(q, t, m);",
      from: "larger < 0",
      to: "(larger <= 0)",
      why: "0 only where both are zeros",
    },
    {
      code: "if (larger < 0) return known(q, t, m);",
      from: "0",
      to: "1",
      why: "0 only where both are zeros; there is no other number below 1 than -1",
    },
    {
      code: "export const TIED: i32 = -2;",
      from: "2",
      to: "3",
      why: "any number that is neither of the others",
    },
    {
      code: "return op == Op.Ne || (op != Op.Eq && larger > 0 == op >= Op.Gt);",
      from: "larger > 0",
      to: "(larger >= 0)",
      why: "it is never asked about 0",
    },
    {
      code: "if (op < Op.Eq || op > Op.Ge) return unknownCondition(x);",
      from: "op < Op.Eq || op > Op.Ge",
      to: "(op > Op.Ge)",
      why: "no other op before Eq is true or false",
    },
  ],
  "assembly/primitives/split/moves.ts": [
    {
      code: "return x.op == Op.Concat ? primitiveOf(Op.Slice).vjp(place!.move, 0, t)! : replaced(x, 0, t);",
      from: "0",
      to: "1",
      nth: 1,
      why: "a slice has one operand: its rule doesn't look which it is",
    },
  ],
  "assembly/primitives/split/root.ts": [
    {
      code: "let crossed: usize = 0;",
      from: "0",
      to: "1",
      why: "each search sets it before it reads it",
    },
    {
      code: "crossed = 0;",
      from: "0",
      to: "1",
      why: "the records lie a byte later",
    },
    {
      code: "let root: Node = changetype<Node>(0);",
      from: "0",
      to: "1",
      why: "each search sets it before it reads it",
    },
    {
      code: "let left: i32 = 0;",
      from: "0",
      to: "1",
      why: "each look sets it before it reads it",
    },
    {
      code: "for (let i = 0; i < <i32>x.ndim; i++) {",
      from: "i < <i32>x.ndim",
      to: "(i <= <i32>x.ndim)",
      why: "behind the attributes of a permutation lies its operand's address, which is no smaller than any dim",
    },
    {
      code: "for (let i = 0; i < <i32>x.ndim; i++) if (x.dim(i) != 1) long |= 1 << i;",
      from: "i < <i32>x.ndim",
      to: "(i <= <i32>x.ndim)",
      why: "a bit that stands for no dim, which no attribute has",
    },
    {
      code: "for (let i = 0; i < <i32>x.ndim; i++) if (x.attribute(v.attribute(i)) != i) return null;",
      from: "0",
      to: "1",
      why: "two permutations that undo each other in all dims but one do so in that, too",
    },
    {
      code: "if (x.op != Op.Permute || !sameShape(x, v.input(0))) return null;",
      from: "x.op != Op.Permute || !sameShape(x, v.input(0))",
      to: "(!sameShape(x, v.input(0)))",
      why: "other ops with such attributes change the number of elements: what they move is not as large as d is there",
    },
  ],
  "assembly/primitives/split/freed.ts": [
    {
      code: "if (isZero(b) || isOne(a)) return b;",
      from: "isZero(b) || isOne(a)",
      to: "(isZero(b))",
      why: "1 times b",
    },
    {
      code: "let left: i32 = 0;",
      from: "0",
      to: "1",
      why: "each look sets it before it reads it",
    },
  ],
};
