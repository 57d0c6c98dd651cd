# Writes options.rows.jsonl: ops with options other than their defaults, of shapes without symmetry, as PyTorch computes them: values, the gradient
# and a product with the Hessian of Σ w·(y + 0.3·y²). /usr/bin/python3 tests/ops/options.rows.py
import json, math, os, re
import torch

torch.set_default_dtype(torch.float64)


def T(*shape, seed=1, scale=1.0):
    """Values without a pattern between -2 and 2, no two alike among forty."""
    n = torch.Size(shape).numel()
    return ((torch.arange(float(n)) * 37 + 11 * seed) % 41 / 10 - 2).mul(scale).reshape(shape)


def A(*shape, seed=1):
    """The same between 0.1 and 4.1."""
    return T(*shape, seed=seed) + 2.1


def fixed(x):
    """No derivatives by x: torch has none."""
    x.fixed = True
    return x


def I(data):
    return torch.tensor(data, dtype=torch.int32)


def B(data):
    return torch.tensor(data, dtype=torch.bool)


rows = []
names = {torch.float64: "float64", torch.float32: "float32", torch.int32: "int32", torch.int64: "int32", torch.bool: "bool"}


def number(x):
    if not isinstance(x, (bool, int)):
        x = float(f"{x:.12g}")
        x = int(x) if x.is_integer() and abs(x) < 1e12 else x if math.isfinite(x) else str(x).replace("inf", "Infinity").replace("nan", "NaN")
    return x


def flat(x):
    return [number(v) for v in x.flatten().tolist()]


def encode(x):
    if isinstance(x, torch.Tensor):
        is_leaf = x.is_floating_point() and not hasattr(x, "fixed")
        return {"dtype": names[x.dtype], "shape": list(x.shape), "data": flat(x), **({} if is_leaf else {"fixed": True})}
    return [encode(v) for v in x] if isinstance(x, (list, tuple)) else number(x) if isinstance(x, float) else x


def camel(name):
    return re.sub(r"_([a-z0-9])", lambda m: m.group(1).upper(), name)


def tensors(x):
    return [x] if isinstance(x, torch.Tensor) else [t for v in x for t in tensors(v)] if isinstance(x, (list, tuple)) else []


def wave(n, phase):
    return torch.sin(torch.arange(float(n)) * 1.7 + phase)


def attached(x, leaves):
    if isinstance(x, torch.Tensor):
        if not x.is_floating_point():
            return x.long() if x.dtype == torch.int32 else x
        if hasattr(x, "fixed"):
            return x
        leaves.append(x.clone().requires_grad_())
        return leaves[-1]
    return [attached(v, leaves) for v in x] if isinstance(x, (list, tuple)) else x


def second(dot, leaves):
    try:
        return torch.autograd.grad(dot, leaves, allow_unused=True)
    except RuntimeError as error:
        if "not implemented" not in str(error):
            raise
        return None


def row(op, *args, f=None, order=2, **options):
    """`order`: how many derivatives are compared; those that torch lacks, or has otherwise by convention, are not."""
    f = f or eval("torch." + op)
    leaves = []
    given = [attached(v, leaves) for v in args]
    by_name = {k: attached(v, leaves) for k, v in options.items()}
    y = f(*given, **by_name)
    record = {"op": ".".join(camel(p) for p in op.split(".")), "args": encode(args), "options": {camel(k): names[v] if isinstance(v, torch.dtype) else encode(v) for k, v in options.items()}, "y": [encode(t.detach()) for t in tensors(y)]}  # fmt: skip
    floats = [t for t in tensors(y) if t.is_floating_point()]
    if order and leaves and floats:
        s = sum((wave(t.numel(), i + 1).reshape(t.shape) * (t + 0.3 * t * t)).sum() for i, t in enumerate(floats))
        g = torch.autograd.grad(s, leaves, create_graph=True, allow_unused=True)
        record["gradient"] = [flat(torch.zeros_like(x) if d is None else d) for x, d in zip(leaves, g)]
        if order == 2:
            dot = sum((d * wave(x.numel(), i + 4).reshape(x.shape)).sum() for i, (x, d) in enumerate(zip(leaves, g)) if d is not None)
            h = second(dot, leaves) if dot.requires_grad else [None] * len(leaves)
            if h:
                record["product"] = [flat(torch.zeros_like(x) if d is None else d) for x, d in zip(leaves, h)]
    rows.append(record)


F = "nn.functional."
wide = T(41, scale=2.0) + 0.03
for op, options in [
    ("hardshrink", [{}, {"lambd": 0.7}]), ("softshrink", [{}, {"lambd": 0.7}]), ("hardtanh", [{}, {"min_val": -0.7, "max_val": 1.3}]), ("relu6", [{}]),
    ("leaky_relu", [{}, {"negative_slope": 0.2}]), ("elu", [{}, {"alpha": 0.7}]), ("celu", [{}, {"alpha": 0.5}]), ("selu", [{}]), ("silu", [{}]), ("mish", [{}]),
    ("softplus", [{}, {"beta": 0.7, "threshold": 2}]), ("softsign", [{}]), ("tanhshrink", [{}]), ("hardswish", [{}]), ("logsigmoid", [{}]),
    ("gelu", [{}, {"approximate": "tanh"}]),
]:  # fmt: skip
    for o in options:
        row(F + op, wide, **o)
