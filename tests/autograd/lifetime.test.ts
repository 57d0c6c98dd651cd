// What func may do with the tensors that it gets, makes and returns, and what is alive afterwards.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { f64, near, type T } from "./support";

const { jvp, vjp, hvp, jacobian } = pf.functional;
const test = suite("lifetime");
type Loose = (func: unknown, inputs: unknown, v?: unknown, options?: unknown) => [unknown, unknown];
const PRODUCTS = pf.functional as unknown as Record<string, Loose>;

const usage = (): number[] => [core.liveNodes(), pf.backend.memoryBytes];
const x3 = f64([1, 2, 3]);
const ones3 = f64([1, 1, 1]);
const scalar = (x: T): T => x.mul(x).sum();
/** What each product of `scalar` is at x3 with v = ones. */
const WANT: Record<string, pf.NestedArray> = { jvp: 12, vjp: [2, 4, 6], hvp: [2, 2, 2], vhp: [2, 2, 2] };

for (const [name, want] of Object.entries(WANT)) {
  const call = PRODUCTS[name]!;
  const v = name === "vjp" ? undefined : ones3;
  const check = ([output, result]: [unknown, unknown], output_: pf.NestedArray = 14, want_ = want): void => {
    near(output as T, output_);
    near(result as T, want_);
  };

  test(`${name}: func may dispose its inputs`, () => {
    const f = (x: T): T => {
      const y = scalar(x);
      x.dispose();
      return y;
    };
    for (const createGraph of [false, true]) check(call(f, x3, v, { createGraph }));
    const zeros = name === "jvp" ? 0 : [0, 0, 0];
    const unused = (x: T): T => {
      x.dispose();
      return f64(3);
    };
    check(call(unused, x3, v), 3, zeros);
  });
  test(`${name}: func may dispose the caller's tensors, which it works on aliases of`, () => {
    const x = f64([1, 2, 3]);
    check(
      call(
        (y: T) => {
          x.dispose();
          return scalar(y);
        },
        x,
        v,
      ),
    );
    assert.ok(x.isDisposed);
  });
  test(`${name}: func may dispose v`, () => {
    const vs = [f64([1, 1, 1]), f64([1, 1, 1])];
    const f = (a: T, b: T): T => {
      for (const v of vs) v.dispose();
      f64([7, 7, 7]).add(1);
      return scalar(a).add(scalar(b));
    };
    const [, result] = call(f, [x3, x3], name === "vjp" ? undefined : vs);
    if (name === "jvp") near(result as T, 24);
    else (result as T[]).forEach((part) => near(part, want));
  });
  test(`${name}: func may write into the arrays that it was called with`, () => {
    const inputs = [x3, x3];
    const vs = [ones3, ones3];
    const f = (a: T, b: T): T => {
      inputs.length = 0;
      vs.push(b);
      return scalar(a).add(scalar(b));
    };
    const [output, result] = call(f, inputs, name === "vjp" ? undefined : vs);
    near(output as T, 28);
    if (name === "jvp") near(result as T, 24);
    else (result as T[]).forEach((part) => near(part, want));
    assert.is(name === "jvp" || (result as T[]).length === 2, true);
  });
  test(`${name}: what func hides in a closure ends with the call, but for what it keeps`, () => {
    const before = usage();
    const hidden: T[] = [];
    const f = (x: T): T => {
      const y = x.exp();
      hidden.push(
        x,
        y,
        pf.keep(y.add(1)),
        pf.tidy(() => y.mul(2)),
      );
      return scalar(x);
    };
    for (const createGraph of [false, true]) {
      hidden.length = 0;
      pf.tidy(() => check(call(f, x3, v, { createGraph })));
      assert.equal(
        hidden.map((tensor) => tensor.isDisposed),
        [true, true, false, true],
      );
      pf.tidy(() => near(hidden[2]!, [Math.E + 1, Math.E ** 2 + 1, Math.E ** 3 + 1]));
      hidden[2]!.dispose();
    }
    assert.equal(usage(), before);
  });
  test(`${name}: results without createGraph hold nothing but their values`, () => {
    const before = core.liveNodes();
    const f = (x: T): T => {
      let y = x;
      for (let i = 0; i < 50; i++) y = y.sin();
      return y.sum();
    };
    const results = call(f, x3, v) as [T, T];
    pf.evaluate(...results);
    assert.ok(core.liveNodes() - before <= 4, `${core.liveNodes() - before} nodes are alive`);
    results.forEach((tensor) => tensor.dispose());
    assert.is(core.liveNodes(), before);
  });
  test(`${name}: results are read one at a time, in any order, and disposed in between`, () => {
    const f = (x: T): T => x.exp().sum();
    const [E1, E2, E3] = [Math.E, Math.E ** 2, Math.E ** 3];
    const results = { output: E1 + E2 + E3, product: name === "jvp" ? E1 + E2 + E3 : [E1, E2, E3] };
    for (const order of ["output", "product"] as const) {
      for (const createGraph of [false, true]) {
        const [output, product] = call(f, x3, v, { createGraph }) as [T, T];
        const [first, second] = order === "output" ? [output, product] : [product, output];
        near(first, results[order]);
        first.dispose();
        near(second, results[order === "output" ? "product" : "output"]);
        second.dispose();
      }
    }
  });
  test(`${name}: without createGraph nothing requires grad, whatever requires it among inputs, v and captured tensors`, () => {
    const x = f64([1, 2, 3], true);
    const weight = f64(2, true);
    const vector = name === "vjp" ? f64(1, true) : f64([1, 1, 1], true);
    for (const t of call((y: T) => y.pow(3).mul(weight).sum(), x, vector) as T[]) {
      assert.not(t.requiresGrad);
      assert.ok(t.isLeaf);
    }
  });
  test(`${name}: with createGraph v that requires grad is differentiated, also where it is cast`, () => {
    // Of another dtype: the gradient comes back in v's own.
    const vector = pf.tensor(name === "vjp" ? 1 : [1, 1, 1], { requiresGrad: true });
    const [, product] = call((x: T) => x.pow(3).sum(), x3, vector, { createGraph: true }) as [T, T];
    const [gradient] = pf.autograd.grad(product.sum(), vector) as [T];
    assert.is(gradient.dtype, "float32");
    near(gradient, pf.tensor(name === "vjp" ? 3 * 14 : name === "jvp" ? [3, 12, 27] : [6, 12, 18]));
  });
  test(`${name}: within noGrad the caller's graph is reached with createGraph`, () => {
    const x = f64([1, 2, 3], true);
    const [output, product] = pf.noGrad(() => call((y: T) => y.pow(4).sum(), x, v, { createGraph: true })) as [T, T];
    near(pf.autograd.grad(output, x)[0]!, [4, 32, 108]);
    const gradient = pf.autograd.grad(product.sum(), x)[0]!;
    near(gradient, name === "jvp" || name === "vjp" ? [12, 48, 108] : [24, 48, 72]);
  });
  test(`${name}: what func computes within noGrad is a constant`, () => {
    const f = (x: T): T => x.mul(pf.noGrad(() => x.mul(x))).sum();
    const want_ = { jvp: 14, vjp: [1, 4, 9], hvp: [0, 0, 0], vhp: [0, 0, 0] }[name]!;
    check(call(f, x3, v), 36, want_);
  });
  test(`${name}: a thousand calls leave nothing behind, a third of which throw`, () => {
    const error = new Error("mine");
    const round = (i: number): void => {
      try {
        call(
          (x: T) => {
            const y = scalar(x.sin());
            if (i % 3 === 0) throw error;
            return y;
          },
          x3,
          v,
          { createGraph: i % 2 === 0 },
        );
      } catch (thrown) {
        assert.is(thrown, error);
      }
    };
    pf.tidy(() => round(1));
    const before = usage();
    for (let i = 0; i < 1000; i++) pf.tidy(() => round(i));
    assert.equal(usage(), before);
  });
}

