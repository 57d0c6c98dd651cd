// What the host gets: its functions, and what the declarations say.
import ts from "typescript";
import { bindings } from "./core.mjs";
import { write } from "./files.mjs";
import { camel, declarations } from "./read.mjs";

const LITERALS = { true: "true", false: "false", "i32.MAX_VALUE": "2 ** 31 - 1" };
const hostType = { node: "Node", list: "readonly number[]", i32: "number", f64: "number", bool: "boolean" };
const docLines = (text) => (text ? [`/** ${text} */`] : []);
/** The comment above a builder, without its marks. */
const docOf = (node) =>
  ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment)?.replaceAll("\n", " ");

/** What the host is told of a declaration. */
const SAID = new Set(["kind", "operands", "dtype", "flops", "attributes", "results"]);
export function writeHost() {
  /** By builder: the names of a call's results. */
  const resultsOf = new Map(
    declarations.filter(({ results }) => results).map(({ op, results }) => [`build${op}`, results.split(", ")]),
  );
  const forms = { 1: "unary", 2: "binary", 3: "ternary", reduction: "reduction" };
  const bound = declarations.filter(
    ({ kind, operands, binding }) => (kind === "elementwise" || operands === "reduction") && binding !== false,
  );
  write("host/generated/primitives.ts", [
    'import { Op } from "../../assembly/generated/opcodes";',
    'import { binary, type Declaration, made, type Node, outputs, reduction, ternary, unary } from "../core/made";',
    'import { core, writeInts } from "../core/memory";',
    "",
    bound.map(({ op, operands = 1, binding = camel(op), doc }) => [
      docLines(doc),
      `export const ${binding} = ${forms[operands]}(Op.${op});`,
    ]),
    bindings.map(({ binding, name, parameters, node }) => {
      const declared = parameters.map(({ kind, name, initializer }) =>
        initializer ? `${name} = ${LITERALS[initializer] ?? initializer}` : `${name}: ${hostType[kind]}`,
      );
      const given = parameters.map(({ kind, name }) =>
        kind === "list" ? `writeInts(${name})` : kind === "bool" ? `${name} ? 1 : 0` : name,
      );
      const call = `core.${binding}(${given.join(", ")})`;
      const results = resultsOf.get(name);
      return [
        docLines(docOf(node)),
        `export const ${binding} = (${declared.join(", ")}): ${results ? `[${results.map((result) => `${result}: Node`).join(", ")}]` : "Node"} =>`,
        results
          ? `  outputs(${call}, ${results.length}) as [${results.map(() => "Node").join(", ")}];`
          : `  made(${call});`,
      ];
    }),
    "",
    "/**",
    " * What the declarations say: attributes in the order in which they stand (ints and longs: an entry for each dim; late: no part of a",
    " * plan), operands of elementwise ones, floating-point operations of an element.",
    " */",
    "export const declarations: Readonly<Record<keyof typeof Op, Declaration>> = {",
    declarations.map(
      (d) =>
        `  ${d.op}: ${JSON.stringify(Object.fromEntries(Object.entries(d).filter(([field]) => SAID.has(field))))},`,
    ),
    "};",
    "/** The names of primitives, by their opcodes. */",
    `export const opNames: readonly string[] = "${declarations.map(({ op }) => op).join(" ")}".split(" ");`,
  ]);
}
