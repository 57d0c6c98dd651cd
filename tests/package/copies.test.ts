// Two copies of the library in one program: whatever function of the one meets a Tensor of the other says what that is, wherever the
// Tensor stands. Ops are gone through by their signatures; every other function of the public surface has its rows here.
import { createRequire } from "node:module";
import * as pf from "pushforward";
import * as testing from "pushforward/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as source from "../../host/index";
import { type Kind, REJECTED } from "../../host/ops/kinds";
import { type Param, parseSignature, type Signature } from "../../host/ops/signature";
import { signatures } from "../../host/ops/signatures/all";

type Copy = typeof pf;
const other = createRequire(import.meta.url)("pushforward") as Copy;
const any = (value: unknown): any => value;
const foreign = (..._: unknown[]): any => other.ones([2]);
const own = (): pf.Tensor => pf.tensor([1, 2], { requiresGrad: true });
const called = (path: string): any => path.split(".").reduce((at, part) => at[part], any(pf));

function refusesForeign(what: string, name: string, call: () => unknown): void {
  let error: Error | undefined;
  try {
    call();
  } catch (thrown) {
    error = thrown as Error;
  }
  const told = error && `${error.name} ${error.message}`;
  assert.ok(told !== undefined, `${what} throws nothing`);
  assert.ok(new RegExp(`^(Argument|DType)Error ${name}: `).test(told), `${what}: ${told}`);
  assert.match(told, "Tensor of another copy of pushforward", `${what}: ${told}`);
}

const ops = suite("another copy: ops");

/** Values of which each kind takes one, as a copy of the library makes them. */
const CANDIDATES: ((copy: Copy) => unknown)[] = [
  (copy) => copy.ones([2]),
  (copy) => copy.tensor(Int32Array.of(1), { shape: [] }),
  (copy) => [copy.ones([2])],
  () => 1,
  () => [1],
  () => [[1]],
  () => true,
  () => false,
  () => "float32",
  () => () => pf.ones([2]),
];
/** A value that the kind takes. */
function fitting(kind: Kind): unknown {
  const [literal] = /^".*?"/.exec(kind.description) ?? [];
  if (literal) return JSON.parse(literal);
  const make = CANDIDATES.find((candidate) => {
    const value = candidate(any(source));
    return (kind.takesTensor && source.isTensor(value)) || kind.convert(value) !== REJECTED;
  });
  if (!make) throw new Error(`no value for ${kind.description}`);
  return make(pf);
}

/** What a param is given: the Tensor, and where a list will do it in lists, also in one too long to be shown in a message. */
function given({ kind }: Param): [where: string, value: () => unknown][] {
  const rows: [string, () => unknown][] = [["", foreign]];
  if (/array of (?!entries)/.test(kind.description)) {
    rows.push([" in a list", () => [foreign()]]);
    rows.push([" in a long list", () => [...Array.from({ length: 20 }, () => fitting(kind)).flat(), foreign()]]);
  }
  return rows;
}

function checkSignature(key: string, signature: Signature): void {
  const name = key.slice(key.lastIndexOf(".") + 1);
  const f = called(key);
  const { params, positional, self } = signature;
  params.forEach((param, i) => {
    for (const [where, value] of given(param)) {
      const what = `${key}(… ${param.name}${where})`;
      const before = params.slice(0, Math.min(i, positional)).map((p) => fitting(p.kind));
      const keywords = Object.fromEntries(
        params.slice(positional, Math.max(i, positional)).map((p) => [p.name, fitting(p.kind)]),
      );
      const rest = Object.keys(keywords).length > 0 || i >= positional;
      if (i < positional)
        refusesForeign(what, name, () => f(...before, ...(param.isSpread && where ? any(value()) : [value()])));
      if (!param.isSpread)
        refusesForeign(`${what} by keyword`, name, () => f(...before, { ...keywords, [param.name]: value() }));
      const method = any(pf.Tensor.prototype)[key];
      if (method && self === 0 && i > 0 && i < positional && !rest)
        refusesForeign(`x.${what}`, name, () => method.call(before[0], ...before.slice(1), value()));
    }
  });
}

