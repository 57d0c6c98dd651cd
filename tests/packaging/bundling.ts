// What every bundler's suite does: has an app bundled without a warning, and runs what came out, in a page or in Node.
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Site } from "../browser/support";
import { type App, unused } from "./apps";
import { assertPage, ISOLATED, page } from "./serve";
import { assertPrinted, assertQuiet, node, project, type Project } from "./support";

/** How a bundler is run: what it writes lies in out/ of the project. */
export interface Bundler {
  readonly command: readonly string[];
  /** Its configuration. */
  readonly files?: Readonly<Record<string, string>>;
  /** Tools that the project has in its node_modules. */
  readonly links?: readonly string[];
  /** Files of the package that a user of this bundler has to publish beside its output. */
  readonly publishes?: readonly string[];
}

async function bundled({ files }: Pick<App, "files">, bundler: Bundler): Promise<Project> {
  const made = project({ ...bundler.files, ...files }, { links: bundler.links });
  // Where Node keeps what it has compiled of a bundler, for the next one that is started.
  const compiled = join(made.folder, "../compiled");
  assertQuiet(await made.run(bundler.command, { NODE_ENV: "production", NODE_COMPILE_CACHE: compiled }));
  for (const name of bundler.publishes ?? []) {
    copyFileSync(join(made.folder, "node_modules/pushforward/dist", name), join(made.folder, "out", name));
  }
  return made;
}

/** Bundles an app and opens its page, which is cross-origin isolated; `type` is that of the script tag, where the bundler has written no page. */
export async function assertInPage(site: Site, app: App, bundler: Bundler, type = "module"): Promise<void> {
  const { folder } = await bundled(app, bundler);
  const html = join(folder, "out/index.html");
  if (!existsSync(html)) writeFileSync(html, page("main.js", type));
  await assertPage(site, join(folder, "out"), app.expected, ISOLATED);
}

/** Bundles an app and runs the output in the oldest and the newest Node. */
export async function assertInNode(app: App, bundler: Bundler, output: string): Promise<void> {
  const { run } = await bundled(app, bundler);
  for (const major of [20, 24] as const) assertPrinted(await run([node(major), `out/${output}`]), app.expected);
}

/** Of the library, imported and not used, nothing is left: the output is that of a program without the imports. */
export async function assertNothingLeft(bundler: Bundler, output: string): Promise<void> {
  const text = async (...imports: string[]) =>
    (await bundled({ files: unused(imports) }, bundler)).read(`out/${output}`);
  assert.is(await text("pushforward", "pushforward/async", "pushforward/testing"), await text());
}
