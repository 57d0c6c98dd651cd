// Forward-mode memory: the peak of the jvp of an n-step recurrence does not depend on n. That of a gradient neither, where its
// rules read nothing of the steps.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { leavesNothing, uniform } from "./support";

type Jvp = [func: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], tangents: Tensor[]];
const steps = (n: number, x: Tensor, step: (x: Tensor, t: number) => Tensor): Tensor => {
  for (let t = 0; t < n; t++) x = step(x, t);
  return x;
};
const cell = (h: Tensor, x: Tensor, u: Tensor, w: Tensor): Tensor => h.matmul(u).add(x.matmul(w)).tanh();
const rows = (n: number, seed: number): Tensor[] => Array.from({ length: n }, (_, t) => uniform([4, 6], seed + t));
const pair = (shape: number[], seed: number): [Tensor, Tensor] => [uniform(shape, seed), uniform(shape, seed + 1)];

const recurrences: [name: string, make: (n: number) => Jvp][] = [
  [
    "x + 0.01·tanh(W x) by x",
    (n) => {
      const [[x, v], w] = [pair([8, 1], 1), uniform([8, 8], 3)];
      return [(x) => steps(n, x, (x) => x.add(w.matmul(x).tanh().mul(0.01))), [x], [v]];
    },
  ],
  [
    "x + 0.01·tanh(W x) by x and W",
    (n) => {
      const [[x, v], [w, dw]] = [pair([8, 1], 1), pair([8, 8], 3)];
      return [(x, w) => steps(n, x, (x) => x.add(w.matmul(x).tanh().mul(0.01))), [x, w], [v, dw]];
    },
  ],
  [
    "an elementwise recurrence",
    (n) => {
      const [x, v] = pair([3000], 5);
      return [(x) => steps(n, x, (x) => x.mul(x).sin().add(x.mul(0.5))), [x], [v]];
    },
  ],
  [
    "an elementwise recurrence with a view in each step",
    (n) => {
      const [x, v] = pair([40, 40], 7);
      return [(x) => steps(n, x, (x) => x.t().sin().add(x)), [x], [v]];
    },
  ],
  [
    "an elementwise recurrence with a sum in each step",
    (n) => {
      const [x, v] = pair([3000], 9);
      return [(x) => steps(n, x, (x) => x.mul(x.mean()).cos()), [x], [v]];
    },
  ],
  [
    "a recurrence with a fresh constant in each step",
    (n) => {
      const [x, v] = pair([50, 50], 11);
      return [
        (x) =>
          steps(n, x, (x, t) =>
            pf
              .full([50, 50], t / n)
              .matmul(x)
              .mul(0.01)
              .tanh(),
          ),
        [x],
        [v],
      ];
    },
  ],
  [
    "an RNN over slices of one input, by h",
    (n) => {
      const [[h, dh], x, u, w] = [pair([4, 8], 13), uniform([n, 4, 6], 15), uniform([8, 8], 17), uniform([6, 8], 19)];
      return [(h) => steps(n, h, (h, t) => cell(h, x.select(0, t), u, w)), [h], [dh]];
    },
  ],
  [
    "an RNN over slices of one input, by everything",
    (n) => {
      const [h, x, u, w] = [pair([4, 8], 13), pair([n, 4, 6], 15), pair([8, 8], 17), pair([6, 8], 19)];
      const inputs = [h, x, u, w];
      return [
        (h, x, u, w) => steps(n, h, (h, t) => cell(h, x!.select(0, t), u!, w!)),
        inputs.map(([primal]) => primal),
        inputs.map(([, tangent]) => tangent),
      ];
    },
  ],
  [
    "an RNN over separate tensors, by h and W",
    (n) => {
      const [h, w, u, xs] = [pair([4, 8], 13), pair([6, 8], 19), uniform([8, 8], 17), rows(n, 100)];
      return [(h, w) => steps(n, h, (h, t) => cell(h, xs[t]!, u, w!)), [h[0], w[0]], [h[1], w[1]]];
    },
  ],
  [
    "an RNN over separate tensors, by everything",
    (n) => {
      const [h, w, u] = [pair([4, 8], 13), pair([6, 8], 19), pair([8, 8], 17)];
      return [
        (h, w, u, ...xs) => steps(n, h, (h, t) => cell(h, xs[t]!, u!, w!)),
        [h[0], w[0], u[0], ...rows(n, 100)],
        [h[1], w[1], u[1], ...rows(n, 1000)],
      ];
    },
  ],
  [
    "an RNN that computes all x_t·W first",
    (n) => {
      const [h, w, u] = [pair([4, 8], 13), pair([6, 8], 19), pair([8, 8], 17)];
      const xs = rows(n, 100);
      return [
        (h, w, u) => {
          const inputs = xs.map((x) => x.matmul(w!));
          return steps(n, h, (h, t) => h.matmul(u!).add(inputs[t]!).tanh());
        },
        [h[0], w[0], u[0]],
        [h[1], w[1], u[1]],
      ];
    },
  ],
  [
    "products that are all made before they are added up",
    (n) => {
      const [x, v] = pair([3000], 21);
      return [
        (x) => {
          const products = Array.from({ length: n }, (_, t) => x.mul(t + 2));
          return products.reduce((sum, product) => sum.add(product));
        },
        [x],
        [v],
      ];
    },
  ],
];

