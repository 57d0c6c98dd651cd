// Containers of tensors: nested arrays, plain objects and instances of a user's own classes, taken apart into a list of tensors
// and put together again. Only what holds a tensor is taken apart; anything else in them is carried along as it is, whatever it
// is and however its parts refer to each other. No walk is recursive: containers may be as deep as memory allows.
import { ArgumentError, LOAD_ONCE, typeName } from "../errors";
import { contentsOf, isPrimitive, isWalked, keysOf, keyText, ObjectKind, objectKindOf } from "./contents";
import type { Scope } from "./lifetime";
import { fieldsOf, withFields } from "./named";
import { isTensor, type Tensor } from "./tensor";

/** A container, or whatever else func takes and returns; the public signatures say which. */
export type Tree = unknown;

/** A part of a container in which there is no tensor. */
export class Carried {
  constructor(readonly value: unknown) {}
}
/** A container, whose `count` children come before it. */
export class Branch {
  constructor(
    readonly isArray: boolean,
    readonly count: number,
    /** Null for a plain array that has no properties but its items. */
    readonly keys: readonly PropertyKey[] | null,
    readonly prototype: object | null,
    /** The names that an array's items have. */
    readonly fields: readonly string[] | undefined,
  ) {}
}
/** A part of a container; null stands for a tensor. */
type Part = null | Carried | Branch;

/** What a container is apart from its tensors: its parts, children before their container. */
export class Structure {
  constructor(
    /** @internal */
    readonly parts: readonly Part[],
    /** How many tensors it holds. */
    readonly leafCount: number,
  ) {}
}

/** A container taken apart. */
export interface Flat {
  readonly structure: Structure;
  readonly tensors: Tensor[];
}

const SINGLE = new Structure([null], 1);
const NOTHING = new Structure([new Carried(undefined)], 0);
/** Whether a tensor stands for itself, in no container. */
export const isSingle = ({ structure }: Flat): boolean => structure === SINGLE;

/** Whether there is an instance of a class among what is taken apart. */
export const holdsInstance = ({ parts }: Structure, prototype: object): boolean =>
  parts.some((part) => part instanceof Branch && part.prototype === prototype);

/** A container that is being walked. */
class Frame {
  readonly keys: readonly PropertyKey[] | null;
  readonly source: Record<PropertyKey, unknown>;
  readonly count: number;
  at = 0;
  holdsTensor = false;
  isCyclic = false;
  constructor(
    readonly container: object,
    readonly kind: ObjectKind,
    /** Its key in the container around it. */
    readonly key: PropertyKey,
    /** How many parts there were before it. */
    readonly start: number,
    isList: boolean,
  ) {
    const { keys, source } = contentsOf(container, kind, isList);
    this.keys = keys;
    this.source = source;
    this.count = keys === null ? (source as unknown as unknown[]).length : keys.length;
  }
}

function refusal(name: string, frames: readonly Frame[]): ArgumentError {
  const { container, kind } = frames.at(-1)!;
  const path = frames.slice(1).map(({ key }) => keyText(key));
  const what = `${typeName(container)}${path.length > 0 ? ` (at ${path.join("")})` : ""}`;
  if (kind !== ObjectKind.Map && kind !== ObjectKind.Set) {
    return new ArgumentError(
      `${name}: ${what} holds tensors, and itself again: a container of tensors can't be cyclic. Leave out the way back, or ` +
        `make it a # field.`,
    );
  }
  const [is, instead] = kind === ObjectKind.Map ? ["Map", "a plain object"] : ["Set", "an array"];
  return new ArgumentError(`${name}: ${what} holds tensors, but a ${is} is no container of tensors: use ${instead}.`);
}

function foreign(name: string, item: object, path: readonly PropertyKey[] = []): ArgumentError {
  const at = path.length > 0 ? ` (at ${path.map(keyText).join("")})` : "";
  return new ArgumentError(
    `${name}: expected tensors of this copy of the library but got a ${typeName(item)}${at}. ${LOAD_ONCE}`,
  );
}

/**
 * Walks a container: its tensors go to `tensors`, its parts to `parts`. Where `parts` is null only the tensors are collected. Then each
 * object is walked once, functions give the tensors that they are known to hold (`holding`), and with `own` only the tensors of that
 * scope count.
 */
