// Starting a worker thread, in Node and on the web. Node before 20.16 hands out no modules: everything runs on the main thread there.
import { builtin, hasBuiltins } from "./nodejs";
import { NODE_PROGRAM, WEB_PROGRAM } from "./worker-program";

/** A thread that has been started. */
export interface Thread {
  /** Says whether the process stays for this thread. */
  hold(isHeld: boolean): void;
}
interface Events {
  /** The thread has joined the pool. */
  onAnswer(): void;
  /** The thread has ended, whatever for; called once. */
  onGone(): void;
}
interface WorkerData {
  modules: readonly WebAssembly.Module[];
  memory: WebAssembly.Memory;
  record: number;
}

let workerUrl: string | undefined;
/** Says where the web's workers find their script, in the place of a blob: URL. */
export function setWorkerUrl(url: string): void {
  workerUrl = url;
}
let warnedOf: string | undefined;
/** Once for each URL that was given: a browser may say nothing of a script that is missing. */
function warnOf(url: string | undefined): void {
  if (url === undefined || url === warnedOf) return;
  warnedOf = url;
  console.warn(`configure: no thread starts from the workerUrl ${url}: everything runs on one.`);
}

/** Starts a thread that joins the pool by its record; throws where that is not allowed. */
export const startThread = (data: WorkerData, events: Events): Thread =>
  hasBuiltins ? startInNode(data, events) : startInBrowser(data, events);

function startInNode(workerData: WorkerData, { onAnswer, onGone }: Events): Thread {
  const { Worker } = builtin("node:worker_threads");
  const url = new URL(`data:text/javascript,${encodeURIComponent(NODE_PROGRAM)}`);
  // Neither loaders and flags of the process (execArgv) nor NODE_OPTIONS (env) are meant for a program that needs none.
  const worker = new Worker(url, { workerData, execArgv: [], env: {}, name: "pushforward" });
  worker.once("message", onAnswer);
  worker.once("exit", onGone);
  // An error ends the worker, which its exit tells. Without a listener it would end the process as well.
  worker.on("error", () => {});
  worker.unref();
  return { hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()) };
}

/**
 * How many workers start at a time on the web. In a worker of Firefox, which starts only so many at once, those that have joined and wait for
 * work would keep the others from starting, and the worker that waits for them from running, for ever.
 */
const AT_ONCE = 4;
let starting = 0;
const queue: (() => void)[] = [];

/** After so many milliseconds nobody waits any longer for a script that says nothing. */
const PATIENCE = 10_000;

function startInBrowser(workerData: WorkerData, events: Events): Thread {
  const begin = (): void => {
    starting++;
    let isOver = false;
    const startNext = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      starting--;
      queue.shift()?.();
    };
    const onAnswer = (): void => {
      startNext();
      events.onAnswer();
    };
    const onGone = (): void => {
      startNext();
      events.onGone();
    };
    const timer = setTimeout(onAnswer, PATIENCE);
    try {
      startWorker(workerData, { onAnswer, onGone });
    } catch (error) {
      warnOf(workerUrl);
      startNext();
      throw error;
    }
  };
  if (starting < AT_ONCE) begin();
  else {
    queue.push(() => {
      try {
        begin();
      } catch {
        events.onGone();
      }
    });
  }
  return { hold: () => {} };
}

function startWorker(workerData: WorkerData, { onAnswer, onGone }: Events): void {
  const blobUrl =
    workerUrl === undefined ? URL.createObjectURL(new Blob([WEB_PROGRAM], { type: "text/javascript" })) : "";
  const end = (): void => {
    if (blobUrl) URL.revokeObjectURL(blobUrl);
    onGone();
  };
  const url = workerUrl;
  let hasJoined = false;
  const worker = makeWorker(url ?? blobUrl);
  worker.onmessage = ({ data }) => {
    hasJoined = true;
    if (data === "joined") onAnswer();
    else end(); // It closes itself.
  };
  // A script that can't be had, a policy that forbids workers from blobs, or no memory for another thread.
  worker.onerror = (event) => {
    event.preventDefault();
    if (!hasJoined) warnOf(url);
    worker.terminate();
    end();
  };
  worker.postMessage(workerData);
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string | URL };
}
let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** The URL as a page takes it that demands trusted types, and whose policy lets us name ours trusted; else as it is. */
function trusted(url: string): string | URL {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  try {
    policy ??= trustedTypes?.createPolicy("pushforward", { createScriptURL: (each) => each });
  } catch {
    // The page names the policies that may be, and this one is not among them.
  }
  return policy?.createScriptURL(url) ?? url;
}
const makeWorker = (url: string): Worker => new Worker(trusted(url), { name: "pushforward" });
