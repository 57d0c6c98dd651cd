// The files that are made: they are written together, and not at all where something is wrong.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const HEADER = "// Made by scripts/declare.mjs from the declarations in assembly/primitives/.\n";
/** By path, the texts that differ: files that are as they should be keep their times, by which tests tell what has to be compiled. */
const changed = new Map();

/** Notes what a file shall hold; `lines` may be nested. */
export function write(path, lines) {
  const text = `${HEADER}${[lines].flat(Infinity).join("\n")}\n`;
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) changed.set(path, text);
}
export function flush() {
  mkdirSync("assembly/generated", { recursive: true });
  mkdirSync("host/generated", { recursive: true });
  // A core with other opcodes must not run with these, whatever becomes of the build.
  if (changed.has("assembly/generated/opcodes.ts")) rmSync("host/generated/core.ts", { force: true });
  for (const [path, text] of changed) writeFileSync(path, text);
}
