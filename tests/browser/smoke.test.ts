// The published files wherever a page can load them, under every policy that a server may send, in both browsers: what is
// computed is what Node computes, there are threads where there may be, and where WebAssembly is forbidden one error says so.
// Words as arguments choose rows.
import { suite } from "uvu";
import { kinds } from "./browsers";
import { smoke } from "./smoke";
import { rows } from "./smoke.rows";
import { withSite } from "./support";

const words = process.argv.slice(2);
for (const kind of kinds) {
  const matrix = suite(`smoke in ${kind.name}`);
  const inBrowser = withSite(matrix, kind);
  for (const given of rows) {
    const row = { ...given, ...(kind.name === "firefox" ? given.inFirefox : {}) };
    const name = `${row.place.name}: ${row.policy}`;
    if (words.every((word) => `${kind.name}: ${name}`.includes(word))) inBrowser(name, (site) => smoke(site, row));
  }
  matrix.run();
}
