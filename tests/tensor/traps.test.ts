// What JavaScript lets a program do to a Tensor without a word: each ends in text, in the right thing, or in an error that says
// what to do.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const x: any = pf.tensor([1, 2, 3]);
const scalar: any = pf.tensor(4);
const { raw } = String;

/** Throws an error of the library whose message matches. */
function refuses(run: () => unknown, name: string, message: RegExp): void {
  try {
    run();
  } catch (error) {
    assert.instance(error, pf.PushforwardError);
    assert.is((error as Error).name, name);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable("nothing was thrown");
}
const refused: [name: string, run: () => unknown, message: RegExp, error?: string][] = [
  ["new Tensor of data", () => new (pf.Tensor as any)([1, 2, 3]), /^Tensor: .*pf\.tensor\(/],
  ["new Tensor of a number", () => new (pf.Tensor as any)(1e9).shape, /pf\.tensor\(/],
  ["new Tensor of nothing", () => new (pf.Tensor as any)(), /pf\.tensor\(/],
  ["a class that extends Tensor", () => new (class extends (pf.Tensor as any) {})(), /pf\.tensor\(/],
  ["x * 2", () => x * 2, /^Tensor: .*x\.mul\(2\)/],
  ["2 ** x", () => 2 ** x, /x\.mul\(2\)/],
  ["-x", () => -x, /x\.neg\(\)/],
  ["+x", () => +x, /x\.item\(\)/],
  ["x + 1", () => x + 1, /x\.add\(1\)/],
  ['"a" + x', () => "a" + x, /`\$\{x\}`/],
  ["x + x", () => x + x, /x\.add\(1\)/],
  ["x > 1", () => x > 1, /x\.gt\(1\)/],
  ["x <= x", () => x <= x, /x\.gt\(1\)/],
  ["x == 3", () => x == 3, /x\.eq\(3\)/], // eslint-disable-line eqeqeq
  ["x | 0", () => x | 0, /x\.item\(\)/],
  ["x++", () => { let y = x; return y++; }, /x\.add\(1\)/],
  ["x += 1", () => { let y = x; return (y += 1); }, /x\.add\(1\)/],
  ["Number(x)", () => Number(x), /x\.item\(\)/],
  ["Number of one element", () => Number(scalar), /x\.item\(\)/],
  ["BigInt(x)", () => BigInt(x), /x\.item\(\)/],
  ["Math.sqrt(x)", () => Math.sqrt(x), /x\.item\(\)/],
  ["Math.max(...x)", () => Math.max(...x), /x\.item\(\)/],
  ["isNaN(x)", () => isNaN(x), /x\.item\(\)/],
  ["new Float32Array(x)", () => new Float32Array(x), /x\.data\(\)/],
  ["new Float32Array of a matrix", () => new Float32Array(pf.ones([2, 2]) as any), /x\.data\(\)/],
  ["new Float32Array of a number", () => new Float32Array(scalar), /x\.data\(\)/, "ShapeError"],
  ["Float64Array.from(x)", () => Float64Array.from(x), /x\.data\(\)/],
  ["Float32Array.of(x)", () => Float32Array.of(x), /x\.data\(\)/],
  ["new Date(x)", () => new Date(x), /x\.item\(\)/],
  ["[...scalar]", () => [...scalar], /0-dim.*x\.item\(\)/, "ShapeError"],
  ["a property of the prototype", () => pf.Tensor.prototype.shape, /^shape: this tensor is disposed/, "DisposedError"],
  ["an object with the prototype of tensors", () => pf.exp(Object.create(pf.Tensor.prototype)), /disposed/, "DisposedError"],
  ["dispose of a frozen tensor", () => Object.freeze(pf.ones([2])).dispose(), /^dispose: .*frozen.*freed when/],
  ["requiresGrad_ of a frozen tensor", () => Object.freeze(pf.ones([2])).requiresGrad_(), /^requiresGrad_: .*frozen/],
  ["a detached typed array", () => pf.tensor(detached(new Float32Array(3))), /^tensor: the Float32Array is detached/],
  ["a detached typed array with a shape", () => pf.tensor(detached(new Int32Array(3)), { shape: [3] }), /detached/],
  ["a detached typed array for asTensor", () => pf.asTensor(detached(new Uint8Array(3))), /^asTensor: .*detached/],
]; // prettier-ignore

function detached<A extends Float32Array | Int32Array | Uint8Array>(array: A): A {
  structuredClone(null, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}
for (const [name, run, message, error = "ArgumentError"] of refused) {
  test(`${name} is refused with advice`, () => refuses(run, error, message));
}

const printed = "tensor([1., 2., 3.])";
const right: [name: string, run: () => unknown, expected: unknown][] = [
  ["`${x}` prints", () => `${x}`, printed],
  ["String(x) prints", () => String(x), printed],
  ["String.raw prints", () => raw`${x}`, printed],
  ["join prints", () => [x, scalar].join(" "), `${printed} tensor(4.)`],
  ["a property key prints", () => Object.keys({ [x]: 1 }), [printed]],
  ["localeCompare prints", () => "a".localeCompare(x) < 0, true],
  ["Map keys count by identity", () => new Map([[x, 1], [scalar, 2]]).get(x), 1],
  ["x == null", () => x == null, false],
  ["x == x", () => x == x, true], // eslint-disable-line eqeqeq
  ["typeof", () => typeof x, "object"],
  ["its tag", () => Object.prototype.toString.call(x), "[object Tensor]"],
  ["the class's name", () => pf.Tensor.name, "Tensor"],
  ["JSON of a vector", () => JSON.stringify(x), "[1,2,3]"],
  ["JSON of a number", () => JSON.stringify(scalar), "4"],
  ["JSON of bools", () => JSON.stringify({ mask: x.gt(1) }), '{"mask":[false,true,true]}'],
  ["JSON of a matrix within containers", () => JSON.stringify([{ w: pf.eye(2) }]), '[{"w":[[1,0],[0,1]]}]'],
  ["JSON of nothing", () => JSON.stringify(pf.zeros([2, 0])), "[[],[]]"],
  ["JSON of NaN and infinities", () => JSON.stringify(pf.tensor([NaN, Infinity, 1])), "[null,null,1]"],
  ["JSON of a graph", () => JSON.stringify(pf.tensor([2], { requiresGrad: true }).mul(2)), "[4]"],
  ["toJSON by hand", () => JSON.stringify({ ...x.toJSON() as number[] }) + JSON.stringify(x.toJSON()), '{"0":1,"1":2,"2":3}[1,2,3]'],
  ["JSON and back", () => String(pf.tensor(JSON.parse(JSON.stringify(x)))), printed],
  ["spread gives rows", () => [...pf.eye(2)].map(String), ["tensor([1., 0.])", "tensor([0., 1.])"]],
  ["Array.from gives rows", () => Array.from(x, (t: any) => t.item()), [1, 2, 3]],
  ["a sealed tensor can be disposed", () => { const t = Object.seal(pf.ones([2])); t.dispose(); return t.isDisposed; }, true],
  ["a frozen tensor computes", () => Object.freeze(pf.ones([2])).add(1).toArray(), [2, 2]],
  ["a frozen tensor leaves tidy", () => pf.tidy(() => Object.freeze(pf.ones([2]))).toArray(), [1, 1]],
  ["a frozen tensor leaves two tidies", () => pf.tidy(() => pf.tidy(() => [Object.freeze(pf.ones([2]))]))[0]!.toArray(), [1, 1]],
  ["a frozen tensor is kept", () => { let t!: any; pf.tidy(() => void (t = pf.keep(Object.freeze(pf.ones([1]))))); return t.item(); }, 1],
  ["a frozen tensor within a transform", () => pf.func.grad((t: any) => Object.freeze(t.mul(t)).sum())(x).toArray(), [2, 4, 6]],
  ["a shape with a getter is read once", () => pf.tensor(new Float32Array(4), { shape: changing([2, 2], 9) }).shape, [2, 2]],
  ["sizes with a getter are read once", () => pf.zeros(changing([2, 2], 1e6)).shape, [2, 2]],
  ["a size with a getter is read once", () => pf.ones([4]).reshape(changing([2, 2], 1e6)).shape, [2, 2]],
  ["dims with a getter are read once", () => pf.ones([2, 3]).permute(changing([1, 0], 99)).shape, [3, 2]],
  ["lists of lists with getters are read once", () => pf.tensordot(pf.ones([2]), pf.ones([2]), { dims: [changing([0], 9), [0]] }).item(), 2],
  ["tensors behind a getter are read once", () => pf.cat(changing([x, x] as any[], 1)).shape, [6]],
  ["a typed array of another realm", async () => pf.tensor((await import("node:vm")).runInNewContext("new Float64Array([1, 2])")).dtype, "float64"],
  ["options of another realm", async () => pf.ones([2], (await import("node:vm")).runInNewContext("({ dtype: 'float64' })")).dtype, "float64"],
  ["keywords of another realm", async () => pf.ones([2, 3]).sum((await import("node:vm")).runInNewContext("({ dim: [1], keepdim: true })")).shape, [2, 1]],
  ["options of transforms, of another realm", async () => (pf.functional.vjp((t: any) => t.mul(2).sum(), x, (await import("node:vm")).runInNewContext("({ strict: true })"), ) as any)[1].shape, [3]],
]; // prettier-ignore

/** An array whose first item is another one from the second time it is read on. */
function changing<T>(array: T[], then: T): T[] {
  const [first] = array;
  let reads = 0;
  return Object.defineProperty(array, 0, { get: () => (reads++ ? then : first), enumerable: true });
}
for (const [name, run, expected] of right) test(name, async () => assert.equal(await run(), expected));

test("frozen tensors of a scope are not freed before they are unreachable", async () => {
  const { memoryBytes } = pf.backend;
  const held = pf.tidy(() => ({ frozen: Object.freeze(pf.rand([1 << 16]).add(1)) }));
  held.frozen.data();
  assert.ok(pf.backend.memoryBytes > memoryBytes + (1 << 17));
  held.frozen = null as never;
  for (let i = 0; i < 20 && pf.backend.memoryBytes > memoryBytes + (1 << 17); i++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(pf.backend.memoryBytes < memoryBytes + (1 << 17));
});

// -- cloning
const cloned: [name: string, run: () => unknown][] = [
  ["structuredClone", () => structuredClone(x)],
  ["structuredClone of a container", () => structuredClone({ params: [x] })],
  ["postMessage", () => new MessageChannel().port1.postMessage({ x })],
];
for (const [name, run] of cloned) {
  test(`${name} throws our text`, () => {
    try {
      run();
    } catch (error) {
      assert.match((error as Error).message, /Tensor can't be cloned or posted: send its data\(\) and shape/);
      return;
    }
    assert.unreachable();
  });
}

test.run();
