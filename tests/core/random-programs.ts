// Random programs: what the generator knows of tensors, and the ops that it draws from.
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";

/** Draws that a program is made of. */
export class Draw {
  constructor(private readonly next: () => number) {}

  /** An integer in from … to. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)]!;
  }
  subset<T>(items: readonly T[]): T[] {
    return items.filter(() => this.chance(0.5));
  }
  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.int(0, left.length - 1), 1)[0]!);
  }
  /** Mostly small shapes, some without elements, some longer than a block of the block machine. */
  shape(): number[] {
    if (this.chance(0.1)) return [this.pick([1023, 1024, 1025, 2500])];
    return Array.from({ length: this.int(0, 4) }, () => (this.chance(0.04) ? 0 : this.pick([1, 1, 2, 3, 5, 8])));
  }
  leaf(): Tensor {
    const shape = this.shape();
    const count = shape.reduce((a, b) => a * b, 1);
    const element = () => 4 * this.next() - 2;
    const dtype = this.pick(["float64", "float64", "float32", "int32", "bool"] as const);
    if (dtype === "int32")
      return pf.tensor(
        Int32Array.from({ length: count }, () => this.int(-9, 9)),
        { shape },
      );
    if (dtype === "bool")
      return pf.tensor(
        Uint8Array.from({ length: count }, () => this.int(0, 1)),
        { shape },
      );
    const values = Float64Array.from({ length: count }, element);
    return pf.tensor(values, { shape, dtype, requiresGrad: this.chance(0.3) });
  }
}

/** What an op may draw its operands from. */
interface Pool {
  /** All that the program can still use. */
  readonly tensors: readonly Tensor[];
  draw: Draw;
}
type Step = (pool: Pool, x: Tensor) => Tensor | Tensor[] | null;

const isFloat = (t: Tensor): boolean => t.dtype.startsWith("float");
const dims = (t: Tensor): number[] => t.shape.map((_, i) => i);

function broadcasts(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const [x, y] = [a.at(-i)!, b.at(-i)!];
    if (x !== y && x !== 1 && y !== 1) return false;
  }
  return a.length + b.length > 0;
}
const LARGEST = 20_000;
function operandFor({ tensors, draw }: Pool, x: Tensor): Tensor {
  const fitting = tensors.filter((t) => broadcasts(t.shape, x.shape) && t.numel * x.numel <= LARGEST ** 2);
  const other = draw.pick(fitting.length ? fitting : [x]);
  return other.numel * x.numel <= LARGEST || other.shape.join() === x.shape.join() ? other : x;
}

const floatUnary = ["tanh", "sin", "cos", "sigmoid", "exp", "log", "sqrt", "erf", "expm1", "reciprocal"] as const;
const anyUnary = ["neg", "abs", "sign", "square"] as const;
const arithmetic = ["add", "sub", "mul", "maximum", "minimum"] as const;
const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
const logical = ["logicalAnd", "logicalOr", "logicalXor"] as const;
const functions: readonly ((x: Tensor) => Tensor)[] = [
  (x) => x.tanh().mul(x),
  (x) => x.sin().sum().mul(x),
  (x) => (x.ndim ? pf.cat([x.mul(x), x.neg()], 0).sum(-1) : x.exp()),
  (x) => x.reshape(-1).flip(0).mul(0.5).sub(x.mean()),
];

