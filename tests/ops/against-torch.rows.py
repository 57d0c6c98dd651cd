# Writes against-torch.rows.jsonl.gz: what PyTorch 1.13 gives where the pieces of formulas meet, beyond their domains, and with options
# that no sample of it tries; with first and second derivatives. /usr/bin/python3 tests/ops/against-torch.rows.py
import gzip, json, math, os, re
import torch
import torch.nn.functional as F

inf, nan = math.inf, math.nan
rows = []


def T(*data, dtype=torch.float64):
    return torch.tensor(data[0] if len(data) == 1 else data, dtype=dtype)


def I(*data):
    return T(*data, dtype=torch.int32)


def B(*data):
    return T(*data, dtype=torch.bool)


def f32(*data):
    return T(*data, dtype=torch.float32)


def grid(*shape, seed=1):
    """Numbers without a pattern, between -2 and 2."""
    n = math.prod(shape)
    return T([((i + 1) * 2741 + seed * 977) % 4093 / 1024 - 2 for i in range(n)]).reshape(shape)


def number(x):
    return x if not isinstance(x, float) or math.isfinite(x) else str(x).replace("inf", "Infinity").replace("nan", "NaN")


def encode(x):
    if isinstance(x, torch.Tensor):
        x = torch.zeros(x.shape, dtype=x.dtype) if x._is_zerotensor() else x
        return {"dtype": str(x.dtype)[6:].replace("int64", "int32"), "shape": list(x.shape), "data": [number(v) for v in x.detach().flatten().tolist()], **({"leaf": True} if x.is_leaf and x.requires_grad else {})}
    if isinstance(x, torch.dtype):
        return str(x)[6:]
    if isinstance(x, (list, tuple)):
        return [encode(v) for v in x]
    return number(x)


def camel(name):
    return re.sub(r"_([a-z0-9])", lambda m: m[1].upper(), name)


def weights(x, step, k):
    """Of the elements of the k-th result, so that a derivative shows which one it is of."""
    return ((1 + torch.arange(float(x.numel()), dtype=torch.float64) * step % 4 / 2) * (1 + k / 2)).reshape(x.shape).to(x.dtype)


def gradients(results, leaves, step):
    total = sum((y * weights(y, step, k)).sum() for k, y in enumerate(results))
    found = torch.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(leaves, found)]


def row(name, *args, order=1, only=None, tolerance=None, js=None, **options):
    """name: torch's, F.… for nn.functional. only: the argument that is differentiated by, if not all. js: how the call is spelled there, where that differs: [op, args, options]."""
    f = F if name.startswith("F.") else torch
    for part in name.replace("F.", "").split("."):
        f = getattr(f, part)
    args = [a.clone().requires_grad_() if isinstance(a, torch.Tensor) and a.is_floating_point() and order and only in [None, i] else a for i, a in enumerate(args)]
    y = f(*args, **options)
    results = list(y) if isinstance(y, (tuple, list)) else [y]
    one = {"op": camel(name.replace("F.", "nn.functional.").replace("Tensor.", "")), "args": encode(args)}
    if options:
        one["options"] = {camel(k): encode(v) for k, v in options.items()}
    if js:
        one["op"], one["args"], one["options"] = js[0], encode(js[1]), js[2]
    one["results"] = encode(results)
    leaves = [a for a in args if isinstance(a, torch.Tensor) and a.requires_grad]
    floats = [r for r in results if r.is_floating_point() and r.requires_grad]
    one["derivatives"] = []
    for k in range(order if floats else 0):
        floats = gradients(floats, leaves, 3 + 2 * k)
        one["derivatives"].append(encode(floats))
        floats = [g for g in floats if g.requires_grad]
        if not floats:
            break
    if tolerance:
        one["tolerance"] = tolerance
    rows.append(one)


# -- losses
# Differences of 0, of just the threshold, and beyond; infinities.
d = T(0.0, 0.5, -0.5, 1.0, -1.0, 0.3, -0.7, 2.0, inf)
o = torch.zeros(9, dtype=torch.float64)
for name in ["F.mse_loss", "F.l1_loss"]:
    for reduction in ["none", "mean", "sum"]:
        row(name, grid(2, 3), grid(2, 3, seed=2), reduction=reduction, order=2)
for size in [1.0, 0.5, 0.7]:
    row("F.smooth_l1_loss", d, o, beta=size, reduction="none", order=2)
    row("F.huber_loss", d, o, delta=size, reduction="none", order=2)
row("F.smooth_l1_loss", d[1:], o[1:], beta=0.0, reduction="none")
for reduction in ["mean", "sum"]:
    row("F.smooth_l1_loss", grid(2, 3), grid(2, 3, seed=2), reduction=reduction, beta=0.3)
    row("F.smooth_l1_loss", grid(2, 3), grid(2, 3, seed=2), reduction=reduction, beta=0.0)
    row("F.huber_loss", grid(2, 3), grid(2, 3, seed=2), reduction=reduction, delta=0.3)
row("F.smooth_l1_loss", grid(2, 3), grid(2, 3, seed=2))
row("F.huber_loss", grid(2, 3), grid(2, 3, seed=2))
chances, targets = T(0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1e-13, 1.05e-12, 9e-13, 1 - 1.05e-12, 1e-50, 0.3, 0.9), T(0.0, 1.0, 1.0, 0.0, 0.25, 0.75, 0.3, 0.4, 0.4, 0.4, 0.5, 0.6, 1.0)
row("F.binary_cross_entropy", chances, targets, reduction="none", tolerance=1e-8, only=0)
row("F.binary_cross_entropy", chances[[0, 1, 2, 3, 4, 5, 11, 12]], targets[[0, 1, 2, 3, 4, 5, 11, 12]], reduction="none", order=2, tolerance=1e-8, only=0)
row("F.binary_cross_entropy", T(math.exp(-99), math.exp(-100), math.exp(-101), 0.0), T(1.0, 1.0, 1.0, 1.0), reduction="none", tolerance=1e-8, only=0)
for reduction in ["none", "mean", "sum"]:
    row("F.binary_cross_entropy", T(0.2, 0.7), T(0.4, 0.9), weight=T(2.0, 0.5), reduction=reduction)
    row("F.binary_cross_entropy_with_logits", grid(2, 3), grid(2, 3, seed=3).sigmoid(), weight=T(2.0, 0.5, 3.0), pos_weight=T(0.3, 1.5, 2.0), reduction=reduction, order=2)
    row("F.binary_cross_entropy_with_logits", T(50.0, -50.0, 800.0, -800.0), T(0.0, 1.0, 1.0, 0.0), reduction=reduction, order=2)
    row("F.kl_div", -grid(2, 3).abs(), grid(2, 3, seed=2).abs(), reduction=reduction, order=2)
