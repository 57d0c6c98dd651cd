// A small view must not keep a large value: what lives only through views of less than a quarter of it is copied out at the next
// evaluation.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { Fault } from "../../assembly/abi/failures";
import { interfering, within } from "./exhaustion";
import { uniform, leavesNothing } from "./support";

const ROWS = 1024;
const MIB = 2 ** 20;
const source = uniform([ROWS, 1024], 3).float();
pf.evaluate(source);
/** 4 MiB that nothing else holds. */
const large = (): Tensor => {
  const y = source.mul(2);
  pf.evaluate(y);
  return y;
};
const twoRows = pf.compile((x: Tensor) => {
  const y = x.t().exp().sum(0).mul(x.flip(0));
  return [y.select(0, 3), y.select(0, 900)];
});
/** An evaluation that has nothing to do with anything. */
const evaluateOther = (): void => pf.tidy(() => void pf.ones([2]).add(1).data());
const row = (i: number): number[] => Array.from(source.select(0, i).data(), (x) => 2 * x);

/** [what, what is left of the large value, and the bytes that may be held in the end] */
const cases: [string, () => Tensor[], number][] = [
  ["two rows, in one evaluation", () => {
    const y = source.mul(2);
    const rows = [y.select(0, 3), y.select(0, 900)];
    y.dispose();
    pf.evaluate(...rows);
    return rows;
  }, 8192],
  ["two rows of a value that was there", () => {
    const y = large();
    const rows = [y.select(0, 3), y.select(0, 900)];
    pf.evaluate(...rows);
    y.dispose();
    evaluateOther();
    return rows;
  }, 8192],
  ["two rows that were not asked for yet", () => {
    const y = large();
    const rows = [y.select(0, 3), y.select(0, 900)];
    y.dispose();
    evaluateOther();
    return rows;
  }, 8192],
  ["views of views that were not asked for yet", () => {
    const y = large();
    const rows = pf.tidy(() => {
      const part = y.narrow(0, 10, 100);
      return [part.t().select(1, 3), part.flip(0).select(0, 5)];
    });
    y.dispose();
    evaluateOther();
    return rows;
  }, 8192],
  ["rows that are read at different times", () => {
    const y = large();
    const rows = [1, 2, 3, 4, 5].map((i) => {
      const r = y.select(0, i);
      pf.evaluate(r);
      return r;
    });
    y.dispose();
    evaluateOther();
    return rows;
  }, 5 * 4096],
  ["many views, some of which go", () => {
    const start = pf.backend.memoryBytes;
    const y = large();
    const rows = Array.from({ length: 500 }, (_, i) => y.select(0, i));
    pf.evaluate(...rows);
    y.dispose();
    evaluateOther();
    assert.ok(pf.backend.memoryBytes - start >= 4 * MIB, "all together they are nearly half");
    rows.slice(10).forEach((t) => t.dispose());
    evaluateOther();
    return rows.slice(0, 10);
  }, 40960],
  ["a column, a flipped row, a repeated row, an alias", () => {
    const views = pf.tidy(() => {
      const y = large();
      const column = y.select(1, 5);
      const made = [column, y.select(0, 1).flip(0), y.narrow(0, 2, 1).expand(5000, 1024), column.clone()];
      pf.evaluate(...made);
      return made;
    });
    evaluateOther();
    return views;
  }, 4 * 4096],
  ["what is detached from a view", () => {
    const y = large();
    const r = y.select(0, 1);
    pf.evaluate(r);
    y.dispose();
    const d = r.detach();
    r.dispose();
    evaluateOther();
    return [d];
  }, 4096],
  ["a row that is repeated two million times", () => {
    const y = large();
    const r = pf.tidy(() => y.select(0, 1).expand(2 ** 21 - 1, 1024));
    const few = r.narrow(0, 5, 2);
    pf.evaluate(r, few);
    y.dispose();
    const began = process.cpuUsage();
    evaluateOther();
    const { user } = process.cpuUsage(began);
    assert.ok(user < 2e5, `${user} µs: each repetition is copied`);
    r.dispose();
    return [few];
  }, 8192],
  ["results of a compiled function", () => {
    const rows = twoRows(source) as Tensor[];
    evaluateOther();
    return rows;
  }, 8192],
  ["chunks without elements", () => {
    const y = large();
    const views = [y.narrow(0, 3, 0), y.select(0, 3)];
    pf.evaluate(...views);
    y.dispose();
    evaluateOther();
    return views;
  }, 4096],
]; // prettier-ignore
for (const [what, make, most] of cases) {
  test(`small views: ${what}`, () => {
    const warm = make();
    warm.forEach((t) => t.dispose());
    const before = pf.backend.memoryBytes;
    leavesNothing(() => {
      const expected = make().map((t) => {
        const data = Array.from(t.data());
        t.dispose();
        return data;
      });
      const start = pf.backend.memoryBytes;
      const views = make();
      const held = pf.backend.memoryBytes - start;
      assert.ok(held <= most + 16384, `${held} bytes are held`);
      views.forEach((t, i) => assert.equal(Array.from(t.data()), expected[i]));
      views.forEach((t) => t.dispose());
    });
    assert.ok(pf.backend.memoryBytes - before < 65536);
  });
}

