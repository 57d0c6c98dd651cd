// autograd.customFunction: what forward leaves on ctx and saves for backward, at any order of derivative; when backward may read.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { f64, leavesNothing, near, scoped, nextMicrotask, type T } from "./support";

const { customFunction, grad } = pf.autograd;
const { jvp, vjp, hvp, hessian, jacobian } = pf.functional;
type Context = pf.autograd.Context;
type F = (x: T) => T;
const rows = suite("custom-kept");
const test = scoped(rows);
/** What dead calls have saved goes a moment later: leavesNothing looks after it. */
function throws(body: () => unknown, ...phrases: string[]): void {
  try {
    body();
  } catch (error) {
    assert.ok(error instanceof pf.AutogradError, String(error));
    for (const phrase of phrases) assert.ok(error.message.includes(phrase), error.message);
    return;
  }
  assert.unreachable();
}
const create = { createGraph: true };
const x3 = f64([0.5, -1.2, 2]);
const v3 = f64([1, -2, 0.5]);

/** A compiled function that leaves no program behind. */
const compiledOnce =
  (f: F): F =>
  (x) => {
    const compiled = pf.compile(f);
    try {
      return compiled(x);
    } finally {
      compiled.clear();
    }
  };
/** Every way to derivatives up to the third order, of f and of the same in ops. */
const orders: [string, (f: F, x: T) => T][] = [
  ["vjp", (f, x) => vjp(f, x, v3)[1]],
  ["jvp", (f, x) => jvp(f, x, v3)[1]],
  ["func.jvp", (f, x) => pf.func.jvp(f, [x], [v3])[1]],
  ["linearize", (f, x) => pf.func.linearize(f, x)[1](v3)],
  ["jacobian", (f, x) => jacobian(f, x) as T],
  ["jacobian by columns", (f, x) => jacobian(f, x, { strategy: "forward-mode" }) as T],
  ["hvp", (f, x) => hvp((t) => f(t).sum(), x, v3)[1]],
  ["hessian", (f, x) => hessian((t) => f(t).sum(), x) as T],
  ["jvp of jvp", (f, x) => jvp((t: T) => jvp(f, t, v3, create)[1], x, v3)[1]],
  ["grad of grad", (f, x) => pf.func.grad((t: T) => pf.func.grad((s: T) => f(s).sum())(t).mul(v3).sum())(x)],
  ["grad of vmap of grad", (f, x) => pf.func.grad((t: T) => pf.func.vmap(pf.func.grad((s: T) => f(s).sum()))(t).mul(v3).sum())(x)],
  ["vmap of grad of grad", (f, x) => pf.func.vmap(pf.func.grad((t: T) => pf.func.grad((s: T) => f(s).sum())(t).sum()))(x)],
  ["grad of a leaf's grad", (f, x) => {
    const leaf = x.mul(1).detach();
    const own = pf.tensor(leaf.data(), { requiresGrad: true, shape: leaf.shape });
    const [g] = grad(f(own).sum(), own, create);
    return grad(g.mul(v3).sum(), own)[0];
  }],
  ["compiled hvp", (f, x) => compiledOnce((t: T) => hvp((s) => f(s).sum(), t, v3)[1])(x)],
  ["third order", (f, x) => pf.func.grad((r: T) => pf.func.grad((t: T) => pf.func.grad((s: T) => f(s).sum())(t).sum())(r).sum())(x)],
]; // prettier-ignore

// -- exp(x)·sin(x), by what forward has left

