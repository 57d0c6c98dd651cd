# [n, x, jₙ(x)] by mpmath, 60 digits, at float32-representable x; the output is tests/reference/spherical-bessel.json
import numpy as np
from mpmath import mp, mpf, besselj, sqrt, pi
mp.dps=60
def j(n,x): return 1 if x==0 and n==0 else 0 if x==0 else (sqrt(pi/(2*abs(x)))*besselj(n+mpf(1)/2,abs(x)))*(-1 if x<0 and n%2 else 1)
rows=[]
for n in range(0,6):
  for x in [0,1e-6,-0.01,0.5,-1.25,1.5,1.75,-2.5,3.5,-4.75,6.5,7.25,-9.5,20,-100.5,1e4,3e5]:
    x=float(np.float32(x)); rows.append((n,x,float(j(n,mpf(x)))))
print("[\n" + ",\n".join("  [%d, %r, %r]" % r for r in rows) + "\n]")