test("small views: the numbers are those of the value", () => {
  pf.tidy(() => {
    const y = large();
    const views = [y.select(0, 3), y.narrow(1, 7, 1).t(), y.slice(0, 5, 40, 7)];
    pf.evaluate(...views);
    y.dispose();
    evaluateOther();
    assert.equal(Array.from(views[0]!.data()), row(3));
    assert.equal(
      Array.from(views[1]!.data()),
      Array.from({ length: ROWS }, (_, i) => row(i)[7]),
    );
    assert.equal(Array.from(views[2]!.data()), [5, 12, 19, 26, 33].flatMap(row));
    // They go on as operands.
    assert.equal(Array.from(views[0]!.add(views[0]!).data()), row(3).map((x) => 2 * x)); // prettier-ignore
  });
});

const stay: [string, () => Tensor[]][] = [
  ["a view of more than a quarter", () => {
    const y = large();
    const part = y.narrow(0, 0, 300);
    const small = y.select(0, 5);
    pf.evaluate(part, small);
    y.dispose();
    return [part, small];
  }],
  ["a value with a handle", () => {
    const y = large();
    const r = y.select(0, 1);
    pf.evaluate(r);
    return [y, r];
  }],
]; // prettier-ignore
for (const [what, make] of stay) {
  test(`small views: nothing is copied beside ${what}`, () => {
    leavesNothing(() => {
      const start = pf.backend.memoryBytes;
      const kept = make();
      evaluateOther();
      const held = pf.backend.memoryBytes - start;
      assert.ok(held >= 4 * MIB && held < 4 * MIB + 16384, `${held} bytes`);
      kept.forEach((t) => t.dispose());
    });
  });
}

test("small views: what a derivative goes through stays differentiable", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const w = pf.tensor(source.data(), { shape: [ROWS, 1024], requiresGrad: true });
      const y = w.mul(2);
      const rows = [y.select(0, 3), y.select(0, 900)];
      y.dispose();
      pf.evaluate(...rows);
      evaluateOther();
      const [g] = pf.autograd.grad(rows[0]!.mul(rows[1]!).sum(), w);
      assert.equal(Array.from(g!.select(0, 3).data()), row(900).map((x) => 2 * x)); // prettier-ignore
    }),
  );
});

test("small views: a compiled function finds the views that it has captured as they lay", () => {
  pf.tidy(() => {
    const y = large();
    const captured = y.narrow(1, 3, 40).t();
    pf.evaluate(captured);
    const f = pf.compile((x: Tensor) => [x.add(captured).exp(), captured]);
    const x = uniform([40, ROWS], 8).float();
    const expected = [x.add(captured).exp().data(), captured.data()];
    for (let i = 0; i < 4; i++) {
      assert.equal(
        f(x).map((t) => t.data()),
        expected,
      );
      if (!i) y.dispose();
      evaluateOther();
    }
  });
});

test("small views: what a compiled function has captured is copied out when that is gone", () => {
  leavesNothing(() => {
    const before = pf.backend.memoryBytes;
    const y = large();
    const rows = [y.select(0, 3), y.select(0, 900)];
    pf.evaluate(...rows);
    const f = pf.compile((x: Tensor) => x.add(y).sum());
    f(source).dispose();
    f.clear();
    y.dispose();
    evaluateOther();
    assert.ok(pf.backend.memoryBytes - before < 16384, `${pf.backend.memoryBytes - before} bytes`);
    pf.dispose(rows);
  });
});

