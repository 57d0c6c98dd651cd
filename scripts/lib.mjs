// What the scripts share: where the repository is, how a command is run, random numbers with a seed, and how a document is renewed in part.
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root; every script works from there, wherever it was called from. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * A generator of numbers in [0, 1) with a seed (mulberry32).
 * @param {number} seed
 */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Arguments that start a JavaScript tool of node_modules with this very Node, without a shell and without npx. */
export const tool = (path, ...args) => [`node_modules/${path}`, ...args];
/** Those that compile the core as it is published, to build/core.relaxed.wasm, with the names of its functions, which are not published. */
export const compileCore = (...args) =>
  tool(
    "assemblyscript/bin/asc.js",
    ...[
      "--config",
      "asconfig.json",
      "--target",
      "relaxed",
      "--transform",
      "./scripts/asc-cold.mjs",
      "--debug",
      ...args,
    ],
  );

/**
 * Runs Node with `args` and resolves, never rejects, with its exit code (null after a signal), the signal, and all that it
 * printed. `cwd` is the repository if it isn't said; `live` passes the output through; `timeout` (ms) kills a process that hangs.
 */
export function run(args, { live = false, timeout = 0, env = {}, cwd = root } = {}) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: live ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let timedOut = false;
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    const timer = timeout
      ? setTimeout(() => {
          timedOut = true;
          child.kill("SIGKILL");
          // A grandchild that lives on would hold the pipes open.
          child.stdout?.destroy();
          child.stderr?.destroy();
        }, timeout)
      : undefined;
    const end = (code, signal) => {
      clearTimeout(timer);
      done({ code, signal, output, timedOut });
    };
    child.on("error", (error) => {
      output += String(error);
      end(1, null);
    });
    child.on("close", end);
  });
}

/** Text in place of what stands between the two marker comments. */
export function replaceBetween(document, name, text) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${begin} and ${end} are missing`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
