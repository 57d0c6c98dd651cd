// Who is measured: for each peer how it is started, whether it is installed, and its modes.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MODES } from "./pushforward.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const installed = (name) => existsSync(here(`../node_modules/${name}/package.json`));

/** The columns of a run: { peer, label, threads, modes, command, env, extra }; what is not installed is left out, with a word. */
export function runsOf({ peers, threads, lib, node, python }, warn) {
  const runs = threads.map((count) => ({
    peer: "pushforward",
    label: "pushforward",
    threads: count,
    modes: MODES,
    command: [node, here("pushforward_peer.mjs")],
    extra: { lib: resolve(lib) },
  }));
  if (peers.includes("torch")) {
    if (spawnSync(python, ["-c", "import torch"]).status === 0) {
      runs.push(
        ...threads.map((count) => ({
          peer: "torch",
          label: "PyTorch",
          threads: count,
          modes: ["eager"],
          command: [python, here("torch_peer.py")],
          // What the environment may say of OpenBLAS's kernels is taken out: they shall be those that it picks for this processor.
          env: {
            OMP_NUM_THREADS: String(count),
            OPENBLAS_NUM_THREADS: String(count),
            OPENBLAS_CORETYPE: undefined,
            OPENBLAS_L2_SIZE: undefined,
          },
        })),
      );
    } else warn(`PyTorch is left out: ${python} has none (Debian: apt install python3-torch libopenblas0-pthread)`);
  }
  const scripts = [
    ["jax-js", "@jax-js/jax", "jaxjs_peer.mjs", ["eager", "jit"]],
    ["tfjs", "@tensorflow/tfjs-backend-wasm", "tfjs_peer.mjs", ["eager"]],
  ];
  for (const [peer, name, script, modes] of scripts) {
    if (!peers.includes(peer)) continue;
    const label = peer === "tfjs" ? "TensorFlow.js" : peer;
    if (installed(name)) runs.push({ peer, label, threads: 1, modes, command: [process.execPath, here(script)] });
    else warn(`${label} is left out: it is not installed (npm install in bench/)`);
  }
  return runs;
}
