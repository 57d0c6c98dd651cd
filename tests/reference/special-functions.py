# Values of special functions by mpmath, with 60 digits and more:
#   python3 tests/reference/special-functions.py > tests/reference/special-functions.json
# By op: rows of its arguments, the value and, where that is another number, what errors are relative to.
import json, random
from mpmath import *
mp.dps = 60
random.seed(7)
power = lambda low, high: 2**random.uniform(low, high)
uniform = random.uniform
short = lambda x: float(mpf(nstr(mpf(x), 6)))  # arguments of six digits: the file stays small
table = {}
def row(op, args, value, scale=None):
    numbers = [*args, float(value)]
    if scale is not None and abs(mpf(scale)) > abs(value): numbers.append(float(nstr(mpf(scale), 3)))
    table.setdefault(op, []).append(numbers)
def over(draws, *functions):
    for draw, count in draws:
        for _ in range(count):
            x = short(draw())
            for op, f, *scale in functions: row(op, [x], f(mpf(x)), scale[0](mpf(x)) if scale else None)

real = lambda f: lambda x: re(f(x))
envelope = lambda x: max(1, pi / abs(sinpi(x))) if x < 0 else 0
over([(lambda: uniform(0, 3), 30), (lambda: uniform(3, 20), 15), (lambda: power(-60, 100), 15), (lambda: uniform(-12, 0), 10)],
     ('lgamma', real(loggamma), lambda x: max(1, abs(log(abs(x)))) if x < 0 else 0), ('digamma', digamma, lambda x: max(envelope(x), 0 if x > 0 else log(-x))))
near_root = [1.4616, 1.46163, 1.461632, 1.5, 0.999, 1.001, 1.999, 2.001]
for x in near_root: row('lgamma', [x], loggamma(mpf(x))); row('digamma', [x], digamma(mpf(x)))
row('lgamma', [2.4262], loggamma(mpf(2.4262))); row('digamma', [-4.8131], digamma(mpf(-4.8131)), 2)
def derivative(n, x):
    if n < 10: return psi(n, x)
    term, total, k = mpf(1), mpf(0), 0
    while term > total * mpf(10)**-70 and k < 4000: term = (x + k)**(-n - 1); total += term; k += 1
    return -(-1)**n * factorial(n) * total
for n in (1, 2, 3, 30, 100, 1000):
    for x in [short(power(-6, 10)) for _ in range(6)] + [short(uniform(-30, -0.1)) for _ in range(2 if n < 4 else 0)]:
        v = derivative(n, mpf(x))
        # for negative x, where terms of both signs meet
        if mpf(10)**-300 < abs(v) < mpf(10)**300: row('polygamma', [n, x], v, abs(x - nint(x))**-(n + 1) if x < 0 else None)
for _ in range(40):
    s, q = short(1 + power(-6, 10)), short(power(-5, 11))
    with workdps(90): v = zeta(mpf(s), mpf(q))
    if mpf(10)**-300 < v < mpf(10)**300: row('special.zeta', [s, q], v)
for a, b in [(3, 1.25e5), (3.5e5, 8.1e5)]: row('special.zeta', [a, b], zeta(mpf(a), mpf(b))) if a < 100 else None
for _ in range(20):
    a, b = short(power(-8, 20)), short(power(-8, 20))
    row('special.betaln', [a, b], loggamma(a) + loggamma(b) - loggamma(mpf(a) + b), 1)
for x, p in [(3.2, 2), (5.5, 4), (120.25, 7)]:
    row('mvlgamma', [x, p], mpf(p) * (p - 1) / 4 * log(pi) + sum(loggamma(x - mpf(j) / 2) for j in range(p)))

wave = lambda f: lambda x: max(abs(f(x)), sqrt(2 / (pi * x)) if x > 0.5 else 0)
bessel = [(lambda: uniform(0, 6), 25), (lambda: uniform(6, 50), 15), (lambda: power(-30, 9), 10), (lambda: power(9, 60), 5)]
for n in (0, 1):
    for name, f in (('J', besselj), ('Y', bessely)):
        g = lambda x, f=f, n=n: f(n, x)
        over(bessel, ('special.bessel%s%d' % (name, n), g, wave(g)))
    over(bessel[:3], ('special.i%d' % n, lambda x: besseli(n, x)), ('special.i%de' % n, lambda x: besseli(n, x) * exp(-x)),
         ('special.modifiedBesselK%d' % n, lambda x: besselk(n, x)), ('special.scaledModifiedBesselK%d' % n, lambda x: besselk(n, x) * exp(x)))
    for x in [709.5, 712.25]: row('special.i%d' % n, [x], besseli(n, mpf(x)))