function walk(
  name: string,
  root: object,
  tensors: Tensor[],
  parts: Part[] | null,
  own: Scope | null,
  isList = false,
): void {
  let frame = new Frame(root, objectKindOf(root), "", 0, isList);
  const frames = [frame];
  // What is known of each object: the frame that walks it, or, once that has ended, whether there is a tensor in it. The map is made
  // when a second container is found.
  let known: Map<object, Frame | boolean> | null = null;
  for (;;) {
    if (frame.at < frame.count) {
      const key: PropertyKey = frame.keys === null ? frame.at : frame.keys[frame.at]!;
      frame.at++;
      const item = frame.source[key];
      if (isTensor(item)) {
        if (own !== null && item.owner !== own) continue;
        tensors.push(item);
        parts?.push(null);
        frame.holdsTensor = true;
        continue;
      }
      let carried = true;
      if (typeof item === "object" && item !== null) {
        const kind = objectKindOf(item);
        if (kind === ObjectKind.Foreign) throw foreign(name, item, [...frames.slice(1).map((f) => f.key), key]);
        if (isWalked(kind) && !(kind === ObjectKind.Array && (item as unknown[]).every(isPrimitive))) {
          known ??= new Map<object, Frame | boolean>().set(root, frame);
          const state = known.get(item);
          // One with tensors is walked again where parts are wanted: those that it gave before are in another place.
          if (state === undefined || (state === true && parts !== null)) {
            frame = new Frame(item, kind, key, parts === null ? 0 : parts.length, false);
            frames.push(frame);
            known.set(item, frame);
            carried = false;
          } else if (state === true) frame.holdsTensor = true;
          else if (state !== false) state.isCyclic = true;
        }
      } else if (parts === null && typeof item === "function") {
        for (const tensor of holdings.get(item) ?? []) {
          if (own !== null && tensor.owner !== own) continue;
          tensors.push(tensor);
          frame.holdsTensor = true;
        }
      }
      if (carried) parts?.push(new Carried(item));
      continue;
    }
    const { container, kind, count, keys, holdsTensor, start } = frame;
    if (holdsTensor && (frame.isCyclic || kind === ObjectKind.Map || kind === ObjectKind.Set))
      throw refusal(name, frames);
    if (parts !== null) {
      if (holdsTensor) {
        const prototype = Object.getPrototypeOf(container) as object | null;
        const fields = kind === ObjectKind.Array ? fieldsOf(container as unknown[]) : undefined;
        parts.push(new Branch(kind === ObjectKind.Array, count, keys, prototype, fields));
      } else {
        parts.length = start;
        parts.push(new Carried(container));
      }
    }
    known?.set(container, holdsTensor);
    frames.pop();
    if (frames.length === 0) return;
    frame = frames.at(-1)!;
    frame.holdsTensor ||= holdsTensor;
  }
}

/**
 * Takes a container apart. One that `isList` is an array, of which the items alone count: a function's arguments.
 * @throws ArgumentError for a Map or Set with tensors, for a cyclic container of tensors, and for tensors of another copy of the
 *   library
 */
export function flatten(name: string, value: unknown, isList = false): Flat {
  if (isTensor(value)) return { structure: SINGLE, tensors: [value] };
  const tensors: Tensor[] = [];
  if (value === undefined) return { structure: NOTHING, tensors };
  const kind = typeof value === "object" && value !== null ? objectKindOf(value) : ObjectKind.Opaque;
  if (kind === ObjectKind.Foreign) throw foreign(name, value as object);
  if (kind === ObjectKind.Opaque) {
    return { structure: new Structure([new Carried(value)], 0), tensors };
  }
  const parts: Part[] = [];
  walk(name, value as object, tensors, parts, null, isList);
  return { structure: new Structure(parts, tensors.length), tensors };
}

const holdings = new WeakMap<object, readonly Tensor[]>();
/** Says which Tensors the closure of `fn` holds: they go where fn goes. */
export function holding<F extends object>(fn: F, tensors: readonly Tensor[]): F {
  holdings.set(fn, tensors);
  return fn;
}

/**
 * The tensors in a value: itself, those in containers, and those that functions are known to hold; where there is `own`, only
 * those of that scope. Tensors can be in it more than once.
 * @throws as flatten
 */
