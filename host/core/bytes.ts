// The bytes of the core, inlined as base64: nothing to fetch and nothing to copy, so the library works synchronously as soon
// as it is loaded, from any bundle and any page.
import { coreBase64 } from "../generated/core";

/** The WebAssembly module of the core. */
export function coreBytes(): Uint8Array<ArrayBuffer> {
  const text = atob(coreBase64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