row(F + "threshold", wide, 0.3, 20)
row(F + "hardsigmoid", wide, order=0)  # torch divides by a float32 6 in its derivatives
for shape, n in [((2, 3), 3), ((2, 3, 2), 3), ((4,), 1), ((2, 3), 1), ((), 1)]:
    row(F + "prelu", T(*shape), T(n, seed=2))
row(F + "glu", T(4, 3), 0)
row(F + "glu", T(3, 4, 2), 1)
row(F + "glu", T(3, 2, 4))
for op in ["softmax", "softmin", "log_softmax"]:
    row(F + op, T(2, 3), 0)
    row(F + op, T(2, 3, 2), 1)
    row(F + op, T(2, 3), -1)



def attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
    """By its definition: PyTorch 1.13 has it without a scale."""
    scores = query @ key.transpose(-2, -1) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        attn_mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -math.inf) if attn_mask.dtype == torch.bool else scores + attn_mask
    return scores.softmax(-1) @ value


op = F + "scaled_dot_product_attention"
for lead in [(), (2,), (2, 1)]:
    q, k, v = T(*lead, 3, 4), T(*lead, 2, 4, seed=2), T(*lead, 2, 5, seed=3)
    row(op, q, k, v, f=attention)
    row(op, q, k, v, f=attention, scale=0.3)
    row(op, q, k, v, f=attention, is_causal=True)
    row(op, k, q, T(*lead, 3, 1, seed=3), f=attention, is_causal=True)
    row(op, q, k, v, T(3, 2, seed=4), f=attention)
    row(op, q, k, v, B([[True, False], [True, True], [False, True]]), f=attention)

row("diff", T(5))
row("diff", T(4, 5), 2, 0)
row("diff", T(4, 5), 3)
row("diff", T(2, 4), 1, 0, T(1, 4, seed=2), T(2, 4, seed=3))
row("diff", T(2, 4), 4, 1)
row("diff", T(2, 4), 3, 1)
for op in ["trapezoid", "trapz"]:
    row(op, T(3, 4))
    row(op, T(3, 4), dim=0)
    row(op, T(3, 4), T(3, 4, seed=2), dim=0)
row("trapezoid", T(3, 4), T(4, seed=2))
row("trapezoid", T(3, 4), T(3, seed=2), dim=0)
row("trapezoid", T(3, 4, 2), T(4, seed=2), dim=1)
row("trapezoid", T(3, 4, 2), T(4, 2, seed=2), dim=-2)
row("trapezoid", T(3, 4), dx=0.3)
row("trapezoid", T(3, 4), dx=0.3, dim=0)
row("trapezoid", T(3, 1))
row("cumulative_trapezoid", T(3, 4))
row("cumulative_trapezoid", T(3, 4, 2), dim=1)
row("cumulative_trapezoid", T(3, 4), dx=0.3, dim=0)
row("cumulative_trapezoid", T(3, 4), T(3, 4, seed=2), dim=0)
row("cumulative_trapezoid", T(3, 4, 2), T(4, seed=2), dim=1)
row("cumulative_trapezoid", T(3, 4, 2), T(4, 2, seed=2), dim=-2)
row("cumulative_trapezoid", T(3, 1))
scanned = [(T(7), 0), (T(3, 5), 0), (T(3, 5), 1), (T(2, 3, 4), 1), (T(2, 3, 4), -1), (torch.tensor(1.5), 0), (T(0, 3), 0), (T(0, 3), 1)]
for op in ["cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"]:
    for x, d in scanned:
        row(op, x.clone(), d, order=1 if op == "logcumsumexp" else 2)  # its second derivative is NaN in torch
for op in ["cumsum", "cumprod"]:
    row(op, I([[3, -2, 0], [5, 7, -1]]), 1)
    row(op, B([True, True, False, True]), 0)
    row(op, I([3, -2, 4]), 0, dtype=torch.float64)
zeros = torch.tensor([[2.0, 0.0, 3.0, -1.0, 0.5], [1.5, 0.0, -2.0, 0.0, 3.0], [0.0, 0.0, 0.0, 2.0, 1.0]])
row("cumprod", zeros, 1)
row("cumprod", zeros.clone(), 0)
inf, nan = math.inf, math.nan
ties = torch.tensor([1.0, 3.0, 3.0, -2.0, -2.0, 3.0, 5.0, -2.0])
odd = torch.tensor([-inf, 2.0, inf, 1.0, inf, nan, 3.0, nan, -inf])
for op in ["cummax", "cummin"]:
    row(op, ties.clone(), 0)
    row(op, odd.clone(), 0, order=0)
    row(op, I([2, -1, 2, 2, 5, -1]), 0)
    row(op, B([False, True, True, False]), 0)
for x in [[-inf, -inf, 1.0, -inf, 2.0], [-inf, -inf], [1.0, inf, 2.0, -inf], [inf, inf], [-inf, inf, nan, 1.0], [nan, 1.0], [700.0, 710.0, -800.0, 711.0], [-1e300, 1e300], [0.0, -745.0, -40.0], [100.0 * i for i in range(20)]]:
    row("logcumsumexp", torch.tensor(x), 0, order=0)
row("gradient", T(4, 5))
row("gradient", T(4, 5), edge_order=2)
row("gradient", T(4, 5), spacing=0.5)
row("gradient", T(4, 5), spacing=[0.5, 2.0], edge_order=2)
row("gradient", T(4, 5), spacing=[0.5], dim=[1])
row("gradient", T(4, 5, 3), spacing=[0.5, 2.0], dim=[2, 0])
row("gradient", T(2, 3))
for n in [2, 3, 5]:
    row("gradient", T(n, 3), spacing=[torch.tensor([0.0, 0.5, 2.0, 2.25, 4.0][:n]).float().double()], dim=[0], order=0)
