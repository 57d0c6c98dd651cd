// What README and docs/hosting.md tell people to put into their pages, in Chromium and Firefox.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chromium, firefox } from "../browser/browsers";
import { type Site, withSite } from "../browser/support";

const root = fileURLToPath(new URL("../../", import.meta.url));
const load = async (name: string): Promise<any> => await import(`${root}scripts/release/${name}.mjs`);
const { embedding, integrityOf } = await load("readme");
const { BUDGETS } = await load("sizes");
const { CDN } = await load("addresses");

const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
/** The blocks of a language in a page of Markdown. */
const blocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map((match) => match[1]!);

/** README's snippets for the files of dist/, from a server that is here. */
function snippets(site: Site): { script: string; module: string } {
  const files = Object.keys(BUDGETS as object);
  const hashes = Object.fromEntries(files.map((file) => [file, integrityOf(readFileSync(root + file))]));
  const sizes = Object.fromEntries(files.map((file) => [file, { gzip: 0, brotli: 0 }]));
  const part = embedding("0.0.0", hashes, sizes) as string;
  const here = part.replaceAll(`${CDN}/pushforward@0.0.0/dist`, `${site.server.otherOrigin}/cdn`);
  const [script, module] = blocks(here, "html") as [string, string];
  return { script, module };
}
const USE = "window.result = [pf.ones([2, 3]).sum().item(), crossOriginIsolated]";
const inScript = (snippet: string): string => `${snippet}<script>{ const pf = pushforward; ${USE} }</script>`;
const inModule = (snippet: string): string => {
  const statement = 'import * as pf from "pushforward";';
  assert.ok(snippet.includes(statement));
  return snippet.replace(statement, `${statement}${USE}`);
};
const withOtherHash = (html: string): string =>
  html.replace(/sha384-(.)/, (_, first) => `sha384-${first === "A" ? "B" : "A"}`);

/** What the page has computed, or what it says on its console instead. */
async function outcome(site: Site, html: string): Promise<unknown> {
  const { page, problems, leave } = await site.open(html, ISOLATED);
  // Modules have run, or have not, when the page has loaded.
  const result: unknown = await page.evaluate("window.result");
  await leave();
  return result ?? problems.join("\n");
}

for (const kind of [chromium, firefox]) {
  const embedded = suite(`README's snippets in ${kind.name}`);
  const inBrowser = withSite(embedded, kind);
  for (const [name, use] of [["script", inScript], ["module", inModule]] as const) {
    inBrowser(`${name}: the file whose hash it is runs, in an isolated page too`, async (site) => {
      assert.equal(await outcome(site, use(snippets(site)[name])), [6, true]);
    });
    inBrowser(`${name}: a file with another hash does not`, async (site) => {
      assert.match(await outcome(site, withOtherHash(use(snippets(site)[name]))) as string, /integrity/);
    });
  } // prettier-ignore
  embedded.run();

  const isolating = suite(`docs/hosting.md in ${kind.name}`);
  withSite(isolating, kind)("its service worker isolates a page that comes without headers", async (site) => {
    const script = blocks(readFileSync(`${root}docs/hosting.md`, "utf8"), "js").find((block) =>
      block.includes("serviceWorker"),
    )!;
    const compute = `
      pushforward.configure({ threads: 2 });
      const sum = pushforward.ones([1000, 1000]).sum().item();
      pushforward.ready.then(() => { window.result = [sum, crossOriginIsolated, pushforward.backend.threads]; });`;
    site.server.put("/isolating/isolate.js", script);
    site.server.put("/isolating/pushforward.min.js", readFileSync(`${root}dist/pushforward.min.js`));
    site.server.put(
      "/isolating/index.html",
      `<!doctype html><script src="isolate.js"></script><script src="pushforward.min.js"></script><script>${compute}</script>`,
    );
    const { page } = await site.visit(`${site.server.origin}/isolating/index.html`);
    // It loads a second time by itself.
    await page.waitForFunction("crossOriginIsolated && window.result");
    assert.equal(await page.evaluate("window.result"), [1e6, true, 2]);
  });
  isolating.run();
}
