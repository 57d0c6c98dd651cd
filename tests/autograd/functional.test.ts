// What jvp, vjp, hvp and vhp take, give and promise, as torch.autograd.functional has it.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { f64, near, type T, throws } from "./support";

const { jvp, vjp, hvp, vhp } = pf.functional;
const test = suite("functional");

type Loose = (func: unknown, inputs: unknown, v?: unknown, options?: unknown) => [unknown, unknown];
const PRODUCTS = { jvp, vjp, hvp, vhp } as unknown as Record<string, Loose>;

const x3 = f64([1, 2, 3]);
const ones3 = f64([1, 1, 1]);
const scalar = (x: T): T => x.mul(x).sum();

for (const [name, product] of Object.entries(PRODUCTS)) {
  const v = name === "vjp" ? undefined : ones3;

  test(`${name}: inputs is a Tensor or a non-empty array of Tensors`, () => {
    const phrase = `${name}: The inputs given to ${name} must be either a Tensor or a tuple of Tensors but`;
    throws(() => product(scalar, 3), "ArgumentError", phrase, "the given inputs has type number");
    throws(() => product(scalar, null), "ArgumentError", phrase, "the given inputs has type null");
    throws(() => product(scalar, []), "ArgumentError", phrase);
    throws(() => product(scalar, [x3, 3]), "ArgumentError", phrase, "the value at index 1 has type number");
    throws(() => product(scalar, [x3, Promise.resolve(x3)]), "ArgumentError", "index 1 has type Promise");
    throws(() => product("f", x3), "ArgumentError", `${name}: func should be a function but got string`);
  });

  test(`${name}: the outputs are a Tensor or an array of Tensors`, () => {
    const phrase = `${name}: The outputs of the user-provided function given to ${name} must be either a Tensor or a tuple of Tensors`;
    throws(() => product(() => 3, x3, v), "ArgumentError", phrase, "has type number");
    throws(() => product(() => undefined, x3, v), "ArgumentError", phrase, "has type undefined");
    throws(() => product((x: T) => [x, 3], x3, v), "ArgumentError", phrase, "index 1 has type number");
    throws(() => product((x: T) => Promise.resolve(x), x3, v), "ArgumentError", phrase, "must not be async");
  });

  test(`${name}: func gets fresh aliases; a captured tensor is a constant`, () => {
    const x = f64([1, 2, 3], true);
    let seen: T | null = null;
    const f = (y: T): T => {
      assert.is.not(y, x);
      seen = y;
      return y.mul(x).sum();
    };
    const [, result] = product(f, x, name === "vjp" ? undefined : ones3);
    // One factor counts: x·v, not 2x·v; the Hessian of y·c is zero.
    near(result as T, name === "jvp" ? 6 : name === "vjp" ? [1, 2, 3] : [0, 0, 0]);
    assert.ok((seen as unknown as T).isDisposed, "the alias ends with the call");
  });

  test(`${name}: without createGraph everything is detached`, () => {
    const x = f64([1, 2, 3], true);
    for (const t of product(scalar, x, name === "vjp" ? undefined : ones3) as T[]) assert.not(t.requiresGrad);
  });

  test(`${name}: with createGraph results are attached, also where no input requires grad`, () => {
    const cubes = (x: T): T => x.pow(3).sum();
    for (const t of product(cubes, x3, v, { createGraph: true }) as T[]) {
      assert.ok(t.requiresGrad);
      assert.match(String(t), "gradFn=<");
    }
  });

  test(`${name}: with createGraph results are differentiable by the caller's tensors`, () => {
    const x = f64([1, 2, 3], true);
    const [, result] = product((y: T) => y.pow(3).sum(), x.mul(2), v, { createGraph: true }) as [T, T];
    const [gradient] = pf.autograd.grad(result.sum(), x);
    // d/dx of Σ 3(2x)² and of Σ 6·2x
    near(gradient!, name === "jvp" || name === "vjp" ? [24, 48, 72] : [12, 12, 12]);
  });

  test(`${name}: works inside noGrad`, () => {
    const plain = pf.noGrad(() => product(scalar, x3, v)) as [T, T];
    near(plain[1], name === "jvp" ? 12 : name === "vjp" ? [2, 4, 6] : [2, 2, 2]);
    const attached = pf.noGrad(() => product((x: T) => x.pow(3).sum(), x3, v, { createGraph: true })) as [T, T];
    assert.ok(attached[0].requiresGrad && attached[1].requiresGrad);
    assert.ok(pf.isGradEnabled());
  });

  test(`${name}: v has the right number, shapes and dtypes`, () => {
    const f = name === "vjp" ? (x: T): T => x.mul(2) : scalar;
    throws(() => product(f, x3, [ones3, ones3]), "ArgumentError", "The given v should contain a single Tensor.");
    throws(() => product(f, x3, f64([1, 2])), "ShapeError", `${name}: v has invalid size: should be [3] but got [2].`);
    throws(() => product(f, x3, f64([[1, 1, 1]])), "ShapeError", "v has invalid size: should be [3] but got [1, 3].");
    throws(() => product(f, x3, f64(1)), "ShapeError", "v has invalid size: should be [3] but got [].");
    throws(() => product(f, x3, 3), "ArgumentError", `${name}: The v given to ${name} must be either a Tensor`);
    throws(() => product(f, x3, pf.tensor(Int32Array.of(1, 1, 1))), "DTypeError", "int32");
    throws(() => product(f, x3, pf.tensor([true, true, false])), "DTypeError", "bool");
    const float32 = product(f, x3, pf.tensor(Float32Array.of(1, 1, 1)))[1] as T;
    assert.is(float32.dtype, "float64");
    near(product(f, x3, [ones3])[1] as T, (product(f, x3, ones3)[1] as T).toArray());
  });

  test(`${name}: an array of v for arrays`, () => {
    const pair = name === "vjp" ? (x: T, y: T): T[] => [x.mul(2), y.mul(3)] : (x: T, y: T): T => x.mul(y).sum();
    throws(
      () => product(pair, [x3, x3], [ones3]),
      "ArgumentError",
      "v is a tuple of invalid length: should be 2 but got 1.",
    );
    throws(
      () => product(pair, [x3, x3], [ones3, f64([1])]),
      "ShapeError",
      "Entry 1 in v has invalid size: should be [3] but got [1].",
    );
    const single = name === "vjp" ? (x: T): T[] => [x.mul(2)] : scalar;
    const size = "Entry 0 in v has invalid size: should be [3] but got [1].";
    for (const one of [f64([1]), [f64([1])]])
      throws(() => product(single, [x3], one), "ShapeError", `${name}: ${size}`);
    if (name !== "vjp") throws(() => product(single, x3, [f64([1])]), "ShapeError", `${name}: ${size}`);
  });

  test(`${name}: arrays of one stay arrays`, () => {
    const f = (x: T): T[] => [x.mul(x).sum()];
    if (name === "jvp" || name === "vjp") {
      const [output, result] = product(f, [x3], name === "vjp" ? undefined : [ones3]) as [T[], T[]];
      assert.ok(Array.isArray(output) && output.length === 1);
      assert.ok(Array.isArray(result) && result.length === 1);
    } else {
      const [output, result] = product(scalar, [x3], [ones3]) as [T, T[]];
      assert.not(Array.isArray(output));
      assert.ok(Array.isArray(result) && result.length === 1);
    }
    const single = product(scalar, x3, v);
    assert.not(Array.isArray(single[0]) || Array.isArray(single[1]));
  });

  test(`${name}: integer and bool inputs are not differentiable`, () => {
    throws(() => product(scalar, [x3, pf.tensor(Int32Array.of(1))]), "DTypeError", name, "index 1", "int32");
    throws(() => product(scalar, pf.tensor([true])), "DTypeError", name, "index 0", "bool");
  });

  test(`${name}: the same tensor twice is two inputs`, () => {
    const f = (a: T, b: T): T => a.mul(b).mul(b).sum();
    const vs = name === "vjp" ? undefined : [ones3, f64([0, 0, 0])];
    const result = product(f, [x3, x3], vs)[1];
    if (name === "jvp") near(result as T, 1 + 4 + 9);
    else {
      const [a, b] = result as [T, T];
      near(a, name === "vjp" ? [1, 4, 9] : [0, 0, 0]);
      near(b, name === "vjp" ? [2, 8, 18] : [2, 4, 6]);
    }
  });

  test(`${name}: an exception passes through and leaves nothing behind`, () => {
    const before = [core.liveNodes(), pf.backend.memoryBytes];
    const error = new Error("mine");
    for (const options of [{}, { createGraph: true }]) {
      try {
        product(
          (x: T) => {
            x.exp().sum().item();
            throw error;
          },
          x3,
          v,
          options,
        );
        assert.unreachable();
      } catch (thrown) {
        assert.is(thrown, error);
      }
    }
    assert.equal([core.liveNodes(), pf.backend.memoryBytes], before);
    assert.ok(pf.isGradEnabled());
    near(product(scalar, x3, v)[0] as T, 14);
  });

  test(`${name}: outputs that are inputs, repeated or constant`, () => {
    if (name === "hvp" || name === "vhp") {
      near(product(() => f64(3), x3, v)[1] as T, [0, 0, 0]);
      near(product((x: T) => x, f64(2), f64(1))[1] as T, 0);
      return;
    }
    const constant = f64([5]);
    const f = (x: T): T[] => {
      const y = x.mul(x);
      return [x, y, y, constant];
    };
    const vs = name === "jvp" ? ones3 : [ones3, ones3, ones3, f64([1])];
    const [output, result] = product(f, x3, vs) as [T[], T[] | T];
    [[1, 2, 3], [1, 4, 9], [1, 4, 9], [5]].forEach((want, i) => near(output[i]!, want));
    if (name === "vjp") near(result as T, [5, 9, 13]);
    else [[1, 1, 1], [2, 4, 6], [2, 4, 6], [0]].forEach((want, i) => near((result as T[])[i]!, want));
    near(constant, [5]);
  });

  test(`${name}: options are checked`, () => {
    throws(() => product(scalar, x3, v, { create_graph: true }), "ArgumentError", name, "unknown option create_graph");
    throws(() => product(scalar, x3, v, 3), "ArgumentError", name, "options");
    near(product(scalar, x3, v, null)[0] as T, 14);
  });

  test(`${name}: a disposed tensor is refused`, () => {
    const gone = f64([1, 2, 3]);
    gone.dispose();
    throws(() => product(scalar, gone, v), "DisposedError", name, "dispose");
    throws(() => product(scalar, x3, gone), "DisposedError", name);
    throws(() => product(() => gone, x3, v), "DisposedError", name);
    throws(() => product((x: T) => gone.mul(x).sum(), x3, v), "DisposedError", "mul");
  });

  test(`${name}: control flow on values, also in the middle of a trace`, () => {
    const f = (x: T): T => {
      let y = x;
      while (y.sum().item() < 100) y = y.mul(x);
      return y.sum();
    };
    // 1 + 2⁴ + 3⁴ = 98, so x⁵
    const want = { jvp: 5 * (1 + 16 + 81), vjp: [5, 80, 405], hvp: [20, 160, 540], vhp: [20, 160, 540] }[name]!;
    near(product(f, x3, v)[1] as T, want);
  });
}

