// Lists of 32-bit words: shapes, strides, inputs. Word i of a list, and moving a few of them, for which the engine's memory.copy
// and memory.fill, which leave the compiled code, cost several times the move itself.

/** Bytes of `count` words: `list + wordBytes(i)` is where word i of a list stands. */
@inline
export function wordBytes(count: i32): usize {
  return (<usize>count) << 2;
}
/** Bytes of `count` words of 64 bits. */
@inline
export function longBytes(count: i32): usize {
  return (<usize>count) << 3;
}
/** Word i of a list. */
@inline
export function word(list: usize, i: i32): i32 {
  return load<i32>(list + wordBytes(i));
}
@inline
export function setWord(list: usize, i: i32, value: i32): void {
  store<i32>(list + wordBytes(i), value);
}
/** Address i of a list of addresses. */
@inline
export function pointer(list: usize, i: i32): usize {
  return load<usize>(list + wordBytes(i));
}
@inline
export function setPointer(list: usize, i: i32, address: usize): void {
  store<usize>(list + wordBytes(i), address);
}

/** Copies `count` words; the regions may overlap if `to` comes first. */
@inline
export function copyWords(to: usize, from: usize, count: i32): void {
  for (let at: usize = 0, end = wordBytes(count); at < end; at += 4) store<u32>(to + at, load<u32>(from + at));
}
/** Whether `count` words are equal. */
@inline
export function equalWords(a: usize, b: usize, count: i32): bool {
  for (let at: usize = 0, end = wordBytes(count); at < end; at += 4) {
    if (load<u32>(a + at) != load<u32>(b + at)) return false;
  }
  return true;
}
/** The same for long lists. (memory.compare goes byte by byte where the two lie differently to eight bytes.) */
export function equalLists(a: usize, b: usize, count: i32): bool {
  for (; count >= 4; count -= 4, a += 16, b += 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
  }
  return equalWords(a, b, count);
}
/** Zeroes `bytes`, which are 16 at least. */
@inline
export function clearBytes(at: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes - 16; i += 16) v128.store(at + i, i64x2.splat(0));
  v128.store(at + bytes - 16, i64x2.splat(0));
}
