// The package as npm packs it: what is in it, where its pages point, how tools of the registry's users judge it, how large it is.
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../", import.meta.url));
const load = async (name: string): Promise<any> => await import(`${root}scripts/release/${name}.mjs`);
const { BUDGETS, TARBALL_BUDGET, sizesOf } = await load("sizes");
const { manifestFields, REPOSITORY, withLinks } = await load("addresses");
const { embedding, integrityOf, renewed } = await load("readme");

const place = mkdtempSync(join(tmpdir(), "pushforward-published-"));
process.on("exit", () => rmSync(place, { recursive: true, force: true }));
// The build has been made already: prepack would make it again.
const { stdout } = spawnSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", place], {
  cwd: root,
  encoding: "utf8",
});
const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[]; size: number }];
const paths = packed.files.map(({ path }) => path);
const tarball = readFileSync(join(place, packed.filename));
const text = (path: string): string => readFileSync(root + path, "utf8");
const manifest = JSON.parse(text("package.json")) as Record<string, unknown> & { version: string };

const contents = suite("what is in the package");

/** Files of dist/ that no field of package.json leads to, and who asks for them. */
const ASKED_FOR: Record<string, string> = {
  "dist/pushforward.min.mjs": "pages, by a CDN's address",
  "dist/async.min.mjs": "pages, by a CDN's address",
  "dist/pushforward.worker.js": "configure({ workerUrl })",
  "dist/pushforward.parts.bin": "the library in Node, which reads the core from it (host/core/beside.ts)",
  "dist/THIRD-PARTY-LICENSES.txt": "the first line of each bundle",
};
/** The paths that a field of package.json names, at any depth. */
const named = (value: unknown): string[] =>
  typeof value === "string" ? [value.replace(/^\.\//, "")] : Object.values(value as object).flatMap(named);

contents("nothing that nobody asks for", () => {
  const { main, module, types, unpkg, jsdelivr, exports, typesVersions } = manifest;
  const reached = new Set(named({ main, module, types, unpkg, jsdelivr, exports, typesVersions }));
  const isReached = (path: string): boolean => reached.has(path) || path in ASKED_FOR;
  const superfluous = paths.filter((path) => path.startsWith("dist/") && !isReached(path));
  assert.equal(superfluous, []);
  const others = paths.filter((path) => !/^(dist\/.*|docs\/([\w-]+\/)*[\w-]+\.md)$/.test(path));
  assert.equal(others.sort(), ["CHANGELOG.md", "LICENSE", "README.md", "package.json"].sort());
});
contents("nothing that is named is missing", () => {
  const { main, module, types, unpkg, jsdelivr, exports } = manifest;
  const files = [...named({ main, module, types, unpkg, jsdelivr, exports }), ...Object.keys(ASKED_FOR)];
  assert.equal(files.filter((path) => !path.includes("*") && !paths.includes(path)), []); // prettier-ignore
});
contents(`the tarball has at most ${TARBALL_BUDGET} bytes`, () => {
  assert.ok(packed.size <= TARBALL_BUDGET, `${packed.size} bytes`);
});
for (const [file, budget] of Object.entries<Record<string, number>>(BUDGETS))
  contents(`${file} is within its budget`, () => {
    for (const [format, bytes] of Object.entries<number>(sizesOf(file)))
      assert.ok(bytes <= budget[format]!, `${bytes} bytes by ${format}, of ${budget[format]}`);
  });

const links = suite("where its pages point");

const pages = paths.filter((path) => path.endsWith(".md"));
/** Where links and images of a page of Markdown lead, outside of blocks and spans of code. */
const targets = (markdown: string): string[] => {
  const prose = markdown.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)|(?:href|src)="([^"]+)"/gm)].map(
    (match) => (match[1] ?? match[2] ?? match[3])!,
  );
};
const isAbsolute = (target: string): boolean => /^https?:\/\//.test(target);