// -- jvp

test("jvp has the structure and shapes of outputs", () => {
  const f = (x: T): T[] => [x.sum(), x.reshape(3, 1).mul(x)];
  const [outputs, tangents] = jvp(f, x3, ones3);
  assert.equal(
    tangents.map((t) => t.shape),
    outputs.map((t) => t.shape),
  );
  near(tangents[1]!, [
    [2, 3, 4],
    [3, 4, 5],
    [4, 5, 6],
  ]);
});
for (const [name, product] of Object.entries({ jvp, hvp, vhp } as unknown as Record<string, Loose>)) {
  test(`${name}: v may be left out for a single input with a single element`, () => {
    const phrase =
      "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.";
    throws(() => product(scalar, x3), "AutogradError", `${name}: ${phrase}`);
    throws(() => product(scalar, x3, null), "AutogradError", phrase);
    throws(() => product((x: T, y: T) => x.mul(y).sum(), [f64(1), f64(1)]), "AutogradError", phrase);
    near(product((x: T) => x.pow(3).sum(), f64(2))[1] as T, 12); // 3x² and 6x at 2
    const [, result] = product((x: T) => x.pow(3).sum(), [f64([[2]])]);
    if (name === "jvp") near(result as T, 12);
    else near((result as T[])[0]!, [[12]]);
  });
}
test("jvp: the values of the vjp do not matter: where they are infinite or NaN the jvp is finite", () => {
  const x = f64([0, 4]);
  // √x at 0: the vjp is 0·∞ = NaN for a cotangent of zeros; the jvp is the limit
  near(jvp((t: T) => t.sqrt(), x, f64([1, 1]))[1], [Infinity, 0.25]);
  near(jvp((t: T) => t.narrow(0, 1, 1).log().mul(Infinity), x, f64([1, 1]))[1], [Infinity]);
});
test("jvp: an output that depends on no input has zeros of its shape", () => {
  const [, tangents] = jvp((x: T) => [pf.ones([2, 2], { dtype: "float64" }), x.mul(0)], x3, ones3);
  near(tangents[0]!, [
    [0, 0],
    [0, 0],
  ]);
  near(tangents[1]!, [0, 0, 0]);
});
test("jvp: functions without second derivatives in torch work", () => {
  const points = f64([
    [0, 0],
    [3, 4],
  ]);
  near(
    jvp(
      (p: T) => pf.cdist(p, f64([[0, 0]])),
      points,
      f64([
        [1, 0],
        [1, 0],
      ]),
    )[1],
    [[0], [0.6]],
  );
  near(jvp((t: T) => pf.nn.functional.hardsigmoid(t), f64([0, 5]), f64([6, 6]))[1], [1, 0]);
});