row("F.kl_div", T(-0.5, 0.3, -1.0), T(-0.5, nan, 0.7), reduction="none")
row("F.kl_div", T(0.3, -0.5, inf), T(0.0, 0.0, 0.0), reduction="none", order=0)
for log_target in [False, True]:
    row("F.kl_div", -grid(2, 3).abs(), grid(2, 3, seed=2).abs(), reduction="batchmean", log_target=log_target)
    row("F.kl_div", -grid(4).abs(), grid(4, seed=2).abs(), reduction="batchmean", log_target=log_target)
row("F.poisson_nll_loss", grid(2, 3), T([[0.0, 1.0, 2.0], [0.5, 1.5, 7.0]]), full=True, only=0, reduction="none")
row("F.poisson_nll_loss", grid(2, 3), T([[0.0, 1.0, 2.0], [0.5, 1.5, 7.0]]), full=True, only=0)
row("F.poisson_nll_loss", T(0.0, 0.5, 2.0), T(0.0, 1.0, 3.0), log_input=False, reduction="none", order=2)
row("F.poisson_nll_loss", T(0.0, 0.5, 2.0), T(0.0, 1.0, 3.0), log_input=False, eps=0.25, reduction="sum")
row("F.poisson_nll_loss", T(0.0, 0.5, 2.0), T(0.0, 1.0, 3.0), log_input=False, only=0, full=True, eps=0.25, reduction="mean")
for full in [False, True]:
    row("F.gaussian_nll_loss", grid(2, 3), grid(2, 3, seed=2), T([[0.5, 2.0, 0.1], [0.2, 0.3, 3.0]]), full=full, eps=0.2, reduction="none")
    for var in [T(0.5, 2.0), T([[0.5], [2.0]]), T([[0.5, 2.0, 0.0], [1e-7, 0.3, 3.0]])]:
        row("F.gaussian_nll_loss", grid(2, 3), grid(2, 3, seed=2), var, full=full)
row("F.gaussian_nll_loss", grid(2, 2), grid(2, 2, seed=2), T(0.5, 2.0), reduction="none")
for reduction in ["none", "mean", "sum"]:
    row("F.soft_margin_loss", T(0.3, -2.0, 30.0, -30.0), T(1.0, -1.0, -1.0, 1.0), only=0, reduction=reduction)
    row("F.hinge_embedding_loss", T(0.3, 2.0, 1.0, 0.5, 3.0, 1.0), T(1.0, 1.0, -1.0, -1.0, -1.0, 0.0), reduction=reduction)
    row("F.margin_ranking_loss", T(0.3, 2.0, 1.0), T(0.5, 0.5, 1.0), T(1.0, -1.0, 1.0), margin=0.25, reduction=reduction)
    row("F.cosine_embedding_loss", grid(3, 4), grid(3, 4, seed=2), T(1.0, -1.0, -1.0), margin=-0.5, reduction=reduction)
    for swap in [False, True]:
        row("F.triplet_margin_loss", grid(3, 4), grid(3, 4, seed=2), grid(3, 4, seed=3), margin=0.6, swap=swap, reduction=reduction)
row("F.hinge_embedding_loss", T(0.3, 2.0, 1.0, 0.5, 3.0), T(1.0, 1.0, -1.0, -1.0, -1.0), margin=2.5, reduction="none")
row("F.margin_ranking_loss", T(0.3, 2.0, 1.0, 1.0), T(0.5, 0.5, 1.0, 1.0), T(1.0, -1.0, 1.0, -1.0), reduction="none")
row("F.cosine_embedding_loss", T([[0.0, 0.0], [1e-7, 0.0], [1.0, 2.0], [1.0, 2.0]]), T([[1.0, 2.0], [1e-7, 0.0], [2.0, 1.0], [1.0, 2.0]]), T(1.0, 1.0, -1.0, -1.0), reduction="none", tolerance=1e-8)
row("F.cosine_embedding_loss", T([1.0, 2.0]), T([2.0, 1.0]), T(-1.0), margin=0.3)
for p in [1.0, 2.0, 3.0, inf]:
    row("F.triplet_margin_loss", grid(3, 4), grid(3, 4, seed=2), grid(3, 4, seed=3), margin=0.6, p=p, eps=0.125, reduction="none")
row("F.triplet_margin_loss", grid(3, 4), grid(3, 4, seed=2), grid(3, 4, seed=3), p=1.0)

# -- elementwise
around = T(-inf, -2.0, -1.0, -0.5, -0.25, -0.0, 0.0, 1e-3, 0.25, 0.3, 0.5, 0.7, 0.75, 0.9, 1.0, 1.25, 2.0, inf)
with_nan = T(-1.5, nan, 0.3)
row("logit", around[7:14], order=2, tolerance=1e-12)
row("logit", around)
row("logit", around, 0.25)
row("logit", around, 0.3)
row("logit", f32(0.2, 0.5, 0.7), 0.25)
row("special.entr", around)
row("special.entr", T(0.3, 2.0), order=2)
row("nan_to_num", around)
row("nan_to_num", around, 3.0, 7.0, -8.0)
row("nan_to_num", f32(inf, -inf, nan, 3))
row("nan_to_num", I(3, -5))
row("signbit", around)
row("signbit", I(3, -5, 0))
row("signbit", B(True, False))
row("copysign", around[1:-1], T(-0.0))
row("copysign", around[1:-1], -0.0)
row("copysign", around[1:-1], -1)
row("copysign", around[1:-1], I(0))
row("copysign", I(3, -4), T(-1.0, 1.0))
for decimals in [0, 1, 2, -1, -2]:
    row("round", T(2.345, -0.55, 17.06, 2.5, 3.5, 155.0, -250.0), decimals=decimals, order=0)
row("round", I(3, -4))
row("frac", around)
row("sinc", around, tolerance=1e-12)
for a in [3.0, 1, 0, -2]:
    for name in ["add", "sub", "rsub"]:
        row(name, grid(2, 3), grid(3, seed=2), alpha=a)
    for name in ["add", "sub"]:
        row(name, I(3, 4), 2.5, alpha=a)
        row(name, T(3, 4), I(2, 3), alpha=a)
        if a != 3.0:
            row(name, I(3, 4), I(2, 5), alpha=a)
            row("add", I(3, 4), B(True, False), alpha=a)
            row("rsub", I(3, 4), I(2, 5), alpha=a)
