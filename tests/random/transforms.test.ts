// Random ops inside transforms: vmap's three kinds of randomness, nested and in chunks; compiled functions.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { leavesNothing } from "../core/support";
import { list, seeded } from "./support";

type T = pf.Tensor;
const F = pf.nn.functional;
const randomOps: [name: string, draw: (x: T) => T][] = [
  ["rand", () => pf.rand(3)],
  ["randn", () => pf.randn(2, 3)],
  ["randint", () => pf.randint(1000, [3])],
  ["randperm", () => pf.randperm(12)],
  ["randLike", (x) => pf.randLike(x)],
  ["bernoulli", () => pf.bernoulli(pf.full([50], 0.5))],
  ["normal", (x) => pf.normal(x, 1)],
  ["dropout", () => F.dropout(pf.ones(50))],
];
const batch = pf.zeros(4, 3);
const rows = (x: T): number[][] => Array.from({ length: x.shape[0] }, (_, i) => list(x.select(0, i)));
const distinct = (lists: number[][]): number => new Set(lists.map((row) => row.join())).size;

// -- vmap

const vmap = suite("vmap");
for (const [name, draw] of randomOps) {
  for (const options of [undefined, { randomness: "error" as const }]) {
    vmap(`${name}: an error ${options ? "when asked for" : "by default"}, which names vmap and the option`, () => {
      assert.throws(
        () => pf.func.vmap(draw, options)(batch),
        (error: Error) => {
          assert.instance(error, pf.ArgumentError);
          assert.match(error.message, new RegExp(`^${name}: .*vmap.*randomness: "different"`));
          return true;
        },
      ); // prettier-ignore
    });
  }
  vmap(`${name}: "different" draws what a loop would draw`, () => {
    const mapped = seeded(5, () => pf.func.vmap(draw, { randomness: "different" })(batch));
    const loop = seeded(5, () => Array.from({ length: 4 }, (_, i) => list(draw(batch.select(0, i)))));
    assert.equal(rows(mapped), loop);
    assert.is(distinct(loop), 4);
  });
  vmap(`${name}: "same" draws once`, () => {
    const mapped = seeded(5, () => pf.func.vmap(draw, { randomness: "same" })(batch));
    const once = seeded(5, () => list(draw(batch.select(0, 0))));
    assert.equal(rows(mapped), Array(4).fill(once));
  });
}
for (const chunkSize of [1, 2, 3]) {
  vmap(`chunks of ${chunkSize} don't change the numbers, also with two draws and nested`, () => {
    const f = (options: object) =>
      pf.func.vmap((x: T) => pf.func.vmap((y: T) => y.add(pf.randn(2)).mul(pf.rand([])), options)(x), options);
    const x = pf.ones(4, 5);
    const whole = seeded(1, () => list(f({ randomness: "different" })(x)));
    assert.equal(seeded(1, () => list(f({ randomness: "different", chunkSize })(x))), whole); // prettier-ignore
    assert.is(new Set(whole).size, 40);
  });
}
vmap("what is drawn next does not overlap with what the batch has drawn", () => {
  const all = seeded(2, () => [
    ...list(pf.func.vmap((_: T) => pf.rand(3), { randomness: "different" })(batch)),
    ...list(pf.rand(4)),
  ]);
  assert.equal(all, seeded(2, () => list(pf.rand(16)))); // prettier-ignore
});
const nested: [outer: "different" | "same", inner: "different" | "same"][] = [
  ["different", "different"],
  ["different", "same"],
  ["same", "different"],
  ["same", "same"],
];
for (const [outer, inner] of nested) {
  for (const fresh of [false, true]) {
    vmap(`nested: ${outer} outside, ${inner} inside, the inner batch ${fresh ? "a captured one" : "mapped"}`, () => {
      const own = pf.zeros(5);
      const f = (x: T) =>
        pf.func.vmap((y: T) => y.add(pf.rand([], { dtype: "float64" })), { randomness: inner })(fresh ? own : x);
      const found = rows(seeded(3, () => pf.func.vmap(f, { randomness: outer })(pf.zeros(4, 5))));
      const perRow = inner === "different" ? 5 : 1;
      for (const row of found) assert.is(new Set(row).size, perRow);
      assert.is(new Set(found.flat()).size, outer === "different" ? 4 * perRow : perRow);
    });
  }
}
vmap("an error outside or inside stays one", () => {
  for (const [outer, inner] of [
    ["error", "different"],
    ["same", "error"],
  ] as const) {
    // prettier-ignore
    const f = (x: T) => pf.func.vmap((y: T) => y.add(pf.rand([])), { randomness: inner })(x);
    assert.throws(() => pf.func.vmap(f, { randomness: outer })(batch), /randomness/);
  }
  // The vmap that threw is over: draws outside of any are free again.
  assert.is(pf.rand(2).data().length, 2);
});
vmap("a draw outside of the mapped function is shared", () => {
  const noise = pf.randn(3);
  assert.equal(rows(pf.func.vmap((x: T) => x.add(noise))(batch)), Array(4).fill(list(noise)));
});
vmap("gradients per example of a network with dropout", () => {
  const x = pf.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 1, 1]], { dtype: "float64" }); // prettier-ignore
  const gradient = pf.func.grad((z: T) => F.dropout(z.square(), 0.5).sum());
  const found = seeded(21, () => pf.func.vmap(gradient, { randomness: "different" })(x));
  const loop = seeded(21, () => Array.from({ length: 4 }, (_, i) => list(gradient(x.select(0, i)) as T)));
  assert.equal(rows(found as T), loop);
});
vmap("derivatives through vmap and over it", () => {
  const f = (x: T) => pf.func.vmap((z: T) => z.mul(pf.randn([3], { dtype: "float64" })).sum(), { randomness: "different" })(x); // prettier-ignore
  const x = pf.ones([4, 3], { dtype: "float64", requiresGrad: true });
  const noise = seeded(8, () => list(pf.randn([12], { dtype: "float64" })));
  seeded(8, () => f(x).sum().backward());
  assert.equal(list(x.grad!), noise);
  const [, tangent] = seeded(8, () => pf.functional.jvp(f, x.detach(), pf.onesLike(x)));
  rows(tangent.reshape(4, 1)).forEach(([value], i) => {
    const want = noise.slice(3 * i, 3 * i + 3).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(value - want) < 1e-14);
  });
});
vmap("an empty batch draws nothing", () => {
  const found = pf.func.vmap((x: T) => x.add(pf.rand(3)), { randomness: "different" })(pf.zeros(0, 3));
  assert.equal(found.shape, [0, 3]);
  assert.is(found.data().length, 0);
});
vmap("a drawn value stands for a whole batch: it can't be read", () => {
  assert.throws(
    () => pf.func.vmap((x: T) => x.mul(pf.rand([]).item()), { randomness: "different" })(batch),
    (error: Error) => error instanceof pf.AutogradError && /vmap/.test(error.message),
  );
});
vmap("the option is checked", () => {
  assert.throws(
    () => pf.func.vmap((x: T) => x, { randomness: "always" as any }),
    (error: Error) =>
      error instanceof pf.ArgumentError &&
      error.message === 'vmap: randomness should be "error", "different" or "same" but got "always".',
  );
});
vmap(
  "leaves nothing behind",
  () =>
  leavesNothing(() => pf.tidy(() => void list(pf.func.vmap((x: T) => x.add(pf.rand(3)), { randomness: "different", chunkSize: 3 })(batch)))), // prettier-ignore
);
vmap.run();