test("gradcheck, jacobian, hessian: func may dispose its inputs", () => {
  const squares = (x: T): T => {
    const y = x.mul(x);
    x.dispose();
    return y;
  };
  assert.ok(pf.autograd.gradcheck(squares, [f64([1, 2], true)]));
  assert.ok(pf.autograd.gradgradcheck(squares, [f64([1, 2], true)]));
  near(jacobian(squares, x3), [[2, 0, 0], [0, 4, 0], [0, 0, 6]]); // prettier-ignore
  near(pf.functional.hessian((x: T) => squares(x).sum(), f64([1, 2])), [[2, 0], [0, 2]]); // prettier-ignore
});
test("results are handles of their own, also on the same tensor, on inputs and on constants", () => {
  const constant = f64([5, 5, 5]);
  for (const createGraph of [false, true]) {
    const f = (x: T): T[] => {
      const y = x.mul(x);
      return [y, y, x, x, constant, constant];
    };
    const [outputs, tangents] = jvp(f, x3, ones3, { createGraph });
    assert.is(new Set([...outputs, ...tangents, x3, ones3, constant]).size, 15);
    [outputs, tangents].forEach((tensors) => [0, 2, 4].forEach((i) => tensors[i]!.dispose()));
    [[1, 4, 9], [1, 2, 3], [5, 5, 5]].forEach((want, i) => near(outputs[2 * i + 1]!, want)); // prettier-ignore
    [[2, 4, 6], [1, 1, 1], [0, 0, 0]].forEach((want, i) => near(tangents[2 * i + 1]!, want)); // prettier-ignore
    [...outputs, ...tangents].forEach((tensor) => tensor.dispose());
    near(x3, [1, 2, 3]);
    near(ones3, [1, 1, 1]);
    near(constant, [5, 5, 5]);
  }
});
test("the array that func returns is not the one that comes back", () => {
  let returned: T[] = [];
  const [outputs, tangents] = jvp((x: T) => (returned = [x, x.mul(2)]), x3, ones3);
  assert.is.not(outputs, returned);
  assert.is.not(tangents, outputs);
  assert.ok(returned.every((tensor) => tensor.isDisposed));
  near(tangents[1]!, [2, 2, 2]);
});
test("two aliases of one tensor, with tangents of their own, one of them disposed", () => {
  const x = f64([1, 2, 3]);
  const f = (a: T, b: T): T => {
    const y = a.mul(b).mul(b);
    a.dispose();
    return y;
  };
  near(jvp(f, [x, x], [ones3, f64([0, 0, 1])])[1], [1, 4, 9 + 18]);
  const [, [da, db]] = vjp(f, [x, x] as const, ones3);
  near(da, [1, 4, 9]);
  near(db, [2, 8, 18]);
  const [[daa, dab], [dba, dbb]] = pf.functional.hessian((a: T, b: T) => f(a, b).sum(), [x, x] as const);
  near(daa, [[0, 0, 0], [0, 0, 0], [0, 0, 0]]); // prettier-ignore
  near(dab, [[2, 0, 0], [0, 4, 0], [0, 0, 6]]); // prettier-ignore
  near(dba, [[2, 0, 0], [0, 4, 0], [0, 0, 6]]); // prettier-ignore
  near(dbb, [[2, 0, 0], [0, 4, 0], [0, 0, 6]]); // prettier-ignore
});
test("func may use tensors of an enclosing transform, which count as constants within", () => {
  const [, tangent] = jvp(
    (x: T) =>
      jacobian((y: T) => y.mul(x), x, { createGraph: true })
        .sum(1)
        .mul(x),
    x3,
    ones3,
  );
  near(tangent, [2, 4, 6]); // d/dx (x · x)
});
test("backward and grad within func", () => {
  const f = (x: T): T => {
    const weight = f64(2, true);
    const y = x.pow(3).sum().mul(weight);
    y.backward();
    const [g] = pf.autograd.grad(y, x, { createGraph: true }) as [T];
    return g.mul(weight.grad!).sum();
  };
  // g = 6x², and Σx³ = 36 as a constant: backward without createGraph detaches it
  near(vjp(f, x3)[1], [12 * 36, 24 * 36, 36 * 36]);
  near(hvp(f, x3, ones3)[1], [12 * 36, 12 * 36, 12 * 36]);
});
test("results of a transform survive the tidy that they are returned from", () => {
  const before = usage();
  const [output, tangent] = pf.tidy(() => jvp((x: T) => x.exp().mul(f64([1, 2, 3])), f64([0, 0, 0]), f64([1, 1, 1])));
  pf.tidy(() => {
    near(output, [1, 2, 3]);
    near(tangent, [1, 2, 3]);
  });
  output.dispose();
  tangent.dispose();
  assert.equal(usage(), before);
});

test.run();
