// Writes host/generated/ops.ts, methods.ts and dtypes.ts from the tables in host/ops/signatures/: the typed functions that users
// import with the namespaces, the methods of Tensor, and the tables of dtypes that their types speak of. Run with `--import tsx`.
import { writeFileSync } from "node:fs";
import { givesReal, takesComplex } from "../host/ops/complex/index.ts";
import { parseSignature } from "../host/ops/signature.ts";
import { signatures } from "../host/ops/signatures/all.ts";
import { argumentsIn, declareTables, parseRules, typeOf } from "./dtypes.mjs";
import { root } from "./lib.mjs";
import { pageOf, readComments, TABLE } from "./signature-comments.mjs";

process.chdir(root);
const OUTPUT = "host/generated/ops.ts";
const METHODS = "host/generated/methods.ts";
const DTYPES = "host/generated/dtypes.ts";

// -- types
/** Names of ops and params that JavaScript keeps for itself. */
const RESERVED = new Set(["var"]);
const identifier = (name) => (RESERVED.has(name) ? `${name}_` : name);

/** `name?: type`; a param that is followed by a required one can't have the question mark. */
const declare = (param, mayBeLeftOut) => {
  const name = identifier(param.name);
  if (!param.optional) return `${name}: ${param.type}`;
  return mayBeLeftOut ? `${name}?: ${param.type} | null` : `${name}: ${param.type} | None`;
};
const declareOption = ({ name, type, optional }) => (optional ? `${name}?: ${type} | None` : `${name}: ${type}`);
const optionsType = (params) =>
  params.map(({ name }) => name).join() === "dtype,requiresGrad"
    ? `CreationOptions<${params[0].type}>`
    : `{ ${params.map(declareOption).join("; ")} }`;

/** Every way to call a signature with these params, all by position or the last ones by keyword: which params, and their text. */
function parameterLists(params, positional) {
  const byPosition = params.slice(0, positional);
  const keywordOnly = params.slice(positional);
  const lists = [];
  const add = (given, ...texts) => lists.push({ given, text: texts.join(", ") });
  const isRequired = (param) => !param.optional;
  const last = byPosition.at(-1);
  const declareAll = (list) => {
    const lastRequired = list.findLastIndex(isRequired);
    return list.map((param, i) => declare(param, i > lastRequired));
  };
  if (last?.isSpread) {
    add(byPosition, ...declareAll(byPosition.slice(0, -1)), `...${last.name}: IndexEntry[]`);
    return lists;
  }
  if (!keywordOnly.some(isRequired)) {
    if (last?.variadic) add(byPosition, ...declareAll(byPosition.slice(0, -1)), `...${last.name}: ${last.item}[]`);
    add(byPosition, ...declareAll(byPosition));
  }
  if (last?.variadic && keywordOnly.length > 0)
    add(
      params,
      ...byPosition.slice(0, -1).map((param) => declare(param, false)),
      `...args: [...${last.name}: ${last.item}[], options: ${optionsType(keywordOnly)}]`,
    );
  for (let given = leading(byPosition); given <= byPosition.length; given++) {
    const rest = [...byPosition.slice(given), ...keywordOnly];
    if (rest.length === 0) continue;
    add(params, ...byPosition.slice(0, given).map((param) => declare(param, false)), `options: ${optionsType(rest)}`);
  }
  return lists;
}
/** How many leading tensors have no keyword. */
function leading(params) {
  const end = params.findIndex((param) => param.optional || !param.kind.type.includes("Tensor"));
  return end < 0 ? params.length : end;
}

/** Type parameters are marked by this until it is known which of them a list of params has. */
const MARK = "\u00a7";
/** The type parameters of a call, in the order of the params. */
const LETTERS = ["D", "E", "F", "G", "H"];

/**
 * The params of a signature with their types, which have type parameters where the rule speaks of the param: `dtype` is the type of
 * what it adds to the rule, `generic` the type parameter's declaration.
 */
function typedParams({ params, self }, rule, asMethod) {
  const named = new Set(rule ? (rule.each ?? [rule.all]).flatMap(argumentsIn) : []);
  let count = asMethod ? 1 : 0;
  let first = asMethod && named.has(params[self].name) ? "D" : undefined;
  return params.map((param, i) => {
    const { type } = param.kind;
    const item = type.includes("Tensor") ? "Tensor" : "number";
    if (asMethod && i === self) return { ...param, type, item, dtype: "D" };
    if (!named.has(param.name)) return { ...param, type, item };
    const letter = MARK + (param.name === "dtype" ? "T" : LETTERS[count++]);
    const typed = (type, item, dtype, generic) => ({ ...param, type, item, dtype, letter, generic });
    const orFirst = (otherwise, of) => (param.optional && first ? of(first) : otherwise);
    if (param.name === "dtype")
      return typed(letter, "", letter, (otherwise) => `const ${letter} extends DTypeName = ${otherwise ?? "any"}`);
    if (type === "Tensor | number" || type === "Tensor | NestedInts") {
      const otherwise = orFirst("any", (dtype) => `Tensor<${dtype}>`);
      const base = type === "Tensor | number" ? "Operand" : type;
      return typed(letter, letter, `DTypeOf<${letter}>`, () => `${letter} extends ${base} = ${otherwise}`);
    }
    const otherwise = orFirst("any", (dtype) => dtype);
    first ??= letter;
    const tensor = `Tensor<${letter}>`;
    if (type !== "Tensor" && type !== "TensorList") throw new Error(`@dtype: ${param.name} is no tensor`);
    return typed(type === "Tensor" ? tensor : `TensorList<${tensor}>`, tensor, letter, () => `${letter} extends DTypeName = ${otherwise}`); // prettier-ignore
  });
}

