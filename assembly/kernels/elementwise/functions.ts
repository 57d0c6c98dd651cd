// Op classes of the float functions: one name per op over the formulas of kernels/math. `apply` works on lanes; a class with `special`
// and `isSpecial` treats some arguments apart (loops.ts, mapGuarded1).
import { acos, asin, atan } from "../math/arc";
import {
  acosh,
  acoshSlow,
  asinh,
  asinhSlow,
  atanh,
  atanhSlow,
  isLargeSine,
  isOutsideCosine,
  isOutsideTangent,
} from "../math/area";
import { erf, erfc } from "../math/erf";
import { erfinv, ndtri } from "../math/erfinv";
import {
  exp,
  exp2,
  exp2Slow,
  expm1,
  expm1Slow,
  expSlow,
  isExtreme,
  isExtremePower,
  isLargeExponent,
  sigmoid,
  sigmoidSlow,
  softplus,
  softplusSlow,
} from "../math/exp";
import { cosh, coshSlow, sinh, sinhSlow, tanh } from "../math/hyperbolic";
import { Constant, constant } from "../math/lanes";
import {
  isSpecialOfLog,
  isSpecialOfLog1p,
  log,
  log10,
  log10Slow,
  log1p,
  log1pSlow,
  log2,
  log2Slow,
  logSlow,
} from "../math/log";
import { tan } from "../math/tan";
import { cos, isFar, sin } from "../math/trig";
import { cosFar, sinFar, tanFar } from "../math/trigLarge";

@unmanaged
export class Rsqrt {
  @inline apply<T>(x: v128): v128 {
    return v128.div<T>(constant<T>(Constant.One), v128.sqrt<T>(x));
  }
}
@unmanaged
export class Reciprocal {
  @inline apply<T>(x: v128): v128 {
    return v128.div<T>(constant<T>(Constant.One), x);
  }
}
@unmanaged
export class Tanh {
  @inline apply<T>(x: v128): v128 {
    return tanh<T>(x);
  }
}
@unmanaged
export class Asin {
  @inline apply<T>(x: v128): v128 {
    return asin<T>(x);
  }
}
@unmanaged
export class Acos {
  @inline apply<T>(x: v128): v128 {
    return acos<T>(x);
  }
}
@unmanaged
export class Atan {
  @inline apply<T>(x: v128): v128 {
    return atan<T>(x);
  }
}
@unmanaged
export class Erf {
  @inline apply<T>(x: v128): v128 {
    return erf<T>(x);
  }
}
@unmanaged
export class Erfinv {
  @inline apply<T>(x: v128): v128 {
    return erfinv<T>(x);
  }
}
@unmanaged
export class Ndtri {
  @inline apply<T>(x: v128): v128 {
    return ndtri<T>(x);
  }
}
@unmanaged
export class Erfc {
  @inline apply<T>(x: v128): v128 {
    return erfc<T>(x);
  }
}

@unmanaged
export class Exp {
  @inline apply<T>(x: v128): v128 {
    return exp<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isExtreme<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return expSlow<T>(x);
  }
}
@unmanaged
export class Exp2 {
  @inline apply<T>(x: v128): v128 {
    return exp2<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isExtremePower<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return exp2Slow<T>(x);
  }
}
@unmanaged
export class Expm1 {
  @inline apply<T>(x: v128): v128 {
    return expm1<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isLargeExponent<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return expm1Slow<T>(x);
  }
}
@unmanaged
export class Sigmoid {
  @inline apply<T>(x: v128): v128 {
    return sigmoid<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isExtreme<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return sigmoidSlow<T>(x);
  }
}
@unmanaged
export class Softplus {
  @inline apply<T>(x: v128): v128 {
    return softplus<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isExtreme<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return softplusSlow<T>(x);
  }
}
@unmanaged
export class Log {
  @inline apply<T>(x: v128): v128 {
    return log<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isSpecialOfLog<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return logSlow<T>(x);
  }
}
@unmanaged
export class Log2 {
  @inline apply<T>(x: v128): v128 {
    return log2<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isSpecialOfLog<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return log2Slow<T>(x);
  }
}
@unmanaged
export class Log10 {
  @inline apply<T>(x: v128): v128 {
    return log10<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isSpecialOfLog<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return log10Slow<T>(x);
  }
}
@unmanaged
export class Log1p {
  @inline apply<T>(x: v128): v128 {
    return log1p<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isSpecialOfLog1p<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return log1pSlow<T>(x);
  }
}
@unmanaged
export class Sin {
  @inline apply<T>(x: v128): v128 {
    return sin<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isFar<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return sinFar<T>(x);
  }
}
@unmanaged
export class Cos {
  @inline apply<T>(x: v128): v128 {
    return cos<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isFar<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return cosFar<T>(x);
  }
}
@unmanaged
export class Tan {
  @inline apply<T>(x: v128): v128 {
    return tan<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isFar<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return tanFar<T>(x);
  }
}
@unmanaged
export class Sinh {
  @inline apply<T>(x: v128): v128 {
    return sinh<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isExtreme<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return sinhSlow<T>(x);
  }
}
@unmanaged
export class Cosh {
  @inline apply<T>(x: v128): v128 {
    return cosh<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isExtreme<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return coshSlow<T>(x);
  }
}
@unmanaged
export class Asinh {
  @inline apply<T>(x: v128): v128 {
    return asinh<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isLargeSine<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return asinhSlow<T>(x);
  }
}
@unmanaged
export class Acosh {
  @inline apply<T>(x: v128): v128 {
    return acosh<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isOutsideCosine<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return acoshSlow<T>(x);
  }
}
@unmanaged
export class Atanh {
  @inline apply<T>(x: v128): v128 {
    return atanh<T>(x);
  }
  @inline isSpecial<T>(x: v128): v128 {
    return isOutsideTangent<T>(x);
  }
  @inline special<T>(x: v128): v128 {
    return atanhSlow<T>(x);
  }
}
