// Op classes of the float functions: one name per op over the formulas of kernels/math. `apply` works on lanes, `scalar` on one
// f64; a class has `scalar` where f64 has no vector form.
import { acosWide, asinWide, atanWide } from "../math/arc";
import { erf4, erfcScalar, erfScalar } from "../math/erf";
import { erfinvScalar } from "../math/erfinv";
import { exp, exp2, expm1, sigmoid } from "../math/exp";
import { acoshWide, asinhWide, atanhWide, cosh, sinh, tanh } from "../math/hyperbolic";
import { log, log10, log1p, log2 } from "../math/log";
import { cos, sin, tan4, tanScalar } from "../math/trig";
import { narrow, splat, widenHigh, widenLow } from "../math/lanes";

@unmanaged
export class Rsqrt {
  @inline apply<T>(x: v128): v128 {
    return v128.div<T>(splat<T>(1.0), v128.sqrt<T>(x));
  }
}
@unmanaged
export class Reciprocal {
  @inline apply<T>(x: v128): v128 {
    return v128.div<T>(splat<T>(1.0), x);
  }
}
@unmanaged
export class Exp {
  @inline apply<T>(x: v128): v128 {
    return exp<T>(x);
  }
}
@unmanaged
export class Exp2 {
  @inline apply<T>(x: v128): v128 {
    return exp2<T>(x);
  }
}
@unmanaged
export class Expm1 {
  @inline apply<T>(x: v128): v128 {
    return expm1<T>(x);
  }
}
@unmanaged
export class Log {
  @inline apply<T>(x: v128): v128 {
    return log<T>(x);
  }
}
@unmanaged
export class Log2 {
  @inline apply<T>(x: v128): v128 {
    return log2<T>(x);
  }
}
@unmanaged
export class Log10 {
  @inline apply<T>(x: v128): v128 {
    return log10<T>(x);
  }
}
@unmanaged
export class Log1p {
  @inline apply<T>(x: v128): v128 {
    return log1p<T>(x);
  }
}
@unmanaged
export class Sin {
  @inline apply<T>(x: v128): v128 {
    return sin<T>(x);
  }
}
@unmanaged
export class Cos {
  @inline apply<T>(x: v128): v128 {
    return cos<T>(x);
  }
}
@unmanaged
export class Sinh {
  @inline apply<T>(x: v128): v128 {
    return sinh<T>(x);
  }
}
@unmanaged
export class Cosh {
  @inline apply<T>(x: v128): v128 {
    return cosh<T>(x);
  }
}
@unmanaged
export class Tanh {
  @inline apply<T>(x: v128): v128 {
    return tanh<T>(x);
  }
}
@unmanaged
export class Sigmoid {
  @inline apply<T>(x: v128): v128 {
    return sigmoid<T>(x);
  }
}

// f32 in f32 lanes, f64 one by one.
@unmanaged
export class Tan {
  @inline apply<T>(x: v128): v128 {
    return tan4(x);
  }
  @inline scalar(x: f64): f64 {
    return tanScalar(x);
  }
}
@unmanaged
export class Erf {
  @inline apply<T>(x: v128): v128 {
    return erf4(x);
  }
  @inline scalar(x: f64): f64 {
    return erfScalar(x);
  }
}
@unmanaged
export class Erfc {
  @inline scalar(x: f64): f64 {
    return erfcScalar(x);
  }
}
@unmanaged
export class Erfinv {
  @inline scalar(x: f64): f64 {
    return erfinvScalar(x);
  }
}

// f64 lanes; f32 operands are widened.
@unmanaged
export class Asin {
  @inline apply<T>(x: v128): v128 {
    return sizeof<T>() == 8 ? asinWide(x) : narrow(asinWide(widenLow(x)), asinWide(widenHigh(x)));
  }
}
@unmanaged
export class Acos {
  @inline apply<T>(x: v128): v128 {
    return sizeof<T>() == 8 ? acosWide(x) : narrow(acosWide(widenLow(x)), acosWide(widenHigh(x)));
  }
}
@unmanaged
export class Atan {
  @inline apply<T>(x: v128): v128 {
    return sizeof<T>() == 8 ? atanWide(x) : narrow(atanWide(widenLow(x)), atanWide(widenHigh(x)));
  }
}
@unmanaged
export class Asinh {
  @inline apply<T>(x: v128): v128 {
    return narrow(asinhWide(widenLow(x)), asinhWide(widenHigh(x)));
  }
  @inline scalar(x: f64): f64 {
    return NativeMath.asinh(x);
  }
}
@unmanaged
export class Acosh {
  @inline apply<T>(x: v128): v128 {
    return narrow(acoshWide(widenLow(x)), acoshWide(widenHigh(x)));
  }
  @inline scalar(x: f64): f64 {
    return NativeMath.acosh(x);
  }
}
@unmanaged
export class Atanh {
  @inline apply<T>(x: v128): v128 {
    return narrow(atanhWide(widenLow(x)), atanhWide(widenHigh(x)));
  }
  @inline scalar(x: f64): f64 {
    return NativeMath.atanh(x);
  }
}
