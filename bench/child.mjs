// Runs a peer's process. One that crashes or falls silent costs its workload, not the others: they go to a fresh process.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Does the tasks in the process of a run (peers/index.mjs). Gives { versions, results }: results by workload, then by mode.
 * `patience` is how many ms a task may take; `onResult` hears of each result.
 */
export async function runPeer(run, tasks, { budget, patience, onResult }) {
  const results = {};
  let versions = {};
  const left = [...tasks];
  const take = ({ name, mode, ...result }) => {
    left.splice(
      left.findIndex((task) => task.workload.name === name && task.mode === mode),
      1,
    );
    (results[name] ??= {})[mode] = result;
    onResult(name, mode, result);
  };
  while (left.length) {
    const job = { tasks: left, threads: run.threads, budget, ...run.extra };
    const ended = await converse(run, job, patience, (line) => {
      if (line.versions) versions = line.versions;
      else if (!line.start) take(line);
    });
    if (!left.length) break;
    if (ended === "") {
      // It did not say why it stopped; a second process would not either.
      while (left.length) take({ name: left[0].workload.name, mode: left[0].mode, error: "the process ended early" });
    } else take({ name: left[0].workload.name, mode: left[0].mode, error: ended });
  }
  return { versions, results };
}

// One process; resolves with what ended it: "" for its own end, with code 0, else a reason.
function converse({ command: [file, ...args], env }, job, patience, onLine) {
  return new Promise((done) => {
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    let errors = "";
    let silent = false;
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silent = true;
        child.kill("SIGKILL");
      }, patience);
    };
    wait();
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (text) => {
      wait();
      // Libraries print greetings, too.
      if (text.startsWith("{")) onLine(JSON.parse(text));
    });
    child.stderr.on("data", (chunk) => (errors = (errors + chunk).slice(-2000)));
    child.on("error", (error) => (errors += error.message));
    child.stdin.on("error", () => {}); // a process that could not start reads nothing
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (silent) done(`no answer within ${patience / 1000} s`);
      else done(code === 0 ? "" : `ended with ${signal ?? code}: ${errors.trim().split("\n").at(-1)}`);
    });
    child.stdin.end(JSON.stringify(job));
  });
}
