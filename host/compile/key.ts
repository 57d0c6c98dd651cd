// What programs are found by: the structure of the arguments, with all in them that is no tensor. Plain objects, instances,
// Maps and Sets count by class and content, typed arrays and Dates by content; functions, and objects with a state that can't be
// seen, by identity.
import { itemsOf } from "../tensor/contents";
import { type Branch, Carried, type Structure } from "../tensor/containers";

const identities = new WeakMap<object, number>();
const symbols = new Map<symbol, number>();
let nextIdentity = 0;
function identityOf(value: object | symbol): string {
  const known = (typeof value === "symbol" ? symbols : identities) as Pick<Map<object | symbol, number>, "get" | "set">;
  let identity = known.get(value);
  if (identity === undefined) known.set(value, (identity = nextIdentity++));
  return `@${identity}`;
}

function primitiveKey(value: unknown): string {
  // Quoted, so that no string can pass for the end of itself and something else.
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "symbol") return identityOf(value);
  return Object.is(value, -0) ? "-0" : `${typeof value}:${String(value)}`;
}
const keysKey = (keys: readonly PropertyKey[]): string =>
  typeof keys.at(-1) === "symbol" ? keys.map(primitiveKey).join() : JSON.stringify(keys);
const classKey = (prototype: object | null): string => (prototype === null ? "null" : identityOf(prototype));

// Signs of a state that is not in properties: # fields, what compilers for older engines make of them, and WeakMaps by instance.
const PRIVATE = /#[\w$]|[pP]rivate|\.get\(this\b/;
const hiding = new WeakMap<object, boolean>();
/** Whether instances may have a state that their properties don't show. */
function hidesState(prototype: object | null): boolean {
  if (prototype === null) return false;
  let hides = hiding.get(prototype);
  if (hides === undefined) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    hides = typeof constructor !== "function" || PRIVATE.test(Function.prototype.toString.call(constructor));
    hides ||= hidesState(Object.getPrototypeOf(prototype) as object | null);
    hiding.set(prototype, hides);
  }
  return hides;
}

/** A call can take so many arguments, however little of the stack is left. */
const CHUNK = 8192;
/** Bytes as text, one character each. */
function bytesKey(buffer: ArrayBufferLike, start: number, length: number): string {
  const parts: string[] = [];
  for (let at = 0; at < length; at += CHUNK) {
    parts.push(String.fromCharCode(...new Uint8Array(buffer, start + at, Math.min(CHUNK, length - at))));
  }
  // The length says where it ends.
  return `${length}:${parts.join("")}`;
}
function opaqueKey(value: object): string {
  try {
    return builtinKey(value);
  } catch {
    return identityOf(value); // has a built-in's prototype, and is none; or a DataView whose buffer is detached
  }
}
function builtinKey(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object;
  if (ArrayBuffer.isView(value))
    return identityOf(prototype) + bytesKey(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return identityOf(prototype) + bytesKey(value, 0, value.byteLength);
  if (prototype === Date.prototype) return `Date:${Number(value)}`;
  if (prototype === RegExp.prototype)
    return `${JSON.stringify(RegExp.prototype.toString.call(value))}:${(value as RegExp).lastIndex}`;
  return identityOf(value);
}

/**
 * The key of a structure. Objects without tensors are numbered in `seen`. In two structures of equal keys, objects of equal numbers
 * stand in equal places.
 */
export function keyOf({ parts }: Structure, seen: Map<object, number>): string {
  const keys: string[] = [];
  for (const part of parts) {
    if (part === null) keys.push("T");
    else if (part instanceof Carried) writeKey(part.value, seen, keys);
    else keys.push(branchKey(part));
  }
  return keys.join();
}
const branchKey = ({ count, keys, prototype, fields }: Branch): string =>
  keys === null ? `[${count}${fields ?? ""}` : `{${keysKey(keys)}${classKey(prototype)}`;

function writeKey(root: unknown, seen: Map<object, number>, into: string[]): void {
  if (typeof root !== "object" && typeof root !== "function") {
    into.push(primitiveKey(root));
    return;
  }
  const pending = [root as unknown];
  while (pending.length > 0) {
    const value = pending.pop();
    if ((typeof value !== "object" && typeof value !== "function") || value === null) {
      into.push(primitiveKey(value));
      continue;
    }
    const number = seen.get(value);
    if (number !== undefined) {
      into.push(`^${number}`);
      continue;
    }
    seen.set(value, seen.size);
    const walked = itemsOf(value);
    if (walked === null) {
      into.push(opaqueKey(value));
      continue;
    }
    const { keys, items } = walked;
    const prototype = Object.getPrototypeOf(value) as object | null;
    const names = Object.getOwnPropertyNames(value).length;
    const shown = keys === null ? (Array.isArray(value) ? items.length + 1 : Object.keys(value).length) : keys.length;
    const identity = names > shown || hidesState(prototype) ? identityOf(value) : "";
    into.push(`${keys === null ? `[${items.length}` : `{${keysKey(keys)}`}${classKey(prototype)}!${identity}`);
    for (const item of items) pending.push(item);
  }
}