const wave: F = (x) => x.exp().mul(x.sin());
class Cache {
  constructor(readonly e: T) {}
}
const hidden = Symbol("hidden");
type Leave = (ctx: Context, x: T, e: T, y: T) => void;
/** How forward leaves x, exp(x) and y, and how backward finds them. */
const leavings: [string, Leave, (ctx: Context) => [x: T, e: T, y: T]][] = [
  ["saved", (ctx, x, e, y) => ctx.saveForBackward(x, e, y), (ctx) => ctx.savedTensors as [T, T, T]],
  ["kept", (ctx, x, e, y) => Object.assign(ctx, { x, e, y }), (ctx) => [ctx.x, ctx.e, ctx.y] as [T, T, T]],
  ["in an array", (ctx, x, e, y) => void (ctx.all = [x, e, y]), (ctx) => ctx.all as [T, T, T]],
  ["nested", (ctx, x, e, y) => void (ctx.all = { x, more: [{ e }, [y]] }), (ctx) => {
    const { x, more } = ctx.all as { x: T; more: [{ e: T }, [T]] };
    return [x, more[0].e, more[1][0]];
  }],
  ["in a Map, a Set and an instance", (ctx, x, e, y) => Object.assign(ctx, { map: new Map([["x", x]]), set: new Set([y]), cache: new Cache(e) }),
    (ctx) => [(ctx.map as Map<string, T>).get("x")!, (ctx.cache as Cache).e, [...(ctx.set as Set<T>)][0]!]],
  ["under symbols, and not enumerable", (ctx, x, e, y) => {
    Object.assign(ctx, { [hidden]: x, deep: { [hidden]: e } });
    Object.defineProperty(ctx, "y", { value: y });
  }, (ctx) => [(ctx as any)[hidden], (ctx.deep as any)[hidden], ctx.y as T]],
  ["in a cyclic object", (ctx, x, e, y) => {
    const all: Record<string, unknown> = { x, e, y };
    all.self = all;
    ctx.all = all;
  }, (ctx) => {
    const { x, e, y } = (ctx.all as { self: { x: T; e: T; y: T } }).self;
    return [x, e, y];
  }],
  ["saved and kept", (ctx, x, e, y) => { ctx.saveForBackward(y); Object.assign(ctx, { x, e }); }, (ctx) => [ctx.x as T, ctx.e as T, ctx.savedTensors[0]!]],
]; // prettier-ignore
for (const [name, leave, find] of leavings) {
  const own = customFunction({
    forward(ctx, x: T) {
      const e = x.exp();
      const y = e.mul(x.sin());
      leave(ctx, x, e, y);
      return y;
    },
    backward(ctx, g) {
      const [x, e, y] = find(ctx);
      return g.mul(e.mul(x.cos()).add(y));
    },
  });
  for (const [order, derive] of orders) {
    test(`${name}: ${order}`, () =>
      leavesNothing(() => near(derive(own, x3), derive(wave, x3).toArray() as number[], 1e-11)));
  }
  test(`${name}: forward evaluates what it leaves`, () =>
    leavesNothing(() => {
      const reading = customFunction({
        forward(ctx, x: T) {
          const e = x.exp();
          const y = e.mul(x.sin());
          pf.evaluate(e, y);
          assert.ok(e.data().length === 3);
          leave(ctx, x, e, y);
          return y;
        },
        backward(ctx, g) {
          const [x, e, y] = find(ctx);
          return g.mul(e.mul(x.cos()).add(y));
        },
      });
      for (const [, derive] of orders.filter(([order]) => !/vmap|compiled/.test(order))) {
        near(derive(reading, x3), derive(wave, x3).toArray() as number[], 1e-11);
      }
    }));
}

test("a frozen tensor on ctx is refused", () => {
  const own = customFunction({
    forward(ctx, x: T) {
      ctx.x = Object.freeze(x);
      return x.mul(2);
    },
    backward: (_, g) => g.mul(2),
  });
  assert.throws(
    () => own(x3.clone().requiresGrad_()),
    /customFunction: ctx holds a frozen tensor .*ctx\.saveForBackward/,
  );
});

// -- the life of what is kept

test("what forward made and kept lives as long as the call", async () => {
  let made: T | null = null;
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.list = [(made = x.exp())];
      return x.mul(2);
    },
    backward: (ctx, g) => g.mul((ctx.list as T[])[0]!),
  });
  const x = f64([1, 1, 1], true);
  const y = f(x);
  near(grad(y.sum(), x)[0], [Math.E, Math.E, Math.E]);
  assert.not(made!.isDisposed);
  near(made!, [Math.E, Math.E, Math.E]);
  pf.tidy(() => void grad(y.sum(), x));
  await nextMicrotask(); // the row's scope ends: nothing depends on the call
  await nextMicrotask();
  assert.ok(y.isDisposed && made!.isDisposed);
});
test("tensors of others that are kept are theirs; when they are disposed they are there while backward runs", () =>
  leavesNothing(() => {
    const outer = f64([1, 2, 3]);
    const f = customFunction({
      forward(ctx, x: T) {
        Object.assign(ctx, { x, outer: new Map([[1, outer]]) });
        return x.mul(outer);
      },
      backward(ctx, g) {
        const held = (ctx.outer as Map<number, T>).get(1)!;
        assert.is(held, outer);
        assert.not((ctx.x as T).isDisposed || held.isDisposed);
        return g.mul(held);
      },
    });
    const leaf = f64([1, 1, 1], true);
    const x = leaf.mul(1);
    const y = f(x);
    near(grad(y.sum(), leaf)[0], [1, 2, 3]);
    assert.not(x.isDisposed || outer.isDisposed);
    x.dispose();
    outer.dispose();
    for (let i = 0; i < 2; i++) {
      near(grad(y.sum(), leaf)[0], [1, 2, 3]);
      assert.ok(x.isDisposed && outer.isDisposed);
    }
  }));
