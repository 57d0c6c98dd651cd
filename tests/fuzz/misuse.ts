// Calls with arguments that nobody meant: of any kind at any place. Each gives a result or a typed error, soon.
import * as pf from "../../host/index";
import { signatures } from "../../host/ops/signatures/all";
import { generator } from "../core/support";
import { build, Draw, drawArguments, find, paramsOf, small, type Step, tensorOf, tensorsIn } from "./programs";

/** Seconds of processor time, since the machine may have other things to do. */
const SECONDS = 3;
/** Seconds that each result may take besides: an op may give a million. */
const SECONDS_EACH = 5e-6;
const BYTES = 2 ** 30;
/** The most results that are read: of a million, the reading would take longer than the call. */
const MOST_READ = 1000;
const all = Object.entries(signatures).flatMap(([op, texts]) =>
  ([texts].flat() as string[]).map((text) => ({ op, params: paramsOf(text) })),
);

const strange: readonly [text: string, make: () => unknown][] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["NaN", () => NaN],
  ["Infinity", () => Infinity],
  ["-1", () => -1],
  ["-0", () => -0],
  ["0", () => 0],
  ["1.5", () => 1.5],
  ["1e-320", () => 1e-320],
  ["2 ** 31 - 1", () => 2 ** 31 - 1],
  ["2 ** 31", () => 2 ** 31],
  ["-(2 ** 31)", () => -(2 ** 31)],
  ["2 ** 53", () => 2 ** 53],
  ["2 ** 20", () => 2 ** 20],
  ["1n", () => 1n],
  ['""', () => ""],
  ['"mean"', () => "mean"],
  ['"__proto__"', () => "__proto__"],
  ["true", () => true],
  ["Symbol()", () => Symbol("a")],
  ["() => 1", () => () => 1],
  ["[]", () => []],
  ["[, 1]", () => [, 1]], // eslint-disable-line no-sparse-arrays
  ["[NaN]", () => [NaN]],
  ["[-1]", () => [-1]],
  ["[0, 0]", () => [0, 0]],
  ["[[1, 2], [3]]", () => [[1, 2], [3]]], // prettier-ignore
  ["[2 ** 31 - 1, 2]", () => [2 ** 31 - 1, 2]],
  ["[2 ** 16, 2 ** 16]", () => [2 ** 16, 2 ** 16]],
  ["Array(40).fill(1)", () => Array(40).fill(1)],
  ["{}", () => ({})],
  ["{ dim: 0 }", () => ({ dim: 0 })],
  ["{ length: 2 }", () => ({ length: 2 })],
  ["Object.create(null)", () => Object.create(null)],
  ["new Date(0)", () => new Date(0)],
  ["new Map()", () => new Map()],
  ["Promise", () => Promise.resolve(1)],
  ["new Float32Array(2)", () => new Float32Array(2)],
  ["cyclic", () => { const list: unknown[] = []; list.push(list); return list; }], // prettier-ignore
  ["disposed", () => { const x = pf.ones([2]); x.dispose(); return x; }], // prettier-ignore
  ["tensor 0-dim", () => pf.tensor(2)],
  ["tensor [0]", () => pf.zeros([0])],
  ["tensor [0, 3]", () => pf.zeros([0, 3])],
  ["tensor int32", () => pf.tensor([1, -2, 3], { dtype: "int32" })],
  ["tensor int32 large", () => pf.tensor([2 ** 31 - 1, -(2 ** 31)], { dtype: "int32" })],
  ["tensor bool", () => pf.tensor([true, false])],
  ["tensor NaN", () => pf.tensor([NaN, Infinity, -Infinity, 0])],
  ["tensor float64", () => pf.tensor([[1, 2], [3, 4]], { dtype: "float64" })], // prettier-ignore
  ["tensor expanded 2 ** 22", () => pf.tensor([1]).expand([2 ** 22])],
  ["tensor 8-dim", () => pf.ones([1, 2, 1, 2, 1, 2, 1, 2])],
];

/** Draws a call, one or two of whose arguments are replaced, and makes it; returns the call as text. */
export function misuse({ op: at, seed }: Step): string {
  const next = generator(seed);
  const overload = all[at % all.length];
  const draw = new Draw(seed ^ 0x5bd1e995, [], small);
  let text = overload.op;
  pf.tidy(() => {
    let args: unknown[];
    try {
      const made = drawArguments(draw, overload);
      const leaves = draw.leaves.map(tensorOf);
      args = made.map((argument) => build(argument, leaves));
    } catch (error) {
      if (error instanceof pf.PushforwardError) return;
      throw error;
    }
    const replaced: string[] = [];
    for (let i = 0, count = 1 + Math.floor(2 * next()); i < count; i++) {
      const [name, make] = strange[Math.floor(next() * strange.length)];
      const place = Math.floor(next() * (args.length + 1));
      args[place] = make();
      replaced.push(`argument ${place} = ${name}`);
    }
    text = `${overload.op} (${replaced.join(", ")})`;
    let allowed = SECONDS;
    const start = process.cpuUsage();
    const held = process.memoryUsage.rss();
    try {
      const results = tensorsIn(find(overload.op)(...args));
      allowed += results.length * SECONDS_EACH;
      for (const result of results.slice(0, MOST_READ)) if (result.numel <= 100_000) result.data();
    } catch (error) {
      if (!(error instanceof pf.PushforwardError)) throw new Error(`${text} throws ${String(error)}`, { cause: error });
      if (!/^[\w.]+: /.test(error.message))
        throw new Error(`${text}: the message does not name a function: ${error.message}`);
    }
    const used = process.cpuUsage(start);
    const seconds = (used.user + used.system) / 1e6;
    const more = process.memoryUsage.rss() - held;
    if (more > BYTES) throw new Error(`${text} takes ${(more / 2 ** 20).toFixed(0)} MiB`);
    if (seconds > allowed) throw new Error(`${text} takes ${seconds.toFixed(1)} s`);
  });
  return text;
}
