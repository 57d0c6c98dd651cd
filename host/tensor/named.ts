// Results that torch names (max(dim), sort, …): arrays in torch's order whose items are properties of those names as well, as
// in torch's named tuples. The names are not enumerable, so that such an array is compared, spread and printed like any other.

type Fields = readonly string[];

/**
 * An array of the items, of which each is also a property of the field's name that has its place. Where `values` is one of the names,
 * which is a method of arrays, it is no array type: then taking it apart gives T, which is what they all are.
 */
export type NamedOf<F extends Fields, Items extends readonly unknown[], T> = (F[number] & keyof unknown[] extends never
  ? Items
  : Omit<{ -readonly [K in keyof F]: T }, F[number] | Places<F>> & { [I in Places<F>]: Items[I & keyof Items] }) & {
  readonly [I in Places<F> as F[I] & string]: Items[I & keyof Items];
};
type Places<F extends Fields> = keyof F & `${number}`;

/** Several of them: an array, which may have names, so that its `values` need not be the method of arrays. */
export type ListOf<T> = Omit<readonly T[], "values">;

// A property, not a WeakMap: the lookup in arrays without names, which is nearly all there are, costs nothing.
const FIELDS = Symbol("fields");

/** The names of an array's items; undefined for one without. */
export const fieldsOf = (items: readonly unknown[]): Fields | undefined =>
  (items as { readonly [FIELDS]?: Fields })[FIELDS];

/** Gives the items of an array their names, if any, and returns it. */
export function withFields<A extends unknown[]>(items: A, fields: Fields | undefined): A {
  if (fields === undefined) return items;
  const define = (key: PropertyKey, value: unknown) =>
    Object.defineProperty(items, key, { value, writable: true, configurable: true });
  fields.forEach((field, i) => define(field, items[i]));
  return define(FIELDS, fields);
}
