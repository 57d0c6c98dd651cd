// A module in fewer bytes, and in bytes that are the same for templates which were compiled for several dtypes: what the core is packed from,
// and what assembly/unpack/condensed.ts takes back. Of a function's body
// - the size and the types of its local variables are left out: the last `end` tells the one, a variable's first use the other;
// - a local variable stands as how long ago it was used;
// - a load or store has no alignment;
// - of instructions that there are for 32 bits and for 64, the one for 32 stands where the width is that of the one before, else the other;
// - a constant of several equal lanes stands once, and in 32 bits where those are enough;
// - a multiplication and addition that `splitMultiplyAdds` has made of one instruction are one.
import { declaredIn } from "./wasm-locals.mjs";
import {
  HEADER,
  Reader,
  Section,
  VECTOR,
  alignmentOf,
  bodiesOf,
  codeOf,
  leb,
  opcodeOf,
  skipImmediates,
} from "./wasm.mjs";

const [GET, SET, TEE] = [0x20, 0x21, 0x22];
const F64_CONST = 0x44;
const V128_CONST = 0x0c;
const [F32_MUL, F64_MUL] = [0xe6, 0xf2];
/** Types of variables by their codes. Of floats the first is the one of the width at hand. */
const TYPES = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b];
const FLOAT = 2;
/** The variables that were used last are got by one byte, and small integers that are frequent are one: codes that no instruction has. */
const FIRST_GET = 0xd3;
const GETS = 40;
const I32_CONST = 0x41;
const FIRST_INTEGER = 0xc5;
/** As they stand behind i32.const: the last but one is -1. */
const INTEGERS = [0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 32, 0x7f, 64];
/** A block that gives no value is its opcode alone. One that does has another, which no instruction has, so much larger. */
const BLOCKS = [0x02, 0x03, 0x04];
const NO_VALUE = 0x40;
const WITH_VALUE = 4;
/** Others that none has: an f64.const that needs 64 bits; behind that of vectors a constant of two halves, constants of lanes that are told in 32 bits, multiply-adds. */
const LONG_CONST = 0x27;
const HALVES = 0x9a;
const [SPLAT, WIDE_SPLAT] = [0xa2, 0xc2];
const [MULTIPLY_ADD, WIDE_MULTIPLY_ADD] = [0xa5, 0xc5];
const OWN = [HALVES, SPLAT, WIDE_SPLAT, MULTIPLY_ADD, WIDE_MULTIPLY_ADD];

/** The first of some instructions for 32 bits, of those for 64, and how many they are: as in assembly/unpack/condensed.ts. */
const PAIRS = partners(
  ...[0x2a, 0x2b, 1, 0x38, 0x39, 1, 0x43, 0x44, 1, 0x5b, 0x61, 6, 0x8b, 0x99, 14],
  ...[0xa8, 0xaa, 2, 0xae, 0xb0, 2, 0xb2, 0xb7, 4, 0xbc, 0xbd, 1, 0xbe, 0xbf, 1],
);
const VECTOR_PAIRS = partners(
  ...[0x09, 0x0a, 1, 0x11, 0x12, 1, 0x13, 0x14, 1, 0x1b, 0x1d, 2, 0x1f, 0x21, 2, 0x41, 0x47, 6, 0x56, 0x57, 1],
  ...[0x5a, 0x5b, 1, 0x5c, 0x5d, 1, 0x67, 0x74, 2, 0x69, 0x7a, 1, 0x6a, 0x94, 1, 0xa0, 0xc0, 32, 0xe0, 0xec, 12],
);
function partners(...ranges) {
  const of = new Map();
  for (let i = 0; i < ranges.length; i += 3) {
    const [narrow, wide, count] = ranges.slice(i, i + 3);
    for (let each = 0; each < count; each++) of.set(narrow + each, wide + each).set(wide + each, narrow + each);
  }
  return of;
}

/** The sections with the natural alignment for each load and store. It is a hint; engines don't look at it on processors of our day. */
export function alignNaturally(sections) {
  const bodies = bodiesOf(sections).map(({ body }) => {
    const aligned = Buffer.from(body);
    const reader = new Reader(aligned, declaredIn(body).end);
    while (reader.at < aligned.length) {
      const instruction = opcodeOf(reader);
      const alignment = alignmentOf(instruction.opcode, instruction.second);
      if (alignment !== undefined) aligned[reader.at] = alignment;
      skipImmediates(reader, instruction);
    }
    return aligned;
  });
  return sections.map((each) => (each.id === Section.Code ? { ...each, content: codeOf(bodies) } : each));
}

/** The float of 32 bits that is the same number as this one of 64, as bytes. */
function shortened(bytes) {
  const long = Buffer.alloc(8);
  const short = Buffer.alloc(4);
  short.writeFloatLE(bytes.readDoubleLE());
  long.writeDoubleLE(short.readFloatLE());
  // Not of NaN, whose bits the conversion need not keep.
  return long.equals(bytes) && !Number.isNaN(bytes.readDoubleLE()) ? short : undefined;
}
/** What all parts of so many bytes are, if they are equal. */
function partOf(bytes, length) {
  const part = bytes.subarray(0, length);
  for (let at = length; at < bytes.length; at += length)
    if (!part.equals(bytes.subarray(at, at + length))) return undefined;
  return part;
}

