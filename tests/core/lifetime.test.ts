// Who frees what: tidy, keep, dispose, using, the transforms' own scopes, and garbage collection as the last net.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { setTimeout as wait } from "node:timers/promises";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { leavesNothing, usage } from "./support";

const collectGarbage = (globalThis as { gc?: () => void }).gc;

const x = pf.tensor([1, 2, 3], { dtype: "float64" });
const v = pf.tensor([1, 0, -1], { dtype: "float64" });
const isDisposed = (error: unknown): boolean => error instanceof pf.DisposedError;

/** What is returned from tidy, and the tensors that it should let through. */
class Holder {
  constructor(readonly t: Tensor) {}
}
const escapes: [name: string, make: () => unknown, tensors: (value: any) => Tensor[]][] = [
  ["a tensor", () => x.add(1), (t) => [t]],
  ["an array", () => [x.add(1), x.add(2)], (list) => list],
  ["nested arrays", () => [[x.add(1)], [[x.add(2)]]], (list) => list.flat(3)],
  ["a plain object", () => ({ a: x.add(1), b: 3, c: null }), ({ a }) => [a]],
  ["objects in arrays in objects", () => ({ a: [{ b: x.add(1) }, x.add(2)] }), ({ a }) => [a[0].b, a[1]]],
  ["an object without prototype", () => Object.assign(Object.create(null), { a: x.add(1) }), ({ a }) => [a]],
  ["the same tensor twice", () => {
      const t = x.add(1);
      return [t, t];
    }, ([t]) => [t]], // prettier-ignore
  ["an instance of a class", () => new Holder(x.add(1)), ({ t }) => [t]],
  ["an instance deep in arrays that hold each other twice", () => {
      const held = [new Holder(x.add(1))];
      return [held, { held }, held];
    }, ([[{ t }]]) => [t]], // prettier-ignore
  ["a cyclic value beside tensors", () => {
      const scene: unknown[] = [new Map([["x", x]])]; // x is not tidy's own
      scene.push(scene);
      return { scene, t: x.add(1) };
    }, ({ t }) => [t]], // prettier-ignore
  ["results of a transform", () => pf.functional.jvp((y: Tensor) => [y.exp(), y.sin()], x, v), (pair) => pair.flat()],
  ["what an inner tidy returns", () => pf.tidy(() => pf.tidy(() => [x.add(1)])), (list) => list],
  ["a tensor from outside", () => [x, x.add(1)], ([, t]) => [t]],
  ["nothing", () => void x.add(1), () => []],
];
for (const [name, make, tensors] of escapes) {
  test(`tidy lets out ${name}`, () => {
    leavesNothing(() => {
      const value = pf.tidy(() => {
        x.mul(2).sum().item(); // is freed
        return make();
      });
      for (const tensor of tensors(value)) {
        assert.is(tensor.data().length, 3);
        tensor.dispose();
      }
    });
    assert.is(x.isDisposed, false);
  });
}

test("tidy frees what is hidden in closures and # fields", () => {
  leavesNothing(() => {
    class Hiding {
      #t = x.add(1);
      t = () => this.#t;
    }
    const hidden = pf.tidy(() => [
      new Hiding().t,
      (
        (t) => () =>
          t
      )(x.add(1)),
    ]);
    for (const t of hidden) assert.throws(() => t().data(), isDisposed);
  });
});
const cyclic = (): unknown => {
  const list: unknown[] = [x.add(1)];
  list.push({ list });
  return list;
};
class Cache extends Map<string, unknown> {}
for (const [name, make, ...phrases] of [
  ["a Map", () => new Map([["t", [x.add(1)]]]), "tidy: Map holds tensors", "use a plain object"],
  ["a Map whose keys are tensors", () => [new Map([[x.add(1), 1]])], "tidy: Map (at [0]) holds tensors"],
  ["a class that extends Map", () => ({ cache: new Cache([["t", x.add(1)]]) }), "tidy: Cache (at .cache) holds tensors", "a Map is no container"],
  ["a Set", () => new Set([x.add(1)]), "tidy: Set holds tensors", "use an array"],
  ["a cyclic container", cyclic, "tidy: Array holds tensors, and itself again"],
] as [string, () => unknown, ...string[]][]) {
  test(`tidy refuses ${name} with tensors that fn made`, () => {
    leavesNothing(() => assert.throws(() => pf.tidy(make), (e: Error) => e instanceof pf.ArgumentError && phrases.every((p) => e.message.includes(p))));
  });
} // prettier-ignore

