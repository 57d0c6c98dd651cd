# Values and gradients of torch 1.13 outside of domains, at their ends and at infinities, as tests/reference/edges.json:
#   python3 tests/reference/edges.py > tests/reference/edges.json
import json, torch
points = [float("nan"), float("-inf"), -3e38, -2.0, -1.5, -1.0, -0.5, -0.0, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3e38, float("inf")]
s = torch.special
ops = {"acos": torch.acos, "acosh": torch.acosh, "asin": torch.asin, "asinh": torch.asinh, "atan": torch.atan, "atanh": torch.atanh,
  "erf": torch.erf, "erfc": torch.erfc, "erfinv": torch.erfinv, "exp": torch.exp, "expm1": torch.expm1, "i0": torch.i0, "log": torch.log, "log1p": torch.log1p,
  "log2": torch.log2, "logit": torch.logit, "rsqrt": torch.rsqrt, "sigmoid": torch.sigmoid, "sinc": torch.sinc, "special.entr": s.entr,
  "special.i0e": s.i0e, "special.i1": s.i1, "special.i1e": s.i1e, "special.ndtr": s.ndtr, "special.ndtri": s.ndtri,
  "special.logNdtr": s.log_ndtr, "sqrt": torch.sqrt, "tanh": torch.tanh, "abs": torch.abs, "sign": torch.sign, "reciprocal": torch.reciprocal,
  "nn.functional.softplus": torch.nn.functional.softplus, "nn.functional.logsigmoid": torch.nn.functional.logsigmoid, "nn.functional.elu": torch.nn.functional.elu,
  "nn.functional.silu": torch.nn.functional.silu, "nn.functional.hardswish": torch.nn.functional.hardswish, "nn.functional.softsign": torch.nn.functional.softsign}
text = lambda t: [str(v) if v != v or v in (float("inf"), float("-inf")) else v for v in t.tolist()]
rows = {}
for name, f in ops.items():
    x = torch.tensor(points, dtype=torch.float32, requires_grad=True)
    y = f(x)
    rows[name] = [text(y), text(torch.autograd.grad(y.sum(), x)[0])]
print(json.dumps({"points": text(torch.tensor(points)), **rows}))
