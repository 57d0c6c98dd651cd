# Values and first three derivatives where sigmoids have saturated or bend, and beside the pole of log, by mpmath:
#   python3 tests/reference/saturation.py > tests/reference/saturation.json
import json, struct
from mpmath import mp, mpf, exp, log, log1p, tanh, sqrt, pi
mp.dps = 500
f32 = lambda x: struct.unpack('f', struct.pack('f', x))[0]
sigmoid = lambda x: 1/(1+exp(-x))
softplus = lambda x: log1p(exp(x))
points = [s*f32(x) for x in (1e-30, 1e-10, 1e-6, 1e-4, .01, .3, 1, 3, 5, 8, 12, 19, 40, 80) for s in (1, -1)]
positive = [f32(x) for x in (1e-30, 1e-20, 1e-10, 1e-3, .3, 2, 1e10)]
table = {
  'tanh': (tanh, points), 'sigmoid': (sigmoid, points), 'nn.functional.logsigmoid': (lambda x: -softplus(-x), points),
  'nn.functional.softplus': (softplus, [x for x in points if x < 20]), 'nn.functional.silu': (lambda x: x*sigmoid(x), points),
  'nn.functional.mish': (lambda x: x*tanh(softplus(x)), points), 'logaddexp 0': (softplus, points),
  'nn.functional.tanhshrink': (lambda x: x-tanh(x), points),
  'gelu tanh': (lambda x: x*sigmoid(sqrt(8/pi)*(x+mpf(0.044715)*x**3)), [x for x in points if abs(x) < 9]),
  'special.entr': (lambda x: -x*log(x), positive), 'xlogy x': (lambda x: x*log(x), positive), 'xlogy 2': (lambda x: 2*log(x), positive),
}
def derivatives(f, at):
  x, h = mpf(at), abs(mpf(at))*mpf(10)**-60
  a, b, c, d, e = [f(x+k*h) for k in (-2, -1, 0, 1, 2)]
  return [c, (d-b)/(2*h), (d-2*c+b)/h**2, (e-2*d+2*b-a)/(2*h**3)]
number = lambda v: float(mp.nstr(v, 20))
print(json.dumps({name: [[x]+[number(v) for v in derivatives(f, x)] for x in at] for name, (f, at) in table.items()}).replace('], [', '],\n['))
