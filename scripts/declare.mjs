// The first step of a build. Reads the declarations of primitives, `@primitive({ … })` above classes in assembly/primitives/, and
// the builders marked `@binding`; writes assembly/generated/ (opcodes, traits, the dispatch of kernels, the
// registrations, the ABI of the builders) and host/generated/primitives.ts (the host's functions, the schema of attributes). What a
// declaration lacks stops the build here; a rule that is missing stops the compiler, since rules are abstract methods.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import ts from "typescript";
import { root } from "./lib.mjs";

process.chdir(root);
const PRIMITIVES = "assembly/primitives";
const KERNELS = "assembly/kernels/elementwise";
/** Larger numbers are instructions of the block machine (runtime/lowering/instruction.ts, DEAD). */
const MOST = 250;
const TESTS = "tests/primitives/rows.ts";
/** Elementwise ones first, so that the commonest opcodes are the smallest. */
const FIRST = ["elementwise/unary.ts", "elementwise/binary.ts"];

const problems = [];
const problem = (where, text) => problems.push(`${where}: ${text}`);

const parse = (file) => ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
const decoratorsOf = (node, name) =>
  (node.modifiers ?? [])
    .filter(ts.isDecorator)
    .map(({ expression }) => expression)
    .filter((call) => (ts.isCallExpression(call) ? call.expression : call).getText() === name);
const isExported = (node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;

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

// -- what a declaration may say

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
/** Decorators that files of primitives may have. */
const DECORATORS = new Set(["primitive", "binding", "final", "inline", "unmanaged", "external"]);
/** What a class says of itself outside of its declaration. */
const basesOf = (node) => ({
  isFinal: decoratorsOf(node, "final").length > 0,
  isCallClass: node.heritageClauses?.some(({ types }) => types.some((type) => type.getText() === "Call")) ?? false,
});
const OUTSIDE = new Set(["file", "class", "isFinal", "isCallClass"]);

const declarations = [];
const builders = [];
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
const camel = (name) => name[0].toLowerCase() + name.slice(1);

// -- judged

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

// -- assembly/generated

const HEADER = "// Made by scripts/declare.mjs from the declarations in assembly/primitives/.\n";
mkdirSync("assembly/generated", { recursive: true });
mkdirSync("host/generated", { recursive: true });
/** Files that are as they should be keep their times, by which tests tell whether kernels have to be compiled. */
/** What is to be written, by path: nothing is where there are problems. */
const changed = new Map();
function write(path, lines) {
  const text = `${HEADER}${[lines].flat(Infinity).join("\n")}\n`;
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) changed.set(path, text);
}

const writeOpcodes = () =>
  write("assembly/generated/opcodes.ts", [
    "",
    "/** Primitives. Their names are what `inspect` and `gradFn=<…>` print. */",
    "export enum Op {",
    declarations.map(({ op }) => `  ${op},`),
    "}",
    "/** How many there are. */",
    `export const OPS = ${declarations.length};`,
  ]);

/** Names of bits by what a declaration says. */
const traitsOf = (d) => [
  ...(d.reads === "none" ? ["ReadsNone"] : d.reads === "others" ? ["ReadsOthers"] : []),
  ...(d.dtype === "comparison" || d.dtype === "logical" ? ["Boolean"] : []),
  ...(d.dtype === "float" ? ["Float"] : []),
  ...(d.dtype === "logical" ? ["Logical"] : []),
  ...(d.bools === "refused" ? ["RefusesBools"] : d.bools === "int32" ? ["BoolsAreInts"] : []),
  ...(d.cheap ? ["Cheap"] : []),
  ...(d.root ? ["Root"] : []),
  ...(d.sink ? ["Sink"] : []),
  ...(d.kind === "kernel" && d.shareable !== false ? ["Shareable"] : []),
  ...(d.rearranges ? ["Rearranges"] : []),
  ...(d.renames ? ["Renames"] : []),
  ...(d.showsAll ? ["ShowsAll"] : []),
  ...(d.isCall ? ["Call"] : []),
];
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/**
 * Which attributes a plan depends on: how many lists of ndim words come before them, and how many words they are (255: all the
 * rest). So late ones stand before the others, as lists, or behind them, or are all there are.
 */
