// What thread tests share: waiting for a state, and programs of their own in a Node child.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Asks again and again, for at most 20 s, whether something holds; lets the event loop turn meanwhile. */
export async function eventually(holds: () => boolean): Promise<boolean> {
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    if (holds()) return true;
    await new Promise((resume) => setTimeout(resume, 5));
  }
  return holds();
}

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}
/** Runs a module's text in a Node of its own, with `import` resolved from the repository; killed after a minute. */
export function runNode(text: string, flags: string[] = [], inputType: "module" | "commonjs" = "module"): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, `--input-type=${inputType}`, "-e", text], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return { status, stdout, stderr };
}
