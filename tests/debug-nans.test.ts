// debugNans: which op, which element, which line; and configure({ traces }).
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../host/core/memory";
import * as pf from "../host/index";

type T = pf.Tensor;
const rows = suite("debug-nans");
const test = (name: string, body: () => void): void => rows(name, () => pf.tidy(body));
const f64 = (data: pf.NestedArray): T => pf.tensor(data, { dtype: "float64" });

function thrownBy(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable("nothing is thrown") as never;
}
function found(body: () => unknown): pf.NonFiniteError {
  const error = thrownBy(() => pf.debugNans(body));
  assert.ok(error instanceof pf.NonFiniteError, String(error));
  assert.ok(error instanceof pf.PushforwardError && error.name === "NonFiniteError");
  assert.is(core.isTracing(), 0);
  assert.ok(error.message.startsWith("debugNans: "));
  return error;
}
/** The line of this file that the frame is in, counted from the one where `here` is called. */
const lineOf = (frame: string | null | undefined): number =>
  Number(/debug-nans\.test\.ts:(\d+):\d+/.exec(frame ?? "")?.[1]);
/** The frames of a stack, which V8 puts below the message and other engines by themselves. */
const framesOf = (error: unknown): string[] =>
  (error as Error).stack!.split("\n").filter((line) => /:\d+:\d+\)?$/.test(line));
/** Whether stacks begin with the message, as V8's do. */
const stacksHaveMessages = new Error("a message").stack!.includes("a message");
const here = (): number => lineOf(framesOf(new Error())[1]);

const x3 = f64([1, -1, 0]);
const found3: [string, () => unknown, [op: string, primitive: string, transform: string | null, value: number, index: number[], operands: (number | null)[]]][] = [
  ["read", () => x3.log().sum().item(), ["log", "Log", null, NaN, [1], [-1]]],
  ["returned", () => x3.sqrt(), ["sqrt", "Sqrt", null, NaN, [1], [-1]]],
  ["returned in a container", () => ({ a: [1, x3.sqrt()] }), ["sqrt", "Sqrt", null, NaN, [1], [-1]]],
  ["evaluated", () => void pf.evaluate(x3.log()), ["log", "Log", null, NaN, [1], [-1]]],
  ["printed", () => String(x3.log()), ["log", "Log", null, NaN, [1], [-1]]],
  ["infinity by division", () => f64([[1, 2], [3, 4]]).div(f64([1, 0])), ["div", "Div", null, Infinity, [0, 1], [2, 0]]],
  ["minus infinity", () => pf.tensor([0, 1]).log(), ["log", "Log", null, -Infinity, [0], [0]]],
  ["an overflow that ends finite", () => f64([1, 1000]).exp().reciprocal(), ["exp", "Exp", null, Infinity, [1], [1000]]],
  ["a masked one", () => pf.where(x3.gt(0), x3.log(), 0), ["log", "Log", null, NaN, [1], [-1]]],
  ["the first in the program", () => x3.log().add(x3.sqrt()).sum(), ["log", "Log", null, NaN, [1], [-1]]],
  ["a product", () => pf.full([2, 2], 1e30).matmul(pf.full([2, 2], 1e30)), ["matmul", "Matmul", null, Infinity, [0, 0], [null, null]]],
  ["a product that its op shows as a view", () => f64([1e200, 1]).matmul(f64([1e200, 1])), ["matmul", "Matmul", null, Infinity, [], [null, null]]],
  ["a product by einsum", () => pf.einsum("ij,kj->ki", f64([[1e200, 1], [1, 1]]), f64([[1, 1], [1e200, 1]])), ["einsum", "Matmul", null, Infinity, [1, 0], [null, null]]],
  ["a convolution", () => pf.nn.functional.conv1d(f64([[[1, 1e200]]]), f64([[[1e200]]])), ["conv1d", "Convolution", null, Infinity, [0, 0, 1], [null, null]]],
  ["seen through views of other ops", () => f64([[1, -1]]).log().T.reshape(2).reshape([1, 2]).mul(2), ["log", "Log", null, NaN, [0, 1], [-1]]],
  ["returned through a view of another op", () => f64([[1, -1]]).log().T, ["log", "Log", null, NaN, [0, 1], [-1]]],
  ["a reduction", () => f64([1e308, 1e308]).sum(), ["sum", "Sum", null, Infinity, [], [null]]],
  ["a cast", () => f64([1e300]).float(), ["float", "Cast", null, Infinity, [0], [1e300]]],
  ["infinities that are given: NaN of them", () => pf.full([2, 3], -Infinity).add(1).softmax(-1), ["softmax", "Sub", null, NaN, [0, 0], [null]]],
  ["beside a NaN that is given", () => f64([NaN, -1]).log(), ["log", "Log", null, NaN, [1], [-1]]],
  ["grad", () => pf.func.grad((x: T) => x.sqrt().sum())(f64([1, 0])), ["sqrt", "Div", "grad", Infinity, [1], []]],
  ["autograd.grad", () => {
    const x = pf.tensor([1, 0], { requiresGrad: true });
    return pf.autograd.grad(x.sqrt().sum(), x);
  }, ["sqrt", "Div", "grad", Infinity, [1], []]],
  ["backward", () => {
    const x = pf.tensor([1, 0], { requiresGrad: true });
    x.sqrt().sum().backward();
  }, ["sqrt", "Div", "backward", Infinity, [1], []]],
  ["jvp", () => pf.functional.jvp((x: T) => x.sqrt(), f64([1, 0]), f64([1, 1])), ["sqrt", "Div", "jvp", Infinity, [1], []]],
  ["vmap", () => pf.func.vmap((x: T) => x.log())(x3), ["log", "Log", "vmap", NaN, [1], [-1]]],
  ["a compiled function", () => pf.compile((x: T) => x.mul(2).log())(x3), ["log", "Log", null, NaN, [1], [-2]]],
  ["a custom function's backward", () => pf.func.grad(pf.autograd.customFunction({ forward: (_, x: T) => x.mul(1).sum(), backward: (_, g) => g.sub(1).log().expand(3) }))(x3),
    ["log", "Log", null, -Infinity, [], [0]]],
]; // prettier-ignore
for (const [name, body, [op, primitive, transform, value, index, operands]] of found3) {
  test(`finds: ${name}`, () => {
    const error = found(body);
    assert.equal([error.op, error.primitive, error.transform, error.value], [op, primitive, transform, value]);
    assert.equal(error.index, index);
    if (operands.length > 0) assert.equal(error.operands.map((operand) => operand.value), operands); // prettier-ignore
    assert.ok(error.message.includes(op) && error.message.includes(String(value)), error.message);
    assert.ok(lineOf(error.line) > 0, `${error.line}`);
    assert.ok(error.message.includes(error.line!));
    assert.is(lineOf(framesOf(error.cause)[0]), lineOf(error.line));
  });
}

