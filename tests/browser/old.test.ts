// The last Chromium whose pages compile no more than 4 KB of WebAssembly synchronously, and the first whose pages compile all of it.
import { suite } from "uvu";
import { oldChromium } from "./old/chromium";
import { smoke } from "./smoke";
import { rowsOfOld } from "./smoke.rows";
import { withSite } from "./support";

const words = process.argv.slice(2);
for (const [version, rows] of Object.entries(rowsOfOld)) {
  const matrix = suite(`smoke in Chromium ${version}`);
  const inBrowser = withSite(matrix, oldChromium(Number(version)));
  for (const row of rows) {
    const name = `${row.place.name}: ${row.policy}`;
    if (words.every((word) => `${version}: ${name}`.includes(word))) inBrowser(name, (site) => smoke(site, row));
  }
  matrix.run();
}
