// The text of docs/ops.md: what is said of ops comes from the table of signatures, their statuses are given. Needs `--import tsx`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import prettier from "prettier";
import { parseSignature } from "../../host/ops/signature.ts";
import { root } from "../lib.mjs";
import { pageOf, readComments } from "../signature-comments.mjs";
import { torchNames } from "../torch-names/check.mjs";
import { categories } from "../torch-names/reasons.mjs";
import { families } from "./families.mjs";

export const PAGE = join(root, "docs/ops.md");
/** The columns of a status, in order. */
export const columns = ["forward", "jvp", "vjp", "hvp", "vmap", "compile", "float32"];

/** Ops of a family, aliases with the op that they are another name of: [key, keys of its aliases][]. */
export function groupsOf(signatures) {
  const comments = readComments();
  const groups = new Map(Object.keys(signatures).map((key) => [key, []]));
  for (const key of [...groups.keys()]) {
    const of = /^Alias of ([\w.]+\w)/.exec(comments.get(key).text)?.[1];
    if (!groups.has(of)) continue;
    groups.get(of).push(key);
    groups.delete(key);
  }
  return [...groups];
}

/** `input, dim?, { keepdim? }`: what stands in braces is given by keyword. */
function argumentsOf(text) {
  const { params, positional } = parseSignature(text);
  const said = ({ name, optional, variadic, isSpread }) => `${variadic || isSpread ? "..." : ""}${name}${optional ? "?" : ""}`; // prettier-ignore
  const keywords = params.slice(positional).map(said);
  const all = params.slice(0, positional).map(said).concat(keywords.length ? `{ ${keywords.join(", ")} }` : []); // prettier-ignore
  return `\`${all.join(", ") || " "}\``;
}

const named = (key) => `\`pf.${key}\``;

function rowOf(signatures, key, aliases, status) {
  const texts = [signatures[key]].flat();
  const isMethod = (name) => !name.includes(".") && parseSignature([signatures[name]].flat()[0]).self >= 0;
  const others = [...(isMethod(key) ? [`x.${key}`] : []), ...aliases.flatMap((name) => [`pf.${name}`, ...(isMethod(name) ? [`x.${name}`] : [])])]; // prettier-ignore
  const link = `[${named(key)}]`;
  const forms = others.map((name) => `\`${name}\``).join(" ");
  return `| ${[link, texts.map(argumentsOf).join("<br>"), forms, ...columns.map((column) => status?.[column] ?? "?")].join(" | ")} |`;
}

const table = (rows) =>
  [
    `| op | arguments | also | ${columns.join(" | ")} |`,
    `| --- | --- | --- | ${columns.map((column) => (column === "float32" ? "---:" : ":---:")).join(" | ")} |`,
    ...rows,
  ].join("\n");

/** Names of torch that are not built, by their reasons. */
function lackingOf(all, category) {
  const lacking = all.filter(({ reason }) => reason?.category === category);
  const byText = new Map();
  for (const one of lacking) {
    const key = `${one.isDocumented} ${one.reason.text}`;
    byText.set(key, [...(byText.get(key) ?? []), one]);
  }
  return [...byText.values()].map((list) => {
    const names = list.map(({ namespace, name }) => `\`${namespace}.${name}\``).join(", ");
    const { text } = list[0].reason;
    return `- ${names}${list[0].isDocumented ? "" : " (undocumented)"}${text ? `: ${text}` : ""}`;
  });
}

/**
 * The page for a build of the library.
 * @param {ReadonlyMap<string, Record<string, string>>} statuses of ops, by their keys
 * @returns {Promise<string>}
 */
export async function render(pf, statuses) {
  const all = torchNames(pf);
  const comments = readComments();
  const documented = all.filter(({ isDocumented }) => isDocumented);
  const sections = families.map(({ title, signatures, text, example }) => {
    const rows = groupsOf(signatures).map(([key, aliases]) => rowOf(signatures, key, aliases, statuses.get(key)));
    const links = groupsOf(signatures).map(([key]) => `[${named(key)}]: ${pageOf(key, comments.get(key).page)}`);
    return `## ${title}\n\n${text}\n\n\`\`\`js\n${example.trim()}\n\`\`\`\n\n${table(rows)}\n\n${links.join("\n")}`;
  });
  const lacking = Object.entries(categories).map(([category, text]) => {
    const list = lackingOf(all, category);
    return list.length ? `### ${category[0].toUpperCase()}${category.slice(1)}\n\n${text}\n\n${list.join("\n")}` : "";
  });
  const page = `<!-- Made by scripts/document-ops.mjs (npm run ops): not to be edited. -->

# Ops

Every op has torch's name in camelCase and torch's arguments in torch's order: \`torch.linalg.lu_factor\` is \`pf.linalg.luFactor\`. In the tables an
op's name leads to torch's page of it, and what stands under "also" is the same function: \`x.abs\` is \`pf.abs\` as a method. Arguments with \`?\` may
be left out, those in braces are given by keyword, and an op with several lists of arguments takes each of them.

What stands in the other columns was found by running this build at PyTorch's own samples of the op, those in \`tests/conformance/\` (float64):

| column                | what holds                                                                                             |
| --------------------- | ------------------------------------------------------------------------------------------------------ |
| forward               | the results are PyTorch's                                                                              |
| jvp, vjp              | the products with the Jacobian and its transpose are PyTorch's, in given directions                    |
| hvp                   | second order: the product with the Hessian of a weighted sum is PyTorch's                              |
| vmap                  | a batch of two gives the results of two calls                                                          |
| compile               | the compiled function gives the results of plain calls, at two points                                  |
| float32               | the largest difference from float64 at the same arguments, relative to the largest element, rounded up |

✓ means that all samples hold; 2/3 that two of three do; "no" that none does: a result whose shape depends on values (\`unique\`, \`nonzero\` …), or that is
true or false and no tensor, can't be traced, and the op says so. – means that there is nothing to hold it against: no derivative, or none that PyTorch
has; no tensor among the arguments; no floating-point results; or, where it draws random numbers, no sample. 0 is exact.

PyTorch's documentation lists ${documented.length} functions in \`torch\`, \`torch.linalg\`, \`torch.special\`, \`torch.fft\` and \`torch.nn.functional\`, of which
${documented.filter(({ isBuilt }) => isBuilt).length} are here under their names. The others are listed [below](#what-torch-has-besides), with reasons.

${sections.join("\n\n")}

## What torch has besides

Names of PyTorch 2 that are no names here, and why, from \`scripts/torch-names/\`, where it is said which version they are from.

${lacking.filter(Boolean).join("\n\n")}
`;
  return prettier.format(page, { ...(await prettier.resolveConfig(PAGE)), parser: "markdown" });
}

/** The statuses that a page tells of, by the ops' keys. */
export function readStatuses(page) {
  const rows = page.matchAll(/^\| \[`pf\.([\w.]+)`\] *\|[^|]*\|[^|]*\|(.*)\|$/gm);
  return new Map(
    Array.from(rows, ([, key, rest]) => {
      const cells = rest.split("|").map((cell) => cell.trim());
      return [key, Object.fromEntries(columns.map((column, i) => [column, cells[i]]))];
    }),
  );
}

export const readPage = () => readFileSync(PAGE, "utf8");
