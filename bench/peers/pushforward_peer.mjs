// pushforward as a peer; its job has `lib`, the path of a built library, and `threads`.
import { readJob, serve } from "./child.mjs";
import { load, prepareWith } from "./pushforward.mjs";

const job = await readJob();
const pf = await load(job.lib, job.threads);
const { version, simd, threads } = pf.backend;
await serve(job, { version, simd, threads, node: process.version }, prepareWith(pf));
process.exit(0);
