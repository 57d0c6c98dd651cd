// `npm run mutants [-- --area NAME]… [--count N] [--seed N] [--file PATH]… [--suite PATH]… [--again LOG] [--minutes N]
// [--seconds N] [--quick] [--report]`: changes the sources in one small place at a time (a sign, an operand, a bound, a constant, a
// condition), runs the tests that execute that place, and tells how many changes no test notices. It works in a copy of the
// repository. All mutants are in the copy at once (mutants/table.mjs), of which one is live at a time; a run without a live one finds
// which tests execute which mutants.
//
// Mutants are drawn by seed, --count of them per area. --file PATH takes only those in files whose path has PATH in it, --suite PATH
// only tests of such suites, and --again LOG only mutants that survived in an earlier run, whose output is in the file LOG. --minutes
// ends each area early; --seconds is how long the tests of one mutant may take; --quick tries none in a fresh process. --report
// writes the figures into docs/reliability.md.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { compileCore, generator, root, run } from "./lib.mjs";
import { areas } from "./mutants/areas.mjs";
import { equivalent, reasonOf } from "./mutants/equivalent.mjs";
import { testProcess } from "./mutants/process.mjs";
import { mutantsOf, withMutants } from "./mutants/table.mjs";

const { values: options } = parseArgs({
  options: {
    area: { type: "string", multiple: true, default: ["op formulas"] },
    count: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    file: { type: "string", multiple: true, default: [""] },
    suite: { type: "string", multiple: true, default: [""] },
    again: { type: "string", default: "" },
    minutes: { type: "string", default: "600" },
    seconds: { type: "string", default: "600" },
    quick: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
  },
});

// -- which mutants there are

const isCoreFile = (file) => file.startsWith("assembly");
const next = generator(Number(options.seed));
const earlier =
  options.again &&
  readFileSync(options.again, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("SURVIVED"));
/** A mutant in words, the number of its line left out. */
const wordsOf = ({ file, kind, from, to, code }) => [file, `${kind}: ${changeOf({ from, to })} in ${code}, `];
const changeOf = ({ from, to }) =>
  [from, to].map((part) => `\`${part.replace(/\s+/g, " ").slice(0, 90)}\``).join(" → ");
const isWanted = (one) => !earlier || earlier.some((line) => wordsOf(one).every((part) => line.includes(part)));
const drawn = [];
const existing = {};
for (const name of options.area) {
  const area = areas[name];
  if (!area) throw new Error(`mutants: no area ${name}; there are ${Object.keys(areas).join(", ")}`);
  const files = area.files
    .flatMap((path) =>
      path.endsWith(".ts") ? path : readdirSync(join(root, path), { recursive: true }).map((file) => join(path, file)),
    )
    .filter(
      (file) => file.endsWith(".ts") && !area.except?.test(file) && options.file.some((part) => file.includes(part)),
    );
  const all = files
    .sort()
    .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), "utf8")))
    .filter((one) => (area.takes?.(one) ?? true) && isWanted(one));
  existing[name] = all.length;
  // All of them come in their order.
  const isSample = Number(options.count) < all.length;
  for (let left = isSample ? Number(options.count) : all.length; left > 0; left--)
    drawn.push({
      ...all.splice(isSample ? Math.floor(next() * all.length) : 0, 1)[0],
      area: name,
      id: drawn.length + 1,
    });
}
for (const { file, code } of equivalent)
  if (!existsSync(join(root, file)) || !readFileSync(join(root, file), "utf8").includes(code))
    console.log(`mutants/equivalent.mjs: ${file} has no line ${code}`);
const suites = [...new Set(options.area.flatMap((name) => areas[name].suites))].filter((suite) =>
  options.suite.some((part) => suite.includes(part)),
);

// -- the copy that holds them all