test("a context that is never called back is freed with its result", () =>
  leavesNothing(() => {
    const f = customFunction({
      forward(ctx, x: T) {
        const y = x.exp();
        Object.assign(ctx, { x, y, e: [x.sin(), x.cos()] });
        ctx.saveForBackward(x, y, x.tan());
        return [y, x.argmax()];
      },
      backward: (_, g) => g,
    });
    const x = f64([1, 2], true);
    for (let i = 0; i < 100; i++) f(x);
    pf.noGrad(() => f(x));
    f(x3);
  }));
test("what forward has disposed is not kept", () => {
  const f = customFunction({
    forward(ctx, x: T) {
      const half = x.div(2);
      Object.assign(ctx, { half, x });
      half.dispose();
      return x.mul(x);
    },
    backward: (ctx, g) => g.mul(ctx.x as T).mul((ctx.half as T).isDisposed ? 2 : NaN),
  });
  near(jvp(f, x3, v3)[1], [1, 4.8, 2]);
});
rows("a tensor of the caller's that is kept does not go with the call", async () => {
  const outer = f64([1, 2, 3]);
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.outer = outer;
      return x.mul(outer);
    },
    backward: (ctx, g) => g.mul(ctx.outer as T),
  });
  pf.tidy(() => void f(f64([1, 1, 1], true)));
  await nextMicrotask();
  near(outer, [1, 2, 3]);
  outer.dispose();
});
test("what the caller made last before the call depends on what it was made of", () => {
  const [x, w] = [f64([1, 2, 3], true), f64([0.5, 1, 2], true)];
  const outer = w.mul(2);
  const y = customFunction({
    forward(ctx, t: T) {
      ctx.outer = outer;
      return t.mul(outer);
    },
    backward: (ctx, g) => g.mul(ctx.outer as T),
  })(x);
  const [g] = grad(y.sum(), x, create);
  near(grad(g.sum(), w)[0], [2, 2, 2]);
});
test("a leaf of the caller's is one in backward, too", () => {
  const x = f64([1, 2, 3], true);
  const w = f64([0.5, 1, 2], true);
  const y = customFunction({
    forward(ctx, t: T) {
      ctx.saveForBackward(w);
      return t.mul(w);
    },
    backward: (ctx, g) => (assert.ok(ctx.savedTensors[0]!.isLeaf), g.mul(w)),
  })(x);
  near(grad(y.sum(), x, create)[0].detach(), [0.5, 1, 2]);
});
test("an output that is saved is differentiated by backward, not by what forward did", () => {
  // A straight-through estimator: the derivative of what rounds is taken to be what comes out.
  const through = customFunction({
    forward(ctx, x: T, k: number): T[] {
      const all = [x.round(), x.round().mul(2)];
      ctx.saveForBackward(all[k]!);
      return all;
    },
    backward: (ctx, g, h) => [g.add(h).mul(ctx.savedTensors[0]!), null],
  });
  const x = f64([1.2, -0.7, 3.4]);
  // d y₀ = y_k dx, and dy_k is that again.
  for (const [k, want] of [
    [0, [1, -1, 3]],
    [1, [2, -2, 6]],
  ] as const) {
    near(hvp((t: T) => through(t, k)[0]!.sum(), x, f64([1, 1, 1]))[1], [...want]);
  }
});
test("what backward disposes is there again the next time", () =>
  leavesNothing(() => {
    const f = customFunction({
      forward(ctx, x: T) {
        const y = x.exp();
        Object.assign(ctx, { x, y, s: x.sin() });
        return y;
      },
      backward(ctx, g) {
        const result = g.mul(ctx.y as T);
        (ctx.y as T).dispose();
        (ctx.s as T).dispose();
        (ctx.x as T).dispose();
        return result;
      },
    });
    const leaf = f64([1, 2, 3], true);
    const y = f(leaf.mul(1));
    for (let i = 0; i < 3; i++) near(grad(y.sum(), leaf)[0], [1, 2, 3].map(Math.exp));
  }));