for n in [3, 4, 5]:
    row("gradient", T(2, n), spacing=[torch.tensor([0.0, 0.5, 2.0, 2.25, 4.0][:n])], dim=[1], edge_order=2, order=0)
row("gradient", T(4, 3), spacing=[torch.tensor([0.0, 0.5, 2.0, 2.25]), torch.tensor([1.0, 4.0, 4.5])], edge_order=2, order=0)

x, w = T(4, 3), fixed(A(3, seed=2))
for reduction in ["none", "mean", "sum"]:
    for weight in [None, w]:
        t = I([2, 0, 1, 1])
        row(F + "nll_loss", x, t, weight=weight, ignore_index=1, reduction=reduction)
        row(F + "nll_loss", T(2, 3, 2), I([[2, 0], [2, 1]]), weight=weight, reduction=reduction)
        row(F + "nll_loss", T(3), I(1), weight=weight, reduction=reduction)
        row(F + "cross_entropy", x, t, weight=weight, ignore_index=2, reduction=reduction, label_smoothing=0.2)
        row(F + "cross_entropy", T(2, 3, 2), I([[2, 0], [2, 1]]), weight=weight, reduction=reduction)
        row(F + "cross_entropy", T(2, 3, 2), A(2, 3, 2, seed=3), weight=weight, reduction=reduction, label_smoothing=0.3)
        row(F + "cross_entropy", T(3), A(3, seed=3), weight=weight, reduction=reduction)
        row(F + "cross_entropy", T(3), I(2), weight=weight, reduction=reduction, label_smoothing=0.3)
        row(F + "multi_margin_loss", x, t, 1, 0.7, weight, reduction=reduction)
        row(F + "multi_margin_loss", x, t, 2, 1.3, weight, reduction=reduction, order=1)
        row(F + "multi_margin_loss", T(3), I(2), 1, 1.0, weight, reduction=reduction)
        row(F + "multilabel_soft_margin_loss", x, A(4, 3, seed=3), weight=weight, reduction=reduction)
    row(F + "multilabel_margin_loss", x, I([[2, 0, -1], [1, -1, 0], [-1, 2, 1], [2, 1, 0]]), reduction=reduction)
    row(F + "multilabel_margin_loss", T(3), I([1, 2, -1]), reduction=reduction)

for n in [0, 1, -1, 2, -2, 3, -3]:
    row("diagonal", T(2, 3), n)
    if -3 <= n <= 2:
        row("diag", T(3, 2), n)
    row("diag", T(3), n)
    row("diagonal", T(2, 3, 4), n, 2, 0)
    row("linalg.diagonal", T(2, 3, 4), offset=n)
    row("diag_embed", T(2, 3), n)
    row("diag_embed", T(2, 3), n, 0, 2)
    row("diagflat", T(2, 2), n)
    row("tril", T(2, 3, 4), n)
    row("triu", T(2, 3, 4), n)
    row("diagonal_scatter", T(3, 4), torch.diagonal(T(3, 4, seed=2), n).clone(), n)
    row("diagonal_scatter", T(3, 2, 4), torch.diagonal(T(3, 2, 4, seed=2), n, 2, 0).clone(), n, 2, 0)
row("linalg.diagonal", T(2, 3, 4), dim1=0, dim2=1)

for p in [0, 1, 2, 3, float("inf")]:
    order = 2 if p in (2, 3) else 0
    row("cdist", T(3, 2), T(4, 2, seed=3), p, order=0)
    row(F + "pdist", T(4, 3), p, order=0)
    row(F + "pairwise_distance", T(3, 2), T(3, 2, seed=3), p, 0.1, order=order)
row("cdist", T(2, 3, 2), T(4, 2, seed=3), order=0)
row("cdist", T(2, 1, 3, 2), T(3, 4, 2, seed=3), order=0)
row(F + "pairwise_distance", T(3, 2), T(2, seed=3), 2.0, 1e-6, True)
row(F + "pairwise_distance", T(2), T(2, seed=3), keepdim=True)
row(F + "pdist", T(1, 3), order=0)
row(F + "pdist", T(2, 3), order=0)
row("cosine_similarity", T(3, 2), T(3, 2, seed=3))
row("cosine_similarity", T(3, 2), T(3, 2, seed=3), 0)
row("cosine_similarity", T(4, 3, 2), T(3, 1, seed=3), 1)
row(F + "cosine_similarity", T(3, 2), T(3, 2, seed=3), dim=-1, eps=3.0, order=0)

for equation, shapes in [
    ("ij,jk,kl->li", [(2, 3), (3, 4), (4, 2)]), ("aB,Bc", [(2, 3), (3, 4)]), ("iij->j", [(2, 2, 3)]), ("iji,k->kj", [(2, 3, 2), (4,)]), ("ijij->ij", [(2, 3, 2, 3)]),
    ("bij,bjk->bik", [(2, 3, 4), (2, 4, 2)]), ("ij,kl->", [(2, 3), (4, 2)]), ("i,j->ji", [(2,), (3,)]), ("...ij->...ji", [(2, 3, 4)]), ("ij,ij,ij->i", [(2, 3)] * 3),
    ("a...b,b...c->a...c", [(2, 5, 3), (3, 5, 4)]), ("ijk,kj", [(2, 3, 4), (4, 3)]), (" i j , j -> i ", [(2, 3), (3,)]), ("i...,j->...j", [(2, 3), (4,)]), (",i->i", [(), (3,)]),
    ("ii,ii->i", [(3, 3), (3, 3)]), ("ab,cb,db->acd", [(2, 3), (4, 3), (2, 3)]), ("zya", [(2, 3, 4)]), ("i,i,j", [(2,), (2,), (3,)]),
]:  # fmt: skip
    row("einsum", equation, *[T(*s, seed=i + 1) for i, s in enumerate(shapes)])

