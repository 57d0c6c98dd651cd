// `npm run mutants [-- --area NAME]… [--count N] [--seed N] [--file PATH] [--report]`: changes the sources in one small place
// after the other (a sign, an operand, a bound, a constant, a condition), runs the suites of that area against each, and tells
// how many noticed. Works in a copy of the repository. Mutants are drawn by seed; --count is per area. A core with a mutant is
// compiled without optimisation, which takes a quarter of the time. --report writes the figures into docs/reliability.md.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";
import { root, run, tool } from "./lib.mjs";

const suitesIn = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file));
/** What is mutated, and the suites that should notice, those that notice most first. */
const areas = {
  "op formulas": {
    files: ["host/ops"],
    except: /(signatures|signature|kinds|define|index)\.ts$/,
    suites: ["tests/conformance/run.test.ts", ...suitesIn("tests/ops"), "tests/random/ops.test.ts"],
  },
  "host transforms": {
    files: ["host/autograd", "host/func", "host/compile"],
    suites: [...suitesIn("tests/func"), ...suitesIn("tests/autograd"), "tests/compile.test.ts", "tests/tree.test.ts"],
  },
  "vjp rules and batching": {
    files: ["assembly/primitives"],
    suites: ["tests/primitives/derivatives.test.ts", "tests/func/vmap.test.ts", "tests/conformance/run.test.ts", "tests/fuzz/fuzz.test.ts", ...suitesIn("tests/primitives"), "tests/func/vmap-rules.test.ts"], // prettier-ignore
  },
  transforms: {
    files: ["assembly/transforms"],
    suites: ["tests/fuzz/fuzz.test.ts", ...suitesIn("tests/autograd"), ...suitesIn("tests/func"), ...suitesIn("tests/inspect"), "tests/core/lifetime.test.ts"], // prettier-ignore
  },
  runtime: {
    files: ["assembly/runtime"],
    except: /(profile|parallel|parts)\.ts$/,
    suites: ["tests/core/random-graphs.test.ts", "tests/fuzz/fuzz.test.ts", ...suitesIn("tests/core"), "tests/compile.test.ts", ...suitesIn("tests/inspect")], // prettier-ignore
  },
};

const { values: options } = parseArgs({
  options: {
    area: { type: "string", multiple: true, default: ["op formulas"] },
    count: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    file: { type: "string", default: "" },
    report: { type: "boolean", default: false },
  },
});

// -- the table of mutations: each gives the texts that may stand for a node of the syntax tree

