// gradcheck and gradgradcheck let right derivatives through, and find and show wrong ones.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Op } from "../../assembly/abi/opcodes";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { elsewhere, type OpName } from "../primitives/rows";
import { compositions, primitives } from "./gradcheck.rows";
import { f64, type T, throws } from "./support";

const { gradcheck, gradgradcheck, customFunction } = pf.autograd;
const test = suite("gradcheck");
const everything = { checkBatchedGrad: true, checkBatchedForwardGrad: true };

const x3 = f64([0.5, -1.2, 2], true);
const y3 = f64([1.5, 0.3, -0.7], true);

// -- what is right passes

for (const [name, f, inputs] of [...primitives, ...compositions]) {
  test(`passes ${name}`, () => {
    const before = [core.liveNodes(), pf.backend.memoryBytes];
    assert.is(gradcheck(f, inputs, everything), true);
    assert.is(gradgradcheck(f, inputs), true);
    assert.equal([core.liveNodes(), pf.backend.memoryBytes], before, "something is left behind");
  });
}

for (const op of Object.keys(Op).filter((key) => Number.isNaN(Number(key)) && !elsewhere.includes(key as OpName))) {
  test(`${op} has a row whose graph holds it`, () => {
    const rows = primitives.filter(([name]) => name.split(" ")[0] === op);
    assert.ok(rows.length > 0);
    for (const [, f, inputs] of rows) assert.ok(pf.inspect(f, ...inputs).nodes.some((node) => node.op === op));
  });
}

// -- what is wrong does not

/** A custom function of one argument. */
const custom = (forward: (x: T) => T, derivative: (x: T) => T): ((x: T) => T) =>
  customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(x);
      return forward(x);
    },
    backward: (ctx, g) => g.mul(derivative(ctx.savedTensors[0])),
  });
const square = custom((x) => x.mul(x), (x) => x.mul(2)); // prettier-ignore
const wrongFactor = custom((x) => x.mul(x), (x) => x.mul(2.1)); // prettier-ignore
/** Right to first order; the derivative does not say how it depends on x. */
const detachedDerivative = custom((x) => x.mul(x), (x) => x.detach().mul(2)); // prettier-ignore
const wrongSecondEntry = custom((x) => x.mul(x), (x) => x.mul(f64([2, 2.5, 2]))); // prettier-ignore
const nan = custom((x) => x.mul(x), (x) => x.mul(NaN)); // prettier-ignore

