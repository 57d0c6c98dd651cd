// Binary and ternary elementwise primitives: broadcasting, promotion, and each one's derivative rule.
import { DType, Op } from "../../abi/opcodes";
import { addFact, addFacts, fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { Trait } from "../../abi/traits";
import { hasTrait } from "../../generated/traits";
import { Node, sameShape } from "../../graph/node";
import { copyWords, equalWords, wordBytes } from "../../memory/words";
import { buildAlias, buildFull, defaultDType, fullLike, isConstant } from "../source";
import { buildExpand } from "../views";
import { add, binary, cast, div, mul, neg, scale, shift, square, ternary, unary, where, zerosLike } from "./emit";
import { Pointwise, Predicative } from "./pointwise";
import { HUGE, isWorthIt, repeatedDims, repeatedLike, withoutRepeats } from "./repeated";

// -- dtype rule

@inline
function category(dtype: DType): i32 {
  return dtype == DType.Bool ? 0 : dtype == DType.Int32 ? 1 : 2;
}
// 0: a JavaScript number, 1: a 0-dim tensor, 2: any other tensor
@inline
function priority(x: Node): i32 {
  return x.isWeak ? 0 : x.ndim ? 2 : 1;
}
/**
 * torch.result_type: numbers and 0-dim tensors raise the category (bool < int < float) at most, not the width. Two numbers
 * give the default dtype, as every tensor made of plain numbers.
 */
export function resultType(a: Node, b: Node): DType {
  const x = <DType>a.dtype,
    y = <DType>b.dtype;
  const pa = priority(a),
    pb = priority(b);
  if (pa == pb) return pa ? max(x, y) : defaultDType();
  const high = pa > pb ? x : y,
    low = pa > pb ? y : x;
  return category(low) <= category(high) ? high : low;
}

// -- shape rule

/** The dims under construction: what `broadcastInto` has found so far. */
export const broadcastDims: usize = memory.data(32 * 4);
export let broadcastNdim: i32 = 0;

export function resetBroadcast(): void {
  broadcastNdim = 0;
}
/** Broadcasts the dims found so far with x's. False: they do not fit (facts: both shapes). */
export function broadcastInto(x: Node): bool {
  const ndim = <i32>x.ndim;
  const common = min(ndim, broadcastNdim);
  for (let i = 1; i <= common; i++) {
    const at = broadcastDims + wordBytes(broadcastNdim - i);
    const size = x.dim(ndim - i),
      held = load<i32>(at);
    if (size == held || size == 1) continue;
    if (held != 1) {
      fail(Failure.Broadcast);
      addFacts(broadcastDims, broadcastNdim);
      addFacts(x.dims, ndim);
      return false;
    }
    store<i32>(at, size);
  }
  if (ndim > broadcastNdim) {
    const extra = ndim - broadcastNdim;
    if (broadcastNdim) memory.copy(broadcastDims + wordBytes(extra), broadcastDims, wordBytes(broadcastNdim));
    copyWords(broadcastDims, x.dims, extra);
    broadcastNdim = ndim;
  }
  return true;
}
const targetDims: usize = memory.data(32 * 4);

// x in the given dtype, expanded to the broadcast dims.
function conform(x: Node, dtype: DType, ndim: i32, dims: usize): Node {
  if (x.dtype == dtype && x.ndim == ndim && !x.isWeak && equalWords(x.dims, dims, ndim)) return x;
  if (isConstant(x)) return buildFull(dtype, ndim, dims, x.value);
  return buildExpand(cast(x, dtype), ndim, dims);
}

// -- builders

/** op applied to a and b, broadcast and promoted. */
export function buildBinary(op: Op, a: Node, b: Node): Node {
  let dtype = resultType(a, b);
  // Most operands agree already; only what is left of promotion is to be looked at.
  const agree = sameShape(a, b);
  if (!agree) {
    resetBroadcast();
    if (!broadcastInto(a) || !broadcastInto(b)) return a;
  }
  if (dtype < DType.Float32 && hasTrait(op, Trait.Float)) dtype = defaultDType();
  else if (dtype == DType.Bool && hasTrait(op, Trait.RefusesBools)) {
    fail(Failure.DType);
    addFact(dtype);
    return a;
  } else if (dtype == DType.Bool && hasTrait(op, Trait.BoolsAreInts)) dtype = DType.Int32;
  else if (hasTrait(op, Trait.Logical)) dtype = DType.Bool;
  const ndim = agree ? <i32>a.ndim : broadcastNdim;
  copyWords(targetDims, agree ? a.dims : broadcastDims, ndim);
  const x = conform(a, dtype, ndim, targetDims);
  if (x.numel >= HUGE) {
    const y = conform(b, dtype, ndim, targetDims),
      dims = repeatedDims(x) & repeatedDims(y);
    if (isWorthIt(x, dims)) return repeatedLike(buildBinary(op, withoutRepeats(x, dims), withoutRepeats(y, dims)), x);
  }
  if (op == Op.Pow && isConstant(b)) {
    const power = constantPower(x, b.value);
    if (power) return power;
  }
  return binary(op, x, conform(b, dtype, ndim, targetDims));
}

// Exponents that are cheaper as other primitives, with the same values and derivatives.
function constantPower(x: Node, exponent: f64): Node | null {
  if (exponent == 1) return buildAlias(x, true, false);
  if (exponent == 2) return square(x);
  if (exponent == 3) return mul(square(x), x);
  if (x.dtype < DType.Float32) return null;
  if (exponent == 0.5) return unary(Op.Sqrt, x);
  if (exponent == -1) return unary(Op.Reciprocal, x);
  return null;
}

/** a where the condition holds, else b; broadcast and promoted. */
export function buildWhere(condition: Node, a: Node, b: Node): Node {
  return broadcastThree(Op.Where, DType.Bool, resultType(a, b), condition, a, b);
}
/** op applied to floats of one dtype, or numbers; broadcast. */
export function buildTernary(op: Op, a: Node, b: Node, c: Node): Node {
  const dtype = max(max(ownType(a), ownType(b)), ownType(c));
  const float = dtype < DType.Float32 ? defaultDType() : dtype;
  return broadcastThree(op, float, float, a, b, c);
}
function ownType(x: Node): DType {
  return x.isWeak ? DType.Bool : x.dtype;
}
function broadcastThree(op: Op, first: DType, dtype: DType, a: Node, b: Node, c: Node): Node {
  resetBroadcast();
  if (!broadcastInto(a) || !broadcastInto(b) || !broadcastInto(c)) return b;
  const ndim = broadcastNdim;
  copyWords(targetDims, broadcastDims, ndim);
  const x = conform(a, first, ndim, targetDims),
    y = conform(b, dtype, ndim, targetDims),
    z = conform(c, dtype, ndim, targetDims);
  if (y.numel >= HUGE) {
    const dims = repeatedDims(x) & repeatedDims(y) & repeatedDims(z);
    if (isWorthIt(y, dims)) {
      return repeatedLike(ternary(op, withoutRepeats(x, dims), withoutRepeats(y, dims), withoutRepeats(z, dims)), y);
    }
  }
  return ternary(op, x, y, z);
}

// -- rules: y = f(a, b), y = n, a = n.input(0), b = n.input(1)

@primitive({
  op: "Add",
  kind: "elementwise",
  operands: 2,
  kernel: "numbers2<Add, Or>",
  flops: 1,
  cheap: true,
  reads: "none",
})
@final
export class Add extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return g;
  }
}
@primitive({
  op: "Sub",
  kind: "elementwise",
  operands: 2,
  bools: "refused",
  kernel: "numbers2<Sub, Xor>",
  flops: 1,
  cheap: true,
  reads: "none",
})
@final
export class Sub extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? neg(g) : g;
  }
}
@primitive({
  op: "Mul",
  kind: "elementwise",
  operands: 2,
  kernel: "numbers2<Mul, And>",
  flops: 1,
  cheap: true,
  reads: "others",
})
@final
export class Mul extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(0),
      b = n.input(1);
    // A square hands all of its gradient to its first operand. Twice a constant is another one.
    if (a == b) return k ? null : isConstant(g) && abs(g.value) < 1e30 ? mul(scale(g, 2), a) : mul(g, scale(a, 2));
    return mul(g, k ? a : b);
  }
}
@primitive({
  op: "Div",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "floats2<Div>",
  flops: 1,
  doc: "True division: int32 and bool operands give the default dtype.",
})
@final
export class Div extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const b = n.input(1);
    return k ? mul(g, neg(div(n, b))) : div(g, b);
  }
}
@primitive({ op: "Pow", kind: "elementwise", operands: 2, bools: "int32", kernel: "powers2", flops: 1 })
@final
export class Pow extends Pointwise {
  // b·a^(b-1), 0 at a = b = 0; a^b·log a, 0 where a = 0 and b ≥ 0. The base is moved away from 0 there, not the result
  // masked: so the derivatives of these derivatives stay finite too.
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(0),
      b = n.input(1);
    const zero = zerosLike(a),
      one = fullLike(a, 1);
    const baseIsZero = binary(Op.Eq, a, zero);
    if (k == 0) {
      if (isConstant(b)) return b.value == 0 ? zerosLike(g) : mul(g, mul(b, buildPow(a, shiftExponent(b))));
      const undefinedPower = binary(Op.LogicalAnd, baseIsZero, binary(Op.Eq, b, zero));
      const slope = mul(g, mul(b, binary(Op.Pow, where(undefinedPower, one, a), shiftExponent(b))));
      // An exponent of 0 masks the base; not if it varies, since ∂²/∂b∂a of a^b is 1/a there.
      return b.isDifferentiable ? slope : where(binary(Op.Eq, b, zero), zero, slope);
    }
    const flat = binary(Op.LogicalAnd, baseIsZero, binary(Op.Ge, b, zero));
    return where(flat, zero, mul(g, mul(n, unary(Op.Log, where(flat, one, a)))));
  }
}
function shiftExponent(b: Node): Node {
  return isConstant(b) ? buildFull(b.dtype, b.ndim, b.dims, b.value - 1) : shift(b, -1);
}
/** a^b, where a constant b allows it by cheaper primitives. */
export function buildPow(a: Node, b: Node): Node {
  const power = isConstant(b) ? constantPower(a, b.value) : null;
  return power ? power : binary(Op.Pow, a, b);
}
// The operand that is chosen gets the gradient, ties share it. NaN beside a number is chosen from no side: both get it, as in torch.
function chosen(outdone: Node, tied: Node, g: Node): Node {
  return where(outdone, zerosLike(g), where(tied, scale(g, 0.5), g));
}
@primitive({
  op: "Maximum",
  kind: "elementwise",
  operands: 2,
  kernel: "numbers2<Maximum, Or>",
  flops: 1,
  doc: "NaN where either is NaN; the gradient of a tie is shared equally.",
})
@final
export class Maximum extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(k),
      b = n.input(1 - k);
    return chosen(binary(Op.Lt, a, b), binary(Op.Eq, a, b), g);
  }
}
@primitive({ op: "Minimum", kind: "elementwise", operands: 2, kernel: "numbers2<Minimum, And>", flops: 1 })
@final
export class Minimum extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(k),
      b = n.input(1 - k);
    return chosen(binary(Op.Gt, a, b), binary(Op.Eq, a, b), g);
  }
}
// The integer q of a = q·b + y, from what is left of a: a/b itself may have been rounded up to it. Where nothing is left, by an
// infinite a or a divisor of 0, a/b. Its derivative, 0, is selected: quotients would make it 0·∞.
function wholeQuotient(n: Node, otherwise: Node): Node {
  const b = n.input(1);
  const q = unary(Op.Round, div(binary(Op.Sub, n.input(0), n), b));
  return where(binary(Op.Eq, b, b), buildAlias(where(binary(Op.Eq, q, q), q, otherwise), false, false), b);
}
@primitive({
  op: "Fmod",
  kind: "elementwise",
  operands: 2,
  bools: "refused",
  kernel: "divisions2<Fmod>",
  flops: 1,
  doc: "Remainder with the dividend's sign.",
})
@final
export class Fmod extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? mul(g, neg(wholeQuotient(n, unary(Op.Trunc, div(n.input(0), n.input(1)))))) : g;
  }
}
@primitive({
  op: "Remainder",
  kind: "elementwise",
  operands: 2,
  bools: "refused",
  kernel: "divisions2<Remainder>",
  flops: 1,
  doc: "Remainder with the divisor's sign.",
})
@final
export class Remainder extends Pointwise {
  // What remains of a negative number beside ∞ is ∞, one divisor more.
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (!k) return g;
    const b = n.input(1);
    const quotient = unary(Op.Floor, div(n.input(0), b));
    return mul(g, neg(wholeQuotient(n, where(binary(Op.Eq, n, b), fullLike(n, -1), quotient))));
  }
}
@primitive({ op: "Atan2", kind: "elementwise", operands: 2, dtype: "float", kernel: "guarded2<Atan2>", flops: 1 })
@final
export class Atan2 extends Pointwise {
  // (b, -a) / (a² + b²), in units of the larger magnitude, so that no square over- or underflows; 0 where one is infinite
  vjp(n: Node, k: i32, g: Node): Node | null {
    const larger = binary(Op.Maximum, unary(Op.Abs, n.input(0)), unary(Op.Abs, n.input(1)));
    const isInfinite = binary(Op.Eq, larger, fullLike(n, Infinity));
    const one = fullLike(n, 1);
    const unit = buildAlias(where(isInfinite, one, larger), false, false);
    const a = div(where(isInfinite, one, n.input(0)), unit),
      b = div(where(isInfinite, one, n.input(1)), unit);
    const slope = mul(g, div(div(k ? neg(a) : b, add(square(a), square(b))), unit));
    return where(isInfinite, zerosLike(n), slope);
  }
}
@primitive({
  op: "SphericalBessel",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "guarded2<SphericalBessel>",
  flops: 1,
  binding: false,
})
@final
export class SphericalBessel extends Pointwise {
  // jₙ' = (n·jₙ₋₁ - (n+1)·jₙ₊₁) / (2n+1); orders are constants
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k) return null;
    const x = n.input(0),
      order = n.input(1),
      at = order.value;
    const above = scale(jOf(x, at + 1), -(at + 1) / (2 * at + 1));
    return mul(g, at > 0 ? add(scale(jOf(x, at - 1), at / (2 * at + 1)), above) : above);
  }
}
function jOf(x: Node, order: f64): Node {
  return binary(Op.SphericalBessel, x, fullLike(x, order));
}
@primitive({
  op: "ErfcRatio",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "floats2<ErfcRatio>",
  flops: 1,
  binding: false,
})
@final
export class ErfcRatio extends Pointwise {
  // rₙ' = 2·rₙ·((n+1)·rₙ - (n+2)·rₙ₊₁), which erfcx' = -2·r₀·erfcx with n = -1 is as well; (log erfcx)' = -2·r₀; orders are constants
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k) return null;
    const order = n.input(1),
      at = order.value;
    const above = binary(Op.ErfcRatio, n.input(0), fullLike(order, max(at, -1) + 1));
    if (at < -1) return mul(g, scale(above, -2));
    const next = scale(above, -2 * (at + 2));
    return mul(g, mul(n, at < 0 ? next : add(scale(n, 2 * (at + 1)), next)));
  }
}
@primitive({
  op: "XLogY",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "guarded2<XLogY>",
  flops: 1,
  binding: "xlogy",
  doc: "a·log b, 0 for a = 0 beside a b without a finite logarithm.",
})
@final
export class XLogY extends Pointwise {
  // log b and a/b, without the product a·(1/b), whose derivatives overflow sooner. What the mask selects 0 for has no derivatives.
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(0),
      b = n.input(1),
      zero = zerosLike(a);
    // a·log a hands all of its gradient to its first operand, as a square does.
    if (a == b && k) return null;
    const isPole = binary(Op.LogicalOr, binary(Op.Le, b, zero), binary(Op.Eq, b, fullLike(b, Infinity)));
    const masked = binary(Op.LogicalAnd, isPole, binary(Op.Eq, a, zero));
    const seen = where(masked, fullLike(b, 1), b);
    const log = unary(Op.Log, seen);
    return where(masked, zero, mul(g, k ? div(a, seen) : a == b ? shift(log, 1) : log));
  }
}
@primitive({
  op: "TanhSlope",
  kind: "elementwise",
  operands: 2,
  kernel: "slopes2<TanhSlope>",
  flops: 1,
  binding: false,
})
@final
export class TanhSlope extends Pointwise {
  // y = sech²a = 1 - b² with b = tanh a, precise also where that cancels; y' = -2·b·y
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : mul(g, scale(mul(n.input(1), n), -2));
  }
}
@primitive({
  op: "SigmoidSlope",
  kind: "elementwise",
  operands: 2,
  kernel: "slopes2<SigmoidSlope>",
  flops: 1,
  binding: false,
})
@final
export class SigmoidSlope extends Pointwise {
  // y = b·(1 - b) with b the sigmoid of a, precise also where that cancels; y' = y·(1 - 2b) = -y·tanh(a/2)
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : mul(g, neg(mul(unary(Op.Tanh, scale(n.input(0), 0.5)), n)));
  }
}
@primitive({
  op: "RootSlope",
  kind: "elementwise",
  operands: 2,
  kernel: "floats2<RootSlope>",
  flops: 3,
  binding: false,
})
@final
export class RootSlope extends Pointwise {
  // y = a/(2√b): linear in a; by b -y/(2b). Where b is 0, norms have no second derivative: 0·(0/0) is NaN there, and forward mode,
  // which meets the selection last, has 0, both as in torch.
  vjp(n: Node, k: i32, g: Node): Node | null {
    const b = n.input(1);
    if (!k) return binary(Op.RootSlope, g, b);
    const zero = zerosLike(b);
    return mul(where(binary(Op.Eq, b, zero), zero, g), scale(div(n, b), -0.5));
  }
}
@primitive({ op: "Eq", kind: "elementwise", operands: 2, dtype: "comparison", kernel: "compare2<Eq>", flops: 0 })
@primitive({ op: "Ne", kind: "elementwise", operands: 2, dtype: "comparison", kernel: "compare2<Ne>", flops: 0 })
@primitive({ op: "Lt", kind: "elementwise", operands: 2, dtype: "comparison", kernel: "compare2<Lt>", flops: 0 })
@primitive({ op: "Le", kind: "elementwise", operands: 2, dtype: "comparison", kernel: "compare2<Le>", flops: 0 })
@primitive({
  op: "Gt",
  kind: "elementwise",
  operands: 2,
  dtype: "comparison",
  kernel: "compare2<Lt>(dtype, dst, b, a, n)",
  flops: 0,
})
@primitive({
  op: "Ge",
  kind: "elementwise",
  operands: 2,
  dtype: "comparison",
  kernel: "compare2<Le>(dtype, dst, b, a, n)",
  flops: 0,
})
@primitive({
  op: "LogicalAnd",
  kind: "elementwise",
  operands: 2,
  dtype: "logical",
  kernel: "map2<And, u8>(dst, a, b, n)",
  flops: 0,
})
@primitive({
  op: "LogicalOr",
  kind: "elementwise",
  operands: 2,
  dtype: "logical",
  kernel: "map2<Or, u8>(dst, a, b, n)",
  flops: 0,
})
@primitive({
  op: "LogicalXor",
  kind: "elementwise",
  operands: 2,
  dtype: "logical",
  kernel: "map2<Xor, u8>(dst, a, b, n)",
  flops: 0,
})
@primitive({
  op: "BitAnd",
  kind: "elementwise",
  operands: 2,
  kernel: "bits2",
  flops: 0,
  doc: "The bits that both have, of any dtype. Of a float beside ∞ that is the power of two below, 0 for a subnormal one.",
})
@primitive({
  op: "Gcd",
  kind: "elementwise",
  operands: 2,
  kernel: "mapInt2<Gcd>(dst, a, b, n)",
  flops: 1,
  doc: "The greatest common divisor of int32, ≥ 0; its callers refuse other dtypes.",
})
@final
export class Predicate extends Predicative {}

@primitive({
  op: "Where",
  kind: "elementwise",
  operands: 3,
  kernel: "runWhere(dtype, dst, a, b, c, n)",
  flops: 0,
  binding: false,
  reads: "none",
})
@final
export class Where extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const condition = n.input(0),
      zero = zerosLike(g);
    return k == 1 ? where(condition, g, zero) : where(condition, zero, g);
  }
}
