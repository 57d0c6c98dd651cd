// What the declarations claim of dtypes, the rule `@dtype` of each op in host/ops/signatures/, against what calls give: arguments drawn
// at random as for random programs, of one dtype and of several.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { signatures } from "../../host/ops/signatures/all";
import { claimOf, DTYPES, parseRules, type Rules } from "../../scripts/dtypes.mjs";
import { readComments } from "../../scripts/signature-comments.mjs";
import { type Argument, build, Draw, drawArguments, find, type Param, paramsOf, tensorOf } from "../fuzz/programs";

const DRAWS = 15;
const SIZES = [[], [1], [3], [4], [2, 3], [3, 3], [2, 3, 4], [1, 3, 6, 6]];
const dtypes = DTYPES as readonly pf.DTypeName[];

/** Of an argument: its dtype, those of a list, "number", null where it is left out, "other" for what no rule speaks of. */
type Given = string | readonly string[] | null;
/** What an argument is for a param, or undefined where it doesn't fit. */
function givenFor(param: Param, value: unknown): Given | undefined {
  const { kind, optional } = param;
  if (value === null || value === undefined) return optional ? null : undefined;
  const takesTensor = /Tensor|Operand|Index|Entries/.test(kind);
  if (value instanceof pf.Tensor) return takesTensor && !kind.includes("[]") ? value.dtype : undefined;
  if (Array.isArray(value) && value.some((item) => item instanceof pf.Tensor))
    return kind.includes("[]") || param.variadic || kind === "Entries"
      ? value.map((item) => (item instanceof pf.Tensor ? item.dtype : "other"))
      : undefined;
  if (/^Tensor(\[\])?$/.test(kind)) return undefined;
  if (kind === "dtype") return dtypes.includes(value as pf.DTypeName) ? (value as string) : undefined;
  if (kind === "true" || kind === "false") return value === (kind === "true") ? "other" : undefined;
  if (kind === "bool") return typeof value === "boolean" ? "other" : undefined;
  if (kind === "int") return Number.isInteger(value) ? "other" : undefined;
  // An array of indices counts as a number.
  return typeof value === "number" || kind === "Index" ? "number" : "other";
}
/** What the arguments of a call are by the names of the params, or null where they don't fit these. */
function bound(params: readonly Param[], args: readonly unknown[]): Map<string, Given> | null {
  const last = args.at(-1);
  const isOptions = typeof last === "object" && last !== null && !Array.isArray(last) && !(last instanceof pf.Tensor);
  const byPosition = params.filter(({ keyword }) => !keyword);
  const count = byPosition.length;
  const given = args.slice(0, isOptions ? -1 : undefined);
  // What may be given one by one is a list.
  if (byPosition.at(-1)?.variadic && given.length >= count && !Array.isArray(given[count - 1]))
    given.push(given.splice(count - 1));
  const entries: [Param | undefined, unknown][] = [
    ...given.map((value, i): [Param | undefined, unknown] => [byPosition[i], value]),
    ...Object.entries(isOptions ? last : {}).map(([key, value]): [Param | undefined, unknown] => [params.find(({ name }) => name === key), value]), // prettier-ignore
  ];
  const found = new Map<string, Given>();
  for (const [param, value] of entries) {
    const kind = param && givenFor(param, value);
    if (kind === undefined) return null;
    found.set(param!.name, kind);
  }
  for (const { name, optional } of params) {
    if (found.has(name)) continue;
    if (!optional) return null;
    found.set(name, null);
  }
  return found;
}
/** The dtypes that a rule allows for a result: those of any choice from lists; undefined where it is certain of none. */
function allowed(rule: NonNullable<Rules["all"]>, given: ReadonlyMap<string, Given>): string[] | undefined {
  const lists = [...given].filter(([, value]) => Array.isArray(value)) as [string, string[]][];
  const claims = (lists.length ? lists[0]![1] : [""]).map((choice) =>
    claimOf(rule, (name) => (name === lists[0]?.[0] ? choice : (given.get(name) as string | null))),
  );
  return claims.includes(undefined) ? undefined : (claims as string[]);
}

/** Of a list among several results, which have one dtype, the first. */
const arrayOf = (value: unknown): pf.Tensor[] =>
  (Array.isArray(value) ? value.map((item) => (Array.isArray(item) ? item[0] : item)) : [value]) as pf.Tensor[];
