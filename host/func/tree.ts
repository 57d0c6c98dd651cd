// Containers of tensors: nested arrays and plain objects, taken apart into a list and put together again. Anything else in
// them (numbers, null, strings) stays where it is.
import { fieldsOf, withFields } from "../tensor/named";
import { isTensor, type Tensor } from "../tensor/tensor";

/** A container, or whatever else func takes and returns; the public signatures say which. */
export type Tree = unknown;

type Shape =
  | { readonly kind: "tensor" }
  | { readonly kind: "array"; readonly items: readonly Shape[]; readonly fields: readonly string[] | undefined }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Shape])[] }
  | { readonly kind: "other"; readonly value: unknown };

/** A container taken apart. */
export interface Flat {
  readonly shape: Shape;
  readonly tensors: Tensor[];
}

const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function take(value: unknown, into: Tensor[]): Shape {
  if (isTensor(value)) {
    into.push(value);
    return { kind: "tensor" };
  }
  if (Array.isArray(value)) {
    return { kind: "array", items: value.map((item) => take(item, into)), fields: fieldsOf(value) };
  }
  if (isPlain(value)) {
    return { kind: "object", entries: Object.entries(value).map(([key, item]) => [key, take(item, into)] as const) };
  }
  return { kind: "other", value };
}

export function flatten(value: unknown): Flat {
  const tensors: Tensor[] = [];
  return { shape: take(value, tensors), tensors };
}

/** The container again, with other leaves: tensors, or whatever stands in their place. */
export function unflatten(shape: Shape, leaves: readonly unknown[]): Tree {
  let at = 0;
  const build = (part: Shape): unknown => {
    switch (part.kind) {
      case "tensor":
        return leaves[at++];
      case "array":
        return withFields(part.items.map(build), part.fields);
      case "object":
        return Object.fromEntries(part.entries.map(([key, item]) => [key, build(item)]));
      case "other":
        return part.value;
    }
  };
  return build(shape);
}

/** The tensors of a container that has them in the same places as `shape`, in its order; null where it has not. */
export function flattenLike(shape: Shape, value: unknown, into: Tensor[] = []): Tensor[] | null {
  const fits = (part: Shape, item: unknown): boolean => flattenLike(part, item, into) !== null;
  switch (shape.kind) {
    case "tensor":
      return isTensor(value) ? (into.push(value), into) : null;
    case "array":
      if (!Array.isArray(value) || value.length !== shape.items.length) return null;
      return shape.items.every((part, i) => fits(part, value[i])) ? into : null;
    case "object": {
      if (!isPlain(value) || Object.keys(value).length !== shape.entries.length) return null;
      // By key: objects may have theirs in another order.
      return shape.entries.every(([key, part]) => Object.hasOwn(value, key) && fits(part, value[key])) ? into : null;
    }
    case "other":
      return isTensor(value) || Array.isArray(value) || isPlain(value) ? null : into;
  }
}

/**
 * One value per tensor: `spec` is a container's prefix, where a value stands for all tensors below it (as torch's in_dims).
 * Returns null where it does not fit.
 */
export function broadcastPrefix(spec: unknown, shape: Shape): unknown[] | null {
  if (shape.kind === "other") return [];
  if (shape.kind === "tensor") return Array.isArray(spec) ? null : [spec];
  const items = shape.kind === "array" ? shape.items : shape.entries.map(([, item]) => item);
  let specs: unknown[];
  if (Array.isArray(spec)) {
    if (shape.kind !== "array" || spec.length !== items.length) return null;
    specs = spec;
  } else if (typeof spec === "object" && spec !== null) {
    if (shape.kind !== "object") return null;
    specs = shape.entries.map(([key]) => (spec as Record<string, unknown>)[key]);
  } else specs = items.map(() => spec);
  const all: unknown[] = [];
  for (let i = 0; i < items.length; i++) {
    const part = broadcastPrefix(specs[i], items[i]!);
    if (part === null) return null;
    all.push(...part);
  }
  return all;
}