// Of what reads a large value that has no handle, pending, only small views are computed unasked.
const pending: [what: string, read: (y: Tensor) => Tensor, isComputed: boolean][] = [
  ["a row", (y) => y.select(0, 3), true],
  ["a row of half of it, which nobody holds", (y) => pf.tidy(() => y.narrow(0, 9, 512).select(0, 3)), true],
  ["a row of the transpose", (y) => pf.tidy(() => y.t().narrow(0, 3, 1)), true],
  ["a piece of it as a vector", (y) => pf.tidy(() => y.reshape(-1).narrow(0, 5, 5)), true],
  ["a sum of the transpose", (y) => pf.tidy(() => y.t().sum(0)), false],
  ["three tenths", (y) => y.narrow(0, 0, 307), false],
  ["a sum", (y) => y.sum(0), false],
  ["a product with what is pending itself", (y) => y.matmul(source.narrow(1, 0, 1).mul(2)), false],
  ["a row of what is differentiated", (y) => y.requiresGrad_().select(0, 3), false],
  ["a copy", (y) => { const t = y.t(); pf.evaluate(t); y.dispose(); return t.reshape(-1).narrow(0, 0, 8); }, false],
  ["a piece of a copy, of which nobody holds what it copies", (y) => pf.tidy(() => { const t = y.t(); pf.evaluate(t); y.dispose(); return t.reshape(-1).narrow(0, 0, 8); }), false],
]; // prettier-ignore
for (const [what, read, isComputed] of pending)
  test(`small views: unasked, of a large value that nobody holds: ${what}`, () => {
    leavesNothing(() =>
      pf.tidy(() => {
        const expected = pf.tidy(() => read(large()).data());
        const y = large();
        const t = read(y);
        y.dispose();
        evaluateOther();
        assert.is(core.isComputed(t.node), Number(isComputed));
        assert.equal(t.data(), expected);
        assert.is(t.isLeaf, !t.requiresGrad);
      }),
    );
  });

test("small views: unasked, nothing of a large value that somebody holds", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const [held, orphan] = [large(), large()];
      const rows = [held.select(0, 3), orphan.select(0, 3)];
      orphan.dispose();
      evaluateOther();
      assert.equal(rows.map((t) => core.isComputed(t.node)), [0, 1]); // prettier-ignore
    }),
  );
});

for (const fault of [Fault.One, Fault.All])
  test(`small views: what there is no memory to copy out stays as it is, ${Fault[fault]}`, () => {
    const [third, last] = pf.tidy(() => [row(3), row(900)]);
    leavesNothing(() => {
      for (let count = 0; count < 60; count++) {
        const y = large();
        const rows = [y.select(0, 3), y.select(0, 900)];
        pf.evaluate(...rows);
        y.dispose();
        interfering(fault, count, evaluateOther);
        assert.equal(Array.from(rows[0]!.data()), third);
        assert.equal(Array.from(rows[1]!.data()), last);
        pf.dispose(rows);
      }
    });
  });

test("small views: a row of every step of a loop", () => {
  leavesNothing(() => {
    const before = pf.backend.memoryBytes;
    const rows: Tensor[] = [];
    for (let i = 0; i < 100; i++) {
      const y = source.add(i);
      const r = y.select(0, i);
      const s = y.select(1, i);
      y.dispose();
      pf.evaluate(r, s);
      rows.push(r, s);
    }
    assert.ok(pf.backend.memoryBytes - before < MIB, `${pf.backend.memoryBytes - before} bytes`);
    rows.forEach((t) => t.dispose());
  });
});

test("small views: a quarter of the value keeps it, less does not", () => {
  for (const wasAsked of [true, false])
    leavesNothing(() => {
      for (const [rows, isSmall] of [
        [ROWS / 4 - 1, true],
        [ROWS / 4, false],
      ] as const) {
        const before = pf.backend.memoryBytes;
        const y = large();
        const part = y.narrow(0, 5, rows);
        if (wasAsked) pf.evaluate(part);
        y.dispose();
        evaluateOther();
        const held = pf.backend.memoryBytes - before;
        assert.is(held < 2 * MIB, isSmall, `${rows} rows: ${held} bytes`);
        part.dispose();
      }
    });
});

test("small views: together a quarter of the value keeps it, less does not", () => {
  for (const [rows, isSmall] of [
    [127, true],
    [128, false],
  ] as const)
    // prettier-ignore
    leavesNothing(() => {
      const before = pf.backend.memoryBytes;
      const y = large();
      const parts = [y.narrow(0, 0, 128), y.narrow(0, 500, rows)];
      pf.evaluate(...parts);
      y.dispose();
      evaluateOther();
      const held = pf.backend.memoryBytes - before;
      assert.is(held < 2 * MIB, isSmall, `${rows} rows: ${held} bytes`);
      pf.dispose(parts);
    });
});

test("views: what holds a value alone, and half of it at most, gets its own at once", () => {
  const own = pf.ones([64, 64]).contiguous();
  pf.evaluate(own);
  for (const [rows, bytes] of [
    [16, 4096],
    [22, 5632],
    [32, 8192],
    [33, 16384],
    [63, 16384],
  ] as const)
    // prettier-ignore
    leavesNothing(() => {
      const before = pf.backend.memoryBytes;
      const part = pf.tidy(() => own.mul(2).narrow(0, 1, rows));
      pf.evaluate(part);
      const held = pf.backend.memoryBytes - before;
      assert.ok(held >= bytes && held < bytes + 1024, `${rows} rows: ${held} bytes`);
      assert.equal(part.data(), new Float32Array(rows * 64).fill(2));
      part.dispose();
    });
});

