# The ratios rₙ = iⁿ⁺¹erfc/iⁿerfc of repeated integrals of erfc (DLMF 7.18), by mpmath with 60 digits, at float32-representable x:
#   python3 tests/reference/erfc-ratios.py > tests/reference/erfc-ratios.json       rows [n, x, value]; order -1 is erfcx, -2 its logarithm
#   python3 tests/reference/erfc-ratios.py coefficients                             the tables of assembly/kernels/math/erfcRatio.ts
import sys, numpy as np
from mpmath import mp, mpf, exp, log, sqrt, pi, cos, hyperu, erfc, quad, inf, matrix, lu_solve, nstr, factorial
mp.dps = 60
# e^(x²)·iⁿerfc(x): by DLMF 7.18.10 for x >= 0, by the recurrence 7.18.7, which is stable there, for x < 0
def scaled(n, x):
    if n == -1: return 2 / sqrt(pi)
    if x >= 0: return mpf(2)**-n / sqrt(pi) * hyperu((n + mpf(1)) / 2, mpf(1) / 2, x * x)
    if n == 0: return exp(x * x) * erfc(x)
    return (scaled(n - 2, x) - 2 * x * scaled(n - 1, x)) / (2 * n)
ratio = lambda n, x: scaled(n + 1, x) / scaled(n, x)
def value(n, x):
    return log(scaled(0, x)) if n == -2 else scaled(0, x) if n == -1 else ratio(n, x)
# P/Q of degrees m, n that meets f at the Chebyshev points of [low, high], Q(0) = 1; and its largest relative error
def rational(f, low, high, m, n):
    count = m + n + 1
    points = [low + (high - low) * (cos(pi * (2 * k + 1) / (2 * count)) + 1) / 2 for k in range(count)]
    rows = [[t**j for j in range(m + 1)] + [-f(t) * t**j for j in range(1, n + 1)] for t in points]
    s = lu_solve(matrix(rows), matrix([f(t) for t in points]))
    P, Q = list(s[:m + 1]), [mpf(1)] + list(s[m + 1:])
    at = lambda t: sum(c * t**j for j, c in enumerate(P)) / sum(c * t**j for j, c in enumerate(Q))
    tests = [low + (high - low) * (k + mpf(1) / 3) / 80 for k in range(80)]
    return P, Q, max(abs(at(t) / f(t) - 1) for t in tests)
if 'coefficients' in sys.argv:
    inverse = lambda s: ratio(4, 1 / sqrt(s)) / sqrt(s)  # x·r₄(x) in s = 1/x²
    for name, f, low, high in (('NEAR', lambda x: ratio(4, x), 0, 2), ('MIDDLE', inverse, mpf(1) / 16, mpf(1) / 4), ('FAR', inverse, 0, mpf(1) / 16)):
        P, Q, error = rational(f, mpf(low), mpf(high), 6, 7)
        print('// relative error', nstr(error, 2))
        for suffix, c in (('P', P), ('Q', Q)):
            print('const %s_%s = memory.data<f64>([%s]);' % (name, suffix, ', '.join(repr(float(v)) for v in c)))
else:
    rows = []
    for n in range(-2, 7):
        for x in [0, 1e-6, -1e-6, 0.01, -0.3, 0.7, 0.999, 1.001, 1.5, 1.99, 2.01, 3.1, 3.99, 4.01, 7.9, 11, 30, 1e3, 1e6, -1.5, -3, -5]:
            if n == -2 and x < 0.5: continue
            x = float(np.float32(x)); rows.append((n, x, float(value(n, mpf(x)))))
    print('[\n' + ',\n'.join('  [%d, %r, %r]' % r for r in rows) + '\n]')