test("backward may dispose what the walk is about", () =>
  leavesNothing(() => {
    const leaf = f64([1, 2], true);
    let y: T | null = null;
    const f = customFunction({
      forward: (_, x: T) => x.mul(2),
      backward(_, g) {
        y!.dispose();
        return g.mul(2);
      },
    });
    y = f(leaf.mul(1));
    near(grad(y, leaf, { gradOutputs: f64([1, 1]) })[0], [2, 2]);
    assert.ok(y.isDisposed);
  }));
test("what backward itself keeps ends with it", () =>
  leavesNothing(() => {
    const f = customFunction({
      forward(ctx, x: T) {
        ctx.count = 0;
        return x.mul(2);
      },
      backward(ctx, g) {
        if (ctx.last) assert.ok((ctx.last as T).isDisposed);
        ctx.last = g.mul(2);
        (ctx.count as number)++;
        return ctx.last as T;
      },
    });
    const x = f64([1, 2], true);
    const y = f(x);
    for (let i = 0; i < 3; i++) near(grad(y.sum(), x)[0], [2, 2]);
  }));
test("an output of integers can be kept", () => {
  const f = customFunction({
    forward(ctx, x: T): [T, T] {
      const at = x.argmax();
      ctx.at = at;
      return [x.amax(), at];
    },
    backward: (ctx, g) => g.mul(pf.nn.functional.oneHot(ctx.at as T, 3)),
  });
  const x = f64([1, 5, 2], true);
  const [top, at] = f(x);
  near(grad(top, x)[0], [0, 1, 0]);
  assert.is(at.item(), 1);
  at.dispose();
  near(grad(top, x)[0], [0, 1, 0]);
});

// -- intermediates whose derivative is known, or not

const ofIntermediate = (make: (x: T) => T): F =>
  customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(make(x));
      return x.exp();
    },
    backward: (ctx, g) => g.mul(ctx.savedTensors[0]!),
  });
