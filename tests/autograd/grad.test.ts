// autograd.grad, noGrad and enableGrad.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { type ErrorName, f64, near, refuses, type T, throws } from "./support";

const { grad } = pf.autograd;
const test = suite("grad");

test("an output with more than one element needs gradOutputs", () => {
  const x = f64([1, 2], true);
  throws(() => grad([x.sum(), x.mul(x)], x, { gradOutputs: [null, null] }), "AutogradError", "output 1 has shape [2]");
  near(grad(x.mul(x), x, { gradOutputs: f64([1, 10]) })[0]!, [2, 40]);
  near(grad(x.mul(x).sum().reshape(1, 1), x)[0]!, [2, 4]);
  near(grad([x.sum(), x.mul(x)], x, { gradOutputs: [null, f64([1, 10])] })[0]!, [3, 41]);
});
test("an unused input is an error, or null with allowUnused", () => {
  const x = f64([1, 2], true);
  const y = f64([1], true);
  throws(
    () => grad(x.sum(), [x, y]),
    "AutogradError",
    "grad: One of the differentiated Tensors appears to not have been used in the graph",
    "Set allowUnused: true",
  );
  const [gx, gy] = grad(x.sum(), [x, y], { allowUnused: true });
  near(gx!, [1, 1]);
  assert.is(gy, null);
});
test("createGraph attaches the gradients, any number of times", () => {
  const x = f64(0.7, true);
  let y: T = x.sin();
  const derivatives = [Math.cos, (t: number) => -Math.sin(t), (t: number) => -Math.cos(t), Math.sin];
  for (const derivative of derivatives) {
    [y] = grad(y, x, { createGraph: true }) as [T];
    assert.ok(y.requiresGrad);
    near(y, derivative(0.7));
  }
});
test("without createGraph gradients are detached, also where they are a cotangent", () => {
  const x = f64([1, 2], true);
  const u = f64([3, 4], true);
  const [plain] = grad(x.add(1), x, { gradOutputs: u }) as [T];
  assert.not(plain.requiresGrad);
  const [attached] = grad(x.add(1), x, { gradOutputs: u, createGraph: true }) as [T];
  near(grad(attached.mul(attached).sum(), u)[0]!, [6, 8]);
});
test("a second backward never fails, whatever retainGraph says", () => {
  const x = f64([1, 2], true);
  const y = x.exp().sum();
  for (const retainGraph of [false, true, undefined, false])
    near(grad(y, x, { retainGraph })[0]!, [Math.E, Math.E ** 2]);
});
test("grad: with respect to an intermediate, and to it and its leaf together", () => {
  const x = f64([1, 2], true);
  const y = x.mul(x);
  const z = y.mul(3).sum();
  const [gy, gx] = grad(z, [y, x]);
  near(gy!, [3, 3]);
  near(gx!, [6, 12]);
});
test("grad: views of tensors whose handle is the user's stay what they are", () => {
  const x = f64(
    [
      [1, 2],
      [3, 4],
    ],
    true,
  );
  const row = x.sum(1, true);
  const flat = row.reshape(2);
  near(grad(flat.mul(flat).sum(), row)[0]!, [[6], [14]]);
  const once = x.transpose(0, 1);
  const twice = once.transpose(0, 1);
  near(grad(twice.mul(twice).sum(), once)[0]!, [
    [2, 6],
    [4, 8],
  ]);
});
test("grad: item in between, then grad", () => {
  const x = f64([1, 2], true);
  const loss = x.exp().mul(x).sum();
  assert.ok(loss.item() > 0);
  near(grad(loss, x)[0]!, [2 * Math.E, 3 * Math.E ** 2]);
});
test("noGrad records nothing, enableGrad does within it", () => {
  const x = f64([1, 2], true);
  pf.noGrad(() => {
    assert.not(pf.isGradEnabled());
    assert.not(x.mul(2).requiresGrad);
    assert.ok(pf.enableGrad(() => x.mul(2)).requiresGrad);
    assert.not(x.mul(2).requiresGrad);
  });
  assert.ok(pf.isGradEnabled());
  assert.throws(() =>
    pf.noGrad(() => {
      throw new Error("mine");
    }),
  );
  assert.ok(pf.isGradEnabled());
});
test("grad: the same tensor twice, among the inputs and among the outputs", () => {
  const x = f64([1, 2], true);
  const y = x.mul(x).sum();
  const [first, second] = grad(y, [x, x]);
  near(first!, [2, 4]);
  first!.dispose();
  near(second!, [2, 4]);
  near(grad([y, y], x)[0]!, [4, 8]);
});
test("grad: an output that is an input", () => {
  const x = f64(3, true);
  near(grad(x, x)[0]!, 1);
  near(grad([x, x.mul(x)], x)[0]!, 7);
  const y = x.mul(x);
  const [gy, gx] = grad(y, [y, x], { gradOutputs: f64(2) });
  near(gy!, 2);
  near(gx!, 12);
});
test("grad: gradients have their input's dtype, cotangents are cast to their output's", () => {
  const x = f64([1, 2], true);
  const y = pf.tensor([3, 4], { requiresGrad: true });
  const z = x.mul(y);
  const [gx, gy] = grad(z, [x, y], { gradOutputs: pf.tensor([1, 0.5]) });
  assert.equal([gx!.dtype, gy!.dtype], ["float64", "float32"]);
  near(gx!, [3, 2]);
  near(gy!, pf.tensor([1, 1]));
  near(grad(z.sum(), x, { gradOutputs: pf.tensor(Int32Array.of(2)).reshape([]) })[0]!, [6, 8]);
});
test("grad: empty and 0-dim tensors", () => {
  const empty = pf.zeros([0, 3], { dtype: "float64", requiresGrad: true });
  assert.equal(grad(empty.exp().sum(), empty)[0]!.shape, [0, 3]);
  assert.equal(grad(empty.exp(), empty, { gradOutputs: pf.zeros([0, 3]) })[0]!.shape, [0, 3]);
  near(grad(f64(2, true).mul(0), [f64(1, true)], { allowUnused: true })[0] ?? f64(7), 7);
});
test("grad: works within noGrad, createGraph attaches there too", () => {
  const x = f64([1, 2], true);
  const y = x.pow(3).sum();
  pf.noGrad(() => {
    near(grad(y, x)[0]!, [3, 12]);
    const [g] = grad(y, x, { createGraph: true }) as [T];
    assert.ok(g.requiresGrad);
    assert.not(pf.isGradEnabled());
    near(grad(g, x, { gradOutputs: f64([1, 1]) })[0]!, [6, 12]);
  });
});
test("grad: options may be null", () => {
  const x = f64([1, 2], true);
  near(grad(x.sum(), x, null as never)[0]!, [1, 1]);
  near(grad(x.sum(), x, { gradOutputs: null, createGraph: undefined, retainGraph: null })[0]!, [1, 1]);
});
test("grad: results outlive outputs and inputs", () => {
  const x = f64([1, 2], true);
  const y = x.exp().sum();
  const [g] = grad(y, x, { createGraph: true }) as [T];
  const h = g.mul(g).sum();
  y.dispose();
  g.dispose();
  near(grad(h, x)[0]!, [2 * Math.E ** 2, 2 * Math.E ** 4]);
});
test("noGrad and enableGrad nest, give back what fn returns, and are restored by errors", () => {
  const error = { mine: true };
  const raise = (): never => {
    throw error as unknown as Error;
  };
  const seen: boolean[] = [];
  const look = (): void => void seen.push(pf.isGradEnabled());
  const result = pf.noGrad(() =>
    pf.enableGrad(() => {
      look();
      for (const mode of [pf.noGrad, pf.enableGrad]) {
        try {
          mode(raise);
        } catch (thrown) {
          assert.is(thrown, error);
        }
        look();
      }
      pf.noGrad(look);
      return error;
    }),
  );
  assert.is(result, error);
  look();
  assert.equal(seen, [true, true, true, false, true]);
});
test("noGrad: tensors made in it stay constants; leaves made in it may still require grad", () => {
  const x = f64(2, true);
  const [constant, leaf] = pf.noGrad(() => [x.mul(3), f64(5, true)] as const);
  assert.ok(leaf.requiresGrad);
  const y = x.mul(constant).mul(leaf);
  const [gx, gl] = grad(y, [x, leaf]);
  near(gx!, 30);
  near(gl!, 12);
});

