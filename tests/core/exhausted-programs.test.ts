// Evaluations of each kind of kernel: each request for memory is refused once, and each with all that follow, with plans made
// anew and with plans that are there. There is the OutOfMemoryError, nothing is lost, and all goes on as before.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Fault } from "../../assembly/abi/failures";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { forget, interfering, takesNoMore } from "./exhaustion";
import { leavesNothing, uniform } from "./support";

const { pad } = pf.nn.functional;
const square = uniform([64, 64], 1).float();
const long = uniform([3, 20_000], 2).float();
const tall = uniform([300, 70], 3).float();
const column = pf.tensor([0.5]).expand([300]);
pf.evaluate(square, long, tall, column);
/** Values of a program that are there at once: `count` registers. */
const wide = (x: Tensor, count: number): Tensor => {
  const all = Array.from({ length: count }, (_, i) => x.mul(i + 0.3).sin());
  return all.reduce((a, b) => a.add(b));
};

const scenarios: [name: string, compute: () => Tensor[]][] = [
  ["one op", () => [square.sin()]],
  ["a program of many instructions and numbers", () => [wide(square, 40)]],
  ["several results", () => { const e = square.exp(); return [e, e.mul(2.5), e.gt(0.5), e.int()]; }],
  ["rows that are reduced", () => { const e = square.exp(); return [e.sum(1), e.amax(1), e.prod(1)]; }],
  ["rows that end within a vector", () => { const e = tall.slice(1, 0, 63).exp(); return [e, e.sum(1)]; }],
  ["rows of several parts", () => [long.exp().sum(1), long.cos().amin(1)]],
  ["operands that are transposed", () => [tall.t().exp().add(tall.t()), tall.t().add(column)]],
  ["pads in a program", () => [pad(tall, [1, 2], "constant", 0.5).exp()]],
  ["pads that are made", () => [pad(tall, [1, 2])]],
  ["a product and its epilogue", () => [square.matmul(square).sin().mul(square)]],
  ["a product whose epilogue gathers", () => [square.matmul(square).sin().mul(square.t())]],
  ["a product alone", () => [tall.t().matmul(tall)]],
  ["equal kernels, of which one runs", () => [square.matmul(square).add(square.matmul(square).t())]],
  ["cheap values that are computed again", () => { const d = uniform([256, 256], 4).float().sub(0.5); return [d.mul(d.exp().sum(1, true))]; }],
  ["moves of data", () => [pf.cat([tall, tall.flip(0)]), tall.t().contiguous(), tall.gather(0, pf.zeros([2, 70], { dtype: "int32" }))]],
  ["an order", () => [...tall.sort(0), tall.topk(3, 0)[0]]],
  ["Fourier transforms", () => [pf.complex(tall, tall.sin()), pf.complex(square.t(), square)].map((z) => pf.fft.fft(z, null, 0).abs())],
  ["Fourier transforms of real rows, in two sweeps and by convolution", () => [pf.fft.rfft(long).abs(), pf.fft.rfft(tall.flatten().narrow(0, 0, 131)).real]],
  ["derivatives", () => pf.functional.vjp((x: Tensor) => x.matmul(x).exp().sum(), square).flat() as Tensor[]],
  ["results that are kept", () => { const leaf = square.detach().requiresGrad_(); const y = leaf.matmul(leaf).exp(); pf.evaluate(y); return [y, pf.autograd.grad(y.sum(), leaf)[0]!]; }],
]; // prettier-ignore
for (const [name, compute] of scenarios)
  for (const known of [false, true])
    test(`requests are refused: ${name}${known ? ", of a plan that is there" : ""}`, () => {
      const read = (): unknown => compute().map((x) => x.data());
      const expected = pf.tidy(read);
      const start = (): number => (known || forget(), core.allocations());
      /** The results have their values afterwards, whether they have been refused before or not. */
      const evaluate = (fault: Fault, k: number): unknown =>
        pf.tidy(() => {
          const results = compute();
          const error = interfering(fault, k, () => pf.evaluate(...results), false);
          assert.equal(
            results.map((x) => x.data()),
            expected,
          );
          return error;
        });
      start();
      let count = 0;
      pf.tidy(() => {
        const results = compute();
        const before = core.allocations();
        pf.evaluate(...results);
        count = core.allocations() - before;
      });
      const sweep = (): void => {
        let failed = 0;
        for (const fault of [Fault.One, Fault.All])
          for (let k = 0; k < count; k++) {
            start();
            const error = leavesNothing(() => evaluate(fault, k));
            if (error === null) continue;
            assert.instance(error, pf.OutOfMemoryError, `request ${k}: ${(error as Error).message}`);
            failed++;
          }
        assert.ok(failed || !count, `${count} requests`);
      };
      takesNoMore(sweep, assert.unreachable);
    });