for (const [key, texts] of Object.entries(signatures)) {
  ops(key, () => {
    for (const text of [texts].flat()) checkSignature(key, parseSignature(text));
  });
}
ops("entries of at, in all their places", () => {
  const x = pf.ones([2, 2]);
  refusesForeign("at", "at", () => x.at(0, foreign()));
  refusesForeign("at, in an array", "at", () => x.at([foreign()]));
  refusesForeign("at, in a long array", "at", () => x.at([...new Array(20).fill(0), foreign()]));
  refusesForeign("setAt", "setAt", () => x.setAt([":", foreign()], 0));
  refusesForeign("addAt of a value", "addAt", () => x.addAt([0], foreign()));
  refusesForeign("addAt", "addAt", () => x.addAt([":", foreign()], 0));
  refusesForeign("index", "index", () => pf.index(x, [null as never, foreign()]));
  refusesForeign("indexPut", "indexPut", () => pf.indexPut(x, [foreign()], x));
});

const others = suite("another copy: all other functions");

const square = (x: pf.Tensor): any => x.square();
const sum = (x: pf.Tensor): pf.Tensor => x.square().sum();
const holder = { w: [own()] };
const double = pf.autograd.customFunction({
  forward: (_, x: pf.Tensor, _other?: unknown) => x.mul(2),
  backward: (_, g) => [g.mul(2), null],
});
type Definition = Parameters<typeof pf.autograd.customFunction>[0];
/** The gradient of a custom function of which one part is as given. */
const custom = (part: Partial<Definition>) => (): unknown => {
  const f = pf.autograd.customFunction({ forward: (_, x: any) => x.mul(2), backward: (_, g) => g, ...part });
  return pf.autograd.grad((f(own()) as pf.Tensor).sum(), own());
};
const customGradient = (part: Partial<Definition>) => (): unknown => {
  const f = pf.autograd.customFunction({ forward: (_, x: any) => x.mul(2), backward: (_, g) => g, ...part });
  const x = own();
  return pf.autograd.grad((f(x) as pf.Tensor).sum(), x);
};
type Rows = Record<string, () => unknown>;

/** jvp, vjp, hvp, vhp of functional: what func takes and returns, v, and options. */
const withV = (name: string, f: (x: pf.Tensor) => any): Rows => {
  const functional = any(pf.functional)[name];
  return {
    inputs: () => functional(f, foreign(), own()),
    "one of the inputs": () => functional(f, [own(), foreign()], [own(), own()]),
    v: () => functional(f, own(), foreign()),
    "one of v": () => functional((x: any) => f(x), [own()], [foreign()]),
    output: () => functional(foreign, own(), own()),
    func: () => functional(foreign(), own(), own()),
    options: () => functional(f, own(), own(), foreign()),
  };
};
const whole = (name: string, f: (x: pf.Tensor) => any): Rows => {
  const functional = any(pf.functional)[name];
  return {
    inputs: () => functional(f, foreign()),
    "one of the inputs": () => functional(f, [own(), foreign()]),
    output: () => functional(foreign, own()),
    func: () => functional(foreign(), own()),
    options: () => functional(f, own(), foreign()),
  };
};
/** Transforms that take a function and give one. */
const transform = (name: string, f: (x: pf.Tensor) => any): Rows => {
  const of = any(pf.func)[name];
  return {
    func: () => of(foreign()),
    options: () => of(f, foreign()),
    argument: () => of(f)(foreign()),
    "in an argument": () => of((m: any) => f(m.w))({ w: foreign() }),
    output: () => of(foreign)(own()),
    "in the output": () => of(() => ({ y: [foreign()] }))(own()),
  };
};
const aux = (name: string, f: (x: pf.Tensor) => any): Rows => ({
  aux: () => any(pf.func)[name]((x: any) => [f(x), { aux: foreign() }], { hasAux: true })(own()),
});
/** Functions that call one, and give what it returns. */
const caller = (f: (fn: any, ...args: any[]) => unknown): Rows => ({
  func: () => f(foreign()),
  result: () => f(foreign),
  "in the result": () => f(() => ({ y: [foreign()] })),
});
const atTop = ({ "in the result": _, ...atTheTop }: Rows): Rows => atTheTop;
const container = (f: (tree: any) => unknown): Rows => ({
  alone: () => f(foreign()),
  "in a container": () => f({ a: [own(), foreign()] }),
});
const checked = (name: "gradcheck" | "gradgradcheck"): Rows => {
  const f = any(pf.autograd)[name];
  const x = () => pf.tensor([1, 2], { dtype: "float64", requiresGrad: true });
  return {
    inputs: () => f(square, foreign()),
    "one of the inputs": () => f((a: any, _: unknown) => a.square(), [x(), foreign()]),
    output: () => f(foreign, x()),
    func: () => f(foreign(), x()),
    options: () => f(square, [x()], foreign()),
    eps: () => f(square, [x()], { eps: foreign() }),
  };
};