row("add", B(True, False), B(True, True), alpha=True, js=["add", [B(True, False), B(True, True)], {"alpha": 1}])
row("add", B(True, False), B(True, True), alpha=False, js=["add", [B(True, False), B(True, True)], {"alpha": 0}])
row("add", B(False, False), B(True, True), alpha=True, js=["add", [B(False, False), B(True, True)], {"alpha": 2}])
quotients = [T(7.0, -7.0, 7.0, -7.0, 1.0, 0.0, -0.0, 6.0, -6.0, 5.0, -5.0, 0.0, inf, 3.0, nan), T(2.0, 2.0, -2.0, -2.0, 0.1, 3.0, 3.0, 3.0, 3.0, 0.0, 0.0, 0.0, 2.0, inf, 1.0)]
for mode in [None, "trunc", "floor"]:
    row("div", *quotients, rounding_mode=mode, order=0)
    row("div", grid(6) * 9, grid(6, seed=2), rounding_mode=mode, order=1)
    row("div", I(7, -7, 7, -7, 6, -6, 0), I(2, 2, -2, -2, 3, 3, 5), rounding_mode=mode)
    row("div", I(2147483647, -2147483647), I(2, 3), rounding_mode=mode, order=0, tolerance=1e-6)
    row("div", I(7, -7), 2.5, rounding_mode=mode, order=0)
    row("div", 7 * torch.ones(3, dtype=torch.int32), B(True, True, True), rounding_mode=mode)
row("floor_divide", *quotients, order=0)
row("floor_divide", I(7, -7, 7, -7, 6, -6, 0), I(2, 2, -2, -2, 3, 3, 5))
row("floor_divide", I(), I(0))
row("fmod", I(), I(0))
row("remainder", I(), I(0))
row("fmod", I(7, -7, 7, -7), I(3, 3, -3, -3))
row("remainder", I(7, -7, 7, -7), I(3, 3, -3, -3))
for name in ["fmod", "remainder"]:
    row(name, f32(7, -7), f32(3, 0), order=0)
row("fmod", I(7, -7), T(3.0, 0.0), order=0)
row("remainder", I(7, -7), T(3.0, 0.0), order=0)
row("pow", I(2, 3, -1), I(3, 0, 5))
row("pow", I(2, 3, 1), 0)
row("pow", I(2, 3, 1, -1), I(-1, -2, -3, -3))
row("pow", T(2.0, 4.0), -1)
row("pow", I(2, 3, 1), -1.5)
row("add", f32(1, 2), f32(3, 4), alpha=0.5)
for mode in ["trunc", "floor"]:
    row("div", f32(1.0, 0.0, -7.0), f32(0.0, 0.0, 2.0), rounding_mode=mode)
    row("div", T(1.0, 0.0, -7.0), T(0.0, 0.0, 2.0), rounding_mode=mode)
row("pow", B(True, False), 2)
row("float_power", I(2, 3), -1)
row("hypot", T(3.0, 0.0, -3.0, 1e200, 1e-200, inf, nan, nan, 0.0, 5.0), T(4.0, 0.0, 4.0, 1e200, 1e-200, nan, -inf, 1.0, -2.0, 0.0), order=0)
row("hypot", T(1e200, 1.0, -1e-200), T(1.0, 1e200, 0.0), order=0)
row("hypot", T(3.0, -3.0, 1e-3), T(4.0, 4.0, 2.0), order=2)
row("hypot", f32(3e30, -1e-30), f32(4e30, 2e-30), order=0)
row("hypot", T(3.0), f32(4.0), order=0)
row("ldexp", T(3.0, -0.5), I(2, -3))
row("ldexp", T(3.0, -0.5), T(2.5, 0.5))
for name in ["logaddexp", "logaddexp2"]:
    row(name, T(1.0, 3.0, -2.0, 8.0, -800.0), T(2.0, 3.0, 5.0, 1.0, -801.0), order=2)
    row(name, T(inf, -inf, inf, -inf, inf, nan), T(inf, -inf, -inf, 2.0, 2.0, 1.0), order=0)
row("special.xlog1py", T(0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 2.0, nan, 1.5), T(-1.0, -2.0, inf, nan, 2.0, -1.0, 3.0, -1.0, -0.5), order=0)
row("special.xlog1py", T(1.5, -2.0), T(-0.5, 3.0), order=2)
row("special.xlog1py", T(0.0, 0.0), T(1.5, 0.5), order=1)
row("special.xlog1py", I(0, 2), T(-1.0, 3.0), order=0)
row("heaviside", around, T(0.5), order=0)
row("heaviside", I(-1, 0, 2), I(5))
row("heaviside", f32(-1, 0, 2), f32(5), order=0)
for w in [0.25, 0.5, 0.75, -0.5, 1.5, 0.0, 1.0]:
    row("lerp", T(1.0, -2.0, 1e300), T(3.0, 5.0, 2.0), w, order=2)
row("lerp", T(1.0, -2.0), T(3.0, 5.0), T(0.25, 0.75), order=2)
row("lerp", f32(1.0, -2.0), f32(3.0, 5.0), 0.3)
row("lerp", T(1.0, -2.0), T(3.0, 5.0), 0.1, order=0)
for name in ["addcmul", "addcdiv"]:
    row(name, grid(2, 3), grid(3, seed=2), grid(2, 1, seed=3), value=0.5, order=2, tolerance=1e-12)
    row(name, grid(2, 3), grid(3, seed=2), grid(2, 1, seed=3), value=-2)
    row(name, grid(2, 3), grid(3, seed=2), grid(2, 1, seed=3))
    row(name, f32(1, 2), f32(3, 4), f32(2, 5), value=0.3)
row("addcmul", I(1, 2), I(3, 4), I(2, 5), value=3)
row("addcmul", I(1, 2), I(3, 4), I(2, 5))
row("addcdiv", I(1, 2).double(), I(3, 4).double(), I(2, 5).double(), value=3)
bounds = T(-1.0, 0.5)
row("clamp", around, -0.5, 0.5)
row("clamp", around, 0.5, -0.5)
row("clamp", around, min=0.25)
row("clamp", around, max=0.25)
row("clamp", around, nan, order=0)
row("clamp", around, None, nan, order=0)
row("clamp", around, nan, 0.5)
row("clamp", around, 0.5, nan)
row("clamp", I(-3, 0, 5), -1, 2)
row("clamp", I(-3, 0, 5), -1.5, 2)
row("clamp", I(-3, 0, 5), min=1)
row("clamp", I(-3, 0, 5), max=1.5)
row("clamp", T(-3.0, 0.3, nan, 2.0), T(-1.0, nan, 0.0, 2.0), T(1.0, 1.0, 1.0, 2.0), order=0)
row("clamp", T(-3.0, 0.3, 2.0), T(-1.0, 0.3, 3.0), T(1.0, 1.0, 2.5))
row("clamp", T(-3.0, 0.3, nan, 2.0), min=T(-1.0, nan, 0.0, 2.5), order=0)
row("clamp", f32(-3.0, 0.3), min=T(-1.0, 0.0), order=0)
row("clamp", T(-3.0, 0.3), max=T(-4.0, 0.3))
row("clamp_min", around, nan)
row("clamp_max", around, nan)
row("clamp_min", around, 0.25)
row("clamp_max", around, 0.25)
row("clamp_min", I(-3, 5), 1.5)
row("clamp_min", T(1.0, nan, 3.0), T(2.0, 1.0, nan), order=0)
row("clamp_max", T(1.0, nan, 3.0), T(2.0, 1.0, nan), order=0)
row("fmax", T(1.0, nan, 3.0, nan, 2.0), T(2.0, 1.0, nan, nan, 2.0))
row("fmin", T(1.0, nan, 3.0, nan, 2.0), T(2.0, 1.0, nan, nan, 2.0))
row("fmax", I(1, 5), T(2.0, 3.0))
row("deg2rad", grid(3))
row("rad2deg", grid(3))
row("square", B(True, False))
row("square", I(3, -4))
row("maximum", T(1.0, nan, 2.0), T(1.0, 3.0, nan))
row("logit", with_nan, order=0)
row("logit", with_nan, 0.25, order=0)
row("special.entr", with_nan, order=0)
row("nan_to_num", with_nan, order=0)
row("nan_to_num", with_nan, 3.0, 7.0, -8.0, order=0)
row("signbit", with_nan, order=0)
row("copysign", with_nan, -1.0, order=0)
row("sinc", with_nan, order=0)
row("clamp", with_nan, -0.5, 0.5, order=0)
row("clamp", with_nan, max=0.5, order=0)
row("clamp", with_nan, min=0.5, order=0)
row("clamp_min", with_nan, 0.5, order=0)
row("clamp_max", with_nan, 0.5, order=0)
row("round", with_nan, order=0)
row("heaviside", with_nan, T(0.5), order=0)

