// The published declarations in projects of users: every version of TypeScript from 5.0 on, every way to find modules, without
// skipLibCheck, in strict projects with the fewest libraries. The files tests/types/*.test-d.* say what types should come out.
// The compilers are installed by `npm ci --prefix tests/types`; without them that of this repository remains.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../scripts/lib.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const VERSIONS = ["5.0", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6.0"];
const compilerOf = (version: string): string | undefined =>
  [`tests/types/node_modules/typescript-${version}`, ...(version === "6.0" ? ["node_modules/typescript"] : [])]
    .map((folder) => `${root}${folder}/lib/typescript.js`)
    .find((file) => existsSync(file) || process.env.PUSHFORWARD_NO_SKIP === "1");

const assertions = readdirSync(`${root}tests/types`).filter((file) => file.endsWith(".test-d.ts"));
const COMMON = "require.test-d.cts";

interface Project {
  readonly files: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  /** With these versions only. What it is about has not changed between them; the declarations are checked in all by the other projects. */
  readonly with?: readonly string[];
}
/** The first one, the first with explicit resource management, the last one before 6, and that. */
const SOME = ["5.0", "5.2", "5.9", "6.0"];
const strictest = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
};
const projects: Record<string, Project> = {
  "ES modules and CommonJS, as strict as can be, without DOM and @types/node, with declarations of their own": {
    files: [...assertions, COMMON],
    options: { ...strictest, target: "es2022", lib: ["es2022"], module: "node16", declaration: true },
  },
  "a bundler's resolution, with DOM, and imports as they are written": {
    files: assertions,
    options: { strict: true, target: "es2020", module: "esnext", moduleResolution: "bundler", verbatimModuleSyntax: true },
  },
  "node10's resolution": {
    files: ["imports.test-d.ts"],
    options: { strict: true, target: "es2020", module: "commonjs", moduleResolution: "node10" },
    with: SOME,
  },
  "ES2015 alone, nodenext, every file by itself": {
    files: ["imports.test-d.ts", COMMON],
    options: { strict: true, target: "es2022", lib: ["es2015"], module: "nodenext", isolatedModules: true },
    with: SOME,
  },
  "ES5 alone": {
    files: ["imports.test-d.ts", COMMON],
    options: { strict: true, target: "es2015", lib: ["es5"], module: "node16" },
    with: SOME,
  },
  "@types/node and the library of explicit resource management": {
    files: ["imports.test-d.ts", COMMON],
    options: { strict: true, target: "es2022", lib: ["es2022", "esnext.disposable"], module: "node16", types: ["node"], typeRoots: [`${root}node_modules/@types`] }, // prettier-ignore
    with: SOME.slice(1),
  },
}; // prettier-ignore

/** A project of a user, with the package in its node_modules. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pushforward-types-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/pushforward"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const file of [...assertions, COMMON]) copyFileSync(`${root}tests/types/${file}`, join(folder, file));
  return folder;
}

for (const version of VERSIONS) {
  const compiler = compilerOf(version);
  const mine = Object.entries(projects).filter(([, project]) => project.with?.includes(version) ?? true);
  if (compiler === undefined) {
    console.log(`skipped: TypeScript ${version}: not installed (npm ci --prefix tests/types)`);
    for (const [name] of mine) test.skip(`TypeScript ${version}: ${name}`);
    continue;
  }
  let compiled: Promise<{ text: string; declarations: string[] }[]> | undefined;
  const compileAll = async (): Promise<{ text: string; declarations: string[] }[]> => {
    const folder = makeFolder();
    try {
      const given = mine.map(([, { files, options }]) => {
        const deprecated = version === "6.0" && options.moduleResolution === "node10";
        // The libraries of the language itself need no check.
        const own = { noEmit: true, skipDefaultLibCheck: true, types: [], preserveSymlinks: true, ...(deprecated && { ignoreDeprecations: "6.0" }) };
        return JSON.stringify({ folder, files, options: { ...own, ...options } });
      }); // prettier-ignore
      const { code, output } = await run([`${root}tests/types/compile.mjs`, compiler, ...given]);
      assert.is(code, 0, output);
      return JSON.parse(output) as { text: string; declarations: string[] }[];
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  mine.forEach(([name], i) =>
    test(`TypeScript ${version}: ${name}`, async () => {
      const { text, declarations } = (await (compiled ??= compileAll()))[i]!;
      assert.is(text, "");
      assert.ok(declarations.some((file) => file.endsWith("/dist/pushforward.d.cts")), String(declarations)); // prettier-ignore
    }),
  );
}
test.run();