test("jvp: func may dispose the aliases that it is given", () => {
  const f = (x: T): T => {
    const y = x.mul(x);
    x.dispose();
    return y;
  };
  near(jvp(f, x3, ones3)[1], [2, 4, 6]);
});
test("holes in an array of inputs are no tensors", () => {
  const holes = new Array<T>(2);
  holes[0] = x3;
  throws(() => jvp((x: T) => x, holes, [ones3, ones3]), "ArgumentError", "the value at index 1 has type undefined");
});

// -- vjp

test("vjp mirrors inputs, v mirrors outputs", () => {
  const [, gradients] = vjp((a: T, b: T) => [a.mul(b), b.sum()], [x3, x3] as const, [ones3, f64(10)]);
  near(gradients[0], [1, 2, 3]);
  near(gradients[1], [11, 12, 13]);
});
test("vjp: v may be left out for one output with one element", () => {
  const phrase =
    "vjp: The vector v can only be None if the user-provided function returns a single Tensor with a single element.";
  throws(() => vjp((x: T) => x.mul(2), x3), "AutogradError", phrase);
  throws(() => vjp((x: T) => [x.sum(), x.sum()], x3), "AutogradError", phrase);
  near(vjp((x: T) => x.sum().reshape(1, 1), x3)[1], [1, 1, 1]);
});
test("vjp: zeros for an input that no output depends on", () => {
  const [, gradients] = vjp((a: T) => a.sum(), [x3, f64([[1, 2]])] as const);
  near(gradients[1], [[0, 0]]);
});