test("keep lets a tensor out of all scopes", () => {
  leavesNothing(() => {
    let kept: Tensor | undefined;
    pf.tidy(() => {
      pf.tidy(() => {
        kept = pf.keep(x.add(1));
        assert.is(pf.keep(kept), kept);
      });
      assert.equal(kept!.toArray(), [2, 3, 4]);
    });
    assert.equal(kept!.toArray(), [2, 3, 4]);
    pf.tidy(() => pf.keep(kept!)); // a second time, from elsewhere
    assert.equal(kept!.toArray(), [2, 3, 4]);
    kept!.dispose();
    assert.throws(() => pf.keep(kept!), isDisposed);
  });
});

test("keep lets a tensor out of a transform", () => {
  leavesNothing(() => {
    let [kept, lost]: Tensor[] = [];
    pf.tidy(() => {
      pf.functional.jvp(
        (y: Tensor) => {
          kept = pf.keep(y.exp());
          lost = y.sin();
          return y.mul(kept);
        },
        x,
        v,
      );
    });
    assert.is(kept!.numel, 3);
    assert.throws(() => lost!.data(), isDisposed);
    kept!.dispose();
  });
});

test("a scope does not hold on to the tensors that have left it", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const made = x.add(1);
      const scope = made.owner as { tensors: unknown[] };
      for (let i = 0; i < 20_000; i++) {
        const t = x.add(i);
        if (i % 2) pf.keep(t);
        t.dispose();
      }
      assert.ok(scope.tensors.length < 5_000, `${scope.tensors.length} tensors`);
      assert.equal(made.toArray(), [2, 3, 4]);
    }),
  );
});

test("disposing leaves what is computed from a tensor alone", () => {
  leavesNothing(() => {
    const a = x.add(1);
    const [b, c] = [a.mul(2), a.reshape(3, 1)];
    a.dispose();
    a.dispose();
    assert.is(a.isDisposed, true);
    assert.is(String(a), "tensor(<disposed>)");
    assert.throws(() => a.data(), isDisposed);
    assert.throws(() => a.add(1), isDisposed);
    assert.throws(() => x.add(a), isDisposed);
    assert.throws(() => pf.functional.jvp((y: Tensor) => y, a, v), isDisposed);
    assert.throws(() => pf.functional.jvp((y: Tensor) => y, x, a), isDisposed);
    assert.throws(() => pf.functional.jvp(() => a, x, v), isDisposed);
    assert.equal(b.toArray(), [4, 6, 8]);
    assert.equal(c.toArray(), [[2], [3], [4]]);
    b.dispose();
    c.dispose();
  });
});

test("using disposes at the end of the block", () => {
  leavesNothing(() => {
    let outside: Tensor;
    {
      using inside = x.add(1);
      outside = inside;
      assert.equal(inside.toArray(), [2, 3, 4]);
    }
    assert.is(outside.isDisposed, true);
    assert.throws(() => {
      using inside = x.add(1);
      outside = inside;
      throw new Error("on the way");
    }, /on the way/);
    assert.is(outside.isDisposed, true);
  });
});

