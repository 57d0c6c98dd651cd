// Every bounds check at both of its edges: dims and indices at −n − 1, −n, n − 1 and n. The dims are those of the signature table,
// so that a new op is tried as well; indices are tried when they are at hand, when they are computed later, and in layouts that
// take other paths through the kernels.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import {
  build,
  Draw,
  drawArguments,
  find,
  type Overload,
  overloads,
  small,
  tensorOf,
  tensorsIn,
} from "../fuzz/programs";
import { f64, i32, near } from "./support";

// -- dims

/** How many values a dim can take beyond those of the first tensor: a new dim has a place more. */
const inserts = /^(unsqueeze|stack|diagEmbed)$/;
const isDim = (name: string, kind: string): boolean =>
  /^(dim|dims|dim0|dim1|dim2|axis0|axis1|startDim|endDim|dimension)$/.test(name) && /^ints?\b/.test(kind);

/** Calls with arguments that fit, until one goes through; then with another dim. */
function withDim({ op, params }: Overload, position: number): ((dim: number) => unknown) & { ndim: number } {
  for (let seed = 1; seed <= 300; seed++) {
    const draw = new Draw(
      seed * 7919,
      [],
      small.filter((shape) => shape.length > 1),
      "float64",
    );
    const made = drawArguments(draw, { op, params });
    const leaves = draw.leaves.map(tensorOf);
    const args = made.map((argument) => build(argument, leaves));
    const first = tensorsIn(args)[0];
    const { name, keyword } = params[position];
    const last = args.at(-1) as Record<string, unknown>;
    const hasKeywords =
      typeof last === "object" && last !== null && !Array.isArray(last) && !(last instanceof pf.Tensor);
    if (!first || (!keyword && (args.length <= position || (hasKeywords && args.length - 1 <= position)))) continue;
    if (keyword && !(hasKeywords && name in last)) continue;
    const call = (dim: number): unknown => {
      const other = [...args];
      if (keyword) other[args.length - 1] = { ...last, [name]: dim };
      else other[position] = dim;
      return tensorsIn(find(op)(...other)).map((x) => x.data());
    };
    try {
      tensorsIn(find(op)(...args)).forEach((x) => x.data());
    } catch {
      continue;
    }
    return Object.assign(call, { ndim: first.ndim });
  }
  throw new Error(`no arguments fit ${op}`);
}
const outOfRange = /Dimension out of range|out of range|dims? should|should be.*dim/;
for (const overload of overloads)
  overload.params.forEach(({ name, kind }, position) => {
    const { op } = overload;
    // Of these the dims are those of the matrices that the arguments hold, or of all of them together.
    if (!isDim(name, kind) || /^(tile|permute|rot90|flip|roll|tensordot|broadcastTensors|gradient|nn\.functional\.gridSample)$/.test(op)) return; // prettier-ignore
    test(`${op}: ${name} at its bounds`, () =>
      pf.tidy(() => {
        const call = withDim(overload, position);
        const n = call.ndim + (inserts.test(op) ? 1 : 0);
        for (const dim of [-n - 1, n])
          assert.throws(
            () => call(dim),
            (error: unknown) => error instanceof pf.PushforwardError && outOfRange.test(error.message),
            `${dim} of ${n}`,
          );
        for (const dim of [-n, n - 1]) {
          try {
            call(dim);
          } catch (error) {
            // Sizes may not fit along this dim; that it is none may not be said.
            const { message } = error as Error;
            if (!(error instanceof pf.PushforwardError) || /Dimension out of range/.test(message)) throw error;
          }
        }
      }));
  });

// -- indices

const N = 4;
const table = f64([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]); // prettier-ignore
const list = (i: number): pf.Tensor => i32([0, i]);
const F = pf.nn.functional;
const scores = f64([[1, 2, 3, 4], [2, 3, 1, 0]]); // prettier-ignore
type Shape = (index: pf.Tensor) => pf.Tensor;
/** The same indices at hand, computed later, and in other layouts. */
const forms: [name: string, f: Shape][] = [
  ["at hand", (index) => index],
  ["computed", (index) => index.mul(2).sub(index)],
  ["flipped", (index) => index.flip(0).mul(1).flip(0)],
  ["every other", (index) => pf.stack([index, index.mul(0)], -1).reshape(-1).mul(1).slice(0, 0, 2 * index.numel, 2)], // prettier-ignore
];
const rows = (index: pf.Tensor): pf.Tensor => index.unsqueeze(1).expand(2, 3);
const uses: [name: string, f: (index: pf.Tensor) => pf.Tensor, fromTheEnd: boolean][] = [
  ["gather, whole rows", (index) => table.gather(0, rows(index)), false],
  ["gather, a column", (index) => table.gather(0, index.unsqueeze(1)), false],
  ["gather along the last dim", (index) => table.t().gather(1, index.unsqueeze(0)), false],
  ["indexSelect", (index) => table.indexSelect(0, index), false],
  ["indexSelect of the last dim", (index) => table.t().indexSelect(1, index), false],
  ["scatter", (index) => table.scatter(0, rows(index), f64([[20, 21, 22], [30, 31, 32]])), false], // prettier-ignore
  ["scatter a value", (index) => table.scatter(0, rows(index), 5), false],
  ["scatterAdd", (index) => table.scatterAdd(0, rows(index), f64([[20, 21, 22], [30, 31, 32]])), false], // prettier-ignore
  ["scatterReduce", (index) => table.scatterReduce(0, rows(index), f64([[20, 21, 22], [30, 31, 32]]), "prod"), false], // prettier-ignore
  ["indexAdd", (index) => table.indexAdd(0, index, f64([[20, 21, 22], [30, 31, 32]])), false], // prettier-ignore
  ["indexCopy", (index) => table.indexCopy(0, index, f64([[20, 21, 22], [30, 31, 32]])), false], // prettier-ignore
  ["embedding", (index) => F.embedding(index, table), false],
  ["oneHot", (index) => F.oneHot(index, N).to("float64"), false],
  ["nllLoss", (index) => F.nllLoss(scores, index), false],
  ["crossEntropy", (index) => F.crossEntropy(scores, index), false],
  ["multiMarginLoss", (index) => F.multiMarginLoss(scores, index), false],
  ["index", (index) => table.index([index]), true],
  ["index of two dims", (index) => table.index([index, i32([0, 1])]), true],
  ["at", (index) => table.at(index), true],
  ["indexPut", (index) => table.indexPut([index], f64([[20, 21, 22], [30, 31, 32]])), true], // prettier-ignore
  ["setAt", (index) => table.setAt([index], 5), true],
  ["addAt", (index) => table.addAt([index], 5), true],
  ["take", (index) => table.select(1, 0).take(index), true],
  ["put", (index) => table.select(1, 0).put(index, f64([20, 30])), true],
];
for (const [name, f, fromTheEnd] of uses)
  for (const [form, shaped] of forms)
    test(`${name}: an index ${form} at its bounds`, () =>
      pf.tidy(() => {
        near(f(shaped(list(N - 1))), f(list(N - 1)));
        for (const i of [-N - 1, N, ...(fromTheEnd ? [] : [-1, -N])])
          assert.throws(
            () => f(shaped(list(i))).data(),
            (error: unknown) => error instanceof pf.PushforwardError && error.message.includes(String(i)),
            `${i}`,
          );
        if (!fromTheEnd) return;
        near(f(shaped(i32([1, -N]))), f(i32([1, 0])));
        near(f(shaped(list(-1))), f(list(N - 1)));
      }));

