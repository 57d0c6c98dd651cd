// What dist/pushforward.min.js is built from: the public surface as one object, in which the ops are those of their table. To name each once
// more, as an ES module has to, would be a fiftieth of the file.
import * as apart from "./apart";
import { fft, linalg, nn, special } from "./generated/ops";
import { inNamespaces } from "./ops";
// Last, as in index.ts.
import "./core/inlined";

export default { ...inNamespaces[""], fft, linalg, nn, special, ...apart };