# -- the normal distribution
low = math.exp(-2)
quantiles = T(0.0, 1e-300, 1e-20, math.exp(-33), math.exp(-32), math.exp(-31), 1e-5, 0.1, low, low * 1.01, 0.3, 0.5, 0.6, 1 - low * 1.01, 1 - low, 0.95, 1 - 1e-12, 1.0, -0.5, 1.5, nan)
row("special.ndtri", quantiles, order=0)
row("special.ndtri", quantiles[1:17], tolerance=1e-12)
row("special.ndtri", quantiles[6:16], order=2, tolerance=1e-11)
row("special.ndtri", f32(0.01, 0.3, 0.7), order=0)
row("special.ndtri", I(0, 1), order=0)
for name in ["special.ndtr", "special.log_ndtr", "special.erfcx"]:
    row(name, T(-5.0, -1.5, -0.5, -0.0, 0.5, 0.9, 1.1, 3.0), order=2, tolerance=1e-12)
    row(name, T(-38.0, -10.0, 8.0, inf), order=0)
    row(name, I(-1, 0, 2), order=0)

# -- normalisations
x = grid(2, 6, 3)
for p in [1.0, 2.0, 3.0, 0.5, inf]:
    for dim in [0, 1, -1, (0, 2)]:
        row("F.normalize", x, p=p, dim=dim, order=1, tolerance=1e-12)
row("F.normalize", T([[0.0, 0.0], [0.3, 0.4], [3.0, 4.0]]), eps=1.0)
row("F.normalize", T([[1e-13, 0.0], [0.0, 0.0], [1e-11, 0.0]]), order=0)
for eps in [1e-5, 0.5]:
    row("F.layer_norm", x, (6, 3), weight=grid(6, 3, seed=2), bias=grid(6, 3, seed=3), eps=eps, order=2, tolerance=1e-11)
    row("F.layer_norm", x, (3,), weight=grid(3, seed=2), eps=eps)
    row("F.layer_norm", x, (3,), bias=grid(3, seed=2), eps=eps)
    row("native_layer_norm", x, (3,), grid(3, seed=2), grid(3, seed=3), eps, order=0)
    for groups in [1, 2, 3, 6]:
        row("F.group_norm", x, groups, weight=grid(6, seed=2), bias=grid(6, seed=3), eps=eps)
    row("F.group_norm", grid(3, 4), 2, eps=eps, tolerance=1e-11)
    row("F.instance_norm", x, weight=grid(6, seed=2), bias=grid(6, seed=3), eps=eps)
    row("F.instance_norm", x, running_mean=grid(6, seed=4), running_var=grid(6, seed=5).abs(), weight=grid(6, seed=2), bias=grid(6, seed=3), use_input_stats=False, eps=eps)
    row("F.batch_norm", x, grid(6, seed=4), grid(6, seed=5).abs(), weight=grid(6, seed=2), bias=grid(6, seed=3), eps=eps, only=0)
    row("F.batch_norm", x, None, None, weight=grid(6, seed=2), bias=grid(6, seed=3), training=True, eps=eps, tolerance=1e-12)
    row("F.batch_norm", grid(4, 3), None, None, training=True, eps=eps, tolerance=1e-12)
row("F.layer_norm", x, (6, 3))
row("F.group_norm", x, 2)
row("F.group_norm", grid(2, 4, 3, 2), 2)
row("F.instance_norm", grid(2, 3, 2, 2))
row("F.instance_norm", x, None, None)
row("F.batch_norm", grid(2, 3, 2, 2), grid(3, seed=4), grid(3, seed=5).abs(), only=0)
row("F.batch_norm", grid(2, 3, 2, 2), None, None, training=True)
for size in [1, 2, 3, 4, 5, 9, 20]:
    row("F.local_response_norm", x, size, alpha=0.7, beta=0.6, k=1.3, order=1, tolerance=1e-12)
row("F.local_response_norm", 40 * x, 3, tolerance=1e-12)
row("F.local_response_norm", 40 * grid(2, 4, 2, 3), 2, tolerance=1e-12)
for p in [1.0, 2.0, 3.0]:
    for dim in [0, 1, -1]:
        row("renorm", x, p, dim, 2.5, tolerance=1e-12)

# -- norms, with rows of zeros
v = T([[3.0, -4.0, 0.0], [0.0, 0.0, 0.0], [1.0, -1.0, 2.0]])
for p in [0, 1, 2, 3, 4.5, 1.5, 0.5, -1, -2, inf, -inf]:
    p = float(p)
    row("linalg.vector_norm", v, p, 1, order=0)
    row("linalg.vector_norm", v[[0, 2]] + 0.25, p, 1, tolerance=1e-12)
    row("linalg.vector_norm", v, p, (0, 1), True, order=0)
    row("norm", v, p, [0], order=0)
    row("norm", v + 0.25, p)
    row("dist", v, v.flip(0), p, order=0)
    row("dist", v, v.flip(0) + 0.25, p, order=0 if p == 0 else 1)
for p in [1.5, 3.0, 1.0, 2.0]:
    row("linalg.vector_norm", v, p, 1)
row("linalg.vector_norm", T(1.0, nan, 2.0), 3.0, order=0)
row("linalg.vector_norm", T(1.0, inf, 2.0), 3.0, order=0)
row("norm", v)
row("norm", v, "fro", [0, 1], True)
row("dist", v, v.flip(0))
m = grid(2, 3, 4)
for p in ["fro", 1.0, -1.0, inf, -inf]:
    for keepdim in [False, True]:
        row("linalg.matrix_norm", m, p, (-2, -1), keepdim)
        row("linalg.matrix_norm", m, p, (0, 2), keepdim)
        row("linalg.matrix_norm", m, p, (2, 0), keepdim)
        row("linalg.norm", m, p, (1, 0), keepdim)
        row("linalg.norm", m[0], p, None, keepdim)
    row("linalg.matrix_norm", m, p)