// Whoever shows all elements of an index at hand shows the one that is out of range; a slice may not.
const shows: [name: string, (index: pf.Tensor) => pf.Tensor][] = [
  ["as it is", (index) => index],
  ["reshaped", (index) => index.reshape(2, 1).reshape(2)],
  ["permuted", (index) => index.reshape(1, 2).t().reshape(2)],
  ["flipped", (index) => index.flip(0)],
  ["detached", (index) => index.detach()],
];
const isRefused = (f: () => unknown): void =>
  assert.throws(f, (error: unknown) => error instanceof pf.PushforwardError);
for (const [name, f, fromTheEnd] of uses)
  for (const [form, shown] of shows)
    // Where negative ones count from the end, views of an index are computed.
    if (!/oneHot|Loss|crossEntropy/.test(name) && (!fromTheEnd || form === "as it is"))
      test(`${name}: an index at hand, ${form}, is refused by the call itself`, () =>
        pf.tidy(() => {
          isRefused(() => f(shown(list(N))));
          isRefused(() => f(shown(list(fromTheEnd ? -N - 1 : -1))));
        }));
test("gather: what a slice of an index doesn't show has no say", () =>
  pf.tidy(() => {
    near(table.gather(0, i32([0, N]).slice(0, 0, 1).unsqueeze(1)), [[table.at(0, 0).item() as number]]);
  }));

const places: [name: string, f: (i: number) => pf.Tensor][] = [
  ["select", (i) => table.select(0, i)],
  ["at", (i) => table.at(i)],
  ["selectScatter", (i) => table.selectScatter(f64([0, 0, 0]), 0, i)],
  ["setAt", (i) => table.setAt([i], 0)],
];
for (const [name, f] of places)
  test(`${name}: a place at its bounds`, () => {
    near(f(-N), f(0));
    near(f(-1), f(N - 1));
    for (const i of [-N - 1, N])
      assert.throws(
        () => f(i).data(),
        (error: unknown) => error instanceof pf.PushforwardError && error.message.includes(String(i)),
      );
  });

/** Python's x[start:end:step] of 0 … n − 1, place by place. */
function slice(n: number, start: number | null, end: number | null, step: number): number[] {
  const isReversed = step < 0;
  const from = start === null ? (isReversed ? n - 1 : 0) : start < 0 ? start + n : start;
  const to = end === null ? (isReversed ? -1 : n) : end < 0 ? end + n : end;
  // What lies outside is where it is: the first place within is the next in direction.
  const first = isReversed ? Math.min(from, n - 1) : Math.max(from, 0);
  const places: number[] = [];
  for (let i = first; i >= 0 && i < n && (isReversed ? i > to : i < to); i += step) places.push(i);
  return places;
}
test("at: slices with every start and end around the bounds", () => {
  const n = 3;
  const x = f64([0, 1, 2]);
  const ends = [null, ...Array.from({ length: 2 * n + 3 }, (_, i) => i - n - 1)];
  for (const step of [1, 2, 3, -1, -2])
    for (const start of ends)
      for (const end of ends) {
        const text = `${start ?? ""}:${end ?? ""}:${step}`;
        const wanted = slice(n, start, end, step);
        const got = pf.tidy(() => Array.from(x.at(text).data()));
        assert.equal(got, wanted, text);
        const written = pf.tidy(() => Array.from(x.setAt([text], 7).data()));
        assert.equal(written, [0, 1, 2].map((i) => (wanted.includes(i) ? 7 : i)), `setAt ${text}`); // prettier-ignore
      }
});
test("setAt takes a hole among its entries for a new dim, as it takes undefined", () => {
  // eslint-disable-next-line no-sparse-arrays
  near(f64([1, 2, 3]).setAt([, 1] as number[], f64([7])), [1, 7, 3]);
});

test.run();
