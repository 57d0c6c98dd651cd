// Writes scripts/first-functions.txt, the functions of the core's parts but the last one: those of the first, which the simplest programs call;
// an empty line; those of the second, which ordinary ones call as well. With each some that are called so often from the one part to the other
// that the package is smaller with them there. Further parts are unpacked and compiled when a function of them is called for the first time.
// Which ones they are is a matter of time and bytes alone, so the list need not be made again for every change: a function that it lacks goes
// into the last part.
//
//   npm run build && npm run first
import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { root } from "./lib.mjs";
import { CALL, movedBody, movedElements, movedExports } from "./wasm-functions.mjs";
import { widened } from "./wasm-widen.mjs";
import {
  Reader,
  Section,
  beginOf,
  bodiesOf,
  codeOf,
  contentOf,
  importedFunctions,
  join,
  leb,
  sectionsOf,
  signedLeb,
} from "./wasm.mjs";

process.chdir(root);
const names = JSON.parse(readFileSync("build/functions.json", "utf8"));
const called = new Set();

/** The module with a call of the host at the beginning of each function, which says its number. */
function telling(bytes) {
  const sections = sectionsOf(bytes);
  const tell = importedFunctions(sections);
  const moved = (index) => (index < tell ? index : index + 1);
  const types = new Reader(contentOf(sections, Section.Type));
  const type = types.number();
  const imports = new Reader(contentOf(sections, Section.Import));
  const importCount = imports.number();
  const bodies = bodiesOf(sections).map(({ body }) => body);
  const name = [4, ...Buffer.from("tell")];
  const rest = ({ bytes, at }) => bytes.subarray(at);
  const contents = {
    [Section.Type]: Buffer.concat([Buffer.from(leb(type + 1)), rest(types), Buffer.from([0x60, 1, 0x7f, 0])]),
    [Section.Import]: Buffer.concat([
      Buffer.from(leb(importCount + 1)),
      rest(imports),
      Buffer.from([...name, ...name, 0, ...leb(type)]),
    ]),
    [Section.Export]: movedExports(contentOf(sections, Section.Export), moved),
    [Section.Element]: movedElements(contentOf(sections, Section.Element), moved),
    [Section.Code]: codeOf(
      bodies.map((body, i) => {
        const at = beginOf(body);
        const said = Buffer.from([0x41, ...signedLeb(i), CALL, ...leb(tell)]);
        return Buffer.concat([body.subarray(0, at), said, movedBody(body, moved).subarray(at)]);
      }),
    ),
  };
  return join(sections.map(({ id, content }) => ({ id, content: contents[id] ?? content })));
}
const { Module, Instance } = WebAssembly;
WebAssembly.Module = class extends Module {
  constructor(bytes) {
    super(telling(Buffer.from(bytes)));
  }
};
WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    super(module, { ...imports, tell: { tell: (index) => called.add(index) } });
  }
};
// The entry that takes the core as a whole.
const pf = await import("../dist/async.mjs");
pf.initSync({ bytes: readFileSync("dist/pushforward.wasm") });
pf.configure({ threads: 1 });
simplest();
mistakes();
brokenOff();
// What finalizers call must be there: they can't fail, and nobody would expect them to load anything.
setFlagsFromString("--expose-gc");
for (let i = 0; i < 3; i++) {
  globalThis.gc?.() ?? runInNewContext("gc")();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
String(pf.backend.memoryBytes);
const sections = sectionsOf(readFileSync("dist/pushforward.wasm"));
const first = widened(called, sections);
ordinary();
small();
pf.setDefaultDtype("float64");
simplest();
const second = widened(new Set([...called, ...first]), sections);
const parts = [first, new Set([...second].filter((index) => !first.has(index)))];
const lists = parts.map((part) =>
  [...part]
    .map((index) => `${names[index]}\n`)
    .sort()
    .join(""),
);
writeFileSync("scripts/first-functions.txt", lists.join("\n"));
console.log(`first: ${parts.map(({ size }) => size).join(" and ")} functions of ${names.length}`);

/** What is tried first: derivatives of elementwise functions and sums. */
function simplest() {
  const { hessian, hvp, jacobian, jvp, vhp, vjp } = pf.autograd.functional;
  const x = pf.tensor([1, 2, 3]);
  const ones = pf.onesLike(x);
  for (const f of [pf.abs, pf.cos, pf.exp, pf.log, pf.relu, pf.sigmoid, pf.sin, pf.sqrt, pf.square, pf.tanh]) {
    const sum = (v) => f(v.mul(v).add(1)).sum();
    jvp(sum, x, ones)[1].item();
    vjp(sum, x)[1].toArray();
    hvp(sum, x, ones)[1].data();
    vhp(sum, x, ones)[1].data();
  }
  const cubes = (v) => v.pow(3).div(3).sub(v).neg().sum();
  hessian(cubes, x).toArray();
  jacobian((v) => v.exp(), x).toArray();
  String(pf.func.grad(cubes)(x));
  pf.setDefaultDtype(pf.getDefaultDtype());
}
/** Matrices of a few elements, as examples have them: other loops than those of large ones. */
function small() {
  const { hessian, jacobian, jvp } = pf.autograd.functional;
  for (const shape of [
    [2, 2],
    [3, 3],
    [2, 3],
    [3, 4],
  ]) {
    const x = pf.rand(shape);
    jvp((v) => v.exp().sum(1), x, pf.onesLike(x))[1].toArray();
    for (const dim of [0, 1]) for (const op of ["sum", "mean", "softmax"]) String(x.mul(2).exp()[op](dim));
    pf.func
      .vmap((v) => v.mul(v).sum())(x)
      .toArray();
    jacobian((v) => v.exp().sum(1), x).toArray();
    hessian((v) => v.pow(2).mul(v).sum(), x).toArray();
    String(x.amax(1).add(x.argmax()));
  }
  const labels = pf.tensor([0, 1, 1], { dtype: "int32" });
  String(pf.nn.functional.crossEntropy(pf.rand([3, 2]), labels));
}
/** What nobody means to do, but everybody does. */
function mistakes() {
  const x = pf.ones([2, 3]);
  for (const call of [
    () => x.reshape(7),
    () => x.add(pf.ones([4])),
    () => x.matmul(x),
    () => x.sum(2),
    () => x.item(),
  ]) {
    try {
      call();
    } catch {
      // It is about what says so.
    }
  }
}
/** An evaluation that the stack has no room for: the core puts itself in order. */
function brokenOff() {
  const x = pf.ones([3, 3]);
  const compiled = pf.compile((v) => v.exp().sum());
  for (const call of [() => x.mul(2).exp().sum().item(), () => compiled(x).item()]) {
    call();
    const endless = (depth) => (call(), endless(depth + 1) + 1);
    for (let padding = 0; padding < 20; padding++) {
      const pad = (left) => (left ? pad(left - 1) + 0 : endless(0));
      try {
        pad(padding);
      } catch {
        call();
      }
    }
  }
}
/** What a first program does: derivatives of compositions, a layer or two, printing, reading. */
function ordinary() {
  const { hessian, hvp, jacobian, jvp, vhp, vjp } = pf.autograd.functional;
  const x = pf.randn([4, 3]);
  const ones = pf.onesLike(x);
  for (const f of [pf.abs, pf.cos, pf.exp, pf.log, pf.relu, pf.sigmoid, pf.sin, pf.sqrt, pf.square, pf.tanh]) {
    const sum = (v) => f(v.mul(v).add(1)).sum();
    jvp(sum, x, ones)[1].item();
    vjp(sum, x)[1].toArray();
    hvp(sum, x, ones)[1].data();
  }
  const cubes = (v) => v.pow(3).div(3).sub(v).neg().sum();
  hessian(cubes, pf.tensor([1, 2, 3])).toArray();
  vhp((v) => v.pow(2).mean(), x, ones)[1].toArray();
  jacobian((v) => pf.matmul(v, x.t()).softmax(-1), x).toArray();
  const [weight, bias, labels] = [pf.randn([3, 5]), pf.zeros([5]), pf.randint(0, 5, [4])];
  const loss = (w, b) => pf.nn.functional.crossEntropy(x.matmul(w).add(b), labels);
  jvp(loss, [weight, bias], [pf.onesLike(weight), pf.onesLike(bias)])[1].item();
  for (const each of vjp(loss, [weight, bias])[1]) each.data();
  const gradient = pf.func.grad((v) => v.mul(v).sum());
  pf.func.vmap(gradient)(x).toArray();
  const compiled = pf.compile((v) => v.sin().mul(2).sum());
  for (let i = 0; i < 2; i++) compiled(x).item();
  const parameter = pf.randn([8, 8], { requiresGrad: true });
  parameter.matmul(parameter).relu().sum().backward();
  String(parameter.grad);
  const results = [
    x.at(0),
    x.at(":", 1),
    x.max(),
    x.mean(0),
    x.sum(1),
    x.std(),
    x.reshape(2, 6).t(),
    pf.cat([x, x]),
    pf.stack([x, x], 1),
  ];
  results.push(
    pf.where(x.gt(0), x, 0),
    x.argmax(1),
    x.clamp(-1, 1),
    x.unsqueeze(0).expand(2, 4, 3).clone(),
    x.logSoftmax(1),
  );
  results.push(pf.arange(5), pf.linspace(0, 1, 5), pf.eye(3), x.int(), x.bool(), x.norm(), x.prod(), x.var(0));
  for (const result of results) String(result);
}