type Row = [string, () => unknown, string[]];
const wrong: Row[] = [
  [
    "a factor of a custom function",
    () => gradcheck(wrongFactor, x3, { checkForwardAd: false }),
    ["gradcheck: Jacobian mismatch for output 0 with respect to input 0", "3 of 9 entries are off"],
  ],
  [
    "a factor of a custom function, in forward mode",
    () => gradcheck(wrongFactor, x3),
    ["Jacobian computed with forward mode mismatch for output 0 with respect to input 0"],
  ],
  [
    "a factor of a custom function, in forward mode alone",
    () => gradcheck(wrongFactor, x3, { checkBackwardAd: false }),
    ["Jacobian computed with forward mode mismatch"],
  ],
  [
    "one entry, with its place and both numbers",
    () => gradcheck(wrongSecondEntry, x3, { checkForwardAd: false }),
    [
      "at entry [1] of the output and [1] of the input",
      "\nnumerical: -2.39999",
      "\nanalytical: -3\n",
      "1 of 9 entries",
    ],
  ],
  [
    "an entry of the second input and output, in more dims",
    () =>
      gradcheck(
        (a: T, b: T) => [a, a.t().mul(2).add(b.detach().mul(b))],
        [f64([[1, 2, 3], [4, 5, 6]], true), f64([[1, 0], [0, 0], [0, 0]], true)], // prettier-ignore
        { checkForwardAd: false },
      ),
    [
      "for output 1 with respect to input 1",
      "at entry [0, 0] of the output and [0, 0] of the input",
      "analytical: 1\n",
    ],
  ],
  [
    "a factor detached, of two",
    () => gradcheck((x: T) => x.mul(x.detach()), x3, { checkForwardAd: false }),
    ["Jacobian mismatch", "at entry [2] of the output and [2] of the input", "numerical: 4.0", "analytical: 2\n"],
  ],
  [
    "the second output detached in part",
    () => gradcheck((x: T) => [x.sin(), x.cos().mul(x.exp().detach())], x3, { checkForwardAd: false }),
    ["for output 1"],
  ],
  [
    "a factor computed within noGrad",
    () => gradcheck((x: T) => x.mul(pf.noGrad(() => x.exp())), x3, { checkForwardAd: false }),
    ["Jacobian mismatch"],
  ],
  [
    "an input that the output does not depend on any more",
    () => gradcheck((x: T, y: T) => x.mul(y.detach()), [x3, y3], { checkForwardAd: false }),
    ["for output 0 with respect to input 1", "analytical: 0\n"],
  ],
  [
    "an output that is detached as a whole",
    () => gradcheck((x: T) => x.mul(2).detach(), x3),
    ["Numerical gradient for function expected to be zero", "output 0", "analytical: 0"],
  ],
  ...["the largest of several", "a NaN, whatever else there is"].map((what, k): Row => [
    what,
    // 1, 10 and 4 where x² has 10, -3 and 4: the second sum is the larger distance.
    () => gradcheck(custom((x) => x.mul(x), () => f64([11, 3, k ? NaN : 5])), f64([5, -1.5, 2], true), { checkForwardAd: false }), // prettier-ignore
    // What is no number is none for any cotangent, also where that is 0.
    k
      ? ["at entry [0] of the output and [2] of the input", "analytical: NaN\n5 of 9 entries"]
      : ["at entry [1] of the output and [1] of the input", "analytical: 3\n3 of 9 entries"],
  ]),
  [
    "the first of those that are off alike, with its place in several dims",
    () =>
      gradcheck(
        custom((x) => x.mul(x), () => f64([[2, 4], [6, 9], [10, 13]])), // prettier-ignore
        f64([[1, 2], [3, 4], [5, 6]], true), // prettier-ignore
        { checkForwardAd: false },
      ),
    ["at entry [1, 1] of the output and [1, 1] of the input", "analytical: 9\n", "2 of 36 entries"],
  ],
  ["NaN", () => gradcheck(nan, x3, { checkForwardAd: false }), ["analytical: NaN"]],
  ["NaN in forward mode", () => gradcheck(nan, x3, { checkBackwardAd: false }), ["analytical: NaN"]],
  [
    "a derivative that is detached, by its own derivative",
    () => gradgradcheck(detachedDerivative, x3),
    ["gradgradcheck: Jacobian computed with forward mode mismatch for output 0 with respect to input 0"],
  ],
  [
    "the same, in reverse mode",
    () => gradgradcheck(detachedDerivative, x3, null, { checkFwdOverRev: false }),
    ["gradgradcheck: Jacobian mismatch for output 0 with respect to input 0"],
  ],
];
for (const [name, body, phrases] of wrong) {
  test(`finds ${name}`, () => throws(body, "AutogradError", ...phrases));
}

