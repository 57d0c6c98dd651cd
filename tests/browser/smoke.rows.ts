// The smoke matrix: place, policy, and what is found there.
import {
  asyncIn,
  asyncWorkers,
  frame,
  pages,
  type Place,
  sandbox,
  serviceWorkers,
  sharedWorkers,
  sources,
  workers,
  worklet,
} from "./smoke.places";
import { type Headers } from "./server";

/** The program's results with so many threads; or an error of the library; or what keeps the program from running. */
export type Expected = { isolated: boolean; threads: number } | { error: RegExp; name?: string } | { refused: RegExp };

export interface Row {
  readonly place: Place;
  /** What the policy is called. */
  readonly policy: string;
  /** What the page, and everything that lies beside it, is sent with. */
  readonly headers?: Headers;
  readonly expected: Expected;
  /** For `configure`. */
  readonly configuration?: object;
  /** Where the published files are: on the site, on it with the headers of a CDN, on another origin, or all on the disk. */
  readonly from?: "cdn" | "other origin" | "disk";
  /** What the browser itself says on the console about the policy. */
  readonly problem?: RegExp;
  /** What is other in Firefox. */
  readonly inFirefox?: Partial<Row>;
}
type Policy = Omit<Row, "place">;

const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const CREDENTIALLESS = { ...ISOLATED, "cross-origin-embedder-policy": "credentialless" };
const csp = (policy: string, others: Headers = {}): Headers => ({ "content-security-policy": policy, ...others });
/** Of a file that an isolated page runs as a worker, the answer has to say as much as the page's. */
const workerUrl = { workerUrl: "/cdn/pushforward.worker.js" };

const alone: Expected = { isolated: false, threads: 1 };
const together: Expected = { isolated: true, threads: 3 };
const onlyIsolated: Expected = { isolated: true, threads: 1 };
const noWasm: Expected = { error: /compiling WebAssembly is forbidden here.*'wasm-unsafe-eval'/ };
/** What browsers say of a worker or a compilation that the policy forbids. */
const BLOCKED = /Content[- ]Security[- ]Policy|TrustedScriptURL/i;

const plain: Policy = { policy: "no policy", expected: alone };
const isolated: Policy = { policy: "COOP and COEP", headers: ISOLATED, expected: together };
const self: Policy = {
  policy: "script-src 'self' 'wasm-unsafe-eval'",
  headers: csp("script-src 'self' 'wasm-unsafe-eval'"),
  expected: alone,
};
const withoutWasm: Policy = {
  policy: "script-src 'self'",
  headers: csp("script-src 'self'"),
  expected: noWasm,
  problem: BLOCKED,
};
const selfWorkers: Policy = {
  policy: "isolated, worker-src 'self', workerUrl",
  headers: csp("worker-src 'self'", ISOLATED),
  expected: together,
  configuration: workerUrl,
};
const fromElsewhere: Policy = { policy: "from another origin", from: "other origin", expected: alone };
const forPages: readonly Policy[] = [
  plain,
  isolated,
  { policy: "COOP, and a COEP that is credentialless", headers: CREDENTIALLESS, expected: together },
  self,
  withoutWasm,
  { policy: "script-src 'self' 'unsafe-eval'", headers: csp("script-src 'self' 'unsafe-eval'"), expected: alone },
  {
    policy: "default-src 'none' and a nonce",
    headers: csp("default-src 'none'; img-src data:; script-src 'nonce-n0nce' 'wasm-unsafe-eval' 'strict-dynamic'"),
    expected: alone,
  },
  { policy: "Trusted Types", headers: csp("require-trusted-types-for 'script'"), expected: alone },
  {
    policy: "isolated, Trusted Types",
    headers: csp("require-trusted-types-for 'script'", ISOLATED),
    expected: together,
  },
  {
    policy: "isolated, Trusted Types, none of which may be made",
    headers: csp("require-trusted-types-for 'script'; trusted-types 'none'", ISOLATED),
    expected: onlyIsolated,
    problem: BLOCKED,
  },
  {
    policy: "isolated, worker-src 'none'",
    headers: csp("worker-src 'none'", ISOLATED),
    expected: onlyIsolated,
    problem: BLOCKED,
  },
  {
    policy: "isolated, worker-src 'self'",
    headers: csp("worker-src 'self'", ISOLATED),
    expected: onlyIsolated,
    problem: BLOCKED,
  },
  selfWorkers,
  {
    policy: "isolated, script-src 'self' 'wasm-unsafe-eval', workerUrl",
    headers: csp("script-src 'self' 'wasm-unsafe-eval'", ISOLATED),
    expected: together,
    configuration: workerUrl,
  },
  {
    policy: "isolated, worker-src 'self', a workerUrl without COEP",
    headers: csp("worker-src 'self'", ISOLATED),
    expected: onlyIsolated,
    configuration: { workerUrl: "/dist/pushforward.worker.js" },
    problem: /Content[- ]Security[- ]Policy|workerUrl/i,
  },
  {
    policy: "isolated, a workerUrl that isn't there",
    headers: ISOLATED,
    expected: onlyIsolated,
    configuration: { workerUrl: "/cdn/missing.worker.js" },
    // The library's own warning, beside what the browser says of the request.
    problem: /404|missing\.worker/,
  },
  {
    policy: "isolated, worker-src blob:",
    headers: csp("script-src 'self' 'wasm-unsafe-eval'; worker-src blob:", ISOLATED),
    expected: together,
  },
  fromElsewhere,
  { policy: "isolated, from another origin", headers: ISOLATED, from: "other origin", expected: together },
];

