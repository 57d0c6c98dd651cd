// "A Tensor or an array of Tensors": taken apart on the way in, put together again on the way out. Where complex tensors may stand among
// them, each counts as one item, and as two tensors.
import { ArgumentError, typeName } from "../errors";
import { type ComplexTensor, isComplexTensor, makeComplex } from "../tensor/complex";
import { fieldsOf, type ListOf, withFields } from "../tensor/named";
import { isAsync, wasAsync } from "../tensor/async";
import { isTensor, type Tensor, type TensorList } from "../tensor/tensor";

/** What functions of autograd take and return. */
export type Tensors = Tensor | TensorList;
/** What those of autograd.functional take and return. */
export type MaybeComplex = Tensors | ComplexTensor | ListOf<Tensor | ComplexTensor>;

/** A structure taken apart. */
export interface Parts {
  readonly isArray: boolean;
  readonly tensors: readonly Tensor[];
  /** The names that an array's items have, as those of sort. */
  readonly fields?: readonly string[] | undefined;
  /** Which items are complex; left out where none is. */
  readonly complex?: readonly boolean[] | undefined;
}

/**
 * Takes a Tensor or a non-empty array of Tensors apart.
 * @throws ArgumentError in the words of torch.autograd.functional, for anything else
 */
export function takeApart(value: unknown, what: string, fn: string, mayBeComplex = false): Parts {
  if (isTensor(value)) return { isArray: false, tensors: [value] };
  if (areTensors(value)) return { isArray: true, tensors: value.slice(), fields: fieldsOf(value) }; // func may write into the array that it was given to
  const items: unknown[] = Array.isArray(value) ? Array.from(value) : [value];
  if (mayBeComplex && items.length > 0 && items.every((item) => isTensor(item) || isComplexTensor(item)))
    return {
      isArray: Array.isArray(value),
      tensors: items.flatMap((z) => (isTensor(z) ? [z] : [z.real, z.imag])),
      fields: Array.isArray(value) ? fieldsOf(value) : undefined,
      complex: items.map(isComplexTensor),
    };
  const expected = `${fn}: The ${what} given to ${fn} must be either a Tensor or a tuple of Tensors but`;
  const isReturned = what.startsWith("outputs of");
  if (isReturned ? wasAsync(value) : isAsync(value)) {
    const hint = isReturned ? "the function must not be async" : "await it first";
    throw new ArgumentError(`${expected} the given ${what} has type ${typeName(value)}: ${hint}.`);
  }
  if (!Array.isArray(value)) throw new ArgumentError(`${expected} the given ${what} has type ${typeName(value)}.`);
  if (value.length === 0) throw new ArgumentError(`${expected} the given ${what} is an empty array.`);
  if (isReturned) value.forEach(wasAsync);
  // Not indexOf, which passes over holes.
  const wrong = (value as unknown[]).findIndex((item) => !isTensor(item) && !(mayBeComplex && isComplexTensor(item)));
  throw new ArgumentError(`${expected} the value at index ${wrong} has type ${typeName(value[wrong])}.`);
}
function areTensors(value: unknown): value is Tensor[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  for (let i = 0; i < value.length; i++) if (!isTensor(value[i])) return false;
  return true;
}

/** The places of each item's tensors. */
export function placesOf({ complex, tensors }: Parts): number[][] {
  if (complex === undefined) return tensors.map((_, k) => [k]);
  let next = 0;
  return complex.map((isComplex) => (isComplex ? [next++, next++] : [next++]));
}

/** The tensors as the items of `parts`. */
export const itemsOf = (tensors: Tensor[], parts: Parts): (Tensor | ComplexTensor)[] =>
  parts.complex
    ? placesOf(parts).map(([k, i]) => (i === undefined ? tensors[k!]! : makeComplex(tensors[k!]!, tensors[i]!)))
    : tensors;
/** The tensors as a structure again, that of `parts`. */
export function putTogether(tensors: Tensor[], parts: Parts): unknown {
  const items = itemsOf(tensors, parts);
  return parts.isArray ? withFields(items, parts.fields) : items[0]!;
}
