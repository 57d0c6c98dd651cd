// Local variables, for packing. Templates that were compiled for several dtypes differ in how their variables are numbered: `orderLocals`
// numbers them by their first use, and `rankLocals` writes each as how long ago it was used, which assembly/unpack/locals.ts takes back.
import { HEADER, Reader, Section, bodiesOf, codeOf, contentOf, leb, renumbered } from "./wasm.mjs";

const isLocal = (opcode) => opcode >= 0x20 && opcode <= 0x22;
/** What assembly/unpack/locals.ts has room for. */
const MOST_LOCALS = 4096;
const MOST_TYPES = 4096;

/** The type of each local variable that is no parameter, and where they end in the body. */
function declaredIn(body) {
  const reader = new Reader(body);
  const types = [];
  for (let groups = reader.number(); groups; groups--) {
    const count = reader.number();
    types.push(...Array(count).fill(reader.byte()));
  }
  return { types, end: reader.at };
}

/** The sections with local variables numbered in the order of their first use; those that are not used at all are left out. */
export function orderLocals(sections) {
  const types = new Reader(contentOf(sections, Section.Type)).number();
  if (types > MOST_TYPES) throw new Error(`wasm: ${types} types`);
  const bodies = bodiesOf(sections).map(({ body, parameters }) => {
    const { types, end } = declaredIn(body);
    const numbers = new Map();
    const groups = [];
    const code = renumbered(body, end, isLocal, (local) => {
      if (local < parameters) return local;
      if (!numbers.has(local)) {
        numbers.set(local, parameters + numbers.size);
        const type = types[local - parameters];
        if (groups.at(-1)?.type === type) groups.at(-1).count++;
        else groups.push({ type, count: 1 });
      }
      return numbers.get(local);
    });
    if (parameters + numbers.size > MOST_LOCALS) throw new Error(`wasm: ${numbers.size} local variables`);
    const head = [...leb(groups.length), ...groups.flatMap(({ type, count }) => [...leb(count), type])];
    return Buffer.concat([Buffer.from(head), code]);
  });
  const content = codeOf(bodies);
  return sections.map((section) => (section.id === Section.Code ? { ...section, content } : section));
}

/** The bodies of the functions with the ranks of their local variables: 0 of a new one, else 1 and how many others were used since. */
export const rankedBodies = (sections) =>
  bodiesOf(sections).map(({ body, parameters }) => {
    const recent = Array.from({ length: parameters }, (_, i) => i);
    const { end } = declaredIn(body);
    const code = renumbered(body, end, isLocal, (local) => {
      const place = recent.indexOf(local);
      if (place >= 0) recent.splice(place, 1);
      recent.unshift(local);
      return place + 1;
    });
    return Buffer.concat([body.subarray(0, end), code]);
  });

/** The bytes of a module made by `orderLocals` with these bodies. All lengths that stand in it stay as they are. */
export function rankLocals(sections) {
  const bodies = bodiesOf(sections);
  const code = codeOf(rankedBodies(sections), (_, i) => bodies[i].body.length);
  return Buffer.concat([
    Buffer.from(HEADER),
    ...sections.flatMap(({ id, content }) => [
      Buffer.from([id, ...leb(content.length)]),
      id === Section.Code ? code : content,
    ]),
  ]);
}
