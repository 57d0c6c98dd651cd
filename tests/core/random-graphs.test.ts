// Random programs are evaluated lazily, with reads and disposals at random moments, and once more with every result
// computed at once: the same numbers, and nothing left behind.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import type { TypedArray } from "../../host/core/dtype";
import { Draw, families } from "./random-programs";
import { generator, leavesNothing } from "./support";

const LENGTH = 60;
type Values = Map<number, TypedArray>;

/**
 * Runs the program of a seed. Eagerly: every result is read when it is made. Lazily: `moment` says when something is read
 * that is still there, and in which order the rest is read in the end.
 */
function run(seed: number, names: readonly string[], moment: Draw | null): { values: Values; ops: string[] } {
  const draw = new Draw(generator(seed));
  const alive = new Map<number, Tensor>();
  const values: Values = new Map();
  const ops: string[] = [];
  const read = (key: number): void => void values.set(key, alive.get(key)!.data());
  const add = (tensor: Tensor, op: string): void => {
    const key = ops.length;
    ops.push(op);
    alive.set(key, tensor);
    if (!moment) read(key);
  };
  for (let i = 0; i < 4; i++) add(draw.leaf(), "leaf");
  while (ops.length < LENGTH) {
    if (draw.chance(0.05)) add(draw.leaf(), "leaf");
    if (alive.size > 4 && draw.chance(0.3)) {
      const key = draw.pick([...alive.keys()]);
      alive.get(key)!.dispose();
      alive.delete(key);
    }
    const family = families[draw.pick(names)]!;
    const name = draw.pick(Object.keys(family));
    const result = pf.tidy(() => family[name]!({ tensors: [...alive.values()], draw }, draw.pick([...alive.values()])));
    for (const tensor of result === null ? [] : Array.isArray(result) ? result : [result]) {
      if (tensor.numel > 20_000) tensor.dispose();
      else if (![...alive.values()].includes(tensor)) add(tensor, name);
    }
    if (moment?.chance(0.1)) read(moment.pick([...alive.keys()]));
  }
  const keys = [...alive.keys()];
  for (const key of moment ? moment.shuffled(keys) : []) read(key);
  for (const tensor of moment ? moment.shuffled([...alive.values()]) : alive.values()) tensor.dispose();
  return { values, ops };
}

/** How far apart two arrays are: 0 when they agree to the last bit, otherwise relative to the largest finite element. */
function distance(a: TypedArray, b: TypedArray): number {
  assert.is(a.length, b.length);
  let largest = 0;
  let apart = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (Number.isFinite(x)) largest = Math.max(largest, Math.abs(x));
    if (Object.is(x, y)) continue;
    apart = Number.isNaN(x - y) ? Infinity : Math.max(apart, Math.abs(x - y));
  }
  return apart && apart / (largest || 1);
}

const tables: [name: string, families: readonly string[], programs: number][] = [
  ["elementwise ops", ["elementwise"], 600],
  ["elementwise ops and moves of data", ["elementwise", "moves"], 600],
  ["elementwise ops, moves and indexing", ["elementwise", "moves", "indexing"], 600],
  ["reductions among them", ["elementwise", "elementwise", "moves", "reductions"], 600],
  ["matrix products among them", ["elementwise", "moves", "products"], 600],
  ["derivatives among them", ["elementwise", "elementwise", "moves", "reductions", "transforms"], 600],
  ["everything", Object.keys(families), 600],
];
for (const [name, chosen, programs] of tables) {
  test(`lazily as at once: ${name}`, () => {
    for (let seed = 1; seed <= programs; seed++) {
      leavesNothing(() => {
        const expected = run(seed, chosen, null);
        const actual = run(seed, chosen, new Draw(generator(seed + 1e6)));
        assert.equal(actual.ops, expected.ops, `seed ${seed}`);
        for (const [key, values] of actual.values) {
          const apart = distance(values, expected.values.get(key)!);
          assert.is(apart, 0, `seed ${seed}: result ${key}, ${actual.ops[key]}, is ${apart} apart`);
        }
      });
    }
  });
}

const functions = [
  "sin",
  "cos",
  "tan",
  "tanh",
  "exp",
  "log",
  "erf",
  "sigmoid",
  "asin",
  "atan",
  "sinh",
  "expm1",
  "log1p",
] as const;
for (const dtype of ["float32", "float64"] as const) {
  test(`an element does not depend on its neighbours: ${dtype}`, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        const next = generator(7);
        const values = Array.from({ length: 400 }, (_, i) =>
          i % 3 ? 8 * next() - 4 : [1e30, NaN, -0, -1e7, Infinity][i % 5]!,
        );
        for (const name of functions) {
          const together = pf.tensor(values, { dtype })[name]().data();
          const alone = values.map((x) => pf.full([16], x, { dtype })[name]().data()[0]!);
          const other = values.findIndex((_, i) => !Object.is(together[i], alone[i]));
          assert.is(other, -1, `${name} at ${values[other]}: ${together[other]} and ${alone[other]}`);
        }
      }),
    );
  });
}

test.run();