# Where x² has lost the most.
for x in [8.8951, 8.1683, 8.1821]: row('special.i0', [x], besseli(0, mpf(x)))
for x in [8.126, 8.1339, 9.6329]: row('special.i1', [x], besseli(1, mpf(x)))
for x in [9.8539, 9.6565, 9.7594]: row('special.i1e', [x], besseli(1, mpf(x)) * exp(-mpf(x)))
table = {op: [r for r in rows if abs(r[len(r) - 1]) > 1e-290 and abs(r[1]) < 1e300] for op, rows in table.items()}

normal = lambda x: erfc(-x / sqrt(2)) / 2
def quantile(p):
    start = sqrt(-2 * log(min(p, 1 - p))) if min(p, 1 - p) < 0.1 else mpf(1)
    if p == 0.5: return mpf(0)
    x = mpf(-start if p < 0.5 else start) if min(p, 1 - p) < 0.1 else 2.5 * (p - mpf(1) / 2)
    for _ in range(12): x += (log(p) - log(normal(x))) * normal(x) * sqrt(2 * pi) * exp(x * x / 2)
    return x
over([(lambda: uniform(-3, 3), 20), (lambda: power(-30, 4.6), 15), (lambda: -power(-30, 4.6), 15), (lambda: power(4, 100), 5)],
     ('special.erfcx', lambda x: exp(x * x) * erfc(x)) )
over([(lambda: uniform(-3, 3), 25), (lambda: power(-30, 3.2), 15), (lambda: -power(-30, 10), 15)], ('special.logNdtr', lambda x: log(normal(x))))
over([(lambda: uniform(0, 1), 30), (lambda: power(-900, 0), 15), (lambda: power(-20, 0), 15), (lambda: 0.5 + uniform(-1, 1) * power(-20, -6), 10)], ('special.ndtri', quantile))

def lower(a, x):
    term = total = mpf(1)
    k = 1
    while term > total * mpf(10)**-60:
        term *= x / (a + k); total += term; k += 1
    return total * exp(a * log(x) - x - loggamma(a + 1))
def upper(a, x):  # DLMF 8.9.2
    tiny = mpf(10)**-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    h = d
    for k in range(1, 100000):
        b += 2
        d = 1 / (-k * (k - a) * d + b); c = b - k * (k - a) / c
        h *= c * d
        if abs(c * d - 1) < mpf(10)**-50: break
    return h * exp(a * log(x) - x - loggamma(a))
def both(a, x):
    if x < a + 1:
        p = lower(a, x)
        return p, 1 - p
    q = upper(a, x)
    return 1 - q, q
for k in range(60):
    a = short(power(-10, 10) if k < 45 else power(10, 15))
    x = short([abs(a + random.gauss(0, 3) * sqrt(a)), a * mpf(uniform(0.5, 1.6)), mpf(power(-10, 9))][k % 3 if k < 45 else 0])
    if x <= 0: continue
    p, q = both(mpf(a), mpf(x))
    if p > mpf(10)**-300: row('special.gammainc', [a, x], p)
    if q > mpf(10)**-300: row('special.gammaincc', [a, x], q)
# Far out.
for a, x in [(941.6, 371.7), (724.465, 240.913), (1023.37, 529.96)]: row('special.gammainc', [a, x], both(mpf(a), mpf(x))[0])
for a, x in [(923.394, 2478.5), (628.93, 1400.66)]: row('special.gammaincc', [a, x], both(mpf(a), mpf(x))[1])
def beta(a, b, x):
    with workdps(80): return betainc(a, b, 0, x, regularized=True)
for k in range(60):
    a, b = short(power(-8, 10)), short(power(-8, 10))
    m, d = a / (a + b), (a * b / (a + b)**2 / (a + b + 1))**0.5
    x = short([m + 2.5 * d * random.gauss(0, 1), uniform(0, 1), power(-10, 0)][k % 3])
    if 0 < x < 1:
        v = beta(mpf(a), mpf(b), mpf(x))
        if v > mpf(10)**-300: row('special.betainc', [a, b, x], v)
