// Worker threads in a real Chromium: a cross-origin isolated page has them, any other computes on one thread.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withSite } from "./support";

const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const SCRIPT = `<script src="/dist/pushforward.min.js"></script>`;
const IMPORT = `import * as pushforward from "/dist/pushforward.mjs";`;
/** What a page finds: threads before and after `ready`, whether results hold while memory grows, threads after a change. */
const FIND = `
globalThis.result = (async () => {
  const pf = pushforward;
  const found = { isolated: crossOriginIsolated, before: pf.backend.threads };
  pf.configure({ threads: 3 });
  await pf.ready;
  found.ready = pf.backend.threads;
  found.holds = true;
  const kept = [];
  for (let i = 0; i < 40; i++) {
    const x = pf.nn.functional.pad(pf.ones([1]), [0, 1_000_000 + i], "constant", 7);
    kept.push(x);
    const values = x.data();
    for (let j = 1; j < values.length; j += 997) found.holds &&= values[j] === 7;
    found.holds &&= values.buffer instanceof ArrayBuffer;
  }
  found.sum = pf.ones([1000, 1000]).sum().item();
  pf.configure({ threads: 1 });
  for (let i = 0; i < 1000 && pf.backend.threads > 1; i++) await new Promise((resume) => setTimeout(resume, 5));
  found.after = pf.backend.threads;
  return found;
})();`;

const alone = { before: 1, ready: 1, holds: true, sum: 1e6, after: 1 };
const pages: [name: string, html: string, headers: Record<string, string>, found: object, problem?: RegExp][] = [
  ["an isolated page, classic script", `${SCRIPT}<script>${FIND}</script>`, ISOLATED, { isolated: true, ...alone, ready: 3 }],
  ["an isolated page, module", `<script type="module">${IMPORT}${FIND}</script>`, ISOLATED, { isolated: true, ...alone, ready: 3 }],
  ["a plain page, classic script", `${SCRIPT}<script>${FIND}</script>`, {}, { isolated: false, ...alone }],
  ["a plain page, module", `<script type="module">${IMPORT}${FIND}</script>`, {}, { isolated: false, ...alone }],
  [
    "an isolated page whose policy forbids workers",
    `${SCRIPT}<script>${FIND}</script>`,
    { ...ISOLATED, "content-security-policy": "worker-src 'none'" },
    { isolated: true, ...alone },
    // The browser itself tells of what its policy has kept from happening.
    /Content Security Policy/,
  ],
]; // prettier-ignore

const browser = suite("threads in the browser");
const inBrowser = withSite(browser);

for (const [name, html, headers, found, problem] of pages) {
  inBrowser(name, async (site) => {
    const { page, problems } = await site.open(html, headers);
    const result: unknown = await page.evaluate(() => (globalThis as { result?: unknown }).result);
    assert.equal(result, found);
    assert.equal(problem ? problems.filter((each) => !problem.test(each)) : problems, []);
  });
}

browser.run();
