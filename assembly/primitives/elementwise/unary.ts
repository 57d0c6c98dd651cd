// Unary elementwise primitives: each class is the derivative rule of one function, y = f(x), with y = n and x = n.input(0).
// Formulas: derivatives.yaml of PyTorch, unless noted.
import { DType, Op } from "../../abi/opcodes";
import { addFact, fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { Node } from "../../graph/node";
import { Reads, register } from "../primitive";
import { buildAlias, defaultDType, fullLike } from "../source";
import { byNorm, byRoot } from "../split/derivatives";
import { binary, cast, div, minusFrom, mul, neg, scale, shift, square, unary, where, zerosLike } from "./emit";
import { Pointwise } from "./pointwise";
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
  if (op == Op.LogicalNot) return unary(op, cast(x, DType.Bool));
  if (op == Op.Neg && x.dtype == DType.Bool) {
    fail(Failure.DType);
    addFact(x.dtype);
    return x;
  }
  return unary(op, op >= Op.Exp && x.dtype < DType.Float32 ? cast(x, defaultDType()) : x);
}
export function buildCast(x: Node, dtype: DType): Node {
  if (x.numel >= HUGE && x.dtype != dtype) {
    const dims = repeatedDims(x);
    if (isWorthIt(x, dims)) return repeatedLike(cast(withoutRepeats(x, dims), dtype), x);
  }
  return cast(x, dtype);
}

// Piecewise constant: the gradient is zero everywhere.
@final
class Step extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return zerosLike(g);
  }
}
@final
class Neg extends Pointwise {
  reads(): Reads {
    return Reads.None;
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return neg(g);
  }
}
@final
class Abs extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0),
      zero = zerosLike(x);
    return where(binary(Op.Gt, x, zero), g, where(binary(Op.Lt, x, zero), neg(g), zero));
  }
}
@final
class Exp extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, n);
  }
}
@final
class Exp2 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, scale(n, LN2));
  }
}
@final
class Expm1 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Exp, n.input(0))); // n + 1 cancels where the exponential is small
  }
}
@final
class Log extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, n.input(0));
  }
}
@final
class Log2 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, scale(n.input(0), LN2));
  }
}
@final
class Log10 extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, scale(n.input(0), LN10));
  }
}
@final
class Log1p extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, shift(n.input(0), 1));
  }
}
@final
class Sqrt extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return byRoot(n, g);
  }
}
// √s of a sum of squares, as in norms
@final
class Root extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return byNorm(n, g);
  }
}
@final
class Rsqrt extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, scale(mul(square(n), n), -0.5));
  }
}
@final
class Reciprocal extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, neg(square(n)));
  }
}
@final
class Sin extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Cos, n.input(0)));
  }
}
@final
class Cos extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, neg(unary(Op.Sin, n.input(0))));
  }
}
@final
class Tan extends Pointwise {
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
@final
class Asin extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Rsqrt, oneMinusSquare(n.input(0))));
  }
}
@final
class Acos extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, neg(unary(Op.Rsqrt, oneMinusSquare(n.input(0)))));
  }
}
@final
class Atan extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, shift(square(n.input(0)), 1));
  }
}
@final
class Sinh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Cosh, n.input(0)));
  }
}
@final
class Cosh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Sinh, n.input(0)));
  }
}
@final
class Tanh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, binary(Op.TanhSlope, n.input(0), n));
  }
}
@final
class Asinh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Rsqrt, shift(square(n.input(0)), 1)));
  }
}
@final
class Acosh extends Pointwise {
  // √(x² - 1) as √(x - 1)·√(x + 1): no cancellation near 1, no overflow
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0);
    return mul(g, mul(unary(Op.Rsqrt, shift(x, -1)), unary(Op.Rsqrt, shift(x, 1))));
  }
}
@final
class Atanh extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return div(g, oneMinusSquare(n.input(0)));
  }
}
@final
class Sigmoid extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, binary(Op.SigmoidSlope, n.input(0), n));
  }
}
@final
class Softplus extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, unary(Op.Sigmoid, n.input(0)));
  }
}
function gaussian(x: Node, factor: f64): Node {
  return scale(unary(Op.Exp, neg(square(x))), factor);
}
@final
class Erf extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, gaussian(n.input(0), TWO_OVER_SQRT_PI));
  }
}
@final
class Erfc extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, gaussian(n.input(0), -TWO_OVER_SQRT_PI));
  }
}
@final
class Erfinv extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return mul(g, scale(unary(Op.Exp, square(n)), 1 / TWO_OVER_SQRT_PI));
  }
}
@final
class LogicalNot extends Pointwise {}
@final
class Cast extends Pointwise {
  reads(): Reads {
    return Reads.None;
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return cast(g, n.input(0).dtype);
  }
}

register(Op.Neg, new Neg(1));
register(Op.Abs, new Abs(1));
register(Op.Sign, new Step(1));
register(Op.Floor, new Step(1));
register(Op.Ceil, new Step(1));
register(Op.Round, new Step(1));
register(Op.Trunc, new Step(1));
register(Op.Exp, new Exp(1));
register(Op.Exp2, new Exp2(1));
register(Op.Expm1, new Expm1(1));
register(Op.Log, new Log(1));
register(Op.Log2, new Log2(1));
register(Op.Log10, new Log10(1));
register(Op.Log1p, new Log1p(1));
register(Op.Sqrt, new Sqrt(1));
register(Op.Root, new Root(1));
register(Op.Rsqrt, new Rsqrt(1));
register(Op.Reciprocal, new Reciprocal(1));
register(Op.Sin, new Sin(1));
register(Op.Cos, new Cos(1));
register(Op.Tan, new Tan(1));
register(Op.Asin, new Asin(1));
register(Op.Acos, new Acos(1));
register(Op.Atan, new Atan(1));
register(Op.Sinh, new Sinh(1));
register(Op.Cosh, new Cosh(1));
register(Op.Tanh, new Tanh(1));
register(Op.Asinh, new Asinh(1));
register(Op.Acosh, new Acosh(1));
register(Op.Atanh, new Atanh(1));
register(Op.Sigmoid, new Sigmoid(1));
register(Op.Softplus, new Softplus(1));
register(Op.Erf, new Erf(1));
register(Op.Erfc, new Erfc(1));
register(Op.Erfinv, new Erfinv(1));
register(Op.LogicalNot, new LogicalNot(0));
register(Op.Cast, new Cast(0));
