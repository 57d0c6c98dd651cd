// Running out of memory, at every possible moment: the OutOfMemoryError, nothing lost, and all goes on as before.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { Fault } from "../../assembly/abi/failures";
import { core } from "../../host/core/memory";
import { forget, interfering, within } from "./exhaustion";
import { runNode } from "../threads/support";
import { Draw, families } from "./random-programs";
import { generator, leavesNothing, uniform } from "./support";

const chain = (x: Tensor, length: number): Tensor => {
  for (let i = 0; i < length; i++) x = x.mul(0.999).add(0.001);
  return x;
};
const network = (x: Tensor, ...weights: Tensor[]): Tensor => {
  for (const w of weights) x = x.matmul(w).tanh();
  return x.sum();
};
const scenarios: [name: string, compute: () => Tensor[]][] = [
  ["a long chain, built and evaluated", () => [chain(uniform([10], 1), 3000)]],
  ["a chain's vjp", () => pf.functional.vjp((x: Tensor) => chain(x, 2000), uniform([10], 1), uniform([10], 2))],
  ["a chain's jvp", () => pf.functional.jvp((x: Tensor) => chain(x, 1000), uniform([10], 1), uniform([10], 2))],
  [
    "a chain's hvp",
    () => pf.functional.hvp((x: Tensor) => chain(x, 500).square().sum(), uniform([9], 1), uniform([9], 2)),
  ],
  [
    "large intermediates",
    () => {
      const x = uniform([50_000], 3);
      const rows = x.reshape(100, 500);
      return [rows.sum(0, true).sub(rows.t().exp().t()).exp().sum(1), x.flip(0)];
    },
  ],
  [
    "a matrix product with its workspace",
    () => [
      uniform([300, 260], 4)
        .matmul(uniform([260, 280], 5))
        .sum(0),
    ],
  ],
  [
    "matrix products and their derivatives",
    () => {
      const inputs = [uniform([40, 50], 6), uniform([50, 60], 7), uniform([60, 30], 8)];
      return pf.functional.jvp(network, inputs, inputs).concat(pf.functional.vjp(network, inputs)[1]) as Tensor[];
    },
  ],
  [
    "a wide concat",
    () => {
      const parts = Array.from({ length: 3000 }, (_, i) => pf.full([2], i, { dtype: "float64" }));
      return pf.functional.jvp(
        (x: Tensor) => pf.cat(parts.map((part) => part.mul(x))).sum(),
        uniform([2], 9),
        uniform([2], 10),
      );
    },
  ],
  [
    "gather and scatterAdd",
    () => {
      const index = pf.tensor(
        Int32Array.from({ length: 4000 }, (_, i) => (i * 7) % 50),
        { shape: [4000] },
      );
      return pf.functional.vjp((x: Tensor) => x.gather(0, index).square().sum(), uniform([50], 11));
    },
  ],
  [
    "the gradient of many slices",
    () =>
      pf.functional.vjp(
        (x: Tensor) =>
          x
            .unbind(0)
            .map((row) => row.exp())
            .reduce((a, b) => a.add(b)),
        uniform([500], 16),
      ),
  ],
  ["reads of strided values", () => [uniform([200, 100], 12).t(), uniform([3000], 13).expand([20, 3000])]],
];
const rooms = [
  0, 64, 256, 1024, 3000, 8192, 30_000, 70_000, 140_000, 300_000, 700_000, 1_500_000, 4_000_000, 16_000_000,
];

for (const [name, compute] of scenarios) {
  test(`out of memory: ${name}`, () => {
    const read = () => compute().map((tensor) => tensor.data());
    const expected = pf.tidy(read);
    let [failed, succeeded] = [0, 0];
    for (const room of rooms) {
      leavesNothing(() => {
        const error = within(room, () => pf.tidy(() => assert.equal(read(), expected)));
        if (error === null) succeeded++;
        else {
          failed++;
          assert.instance(error, pf.OutOfMemoryError, `${room} bytes: ${(error as Error).message}`);
        }
      });
      leavesNothing(() => pf.tidy(() => assert.equal(read(), expected)));
    }
    assert.ok(failed > 0 && succeeded > 0, `${failed} failed, ${succeeded} succeeded`);
  });
}