const place = mkdtempSync(join(tmpdir(), "pushforward-mutants-"));
process.on("exit", () => rmSync(place, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
// With their times, by which tests tell whether kernels that they have compiled are of these sources; without the packages that
// folders of tests have installed.
const filter = (path) => !/[\\/]node_modules$/.test(path);
for (const name of ["assembly", "host", "scripts", "tests", "asconfig.json", "package.json", "tsconfig.json", "build"])
  cpSync(join(root, name), join(place, name), { recursive: true, preserveTimestamps: true, filter });
symlinkSync(join(root, "node_modules"), join(place, "node_modules"));
// What is made of declarations is made of the sources as they are: mutants are behind questions, which are no literals.
const declared = await run(["scripts/declare.mjs"], { cwd: place });
if (declared.code !== 0) throw new Error(`mutants: ${declared.output}`);
const change = (file, how) => writeFileSync(join(place, file), how(readFileSync(join(place, file), "utf8")));
const shim = join(root, "scripts/mutants/suites.mjs");
for (const file of suites) change(file, (text) => text.replace('from "uvu"', `from ${JSON.stringify(shim)}`));

// Those that are known not to compile, from runs before on the same sources.
const known = join(tmpdir(), "pushforward-mutants.json");
const refused = new Set(existsSync(known) ? JSON.parse(readFileSync(known, "utf8")) : []);
const hashes = new Map();
function keyOf({ file, start, end, kind, to }) {
  if (!hashes.has(file))
    hashes.set(
      file,
      createHash("sha1")
        .update(readFileSync(join(root, file)))
        .digest("hex"),
    );
  return [file, hashes.get(file), start, end, kind, to].join();
}
const invalid = new Set(drawn.filter((one) => refused.has(keyOf(one))).map(({ id }) => id));
const question = (id) => `__M(${id})`;
const hostQuestion = (id) => `globalThis.__M?.(${id})`;
function writeMutants(files, ask) {
  for (const file of files) {
    const content = readFileSync(join(root, file), "utf8");
    const mine = drawn.filter((one) => one.file === file && !invalid.has(one.id));
    let text = withMutants(file, content, mine, ask);
    if (isCoreFile(file)) {
      const path = relative(dirname(file), "assembly/mutant").replaceAll("\\", "/");
      text = `import { __M } from "${path.startsWith(".") ? path : `./${path}`}"; ${constantsOf(text)}`;
    }
    writeFileSync(join(place, file), text);
  }
}
/** A source whose constants can be set again: with a question in them they are globals, which instances of workers have to set. */
function constantsOf(text) {
  const found = [];
  const made = text.replace(/^(export )?const (\w+)(.*?) = (.*\b__M\(.*);$/gm, (_, is, name, type, value) => {
    found.push(`${name} = ${value};`);
    return `${is ?? ""}let ${name}${type} = ${value};`;
  });
  return `${made}\nexport function setConstants(): void { ${found.join(" ")} }\n`;
}
/** Compiles the core; mutants that it doesn't compile with, and those on their line, are left out. */
async function compile(files) {
  writeFileSync(
    join(place, "assembly/mutant.ts"),
    `const TABLE = memory.data(${16 + 8192}, 16);
export function mutantTable(): usize { return TABLE; }
export function __M(id: i32): bool { store<u8>(TABLE + 16 + id, 1); return load<i32>(TABLE) == id; }\n`,
  );
  const setters = files.map((file, k) => `import { setConstants as set${k} } from "./${file.slice("assembly/".length, -".ts".length)}";\n`); // prettier-ignore
  change("assembly/index.ts", (text) => `${setters.join("")}${text}\nexport { mutantTable } from "./mutant";
export function setConstants(): void { ${files.map((_, k) => `set${k}();`).join(" ")} }\n`); // prettier-ignore
  change("host/core/threads.ts", (text) =>
    text
      .replace("const { joinPool, workerLoop }", "const { joinPool, workerLoop, setConstants }")
      .replace("  joinPool(record);", "  setConstants();\n  joinPool(record);"),
  );
  change("host/core/memory.ts", (text) =>
    text.replace("core.start();", "globalThis.__beforeStart?.(core); core.start();"),
  );
  const asc = compileCore();
  for (let round = 1; ; round++) {
    writeMutants(files, question);
    const { code, output } = await run([...asc, "--noEmit"], { cwd: place, env: { FORCE_COLOR: "0" } });
    if (code === 0) break;
    const before = invalid.size;
    for (const [, file, line] of output.matchAll(/ in (assembly\/[\w/-]+\.ts)\((\d+),/g)) {
      const text = readFileSync(join(place, file), "utf8").split("\n").slice(1, line);
      // What narrows a type may stand on a line before.
      const culprit = text.findLast((each) => /__M\(\d/.test(each)) ?? "";
      for (const [, id] of culprit.matchAll(/__M\((\d+)\)/g)) invalid.add(Number(id));
    }
    // What must be a constant may be one of another file.
    if (output.includes("AS220"))
      for (const { id, code } of drawn) if (/^(export )?const [A-Z_]+: \w+ = \d+;$/.test(code)) invalid.add(id);
    console.log(`compiling, round ${round}: ${invalid.size - before} mutants don't compile`);
    for (const one of drawn) if (invalid.has(one.id)) refused.add(keyOf(one));
    writeFileSync(known, JSON.stringify([...refused]));
    if (invalid.size === before) throw new Error(`mutants: the core does not compile\n${output.slice(-4000)}`);
  }
  for (const step of [asc, ["scripts/generate.mjs"]]) {
    const { code, output } = await run(step, { cwd: place, env: { FORCE_COLOR: "0" } });
    if (code !== 0) throw new Error(`mutants: ${output}`);
  }
}
const changed = [...new Set(drawn.map(({ file }) => file))];
if (changed.some(isCoreFile)) await compile(changed.filter(isCoreFile));
writeMutants(
  changed.filter((file) => !isCoreFile(file)),
  hostQuestion,
);

// -- a run without a mutant

const tester = testProcess(place);
const met = new Map(drawn.map(({ id }) => [id, []]));
const atLoad = new Set((await tester.start()).loaded);
let count = 0;
for (const suite of suites) {
  if (!tester.isRunning()) await tester.start();
  const found = await tester.ask({ suite }, 600_000);
  if (!found?.tests) {
    console.log(`${suite} can't be run here: ${found?.error ?? "it ends the process, or takes too long"}`);
    continue;
  }
  for (const test of found.tests) {
    if (test.failure) {
      console.log(`${suite}: ${test.name} fails without any mutant: left out (${test.failure})`);
      continue;
    }
    count++;
    test.kills = 0;
    for (const id of new Set([...test.met, ...found.loaded, ...atLoad])) met.get(id)?.push(test);
    delete test.met;
  }
}
console.log(`${count} tests, ${drawn.length - invalid.size} mutants`);

// -- the mutants

const ATOM_MS = 1500;
const AGAIN_MS = 20_000;
const total = (tests) => tests.reduce((sum, { ms }) => sum + ms, 0);
/** How much of the processor tests may take, with a mutant that makes them slower and once more without. */
const patience = (tests) => 6000 + 5 * total(tests);
/** Some of the tests at a time, so that one that hangs is found early. */
function* parts(tests) {
  for (let from = 0, to = 0; from < tests.length; from = to) {
    for (let ms = 0; to < tests.length && (to === from || ms < ATOM_MS); to++) ms += tests[to].ms;
    yield tests.slice(from, to);
  }
}
/** The test that fails with the mutant, and passes without it; "load" if nothing can be loaded with it; or nothing. */
async function killerOf(id, tests, fresh) {
  const isNew = fresh || !tester.isRunning();
  if (isNew) {
    const started = await tester.start(fresh ? id : 0);
    if (!started || started.error) return "loading";
  }
  for (const part of parts(tests)) {
    // A new process takes longer to load them than to run them.
    const loaded = await tester.ask({ suites: [...new Set(part.map((one) => one.suite))] }, 120_000);
    const result = loaded && !loaded.error ? await tester.ask({ id, tests: part }, patience(part)) : loaded;
    if (!result || result.error) {
      tester.stop();
      // What a mutant before it has left behind may have ended it.
      return result && !isNew ? killerOf(id, tests, fresh) : part[0];
    }
    if (result.at < 0) continue;
    const test = part[result.at];
    if (fresh || !result.clean) tester.stop();
    if (result.clean) return test;
    // What the mutant has left behind fails one of them, or it fails by what those before it leave, or alone.
    const begin = part.slice(0, result.at + 1);
    await tester.start();
    await tester.ask({ suites: begin.map((one) => one.suite) }, 120_000);
    const without = await tester.ask({ id: 0, tests: begin }, patience(begin));
    if (without?.at === -1) return test;
    const flaw = begin[without?.at ?? result.at];
    flaw.failsAlone = true;
    console.log(`${flaw.suite}: ${flaw.name} fails without any mutant, too: left out`);
    return killerOf(id, tests.filter((one) => one !== flaw), fresh); // prettier-ignore
  }
  return null;
}
const lines = [];
for (const name of options.area) {
  const end = performance.now() + Number(options.minutes) * 60_000;
  const survivors = [];
  let [killed, same] = [0, 0];
  for (const mutant of drawn) {
    if (mutant.area !== name || invalid.has(mutant.id)) continue;
    if (performance.now() > end) break;
    const { id, file, line, kind, code } = mutant;
    const what = `${file}:${line} ${kind}: ${changeOf(mutant)}`;
    const reason = reasonOf(mutant);
    if (reason) {
      same++;
      console.log(`the same ${what}: ${reason}`);
      continue;
    }
    const rank = ({ ms, kills }) => (ms + 1) / (1 + 3 * kills);
    const tests = met.get(id).filter(({ failsAlone }) => !failsAlone).sort((a, b) => rank(a) - rank(b)); // prettier-ignore
    for (let left = 1000 * Number(options.seconds), at = 0; at < tests.length; at++)
      if ((left -= tests[at].ms) < 0) tests.length = at + 1;
    const began = performance.now();
    let killer = await killerOf(id, tests, atLoad.has(id));
    // What an earlier mutant's run has kept may hide it, or what has been made while modules were loaded.
    if (!killer && !options.quick && !atLoad.has(id) && tests.length && total(tests) < AGAIN_MS)
      killer = await killerOf(id, tests, true);
    if (killer?.kills >= 0) killer.kills++;
    if (killer) killed++;
    else survivors.push(`${what} in \`${code.slice(0, 120)}\`${tests.length ? "" : " (no test comes by)"}`);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${killer ? "killed  " : "SURVIVED"} ${what} ${killer ? `by ${killer.suite}: ${killer.name}` : `in ${code}, ${tests.length} tests`} (${seconds} s)`); // prettier-ignore
  }
  const of = killed + survivors.length;
  const dropped = drawn.filter((one) => one.area === name && invalid.has(one.id)).length;
  lines.push(`- ${name}: ${killed} of ${of} killed (${((100 * killed) / of).toFixed(1)} %), of ${existing[name]} mutants there are; seed ${options.seed}${same ? `; ${same} more change nothing that a caller sees` : ""}${dropped ? `; ${dropped} did not compile` : ""}`); // prettier-ignore
  lines.push(...survivors.map((what) => `  - survived: ${what}`));
}
tester.stop();
const figures = lines.join("\n");
console.log(`\n${figures}`);
if (options.report) {
  const page = join(root, "docs/reliability.md");
  const [before, rest] = readFileSync(page, "utf8").split("<!-- mutants -->\n");
  const after = rest.slice(rest.indexOf("<!-- /mutants -->"));
  const date = new Date().toISOString().slice(0, 10);
  // Other areas' figures stay.
  const old = rest.slice(0, rest.indexOf("<!-- /mutants -->")).split(/\n(?=- )/).filter((part) => part.startsWith("- ") && !options.area.some((name) => part.startsWith(`- ${name}:`))); // prettier-ignore
  writeFileSync(page, `${before}<!-- mutants -->\n\n${date}:\n\n${[...old.map((part) => part.trimEnd()), figures].join("\n")}\n\n${after}`); // prettier-ignore
}
process.exit(0);
