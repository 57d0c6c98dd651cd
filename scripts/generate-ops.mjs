// Writes host/generated/ops.ts and methods.ts from the tables in host/ops/signatures/: the typed functions that users import with
// the namespaces, and the methods of Tensor. Run with `--import tsx`. The comments of the table are read from its source, so that
// they needn't be in the bundles.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { parseSignature } from "../host/ops/signature.ts";
import { signatures } from "../host/ops/signatures/all.ts";
import { root } from "./lib.mjs";

process.chdir(root);
const TABLE = "host/ops/signatures/";
const OUTPUT = "host/generated/ops.ts";
const METHODS = "host/generated/methods.ts";
const DOCS = "https://docs.pytorch.org/docs/stable/";

/** What stands above an entry of the table: its text, and the page that `@torch` names. */
function readComments() {
  const comments = new Map();
  const visit = (node) => {
    if (ts.isPropertyAssignment(node) && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name))) {
      const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
      const page = doc?.tags?.find((tag) => tag.tagName.text === "torch");
      const text = (comment) => ts.getTextOfJSDocComment(comment)?.trim();
      if (comments.has(node.name.text)) throw new Error(`${TABLE}: ${node.name.text} is there twice`);
      comments.set(node.name.text, { text: text(doc?.comment), page: text(page?.comment) });
    }
    ts.forEachChild(node, visit);
  };
  for (const file of readdirSync(TABLE))
    visit(ts.createSourceFile(file, readFileSync(TABLE + file, "utf8"), ts.ScriptTarget.Latest, true));
  return comments;
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
function pageOf(key, page) {
  const torchName = `torch.${key.split(".").map(snake).join(".")}`;
  return DOCS + (page ?? (key.startsWith("special.") ? `special.html#${torchName}` : `generated/${torchName}.html`));
}

// -- types
const optionalType = (param) => (param.optional ? `${param.kind.type} | null | undefined` : param.kind.type);
/** Names of ops and params that JavaScript keeps for itself. */
const RESERVED = new Set(["var"]);
const identifier = (name) => (RESERVED.has(name) ? `${name}_` : name);

/** `name?: type`; a param that is followed by a required one can't have the question mark. */
const declare = (param, mayBeLeftOut, name = identifier(param.name)) =>
  mayBeLeftOut && param.optional ? `${name}?: ${param.kind.type} | null` : `${name}: ${optionalType(param)}`;
const optionsType = (params) => `{ ${params.map((param) => declare(param, true, param.name)).join("; ")} }`;
/** The items of a variadic param: one by one. */
const itemType = (param) => (param.kind.type.includes("Tensor") ? "Tensor" : "number");

/** Every way to call a signature with these params: all by position, or the last ones by keyword. */
function parameterLists(params, positional) {
  const byPosition = params.slice(0, positional);
  const keywordOnly = params.slice(positional);
  const lists = [];
  const isRequired = (param) => !param.optional;
  const last = byPosition.at(-1);
  const declareAll = (list) => {
    const lastRequired = list.findLastIndex(isRequired);
    return list.map((param, i) => declare(param, i > lastRequired));
  };
  if (last?.isSpread) return [[...declareAll(byPosition.slice(0, -1)), `...${last.name}: IndexEntry[]`]];
  if (!keywordOnly.some(isRequired)) {
    if (last?.variadic) lists.push([...declareAll(byPosition.slice(0, -1)), `...${last.name}: ${itemType(last)}[]`]);
    lists.push(declareAll(byPosition));
  }
  if (last?.variadic && keywordOnly.length > 0)
    lists.push([
      ...byPosition.slice(0, -1).map((param) => declare(param, false)),
      `...args: [...${last.name}: ${itemType(last)}[], options: ${optionsType(keywordOnly)}]`,
    ]);
  for (let given = leading(byPosition); given <= byPosition.length; given++) {
    const rest = [...byPosition.slice(given), ...keywordOnly];
    if (rest.length === 0) continue;
    lists.push([...byPosition.slice(0, given).map((param) => declare(param, false)), `options: ${optionsType(rest)}`]);
  }
  return lists;
}
/** How many leading tensors have no keyword. */
function leading(params) {
  const end = params.findIndex((param) => param.optional || !param.kind.type.includes("Tensor"));
  return end < 0 ? params.length : end;
}

