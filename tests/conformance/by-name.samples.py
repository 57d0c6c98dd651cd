# Writes by-name.samples.jsonl.gz: a sample or more of every op that OpInfo's samples (samples.jsonl.br) leave out, in the same form, by
# PyTorch 1.13 in float64. What this version does not have yet is spelled out here. /usr/bin/python3 tests/conformance/by-name.samples.py
import gzip, json, math, os
import torch
import torch.nn.functional as F

inf, nan = math.inf, math.nan
ops = {}


def T(*data, dtype=torch.float64):
    return torch.tensor(data[0] if len(data) == 1 else data, dtype=dtype)


def I(*data):
    return T(*data, dtype=torch.int32)


def B(*data):
    return T(*data, dtype=torch.bool)


def grid(*shape, seed=1, low=-2.0, high=2.0):
    """Numbers without a pattern between low and high."""
    n = math.prod(shape)
    return T([low + (high - low) * (((i + 1) * 2741 + seed * 977) % 4093) / 4093 for i in range(n)]).reshape(shape)


def number(x):
    return str(x).replace("inf", "Infinity").replace("nan", "NaN") if isinstance(x, float) and not math.isfinite(x) else x


def encode(x):
    x = torch.view_as_real(x.resolve_conj()) if x.is_complex() else x
    x = torch.zeros(x.shape, dtype=x.dtype) if x._is_zerotensor() else x
    return {"dtype": str(x.dtype)[6:].replace("int64", "int32"), "shape": list(x.shape), "data": [number(v) for v in x.detach().flatten().tolist()]}


def flat(x):
    if isinstance(x, bool):
        return [torch.tensor(x)]
    return [x] if isinstance(x, torch.Tensor) else [y for part in x for y in flat(part)] if isinstance(x, (list, tuple)) else []


def real(x):
    return torch.view_as_real(x.resolve_conj()) if x.is_complex() else x


def sample(op, *args, f=None, at=None, pick=None, order=2, fixed=(), **options):
    """
    A case of `op`, torch's name of it. f: what computes it, where 1.13 has no such function; at: the name of its keywords there;
    pick: which of the results; order: how often it is differentiated; fixed: the arguments that are not differentiated.
    """
    if f is None:
        f = torch
        for part in op.split("."):
            found = getattr(f, part, None)
            f = getattr(torch.Tensor, part) if found is None or isinstance(found, torch.dtype) else found
    inputs = []

    def argument(a, i):
        if isinstance(a, torch.Tensor):
            is_complex = a.is_complex()
            differs = order > 0 and i not in fixed and (is_complex or a.is_floating_point())
            given = {"tensor": encode(a)}
            if differs:
                given["diff"] = len(inputs)
                inputs.append((a, is_complex))
            return {**given, "complex": True} if is_complex else given
        if isinstance(a, (list, tuple)) and any(isinstance(b, torch.Tensor) for b in a):
            return {"list": [argument(b, i) for b in a]}
        return {"value": str(a)[6:] if isinstance(a, torch.dtype) else number(a)}

    case = {"args": [argument(a, i) for i, a in enumerate(args)], "kwargs": {k: argument(a, k) for k, a in (at or options).items()}}
    if pick:
        case["pick"] = pick

    def call(*xs):
        given = iter(torch.view_as_complex(x) if is_complex else x for x, (_, is_complex) in zip(xs, inputs))
        differentiated = {id(a) for a, _ in inputs}

        def put(a):
            if isinstance(a, (list, tuple)):
                return type(a)(put(b) for b in a)
            return next(given) if id(a) in differentiated else a

        results = flat(f(*[put(a) for a in args], **{k: put(a) for k, a in options.items()}))
        return [real(y) for y in ([results[i] for i in pick] if pick else results)]

    xs = [real(a).clone().requires_grad_() for a, _ in inputs]
    ys = call(*xs)
    differentiable = [i for i, y in enumerate(ys) if y.is_floating_point() and y.requires_grad]
    case["outputs"] = [{**encode(y), **({"grad": True} if i in differentiable else {})} for i, y in enumerate(ys)]
    if differentiable:
        def g(*xs):
            ys = call(*xs)
            return tuple(ys[i] for i in differentiable)

        v = [grid(*x.shape, seed=11 + i) for i, x in enumerate(xs)]
        u = [grid(*ys[i].shape, seed=31 + i) for i in differentiable]
        w = [grid(*ys[i].shape, seed=51 + i) for i in differentiable]
        whole = lambda *xs: sum((y * k).sum() for y, k in zip(g(*xs), w))
        point = tuple(x.detach() for x in xs)
        case.update({k: [encode(x) for x in xs] for k, xs in (("v", v), ("u", u), ("w", w))})
        results = torch.autograd.functional
        case["vjp"] = [encode(x) for x in results.vjp(g, point, tuple(u))[1]]
        if order > 1:
            case["jvp"] = [encode(x) for x in results.jvp(g, point, tuple(v))[1]]
            case["hvp"] = [encode(x) for x in results.hvp(whole, point, tuple(v))[1]]
        else:
            # torch has no second derivative of it: central differences.
            h = 1e-5
            there, here = (g(*[x + s * h * t for x, t in zip(point, v)]) for s in (1, -1))
            case["jvp_fd"] = [encode((a - b) / (2 * h)) for a, b in zip(there, here)]
    ops.setdefault(op, []).append(case)