const other = { "+": "-", "-": "+", "*": "/", "/": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==", "!==": "===", "==": "!=", "!=": "==", "&&": "||", "||": "&&" }; // prettier-ignore
const pairs = [["add", "sub"], ["mul", "div"], ["maximum", "minimum"], ["lt", "le"], ["gt", "ge"], ["amax", "amin"], ["floor", "ceil"], ["sum", "amax"], ["sin", "cos"]]; // prettier-ignore
const partner = Object.fromEntries(pairs.flatMap(([a, b]) => [[a, b], [b, a]])); // prettier-ignore
const ordered = /^(sub|div|pow|where|lt|le|gt|ge|atan2|fmod|remainder|matmul|scatterAdd|gather)$/;
/** Signs, operands, bounds, constants, dropped conditions. */
function mutationsOf(node, source) {
  const text = (part) => part.getText(source);
  if (ts.isBinaryExpression(node)) {
    const operator = text(node.operatorToken);
    const [left, right] = [text(node.left), text(node.right)];
    // Strings are put together with +, too.
    if (!other[operator] || /["'`]/.test(left + right)) return [];
    const all = [["operator", `${left} ${other[operator]} ${right}`]];
    if (operator === "&&" || operator === "||") all.push(["dropped condition", left], ["dropped condition", right]);
    if (operator === "-" || operator === "/") all.push(["operand", `${right} ${operator} ${left}`]);
    return all.map(([kind, to]) => [kind, `(${to})`]);
  }
  if (
    ts.isPrefixUnaryExpression(node) &&
    [ts.SyntaxKind.MinusToken, ts.SyntaxKind.ExclamationToken].includes(node.operator)
  ) {
    return [["sign", text(node.operand)]];
  }
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text);
    if (!Number.isFinite(value)) return [];
    return Number.isInteger(value) ? [["constant", String(value + 1)]] : [["constant", String(value * 1.1)]];
  }
  if (ts.isConditionalExpression(node)) return [["dropped condition", `(${text(node.whenTrue)})`], ["dropped condition", `(${text(node.whenFalse)})`]]; // prettier-ignore
  if (ts.isIfStatement(node) && !node.elseStatement && !/throw|fail\(/.test(text(node.thenStatement)))
    return [["dropped condition", ""], ["dropped condition", text(node.thenStatement)]]; // prettier-ignore
  if (ts.isCallExpression(node)) {
    const callee = text(node.expression);
    const name = callee.split(".").at(-1);
    const args = node.arguments.map(text);
    const all = [];
    if (Object.hasOwn(partner, name)) all.push(["operator", `${callee.slice(0, -name.length)}${partner[name]}(${args.join(", ")})`]); // prettier-ignore
    if (ordered.test(name) && args.length >= 2) all.push(["operand", `${callee}(${[...args.slice(0, -2), args.at(-1), args.at(-2)].join(", ")})`]); // prettier-ignore
    if (name === "neg" && args.length === 1) all.push(["sign", args[0]]);
    return all;
  }
  return [];
}
const skipped = (node) =>
  ts.isImportDeclaration(node) || ts.isThrowStatement(node) || ts.isTypeNode(node) || ts.isEnumDeclaration(node) ||
  ts.isTemplateExpression(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ||
  (ts.isCallExpression(node) && /^(\w*[eE]rror|failure|fail|addFacts?|memory\.data)$/.test(node.expression.getText())); // prettier-ignore

function mutantsOf(file) {
  const content = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (skipped(node)) return;
    for (const [kind, to] of mutationsOf(node, source)) {
      const [start, end] = [node.getStart(source), node.getEnd()];
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      found.push({ file, line, kind, from: content.slice(start, end), to, text: content.slice(0, start) + to + content.slice(end) }); // prettier-ignore
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A generator of numbers in [0, 1) with a seed (mulberry32). */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// -- the copy that is mutated

const place = mkdtempSync(join(tmpdir(), "pushforward-mutants-"));
for (const name of ["assembly", "host", "scripts", "tests", "asconfig.json", "package.json", "tsconfig.json", "build"])
  cpSync(join(root, name), join(place, name), { recursive: true });
symlinkSync(join(root, "node_modules"), join(place, "node_modules"));
const inPlace = (args, timeout) => run(args, { cwd: place, timeout, env: { FORCE_COLOR: "0" } });
let longest = 60_000;
const passes = async (suite, timeout) => (await inPlace(["--expose-gc", "--import", "tsx", suite], timeout)).code === 0;
async function compile() {
  const asc = tool("assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", "relaxed", "--optimizeLevel", "0", "--converge", "false"); // prettier-ignore
  return (await inPlace(asc)).code === 0 && (await inPlace(["scripts/generate.mjs"])).code === 0;
}

const lines = [];
for (const name of options.area) {
  const area = areas[name];
  if (!area) throw new Error(`mutants: no area ${name}; there are ${Object.keys(areas).join(", ")}`);
  const isCore = area.files.some((file) => file.startsWith("assembly"));
  const files = area.files
    .flatMap((dir) => readdirSync(join(root, dir), { recursive: true }).map((file) => join(dir, file)))
    .filter((file) => file.endsWith(".ts") && !area.except?.test(file) && file.includes(options.file));
  const all = files.sort().flatMap(mutantsOf);
  const next = generator(Number(options.seed));
  const count = Math.min(Number(options.count), all.length);
  const chosen = Array.from({ length: count }, () => all.splice(Math.floor(next() * all.length), 1)[0]);

  if (isCore && !(await compile())) throw new Error("mutants: the core does not compile");
  const suites = [];
  for (const suite of area.suites) {
    const start = performance.now();
    if (await passes(suite, 600_000)) suites.push(suite);
    else console.log(`${suite} fails without any mutant: left out`);
    longest = Math.max(longest, 10 * (performance.now() - start));
  }
  const survivors = [];
  let [killed, invalid] = [0, 0];
  for (const mutant of chosen) {
    const path = join(place, mutant.file);
    const original = readFileSync(path, "utf8");
    writeFileSync(path, mutant.text);
    let killer = null;
    if (isCore && !(await compile())) killer = "asc";
    for (const suite of killer ? [] : suites) {
      if (await passes(suite, longest)) continue;
      killer = suite;
      break;
    }
    writeFileSync(path, original);
    const what = `${mutant.file}:${mutant.line} ${mutant.kind}: \`${mutant.from.replace(/\s+/g, " ").slice(0, 90)}\` → \`${mutant.to.replace(/\s+/g, " ").slice(0, 90)}\``;
    console.log(`${killer ? "killed  " : "SURVIVED"} ${what}${killer ? ` by ${killer}` : ""}`);
    if (killer === "asc") invalid++;
    else if (killer) killed++;
    else survivors.push(what);
  }
  const total = killed + survivors.length;
  lines.push(`- ${name}: ${killed} of ${total} killed (${((100 * killed) / total).toFixed(1)} %), of ${all.length + count} mutants there are; seed ${options.seed}${invalid ? `; ${invalid} did not compile` : ""}`); // prettier-ignore
  lines.push(...survivors.map((what) => `  - survived: ${what}`));
}
rmSync(place, { recursive: true, force: true });
const figures = lines.join("\n");
console.log(`\n${figures}`);
if (options.report) {
  const page = join(root, "docs/reliability.md");
  const [before, rest] = readFileSync(page, "utf8").split("<!-- mutants -->\n");
  const after = rest.slice(rest.indexOf("<!-- /mutants -->"));
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(page, `${before}<!-- mutants -->\n\n${date}:\n\n${figures}\n\n${after}`);
}