row("linalg.norm", m)
row("linalg.norm", m, None, 1)
row("linalg.norm", m, None, (0, 2), True)
row("linalg.norm", m, 3.0, 1, True)
row("linalg.norm", m[0, 0], 3.0)
row("linalg.norm", m[0, 0].float(), 1.0, dtype=torch.float64, order=0)
row("linalg.norm", m[0].float(), 1.0, dtype=torch.float64, order=0)
row("linalg.norm", m[0].float(), dtype=torch.float64, order=0)
row("linalg.norm", T(-3.0))

# -- reductions
y = T([[1.0, nan, 3.0], [nan, nan, nan], [2.0, -1.0, 0.0]])
for name in ["sum", "nansum", "mean", "nanmean"]:
    for source, order in [(y, 0), (y[[0, 2]], 1), (grid(3, 3), 1)]:
        row(name, source, order=order)
        row(name, source, 1, order=order)
        row(name, source, -1, True, order=order)
        row(name, source, (0, 1), order=order)
        row(name, source, (1, 0), True, order=order)
        row(name, source, 0, dtype=torch.float32, order=0)
    if name != "nanmean":
        row(name, I([1, 2], [3, 5]), 1, dtype=torch.float64)
    row(name, T(2.5))
    row(name, T(2.5), 0)
row("nansum", I([1, 2], [3, 5]), 1)
row("nansum", B(True, True))
row("prod", grid(3, 4))
row("prod", grid(3, 4), 1)
row("prod", grid(3, 4), -2, True)
row("prod", grid(3, 4), 0, dtype=torch.float32, order=0)
row("prod", I([1, 2], [3, 5]), 1, True)
row("prod", B(True, True))
for name in ["var", "std", "var_mean", "std_mean"]:
    row(name, grid(3, 4), tolerance=1e-12)
    row(name, grid(3, 4), False)
    row(name, grid(3, 4), True)
    row(name, grid(3, 4), 1)
    row(name, grid(3, 4), 1, False, True)
    row(name, grid(3, 4), (0, 1), True, True)
    row(name, grid(2, 3, 4), (0, 2), False)
    for correction in [0, 1, 2, 3]:
        row(name, grid(3, 4), dim=0, correction=correction, order=1 if correction < 3 else 0)
        row(name, grid(3, 4), dim=0, correction=correction, keepdim=True, order=0)
    row(name, grid(3, 4), dim=0, correction=5, order=0)
    row(name, grid(1, 4), 1, order=2, tolerance=1e-11)
    row(name, T([2.0]), 0, order=0)
for name in ["amax", "amin", "max", "min", "argmax", "argmin"]:
    row(name, T([[1.0, 3.0, 3.0], [2.0, 3.0, -1.0]]))
    row(name, T([[1.0, nan, 3.0], [2.0, 3.0, nan]]), order=0)
    for dim in [0, 1, -1]:
        row(name, T([[1.0, 3.0, 3.0], [2.0, 3.0, -1.0]]), dim)
        row(name, T([[1.0, 3.0, 3.0], [2.0, 3.0, -1.0]]), dim, True)
        row(name, I([1, 3, 3], [2, 3, -1]), dim)
    row(name, T(3.0), 0)
    row(name, T(3.0), -1, True)
for name in ["amax", "amin"]:
    row(name, grid(2, 3, 4), (0, 2))
    row(name, grid(2, 3, 4), (0, 2), True)
for name in ["max", "min"]:
    row(name, T(1.0, 2.0, 5.0), T(3.0, 2.0, nan), order=0)
    row(name, T(1.0, 2.0, 5.0), T(3.0, 2.0, 4.0))
row("aminmax", grid(3, 4), order=0)
row("aminmax", grid(3, 4), dim=0, order=0)
row("aminmax", grid(3, 4), dim=1, keepdim=True, order=0)
for name in ["all", "any", "count_nonzero"]:
    for source in [T([[0.0, nan], [0.0, 0.0], [-0.0, 2.0], [1.0, 0.5]]), I([0, 0], [3, 0], [-1, 1]), B([True, False], [False, False], [True, True])]:
        row(name, source)
        row(name, source, 1)
        row(name, source, 0)
        if name != "count_nonzero":
            row(name, source, 1, True)
    row(name, B())
row("count_nonzero", grid(2, 3, 4).round(), (0, 2))
big = T([[1000.0, 1001.0], [-inf, -inf], [inf, 1.0], [-1000.0, -1002.0], [nan, 1.0], [-inf, 3.0]])
row("logsumexp", big, 1, order=0)
row("logsumexp", big[[0, 3]], 1, True, order=2)
row("logsumexp", big[[0, 3]], (0, 1))
row("logsumexp", grid(2, 3, 4), (0, 2), True)
row("logsumexp", torch.zeros(2, 0, dtype=torch.float64), 1)
row("logsumexp", torch.zeros(2, 0, dtype=torch.float64), 1, True)
row("logsumexp", torch.zeros(0, 2, dtype=torch.float64), 1)
row("logsumexp", f32([1.0, inf], [3e38, 3e38]), 1, order=0)

# -- pads: of the last dim first, of two and three dims, cut where they are negative
picture = torch.arange(24.0, dtype=torch.float64).reshape(1, 2, 3, 4)
for mode in ["reflect", "replicate", "circular"]:
    row("F.pad", picture[0], [2, 1], mode)
    row("F.pad", picture[0], [0, 1], mode)
    row("F.pad", picture[0], [3, 0], mode)
    row("F.pad", picture, [1, 3, 2, 0], mode)
    row("F.pad", picture, [0, 0, 1, 2], mode)
    row("F.pad", picture, [3, 3, 2, 2], mode)
    row("F.pad", picture[0], [-1, 2], mode)
    row("F.pad", picture[0], [1, -2], mode)
    row("F.pad", picture[0], [-1, -1], mode)
    row("F.pad", picture, [0, -1, -2, 0], mode)
    row("F.pad", picture[None], [1, 1, 0, 1, 1, 0], mode)
row("F.pad", picture[0], [-1, 3], "reflect")
row("F.pad", picture[0], [9, 0], "replicate")
row("F.pad", picture[0, :, :1, :1], [1, 2], "replicate")
for pad in [[1, 2], [1, 2, 0, 3], [-1, 2, 3, -2], [0, 0, 1, 1], [-3, 1], [0, 0, 0, 0, 2, 0], [-4, 0], []]:
    if pad:
        row("F.pad", picture[0], pad, "constant", 7.5)
    row("constant_pad_nd", picture[0], pad)
