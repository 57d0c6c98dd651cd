// The built files in a real Chromium: the library works synchronously as soon as its script has run, and gives Node's numbers.
import * as pf from "pushforward";
import { type Tensor } from "pushforward";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Site, withSite } from "./support";

/** A program that uses only `pf`; it runs here and, as text, in the pages. */
function program(pf: typeof import("pushforward")) {
  const x = pf.tensor([[0.1, -0.2, 0.3], [1.5, 0.25, -3]]); // prettier-ignore
  const v = pf.tensor([[1, 2, 3], [-1, 0.5, 0.25]]); // prettier-ignore
  const [output, tangent] = pf.functional.jvp((t: Tensor) => t.exp().mul(t.tanh()).sum(1), x, v, { createGraph: true });
  return { output: output.toArray(), tangent: tangent.toArray(), text: String(output) };
}

const browser = suite("browser");
const it = withSite(browser);

const check =
  (html: string) =>
  async (site: Site): Promise<void> => {
    const { page, problems } = await site.open(html);
    const result: unknown = await page.evaluate(() => (globalThis as { result?: unknown }).result);
    assert.equal(problems, []);
    assert.equal(result, program(pf));
  };

it(
  "a classic script tag, used synchronously by the next script",
  check(`
    <script src="/dist/pushforward.min.js"></script>
    <script>
      ${program.toString()}
      var result = program(pushforward);
    </script>`),
);

it(
  "the ESM file as a module",
  check(`
    <script type="module">
      import * as pf from "/dist/pushforward.mjs";
      ${program.toString()}
      globalThis.result = program(pf);
    </script>`),
);

browser.run();
