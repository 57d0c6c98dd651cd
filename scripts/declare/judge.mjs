// What a declaration may say, and must.
import { readFileSync } from "node:fs";
import { PRIMITIVES, declarations, problem } from "./read.mjs";

/** Larger numbers are instructions of the block machine (assembly/runtime/lowering/instruction.ts, DEAD). */
const MOST = 250;
const TESTS = "tests/primitives/rows.ts";

const KINDS = ["source", "elementwise", "view", "kernel"];
const oneOf =
  (...allowed) =>
  (value) =>
    allowed.includes(value) || `is one of ${allowed.join(", ")}`;
const isBoolean = oneOf(true, false);
const isText = (value) => (typeof value === "string" && value !== "") || "is a text";
const FIELDS = {
  op: (value) => /^[A-Z]\w*$/.test(value) || "is a name with a capital letter",
  kind: oneOf(...KINDS),
  doc: isText,
  /** The name of the host's function; false: it has none of this kind. */
  binding: (value) => value === false || isText(value),
  operands: oneOf(1, 2, 3, "reduction"),
  dtype: oneOf("same", "float", "comparison", "logical"),
  bools: oneOf("refused", "int32"),
  /**
   * Elementwise, one block: a call over (dtype, source, dst, a, b, c, n), or the name of what takes (dtype, dst, operands, n).
   * A reduction: the class of its operation, or a call over (dtype, dst, src, kept, reduced).
   */
  kernel: isText,
  /** Floating-point operations for each element. */
  flops: (value) => typeof value === "number" || "is a number",
  reads: oneOf("all", "others", "none"),
  cheap: isBoolean,
  root: isBoolean,
  sink: isBoolean,
  shareable: isBoolean,
  rearranges: isBoolean,
  renames: isBoolean,
  showsAll: isBoolean,
  /** It has several results, each an Output of its own (primitives/call.ts); `results` names those that it computes. */
  isCall: isBoolean,
  results: isText,
  attributes: (value) => typeof value === "object" || "is an object",
};
/** Words of an attribute; those in s are as many as the node has dims. "late": read when the node is computed, no part of a plan. */
const ATTRIBUTE = /^(late )?(int|bool|dimSet|float|long|ints|longs|results)$/;

/** Fields that mean something for some kinds alone. */
const ONLY = {
  elementwise: ["dtype", "bools", "flops", "cheap", "root"],
  view: ["rearranges", "renames", "showsAll"],
  kernel: ["sink", "shareable", "results"],
};
/** Fields that are no part of what the declaration says. */
const OUTSIDE = new Set(["file", "class", "isFinal", "isCallClass"]);

/** Notes what is wrong with the declarations. */
export function judge() {
  const rows = readFileSync(TESTS, "utf8");
  for (const d of declarations) {
    const where = `${PRIMITIVES}/${d.file}, ${d.op}`;
    for (const field of ["op", "kind"]) if (!(field in d)) problem(where, `has no ${field}`);
    for (const [field, value] of Object.entries(d)) {
      if (OUTSIDE.has(field)) continue;
      const verdict = FIELDS[field]?.(value) ?? "is not known";
      if (verdict !== true) problem(where, `${field} ${verdict}`);
    }
    for (const [name, type] of Object.entries(d.attributes ?? {}))
      if (!ATTRIBUTE.test(type)) problem(where, `attribute ${name}: ${type} is no type`);
    if (d.kind === "elementwise") {
      if (!d.kernel) problem(where, "is elementwise and has no kernel");
      if (d.flops === undefined) problem(where, "is elementwise and does not say how many flops an element takes");
    } else if (d.operands === "reduction") {
      if (!d.kernel) problem(where, "is a reduction and has no kernel");
    } else if (d.kernel) problem(where, "is not elementwise: its kernel is what evaluate() calls");
    for (const [kind, fields] of Object.entries(ONLY))
      for (const field of fields)
        if (field in d && d.kind !== kind) problem(where, `${field} means nothing for a ${d.kind}`);
    if (d.kind === "elementwise" && d.attributes) problem(where, "is elementwise, and these have no attributes");
    if (!d.isFinal) problem(where, `class ${d.class} is not @final`);
    if (Boolean(d.isCall) !== d.isCallClass) problem(where, "isCall is true of what extends Call, and of nothing else");
    if (d.isCall && d.kind === "kernel" && !d.results)
      problem(where, "is a call that computes and does not name its results");
    if (declarations.findIndex(({ op }) => op === d.op) < declarations.indexOf(d)) problem(where, "is declared twice");
    if (!rows.includes(`"${d.op}"`)) problem(where, `has no row in ${TESTS}`);
  }

  if (declarations.length > MOST)
    problem("declare", `more than ${MOST} primitives: an op is a byte, and instructions need some`);
}