row("constant_pad_nd", I([1, 2], [3, 4]), [1, 0, 0, 1], 5)
row("constant_pad_nd", B([True, False]), [1, 1], True)

# -- pools
image = grid(2, 2, 5, 7)
pools = [(2, None, 0, False), (3, 2, 1, False), (3, 2, 1, True), ((2, 3), (1, 2), (1, 0), True), ((1, 7), None, (0, 3), False), ((5, 2), (3, 3), (2, 1), True), (4, 1, 2, False)]
for kernel, stride, padding, ceil in pools:
    for included in [True, False]:
        row("F.avg_pool2d", image, kernel, stride, padding, ceil, included)
    row("F.avg_pool2d", image[0], kernel, stride, padding, ceil, True, 3)
    for dilation in [1, (2, 1)]:
        if kernel != (5, 2) or dilation == 1:
            row("F.max_pool2d", image, kernel, stride, padding, dilation, ceil)
            row("F.max_pool2d", image, kernel, stride, padding, dilation, ceil, return_indices=True)
for kernel, stride, padding, ceil in [(2, None, 0, False), (3, 2, 1, True), ((2, 1, 3), (1, 2, 2), (1, 0, 1), True)]:
    row("F.avg_pool3d", grid(2, 3, 4, 5), kernel, stride, padding, ceil, False)
    row("F.max_pool3d", grid(2, 3, 4, 5), kernel, stride, padding, 1, ceil, return_indices=True)
row("F.max_pool1d", T([[1.0, 3.0, 3.0, nan, 2.0, -inf, -inf, -inf]]), 2, 1, order=0)
row("F.max_pool1d", T([[1.0, 3.0, 3.0, nan, 2.0, -inf, -inf, -inf]]), 2, 2, return_indices=True, order=0)
row("F.max_pool2d", T([[[1.0, 3.0, 3.0], [3.0, 2.0, 1.0]]]), 2, 1, return_indices=True)
long = grid(2, 900)
for kernel, stride, padding in [(300, 300, 0), (300, 100, 0), (300, 7, 150), (257, 5, 128), (900, None, 0), (256, 256, 10), (450, 450, 0), (500, 700, 0), (600, 600, 200)]:
    for ceil in [False, True]:
        row("F.max_pool1d", long, kernel, stride, padding, 1, ceil, return_indices=True, order=0)
        row("F.avg_pool1d", long[None], kernel, stride, padding, ceil, False, order=0, js=["nn.functional.avgPool1d", [long[None], kernel, stride, padding, ceil, False], {}])
for stride, dilation in [(200, 1), (1, 2), (300, 1)]:
    row("F.max_pool1d", long[:, :600], 300, stride, 0, dilation, return_indices=True, order=0)
row("F.max_pool1d", long, 300, 13, 0, 2, return_indices=True, order=0)
row("F.max_pool1d", long, 280, 13, 20, 3, return_indices=True, order=0)
for stride, padding in [(300, 0), (7, 150), (200, 0)]:
    row("F.max_pool2d", long[:, :600].reshape(1, 600, 2), (300, 1), (stride, 1), (padding, 0), return_indices=True, order=0)
    row("F.avg_pool2d", long[:, :600].reshape(1, 600, 2), (300, 1), (stride, 1), (padding, 0), True, False, order=0)
row("F.adaptive_max_pool2d", long.reshape(1, 900, 2), (2, 1), return_indices=True, order=0)
row("F.avg_pool1d", grid(1, 2, 6), 3, 2, js=["nn.functional.avgPool1d", [grid(1, 2, 6), 3, 2], {}], order=0)
row("F.avg_pool2d", grid(1, 6, 4), (3, 2), (2, 2))
for size in [1, 2, 3, 4, 5, 7, 9, 14]:
    row("F.adaptive_avg_pool1d", grid(2, 7), size)
    row("F.adaptive_max_pool1d", grid(2, 7), size, return_indices=True)
    row("F.adaptive_avg_pool1d", grid(1, 2, 12), size)
    row("F.adaptive_max_pool1d", grid(1, 2, 12), size)
for size in [(2, 3), (None, 3), (5, 7), (4, 5), (3, None), 2]:
    row("F.adaptive_avg_pool2d", image, size)
    row("F.adaptive_max_pool2d", image, size, return_indices=True)
row("F.adaptive_avg_pool3d", grid(2, 3, 4, 5), (2, 3, 2))
row("F.adaptive_max_pool3d", grid(2, 3, 4, 5), (2, 3, 2), return_indices=True)
row("F.adaptive_max_pool1d", grid(1, 1000), 3, return_indices=True, order=0)
row("F.adaptive_max_pool1d", grid(1, 1000), 2, return_indices=True, order=0)
row("F.adaptive_avg_pool1d", T([[inf, 1.0, 2.0, 3.0, nan]]), 3, order=0)

# -- resampling
for mode, source in [("nearest", image), ("nearest-exact", image), ("bilinear", image), ("bicubic", image), ("area", image), ("linear", grid(1, 2, 7)), ("nearest", grid(1, 2, 7)), ("nearest-exact", grid(1, 2, 7)), ("area", grid(1, 2, 7)), ("trilinear", grid(1, 1, 3, 4, 5)), ("nearest", grid(1, 1, 3, 4, 5)), ("area", grid(1, 1, 3, 4, 5))]:
    dims = source.ndim - 2
    for size in [3, [6, 4, 5][:dims], [1, 9, 2][:dims]]:
        row("F.interpolate", source, size=size, mode=mode, tolerance=1e-12)
        if mode.endswith("linear") or mode == "bicubic":
            row("F.interpolate", source, size=size, mode=mode, align_corners=True, tolerance=1e-12)
            row("F.interpolate", source, size=size, mode=mode, align_corners=False, order=0, tolerance=1e-12)
        if mode.startswith("bi"):
            for align in [False, True]:
                row("F.interpolate", source, size=size, mode=mode, align_corners=align, antialias=True, tolerance=1e-12)
    for factor in [1.7, 0.6, [2.0, 0.7, 1.3][:dims]]:
        for recompute in [None, True]:
            row("F.interpolate", source, scale_factor=factor, mode=mode, recompute_scale_factor=recompute, tolerance=1e-12)
        if mode.startswith("bi"):
            row("F.interpolate", source, scale_factor=factor, mode=mode, antialias=True, tolerance=1e-12)
