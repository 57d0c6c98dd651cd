// Local variables of a module's functions by how long ago they were used: packed, every one stands as 0 where it is used for the first
// time, else as 1 and the number of others that were used since. So templates for several dtypes, of which the compiler numbers the
// variables otherwise each time, are the same bytes: a twentieth of the packed core. scripts/wasm-locals.mjs makes what this takes back.

const enum Section {
  Type = 1,
  Function = 3,
  Code = 10,
}
const HEADER_BYTES: usize = 8;

/** Parameters of each type, as bytes, and the variables of the function at hand, the last one first, as u16: it grows downwards. */
const PARAMETERS: usize = 0x8000;
const VARIABLES_END: usize = 0xc000;

let from: usize = 0;
let to: usize = 0;
/** Where the next number of the function section lies. */
let typeAt: usize = 0;
let variables: usize = 0;
let count: u32 = 0;

// @ts-ignore: decorator
@inline
function take(): u32 {
  return load<u8>(from++);
}
// @ts-ignore: decorator
@inline
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

function types(): void {
  for (let n = number(), at = PARAMETERS; n; n--, at++) {
    copy(1);
    const parameters = number();
    store<u8>(at, parameters);
    copy(parameters);
    copy(number());
  }
}

/** A local variable: reads its rank, writes its number. */
function variable(): void {
  let rank: usize = take();
  if (rank & 128) rank = (rank & 127) | (take() << 7);
  let index: u32;
  if (!rank) {
    index = count++;
    variables -= 2;
  } else {
    let at = variables + ((rank - 1) << 1);
    index = load<u16>(at);
    for (; at > variables; at -= 2) store<u16>(at, load<u16>(at - 2));
  }
  store<u16>(variables, index);
  if (index > 127) {
    put(index | 128);
    index >>= 7;
  }
  put(index);
}

function vectorInstruction(): void {
  const opcode = number();
  if (opcode < 12 || (opcode > 83 && opcode < 94)) numbers(2);
  if (opcode == 12 || opcode == 13) copy(16);
  if ((opcode > 20 && opcode < 35) || (opcode > 83 && opcode < 92)) copy(1);
}

function instruction(): void {
  const opcode = take();
  put(opcode);
  if (opcode >= 0x20 && opcode <= 0x22) return variable();
  if (opcode >= 0x45 && opcode < 0xd0) return;
  switch (opcode) {
    case 0x02: // block
    case 0x03: // loop
    case 0x04: // if
    case 0x0c: // br
    case 0x0d: // br_if
    case 0x10: // call
    case 0x23: // global.get
    case 0x24: // global.set
    case 0x3f: // memory.size
    case 0x40: // memory.grow
    case 0x41: // i32.const
    case 0x42: // i64.const
    case 0xd2: // ref.func
      numbers(1);
      break;
    case 0x0e: // br_table
      numbers(number() + 1);
      break;
    case 0x11: // call_indirect
      numbers(2);
      break;
    case 0x43: // f32.const
      copy(4);
      break;
    case 0x44: // f64.const
      copy(8);
      break;
    case 0xfc: {
      // memory.copy, memory.fill; conversions have no more.
      const second = number();
      if (second > 9) numbers(12 - second);
      break;
    }
    case 0xfd:
      vectorInstruction();
      break;
    case 0xfe: // atomics; a fence has a byte
      numbers(number() == 3 ? 1 : 2);
      break;
    default: // loads and stores
      if (opcode >= 0x28 && opcode <= 0x3e) numbers(2);
  }
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

function body(): void {
  const size = number();
  const end = to + size;
  count = load<u8>(PARAMETERS + nextType());
  variables = VARIABLES_END - (count << 1);
  for (let i: u32 = 0; i < count; i++) store<u16>(variables + (i << 1), i);
  for (let groups = number(); groups; groups--) {
    number();
    copy(1);
  }
  while (to < end) instruction();
}

/** Writes the module of which the packed form lies at `start` up to `end` to `target`, which does not overlap it. */
export function restoreLocals(start: usize, end: usize, target: usize): void {
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