const calls = (op, asMethod) =>
  op.signatures
    .filter((signature) => !asMethod || signature.self >= 0)
    .flatMap(({ params, positional, self, returns }) =>
      (asMethod ? parameterLists(params.toSpliced(self, 1), positional - 1) : parameterLists(params, positional)).map(
        (list) => ({ list: list.join(", "), returns }),
      ),
    )
    .filter(({ list }, i, all) => all.findIndex((other) => other.list === list) === i);

const comments = readComments();
const ops = Object.entries(signatures).map(([key, texts]) => {
  const { text, page } = comments.get(key) ?? {};
  if (!text) throw new Error(`${TABLE}: ${key} has no comment`);
  return {
    key,
    name: key.slice(key.lastIndexOf(".") + 1),
    namespace: key.slice(0, Math.max(0, key.lastIndexOf("."))),
    signatures: [texts].flat().map(parseSignature),
    comment: `/**\n * ${text.replaceAll(/\n */g, "\n * ")}\n * @see ${pageOf(key, page)}\n */`,
  };
});

// -- text
const indent = (text) => text.replaceAll(/^/gm, "  ");
const members = (list, asMethod, typed = (types) => types) =>
  list.map((op) => {
    const overloads = calls(op, asMethod).map(
      ({ list: params, returns }) => `${op.name}(${typed(params)}): ${typed(returns)};`,
    );
    return indent(`${op.comment}\n${overloads.join("\n")}`);
  });

const functions = ops
  .filter((op) => op.namespace === "")
  .map((op) => {
    const type = calls(op, false).map(({ list, returns }) => `  (${list}): ${returns};`);
    const local = identifier(op.name);
    const declaration = `const ${local}: {\n${type.join("\n")}\n} = op("${op.key}");`;
    const named = local === op.name ? `export ${declaration}` : `${declaration}\nexport { ${local} as ${op.name} };`;
    return `${op.comment}\n${named}`;
  });

const namespaces = [
  { path: "nn.functional", type: "NNFunctional", text: "torch.nn.functional" },
  { path: "linalg", type: "Linalg", text: "torch.linalg" },
  { path: "special", type: "Special", text: "torch.special" },
].map(({ path, type, text }) => {
  const list = ops.filter((op) => op.namespace === path);
  const [first, second] = path.split(".");
  const value = `namespace("${path}")`;
  const exported = second
    ? `export const ${first}: { readonly ${second}: ${type} } = { ${second}: ${value} };`
    : `export const ${first}: ${type} = ${value};`;
  return `/** The functions of ${text}. */\nexport interface ${type} {\n${members(list, false).join("\n")}\n}\n/** The functions of ${text}. */\n${exported}`;
});
const homeless = ops.filter((op) => !["", "nn.functional", "linalg", "special"].includes(op.namespace));
if (homeless.length > 0) throw new Error(`${TABLE}: unknown namespace of ${homeless.map((op) => op.key).join(", ")}`);

const methods = ops.filter((op) => op.namespace === "" && op.signatures[0].self >= 0);
const text = `// Made by scripts/generate-ops.mjs from ${TABLE}.
import type { DTypeName } from "../core/dtype";
import { inNamespaces, ops } from "../ops";
import type { NestedInts } from "../tensor/entry";
import type { IndexEntry, Named, Tensor, TensorList } from "../tensor/tensor";

const op = <F>(key: string): F => ops[key] as F;
const namespace = <N>(path: string): N => inNamespaces[path] as N;

${functions.join("\n\n")}

${namespaces.join("\n\n")}
`;
writeFileSync(OUTPUT, text);

/** The same types where T stands for Tensor, whose class they are a part of. */
const ofAnyTensor = (types) =>
  types
    .replaceAll("TensorList", "ListOf<T>")
    .replaceAll("Named<", "NamedOf<T, ")
    .replaceAll("IndexEntry", "EntryOf<T>")
    .replaceAll(/\bTensor\b/g, "T");
writeFileSync(
  METHODS,
  `// Made by scripts/generate-ops.mjs from ${TABLE}.
import type { DTypeName } from "../core/dtype";
import type { EntryOf, NestedInts } from "../tensor/entry";
import type { ListOf, NamedOf } from "../tensor/named";

/** The ops as methods of T, the Tensor. */
export interface TensorMethods<T> {
${members(methods, true, ofAnyTensor).join("\n")}
}
`,
);
