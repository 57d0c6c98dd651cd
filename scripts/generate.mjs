// Writes host/generated/: the core's bytes as base64, and the version, and what generate-ops.mjs makes of the table of ops.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { root, run } from "./lib.mjs";

process.chdir(root);
mkdirSync("host/generated", { recursive: true });
const base64 = readFileSync("build/core.simd128.wasm").toString("base64");
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync("host/generated/version.ts", `// Made by scripts/generate.mjs.\nexport const version = "${version}";\n`);
writeFileSync(
  "host/generated/core.ts",
  `// Made by scripts/generate.mjs from build/core.simd128.wasm.\nexport const coreBase64: string =\n  "${base64}";\n`,
);

const { code } = await run(["--import", "tsx", "scripts/generate-ops.mjs"], { live: true });
if (code !== 0) process.exit(1);
