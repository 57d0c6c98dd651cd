// Reads the declarations of primitives and the builders that are bound, by TypeScript's parser.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../lib.mjs";

process.chdir(root);
export const PRIMITIVES = "assembly/primitives";
/** Elementwise ones first, so that the commonest opcodes are the smallest. */
const FIRST = ["elementwise/unary.ts", "elementwise/binary.ts"];

/** What is wrong, a line each. */
export const problems = [];
export const problem = (where, text) => problems.push(`${where}: ${text}`);

export const parse = (file) => ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
export const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
const decoratorsOf = (node, name) =>
  (node.modifiers ?? [])
    .filter(ts.isDecorator)
    .map(({ expression }) => expression)
    .filter((call) => (ts.isCallExpression(call) ? call.expression : call).getText() === name);
export const isExported = (node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;

/** A literal of strings, numbers, booleans, and objects of these. */
function valueOf(node) {
  if (ts.isStringLiteral(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isObjectLiteralExpression(node))
    return Object.fromEntries(
      node.properties.map((entry) => [entry.name?.text ?? "?", valueOf(entry.initializer ?? entry)]),
    );
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  problem(
    `${node.getSourceFile().fileName}:${line + 1}`,
    `${node.getText()} is no string, number, boolean or object of these`,
  );
  return undefined;
}

/** Decorators that files of primitives may have. */
const DECORATORS = new Set(["primitive", "binding", "final", "inline", "unmanaged", "external"]);
/** What a class says of itself outside of its declaration. */
const basesOf = (node) => ({
  isFinal: decoratorsOf(node, "final").length > 0,
  isCallClass: node.heritageClauses?.some(({ types }) => types.some((type) => type.getText() === "Call")) ?? false,
});

export const declarations = [];
export const builders = [];
const order = filesIn(PRIMITIVES).sort(
  (a, b) => Number(FIRST.includes(b)) - Number(FIRST.includes(a)) || Number(b === FIRST[0]) - Number(a === FIRST[0]),
);
for (const file of order) {
  for (const statement of parse(join(PRIMITIVES, file)).statements) {
    for (const { expression } of statement.modifiers?.filter(ts.isDecorator) ?? []) {
      const name = (ts.isCallExpression(expression) ? expression.expression : expression).getText();
      if (!DECORATORS.has(name)) problem(`${PRIMITIVES}/${file}`, `@${name} is no decorator of primitives`);
    }
    if (ts.isClassDeclaration(statement)) {
      const calls = decoratorsOf(statement, "primitive");
      const isAbstract = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword) ?? false;
      if (statement.heritageClauses && !isAbstract && calls.length === 0)
        problem(`${PRIMITIVES}/${file}`, `class ${statement.name.text} has no declaration, @primitive({ … })`);
      for (const call of calls) {
        const said = call.arguments?.[0];
        if (!said) problem(`${PRIMITIVES}/${file}`, `class ${statement.name.text}: @primitive says nothing`);
        const declared = { ...(said && valueOf(said)), file, class: statement.name.text, ...basesOf(statement) };
        if (!isExported(statement)) problem(file, `class ${declared.class} is not exported`);
        declarations.push(declared);
      }
    }
    if (ts.isFunctionDeclaration(statement)) {
      for (const call of decoratorsOf(statement, "binding")) {
        const given = ts.isCallExpression(call) ? valueOf(call.arguments[0]) : undefined;
        builders.push({ file, name: statement.name.text, given, node: statement });
      }
    }
  }
}
export const camel = (name) => name[0].toLowerCase() + name.slice(1);
