// Compiles kernels for tests, when their sources are newer, in the build that the engine takes: relaxed where it can.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasRelaxedSimd } from "../../host/core/bytes";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The exports of assembly/testing/<name>.ts. */
export function compiled(name: string): WebAssembly.Exports {
  const relaxed = hasRelaxedSimd();
  const wasm = join(root, `build/testing.${name}.${relaxed ? "relaxed" : "simd128"}.wasm`);
  const sources = ["kernels", "testing", "threads", "memory", "abi", "generated"].flatMap((name) => {
    const folder = join(root, "assembly", name);
    return readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file)));
  });
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
  if (!existsSync(wasm) || statSync(wasm).mtimeMs < newest) {
    const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
    const features = relaxed ? ["--enable", "simd,relaxed-simd"] : [];
    const entry = [
      `assembly/testing/${name}.ts`,
      "--config",
      "assembly/testing/asconfig.json",
      ...features,
      "-o",
      wasm,
    ];
    execFileSync(process.execPath, [asc, ...entry], { cwd: root, stdio: "inherit" });
  }
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm)), {}).exports;
}
