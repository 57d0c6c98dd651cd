// Unary elementwise primitives: each class is the derivative rule of one function, y = f(x), with y = n and x = n.input(0).
// Formulas: derivatives.yaml of PyTorch, unless noted.
import { DType, Op } from "../../abi/opcodes";
import { addFact, fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { Trait } from "../../abi/traits";
import { hasTrait } from "../../generated/traits";
import { Node } from "../../graph/node";
import { buildAlias, defaultDType, fullLike } from "../source";
import { byNorm, byRoot } from "../split/derivatives";
import { binary, cast, div, minusFrom, mul, neg, scale, shift, square, unary, where, zerosLike } from "./emit";
import { Pointwise, Predicative } from "./pointwise";
import { HUGE, isWorthIt, repeatedDims, repeatedLike, withoutRepeats } from "./repeated";

const LN2: f64 = 0.6931471805599453;
const LN10: f64 = 2.302585092994046;
const TWO_OVER_SQRT_PI: f64 = 1.1283791670955126;

/** op applied to x; float functions of integers give the default dtype. */
export function buildUnary(op: Op, x: Node): Node {
  if (x.numel >= HUGE) {
    const dims = repeatedDims(x);
    if (isWorthIt(x, dims)) return repeatedLike(buildUnary(op, withoutRepeats(x, dims)), x);
  }
  if (hasTrait(op, Trait.Logical)) return unary(op, cast(x, DType.Bool));
  if (x.dtype == DType.Bool && hasTrait(op, Trait.RefusesBools)) {
    fail(Failure.DType);
    addFact(x.dtype);
    return x;
  }
  return unary(op, x.dtype < DType.Float32 && hasTrait(op, Trait.Float) ? cast(x, defaultDType()) : x);
}
export function buildCast(x: Node, dtype: DType): Node {
  if (x.numel >= HUGE && x.dtype != dtype) {
    const dims = repeatedDims(x);
    if (isWorthIt(x, dims)) return repeatedLike(cast(withoutRepeats(x, dims), dtype), x);
  }
  return cast(x, dtype);
}

// Piecewise constant: the gradient is zero everywhere.
@primitive({ op: "Sign", kind: "elementwise", kernel: "signed1<Sign>", flops: 1 })
@primitive({ op: "Floor", kind: "elementwise", kernel: "rounded1<Floor>", flops: 1 })
@primitive({ op: "Ceil", kind: "elementwise", kernel: "rounded1<Ceil>", flops: 1 })
@primitive({ op: "Round", kind: "elementwise", kernel: "rounded1<Round>", flops: 1 })
@primitive({ op: "Trunc", kind: "elementwise", kernel: "rounded1<Trunc>", flops: 1 })
@final
export class Step extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return zerosLike(g);
  }
}
@primitive({ op: "Neg", kind: "elementwise", bools: "refused", kernel: "signed1<Neg>", flops: 1, reads: "none" })
@final
export class Neg extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return neg(g);
  }
}
@primitive({ op: "Abs", kind: "elementwise", kernel: "signed1<Abs>", flops: 1 })
@final
export class Abs extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0),
      zero = zerosLike(x);
    return where(binary(Op.Gt, x, zero), g, where(binary(Op.Lt, x, zero), neg(g), zero));
  }
}
@primitive({ op: "Exp", kind: "elementwise", dtype: "float", kernel: "guarded1<Exp>", flops: 1 })
@final
export class Exp extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, n);
  }
}
@primitive({ op: "Exp2", kind: "elementwise", dtype: "float", kernel: "guarded1<Exp2>", flops: 1 })
@final
export class Exp2 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, scale(n, LN2));
  }
}
@primitive({ op: "Expm1", kind: "elementwise", dtype: "float", kernel: "guarded1<Expm1>", flops: 1 })
@final
export class Expm1 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Exp, n.input(0))); // n + 1 cancels where the exponential is small
  }
}
@primitive({ op: "Log", kind: "elementwise", dtype: "float", kernel: "guarded1<Log>", flops: 1 })
@final
export class Log extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, n.input(0));
  }
}
@primitive({ op: "Log2", kind: "elementwise", dtype: "float", kernel: "guarded1<Log2>", flops: 1 })
@final
export class Log2 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, scale(n.input(0), LN2));
  }
}
@primitive({ op: "Log10", kind: "elementwise", dtype: "float", kernel: "guarded1<Log10>", flops: 1 })
@final
export class Log10 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, scale(n.input(0), LN10));
  }
}
@primitive({ op: "Log1p", kind: "elementwise", dtype: "float", kernel: "guarded1<Log1p>", flops: 1 })
@final
export class Log1p extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, shift(n.input(0), 1));
  }
}
@primitive({ op: "Sqrt", kind: "elementwise", dtype: "float", kernel: "floats1<Sqrt>", flops: 1, root: true })
@final
export class Sqrt extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return byRoot(n, g);
  }
}
// √s of a sum of squares, as in norms
@primitive({
  op: "Root",
  kind: "elementwise",
  dtype: "float",
  kernel: "floats1<Sqrt>",
  flops: 1,
  root: true,
  doc: "√x of a sum of squares, whose first derivative at 0 is 0, as norms have it.",
})
@final
export class Root extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return byNorm(n, g);
  }
}
@primitive({ op: "Rsqrt", kind: "elementwise", dtype: "float", kernel: "floats1<Rsqrt>", flops: 1 })
@final
export class Rsqrt extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, scale(mul(square(n), n), -0.5));
  }
}
@primitive({ op: "Reciprocal", kind: "elementwise", dtype: "float", kernel: "floats1<Reciprocal>", flops: 1 })
@final
export class Reciprocal extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, neg(square(n)));
  }
}
@primitive({ op: "Sin", kind: "elementwise", dtype: "float", kernel: "guarded1<Sin>", flops: 1 })
@final
export class Sin extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Cos, n.input(0)));
  }
}
@primitive({ op: "Cos", kind: "elementwise", dtype: "float", kernel: "guarded1<Cos>", flops: 1 })
@final
export class Cos extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, neg(unary(Op.Sin, n.input(0))));
  }
}
@primitive({ op: "Tan", kind: "elementwise", dtype: "float", kernel: "guarded1<Tan>", flops: 1 })
@final
export class Tan extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, shift(square(n), 1));
  }
}
// 1 - x², in value (1 - x)·(1 + x), which does not cancel near ±1, and in derivative -2x, which neither cancels near 0 nor
// has a second term that would be ∞·0 at ±1.
function oneMinusSquare(x: Node): Node {
  const y = minusFrom(1, square(x));
  const zero = binary(Op.Sub, y, buildAlias(y, false, false)); // NaN where the square overflows
  const product = buildAlias(mul(minusFrom(1, x), shift(x, 1)), false, false);
  return where(binary(Op.Eq, zero, zero), binary(Op.Add, product, zero), y);
}
@primitive({ op: "Asin", kind: "elementwise", dtype: "float", kernel: "functions1<Asin>", flops: 1 })
@final
export class Asin extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Rsqrt, oneMinusSquare(n.input(0))));
  }
}
@primitive({ op: "Acos", kind: "elementwise", dtype: "float", kernel: "functions1<Acos>", flops: 1 })
@final
export class Acos extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, neg(unary(Op.Rsqrt, oneMinusSquare(n.input(0)))));
  }
}
@primitive({ op: "Atan", kind: "elementwise", dtype: "float", kernel: "functions1<Atan>", flops: 1 })
@final
export class Atan extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, shift(square(n.input(0)), 1));
  }
}
@primitive({ op: "Sinh", kind: "elementwise", dtype: "float", kernel: "guarded1<Sinh>", flops: 1 })
@final
export class Sinh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Cosh, n.input(0)));
  }
}
@primitive({ op: "Cosh", kind: "elementwise", dtype: "float", kernel: "guarded1<Cosh>", flops: 1 })
@final
export class Cosh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Sinh, n.input(0)));
  }
}
@primitive({ op: "Tanh", kind: "elementwise", dtype: "float", kernel: "functions1<Tanh>", flops: 1 })
@final
export class Tanh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, binary(Op.TanhSlope, n.input(0), n));
  }
}
@primitive({ op: "Asinh", kind: "elementwise", dtype: "float", kernel: "guarded1<Asinh>", flops: 1 })
@final
export class Asinh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    // 1/√(x² + 1), which beyond 2³⁰ is 1/|x| in all digits, while the square may overflow
    const size = unary(Op.Abs, n.input(0)),
      one = fullLike(size, 1),
      isFar = binary(Op.Gt, size, fullLike(size, 1073741824));
    const near = unary(Op.Rsqrt, shift(square(where(isFar, one, n.input(0))), 1));
    return mul(g, where(isFar, unary(Op.Reciprocal, where(isFar, size, one)), near));
  }
}
@primitive({ op: "Acosh", kind: "elementwise", dtype: "float", kernel: "guarded1<Acosh>", flops: 1 })
@final
export class Acosh extends Pointwise {
  // √(x² - 1) as √(x - 1)·√(x + 1): no cancellation near 1, no overflow
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0);
    return mul(g, mul(unary(Op.Rsqrt, shift(x, -1)), unary(Op.Rsqrt, shift(x, 1))));
  }
}
@primitive({ op: "Atanh", kind: "elementwise", dtype: "float", kernel: "guarded1<Atanh>", flops: 1 })
@final
export class Atanh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, oneMinusSquare(n.input(0)));
  }
}
@primitive({ op: "Sigmoid", kind: "elementwise", dtype: "float", kernel: "guarded1<Sigmoid>", flops: 1 })
@final
export class Sigmoid extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, binary(Op.SigmoidSlope, n.input(0), n));
  }
}
@primitive({
  op: "Softplus",
  kind: "elementwise",
  dtype: "float",
  kernel: "guarded1<Softplus>",
  flops: 1,
  doc: "log(1 + eˣ)",
})
@final
export class Softplus extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Sigmoid, n.input(0)));
  }
}
function gaussian(x: Node, factor: f64): Node {
  return scale(unary(Op.Exp, neg(square(x))), factor);
}
@primitive({ op: "Erf", kind: "elementwise", dtype: "float", kernel: "functions1<Erf>", flops: 1 })
@final
export class Erf extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, gaussian(n.input(0), TWO_OVER_SQRT_PI));
  }
}
@primitive({ op: "Erfc", kind: "elementwise", dtype: "float", kernel: "functions1<Erfc>", flops: 1 })
@final
export class Erfc extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, gaussian(n.input(0), -TWO_OVER_SQRT_PI));
  }
}
@primitive({ op: "Erfinv", kind: "elementwise", dtype: "float", kernel: "functions1<Erfinv>", flops: 1 })
@final
export class Erfinv extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, scale(unary(Op.Exp, square(n)), 1 / TWO_OVER_SQRT_PI));
  }
}
const SQRT_2PI: f64 = 2.5066282746310002;
@primitive({
  op: "Ndtri",
  kind: "elementwise",
  dtype: "float",
  kernel: "functions1<Ndtri>",
  flops: 1,
  doc: "The quantile of the standard normal distribution.",
})
@final
export class Ndtri extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, scale(unary(Op.Exp, scale(square(n), 0.5)), SQRT_2PI));
  }
}
@primitive({ op: "LogicalNot", kind: "elementwise", dtype: "logical", kernel: "map1<Not, u8>(dst, a, n)", flops: 0 })
@final
export class LogicalNot extends Predicative {}
@primitive({
  op: "Cast",
  kind: "elementwise",
  kernel: "runCast(dtype, source, dst, a, n)",
  flops: 0,
  binding: false,
  reads: "none",
})
@final
export class Cast extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return cast(g, n.input(0).dtype);
  }
}
@primitive({
  op: "Signbit",
  kind: "elementwise",
  dtype: "comparison",
  kernel: "compare2<Negative>(dtype, dst, a, a, n)",
  flops: 0,
  doc: "Whether x is below 0, or −0.",
})
@final
export class Signbit extends Predicative {}