row("F.interpolate", grid(1, 1, 30), size=2, mode="nearest-exact")
row("F.interpolate", T([[[[1.0, 2.0, 3.0, nan, 1.0, 2.0, 3.0, 4.0]]]]), size=[1, 4], mode="area", order=0)
points = T([[-1.0, -1.0], [1.0, 1.0], [0.3, -0.7], [-1.3, 0.2], [1.9, -2.4], [0.0, 0.0]], [[0.99, 0.5], [-0.5, -0.99], [3.3, 5.1], [-4.2, 0.1], [0.25, 0.5], [-0.1, -1.05]]).reshape(1, 2, 6, 2)
volumes = T([[-1.0, -1.0, 0.5], [1.0, 1.0, -0.3], [0.3, -0.7, 0.9], [-1.3, 0.2, 1.4], [1.9, -2.4, -3.3]]).reshape(1, 1, 1, 5, 3)
for align in [False, True]:
    for padding in ["zeros", "border", "reflection"]:
        for mode in ["bilinear", "nearest", "bicubic"]:
            row("F.grid_sample", grid(1, 2, 3, 4), points + (0.01 if mode == "nearest" else 0), mode=mode, padding_mode=padding, align_corners=align, tolerance=1e-12)
            if mode != "bicubic":
                row("F.grid_sample", grid(1, 2, 2, 3, 4), volumes + (0.01 if mode == "nearest" else 0), mode=mode, padding_mode=padding, align_corners=align, tolerance=1e-12)
    row("F.grid_sample", grid(2, 1, 1, 5), grid(2, 2, 3, 2, seed=3), padding_mode="reflection", align_corners=align, tolerance=1e-12)
    row("F.grid_sample", grid(1, 2, 1, 4), points, mode="bicubic", padding_mode="reflection", align_corners=align, order=0, tolerance=1e-12)
    row("F.affine_grid", grid(2, 2, 3), [2, 1, 3, 4], align, tolerance=1e-12)
    row("F.affine_grid", grid(2, 3, 4), [2, 1, 2, 3, 1], align, tolerance=1e-12)

# -- scatterReduce
index = torch.tensor([[0, 2, 0, 1], [2, 2, 1, 0]])
for reduce in ["sum", "prod", "mean", "amax", "amin"]:
    for own in [True, False]:
        row("scatter_reduce", grid(3, 4), 0, index, grid(2, 4, seed=2), reduce, include_self=own)
        row("scatter_reduce", grid(3, 5), 0, index, grid(3, 5, seed=2), reduce, include_self=own, order=0)
        row("scatter_reduce", grid(4, 3), -1, index.t(), grid(4, 2, seed=2), reduce, include_self=own)
        row("scatter_reduce", grid(4, 3), 1, index.t()[1:], grid(4, 3, seed=2), reduce, include_self=own, order=0)
        row("scatter_reduce", I([5, -2, 3, 1], [7, -6, 2, 0], [1, 2, -3, 4]), 0, index, I([2, 3, -5, 7], [11, -13, 17, 1]), reduce, include_self=own)
        row("scatter_reduce", T(2.0, 3.0) if own else T(9.0, 8.0), 0, torch.tensor([1, 1, 1, 0, 0]), T(3.0, 2.0, 3.0, 2.0, 2.0), reduce, include_self=own)
        row("scatter_reduce", T(2.0, nan, 1.0, -inf), 0, torch.tensor([1, 0, 2, 2, 3]), T(3.0, 2.0, nan, 1.0, -inf), reduce, include_self=own, order=0)
        row("scatter_reduce", T(2.5), 0, torch.tensor(0), T(3.0), reduce, include_self=own)
        row("scatter_reduce", T(2.0, 3.0), 0, torch.tensor([], dtype=torch.int64), T(), reduce, include_self=own, order=0)
        if reduce != "mean":
            row("scatter_reduce", B(True, False, True), 0, torch.tensor([0, 1, 1, 2]), B(False, True, True, False), reduce, include_self=own)

# -- shapes
cube = torch.arange(24.0, dtype=torch.float64).reshape(2, 3, 4)
for dims in [(0, 1), (1, 2), (0, -1), (-2, -1), (1, 1), (-3, 1)]:
    row("flatten", cube, *dims)
row("flatten", cube)
row("flatten", T(3.0))
row("ravel", cube)
row("Tensor.unflatten", cube, 2, (2, 2))
row("Tensor.unflatten", cube, -1, (2, -1))
row("Tensor.unflatten", cube, 0, (1, 2))
row("Tensor.unflatten", cube, 0, (-1,))
row("squeeze", cube[:1, :, None])
row("squeeze", cube[:1, :, None], 0)
row("squeeze", cube[:1, :, None], -1)
row("squeeze", cube[:1, :, None], -2)
for d in [0, 1, 3, -1, -4]:
    row("unsqueeze", cube, d)
for dims in [(0, 1), (0, 2), (-1, 1), (1, 1), (-3, -2)]:
    row("transpose", cube, *dims)
row("t", cube[0])
row("t", cube[0, 0])
row("t", T(2.0))
row("adjoint", cube)
for source, to in [(0, 2), (2, 0), ([0, 1], [1, 2]), ([0, 2], [2, 1]), (-1, 0), ([2, 1, 0], [0, 1, 2]), ([1], [-1])]:
    row("movedim", cube, source, to)
row("broadcast_tensors", cube[0], cube[:, :1], order=0, js=["broadcastTensors", [[cube[0], cube[:, :1]]], {}])
for d, start, length in [(0, 0, 1), (0, 1, 1), (1, 0, 3), (1, 1, 2), (2, -3, 2), (2, -4, 4), (-1, 2, 2), (1, 3, 0), (0, 2, 0), (2, 0, 0)]:
    row("narrow", cube, d, start, length)
for d, i in [(0, 0), (0, -2), (0, 1), (1, 2), (2, -1), (-1, 3), (1, -3)]:
    row("select", cube, d, i)
for dims in [[], [0], [1, 2], [-1], [0, -2]]:
    row("flip", cube, dims)
row("fliplr", cube)
row("flipud", cube)
row("flipud", cube[0, 0])
for k in [-5, -1, 0, 1, 2, 3, 4, 6]:
    row("rot90", cube, k)
    row("rot90", cube, k, [1, 2])
    row("rot90", cube, k, [2, 0])
    row("rot90", cube, k, [-1, 1])
row("rot90", cube)
for shifts, dims in [(1, 0), (-1, 2), (5, 1), (-7, -1), ([1, 2], [0, 2]), ([3, -1], [1, 1]), (0, 0), (3, 1), (2, -3)]:
    row("roll", cube, shifts, dims)
row("roll", cube, 1, [])
for shifts in [0, 1, -5, 24, 30]:
    row("roll", cube, shifts)
row("roll", cube[:, :0], 1, 1)
row("roll", cube[:, :0], 1)
for times in [(2,), (1, 2), (2, 1, 3), (2, 1, 1, 2), (0, 1)]:
    row("tile", cube, times)
for times in [(2, 1, 3), (2, 1, 1, 2), (1, 0, 1)]:
    row("Tensor.repeat", cube, *times, order=0, js=["repeat", [cube, list(times)], {}])
row("repeat_interleave", cube, 2)
for d in [0, 1, 2, -1, -3]:
    row("repeat_interleave", cube, 2, d)
    row("repeat_interleave", cube, 0, d, order=0)