// Some of the requests for memory, evenly; tests/fuzz tries each of smaller programs. Records come from chunks here.
const TRIED = 10;
for (const [name, compute] of scenarios)
  for (const fault of [Fault.One, Fault.Reclaim])
    test(`requests for memory meet ${Fault[fault]}: ${name}`, () => {
      const read = () => compute().map((tensor) => tensor.data());
      const expected = pf.tidy(read);
      const again = (): void => pf.tidy(() => assert.equal(read(), expected));
      forget();
      const before = core.allocations();
      again();
      const count = core.allocations() - before;
      let failed = 0;
      for (let i = 0; i < TRIED; i++) {
        const k = Math.floor((i * count) / TRIED);
        forget();
        leavesNothing(() => {
          const error = interfering(fault, k, again, false);
          if (error === null) return;
          assert.instance(error, pf.OutOfMemoryError, `request ${k}: ${(error as Error).message}`);
          failed++;
        });
      }
      leavesNothing(again);
      assert.is(failed > 0, fault !== Fault.Reclaim);
    });

test("out of memory: random programs", () => {
  const names = Object.keys(families);
  let failed = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const draw = new Draw(generator(seed));
    const room = draw.pick(rooms.slice(0, 9));
    leavesNothing(() => {
      const error = within(room, () =>
        pf.tidy(() => {
          const tensors = [draw.leaf(), draw.leaf(), draw.leaf()];
          for (let i = 0; i < 60; i++) {
            const family = families[draw.pick(names)]!;
            const result = family[draw.pick(Object.keys(family))]!({ tensors, draw }, draw.pick(tensors));
            tensors.push(...[result ?? []].flat().filter((tensor) => tensor.numel <= 20_000));
          }
          for (const tensor of tensors) tensor.data();
        }),
      );
      if (error === null) return;
      failed++;
      assert.instance(error, pf.OutOfMemoryError, `seed ${seed}: ${(error as Error).message}`);
    });
  }
  assert.ok(failed > 10, `${failed} failed`);
});

test("a computation that ran out of memory goes through once there is some", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const x = uniform([100_000], 14);
      const results = [x.exp(), x.flip(0).sin().sum(), x.reshape(100, 1000).matmul(x.reshape(1000, 100))];
      assert.instance(
        within(1000, () => pf.evaluate(...results)),
        pf.OutOfMemoryError,
      );
      const [a, b, c] = results.map((tensor) => tensor.data());
      assert.equal(a, x.exp().data());
      assert.equal(b, x.flip(0).sin().sum().data());
      assert.equal(c, x.reshape(100, 1000).matmul(x.reshape(1000, 100)).data());
    }),
  );
});

test("asking for more than there can ever be reserves nothing", () => {
  pf.tidy(() => pf.zeros([10]).add(1).data());
  const before = pf.backend.reservedBytes;
  // The first one would just fit into 4 GiB, if nothing else were there.
  pf.configure({ maxMemoryBytes: 4_000_000_000 });
  for (let i = 0; i < 3; i++) {
    leavesNothing(() =>
      pf.tidy(() => {
        for (const [size, dtype] of [
          [1_000_000_000, "float32"],
          [2_000_000_000, "float64"],
        ] as const) {
          assert.throws(
            () => pf.evaluate(pf.arange(size, { dtype }).exp()),
            (error: unknown) => error instanceof pf.OutOfMemoryError && error.message.startsWith("evaluate: "),
          );
        }
      }),
    );
  }
  pf.configure({ maxMemoryBytes: 2 ** 32 });
  assert.is(pf.backend.reservedBytes, before);
});

test("a list for which there is no room is an OutOfMemoryError", () => {
  leavesNothing(() =>
    pf.tidy(() => {
      const x = pf.ones([1]);
      const parts = new Array<Tensor>(300_000).fill(x);
      assert.instance(
        within(0, () => void pf.cat(parts)),
        pf.OutOfMemoryError,
      );
      assert.is(pf.cat(parts).sum().item(), 300_000);
    }),
  );
});

