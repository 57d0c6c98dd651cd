// Local variables in the order of their first use. Templates that were compiled for several dtypes differ in how theirs are numbered.
import { Reader, Section, bodiesOf, codeOf, contentOf, leb, renumbered } from "./wasm.mjs";

const isLocal = (opcode) => opcode >= 0x20 && opcode <= 0x22;
/** What assembly/unpack/condensed.ts has room for. */
const MOST_LOCALS = 4096;
const MOST_TYPES = 4096;

/** The type of each local variable that is no parameter, and where they end in the body. */
export function declaredIn(body) {
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
