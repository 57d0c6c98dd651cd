// What `pushforward` is on Cloudflare Workers, which compile modules at deployment only: the package's export condition `workerd`.
import module from "./pushforward.wasm";
import { initSync } from "./async.mjs";

initSync({ module });

export * from "./async.mjs";
export { default } from "./async.mjs";