for a, b, x in [(632.582, 271.449, 0.409948), (834.814, 30.6526, 0.424573), (271.449, 632.582, 0.590052)]: row('special.betainc', [a, b, x], beta(mpf(a), mpf(b), mpf(x)))

for x in [-1.75, -0.8, 0.3, 0.95, 2.5]:
    for n in (0, 1, 2, 5, 12):
        X, size = mpf(x), None
        theta = acos(X)
        row('special.legendrePolynomialP', [x, n], legendre(n, X), 1)
        row('special.chebyshevPolynomialT', [x, n], chebyt(n, X), 1)
        row('special.chebyshevPolynomialU', [x, n], chebyu(n, X), 1)
        row('special.chebyshevPolynomialV', [x, n], re(cos((n + mpf(1) / 2) * theta) / cos(theta / 2)), n + 1)
        row('special.chebyshevPolynomialW', [x, n], re(sin((n + mpf(1) / 2) * theta) / sin(theta / 2)), n + 1)
        row('special.hermitePolynomialH', [x, n], hermite(n, X), 2**n * sqrt(factorial(n)))
        row('special.hermitePolynomialHe', [x, n], 2**(-mpf(n) / 2) * hermite(n, X / sqrt(mpf(2))), sqrt(factorial(n)))
        row('special.laguerrePolynomialL', [x, n], laguerre(n, 0, X), 1)
# What is made of other functions. Waves near their zeros by what they are between them.
around = [(lambda: uniform(0, 4), 15), (lambda: uniform(-60, 60), 10), (lambda: power(-30, 40), 10), (lambda: round(uniform(1, 999)) + uniform(-1, 1) * 1e-4, 10)]
over(around, ('special.sinc', sincpi, lambda x: 1 / (pi * abs(x)) if abs(x) > 0.5 else 0), ('special.sphericalBesselJ0', sinc, lambda x: 1 / abs(x) if abs(x) > 1 else 0))
over([(lambda: uniform(-3, 3), 20), (lambda: -power(-30, 5), 20), (lambda: power(-30, 4), 10)], ('special.ndtr', normal))
over([(lambda: uniform(0, 1), 20), (lambda: power(-60, 0), 15), (lambda: 0.5 + uniform(-1, 1) * power(-12, -1), 10)], ('special.logit', lambda x: log(x / (1 - x))))
over([(lambda: uniform(0, 3), 15), (lambda: power(-60, 60), 15), (lambda: 1 + uniform(-1, 1) * power(-12, -1), 10)], ('special.entr', lambda x: -x * log(x)))
for _ in range(30):
    x, y = short(uniform(-9, 9)), short([uniform(-1, 5), power(-40, 40), -power(-40, -1)][_ % 3])
    row('special.xlog1py', [x, y], x * log1p(mpf(y)))
for x in [-0.4, 0.1, 0.013, 0.65, 0.975, 1.75]:
    for n in (0, 1, 2, 5, 12):
        X = 2 * mpf(x) - 1
        theta = acos(X)
        row('special.shiftedChebyshevPolynomialT', [x, n], chebyt(n, X), 1)
        row('special.shiftedChebyshevPolynomialU', [x, n], chebyu(n, X), 1)
        row('special.shiftedChebyshevPolynomialV', [x, n], re(cos((n + mpf(1) / 2) * theta) / cos(theta / 2)), n + 1)
        row('special.shiftedChebyshevPolynomialW', [x, n], re(sin((n + mpf(1) / 2) * theta) / sin(theta / 2)), n + 1)
tail = lambda x: abs(x)**mpf(-0.25) / sqrt(pi) if x < -1 else 0
over([(lambda: uniform(-10, 10.5), 40), (lambda: uniform(-60, 103), 25), (lambda: -power(0, 33), 15), (lambda: -power(-30, 0), 5)], ('special.airyAi', airyai, tail))
print('{\n' + ',\n'.join('  %s: [\n%s\n  ]' % (json.dumps(op), ',\n'.join('    ' + json.dumps(r) for r in rows)) for op, rows in table.items()) + '\n}')
