// Classical orthogonal polynomials of degree n (DLMF 18.9), by their recurrences. `family` says which; derivatives lead from one to
// another (18.9.19 and on), so a parameter stands for each order of them:
//
//      > 0     Gegenbauer's of that parameter λ: 1/2 are Legendre's, 1 Chebyshev's of the second kind
//      -1      Chebyshev's of the first kind, T
//      -2      … of the third, V
//      -3      … of the fourth, W
//      -4      Hermite's, H
//      -5      Hermite's of probability theory, He
//      -6 - α  Laguerre's of the parameter α
/** Of higher degrees, which would take a tenth of a second for each element, it gives NaN. */
const HIGHEST: f64 = 16777216;
/** Of the whole part of a degree. */
export function orthogonal(x: f64, degree: f64, family: f64): f64 {
  const n = trunc(degree);
  if (!(n <= HIGHEST)) return NaN;
  // Of no degree there is none, which is what derivatives of constants come to.
  if (n < 0) return 0;
  if (n == 0) return 1;
  let before = 1.0,
    current = x;
  if (family > 0) current = 2 * family * x;
  else if (family == -2) current = 2 * x - 1;
  else if (family == -3) current = 2 * x + 1;
  else if (family == -4) current = 2 * x;
  else if (family <= -6) current = -5 - family - x;
  for (let k = 1.0; k < n; k++) {
    let next: f64;
    if (family > 0) next = (2 * (k + family) * x * current - (k + 2 * family - 1) * before) / (k + 1);
    else if (family > -4) next = 2 * x * current - before;
    else if (family == -4) next = 2 * (x * current - k * before);
    else if (family == -5) next = x * current - k * before;
    else next = ((2 * k - 5 - family - x) * current - (k - 6 - family) * before) / (k + 1);
    before = current;
    current = next;
    if (current != current) return current;
  }
  return current;
}
