// Types of what tensors are indexed by.

/** Nested arrays of whole numbers: indices. */
export type NestedInts = readonly (number | NestedInts)[];
/** Nested arrays of booleans: a mask. */
type NestedBools = readonly (boolean | NestedBools)[];

type Bound = `${number}` | "";
/** start:end or start:end:step as text; each may be left out, and counts from the end where it is negative. */
export type SliceText = `${Bound}:${Bound}` | `${Bound}:${Bound}:${Bound}`;
/**
 * What x.at(…) takes for a dim, T the type of tensors: a number, which drops it; a slice as text; "..." for all dims that no other
 * entry names; null for a new dim; an array of whole numbers or an int32 tensor; a mask, an array of booleans or a bool tensor, for as
 * many dims as it has. Any string is accepted by type and checked when it is used.
 */
export type EntryOf<T> = number | SliceText | "..." | (string & {}) | null | undefined | NestedInts | NestedBools | T;
