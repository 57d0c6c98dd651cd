// One text carries the module of both builds and both kinds of memory: it is unpacked, and rewritten, without loss.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { adapt, areCore, fuseMultiplyAdds, hasRelaxedSimd, initialData, isModuleOfCore } from "../../host/core/bytes";
import { inlinedBytes } from "../../host/core/inlined";
import { partOf } from "../../host/core/load";
import { coreLayout } from "../../host/generated/layout";
import * as pf from "../../host/index";
import { runNode } from "./support";

const variants = suite("build variants");

const published = new Uint8Array(readFileSync(new URL("../../dist/pushforward.wasm", import.meta.url)));

const moduleBytes = (simd: "simd128" | "relaxed", shared: boolean): Uint8Array<ArrayBuffer> => {
  const bytes = published.slice();
  adapt(bytes, coreLayout.memoryFlagsAt, simd, shared);
  return bytes;
};

variants("dist/pushforward.wasm is of this build, and compiles as it is", () => {
  assert.ok(areCore(published));
  const module = new WebAssembly.Module(published);
  assert.ok(isModuleOfCore(module));
  assert.equal(initialData(module), initialData(published));
});

variants("another file is not taken for it", () => {
  const changed = published.slice();
  changed[changed.length - 1 - coreLayout.data.reduce((sum, { length }) => sum + length, 0)]! ^= 1;
  for (const bytes of [published.subarray(1), changed, new Uint8Array(8)]) assert.is(areCore(bytes), false);
  assert.is(isModuleOfCore(new WebAssembly.Module(changed)), false);
  assert.is(isModuleOfCore(new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))), false);
});

variants("zeros between data are not packed", () => {
  const spans = initialData(published);
  for (const [i, { address, bytes }] of spans.entries()) {
    assert.ok(i === 0 || address > spans[i - 1].address + spans[i - 1].bytes.length + 1024);
    assert.is(Buffer.from(bytes).indexOf(Buffer.alloc(4096)), -1);
  }
});

variants("every multiply-add is found again", () => {
  const module = moduleBytes("simd128", true);
  assert.ok(coreLayout.multiplyAdds > 100);
  assert.is(fuseMultiplyAdds(module), coreLayout.multiplyAdds);
  assert.is(Buffer.compare(module, moduleBytes("relaxed", true)), 0);
  assert.is(fuseMultiplyAdds(module), 0);
});

variants("the parts within the library's text have the same data and the same multiply-adds", () => {
  const parts = coreLayout.parts.map((_, number) => partOf(inlinedBytes, number).bytes);
  assert.equal(initialData(parts[0]!), initialData(published));
  // Small functions that several parts call are in each of them.
  assert.ok(parts.reduce((sum, bytes) => sum + fuseMultiplyAdds(bytes), 0) >= coreLayout.multiplyAdds);
  for (const each of parts) assert.is(fuseMultiplyAdds(each), 0);
});

variants("each variant is valid for its memory", () => {
  for (const simd of hasRelaxedSimd() ? (["simd128", "relaxed"] as const) : (["simd128"] as const)) {
    for (const shared of [false, true]) {
      const module = new WebAssembly.Module(moduleBytes(simd, shared));
      const { env, host } = {
        env: { memory: new WebAssembly.Memory({ initial: 16, maximum: 65536, shared }) },
        host: {},
      };
      const imports = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "function");
      for (const { name } of imports) Object.assign(host, { [name]: () => 0 });
      assert.instance(new WebAssembly.Instance(module, { env, host }), WebAssembly.Instance);
    }
  }
});

// -- choosing

/** The flag that Node 20 needs for relaxed SIMD; later ones have it without. */
const flags = hasRelaxedSimd() ? [] : ["--experimental-wasm-relaxed-simd"];

const refused = (configure: () => void, message: string): void =>
  assert.throws(configure, (error: unknown) => error instanceof pf.ArgumentError && error.message === message);

variants("simd can't be changed once there has been a tensor", () => {
  pf.tensor(1).dispose();
  pf.configure({ simd: pf.backend.simd });
  const other = pf.backend.simd === "relaxed" ? "simd128" : "relaxed";
  if (other === "simd128") refused(() => pf.configure({ simd: other }), "configure: simd can be set only before the first tensor is made."); // prettier-ignore
  else refused(() => pf.configure({ simd: other }), `configure: simd "relaxed" is not available: this engine has no relaxed SIMD instructions.`); // prettier-ignore
  refused(() => pf.configure({ simd: "avx" as "relaxed" }), `configure: simd should be "simd128" or "relaxed" but got "avx".`); // prettier-ignore
});

/** Prints the bits of what many kernels compute, and the largest error in ulp of an inner product that needs care. */
const PROGRAM = `
const x = pf.linspace(-3, 3, 4099), y = pf.linspace(0.1, 9, 10_000, { dtype: "float64" });
const results = [x.exp(), x.sin().mul(x).add(1), x.tanh(), x.erf(), y.log(), y.cos(), y.pow(1.7), pf.matmul(y.reshape(100, 100), y.reshape(100, 100)), pf.matmul(x.slice(0, 4096).reshape(64, 64), x.slice(0, 4096).reshape(64, 64))];
const sum = (bytes) => { let h = 0; for (const byte of bytes) h = (Math.imul(h, 31) + byte) | 0; return h; };
const bits = results.map((t) => { const d = t.data(); return sum(new Uint8Array(d.buffer)); });
`.replaceAll(".slice(0, 4096)", ".narrow(0, 0, 4096)");
const run = (before: string, with_: string[]): { simd: string; bits: number[]; exp: number[] } => {
  const { status, stdout, stderr } = runNode(
    `import * as pf from "pushforward";${before}${PROGRAM}
    console.log(JSON.stringify({ simd: pf.backend.simd, bits, exp: Array.from(results[0].data()) }));`,
    with_,
  );
  assert.is(stderr, "");
  assert.is(status, 0);
  return JSON.parse(stdout) as { simd: string; bits: number[]; exp: number[] };
};

variants("the engine's best is the default, and simd128 gives the same bits whatever the engine has", () => {
  const best = run("", flags);
  assert.is(best.simd, "relaxed");
  const chosen = run(`pf.configure({ simd: "simd128" });`, flags);
  assert.is(chosen.simd, "simd128");
  if (flags.length) {
    const plain = run("", []);
    assert.is(plain.simd, "simd128");
    assert.equal(plain.bits, chosen.bits);
  }
  // The difference is in the last bits, where the processor rounds a·b + c once; there is none where it does not.
  best.exp.forEach((value, i) => assert.ok(Math.abs(value - chosen.exp[i]) <= 4 * 2 ** -24 * value));
});

variants("what was configured before another build is chosen holds for it too", () => {
  const { status, stdout, stderr } = runNode(
    `import * as pf from "pushforward";
    pf.configure({ threads: 2 });
    await pf.ready;
    pf.setDefaultDtype("float64");
    pf.configure({ maxMemoryBytes: 3e6 });
    pf.configure({ simd: "simd128" });
    await pf.ready;
    const facts = [pf.backend.simd, pf.backend.threads, pf.ones([2]).dtype, pf.arange(5).sum().item()];
    try { pf.arange(1_000_000).data(); } catch (error) { facts.push(error instanceof pf.OutOfMemoryError); }
    console.log(JSON.stringify(facts));`,
    flags,
  );
  assert.equal({ status, stderr }, { status: 0, stderr: "" });
  assert.equal(JSON.parse(stdout), ["simd128", 2, "float64", 10, true]);
});

variants.run();
