// README's part about pages, which the build of a package writes: addresses with this version's number, the hashes by which browsers know
// the files, and their sizes.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { replaceBetween, root } from "../lib.mjs";
import { CDN, withLinks } from "./addresses.mjs";
import { BUDGETS, sizesOf } from "./sizes.mjs";

/** What stands in `integrity` for a file: https://www.w3.org/TR/SRI. */
export const integrityOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

const USES = {
  "dist/pushforward.min.js": "classic script: all in one file",
  "dist/pushforward.min.mjs": "module: all in one file",
  "dist/async.min.mjs": "module without the core (`pushforward/async`)",
  "dist/pushforward.wasm": "the core for it",
};
const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;

/** What stands between README's markers; `sizes` by file, each of BUDGETS. */
export function embedding(version, integrity, sizes) {
  const url = (file) => `${CDN}/pushforward@${version}/${file}`;
  const [script, module] = ["dist/pushforward.min.js", "dist/pushforward.min.mjs"];
  return `As a classic script, which makes the global \`pushforward\`:

\`\`\`html
<script src="${url(script)}"
  integrity="${integrity[script]}" crossorigin="anonymous"></script>
\`\`\`

As a module:

\`\`\`html
<script type="importmap">
  {
    "imports": { "pushforward": "${url(module)}" },
    "integrity": {
      "${url(module)}": "${integrity[module]}"
    }
  }
</script>
<script type="module">
  import * as pf from "pushforward";
</script>
\`\`\`

| file | what | gzip | brotli |
| --- | --- | ---: | ---: |
${Object.entries(sizes)
  .map(([file, { gzip, brotli }]) => `| \`${file}\` | ${USES[file]} | ${kilobytes(gzip)} | ${kilobytes(brotli)} |`)
  .join("\n")}`;
}

/** README as it should be for the files of dist/ and the version of package.json. */
export async function renewed(readme) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const files = Object.keys(BUDGETS);
  const of = (what) => Object.fromEntries(files.map((file) => [file, what(file)]));
  const part = embedding(
    version,
    of((file) => integrityOf(readFileSync(join(root, file)))),
    of(sizesOf),
  );
  const filepath = join(root, "README.md");
  return format(withLinks(replaceBetween(readme, "embed", part), version), {
    ...(await resolveConfig(filepath)),
    filepath,
  });
}