# -- elementwise
any_, positive, unit = grid(2, 3), grid(2, 3, low=0.3, high=2.3), grid(2, 3, low=0.05, high=0.95)
odd = T(-inf, -2.5, -0.0, 0.0, 1.5, inf, nan)
for name in "signbit isnan isinf isposinf isneginf isfinite logical_not".split():
    sample(name, odd)
for name in "expit exp2 expm1 erf erfc sinc i0 spherical_bessel_j0 bessel_j0 bessel_j1".split():
    sample("special." + name, any_, order=2 if name in "expit exp2 expm1 erf erfc sinc i0".split() else 0)
for name in "bessel_y0 bessel_y1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1".split():
    sample("special." + name, positive, order=0)
sample("special.airy_ai", any_, order=0)


def airy_ai(x):
    """By its power series, which torch differentiates."""
    first, second = torch.full_like(x, 0.35502805388781724), -0.2588194037928068 * x
    total = 0 * x
    for n in range(0, 90, 3):
        total = total + first + second
        first, second = first * x**3 / ((n + 2) * (n + 3)), second * x**3 / ((n + 3) * (n + 4))
    return total


sample("special.airy_ai", any_, f=airy_ai)
sample("special.log1p", positive)
sample("special.erfinv", unit)
sample("special.logit", unit)
sample("special.round", any_)
sample("special.xlogy", any_, positive)
sample("special.logsumexp", any_, 1)
sample("special.softmax", any_, 1)
sample("special.log_softmax", any_, 1)
sample("special.zeta", 2.5, positive)
sample("special.gammainc", positive, grid(2, 3, seed=2, low=0.3, high=2.3), fixed=(0,))
sample("special.gammaincc", positive, grid(2, 3, seed=2, low=0.3, high=2.3), fixed=(0,))
sample("special.betaln", positive, unit, f=lambda a, b: torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b))
# I(a, b, x) of whole a and b is a polynomial.
sample("special.betainc", 2.0, 3.0, unit, f=lambda a, b, x: 6 * x**2 - 8 * x**3 + 3 * x**4)
for name in "legendre_polynomial_p chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l".split():
    sample("special." + name, unit, 4, order=0)
sample("floor_divide", any_, positive, order=0)
sample("heaviside", T(-1.0, 0.0, 2.0), T(0.5, 0.25, 3.0), order=0)
for name in "eq ne lt le gt ge isclose".split():
    sample(name, T(1.0, 2.0, nan), T(1.0, 3.0, nan))
sample("allclose", T(1.0, 2.0), T(1.0, 2.0 + 1e-9))
sample("equal", T(1.0, 2.0), T(1.0, 3.0))
for name in "logical_and logical_or logical_xor".split():
    sample(name, T(1.0, 0.0, 0.0), T(1.0, 1.0, 0.0))
# Vector instructions of this version shift by 40 as by 8.
for name in "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm".split():
    sample(name, I(0, 5, -12, 2147483647, -8, 7), I(3, 6, 18, 31, 1, 4))
sample("bitwise_not", I(0, 5, -12, -2147483648))
for name in "and or xor".split():
    sample("bitwise_" + name, B(True, True, False), B(True, False, False))