const fine: [string, () => unknown][] = [
  ["what nobody reads", () => (x3.log(), x3.add(1))],
  ["what a derivative does not need", () => pf.functional.vjp((x: T) => [x.mul(2), x.log()][0]!, x3, x3)[1]],
  ["the other result of a transform", () => pf.functional.jvp((x: T) => x.sqrt(), f64([1, 0]), f64([1, 1]))[0]],
  ["infinite constants", () => x3.maskedFill(x3.lt(0), -Infinity).softmax(-1)],
  ["infinite data", () => f64([1, Infinity]).add(1).exp()],
  ["what ops mask themselves: xlogy", () => pf.special.xlogy(x3, x3.abs())],
  ["logsumexp", () => x3.maskedFill(x3.lt(0), -Infinity).logsumexp(0)],
  ["layerNorm", () => pf.nn.functional.layerNorm(x3, [3])],
  ["the same in derivatives: i0", () => pf.func.grad((x: T) => pf.special.i0(x).sum())(x3)],
  ["xlogy", () => pf.func.grad((x: T) => pf.special.xlogy(x, x.abs().add(1)).sum())(x3)],
  ["attention with a causal mask", () => {
    const q = pf.arange(8).float().reshape(1, 4, 2);
    return pf.func.grad((t: T) => pf.nn.functional.scaledDotProductAttention(t, q, q, { isCausal: true }).sum())(q);
  }],
  ["integers and bools", () => [pf.arange(5), x3.gt(0), x3.int()]],
  ["no tensors", () => 5],
  ["maxPool", () => pf.nn.functional.maxPool1d(x3.reshape(1, 3), 2, 2, 1)],
]; // prettier-ignore
for (const [name, body] of fine) {
  test(`lets through: ${name}`, () => {
    const want = String(body());
    assert.is(String(pf.debugNans(body)), want);
  });
}