function plannedAttributes(d) {
  const types = Object.values(d.attributes ?? {});
  const late = types.map((type) => type.startsWith("late "));
  if (late.every(Boolean)) return { skipped: 0, taken: types.length ? 0 : 255 };
  const first = late.indexOf(false);
  const last = late.lastIndexOf(false);
  if (late.slice(first, last).some(Boolean)) problem(d.op, "late attributes stand between others");
  if (types.slice(0, first).some((type) => type !== "late ints")) problem(d.op, "late attributes in front are lists");
  if (last === types.length - 1) return { skipped: first, taken: 255 };
  const words = { int: 1, bool: 1, dimSet: 1, float: 2, long: 2 };
  if (types.slice(first, last + 1).some((type) => !(type in words)))
    problem(d.op, "late attributes stand behind lists");
  return { skipped: first, taken: types.slice(first, last + 1).reduce((sum, type) => sum + words[type], 0) };
}

const writeTraits = () =>
  write("assembly/generated/traits.ts", [
    'import { Kind, Trait } from "../abi/traits";',
    "",
    "const traits: usize = memory.data<u32>([",
    declarations.map((d) => {
      const names = traitsOf(d);
      const bits = [`Kind.${capital(d.kind)}`, ...names.map((name) => `Trait.${name}`)];
      return `  ${bits.join(" | ")}, // ${d.op}`;
    }),
    "]);",
    "// By op: how many lists of ndim words come before the attributes that a plan depends on, and how many words these are.",
    "const skipped: usize = memory.data<u8>([",
    `  ${declarations.map((d) => plannedAttributes(d).skipped).join(", ")},`,
    "]);",
    "const taken: usize = memory.data<u8>([",
    `  ${declarations.map((d) => plannedAttributes(d).taken).join(", ")},`,
    "]);",
    "",
    "@inline",
    "export function kindOf(op: i32): Kind {",
    "  return <Kind>(load<u8>(traits + ((<usize>op) << 2)) & 3);",
    "}",
    "@inline",
    "export function hasTrait(op: i32, trait: u32): bool {",
    "  return (load<u32>(traits + ((<usize>op) << 2)) & trait) != 0;",
    "}",
    "/** The first attribute of a node of `ndim` dims that a plan depends on. */",
    "export function firstPlanned(op: i32, ndim: i32): i32 {",
    "  return <i32>load<u8>(skipped + <usize>op) * ndim;",
    "}",
    "/** How many it depends on, of `count` in all. */",
    "export function plannedCount(op: i32, ndim: i32, count: i32): i32 {",
    "  return min(<i32>load<u8>(taken + <usize>op), count - firstPlanned(op, ndim));",
    "}",
  ]);

/** Where in a folder of kernels each exported name is. */
const exportsIn = (folder) =>
  new Map(
    filesIn(folder).flatMap((file) =>
      parse(join(folder, file))
        .statements.filter((node) => isExported(node) && node.name)
        .map((node) => [node.name.text, basename(file, ".ts")]),
    ),
  );
/** The lines that import what kernels name; what no file has is a problem. */
function importsOf(folder, kernels, known) {
  const files = exportsIn(folder);
  const imports = new Map();
  for (const { op, kernel } of kernels)
    for (const name of kernel.match(/[A-Za-z_]\w*/g)) {
      if (known.has(name)) continue;
      const file = files.get(name);
      if (!file) problem(op, `its kernel names ${name}, which no file of ${folder} exports`);
      else imports.set(file, (imports.get(file) ?? new Set()).add(name));
    }
  const from = folder.replace("assembly", "..");
  return [...imports]
    .sort()
    .map(([file, names]) => `import { ${[...names].sort().join(", ")} } from "${from}/${file}";`);
}
const OPERANDS = ["a", "b", "c"];
const PLAIN = new Set(["dtype", "source", "dst", ...OPERANDS, "n", "u8", "i32", "f32", "f64"]);

