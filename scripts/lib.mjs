// What the scripts share: where the repository is, and how a command is run.
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root; every script works from there, wherever it was called from. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Arguments that start a JavaScript tool of node_modules with this very Node, without a shell and without npx. */
export const tool = (path, ...args) => [`node_modules/${path}`, ...args];

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
