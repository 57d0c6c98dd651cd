// What is known of a result's dtype before a program runs, from those of the arguments: the `@dtype` of an op in
// host/ops/signatures/, which is one of these:
//
//   bool, int32, …            always this one
//   input                     that of the argument `input`; of a list, one of those in it
//   common(input, other, …)   their common dtype; what is left out doesn't count
//   float(input, …)           the same where it is floating; of int32 and bool the default dtype results
//   sum(input)                the same, but int32 of bool
//   dtype ?? …                what the option `dtype` says, or … where it is left out
//   dtype                     what it says; else nobody knows
//   […, …]                    for each result its own; otherwise it is that of all results
//
// Overloads have one rule for all, or one each with semicolons between. Only what is certain is in the tables: float32 and float64
// give either, since a 0-dim tensor counts less, and int32 with a number gives int32 for a whole one only. tests/ops/dtypes.test.ts
// holds the rules against what every op gives.

/**
 * @typedef {{ kind: string, dtype?: string, name?: string, of?: Rule[] }} Rule
 * @typedef {{ all?: Rule, each?: Rule[] }} Rules One for all results, or one for each.
 */

export const DTYPES = ["float32", "float64", "int32", "bool"];

const float = { float32: "float32", float64: "float64" };
const sum = { ...float, int32: "int32", bool: "int32" };
/** Of two operands; `number` is a number of JavaScript. */
const common = Object.fromEntries(
  Object.entries({
    float32: { int32: "float32", bool: "float32", number: "float32" },
    float64: { int32: "float64", bool: "float64", number: "float64" },
    int32: { float32: "float32", float64: "float64", bool: "int32" },
    bool: { float32: "float32", float64: "float64", int32: "int32" },
    number: { ...float },
  }).map(([a, others]) => [a, { ...others, ...(a === "number" ? {} : { [a]: a }) }]),
);

/** The tables by the names of their types. */
export const tables = { Float: float, Sum: sum, Common: common };

/** Their declarations; a dtype that isn't known is any, for which the index signature stands. */
export function declareTables() {
  const docs = {
    Float: "The dtype of a float function's result.",
    Sum: "The dtype of a sum.",
    Common: "The common dtype of two operands.",
  };
  const fields = (table) => Object.entries(table).map(([key, value]) => `${key}: ${typeof value === "string" ? `"${value}"` : `{ ${fields(value)}; [unknown: string]: any }`}`).join("; "); // prettier-ignore
  return Object.entries(tables)
    .map(([name, table]) => {
      const other = name === "Common" ? "{ [unknown: string]: any }" : "any";
      return `/** ${docs[name]} */\nexport interface ${name} { ${fields(table)}; [unknown: string]: ${other} }`;
    })
    .join("\n");
}

const FUNCTIONS = ["float", "common", "sum"];

function parse(rule, params) {
  const [first, ...others] = rule.split(" ?? ");
  if (others.length > 0 && !rule.includes("("))
    return { kind: "or", of: [parse(first, params), parse(others.join(" ?? "), params)] };
  const [, name, args] = /^(\w+)\((.*)\)$/.exec(rule) ?? [];
  if (FUNCTIONS.includes(name)) return { kind: name, of: args.split(", ").map((arg) => parse(arg, params)) };
  if (DTYPES.includes(rule)) return { kind: "constant", dtype: rule };
  if (params.includes(rule)) return { kind: "argument", name: rule };
  throw new Error(`@dtype ${rule}: expected a dtype, an argument (${params.join(", ")}) or a function of these`);
}

/**
 * The rules of the overloads, whose params are given by name.
 * @param {string} text
 * @param {string[][]} overloads
 * @returns {Rules[]}
 */
export function parseRules(text, overloads) {
  const texts = text.split(";");
  if (texts.length !== 1 && texts.length !== overloads.length)
    throw new Error(`@dtype ${text}: ${texts.length} rules for ${overloads.length} signatures`);
  return overloads.map((params, i) => {
    const rule = (texts.length === 1 ? texts[0] : texts[i]).trim();
    const list = /^\[(.*)\]$/.exec(rule);
    // Not at the commas within parentheses.
    return list
      ? { each: list[1].split(/, (?![^(]*\))/).map((one) => parse(one, params)) }
      : { all: parse(rule, params) };
  });
}

/** The names of the arguments that a rule speaks of. */
export const argumentsIn = (rule) => (rule.kind === "argument" ? [rule.name] : (rule.of ?? []).flatMap(argumentsIn));

/**
 * The dtype that a rule is certain of, or undefined. `dtypeOf` gives that of an argument: a dtype, "number", null for one that is left
 * out, undefined for one that isn't known.
 * @param {Rule} rule
 * @param {(name: string) => string | null | undefined} dtypeOf
 * @returns {string | undefined}
 */
export function claimOf(rule, dtypeOf) {
  if (rule.kind === "constant") return rule.dtype;
  if (rule.kind === "argument") return dtypeOf(rule.name) ?? undefined;
  if (rule.kind === "or") {
    const [{ name }, other] = rule.of;
    return dtypeOf(name) === null ? claimOf(other, dtypeOf) : dtypeOf(name);
  }
  const given = rule.of.filter(({ kind, name }) => kind !== "argument" || dtypeOf(name) !== null);
  const all = given.map((one) => claimOf(one, dtypeOf)).reduce((a, b) => common[a]?.[b]);
  return rule.kind === "common" ? (DTYPES.includes(all) ? all : undefined) : (rule.kind === "float" ? float : sum)[all];
}

/** The same as a type. `typeOfArgument` gives the type of an argument's dtype, or null for one that is left out. */
export function typeOf(rule, typeOfArgument) {
  if (rule.kind === "constant") return `"${rule.dtype}"`;
  if (rule.kind === "argument") return typeOfArgument(rule.name);
  const types = rule.of.map((one) => typeOf(one, typeOfArgument));
  if (rule.kind === "or") return types[0] ?? types[1];
  // The first one last, which may be that of the class: in this place TypeScript sees that a Tensor is covariant.
  const all = types.filter((type) => type !== null).reduce((a, b) => `Common[${b}][${a}]`);
  return rule.kind === "common" ? all : `${rule.kind === "float" ? "Float" : "Sum"}[${all}]`;
}
