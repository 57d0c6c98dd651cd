// What debugNans says of the value that it has found.
import { Op } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import { core, shapeOf } from "../core/memory";
import { opNames, withValues } from "../core/prim";
import { blame, userFrames } from "../core/call-sites";
import { NonFiniteError, type NonFiniteOperand, formatShape } from "../errors";
import { indexAt } from "../tensor/nested";
import { type Item, stateOf } from "./items";

/** The element that goes into the one at `index` of a result by broadcasting; null where the shapes say otherwise. */
export function elementAt({ node }: Item, index: readonly number[], shape: readonly number[]): number | null {
  const own = shapeOf(node);
  const lead = shape.length - own.length;
  if (lead < 0 || own.some((size, i) => size !== 1 && size !== shape[lead + i])) return null;
  if (core.opOf(node) === Op.Full) return core.numberOf(node);
  const position = own.reduce((sum, size, i) => sum * size + (size === 1 ? 0 : index[lead + i]!), 0);
  return withValues(node, (values) => Number(values[position]));
}

/** The error about one element of an item. `message` gets the text that says which element it is. */
function errorAbout(
  { node, call, transform }: Item,
  primitive: string,
  value: number,
  index: number[],
  operands: NonFiniteOperand[],
  message: (place: string) => string,
): NonFiniteError {
  const [dtype, shape] = [dtypeName(core.dtypeOf(node)), shapeOf(node)];
  const place = `at index ${formatShape(index)} of ${dtype} ${formatShape(shape)}`;
  const error = Object.assign(new NonFiniteError(`debugNans: ${message(place)}`), {
    op: call?.name ?? primitive,
    primitive,
    transform: transform?.name ?? null,
    dtype,
    shape,
    value,
    index,
    operands,
    line: call && (userFrames(call)[0] ?? null),
  });
  return call ? blame(error, call) : error;
}
/** The error about an element that arises in `item`, of which `primitive` has given it. */
export function nonFiniteError(
  item: Item,
  primitive: Item,
  operands: readonly Item[],
  value: number,
  index: number[],
  byElement: boolean,
): NonFiniteError {
  const { call, transform } = item;
  const name = opNames[core.opOf(primitive.node)]!;
  const op = call?.name ?? name;
  const shape = shapeOf(item.node);
  const shown = operands.slice(0, 8).map((operand) => ({
    dtype: dtypeName(core.dtypeOf(operand.node)),
    shape: shapeOf(operand.node),
    value: byElement ? elementAt(operand, index, shape) : null,
  }));
  const from = shown.map((operand) =>
    operand.value === null ? `${operand.dtype} ${formatShape(operand.shape)}` : String(operand.value),
  );
  const subject =
    transform === null
      ? op
      : transform.name === "vmap"
        ? `${op} under vmap`
        : `the derivative of ${op} that ${transform.name} takes`;
  return errorAbout(
    item,
    name,
    value,
    index,
    shown,
    (place) =>
      `${subject} gives ${value}, ${place}, from ${from.join(" and ") || "nothing"}${call ? `, in its ${name}` : ""}.`,
  );
}

/** The error about a NaN that no op has made: it was in the data. */
export function givenNaN(items: readonly Item[], shows: Item): NonFiniteError {
  const source = items.find((item) => !item.isPending && stateOf(item).hasNaN) ?? shows;
  const index = indexAt(Array.from(stateOf(source).values).findIndex(Number.isNaN), shapeOf(source.node));
  const primitive = opNames[core.opOf(source.node)]!;
  const message = (place: string) => `NaN was there before, ${place}: no op that ran within has made it.`;
  return errorAbout(source, primitive, NaN, index, [], message);
}
