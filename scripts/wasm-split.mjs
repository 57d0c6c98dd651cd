// The core as several modules: the first has the functions that the simplest programs use, each further one comes when a function of it is
// called for the first time (host/core/load.ts). A part takes what it needs of those before it as imports; it calls functions of those behind
// it by way of the table, once they are there.
import { CALL, movedBody, movedElements, vector } from "./wasm-functions.mjs";
import { Reader, Section, beginOf, codeOf, contentOf, importsOf, leb, renumbered, signedLeb } from "./wasm.mjs";

const Kind = { Function: 0, Table: 1, Memory: 2, Global: 3 };
const FUNCREF = 0x70;
const I32 = 0x7f;
const MUTABLE = 1;
const END = 0x0b;
const isGlobal = (opcode) => opcode === 0x23 || opcode === 0x24;
const text = (name) => [...leb(name.length), ...Buffer.from(name)];
const ascending = (numbers) => [...numbers].sort((a, b) => a - b);

/** A function that is copied rather than called across modules has at most so many bytes. */
const COPIED_BYTES = 1000;
/** By this name the first module has the global that says which part was loaded last, by its number. */
const LOADED = "loaded";

/**
 * Splits a module of the form that AssemblyScript's compiler writes into `count` parts. `partOf` tells the part of each of its own functions,
 * counted without those that are imported. Functions and variables keep their numbers up to the last step, in which each part gets its own.
 */
export function splitModule(sections, partOf, count) {
  const core = read(sections);
  const parts = membersOf(core, partOf, count);
  const exchange = exchangeOf(core, parts);
  return parts.map((part) => moduleOf(core, part, exchange, parts));
}

/**
 * What each part consists of: `own` functions and those `copied` from parts before it; of those before it `lent` functions, imports of the core
 * among them, and `shared` variables; `forwarding` to functions behind it, unless a part before it does that already; its `variables`.
 */
function membersOf({ imported, bodies, globals, elements }, partOf, count) {
  const home = bodies.map((_, i) => partOf(i));
  const uses = bodies.map(usesOf);
  const isLeaf = (i) => !uses[i].functions.size && !uses[i].globals.size && bodies[i].length <= COPIED_BYTES;
  const homeOfVariable = globals.map(() => 0);
  const homeOfForwarding = new Map();
  const parts = [];
  const numbers = Array.from({ length: count }, (_, number) => number);
  const namedBy = numbers.map((number) => {
    const named = { functions: new Set(number ? [] : elements), globals: new Set() };
    for (const [i, each] of uses.entries())
      if (home[i] === number) for (const kind of Object.keys(named)) for (const one of each[kind]) named[kind].add(one);
    return named;
  });
  for (const variable of globals.keys()) {
    const first = namedBy.findIndex((named) => named.globals.has(variable));
    homeOfVariable[variable] = Math.max(first, 0);
  }
  for (const number of numbers) {
    const { functions, globals: named } = namedBy[number];
    const called = ascending(functions);
    const isHere = (each) => each >= imported && home[each - imported] === number;
    const isBehind = (each) => each >= imported && home[each - imported] > number;
    for (const each of called.filter(isBehind)) if (!homeOfForwarding.has(each)) homeOfForwarding.set(each, number);
    const before = called.filter((each) => !isHere(each) && !isBehind(each));
    const isCopied = (each) => each >= imported && isLeaf(each - imported);
    parts.push({
      number,
      own: bodies.map((_, i) => i + imported).filter(isHere),
      copied: before.filter(isCopied),
      lent: number ? before.filter((each) => !isCopied(each)) : [],
      borrowed: number ? called.filter((each) => isBehind(each) && homeOfForwarding.get(each) < number) : [],
      forwarding: called.filter((each) => homeOfForwarding.get(each) === number),
      variables: [...globals.keys()].filter((variable) => homeOfVariable[variable] === number),
      shared: ascending(named).filter((variable) => homeOfVariable[variable] < number),
    });
  }
  return parts;
}

/**
 * What goes from part to part: the table's places of functions that are called by way of it, and the names by which all that a part takes from
 * those before it is exported and imported. `isLoaded` stands for the global that says which part was loaded last.
 */
function exchangeOf({ tableSize }, parts) {
  const places = new Map();
  const partOf = new Map(parts.flatMap(({ own, number }) => own.map((each) => [each, number])));
  const forwarded = parts.flatMap(({ forwarding }) => forwarding);
  for (const { number } of parts)
    for (const each of ascending(forwarded).filter((one) => partOf.get(one) === number))
      places.set(each, tableSize + places.size);
  const names = new Map();
  const name = (key) => {
    if (!names.has(key)) names.set(key, String(names.size));
  };
  name("table");
  for (const { shared, lent, borrowed } of parts) {
    for (const each of shared) name(`global ${each}`);
    for (const each of lent) name(`function ${each}`);
    for (const each of borrowed) name(`forwarding ${each}`);
  }
  return { places, partOf, names, tableLength: tableSize + places.size };
}

