// What the other files assert by.

/** Whether two types are the same, with any equal to nothing else. */
export type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
// A function counts by its parameters and its result, whatever generic type it came from.
type Signature<F> = F extends (...args: infer A) => infer R ? [parameters: [...A], result: R] : F;
type Check<Actual, Expected> =
  Equal<Signature<Actual>, Signature<Expected>> extends true ? [] : [expected: Expected, actual: Actual];
/** Fails to compile unless the value has exactly the type Expected. */
export const is =
  <Expected>() =>
  <Actual>(_value: Actual, ..._differs: Check<Actual, Expected>): void => {};