links("README, which npm shows on a page of its own, has no relative links", () => {
  assert.equal(targets(text("README.md")).filter((target) => !isAbsolute(target) && !target.startsWith("#")), []); // prettier-ignore
});
links("relative links of the other pages lead to files of the package", () => {
  const lost = pages.flatMap((page) =>
    targets(text(page))
      .filter((target) => !isAbsolute(target) && !target.startsWith("#"))
      .map((target) => [page, normalize(join(dirname(page), target.replace(/#.*/, "")))])
      .filter(([, path]) => !paths.includes(path!)),
  );
  assert.equal(lost, []);
});
links("pages that are named by their path are in the package", () => {
  const lost = [...pages, ...paths.filter((path) => /\.(mjs|cjs|d\.ts|d\.cts)$/.test(path))].flatMap((file) =>
    [...text(file).matchAll(/\b(docs\/[\w./-]+\.md|CHANGELOG\.md)\b/g)]
      .map(([path]) => path)
      .filter((path) => !paths.includes(path)),
  );
  assert.equal(lost, []);
});

const judged = suite("how tools judge it");

judged("publint has nothing to say, not even to suggest", async () => {
  const buffer = new Uint8Array(tarball).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, level: "suggestion", strict: true });
  assert.equal(messages.map((message) => formatMessage(message, pkg as never, { color: false })), []); // prettier-ignore
});
judged("arethetypeswrong finds no problem in any way to resolve", async () => {
  const options = { excludeEntrypoints: [/\.wasm$/, /\*/] }; // no code, and files as they lie there
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), options);
  assert.ok(result.types, "it has types");
  assert.equal(Object.keys((result as any).entrypoints).sort(), [".", "./async", "./package.json", "./testing"]);
  assert.equal((result as any).problems, []);
});

const addresses = suite("addresses");

addresses("package.json has those that are known, and no others", () => {
  const { repository, homepage, bugs } = manifest;
  const known = Object.fromEntries(
    Object.entries({ repository, homepage, bugs }).filter(([, value]) => value !== undefined),
  );
  assert.equal(known, manifestFields());
});
addresses("one constant gives all of them, or none", () => {
  assert.equal(manifestFields(null), {});
  assert.equal(manifestFields("https://example.org/a/b"), {
    repository: { type: "git", url: "git+https://example.org/a/b.git" },
    homepage: "https://example.org/a/b#readme",
    bugs: "https://example.org/a/b/issues",
  });
});
addresses("README's paths become links to the version's files, and paths again", () => {
  const plain = "See `docs/a/b.md`, `CHANGELOG.md`, `docs.md` and `x.at(0)`.";
  const linked = withLinks(plain, "1.2.3", "https://example.org/a/b");
  assert.is(
    linked,
    "See [`docs/a/b.md`](https://example.org/a/b/blob/v1.2.3/docs/a/b.md), " +
      "[`CHANGELOG.md`](https://example.org/a/b/blob/v1.2.3/CHANGELOG.md), `docs.md` and `x.at(0)`.",
  );
  assert.is(withLinks(linked, "1.2.4", "https://example.org/a/b"), linked.replaceAll("1.2.3", "1.2.4"));
  assert.is(withLinks(linked, "1.2.4", null), plain);
});
addresses("README is as the constant has it", () => {
  assert.is(withLinks(text("README.md"), manifest.version), text("README.md"));
  assert.ok(REPOSITORY === null || /^https:\/\/[^/]+\/[^/]+\/[^/.]+$/.test(REPOSITORY as string));
});

const embedded = suite("README's part about pages");

embedded("holds the hashes and sizes that it is given, and the version everywhere", () => {
  const files = Object.keys(BUDGETS);
  const hashes = Object.fromEntries(files.map((file) => [file, integrityOf(Buffer.from(file))]));
  const sizes = Object.fromEntries(files.map((file, i) => [file, { gzip: 1000 * (i + 1), brotli: 1499 }]));
  const part = embedding("1.2.3", hashes, sizes) as string;
  for (const file of files.slice(0, 2)) assert.ok(part.includes(hashes[file]!), file);
  assert.ok([...part.matchAll(/pushforward@([^/]+)/g)].every(([, version]) => version === "1.2.3"));
  assert.ok(part.includes(`| 4 kB | 1 kB |`));
});
embedded("integrity is that of the specification's example", () => {
  // https://www.w3.org/TR/SRI/#the-integrity-attribute, whose text ends without a line break.
  const wanted = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
  assert.is(integrityOf("alert('Hello, world.');"), wanted);
});
// The hashes are those of the version that has been, or is about to be, published: each build of a package writes them, and
// `npm run release:check` compares them. So a checkout may have others; everything else must be up to date.
const masked = (page: string): string => page.replace(/sha384-[\w+/=]+/g, "sha384-…").replace(/ *\d+ kB/g, " … kB").replace(/-+:/g, "-:"); // prettier-ignore
embedded("is up to date in README but for hashes and sizes: npm run release:write", async () => {
  const readme = text("README.md");
  assert.is(masked(readme), masked((await renewed(readme)) as string));
});

for (const rows of [contents, links, judged, addresses, embedded]) rows.run();
