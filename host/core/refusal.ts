// Why an engine does not compile the core, and what to do about it. Engines word their reasons differently and change them, so it is
// found by trial: whether they compile anything at all.

/** The smallest module, the header of the format; and one above 4 KiB, which has a section that nothing reads besides. */
const SMALL = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const SECTION_LENGTH = 0x1400;
const LARGE = new Uint8Array(SMALL.length + 3 + SECTION_LENGTH);
LARGE.set([...SMALL, 0, 0x80, SECTION_LENGTH >> 7]);

/** `(module (func (result v128) (v128.const …)))`, shortened: i8x16.splat of 0. */
const SIMD = new Uint8Array([
  ...[...SMALL, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b],
]);

function compiles(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    new WebAssembly.Module(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The message of the error for what the engine threw when it was to compile these bytes, or before there were any. */
export function refusal(cause: unknown, bytes: Uint8Array<ArrayBuffer> | undefined): string {
  return `pushforward: ${reason(bytes)} (${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)})`;
}
function reason(bytes: Uint8Array<ArrayBuffer> | undefined): string {
  if (!compiles(SMALL)) {
    return (
      "compiling WebAssembly is forbidden here. A page's Content-Security-Policy has to allow it: add 'wasm-unsafe-eval' to its " +
      "script-src. Where only modules that were deployed with the program may run, as in Cloudflare Workers, use " +
      "pushforward/async: await init({ module })."
    );
  }
  if (!WebAssembly.validate(SIMD)) {
    return "this engine lacks WebAssembly's SIMD instructions, which Chrome and Edge 91, Firefox 89, Safari 16.4 and Node 16.4 brought.";
  }
  if (!bytes) return "its WebAssembly could not be unpacked.";
  if (!WebAssembly.validate(bytes)) return "its WebAssembly is damaged, or this engine is too old for it.";
  if (compiles(LARGE)) return "its WebAssembly could not be started";
  return (
    "this browser compiles no more than 4 KB of WebAssembly at once on a page's own thread, as Chrome and Edge did up to version " +
    "114. Use pushforward/async, and await its init(), or compute in a worker."
  );
}
