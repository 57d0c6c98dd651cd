// Bytes as text that servers pack as well as the bytes themselves, and that assembly/unpack takes back in one pass: the common ones are a
// character each, the others two.

/** Printable characters of ASCII but those that minifiers, templates or pages would write otherwise. */
const CHARACTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(
  (character) => !"\"$'<\\`".includes(character),
);
/** The last characters come before another one, from which the number of a rare byte then counts on. */
const PREFIXES = 2;
const SINGLE = CHARACTERS.length - PREFIXES;

/**
 * Begins with the bytes by how common they are, as base64.
 * @param {Uint8Array} bytes
 */
export function plainText(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const spelled = [];
  for (const [i, byte] of order.entries())
    spelled[byte] = (i < SINGLE ? "" : CHARACTERS[SINGLE - 1 + Math.floor(i / SINGLE)]) + CHARACTERS[i % SINGLE];
  // Two bytes more, since whole groups of three end without equals signs.
  const table = Buffer.from([...order, 0, 0]).toString("base64");
  return table + Array.from(bytes, (byte) => spelled[byte]).join("");
}