sample("frexp", any_)
sample("frexp", T(5.0, -0.3, 1.0, 0.0, 1e-310, inf, nan), order=0)
sample("nextafter", T(1.0, -0.0, 5.0, inf, nan), T(2.0, 0.0, -1.0, 0.0, 1.0), order=0)
sample("prelu", any_, T(0.2, 0.4, 0.1))
for name in "relu selu celu hardshrink".split():
    sample(name, any_)
for name in "tanh sigmoid".split():
    sample("nn.functional." + name, any_)
sample("nn.functional.softmax", any_, 1)
sample("nn.functional.log_softmax", any_, 1)
sample("complex", any_, positive)
sample("polar", positive, any_)
z = torch.complex(any_, positive)
for name in "view_as_real real imag conj angle".split():
    sample(name, z)
sample("view_as_complex", grid(3, 2))

# -- reductions, sorting, counting
sample("aminmax", any_, f=lambda x: (x.amin(), x.amax()))
for name in "argmax argmin all any count_nonzero".split():
    sample(name, any_, 1)
sample("argsort", any_, 1)
sample("searchsorted", T(1.0, 2.0, 3.0), any_)
sample("bucketize", any_, T(-1.0, 0.0, 1.0))
for name in "unique unique_consecutive".split():
    sample(name, T(2.0, 1.0, 1.0, 3.0, 2.0), order=0)
sample("bincount", I(1, 3, 1, 0))
sample("histc", any_, 4, -2.0, 2.0)
sample("histogram", any_, T(-2.0, -1.0, 0.5, 2.0), pick=[0], order=0)
sample("isin", any_, T(2.0, float(any_[0, 1])))
sample("nonzero", T([[0.0, 1.0], [2.0, 0.0]]))
sample("argwhere", T([[0.0, 1.0], [2.0, 0.0]]))

# -- shapes, parts
sample("view_as", grid(2, 3), grid(3, 2, seed=2), fixed=(1,))
sample("adjoint", grid(2, 3))
sample("linalg.diagonal", grid(3, 3))
sample("contiguous", any_)
sample("detach", any_)
sample("type_as", I(1, 2), T(1.0))
for name in "float double int long bool".split():
    sample(name, T(1.5, 0.0, -2.5))
sample("to", T(1.5, -2.5), torch.int32)
sample("slice_scatter", grid(4, 3), grid(2, 3, seed=2), 0, 1, 3, f=lambda x, y, *_: torch.cat((x[:1], y, x[3:])))
sample("index", grid(4, 3), [I(0, 2, 0)], f=lambda x, index: x[[i.long() for i in index]])
sample("at", grid(4, 3), 2, "1:", f=lambda x, i, j: x[2, 1:])


def set_at(x, _, values):
    x = x.clone()
    x[1] = values
    return x


def add_at(x, _, values):
    x = x.clone()
    x[1] += values
    return x


sample("set_at", grid(4, 3), [1], grid(3, seed=2), f=set_at)
sample("add_at", grid(4, 3), [1], grid(3, seed=2), f=add_at)

# -- creation
for name in "zeros ones".split():
    sample(name, [2, 3])
for name in "zeros_like ones_like".split():
    sample(name, any_)
sample("full", [2, 3], 1.5)
sample("full_like", any_, 1.5)
sample("arange", 1, 9, 2, dtype=torch.float64)
sample("linspace", -1, 1, 5, dtype=torch.float64)
sample("logspace", -1, 1, 5, dtype=torch.float64)
sample("eye", 3, dtype=torch.float64)
sample("tril_indices", 3, 4)
sample("triu_indices", 3, 4)
for name in "hann hamming blackman bartlett".split():
    sample(f"{name}_window", 7, dtype=torch.float64)
sample("kaiser_window", 7, True, 9.0, dtype=torch.float64)

# -- Fourier transforms
signal = grid(3, 8)
for name in "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 hfft2 ihfft2 fftn ifftn rfftn irfftn hfftn ihfftn".split():
    sample("fft." + name, signal)
for name in "fft ifft irfft hfft fft2 ifft2 irfft2 hfft2 fftn ifftn irfftn hfftn".split():
    sample("fft." + name, torch.complex(signal, grid(3, 8, seed=2)))
