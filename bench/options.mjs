// The command line.
import { parseArgs } from "node:util";

export const USAGE = `npm run bench [-- options] [workload…]      words choose workloads by name, or by a part of it

  --peers none|all|torch,jax-js,tfjs   whom to measure beside pushforward, if installed (all)
  --threads 1,2       numbers of threads, for pushforward and PyTorch (1,2)
  --quick             little time for each workload: whether all works, not how fast
  --min               tables of the least times, not of the medians: on a machine that has other work
  --json FILE         writes all results (bench/results/<date>.json, unless quick)
  --markdown FILE     writes the tables
  --readme            writes the tables into README.md
  --from FILE         takes the results of an earlier --json instead of measuring
  --profile           prints where the time of each workload goes instead
  --lib PATH          the built library to measure (dist/pushforward.mjs)
  --node PATH         the Node that runs pushforward (this one)
  --python PATH       the Python that has PyTorch (/usr/bin/python3)
  --list              names the workloads
  --help`;

const PEERS = ["torch", "jax-js", "tfjs"];

function peersOf(text) {
  if (text === "all") return PEERS;
  if (text === "none") return [];
  const peers = text.split(",");
  const unknown = peers.filter((peer) => !PEERS.includes(peer));
  if (unknown.length) throw new Error(`--peers: ${unknown.join(", ")} is none of none, all, ${PEERS.join(", ")}`);
  return peers;
}
function threadsOf(text) {
  const counts = text.split(",").map(Number);
  if (!counts.every((count) => Number.isInteger(count) && count > 0)) {
    throw new Error(`--threads: expected positive integers such as 1,2 but got ${text}`);
  }
  return counts;
}

/** The options and the words of a command line; throws an Error for what is not one. */
export function parseOptions(args) {
  const text = (value) => ({ type: "string", ...(value && { default: value }) });
  const flag = { type: "boolean", default: false };
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      peers: text("all"),
      threads: text("1,2"),
      quick: flag,
      min: flag,
      json: text(),
      markdown: text(),
      readme: flag,
      from: text(),
      profile: flag,
      lib: text("dist/pushforward.mjs"),
      node: text(process.execPath),
      python: text("/usr/bin/python3"),
      list: flag,
      help: flag,
    },
  });
  return { ...values, peers: peersOf(values.peers), threads: threadsOf(values.threads), words: positionals };
}
