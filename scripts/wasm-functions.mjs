// Functions of a module under other numbers.
import { Reader, beginOf, leb, renumbered } from "./wasm.mjs";

export const CALL = 0x10;
const REF_FUNC = 0xd2;

/** A vector, each entry as `write` gives its bytes. */
export function vector(items, write) {
  return Buffer.concat([Buffer.from(leb(items.length)), ...items.map((item) => Buffer.from(write(item)))]);
}

/** The content of an export section whose functions have other numbers now. */
export function movedExports(content, moved) {
  const exports = new Reader(content).vector((reader) => {
    const name = reader.bytesOf();
    const kind = reader.byte();
    return { name, kind, index: reader.number() };
  });
  return vector(exports, ({ name, kind, index }) => [
    ...leb(name.length),
    ...name,
    kind,
    ...leb(kind === 0 ? moved(index) : index),
  ]);
}

/** That of an element section, of the form that the compiler writes: table 0, a constant place, a list of functions. */
export function movedElements(content, moved) {
  const segments = new Reader(content).vector((reader) => {
    const start = reader.at;
    if (reader.number() !== 0 || reader.byte() !== 0x41) throw new Error("wasm: an element segment of another form");
    reader.signed();
    reader.byte(); // end of the place
    return { head: content.subarray(start, reader.at), functions: reader.vector((each) => each.number()) };
  });
  return vector(segments, ({ head, functions }) =>
    Buffer.concat([head, vector(functions, (index) => leb(moved(index)))]),
  );
}

/** The body of a function that calls others by other numbers now. */
export function movedBody(body, moved) {
  const at = beginOf(body);
  const namesFunction = (opcode) => opcode === CALL || opcode === REF_FUNC;
  return Buffer.concat([body.subarray(0, at), renumbered(body, at, namesFunction, moved)]);
}
