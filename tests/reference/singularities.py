# Values and first three derivatives at and around removable singularities and cancellations, by mpmath with 110 digits:
#   python3 tests/reference/singularities.py > tests/reference/singularities.json
import json, numpy as np
from mpmath import mp, mpf, diff, sin, exp, log, tanh, sqrt, erf, erfc, atanh, asin, acos, acosh, asinh, pi, besseli, expm1
mp.dps = 110
f32 = lambda x: float(np.float32(x))
near0 = [s*10**-k for k in (12,8,6,5,4,3,2,1) for s in (1,-1)] + [0.3,-0.3,.49,-.49,.51,-.51,0.7,-0.7,1.1,-1.1,2.2,-2.2,3.7,-5.1]
def aroundOf(c, h=(1e-6,1e-4,1e-2,.1,.2,.24,.26)): return [c+s*d for d in h for s in (1,-1)]
def sinc(x): 
    return sin(pi*x)/(pi*x) if x!=0 else mpf(1)
Phi = lambda x: erfc(-x/sqrt(2))/2
table = {
 'sinc': (sinc, near0+aroundOf(1)[2:]),
 'expm1': (lambda x: expm1(x), near0+[-10,-20,-30]),
 'log1p': (lambda x: log(1+x), near0[:-5]+[-.999, -.99999]),
 'tanh': (tanh, near0),
 'sigmoid': (lambda x: 1/(1+exp(-x)), near0+[-10,-30,-60]),
 'nn.functional.tanhshrink': (lambda x: x-tanh(x), near0),
 'nn.functional.softsign': (lambda x: x/(1+abs(x)), [x for x in near0+[100,-100,1e4,-1e4,1e6]]),
 'logit': (lambda x: log(x)-log(1-x), aroundOf(.5)+[1e-6,1e-3,.999]),
 'nn.functional.softplus': (lambda x: log(1+exp(x)), near0+[-10,-30,10,19]),
 'nn.functional.logsigmoid': (lambda x: -log(1+exp(-x)), near0+[-10,-30,10,30]),
 'nn.functional.mish': (lambda x: x*tanh(log(1+exp(x))), near0+[-10,10]),
 'nn.functional.silu': (lambda x: x/(1+exp(-x)), near0+[-10,-20]),
 'nn.functional.gelu': (lambda x: x*Phi(x), near0+[-4,-6]),
 'gelu tanh': (lambda x: x/2*(1+tanh(sqrt(2/pi)*(x+mpf(0.044715)*x**3))), near0+[-3,-4]),
 'nn.functional.elu': (lambda x: x if x>0 else expm1(x), [x for x in near0]+[-10,-20]),
 'nn.functional.celu': (lambda x: x if x>0 else expm1(x), [x for x in near0]+[-10,-20]),
 'asin': (asin, near0[:-5]+[.99,.9999,1-1e-6,-1+1e-6]),
 'acos': (acos, near0[:-5]+[.99,.9999,1-1e-6,-1+1e-6]),
 'atanh': (atanh, near0[:-5]+[.99,.9999,1-1e-6,-1+1e-6]),
 'acosh': (acosh, [1.1,1.01,1.0001,1+1e-6,2,30]),
 'asinh': (asinh, near0+[100,1e6]),
 'atan': (lambda x: mp.atan(x), near0+[100,1e4]),
 'erf': (erf, near0+[3]), 'erfc': (erfc, near0+[3,5]),
 'erfinv': (lambda x: mp.erfinv(x), near0[:-5]+[.99,-.999]),
 'special.i0': (lambda x: besseli(0,x), near0+[20,23.9,24.1,30]),
 'special.i1': (lambda x: besseli(1,x), near0+[20,23.9,24.1,30]),
 'special.i0e': (lambda x: exp(-abs(x))*besseli(0,x), near0+[20,23.9,24.1,30,100]),
 'special.i1e': (lambda x: exp(-abs(x))*besseli(1,x), near0+[20,23.9,24.1,30,100]),
 'special.entr': (lambda x: -x*log(x), [1e-8,1e-4,.01,.3,1,1+1e-6,2]),
 'special.ndtr': (Phi, near0+[-6]),
 'special.logNdtr': (lambda x: log(Phi(x)), near0+[-.99,-1.01,-3,-8,-11,-12,-20,-40,-300,3,5]),
 'special.erfcx': (lambda x: exp(x*x)*erfc(x), near0+[4,7.9,8.1,20,300]),
 'special.ndtri': (lambda x: sqrt(2)*mp.erfinv(2*x-1), aroundOf(.5)+[.13,.14,1e-3,1e-6,.9,.999]),
 'xlogy self': (lambda x: x*log(x), [1e-6,.01,1,1+1e-6]),
 'logaddexp 0': (lambda x: log(exp(x)+1), near0+[-20,20]),
 'rsqrt1p': (lambda x: 1/sqrt(1+x), near0[:-5]),
 'hypot 1': (lambda x: sqrt(x*x+1), near0),
 'hypot small': (lambda x: sqrt(x*x+mpf(f32(1e-6))**2), near0[6:]),
 'atan2 1': (lambda x: mp.atan2(x,1), near0),
 'atan2 small': (lambda x: mp.atan2(mpf(f32(1e-20)),x), [1e-20,2e-20,-3e-20,1e-18]),
 'pow1.5': (lambda x: x**1.5, [1e-6,1e-3,.5]),
 'square norm': (lambda x: x*x, near0),
 'cos sim': (lambda x: (1+x)/sqrt(2)/sqrt(1+x*x), near0),
}
out = {}
for name,(f,pts) in table.items():
    rows=[]
    for x in pts + ([0] if name in ('sinc','expm1','log1p','tanh','nn.functional.tanhshrink','nn.functional.softplus','nn.functional.logsigmoid','special.i0','special.i1','erfinv','hypot 1','logaddexp 0','atan2 1','special.erfcx','special.ndtr','special.logNdtr','nn.functional.gelu','nn.functional.silu','nn.functional.mish') else []):
        x=f32(x); X=mpf(x)
        try:
            t=[f(X)]+[diff(f,X,k,h=(abs(X) if X!=0 else mpf(1))*mpf(10)**-18) for k in (1,2,3)]
        except Exception as e:
            continue
        rows.append([x]+[float(v.real) for v in t])
    out[name]=rows
keep = {'sinc': 1e-12, 'expm1': 0, 'log1p': 0, 'nn.functional.tanhshrink': 0, 'nn.functional.softsign': 0, 'logit': 0, 'asin': 0, 'acos': 0,
  'atanh': 0, 'acosh': 0, 'asinh': 0, 'atan': 0, 'nn.functional.elu': 0, 'nn.functional.celu': 0, 'special.i0': 0, 'special.i1': 0,
  'special.entr': 0, 'special.erfcx': 0, 'special.logNdtr': 0, 'erf': 0, 'erfinv': 0, 'hypot 1': 0, 'atan2 1': 0, 'square norm': 0, 'pow1.5': 0}
clean = lambda v: 0.0 if abs(v) < 1e-30 else v
rows = {name: [[row[0]] + [clean(v) for v in row[1:]] for row in out[name] if abs(row[0]) <= (1.2 if name == 'nn.functional.tanhshrink' else 0.8 if name == 'sinc' else 0.99999999 if name in ('asin', 'acos', 'atanh') else 1e9)] for name in keep}
print('{\n' + ',\n'.join('  %s: [\n%s\n  ]' % (json.dumps(n), ',\n'.join('    ' + json.dumps(r) for r in rs)) for n, rs in rows.items()) + '\n}')
