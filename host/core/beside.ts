// In Node the parts of the core lie in a file beside the library's own, unless that has been bundled or copied: reading them takes a tenth of
// the time of unpacking.
import { coreLayout } from "../generated/layout";
import { hasId } from "./bytes";
import { partOf, type CoreBytes } from "./load";
import { builtin, hasBuiltins } from "./nodejs";

const FILE = "pushforward.parts.bin";

/** What engines with Node's builtins ask for what errors have as their stack. */
const traces = Error as unknown as {
  prepareStackTrace?: ((error: Error, places: { getFileName(): string }[]) => unknown) | undefined;
};
/** Where the library's own file lies. Of a stack's text the lines would have to be counted in all of it. */
function ownFile(): string {
  const { prepareStackTrace } = traces;
  try {
    traces.prepareStackTrace = (_, places) => places[0]!.getFileName();
    return new Error("where").stack!;
  } finally {
    traces.prepareStackTrace = prepareStackTrace;
  }
}
/**
 * The parts, or undefined where there is no such file of this build; `otherwise` gives them where it is there no more when the next one is asked
 * for. Where the library lies a stack tells; `import.meta.url` is not there in all bundles, and is written into others.
 */
export function bytesBeside(otherwise: () => CoreBytes): CoreBytes | undefined {
  // Deno would ask its user for leave to read.
  if (!hasBuiltins || "Deno" in globalThis) return undefined;
  try {
    const file = ownFile().replace(/[^\\/]*$/, FILE);
    return partBeside(file.startsWith("file:") ? new URL(file) : file, 0, otherwise);
  } catch {
    return undefined;
  }
}
function partBeside(file: URL | string, number: number, otherwise: () => CoreBytes): CoreBytes | undefined {
  const { id, parts } = coreLayout;
  const { length, memoryFlagsAt } = parts[number]!;
  const position = parts.slice(0, number).reduce((at, part) => at + part.length, id.length);
  const { openSync, readSync, closeSync } = builtin("node:fs");
  const descriptor = openSync(file);
  try {
    const read = (bytes: Uint8Array<ArrayBuffer>, at: number) =>
      readSync(descriptor, bytes, 0, bytes.length, at) === bytes.length;
    const found = new Uint8Array(id.length);
    const bytes = new Uint8Array(length);
    if (!read(found, 0) || !hasId(found) || !read(bytes, position)) return undefined;
    return { bytes, memoryFlagsAt, next: number + 1 < parts.length ? next : undefined };
  } finally {
    closeSync(descriptor);
  }
  function next(): CoreBytes {
    let part: CoreBytes | undefined;
    try {
      part = partBeside(file, number + 1, otherwise);
    } catch {
      // The file is gone.
    }
    return part ?? partOf(otherwise, number + 1);
  }
}
