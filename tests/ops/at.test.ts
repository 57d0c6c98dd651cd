// x.at(…), x.setAt(…), x.addAt(…). Which elements the entries name comes from PyTorch (at.rows.jsonl, made by at.rows.py); what a write
// does follows from that by a loop.
import { readFileSync } from "node:fs";
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, checkDerivatives, f64, i32, values } from "./support";

interface Row {
  shape: number[];
  entries: any[];
  result: number[];
  positions: number[];
}
const text = readFileSync(new URL("./at.rows.jsonl", import.meta.url), "utf8");
const rows = text.trim().split("\n").map((line) => JSON.parse(line) as Row); // prettier-ignore

/** The entries as a user writes them; pending: tensors that are still to be computed. */
const entriesOf = (entries: any[], pending = false): any[] =>
  entries.map((entry) => {
    if (typeof entry !== "object" || entry === null) return entry;
    if ("list" in entry) return entry.list;
    if ("tensor" in entry) return pending ? i32(entry.tensor).add(1).sub(1) : i32(entry.tensor);
    return pending ? bool(entry.mask).logicalNot().logicalNot() : bool(entry.mask);
  });
const ofShape = (shape: number[], seed: number): pf.Tensor =>
  f64(values(shape.reduce((a, b) => a * b, 1), seed)).reshape(shape); // prettier-ignore
const flat = (x: pf.Tensor): number[] => Array.from(x.data());
const written = (x: number[], positions: number[], v: number[]): number[] => {
  const y = [...x];
  positions.forEach((at, i) => (y[at] = v[i]));
  return y;
};
const added = (x: number[], positions: number[], v: number[]): number[] => {
  const y = [...x];
  positions.forEach((at, i) => (y[at] += v[i]));
  return y;
};
function equal(actual: pf.Tensor, shape: number[], expected: number[]): void {
  assert.equal(actual.shape, shape);
  expected.forEach((value, i) => {
    const got = actual.data()[i];
    if (!(Math.abs(got - value) < 1e-12)) assert.unreachable(`element ${i} is ${got}, not ${value}`);
  });
}

for (const { shape, entries, result, positions } of rows) {
  const title = `${JSON.stringify(shape)} at ${JSON.stringify(entries)}`;
  const x = ofShape(shape, 1);
  const v = ofShape(result, 2);
  const picked = positions.map((at) => flat(x)[at]);
  test(title, () => {
    for (const given of [entriesOf(entries), entriesOf(entries, true)]) {
      equal(x.at(...given), result, picked);
      equal(pf.at(x, ...given), result, picked);
      equal(x.setAt(given, v), shape, written(flat(x), positions, flat(v)));
      equal(x.addAt(given, v), shape, added(flat(x), positions, flat(v)));
      const filled = positions.map(() => 7);
      equal(x.setAt(given, 7), shape, written(flat(x), positions, filled));
      equal(x.addAt(given, f64([[7]])), shape, added(flat(x), positions, filled));
    }
  });
  test(`${title}: jvp and vjp`, () => {
    const given = entriesOf(entries);
    const [dx, dv] = [ofShape(shape, 3), ofShape(result, 4)];
    const f = (a: pf.Tensor, b: pf.Tensor) => [a.at(...given), a.setAt(given, b), a.addAt(given, b)];
    const tangents = pf.functional.jvp(f as any, [x, v], [dx, dv])[1] as any as pf.Tensor[];
    equal(tangents[0], result, positions.map((at) => flat(dx)[at])); // prettier-ignore
    equal(tangents[1], shape, written(flat(dx), positions, flat(dv)));
    equal(tangents[2], shape, added(flat(dx), positions, flat(dv)));
    const u = [ofShape(result, 5), ofShape(shape, 6), ofShape(shape, 7)];
    const [gx, gv] = pf.functional.vjp(f as any, [x, v], u)[1] as pf.Tensor[];
    const dot = (a: pf.Tensor, b: pf.Tensor) => flat(a).reduce((sum, p, i) => sum + p * flat(b)[i], 0);
    const [forward, backward] = [u.reduce((sum, w, k) => sum + dot(w, tangents[k]), 0), dot(gx, dx) + dot(gv, dv)];
    assert.ok(Math.abs(forward - backward) < 1e-11, `${forward} and ${backward}`);
  });
  test(`${title}: vmap and compile`, () => {
    const given = entriesOf(entries);
    const hasMask = entries.some((entry) => entry && typeof entry === "object" && "mask" in entry);
    const [xs, vs] = [ofShape([2, ...shape], 8), ofShape([2, ...result], 9)];
    const f = (a: pf.Tensor, b: pf.Tensor) => [a.at(...given), a.setAt(given, b), a.addAt(given, b)];
    const all = pf.func.vmap(f as any)(xs, vs) as pf.Tensor[];
    const compiled = pf.compile(f as any);
    for (const i of [0, 1]) {
      const [a, b] = [xs.select(0, i), vs.select(0, i)];
      const expected = f(a, b);
      const got = compiled(a, b) as pf.Tensor[];
      expected.forEach((y, k) => {
        equal(all[k].select(0, i), y.shape, flat(y));
        equal(got[k], y.shape, flat(y));
      });
    }
    // Index tensors as arguments as well; masks decide about shapes.
    if (hasMask) return;
    const tensors = given.filter((entry) => entry instanceof pf.Tensor);
    if (tensors.length === 0) return;
    const withIndices = (a: pf.Tensor, b: pf.Tensor, ...indices: pf.Tensor[]) => {
      let next = 0;
      const traced = given.map((entry) => (entry instanceof pf.Tensor ? indices[next++] : entry));
      return [a.at(...traced), a.setAt(traced, b), a.addAt(traced, b)];
    };
    const [a, b] = [xs.select(0, 0), vs.select(0, 0)];
    const expected = f(a, b);
    (pf.compile(withIndices as any)(a, b, ...tensors) as pf.Tensor[]).forEach((y, k) =>
      equal(y, expected[k].shape, flat(expected[k])),
    );
    const batched = tensors.map((t) => pf.stack([t, t]));
    (pf.func.vmap(withIndices as any)(xs, vs, ...batched) as pf.Tensor[]).forEach((y, k) =>
      equal(y.select(0, 0), expected[k].shape, flat(expected[k])),
    );
  });
}
test.run();

