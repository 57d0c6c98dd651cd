# Writes formulas.rows.jsonl: what PyTorch gives where a small error of a formula would hide from differences of the formula itself.
# python3 tests/ops/formulas.rows.py
import json, os
import torch
import torch.nn.functional as F

rows = []


def L(t):
    return t.tolist()


torch.set_default_dtype(torch.float64)
x = torch.tensor([[0.2, -1.3, 0.7], [1.1, 0.4, -0.6], [0.3, 0.9, -0.2], [-0.8, 0.5, 1.4]])
w = torch.tensor([0.5, 2.0, 1.25])
q = torch.tensor([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2], [0.0, 0.0, 1.0], [0.25, 0.25, 0.5]])
for reduction in ["none", "mean", "sum"]:
    for weighted in [False, True]:
        for smoothing in [0.1, 0.4]:
            for target, ignored in [([2, -100, 0, 1], -100), ([2, 1, 0, 1], 1), (q.tolist(), -100)]:
                t = torch.tensor(target)
                y = F.cross_entropy(x, t, weight=w if weighted else None, reduction=reduction, label_smoothing=smoothing, ignore_index=ignored)  # fmt: skip
                rows.append(["crossEntropy", x.tolist(), target, w.tolist() if weighted else None, reduction, smoothing, ignored, L(y)])  # fmt: skip
image, target = torch.arange(12.0).reshape(2, 3, 2) / 7, [[0, -100], [2, 1]]
y = F.cross_entropy(image, torch.tensor(target), weight=w, label_smoothing=0.3)
rows.append(["crossEntropy", image.tolist(), target, w.tolist(), "mean", 0.3, -100, L(y)])


def operand(shape, step):
    return (torch.arange(float(torch.Size(shape).numel())) * step % 7 - 3).reshape(shape)


for equation, shapes in [
    ("...i,...i->...", [(2, 3, 4), (3, 4)]), ("...ij,...jk->...ik", [(2, 1, 2, 3), (4, 3, 2)]), ("i...,i...->...", [(3, 2, 4), (3, 4)]),
    ("...,...->...", [(2, 3), (3,)]), ("b...i,...ij->b...j", [(2, 3, 4), (4, 5)]), ("ij,ij->ij", [(1, 3), (2, 3)]), ("ij,jk->ik", [(2, 1), (3, 2)]),
    ("ij,kj->ik", [(2, 1), (4, 3)]), ("ij,ij->j", [(1, 3), (2, 3)]), ("ij,ij->", [(1, 3), (2, 1)]), ("...i,...->...i", [(3, 2), (2, 1)]),
    ("i...->...", [(2, 3, 4)]), ("...j,j", [(2, 3, 4), (4,)]), ("ij,jk,kl->il", [(2, 3), (1, 4), (4, 2)]),
]:  # fmt: skip
    y = torch.einsum(equation, *[operand(s, 3 + i) for i, s in enumerate(shapes)])
    rows.append(["einsum", equation, shapes, list(y.shape), y.flatten().tolist()])

for n in [5, 6, 7, 8]:
    for k, s, p, d in [(2, 2, 0, 1), (3, 2, 1, 1), (3, 3, 1, 1), (2, 3, 1, 1), (2, 3, 0, 1), (2, 2, 1, 2), (4, 3, 2, 1)]:
        x = ((torch.arange(float(n)) * 3) % 5 - 1).reshape(1, 1, n)
        for ceil in [False, True]:
            rows.append(["pool", n, k, s, p, d, ceil, L(F.max_pool1d(x, k, s, p, d, ceil).flatten())] + (
                [L(F.avg_pool1d(x, k, s, p, ceil, inc).flatten()) for inc in [True, False]] if d == 1 else []))  # fmt: skip

# torch.finfo(dtype).eps is rms_norm's default; PyTorch 1.13 has no rms_norm, so by its definition.
for name in ["float32", "float64"]:
    eps = torch.finfo(getattr(torch, name)).eps
    for scale in [1.0, 1e-4, 1e-8]:
        v = torch.tensor([1.0, -2.0, 0.5]) * scale
        rows.append(["rmsNorm", name, v.tolist(), L(v / (v.square().mean() + eps).sqrt())])

for name, values in [
    ("float32", [1e8, 1e8 + 8, 99999992.0, [1.0, 1e8], [1e8, 1e8], [0.5, 1e8], [1.5, 1e3], [1.5, 1000.5], [1.5, 1501.0], [1.0, 1000.0], [1.0, 1001.0],
                 [1e-4, 1e-4], [0.00009], [1e-4, 0.05], [-1e8], [1e5, 3.5], [999.5, 0.5], [0.5, 500.0, 500.6]]),
    ("float64", [1e8, 1e8 + 1, [0.5, 1e8], [1.5e8, 2.0]]),
]:  # fmt: skip
    torch.set_default_dtype(torch.float32)
    for v in values:
        rows.append(["print", name, v, str(torch.tensor(v, dtype=getattr(torch, name)))])

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "formulas.rows.jsonl")
with open(path, "w") as f:
    f.write("".join(json.dumps(row) + "\n" for row in rows))
