// Transforms whose lists have outgrown what the core keeps for them: each request for memory is refused once, and each with all
// that follow. There is the OutOfMemoryError, nothing is lost, and all goes on as before.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Fault } from "../../assembly/abi/failures";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { heapBytes, interfering } from "./exhaustion";
import { leavesNothing } from "../autograd/support";
import { uniform } from "./support";

/** Lists of more words give their memory back. */
const KEPT = 4096;
const MANY = KEPT + 100;
const many = <U>(of: (i: number) => U): U[] => Array.from({ length: MANY }, (_, i) => of(i));
const chain = (x: Tensor): Tensor => {
  for (let i = 0; i < MANY; i++) x = x.neg();
  return x;
};
const total = (xs: readonly Tensor[]): Tensor => pf.cat(xs.map((x) => x.reshape(1))).sum();
/** The sum of many arguments, with a backward of its own. */
const sumOf = pf.autograd.customFunction({
  forward: (_, ...xs: Tensor[]) => total(xs),
  backward: (_, g) => many(() => g),
});
const twice = pf.autograd.customFunction({ forward: (_, x: Tensor) => x.mul(2), backward: (_, g) => g.mul(2) });

/** Leaves words that are no addresses in the memory that the next lists get. */
function litter(): void {
  const all = Array.from({ length: 12 }, () => pf.tensor(new Int32Array(MANY + 200).fill(-1)));
  for (const each of all) each.dispose();
}

/** Of the first requests each is refused, where lists are made; of the others about as many. */
const DENSE = 70;

const scenarios: [name: string, compute: () => Tensor[]][] = [
  ["vmap of a chain", () => [pf.func.vmap((x: Tensor) => chain(x))(uniform([2], 1))]],
  ["vmap of a wide concat", () => [pf.func.vmap((x: Tensor) => pf.cat(many(() => x)))(uniform([2, 1], 2))]],
  // Its operands become floats first: the concat follows what has failed already.
  ["a wide concat of dtypes", () => {
    const [x, i] = [pf.tensor([1, 2]), pf.tensor([1, 2], { dtype: "int32" })];
    return [pf.cat(many((k) => (k ? i : x)))];
  }],
  ["vmap of a custom function of many arguments", () => {
    const x = uniform([2], 3).requiresGrad_();
    const y = pf.func.vmap((e: Tensor) => sumOf(...many(() => e)))(x);
    return [y, pf.autograd.grad(y.sum(), x)[0]!];
  }],
  ["vjp of a chain", () => pf.functional.vjp(chain, uniform([2], 4), uniform([2], 5))],
  ["jvp of many inputs", () => {
    const xs = many((i) => pf.full([], i));
    return pf.functional.jvp((...ys: Tensor[]) => total(ys), xs, xs) as Tensor[];
  }],
  ["jvp of many outputs", () => {
    const [ys, tangents] = pf.functional.jvp((x: Tensor) => many((i) => x.mul(i)), pf.tensor(3), pf.tensor(2));
    return [total(ys), total(tangents)];
  }],
  ["the gradient of a chain", () => [pf.func.grad((x: Tensor) => chain(x).sum())(uniform([2], 6))]],
  ["a chain's vjp function", () => pf.func.vjp(chain, uniform([2], 7))[1](uniform([2], 8)) as Tensor[]],
  ["a custom function among others", () => pf.functional.vjp((x: Tensor) => chain(twice(chain(x))), uniform([2], 9), uniform([2], 10))],
  ["jvp of a custom function among others", () => pf.functional.jvp((x: Tensor) => chain(twice(x)), uniform([2], 9), uniform([2], 10)) as Tensor[]],
  // Pieces at each second place, two of each: their list has a word for each and for each gap.
  ["the gradient of many slices", () => pf.functional.vjp((x: Tensor) => total(many((i) => x.narrow(0, i - (i % 2), 1).exp())), uniform([MANY], 11))],
]; // prettier-ignore
for (const [name, compute] of scenarios)
  test(`requests are refused: ${name}`, async () => {
    const build = (): void => void compute();
    const read = (): unknown => pf.tidy(() => compute().map((x) => x.data()));
    const expected = read();
    const before = core.allocations();
    pf.tidy(build);
    const count = core.allocations() - before;
    for (let k = 0; k < count; k += k < DENSE ? 1 : Math.ceil(count / DENSE)) {
      let error: unknown;
      litter();
      await leavesNothing(() => (error = interfering(k % 3 ? Fault.One : Fault.All, k, build, false)));
      if (error !== null) assert.instance(error, pf.OutOfMemoryError, `request ${k}: ${(error as Error).message}`);
    }
    assert.equal(read(), expected);
  });
// The walk holds on to what it is about before it calls a user's backward: its list is full just then for one of the lengths.
test("requests are refused on the way into a backward: each one ends the walk", () => {
  const negs = (x: Tensor, count: number): Tensor => (count ? negs(x.neg(), count - 1) : x);
  for (let length = 54; length <= 64; length++) {
    let outcomes = "";
    for (let k = 0; k < 8; k++)
      pf.tidy(() => {
        const x = pf.tensor([1, 2], { requiresGrad: true });
        // Lists that have grown large are small again.
        pf.autograd.grad(chain(x).sum(), x);
        const y = negs(twice(x), length).sum();
        outcomes += interfering(Fault.One, k, () => void pf.autograd.grad(y, x), false) === null ? "." : "x";
      });
    assert.match(outcomes, /^x+[.]+$/, `${length} ops`);
  }
});
test("each record of a tensor, of a convolution, of its gradients and of their batches is refused", async () => {
  const [xs, w] = [uniform([2, 1, 2, 5], 1), uniform([3, 2, 3], 2)];
  const gradients = (x: Tensor): Tensor[] =>
    pf.functional.vjp((a: Tensor, b: Tensor) => pf.nn.functional.conv1d(a, b).sum(), [x, w])[1] as Tensor[];
  const build = (): void => void [pf.tensor([1, 2, 3]), pf.func.vmap(gradients)(xs)];
  let error: unknown = true;
  for (let k = 0; error !== null; k++) {
    await leavesNothing(() => (error = interfering(Fault.All, k, build)));
    if (error !== null) assert.instance(error, pf.OutOfMemoryError, `record ${k}: ${(error as Error).message}`);
    else assert.ok(k > 20, `${k} records`);
  }
});
test("a tensor of data that there is no room for leaves nothing in memory", () => {
  pf.tensor([1, 2, 3, 4, 5]).dispose();
  const before = heapBytes();
  for (let k = 0, error: unknown = true; error; k++) {
    error = interfering(Fault.One, k, () => pf.tensor([1, 2, 3, 4, 5]).dispose());
    assert.is(heapBytes(), before, `request ${k}`);
  }
});

test.run();