const peak = (make: (n: number) => Jvp, n: number): number =>
  leavesNothing(() =>
    pf.tidy(() => {
      const [func, inputs, tangents] = make(n);
      return pf.inspect(() => pf.functional.jvp(func, inputs, tangents)).summary.peakBytes;
    }),
  );
for (const [name, make] of recurrences) {
  test(`peak bytes: ${name}`, () => {
    const few = peak(make, 100);
    assert.ok(few > 0);
    assert.is(peak(make, 200), few);
    assert.is(peak(make, 800), few);
  });
}

const written = (n: number, state: Tensor, write: (h: Tensor, t: number) => Tensor): Tensor => {
  for (let t = 0; t < n; t++) state = pf.replace(state, (h) => write(h, t));
  return state;
};
const gradients: [name: string, make: (n: number, w: Tensor) => Tensor][] = [
  ["rows written into a state", (n, w) => written(n, pf.ones([40, 8]), (h, t) => pf.selectScatter(h, w.mul(t + 1), 0, t % 40))],
  ["a window that rows are pushed through", (n, w) => written(n, pf.ones([40, 8]), (h, t) => pf.cat([h.at("1:"), w.mul(t + 1).reshape(1, 8)]))],
  ["a sum over products with the weight", (n, w) => written(n, pf.zeros([40, 1]), (h, t) => h.add(pf.full([40, 8], t).matmul(w.reshape(8, 1))))],
]; // prettier-ignore
for (const [name, make] of gradients) {
  const taken = (n: number, isRead: boolean): number =>
    leavesNothing(() =>
      pf.tidy(() => {
        const w = uniform([8], 23).float().detach().requiresGrad_();
        const loss = pf.tidy(() => make(n, w).sum());
        if (isRead) loss.item();
        return pf.inspect(() => pf.autograd.grad(loss, w)).summary.peakBytes;
      }),
    );
  for (const isRead of [false, true])
    test(`peak bytes of a gradient${isRead ? " of what was read" : ""}: ${name}`, () => {
      const few = taken(200, isRead);
      assert.ok(few > 0);
      assert.ok(taken(360, isRead) < 1.1 * few, `${taken(360, isRead)}, ${few}`);
    });
}
test("products that are added up wait in no more than 16 MiB, or eight at a time", () => {
  pf.tidy(() => {
    for (const [size, count, most] of [
      [256, 90, 66],
      [1024, 24, 10],
    ] as const) {
      const factors = Array.from({ length: count }, (_, i) => pf.full([size, 1], i + 1).contiguous());
      const row = pf.ones([1, size]).contiguous();
      pf.evaluate(...factors, row);
      const sum = (): Tensor => pf.tidy(() => factors.map((x) => x.matmul(row)).reduce((a, b) => a.add(b)));
      const { peakBytes } = pf.inspect(sum).summary;
      assert.ok(peakBytes <= most * 4 * size * size, `${size}: ${peakBytes / (4 * size * size)} values`);
      assert.is(sum().at(3, 5).item(), (count * (count + 1)) / 2);
    }
  });
});

test.run();
