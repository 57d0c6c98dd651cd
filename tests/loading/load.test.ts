// When the core is loaded, and what is said where it can't be. Programs of the built package, each in a Node of its own.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runNode } from "../threads/support";

/** What the program prints; fails unless it ends well and quietly. */
function printed(program: string, flags: string[] = []): string {
  const { status, stdout, stderr } = runNode(program, flags);
  assert.equal({ status, stderr }, { status: 0, stderr: "" });
  return stdout.trim();
}
/** Counts the compilations of the core, and refuses to compile more than 4 KiB unless that is allowed. */
const counted = (isAllowed: boolean, error = "new RangeError('disallowed on the main thread')"): string => `
  const { Module } = WebAssembly;
  let compiled = 0;
  WebAssembly.Module = class extends Module {
    constructor(bytes) {
      if (bytes.length > 100_000) compiled++;
      if (bytes.length > 4096 && !${isAllowed}) throw ${error};
      super(bytes);
    }
  };`;
const message = (call: string): string =>
  `try { ${call}; console.log("nothing thrown") } catch (error) { console.log(error.name + ": " + error.message) }`;

test("importing compiles nothing; the first use does, once", () => {
  const program = `${counted(true)}
    const pf = await import("pushforward");
    const before = compiled;
    pf.configure({ maxMemoryBytes: 1e9, traces: false });
    const configured = compiled;
    const { simd, threads } = pf.backend;
    const asked = compiled;
    pf.ones([2]).add(1).data();
    pf.setDefaultDtype("float64");
    console.log(before, configured, asked, compiled, simd, threads);`;
  assert.match(printed(program), /^0 0 0 1 \w+ 1$/);
});

