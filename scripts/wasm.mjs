// Reads and rewrites WebAssembly binaries, as far as building the core asks for it.
// The format: https://webassembly.github.io/spec/core/binary/

export const Section = {
  Custom: 0,
  Type: 1,
  Import: 2,
  Function: 3,
  Table: 4,
  Global: 6,
  Export: 7,
  Element: 9,
  Code: 10,
  Data: 11,
  DataCount: 12,
};
export const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
export const HEADER_BYTES = HEADER.length;
const V128 = 0x7b;
export const VECTOR = 0xfd;

/** A cursor over bytes. */
export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  take(count) {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
  /** An unsigned LEB128 number below 2^32; used as well to skip signed ones. */
  number() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
  /** A signed LEB128 number of 32 bits. */
  signed() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return shift < 25 && byte & 64 ? value | (-1 << (shift + 7)) : value;
    }
  }
  /** The results of `read` for each entry of a vector. */
  vector(read) {
    return Array.from({ length: this.number() }, () => read(this));
  }
  bytesOf(count = this.number()) {
    return this.take(count);
  }
}

export function leb(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** A number of 32 bits with its sign. */
export function signedLeb(value) {
  const bytes = [];
  for (; value < -64 || value > 63; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value & 127];
}

/** The sections, in order: `{ id, content }`. */
export function sectionsOf(wasm) {
  const sections = [];
  for (const reader = new Reader(wasm, HEADER_BYTES); reader.at < wasm.length;) {
    sections.push({ id: reader.byte(), content: reader.bytesOf() });
  }
  return sections;
}
/** The inverse of `sectionsOf`. */
export function join(sections) {
  return Buffer.concat([
    Buffer.from(HEADER),
    ...sections.flatMap(({ id, content }) => [Buffer.from([id, ...leb(content.length)]), content]),
  ]);
}
export const contentOf = (sections, id) => sections.find((section) => section.id === id)?.content ?? Buffer.from([0]);

/**
 * What is imported, in order: its kind (0: a function, 1: a table, 2: a memory, 3: a global), its bytes, where what says more of it begins in
 * the import section, and a function's type.
 */
export function importsOf(sections) {
  return new Reader(contentOf(sections, Section.Import)).vector((reader) => {
    const start = reader.at;
    reader.bytesOf(); // module
    reader.bytesOf(); // name
    const kind = reader.byte();
    const at = reader.at;
    const type = kind === 0 ? reader.number() : undefined;
    if (kind === 1) reader.byte(); // what it holds
    if (kind === 1 || kind === 2) {
      const hasMaximum = reader.byte() & 1;
      reader.number();
      if (hasMaximum) reader.number();
    }
    if (kind === 3) reader.take(2); // type, whether it changes
    return { kind, at, type, bytes: reader.bytes.subarray(start, reader.at) };
  });
}

/** How many functions are imported: those of the module are numbered behind them. */
export const importedFunctions = (sections) => importsOf(sections).filter(({ kind }) => kind === 0).length;

/** The names of a module's own functions, in order, of what it has by `--debug`. */
export function functionNames(sections) {
  const imported = importedFunctions(sections);
  const names = [];
  for (const { content } of sections.filter(({ id }) => id === Section.Custom)) {
    const reader = new Reader(content);
    if (String(reader.bytesOf()) !== "name") continue;
    while (reader.at < content.length) {
      const isOfFunctions = reader.byte() === 1;
      const part = reader.bytesOf();
      if (isOfFunctions)
        new Reader(part).vector((each) => (names[each.number() - imported] = String(Buffer.from(each.bytesOf()))));
    }
  }
  return names;
}

/** Where the flags of the imported memory lie in the content of the import section. */
export function memoryFlagsAt(sections) {
  const memory = importsOf(sections).find(({ kind }) => kind === 2);
  if (!memory) throw new Error("wasm: no memory is imported");
  return memory.at;
}

/** Active data segments at constant addresses: `{ address, bytes }`. */
export function dataSegments(sections) {
  return new Reader(contentOf(sections, Section.Data)).vector((reader) => {
    const head = [reader.number(), reader.byte()];
    if (head[0] !== 0 || head[1] !== 0x41) throw new Error("wasm: a data segment without a constant address");
    const address = reader.signed() >>> 0;
    reader.byte(); // end of the address
    return { address, bytes: reader.bytesOf() };
  });
}

/** Of loads and stores, by opcode, and of those of vectors by the second part: the binary logarithm of as many bytes as are read or written. */
const ALIGNMENTS = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];
const VECTOR_ALIGNMENTS = [4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4];
const LANE_ALIGNMENTS = [0, 1, 2, 3, 0, 1, 2, 3, 2, 3];
const isOfLane = (second) => second >= 84 && second <= 91;
/** The natural alignment of an instruction that reads or writes memory, but for atomics. */
export function alignmentOf(opcode, second) {
  return opcode === VECTOR ? (VECTOR_ALIGNMENTS[second] ?? LANE_ALIGNMENTS[second - 84]) : ALIGNMENTS[opcode - 0x28];
}