function writeElementwise() {
  const elementwise = declarations.filter(({ kind, kernel }) => kind === "elementwise" && kernel);
  write("assembly/generated/elementwise.ts", [
    'import { Op } from "./opcodes";',
    importsOf(KERNELS, elementwise, PLAIN),
    "",
    "/**",
    " * One block of one elementwise op, the instruction of the block machine: dst[i] = op(a[i], b[i], c[i]) for n >= 1 contiguous elements.",
    " *",
    " * `dtype` is the operands' dtype (for Op.Cast the destination's, and `source` the operand's; for Op.Where that of b and c). Work",
    " * goes by whole vectors without a scalar tail: up to 128 bytes past an operand are read, and dst is written up to the next",
    " * multiple of 16 bytes. dst may be an operand of the same element size, else it is disjoint from the operands.",
    " */",
    "export function runElementwise(op: i32, dtype: i32, source: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {",
    "  switch (op) {",
    elementwise.map(({ op, kernel, operands = 1 }) => {
      const call = kernel.includes("(")
        ? kernel
        : `${kernel}(dtype, dst, ${OPERANDS.slice(0, operands).join(", ")}, n)`;
      return [`    case Op.${op}:`, `      return ${call};`];
    }),
    "  }",
    "  unreachable();",
    "}",
  ]);
}

/** What reductions ask of their kernels: the entry, what it calls by the class of an operation, and its parameters. */
const ENTRIES = [
  ["reduceWhole", "reduceAs", "dtype: i32, dst: usize, src: usize, kept: i32, reduced: i32"],
  ["reduceRows", "reduceRowsBy", "dtype: i32, dst: usize, src: usize, rows: i32, length: i32"],
  ["takeRun", "takeRunBy", "dtype: i32, state: usize, src: usize, n: i32"],
  ["endRun", "endRunBy", "dtype: i32, state: usize, partial: usize"],
  [
    "combinePartials",
    "combinePartialsBy",
    "dtype: i32, dst: usize, partials: usize, rows: i32, count: i32, state: usize",
  ],
];
function writeReductions() {
  const reductions = declarations.filter(({ operands, kernel }) => operands === "reduction" && kernel);
  const named = ENTRIES.map(([, by]) => ({ op: "", kernel: by }));
  write("assembly/generated/reductions.ts", [
    'import { Op } from "./opcodes";',
    importsOf(
      "assembly/kernels/reduce",
      [...reductions, ...named],
      new Set(["true", "false", "dtype", "dst", "src", "kept", "reduced"]),
    ),
    ENTRIES.map(([name, by, parameters], i) => {
      const given = parameters.match(/\w+(?=:)/g).join(", ");
      // The sinks of programs have a class; the others know the whole alone.
      const able = reductions.filter(({ kernel }) => i === 0 || !kernel.includes("("));
      return [
        "",
        `export function ${name}(op: i32, ${parameters}): void {`,
        "  switch (op) {",
        able.map(({ op, kernel }) => [
          `    case Op.${op}:`,
          `      return ${kernel.includes("(") ? kernel : `${by}<${kernel}>(${given})`};`,
        ]),
        "  }",
        "  unreachable();",
        "}",
      ];
    }),
  ]);
}

const moduleName = (file) =>
  camel(file.replace(/\.ts$/, "").replace(/(^|[-/])(\w)/g, (_, __, letter) => letter.toUpperCase()));
const moduleOf = (file) => `../primitives/${file.replace(/\.ts$/, "")}`;
function writeRegistrations() {
  const files = [...new Set(declarations.map(({ file }) => file))];
  write("assembly/generated/primitives.ts", [
    'import { register } from "../primitives/primitive";',
    'import { Op } from "./opcodes";',
    files.map((file) => `import * as ${moduleName(file)} from "${moduleOf(file)}";`),
    "",
    declarations.map(
      (d) => `register(Op.${d.op}, new ${moduleName(d.file)}.${d.class}(${d.kind === "elementwise" ? d.flops : ""}));`,
    ),
  ]);
}

// -- the ABI of builders: nodes travel as ids, a list (`count: i32, list: usize`) through scratch