const knownWays: [string, (x: T) => T][] = [
  ["ops", (x) => x.exp()],
  ["detach", (x) => x.exp().detach()],
  ["noGrad", (x) => pf.noGrad(() => x.exp())],
  ["enableGrad", (x) => pf.enableGrad(() => x.exp())],
  ["tidy", (x) => pf.tidy(() => x.exp().mul(2).div(2))],
  ["func.grad", (x) => pf.func.grad((t: T) => t.exp().sum())(x)],
  ["func.grad of an intermediate", (x) => pf.func.grad((t: T) => t.square().sum())(x.div(2).exp()).mul(x.div(2).exp()).div(2)],
  ["func.jvp", (x) => pf.func.jvp((t: T) => t.exp(), [x], [pf.onesLike(x)])[1]],
  ["func.vmap", (x) => pf.func.vmap((t: T) => t.exp())(x)],
  ["compile", (x) => compiledOnce((t: T) => t.exp())(x)],
  ["another custom function", (x) => ofIntermediate((t) => t.exp())(x)],
]; // prettier-ignore
for (const [name, make] of knownWays) {
  test(`an intermediate that forward makes by ${name} is differentiated`, () =>
    leavesNothing(() => {
      const f = ofIntermediate(make);
      const exp: F = (x) => x.exp();
      for (const [, derive] of orders) {
        if (name === "func.vmap" || name === "compile") {
          // Mapped elements have no dim to map.
          if (derive === orders[10]![1] || derive === orders[11]![1]) continue;
        }
        near(derive(f, x3), derive(exp, x3).toArray() as number[], 1e-11);
      }
    }));
}
const unknownWays: [string, (x: T) => T][] = [
  ["values it has read", (x) => pf.tensor(Float64Array.from(x.data(), Math.exp))],
  ["those in ops", (x) => pf.tensor(Float64Array.from(x.data(), Math.exp)).mul(1)],
  ["functional.jvp", (x) => jvp((t: T) => t.exp(), x, pf.onesLike(x))[1]],
  ["functional.jacobian", (x) => (jacobian((t: T) => t.exp(), x) as T).sum(1)],
  ["a closure of an intermediate", (x) => { const e = x.exp(); return jvp((t: T) => t.mul(e), pf.onesLike(x), pf.onesLike(x))[1]; }],
]; // prettier-ignore
for (const [name, make] of unknownWays) {
  test(`an intermediate that forward makes by ${name}: an error where its derivative is needed, and only there`, () =>
    leavesNothing(() => {
      const f = ofIntermediate(make);
      near(jvp(f, x3, v3)[1], x3.exp().mul(v3).toArray() as number[]);
      near(pf.functional.vjp(f, x3, v3)[1], x3.exp().mul(v3).toArray() as number[]);
      near(pf.func.jvp(f, [x3], [v3])[1], x3.exp().mul(v3).toArray() as number[]);
      // Second derivatives by something else.
      const scale = f64(2, true);
      const leaf = f64([0.5, -1.2, 2], true);
      const [g] = grad(f(leaf).mul(scale.square()).sum(), leaf, create);
      near(grad(g.sum(), scale)[0], x3.exp().sum().mul(4).item());
      for (const derive of [
        () => hvp((t) => f(t).sum(), x3, v3),
        () => grad(g.sum(), leaf),
        () => pf.func.hessian((t: T) => f(t).sum())(x3),
        () => jvp((t: T) => vjp(f, t, v3, create)[1], x3, v3),
      ]) {
        throws(derive, "derivative is not known");
      }
    }));
}
test("constants that forward saves are constants", () => {
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(pf.tensor([2, 2, 2], { dtype: "float64" }), x.gt(0));
      ctx.three = f64(3);
      return x.square();
    },
    backward(ctx, g) {
      const [two, positive] = ctx.savedTensors as [T, T];
      return g
        .mul(two)
        .mul(positive.to("float64"))
        .mul(ctx.three as T);
    },
  });
  near(hvp((t) => f(t).square().sum(), x3, v3)[1], [72, 0, 36]);
});
test("what backward gets of constants and of bools requires no grad, also where a graph is made of it", () => {
  const seen: boolean[][] = [];
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(x, f64([1, 2, 3]).mul(2), x.gt(0), x.exp());
      return x.exp();
    },
    backward(ctx, g) {
      seen.push(ctx.savedTensors.map((t) => t!.requiresGrad));
      return g.mul(ctx.savedTensors[3]!);
    },
  });
  const x = x3.clone().requiresGrad_();
  pf.autograd.grad(f(x).sum(), x, { createGraph: true });
  pf.autograd.grad(f(x).sum(), x);
  assert.equal(seen, [[true, false, false, true], [true, false, false, false]]); // prettier-ignore
});
test("a gradient without a graph is a constant in other functions with a backward", () => {
  const exp = customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(x.exp());
      return x.exp();
    },
    backward: (ctx, g) => g.mul(ctx.savedTensors[0]!),
  });
  const x = x3.clone().requiresGrad_();
  const slope = pf.autograd.grad(exp(x).sum(), x)[0]!;
  const scaled = customFunction({
    forward(ctx, x: T) {
      const twice = slope.mul(2);
      ctx.saveForBackward(twice);
      return x.mul(twice);
    },
    backward: (ctx, g) => g.mul(ctx.savedTensors[0]!),
  });
  // Σ (2·eˣ⁰·x)²
  near(hvp((t) => scaled(t).square().sum(), x3, v3)[1], x3.exp().square().mul(8).mul(v3).toArray() as number[]);
});
test("what forward reads without a derivative leaves one to what it makes", () =>
  leavesNothing(() => {
    const f = customFunction({
      forward(ctx, x: T) {
        assert.ok(x.argmax().item() === 2 && x.gt(1).data()[2] === 1);
        assert.is(f64([1, 2]).sum().item(), 3);
        ctx.s = x.exp().mul(pf.tensor(Float64Array.from(x.gt(-5).data(), Number)));
        return x.exp();
      },
      backward: (ctx, g) => g.mul(ctx.s as T),
    });
    near(hvp((x) => f(x).sum(), x3, v3)[1], x3.exp().mul(v3).toArray() as number[]);
  }));
