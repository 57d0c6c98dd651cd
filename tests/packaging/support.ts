// What the suites of this folder share: projects into which the packed tarball has been installed, and the tools of package.json beside this
// file, which `npm run test:packaging` installs.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Test } from "uvu";
import * as assert from "uvu/assert";
import { type Site, withSite } from "../browser/support";

const root = fileURLToPath(new URL("../../", import.meta.url));
const here = fileURLToPath(new URL("./", import.meta.url));
/** A file of one of the installed tools. */
export const tool = (path: string): string => join(here, "node_modules", path);

// -- what can run here

export const NODES = [18, 20, 22, 24] as const;
export type NodeMajor = (typeof NODES)[number];
/** The executable of that Node. */
export const node = (major: NodeMajor): string => tool(`node${major}/bin/node`);
/** Runs a tool's JavaScript with the newest Node, which all of them run on. */
export const withNode = (path: string, ...args: string[]): string[] => [node(24), tool(path), ...args];

/** Why the tools can't be used, or undefined. PUSHFORWARD_NO_SKIP=1 makes their tests run, and fail, all the same. */
const whyNoTools =
  existsSync(node(24)) || process.env.PUSHFORWARD_NO_SKIP === "1"
    ? undefined
    : "the tools are not installed (npm run test:packaging does so, on Linux x64)";

/** What `rows` is, for rows that need the tools: skipped, and said to be, where those are not installed. */
export function withTools(rows: Test): (name: string, body: () => void | Promise<void>) => void {
  return whyNoTools === undefined ? rows : skipping(rows, whyNoTools);
}
/** The same for rows that need a browser as well. */
export function withToolsAndSite(rows: Test): (name: string, body: (site: Site) => Promise<void>) => void {
  return whyNoTools === undefined ? withSite(rows) : skipping(rows, whyNoTools);
}
const skipping = (rows: Test, why: string) => (name: string) => {
  console.log(`skipped: ${name}: ${why}`);
  rows.skip();
};

// -- projects

const place = mkdtempSync(join(tmpdir(), "pushforward-packaging-"));
process.on("exit", () => rmSync(place, { recursive: true, force: true }));

let unpacked: string | undefined;
/** The folder of the package as npm unpacks the tarball; packed once in a suite. */
function packed(): string {
  if (unpacked !== undefined) return unpacked;
  // The build has been made already: prepack would make it again.
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", place];
  const { status, stdout, stderr } = spawnSync("npm", pack, { cwd: root, encoding: "utf8" });
  assert.is(status, 0, stderr);
  const unpack = spawnSync("tar", ["-xzf", join(place, stdout.trim()), "-C", place], { encoding: "utf8" });
  assert.is(unpack.status, 0, unpack.stderr);
  return (unpacked = join(place, "package"));
}

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}
export interface Project {
  readonly folder: string;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Runs a command in the project's folder; killed after two minutes. */
  run(command: readonly string[], env?: Record<string, string>): Promise<Ended>;
}

let projects = 0;
/**
 * A folder with these files, program.mjs, and the package in its node_modules; `links` are tools that the project has installed as well.
 * Files that end in .js are of that `type`.
 */
export function project(
  files: Readonly<Record<string, string>>,
  { type = "module", links = [] }: { type?: "module" | "commonjs"; links?: readonly string[] } = {},
): Project {
  const folder = join(place, `project-${projects++}`);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("package.json", JSON.stringify({ name: "consumer", private: true, type, version: "1.0.0" }));
  write("program.mjs", readFileSync(join(here, "program.mjs"), "utf8"));
  for (const [path, text] of Object.entries(files)) write(path, text);
  cpSync(packed(), join(folder, "node_modules/pushforward"), { recursive: true });
  for (const name of links) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(tool(name), join(folder, "node_modules", name), "dir");
  }
  return {
    folder,
    write,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    run: (command, env = {}) => run(command, folder, env),
  };
}

function run([file, ...args]: readonly string[], cwd: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(file, args, {
      cwd,
      // No tool calls home, and none finds the loader or the flags of the process that runs this suite.
      env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", FORCE_COLOR: "0", DO_NOT_TRACK: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", (error) => done({ status: null, stdout, stderr: String(error) }));
    child.on("close", (status) => done({ status, stdout, stderr }));
  });
}

// -- what is expected

/** What `program` of program.mjs gives everywhere: e^0.1 + e^0.2 and e^0.3 + e^0.4, and derivatives of the sum of x³. */
export const RESULT = {
  texts: ["tensor([2.3266, 2.8417])", "tensor([2.3266, 2.8417])"],
  hessian: [
    [6, 0],
    [0, 12],
  ],
  compiled: [3, 12],
  errors: [
    ["ShapeError", true],
    ["ArgumentError", true],
    ["ArgumentError", true],
  ],
  backend: {
    simd: true,
    version: (JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string }).version,
  },
};
/** What `threaded` gives. */
export const onThreads = (threads: number) => ({ threads, sum: 1e6 });

/** That a program has printed this, as JSON, and nothing else, no warning either but for `own`, what the runtime says of its flags. */
export function assertPrinted({ status, stdout, stderr }: Ended, expected: unknown, own?: RegExp): void {
  assert.is(own ? stderr.replace(own, "") : stderr, "");
  assert.is(status, 0, stdout);
  assert.equal(JSON.parse(stdout), expected);
}
/** That a tool has come to its end without a warning. */
export function assertQuiet({ status, stdout, stderr }: Ended): void {
  assert.is(status, 0, stdout + stderr);
  assert.not.match(stdout + stderr, /warn|externali[sz]ed|\berror\b|deprecat/i);
}
