// PyTorch's samples and the unit tests in a page of each browser, on the published dist/pushforward.mjs: the same suites with
// the same tolerances as in Node. Each suite has a page of its own; each of its tests counts as one here. Words as arguments
// choose from the suites.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kinds } from "./browsers";
import { type Ended } from "./page/uvu";
import { forPage, SET_UP, standIns, type Suite, suiteNames } from "./suites";
import { type Site, startSite } from "./support";

async function runIn({ open, server }: Site, { name, code }: Suite): Promise<Ended> {
  // Where tests look for the name of their file in a stack, it is there.
  const address = `/suites/${name}`;
  server.put(address, code, { "content-type": "text/javascript" });
  const { page, problems } = await open(`<body>${SET_UP}</body>`);
  try {
    return await page.evaluate(async (suite) => {
      await import(suite);
      return runSuite();
    }, address);
  } catch (error) {
    return { outcomes: [], skipped: 0, errors: [String(error), ...problems] };
  } finally {
    await page.close();
  }
}

const words = process.argv.slice(2);
const modules = await standIns();
const sites: [browser: string, site: Site | undefined][] = [];
for (const kind of kinds) {
  const why = kind.whyNot();
  if (why !== undefined) console.log(`skipped: units in ${kind.name}: ${why}`);
  const site = why === undefined ? await startSite(kind) : undefined;
  modules.forEach((code, address) => site?.server.put(address, code));
  sites.push([kind.name, site]);
}
const rows = suite("units in browsers");

function notInFirefox({ name, needsGc }: Suite): string | undefined {
  if (needsGc) return "gc, which no flag of Firefox gives to pages";
  // The longest ones: half of all the time, and Chromium takes them.
  return name.startsWith("tests/core/") ? "it is about the core, not about what an engine makes of it" : undefined;
}

async function take(made: Suite, browser: string, site: Site | undefined): Promise<void> {
  if (!site) return rows.skip();
  const why = browser === "firefox" && notInFirefox(made);
  if (why) return console.log(`left out: ${made.name} in Firefox: ${why}`);
  const start = performance.now();
  const { outcomes, skipped, errors } = await runIn(site, made);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${browser}: ${made.name}: ${outcomes.length} tests (${seconds} s)`);
  for (const { name, error } of outcomes)
    rows(`${browser}: ${made.name}: ${name}`, () => assert.is(error, undefined, error));
  rows(`${browser}: ${made.name} comes to its end`, () => assert.equal(errors, []));
  for (let i = 0; i < skipped; i++) rows.skip();
}

let [taken, leftOut] = [0, 0];
for (const name of suiteNames()) {
  if (words.length && !words.some((word) => name.includes(word))) continue;
  const made = await forPage(name);
  if ("why" in made) {
    leftOut++;
    console.log(`left out: ${name}: ${made.why}`);
  } else {
    taken++;
    await Promise.all(sites.map(([browser, site]) => take(made, browser, site)));
  }
}
for (const [, site] of sites) await site?.close();
console.log(`${taken} suites in browsers, ${leftOut} in Node only`);
rows.run();