test("indices and masks that forward makes of what it has read leave a derivative to what is taken by them", () =>
  leavesNothing(() => {
    const taken: F[] = [
      (x) => x.gather(0, pf.tensor([2, 1, 0], { dtype: "int32" })),
      (x) => pf.where(pf.tensor([true, true, true]), x.flip(0), 0),
    ];
    for (const take of taken) {
      const f = customFunction({
        forward(ctx, x: T) {
          x.data();
          ctx.s = take(x);
          return (ctx.s as T).square();
        },
        backward: (ctx, g) => g.mul(ctx.s as T).mul(2).flip(0), // prettier-ignore
      });
      near(hvp((x) => f(x).sum(), x3, v3)[1], v3.mul(2).toArray() as number[]);
    }
  }));
test("what was detached outside of forward, and there of what no gradient flows through, leaves a derivative to its products", () =>
  leavesNothing(() => {
    const weights = [v3.clone().requiresGrad_().detach(), v3];
    for (const weight of weights) {
      const f = customFunction({
        forward(ctx, x: T) {
          ctx.s = pf.func
            .grad((t: T) => t.square().mul(v3.detach()).sum())(x)
            .mul(weight);
          return (ctx.s as T).square();
        },
        backward: (ctx, g) =>
          g
            .mul(ctx.s as T)
            .mul(v3.square())
            .mul(2),
      });
      near(hvp((x) => f(x).sum(), x3, v3)[1], v3.pow(5).mul(4).toArray() as number[]);
    }
  }));
test("a derivative that forward asks for without a graph has none that is known", () =>
  leavesNothing(() => {
    const one = f64([1, 1, 1]);
    const cosine: Record<string, (x: T, options?: pf.functional.FunctionalOptions) => T> = {
      jvp: (x, options) => jvp((t: T) => t.sin(), x, one, options)[1] as T,
      vjp: (x, options) => pf.functional.vjp((t: T) => t.sin(), x, one, options)[1] as T,
      hvp: (x, options) => hvp((t: T) => t.cos().neg().sum(), x, one, options)[1] as T,
    };
    for (const cosineOf of Object.values(cosine))
      for (const options of [{}, create]) {
        const sine = customFunction({
          forward: (ctx, x: T) => (ctx.saveForBackward(cosineOf(x, options)), x.sin()),
          backward: (ctx, g) => g.mul(ctx.savedTensors[0]!),
        });
        const x = f64([0.5, -1.2, 2], true);
        const [first] = grad(sine(x).sum(), x, create);
        near(first, x.cos().detach());
        if (options === create) near(grad(first.sum(), x)[0], x.sin().neg().detach());
        else throws(() => grad(first.sum(), x), "whose derivative is not known");
      }
  }));
test("the derivative by a saved tensor itself ends there", () =>
  leavesNothing(() => {
    for (const made of [(t: T) => t, (t: T) => t.mul(1), (t: T) => t.neg().neg()]) {
      const f = customFunction({
        forward(ctx, x: T) {
          const t = x.mul(2);
          t.data();
          ctx.saveForBackward(t);
          return t.pow(3);
        },
        backward(ctx, g) {
          const [t] = ctx.savedTensors as [T];
          // 3t² by t, and once more
          const [slope] = pf.enableGrad(() => grad(made(t).pow(3).sum(), t, create));
          const [second] = grad(slope.sum(), t);
          return g.mul(second);
        },
      });
      const x = f64([0.5, -1.2, 2], true);
      const [gradient] = grad(f(x), x, { gradOutputs: v3, createGraph: true });
      near(gradient.detach(), x3.mul(12).mul(v3).toArray() as number[]);
    }
  }));
test("an intermediate that nobody saves is not kept", () => {
  const f = customFunction({
    forward(ctx, x: T) {
      const big = pf.cat([x.expand(1000, 3).add(1).exp(), x.expand(1, 3)]);
      ctx.saveForBackward(x);
      return big.sum(0).sin();
    },
    backward: (_, g) => g,
  });
  const x = f64([1, 2, 3], true);
  const y = f(x);
  y.data();
  const before = core.liveNodes();
  const z = f(x);
  z.data();
  assert.ok(core.liveNodes() - before < 12, `${core.liveNodes() - before} nodes`);
});

