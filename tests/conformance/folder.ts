// Samples that lie in a folder as <op>.json.gz: in fixtures/ and options/ within it, or by themselves.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Op } from "./samples";

function* suiteIn(dir: string, suite: string): Generator<Op> {
  for (const name of readdirSync(dir).sort()) {
    if (!name.endsWith(".json.gz")) continue;
    yield { suite, ...(JSON.parse(gunzipSync(readFileSync(join(dir, name))).toString()) as object) } as Op;
  }
}

/** The samples of a folder, op by op. */
export function* samplesIn(dir: string): Generator<Op> {
  const suites = ["fixtures", "options"].filter((suite) => existsSync(join(dir, suite)));
  for (const suite of suites) yield* suiteIn(join(dir, suite), suite);
  if (!suites.length) yield* suiteIn(dir, "fixtures");
}
