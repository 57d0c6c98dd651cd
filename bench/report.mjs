// From results to tables. A report is what --json writes: { date, machine, quick, workloads, runs }, where a run has peer, label, threads,
// versions, and results by workload and mode.
import { agrees } from "./checksum.mjs";

/** The fastest mode of a workload in a run, or undefined where none worked. */
function best(run, name) {
  const modes = Object.values(run?.results[name] ?? {}).filter(({ ms }) => ms !== undefined);
  return modes.length ? modes.reduce((a, b) => (b.ms < a.ms ? b : a)) : undefined;
}
const runOf = (report, peer, threads = 1) => report.runs.find((run) => run.peer === peer && run.threads === threads);

/** What the checksums of a workload are held against: PyTorch's, else the first that there is. */
function wantedChecksum(report, name) {
  const order = [...report.runs].sort((a, b) => (b.peer === "torch") - (a.peer === "torch"));
  return order.map((run) => best(run, name)?.checksum).find(Boolean);
}
/** Every result whose checksum is wrong: { label, threads, name, mode, found, wanted }. */
export function wrongResults(report) {
  return report.workloads.flatMap(({ name, dtype }) => {
    const wanted = wantedChecksum(report, name);
    return report.runs.flatMap(({ label, threads, results }) =>
      Object.entries(results[name] ?? {})
        .filter(([, { checksum }]) => checksum && !agrees(checksum, wanted, dtype))
        .map(([mode, { checksum }]) => ({ label, threads, name, mode, found: checksum, wanted })),
    );
  });
}

const geometricMean = (ratios) => Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
const milliseconds = (ms) => (ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms >= 1 ? ms.toFixed(2) : ms.toFixed(4)); // prettier-ignore

const MISSING = "–";

/** The columns of a table: heading, and a cell's text by workload name. */
function tableOf(report, workloads, threads) {
  const own = runOf(report, "pushforward", threads);
  const torch = runOf(report, "torch", threads);
  const scripts = threads === 1 ? ["jax-js", "tfjs"].map((peer) => runOf(report, peer)).filter(Boolean) : [];
  const single = threads === 1 ? undefined : runOf(report, "pushforward");
  const wrong = new Set(wrongResults(report).map(({ label, threads, name, mode }) => [label, threads, name, mode].join())); // prettier-ignore

  const time = (run, modes) => (name) => {
    const found = Object.entries(run.results[name] ?? {}).filter(([mode, { ms }]) => ms && (modes ?? [mode]).includes(mode)); // prettier-ignore
    if (!found.length) return MISSING;
    const [mode, { ms }] = found.reduce((a, b) => (b[1].ms < a[1].ms ? b : a));
    return milliseconds(ms) + (wrong.has([run.label, run.threads, name, mode].join()) ? " WRONG" : "");
  };
  const ratio = (others, ours) => (name) => {
    const times = others.map((run) => best(run, name)?.ms).filter(Boolean);
    const mine = best(ours, name)?.ms;
    return times.length && mine ? Math.min(...times) / mine : undefined;
  };
  const columns = [
    { heading: "traced afresh", cell: time(own, ["afresh"]) },
    { heading: "compiled", cell: time(own, ["compiled"]) },
  ];
  if (torch) columns.push({ heading: "PyTorch", cell: time(torch) }, { heading: "PyTorch ÷ ours", ratio: ratio([torch], own) }); // prettier-ignore
  for (const run of scripts) columns.push({ heading: run.label, cell: time(run) });
  if (scripts.length) columns.push({ heading: "fastest JS ÷ ours", ratio: ratio(scripts, own) });
  if (single) columns.push({ heading: "1 thread ÷ ours", ratio: ratio([single], own) });
  if (workloads.some(({ gemm }) => gemm)) {
    const rate = (workload) => workload && workload.flops / best(own, workload.name)?.ms;
    const byName = (name) => report.workloads.find((workload) => workload.name === name);
    const share = (name) => rate(byName(name)) / rate(byName(byName(name).gemm));
    columns.push({ heading: "of our matmul's rate", cell: (name) => share(name) ? share(name).toFixed(2) : MISSING }); // prettier-ignore
  }
  return columns;
}

/** A table in Markdown, and below it the geometric means of its ratios. */
function tableText(report, workloads, threads) {
  const columns = tableOf(report, workloads, threads);
  const row = (cells) => `| ${cells.join(" | ")} |`;
  const cell = (column, name) => column.cell?.(name) ?? column.ratio(name)?.toFixed(2) ?? MISSING;
  const lines = [
    row(["workload", ...columns.map(({ heading }) => heading)]),
    row(["---", ...columns.map(() => "---:")]),
    ...workloads.map(({ name }) => row([name, ...columns.map((column) => cell(column, name))])),
  ];
  const means = [
    ["geometric mean of the reference workloads", workloads.filter(({ reference }) => reference)],
    ["geometric mean of all", workloads],
  ].filter(([, measured]) => measured.length);
  for (const [label, measured] of means) {
    const cells = columns.map(({ ratio }) => {
      const ratios = ratio ? measured.map(({ name }) => ratio(name)).filter(Boolean) : [];
      return ratios.length ? geometricMean(ratios).toFixed(2) : "";
    });
    if (cells.some(Boolean)) lines.push(row([label, ...cells]));
  }
  return lines.join("\n");
}

/** Load above which others had a part in the times, per core. */
const BUSY = 0.5;

/** When, where and with what it was measured. */
function circumstances({ date, machine, runs, quick }, statistic) {
  const versions = runs
    .filter(({ peer }, i) => runs.findIndex((run) => run.peer === peer) === i)
    .map(({ label, versions: { version, backend, simd } }) =>
      [label, version, backend && `(${backend})`, simd && `(${simd})`].filter(Boolean).join(" "),
    );
  const node = runs.find(({ peer }) => peer === "pushforward")?.versions.node ?? machine.node;
  const load = machine.load > BUSY * machine.cores ? ` The machine was busy (load ${machine.load.toFixed(1)}).` : "";
  return [
    `Measured on ${date.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${node.replace(/^v/, "")}; ${versions.join(", ")}.${load}`,
    `Milliseconds a call (${statistic}). Ratios take the faster of ours, traced afresh or compiled; above 1 ours is the fastest.${quick ? " A quick run: the times mean little." : ""}`,
  ].join("\n");
}

// The report with the least times in place of the medians.
function withLeast(report) {
  const least = ({ min, ...result }) => ({ ...result, ...(min !== undefined && { min, ms: min }) });
  const mapValues = (object, map) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
  const runs = report.runs.map((run) => ({
    ...run,
    results: mapValues(run.results, (modes) => mapValues(modes, least)),
  }));
  return { ...report, runs };
}

/** The whole report in Markdown: a table for each number of threads. `min`: of the least times, not the medians. */
export function markdownOf(measured, { min = false } = {}) {
  const report = min ? withLeast(measured) : measured;
  const counts = report.runs.filter(({ peer }) => peer === "pushforward").map(({ threads }) => threads);
  const sections = [...new Set(report.workloads.map(({ section }) => section))];
  const tables = sections.flatMap((section) => {
    const workloads = report.workloads.filter((workload) => workload.section === section);
    return counts.flatMap((count) => {
      const threads = `${count} thread${count > 1 ? "s" : ""}`;
      return [`**${section ? `${section}, ` : ""}${threads}**`, tableText(report, workloads, count)];
    });
  });
  return [circumstances(report, min ? "least" : "median"), ...tables].join("\n\n");
}
