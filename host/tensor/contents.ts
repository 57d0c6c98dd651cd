// What is in an object, as walks through containers of tensors (containers.ts) see it: what kind of thing it is, its keys and its items.
import { COPY, thisCopy } from "../errors";

/** What an object is to a walk. */
export const enum ObjectKind {
  /** Carried along, whatever is in it. */
  Opaque,
  Array,
  Object,
  /** Looked into, only to refuse tensors in it. */
  Map,
  Set,
  /** A Tensor, or a ComplexTensor, of another copy of the library. */
  Foreign,
}

const isNative = (constructor: unknown): boolean =>
  typeof constructor === "function" && Function.prototype.toString.call(constructor).includes("[native code]");

// By prototype. Objects of classes of the engine or the platform have a state that no property shows, so they can't be rebuilt.
const kinds = new WeakMap<object, ObjectKind>();
function kindOfInstances(prototype: object): ObjectKind {
  let kind = kinds.get(prototype);
  if (kind !== undefined) return kind;
  kind = ((prototype as { [COPY]?: unknown })[COPY] ?? thisCopy) === thisCopy ? ObjectKind.Object : ObjectKind.Foreign;
  // The last of the chain is Object.prototype, maybe another realm's.
  for (
    let at = prototype, next: object | null;
    (next = Object.getPrototypeOf(at) as object | null) !== null;
    at = next
  ) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (!isNative(constructor)) continue;
    const { name } = constructor as { name: string };
    kind = name === "Map" ? ObjectKind.Map : name === "Set" ? ObjectKind.Set : ObjectKind.Opaque;
    break;
  }
  kinds.set(prototype, kind);
  return kind;
}
export const isWalked = (kind: ObjectKind): boolean => kind !== ObjectKind.Opaque && kind !== ObjectKind.Foreign;
export function objectKindOf(value: object): ObjectKind {
  if (Array.isArray(value)) return ObjectKind.Array;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || prototype === Object.prototype ? ObjectKind.Object : kindOfInstances(prototype);
}

/** The own enumerable keys of an object. */
export function keysOf(value: object): PropertyKey[] {
  const keys: PropertyKey[] = Object.keys(value);
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol)) keys.push(symbol);
  }
  return keys;
}

/** Whether an array has enumerable properties beside its items: a name that is no index comes last. */
function hasMore(array: unknown[]): boolean {
  const last = Object.keys(array).at(-1);
  return last !== undefined && String(Number(last) >>> 0) !== last;
}

/** Stands between the items of a Map or Set and properties that it has beside them. */
const BESIDE = Symbol("properties");

/** What a walk goes through: the items at `keys` of `source`, which is an array where there are no keys. */
interface Contents {
  readonly keys: readonly PropertyKey[] | null;
  readonly source: Record<PropertyKey, unknown>;
}
export function contentsOf(container: object, kind: ObjectKind, isList = false): Contents {
  const isMap = kind === ObjectKind.Map;
  if (isMap || kind === ObjectKind.Set) {
    const items: unknown[] = [];
    try {
      // Not by the methods of a class that extends them.
      if (isMap) Map.prototype.forEach.call(container as Map<unknown, unknown>, (item, key) => items.push(key, item));
      else Set.prototype.forEach.call(container as Set<unknown>, (item) => items.push(item));
    } catch {
      // Has their prototype, and is none.
    }
    const beside = keysOf(container);
    if (beside.length > 0) items.push(BESIDE);
    for (const key of beside) items.push(key, (container as Record<PropertyKey, unknown>)[key]);
    return { keys: null, source: items as never };
  }
  const hasKeys =
    kind !== ObjectKind.Array ||
    (!isList && (Object.getPrototypeOf(container) !== Array.prototype || hasMore(container as unknown[])));
  return { keys: hasKeys ? keysOf(container) : null, source: container as Record<PropertyKey, unknown> };
}

/** The items of an object that can be walked, in the order of its keys; null for one that can't. */
export function itemsOf(value: object): { keys: readonly PropertyKey[] | null; items: readonly unknown[] } | null {
  const kind = objectKindOf(value);
  if (!isWalked(kind)) return null;
  const { keys, source } = contentsOf(value, kind);
  return { keys, items: keys === null ? (source as unknown as unknown[]) : keys.map((key) => source[key]) };
}

export const isPrimitive = (item: unknown): boolean => typeof item !== "object" && typeof item !== "function";
/** A key as it stands in an expression. */
export const keyText = (key: PropertyKey): string =>
  typeof key === "string" && !/^\d+$/.test(key) ? `.${key}` : `[${String(key)}]`;