test("small views: where there is no memory for them they stay, and get it later", () => {
  within(0, evaluateOther); // what can be given back is: the arena of twoRows
  leavesNothing(() => {
    const before = pf.backend.memoryBytes;
    const views = pf.tidy(() => {
      const [y, z] = [large(), large()];
      const rows = [y.select(0, 1), z.select(0, 2), y.select(1, 3)];
      pf.evaluate(...rows);
      return rows;
    });
    const error = within(0, evaluateOther);
    assert.ok(error === null || error instanceof pf.OutOfMemoryError);
    evaluateOther();
    assert.ok(pf.backend.memoryBytes - before < 3 * 4096 + 16384);
    assert.equal(
      Array.from(views[1]!.data()),
      pf.tidy(() => row(2)),
    );
    pf.dispose(views);
  });
});

// -- what a reshape shows without a copy: after torch's rule, runs of dims that are contiguous among themselves

const box = uniform([16, 4, 8, 32], 5);
pf.evaluate(box);
/** Elements of x in row-major order, each row asked for by itself. */
const rowByRow = (x: Tensor): number[] => {
  let rows = [x];
  for (let i = 1; i < x.ndim; i++) rows = rows.flatMap((part) => part.unbind(0));
  return rows.flatMap((each) => Array.from(each.data()));
};
const shown: [what: string, from: () => Tensor, shape: number[], isView: boolean][] = [
  ["all of it", () => box, [16384], true],
  ["dims joined and parted", () => box, [2, 32, 2, 128], true],
  ["dims of size 1 everywhere", () => box, [1, 16, 1, 1, 32, 32, 1], true],
  ["a permutation with new dims of size 1", () => box.permute(3, 0, 2, 1), [1, 32, 16, 1, 8, 4, 1], true],
  ["joined where the permutation keeps neighbours", () => box.permute(2, 3, 0, 1), [256, 64], true],
  ["parted within a permutation", () => box.permute(3, 1, 0, 2), [4, 8, 2, 2, 4, 4, 8], true],
  ["joined over a dim of size 1 from elsewhere", () => box.reshape(1, 512, 32).permute(1, 0, 2), [16384], true],
  ["neighbours in the other order", () => box.permute(1, 0, 2, 3), [64, 256], false],
  ["over the border of runs", () => box.permute(2, 3, 0, 1), [128, 128], false],
  ["each second of the first dim, the others joined", () => box.slice(0, 0, 16, 2), [8, 1024], true],
  ["each second of the first dim, joined with others", () => box.slice(0, 0, 16, 2), [8192], false],
  ["each second of the last dim", () => box.slice(3, 1, 32, 2), [8, 2, 16, 2, 16], true],
  ["a part of a middle dim", () => box.narrow(2, 1, 3), [64, 96], true],
  ["a part of a middle dim, joined with those before", () => box.narrow(2, 1, 3), [192, 32], false],
  ["one place of a middle dim in steps", () => box.slice(1, 0, 1, 3), [16, 256], true],
  ["one place of a middle dim, the dim itself gone", () => box.slice(2, 3, 4), [64, 1, 32], true],
  ["one place of the last dim", () => box.narrow(3, 5, 1), [2, 8, 32], true],
  ["reversed in all dims", () => box.flip([0, 1, 2, 3]), [16384], true],
  ["reversed in two neighbours", () => box.flip([1, 2]), [16, 32, 4, 8], true],
  ["reversed in one dim, joined", () => box.flip(1), [64, 256], false],
  ["a repetition beside others", () => box.select(0, 3).expand(16, 4, 8, 32), [4, 4, 1024], true],
  ["a repetition joined", () => box.select(0, 3).expand(16, 4, 8, 32), [16384], false],
  ["a repetition of one element", () => box.narrow(0, 0, 1).narrow(1, 2, 1).narrow(2, 3, 1).narrow(3, 4, 1).expand(16, 8, 4, 32), [128, 2, 64], true],
  ["one element", () => box.flatten().select(0, 77), [1, 1, 1], true],
  ["one element of many dims", () => box.narrow(0, 9, 1).narrow(1, 2, 1).narrow(2, 3, 1).narrow(3, 4, 1), [], true],
]; // prettier-ignore
for (const [what, from, shape, isView] of shown)
  test(`a reshape is ${isView ? "a view" : "a copy"}: ${what}`, () => {
    pf.tidy(() => {
      const x = from();
      const expected = rowByRow(x);
      pf.evaluate(x);
      const before = pf.backend.memoryBytes;
      const y = x.reshape(shape);
      pf.evaluate(y);
      const bytes = pf.backend.memoryBytes - before;
      if (y.numel > 1) assert.is(bytes < 8 * y.numel, isView, `${bytes} bytes`);
      assert.equal(Array.from(y.data()), expected);
      assert.equal(Array.from(y.transpose(0, -1).contiguous().transpose(0, -1).contiguous().data()), expected);
    });
  });

test.run();