m, v = T(3, 4), T(5)
row("gather", m, 0, I([[2, 0, 1], [1, 1, 0]]))
row("gather", m, -1, I([[3], [0]]))
row("gather", torch.tensor(1.5), 0, I([0, 0]))
row("gather", T(3), 0, I(2))
row("take_along_dim", m, I([[2], [0]]), 0)
row("take_along_dim", m, I([[2, 3]]), 1)
row("take_along_dim", m, I([7, 0, 7]))
row("index_select", m, 1, I([3, 0, 3]))
row("index_select", m, 0, I(2))
row("index_select", torch.tensor(1.5), 0, I([0]))
row("take", m, I([[11, -12], [0, 5]]))
row("scatter", m, 1, I([[2, 0], [1, 3]]), T(3, 3, seed=2), order=0)
row("scatter", m, 0, I([[2, 0], [1, 2]]), T(2, 4, seed=2), order=0)
row("scatter", torch.tensor(1.5), 0, I([0]), torch.tensor([2.5]))
row("scatter", m, 1, I([[2, 0], [1, 3]]), 0.75, f=lambda x, *a: x.scatter(*a))
row("scatter", m, 1, I([[2, 0], [1, 3]]), T(2, 2, seed=2), f=lambda x, d, i, s, reduce: x.scatter(d, i, s, reduce=reduce), reduce="add", order=0)
row("scatter", m, 0, I([[2, 0], [2, 0]]), T(2, 2, seed=2), f=lambda x, d, i, s, reduce: x.scatter(d, i, s, reduce=reduce), reduce="multiply", order=0)
row("scatter_add", m, 1, I([[2, 2], [1, 3]]), T(3, 3, seed=2), order=0)
row("scatter_add", torch.tensor(1.5), 0, I([0]), torch.tensor([2.5]))
row("index_add", m, 1, I([3, 0, 3]), T(3, 3, seed=2), alpha=0.5)
row("index_add", m, -2, I([1]), T(1, 4, seed=2))
row("index_add", torch.tensor(1.5), 0, I([0]), torch.tensor([2.5]))
row("index_copy", m, 1, I([3, 0]), T(3, 2, seed=2))
row("index_copy", m, -2, I([1]), T(1, 4, seed=2))
row("index_copy", torch.tensor(1.5), 0, I(0), torch.tensor(2.5))
row("index_fill", m, 1, I([3, 0]), 0.75)
row("index_fill", m, -2, I([2]), torch.tensor(0.75))
row("index_fill", torch.tensor(1.5), 0, I([0]), 2.5)
for accumulate in [False, True]:
    row("put", m, I([[11, -12], [0 + 1, 5]]), T(4, seed=2), accumulate, f=lambda x, i, s, a: x.put(i, s, a))
row("masked_fill", m, m > 0.3, 0.75)
row("masked_fill", T(4), B([[True, False, True, False], [False, True, True, False]]), torch.tensor(0.75))
for d, i, n in [(0, 1, 4), (1, -1, 3), (-1, 0, 3)]:
    row("select_scatter", m, T(n, seed=2), d, i)
row("slice_scatter", m, T(1, 4, seed=2), 0, 1, 2, 1, order=0)
row("slice_scatter", m, T(3, 2, seed=2), 1, 0, 4, 2, order=0)
row("slice_scatter", m, T(3, 2, seed=2), 1, 1, 4, 2, order=0)
row("slice_scatter", m, T(3, 2, seed=2), 1, 2, 4, 1, order=0)
row("slice_scatter", m, T(3, 2, seed=2), 1, 0, 3, 2, order=0)
row("slice_scatter", m, T(0, 4), 0, 1, 1, 1, order=0)

row("stack", [T(2, 3), T(2, 3, seed=2)], -1)
row("stack", [T(2, 3), T(2, 3, seed=2)], 1)
row("stack", [T(2, 3)], 0)
row("hstack", [T(2, 3), T(2, 1, seed=2)])
row("hstack", [T(2), T(3, seed=2), torch.tensor(0.5)])
row("vstack", [T(2, 3), T(3, seed=2)])
row("vstack", [torch.tensor(0.5), torch.tensor(0.25)])
row("dstack", [T(2, 3), T(2, 3, 2, seed=2)])
row("dstack", [torch.tensor(0.5), torch.tensor(0.25)])
row("column_stack", [T(2), T(2, 3, seed=2)])
row("column_stack", [torch.tensor(0.5), torch.tensor(0.25)])
row("split", T(5, 2), 2)
row("split", T(2, 5), 2, 1)
row("split", T(2, 6), 3, -1)
row("split", T(0), 0)
row("split", T(0), 2)
row("split", T(2, 5), [1, 0, 4], 1)
row("split", T(5, 2), [3, 2])
row("split_with_sizes", T(2, 5), [3, 2], 1)
row("split_with_sizes", T(5, 2), [3, 2])
for n in [1, 2, 3, 4, 5, 7]:
    row("chunk", T(5, 2), n)
    row("chunk", T(2, 5), n, 1)
    row("tensor_split", T(5, 2), n)
    row("tensor_split", T(2, 5), n, 1)