test("a detached derivative passes to first order", () => assert.is(gradcheck(detachedDerivative, x3), true));
test("raiseException: false gives false for a wrong derivative", () => {
  const quiet = { raiseException: false };
  assert.is(gradcheck(wrongFactor, x3, quiet), false);
  assert.is(
    gradcheck((x: T) => x.detach(), x3, quiet),
    false,
  );
  assert.is(gradgradcheck(detachedDerivative, x3, null, quiet), false);
  assert.is(gradcheck(square, x3, quiet), true);
  assert.is(gradgradcheck(square, x3, null, quiet), true);
});
test("raiseException: false keeps no mistake in the call quiet, and nothing that func throws", () => {
  const quiet = { raiseException: false };
  throws(() => gradcheck(square, pf.tensor([1], { requiresGrad: true }), quiet), "DTypeError");
  throws(() => gradcheck(() => 3 as never, x3, quiet), "ArgumentError");
  const thrown = new Error("func's own");
  const f = (): never => {
    throw thrown;
  };
  for (const check of [() => gradcheck(f, x3, quiet), () => gradgradcheck(f, x3, null, quiet)]) {
    try {
      check();
      assert.unreachable();
    } catch (error) {
      assert.is(error, thrown);
    }
  }
});
test("a backward that differs from run to run is not reentrant", () => {
  let runs = 0;
  const drifting = custom((x) => x.mul(x), (x) => x.mul(2 + 1e-9 * runs++)); // prettier-ignore
  const options = { checkForwardAd: false };
  throws(() => gradcheck(drifting, x3, options), "AutogradError", "gradcheck: Backward is not reentrant");
  assert.is(gradcheck(drifting, x3, { ...options, nondetTol: 1e-6 }), true);
});

// -- tolerances

test("atol, rtol and eps decide what is close enough", () => {
  const small = f64([5e-5], true);
  assert.is(gradcheck(wrongFactor, small), true);
  throws(() => gradcheck(wrongFactor, small, { atol: 1e-6 }), "AutogradError", "0.000001 + 0.001 · |numerical|");
  assert.is(gradcheck(wrongFactor, x3, { rtol: 0.051 }), true);
  throws(() => gradcheck(wrongFactor, x3, { rtol: 0.049 }), "AutogradError", "mismatch");
  // A step across the corner of |x| takes its mean slope.
  assert.is(
    gradcheck((x: T) => x.abs(), f64(0.001, true)),
    true,
  );
  throws(() => gradcheck((x: T) => x.abs(), f64(0.001, true), { eps: 0.01 }), "AutogradError", "analytical: 1\n");
});

/** x² with a backward that is wrong from its nth run on. */
const wrongFrom = (run: number): ((x: T) => T) => {
  let runs = 0;
  return custom((x) => x.mul(x), (x) => x.mul(++runs < run ? 2 : 3)); // prettier-ignore
};
test("products under vmap are compared where that is asked for", () => {
  const one = f64([1.5], true);
  // Forward mode runs backward once, reverse mode twice; then two vectors by themselves, and both under vmap.
  for (const [run, checkForwardAd, option, what] of [
    [5, false, "checkBatchedGrad", "the vector-Jacobian product of output 0"],
    [4, true, "checkBatchedForwardGrad", "the Jacobian-vector product with respect to input 0"],
  ] as const) {
    const modes = { checkForwardAd, checkBackwardAd: !checkForwardAd };
    assert.is(gradcheck(wrongFrom(run), one, modes), true);
    const differs = `gradcheck: ${what} under vmap differs from the same product by itself: element 0 of entry 0 is`;
    throws(() => gradcheck(wrongFrom(run), one, { ...modes, [option]: true }), "AutogradError", differs);
  }
});
test("forward mode alone asks nothing of backward but its derivative at 0", () => {
  const clipped = customFunction({ forward: (_, x: T) => x.mul(1), backward: (_, g) => g.clamp(-0.5, 0.5) });
  assert.is(gradcheck(clipped, x3, { checkBackwardAd: false }), true);
  throws(() => gradcheck(clipped, x3), "AutogradError", "Jacobian mismatch");
});
test("without an output that a derivative can be asked of there is nothing to check", () => {
  assert.is(
    gradcheck(() => [], x3),
    true,
  );
  // At a step: integers have no slope.
  for (const f of [(x: T) => x.gt(0), (x: T) => x.argmax()]) {
    assert.is(gradcheck(f, f64([0], true)), true);
    assert.is(gradgradcheck(f, f64([0], true)), true);
  }
  assert.is(
    gradcheck(() => f64(3), x3, { atol: 0 }),
    true,
  );
});
test("what is off by exactly the tolerance passes", () => {
  const flat = custom((x) => x.mul(0), (x) => pf.zerosLike(x).add(0.5)); // prettier-ignore
  assert.is(gradcheck(flat, x3, { atol: 0.5 }), true);
  throws(() => gradcheck(flat, x3, { atol: 0.49 }), "AutogradError", "mismatch");
  const slope = (by: number): ((x: T) => T) => custom((x) => x.mul(0), (x) => pf.onesLike(x).mul(by)); // prettier-ignore
  assert.is(gradcheck(slope(1e-5), x3), true);
  throws(() => gradcheck(slope(1.05e-5), x3), "AutogradError", "mismatch");
  for (const nondetTol of [0.5, 0.49]) {
    let runs = 0;
    const drifting = custom((x) => x.mul(2), (x) => pf.onesLike(x).mul(2 + 0.5 * runs++)); // prettier-ignore
    const check = (): boolean => gradcheck(drifting, f64([1], true), { checkForwardAd: false, atol: 1, nondetTol });
    if (nondetTol === 0.5) assert.is(check(), true);
    else throws(check, "AutogradError", "not reentrant");
  }
});
test("infinite derivatives are equal to themselves alone", () => {
  const cliff = (slope: number): ((x: T) => T) => custom((x) => pf.where(x.gt(1), Infinity, 0), (x) => pf.onesLike(x).mul(slope)); // prettier-ignore
  assert.is(gradcheck(cliff(Infinity), f64([1], true), everything), true);
  for (const slope of [3, -Infinity]) throws(() => gradcheck(cliff(slope), f64([1], true)), "AutogradError", "numerical: Infinity"); // prettier-ignore
});

