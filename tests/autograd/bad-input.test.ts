// Bad input to the derivative API: a typed error that begins with the name of the function called and says what came; nothing
// leaks, and the library works on. What autograd.grad and noGrad refuse is in grad.test.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { type ErrorName, f64, refuses, type T } from "./support";

const test = suite("bad input");
type Loose = (...args: unknown[]) => unknown;
const functional = pf.functional as unknown as Record<string, Loose>;

const x = f64([1, 2, 3]);
const ones = f64([1, 1, 1]);
const ints = pf.tensor(Int32Array.of(1, 1, 1));
const gone = f64([1, 2, 3]);
gone.dispose();
const scalar = (t: T): T => t.mul(t).sum();
const pair = (a: T, b: T): T => a.mul(b).sum();
/** An array of two with a hole, which forEach and map would pass over. */
const beforeHole = (item: unknown): unknown[] => Object.assign(new Array(2), { 0: item });
const behindHole = (item: unknown): unknown[] => Object.assign(new Array(2), { 1: item });

type Row = [what: string, body: () => unknown, error: ErrorName, start: string, ...phrases: string[]];
const run = (where: string, rows: Row[]): void => {
  for (const [what, body, ...expected] of rows) test(`${where}: ${what}`, () => refuses(body, ...expected));
};