test("varied shapes over 10,000 calls don't grow reservedBytes without bound", () => {
  const next = generator(15);
  const size = () => 1 + Math.floor(next() * 60);
  const call = () =>
    pf.tidy(() => {
      const [m, k, n] = [size(), size(), size()];
      const [a, b] = [pf.full([m, k], next()), pf.full([k, n], next())];
      const [, tangent] = pf.functional.jvp((x: Tensor, y: Tensor) => x.matmul(y).tanh().sum(0), [a, b], [a, b]);
      return (tangent as Tensor).sum().item();
    });
  // The largest working set first: what comes after has to find room in the holes that it leaves.
  for (let i = 0; i < 200; i++) call();
  const before = pf.backend.reservedBytes;
  leavesNothing(() => {
    for (let i = 0; i < 10_000; i++) call();
  });
  assert.is(pf.backend.reservedBytes, before);
});

test("a mix of ops over varied shapes, compiled and not, leaves reservedBytes and memoryBytes as they were", () => {
  const next = generator(16);
  const below = (n: number) => Math.floor(next() * n);
  const matrix = () => pf.full([1 + below(40), 1 + below(40)], next());
  const compiled = pf.compile((x: Tensor) => x.t().exp().sum(0));
  const calls: (() => Tensor)[] = [
    () => matrix().t().add(1).sum(0),
    () => pf.cat([matrix().flatten(), matrix().sum(1)]).exp(),
    () => matrix().square().amax(1),
    () => matrix().flip(0).t().reshape(-1).prod(),
    () => pf.functional.vjp((x: Tensor) => x.square().mean(), matrix())[1] as Tensor,
    () =>
      pf
        .rand([1 + below(3000)])
        .flip(0)
        .exp(),
    () => {
      const n = [1, 7, 30][below(3)]!;
      return compiled(pf.full([n, 41 - n], next()));
    },
  ];
  const call = () => pf.tidy(() => void calls[below(calls.length)]!().sum().item());
  for (let i = 0; i < 500; i++) call();
  const before = [pf.backend.reservedBytes, pf.backend.memoryBytes];
  leavesNothing(() => {
    for (let i = 0; i < 10_000; i++) call();
  });
  assert.equal([pf.backend.reservedBytes, pf.backend.memoryBytes], before);
});

// A system may give shared memory up to a bound only (the first row), an engine less than it said (the second). How a program
// that forgets 1 MB a turn fares then: how often memory is exhausted, and what it may come to.
const bounded: [name: string, flag: string, cap: number, mostErrors: number][] = [
  ["memory of which a system gives a part lives by that part", "--no-warnings", 4096, 0],
  ["an engine's own bound on memory is met once, and lived by afterwards", "--wasm-max-mem-pages=2048", Infinity, 2],
];
for (const [name, flag, cap, mostErrors] of bounded) {
  test(name, () => {
    const { stdout, stderr } = runNode(
      `const { Memory } = WebAssembly;
      WebAssembly.Memory = class extends Memory {
        constructor(options) {
          if (options.shared && options.maximum > ${cap}) throw new RangeError("could not allocate memory");
          super(options);
        }
      };
      const pf = await import("./host/index.ts");
      const x = pf.full([1000, 250], 0.5).add(0);
      let errors = 0;
      for (let i = 0; i < 500; i++) {
        try { x.mul(2).sum().item(); }
        catch (error) {
          if (!(error instanceof pf.OutOfMemoryError)) throw error;
          errors++;
          await new Promise((resume) => setTimeout(resume, 1000));
        }
        await new Promise((resume) => setTimeout(resume, 0));
      }
      console.log(errors, pf.backend.peakBytes < 256 * 2 ** 20);`,
      ["--import", "tsx", flag],
    );
    assert.is(stderr, "");
    const [errors, isWithin] = stdout.trim().split(" ");
    assert.ok(Number(errors) <= mostErrors, `exhausted ${errors} times`);
    assert.is(isWithin, "true");
  });
}

test.run();
