// What suites use of the library's inside, where they run on the published bundle: the exports of the core that the bundle has
// made, which the page keeps hold of (SET_UP in suites.ts), and the little that reads its memory.
import { backend, type Tensor } from "../../../host/index";
import { type Core } from "../../../host/core/memory";

declare global {
  /** The exports of the last core that was made in this page. */
  var heldCore: Core | undefined;
}

function held(): Core {
  // A core that is made at its first use is made by this.
  void backend.memoryBytes;
  if (!globalThis.heldCore) throw new Error("the page has seen no core being made");
  return globalThis.heldCore;
}
export const core = new Proxy({} as Core, { get: (_, name) => held()[name as string] });

export const readWords = (address: number, count: number): number[] =>
  Array.from(new Int32Array(held().memory.buffer, address, count));
export function checkAddress(result: number): number {
  if (result < 0 && result > -64) throw new Error(`the core failed: ${result}`);
  return result >>> 0;
}
export const nodeOf = (tensor: Tensor): number => (tensor as unknown as { node: number }).node;
