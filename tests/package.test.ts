// The built package as users meet it: entries, the default export, names after minifying, hosts that lack or freeze things. Types are
// tests/types.test.ts's concern.
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

test("an ES module can import every name of the CommonJS files, which Node finds without running them", async () => {
  for (const file of ["pushforward.cjs", "async.cjs"]) {
    const names = Object.keys(await import(`${root}dist/${file}`));
    const required = Object.keys(createRequire(import.meta.url)(`${root}dist/${file}`) as object);
    assert.equal(required.filter((name) => !names.includes(name)), []); // prettier-ignore
    assert.ok(required.length > 100, `${required.length} names in ${file}`);
  }
});
for (const [file, pf] of [
  ["ESM", esm],
  ["CommonJS", cjs],
] as const)
  // prettier-ignore
  test(`stacks name the library's functions: ${file}`, () => {
    const stackOf = (f: () => unknown): string => {
      try {
        f();
      } catch (error) {
        return (error as Error).stack!;
      }
      return "";
    };
    const jvp = stackOf(() => pf.functional.jvp((x) => x.reshape(3), pf.ones([2]), pf.ones([2])));
    for (const name of ["reshape", "traceFunction", "jvp"]) assert.match(jvp, new RegExp(`at [^(]*\\b${name}\\b`));
    assert.match(stackOf(() => pf.linalg.inv(pf.ones([2]))), /at requireSquare.*\n.*at inverseOf/);
  });

/** The script-tag file in a realm of its own. */
function minified(): any {
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
  return context.pf;
}
const CLASSES = ["ArgumentError", "AutogradError", "DisposedError", "DTypeError", "LinAlgError", "NonFiniteError", "OutOfMemoryError", "PushforwardError", "ShapeError"]; // prettier-ignore
test("the minified file keeps the names of classes", () => {
  const pf = minified();
  const names = ["Tensor", "Graph", "Profile", ...CLASSES];
  assert.equal(names.map((name) => pf[name].name), names); // prettier-ignore
  assert.is(pf.ones([1]).constructor.name, "Tensor");
});

/** By the name of each error, a program that throws it. */
const failing: Record<string, (pf: typeof esm) => unknown> = {
  ArgumentError: (pf) => pf.exp("1" as never),
  AutogradError: (pf) => pf.ones([1]).backward(),
  DisposedError(pf) {
    const x = pf.ones([1]);
    x.dispose();
    return x.data();
  },
  DTypeError: (pf) => pf.tensor([true]).neg(),
  LinAlgError: (pf) => pf.linalg.inv(pf.zeros([2, 2])).data(),
  NonFiniteError: (pf) => pf.debugNans(() => pf.zeros([1]).log()),
  OutOfMemoryError: (pf) => pf.ones([2 ** 30, 1]).add(pf.arange(2 ** 30).reshape(-1, 1)).data(),
  ShapeError: (pf) => pf.ones([2]).reshape(3),
}; // prettier-ignore
const builds: [name: string, pf: typeof esm][] = [["ESM", esm], ["CommonJS", cjs], ["the script tag's, minified, of another realm", minified()]]; // prettier-ignore
for (const [build, pf] of builds)
  test(`an error's own name says what it is, also where instanceof does not: ${build}`, () => {
    const classes = Object.keys(pf).filter((name) => /Error$/.test(name));
    assert.equal(classes.sort(), [...CLASSES].sort());
    for (const name of classes) {
      const Class = (pf as any)[name] as new (message: string) => Error;
      const error = new Class("why");
      assert.ok(Object.hasOwn(error, "name"), name);
      assert.is(String(error), `${name}: why`);
      // A class of the user's own, below it, has no name unless it is given one.
      assert.is(new (class extends Class {})("").name, name);
    }
    for (const [name, program] of Object.entries(failing)) {
      let error: any;
      try {
        program(pf);
      } catch (thrown) {
        error = thrown;
      }
      assert.is(error?.name, name);
      assert.is(error instanceof (pf as any)[name], true);
      assert.is(error instanceof (esm as any)[name], pf === esm);
    }
  });
test("what a value that compile traces throws when it is read is called an AutogradError", () => {
  assert.throws(
    () => esm.compile((x: esm.Tensor) => esm.tensor(x.item()))(esm.ones([1])),
    (error: Error) => error.name === "AutogradError" && error.constructor !== esm.AutogradError,
  );
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

for (const [file, load] of [
  ["pushforward.cjs", 'require("pushforward")'],
  ["pushforward.min.js", '(0, eval)(fs.readFileSync("dist/pushforward.min.js", "latin1") + "; pushforward")'],
])
  test(`where a program has given all objects properties ${file} works, with both parts of the core`, () => {
    const { status, stdout, stderr } = node(
      "--eval",
      `Object.assign(Object.prototype, { extra() {}, clone: 1 });
       const pf = ${load};
       console.log(pf.linalg.inv(pf.eye(2)).sum().item(), String(pf.func.grad((t) => t.w.square().sum())({ w: pf.ones([1]) }).w));`,
    );
    assert.is(status, 0, stderr);
    assert.is(stdout, "2 tensor([2.])\n");
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
  const line = `/*! pushforward ${version} | MIT | bundles @assemblyscript/loader (Apache-2.0): THIRD-PARTY-LICENSES.txt */\n`;
  for (const file of ["pushforward.mjs", "pushforward.cjs", "pushforward.min.js"]) {
    assert.ok(dist(file).startsWith(line), file);
  }
  const text = dist("THIRD-PARTY-LICENSES.txt");
  // The core holds code of AssemblyScript's library.
  for (const name of ["@assemblyscript/loader", "assemblyscript"])
    assert.match(text, new RegExp(`^${name} [\\d.]+ \\(`, "m"));
  for (const file of ["assemblyscript/LICENSE", "assemblyscript/NOTICE"])
    assert.ok(text.includes(readFileSync(`${root}node_modules/${file}`, "utf8").trim()), file);
  assert.match(text, "Copyright (C) 1993, 2004 by Sun Microsystems, Inc.");
});

test.run();