// -- hvp and vhp

for (const [name, product] of Object.entries({ hvp, vhp } as unknown as Record<string, Loose>)) {
  test(`${name}: func returns a single Tensor with a single element`, () => {
    throws(
      () => product((x: T) => [x.sum(), x.sum()], x3, ones3),
      "AutogradError",
      `${name}: The function given to ${name} should return a single Tensor`,
    );
    throws(
      () => product((x: T) => x.mul(x), x3, ones3),
      "AutogradError",
      `${name}: The Tensor returned by the function given to ${name} should contain a single element`,
    );
    for (const shape of [[], [1], [1, 1]])
      near(product((x: T) => scalar(x).reshape(shape), x3, ones3)[1] as T, [2, 2, 2]);
  });
}
test("vhp = vᵀH and hvp = Hv, over several inputs", () => {
  const f = (a: T, b: T): T => a.mul(a).mul(b).sum();
  const inputs = [f64([1, 2]), f64([3, 4])] as const;
  const v = [f64([1, -1]), f64([2, 0.5])];
  for (const product of [hvp, vhp]) {
    const [output, [da, db]] = product(f, inputs, v);
    near(output, 19);
    near(da, [2 * 3 + 2 * 2, -2 * 4 + 4 * 0.5]);
    near(db, [2, -4]);
  }
});

test.run();