const tensorOf = (dtype) => (dtype === null || dtype === "any" ? "Tensor" : `Tensor<${dtype}>`);
function returnType({ returns, fields }, rule, dtypeOf) {
  if (!rule) return returns;
  const of = (one) => tensorOf(typeOf(one, dtypeOf));
  // Of results that are lists the signature says all types.
  if (fields && !returns.includes("Tensor")) {
    const all = fields.map((_, i) => of(rule.each?.[i] ?? rule.all));
    return returns.replace(/>$/, `, [${all.join(", ")}]>`);
  }
  let at = 0;
  return returns.replaceAll(/\bTensor\b/g, () => of(rule.each?.[at++] ?? rule.all));
}

function callsOf(signature, rule, asMethod) {
  const { positional, self } = signature;
  const all = typedParams(signature, rule, asMethod);
  const lists = asMethod ? parameterLists(all.toSpliced(self, 1), positional - 1) : parameterLists(all, positional);
  return lists.map(({ given, text }) => {
    const isThere = (param) => given.includes(param) || (asMethod && param === all[self]);
    const dtypeOf = (name) => {
      const param = all.find((one) => one.name === name);
      return isThere(param) ? param.dtype : null;
    };
    // What the option dtype stands for where it is left out.
    const or = rule?.all && [rule.all, ...(rule.all.of ?? [])].find(({ kind }) => kind === "or");
    const otherwise = or && typeOf(or.of[1], dtypeOf);
    const generics = given.filter(({ generic }) => generic).map(({ generic }) => generic(otherwise));
    const types = generics.length > 0 ? `<${generics.join(", ")}>` : "";
    return { list: `${types}(${text})`.replaceAll(MARK, ""), returns: returnType(signature, rule, dtypeOf).replaceAll(MARK, "") }; // prettier-ignore
  });
}

// Of the arguments that may be complex one has to be: the first, or, as `first` says, another one where the first is real.
function complexCallsOf(op, signature, asMethod, first) {
  const { params, positional, self, returns } = signature;
  if (!takesComplex(op.key) || (asMethod && self < 0)) return [];
  const takes = ({ kind }) => /^(Tensor|Tensor \| number|TensorList|Tensor \| number \| boolean)$/.test(kind.type);
  const isOperand = (param) => takes(param) && !/^(condition|mask|index|indices)$/.test(param.name);
  const operands = params.filter(isOperand);
  const lead = asMethod ? params[self] : operands[0];
  if (!lead || !isOperand(lead)) return [];
  const needed = first ? lead : operands.filter((param) => param !== lead).find(({ optional }) => !optional);
  if (!needed) return [];
  const typed = params.map((param) => {
    const { type } = param.kind;
    const item = type.includes("Tensor") ? "Tensor" : "number";
    if (!isOperand(param)) return { ...param, type, item };
    const complex = type.replaceAll("TensorList", "TensorList<Tensor | ComplexTensor>").replaceAll(/^Tensor\b/g, "ComplexTensor | Tensor"); // prettier-ignore
    const isNeeded = param === needed && type !== "TensorList";
    const real = !first && param === lead ? type : complex;
    return { ...param, type: isNeeded ? "ComplexTensor" : real, item: "(Tensor | ComplexTensor)" };
  });
  const lists = asMethod ? parameterLists(typed.toSpliced(self, 1), positional - 1) : parameterLists(typed, positional);
  const complex =
    givesReal(op.key) || returns === "boolean" ? returns : returns.replaceAll(/\bTensor\b/g, "ComplexTensor");
  return lists
    .filter(
      ({ given }) => given.includes(needed) || given.some(({ name }) => name === needed.name) || (asMethod && first),
    )
    .map(({ text }) => ({ list: `(${text})`, returns: complex }));
}

/** The ways to call an op, as a function, as a method of Tensor, or as one of ComplexTensor. */
function calls(op, asMethod, ofComplex = false) {
  const of = (list) =>
    op.signatures.flatMap(list).filter(({ list }, i, all) => all.findIndex((other) => other.list === list) === i);
  const real = ofComplex
    ? []
    : of((signature, i) => (asMethod && signature.self < 0 ? [] : callsOf(signature, op.rules?.[i], asMethod)));
  const complex = of((signature) => [
    ...(asMethod && !ofComplex ? [] : complexCallsOf(op, signature, asMethod, true)),
    ...(ofComplex ? [] : complexCallsOf(op, signature, asMethod, false)),
  ]);
  // What an overloaded function gives is inferred from its last overload, where it is handed over as an argument: jvp(pf.sin, …).
  return [...real, ...complex, ...(complex.length > 0 ? real.slice(-1) : [])];
}

