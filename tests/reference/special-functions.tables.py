# The tables of assembly/kernels/special/tables.ts, by mpmath with 50 digits: rational functions P/Q, Q(0) = 1, that meet their function
# at the Chebyshev points of an interval.
#   python3 tests/reference/special-functions.tables.py > assembly/kernels/special/tables.ts
from mpmath import *
mp.dps = 50

def interpolant(f, low, high, m, n):
    count = m + n + 1
    points = [low + (high - low) * (cos(pi * (2 * k + 1) / (2 * count)) + 1) / 2 for k in range(count)]
    rows = [[t**j for j in range(m + 1)] + [-f(t) * t**j for j in range(1, n + 1)] for t in points]
    s = lu_solve(matrix(rows), matrix([f(t) for t in points]))
    P, Q = list(s[:m + 1]), [mpf(1)] + list(s[m + 1:])
    tests = [low + (high - low) * (k + mpf(1) / 3) / 60 for k in range(60)]
    error = max(abs(polyval(P[::-1], t) / polyval(Q[::-1], t) - f(t)) for t in tests) / max(abs(f(t)) for t in tests)
    return P, Q, error

root = findroot(digamma, 1.4616)
j01, j02, j11 = besseljzero(0, 1), besseljzero(0, 2), besseljzero(1, 1)
square = lambda f: lambda t: f(sqrt(t))
inverse = lambda f: lambda s: f(1 / s)
# P + iQ of Hankel's expansions: √(πx/2)·(J + iY) = (P + iQ)·e^i(x - (2ν+1)π/4)
PQ = lambda nu: lambda s: (lambda x: hankel1(nu, x) * sqrt(pi * x / 2) * expj(-(x - (2 * nu + 1) * pi / 4)))(1 / sqrt(s))
TABLES = [
    ('LGAMMA', 'log Γ(1 + u) / (u·(u - 1)) - 0.4375 for -0.2 <= u <= 1.7', lambda u: loggamma(1 + u) / (u * (u - 1)) - 0.4375, -0.2, 1.7, 9, 8),
    ('DIGAMMA', 'ψ(1 + u) / (1 + u - its zero) for -0.1 <= u <= 1.4', lambda u: digamma(1 + u) / (1 + u - root), -0.1, 1.4, 6, 6),
    ('I0_NEAR', 'I₀(x) in x² for x <= 10', square(lambda x: besseli(0, x)), 0, 100, 17, 0),
    ('I1_NEAR', 'I₁(x)/x in x² for x <= 10', square(lambda x: besseli(1, x) / x), 0, 100, 16, 0),
    ('I0_FAR', '√x·e⁻ˣ·I₀(x) in 1/x for x >= 10', inverse(lambda x: besseli(0, x) * sqrt(x) * exp(-x)), 0, 0.1, 18, 0),
    ('I1_FAR', '√x·e⁻ˣ·I₁(x) in 1/x for x >= 10', inverse(lambda x: besseli(1, x) * sqrt(x) * exp(-x)), 0, 0.1, 18, 0),
    ('K0_NEAR', 'K₀(x) + log(x)·I₀(x) in x² for x <= 1', square(lambda x: besselk(0, x) + log(x) * besseli(0, x)), 0, 1, 4, 3),
    ('K1_NEAR', '(K₁(x) - log(x)·I₁(x) - 1/x)/x in x² for x <= 1', square(lambda x: (besselk(1, x) - log(x) * besseli(1, x) - 1 / x) / x), 0, 1, 4, 3),
    ('K0_FAR', '√x·eˣ·K₀(x) - 1.25 in 1/x for x >= 1', inverse(lambda x: besselk(0, x) * sqrt(x) * exp(x) - 1.25), 0, 1, 10, 10),
    ('K1_FAR', '√x·eˣ·K₁(x) - 1.25 in 1/x for x >= 1', inverse(lambda x: besselk(1, x) * sqrt(x) * exp(x) - 1.25), 0, 1, 10, 10),
    ('J0_NEAR', 'J₀(x) / ((x² - j₁²)·(x² - j₂²)), with its zeros j₁ and j₂, in x² for x <= 5', square(lambda x: besselj(0, x) / ((x*x - j01**2) * (x*x - j02**2))), 0, 25, 5, 5),
    ('J1_NEAR', 'J₁(x) / (x·(x² - j²)), with its zero j, in x² for x <= 5', square(lambda x: besselj(1, x) / x / (x*x - j11**2)), 0, 25, 6, 5),
    ('Y0_NEAR', 'Y₀(x) - 2/π·log(x/4)·J₀(x) in x² - 12.5 for x <= 5', lambda u: (lambda x: bessely(0, x) - 2 / pi * log(x / 4) * besselj(0, x))(sqrt(u + 12.5)), -12.5, 12.5, 8, 5),
    ('Y1_NEAR', '(Y₁(x) - 2/π·(log(x/4)·J₁(x) - 1/x))/x in x² - 12.5 for x <= 5', lambda u: (lambda x: (bessely(1, x) - 2 / pi * (log(x / 4) * besselj(1, x) - 1 / x)) / x)(sqrt(u + 12.5)), -12.5, 12.5, 8, 5),
    ('P0', 'the factor of the cosine in √(πx/2)·J₀(x), in 1/x² for x >= 5', lambda s: PQ(0)(s).real, 0, 0.04, 6, 6),
    ('Q0', 'x times that of the sine', lambda s: PQ(0)(s).imag / sqrt(s), 0, 0.04, 6, 6),
    ('P1', 'the same two for J₁', lambda s: PQ(1)(s).real, 0, 0.04, 6, 6),
    ('Q1', '', lambda s: PQ(1)(s).imag / sqrt(s), 0, 0.04, 6, 6),
]
parts = lambda x: (float(x), float(x - mpf(float(x))))
if __name__ == '__main__':
    print('// Made by tests/reference/special-functions.tables.py. Rational functions for `rational` (scalar.ts), numerator and denominator by turns, or polynomials for `polynomial`, constant')
    print('// coefficients first: each meets its function at the Chebyshev points of an interval. Errors are relative to the largest value.')
    print()
    print('/** B₂ₖ/(2k)!, k = 1 …: the coefficients of the Euler–Maclaurin formula. */')
    print('export const BERNOULLI = memory.data<f64>([%s]); // prettier-ignore' % ', '.join(repr(float(bernoulli(2 * k) / factorial(2 * k))) for k in range(1, 13)))
    print('/** As head and tail: the zero of ψ, squares of zeros of J₀ (two) and J₁. */')
    print('export const ZEROS = memory.data<f64>([%s]); // prettier-ignore' % ', '.join(repr(v) for x in (root, j01**2, j02**2, j11**2) for v in parts(x)))
    print("/** Ai and Ai' at -9, -8 … 0, 2, 4 … 10. */")
    print('export const AIRY = memory.data<f64>([%s]); // prettier-ignore' % ', '.join(repr(float(airyai(x, derivative=d))) for x in [*range(-9, 0), *range(0, 11, 2)] for d in (0, 1)))
    for name, text, f, low, high, m, n in TABLES:
        P, Q, error = interpolant(f, mpf(low), mpf(high), m, n)
        # Of a polynomial the two columns are the coefficients of even and of odd powers.
        if n == 0: P, Q = P[::2], P[1::2]
        rows = max(len(P), len(Q))
        P += [mpf(0)] * (rows - len(P)); Q += [mpf(0)] * (rows - len(Q))
        text = text + ': ' if text else ''
        print('/** %s%d rows, error %s. */' % (text if text else '', rows, nstr(error, 1)))
        print('export const %s = memory.data<f64>([%s]); // prettier-ignore' % (name, ', '.join(repr(float(v)) for pair in zip(P, Q) for v in pair)))
