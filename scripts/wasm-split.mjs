// The core as two modules: the first has the functions that ordinary programs use, the rest comes when it is called for the first time
// (host/core/load.ts). Each calls the other's functions: the rest imports those of the first, which calls by way of the table.
import { CALL, movedBody, movedElements, vector } from "./wasm-functions.mjs";
import { Reader, Section, beginOf, codeOf, contentOf, importsOf, leb, renumbered, signedLeb } from "./wasm.mjs";

const Kind = { Function: 0, Table: 1, Memory: 2, Global: 3 };
const FUNCREF = 0x70;
const I32 = 0x7f;
const MUTABLE = 1;
const END = 0x0b;
const isGlobal = (opcode) => opcode === 0x23 || opcode === 0x24;
const text = (name) => [...leb(name.length), ...Buffer.from(name)];

/** A function that is copied rather than called across modules has at most so many bytes. */
const COPIED_BYTES = 1000;
/** By this name the first module has the global that says whether the rest is there. */
const IS_WHOLE = "isWhole";

/**
 * Splits a module of the form that AssemblyScript's compiler writes. `isFirst` tells of each of its own functions, counted without those that
 * are imported, whether it goes into the first one.
 */
export function splitModule(sections, isFirst) {
  const core = read(sections);
  const { imported, bodies, globals } = core;
  const places = bodies.map((_, i) => i);
  const uses = bodies.map(usesOf);
  const union = (which, of) => new Set(places.filter(which).flatMap((i) => [...of(uses[i])]));
  const own = (numbers) => [...numbers].filter((number) => number >= imported).map((number) => number - imported);

  const calledByRest = union(
    (i) => !isFirst(i),
    ({ functions }) => functions,
  );
  const isCopied = (i) =>
    isFirst(i) && !uses[i].functions.size && !uses[i].globals.size && bodies[i].length <= COPIED_BYTES;
  const copied = own(calledByRest)
    .filter(isCopied)
    .sort((a, b) => a - b);
  const lent = [...calledByRest]
    .filter((number) => number < imported || (isFirst(number - imported) && !isCopied(number - imported)))
    .sort((a, b) => a - b);
  const calledByFirst = union(isFirst, ({ functions }) => functions);
  const borrowed = [...new Set(own([...calledByFirst, ...core.elements]))]
    .filter((i) => !isFirst(i))
    .sort((a, b) => a - b);
  const ofFirst = union(isFirst, ({ globals }) => globals);
  const ofRest = union(
    (i) => !isFirst(i),
    ({ globals }) => globals,
  );
  const shared = [...ofRest].filter((number) => ofFirst.has(number)).sort((a, b) => a - b);
  const restGlobals = globals.map((_, number) => number).filter((number) => ofRest.has(number) && !ofFirst.has(number));

  const parts = { ...core, isFirst, places, copied, lent, borrowed, shared, restGlobals };
  return { first: firstOf(parts), rest: restOf(parts) };
}

