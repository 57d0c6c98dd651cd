// Loops in a real Chromium that free nothing by themselves: in a page and in a worker, by timers and by messages, they live under
// a limit, since the library asks for collections. Long runs with large JavaScript heaps: scripts/memory.mjs.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withSite } from "./support";

/** A megabyte of garbage and more in each of 250 turns, under a limit of 128 MiB. */
const PROGRAM = `async function program(pf, turnsBy) {
  pf.configure({ maxMemoryBytes: 128 * 2 ** 20 });
  const { port1, port2 } = new MessageChannel();
  const turn = () =>
    new Promise((resume) => {
      if (turnsBy === "timers") return setTimeout(resume, 0);
      port1.onmessage = resume;
      port2.postMessage(0);
    });
  const x = pf.randn([1000, 250], { requiresGrad: true });
  try {
    for (let i = 0; i < 250; i++) {
      x.grad = null;
      x.mul(2).square().sum().backward();
      x.grad.data();
      await turn();
    }
    return "lives";
  } catch (error) {
    return String(error);
  }
}`;
const LOAD = `import * as pf from "/dist/pushforward.mjs"; ${PROGRAM}`;
const inPage = (turnsBy: string): string =>
  `<script type="module">${LOAD} globalThis.result = program(pf, "${turnsBy}");</script>`;
const inWorker = (turnsBy: string): string => `<script type="module">
  const text = ${JSON.stringify(LOAD)}.replace("/dist", location.origin + "/dist");
  const run = text + 'program(pf, "${turnsBy}").then(postMessage);';
  const worker = new Worker(URL.createObjectURL(new Blob([run], { type: "text/javascript" })), { type: "module" });
  globalThis.result = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
</script>`;

const browser = suite("memory in the browser");
const inBrowser = withSite(browser);
for (const turnsBy of ["timers", "messages"]) {
  for (const [place, html] of [
    ["page", inPage(turnsBy)],
    ["worker", inWorker(turnsBy)],
  ] as const) {
    const name = `a training loop by ${turnsBy} in a ${place}`;
    inBrowser(name, async (site) => {
      const { page, problems, leave } = await site.open(html);
      assert.is(await page.evaluate(() => (globalThis as { result?: unknown }).result), "lives");
      assert.equal(problems, []);
      await leave();
    });
  }
}

browser.run();