export function collectTensors(name: string, value: unknown, own: Scope | null = null): Tensor[] {
  if (isTensor(value)) return own === null || value.owner === own ? [value] : [];
  const tensors: Tensor[] = [];
  if (typeof value === "function") walk(name, [value], tensors, null, own);
  else if (typeof value === "object" && value !== null) {
    const kind = objectKindOf(value);
    if (kind === ObjectKind.Foreign) throw foreign(name, value);
    if (isWalked(kind)) walk(name, value, tensors, null, own);
  }
  return tensors;
}

function build({ isArray, keys, prototype, fields }: Branch, items: unknown[]): unknown {
  if (keys === null) return withFields(items, fields);
  const made = (isArray ? Object.setPrototypeOf([], prototype) : Object.create(prototype)) as Record<
    PropertyKey,
    unknown
  >;
  keys.forEach((key, i) => {
    // What is there already may be a setter of the class, or __proto__.
    if (!(key in made)) made[key] = items[i];
    else Object.defineProperty(made, key, { value: items[i], writable: true, enumerable: true, configurable: true });
  });
  return isArray ? withFields(made as unknown as unknown[], fields) : made;
}

/** The container again, with other leaves: tensors, or whatever stands in their place. */
export function unflatten(structure: Structure, leaves: readonly unknown[]): Tree {
  if (structure === SINGLE) return leaves[0];
  const { parts } = structure;
  const made: unknown[] = [];
  let leaf = 0;
  for (const part of parts) {
    if (part === null) made.push(leaves[leaf++]);
    else if (part instanceof Carried) made.push(part.value);
    else made.push(build(part, made.splice(made.length - part.count, part.count)));
  }
  return made[0];
}

/** The items of what should be like `branch`, in the order of its keys; null where it has others. */
function itemsLike({ isArray, count, keys }: Branch, value: object): unknown[] | null {
  if (Array.isArray(value) !== isArray) return null;
  if (keys === null) return (value as unknown[]).length === count ? (value as unknown[]) : null;
  if (keysOf(value).length !== count || !keys.every((key) => Object.hasOwn(value, key))) return null;
  return keys.map((key) => (value as Record<PropertyKey, unknown>)[key]);
}

/** The tensors of a container that has them in the same places as `structure`, in its order; null where it has not. */
export function flattenLike(name: string, { parts, leafCount }: Structure, value: unknown): Tensor[] | null {
  const tensors = new Array<Tensor>(leafCount);
  let leaf = leafCount;
  // From the last part to the first: containers before their children, the last child first.
  const expected = [value];
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]!;
    const item = expected.pop();
    if (part === null) {
      if (!isTensor(item)) {
        if (typeof item === "object" && item !== null && objectKindOf(item) === ObjectKind.Foreign)
          throw foreign(name, item);
        return null;
      }
      tensors[--leaf] = item;
    } else if (part instanceof Carried) {
      if (collectTensors(name, item).length > 0) return null;
    } else {
      const items = typeof item === "object" && item !== null && !isTensor(item) ? itemsLike(part, item) : null;
      if (items === null) return null;
      for (let k = 0; k < items.length; k++) expected.push(items[k]);
    }
  }
  return tensors;
}

/**
 * One value per tensor: `spec` is a container's prefix, where a value stands for all tensors below it (as torch's in_dims).
 * Returns null where it does not fit.
 */
export function broadcastPrefix(spec: unknown, { parts, leafCount }: Structure): unknown[] | null {
  const all = new Array<unknown>(leafCount);
  let leaf = leafCount;
  const specs = [spec];
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]!;
    const given = specs.pop();
    if (part === null) {
      if (Array.isArray(given)) return null;
      all[--leaf] = given;
    } else if (part instanceof Carried) continue;
    else if (typeof given !== "object" || given === null) {
      for (let k = 0; k < part.count; k++) specs.push(given);
    } else {
      if (Array.isArray(given) !== part.isArray || (part.isArray && (given as unknown[]).length !== part.count))
        return null;
      for (let k = 0; k < part.count; k++) {
        specs.push((given as Record<PropertyKey, unknown>)[part.keys === null ? k : part.keys[k]!]);
      }
    }
  }
  return all;
}