// -- reading

const readers: [string, (g: T) => unknown][] = [
  ["item", (g) => g.sum().item()],
  ["data", (g) => g.data()],
  ["toArray", (g) => g.mul(2).toArray()],
  ["String", (g) => String(g)],
  ["iteration", (g) => [...g].map((row) => row.item())],
  ["mask", (g) => x3.at(g.gt(0))],
  ["equal", (g) => pf.equal(g, g.mul(2))],
  ["allclose", (g) => pf.allclose(g, g.mul(2))],
]; // prettier-ignore
for (const [name, read] of readers) {
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.x = x;
      return x.square();
    },
    backward(ctx, g) {
      read(g);
      return g.mul(ctx.x as T).mul(2);
    },
  });
  test(`a backward that reads its cotangent by ${name}`, () =>
    leavesNothing(() => {
      const want = x3.mul(v3).mul(2).toArray() as number[];
      near(pf.functional.vjp(f, x3, v3)[1], want);
      near(pf.func.vjp(f, x3)[1](v3)[0], want);
      near(pf.func.grad((t: T) => f(t).mul(v3).sum())(x3), want);
      near(jacobian(f, x3) as T, pf.diag(x3.mul(2)).toArray() as number[][]);
      for (const derive of [
        () => jvp(f, x3, v3),
        () => pf.func.jvp(f, [x3], [v3]),
        () => pf.func.linearize(f, x3)[1](v3),
        () => pf.func.jacfwd(f)(x3),
        () => jacobian(f, x3, { strategy: "forward-mode" }),
        () => compiledOnce((x: T) => jvp(f, x, v3)[1])(x3),
        () => jvp((t: T) => f(f(t)), x3, v3),
        // The gradient's cotangent is real, but a jvp walks over it.
        () => jvp((t: T) => vjp(f, f(t), v3, create)[1], x3, v3),
      ]) {
        throws(derive, "while jvp runs", "cotangent");
      }
      near(jvp(square, x3, v3)[1], want);
    }));
}
const square: F = (x) => x.mul(x);
test("within a jvp shapes and what does not depend on the cotangent can be read", () =>
  leavesNothing(() => {
    const f = customFunction({
      forward(ctx, x: T) {
        ctx.x = x;
        return x.square();
      },
      backward(ctx, g) {
        const x = ctx.x as T;
        assert.equal([g.shape, g.dtype, g.ndim, g.numel, g.requiresGrad], [[3], "float64", 1, 3, true]);
        pf.evaluate(x.exp(), g.sin());
        // Results that are computed together, of which one depends on the cotangent.
        const [value, tangent] = jvp((t: T) => t.square(), x, g, create);
        assert.is(value.data().length, 3);
        return tangent.mul(x.sum().item() > 1 ? 1 : 2);
      },
    });
    near(jvp(f, x3, v3)[1], x3.mul(v3).mul(2).toArray() as number[]);
  }));
test("after the passes the dummy cotangent is zeros, also when they failed", () =>
  leavesNothing(() => {
    const kept: T[] = [];
    const f = customFunction({
      forward: (_, x: T) => x.mul(1),
      backward(_, g) {
        kept.push(pf.keep(g.add(1)));
        if (kept.length === 2) throw new Error("mine");
        return g.clamp(-1, 1);
      },
    });
    near(jvp(f, x3, v3)[1], [1, -2, 0.5]);
    assert.throws(() => jvp(f, x3, v3), /mine/);
    for (const g of kept) {
      near(g, [1, 1, 1]);
      g.dispose();
    }
  }));

// -- results that are computed together, of which some have no value yet

