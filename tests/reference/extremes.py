# Values and derivatives where squares of the arguments over- or underflow, or parameters go to 0, by mpmath:
#   python3 tests/reference/extremes.py (writes extremes.json.gz)
# Arguments are numbers of the dtype; results are rounded to float64 once.
import gzip, json, math, os, struct
from mpmath import *
mp.prec = 4000

def rounded(x):
    if x == 0: return 0.0
    unit = max(mag(x) - 53, -1074)
    try: return math.ldexp(int(nint(x / mpf(2)**unit)), int(unit))
    except OverflowError: return math.copysign(math.inf, x)
parts = lambda z: [rounded(mpc(z).real), rounded(mpc(z).imag)]
single = lambda x: struct.unpack('f', struct.pack('f', x))[0]
dtypes = {'float64': ([5e-324, 3e-310, 1e-300, 1e-160, 1e-100, 1e100, 1e160, 1e200, 1e300, 1.1e308, 1.7e308], float),
          'float32': ([1e-45, 1e-40, 1e-30, 1e-19, 1e-12, 1e12, 1e19, 1e30, 1e38, 2e38, 3.3e38], single)}
directions = [(1, 0.7), (0.6, 1), (-1, 0.3), (0.5, -1), (1, 1)]

def slope_by_difference(f):
    def slope(w):
        h = abs(w) * mpf(2)**-1200
        return (f(w + h) - f(w - h)) / (2 * h)
    return slope
# The function, and its derivative.
functions = {
    'sqrt': (sqrt, lambda w: 1 / (2 * sqrt(w))), 'rsqrt': (lambda w: 1 / sqrt(w), lambda w: -1 / (2 * w * sqrt(w))),
    'reciprocal': (lambda w: 1 / w, lambda w: -1 / w**2), 'square': (lambda w: w * w, lambda w: 2 * w),
    'log': (log, lambda w: 1 / w), 'log10': (log10, lambda w: 1 / (w * log(10))),
    'log1p': (lambda w: log(1 + w), lambda w: 1 / (1 + w)),
    'asin': (asin, None), 'acos': (acos, None), 'asinh': (asinh, None), 'acosh': (acosh, None),
    'atan': (atan, lambda w: 1 / (1 + w * w)), 'atanh': (atanh, lambda w: 1 / (1 - w * w)),
    'sgn': (lambda w: w / abs(w), None), 'abs': (abs, None), 'pow -2': (lambda w: 1 / w**2, lambda w: -2 / w**3),
}
table = {'complex': [], 'quotients': [], 'real': [], 'gammainc': [], 'betainc': []}
for dtype, (scales, number) in dtypes.items():
    points = [(number(s * x), number(s * y)) for s in scales for x, y in directions]
    for z in points:
        if 0 in z: continue
        w = mpc(*z)
        for name, (f, slope) in functions.items():
            # In Kahan's formulas for these a product may be larger than |z|.
            if name in ('asin', 'acos', 'asinh', 'acosh') and max(map(abs, z)) > {'float64': 1.2e308, 'float32': 2.3e38}[dtype]: continue
            # Gradients are conjugate; that of |z| is z/|z|.
            if name == 'abs': gradient = parts(w / abs(w))
            elif name == 'sgn': gradient = None
            else: gradient = parts(conj((slope or slope_by_difference(f))(w)))
            table['complex'].append([dtype, name, z, parts(f(w)), gradient])
    for s in scales[:-1:2] + [1, scales[-1]]:
        for t in scales[1::2] + [1, scales[0]]:
            for i in range(2):
                a, b = [tuple(number(size * part) for part in directions[k]) for size, k in ((s, i), (t, i + 2))]
                if 0 in a or 0 in b: continue
                A, B = mpc(*a), mpc(*b)
                table['quotients'].append([dtype, a, b, parts(A / B), parts(conj(1 / B)), parts(conj(-A / B**2))])
    for s in scales:
        x = number(s)
        w = mpf(x)
        root = sqrt(1 + w**2)
        for sign in (1, -1): table['real'].append([dtype, 'asinh', [sign * x], rounded(1 / root), rounded(-sign * w / root**3)])
        for y in (x, number(x / 2), 1.0):
            h = sqrt(w**2 + mpf(y)**2)
            table['real'].append([dtype, 'hypot', [x, y], rounded(w / h), rounded(mpf(y)**2 / h**3)])

# The derivatives of order 1 and 2 of P(a, x) by a: -Q, which is analytic at a = 0, too.
for a in [0, 1e-300, 1e-30, 1e-12, 1e-5, 0.1, 1, 3.5]:
    # Next to 0 x has no weight below it that differences would show, unless a is small.
    for x in [1e-10, 0.01, 0.5, 3, 20] + ([1e-300] if a < 0.1 else []):
        with workdps(120):
            Q = lambda s: -gammainc(s, mpf(x)) * rgamma(s)
            h = mpf(10)**-30
            values = [Q(mpf(a) + k * h) for k in (-1, 0, 1)]
            table['gammainc'].append([a, x, float((values[2] - values[0]) / (2 * h)), float((values[2] - 2 * values[1] + values[0]) / h**2)])
# I(a, b, x) and its derivatives by a, b, a twice, b twice and both: by 1 - I, whose factor 1/Γ(a) is analytic at 0.
for a in [0, 1e-30, 1e-12, 1e-5, 0.1, 1, 3.5]:
    for b in [1e-12, 1e-5, 0.1, 1.5, 40]:
        for x in [1e-10, 0.01, 0.5, 0.999]:
            with workdps(150):
                y = 1 - mpf(x)
                def U(s, t): return -(y**t / t * hyp2f1(t, 1 - s, t + 1, y)) * gamma(s + t) * rgamma(s) * rgamma(t)
                A, B = mpf(a), mpf(b)
                g, h = min(A or B, B) * mpf(10)**-25, B * mpf(10)**-25
                at = [[U(A + i * g, B + k * h) for k in (-1, 0, 1)] for i in (-1, 0, 1)]
                values = [1 + at[1][1], (at[2][1] - at[0][1]) / (2 * g), (at[1][2] - at[1][0]) / (2 * h), (at[2][1] - 2 * at[1][1] + at[0][1]) / g**2,
                          (at[1][2] - 2 * at[1][1] + at[1][0]) / h**2, (at[2][2] - at[2][0] - at[0][2] + at[0][0]) / (4 * g * h)]
                table['betainc'].append([a, b, x, *[float(v) for v in values]])
text = json.dumps(table).replace('-Infinity', '"-Infinity"').replace(' Infinity', ' "Infinity"').replace('[Infinity', '["Infinity"')
path = os.path.join(os.path.dirname(__file__), 'extremes.json.gz')
with open(path, 'wb') as file: file.write(gzip.compress(text.encode(), mtime=0))