/** An instruction's opcode, and of vector instructions the second part. */
export function opcodeOf(reader) {
  const opcode = reader.byte();
  return { opcode, second: opcode === VECTOR ? reader.number() : undefined };
}
/** Moves the reader behind the immediates of an instruction. */
export function skipImmediates(reader, { opcode, second }) {
  if (alignmentOf(opcode, second) !== undefined) {
    (reader.number(), reader.number());
    if (isOfLane(second)) reader.byte();
  } else if (opcode === VECTOR) {
    if (second === 12 || second === 13) reader.take(16);
    else if (second >= 21 && second <= 34) reader.byte();
  } else if (opcode === 0x43) reader.take(4);
  else if (opcode === 0x44) reader.take(8);
  else if (opcode === 0x0e) (reader.vector((r) => r.number()), reader.number());
  else if (opcode === 0x1c) reader.vector((r) => r.byte());
  else if (opcode === 0x11) (reader.number(), reader.number());
  else if ([0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].includes(opcode)) reader.number();
  else if (opcode >= 0x20 && opcode <= 0x26) reader.number();
  else if (opcode === 0xfc) {
    const operation = reader.number();
    const immediates = [1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][operation] * (operation >= 8);
    for (let i = 0; i < immediates; i++) reader.number();
  } else if (opcode === 0xfe) {
    if (reader.number() === 3) reader.byte();
    else (reader.number(), reader.number());
  } else if (opcode > 0xc4 && opcode !== 0xd1) throw new Error(`wasm: unknown opcode 0x${opcode.toString(16)}`);
}
/** Moves the reader behind an instruction; returns the second part of the opcode of vector instructions. */
function skipInstruction(reader) {
  const instruction = opcodeOf(reader);
  skipImmediates(reader, instruction);
  return instruction.second;
}

/** A function's body from `at`, where its code begins, on, with other numbers behind the instructions that `isMeant` tells by opcode. */
export function renumbered(body, at, isMeant, numberOf) {
  const reader = new Reader(body, at);
  const pieces = [];
  let done = at;
  while (reader.at < body.length) {
    if (!isMeant(body[reader.at])) {
      skipInstruction(reader);
      continue;
    }
    reader.byte();
    pieces.push(body.subarray(done, reader.at), Buffer.from(leb(numberOf(reader.number()))));
    done = reader.at;
  }
  return Buffer.concat([...pieces, body.subarray(done)]);
}
/** The bodies of a module's functions: `{ body, parameters }`, the latter how many. */
export function bodiesOf(sections) {
  const types = new Reader(contentOf(sections, Section.Type)).vector((reader) => {
    if (reader.byte() !== 0x60) throw new Error("wasm: a type that is no function's");
    const parameters = reader.bytesOf().length;
    reader.bytesOf(); // results
    return parameters;
  });
  const typeOf = new Reader(contentOf(sections, Section.Function)).vector((reader) => reader.number());
  const bodies = new Reader(contentOf(sections, Section.Code)).vector((reader) => reader.bytesOf());
  return bodies.map((body, i) => ({ body, parameters: types[typeOf[i]] }));
}
/** Where a function's code begins in its body, behind its local variables. */
export function beginOf(body) {
  const reader = new Reader(body);
  for (let groups = reader.number(); groups; groups--) {
    reader.number();
    reader.byte();
  }
  return reader.at;
}
/** The content of a code section; the sizes of the bodies, unless others are to stand there. */
export const codeOf = (bodies, sizeOf = (body) => body.length) =>
  Buffer.concat([
    Buffer.from(leb(bodies.length)),
    ...bodies.flatMap((body, i) => [Buffer.from(leb(sizeOf(body, i))), body]),
  ]);

/** By the second part of its opcode, what takes the place of a relaxed multiply-add. */
const RELAXED_MADD = new Map([
  [0x105, { mul: 0xe6, add: 0xe4 }],
  [0x107, { mul: 0xf2, add: 0xf0 }],
]);

/**
 * Puts a rounded multiplication and an addition in the place of every relaxed multiply-add,
 * `local.set t; mul; local.set u; local.get t; local.get u; add`, which host/core/bytes.ts can find again; returns how many
 * there were. The sum is the left operand: the other way round, V8 moves every accumulator once more, a tenth of a product's time.
 */
export function splitMultiplyAdds(sections) {
  const split = bodiesOf(sections).map(({ body, parameters }) => splitBody(body, parameters));
  const content = codeOf(split.map(({ body }) => body));
  const count = split.reduce((sum, each) => sum + each.count, 0);
  return { sections: sections.map((each) => (each.id === Section.Code ? { ...each, content } : each)), count };
}
function splitBody(body, parameters) {
  const reader = new Reader(body);
  const groups = reader.number();
  const groupsAt = reader.at;
  let locals = parameters;
  for (let i = 0; i < groups; i++) {
    locals += reader.number();
    reader.byte();
  }
  const sum = leb(locals),
    product = leb(locals + 1);
  const pieces = [Buffer.from(leb(groups + 1)), body.subarray(groupsAt, reader.at), Buffer.from([2, V128])];
  let done = reader.at;
  let count = 0;
  while (reader.at < body.length) {
    const at = reader.at;
    const second = skipInstruction(reader);
    const split = RELAXED_MADD.get(second);
    if (!split) {
      if (second >= 0x100) throw new Error(`wasm: relaxed instruction 0x${second.toString(16)} has no counterpart`);
      continue;
    }
    const multiply = [0x21, ...sum, 0xfd, split.mul, 1, 0x21, ...product];
    const instructions = [...multiply, 0x20, ...sum, 0x20, ...product, 0xfd, split.add, 1];
    pieces.push(body.subarray(done, at), Buffer.from(instructions));
    done = reader.at;
    count++;
  }
  if (!count) return { body, count };
  return { body: Buffer.concat([...pieces, body.subarray(done)]), count };
}