function firstOf({ sections, types, typeOf, bodies, imported, globals, exports, tableSize, ...parts }) {
  const { isFirst, places, lent, borrowed, shared, restGlobals } = parts;
  const functions = places.filter(isFirst);
  const firstGlobals = globals.map((_, number) => number).filter((number) => !restGlobals.includes(number));
  const noArguments = indexOfType(types, [0x60, 0, 0]);
  // Behind what is imported: what loads the rest, the functions, what sees to it that the rest is there, and what goes to the rest.
  const load = imported;
  const ensure = imported + 1 + functions.length;
  const functionAt = new Map([
    ...functions.map((i, at) => [i, load + 1 + at]),
    ...borrowed.map((i, at) => [i, ensure + 1 + at]),
  ]);
  const moved = (number) => (number < imported ? number : functionAt.get(number - imported));
  const movedGlobal = (number) => firstGlobals.indexOf(number);
  const isWhole = firstGlobals.length;
  const ensureBody = [0, 0x23, ...leb(isWhole), 0x45, 0x04, 0x40, CALL, ...leb(load), END, END];
  const forwarding = borrowed.map((i, at) => {
    const parameters = Array.from({ length: types[typeOf[i]][1] }, (_, each) => [0x20, ...leb(each)]);
    return [
      0,
      CALL,
      ...leb(ensure),
      ...parameters.flat(),
      0x41,
      ...signedLeb(tableSize + at),
      0x11,
      ...leb(typeOf[i]),
      0,
      END,
    ];
  });
  const code = [
    ...functions.map((i) => rewritten(bodies[i], moved, movedGlobal)),
    Buffer.from(ensureBody),
    ...forwarding.map((body) => Buffer.from(body)),
  ];
  const given = [
    [Kind.Table, 0],
    ...shared.map((number) => [Kind.Global, movedGlobal(number)]),
    ...lent.map((number) => [Kind.Function, moved(number)]),
  ];
  const imports = new Reader(contentOf(sections, Section.Import));
  const importCount = imports.number();
  return replaced(sections, {
    [Section.Type]: vector(types, (type) => type),
    [Section.Import]: Buffer.concat([
      Buffer.from(leb(importCount + 1)),
      imports.bytes.subarray(imports.at),
      Buffer.from([...text("host"), ...text("loadRest"), Kind.Function, ...leb(noArguments)]),
    ]),
    [Section.Function]: vector(
      [...functions.map((i) => typeOf[i]), noArguments, ...borrowed.map((i) => typeOf[i])],
      leb,
    ),
    [Section.Table]: Buffer.from([1, FUNCREF, 0, ...leb(tableSize + borrowed.length)]),
    [Section.Global]: vector(
      [...firstGlobals.map((number) => globals[number].bytes), [I32, MUTABLE, 0x41, 0, END]],
      (bytes) => bytes,
    ),
    [Section.Export]: vector(
      [
        ...exports
          .filter(({ kind, index }) => kind !== Kind.Function || isFirst(index - imported))
          .map(({ name, kind, index }) => [
            ...leb(name.length),
            ...name,
            kind,
            ...leb(kind === Kind.Function ? moved(index) : index),
          ]),
        [...text(IS_WHOLE), Kind.Global, ...leb(isWhole)],
        ...given.map(([kind, index], at) => [...text(String(at)), kind, ...leb(index)]),
      ],
      (bytes) => bytes,
    ),
    [Section.Element]: movedElements(contentOf(sections, Section.Element), moved),
    [Section.Code]: codeOf(code),
  });
}

function restOf({ sections, types, typeOf, bodies, imported, globals, exports, memoryImport, tableSize, ...parts }) {
  const { isFirst, places, copied, lent, borrowed, shared, restGlobals } = parts;
  const functions = [...copied, ...places.filter((i) => !isFirst(i))];
  const functionAt = new Map(functions.map((i, at) => [i, lent.length + at]));
  const moved = (number) => {
    const at = lent.indexOf(number);
    return at < 0 ? functionAt.get(number - imported) : at;
  };
  const movedGlobal = (number) => {
    const at = shared.indexOf(number);
    return at < 0 ? shared.length + restGlobals.indexOf(number) : at;
  };
  const typeOfFunction = (number) => (number < imported ? parts.importedTypes[number] : typeOf[number - imported]);
  const taken = [
    [Kind.Table, FUNCREF, 0, ...leb(tableSize + borrowed.length)],
    ...shared.map((number) => [Kind.Global, globals[number].type, MUTABLE]),
    ...lent.map((number) => [Kind.Function, ...leb(typeOfFunction(number))]),
  ];
  return replaced(sections, {
    [Section.Type]: vector(types, (type) => type),
    [Section.Import]: vector(
      [...taken.map((entry, at) => [...text(""), ...text(String(at)), ...entry]), memoryImport],
      (entry) => entry,
    ),
    [Section.Function]: vector(functions, (i) => leb(typeOf[i])),
    [Section.Table]: undefined,
    [Section.Global]: vector(restGlobals, (number) => globals[number].bytes),
    [Section.Export]: vector(
      exports.filter(({ kind, index }) => kind === Kind.Function && !isFirst(index - imported)),
      ({ name, kind, index }) => [...leb(name.length), ...name, kind, ...leb(moved(index))],
    ),
    [Section.Element]: Buffer.concat([
      Buffer.from([1, 0, 0x41, ...signedLeb(tableSize), END]),
      vector(borrowed, (i) => leb(moved(i + imported))),
    ]),
    [Section.Code]: codeOf(functions.map((i) => rewritten(bodies[i], moved, movedGlobal))),
  });
}

