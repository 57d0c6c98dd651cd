// The module that scripts/wasm-condensed.mjs has condensed, which says how: functions without their sizes, without the types of their
// local variables and without alignments, variables by how long ago they were used, instructions for 64 bits as those for 32 where
// the width is that of the one before. So templates for several dtypes are the same bytes for the most part: a seventh of the packed core.

const enum Section {
  Type = 1,
  Function = 3,
  Code = 10,
}
const enum Opcode {
  End = 0x0b,
  BlockWithValue = 0x06,
  Get = 0x20,
  Set = 0x21,
  Tee = 0x22,
  LongConst = 0x27,
  I32Const = 0x41,
  F32Const = 0x43,
  F64Const = 0x44,
  FirstInteger = 0xc5,
  FirstGet = 0xd3,
  Vector = 0xfd,
}
/** Behind the opcode of vector instructions. */
const enum Vector {
  Const = 0x0c,
  Shuffle = 0x0d,
  Halves = 0x9a,
  Splat = 0xa2,
  MultiplyAdd = 0xa5,
  WideSplat = 0xc2,
  WideMultiplyAdd = 0xc5,
  F32Mul = 0xe6,
  F64Mul = 0xf2,
}
const HEADER_BYTES: usize = 8;
const V128 = 0x7b;
/** How many types of variables there are: I32 and those below it. Of floats the first is that of the width at hand. */
const TYPE_COUNT: u32 = 5;
const I32 = 0x7f;
const GETS: u32 = 40;
const NO_VALUE = 0x40;
const WITH_VALUE = 4;
/** As they stand behind i32.const. */
const INTEGERS = memory.data<u8>([0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 32, 0x7f, 64]);
const INTEGER_COUNT: u32 = 13;

/** Behind what LZMA needs: to each instruction the one for the other width, or 0, as bytes; the same of vector instructions. */
const PARTNERS: usize = 0x8000;
const VECTOR_PARTNERS: usize = 0x8100;
/** Types of a function's variables, and parameters of each type of functions, as bytes. */
const TYPES: usize = 0x8800;
const PARAMETERS: usize = 0x9800;
/** Variables of the function at hand, the last one first, as u16: they grow downwards. */
const VARIABLES_END: usize = 0xc800;
/** What stands before a function's code, which is known when that has been written: in so many bytes behind its place. */
const HEAD: usize = 0xc800;
export const GAP: usize = 0x4000;

/** The first of some instructions for 32 bits, of those for 64, and how many they are; then those of vectors. */
const PAIRS = memory.data<u8>([
  0x2a, 0x2b, 1, 0x38, 0x39, 1, 0x43, 0x44, 1, 0x5b, 0x61, 6, 0x8b, 0x99, 14, 0xa8, 0xaa, 2, 0xae, 0xb0, 2, 0xb2, 0xb7,
  4, 0xbc, 0xbd, 1, 0xbe, 0xbf, 1, 0, 0x09, 0x0a, 1, 0x11, 0x12, 1, 0x13, 0x14, 1, 0x1b, 0x1d, 2, 0x1f, 0x21, 2, 0x41,
  0x47, 6, 0x56, 0x57, 1, 0x5a, 0x5b, 1, 0x5c, 0x5d, 1, 0x67, 0x74, 2, 0x69, 0x7a, 1, 0x6a, 0x94, 1, 0xa0, 0xc0, 32,
  0xe0, 0xec, 12, 0,
]);
/** Alignments of loads and stores, from 0x28 on; of vectors from 0 and from 84 on. */
const ALIGNMENTS = memory.data<u8>([2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2]);
const VECTOR_ALIGNMENTS = memory.data<u8>([4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4]);
const LANE_ALIGNMENTS = memory.data<u8>([0, 1, 2, 3, 0, 1, 2, 3, 2, 3]);

let from: usize = 0;
let to: usize = 0;
/** Where the next number of the function section lies. */
let typeAt: usize = 0;
/** The function's variables: the last one used, how many there are, and how many of them are no parameters. */
let variables: usize = 0;
let count: u32 = 0;
let declared: u32 = 0;
/** The two variables of its multiply-adds, if there have been any. */
let sum: u32 = 0;
let product: u32 = 0;
/** Whether the last instruction that there is for two widths was for 64 bits. */
let isWide: u32 = 0;

