// Programs that run out of memory: with so many bytes at hand and no more, and at any of their requests for it. Each ends with
// the result or the typed error, gives everything back, and runs as before afterwards.
import { Fault } from "../../assembly/abi/failures";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { forget, interfering, takesNoMore, within } from "../core/exhaustion";
import { generator, usage } from "../core/support";
import { asFunction, attempt, copy, type Elements, fail, isFloat, list, same, single, type Suite } from "./checks";
import { type Program, tensorOf } from "./programs";

type Body = (xs: readonly Tensor[]) => Elements[];
const ones = (ys: readonly Tensor[]): Tensor[] => ys.map((y) => pf.onesLike(y.detach()));
const total = (ys: readonly Tensor[]): Tensor =>
  ys.filter(isFloat).reduce((sum, y) => sum.add(y.to("float64").sin().sum()), pf.tensor(0, { dtype: "float64" }));

/** 2x and 3x, summed, with a backward of its own. */
const multiples = pf.autograd.customFunction({
  forward(ctx, x: Tensor) {
    ctx.saveForBackward(x);
    return [x.mul(2), x.mul(3)];
  },
  backward: (_, a: Tensor, b: Tensor) => a.mul(2).add(b.mul(3)),
});
function scaledTwice(x: Tensor): Tensor {
  const [a, b] = multiples(x);
  return a.add(b);
}

function compiling<F extends (...xs: Tensor[]) => Tensor[]>(f: F, use: (g: F) => Elements[]): Elements[] {
  const compiled = pf.compile(f);
  try {
    return use(compiled);
  } finally {
    compiled.clear();
  }
}

/** What is done with a program: a transform of it, whose results are read. Which one, and what else it needs, depends on the seed. */
function bodyOf(program: Program, seed: number): Body | null {
  const { leaves, f } = asFunction(program);
  if (!leaves.length) return null;
  const next = generator(seed);
  const read = (ys: readonly Tensor[]): Elements[] => ys.map(copy);
  const bodies: Record<string, Body> = {
    vjp: (xs) => {
      const ys = f(...xs);
      return read([...ys, ...(ys.length ? list(pf.functional.vjp(f as any, single(xs), ones(ys))[1]) : [])]);
    },
    jvp: (xs) => read(pf.functional.jvp(f as any, xs as Tensor[], ones(xs)).flat() as Tensor[]),
    hvp: (xs) => read(list(pf.functional.hvp((...ys: Tensor[]) => total(f(...ys)), single(xs), single(ones(xs)))[1])),
    backward: (xs) => {
      const at = xs.map((x) => x.detach().requiresGrad_());
      const sum = total(f(...at));
      if (sum.requiresGrad) sum.backward();
      return read([sum, ...at.flatMap((x) => x.grad ?? [])]);
    },
    "custom function": (xs) => {
      const gradient = list(pf.functional.vjp((...ys: Tensor[]) => scaledTwice(total(f(...ys))), single(xs))[1]);
      return read(gradient);
    },
    vmap: (xs) => read(list(pf.func.vmap(f as any)(...xs.map((x) => pf.stack([x, x.mul(0.5)], 0))))),
    compile: (xs) => compiling(f, (g) => [xs, xs, xs.map((x) => x.mul(0.5))].flatMap((at) => read(list(g(...at))))),
    "compiled vjp": (xs) => {
      const gradient = (...at: Tensor[]): Tensor[] =>
        list(pf.functional.vjp((...ys: Tensor[]) => total(f(...ys)), single(at))[1]);
      return compiling(gradient, (g) => [xs, xs].flatMap((at) => read(g(...at))));
    },
  };
  const names = Object.keys(bodies);
  const name = names[Math.floor(next() * names.length)];
  return (xs) => {
    try {
      return pf.tidy(() => bodies[name](xs));
    } catch (error) {
      if (error instanceof pf.PushforwardError) throw error;
      throw new Error(`${name}: ${String(error)}`, { cause: error });
    }
  };
}

/** A trial that should give what is wanted or run out of memory, and leave nothing behind. */
function hold(what: string, want: readonly Elements[], trial: (note: (got: Elements[]) => void) => unknown): boolean {
  const before = usage();
  let got: Elements[] = [];
  const error = trial((values) => (got = values));
  if (error === null) got.forEach((value, i) => same(value, want[i], `result ${i} ${what}`));
  else if (!(error instanceof pf.OutOfMemoryError)) fail(`${what}: ${(error as Error).message}`);
  const after = usage();
  // Fewer bytes: arenas of others' compiled functions were given up.
  if (after.bytes > before.bytes || after.nodes !== before.nodes)
    fail(`${what}: ${after.bytes - before.bytes} bytes and ${after.nodes - before.nodes} nodes stay`);
  return error !== null;
}

/** Runs check with a body that works, its inputs, and what it gives; then it has to give that again. */
function tryBody(
  program: Program,
  seed: number,
  check: (body: Body, xs: Tensor[], want: Elements[], next: () => number) => void,
): void {
  const body = bodyOf(program, seed);
  if (!body) return;
  pf.tidy(() => {
    const xs = asFunction(program).leaves.map(tensorOf);
    const want = attempt(() => body(xs));
    if (typeof want === "string") return;
    check(body, xs, want, generator(seed + 1));
    body(xs).forEach((value, i) => same(value, want[i], `result ${i} afterwards`));
  });
}

export const memory: Suite = {
  options: { only: "float64", sizes: [[40, 50], [2000], [50, 40], [10, 10, 20]], limit: 40_000 }, // prettier-ignore
  length: 3,
  check(program, seed) {
    tryBody(program, seed, (body, xs, want, next) => {
      for (let k = 0; k < 12; k++) {
        const room = 64 * Math.floor(2 ** (14 * next()));
        hold(`with ${room} bytes at hand`, want, (note) => within(room, () => note(body(xs))));
      }
    });
  },
};

/** Requests tried of a program; of fewer, each. */
const TRIED = 48;

export const allocations: Suite = {
  options: { only: "float64" },
  length: 4,
  check(program, seed) {
    tryBody(program, seed, (body, xs, want, next) => {
      const isCold = next() < 0.5;
      const start = (): number => (isCold && forget(), core.allocations());
      let from = start();
      interfering(Fault.One, 2 ** 31 - 1, () => body(xs));
      const count = core.allocations() - from;
      const every = Math.max(1, count / TRIED);
      const sweep = (): void => {
        for (const fault of [Fault.One, Fault.All, Fault.Reclaim]) {
          let failed = 0;
          const first = Math.floor(every * next());
          for (let k = first; k < count; k += every) {
            from = start();
            const what = `${Fault[fault]} at request ${Math.floor(k)} of ${count}${isCold ? ", plans forgotten" : ""}`;
            const hasFailed = hold(what, want, (note) => interfering(fault, Math.floor(k), () => note(body(xs))));
            if (hasFailed) failed++;
            if (hasFailed && fault === Fault.Reclaim) fail(`${what}: out of memory`);
          }
          if (!failed && fault === Fault.All && count > first) fail(`none of ${count} requests that are refused fails`);
        }
      };
      takesNoMore(sweep, fail);
    });
  },
};
