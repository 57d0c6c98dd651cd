// The bench works: a run in its quick mode without peers, and the making of its tables from results that are made up.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../", import.meta.url));
/** The bench is plain JavaScript, without types. */
const load = async (file: string): Promise<any> => await import(`${root}bench/${file}`);
const bench = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, ["bench/run.mjs", ...args], { cwd: root, encoding: "utf8" });

test("a quick run: table and JSON", () => {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  const [json, markdown] = [join(directory, "a", "results.json"), join(directory, "table.md")];
  try {
    const { status, stdout, stderr } = bench(
      ...["seed-small", "jacobian", "--quick", "--peers", "none", "--json", json, "--markdown", markdown],
    );
    assert.is(status, 0, stderr);
    const report = JSON.parse(readFileSync(json, "utf8")) as any;
    assert.ok(Math.abs(Date.parse(report.date as string) - Date.now()) < 3_600_000);
    for (const key of ["cpu", "cores", "os", "node"]) assert.ok(report.machine[key], key);
    assert.equal(report.workloads.map(({ name, ask }: any) => [name, ask]), [["seed-small", "jvp"], ["jacobian", "jacobian"]]); // prettier-ignore
    assert.equal(report.runs.map(({ peer, threads }: any) => [peer, threads]), [["pushforward", 1], ["pushforward", 2]]); // prettier-ignore
    for (const { versions, results } of report.runs) {
      assert.is(versions.node, process.version);
      assert.equal(Object.keys(results as object), ["seed-small", "jacobian"]);
      for (const [name, count] of [
        ["seed-small", 4],
        ["jacobian", 64 * 64],
      ] as const) {
        // prettier-ignore
        assert.equal(Object.keys(results[name] as object), ["afresh", "compiled"]);
        for (const { ms, min, calls, first, checksum } of Object.values<any>(results[name])) {
          for (const value of [ms, min, calls, first, checksum.absolute]) assert.ok(value > 0 && value < Infinity);
          assert.is(checksum.count, count);
        }
      }
    }
    assert.is(stdout, readFileSync(markdown, "utf8"));
    assert.match(stdout, /^Measured on \d{4}-\d\d-\d\d: .*, \d+ cores, .*, Node \d+\.\d+\.\d+; pushforward \d/);
    assert.match(stdout, /^\*\*1 thread\*\*$/m);
    assert.match(stdout, /^\*\*2 threads\*\*$/m);
    assert.match(stdout, /^\| workload \| traced afresh \| compiled \|$/m);
    assert.match(stdout, /^\| seed-small \| \d+\.\d+ \| \d+\.\d+ \|$/m);
    // The same tables again, from the file.
    assert.is(bench("--from", json).stdout, stdout);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a profile of a workload", () => {
  const { status, stdout, stderr } = bench("matmul512", "--profile", "--quick");
  assert.is(status, 0, stderr);
  assert.match(stdout, /^matmul512, traced afresh: A·B, 512×512$/m);
  assert.match(stdout, /^matmul512, compiled: /m);
  assert.is(stdout.match(/ matmul \[512, 512\]·\[512, 512\]$/gm)?.length, 2);
});

const refused: [what: string, args: string[], message: RegExp][] = [
  ["an unknown workload", ["seed-tiny"], /^bench: no workload has seed-tiny in its name: seed-small, /],
  ["an unknown peer", ["--peers", "numpy"], /^bench: --peers: numpy is none of none, all, torch/],
  ["half a thread", ["--threads", "0.5"], /^bench: --threads: expected positive integers/],
  ["a library that is not there", ["--lib", "dist/none.mjs"], /^bench: there is no dist\/none\.mjs/],
  ["an unknown option", ["--fast"], /^bench: Unknown option '--fast'/],
];
for (const [what, args, message] of refused)
  test(`refuses ${what}`, () => {
    const { status, stderr } = bench(...args);
    assert.is(status, 2);
    assert.match(stderr, message);
  });

// A report as measured, but with numbers that the table can be checked against.
const sum = { count: 3, absolute: 10, weighted: 2 };
const result = (ms: number, checksum = sum): object => ({ ms, min: ms, calls: 1, first: ms, checksum });
const reportWith = (results: object, others: object[]): object => ({
  date: "2026-01-02T03:04:05Z",
  machine: { cpu: "CPU", cores: 2, os: "Linux 1 x64", node: "v20.0.0" },
  quick: false,
  workloads: [
    { name: "one", dtype: "float32", reference: true },
    { name: "two", dtype: "float64", reference: true },
    { name: "three", dtype: "float32", reference: false },
  ],
  runs: [
    { peer: "pushforward", label: "pushforward", threads: 1, versions: { version: "1.0", simd: "simd128", node: "v22.1.0" }, results },
    ...others,
  ], // prettier-ignore
});
const torchWith = (results: object): object => ({ peer: "torch", label: "PyTorch", threads: 1, versions: { version: "1.13" }, results }); // prettier-ignore

test("the table: ratios of the faster mode, means, and – where there is no result", async () => {
  const { markdownOf, wrongResults } = await load("report.mjs");
  const report = reportWith(
    {
      one: { afresh: result(2), compiled: result(1) },
      two: { afresh: result(4), compiled: { error: "no" } },
      three: { afresh: { error: "no" }, compiled: { error: "no" } },
    },
    [
      torchWith({ one: { eager: result(4) }, two: { eager: result(4) }, three: { eager: result(123.4) } }),
      { peer: "jax-js", label: "jax-js", threads: 1, versions: { version: "0.1", backend: "wasm" }, results: { one: { eager: result(8), jit: result(6) } } },
    ],
  ); // prettier-ignore
  const lines = (markdownOf(report) as string).split("\n");
  assert.is(
    lines[0],
    "Measured on 2026-01-02: CPU, 2 cores, Linux 1 x64, Node 22.1.0; pushforward 1.0 (simd128), PyTorch 1.13, jax-js 0.1 (wasm).",
  );
  assert.equal(lines.slice(5), [
    "| workload | traced afresh | compiled | PyTorch | PyTorch ÷ ours | jax-js | fastest JS ÷ ours |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    "| one | 2.00 | 1.00 | 4.00 | 4.00 | 6.00 | 6.00 |",
    "| two | 4.00 | – | 4.00 | 1.00 | – | – |",
    "| three | – | – | 123 | – | – | – |",
    "| geometric mean of the reference workloads |  |  |  | 2.00 |  | 6.00 |",
    "| geometric mean of all |  |  |  | 2.00 |  | 6.00 |",
  ]);
  assert.equal(wrongResults(report), []);
});

test("linear algebra has a table of its own, with rates beside that of a matrix product", async () => {
  const { markdownOf } = await load("report.mjs");
  const report: any = reportWith(
    { one: { afresh: result(2) }, gemm: { afresh: result(4), compiled: result(2) }, factor: { compiled: result(1) } },
    [torchWith({ one: { eager: result(4) }, factor: { eager: result(3) } })],
  );
  const section = "Linear algebra";
  const workloads = [
    report.workloads[0],
    { name: "gemm", dtype: "float32", reference: false, section, flops: 1000 },
    { name: "factor", dtype: "float32", reference: false, section, flops: 300, gemm: "gemm" },
  ];
  const lines = (markdownOf({ ...report, workloads }) as string).split("\n");
  const at = lines.indexOf("**Linear algebra, 1 thread**");
  assert.equal(lines.slice(at - 4, at + 7), [
    "| one | 2.00 | – | 4.00 | 2.00 |",
    "| geometric mean of the reference workloads |  |  |  | 2.00 |",
    "| geometric mean of all |  |  |  | 2.00 |",
    "",
    "**Linear algebra, 1 thread**",
    "",
    "| workload | traced afresh | compiled | PyTorch | PyTorch ÷ ours | of our matmul's rate |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    "| gemm | 4.00 | 2.00 | – | – | – |",
    "| factor | – | 1.00 | 3.00 | 3.00 | 0.60 |",
    "| geometric mean of all |  |  |  | 3.00 |  |",
  ]);
});

test("factorisations are held against others by what is no choice of theirs", () => {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  const json = join(directory, "results.json");
  const names = ["qr-1000x4x4-f64", "svd-1000x4x4-f64", "inv-1000x4x4-f64"];
  try {
    const { status, stderr } = bench(...names, "--quick", "--peers", "none", "--threads", "1", "--json", json);
    assert.is(status, 0, stderr);
    const { results } = (JSON.parse(readFileSync(json, "utf8")) as any).runs[0];
    // |R| and Q·R; singular values and U·S·Vᵀ; A·A⁻¹, a thousand identities.
    for (const [i, count] of [32_000, 20_000, 16_000].entries()) {
      assert.is(results[names[i]!].compiled.checksum.count, count);
    }
    assert.ok(Math.abs(results[names[2]!].compiled.checksum.absolute - 4000) < 1e-6);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("the table of the least times, of a busy machine", async () => {
  const { markdownOf } = await load("report.mjs");
  const measured: any = reportWith({ one: { afresh: { ...result(3), min: 2 }, compiled: { error: "no" } } }, []);
  const lines = (markdownOf({ ...measured, machine: { ...measured.machine, load: 1.25 } }, { min: true }) as string).split("\n"); // prettier-ignore
  assert.match(lines[0], /; pushforward 1\.0 \(simd128\)\. The machine was busy \(load 1\.3\)\.$/);
  assert.match(lines[1], /^Milliseconds a call \(least\)\./);
  assert.ok(lines.includes("| one | 2.00 | – |"));
  assert.ok((markdownOf(measured) as string).includes("| one | 3.00 | – |"));
});

const off: [what: string, checksum: typeof sum, wrong: boolean][] = [
  ["rounding", { ...sum, absolute: 10.001 }, false],
  ["another sum", { ...sum, absolute: 10.1 }, true],
  ["another sign or order", { ...sum, weighted: -2 }, true],
  ["another number of elements", { ...sum, count: 4 }, true],
  ["no number", { ...sum, absolute: NaN }, true],
];
for (const [what, checksum, wrong] of off)
  test(`checksums are held against PyTorch's: ${what}`, async () => {
    const { markdownOf, wrongResults } = await load("report.mjs");
    const report = reportWith({ one: { afresh: result(2, checksum), compiled: result(3) } }, [
      torchWith({ one: { eager: result(4) } }),
    ]);
    assert.equal(
      wrongResults(report).map(({ label, name, mode }: any) => [label, name, mode]),
      wrong ? [["pushforward", "one", "afresh"]] : [],
    );
    assert.is((markdownOf(report) as string).includes("| 2.00 WRONG |"), wrong);
  });

test("a table goes between its markers, and nowhere without them", async () => {
  const { replaceBetween } = await load("../scripts/lib.mjs");
  const page = "a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb\n";
  const replaced = "a\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\nb\n";
  assert.is(replaceBetween(page, "bench", "new"), replaced);
  assert.is(replaceBetween(replaced, "bench", "new"), replaced);
  assert.throws(() => replaceBetween("a", "bench", "new"), /<!-- bench:begin --> and <!-- bench:end --> are missing/);
});

test("a process that crashes, or falls silent, costs its workload and not the others", async () => {
  const { runPeer } = await load("child.mjs");
  const script = `
    let text = ""; process.stdin.on("data", (c) => (text += c)).on("end", () => {
      for (const { workload: { name }, mode } of JSON.parse(text).tasks) {
        if (name === "crash") { console.error("boom"); process.exit(3); }
        if (name === "hang") { setInterval(() => {}, 1e6); return; }
        console.log("hello"); console.log(JSON.stringify({ name, mode, ms: 1 }));
      }
    });`;
  const run = { command: [process.execPath, "-e", script], threads: 1, extra: {} };
  const tasks = ["a", "crash", "b", "hang", "c"].map((name) => ({ workload: { name }, mode: "m" }));
  const { results } = await runPeer(run, tasks, { budget: 1, patience: 5000, onResult: () => {} });
  assert.equal(results, {
    a: { m: { ms: 1 } },
    crash: { m: { error: "ended with 3: boom" } },
    b: { m: { ms: 1 } },
    hang: { m: { error: "no answer within 5 s" } },
    c: { m: { ms: 1 } },
  });
});

test("the numbers that go in are those of their description", async () => {
  const { elementsOf, indices, oneHot, ones, positive, symmetric, uniform } = await load("tensors.mjs");
  assert.equal([...elementsOf(oneHot(3, 2), "float32")], [1, 0, 0, 1, 1, 0]);
  assert.equal(elementsOf(ones([2]), "float64"), new Float64Array([1, 1]));
  const x = elementsOf(uniform([4, 2500], 7), "float64") as Float64Array;
  assert.is(x.length, 10_000);
  assert.ok(x.every((v) => v >= -1 && v < 1 && v * 2 ** 23 === Math.round(v * 2 ** 23)));
  assert.ok(Math.abs(x.reduce((a, b) => a + b) / x.length) < 0.03);
  assert.equal(
    [...elementsOf(positive([100], 7), "float32")],
    [...x.slice(0, 100)].map((v) => Number(v > 0)),
  );
  const [a, u] = [symmetric([2, 3, 3], 7, 5), uniform([2, 3, 3], 7)].map((spec) => elementsOf(spec, "float64") as Float64Array); // prettier-ignore
  assert.is(a![9 + 3 * 1 + 2], (u![9 + 3 * 1 + 2]! + u![9 + 3 * 2 + 1]!) / 2);
  assert.is(a![9 + 3 * 2 + 1], a![9 + 3 * 1 + 2]);
  assert.is(a![9 + 3 * 2 + 2], u![9 + 3 * 2 + 2]! + 5);
  const at = elementsOf(indices([10_000], 7, 5), "float32") as Int32Array;
  assert.equal([...new Set(at)].sort(), [0, 1, 2, 3, 4]);
});

test("what is not installed is left out, with a word", async () => {
  const { runsOf } = await load("peers/index.mjs");
  const noted: string[] = [];
  const options = { peers: ["torch"], threads: [1, 4], lib: "x.mjs", node: "node", python: "/nowhere/python3" };
  const runs = runsOf(options, (text: string) => noted.push(text));
  assert.equal(runs.map(({ peer, threads }: any) => [peer, threads]), [["pushforward", 1], ["pushforward", 4]]); // prettier-ignore
  assert.is(noted.length, 1);
  assert.match(noted[0], /^PyTorch is left out: \/nowhere\/python3 has none/);
});

test.run();