test("the line is that of the user's call, also in a helper; dtype and shape", () => {
  const helper = { log: (x: T): T => x.log(), line: here() };
  const error = found(() => helper.log(x3.reshape(3, 1).float()));
  assert.is(lineOf(error.line), helper.line);
  assert.equal([error.dtype, error.shape, error.index], ["float32", [3, 1], [1, 0]]);
  assert.match((error.cause as Error).stack!, /\blog[ @]/);
  assert.not((error.cause as Error).stack!.includes("/host/"));
});
test("graphs made before count where they show", () => {
  const [masked, bad] = [pf.special.xlogy(x3, x3.abs()), x3.log()];
  assert.is(String(pf.debugNans(() => masked.add(1))), String(masked.add(1)));
  const error = found(() => bad.add(1));
  assert.equal([error.op, error.primitive, error.line], ["Log", "Log", null]);
});
test("a NaN that was given is told when it shows", () => {
  const error = found(() => pf.tensor([1, NaN]).add(1).sum().item());
  assert.equal(error.index, [1]);
  assert.ok(error.message.includes("was there before"));
  pf.debugNans(() => pf.tensor([1, NaN]).isnan());
});
test("nests, also within transforms, and ends with its function", () => {
  found(() => pf.debugNans(() => x3.log()));
  found(() => (pf.debugNans(() => 1), x3.log()));
  const inside = thrownBy(() => pf.func.grad((x: T) => pf.debugNans(() => x.log()).sum())(x3));
  assert.ok(inside instanceof pf.NonFiniteError);
  pf.func
    .vmap((x: T) => pf.debugNans(() => x.log()))(x3)
    .data();
  const compiled = pf.compile((x: T) => pf.debugNans(() => x.log()));
  compiled(x3).data();
  compiled.clear();
  thrownBy(() => pf.debugNans(() => {
    throw new Error("mine");
  })); // prettier-ignore
  assert.is(x3.log().data()[0], 0);
});
test("leaves nothing behind", () => {
  const body = (): void =>
    void pf.tidy(() => thrownBy(() => pf.debugNans(() => pf.func.grad((x: T) => x.sqrt().sum())(x3))));
  body();
  const before = [core.liveNodes(), pf.backend.memoryBytes];
  body();
  pf.tidy(() => void pf.debugNans(() => pf.func.hessian((x: T) => x.exp().sum())(x3)));
  assert.equal([core.liveNodes(), pf.backend.memoryBytes], before);
});
test("mistakes", () => {
  for (const bad of [null, 3, x3])
    assert.throws(() => pf.debugNans(bad as never), /debugNans: fn should be a function/);
  assert.throws(() => pf.debugNans(async () => x3), /debugNans: fn should be synchronous/); // eslint-disable-line @typescript-eslint/require-await
});

test("views of views are looked through however deep", () => {
  const error = found(() => {
    let y = f64([[1, -1]]);
    for (let i = 0; i < 20_000; i++) y = y.T;
    return y.log();
  });
  assert.equal([error.op, error.index], ["log", [0, 1]]);
});

// -- traces

/** Errors that are found when a value is computed. */
const late: [string, string, () => T][] = [
  ["gather", "index 6 is out of bounds", () => pf.gather(x3, 0, x3.add(5).int())],
  ["indexSelect", "out of bounds", () => pf.indexSelect(x3, 0, x3.add(5).int())],
  ["floorDivide", "can't be divided by zero", () => pf.floorDivide(x3.int(), x3.int().mul(0))],
  ["scatterAdd", "out of bounds", () => pf.scatterAdd(x3, 0, x3.add(5).int(), x3)],
]; // prettier-ignore
for (const [op, phrase, make] of late) {
  test(`traces: ${op}`, () => {
    const plain = thrownBy(() => make().mul(2).data());
    assert.ok(plain.message.includes(phrase) && plain.cause === undefined);
    pf.configure({ traces: true });
    try {
      const [before, y] = [here(), make()];
      for (const read of [
        () => y.mul(2).data(),
        () => pf.evaluate(y),
        () =>
          pf.func
            .vmap((t: T) => t.add(y))(x3)
            .data(),
      ]) {
        const error = thrownBy(read);
        assert.instance(error, pf.PushforwardError);
        assert.ok(error.message.includes(phrase) && error.message.includes(`${op} was called`), error.message);
        assert.ok((error.cause as Error).stack!.includes("debug-nans.test.ts"));
        assert.is(lineOf(framesOf(error.cause)[1]), before);
        if (stacksHaveMessages) assert.ok(error.stack!.includes(`${op} was called`));
      }
      // Of a derivative the op that it derives from is named; of a compiled function the line within.
      const index = x3.add(5).int();
      const derived = thrownBy(() =>
        pf.func
          .grad((t: T) => t.gather(0, index).sum())(x3)
          .data(),
      );
      assert.ok(derived.message.includes("gather was called"), derived.message);
      const compiled = pf.compile((t: T) => pf.gather(x3, 0, t.int()));
      const ran = thrownBy(() => compiled(x3.add(5)).data());
      assert.ok(ran.message.includes("gather was called"), ran.message);
      compiled.clear();
      // An error at the call itself needs none.
      assert.is(thrownBy(() => x3.add(f64([1, 2]))).cause, undefined);
    } finally {
      pf.configure({ traces: false });
    }
    assert.is(thrownBy(() => make().mul(2).data()).cause, undefined);
  });
}
test("traces take true and false", () => {
  for (const bad of [1, "yes", {}])
    assert.throws(() => pf.configure({ traces: bad as never }), /configure: traces should be/);
  pf.configure({ traces: null });
  pf.configure({ traces: true });
  pf.configure({ traces: true });
  pf.configure({ traces: false });
  assert.is(thrownBy(() => late[0]![2]().data()).cause, undefined);
});
test("traces of many calls stay bounded", () => {
  pf.configure({ traces: true });
  for (let i = 0; i < 40_000; i++) pf.tidy(() => x3.add(1));
  const error = thrownBy(() => late[0]![2]().data());
  assert.ok(error.message.includes("gather was called"));
  pf.configure({ traces: false });
});

rows.run();