const elementwise: Record<string, Step> = {
  unary: ({ draw }, x) => (isFloat(x) ? x[draw.pick(floatUnary)]() : x.dtype === "bool" ? x.logicalNot() : null),
  anyUnary: ({ draw }, x) => (x.dtype === "bool" ? null : x[draw.pick(anyUnary)]()),
  arithmetic: (pool, x) => {
    const y = operandFor(pool, x);
    return x.dtype === "bool" && y.dtype === "bool" ? null : pf[pool.draw.pick(arithmetic)](x, y);
  },
  divide: (pool, x) => x.div(operandFor(pool, x)),
  scalar: ({ draw }, x) => (x.dtype === "bool" ? null : draw.pick([x.add(1.5), x.mul(-3), pf.sub(2, x), x.mul(0)])),
  comparison: (pool, x) => pf[pool.draw.pick(comparisons)](x, operandFor(pool, x)),
  logical: (pool, x) => pf[pool.draw.pick(logical)](x, operandFor(pool, x)),
  where: (pool, x) => {
    const condition = operandFor(pool, x).gt(0);
    const y = operandFor(pool, x);
    return broadcasts(condition.shape, y.shape) || !condition.ndim || !y.ndim ? pf.where(condition, x, y) : null;
  },
  cast: ({ draw }, x) => x.to(draw.pick(["float32", "float64", "bool"] as const)),
};
const reductions: Record<string, Step> = {
  sum: ({ draw }, x) => x.sum(draw.subset(dims(x)), draw.chance(0.5)),
  mean: ({ draw }, x) => (isFloat(x) ? x.mean(draw.subset(dims(x)), draw.chance(0.5)) : null),
  extreme: ({ draw }, x) => {
    if (!x.numel || x.dtype === "bool") return null;
    return draw.chance(0.5) ? x.amax(draw.subset(dims(x)), draw.chance(0.5)) : x.amin();
  },
  prod: ({ draw }, x) => (x.ndim && isFloat(x) ? x.tanh().prod(draw.int(0, x.ndim - 1)) : null),
  argmax: ({ draw }, x) => (x.ndim && x.numel && x.dtype !== "bool" ? x.argmax(draw.int(0, x.ndim - 1)) : null),
};
const moves: Record<string, Step> = {
  flatten: (_, x) => x.reshape(-1),
  split: (_, x) => (x.ndim && x.numel && x.shape.at(-1)! % 2 === 0 ? x.unflatten(-1, [2, -1]) : x.unsqueeze(0)),
  permute: ({ draw }, x) => x.permute(draw.shuffled(dims(x))),
  expand: ({ draw }, x) => (x.numel < 500 ? x.expand([draw.int(1, 3), ...x.shape]) : null),
  slice: ({ draw }, x) => {
    if (!x.ndim) return null;
    const dim = draw.int(0, x.ndim - 1);
    const start = draw.int(0, x.shape[dim]!);
    return x.slice(dim, start, draw.int(start, x.shape[dim]!), draw.int(1, 3));
  },
  select: ({ draw }, x) => (x.ndim && x.shape[0] ? x.select(0, draw.int(0, x.shape[0] - 1)) : null),
  flip: ({ draw }, x) => x.flip(draw.subset(dims(x))),
  pad: ({ draw }, x) => {
    if (!x.ndim || x.numel > 3000) return null;
    return pf.nn.functional.pad(x, [draw.int(0, 2), draw.int(0, 2)], "constant", draw.pick([0, 1]));
  },
  cat: ({ tensors, draw }, x) => {
    if (!x.ndim || x.numel > 3000) return null;
    const dim = draw.int(0, x.ndim - 1);
    const outside = (t: Tensor) => t.shape.filter((_, i) => i !== dim).join();
    const fitting = tensors.filter((t) => t.ndim === x.ndim && outside(t) === outside(x) && t.numel <= 3000);
    return pf.cat([x, draw.pick(fitting), x], dim);
  },
  stack: ({ draw }, x) => (x.numel > 3000 ? null : pf.stack([x, x.flip(dims(x))], draw.int(0, x.ndim))),
};
const indexing: Record<string, Step> = {
  gather: ({ draw }, x) => {
    if (!x.ndim || !x.numel || x.numel > 3000) return null;
    const dim = draw.int(0, x.ndim - 1);
    return x.gather(dim, indexFor(draw, x.shape, x.shape[dim]!));
  },
  scatterAdd: ({ draw }, x) => {
    if (!x.ndim || !x.numel || x.numel > 3000 || x.dtype === "bool") return null;
    const dim = draw.int(0, x.ndim - 1);
    const index = indexFor(draw, x.shape, x.shape[dim]!);
    return pf.zerosLike(x).scatterAdd(dim, draw.chance(0.5) ? index : index.add(0), x);
  },
  indexSelect: ({ draw }, x) => {
    if (!x.ndim || !x.shape[0] || x.numel > 3000) return null;
    return x.indexSelect(0, indexFor(draw, [draw.int(0, 4)], x.shape[0]));
  },
};
function indexFor(draw: Draw, shape: readonly number[], size: number): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return pf.tensor(
    Int32Array.from({ length: count }, () => draw.int(0, size - 1)),
    { shape },
  );
}
const products: Record<string, Step> = {
  gram: (_, x) => (x.ndim >= 2 && x.numel < 3000 && x.dtype !== "bool" ? x.matmul(x.transpose(-1, -2)) : null),
  matmul: ({ tensors, draw }, x) => {
    if (x.ndim < 2 || x.dtype === "bool" || x.numel > 3000) return null;
    const fitting = tensors.filter(
      (t) => t.ndim === 2 && t.shape[0] === x.shape.at(-1) && t.dtype === x.dtype && t.numel < 3000,
    );
    return fitting.length ? x.matmul(draw.pick(fitting)) : null;
  },
};
const transforms: Record<string, Step> = {
  jvp: ({ draw }, x) => {
    if (!isFloat(x)) return null;
    return pf.functional.jvp(draw.pick(functions), x, x.mul(0.5), { createGraph: draw.chance(0.3) });
  },
  vjp: ({ draw }, x) => {
    if (!isFloat(x)) return null;
    const f = draw.pick(functions);
    return pf.functional.vjp(f, x, f(x).detach(), { createGraph: draw.chance(0.3) });
  },
  hvp: (_, x) => (isFloat(x) ? pf.functional.hvp((y: Tensor) => y.tanh().mul(y).sum(), x, x) : null),
  grad: (_, x) => (x.requiresGrad ? (pf.autograd.grad(x.sum(), x, { createGraph: true }) as Tensor[]) : null),
  detach: (_, x) => x.detach(),
};

/** Families of ops; a program draws a family first. */
export const families: Readonly<Record<string, Record<string, Step>>> = {
  elementwise,
  reductions,
  moves,
  indexing,
  products,
  transforms,
};