function moduleOf(core, part, { places, partOf, names, tableLength }, parts) {
  const { sections, typeOf, imported, globals, exports } = core;
  const { number, own, copied, lent, borrowed, forwarding, variables, shared } = part;
  const isFirst = number === 0;
  const types = [...core.types];
  const loading = indexOfType(types, [0x60, 1, I32, 0]);
  const seeing = indexOfType(types, [0x60, 0, 0]);
  const typeOfFunction = (each) => (each < imported ? core.importedTypes[each] : typeOf[each - imported]);
  // In this order: what is imported, with what loads a part as the last of it where anything is forwarded; own functions, those that see to it
  // that a part is there, those that go to a part behind.
  const loads = forwarding.length > 0;
  const takenFunctions = isFirst ? Array.from({ length: imported }, (_, each) => each) : [...lent, ...borrowed];
  const targets = ascending(new Set(forwarding.map((each) => partOf.get(each))));
  const load = takenFunctions.length;
  const ownAt = load + (loads ? 1 : 0);
  const functions = [...copied, ...own];
  const ensureAt = ownAt + functions.length;
  const forwardingAt = ensureAt + targets.length;
  const functionAt = new Map([
    ...takenFunctions.map((each, at) => [each, at]),
    ...functions.map((each, at) => [each, ownAt + at]),
    ...forwarding.map((each, at) => [each, forwardingAt + at]),
  ]);
  const moved = (each) => functionAt.get(each);
  // Which part was loaded last comes behind the first part's own variables, and before what another one shares.
  const takesLoaded = !isFirst && loads;
  const sharedAt = takesLoaded ? 1 : 0;
  const loaded = isFirst ? variables.length : 0;
  const globalAt = new Map([
    ...shared.map((each, at) => [each, sharedAt + at]),
    ...variables.map((each, at) => [each, sharedAt + shared.length + at]),
  ]);
  const movedGlobal = (each) => globalAt.get(each);
  const ensure = targets.map((target) => [
    ...[0, 0x23, ...leb(loaded), 0x41, ...signedLeb(target), 0x48], // global.get, i32.const, i32.lt_s
    ...[0x04, 0x40, 0x41, ...signedLeb(target), CALL, ...leb(load), END, END],
  ]);
  const goOn = forwarding.map((each) => {
    const parameters = Array.from({ length: types[typeOfFunction(each)][1] }, (_, at) => [0x20, ...leb(at)]);
    return [
      ...[0, CALL, ...leb(ensureAt + targets.indexOf(partOf.get(each)))],
      ...parameters.flat(),
      ...[0x41, ...signedLeb(places.get(each)), 0x11, ...leb(typeOfFunction(each)), 0, END],
    ];
  });
  const bodyOf = (each) => rewritten(core.bodies[each - imported], moved, movedGlobal);
  const nameOf = (key) => text(names.get(key));
  const importLoad = loads ? [[...text("host"), ...text("loadPart"), Kind.Function, ...leb(loading)]] : [];
  const table = [FUNCREF, 0, ...leb(tableLength)];
  const taken = isFirst
    ? core.imports
    : [
        [...text(""), ...nameOf("table"), Kind.Table, ...table],
        ...(takesLoaded ? [[...text(""), ...text(LOADED), Kind.Global, I32, MUTABLE]] : []),
        ...shared.map((each) => [
          ...[...text(""), ...nameOf(`global ${each}`)],
          ...[Kind.Global, globals[each].type, MUTABLE],
        ]),
        ...[...lent.map((each) => [each, "function"]), ...borrowed.map((each) => [each, "forwarding"])].map(
          ([each, kind]) => [
            ...[...text(""), ...nameOf(`${kind} ${each}`)],
            ...[Kind.Function, ...leb(typeOfFunction(each))],
          ],
        ),
        core.memoryImport,
      ];
  const exported = (key, kind, index) => (names.has(key) ? [[...nameOf(key), kind, ...leb(index)]] : []);
  const lends = [
    ...(isFirst ? exported("table", Kind.Table, 0) : []),
    ...variables.flatMap((each) => exported(`global ${each}`, Kind.Global, movedGlobal(each))),
    ...[...(isFirst ? takenFunctions : []), ...own].flatMap((each) =>
      exported(`function ${each}`, Kind.Function, moved(each)),
    ),
    ...forwarding.flatMap((each) => exported(`forwarding ${each}`, Kind.Function, moved(each))),
  ];
  const entries = exports
    .filter(({ kind, index }) => (kind === Kind.Function ? own.includes(index) : isFirst))
    .map(({ name, kind, index }) => [
      ...[...leb(name.length), ...name, kind],
      ...leb(kind === Kind.Function ? moved(index) : index),
    ]);
  const placed = ascending(places.keys()).filter((each) => partOf.get(each) === number);
  const whole = (entry) => entry;
  return replaced(sections, {
    [Section.Type]: vector(types, whole),
    [Section.Import]: vector([...taken, ...importLoad], whole),
    [Section.Function]: vector(
      [...functions.map(typeOfFunction), ...targets.map(() => seeing), ...forwarding.map(typeOfFunction)],
      leb,
    ),
    [Section.Table]: isFirst ? Buffer.from([1, ...table]) : undefined,
    [Section.Global]: vector(
      [
        ...variables.map((each) => globals[each].bytes),
        ...(isFirst && parts.length > 1 ? [[I32, MUTABLE, 0x41, 0, END]] : []),
      ],
      whole,
    ),
    [Section.Export]: vector(
      [...entries, ...(isFirst && parts.length > 1 ? [[...text(LOADED), Kind.Global, ...leb(loaded)]] : []), ...lends],
      whole,
    ),
    [Section.Element]: isFirst
      ? movedElements(contentOf(sections, Section.Element), moved)
      : Buffer.concat([
          Buffer.from([1, 0, 0x41, ...signedLeb(placed.length ? places.get(placed[0]) : 0), END]),
          vector(placed, (each) => leb(moved(each))),
        ]),
    [Section.Code]: codeOf([...functions.map(bodyOf), ...ensure.map(Buffer.from), ...goOn.map(Buffer.from)]),
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
    ...{ sections, types, importedTypes, imported: importedTypes.length, imports: imports.map(({ bytes }) => bytes) },
    ...{ memoryImport, globals, exports, elements },
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
