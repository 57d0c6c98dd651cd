// Runs the JavaScript blocks of the README and of the pages in docs/, those of a page as one program, if they import the
// library: without that they are fragments. Where a line ends in `// → text`, the expression must print as that text.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../", import.meta.url));
const EXPECTATION = /^(?<expression>\S.*?);? \/\/ → (?<text>.*)$/;

const blocks = (markdown: string): string =>
  [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]!).join("");

/** Starts the lines that expectations print, among those that the page's program prints itself. */
const MARK = "expectation: ";

/** The page's program, in which every expectation prints [text, wanted] as JSON. */
const instrument = (program: string): string =>
  program
    .split("\n")
    .map((line) => {
      const { expression, text } = EXPECTATION.exec(line)?.groups ?? {};
      return text === undefined
        ? line
        : `console.log("${MARK}" + JSON.stringify([String(${expression}), ${JSON.stringify(text)}]));`;
    })
    .join("\n");

const pages = [
  "README.md",
  ...readdirSync(`${root}docs`, { recursive: true, encoding: "utf8" }).map((file) => `docs/${file}`),
];
for (const page of pages.filter((file) => file.endsWith(".md"))) {
  const program = blocks(readFileSync(root + page, "utf8"));
  if (!/from "pushforward(\/async)?"/.test(program)) continue;
  test(page, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", instrument(program)],
      { cwd: root, encoding: "utf8" },
    );
    assert.is(status, 0, stderr);
    const expectations = stdout.split("\n").filter((line) => line.startsWith(MARK));
    for (const line of expectations) {
      const [printed, wanted] = JSON.parse(line.slice(MARK.length)) as [string, string];
      assert.is(printed, wanted);
    }
    assert.is(expectations.length, program.split("\n").filter((line) => EXPECTATION.test(line)).length);
  });
}

test.run();