row("chunk", T(2, 0), 2, 1)
row("tensor_split", T(2, 5), [1, 3], 1)
row("tensor_split", T(5), [3, 1])
row("tensor_split", T(5), [-4, 9])
row("tensor_split", T(5), [])
row("hsplit", T(4), 2)
row("hsplit", T(2, 4), 2)
row("hsplit", T(2, 4), [1, 3])
row("vsplit", T(4, 2), 2)
row("vsplit", T(4, 2), [1])
row("dsplit", T(2, 3, 4), 2)
row("dsplit", T(2, 3, 4), [3])
row("unbind", T(2, 3), 1)
row("unbind", T(2, 3))
row("block_diag", T(1, 2), torch.tensor(0.5), T(3, seed=2), T(2, 1, seed=3))
row("block_diag", T(1, 0), T(2, 1, seed=3))
row("block_diag", T(2, 3))
for indexing in ["ij", "xy"]:
    row("meshgrid", T(2), T(3, seed=2), torch.tensor(0.5), indexing=indexing)
    row("meshgrid", T(2), indexing=indexing)
row("cartesian_prod", T(2), T(3, seed=2), T(1, seed=3))
row("cartesian_prod", T(2))
for r in [0, 1, 2, 3, 4]:
    for again in [False, True]:
        row("combinations", T(4), r, again, order=2 if r else 0)
row("combinations", T(0), 2, True)
row("combinations", T(1), 2)
row("combinations", T(1), 2, True)
row("combinations", T(6), 4)
row("combinations", T(5))

row(F + "linear", T(2, 3), T(4, 3, seed=2), T(4, seed=3))
row(F + "linear", T(2, 2, 3), T(4, 3, seed=2))
row(F + "linear", T(2, 2, 3), T(3, seed=2))
row(F + "linear", T(3), T(4, 3, seed=2), T(4, seed=3))
row(F + "linear", T(3), T(3, seed=2))
row(F + "bilinear", T(2, 5, 3), T(2, 5, 4, seed=2), T(2, 3, 4, seed=3), T(2, seed=4))
row(F + "bilinear", T(3), T(4, seed=2), T(2, 3, 4, seed=3))
for padding in [None, 1, -1, -3, 0]:
    row(F + "embedding", I([[1, 2, 0], [2, 2, 1]]), T(3, 4), padding)
row(F + "embedding", I(1), T(3, 4))
words = I([1, 2, 0, 3, 2, 2, 1])
for mode in ["sum", "mean", "max"]:
    for padding in [None, 2, -4]:
        row(F + "embedding_bag", words, T(4, 3), I([0, 3, 3, 5]), mode=mode, padding_idx=padding)
        row(F + "embedding_bag", I([[1, 2, 0], [2, 2, 1]]), T(4, 3), mode=mode, padding_idx=padding)
    row(F + "embedding_bag", words, T(4, 3), I([0, 3, 3, 7]), mode=mode, include_last_offset=True)
    row(F + "embedding_bag", I([]), T(4, 3), I([0, 0]), mode=mode)
row(F + "embedding_bag", words, T(4, 3), I([0, 3, 3, 5]), mode="sum", per_sample_weights=T(7, seed=2))
row(F + "embedding_bag", I([[1, 2, 0], [2, 2, 1]]), T(4, 3), mode="sum", per_sample_weights=T(2, 3, seed=2), padding_idx=1, order=1)  # 1.13 gives weights of padding a gradient


def grouped(a, b, offs=None):
    """ATen's _grouped_mm_fallback; 1.13 has no such function."""
    if offs is None:
        return torch.bmm(a, b)
    groups = list(zip([0, *offs.tolist()], offs.tolist()))
    if a.dim() == 2 and b.dim() == 2:
        return torch.stack([a[:, i:j] @ b[i:j] for i, j in groups])
    if a.dim() == 2:
        return torch.cat([a[i:j] @ b[g] for g, (i, j) in enumerate(groups)])
    return torch.cat([a[g] @ b[:, i:j] for g, (i, j) in enumerate(groups)], 1)


row(F + "grouped_mm", T(5, 3), T(3, 3, 2, seed=2), offs=I([2, 2, 5]), f=grouped)
row(F + "grouped_mm", T(2, 3, 4), T(4, 5, seed=2), offs=I([3, 5]), f=grouped)
row(F + "grouped_mm", T(3, 5), T(5, 2, seed=2), offs=I([2, 2, 4]), f=grouped)
row(F + "grouped_mm", T(2, 3, 4), T(2, 4, 5, seed=2), f=grouped)


def linear_cross_entropy(x, w, target, linear_bias=None, **options):
    """What torch's page of it says; 1.13 has no such function."""
    logits = torch.nn.functional.linear(x, w.reshape(-1, w.shape[-1]), None if linear_bias is None else linear_bias.reshape(-1))
    return torch.nn.functional.cross_entropy(logits.reshape(*x.shape[:-1], *w.shape[:-1]), target, **options)


for o in [{}, {"reduction": "sum", "label_smoothing": 0.2}, {"reduction": "none", "ignore_index": 2}, {"linear_bias": T(4, seed=3)}, {"weight": fixed(A(4, seed=4))}]:
    row(F + "linear_cross_entropy", T(3, 2), T(4, 2, seed=2), I([0, 3, 2]), f=linear_cross_entropy, **o)
