// What the core gets: opcodes, traits, the dispatch of kernels, registrations, and the ABI of builders.
import { basename, join } from "node:path";
import { write } from "./files.mjs";
import { builders, camel, declarations, filesIn, isExported, parse, problem } from "./read.mjs";

const KERNELS = "assembly/kernels/elementwise";

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
        .statements.filter(isExported)
        .flatMap((node) => (node.declarationList ? [...node.declarationList.declarations] : [node]))
        .filter(({ name }) => name)
        .map(({ name }) => [name.text, basename(file, ".ts")]),
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
/** The builders with what they are called by. */
export const bindings = builders.map((builder) => ({
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

export function writeCore() {
  writeOpcodes();
  writeTraits();
  writeElementwise();
  writeReductions();
  writeRegistrations();
  writeBindings();
}
