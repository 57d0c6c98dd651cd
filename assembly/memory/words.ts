// Moving a few 32-bit words: shapes, strides, lists of inputs. For these the engine's memory.copy and memory.fill, which leave
// the compiled code, cost several times the move itself.

/** Copies `count` words; the regions may overlap if `to` comes first. */
@inline
export function copyWords(to: usize, from: usize, count: i32): void {
  for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += 4) store<u32>(to + at, load<u32>(from + at));
}
/** Whether `count` words are equal. */
@inline
export function equalWords(a: usize, b: usize, count: i32): bool {
  for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += 4) {
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