// Threads keep the room that they work in: it is asked for where more is taken than there has been.
let inner = 50_000;
test("requests are refused: room to work in", () => {
  const transposed = (inner: number): Tensor[] => {
    const values = pf.tidy(() => pf.linspace(-1, 1, inner * 24).reshape(inner, 24).t()); // prettier-ignore
    pf.evaluate(values);
    return Array.from({ length: 6 }, (_, i) => values.narrow(0, i, 18));
  };
  const sumOf = (all: readonly Tensor[]): Tensor => all.reduce((sum, one) => sum.add(one));
  const refusals = (growth: number): number => {
    let count = 0;
    for (let k = 0; ; k++) {
      const views = pf.tidy(() => transposed((inner += growth)));
      // Lists have the room that they have after an evaluation: a refused one leaves them more.
      pf.tidy(() => sumOf(views.map((view) => view.narrow(1, 0, 100))).data());
      forget();
      const error = leavesNothing(() => interfering(Fault.One, k, () => pf.tidy(() => pf.evaluate(pf.tidy(() => sumOf(views)))), false)); // prettier-ignore
      if (!k) {
        const stepwise = (): Tensor => views.reduce((sum, view) => (pf.evaluate(sum), sum.add(view)));
        assert.equal(...(pf.tidy(() => [sumOf(views).data(), stepwise().data()]) as [unknown, unknown]));
      }
      pf.dispose(views);
      // Where a plan is not kept for want of memory it serves all the same.
      if (error === null && k > 15) return count;
      if (error === null) continue;
      assert.instance(error, pf.OutOfMemoryError, `request ${k}: ${(error as Error).message}`);
      count++;
    }
  };
  assert.is(refusals(200), refusals(0) + 1);
});

// Longer lists than these give their memory back, and are asked for again at each evaluation.
test("requests are refused: lists that have grown large", () => {
  const chain = (): Tensor => {
    let x = square.narrow(0, 0, 1);
    for (let i = 0; i < 4200; i++) x = i % 2 ? x.neg() : x.sin();
    return x;
  };
  const expected = pf.tidy(() => chain().data());
  const litter = (): void => {
    const all = Array.from({ length: 12 }, () => pf.tensor(new Int32Array(6000).fill(-1)));
    for (const each of all) each.dispose();
  };
  const evaluate = (fault: Fault, k: number): unknown =>
    pf.tidy(() => {
      const x = chain();
      litter();
      const error = interfering(fault, k, () => pf.evaluate(x), false);
      assert.equal(x.data(), expected);
      return error;
    });
  forget();
  const before = core.allocations();
  evaluate(Fault.None, 0);
  const count = core.allocations() - before;
  for (const fault of [Fault.One, Fault.All])
    for (let k = 0; k < count; k += k < 40 ? (fault === Fault.One ? 1 : 4) : 40) {
      forget();
      const error = leavesNothing(() => evaluate(fault, k));
      if (error !== null) assert.instance(error, pf.OutOfMemoryError, `request ${k}: ${(error as Error).message}`);
    }
});

test.run();