/** Functions that fail, and the error. */
const failures: [name: string, fails: () => unknown, expected: RegExp | ((error: unknown) => boolean)][] = [
  ["in tidy", () => pf.tidy(() => { x.add(1); throw new Error("mine"); }), /mine/], // prettier-ignore
  ["in a tidy within a tidy", () => pf.tidy(() => { x.add(1); pf.tidy(() => { x.add(2); throw new Error("mine"); }); }), /mine/], // prettier-ignore
  ["a promise out of tidy", () => pf.tidy(() => Promise.resolve(x.add(1))), /tidy: fn should be synchronous/],
  ["no function for tidy", () => pf.tidy(3 as any), /tidy: fn should be a function/],
  ["no tensor for keep", () => pf.keep(3 as any), /keep: expected a Tensor but got/],
  ["in a transform", () => pf.functional.jvp((y: Tensor) => { y.exp().data(); throw new Error("mine"); }, x, v), /mine/], // prettier-ignore
  ["in a transform within a transform", () => pf.functional.jvp((y: Tensor) => pf.functional.vjp((z: Tensor) => { z.exp(); throw new Error("mine"); }, y)[1], x, v), /mine/], // prettier-ignore
  ["a wrong shape half-way", () => pf.functional.jvp((y: Tensor) => y.exp().sum().add(y).mul(pf.ones([7])), x, v), /mul/], // prettier-ignore
  ["in an op", () => pf.cat([x.add(1), pf.ones([2, 2])]), /cat/],
];
for (const [name, fails, expected] of failures) {
  test(`an error leaves nothing: ${name}`, () => {
    leavesNothing(() => pf.tidy(() => assert.throws(fails, expected)));
    assert.equal(
      pf.tidy(() => pf.functional.jvp((y: Tensor) => y.square(), x, v)[1].toArray()),
      [2, 0, -6],
    );
  });
}

const jvp = (): [Tensor, Tensor] => pf.functional.jvp((y: Tensor) => y.sin().mul(y), x, v);
const CALLS = 100_000;
const loops: [name: string, call: () => void][] = [
  ["inside tidy", () => pf.tidy(() => void jvp())],
  ["inside tidy, with a read", () => pf.tidy(() => void jvp()[1].data())],
  ["results disposed by hand", () => jvp().forEach((t) => t.dispose())],
  [
    "results read and disposed by hand",
    () => {
      const [output, tangent] = jvp();
      tangent.data();
      output.dispose();
      tangent.dispose();
    },
  ],
];
for (const [name, call] of loops) {
  test(`100,000 calls of a jvp, ${name}, take no memory`, () => {
    for (let i = 0; i < 100; i++) call();
    const [after100, reserved] = [usage(), pf.backend.reservedBytes];
    for (let i = 100; i < CALLS; i++) call();
    assert.equal(usage(), after100);
    assert.is(pf.backend.reservedBytes, reserved);
  });
}

test("gradients of attached graphs leave nothing when their results go", () => {
  const w = pf.tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
  leavesNothing(() => {
    for (let i = 0; i < 1000; i++) {
      pf.tidy(() => {
        const loss = w.sin().mul(x).sum();
        loss.item();
        const [g] = pf.autograd.grad(loss, w, { createGraph: true });
        pf.autograd.grad(g!.square().sum(), w)[0]!.data();
      });
    }
  });
  w.dispose();
});

/** Lets garbage collection and finalizers run until nothing more goes; the nodes that are left. */
async function collected(): Promise<number> {
  for (let left = Infinity, rounds = 0; rounds < 5; rounds++) {
    collectGarbage!();
    await wait(5);
    if (core.liveNodes() !== left) rounds = 0;
    left = core.liveNodes();
  }
  return core.liveNodes();
}
const forgetful: [name: string, call: () => void][] = [
  ["a jvp, never read", () => void jvp()],
  ["a jvp, read", () => void jvp()[1].data()],
  ["kept tensors", () => void pf.tidy(() => pf.keep(x.add(1)))],
  ["what tidy returns", () => void pf.tidy(() => [x.add(1), x.add(2)])],
  ["large values", () => void pf.evaluate(pf.full([10_000], 2).add(1))],
];
for (const [name, call] of forgetful) {
  test(`a loop that frees nothing gets its memory back: ${name}`, async () => {
    assert.ok(collectGarbage, "this suite needs --expose-gc");
    const before = await collected();
    const bytes = pf.backend.memoryBytes;
    for (let i = 0; i < 2000; i++) call();
    assert.ok(core.liveNodes() >= before + 2000);
    assert.is(await collected(), before);
    assert.is(pf.backend.memoryBytes, bytes);
    assert.equal(x.toArray(), [1, 2, 3]);
  });
}

test("a tensor in use is not collected", async () => {
  assert.ok(collectGarbage, "this suite needs --expose-gc");
  const kept = Array.from({ length: 100 }, (_, i) => x.add(i));
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await wait(5);
  }
  kept.forEach((tensor, i) => assert.equal(tensor.toArray(), [1 + i, 2 + i, 3 + i]));
  kept.forEach((tensor) => tensor.dispose());
});

test.run();
