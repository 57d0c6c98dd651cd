// `npm run conformance [-- --op NAME]… [--update] [--quiet]`: holds dist/ against PyTorch's samples and prints per op what
// holds. With --update it writes down the ops that hold in every case, which the tests then keep. CONFORMANCE_DIR names a folder
// with other samples than those of the repository.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as pf from "pushforward";
import { samplesIn } from "./folder";
import { hold, kinds, type Row } from "./hold";
import { samples } from "./samples";

const { values: options } = parseArgs({
  options: {
    op: { type: "string", multiple: true, default: [] },
    update: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
  },
});
const rows: Row[] = [];
const dir = process.env.CONFORMANCE_DIR;
for (const op of dir ? samplesIn(dir) : samples()) {
  if (options.op.length && !options.op.includes(op.op)) continue;
  const row = hold(pf as unknown as Parameters<typeof hold>[0], op);
  rows.push(row);
  if (options.quiet) continue;
  const cells = kinds.map((kind) => `${kind} ${row.holds[kind].join("/")}`).join("  ");
  console.log(`${op.suite} ${op.op}: ${cells}${row.full < row.cases ? `   ${row.why[0]}` : ""}`);
}
const sum = (f: (row: Row) => number): number => rows.reduce((total, row) => total + f(row), 0);
for (const kind of kinds)
  console.log(`${kind}: ${sum((row) => row.holds[kind][0])} of ${sum((row) => row.holds[kind][1])}`);
const held = rows.filter(({ full, cases }) => full === cases);
console.log(
  `ops that hold in every case: ${held.length} of ${rows.length}; cases that hold: ${sum((row) => row.full)} of ${sum((row) => row.cases)}`,
);
if (options.update) {
  writeFileSync(new URL("held.txt", import.meta.url), held.map(({ suite, op }) => `${suite} ${op}\n`).join(""));
  console.log(`${held.length} ops written to tests/conformance/held.txt`);
}