for (const name of ["jvp", "vjp", "hvp", "vhp", "jacobian", "hessian"]) {
  const call = functional[name]!;
  const takesV = name !== "jacobian" && name !== "hessian";
  const v = name === "vjp" ? undefined : ones;
  const on = (func: unknown, inputs: unknown, vector: unknown = v, options?: unknown): unknown =>
    takesV ? call(func, inputs, vector, options) : call(func, inputs, options);
  const of = (what: string): string =>
    `${name}: The ${what} given to ${name} must be either a Tensor or a tuple of Tensors but`;
  const inputs = of("inputs");
  const outputs = of("outputs of the user-provided function");

  if (takesV)
    run(`${name}: inputs`, [
      [
        "a container, and one for v",
        () => call(scalar, { w: x }, { w: x }),
        "ArgumentError",
        inputs,
        "has type Object",
      ],
    ]);
  run(`${name}: inputs`, [
    ["inputs left out", () => call(scalar), "ArgumentError", inputs, "has type undefined"],
    ["null", () => on(scalar, null), "ArgumentError", inputs, "has type null"],
    ["a number", () => on(scalar, 3), "ArgumentError", inputs, "has type number"],
    ["no inputs", () => on(scalar, []), "ArgumentError", inputs, "empty array"],
    ["a number among them", () => on(pair, [x, 3]), "ArgumentError", inputs, "index 1 has type number"],
    ["an array with a hole", () => on(pair, beforeHole(x)), "ArgumentError", inputs, "index 1 has type undefined"],
    ["nested arrays", () => on(pair, [[x, x]]), "ArgumentError", inputs, "index 0 has type Array"],
    ["a Set", () => on(scalar, new Set([x])), "ArgumentError", inputs, "has type Set"],
    ["something like an array", () => on(scalar, { 0: x, length: 1 }), "ArgumentError", inputs, "has type Object"],
    ["a generator", () => on(scalar, [x].values()), "ArgumentError", inputs, "has type"],
    ["a TypedArray", () => on(scalar, Float64Array.of(1)), "ArgumentError", inputs, "has type Float64Array"],
    ["a promise", () => on(scalar, Promise.resolve(x)), "ArgumentError", inputs, "has type Promise: await it first"],
    ["a disposed tensor", () => on(scalar, gone), "DisposedError", `${name}: this tensor is disposed`],
    ["a disposed one among them", () => on(pair, [x, gone]), "DisposedError", `${name}: this tensor is disposed`],
    ["int32", () => on(scalar, ints), "DTypeError", `${name}: only tensors of floating dtype`, "index 0", "int32"],
    ["bool", () => on(pair, [x, x.gt(1)]), "DTypeError", `${name}: only tensors of floating dtype`, "index 1", "bool"],
    ["func left out", () => call(), "ArgumentError", `${name}: func should be a function but got undefined`],
    [
      "func and inputs swapped",
      () => on(x, scalar),
      "ArgumentError",
      `${name}: func should be a function but got Tensor`,
    ],
  ]);

  run(`${name}: func returns`, [
    ["nothing", () => on(() => undefined, x), "ArgumentError", outputs, "has type undefined"],
    ["a number", () => on((t: T) => scalar(t).item(), x), "ArgumentError", outputs, "has type number"],
    ["no outputs", () => on(() => [], x), "ArgumentError", outputs, "empty array"],
    [
      "an array with a hole",
      () => on((t: T) => beforeHole(scalar(t)), x),
      "ArgumentError",
      outputs,
      "index 1 has type undefined",
    ],
    [
      "an array that begins with a hole",
      () => on((t: T) => behindHole(scalar(t)), x),
      "ArgumentError",
      outputs,
      "index 0",
    ],
    ["nested arrays", () => on((t: T) => [[scalar(t)]], x), "ArgumentError", outputs, "index 0 has type Array"],
    ["an object", () => on((t: T) => ({ loss: scalar(t) }), x), "ArgumentError", outputs, "has type Object"],
    ["a generator", () => on(function* (t: T) { yield scalar(t); }, x), "ArgumentError", outputs, "has type"], // prettier-ignore
    [
      "a promise",
      () => on((t: T) => Promise.resolve(scalar(t)), x),
      "ArgumentError",
      outputs,
      "has type Promise: the function must not be async",
    ],
    [
      "what await takes for a promise",
      () => on((t: T) => ({ then: () => scalar(t) }), x),
      "ArgumentError",
      outputs,
      "must not be async",
    ],
    [
      "promises in an array",
      () => on((t: T) => [Promise.resolve(t)], x),
      "ArgumentError",
      outputs,
      "index 0 has type Promise",
    ],
    ["a disposed tensor", () => on(() => gone, x), "DisposedError", `${name}: this tensor is disposed`],
    ["an output that it has disposed", () => on((t: T) => { const y = scalar(t); y.dispose(); return y; }, x), "DisposedError", `${name}: this tensor is disposed`], // prettier-ignore
    ["an input that it has disposed", () => on((t: T) => { t.dispose(); return t; }, x), "DisposedError", `${name}: this tensor is disposed`], // prettier-ignore
    ["a tensor of a tidy that is over", () => on((t: T) => { let y = t; pf.tidy(() => void (y = scalar(t))); return y; }, x), "DisposedError", `${name}: this tensor is disposed`], // prettier-ignore
  ]);

  run(`${name} in func`, [
    [
      "an op's error goes by the op's name",
      () => on((t: T) => t.add(f64([1, 2])), x),
      "ShapeError",
      "add: shapes [3] and [2]",
    ],
    [
      "so do reads of disposed tensors",
      () => on(() => gone.item(), x),
      "DisposedError",
      "item: this tensor is disposed",
    ],
    [
      "a nested transform's error by its own",
      () => on((t: T) => functional.vjp!(scalar, [t, 3]), x),
      "ArgumentError",
      "vjp: The inputs given to vjp",
      "index 1",
    ],
    [
      "after func has read values",
      () => on((t: T) => (scalar(t).item() > 0 ? t.reshape(4) : t), x),
      "ShapeError",
      "reshape: ",
      "[4]",
      "[3]",
    ],
    [
      "within noGrad and tidy",
      () => on((t: T) => pf.noGrad(() => pf.tidy(() => t.exp().sum(3))), x),
      "ShapeError",
      "sum: Dimension out of range",
      "[-1, 0]",
      "3",
    ],
  ]);

  run(`${name} options`, [
    [
      "in torch's spelling",
      () => on(scalar, x, v, { create_graph: true }),
      "ArgumentError",
      `${name}: unknown option create_graph; known are createGraph`,
    ],
    [
      "true",
      () => on(scalar, x, v, true),
      "ArgumentError",
      `${name}: options should be an object with createGraph`,
      "got boolean",
    ],
    ["an array", () => on(scalar, x, v, []), "ArgumentError", `${name}: options should be an object`, "got Array"],
    ["a Tensor", () => on(scalar, x, v, ones), "ArgumentError", `${name}: options should be an object`, "got Tensor"],
    [
      "a function",
      () => on(scalar, x, v, scalar),
      "ArgumentError",
      `${name}: options should be an object`,
      "got function",
    ],
  ]);

  if (takesV) {
    const vector = of("v");
    const f = name === "vjp" ? (t: T): T => t.mul(2) : scalar;
    const two = name === "vjp" ? (a: T, b: T): T[] => [a.mul(b), b.exp()] : pair;
    const inv = `${name}: Entry 1 in v has invalid size: should be [3] but got`;
    run(`${name}: v is`, [
      ["a number", () => on(f, x, 3), "ArgumentError", vector, "has type number"],
      ["false", () => on(f, x, false), "ArgumentError", vector, "has type boolean"],
      ["an empty array", () => on(f, x, []), "ArgumentError", vector, "empty array"],
      [
        "an array with a hole",
        () => on(two, [x, x], beforeHole(ones)),
        "ArgumentError",
        vector,
        "index 1 has type undefined",
      ],
      ["a promise", () => on(f, x, Promise.resolve(ones)), "ArgumentError", vector, "await it first"],
      ["a generator", () => on(f, x, [ones].values()), "ArgumentError", vector, "has type"],
      [
        "too long",
        () => on(f, x, [ones, ones]),
        "ArgumentError",
        `${name}: The given v should contain a single Tensor.`,
      ],
      [
        "too short",
        () => on(two, [x, x], ones),
        "ArgumentError",
        `${name}: v is a tuple of invalid length: should be 2 but got 1.`,
      ],
      [
        "of one dim too few",
        () => on(f, x, f64(1)),
        "ShapeError",
        `${name}: v has invalid size: should be [3] but got [].`,
      ],
      [
        "of one dim too many",
        () => on(f, x, f64([[1, 1, 1]])),
        "ShapeError",
        `${name}: v has invalid size: should be [3] but got [1, 3].`,
      ],
      ["of a shape that broadcasts", () => on(two, [x, x], [ones, f64([1])]), "ShapeError", `${inv} [1].`],
      ["empty", () => on(two, [x, x], [ones, f64([])]), "ShapeError", `${inv} [0].`],
      [
        "int32",
        () => on(two, [x, x], [ones, ints]),
        "DTypeError",
        `${name}: entry 1 in v should have a floating dtype but got int32.`,
      ],
      ["bool", () => on(f, x, x.gt(1)), "DTypeError", `${name}: v should have a floating dtype but got bool.`],
      ["disposed", () => on(f, x, gone), "DisposedError", `${name}: this tensor is disposed`],
    ]);
  }

  [undefined, null, "a string", Object.freeze({ code: 7 }), new TypeError("mine")].forEach((thrown, i) => {
    test(`${name}: whatever func throws passes through, ${i}`, () => {
      const before = [core.liveNodes(), pf.backend.memoryBytes];
      let caught: unknown = test;
      try {
        on((t: T) => {
          pf.enableGrad(() => scalar(t).item());
          throw thrown as Error;
        }, x);
      } catch (error) {
        caught = error;
      }
      assert.is(caught, thrown);
      assert.equal([core.liveNodes(), pf.backend.memoryBytes], before);
    });
  });
}

