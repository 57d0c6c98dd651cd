// The comments of the table of ops in host/ops/signatures/, which are read from its source, so that they needn't be in the bundles.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "./lib.mjs";

export const TABLE = "host/ops/signatures/";

/**
 * What stands above each entry: its text, the page that `@torch` names, and the rule that `@dtype` gives (dtypes.mjs).
 * @returns {Map<string, { text?: string, page?: string, dtype?: string }>}
 */
export function readComments() {
  const comments = new Map();
  const visit = (node) => {
    if (ts.isPropertyAssignment(node) && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name))) {
      const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
      const tag = (name) => ts.getTextOfJSDocComment(doc?.tags?.find((one) => one.tagName.text === name)?.comment);
      if (comments.has(node.name.text)) throw new Error(`${TABLE}: ${node.name.text} is there twice`);
      const text = ts.getTextOfJSDocComment(doc?.comment)?.trim();
      comments.set(node.name.text, { text, page: tag("torch")?.trim(), dtype: tag("dtype")?.trim() });
    }
    ts.forEachChild(node, visit);
  };
  for (const file of readdirSync(join(root, TABLE)))
    visit(ts.createSourceFile(file, readFileSync(join(root, TABLE, file), "utf8"), ts.ScriptTarget.Latest, true));
  return comments;
}

const DOCS = "https://docs.pytorch.org/docs/stable/";
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** Torch's page of an op; `page` is what `@torch` names. */
export function pageOf(key, page) {
  if (page?.startsWith("https:")) return page;
  const torchName = `torch.${key.split(".").map(snake).join(".")}`;
  return DOCS + (page ?? (key.startsWith("special.") ? `special.html#${torchName}` : `generated/${torchName}.html`));
}