test("where an engine compiles no more than 4 KB at once, every use says so and names the way out, and compiling is tried once", () => {
  const program = `${counted(false)}
    const pf = await import("pushforward");
    ${message("pf.ones([2])")}
    ${message("pf.setDefaultDtype('float64')")}
    console.log(compiled);`;
  const [first, second, tries] = printed(program).split("\n");
  assert.match(
    first!,
    /^PushforwardError: .* no more than 4 KB .* up to version 114\. Use pushforward\/async.*worker.*RangeError: disallowed/,
  );
  assert.is(second, first);
  assert.is(tries, "1");
});
test("a stack that ends in the first use leaves the library usable", () => {
  const program = `const pf = await import("pushforward");
    const walk = () => {
      try {
        return walk();
      } catch {
        return pf.ones([1]);
      }
    };
    let thrown = "nothing";
    try {
      walk();
    } catch (error) {
      thrown = error.name;
    }
    console.log(thrown, pf.ones([1]).item());`;
  assert.match(printed(program), /^(RangeError|nothing) 1$/);
});
test("where nothing may be compiled, the error names the policy and the module", () => {
  const program = `WebAssembly.Module = function () { throw new WebAssembly.CompileError("disallowed by embedder"); };
    const pf = await import("pushforward");
    ${message("pf.ones([2])")}`;
  assert.match(
    printed(program),
    /^PushforwardError: .*forbidden here.*'wasm-unsafe-eval'.*Cloudflare.*init\(\{ module \}\).*CompileError: disallowed by embedder/,
  );
});
test("an engine without SIMD is called so", () => {
  const program = `${counted(false, "new WebAssembly.CompileError('invalid value type')")}
    WebAssembly.validate = () => false;
    const pf = await import("pushforward");
    ${message("pf.ones([2])")}`;
  assert.match(printed(program), /^PushforwardError: .*lacks WebAssembly's SIMD instructions/);
});
test("an engine without WebAssembly is told so", () => {
  const program = `delete globalThis.WebAssembly;
    const pf = await import("pushforward");
    ${message("pf.ones([2])")}`;
  assert.match(printed(program), /^PushforwardError: pushforward: .*--jitless/);
});
test("a system without memory for it is told so", () => {
  const program = `WebAssembly.Memory = function () { throw new RangeError("could not allocate memory"); };
    const pf = await import("pushforward");
    ${message("pf.ones([2])")}`;
  assert.match(printed(program), /^OutOfMemoryError: pushforward: .*address space/);
});
// Hosts that lack what others have: worklets of pages, Cloudflare Workers of a compatibility date before 2025, what stands for Node.
for (const [name, without] of [
  ["finalizers", "delete globalThis.FinalizationRegistry;"],
  ["a clock, timers and microtasks", "for (const name of ['performance', 'setTimeout', 'setImmediate', 'MessageChannel', 'queueMicrotask', 'TextEncoder', 'URL', 'atob']) delete globalThis[name];"],
  ["Node's modules", "process.getBuiltinModule = () => { throw new Error('not supported'); };"],
  ["Node's modules, in silence", "process.getBuiltinModule = () => undefined;"],
  ["one of Node's modules", "const { getBuiltinModule } = process; process.getBuiltinModule = (name) => name === 'node:zlib' ? {} : getBuiltinModule(name);"],
] as const)
  test(`without ${name} it computes`, () => {
    const program = `const write = console.log; ${without}
      const pf = await import("pushforward");
      const [value, tangent] = pf.functional.jvp((x) => x.mul(x), pf.tensor([1, 2]), pf.tensor([1, 1]));
      const f = pf.compile((x) => x.sin());
      for (let i = 0; i < 100; i++) f(pf.ones([100000])).data();
      write(String(value), String(tangent));`;
    assert.is(printed(program), "tensor([1., 4.]) tensor([2., 4.])");
  }); // prettier-ignore
test("a WebAssembly that is none is told so", () => {
  const program = `globalThis.WebAssembly = {};
    const pf = await import("pushforward");
    ${message("pf.ones([2])")}`;
  assert.match(printed(program), /^PushforwardError: pushforward: it needs WebAssembly/);
});
test("an engine that fails for another reason is not blamed for a limit", () => {
  // What unpacks the core imports nothing.
  const program = `const { Instance, LinkError, Module } = WebAssembly;
    WebAssembly.Instance = function (module) {
      if (Module.imports(module).length > 0) throw new LinkError("for a reason of its own");
      return new Instance(module);
    };
    const pf = await import("pushforward");
    ${message("pf.ones([2])")}`;
  assert.match(printed(program), /^PushforwardError: .*could not be started \(LinkError: for a reason of its own\)/);
});
test("the error has the engine's own as its cause", () => {
  const program = `${counted(false)}
    const pf = await import("pushforward");
    try { pf.ones([2]) } catch (error) { console.log(error.cause instanceof RangeError, error instanceof pf.PushforwardError) }`;
  assert.is(printed(program), "true true");
});

// -- where the bytes of the core come from in Node

/** Copies of the library in a folder whose name URLs and regular expressions read otherwise, with what lies beside it there. */
function inFolder(beside: Uint8Array | undefined, of: "mjs" | "cjs", flags: string[] = [], then = ""): string {
  const folder = join(mkdtempSync(join(tmpdir(), "pushforward ")), "a (b) [c]%20:1:2");
  try {
    mkdirSync(folder);
    const file = join(folder, `pushforward.${of}`);
    copyFileSync(new URL(`../../dist/pushforward.${of}`, import.meta.url), file);
    if (beside) writeFileSync(join(folder, "pushforward.parts.bin"), beside);
    const loaded =
      of === "mjs" ? `await import(${JSON.stringify(pathToFileURL(file).href)})` : `require(${JSON.stringify(file)})`;
    const program = `const { Module } = WebAssembly;
      const sizes = [];
      WebAssembly.Module = class extends Module { constructor(bytes) { super(bytes); sizes.push(bytes.length); } };
      (async () => {
        const pf = ${loaded};
        const beside = ${JSON.stringify(join(folder, "pushforward.parts.bin"))};
        console.log(String(pf.arange(3).exp().sum()), sizes.filter((size) => size > 1000).length);
        ${then}
      })();`;
    const { stdout, stderr } = runNode(program, flags, of === "mjs" ? "module" : "commonjs");
    return stdout + stderr;
  } finally {
    rmSync(join(folder, ".."), { recursive: true });
  }
}
const partsFile = readFileSync(new URL("../../dist/pushforward.parts.bin", import.meta.url));
/** How many modules are compiled then, after one for the first part, or two for what unpacks it and for it. */
const LATER =
  "sizes.length = 0; console.log(String(pf.linalg.inv(pf.eye(2)).sum()), sizes.filter((size) => size > 1000).length);";
const REMOVED = `require("node:fs").rmSync(beside); ${LATER}`;
for (const of of ["mjs", "cjs"] as const) {
  test(`pushforward.${of} reads the core from the file beside it`, () => {
    assert.is(inFolder(partsFile, of, [], LATER), "tensor(11.1073) 1\ntensor(2.) 2\n");
  });
  test(`pushforward.${of} unpacks the parts that the file beside it lacks`, () => {
    const short = partsFile.subarray(0, -8);
    assert.is(inFolder(short, of, [], LATER), "tensor(11.1073) 1\ntensor(2.) 3\n");
    const removed = REMOVED.replace("require(", of === "cjs" ? "require(" : "process.getBuiltinModule(");
    assert.is(inFolder(partsFile, of, [], removed), "tensor(11.1073) 1\ntensor(2.) 3\n");
  });
  for (const [name, beside] of [
    ["none", undefined],
    ["that of another build", partsFile.map((byte, i) => (i < 8 ? 255 - byte : byte))],
    ["a first part that is cut off", partsFile.subarray(0, 1000)],
    ["no core", Buffer.from("no core")],
  ] as const)
    test(`pushforward.${of} unpacks its own where there is ${name} beside it`, () => {
      assert.is(inFolder(beside, of), "tensor(11.1073) 2\n");
    });
  test(`pushforward.${of} unpacks its own where there are no stacks`, () => {
    assert.is(inFolder(partsFile, of, ["--stack-trace-limit=0"]), "tensor(11.1073) 2\n");
  });
}

// -- pushforward/async

const WASM = "new URL('./pushforward.wasm', import.meta.resolve('pushforward'))";
const ASYNC = `import * as pf from "pushforward/async"; import { readFileSync } from "node:fs"; const bytes = readFileSync(${WASM});`;
const works = `console.log(String(pf.arange(3).exp()), pf.backend.simd);`;
const expected = /^tensor\(\[1\.0000, 2\.7183, 7\.3891\]\) (simd128|relaxed)$/;

for (const [name, given] of [
  ["nothing: the file beside it", ""],
  ["a URL", `{ url: ${WASM} }`],
  ["a URL's text", `{ url: String(${WASM}) }`],
  ["bytes", "{ bytes }"],
  ["an ArrayBuffer", "{ bytes: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) }"],
  ["a part of a larger buffer", "{ bytes: Buffer.concat([Buffer.alloc(3), bytes]).subarray(3) }"],
  ["a promise of bytes", "{ bytes: Promise.resolve(bytes) }"],
  ["a compiled module", "{ module: new WebAssembly.Module(bytes) }"],
  ["a promise of a module", "{ module: WebAssembly.compile(bytes) }"],
] as const)
  test(`init takes ${name}`, () => {
    assert.match(printed(`${ASYNC} await pf.init(${given}); ${works}`), expected);
  });
for (const [name, given] of [
  ["bytes", "{ bytes }"],
  ["a compiled module", "{ module: new WebAssembly.Module(bytes) }"],
] as const)
  test(`initSync takes ${name}`, () => {
    assert.match(printed(`${ASYNC} pf.initSync(${given}); ${works}`), expected);
  });
test("CommonJS finds the file too", () => {
  const { stdout, stderr } = runNode(
    `const pf = require("pushforward/async"); pf.init().then(() => console.log(String(pf.ones([2]).sum())));`,
    [],
    "commonjs",
  );
  assert.equal({ stdout, stderr }, { stdout: "tensor(2.)\n", stderr: "" });
});

test("before init every use says that it is missing", () => {
  const program = `${ASYNC} ${message("pf.ones([2])")} ${message("pf.backend.memoryBytes")}
    await pf.ready.catch((error) => console.log(error.message));`;
  const lines = printed(program).split("\n");
  assert.is(lines.length, 3);
  for (const line of lines) assert.match(line, /pushforward\/async: .*await init\(\)/);
});

const rejections: [name: string, call: string, said: RegExp][] = [
  ["an unknown option", "pf.init({ modul: 1 })", /^ArgumentError: init: unknown option modul; known are module, url, bytes/],
  ["two at once", "pf.init({ url: 'x', bytes })", /^ArgumentError: init: give one of module, url, bytes/],
  ["no module", "pf.init({ module: bytes })", /^ArgumentError: init: module should be a WebAssembly.Module but got a Buffer/],
  ["another module", "pf.init({ module: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) })", /^ArgumentError: init: module should be dist\/pushforward.wasm of version/],
  ["other bytes", "pf.init({ bytes: bytes.subarray(1) })", /^ArgumentError: init: bytes should be dist\/pushforward.wasm of version/],
  ["no bytes", "pf.init({ bytes: 'AGFzbQ' })", /^ArgumentError: init: bytes should be an ArrayBuffer or a view of one but got "AGFzbQ"/],
  ["no URL", "pf.init({ url: 5 })", /^ArgumentError: init: url should be a string or a URL but got 5/],
  ["another file", `pf.init({ url: new URL('./workerd.mjs', ${WASM}) })`, /^ArgumentError: init: file:.*workerd.mjs should be dist\/pushforward.wasm of version/],
  ["no file", `pf.init({ url: new URL('./none.wasm', ${WASM}) })`, /^PushforwardError: init: file:.*none.wasm can't be read: ENOENT/],
]; // prettier-ignore
test("what init can't take rejects, and the next call tries again", () => {
  const calls = rejections.map(
    ([, call]) => `await ${call}.catch((e) => console.log(e.name + ": " + e.message.replaceAll("\\n", " ")));`,
  );
  const lines = printed(`${ASYNC} ${calls.join("\n")} await pf.init(); ${works}`).split("\n");
  assert.is(lines.length, rejections.length + 1);
  rejections.forEach(([name, , said], i) => assert.match(lines[i]!, said, name));
  assert.match(lines.at(-1)!, expected);
});
test("init says what to give it where the library's own place is no address", () => {
  const text = readFileSync(new URL("../../dist/async.mjs", import.meta.url), "utf8").replace(/import\.meta\.url/g, '"worker"');
  const folder = mkdtempSync(join(tmpdir(), "pushforward-"));
  try {
    const file = join(folder, "async.mjs");
    writeFileSync(file, text);
    const program = `const pf = await import(${JSON.stringify(pathToFileURL(file).href)});
      await pf.init().catch((error) => console.log(error.name + ": " + error.message));`;
    assert.match(printed(program), /^PushforwardError: init: pushforward.wasm can't be read: Invalid URL. Give init the `url`/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}); // prettier-ignore
test("calls of init share one core, and those that come later change nothing", () => {
  const program = `${ASYNC} await Promise.all([pf.init(), pf.init({ bytes })]);
    const x = pf.ones([2]);
    await pf.init({ bytes });
    await pf.init({ module: Promise.reject(new Error("nobody waits for it")) });
    pf.initSync({ bytes });
    console.log(x.sum().item());`;
  assert.is(printed(program), "2");
});
test("initSync while init is under way: one core, which stays", () => {
  for (const given of ["", "{ bytes }", "{ module: new WebAssembly.Module(bytes) }"]) {
    const program = `${ASYNC} const pending = pf.init(${given});
      pf.initSync({ bytes });
      const x = pf.tensor([1, 2, 3]);
      await pending;
      console.log(String(pf.ones([3]).add(x)));`;
    assert.is(printed(program), "tensor([2., 3., 4.])");
  }
});
test("a module of another realm", () => {
  const program = `${ASYNC} import { createContext, runInContext } from "node:vm";
    const module = runInContext("new WebAssembly.Module(bytes)", createContext({ bytes }));
    if (module instanceof WebAssembly.Module) throw new Error("of this realm");
    ${"await pf.init({ module });"} console.log(String(pf.ones([2])));`;
  assert.is(printed(program), "tensor([1., 1.])");
  assert.is(printed(program.replace("await pf.init(", "pf.initSync(")), "tensor([1., 1.])");
});
test("damaged bytes are not blamed on the engine, detached ones are told", () => {
  const program = `${ASYNC} const damaged = Buffer.from(bytes); damaged[damaged.length >> 1] ^= 255; damaged[damaged.length >> 2] ^= 255;
    ${message("pf.initSync({ bytes: damaged })")}
    const { buffer } = new Uint8Array(bytes);
    structuredClone(buffer, { transfer: [buffer] });
    ${message("pf.initSync({ bytes: buffer })")}`;
  const [first, second] = printed(program).split("\n");
  assert.match(first!, /^PushforwardError: pushforward: its WebAssembly is damaged/);
  assert.match(second!, /^ArgumentError: initSync: the buffer of bytes is detached/);
});
test("a server's error is told", () => {
  const program = `${ASYNC} import { createServer } from "node:http";
    const server = createServer((request, response) => (request.url === "/it" ? response.end(bytes) : response.writeHead(404).end()));
    await new Promise((listening) => server.listen(0, listening));
    const site = "http://localhost:" + server.address().port;
    await pf.init({ url: site + "/other" }).catch((error) => console.log(error.message.replace(site, "")));
    await pf.init({ url: site + "/it" });
    ${works}
    server.close();`;
  const [refused, fine] = printed(program).split("\n");
  assert.is(
    refused,
    "init: /other can't be read: the server answers 404. Give init the `url` of pushforward.wasm, or its `bytes`.",
  );
  assert.match(fine!, expected);
});
test("configure chooses the build before init, and says so after it", () => {
  const flags = process.allowedNodeEnvironmentFlags.has("--experimental-wasm-relaxed-simd")
    ? ["--experimental-wasm-relaxed-simd"]
    : [];
  const program = `${ASYNC} pf.configure({ simd: "simd128" }); await pf.init({ bytes }); console.log(pf.backend.simd);
    ${message('pf.configure({ simd: "relaxed" })')}`;
  const [simd, refused] = printed(program, flags).split("\n");
  assert.is(simd, "simd128");
  assert.match(
    refused!,
    /^ArgumentError: configure: simd (can be set only before init has loaded the core|"relaxed" is not available)/,
  );
});
test("threads run with bytes, not with a module", () => {
  const threads = (given: string) =>
    printed(
      `${ASYNC} pf.configure({ threads: 3 }); await pf.init(${given}); await pf.ready; console.log(pf.backend.threads, pf.ones([1000, 1000]).sum().item());`,
    );
  assert.is(threads("{ bytes }"), "3 1000000");
  assert.is(threads("{ module: new WebAssembly.Module(bytes) }"), "1 1000000");
});

test("the file that Cloudflare Workers get imports the module and gives it to initSync", () => {
  const text = readFileSync(new URL("../../dist/workerd.mjs", import.meta.url), "utf8");
  assert.match(text, /import (\S+) from ["']\.\/pushforward\.wasm["']/);
  assert.match(text, /initSync\(\{ module(: \S+)? \}\)/);
});

test.run();