// -- inputs

test("float32 is an error that says why", () => {
  const single = pf.tensor([1, 2], { requiresGrad: true });
  const phrases = [
    "1 requires grad and is not in double precision (its dtype is float32)",
    "rounding",
    "Make it float64",
  ];
  throws(
    () => gradcheck((a: T, b: T) => a.mul(b), [f64([1, 2], true), single]),
    "DTypeError",
    "gradcheck:",
    ...phrases,
  );
  throws(() => gradgradcheck((a: T, b: T) => a.mul(b), [f64([1, 2], true), single]), "DTypeError", ...phrases);
  throws(() => gradcheck(square, single), "DTypeError", "what a step of 0.000001 changes");
  throws(() => gradgradcheck(square, single), "DTypeError", "what a step of 0.000001 changes");
  throws(() => gradcheck(square, single, { eps: 0.25 }), "DTypeError", "what a step of 0.25 changes");
  // Not so what is not differentiated by.
  assert.is(
    gradcheck((a: T, b: T) => a.mul(b), [f64([1, 2], true), pf.tensor([1, 2])]),
    true,
  );
});
test("only tensors that require grad are differentiated by; the others and any other value are passed on", () => {
  const constant = f64([1, 2, 3]);
  const f = (x: T, c: T, options: { twice: boolean }, n: number, _: null): T => {
    assert.is(c, constant);
    return x.mul(c.detach()).mul(options.twice ? n : 1);
  };
  assert.is(gradcheck(f, [x3, constant, { twice: true }, 2, null]), true);
  assert.is(gradcheck(f, [x3, constant, { twice: false }, 2, null], { checkGradDtypes: true }), true);
  assert.is(
    gradgradcheck((x: T, c: T, _: null) => x.mul(x).mul(c.detach()), [x3, constant, null]),
    true,
  );
});
test("outputs that no derivative can be asked of are left out", () => {
  assert.is(
    gradcheck((x: T) => [x.argmax(), x.mul(x), x.gt(0)], x3),
    true,
  );
  assert.is(
    gradgradcheck((x: T) => [x.argmax(), x.mul(x), f64(3)], x3),
    true,
  );
  assert.is(
    gradcheck((x: T) => x.floor(), f64([0.5], true)),
    true,
  );
  assert.is(
    gradcheck(() => f64(3), x3),
    true,
  );
  assert.is(
    gradcheck((x: T) => x.gt(0), x3),
    true,
  );
});
test("works within noGrad, and within tidy", () => {
  assert.is(pf.noGrad(() => gradcheck(square, x3)), true); // prettier-ignore
  assert.is(pf.noGrad(() => gradgradcheck(square, x3)), true); // prettier-ignore
  throws(() => pf.noGrad(() => gradcheck(wrongFactor, x3)), "AutogradError", "mismatch");
});
test("views, expanded inputs and inputs that are still to be computed", () => {
  const leaf = f64([[1, 2], [3, 4]], true); // prettier-ignore
  for (const x of [leaf.t(), leaf.narrow(1, 0, 1).expand(2, 3), leaf.mul(2).sum(0), leaf.flip(0)]) {
    assert.is(
      gradcheck((t: T) => t.sin().mul(t), x),
      true,
    );
    throws(() => gradcheck((t: T) => t.sin().mul(t.detach()), x), "AutogradError", "mismatch");
  }
});
test("gradOutputs of gradgradcheck", () => {
  const f = (x: T): T[] => [x.mul(x), x.sin()];
  const v = f64([1, 2, 3], true);
  assert.is(gradgradcheck(f, x3, [v, f64([0, 1, 0])]), true);
  assert.is(
    gradgradcheck((x: T) => x.pow(3), x3, v),
    true,
  );
  throws(() => gradgradcheck(f, x3, v), "ShapeError", "func has 2 outputs that require grad but gradOutputs has 1");
  throws(() => gradgradcheck(square, x3, f64([1], true)), "ShapeError", "Mismatch in shape");
  const single = pf.tensor([1, 2, 3], { requiresGrad: true });
  throws(
    () => gradgradcheck(square, x3, single),
    "DTypeError",
    "not in double precision",
    "a step of 0.000001 changes",
  );
  const integers = pf.tensor(Int32Array.from([1, 2, 3]));
  throws(() => gradgradcheck(square, x3, integers), "DTypeError", "gradOutputs[0] should have a floating dtype");
});