// -- compile

const compile = suite("compile");
const x = pf.tensor([[1, 2, 3], [4, 5, 6]], { dtype: "float64" }); // prettier-ignore
const drawing: [name: string, f: (x: T) => T][] = [
  ...randomOps,
  ["two draws, one of them not used", (z) => [pf.rand(7), z.add(pf.rand(3)).sub(pf.randn(3))][1]],
  ["an empty draw", (z) => z.sum().add(pf.rand(0).sum())],
  ["vmap inside", (z) => pf.func.vmap((y: T) => F.dropout(y).add(pf.rand(3)), { randomness: "different" })(z)],
  ["vmap in chunks inside", (z) => pf.func.vmap((y: T) => y.add(pf.rand(3)), { randomness: "different", chunkSize: 1 })(z)],
  ["a gradient inside", (z) => pf.func.grad((y: T) => F.dropout(y.square()).sum())(z) as T],
]; // prettier-ignore
for (const [name, f] of drawing) {
  compile(`${name}: at each call what the function itself draws`, () => {
    const compiled = pf.compile(f);
    const calls = (g: (x: T) => T) => seeded(31, () => [0, 1, 2].map(() => list(g(x))).concat([list(pf.rand(2))]));
    const plain = calls(f);
    assert.equal(calls(compiled), plain);
    assert.equal(calls(compiled), plain);
    assert.equal(compiled.cacheInfo(), { hits: 5, misses: 1, size: 1 });
    if (name !== "an empty draw") assert.is(distinct(plain.slice(0, 3)), 3);
  });
}
compile("compiled and plain calls, and several programs, share one sequence", () => {
  const f = (z: T) => z.add(pf.rand(3));
  const g = (z: T) => z.mul(pf.randn(3));
  const run = (a: (z: T) => T, b: (z: T) => T) => seeded(7, () => [a(x), b(x), f(x), b(x), a(x)].map(list));
  assert.equal(run(pf.compile(f), pf.compile(g)), run(f, g));
});
compile("without arguments", () => {
  const f = () => pf.rand(4);
  const compiled = pf.compile(f);
  assert.equal(seeded(1, () => [list(compiled()), list(compiled())]), seeded(1, () => [list(f()), list(f())])); // prettier-ignore
});
compile("a draw that was captured stays what it is", () => {
  const noise = pf.randn(3);
  const compiled = pf.compile((z: T) => z.add(noise));
  const [first, second] = [list(compiled(x)), list(compiled(x))];
  assert.equal(second, first);
  assert.equal(first, list(x.add(noise)));
});
compile("what does not depend on the draw is still computed once", () => {
  const a = pf.ones([8, 8], { dtype: "float64" });
  const compiled = pf.compile((z: T) => z.add(a.matmul(a).sum()).add(pf.rand(3)));
  compiled(x).data();
  assert.is(pf.inspect(() => compiled(x)).summary.matmuls, 0);
});
compile("a compiled function inside another, and inside vmap", () => {
  const f = (z: T) => z.add(pf.rand(3));
  const inner = pf.compile(f);
  const g = (h: (z: T) => T) => (z: T) => h(h(z));
  assert.equal(seeded(2, () => list(pf.compile(g(inner))(x))), seeded(2, () => list(g(f)(x)))); // prettier-ignore
  const mapped = (h: (z: T) => T) => seeded(2, () => list(pf.func.vmap(h, { randomness: "different" })(x)));
  assert.equal(mapped(inner), mapped(f));
});
compile("arguments that require grad: the function itself, once", () => {
  const f = (z: T) => F.dropout(z);
  const compiled = pf.compile(f);
  const z = pf.ones([20], { requiresGrad: true });
  assert.equal(seeded(2, () => list(compiled(z))), seeded(2, () => list(f(z)))); // prettier-ignore
  // Traced in vain: the results require grad on the account of a captured tensor.
  const w = pf.compile((y: T) => y.add(F.dropout(z)));
  assert.equal(seeded(2, () => list(w(pf.zeros(20)))), seeded(2, () => list(f(z)))); // prettier-ignore
});
compile("a draw can't be read while the function is traced", () => {
  assert.throws(
    () => pf.compile((z: T) => z.mul(pf.rand([]).item()))(x),
    (error: Error) => error instanceof pf.AutogradError && /compile/.test(error.message),
  );
});
compile("manualSeed can't be called inside, and a function that throws changes nothing", () => {
  const failing = pf.compile((z: T) => {
    pf.rand(3);
    pf.manualSeed(0);
    return z;
  });
  const after = seeded(4, () => {
    assert.throws(() => failing(x), /^manualSeed: can't be called in a function that is compiled/);
    return list(pf.rand(2));
  });
  assert.equal(after, seeded(4, () => list(pf.rand(2)))); // prettier-ignore
});
for (const [name, f] of [
  ["getRngState", () => pf.getRngState()],
  ["setRngState", () => pf.setRngState(pf.zeros([4], { dtype: "int32" }))],
] as [string, () => unknown][]) {
  compile(`${name} can't be called inside`, () => {
    const failing = pf.compile((z: T) => (f(), z));
    assert.throws(() => failing(x), new RegExp(`^${name}: can't be called in a function that is compiled`));
  });
}
compile("the state counts what compiled calls have drawn", () => {
  const compiled = pf.compile((z: T) => z.add(pf.rand(3)));
  pf.manualSeed(5);
  const first = list(compiled(x));
  const state = pf.getRngState();
  const second = list(compiled(x));
  pf.setRngState(state);
  assert.equal(list(compiled(x)), second);
  assert.not.equal(second, first);
});
compile("leaves nothing behind", () =>
  leavesNothing(() => {
    const compiled = pf.compile((z: T) => z.add(pf.rand(3)));
    pf.tidy(() => [compiled(x), compiled(x)].forEach(list));
    compiled.clear();
  }),
);
compile.run();
