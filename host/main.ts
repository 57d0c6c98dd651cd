// What dist/pushforward.mjs is built from: the public surface, and all of it as the default export too, for
// `import pf from "pushforward"`.
import * as pushforward from "./index";

export * from "./index";
export default pushforward;
