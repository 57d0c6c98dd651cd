// "A Tensor or an array of Tensors": taken apart on the way in, put together again on the way out.
import { ArgumentError, typeName } from "../errors";
import { fieldsOf, withFields } from "../tensor/named";
import { isAsync, wasAsync } from "../tensor/async";
import { isTensor, type Tensor, type TensorList } from "../tensor/tensor";

/** What functions of autograd.functional take and return. */
export type Tensors = Tensor | TensorList;

/** A structure taken apart. */
export interface Parts {
  readonly isArray: boolean;
  readonly tensors: readonly Tensor[];
  /** The names that an array's items have, as those of sort. */
  readonly fields?: readonly string[] | undefined;
}

/**
 * Takes a Tensor or a non-empty array of Tensors apart.
 * @throws ArgumentError in the words of torch.autograd.functional, for anything else
 */
export function takeApart(value: unknown, what: string, fn: string): Parts {
  if (isTensor(value)) return { isArray: false, tensors: [value] };
  if (areTensors(value)) return { isArray: true, tensors: value.slice(), fields: fieldsOf(value) }; // func may write into the array that it was given to
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
  const wrong = (value as unknown[]).findIndex((item) => !isTensor(item));
  throw new ArgumentError(`${expected} the value at index ${wrong} has type ${typeName(value[wrong])}.`);
}
function areTensors(value: unknown): value is Tensor[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  for (let i = 0; i < value.length; i++) if (!isTensor(value[i])) return false;
  return true;
}

/** The tensors as a structure again. */
export const putTogether = (tensors: Tensor[], isArray: boolean, fields?: readonly string[]): Tensor | Tensor[] =>
  isArray ? withFields(tensors, fields) : tensors[0]!;