row(F + "linear_cross_entropy", T(2, 3), T(4, 5, 3, seed=2), I([[0, 1, 2, 3, 0], [3, 3, 1, 0, 2]]), linear_bias=T(4, 5, seed=3), f=linear_cross_entropy)
row(F + "linear_cross_entropy", T(2), T(4, 2, seed=2), I(3), f=linear_cross_entropy)
row(F + "linear_cross_entropy", T(3, 2), T(4, 2, seed=2), fixed(A(3, 4)), f=linear_cross_entropy)

logs = fixed(T(6, 3, 5).log_softmax(2))
for reduction in ["none", "mean", "sum"]:
    for targets in [I([[1, 2, 2, 4], [3, 1, 0, 0], [2, 4, 4, 4]]), I([1, 2, 2, 3, 2, 4])]:
        row(F + "ctc_loss", logs, targets, (6, 4, 5), (3, 1, 2), reduction=reduction)
for zero_infinity in [True, False]:
    row(F + "ctc_loss", logs, I([[1, 2, 2, 4], [3, 1, 0, 0], [2, 4, 4, 4]]), (3, 4, 6), (3, 0, 4), blank=3, reduction="none", zero_infinity=zero_infinity)
row(F + "ctc_loss", fixed(logs[:, 1]), I([2, 2, 4]), (6,), (3,))
row(F + "ctc_loss", fixed(logs[:, 1]), I([2, 2, 4]), I(5), I(3), reduction="none", f=lambda x, t, i, n, **o: torch.nn.functional.ctc_loss(x, t, i.long(), n.long(), **o))
for n, shape in [(1, (2, 3, 7)), (1, (3, 8)), (2, (2, 1, 5, 6)), (2, (3, 5, 4)), (3, (1, 2, 4, 5, 4))]:
    for k, s, p in [(2, None, 0), (3, 2, 1)]:
        y, i = getattr(torch.nn.functional, f"max_pool{n}d")(T(*shape), k, s, p, return_indices=True)
        # Where the output is smaller than what was pooled, an index may lie beyond it.
        fits = i.max() < math.prod((m - 1) * (s or k) + k - 2 * p for m in y.shape[-n:])
        for size in [None] * bool(fits) + [shape[-n:]] + [shape] * (len(shape) == n + 2):
            # Of windows that overlap several elements may go to one place, of which 1.13 differentiates all.
            row(F + f"max_unpool{n}d", T(*y.shape, seed=2), i.int(), k, s, p, size, order=2 if k == 2 else 0)
row(F + "max_unpool2d", T(1, 1, 2, 2), I([[[[1, 3], [3, 0]]]]), [2, 1], [2, 2], order=0)

row(F + "pixel_shuffle", T(2, 8, 2, 3), 2)
row(F + "pixel_shuffle", T(9, 1, 2), 3)
row(F + "pixel_shuffle", T(2, 2, 4, 2, 1), 2)
row(F + "pixel_unshuffle", T(2, 2, 4, 6), 2)
row(F + "pixel_unshuffle", T(1, 3, 6), 3)
row(F + "pixel_unshuffle", T(2, 2, 1, 4, 2), 2)
for shape in [(2, 2, 4, 5), (2, 4, 5)]:
    for k, d, p, s in [(2, 1, 0, 1), ([2, 3], 1, 0, 1), ([3, 2], 1, [1, 0], [1, 2]), (2, [1, 2], [0, 1], 1), ([1, 3], [2, 1], [2, 1], [3, 2]), ([4, 5], 1, 0, 1)]:
        columns = torch.nn.functional.unfold(T(*shape), k, d, p, s)
        row(F + "unfold", T(*shape), k, d, p, s, order=1)
        row(F + "fold", T(*columns.shape, seed=2), [4, 5], k, d, p, s, order=1)

for a, b in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 2, 3), (3,)), ((3,), (2, 3, 4)), ((2, 1, 2, 3), (3, 3, 4)), ((2, 3), (2, 3, 4))]:
    row("matmul", T(*a), T(*b, seed=2))
for beta, alpha in [(1, 1), (0.5, 1), (1, 2.5), (0, 2.5), (0.5, 0), (0.5, 2.5)]:
    row("addmm", T(2, 4), T(2, 3, seed=2), T(3, 4, seed=3), beta=beta, alpha=alpha)
    row("addmv", T(2), T(2, 3, seed=2), T(3, seed=3), beta=beta, alpha=alpha)
    row("addr", T(3), T(2, seed=2), T(3, seed=3), beta=beta, alpha=alpha)
    row("addbmm", T(2, 4), T(5, 2, 3, seed=2), T(5, 3, 4, seed=3), beta=beta, alpha=alpha)
    row("baddbmm", T(2, 1, 4), T(2, 2, 3, seed=2), T(2, 3, 4, seed=3), beta=beta, alpha=alpha)
row("addmm", T(1), T(2, 3, seed=2), T(3, 4, seed=3))
row("addmv", T(2), T(2, 3, seed=2), T(3, seed=3))
row("addr", T(3), T(2, seed=2), T(3, seed=3))
row("addbmm", T(2, 4), T(5, 2, 3, seed=2), T(5, 3, 4, seed=3))
row("baddbmm", T(2, 1, 4), T(2, 2, 3, seed=2), T(2, 3, 4, seed=3))
for shapes in [[(2, 3), (3, 4)], [(3,), (3, 4), (4, 2)], [(2, 3), (3, 4), (4,)], [(3,), (3,)], [(3,), (3, 2), (2,)], [(2, 9), (9, 1), (1, 8), (8, 3)], [(3, 1), (1, 9), (9, 2), (2, 2), (2, 7)]]:
    row("linalg.multi_dot", [T(*s, seed=i + 1) for i, s in enumerate(shapes)])
