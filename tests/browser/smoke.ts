// The published files wherever a page can load them, under every policy that a server may send: what is computed is what Node
// computes, there are threads where there may be, and where WebAssembly is forbidden one error says so. Words as arguments
// choose rows.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as pf from "pushforward";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { firefox, type Kind } from "./browsers";
import { type Found, program, type Refused, use } from "./smoke.places";
import { type Expected, type Row } from "./smoke.rows";
import { type Opened, type Site, withSite } from "./support";

const root = fileURLToPath(new URL("../../", import.meta.url));
const HEAD = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

/** The row's files: text, but what is named by a path of the repository is that file. */
function filesOf({ place, configuration = {} }: Row, dist: string): [name: string, body: string | Uint8Array][] {
  return Object.entries({ "use.js": use(configuration), ...place.files(dist) }).map(([name, body]) => {
    if (name.endsWith(".bin")) return [name, readFileSync(join(root, body))];
    if (name.endsWith(".html")) return [name, HEAD + body.replaceAll("<script ", '<script nonce="n0nce" ')];
    return [name, body];
  });
}

async function found(row: Row, { page, problems, leave }: Opened): Promise<Found | Refused> {
  try {
    const result = await page.evaluate(async () => {
      try {
        return await (globalThis as { result?: Promise<Found | Refused> }).result;
      } catch (error) {
        return { refused: String(error) };
      }
    });
    // The browser has to say why, and no more than that.
    assert.equal(row.problem ? problems.filter((each) => !row.problem!.test(each)) : problems, []);
    return result ?? { refused: "" };
  } finally {
    await leave();
  }
}

let count = 0;
async function openFromSite({ server, visit }: Site, row: Row): Promise<Found | Refused> {
  const folder = `/smoke-${count++}/`;
  const dist = row.from === "other origin" ? `${server.otherOrigin}/cdn/` : row.from === "cdn" ? "/cdn/" : "/dist/";
  for (const [name, body] of filesOf(row, dist)) server.put(folder + name, body, row.headers);
  return found(row, await visit(`${server.origin}${folder}index.html`));
}
async function openFromDisk({ visit }: Site, row: Row): Promise<Found | Refused> {
  const folder = mkdtempSync(join(tmpdir(), "pushforward-"));
  try {
    for (const [name, body] of filesOf(row, pathToFileURL(join(root, "dist/")).href))
      writeFileSync(join(folder, name), body);
    return await found(row, await visit(pathToFileURL(join(folder, "index.html")).href));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function check(result: Found | Refused, expected: Expected): void {
  if ("refused" in expected) {
    assert.match(JSON.stringify(result), "refused");
    assert.match((result as Refused).refused, expected.refused);
  } else if ("error" in expected) {
    const { error, again = error?.message } = result as Found;
    assert.ok(error, JSON.stringify(result));
    assert.equal([error.isOwn, error.name], [true, expected.name ?? "PushforwardError"], error.message);
    assert.match(error.message, expected.error);
    // What has failed once fails the next time for the same reason.
    assert.is(again, error.message);
  } else {
    assert.equal(result, { ...program(pf), ...expected, sum: 3e6 });
  }
}

/** A test for each row. */
export function runSmoke(kind: Kind, rows: readonly Row[]): void {
  const matrix = suite(`smoke in ${kind.name}`);
  const inBrowser = withSite(matrix, kind);
  const words = process.argv.slice(2);
  for (const given of rows) {
    const row = { ...given, ...(kind === firefox ? given.inFirefox : {}) };
    const name = `${row.place.name}: ${row.policy}`;
    if (!words.every((word) => `${kind.name}: ${name}`.includes(word))) continue;
    inBrowser(name, async (site) =>
      check(await (row.from === "disk" ? openFromDisk : openFromSite)(site, row), row.expected),
    );
  }
  matrix.run();
}