function parametersOf({ file, name, node }) {
  const list = node.parameters.map((parameter) => ({
    name: parameter.name.text,
    type: parameter.type?.getText(),
    initializer: parameter.initializer?.getText(),
  }));
  const merged = [];
  for (let i = 0; i < list.length; i++) {
    const next = list[i + 1];
    if (next?.type === "usize") {
      merged.push({ kind: "list", name: next.name, count: list[i].name });
      i++;
    } else if (list[i].type === "Node") merged.push({ kind: "node", name: list[i].name });
    else if (["i32", "f64", "bool"].includes(list[i].type)) merged.push({ ...list[i], kind: list[i].type });
    else problem(file, `${name}: a parameter of type ${list[i].type} can't be bound`);
  }
  return merged;
}
const bindings = builders.map((builder) => ({
  ...builder,
  binding: builder.given ?? camel(builder.name.replace(/^build/, "")),
  parameters: parametersOf(builder),
}));

const writeBindings = () =>
  write("assembly/generated/bindings.ts", [
    'import { failure } from "../abi/failure";',
    'import { begin, result, scratchAddress, tooManyDims } from "../exports/scratch";',
    'import { nodeFrom } from "../graph/node";',
    [...new Set(bindings.map(({ file }) => file))].map((file) => {
      const names = bindings.filter((b) => b.file === file).map(({ name }) => name);
      return `import { ${names.sort().join(", ")} } from "${moduleOf(file)}";`;
    }),
    "",
    bindings.map(({ binding, name, parameters }) => {
      const declared = parameters.map((p) =>
        p.kind === "list" ? `${p.count}: i32` : `${p.name}: ${p.kind === "node" ? "i32" : p.kind}`,
      );
      const given = parameters.map((p) =>
        p.kind === "list" ? `${p.count}, scratchAddress()` : p.kind === "node" ? `nodeFrom(${p.name})` : p.name,
      );
      const list = parameters.find(({ kind }) => kind === "list");
      const call = `result(${name}(${given.join(", ")}))`;
      return [
        `export function ${binding}(${declared.join(", ")}): i32 {`,
        "  begin();",
        `  return ${list ? `tooManyDims(${list.count}) ? failure : ${call}` : call};`,
        "}",
      ];
    }),
  ]);

// -- the host

const LITERALS = { true: "true", false: "false", "i32.MAX_VALUE": "2 ** 31 - 1" };
const hostType = { node: "Node", list: "readonly number[]", i32: "number", f64: "number", bool: "boolean" };
const docLines = (text) => (text ? [`/** ${text} */`] : []);
/** The comment above a builder, without its marks. */
const docOf = (node) =>
  ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment)?.replaceAll("\n", " ");

/** What the host is told of a declaration. */
const SAID = new Set(["kind", "operands", "dtype", "flops", "attributes", "results"]);
function writeHost() {
  /** By builder: the names of a call's results. */
  const resultsOf = new Map(
    declarations.filter(({ results }) => results).map(({ op, results }) => [`build${op}`, results.split(", ")]),
  );
  const forms = { 1: "unary", 2: "binary", reduction: "reduction" };
  const bound = declarations.filter(
    ({ kind, operands, binding }) => (kind === "elementwise" || operands === "reduction") && binding !== false,
  );
  write("host/generated/primitives.ts", [
    'import { Op } from "../../assembly/generated/opcodes";',
    'import { binary, type Declaration, made, type Node, outputs, reduction, unary } from "../core/made";',
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
  ]);
}

writeOpcodes();
writeTraits();
writeElementwise();
writeReductions();
writeRegistrations();
writeBindings();
writeHost();
if (problems.length > 0) {
  for (const text of problems) console.error(`declare: ${text}`);
  process.exit(1);
}
// A core with other opcodes must not run with these, whatever becomes of the build.
if (changed.has("assembly/generated/opcodes.ts")) rmSync("host/generated/core.ts", { force: true });
for (const [path, text] of changed) writeFileSync(path, text);
console.log(
  `declare: ${declarations.length} primitives, ${bindings.length} builders (${relative(process.cwd(), root) || "."})`,
);
