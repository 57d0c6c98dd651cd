// Where the core is cut (wasm-split.mjs) so that little goes across.
import { CALL } from "./wasm-functions.mjs";
import { beginOf, bodiesOf, importedFunctions, renumbered } from "./wasm.mjs";

/** What a call or a variable across a cut takes in the packed text, and what a byte before the cut is worth of that: it takes time. */
const CROSSING = 6;
const SHARED = 4;
const WORTH = 0.06;
const ROUNDS = 6;

/** The functions `used`, and those that save more by coming to them than their own bytes are worth. */
export function widened(used, sections) {
  const imported = importedFunctions(sections);
  const bodies = bodiesOf(sections).map(({ body }) => body);
  const named = (body, isMeant) => {
    const numbers = new Set();
    renumbered(body, beginOf(body), isMeant, (number) => {
      numbers.add(number);
      return number;
    });
    return [...numbers];
  };
  const callees = bodies.map((body) =>
    named(body, (opcode) => opcode === CALL)
      .filter((number) => number >= imported)
      .map((number) => number - imported),
  );
  const variables = bodies.map((body) => named(body, (opcode) => opcode === 0x23 || opcode === 0x24));
  const callers = inverse(callees, bodies.length);
  const users = inverse(variables, 1 + Math.max(...variables.flat()));
  const first = new Set(used);
  const isFirst = (i) => first.has(i);
  const isRest = (i) => !first.has(i);
  const crosses = (i) => callers[i].some(first.has(i) ? isRest : isFirst);
  const isShared = (variable) => users[variable].some(isFirst) && users[variable].some(isRest);
  /** What a function, those around it, and its variables cost as the parts are now. */
  const costAround = (i) =>
    CROSSING * [...new Set([i, ...callees[i], ...callers[i]])].filter(crosses).length +
    SHARED * variables[i].filter(isShared).length;
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of bodies.keys()) {
      if (first.has(i)) continue;
      const before = costAround(i);
      first.add(i);
      if (costAround(i) + WORTH * bodies[i].length >= before) first.delete(i);
    }
  }
  return first;
}
/** By each number below `count` that is listed, who lists it. */
function inverse(lists, count) {
  const by = Array.from({ length: count }, () => []);
  for (const [i, list] of lists.entries()) for (const each of list) by[each].push(i);
  return by;
}