const rowsOf = (places: readonly Place[], policies: readonly Policy[]): Row[] =>
  places.flatMap((place) => policies.map((policy) => ({ place, ...policy })));

/** What shared workers and worklets say: never isolated, whatever their headers; service workers: isolated, where no Worker is. */
const isolatedShared: Policy = { ...isolated, expected: alone };
const isolatedService: Policy = { ...isolated, expected: onlyIsolated, inFirefox: { expected: alone } };

const asyncRows: Row[] = [
  ...Object.entries(sources).flatMap(([name, options]) => {
    const places = [{ name: `async, init of ${name}`, files: asyncIn(options) }];
    // A module is compiled for memory of one thread, and by the page itself, whose policy is not the library's concern.
    const isModule = name === "a module";
    return rowsOf(places, [
      plain,
      { ...isolated, expected: isModule ? onlyIsolated : together },
      self,
      ...(isModule ? [] : [withoutWasm]),
    ]);
  }),
  ...rowsOf(
    [{ name: "async, minified", files: asyncIn("", "async.min.mjs") }],
    [plain, isolated, { policy: "from another origin", from: "other origin", expected: alone }],
  ),
  ...rowsOf(asyncWorkers.slice(0, 1), [plain, isolated, self, withoutWasm]),
  ...rowsOf(asyncWorkers.slice(1), [plain]),
  {
    place: { name: "async, a file that isn't there", files: asyncIn("{ url: 'missing.wasm' }") },
    policy: "no policy",
    expected: { error: /^init: .*missing\.wasm can't be read: .*404/, name: "PushforwardError" },
    problem: /404/,
  },
  {
    place: { name: "async, another file", files: asyncIn("{ url: 'use.js' }") },
    policy: "no policy",
    expected: { error: /^init: use\.js should be dist\/pushforward\.wasm/, name: "ArgumentError" },
  },
  {
    place: {
      name: "async, a wrong content type",
      files: (dist) => ({ ...asyncIn("{ url: 'core.bin' }")(dist), "core.bin": "dist/pushforward.wasm" }),
    },
    policy: "no policy",
    expected: alone,
  },
  {
    place: { name: "async, init of nothing", files: asyncIn("") },
    policy: "connect-src 'none'",
    headers: csp("connect-src 'none'"),
    expected: { error: /^init: .*pushforward\.wasm can't be read/, name: "PushforwardError" },
    problem: BLOCKED,
  },
];

/** What Chromium up to 114 does where a later one does as the table says. */
const TOO_LARGE: Expected = { error: /no more than 4 KB.*on a page's own thread.*114.*pushforward\/async.*worker/ };
const inOld = (pageFinds: (expected: Expected) => Expected): Row[] => [
  ...rowsOf(pages, [plain, isolated, self]).map((row) => ({ ...row, expected: pageFinds(row.expected) })),
  ...rowsOf([pages[0], ...workers], [withoutWasm]),
  ...rowsOf(workers, [plain, isolated]),
  ...rowsOf(sharedWorkers, [plain]),
  ...asyncRows.filter(({ from }) => from === undefined),
];
export const rowsOfOld: Readonly<Record<number, readonly Row[]>> = {
  114: inOld(() => TOO_LARGE),
  115: inOld((expected) => expected),
};

export const rows: readonly Row[] = [
  ...rowsOf(pages.slice(0, 2), forPages),
  // Of the same kinds as those: what they are forbidden and allowed is what is told apart.
  ...rowsOf(pages.slice(2), [plain, isolated, self, withoutWasm, fromElsewhere, selfWorkers]),
  ...rowsOf(workers, [plain, isolated, self, withoutWasm, selfWorkers]),
  ...rowsOf(sharedWorkers, [plain, isolatedShared, withoutWasm]),
  ...rowsOf(serviceWorkers, [plain, isolatedService, withoutWasm]),
  ...rowsOf([worklet], [plain, isolatedShared, withoutWasm]),
  // More than Firefox stands of its kind.
  {
    place: workers[1],
    ...isolated,
    policy: "COOP and COEP, 16 threads",
    configuration: { threads: 16 },
    expected: { isolated: true, threads: 16 },
    inFirefox: { expected: { isolated: true, threads: 8 } },
  },
  ...rowsOf([frame], [plain, isolated, withoutWasm]),
  ...rowsOf(
    [sandbox],
    [
      { ...plain, from: "cdn" },
      {
        ...isolated,
        from: "cdn",
        headers: { ...ISOLATED, "cross-origin-resource-policy": "cross-origin" },
        expected: alone,
        inFirefox: { expected: together },
      },
      { ...withoutWasm, from: "cdn", headers: csp("script-src *") },
    ],
  ),
  { place: pages[0], policy: "file:", from: "disk", expected: alone },
  // Browsers take no module from the disk: there is a file for classic scripts for this too.
  { place: pages[1], policy: "file:", from: "disk", expected: { refused: /^$/ }, problem: /CORS|Failed to load/ },
  ...asyncRows,
];