sample("fft.fftfreq", 7, 0.5, dtype=torch.float64)
sample("fft.rfftfreq", 7, 0.5, dtype=torch.float64)
sample("fft.fftshift", signal)
sample("fft.ifftshift", signal)
window = torch.hann_window(8, dtype=torch.float64)
sample("stft", grid(40), 8, window=window, return_complex=True, at={"window": window})
spectrum = torch.stft(grid(40), 8, window=window, return_complex=True)
sample("istft", spectrum, 8, window=window, at={"window": window})
sample("fftconvolve", grid(5), grid(3, seed=2), f=lambda a, b: F.conv1d(a.reshape(1, 1, -1), b.flip(0).reshape(1, 1, -1), padding=2).reshape(-1))

# -- linear algebra
square = grid(3, 3) + 4 * torch.eye(3, dtype=torch.float64)
definite = square @ square.T
right = grid(3, 2, seed=2)
symmetric = lambda a: (a + a.mT) / 2
sample("linalg.matmul", square, right)
sample("kron", grid(2, 2), grid(2, 3, seed=2))
sample("vander", T(1.0, 2.0, 3.0), f=lambda x: torch.stack([x**2, x, x**0], 1))
sample("interp", T(0.5, 1.5, 2.25), T(0.0, 1.0, 3.0), T(1.0, 3.0, -1.0), f=lambda x, xp, fp: torch.stack([fp[0] + (x[0] - xp[0]) / (xp[1] - xp[0]) * (fp[1] - fp[0]), *[fp[1] + (x[i] - xp[1]) / (xp[2] - xp[1]) * (fp[2] - fp[1]) for i in (1, 2)]]))
sample("cosine_similarity", any_, positive)
sample("cholesky", definite)
sample("linalg.cholesky_ex", definite)
sample("linalg.lu_factor_ex", square)
LU, pivots = torch.linalg.lu_factor(square)
sample("lu_unpack", LU, pivots)
sample("qr", torch.cat((square, grid(1, 3, seed=3))))
reflectors, tau = torch.geqrf(grid(4, 3))
sample("linalg.householder_product", reflectors, tau)
sample("orgqr", reflectors, tau)


def ormqr(a, tau, other, left=True, transpose=False):
    """By the whole Q, whose derivative torch 1.13 has, as it has none of ormqr."""
    whole = torch.linalg.householder_product(torch.cat((a, a.new_zeros(len(a), len(a) - a.shape[1])), 1), tau)
    q = whole.T if transpose else whole
    return q @ other if left else other @ q


for left, transpose in [(True, False), (True, True), (False, False), (False, True)]:
    sample("ormqr", reflectors, tau, grid(4, 2, seed=3) if left else grid(2, 4, seed=3), left, transpose, f=ormqr)
    sample("ormqr", reflectors, tau, grid(4, 2, seed=3) if left else grid(2, 4, seed=3), left, transpose, order=0)


def geqrf(a):
    """LAPACK's, whose derivative torch does not have."""
    m, n = a.shape
    below, taus = torch.zeros_like(a), []
    for j in range(min(m, n)):
        x, rest = a[j:, j], torch.zeros(j, dtype=a.dtype)
        if j == m - 1:
            taus.append(0 * x[0])
            continue
        beta = -torch.sign(x[0]) * x.norm()
        taus.append((beta - x[0]) / beta)
        v = torch.cat((rest, torch.ones(1, dtype=a.dtype), x[1:] / (x[0] - beta)))
        a = a - taus[-1] * torch.outer(v, v @ a)
        below = below + torch.outer(v, torch.eye(n, dtype=a.dtype)[j]).tril(-1)
    return a.triu() + below, torch.stack(taus)


for shape in [(4, 3), (3, 4), (3, 3), (1, 1)]:
    sample("geqrf", (grid(*shape) ** 2).sin(), f=geqrf)
sample("geqrf", (grid(2, 4, 3) ** 2).sin(), order=0)
indefinite = symmetric((grid(6, 6) ** 2).sin())
paired = indefinite * (1 - torch.eye(6, dtype=torch.float64))
for a in [indefinite, paired, definite, torch.stack((indefinite, paired)), T([[-2.0]])]:
    sample("linalg.ldl_factor", a, order=0)
    sample("linalg.ldl_solve", *torch.linalg.ldl_factor(a), grid(a.shape[-1], 2), order=0)
    # torch has no derivative of it.
    sample("linalg.ldl_solve", *torch.linalg.ldl_factor(a), grid(a.shape[-1], 2), f=lambda ld, pivots, b: torch.linalg.solve(a, b), fixed=(0,))