/** By the function's path, each way in which it can meet a Tensor of the other copy; null: it takes nothing, or answers. */
const rows: Record<string, Rows | null> = {
  tensor: {
    data: () => pf.tensor(foreign()),
    "among data": () => pf.tensor([1, foreign()]),
    options: () => pf.tensor([1], foreign()),
    shape: () => pf.tensor([1], { shape: foreign() }),
  },
  asTensor: {
    data: () => pf.asTensor(foreign()),
    "among data": () => pf.asTensor([foreign()]),
    options: () => pf.asTensor([1], foreign()),
  },
  Tensor: null,
  isTensor: null,
  isComplex: null,
  evaluate: { alone: () => pf.evaluate(foreign()), "among others": () => pf.evaluate(own(), foreign()) },
  keep: { tensor: () => pf.keep(foreign()) },
  dispose: container(pf.dispose),
  tidy: caller(pf.tidy),
  replace: {
    ...container((tree) => pf.replace(tree, () => own())),
    ...caller((fn) => pf.replace(own(), fn)),
  },
  // These give back what fn returns without a look at what is in it.
  noGrad: atTop(caller(pf.noGrad)),
  enableGrad: atTop(caller(pf.enableGrad)),
  debugNans: caller(pf.debugNans),
  inspect: { ...caller(pf.inspect), argument: () => pf.inspect((x: any) => sum(x), foreign()) },
  profile: {
    ...caller(pf.profile),
    options: () => pf.profile(foreign(), () => own()),
    repetitions: () => pf.profile({ repetitions: foreign() }, () => own()),
  },
  compile: {
    fn: () => pf.compile(foreign()),
    argument: () => pf.compile(square)(foreign()),
    "in an argument": () => pf.compile((m: any) => square(m.w))({ w: foreign() }),
    output: () => pf.compile(foreign)(pf.ones([2])),
    "output of a call that is not compiled": () => pf.compile(foreign)(own()),
    "in the output": () => pf.compile(() => [own(), foreign()])(),
  },
  ravel: container(pf.ravel),
  "tree.leaves": container(pf.tree.leaves),
  "tree.structure": container(pf.tree.structure),
  "tree.ravel": {
    ...container(pf.tree.ravel),
    unravel: () => pf.tree.ravel(holder)[1](foreign()),
  },
  "tree.unflatten": {
    structure: () => pf.tree.unflatten(foreign(), []),
    leaves: () => pf.tree.unflatten(pf.tree.structure(holder), foreign()),
    "among leaves": () => pf.tree.unflatten(pf.tree.structure(holder), [foreign()]),
  },
  "tree.map": {
    ...container((tree) => pf.tree.map((x) => x, tree)),
    f: () => pf.tree.map(foreign(), holder),
    "another tree": () => pf.tree.map((x) => x, holder, { w: [foreign()] }),
    "what f returns": () => pf.tree.map(foreign, holder),
  },
  configure: {
    options: () => pf.configure(foreign()),
    threads: () => pf.configure({ threads: foreign() }),
    maxMemoryBytes: () => pf.configure({ maxMemoryBytes: foreign() }),
    simd: () => pf.configure({ simd: foreign() }),
    traces: () => pf.configure({ traces: foreign() }),
  },
  manualSeed: { seed: () => pf.manualSeed(foreign()) },
  setRngState: { state: () => pf.setRngState(foreign()) },
  setDefaultDtype: { dtype: () => pf.setDefaultDtype(foreign()) },
  getDefaultDtype: null,
  getRngState: null,
  initialSeed: null,
  isGradEnabled: null,
  "autograd.grad": {
    outputs: () => pf.autograd.grad(foreign(), own()),
    "one of the outputs": () => pf.autograd.grad([sum(own()), foreign()], own()),
    inputs: () => pf.autograd.grad(sum(own()), foreign()),
    "one of the inputs": () => pf.autograd.grad(sum(own()), [own(), foreign()]),
    gradOutputs: () => pf.autograd.grad(own().mul(2), own(), { gradOutputs: foreign() }),
    "one of gradOutputs": () => pf.autograd.grad(own().mul(2), own(), { gradOutputs: [foreign()] }),
    options: () => pf.autograd.grad(sum(own()), own(), foreign()),
  },
  "autograd.backward": {
    tensors: () => pf.autograd.backward(foreign()),
    "one of the tensors": () => pf.autograd.backward([sum(own()), foreign()]),
    gradTensors: () => pf.autograd.backward(own().mul(2), foreign()),
    "one of gradTensors": () => pf.autograd.backward(own().mul(2), [foreign()]),
    inputs: () => pf.autograd.backward(sum(own()), { inputs: foreign() }),
    "one of the inputs": () => pf.autograd.backward(sum(own()), { inputs: [own(), foreign()] }),
    options: () => pf.autograd.backward(sum(own()), null, foreign()),
  },
  "autograd.customFunction": {
    definition: () => pf.autograd.customFunction(foreign()),
    argument: () => any(double)(foreign()),
    "one of the arguments": () => double(own(), foreign()),
    apply: () => double.apply(own(), foreign()),
    output: custom({ forward: foreign }),
    "one of the outputs": custom({ forward: (_, x: any) => [x.mul(2), foreign()] }),
    ctx: custom({ forward: (ctx, x: any) => ((ctx.saved = { x: [foreign()] }), x.mul(2)) }),
    gradient: customGradient({ backward: foreign }),
    "one of the gradients": customGradient({ backward: () => [foreign()] }),
  },
  "autograd.gradcheck": checked("gradcheck"),
  "autograd.gradgradcheck": {
    ...checked("gradgradcheck"),
    gradOutputs: () =>
      pf.autograd.gradgradcheck(square, [pf.tensor([1], { dtype: "float64", requiresGrad: true })], foreign()),
  },
  "functional.jvp": withV("jvp", square),
  "functional.vjp": withV("vjp", square),
  "functional.hvp": withV("hvp", sum),
  "functional.vhp": withV("vhp", sum),
  "functional.jacobian": {
    ...whole("jacobian", square),
    strategy: () => pf.functional.jacobian(square, own(), { strategy: foreign() }),
  },
  "functional.hessian": whole("hessian", sum),
  "func.jvp": {
    func: () => pf.func.jvp(foreign(), [own()], [own()]),
    primals: () => pf.func.jvp(square, [foreign()], [own()]),
    "primals that are no array": () => pf.func.jvp(square, foreign(), [own()]),
    tangents: () => pf.func.jvp(square, [own()], [foreign()]),
    "tangents that are no array": () => pf.func.jvp(square, [own()], foreign()),
    "in tangents": () => pf.func.jvp((m: any) => m.w[0], [holder], [{ w: [foreign()] }]),
    options: () => pf.func.jvp(square, [own()], [own()], foreign()),
    output: () => pf.func.jvp(foreign, [own()], [own()]),
    aux: () => pf.func.jvp((_: unknown) => [own(), foreign()] as any, [own()], [own()], { hasAux: true }),
  },
  "func.vjp": {
    func: () => pf.func.vjp(foreign(), own()),
    primals: () => pf.func.vjp(square, foreign()),
    "in primals": () => pf.func.vjp((m: any) => m.w, { w: foreign() }),
    output: () => pf.func.vjp(foreign, own()),
    "in the output": () => pf.func.vjp((_: unknown) => ({ y: [foreign()] }), own()),
    aux: () => pf.func.vjp(((_: unknown) => [own(), foreign()]) as any, own(), { hasAux: true }),
    cotangents: () => pf.func.vjp(square, own())[1](foreign()),
  },
  "func.linearize": {
    func: () => pf.func.linearize(foreign(), own()),
    primals: () => pf.func.linearize(square, foreign()),
    output: () => pf.func.linearize(foreign, own()),
    tangents: () => pf.func.linearize(square, own())[1](foreign()),
  },
  "func.grad": { ...transform("grad", sum), ...aux("grad", sum) },
  "func.gradAndValue": { ...transform("gradAndValue", sum), ...aux("gradAndValue", sum) },
  "func.jacrev": { ...transform("jacrev", square), ...aux("jacrev", square) },
  "func.jacfwd": { ...transform("jacfwd", square), ...aux("jacfwd", square) },
  "func.hessian": transform("hessian", sum),
  "func.associativeScan": { xs: () => pf.func.associativeScan((a: pf.Tensor, b: pf.Tensor) => a.add(b), foreign()) },
  "func.vmap": {
    ...transform("vmap", square),
    inDims: () => pf.func.vmap(square, { inDims: foreign() })(own()),
    outDims: () => pf.func.vmap(square, { outDims: foreign() })(own()),
    chunkSize: () => pf.func.vmap(square, { chunkSize: foreign() })(own()),
  },
};
/** What is exported as a class, to be told by or to be read. */
const NO_FUNCTIONS = [
  ...["ArgumentError", "AutogradError", "DisposedError", "DTypeError", "NonFiniteError", "OutOfMemoryError"],
  ...["PushforwardError", "ShapeError", "LinAlgError", "Graph", "Profile", "ComplexTensor"],
];
/** The name in messages, where it is not the last part of the path. */
const nameIn: Record<string, string> = {
  "tree.leaves": "tree.leaves",
  "tree.structure": "tree.structure",
  "tree.unflatten": "tree.unflatten",
  "tree.map": "tree.map",
};
for (const [path, cases] of Object.entries(rows)) {
  for (const [where, call] of Object.entries(cases ?? {})) {
    const name = where === "unravel" ? "unravel" : (nameIn[path] ?? path.slice(path.lastIndexOf(".") + 1));
    others(`${path}: ${where}`, () => refusesForeign(`${path}: ${where}`, name, call));
  }
}
others("Tensor's own members", () => {
  refusesForeign("backward", "backward", () => own().mul(2).backward(foreign()));
  refusesForeign("backward, inputs", "backward", () => sum(own()).backward({ inputs: [foreign()] }));
  refusesForeign("grad", "grad", () => (own().grad = foreign()));
  refusesForeign("requiresGrad", "requiresGrad", () => (own().requiresGrad = foreign()));
  refusesForeign("requiresGrad_", "requiresGrad_", () => own().requiresGrad_(foreign()));
  refusesForeign("size", "size", () => own().size(foreign()));
});
others("isTensor knows the tensors of its own copy", () => {
  assert.equal([pf.isTensor(own()), pf.isTensor(foreign())], [true, false]);
});
others("a class of another library that is called Tensor", () => {
  assert.throws(() => pf.exp(new (class Tensor {})() as never), /^exp: .* got a Tensor of another library/);
});
others("no function of the public surface lacks its rows", () => {
  const paths: string[] = [];
  const visit = (namespace: object, prefix: string): void => {
    for (const [name, value] of Object.entries(namespace)) {
      if (typeof value === "function") paths.push(prefix + name);
      else if (typeof value === "object" && value !== null) visit(value, `${prefix}${name}.`);
    }
  };
  visit({ ...pf, default: null }, "");
  const known = new Set([...Object.keys(signatures), ...Object.keys(rows), ...NO_FUNCTIONS]);
  // autograd has some of the functions a second time.
  const isKnown = (path: string): boolean => known.has(path) || known.has(path.replace(/^autograd\./, ""));
  assert.equal(paths.filter((path) => !isKnown(path)), []); // prettier-ignore
});

const comparing = suite("another copy: pushforward/testing");

comparing("assertClose holds no tensors of two copies against each other, and says so", () => {
  const { assertClose } = testing;
  refusesForeign("expected", "assertClose", () => assertClose(own(), foreign()));
  refusesForeign("actual", "assertClose", () => assertClose(foreign(), own()));
  refusesForeign("in containers", "assertClose", () => assertClose({ a: [own()] }, { a: [foreign()] }));
});
comparing("an equality tester too, so that the runner shows the message", () => {
  refusesForeign("equalityTester", "assertClose", () => testing.equalityTester()(own(), foreign()));
});
comparing("tensors of one copy are compared, whichever copy it is, and with numbers", () => {
  testing.assertClose(other.ones([2]), other.ones([2]));
  testing.assertClose(other.ones([2]), [1, 1]);
  assert.throws(() => testing.assertClose(other.ones([2]), other.zeros([2])), /Mismatched elements: 2/);
});

ops.run();
others.run();
comparing.run();
