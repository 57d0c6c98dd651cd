// Results that torch names are arrays whose items have those names too, wherever they go.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const x = pf.tensor([[3, 1, 2], [9, 7, NaN]]); // prettier-ignore

/** Ops with the names that torch gives their results (torch.return_types). */
const rows: [name: string, call: () => any, names: string[]][] = [
  ["max along a dim", () => x.max(1), ["values", "indices"]],
  ["max by keyword", () => pf.max(x, { dim: 1, keepdim: true }), ["values", "indices"]],
  ["max of a number along its dim", () => pf.tensor(1).max(0), ["values", "indices"]],
  ["min along a dim", () => x.min(0), ["values", "indices"]],
  ["sort", () => x.sort(), ["values", "indices"]],
  ["topk", () => x.topk(2), ["values", "indices"]],
  ["kthvalue", () => x.kthvalue(1), ["values", "indices"]],
  ["median along a dim", () => x.median(1), ["values", "indices"]],
  ["nanmedian along a dim", () => x.nanmedian(1), ["values", "indices"]],
  ["aminmax", () => x.aminmax({ dim: 1 }), ["min", "max"]],
];
for (const [name, call, names] of rows) {
  test(`${name} names its results`, () => {
    const result = call();
    names.forEach((field, i) => assert.is(result[field], result[i], field));
    assert.is(result.length, names.length);
    assert.equal(Object.keys(result), ["0", "1"]);
  });
}

test("an array with names is compared and spread as any other", () => {
  const { values, indices } = x.max(1);
  const result = x.max(1);
  [...result].forEach((each, i) => assert.is(each, result[i]));
  assert.equal(Object.entries(result).length, 2);
  assert.equal(values.shape, [2]);
  assert.equal(indices.toArray(), [0, 2]);
});

test("what torch does not name has no names", () => {
  assert.is((x.varMean() as any).mean, undefined);
  assert.type(x.split(1).values, "function");
});

const both = (t: pf.Tensor) => ({ best: t.max(0), range: [t.aminmax()] });
const named = (result: any): void => {
  assert.is(result.best.values, result.best[0]);
  assert.is(result.best.indices, result.best[1]);
  assert.is(result.range[0].max, result.range[0][1]);
  assert.ok(!result.range[0].max.isDisposed);
};
test("names survive vmap", () => named(pf.func.vmap(both)(x)));
test("names survive tidy", () => named(pf.tidy(() => both(x))));
test("names survive compile", () => {
  const compiled = pf.compile(both);
  named(compiled(x));
  named(compiled(x));
});
test("names survive being an argument", () => {
  const gap = pf.compile((r: pf.Named<["min", "max"]>) => r.max.sub(r.min));
  assert.is(gap(pf.tensor([1, 5]).aminmax()).item(), 4);
  assert.is(gap(pf.tensor([1, 7]).aminmax()).item(), 6);
});
test("names survive functional.jvp and vjp", () => {
  const best = (t: pf.Tensor): any => t.max(0);
  const v = best(x).map((t: pf.Tensor) => t.float());
  const results = [...pf.functional.jvp(best, x, x), pf.functional.vjp(best, x, v)[0]];
  for (const result of results as any[]) {
    assert.is(result.values, result[0]);
    assert.is(result.indices, result[1]);
  }
});
test("names survive noGrad and func.vjp", () => {
  named(pf.noGrad(() => both(x)));
  const [output] = pf.func.vjp((t: pf.Tensor) => t.aminmax(), x);
  assert.is(output.min, output[0]);
});
test("names survive functional.jvp and vjp, and custom functions", () => {
  const [output, tangent] = pf.functional.jvp((t: pf.Tensor) => t.aminmax({ dim: 1 }), x, pf.onesLike(x)) as any;
  for (const result of [output, tangent]) assert.is(result.max, result[1]);
  const sorted = (t: pf.Tensor) => t.sort();
  const cotangents = [pf.onesLike(x), pf.zerosLike(x)];
  assert.equal((pf.functional.vjp(sorted, x, cotangents)[0] as any).values.shape, [2, 3]);
  const Sort = pf.autograd.customFunction({
    forward: (_: any, t: pf.Tensor) => t.aminmax(),
    backward: () => null,
  } as any);
  const range = (Sort as any)(x);
  assert.is(range.max, range[1]);
});

test.run();
