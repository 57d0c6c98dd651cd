// The core in two parts (scripts/wasm-split.mjs): the second is loaded when something of it is called for the first time, and however the
// functions are divided between them, results are the same.
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inlinedBytes } from "../../host/core/inlined";
import { loadRest, running, startFrom } from "../../host/core/load";
import * as pf from "../../host/index";
import { generator } from "../../scripts/lib.mjs";
import { splitModule } from "../../scripts/wasm-split.mjs";
import { bodiesOf, importsOf, join, memoryFlagsAt, sectionsOf } from "../../scripts/wasm.mjs";

const { jvp, vjp } = pf.autograd.functional;

/** A first program of a user: elementwise functions, a product, reductions, a derivative. */
function ordinary(): number[] {
  const x = pf.tensor([
    [1, 2],
    [3, 4],
  ]);
  const [, tangent] = jvp((v) => v.matmul(v).exp().log().sum(), x, pf.onesLike(x));
  return [tangent.item(), ...x.mean(0).data()];
}
/** What is not in the first part: factorizations, sorting, transforms, convolutions, other dtypes; and it calls functions that are. */
function rare(): number[] {
  const x = pf.tensor(
    [
      [4, 1],
      [2, 3],
    ],
    { dtype: "float64" },
  );
  const [, gradient] = vjp((v) => pf.linalg.inv(v).mul(pf.linalg.det(v)).square().sum(), x);
  const image = pf.arange(16).float().reshape(1, 1, 4, 4);
  return [
    ...gradient.data(),
    ...pf.linalg.eigh(x.add(x.t())).eigenvalues.data(),
    ...pf.sort(pf.tensor([3, 1, 2], { dtype: "int32" })).values.data(),
    ...pf.fft.rfft(pf.tensor([1, 2, 3])).real.data(),
    ...pf.nn.functional.conv2d(image, pf.ones([1, 1, 2, 2])).data(),
    ...pf.cumsum(pf.tensor([1, 2, 3]), 0).data(),
    pf.special.digamma(pf.tensor(0.3)).item(),
  ];
}

test("a first program takes the first part alone; the rest comes by itself, also in the middle of a computation", () => {
  const expected = ordinary();
  assert.is(running?.rest, undefined);
  const lazily = pf.linalg.cholesky(pf.eye(3));
  assert.equal(lazily.sum().item(), 3);
  assert.ok(running?.rest);
  assert.equal(ordinary(), expected);
});

const file = readFileSync(new URL("../../dist/pushforward.wasm", import.meta.url));
/** A core whose functions are divided by chance: each goes into the first part with this probability. */
function startDivided(probability: number, seed: number): void {
  const sections = sectionsOf(file);
  const data = sections.pop()!;
  const random = generator(seed);
  const isFirst = bodiesOf(sections).map(() => random() < probability);
  const { first, rest } = splitModule(sections, (index: number) => isFirst[index]!);
  const bytesOf = (part: { id: number; content: Uint8Array }[]) => {
    const at = part.findIndex(({ id }) => id === 2);
    const before = join(part.slice(0, at)).length;
    const length = part[at]!.content.length;
    const head = 1 + (length < 128 ? 1 : length < 16384 ? 2 : 3);
    return { bytes: new Uint8Array(join(part)), memoryFlagsAt: before + head + memoryFlagsAt(part) };
  };
  startFrom(() => ({ ...bytesOf([...first, data]), rest: () => bytesOf(rest) }), pf.backend.simd);
}

test("however the functions are divided", () => {
  const expected = [...ordinary(), ...rare()];
  for (const [probability, seed] of [
    [0, 1],
    [0.2, 2],
    [0.5, 3],
    [0.8, 4],
    [1, 5],
  ] as const) {
    startDivided(probability, seed);
    assert.equal([...ordinary(), ...rare()], expected, `${probability}`);
    loadRest();
    assert.equal([...ordinary(), ...rare()], expected, `${probability}, all of it`);
  }
});

test("both parts import the memory, the second everything else from the first", () => {
  const sections = sectionsOf(file);
  sections.pop();
  const { first, rest } = splitModule(sections, (index: number) => index % 2 === 0);
  for (const part of [first, rest]) assert.is(importsOf(part).filter(({ kind }) => kind === 2).length, 1);
  assert.ok(WebAssembly.validate(join(first)) && WebAssembly.validate(join(rest)));
  const names = (part: { id: number; content: Uint8Array }[]) =>
    WebAssembly.Module.imports(new WebAssembly.Module(join(part))).map(({ module }) => module);
  assert.equal([...new Set(names(rest))], ["", "env"]);
});

/** A core of the two parts of the bundles, of which the first is loaded. */
function startAnew(): void {
  startFrom(inlinedBytes, pf.backend.simd);
  ordinary();
  assert.is(running?.rest, undefined);
}
test("a second part that could not be loaded is tried again, and its error says why", () => {
  const expected = rare();
  startAnew();
  const { Module } = WebAssembly;
  const refuse = (times: number): void => {
    WebAssembly.Module = class extends Module {
      constructor(bytes: BufferSource) {
        // Not those of a few bytes, by which it finds out what the engine refuses.
        if (bytes.byteLength > 10_000 && times-- > 0) throw new RangeError("WebAssembly.Module(): Out of memory");
        super(bytes);
      }
    } as typeof Module;
  };
  try {
    for (const times of [1, 2, 1]) {
      // Asked for by the host, and in the middle of an evaluation.
      for (const call of [() => pf.sort(pf.tensor([3, 1, 2])), () => pf.linalg.cholesky(pf.eye(3)).sum().item()]) {
        refuse(times);
        for (let i = 0; i < times; i++)
          assert.throws(
            call,
            (error: Error) => error.name === "PushforwardError" && /Out of memory/.test(error.message),
          );
        ordinary();
        assert.is(running?.rest, undefined);
      }
    }
  } finally {
    WebAssembly.Module = Module;
  }
  assert.equal(rare(), expected);
});
test("collecting garbage loads nothing", async () => {
  startAnew();
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const compiled = pf.compile((x) => x.mul(2).exp().sum());
  for (let i = 0; i < 50; i++) compiled(pf.ones([100]).sin());
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(pf.backend.memoryBytes >= 0);
  assert.is(running?.rest, undefined);
});

test.run();