sample("linalg.ldl_factor_ex", torch.stack((paired, T([[0.0] * 6] * 6))), order=0)


def largest(a, k, b=None, largest=True):
    """The exact answer, which lobpcg comes near to."""
    l = None if b is None else torch.linalg.cholesky(b)
    within = lambda x: x if l is None else torch.linalg.solve_triangular(l, x, upper=False).mT
    values = torch.linalg.eigvalsh(within(within(a)))
    return values.flip(-1)[..., :k] if largest else values[..., :k]


masses = indefinite @ indefinite + torch.eye(6, dtype=torch.float64)
sample("lobpcg", paired, 2, f=largest, pick=[0])
sample("lobpcg", paired, 2, masses, largest=False, f=largest, pick=[0])
sample("linalg.solve_ex", square, right)
sample("triangular_solve", right, torch.triu(square))
for name in "inverse linalg.inv_ex linalg.matrix_exp det slogdet pinverse".split():
    sample(name, square)
sample("matrix_power", square, 3)


def sqrtm(a):
    """By Newton's iteration of Denman and Beavers."""
    y, k = a, torch.eye(3, dtype=a.dtype)
    for _ in range(12):
        y, k = (y + k.inverse()) / 2, (k + y.inverse()) / 2
    return y


sample("linalg.sqrtm", definite, f=sqrtm)
apart = T([[1.0, 0.2, 0.0], [0.1, 3.0, 0.3], [0.0, -0.2, 6.0]])
sample("linalg.eigvals", apart)
sample("linalg.eig", apart, pick=[0])
sample("linalg.matrix_rank", square)

# -- layers
sample("nn.functional.rms_norm", grid(2, 4), [4], grid(4, seed=2), at={"eps": 1e-5}, f=lambda x, _, w: x * (x.square().mean(-1, True) + 1e-5).rsqrt() * w)
sample("nn.functional.one_hot", torch.tensor([0, 2, 1]), 4)
attention = lambda q, k, v: torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ v
sample("nn.functional.scaled_dot_product_attention", grid(2, 3, 4), grid(2, 5, 4, seed=2), grid(2, 5, 4, seed=3), f=attention)
hidden = lambda k: (grid(2, 3), grid(2, 4, seed=2), grid(4 * k, 3, seed=3), grid(4 * k, 4, seed=4), grid(4 * k, seed=5), grid(4 * k, seed=6))
for name, k in [("rnn_tanh_cell", 1), ("rnn_relu_cell", 1), ("gru_cell", 3)]:
    sample(name, *hidden(k))
x, h, *weights = hidden(4)
sample("lstm_cell", x, [h, grid(2, 4, seed=7)], *weights)
sample("nn.functional.conv3d", grid(1, 2, 3, 4, 3), grid(2, 2, 2, 2, 2, seed=2), grid(2, seed=3))
sample("nn.functional.fold", grid(1, 8, 4), [3, 3], [2, 2])
sample("nn.functional.affine_grid", grid(1, 2, 3), [1, 1, 2, 3], False)

# What isn't random in dropout: without training nothing is dropped; probabilities of 0.
sample("nn.functional.dropout", any_, 0.5, False)
sample("bernoulli", T(0.0, 0.0), order=0)
x, w = grid(3, 2, 4), [grid(12, 4, seed=2), grid(12, seed=3), grid(4, 4, seed=4), grid(4, seed=5)]
sample("nn.functional.multi_head_attention_forward", x, x + 1, x - 1, 4, 2, w[0], w[1], None, None, False, 0.0, w[2], w[3])
sample("nn.functional.lp_pool1d", positive.reshape(1, 2, 3), 3, 2)
sample("nn.functional.lp_pool2d", grid(1, 2, 4, 5, low=0.1), 2, (2, 3), ceil_mode=True)
cube = lambda x, p, k: (x**p).unfold(2, k, k).unfold(3, k, k).unfold(4, k, k).sum((5, 6, 7)) ** (1 / p)
sample("nn.functional.lp_pool3d", grid(1, 1, 4, 2, 2, low=0.1), 2, 2, f=cube)
sample("nn.functional.upsample", grid(1, 1, 3, 4), None, 2, "bilinear", False)
sample("nn.functional.upsample_nearest", grid(1, 1, 3, 4), None, 2)
sample("nn.functional.upsample_bilinear", grid(1, 1, 3, 4), (5, 7))
pooled, places = grid(1, 1, 2, 3), {1: I([[[0, 3, 5], [1, 2, 4]]]), 2: I([[[[0, 3, 5], [13, 20, 22]]]]), 3: I([[[[[0, 3, 5], [13, 20, 22]]]]])}
sample("nn.functional.max_unpool1d", pooled[0], places[1], 2, f=lambda x, i, k: F.max_unpool1d(x, i.long(), k))
sample("nn.functional.max_unpool2d", pooled, places[2], 2, f=lambda x, i, k: F.max_unpool2d(x, i.long(), k))
sample("nn.functional.max_unpool3d", pooled[None], places[3], 2, f=lambda x, i, k: F.max_unpool3d(x, i.long(), k))
for mode in "sum mean max".split():
    sample("nn.functional.embedding_bag", I(0, 2, 1, 3, 1), grid(4, 3), I(0, 2, 2), f=F.embedding_bag, mode=mode, order=1)
