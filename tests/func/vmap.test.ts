// vmap(f) of a batch is the stack of f of its elements, for every primitive and a wide sample of ops, in every mode.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Op } from "../../assembly/abi/opcodes";
import * as pf from "../../host/index";
import { f64 } from "../autograd/support";
import { close } from "../primitives/support";
import { elementwise, whole, elsewhere, type OpName } from "../primitives/rows";
import { cases as programs, type Func, list, type Make, type T } from "./cases";

const { vmap } = pf.func;
const test = suite("vmap");
const float = (x: T): T => (x.dtype === "float64" ? x : x.to("float64"));

/** Shapes, dtypes and, to 1e-12, values agree. */
function agree(actual: T | readonly T[], expected: readonly T[], what: string): void {
  const got = list(actual);
  assert.is(got.length, expected.length, what);
  got.forEach((x, i) => {
    assert.is(x.dtype, expected[i].dtype, what);
    close(float(x), float(expected[i]), 1e-12, `${what}, result ${i}`);
  });
}
type Dim = 0 | -1 | null;
const seedOf = (element: number, input: number): number => 100 * element + input + 1;
const element = (makes: readonly Make[], dims: readonly Dim[], k: number): T[] =>
  makes.map((make, i) => make(seedOf(dims[i] === null ? 0 : k, i)));
const batchOf = (makes: readonly Make[], dims: readonly Dim[], size: number): T[] =>
  makes.map((make, i) => {
    const dim = dims[i];
    if (dim === null) return make(seedOf(0, i));
    if (size) return pf.stack(Array.from({ length: size }, (_, k) => make(seedOf(k, i))), dim);
    const one = make(0).unsqueeze(dim);
    return one.narrow(dim, 0, 0);
  }); // prettier-ignore
function stacked(elements: readonly (readonly T[])[], dim = 0): T[] {
  return elements[0].map((_, i) =>
    pf.stack(
      elements.map((results) => results[i]),
      dim,
    ),
  );
}
const expectedOf = (f: Func, makes: readonly Make[], dims: readonly Dim[], size: number, dim = 0): T[] =>
  stacked(
    Array.from({ length: size }, (_, k) => list(f(...element(makes, dims, k)))),
    dim,
  );
const combinations = (count: number): Dim[][] =>
  count === 0 ? [[]] : combinations(count - 1).flatMap((dims) => ([0, -1, null] as const).map((dim) => [...dims, dim]));

const seen = new Set<string>();
function note(f: Func, makes: readonly Make[]): void {
  const graph = pf.inspect((...xs: T[]) => list(f(...xs)).map((x) => x.mul(1)) as T[], ...element(makes, makes.map(() => 0), 1)); // prettier-ignore
  for (const node of graph.nodes) seen.add(node.op);
}
for (const [, f, ...makes] of programs) note(f, makes);
// Elementwise primitives that no case holds come with their rows of the table of primitives.
const cases = [...programs];
for (const { op, f, operands } of elementwise) {
  if (seen.has(op)) continue;
  const makes = operands.map(
    (six): Make =>
      (seed) =>
        f64(six.map((_, i) => six[(i + seed) % 6])).reshape(2, 3),
  );
  cases.push([`${op}, by its row`, f, ...makes]);
  note(f, makes);
}
// And those that look at more than one element.
const known = new Set(seen);
const matrix: Make = (seed) => f64(Array.from({ length: 6 }, (_, i) => Math.sin(2.7 * i + seed))).reshape(2, 3);
for (const { op, name, f } of whole) {
  if (known.has(op)) continue;
  cases.push([`${op} ${name}, by its row`, f, matrix]);
  note(f, [matrix]);
}
test("the table has every primitive", () => {
  const names = Object.values(Op).filter((name) => typeof name === "string");
  // Those elsewhere stand for what is tested there, and for what vmap itself uses.
  assert.equal(names.filter((name) => !seen.has(name) && !elsewhere.includes(name as OpName)), []); // prettier-ignore
});

