// Writes host/generated/abi.ts: the exports of the core as the compiler declares them (`bindings: raw` in asconfig.json). A bool
// comes out of WebAssembly as a number, and goes in as either.
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { root } from "./lib.mjs";

process.chdir(root);
const DECLARATIONS = "build/core.relaxed.d.ts";

const source = ts.createSourceFile(DECLARATIONS, readFileSync(DECLARATIONS, "utf8"), ts.ScriptTarget.Latest, true);
const functions = [];
const visit = (node) => {
  if (ts.isFunctionDeclaration(node)) functions.push(node);
  ts.forEachChild(node, visit);
};
// Behind the namespace comes how the compiler's own loader would make an instance.
source.statements.filter(ts.isModuleDeclaration).forEach(visit);
if (functions.length === 0) throw new Error(`generate: ${DECLARATIONS} declares no function`);

const argument = ({ name, type }) =>
  `${name.text}: ${type.getText() === "boolean" ? "boolean | number" : type.getText()}`;
const lines = functions.map(({ name, parameters, type }) => {
  const result = type.getText() === "boolean" ? "number" : type.getText();
  return `  ${name.text}(${parameters.map(argument).join(", ")}): ${result};`;
});
writeFileSync(
  "host/generated/abi.ts",
  [
    "// Made by scripts/generate-abi.mjs from what the compiler declares.",
    "/** The exports of assembly/index.ts. Nodes are ids; a negative result is a `Failure`. */",
    "export interface Abi {",
    ...lines,
    "}\n",
  ].join("\n"),
);