row("tensordot", T(2, 3, 4), T(3, 4, 2, seed=2))
row("tensordot", T(2, 3), T(3, 4, seed=2), 1)
row("tensordot", T(2, 3), T(4, seed=2), 0)
row("tensordot", T(2, 3, 4), T(4, 5, 2, seed=2), [[0, 2], [2, 0]])
row("tensordot", T(2, 3, 4), T(4, 5, 2, seed=2), [[-1], [-3]])
row("inner", T(2, 3), T(4, 3, seed=2))
row("inner", T(2, 3), torch.tensor(2.5))
row("inner", torch.tensor(2.5), T(2, 3))
row("outer", T(2), T(3, seed=2))
row("ger", T(2), T(3, seed=2))
row("vdot", T(3), T(3, seed=2))
row("mv", T(2, 3), T(3, seed=2))
row("bmm", T(2, 3, 4), T(2, 4, 2, seed=2))
row("trace", T(3, 2))
row("trace", T(2, 3))
row("cross", T(3, 2), T(3, 2, seed=2), 0)
row("cross", T(2, 3, 4), T(2, 3, 4, seed=2), f=lambda a, b: torch.cross(a, b, dim=1))
row("cross", T(2, 3), T(2, 3, seed=2), -1)
row("linalg.cross", T(2, 3), T(1, 3, seed=2))
row("linalg.cross", T(3, 2), T(3, 2, seed=2), dim=0)
row("linalg.vecdot", T(2, 3), T(2, 3, seed=2))
row("linalg.vecdot", T(2, 3), T(2, 3, seed=2), dim=0)
row("linalg.vecdot", T(4, 2, 3), T(2, 1, seed=2), dim=1)
row("kron", T(2, 3), T(4, 2, seed=2))
row("kron", T(3), T(4, 2, seed=2))
row("kron", T(2, 2, 3), T(2, seed=2))
row("kron", torch.tensor(0.5), T(2, seed=2))
weights, counts = fixed(A(4, seed=3)), I([1, 3, 0, 2])
for o in [{}, {"correction": 0}, {"correction": 2}, {"fweights": counts}, {"aweights": weights}, {"fweights": counts, "aweights": weights, "correction": 2}, {"aweights": weights, "correction": 0}, {"fweights": counts, "correction": 0}]:
    row("cov", T(3, 4), **o)
    row("cov", T(4), **o)
row("cov", T(1, 4))
row("corrcoef", T(3, 4))
row("corrcoef", T(4), order=0)
for n in [None, 1, 2, 4, 5, 9]:
    row("vander", T(3), n, order=0)
    row("vander", T(3), n, True, order=0)
    row("linalg.vander", T(2, 3), N=n, order=0) if hasattr(torch.linalg, "vander") and n != 1 else None

mask = B([[True, False, True, True], [False, False, True, False], [True, True, False, False]])
row("masked_select", T(3, 4), mask)
row("masked_select", T(4), mask)
row("masked_select", T(2, 1, 4), mask)
row("masked_select", torch.tensor(2.5), B([True, False, True]))
row("masked_select", I([1, 2, 3]), B([False, True, True]))
row("masked_scatter", T(3, 4), mask, T(3, 4, seed=2))
row("masked_scatter", T(3, 4), B([True, False, False, True]), T(9, seed=2))
row("masked_scatter", T(2, 3, 4), mask, T(13, seed=2))
counted = torch.tensor([[0.0, 2.0, -1.0], [0.0, 0.0, 3.0]])
for x in [fixed(counted), B([False, True]), I([[0, 4], [1, 0]]), fixed(torch.zeros(0, 2)), fixed(torch.tensor(3.0)), fixed(torch.tensor(0.0))]:
    row("nonzero", x)
    row("argwhere", x)
    row("nonzero", x, as_tuple=True)