run("func", [
  ...["hvp", "vhp", "hessian"].flatMap((name): Row[] => {
    const call = (func: unknown): unknown =>
      name === "hessian" ? functional[name]!(func, x) : functional[name]!(func, x, ones);
    const element = `${name}: The Tensor returned by the function given to ${name} should contain a single element`;
    return [
      [
        `${name}, an array of one`,
        () => call((t: T) => [scalar(t)]),
        "AutogradError",
        `${name}: The function given to ${name} should return a single Tensor`,
      ],
      [`${name}, several elements`, () => call((t: T) => t.mul(t)), "AutogradError", element],
      [`${name}, none`, () => call((t: T) => t.narrow(0, 0, 0)), "AutogradError", element],
    ];
  }),
]);

const modes = pf as unknown as Record<string, Loose>;
test("a refused promise that rejects later does not end the process", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const late = async (t: T = x): Promise<T> => {
      await Promise.resolve();
      return scalar(t.exp()); // the alias is disposed by now
    };
    const fails = async (): Promise<never> => {
      await Promise.resolve();
      throw new Error("mine");
    };
    for (const fn of [late, fails]) {
      for (const name of ["jvp", "vjp", "hvp", "vhp", "jacobian", "hessian"])
        refuses(() => functional[name]!(fn, f64([1])), "ArgumentError", `${name}: `);
      refuses(() => functional.jvp!((t: T) => [t, fn(t)], f64([1])), "ArgumentError", "jvp: ");
    }
    for (const forward of [(_: unknown, t: T): T => t.mul(2), fails]) {
      const custom = pf.autograd.customFunction({ forward, backward: fails } as never) as (t: T) => T;
      refuses(() => functional.vjp!(custom, f64([1])), "ArgumentError", "customFunction: ", "Promise");
    }
    for (const name of ["tidy", "noGrad", "enableGrad", "inspect"])
      refuses(() => modes[name]!(fails), "ArgumentError", `${name}: `);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(unhandled, []);
  } finally {
    process.off("unhandledRejection", note);
  }
});
test("a promise that is given is its maker's: that it rejects is not kept quiet", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const mine = [new Error("alone"), new Error("in an array")];
    refuses(() => functional.jvp!(scalar, Promise.reject(mine[0]!)), "ArgumentError", "jvp: ", "await it first");
    refuses(() => functional.jvp!(scalar, [x, Promise.reject(mine[1]!)]), "ArgumentError", "jvp: ", "Promise");
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(unhandled, mine);
  } finally {
    process.off("unhandledRejection", note);
  }
});

test.run();
