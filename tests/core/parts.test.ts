// The core in parts (scripts/wasm-split.mjs): each but the first is loaded when something of it is called for the first time, and however the
// functions are divided between them, results are the same.
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inlinedBytes } from "../../host/core/inlined";
import { loadPart, running, startFrom, type CoreBytes } from "../../host/core/load";
import * as pf from "../../host/index";
import { generator } from "../../scripts/lib.mjs";
import { splitModule } from "../../scripts/wasm-split.mjs";
import { bodiesOf, importsOf, join, memoryFlagsAt, sectionsOf } from "../../scripts/wasm.mjs";

type Sections = { id: number; content: Uint8Array }[];
const { jvp, vjp } = pf.autograd.functional;

/** What is tried first: derivatives of elementwise functions and sums. */
function simplest(): number[] {
  const x = pf.tensor([1, 2, 3]);
  const f = (v: pf.Tensor): pf.Tensor => v.mul(v.sin()).sum();
  return [jvp(f, x, pf.onesLike(x))[1].item(), ...vjp(f, x)[1].data()];
}
/** An ordinary program: elementwise functions, a product, reductions, a derivative. */
function ordinary(): number[] {
  const x = pf.tensor([
    [1, 2],
    [3, 4],
  ]);
  const [, tangent] = jvp((v) => v.matmul(v).exp().log().sum(), x, pf.onesLike(x));
  return [tangent.item(), ...x.mean(0).data()];
}
/** What is in the last part: factorizations, sorting, transforms, convolutions, other dtypes; and it calls functions that are. */
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

const partCount = (): number => running?.modules.length ?? 0;
/** How many parts of the core the bundles have. */
const ALL = 3;

test("a program takes the parts that it needs; the others come by themselves, also in the middle of a computation", () => {
  simplest();
  assert.is(partCount(), 1);
  const expected = ordinary();
  assert.is(partCount(), 2);
  const lazily = pf.linalg.cholesky(pf.eye(3));
  assert.equal(lazily.sum().item(), 3);
  assert.is(partCount(), ALL);
  assert.equal(ordinary(), expected);
});

const file = readFileSync(new URL("../../dist/pushforward.wasm", import.meta.url));
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** When all handles that nobody holds are gone: what a core had given would be freed in the one that takes its place. */
async function collected(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
/** A core whose functions are divided by chance: each goes into the parts with these weights. */
async function startDivided(weights: readonly number[], seed: number): Promise<void> {
  await collected();
  const sections = sectionsOf(file);
  const data = sections.pop()!;
  const random = generator(seed);
  const total = weights.reduce((sum, weight) => sum + weight);
  const homes = bodiesOf(sections).map(() => {
    let left = random() * total;
    return Math.max(
      weights.findIndex((weight) => (left -= weight) < 0),
      0,
    );
  });
  const parts = splitModule(sections, (index: number) => homes[index]!, weights.length);
  const partFrom = (number: number): CoreBytes => {
    const part = number ? parts[number]! : [...parts[0]!, data];
    const at = part.findIndex(({ id }: Sections[number]) => id === 2);
    const before = join(part.slice(0, at)).length;
    const length = part[at]!.content.length;
    const head = 1 + (length < 128 ? 1 : length < 16384 ? 2 : 3);
    return {
      bytes: new Uint8Array(join(part)),
      memoryFlagsAt: before + head + memoryFlagsAt(part),
      next: number + 1 < parts.length ? () => partFrom(number + 1) : undefined,
    };
  };
  startFrom(() => partFrom(0), pf.backend.simd);
}

test("however the functions are divided", async () => {
  const expected = [...ordinary(), ...rare()];
  for (const [weights, seed] of [
    [[1], 0],
    [[0, 1], 1],
    [[1, 4], 2],
    [[1, 1], 3],
    [[4, 1], 4],
    [[1, 0], 5],
    [[1, 1, 1], 6],
    [[1, 2, 4], 7],
    [[0, 0, 1], 8],
    [[0, 1, 0], 9],
    [[1, 1, 1, 1, 1], 10],
  ] as const) {
    await startDivided(weights, seed);
    assert.equal([...ordinary(), ...rare()], expected, String(weights));
    loadPart();
    assert.is(partCount(), weights.length);
    assert.equal([...ordinary(), ...rare()], expected, `${String(weights)}, all of it`);
  }
});

test("all parts import the memory, those behind the first everything else from those before them, and what loads others", () => {
  const sections = sectionsOf(file);
  sections.pop();
  const parts = splitModule(sections, (index: number) => index % 3, 3);
  const modules = (part: Sections) =>
    WebAssembly.Module.imports(new WebAssembly.Module(join(part))).map(({ module, name }) => [module, name]);
  for (const part of parts) {
    assert.is(importsOf(part).filter(({ kind }) => kind === 2).length, 1);
    assert.ok(WebAssembly.validate(join(part)));
  }
  const others = parts.slice(1).map((part) => modules(part).filter(([module]) => module !== ""));
  assert.equal(others, [
    [
      ["env", "memory"],
      ["host", "loadPart"],
    ],
    [["env", "memory"]],
  ]);
});

/** The core as the bundles have it, of which the first two parts are loaded. */
async function startAnew(): Promise<void> {
  await collected();
  startFrom(inlinedBytes, pf.backend.simd);
  ordinary();
  assert.is(partCount(), 2);
}
test("a further part that could not be loaded is tried again, and its error says why", async () => {
  const expected = rare();
  await startAnew();
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
        assert.is(partCount(), 2);
      }
    }
  } finally {
    WebAssembly.Module = Module;
  }
  assert.equal(rare(), expected);
});
test("collecting garbage loads nothing", async () => {
  await startAnew();
  const compiled = pf.compile((x) => x.mul(2).exp().sum());
  for (let i = 0; i < 50; i++) compiled(pf.ones([100]).sin());
  await collected();
  assert.ok(pf.backend.memoryBytes >= 0);
  assert.is(partCount(), 2);
});

test.run();