// -- what is refused

const x = f64([1, 2, 3]);
const ints = pf.tensor(Int32Array.of(1, 1, 1));
const gone = f64([1, 2, 3]);
gone.dispose();
const loose = { ...pf.autograd } as unknown as Record<string, (...args: unknown[]) => unknown>;
const beforeHole = (item: unknown): unknown[] => Object.assign(new Array(2), { 0: item });

type Row = [what: string, body: () => unknown, error: ErrorName, start: string, ...phrases: string[]];
const run = (where: string, rows: Row[]): void => {
  for (const [what, body, ...expected] of rows) test(`${where}: ${what}`, () => refuses(body, ...expected));
};

const leaf = f64([1, 2, 3], true);
const loss = (): T => leaf.mul(leaf).sum();
const unused = "grad: One of the differentiated Tensors";
run("grad", [
  [
    "outputs: a number",
    () => loose.grad!(3, leaf),
    "ArgumentError",
    "grad: The outputs given to grad",
    "has type number",
  ],
  ["outputs: none", () => loose.grad!([], leaf), "ArgumentError", "grad: The outputs given to grad", "empty array"],
  [
    "outputs: a hole",
    () => loose.grad!(beforeHole(loss()), leaf),
    "ArgumentError",
    "grad: The outputs given to grad",
    "index 1 has type undefined",
  ],
  [
    "outputs: a promise",
    () => loose.grad!(Promise.resolve(loss()), leaf),
    "ArgumentError",
    "grad: The outputs given to grad",
    "await it first",
  ],
  ["outputs: disposed", () => loose.grad!(gone, leaf), "DisposedError", "grad: this tensor is disposed"],
  [
    "outputs: detached",
    () => loose.grad!(loss().detach(), leaf),
    "AutogradError",
    "grad: element 0 of tensors does not require grad",
  ],
  [
    "outputs: computed in noGrad",
    () => loose.grad!([loss(), pf.noGrad(loss)], leaf),
    "AutogradError",
    "grad: element 1 of tensors does not require grad",
  ],
  [
    "outputs: int32",
    () => loose.grad!(ints, leaf),
    "AutogradError",
    "grad: element 0 of tensors does not require grad",
  ],
  [
    "inputs: left out",
    () => loose.grad!(loss()),
    "ArgumentError",
    "grad: The inputs given to grad",
    "has type undefined",
  ],
  [
    "inputs: a hole",
    () => loose.grad!(loss(), beforeHole(leaf)),
    "ArgumentError",
    "grad: The inputs given to grad",
    "index 1 has type undefined",
  ],
  ["inputs: disposed", () => loose.grad!(loss(), gone), "DisposedError", "grad: this tensor is disposed"],
  [
    "inputs: no grad required",
    () => loose.grad!(loss(), [leaf, x]),
    "AutogradError",
    `${unused} does not require grad: inputs[1]`,
  ],
  [
    "inputs: unused",
    () => loose.grad!(loss(), [leaf, f64(1, true)]),
    "AutogradError",
    `${unused} appears to not have been used in the graph: inputs[1]`,
  ],
  ["inputs: computed from the output", () => { const y = loss(); return loose.grad!(y, y.mul(2)); }, "AutogradError", `${unused} appears to not have been used`], // prettier-ignore
  [
    "gradOutputs: missing",
    () => loose.grad!(leaf.exp(), leaf),
    "AutogradError",
    "grad: grad can be implicitly created only for scalar outputs",
    "output 0 has shape [3]",
  ],
  [
    "gradOutputs: missing for no elements",
    () => loose.grad!(leaf.narrow(0, 0, 0), leaf),
    "AutogradError",
    "grad: grad can be implicitly created only for scalar outputs",
    "[0]",
  ],
  [
    "gradOutputs: a number",
    () => loose.grad!(loss(), leaf, { gradOutputs: 1 }),
    "ArgumentError",
    "grad: gradOutputs should be a Tensor or an array of Tensors but got number.",
  ],
  [
    "gradOutputs: a string",
    () => loose.grad!(loss(), leaf, { gradOutputs: "1" }),
    "ArgumentError",
    "grad: gradOutputs should be",
    "got string",
  ],
  [
    "gradOutputs: a promise",
    () => loose.grad!(loss(), leaf, { gradOutputs: Promise.resolve(x) }),
    "ArgumentError",
    "grad: gradOutputs should be",
    "got Promise",
  ],
  [
    "gradOutputs: a number in an array",
    () => loose.grad!(loss(), leaf, { gradOutputs: [1] }),
    "ArgumentError",
    "grad: gradOutputs should be",
    "entry 0 is a number",
  ],
  [
    "gradOutputs: too many",
    () => loose.grad!(loss(), leaf, { gradOutputs: [f64(1), f64(1)] }),
    "ArgumentError",
    "grad: got 1 outputs and 2 gradOutputs.",
  ],
  [
    "gradOutputs: a shape that broadcasts",
    () => loose.grad!(leaf.exp(), leaf, { gradOutputs: f64(1) }),
    "ShapeError",
    "grad: Mismatch in shape: gradOutputs[0] has a shape of [] and outputs[0] has a shape of [3].",
  ],
  [
    "gradOutputs: disposed",
    () => loose.grad!(loss(), leaf, { gradOutputs: gone }),
    "DisposedError",
    "grad: this tensor is disposed",
  ],
  [
    "options: in torch's spelling",
    () => loose.grad!(loss(), leaf, { allow_unused: true }),
    "ArgumentError",
    "grad: unknown option allow_unused",
    "allowUnused",
  ],
  [
    "options: a boolean",
    () => loose.grad!(loss(), leaf, true),
    "ArgumentError",
    "grad: options should be an object with gradOutputs",
    "got boolean",
  ],
]);

run("noGrad and enableGrad", [
  ...["noGrad", "enableGrad"].flatMap((name): Row[] => [
    [
      `${name}, no function`,
      () => loose[name]!(),
      "ArgumentError",
      `${name}: fn should be a function but got undefined.`,
    ],
    [`${name}, a Tensor`, () => loose[name]!(x), "ArgumentError", `${name}: fn should be a function but got Tensor.`],
    [
      `${name}, async`,
      () => loose[name]!(() => Promise.resolve(x.exp())),
      "ArgumentError",
      `${name}: fn should be synchronous`,
      "promise",
    ],
  ]),
]);

test.run();
