// Depth and width: a million ops in a chain, a hundred thousand side by side. What is counted is bytes, nodes and
// floating-point operations, which grow as the program does, and never faster.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { leavesNothing, usage } from "./support";

const MILLION = 1_000_000;
const chain = (x: Tensor, length: number): Tensor => {
  for (let i = 0; i < length; i++) x = x.neg();
  return x;
};
const vector = (...values: number[]): Tensor => pf.tensor(values, { dtype: "float64" });

test("a jvp through a million ops", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const [output, tangent] = pf.functional.jvp((x: Tensor) => chain(x, MILLION), vector(1, -2), vector(3, 0.5));
      assert.equal(Array.from(tangent.data()), [3, 0.5]);
      assert.equal(Array.from(output.data()), [1, -2]);
    }),
  );
});

test("a jvp through a million nonlinear ops", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const func = (x: Tensor) => {
        for (let i = 0; i < MILLION / 2; i++) x = x.sin().asin();
        return x;
      };
      const [output, tangent] = pf.functional.jvp(func, vector(0.25), vector(2));
      assert.ok(Math.abs(output.item() - 0.25) < 1e-9);
      assert.ok(Math.abs(tangent.item() - 2) < 1e-7);
    }),
  );
});

test("a million ops that are part of a graph, and their gradient", () => {
  leavesNothing(() => {
    const x = pf.tensor([2], { dtype: "float64", requiresGrad: true });
    pf.tidy(() => {
      const y = chain(x, MILLION);
      assert.is(y.item(), 2);
      const [gradient] = pf.autograd.grad(y, x);
      assert.is(gradient!.item(), 1);
    });
    x.dispose();
  });
});

test("a million ops outside of a trace", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      let x = vector(1, 2);
      for (let i = 0; i < MILLION; i++) {
        const next = x.neg();
        x.dispose();
        x = next;
      }
      assert.equal(Array.from(x.data()), [1, 2]);
    }),
  );
});

test("pending work is done before it piles up", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      let x = vector(1, 2);
      const before = usage().nodes;
      for (let i = 0; i < 50_000; i++) {
        const next = x.neg();
        x.dispose();
        x = next;
        assert.ok(usage().nodes - before < 10_000);
      }
    }),
  );
});

test("an op takes as many bytes of graph among 10⁶ as among 10⁴", () => {
  const bytesPerOp = (length: number): number => {
    const before = usage().bytes;
    let held = 0;
    pf.tidy(() => {
      const func = (x: Tensor) => {
        const y = chain(x, length);
        held = usage().bytes - before;
        return y;
      };
      pf.functional.jvp(func, vector(1), vector(1)).forEach((tensor) => tensor.dispose());
    });
    return held / length;
  };
  const few = bytesPerOp(10_000);
  assert.ok(few > 0 && few < 200, `${few} bytes`);
  // What there is besides of the ops: a few nodes.
  assert.ok(Math.abs(bytesPerOp(MILLION) - few) < 0.1);
});

interface Wide {
  name: string;
  /** The jvp of a program of width n. */
  jvp: (n: number) => [Tensor, Tensor];
  width: number;
  check: (output: Tensor, tangent: Tensor, n: number) => void;
}
const sumIs = (tensor: Tensor, expected: number): void => assert.is(tensor.sum().item(), expected);
const wide: Wide[] = [
  {
    name: "a sum of 100,000 terms",
    width: 100_000,
    jvp: (n) => {
      const terms = Array.from({ length: n }, (_, i) => vector(i % 10));
      const total = (...xs: Tensor[]) => xs.reduce((sum, x) => sum.add(x));
      return pf.functional.jvp(total, terms, terms) as [Tensor, Tensor];
    },
    check: (output, tangent, n) => [output, tangent].forEach((t) => sumIs(t, 4.5 * n)),
  },
  {
    name: "a concat of 50,000 tensors",
    width: 50_000,
    jvp: (n) => {
      const parts = Array.from({ length: n }, (_, i) => vector(i % 10));
      return pf.functional.jvp((...xs: Tensor[]) => pf.cat(xs), parts, parts) as [Tensor, Tensor];
    },
    check: (output, tangent, n) => [output, tangent].forEach((t) => sumIs(t, 4.5 * n)),
  },
  {
    name: "one tensor used 200,000 times",
    width: 200_000,
    jvp: (n) => {
      const total = (x: Tensor) => {
        let sum = x;
        for (let i = 1; i < n; i++) sum = sum.add(x);
        return sum;
      };
      return pf.functional.jvp(total, vector(1, 2), vector(1, 0)) as [Tensor, Tensor];
    },
    check: (output, tangent, n) => {
      sumIs(output, 3 * n);
      sumIs(tangent, n);
    },
  },
  {
    name: "a tensor split into 50,000 slices",
    width: 50_000,
    jvp: (n) => {
      const total = (x: Tensor) => x.unbind(0).reduce((sum, row) => sum.add(row));
      const x = pf.tensor(Float64Array.from({ length: n }, (_, i) => i % 10));
      return pf.functional.jvp(total, x, x) as [Tensor, Tensor];
    },
    check: (output, tangent, n) => [output, tangent].forEach((t) => sumIs(t, 4.5 * n)),
  },
  {
    name: "the gradient of a tensor split into 50,000 slices",
    width: 50_000,
    jvp: (n) => {
      const total = (x: Tensor) => x.unbind(0).reduce((sum, row) => sum.add(row));
      const x = pf.tensor(Float64Array.from({ length: n }, (_, i) => i % 10));
      return pf.functional.vjp(total, x) as [Tensor, Tensor];
    },
    check: (output, gradient, n) => {
      sumIs(output, 4.5 * n);
      assert.equal(gradient.data(), new Float64Array(n).fill(1));
    },
  },
];
for (const { name, jvp, width, check } of wide) {
  test(`wide: ${name}`, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        const [output, tangent] = jvp(width);
        check(output, tangent, width);
      }),
    );
    // Ten times the width is ten times the nodes and the work.
    const cost = (n: number) => pf.tidy(() => pf.inspect(() => jvp(n)).summary);
    const [narrow, broad] = [cost(width / 100), cost(width / 10)];
    for (const key of ["doubleBackward", "pruned", "flops"] as const) {
      assert.ok(broad[key] <= 10.5 * narrow[key], `${key}: ${narrow[key]}, then ${broad[key]}`);
    }
  });
}

test("50,000 results of one call, read one by one", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const n = 50_000;
      const [, tangents] = pf.functional.jvp(
        (x: Tensor) => x.unbind(0).map((row) => row.neg()),
        pf.ones([n]),
        pf.ones([n]),
      );
      for (const tangent of tangents) assert.is(tangent.item(), -1);
    }),
  );
});

test.run();
