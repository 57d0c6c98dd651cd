// PyTorch's samples and the unit tests in pages of a browser, on the published dist/pushforward.mjs: the same suites with
// the same tolerances as in Node. Each suite has a page of its own; each of its tests counts as one here. Words as arguments
// choose from the suites.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { firefox, type Kind } from "./browsers";
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

/** Why a suite that runs in Chromium is left out in Firefox, or undefined. */
function whyNotInFirefox({ name, needsGc }: Suite): string | undefined {
  if (needsGc) return "gc, which no flag of Firefox gives to pages";
  // The longest ones: half of all the time, and Chromium takes them.
  return name.startsWith("tests/core/") ? "it is about the core, not about what an engine makes of it" : undefined;
}

/** Runs every suite that can run there, and hands its outcomes to uvu. */
export async function runUnits(kind: Kind): Promise<void> {
  const why = kind.whyNot();
  const rows = suite(`units in ${kind.name}`);
  if (why !== undefined) {
    console.log(`skipped: units in ${kind.name}: ${why}`);
    rows.skip();
    return rows.run();
  }
  const words = process.argv.slice(2);
  const site = await startSite(kind);
  for (const [address, code] of await standIns()) site.server.put(address, code);
  let [taken, leftOut] = [0, 0];
  for (const name of suiteNames()) {
    if (words.length && !words.some((word) => name.includes(word))) continue;
    const made = await forPage(name);
    const why = "why" in made ? made.why : kind === firefox ? whyNotInFirefox(made) : undefined;
    if (why !== undefined || "why" in made) {
      leftOut++;
      console.log(`left out: ${name}: ${why}`);
      continue;
    }
    taken++;
    const start = performance.now();
    const { outcomes, skipped, errors } = await runIn(site, made);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${name}: ${outcomes.length} tests (${seconds} s)`);
    for (const outcome of outcomes)
      rows(`${name}: ${outcome.name}`, () => assert.is(outcome.error, undefined, outcome.error));
    rows(`${name} comes to its end`, () => assert.equal(errors, []));
    for (let i = 0; i < skipped; i++) rows.skip();
  }
  await site.close();
  console.log(`${taken} suites in ${kind.name}, ${leftOut} in Node only`);
  rows.run();
}
