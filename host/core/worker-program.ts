// What the worker threads run: text, for it goes into a URL, so that there is no file to deploy with a bundle. Of WEB_PROGRAM
// dist/pushforward.worker.js is made as well (scripts/generate-worker.mjs), for pages whose policy forbids such URLs.

const RUN = `
const run = ({ modules, memory, record }, answer) => {
  const given = {};
  for (const module of modules) {
    const imports = { env: { memory }, "": given };
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (from && kind === "function") (imports[from] ??= {})[name] = () => 0;
    }
    Object.assign(given, new WebAssembly.Instance(module, imports).exports);
  }
  if (given.loaded) given.loaded.value = modules.length - 1;
  const { joinPool, workerLoop } = given;
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