sample("nn.functional.ctc_loss", grid(5, 2, 4).log_softmax(2), I([[1, 2, 2], [3, 1, 0]]), [5, 4], [3, 2], f=F.ctc_loss, fixed=(0,))
sample("nn.functional.triplet_margin_with_distance_loss", grid(3, 2), grid(3, 2, seed=2), grid(3, 2, seed=3), swap=True)


def linear_cross_entropy(x, w, target, linear_bias):
    return F.cross_entropy(F.linear(x, w, linear_bias), target.long())


sample("nn.functional.linear_cross_entropy", grid(3, 2), grid(4, 2, seed=2), I(0, 3, 2), linear_bias=grid(4, seed=3), f=linear_cross_entropy)
sample("nn.functional.grouped_mm", grid(5, 3), grid(2, 3, 2, seed=2), offs=I(2, 5), f=lambda a, b, offs: torch.cat((a[:2] @ b[0], a[2:5] @ b[1])))
sample("histogramdd", grid(6, 2), [2, 3], order=0, fixed=(0,))
for name in "dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout".split():
    sample("nn.functional." + name, grid(1, 2, 3, *[2] * (name == "dropout2d"), *[2, 2] * (name == "dropout3d")), 0.5, False)
sample("nn.functional.rrelu", any_)
sample("nn.functional.channel_shuffle", grid(1, 6, 2, 2), 3, f=lambda x, g: x.reshape(1, 3, 2, 2, 2).transpose(1, 2).reshape(1, 6, 2, 2))
sample("chain_matmul", grid(2, 3), grid(3, 4, seed=2), grid(4, 2, seed=3))
sample("isreal", any_)
sample("isreal", torch.complex(any_, T([[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]])), order=0)
sample("narrow_copy", grid(4, 3), 0, 1, 2, f=torch.narrow)
sample("svd", grid(3, 3) + 4 * torch.eye(3, dtype=torch.float64), pick=[1])
tall = torch.cat((square, grid(1, 3, seed=3)))


def polar(a):
    u, s, vh = torch.linalg.svd(a, full_matrices=False)
    return u @ vh, vh.mT @ (s.unsqueeze(-1) * vh)


sample("linalg.polar", tall, f=polar)
sample("unravel_index", I(0, 5, 7, 11), [3, 4], f=lambda i, shape: (torch.div(i, 4, rounding_mode="floor"), i % 4))
for reduce in "prod mean amax amin".split():
    for include_self in [True, False]:
        sample("index_reduce", grid(4, 3), 0, torch.tensor([2, 0, 2]), grid(3, 3, seed=2), reduce, include_self=include_self)
sample("mode", T([[1.0, 2.0, 2.0, 1.0, 3.0], [5.0, 4.0, 5.0, 5.0, 4.0], [3.0, 1.0, 2.0, 5.0, 4.0]]), 1)

with open(os.path.join(os.path.dirname(__file__), "by-name.samples.jsonl.gz"), "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
    for op, cases in ops.items():
        packed.write((json.dumps({"suite": "by name", "op": op, "cases": cases}, separators=(",", ":")) + "\n").encode())
print(len(ops), "ops,", sum(map(len, ops.values())), "cases")