const mistakes: [string, () => unknown, pf.PushforwardError["name"], string][] = [
  ["no input requires grad", () => gradcheck(square, f64([1])), "ArgumentError", "at least one input tensor to require"],
  ["no inputs", () => gradcheck(square, []), "ArgumentError", "at least one input tensor"],
  ["func", () => gradcheck(3 as never, x3), "ArgumentError", "func should be a function but got number"],
  ["inputs", () => gradcheck(square, 3 as never), "ArgumentError", "inputs should be a Tensor or an array but got number"],
  ...[null, undefined, "", () => x3].map((result) => [
    `func returns ${typeof result}`, () => gradcheck(() => result as never, x3), "ArgumentError", "must be either a Tensor or a tuple of Tensors",
  ] as (typeof mistakes)[0]),
  ["async", () => gradcheck((() => Promise.resolve(x3)) as never, x3), "ArgumentError", "must not be async"],
  ["an unknown option", () => gradcheck(square, x3, { Eps: 1 } as never), "ArgumentError", "unknown option Eps"],
  ["eps", () => gradcheck(square, x3, { eps: 0 }), "ArgumentError", "gradcheck: eps should be a positive number but got 0"],
  ["atol", () => gradcheck(square, x3, { atol: -1 }), "ArgumentError", "atol should be a non-negative number"],
  ["rtol", () => gradgradcheck(square, x3, null, { rtol: "1" as never }), "ArgumentError", "gradgradcheck: rtol"],
  ["no mode", () => gradcheck(square, x3, { checkForwardAd: false, checkBackwardAd: false }), "ArgumentError", "at least one of"],
]; // prettier-ignore
for (const [name, body, error, phrase] of mistakes) {
  test(`mistakes: ${name}`, () => throws(body, error as "ArgumentError", phrase));
}
test("null stands for a default", () => {
  assert.is(gradcheck(square, x3, { eps: null, atol: null, rtol: null, checkForwardAd: null } as never), true);
  throws(() => gradcheck(wrongFactor, x3, { checkForwardAd: null } as never), "AutogradError", "with forward mode");
});

test.run();