const comments = readComments();
/** Ops that random programs leave out: arguments of a float tensor x. */
const x = (): pf.Tensor => pf.rand([2, 3]);
const random: Record<string, (x: pf.Tensor) => unknown[][]> = {
  rand: () => [[[2]], [[2], { dtype: "float64" }]],
  randn: () => [[[2]], [[2], { dtype: "float64" }]],
  randLike: (x) => [[x], [x, { dtype: "float64" }]],
  randnLike: (x) => [[x], [x, { dtype: "float64" }]],
  randint: () => [[5, [2]], [1, 5, [2]], [5, [2], { dtype: "float64" }]],
  randintLike: (x) => [[x, 5], [x, 1, 5], [x, 5, { dtype: "int32" }]],
  randperm: () => [[5], [5, { dtype: "float64" }]],
  normal: (x) => [[0, 1, [2]], [x], [x, 2], [x, x], [0, x], [0, 1, [2], { dtype: "float64" }]],
  bernoulli: (x) => [[x], [x, 0.5]],
  "nn.functional.dropout": (x) => [[x], [x, 0.2], [x, 0.2, false]],
  "nn.functional.dropout1d": (x) => [[x], [x, 0.2, false]],
  "nn.functional.dropout2d": (x) => [[x.unsqueeze(0)], [x.unsqueeze(0), 0.2, false]],
  "nn.functional.dropout3d": (x) => [[x.reshape(1, 1, 2, 3)], [x.reshape(1, 1, 2, 3), 0.2, false]],
  "nn.functional.alphaDropout": (x) => [[x], [x, 0.2, true], [x, 1, true]],
  "nn.functional.featureAlphaDropout": (x) => [[x], [x, 0.2, true]],
  "nn.functional.rrelu": (x) => [[x], [x, 0.1, 0.2, true]],
  "nn.functional.scaledDotProductAttention": (x) => [[x, x, x], [x, x, x.double()]],
  "nn.functional.multiHeadAttentionForward": (x) => heads.map((dtype) => attention(x, dtype)),
  "nn.functional.multiHeadAttention": (x) => heads.map((dtype) => attention(x, dtype)),
}; // prettier-ignore
const heads = ["float32", "float64"] as const;
const attention = (x: pf.Tensor, dtype: pf.DTypeName): unknown[] =>
  [x, x, x, 3, 1, pf.rand([9, 3]).to(dtype), pf.rand([9]), null, null, false, 0, pf.rand([3, 3]).to(dtype)]; // prettier-ignore

let seed = 1;
function* callsOf(op: string, params: readonly Param[]): Generator<unknown[]> {
  if (op in random) {
    for (const dtype of dtypes) yield* random[op]!(x().to(dtype));
    return;
  }
  for (const only of [null, ...dtypes])
    for (let i = 0; i < DRAWS; i++) {
      const draw = new Draw(seed++, [], SIZES, only);
      const args = drawArguments(draw, { op, params });
      const leaves = draw.leaves.map(tensorOf);
      const changed = (value: unknown): unknown =>
        value instanceof pf.Tensor && only === null && draw.chance(0.4)
          ? value.to(draw.pick(dtypes))
          : Array.isArray(value)
            ? value.map(changed)
            : value;
      yield args.map((argument: Argument) => changed(build(argument, leaves)));
    }
}

let withoutRule = 0;
for (const [op, texts] of Object.entries(signatures)) {
  const overloads = ([texts].flat() as string[]).map(paramsOf);
  const text = comments.get(op)?.dtype;
  if (text === undefined) {
    if (!/Complex/.test(String(texts))) withoutRule++;
    continue;
  }
  const rules = parseRules(text, overloads.map((params) => params.map(({ name }) => name))); // prettier-ignore
  test(`${op}: ${text}`, () => {
    let certain = 0;
    let calls = 0;
    for (const params of overloads)
      for (const args of callsOf(op, params))
        pf.tidy(() => {
          let result: unknown;
          try {
            result = find(op)(...args);
          } catch (error) {
            if (error instanceof pf.PushforwardError) return;
            throw error;
          }
          // The first that fits counts, as in the library.
          const index = overloads.findIndex((other) => bound(other, args) !== null);
          if (index < 0) return;
          const given = bound(overloads[index]!, args)!;
          const { all, each } = rules[index]!;
          calls++;
          arrayOf(result).forEach((tensor, i) => {
            const claims = allowed(each ? each[i]! : all!, given);
            if (claims === undefined) return;
            certain++;
            const shown = [...given].map(([name, value]) => `${name}: ${String(value)}`).join(", ");
            assert.ok(claims.includes(tensor.dtype), `${op}(${shown}) is ${tensor.dtype}, not ${claims.join(" or ")}`);
          });
        });
    assert.ok(calls > 0, "no call went through");
    assert.ok(certain > 0, "the rule was certain of nothing");
  });
}
test("only what gives no tensors, or what nobody knows before, has no rule", () => {
  assert.is(withoutRule, 6); // allclose, equal; bincount, of weights; gridSample and upsample, of an integer input; a distance of the user's
});
test.run();
