// Writes build/pushforward.worker.js, the script of worker threads as a file, from the text that the library has of it. Run with
// `--import tsx`.
import { writeFileSync } from "node:fs";
import { WEB_PROGRAM } from "../host/core/worker-program.ts";
import { root } from "./lib.mjs";

process.chdir(root);
writeFileSync(
  "build/pushforward.worker.js",
  `// Worker threads of pushforward run this: configure({ workerUrl }).\n${WEB_PROGRAM.trim()}\n`,
);
