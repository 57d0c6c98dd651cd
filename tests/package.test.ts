// The built package as users meet it: entries, the default export, names after minifying, two copies beside each other, hosts that
// lack or freeze things. Types are tests/types.test.ts's concern.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import * as esm from "pushforward";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../", import.meta.url));
const cjs = createRequire(import.meta.url)("pushforward") as typeof esm;
const dist = (name: string): string => readFileSync(`${root}dist/${name}`, "utf8");
const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });

test("the default export is the module: ESM and CommonJS", () => {
  const { status, stdout, stderr } = node(
    ...["--input-type=module", "--eval"],
    'import pf, { tensor } from "pushforward"; console.log(pf.tensor === tensor, String(pf.ones([2])));',
  );
  assert.is(status, 0, stderr);
  assert.is(stdout, "true tensor([1., 1.])\n");
  assert.is((cjs as any).default.tensor, cjs.tensor);
});

const foreign: [name: string, call: () => unknown, message: RegExp][] = [
  ["an op", () => esm.exp(cjs.ones([2])), /^exp: input should be a Tensor but got a Tensor of another copy of pushforward/],
  ["a list", () => esm.cat([cjs.ones([2])]), /^cat: .*a Tensor of another copy of pushforward/],
  ["jvp", () => esm.functional.jvp((x) => x, cjs.ones([2])), /^jvp: .*Tensor of another copy of pushforward/],
  ["grad of a container", () => esm.func.grad((m: { w: esm.Tensor }) => m.w.sum())({ w: cjs.ones([2]) as never }), /^grad: .*Tensor of another copy of pushforward \(at \.w\)/],
  ["what func returns", () => esm.func.vjp((x: esm.Tensor) => ({ y: [x, cjs.ones([2])] }), esm.ones([2])), /^vjp: .*another copy of pushforward \(at \.y\[1\]\)/],
  ["tangents", () => esm.func.jvp((x: esm.Tensor) => x, [esm.ones([2])], [cjs.ones([2]) as never]), /^jvp: .*another copy/],
  ["compile", () => esm.compile((_: unknown) => esm.ones([2]))({ c: [cjs.ones([2])] }), /^compile: .*another copy of pushforward/],
  ["tree.leaves", () => esm.tree.leaves([cjs.ones([2])]), /^tree\.leaves: .*another copy of pushforward \(at \[0\]\)/],
  ["dispose", () => esm.dispose(cjs.ones([2])), /^dispose: .*another copy/],
  ["keep", () => esm.keep(cjs.ones([2])), /^keep: .*Tensor of another copy of pushforward/],
  ["evaluate", () => esm.evaluate(cjs.ones([2])), /^evaluate: .*Tensor of another copy of pushforward/],
  ["tensor", () => esm.tensor(cjs.ones([2]) as never), /^tensor: .*Tensor of another copy of pushforward/],
  ["a class of another library", () => esm.exp(new (class Tensor {})() as never), /got a Tensor of another library/],
]; // prettier-ignore
for (const [name, call, message] of foreign) {
  test(`a Tensor of another copy is called so: ${name}`, () => {
    assert.throws(call, (e: Error) => e.name === "ArgumentError" && message.test(e.message));
  });
}
test("isTensor knows the tensors of its own copy", () => {
  assert.equal([esm.isTensor(esm.ones([1])), esm.isTensor(cjs.ones([1]))], [true, false]);
});

test("the minified file keeps the names of classes", () => {
  const context: any = {
    TextDecoder,
    URL,
    atob,
    queueMicrotask,
    performance,
    setTimeout,
    WebAssembly,
    process: undefined,
  };
  runInNewContext(dist("pushforward.min.js") + ";globalThis.pf = pushforward", context);
  const { pf } = context;
  const names = ["Tensor", "ShapeError", "ArgumentError", "PushforwardError", "DisposedError", "OutOfMemoryError"];
  assert.equal(names.map((name) => pf[name].name), names); // prettier-ignore
  assert.is(pf.ones([1]).constructor.name, "Tensor");
});

test("a host without TextDecoder, as jest's jsdom, loads the package", () => {
  const { status, stderr } = node(
    "--eval",
    'delete globalThis.TextDecoder; const pf = require("pushforward"); if (pf.ones([2]).sum().item() !== 2) throw 1;',
  );
  assert.is(status, 0, stderr);
});
test("node --frozen-intrinsics loads the package, and its errors are as ever", () => {
  const { status, stdout, stderr } = node(
    ...["--frozen-intrinsics", "--eval"],
    'const pf = require("pushforward"); try { pf.ones([2]).reshape([3]) } catch (e) { console.log(e.name, pf.ones([2]).sum().item()) }',
  );
  assert.is(status, 0, stderr);
  assert.is(stdout, "ShapeError 2\n");
});

test("where all prototypes are frozen, with nothing done for those that inherit from them, the package works", () => {
  const { status, stdout, stderr } = node(
    "--eval",
    `for (const value of Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name)).map((name) => globalThis[name])) {
       if (typeof value === "function" && value.prototype) Object.freeze(value.prototype);
     }
     const pf = require("pushforward");
     try { pf.ones([2]).reshape([3]) } catch (e) { console.log(e.name, e instanceof pf.ShapeError) }
     const tree = { toString: pf.ones([2]), n: [1] };
     console.log(String(pf.func.grad((t) => t.toString.square().sum())(tree).toString), pf.ones([1, 2]).max(1).values.item());`,
  );
  assert.is(status, 0, stderr);
  assert.is(stdout, "ShapeError true\ntensor([2., 2.]) 1\n");
});

test("there are no source maps, and no class has a static block, which browsers of 2021 lack", () => {
  assert.equal(readdirSync(`${root}dist`).filter((name) => name.endsWith(".map")), []); // prettier-ignore
  for (const file of ["pushforward.mjs", "pushforward.cjs", "pushforward.min.js", "testing.mjs"]) {
    assert.not.match(dist(file), /sourceMappingURL|static ?\{/);
  }
});

test("what is bundled is named in each bundle's first line, and its licence is published with it", () => {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
  });
  const [{ files, version }] = JSON.parse(stdout) as [{ files: { path: string }[]; version: string }];
  const paths = files.map(({ path }) => path);
  for (const path of ["LICENSE", "dist/THIRD-PARTY-LICENSES.txt"]) assert.ok(paths.includes(path), path);
  const line = `/*! pushforward ${version} | MIT | bundles @assemblyscript/loader (Apache-2.0), fflate (MIT): THIRD-PARTY-LICENSES.txt */\n`;
  for (const file of ["pushforward.mjs", "pushforward.cjs", "pushforward.min.js"]) {
    assert.ok(dist(file).startsWith(line), file);
  }
  const text = dist("THIRD-PARTY-LICENSES.txt");
  // The core holds code of AssemblyScript's library.
  for (const name of ["@assemblyscript/loader", "fflate", "assemblyscript"])
    assert.match(text, new RegExp(`^${name} [\\d.]+ \\(`, "m"));
  for (const file of ["fflate/LICENSE", "assemblyscript/LICENSE", "assemblyscript/NOTICE"])
    assert.ok(text.includes(readFileSync(`${root}node_modules/${file}`, "utf8").trim()), file);
  assert.match(text, "Copyright (C) 1993, 2004 by Sun Microsystems, Inc.");
});

test.run();