row("repeat_interleave", cube, 3, 1, output_size=9)
row("repeat_interleave", cube, torch.tensor([2, 0, 3]), 1, order=0, js=["repeatInterleave", [cube, [2, 0, 3], 1], {}])
row("repeat_interleave", cube, torch.tensor([2, 0, 3]), -2, output_size=5, order=0, js=["repeatInterleave", [cube, [2, 0, 3], -2], {"outputSize": 5}])
row("repeat_interleave", cube[0, 0, :3], torch.tensor([2, 0, 1]), order=0, js=["repeatInterleave", [cube[0, 0, :3], [2, 0, 1]], {}])
row("repeat_interleave", T(5.0), 3)
for d, size, step in [(0, 1, 1), (2, 2, 1), (2, 2, 2), (2, 3, 2), (2, 4, 1), (1, 2, 5), (-1, 1, 2), (2, 0, 1), (1, 3, 3)]:
    row("Tensor.unfold", cube, d, size, step)
row("Tensor.unfold", T(5.0), 0, 1, 1)
row("Tensor.unfold", T(5.0), 0, 0, 1)
row("Tensor.unfold", T(5.0), -1, 1, 3)
for name in ["atleast_1d", "atleast_2d", "atleast_3d"]:
    for source in [T(3.0), cube[0, 0], cube[0], cube, cube[None]]:
        row(name, source)
    row(name, T(3.0), cube[0], order=0, js=[camel(name), [[T(3.0), cube[0]]], {}])
row("Tensor.expand_as", cube[:, :1], cube)
row("Tensor.reshape_as", cube, cube.reshape(4, 6))
for name in ["float", "double", "int", "bool"]:
    row(f"Tensor.{name}", T(-1.5, 0.0, 2.7), order=0)
    row(f"Tensor.{name}", B(True, False), order=0)

# -- order
table = T([[3.0, 1.0, 3.0, 2.0], [nan, 5.0, -inf, 5.0], [0.0, -0.0, 1.0, -1.0]])
for d in [0, 1, -1, -2]:
    for descending in [False, True]:
        row("sort", table, dim=d, descending=descending, stable=True)
        row("sort", I([3, 1, 2], [5, 7, 6]), dim=d, descending=descending)
    for keepdim in [False, True]:
        for name in ["median", "nanmedian"]:
            row(name, table[:, :3], d, keepdim)
            row(name, I([3, 1, 2], [5, 7, 6]), d, keepdim)
            row(name, T([[nan, nan, 3.0, nan], [nan, nan, nan, 1.0], [nan, 2.0, 1.0, nan]]), d, keepdim, order=0)
        row("kthvalue", table[[0, 2]], 1, d, keepdim, order=0)
        row("kthvalue", table[[0, 2]], 2, d, keepdim, order=0)
row("msort", table)
holed = torch.where(torch.arange(26).reshape(2, 13) % 13 == 3, torch.full((), nan, dtype=torch.float64), grid(2, 13))
row("nanmedian", holed, 1, order=0)
row("nanmedian", holed, order=0)
row("nanmedian", grid(2, 13), 1)
row("searchsorted", grid(2, 2, 5).sort()[0], grid(2, 2, 3, seed=2), order=0)
row("argsort", T([3.0, 1.0, 2.0]), dim=0)
row("argsort", T([3.0, 1.0, 2.0]), descending=True)
row("argsort", T([[3.0, 1.0, 2.0], [1.0, 2.0, 3.0]]))
distinct = T([[3.0, 1.0, 7.0, 2.0], [8.0, 5.0, -inf, 6.0], [0.0, nan, 4.0, -1.0]])
for k in [0, 1, 2, 3]:
    for largest in [False, True]:
        for d in [0, 1, -1]:
            row("topk", distinct, k, d, largest)
row("topk", distinct, 4, 1)
row("topk", T(3.0), 1, 0)
row("kthvalue", distinct, 4, 1, order=0)
row("kthvalue", T(3.0), 1, 0)
for name in ["median", "nanmedian"]:
    row(name, distinct, order=0)
    row(name, distinct[:2, :2])
    row(name, T(3.0, 1.0, 3.0, 3.0, 5.0))
    row(name, T(3.0))
    row(name, T(3.0), 0)
    row(name, T(nan), order=0)
    row(name, T(nan, nan, 1.0), order=0)
    row(name, T(inf, inf, 1.0), order=0)
    row(name, T(), order=0)
    row(name, I(3, 1, 2, 2))
rows_of = T([[3.0, 1.0, 7.0, 2.0], [8.0, 5.0, -1.0, 6.0], [0.0, 9.0, 4.0, -2.0]])
for name in ["quantile", "nanquantile"]:
    for how in ["linear", "lower", "higher", "midpoint", "nearest"]:
        row(name, rows_of, 0.4, 1, interpolation=how)
        row(name, rows_of, T(0.0, 0.3, 0.5, 1.0), 0, True, interpolation=how, only=0, tolerance=1e-12)
        row(name, T([[3.0, nan, 7.0, 2.0], [nan, nan, nan, nan]]), T(0.1, 0.8), 1, interpolation=how, order=0)
    row(name, rows_of, 0.25)
    row(name, rows_of, 0.25, keepdim=True)
    row(name, rows_of, T(0.25, 0.6), only=0)
    row(name, rows_of, T(0.25, 0.6), keepdim=True, only=0)
    row(name, rows_of, T(0.25), -1, only=0)
    row(name, T(3.0), 0.3, 0)
    row(name, T(1.0, inf, 3.0, -inf), T(0.0, 0.3, 0.5, 1.0), order=0)
sequence = T(1.0, 3.0, 3.0, 5.0, 7.0, 9.0)
wanted = T([[0.0, 1.0, 2.0], [3.0, 4.0, 9.0], [10.0, 7.0, inf]])
for n in range(7):
    for right in [False, True]:
        row("searchsorted", sequence[:n], wanted, right=right, order=0)
        row("bucketize", wanted, sequence[:n], right=right, order=0)
row("searchsorted", sequence, 3.0, order=0)
row("searchsorted", sequence, 3.0, side="right", order=0)
row("searchsorted", sequence, 3.0, side="left", order=0)
row("searchsorted", sequence, 3.0, right=True, side="right", order=0)
row("searchsorted", sequence.reshape(2, 3), wanted[:2], order=0)
row("searchsorted", sequence.reshape(2, 3), wanted[:2], right=True, order=0)
row("searchsorted", sequence[:4].reshape(2, 2), wanted[:2], order=0)
row("searchsorted", T(5.0, 1.0, 3.0), wanted, sorter=torch.tensor([1, 2, 0]), order=0)
row("searchsorted", I(1, 3, 3, 5), I(3, 4, 0), order=0)
row("bucketize", 3.0, sequence, order=0)


path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "against-torch.rows.jsonl.gz")
with gzip.GzipFile(path, "wb", mtime=0) as file:
    file.write("".join(json.dumps(one) + "\n" for one in rows).encode())