// @ts-ignore: decorator
@inline
function take(): u32 {
  return load<u8>(from++);
}
function put(byte: u32): void {
  store<u8>(to++, byte);
}
function copy(bytes: usize): void {
  memory.copy(to, from, bytes);
  from += bytes;
  to += bytes;
}
/** A LEB128 number, copied. */
function number(): u32 {
  let value: u32 = 0;
  let shift: u32 = 0;
  let byte: u32;
  do {
    byte = take();
    put(byte);
    value |= (byte & 127) << shift;
    shift += 7;
  } while (byte & 128);
  return value;
}
function numbers(n: u32): void {
  for (; n; n--) number();
}
/** Writes a LEB128 number. */
function putNumber(value: u32): void {
  for (; value > 127; value >>= 7) put(value | 128);
  put(value);
}

/** Fills the table of partners by the ranges at `at`; returns where they end. */
function pair(at: usize, table: usize): usize {
  for (; load<u8>(at); at += 3) {
    const narrow: u32 = load<u8>(at);
    const wide: u32 = load<u8>(at, 1);
    for (let i: u32 = 0; i < <u32>load<u8>(at, 2); i++) {
      store<u8>(table + narrow + i, wide + i);
      store<u8>(table + wide + i, narrow + i);
    }
  }
  return at + 1;
}
/** The instruction that is meant: of a pair the first keeps the width, the second changes it. */
function ofWidth(code: u32, table: usize): u32 {
  const other: u32 = load<u8>(table + code);
  if (!other) return code;
  isWide ^= u32(code > other);
  return isWide ? max(code, other) : min(code, other);
}

function types(): void {
  for (let n = number(), at = PARAMETERS; n; n--, at++) {
    copy(1);
    const parameters = number();
    store<u8>(at, parameters);
    copy(parameters);
    copy(number());
  }
}

/** A new variable. */
function declare(type: u32): u32 {
  store<u8>(TYPES + declared++, type);
  return count++;
}
function putVariable(opcode: u32, index: u32): void {
  put(opcode);
  putNumber(index);
}
/** A local variable: `rank` says how many others were used since. */
function variable(opcode: u32, rank: usize): void {
  let at = variables + (rank << 1);
  const index = load<u16>(at);
  for (; at > variables; at -= 2) store<u16>(at, load<u16>(at - 2));
  store<u16>(variables, index);
  putVariable(opcode, index);
}
/** Reads what a variable is told by: a type, of a new one, or its rank. */
function variableByCode(opcode: u32): void {
  let code = take();
  if (code & 128) code = (code & 127) | (take() << 7);
  if (code >= TYPE_COUNT) return variable(opcode, code - TYPE_COUNT);
  if ((code | 1) == 3) {
    isWide ^= code & 1;
    code = 2 + isWide;
  }
  const index = declare(I32 - code);
  variables -= 2;
  store<u16>(variables, index);
  putVariable(opcode, index);
}

function putVector(code: u32): void {
  put(Opcode.Vector);
  putNumber(code);
}
/** What scripts/wasm.mjs makes of a multiply-add. */
function multiplyAdd(multiply: u32): void {
  if (!product) {
    sum = declare(V128);
    product = declare(V128);
  }
  putVariable(Opcode.Set, sum);
  putVector(multiply);
  putVariable(Opcode.Set, product);
  putVariable(Opcode.Get, sum);
  putVariable(Opcode.Get, product);
  putVector(multiply - 2);
}
/** A number of 64 bits that stands in 32. */
function long(): void {
  store<f64>(to, <f64>load<f32>(from));
  from += 4;
  to += 8;
}

function vectorInstruction(): void {
  const code = ofWidth(take(), VECTOR_PARTNERS);
  if (code == Vector.MultiplyAdd) return multiplyAdd(Vector.F32Mul);
  if (code == Vector.WideMultiplyAdd) return multiplyAdd(Vector.F64Mul);
  if (code == Vector.Splat || code == Vector.WideSplat || code == Vector.Halves) {
    putVector(Vector.Const);
    const lane = to;
    if (code == Vector.Splat) {
      copy(4);
      from -= 4;
      copy(4);
    } else if (code == Vector.WideSplat) long();
    else {
      copy(8);
      isWide = 1;
    }
    memory.copy(to, lane, 8);
    to += 8;
    return;
  }
  putVector(code);
  if (code < <u32>Vector.Const) put(load<u8>(VECTOR_ALIGNMENTS + code));
  else if (code <= <u32>Vector.Shuffle) copy(16);
  else if (code > 20 && code < 35) copy(1);
  if (code - 84 < 10) put(load<u8>(LANE_ALIGNMENTS - 84 + code));
  if (code < <u32>Vector.Const || code - 84 < 10) number();
  if (code - 84 < 8) copy(1);
}

