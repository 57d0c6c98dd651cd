// The core within the library's own text: nothing to fetch and nothing to copy, so the library works synchronously as soon as it
// is loaded, from any bundle and any page.
import { coreCharacters, coreOrder, corePrefixes, coreText } from "../generated/core";
import { coreLayout } from "../generated/layout";
import { provideBytes } from "./load";

/** The bytes of dist/pushforward.wasm, from text as scripts/generate.mjs writes it. */
export function inlinedBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(coreLayout.length);
  const count = coreCharacters.length;
  // By the code of a character: its byte, or where the bytes of the pairs that it begins stand in the order.
  const single = new Uint8Array(128);
  const rank = new Uint8Array(128);
  const pairs = new Uint16Array(128);
  for (let i = 0; i < count; i++) {
    single[coreCharacters.charCodeAt(i)] = coreOrder[i]!;
    rank[coreCharacters.charCodeAt(i)] = i;
  }
  for (let i = 0; i < corePrefixes.length; i++) pairs[corePrefixes.charCodeAt(i)] = count * (i + 1);
  const order = new Uint8Array(coreOrder);
  for (let at = 0, from = 0; at < bytes.length; at++) {
    const code = coreText.charCodeAt(from++);
    const start = pairs[code]!;
    bytes[at] = start === 0 ? single[code]! : order[start + rank[coreText.charCodeAt(from++)]!]!;
  }
  return bytes;
}

provideBytes(inlinedBytes);