row("where", B([[True, False], [True, True]]))
row("unique", fixed(T(3, 4) // 0.7))
some = I([[2, 1, 2], [0, 1, 5], [2, 1, 2], [0, 1, 4]])
for o in [{}, {"return_inverse": True}, {"return_counts": True}, {"return_inverse": True, "return_counts": True}]:
    row("unique", some, **o)
    row("unique", some, dim=0, **o)
    row("unique", some, dim=1, **o)
    row("unique", fixed(torch.tensor([[1.0, 1.0], [2.0, 1.0]])), **o)
    row("unique_consecutive", I([1, 1, 2, 2, 2, 1, 3, 3]), **o)
    row("unique_consecutive", I([[1, 1, 2], [1, 1, 2], [3, 1, 2]]), dim=0, **o)
    row("unique_consecutive", I([[1, 1, 2], [1, 1, 2], [3, 1, 2]]), dim=1, **o)
row("unique", B([True, False, True]), return_counts=True)
row("bincount", I([4, 1, 1, 0, 6]))
row("bincount", I([1, 2]), minlength=6)
row("bincount", I([1, 2, 1]), fixed(T(3)))
row("bincount", I([]))
values = fixed(torch.tensor([-0.5, 0.0, 0.1, 0.5, 1.0, 1.0, 2.4, 2.5, 3.0, 3.1]))
for args in [(), (5,), (3, 0, 3), (4, -1, 2.5), (7, 2, 2)]:
    row("histc", values, *args)
row("histc", fixed(torch.tensor([2.0, 2.0])), 4)
row("histogram", values, 4)
row("histogram", values, 5, range=(0.0, 3.0))
row("histogram", values, 3, range=(0.0, 3.0), density=True)
row("histogram", values, 3, range=(0.0, 3.0), weight=fixed(T(10)))
row("histogram", values, fixed(torch.tensor([0.0, 0.5, 1.0, 3.0])))
row("histogram", values, fixed(torch.tensor([0.0, 0.5, 1.0, 3.0])), weight=fixed(A(10)), density=True)
row("histogram", fixed(T(41, 3).t()), 7)
row("histogram", fixed(torch.tensor([2.0, 2.0])), 2)
points = fixed(torch.tensor([[-0.5, 0.0], [0.1, 0.5], [1.0, 1.0], [2.4, 2.5], [3.0, 3.1], [0.2, -1.0]]))
row("histogramdd", points, [4, 3])
row("histogramdd", points, 3)
row("histogramdd", points, [2, 3], range=(0.0, 3.0, -1.0, 1.0), density=True)
row("histogramdd", points, [2, 3], range=(0.0, 0.0, 1.0, 1.0), weight=fixed(T(6)))
row("histogramdd", points, [fixed(torch.tensor([0.0, 0.5, 3.0])), fixed(torch.tensor([-1.0, 0.0, 0.5, 2.5]))])
row("histogramdd", points, [fixed(torch.tensor([0.0, 0.5, 3.0])), fixed(torch.tensor([-1.0, 0.0, 0.5, 2.5]))], weight=fixed(A(6)), density=True)
row("histogramdd", fixed(T(5, 4, 3)), [2, 3, 2], weight=fixed(A(5, 4)))
row("histogramdd", fixed(T(0, 2)), [2, 3])
row("histogramdd", fixed(T(7, 1)), [3])
row("isin", I([[1, 2], [3, 4]]), I([2, 4, 6]))
row("isin", I([[1, 2], [3, 4]]), I([2, 4, 6]), invert=True)
row("isin", fixed(torch.tensor([1.0, nan, 2.0])), fixed(torch.tensor([nan, 2.0])))
row("isin", I([1, 2]), I([]))
row("isin", I([1, 2, 3]), 2)
for args in [(3, 4), (4, 3), (4, 3, 1), (3, 4, -1), (3, 3, 5), (3, 3, -5), (0, 2), (2, 0)]:
    row("tril_indices", *args)
    row("triu_indices", *args)
for batch in [(2,)]:
    for biases in [(), (T(9, seed=5), T(9, seed=6))]:
        row("gru_cell", T(*batch, 4), T(*batch, 3, seed=2), T(9, 4, seed=3, scale=0.5), T(9, 3, seed=4), *biases)
    for biases in [(), (T(12, seed=5), T(12, seed=6))]:
        row("lstm_cell", T(*batch, 4), [T(*batch, 3, seed=2), T(*batch, 3, seed=7)], T(12, 4, seed=3, scale=0.5), T(12, 3, seed=4), *biases)
    for op in ["rnn_tanh_cell", "rnn_relu_cell"]:
        row(op, T(*batch, 4), T(*batch, 3, seed=2), T(3, 4, seed=3), T(3, 3, seed=4), T(3, seed=5), T(3, seed=6))


def multi_head(*args, **options):
    y, weights = torch.nn.functional.multi_head_attention_forward(*args, **options)
    return y, weights


def heads(q, k, v, *, e=6, in_weight=T(18, 6, seed=4, scale=0.4), in_bias=T(18, seed=5), **more):
    options = {k: v for k, v in more.items() if k not in ("bias_k", "bias_v", "add_zero_attn", "out_bias")}
    row(F + "multi_head_attention_forward", q, k, v, e, 2, in_weight, in_bias, more.get("bias_k"), more.get("bias_v"), more.get("add_zero_attn", False), 0.0, T(6, 6, seed=6, scale=0.4), more.get("out_bias", T(6, seed=7)), f=multi_head, **options)  # fmt: skip


q, k, v = T(3, 2, 6), T(4, 2, 6, seed=2), T(4, 2, 6, seed=3)
heads(q, k, v)
heads(q[:, 0], k[:, 0], v[:, 0])
heads(q, q.clone(), q.clone(), in_bias=None, out_bias=None)
heads(q, k, v, average_attn_weights=False)
heads(q, k, v, attn_mask=B([[False, True, False, False], [False, False, False, True], [True, False, False, False]]))
heads(q, k, v, attn_mask=fixed(T(4, 3, 4, seed=9)))
heads(q, k, v, key_padding_mask=B([[False, False, True, True], [False, False, False, False]]))
heads(q, k, v, bias_k=T(1, 1, 6, seed=8), bias_v=T(1, 1, 6, seed=9), add_zero_attn=True, key_padding_mask=B([[False, False, True, True], [False, True, False, False]]))
heads(q, T(4, 2, 5, seed=2), T(4, 2, 3, seed=3), in_weight=None, use_separate_proj_weight=True, q_proj_weight=T(6, 6, seed=10, scale=0.4), k_proj_weight=T(6, 5, seed=11, scale=0.4), v_proj_weight=T(6, 3, seed=12, scale=0.4))
heads(q, k, v, static_k=T(4, 5, 3, seed=13), static_v=T(4, 5, 3, seed=14))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "options.rows.jsonl")
with open(path, "w") as file:
    file.write("".join(json.dumps(r, separators=(",", ":")) + "\n" for r in rows))
