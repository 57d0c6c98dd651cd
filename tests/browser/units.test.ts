// PyTorch's samples and the unit tests in pages of Chromium and Firefox, on the published dist/pushforward.mjs: the same suites with
// the same tolerances as in Node, bundled once for both. Each suite has a document of its own; each of its tests counts as one here. Words as
// arguments choose from the suites and the browsers.
import { suite, type Test } from "uvu";
import * as assert from "uvu/assert";
import { chromium, firefox, type Kind } from "./browsers";
import { type Ended } from "./page/uvu";
import { forPage, type LeftOut, SET_UP, standIns, type Suite, suiteNames } from "./suites";
import { type Site, startSite } from "./support";

async function runIn({ open, server }: Site, { name, code }: Suite): Promise<Ended> {
  // Where tests look for the name of their file in a stack, it is there.
  const address = `/suites/${name}`;
  server.put(address, code, { "content-type": "text/javascript" });
  const { page, problems, leave } = await open(`<body>${SET_UP}</body>`);
  try {
    const ended = await page.evaluate(async (suite) => {
      await import(suite);
      return runSuite();
    }, address);
    await leave(true);
    return ended;
  } catch (error) {
    // Whatever it is that it does, no other suite meets it.
    await page.close();
    return { outcomes: [], skipped: 0, errors: [String(error), ...problems] };
  }
}

/** Why a suite is left out in a browser, or undefined. */
function whyNotIn(kind: Kind, suite: Suite | LeftOut): string | undefined {
  if ("why" in suite) return suite.why;
  if (kind === chromium) return undefined;
  if (suite.needsGc) return "gc, which no flag of Firefox gives to pages";
  // The longest ones: half of all the time, and Chromium takes them.
  return suite.name.startsWith("tests/core/")
    ? "it is about the core, not about what an engine makes of it"
    : undefined;
}

const isChosen = (name: string, words: readonly string[]): boolean =>
  words.length === 0 || words.some((word) => name.includes(word));
const kinds = [chromium, firefox];
const words = process.argv.slice(2).filter((word) => !kinds.some(({ name }) => name === word));
const browsers = process.argv.slice(2).filter((word) => !words.includes(word));
const names = suiteNames().filter((name) => isChosen(name, words));
const made = new Map<string, Promise<Suite | LeftOut>>();
let last: Promise<unknown> = Promise.resolve();
/** The suite for pages, made when a browser asks for it first, one after the other: each leaves the next one what it has parsed. */
function madeOf(name: string): Promise<Suite | LeftOut> {
  if (!made.has(name)) made.set(name, (last = last.then(() => forPage(name))) as Promise<Suite | LeftOut>);
  return made.get(name)!;
}

/** Runs every suite that can run there, and hands its outcomes to uvu. */
async function runUnits(kind: Kind, rows: Test): Promise<void> {
  const why = kind.whyNot();
  if (why !== undefined) {
    console.log(`skipped: units in ${kind.name}: ${why}`);
    return rows.skip();
  }
  const site = await startSite(kind);
  for (const [address, code] of await texts) site.server.put(address, code);
  for (const name of names) {
    const suite = await madeOf(name);
    const why = whyNotIn(kind, suite);
    if (why !== undefined || "why" in suite) {
      console.log(`left out: in ${kind.name} ${name}: ${why}`);
      continue;
    }
    const start = performance.now();
    const { outcomes, skipped, errors } = await runIn(site, suite);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${kind.name}: ${name}: ${outcomes.length} tests (${seconds} s)`);
    for (const outcome of outcomes)
      rows(`${name}: ${outcome.name}`, () => assert.is(outcome.error, undefined, outcome.error));
    rows(`${name} comes to its end`, () => assert.equal(errors, []));
    for (let i = 0; i < skipped; i++) rows.skip();
  }
  await site.close();
}

const texts = standIns();
const chosen = kinds.filter(({ name }) => isChosen(name, browsers));
const rows = chosen.map(({ name }) => suite(`units in ${name}`));
await Promise.all(chosen.map((kind, i) => runUnits(kind, rows[i]!)));
for (const each of rows) each.run();