const details = suite("at");
const m = () => f64([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const mask = () => bool([[true, false, true], [false, true, false]]); // prettier-ignore

details("derivatives to third order, the last of several writers included", () => {
  const x = f64([[0.3, 0.7, -0.4], [0.9, -0.2, 0.5]]); // prettier-ignore
  const s = f64([0.4, -0.8, 0.6]);
  const index = [[0, 1, 0], [2, 0, 2]]; // prettier-ignore
  checkDerivatives((a, b) => a.square().setAt(index, b.exp()).sin(), [x, s]);
  checkDerivatives((a, b) => a.square().addAt(index, b.exp()).sin(), [x, s]);
  checkDerivatives((a) => a.exp().at("::-1", [0, 0, 2]).square(), [x]);
  checkDerivatives((a, b) => a.square().setAt([mask()], b.sum().exp()).sin(), [x, s]);
  checkDerivatives(
    (a, b) =>
      a
        .square()
        .addAt([mask()], b.narrow(0, 0, 1).exp())
        .sin(),
    [x, s],
  );
  const third = (f: (t: pf.Tensor) => pf.Tensor) => {
    const d = (g: (t: pf.Tensor) => pf.Tensor) => (t: pf.Tensor) => pf.func.grad(g as any)(t) as pf.Tensor;
    return d(d(d(f)))(f64(0.5)).item();
  };
  // x[0] is written by t³ and then by t⁴: the third derivative of the sum is that of t⁴ alone, and of both for addAt.
  const writers = (t: pf.Tensor) => pf.stack([t.pow(3), t.pow(4)]);
  assert.ok(
    Math.abs(
      third((t) =>
        pf
          .zeros([2], { dtype: "float64" })
          .setAt([[0, 0]], writers(t))
          .sum(),
      ) - 12,
    ) < 1e-12,
  );
  assert.ok(
    Math.abs(
      third((t) =>
        pf
          .zeros([2], { dtype: "float64" })
          .addAt([[0, 0]], writers(t))
          .sum(),
      ) - 18,
    ) < 1e-12,
  );
});

details("the last writer counts in the value and in the tangent", () => {
  const f = (s: pf.Tensor) => pf.zeros([3]).setAt([[0, 0, 1]], s);
  const [y, t] = pf.functional.jvp(f, pf.tensor([5, 3, 2]), pf.tensor([1, 3, 7])) as pf.Tensor[];
  assert.equal(y.toArray(), [3, 2, 0]);
  assert.equal(t.toArray(), [3, 7, 0]);
  assert.equal(pf.zeros([3]).addAt([[0, 0, 1]], pf.tensor([5, 3, 2])).toArray(), [8, 2, 0]); // prettier-ignore
});

details("masks that are traced, in setAt and addAt", () => {
  const set = pf.compile((x: pf.Tensor, y: pf.Tensor) => x.setAt([x.gt(y)], y.sum()));
  assert.equal((set(m(), f64(3)) as pf.Tensor).toArray(), [[1, 2, 3], [3, 3, 3]]); // prettier-ignore
  assert.equal((set(m(), f64(1)) as pf.Tensor).toArray(), [[1, 1, 1], [1, 1, 1]]); // prettier-ignore
  const add = pf.func.vmap((x: pf.Tensor, at: pf.Tensor) => x.addAt([at], 10)) as any;
  assert.equal(add(m(), mask()).toArray(), [[11, 2, 13], [4, 15, 6]]); // prettier-ignore
  // Rows, with a value for the columns; columns, with a value for the rows.
  const rowwise = pf.compile((x: pf.Tensor, at: pf.Tensor) => x.setAt([at], f64([7, 8, 9])));
  assert.equal((rowwise(m(), bool([false, true])) as pf.Tensor).toArray(), [[1, 2, 3], [7, 8, 9]]); // prettier-ignore
  const columns = pf.compile((x: pf.Tensor, at: pf.Tensor) => x.setAt([":", at], f64([[7], [8]])));
  assert.equal((columns(m(), bool([true, false, true])) as pf.Tensor).toArray(), [[7, 2, 7], [8, 5, 8]]); // prettier-ignore
  const steps = pf.compile((x: pf.Tensor, at: pf.Tensor) => x.setAt(["::-1", at], -1));
  assert.equal((steps(m(), bool([true, false, true])) as pf.Tensor).toArray(), [[-1, 2, -1], [-1, 5, -1]]); // prettier-ignore
  const gradient = pf.compile((x: pf.Tensor, at: pf.Tensor) => pf.func.grad((v: pf.Tensor) => v.square().setAt([at], 0).sum())(x)); // prettier-ignore
  assert.equal((gradient(m(), mask()) as pf.Tensor).toArray(), [[0, 4, 0], [8, 0, 12]]); // prettier-ignore
});
details("a mask is read for a size alone, and refused where it is traced", () => {
  const refused = /^at: entry 1 is a mask that compile or vmap traces/;
  assert.throws(() => pf.compile((x: pf.Tensor) => x.at(":", x.select(0, 0).gt(1)))(m()), refused);
  assert.throws(() => pf.func.vmap((x: pf.Tensor) => x.at(null, x.gt(1)) as any)(m()), refused);
  assert.throws(() => pf.compile((x: pf.Tensor) => x.setAt([x.gt(1)], f64([1, 2])))(m()), /^setAt: entry 0 is a mask/);
  // One that is captured is known.
  assert.equal((pf.compile((x: pf.Tensor) => x.at(mask()))(m()) as pf.Tensor).toArray(), [1, 3, 5]);
  assert.equal(m().setAt([mask()], f64([7, 8, 9])).toArray(), [[7, 2, 8], [4, 9, 6]]); // prettier-ignore
  assert.equal(m().addAt([mask()], f64([7, 8, 9])).toArray(), [[8, 2, 11], [4, 14, 6]]); // prettier-ignore
});
details("masks of no places, of no dims, of booleans", () => {
  assert.equal(m().at(bool([false, false])).shape, [0, 3]);
  assert.equal(m().at([false, true]).toArray(), [[4, 5, 6]]);
  assert.equal(m().at(bool(true)).shape, [1, 2, 3]);
  assert.equal(m().at(bool(false)).shape, [0, 2, 3]);
  assert.equal(
    m()
      .setAt([bool(false)], 0)
      .toArray(),
    m().toArray(),
  );
  assert.equal(
    f64(2)
      .setAt([bool(true)], 5)
      .toArray(),
    5,
  );
  assert.equal(m().setAt([[false, true]], 0).toArray(), [[1, 2, 3], [0, 0, 0]]); // prettier-ignore
});
details("dtypes", () => {
  assert.equal(i32([1, 2]).setAt([0], 2.5).toArray(), [2, 2]);
  assert.is(i32([1, 2]).setAt([0], f64(7)).dtype, "int32");
  assert.is(pf.tensor([1, 2]).addAt([0], f64(7)).dtype, "float32");
  assert.equal(bool([true, false]).setAt([1], true).toArray(), [true, true]);
  assert.equal(
    bool([true, false, false])
      .addAt([[1, 1]], bool([false, true]))
      .toArray(),
    [true, true, false],
  );
  assert.equal(bool([true, false, false]).addAt(["1:"], true).toArray(), [true, true, true]);
  assert.equal(i32([16777217]).addAt([0], 1).toArray(), [16777218]);
  assert.throws(() => i32([1]).addAt([0], 2.5), /^addAt: a float32 value can't be added to int32/);
  assert.throws(() => bool([true]).addAt([0], 1), /^addAt: a int32 value can't be added to bool/);
  assert.throws(() => i32([1]).setAt([0], 3e9), /out of the range of int32/);
});
details("without entries, of nothing, of no dims", () => {
  assert.equal(m().at().toArray(), m().toArray());
  assert.equal(m().at("...").toArray(), m().toArray());
  assert.equal(m().setAt([], f64([7, 8, 9])).toArray(), [[7, 8, 9], [7, 8, 9]]); // prettier-ignore
  assert.equal(f64(3).at(null).shape, [1]);
  assert.equal(f64(3).at("...", null).shape, [1]);
  assert.equal(m().at([]).shape, [0, 3]);
  assert.equal(m().at("5:").shape, [0, 3]);
  assert.equal(m().setAt([[]], 1).toArray(), m().toArray());
  assert.equal(m().addAt(["5:"], 1).toArray(), m().toArray());
  assert.equal(pf.zeros([0, 3]).at("::-1", 1).shape, [0]);
  const one = i32(1).mul(1);
  assert.equal(m().at(":", one).toArray(), [2, 5]);
});
details("every bounds check, at −n−1, −n, n−1 and n", () => {
  const x = f64([10, 20, 30]);
  const reads: [string, (at: number) => pf.Tensor][] = [
    ["a number", (at) => x.at(at)],
    ["an array", (at) => x.at([at])],
    ["a tensor", (at) => x.at(i32([at]))],
    ["a pending tensor", (at) => x.at(i32([at]).add(0))],
    ["a pending number", (at) => x.at(i32(at).add(0))],
    ["index", (at) => x.index([i32([at])])],
    ["take", (at) => x.take([at])],
    ["one of two dims", (at) => pf.stack([x, x]).at([1], [at])],
  ];
  for (const [name, f] of reads) {
    assert.is(f(-3).item(), 10, name);
    assert.is(f(2).item(), 30, name);
    for (const at of [-4, 3])
      assert.throws(() => f(at).item(), (error: Error) => new RegExp(`index ${at} is out of bounds for dimension \\d with size 3`).test(error.message) && error instanceof pf.ArgumentError, name); // prettier-ignore
  }
  const writes: ((at: number) => pf.Tensor)[] = [
    (at) => x.setAt([at], 7),
    (at) => x.setAt([[at]], 7),
    (at) => x.setAt([i32([at]).add(0)], 7),
    (at) => x.addAt([[at]], f64([7])).minimum(7),
    (at) => x.indexPut([i32([at])], f64([7])),
    (at) => x.put([at], f64([7])),
    (at) => x.indexFill(0, [at], 7),
  ];
  for (const f of writes) {
    assert.is(f(-3).select(0, 0).item(), 7);
    assert.is(f(2).select(0, 2).item(), 7);
    for (const at of [-4, 3]) assert.throws(() => f(at).data(), new RegExp(`index ${at} is out of bounds`));
  }
  // torch takes no indices from the end here
  const strict: ((at: number) => pf.Tensor)[] = [
    (at) => x.gather(0, [at]),
    (at) => x.gather(0, i32([at]).add(0)),
    (at) => pf.stack([x, x], 1).gather(0, [[at, at]]),
    (at) => pf.stack([x, x], 1).indexSelect(0, i32([at]).add(0)),
    (at) => pf.ones([3, 100]).indexSelect(0, [at]),
    (at) => pf.ones([3, 100]).indexSelect(0, i32([at]).add(0)),
    (at) => pf.ones([100, 3]).indexSelect(1, i32([at]).add(0)),
    (at) => x.indexSelect(0, [at]),
    (at) => x.takeAlongDim([at], 0),
    (at) => x.scatter(0, [at], f64([1])),
    (at) => x.scatter(0, [at], 1),
    (at) => x.scatterAdd(0, i32([at]).add(0), f64([1])),
    (at) => x.indexAdd(0, [at], f64([1])),
    (at) => x.indexCopy(0, i32([at]).add(0), f64([1])),
    (at) => x.scatterReduce(0, i32([at]), f64([1]), "sum"),
    (at) => pf.nn.functional.embedding([at], pf.ones([3, 40])),
    (at) => pf.nn.functional.nllLoss(f64([[1, 2, 3]]), [at]),
    (at) => pf.nn.functional.multiMarginLoss(f64([[1, 2, 3]]), [at]),
    (at) => pf.nn.functional.oneHot([at], 3),
  ];
  for (const [i, f] of strict.entries()) {
    f(0).data();
    f(2).data();
    for (const at of [-4, -3, -1, 3])
      assert.throws(() => f(at).data(), (error: Error) => error instanceof pf.ArgumentError, `${i} at ${at}`); // prettier-ignore
  }
});
const faults: [call: () => unknown, message: RegExp][] = [
  [() => m().at(2), /^at: entry 0: index 2 is out of bounds for dimension 0 with size 2: it should be in -2 … 1/],
  [() => m().at(0, [1, 3]), /^at: entry 1: index 3 is out of bounds for dimension 1 with size 3: it should be in -3 … 2/],
  [() => m().at([0], [5]), /^at: entry 1: index 5 is out of bounds for dimension 1/],
  [() => m().index([i32([-5])]), /^index: entry 0: index -5 is out of bounds for dimension 0 with size 2/],
  [() => m().at("1;2"), /^at: entry 0 should be a whole number, a slice such as "1:" .* but got "1;2"/],
  [() => m().at(":", "1.5:"), /^at: entry 1 should be a whole number, a slice .* but got "1.5:"/],
  [() => m().at("::0"), /^at: entry 0: the step of "::0" should not be zero/],
  [() => m().at(0.5), /^at: entry 0 should be a whole number.* but got 0.5/],
  [() => m().at(true as any), /^at: entry 0 should be .* but got true/],
  [() => m().at([0.5]), /^at: entry 0 should be .* is an array of something else, or uneven/],
  [() => m().at([[0], [0, 1]]), /^at: entry 0 .* or uneven/],
  [() => m().at(f64([0])), /^at: entry 0 should be an int32 index or a bool mask but is float64; cast it by \.int\(\), or make it with \{ dtype: "int32" \}/],
  [() => m().at(0, 0, 0), /^at: too many indices: 3 for an input of 2 dims, \[2, 3\]/],
  [() => m().at("...", "..."), /^at: "\.\.\." should appear once at most/],
  [() => m().at("-:"), /^at: entry 0 should be .* but got "-:"/],
  [() => m().at(new Map() as any), /^at: entry 0 should be .* but got a?n? ?Map/],
  [() => m().at(bool([true])), /^at: a mask \[1\] doesn't fit input \[2, 3\] from dim 0 on \(entry 0\)/],
  [() => m().at([0, 1], [0, 1, 2]), /^at: shapes \[2\] and \[3\] can't be broadcast together/],
  [() => m().setAt([0], f64([1, 2])), /^setAt: value \[2\] should broadcast to \[3\], the shape of what the entries name/],
  [() => m().setAt(0 as any, 1), /^setAt: entries should be an array of entries, as in \[0, ":", mask\] but got 0/],
  [() => m().addAt([[0, 1]], f64([[1, 2]])), /^addAt: value \[1, 2\] should broadcast to \[2, 3\]/],
  [() => (m() as any).setAt([0]), /^setAt: missing argument: value/],
]; // prettier-ignore
for (const [call, message] of faults)
  details(`refuses: ${message.source}`, () => {
    assert.throws(call, (error: unknown) => {
      if (error instanceof pf.PushforwardError && message.test(error.message)) return true;
      return assert.unreachable(String(error)) as unknown as boolean;
    });
  });
details("indices as arrays, and advice where they are floats", () => {
  const x = f64([1, 2, 3]);
  const { functional } = pf.nn;
  assert.equal(x.gather(0, [2, 0]).toArray(), [3, 1]);
  assert.equal(x.indexSelect(0, [1]).toArray(), [2]);
  assert.equal(m().gather(1, [[2], [0]]).toArray(), [[3], [4]]); // prettier-ignore
  assert.equal(m().takeAlongDim([[0, 1]], 1).toArray(), [[1, 2], [4, 5]]); // prettier-ignore
  assert.equal(x.scatter(0, [1], f64([9])).toArray(), [1, 9, 3]);
  assert.equal(x.scatterReduce(0, [1, 1], f64([9, 7]), "amax").toArray(), [1, 9, 3]);
  assert.equal(functional.oneHot([0, 1], 2).toArray(), [[1, 0], [0, 1]]); // prettier-ignore
  assert.equal(functional.embedding([[1]], m()).toArray(), [[[4, 5, 6]]]);
  assert.equal(functional.nllLoss(m(), [0, 2]).item(), -3.5);
  assert.equal(x.repeatInterleave([1, 0, 2]).toArray(), [1, 3, 3]);
  const advice = /expected an int32 (index|indices|input|target|target of shape \[1\], which names classes,|sorter) but got float64; cast it by \.int\(\), or make it with \{ dtype: "int32" \}/; // prettier-ignore
  const floats = f64([0]);
  for (const f of [
    () => x.gather(0, floats),
    () => x.take(floats),
    () => x.takeAlongDim(floats, 0),
    () => x.indexSelect(0, floats),
    () => x.scatter(0, floats, floats),
    () => x.scatter(0, floats, 1),
    () => x.scatterAdd(0, floats, floats),
    () => x.scatterReduce(0, floats, floats, "amax"),
    () => x.indexAdd(0, floats, floats),
    () => x.indexCopy(0, floats, floats),
    () => x.indexFill(0, floats, 1),
    () => x.put(floats, floats),
    () => functional.embedding(floats, m()),
    () => functional.oneHot(floats, 2),
    () => functional.nllLoss(f64([[1, 2]]), floats),
    () => functional.crossEntropy(f64([[1, 2]]), floats),
    () => functional.multiMarginLoss(f64([[1, 2]]), floats),
    () => functional.multilabelMarginLoss(f64([[1, 2]]), f64([[0, 1]])),
    () => pf.searchsorted(x, x, { sorter: f64([0, 1, 2]) }),
  ])
    assert.throws(f, (error: Error) => error instanceof pf.DTypeError && advice.test(error.message));
  assert.throws(() => x.gather(0, [0.5]), /^gather: index should be an int32 Tensor or an array of whole numbers but got \[0\.5\]/); // prettier-ignore
  assert.throws(() => x.repeatInterleave(floats as any), /repeats should be .* but got a float64 Tensor; cast it by \.int\(\)/); // prettier-ignore
});
details("an index of nothing fits anything", () => {
  const nothing = pf.zeros([0], { dtype: "int32" });
  assert.equal(m().gather(0, nothing).shape, [0]);
  assert.equal(m().gather(1, []).shape, [0]);
  assert.equal(f64(2).gather(0, nothing).shape, [0]);
  assert.equal(m().scatter(0, nothing, f64([])).toArray(), m().toArray());
  assert.equal(m().scatter(0, nothing, 5).toArray(), m().toArray());
  assert.equal(
    m()
      .scatter(0, pf.zeros([0, 2, 3], { dtype: "int32" }), f64([]))
      .toArray(),
    m().toArray(),
  );
  assert.equal(m().scatterAdd(0, nothing, f64([])).toArray(), m().toArray());
  assert.equal(m().scatterReduce(0, nothing, f64([]), "amax").toArray(), m().toArray());
  assert.throws(() => m().gather(5, nothing), /Dimension out of range/);
  assert.throws(() => m().scatter(5, nothing, 1), /Dimension out of range/);
  assert.throws(() => m().takeAlongDim(nothing, 0), /as many dims/);
  const [, tangent] = pf.functional.jvp((x: pf.Tensor) => x.gather(0, nothing), m(), m()) as pf.Tensor[];
  assert.equal(tangent.shape, [0]);
});
details.run();