for (const [name, f, ...makes] of cases) {
  const all = makes.map((): Dim => 0);
  test(`${name}: inDims`, () => {
    pf.tidy(() => {
      for (const dims of combinations(makes.length)) {
        if (dims.every((dim) => dim === null)) continue;
        const actual = vmap(f, { inDims: dims })(...batchOf(makes, dims, 3)) as T | T[];
        agree(actual, expectedOf(f, makes, dims, 3), `inDims ${JSON.stringify(dims)}`);
      }
    });
  });
  test(`${name}: sizes, chunks, outDims, twice`, () => {
    pf.tidy(() => {
      const single = list(f(...element(makes, all, 0)));
      const none = list(vmap(f)(...batchOf(makes, all, 0)) as T | T[]);
      none.forEach((x, i) => {
        assert.equal(x.shape, [0, ...single[i].shape]);
        assert.is(x.data().length, 0);
      });
      agree(vmap(f)(...batchOf(makes, all, 1)) as T | T[], expectedOf(f, makes, all, 1), "size 1");
      const batch = batchOf(makes, all, 3);
      for (const chunkSize of [1, 2, 3, 7]) {
        const chunked = vmap(f, { chunkSize })(...batch) as T | T[];
        agree(chunked, expectedOf(f, makes, all, 3), `chunkSize ${chunkSize}`);
      }
      agree(vmap(f, { outDims: -1 })(...batch) as T | T[], expectedOf(f, makes, all, 3, -1), "outDims -1");

      // [2, 3, …]: the outer vmap maps the last dim where the inner maps the first
      const outer = [0, 1].map((k) => makes.map((make, i) => pf.stack([0, 1, 2].map((j) => make(seedOf(3 * k + j, i)))))); // prettier-ignore
      const twice = makes.map((_, i) => pf.stack([outer[0][i], outer[1][i]], -1));
      const want = stacked([0, 1].map((k) => stacked([0, 1, 2].map((j) => list(f(...element(makes, all, 3 * k + j))))))); // prettier-ignore
      agree(vmap(vmap(f) as Func, { inDims: -1 })(...twice) as T | T[], want, "nested");
    });
  });
}

/** f as a function of its float inputs alone, with the others in place, and those. */
function differentiable(f: Func, inputs: readonly T[]): { g: (...xs: T[]) => T[]; at: T[] } {
  const places = inputs.flatMap((x, i) => (x.dtype === "float64" ? [i] : []));
  const g = (...xs: T[]): T[] => {
    const all = [...inputs];
    places.forEach((place, i) => (all[place] = xs[i]));
    return list(f(...all)).map(float);
  };
  return { g, at: places.map((i) => inputs[i]) };
}
const like = (x: T, seed: number): T => x.mul(0).add(pf.arange(1, x.numel + 1, { dtype: "float64" }).mul(seed).sin().reshape(x.shape)); // prettier-ignore
const sumOf = (ys: readonly T[]): T =>
  ys.reduce(
    (sum, y, i) =>
      sum.add(
        y
          .mul(y)
          .mul(0.5 + 0.1 * i)
          .sum(),
      ),
    f64(0),
  );

for (const [name, f, ...makes] of cases) {
  const all = makes.map((): Dim => 0);
  const inputs = [0, 1, 2].map((k) => element(makes, all, k));
  test(`${name}: derivatives inside and outside`, () => {
    pf.tidy(() => {
      const float64 = inputs[0].map((x) => x.dtype === "float64");
      const batch = batchOf(makes, all, 3);
      const products: [string, (g: (...xs: T[]) => T[], at: T[], v: T[]) => readonly T[]][] = [
        ["jvp", (g, at, v) => pf.functional.jvp(g, at, v)[1]],
        ["vjp", (g, at) => pf.functional.vjp(g, at, g(...at).map((y) => y.mul(0).add(0.7)))[1]],
        ["hvp", (g, at, v) => pf.functional.hvp((...xs: T[]) => sumOf(g(...xs)), at, v)[1]],
        ["vhp", (g, at, v) => pf.functional.vhp((...xs: T[]) => sumOf(g(...xs)), at, v)[1]],
        ["func.grad", (g, at) => pf.func.grad((xs: T[]) => sumOf(g(...xs)))(at) as T[]],
        ["func.jacfwd", (g, at) => (pf.func.jacfwd((xs: T[]) => g(...xs))(at) as T[][]).flat()],
      ]; // prettier-ignore
      for (const [mode, product] of products) {
        const single = (...xs: T[]): readonly T[] => {
          const { g, at } = differentiable(f, xs);
          return product(g, at, at.map((x, i) => like(x, i + 1))); // prettier-ignore
        };
        const want = stacked(inputs.map((xs) => single(...xs)));
        agree(vmap(single as Func)(...batch) as T[], want, `${mode} inside`);
        if (mode === "func.jacfwd") continue;
        const mapped = (...xs: T[]): T[] => [...list(vmap(f)(...xs) as T | T[])];
        const { g, at } = differentiable(mapped, batch);
        // The vector of every element is the same.
        const v = makes.flatMap((_, i) => (float64[i] ? [inputs[0][i]] : [])).map((x, i) => pf.stack(Array<T>(3).fill(like(x, i + 1)))); // prettier-ignore
        agree(product(g, at, v), want, `${mode} outside`);
      }
    });
  });
}
test("a matrix product of which one operand is batched is one large product of matrices", () => {
  pf.tidy(() => {
    const [a, b] = [pf.ones([3, 4]), pf.ones([4, 5])];
    const batch = pf.ones([7, 4, 5]);
    for (const [f, x] of [
      [(x: T) => a.matmul(x), batch],
      [(x: T) => x.matmul(b), pf.ones([7, 3, 4])],
    ] as [Func, T][]) {
      const { nodes } = pf.inspect((x: T) => vmap(f as any)(x) as T, x); // prettier-ignore
      assert.equal(
        nodes.filter(({ op }) => op === "Matmul").map(({ shape }) => shape.length),
        [2],
      );
    }
  });
});

test.run();
