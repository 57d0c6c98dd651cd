// What the worker threads run: text, for it goes into a URL, so that there is no file to deploy with a bundle. Of WEB_PROGRAM
// dist/pushforward.worker.js is made as well (scripts/generate-worker.mjs), for pages whose policy forbids such URLs.

const RUN = `
const run = ({ module, rest, memory, record }, answer) => {
  const imports = { env: { memory } };
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === "function") (imports[from] ??= {})[name] = () => 0;
  }
  const { exports: first } = new WebAssembly.Instance(module, imports);
  const others = rest && new WebAssembly.Instance(rest, { "": first, env: { memory } }).exports;
  if (rest) first.isWhole.value = 1;
  const { joinPool, workerLoop } = { ...first, ...others };
  joinPool(record);
  answer();
  workerLoop();
};
`;
export const NODE_PROGRAM = `import { parentPort, workerData } from "node:worker_threads";${RUN}
run(workerData, () => parentPort.postMessage(0));`;
export const WEB_PROGRAM = `${RUN}
onmessage = ({ data }) => {
  run(data, () => postMessage("joined"));
  postMessage("left");
  close();
};`;