/** The code of a function, condensed. Its variables are in order, and alignments are natural. */
function condensed({ body, parameters }) {
  const { types, end } = declaredIn(body);
  const reader = new Reader(body, end);
  const recent = Array.from({ length: parameters }, (_, i) => i);
  let known = parameters;
  let isWide = false;
  let sum, product;
  const out = [];
  while (reader.at < body.length) {
    if (multiplyAdd()) continue;
    const instruction = opcodeOf(reader);
    const { opcode, second } = instruction;
    const immediates = reader.at;
    skipImmediates(reader, instruction);
    const rest = body.subarray(immediates, reader.at);
    if (opcode === GET || opcode === SET || opcode === TEE) variable(opcode, new Reader(rest).number());
    else if (opcode === F64_CONST && !shortened(rest)) {
      out.push(LONG_CONST, ...rest);
      isWide = true;
    } else if (opcode === F64_CONST) out.push(ofWidth(opcode, PAIRS), ...shortened(rest));
    else if (second === V128_CONST) vector(rest);
    else if (opcode === I32_CONST && rest.length === 1 && INTEGERS.includes(rest[0]))
      out.push(FIRST_INTEGER + INTEGERS.indexOf(rest[0]));
    else if (BLOCKS.includes(opcode)) out.push(...(rest[0] === NO_VALUE ? [opcode] : [opcode + WITH_VALUE, ...rest]));
    else {
      // Without the alignment, and of two bytes that tell a vector instruction the first.
      const skipped = alignmentOf(opcode, second) === undefined ? 0 : 1;
      if (second > 0xff || OWN.includes(second)) throw new Error(`wasm: unknown vector instruction ${second}`);
      if (opcode === VECTOR) out.push(opcode, ofWidth(second, VECTOR_PAIRS));
      else out.push(ofWidth(opcode, PAIRS));
      out.push(...rest.subarray(skipped));
    }
  }
  return Buffer.from(out);

  function ofWidth(code, pairs) {
    const other = pairs.get(code);
    if (other === undefined) return code;
    const isSame = isWide === code > other;
    isWide = code > other;
    return isSame ? Math.min(code, other) : Math.max(code, other);
  }
  function variable(opcode, local) {
    if (local === known) {
      const type = TYPES.indexOf(types[known++ - parameters]);
      const isFloat = type === FLOAT || type === FLOAT + 1;
      if (type < 0) throw new Error("wasm: a variable of a type without a code");
      out.push(opcode, isFloat ? FLOAT + (isWide === type > FLOAT ? 0 : 1) : type);
      if (isFloat) isWide = type > FLOAT;
    } else {
      const place = recent.indexOf(local);
      if (place < 0) throw new Error("wasm: a variable of a multiply-add is used for something else");
      recent.splice(place, 1);
      if (opcode === GET && place < GETS) out.push(FIRST_GET + place);
      else out.push(opcode, ...leb(place + TYPES.length));
    }
    recent.unshift(local);
  }
  /** `local.set sum; mul; local.set product; local.get sum; local.get product; add`: the two variables are of no other use. */
  function multiplyAdd() {
    const ahead = new Reader(body, reader.at);
    const is = (...bytes) => bytes.every((byte) => ahead.byte() === byte);
    if (!is(SET)) return false;
    const first = ahead.number();
    if (!is(VECTOR)) return false;
    const multiply = ahead.number();
    if ((multiply !== F32_MUL && multiply !== F64_MUL) || !is(SET)) return false;
    const second = ahead.number();
    if (!is(GET, ...leb(first), GET, ...leb(second), VECTOR, ...leb(multiply - 2))) return false;
    if (sum === undefined && first === known && second === known + 1) {
      [sum, product] = [first, second];
      known += 2;
    }
    if (first !== sum || second !== product) return false;
    out.push(VECTOR, ofWidth(multiply === F32_MUL ? MULTIPLY_ADD : WIDE_MULTIPLY_ADD, VECTOR_PAIRS));
    reader.at = ahead.at;
    return true;
  }
  function vector(constant) {
    const half = partOf(constant, 8);
    const quarter = partOf(constant, 4);
    const short = half && shortened(half);
    if (short && (isWide || !quarter)) out.push(VECTOR, ofWidth(WIDE_SPLAT, VECTOR_PAIRS), ...short);
    else if (quarter) out.push(VECTOR, ofWidth(SPLAT, VECTOR_PAIRS), ...quarter);
    else if (half) {
      out.push(VECTOR, HALVES, ...half);
      isWide = true;
    } else out.push(VECTOR, V128_CONST, ...constant);
  }
}
export const condensedBodies = (sections) => bodiesOf(sections).map(condensed);

/** The bytes of a module made by `orderLocals` and `alignNaturally`, condensed. All lengths that stand in it but those of functions stay as they are. */
export function condense(sections) {
  const bodies = condensedBodies(sections);
  const code = Buffer.concat([Buffer.from(leb(bodies.length)), ...bodies]);
  return Buffer.concat([
    Buffer.from(HEADER),
    ...sections.flatMap(({ id, content }) => [
      Buffer.from([id, ...leb(content.length)]),
      id === Section.Code ? code : content,
    ]),
  ]);
}
