// The inverse error function: Wichura's rational approximations (Algorithm AS 241, PPND16, relative error 1e-16), and one Newton
// step against erf or erfc for the last bit.
import { erfcScalar, erfScalar } from "./erf";

const SQRT1_2: f64 = 0.7071067811865475244;
const SQRT_PI_2: f64 = 0.88622692545275801365;

/** The normal quantile of 1/2 + q for |q| <= 0.425. */
function quantileCentre(q: f64): f64 {
  const r = 0.180625 - q * q;
  let num: f64 = 2.5090809287301226727e3;
  num = num * r + 3.3430575583588128105e4;
  num = num * r + 6.7265770927008700853e4;
  num = num * r + 4.5921953931549871457e4;
  num = num * r + 1.3731693765509461125e4;
  num = num * r + 1.9715909503065514427e3;
  num = num * r + 1.3314166789178437745e2;
  num = num * r + 3.387132872796366608;
  let den: f64 = 5.226495278852854561e3;
  den = den * r + 2.8729085735721942674e4;
  den = den * r + 3.930789580009271061e4;
  den = den * r + 2.1213794301586595867e4;
  den = den * r + 5.3941960214247511077e3;
  den = den * r + 6.871870074920579083e2;
  den = den * r + 4.2313330701600911252e1;
  den = den * r + 1.0;
  return (q * num) / den;
}

/** The normal quantile of 1 - p for p < 0.075, r = sqrt(-log p). */
function quantileTail(r: f64): f64 {
  let num: f64;
  let den: f64;
  if (r <= 5.0) {
    r -= 1.6;
    num = 7.7454501427834140764e-4;
    num = num * r + 2.27238449892691845833e-2;
    num = num * r + 2.4178072517745061177e-1;
    num = num * r + 1.27045825245236838258;
    num = num * r + 3.64784832476320460504;
    num = num * r + 5.7694972214606914055;
    num = num * r + 4.6303378461565452959;
    num = num * r + 1.42343711074968357734;
    den = 1.05075007164441684324e-9;
    den = den * r + 5.475938084995344946e-4;
    den = den * r + 1.51986665636164571966e-2;
    den = den * r + 1.4810397642748007459e-1;
    den = den * r + 6.8976733498510000455e-1;
    den = den * r + 1.6763848301838038494;
    den = den * r + 2.05319162663775882187;
    den = den * r + 1.0;
  } else {
    r -= 5.0;
    num = 2.01033439929228813265e-7;
    num = num * r + 2.71155556874348757815e-5;
    num = num * r + 1.2426609473880784386e-3;
    num = num * r + 2.6532189526576123093e-2;
    num = num * r + 2.9656057182850489123e-1;
    num = num * r + 1.7848265399172913358;
    num = num * r + 5.4637849111641143699;
    num = num * r + 6.6579046435011037772;
    den = 2.04426310338993978564e-15;
    den = den * r + 1.4215117583164458887e-7;
    den = den * r + 1.8463183175100546818e-5;
    den = den * r + 7.868691311456132591e-4;
    den = den * r + 1.48753612908506148525e-2;
    den = den * r + 1.3692988092273580531e-1;
    den = den * r + 5.9983220655588793769e-1;
    den = den * r + 1.0;
  }
  return num / den;
}

export function erfinvScalar(x: f64): f64 {
  const m = abs(x);
  if (!(m < 1.0)) return m == 1.0 ? x * Infinity : NaN;
  // x³·π/12 is lost beside x.
  if (m < 1e-8) return x * SQRT_PI_2;
  const complement = 1.0 - m;
  let y = (m <= 0.85 ? quantileCentre(0.5 * m) : quantileTail(sqrt(-NativeMath.log(0.5 * complement)))) * SQRT1_2;
  // Against the smaller of erf and erfc: its relative error is the smaller absolute one.
  const residual = m <= 0.5 ? m - erfScalar(y) : erfcScalar(y) - complement;
  y += residual * SQRT_PI_2 * NativeMath.exp(y * y);
  return copysign<f64>(y, x);
}
