// The process that runs tests with one mutant live, from the side that asks it (child.mjs is the process itself).
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib.mjs";

/** A process that runs in the folder `place`. It starts when it is first asked, and anew when it is asked after it has ended. */
export function testProcess(place) {
  let child = null;
  function stop() {
    child?.kill("SIGKILL");
    child = null;
  }
  process.on("exit", stop);
  /** The processor time that a process has taken; on machines that don't tell so, the time that has passed. */
  function processorTime(pid) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
      return 10 * (Number(fields[11]) + Number(fields[12]));
    } catch {
      return performance.now();
    }
  }
  /**
   * What the process says next; null if it ends or takes too long, which is more than `ms` of processor time: on a busy machine the
   * time that passes says little. A process that only waits takes none, so it is ended after ten times as long by the clock.
   */
  function answer(ms) {
    const asked = child;
    return new Promise((done) => {
      const end = (what) => {
        clearInterval(timer);
        asked.removeAllListeners();
        done(what);
      };
      const [began, taken] = [performance.now(), processorTime(asked.pid)];
      const timer = setInterval(() => {
        if (processorTime(asked.pid) - taken < ms && performance.now() - began < 10 * ms) return;
        stop();
        end(null);
      }, 1000);
      asked.on("message", end);
      asked.on("exit", () => {
        if (child === asked) child = null;
        end(null);
      });
    });
  }
  async function start(first = 0) {
    stop();
    child = fork(join(root, "scripts/mutants/child.mjs"), [], {
      cwd: place,
      execArgv: ["--expose-gc", "--import", "tsx"],
      env: { ...process.env, MUTANTS_FIRST: String(first), FORCE_COLOR: "0" },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    return answer(120_000);
  }
  async function ask(what, ms) {
    // What a test has left behind may have ended the process since.
    if (!child?.connected) await start();
    if (!child) return null;
    child.send(what);
    return answer(ms);
  }
  return { start, ask, stop, isRunning: () => child !== null };
}
