// Writes docs/ops.md: runs dist/ at PyTorch's samples of every op (tests/conformance/), and says what holds. Run with `--import tsx`.
import { writeFileSync } from "node:fs";
import * as pf from "pushforward";
import { keyOf } from "../tests/conformance/case.ts";
import { hold } from "../tests/conformance/hold.ts";
import { measure } from "../tests/conformance/measure.ts";
import { samples } from "../tests/conformance/samples.ts";
import { families } from "./ops-page/families.mjs";
import { columns, groupsOf, PAGE, render } from "./ops-page/page.mjs";
import { problemsOf } from "./torch-names/check.mjs";

// Nothing is to depend on chance.
pf.manualSeed(1);
const problems = problemsOf(pf);
if (problems.length > 0) throw new Error(`document-ops: scripts/torch-names/reasons.mjs:\n${problems.join("\n")}`);

/** By key: the counts of each column, and the largest error. */
const found = new Map();
for (const op of samples()) {
  const { holds, why } = hold(pf, op);
  const { vmap, compile, float32, why: others } = measure(pf, op);
  for (const reason of [...why, ...others]) console.log(`${op.suite} ${op.op}: ${reason}`);
  const sums = found.get(keyOf(op.op)) ?? { counts: {}, float32: null };
  for (const [column, [pass, of]] of Object.entries({ ...holds, vmap, compile })) {
    const [passed, all] = sums.counts[column] ?? [0, 0];
    sums.counts[column] = [passed + pass, all + of];
  }
  if (float32 !== null) sums.float32 = Math.max(sums.float32 ?? 0, float32);
  found.set(keyOf(op.op), sums);
}

/** Those of an op and its aliases, which are the same function, together. */
function statusOf(keys) {
  const all = keys.flatMap((key) => found.get(key) ?? []);
  const errors = all.flatMap(({ float32 }) => float32 ?? []);
  const cell = (column) => {
    const [pass, of] = all.reduce(([p, n], { counts }) => [p + counts[column][0], n + counts[column][1]], [0, 0]);
    return of === 0 ? "–" : pass === of ? "✓" : pass === 0 ? "no" : `${pass}/${of}`;
  };
  const float32 = errors.length === 0 ? "–" : rounded(Math.max(...errors));
  return Object.fromEntries(columns.map((column) => [column, column === "float32" ? float32 : cell(column)]));
}
/** To the next power of ten, so that the page is the same wherever it is made. */
const rounded = (error) => (error === 0 ? "0" : `1e${Math.ceil(Math.log10(error))}`);

const statuses = new Map(
  families.flatMap(({ signatures }) =>
    groupsOf(signatures).map(([key, aliases]) => [key, statusOf([key, ...aliases])]),
  ),
);
writeFileSync(PAGE, await render(pf, statuses));