const comments = readComments();
const ops = Object.entries(signatures).map(([key, texts]) => {
  const { text, page, dtype } = comments.get(key) ?? {};
  if (!text) throw new Error(`${TABLE}: ${key} has no comment`);
  const parsed = [texts].flat().map(parseSignature);
  const names = parsed.map(({ params }) => params.map(({ name }) => name));
  return {
    key,
    name: key.slice(key.lastIndexOf(".") + 1),
    namespace: key.slice(0, Math.max(0, key.lastIndexOf("."))),
    signatures: parsed,
    rules: dtype && parseRules(dtype, names),
    comment: `/**\n * ${text.replaceAll(/\n */g, "\n * ")}\n * @see ${pageOf(key, page)}\n */`,
  };
});

// -- text
const indent = (text) => text.replaceAll(/^/gm, "  ");
const members = (list, asMethod, ofComplex) =>
  list.map((op) => {
    const overloads = calls(op, asMethod, ofComplex).map(
      ({ list: params, returns }) => `${op.name}${params}: ${returns};`,
    );
    return indent(`${op.comment}\n${overloads.join("\n")}`);
  });

const functions = ops
  .filter((op) => op.namespace === "")
  .map((op) => {
    const type = calls(op, false).map(({ list, returns }) => `  ${list}: ${returns};`);
    const local = identifier(op.name);
    const declaration = `const ${local}: {\n${type.join("\n")}\n} = op("${op.key}");`;
    const named = local === op.name ? `export ${declaration}` : `${declaration}\nexport { ${local} as ${op.name} };`;
    return `${op.comment}\n${named}`;
  });

const namespaces = [
  { path: "nn.functional", type: "NNFunctional", text: "torch.nn.functional" },
  { path: "linalg", type: "Linalg", text: "torch.linalg" },
  { path: "special", type: "Special", text: "torch.special" },
  { path: "fft", type: "FFT", text: "torch.fft" },
].map(({ path, type, text }) => {
  const list = ops.filter((op) => op.namespace === path);
  const [first, second] = path.split(".");
  const value = `namespace("${path}")`;
  const exported = second
    ? `export const ${first}: { readonly ${second}: ${type} } = { ${second}: ${value} };`
    : `export const ${first}: ${type} = ${value};`;
  return `/** The functions of ${text}. */\nexport interface ${type} {\n${members(list, false).join("\n")}\n}\n/** The functions of ${text}. */\n${exported}`;
});
const homeless = ops.filter((op) => !["", "nn.functional", "linalg", "special", "fft"].includes(op.namespace));
if (homeless.length > 0) throw new Error(`${TABLE}: unknown namespace of ${homeless.map((op) => op.key).join(", ")}`);

const methods = ops.filter((op) => op.namespace === "" && op.signatures[0].self >= 0);
// What the class itself declares stays.
const complexMethods = methods.filter(({ key }) => takesComplex(key) && !["to", "size", "dim"].includes(key));
const text = `// Made by scripts/generate-ops.mjs from ${TABLE}.
import type { DTypeName } from "../core/dtype";
import { inNamespaces, ops } from "../ops";
import type { ComplexTensor } from "../tensor/complex";
import type { NestedInts } from "../tensor/entry";
import type { CreationOptions, DTypeOf, IndexEntry, Named, None, Operand, Tensor, TensorList } from "../tensor/tensor";
import type { Common, Float, Sum } from "./dtypes";

const op = <F>(key: string): F => ops[key] as F;
const namespace = <N>(path: string): N => inNamespaces[path] as N;

${functions.join("\n\n")}

${namespaces.join("\n\n")}
`;
writeFileSync(OUTPUT, text);

// Within the declaration the names of the module that it belongs to are known.
writeFileSync(
  METHODS,
  `// Made by scripts/generate-ops.mjs from ${TABLE}: the ops as methods, whose types are added to those of the class.
import type { DTypeName } from "../core/dtype";
import type { ComplexTensor } from "../tensor/complex";
import type { NestedInts } from "../tensor/entry";
import type { CreationOptions, IndexEntry, None, Tensor, TensorList } from "../tensor/tensor";
import type { Common, Float, Sum } from "./dtypes";

declare module "../tensor/tensor" {
interface Tensor<out D extends DTypeName = any> {
${members(methods, true, false).join("\n")}
}
}
declare module "../tensor/complex" {
interface ComplexTensor {
${members(complexMethods, true, true).join("\n")}
}
}
`,
);
writeFileSync(
  DTYPES,
  `// Made by scripts/generate-ops.mjs from scripts/dtypes.mjs: the dtypes of results, as types. A dtype that isn't known is any.\n${declareTables()}\n`,
);