/** An instruction; returns by how many blocks deeper those behind it are, the end of a block −1. */
function instruction(): i32 {
  let opcode = take();
  if (opcode - Opcode.FirstGet < GETS) {
    variable(Opcode.Get, opcode - Opcode.FirstGet);
    return 0;
  }
  if (opcode - Opcode.FirstInteger < INTEGER_COUNT) {
    put(Opcode.I32Const);
    put(load<u8>(INTEGERS - Opcode.FirstInteger + opcode));
    return 0;
  }
  if (opcode - Opcode.BlockWithValue < 3) {
    put(opcode - WITH_VALUE);
    number();
    return 1;
  }
  if (opcode >= <u32>Opcode.Get && opcode <= <u32>Opcode.Tee) {
    variableByCode(opcode);
    return 0;
  }
  if (opcode == Opcode.Vector) {
    vectorInstruction();
    return 0;
  }
  if (opcode == Opcode.LongConst) {
    put(Opcode.F64Const);
    copy(8);
    isWide = 1;
    return 0;
  }
  opcode = ofWidth(opcode, PARTNERS);
  put(opcode);
  if (opcode >= 0x45 && opcode < 0xd0) return 0;
  switch (opcode) {
    case 0x02: // block
    case 0x03: // loop
    case 0x04: // if
      put(NO_VALUE);
      return 1;
    case Opcode.End:
      return -1;
    case 0x0c: // br
    case 0x0d: // br_if
    case 0x10: // call
    case 0x23: // global.get
    case 0x24: // global.set
    case 0x3f: // memory.size
    case 0x40: // memory.grow
    case Opcode.I32Const:
    case 0x42: // i64.const
    case 0xd2: // ref.func
      number();
      break;
    case 0x0e: // br_table
      numbers(number() + 1);
      break;
    case 0x11: // call_indirect
      numbers(2);
      break;
    case Opcode.F32Const:
      copy(4);
      break;
    case Opcode.F64Const:
      long();
      break;
    case 0xfc: {
      // memory.copy, memory.fill; conversions have no more.
      const second = number();
      if (second > 9) numbers(12 - second);
      break;
    }
    case 0xfe: // atomics; a fence has a byte
      numbers(number() == 3 ? 1 : 2);
      break;
    default: // loads and stores
      if (opcode >= 0x28 && opcode <= 0x3e) {
        put(load<u8>(ALIGNMENTS - 0x28 + opcode));
        number();
      }
  }
  return 0;
}

function nextType(): u32 {
  let type: u32 = 0;
  let shift: u32 = 0;
  let byte: u32;
  do {
    byte = load<u8>(typeAt++);
    type |= (byte & 127) << shift;
    shift += 7;
  } while (byte & 128);
  return type;
}

/** Groups of variables that are of one type: writes what they are, if they are to be written, and returns how many there are. */
function groups(areWritten: bool): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0, length: u32 = 0; i < declared; i += length, n++) {
    const type = load<u8>(TYPES + i);
    for (length = 1; i + length < declared && load<u8>(TYPES + i + length) == type;) length++;
    if (areWritten) {
      putNumber(length);
      put(type);
    }
  }
  return n;
}

function body(): void {
  const place = to;
  const code = to + GAP;
  to = code;
  count = load<u8>(PARAMETERS + nextType());
  declared = 0;
  product = 0;
  isWide = 0;
  variables = VARIABLES_END - (count << 1);
  for (let i: u32 = 0; i < count; i++) store<u16>(variables + (i << 1), i);
  for (let depth: i32 = 0; depth >= 0;) depth += instruction();
  const length = to - code;
  to = HEAD;
  putNumber(groups(false));
  groups(true);
  const headLength = to - HEAD;
  to = place;
  putNumber(<u32>(headLength + length));
  memory.copy(to, HEAD, headLength);
  to += headLength;
  memory.copy(to, code, length);
  to += length;
}

/** Writes the module that lies condensed at `start` up to `end` to `target`. Nothing may overlap, and `GAP` bytes behind it are written to. */
export function restoreModule(start: usize, end: usize, target: usize): void {
  pair(pair(PAIRS, PARTNERS), VECTOR_PARTNERS);
  from = start;
  to = target;
  copy(HEADER_BYTES);
  while (from < end) {
    const section = take();
    put(section);
    const size = number();
    if (section == Section.Type) types();
    else if (section == Section.Code) for (let n = number(); n; n--) body();
    else {
      if (section == Section.Function) {
        typeAt = to;
        copy(size);
        nextType(); // the count
      } else copy(size);
    }
  }
}