/** What the module consists of. */
function read(sections) {
  const types = new Reader(contentOf(sections, Section.Type)).vector((reader) => {
    const start = reader.at;
    reader.byte();
    reader.bytesOf(); // parameters
    reader.bytesOf(); // results
    return [...reader.bytes.subarray(start, reader.at)];
  });
  const imports = importsOf(sections);
  const importedTypes = imports.filter(({ kind }) => kind === Kind.Function).map(({ type }) => type);
  const memoryImport = imports.find(({ kind }) => kind === Kind.Memory).bytes;
  const globals = new Reader(contentOf(sections, Section.Global)).vector((reader) => {
    const start = reader.at;
    const type = reader.byte();
    const isMutable = reader.byte();
    const opcode = reader.byte();
    if (!isMutable || !(opcode in CONSTANT)) throw new Error("wasm: a global that no variable of the core becomes");
    CONSTANT[opcode](reader);
    reader.byte(); // end
    return { type, bytes: reader.bytes.subarray(start, reader.at) };
  });
  const exports = new Reader(contentOf(sections, Section.Export)).vector((reader) => ({
    name: reader.bytesOf(),
    kind: reader.byte(),
    index: reader.number(),
  }));
  const elements = [];
  movedElements(contentOf(sections, Section.Element), (number) => {
    elements.push(number);
    return number;
  });
  const table = new Reader(contentOf(sections, Section.Table), 3);
  return {
    ...{ sections, types, importedTypes, imported: importedTypes.length, memoryImport, globals, exports, elements },
    tableSize: table.number(),
    typeOf: new Reader(contentOf(sections, Section.Function)).vector((reader) => reader.number()),
    bodies: new Reader(contentOf(sections, Section.Code)).vector((reader) => reader.bytesOf()),
  };
}
/** What initializes a global, behind its opcode. */
const CONSTANT = {
  0x41: (reader) => reader.number(),
  0x42: (reader) => reader.number(),
  0x43: (reader) => reader.take(4),
  0x44: (reader) => reader.take(8),
  0xfd: (reader) => (reader.number(), reader.take(16)),
};

/** The functions that a body calls and the variables that it names. */
function usesOf(body) {
  const uses = { functions: new Set(), globals: new Set() };
  const noted = (set) => (number) => {
    set.add(number);
    return number;
  };
  movedBody(body, noted(uses.functions));
  renumbered(body, beginOf(body), isGlobal, noted(uses.globals));
  return uses;
}
function rewritten(body, moved, movedGlobal) {
  const called = movedBody(body, moved);
  const at = beginOf(called);
  return Buffer.concat([called.subarray(0, at), renumbered(called, at, isGlobal, movedGlobal)]);
}
/** The place of a type, which is added if it is not there. */
function indexOfType(types, type) {
  const index = types.findIndex((each) => String(each) === String(type));
  return index < 0 ? types.push(type) - 1 : index;
}
/** The sections with other contents; those of none are left out. */
const replaced = (sections, contents) =>
  sections
    .map(({ id, content }) => ({ id, content: id in contents ? contents[id] : content }))
    .filter(({ content }) => content);
