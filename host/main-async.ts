// What dist/async.mjs is built from: all of it as the default export too, as in main.ts.
import * as pushforward from "./async";

export * from "./async";
export default pushforward;