test("what does not depend on a placeholder is computed without what does", () => {
  const th = f64([1, 2, 3]);
  const v = f64([1, 0, -1]);
  const both = (t: T): T[] => jvp((p: T) => p.sin(), th, t);
  const want = both(v).map((t) => t.toArray() as number[]);
  pf.compile(both)(v).forEach((t, i) => near(t, want[i]!));
  pf.compile((t: T) => pf.func.jvp((p: T) => p.sin(), [th], [t]))(v).forEach((t, i) => near(t, want[i]!));
  near(pf.compile((t: T) => hvp((p) => p.sin().sum(), th, t))(v)[1], th.sin().neg().mul(v).toArray() as number[]);
  near(pf.compile((t: T) => { const [y, dy] = both(t) as [T, T]; return dy.mul(y.sum().item()); })(v), both(v)[1]!.mul(both(v)[0]!.sum()).toArray() as number[]); // prettier-ignore
  const rows = pf.func.vmap((t: T) => { const [y, dy] = both(t) as [T, T]; return dy.mul(y.sum().item()); })(pf.stack([v, v])); // prettier-ignore
  near(rows.sum(0).div(2), both(v)[1]!.mul(both(v)[0]!.sum()).toArray() as number[]);
});

// -- torch's spelling

/* eslint-disable prefer-spread */
test("apply is torch's call, and JavaScript's with exactly nothing and an array", () => {
  const f = customFunction({ forward: (_, x: T, by: number | T[] | null) => x.mul(typeof by === "number" ? by : 7), backward: (_, g) => [g, null] }); // prettier-ignore
  near(f.apply(x3, 2), [1, -2.4, 4]);
  near(f.apply(x3, null), [3.5, -8.4, 14]);
  near(f.apply(x3, [x3]), [3.5, -8.4, 14]);
  near(f.apply(null, [x3, 2]), [1, -2.4, 4]);
  near(f.apply(undefined, [x3, 2] as [T, number]), [1, -2.4, 4]);
  near(Function.prototype.apply.call(f, null, [x3, 2]) as T, [1, -2.4, 4]);
  near(Reflect.apply(f, null, [x3, 2]) as T, [1, -2.4, 4]);
  near(f.call(null, x3, 2), [1, -2.4, 4]);
  near(f.bind(null)(x3, 2), [1, -2.4, 4]);
  assert.not(Object.keys(f).includes("apply"));
  const given: unknown[] = [];
  const all = customFunction({
    forward: (_, ...args: unknown[]) => (given.push(args), x3.mul(1)),
    backward: () => null,
  });
  const calls: unknown[][] = [[x3, [2]], [null, [2], 3], [null], [[2], null], [null, 2], [null, "ab"], [null, [2]]];
  for (const args of calls) (all.apply as (...args: unknown[]) => T)(...args);
  assert.equal(given, [...calls.slice(0, -1), [2]]);
  const first = customFunction({ forward: (_, flag: null, x: T) => x.mul(flag === null ? 2 : 3), backward: (_, g) => [null, g] }); // prettier-ignore
  near(first.apply(null, x3), [1, -2.4, 4]);
  near(jvp((x: T) => f.apply(x, 1), x3, v3)[1], [1, -2, 0.5]);
});

test("null is saved as null: an argument that was left out", () => {
  const linear = customFunction({
    forward(ctx, x: T, w: T, b: T | null) {
      ctx.saveForBackward(x, w, b);
      return b === null ? x.matmul(w) : x.matmul(w).add(b);
    },
    backward(ctx, g) {
      const [x, w, b] = ctx.savedTensors as [T, T, T | null];
      return [g.matmul(w.t()), x.t().matmul(g), b && g.sum(0)];
    },
  });
  const [x, w] = [f64([[1, 2], [3, 4]]), f64([[1], [2]])]; // prettier-ignore
  const square = (b: T | null) => (t: T) => linear(x, t, b).square().sum();
  const plain = (t: T): T => x.matmul(t).square().sum();
  near(hvp(square(null), w, w)[1], hvp(plain, w, w)[1]);
  near(hvp(square(f64([5])), w, w)[1], hvp(plain, w, w)[1]);
  assert.throws(
    () => customFunction({ forward: (ctx, t: T) => (ctx.saveForBackward([t] as never), t), backward: (_, g) => g })(x),
    /saveForBackward: expected tensors, one after the other, but got Array/,
  );
});
test("forward and backward see their definition as this", () => {
  const scaled = {
    scale: 3,
    forward(_: Context, x: T): T {
      return x.mul(this.scale);
    },
    backward(_: Context, g: T): T {
      return g.mul(this.scale);
    },
  };
  near(jvp(customFunction(scaled), f64([1, 2]), f64([1, 10]))[1], [3, 30]);
});

rows.run();
