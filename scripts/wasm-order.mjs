// The order of a module's functions. Compressors of transport look back some 32 KiB only, so that functions alike should lie side by
// side: many are one template for several dtypes, which the compiler writes far apart. A tenth of the compressed size.
import { condensedBodies } from "./wasm-condensed.mjs";
import { Reader, Section, contentOf, importedFunctions, leb } from "./wasm.mjs";
import { movedBody, movedElements, movedExports, vector } from "./wasm-functions.mjs";

/** Bytes that are compared at once, and bytes that a compressor looks back. */
const SHINGLE = 6;
const WINDOW = 28_000;

/** The sections with their functions in an order in which each follows those that it is most like; and the order: where each was. */
export function orderFunctions(sections) {
  const imported = importedFunctions(sections);
  const types = new Reader(contentOf(sections, Section.Function)).vector((reader) => reader.number());
  const bodies = new Reader(contentOf(sections, Section.Code)).vector((reader) => reader.bytesOf());
  const order = byLikeness(condensedBodies(sections));
  const placeOf = new Map(order.map((old, place) => [old, place]));
  const moved = (index) => (index < imported ? index : imported + placeOf.get(index - imported));
  const contents = {
    [Section.Function]: vector(order, (old) => leb(types[old])),
    [Section.Export]: movedExports(contentOf(sections, Section.Export), moved),
    [Section.Element]: movedElements(contentOf(sections, Section.Element), moved),
    [Section.Code]: vector(order, (old) => {
      const body = movedBody(bodies[old], moved);
      return Buffer.concat([Buffer.from(leb(body.length)), body]);
    }),
  };
  return { sections: sections.map(({ id, content }) => ({ id, content: contents[id] ?? content })), order };
}

/** The indices of the bodies, each next to those before it with which it shares most. */
function byLikeness(bodies) {
  const shingles = bodies.map((body) => {
    const counts = new Map();
    for (let at = 0; at + SHINGLE <= body.length; at++) {
      const key = body.readUIntBE(at, SHINGLE);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  });
  const left = new Set(bodies.keys());
  const order = [];
  const inWindow = new Map();
  let oldest = 0;
  let windowBytes = 0;
  const count = (index, by) => {
    for (const key of shingles[index].keys()) inWindow.set(key, (inWindow.get(key) ?? 0) + by);
  };
  for (let next = 0; next !== undefined; next = mostLike()) {
    left.delete(next);
    order.push(next);
    count(next, 1);
    for (windowBytes += bodies[next].length; windowBytes > WINDOW && oldest < order.length - 1; oldest++) {
      count(order[oldest], -1);
      windowBytes -= bodies[order[oldest]].length;
    }
  }
  return order;

  function mostLike() {
    let best;
    let most = -1;
    for (const index of left) {
      let shared = 0;
      for (const [key, times] of shingles[index]) if (inWindow.get(key)) shared += times;
      // A few bytes more: short functions come where they happen to fit, not all of them first.
      const likeness = shared / (bodies[index].length + 20);
      if (likeness > most) [best, most] = [index, likeness];
    }
    return best;
  }
}
