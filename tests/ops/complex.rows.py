# Writes complex.rows.jsonl: what PyTorch gives of complex tensors: functions with their gradients, on both sides of branch cuts too,
# prints, windows, stft and istft.
# python3 tests/ops/complex.rows.py
import json, os
import torch

torch.set_default_dtype(torch.float64)
rows = []


def parts(z):
    return torch.view_as_real(z.detach().resolve_conj()).tolist() if z.is_complex() else z.detach().tolist()


points = [1 + 2j, -2 - 1j, 0.6 + 0.8j, 0.3 - 0.4j, -0.5 + 0.1j, 3 - 0.2j, 0.01 + 5j, -4 + 0.3j]
# Signed zeros tell the sides of a cut apart.
cuts = [complex(-2.0, 0.0), complex(-2.0, -0.0), complex(2.0, 0.0), complex(2.0, -0.0), complex(0.0, 3.0), complex(-0.0, 3.0)]
x = torch.tensor(points + cuts)
g = torch.tensor([complex(0.5 + 0.1 * i, -0.3 + 0.2 * i) for i in range(len(x))])
names = "sqrt rsqrt reciprocal square exp expm1 log log2 log10 log1p sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh sgn abs angle".split()  # fmt: skip
for name in names:
    z = x.clone().requires_grad_()
    try:
        y = getattr(torch, name)(z)
    except RuntimeError:
        continue  # this release has it for real numbers alone
    (dz,) = torch.autograd.grad(y, z, g if y.is_complex() else g.real)
    # On a cut torch's gradients are those of either side, and so is its atan: C99's, and numpy's, is the side of the zero's sign.
    count = len(points) if name == "atan" else len(x)
    rows.append(["function", name, parts(x[:count]), parts(g[:count]), parts(y[:count]), parts(dz[: len(points)])])
w = torch.tensor(points[::-1])
for name in ["add", "sub", "mul", "div", "pow"]:
    a, b = x[:8].clone().requires_grad_(), w.clone().requires_grad_()
    y = getattr(torch, name)(a, b)
    da, db = torch.autograd.grad(y, [a, b], g[:8])
    rows.append(["binary", name, parts(a), parts(b), parts(g[:8]), parts(y), parts(da), parts(db)])
zero = torch.tensor([0j]).requires_grad_()
for name in ["abs", "angle", "sgn"]:
    y = getattr(torch, name)(zero)
    (dz,) = torch.autograd.grad(y, zero, torch.ones_like(y))
    rows.append(["function", name, parts(zero), [[1.0, 0.0]], parts(y), parts(dz)])
A, B = torch.tensor([[1 + 1j, 2 - 1j], [0.5j, -1.0]]), torch.tensor([[2 + 0j, 1j], [1 - 2j, 0.25]])
rows.append(["product", parts(A), parts(B), parts(A @ B), parts(torch.kron(A, B)), parts(A.prod()), parts((A[0].conj() * B[0]).sum()), parts(A.mH)])  # fmt: skip

torch.set_default_dtype(torch.float32)
for values in [[1 + 2j, 3 - 1j], [1.5 + 0.25j, -3 - 100j], [1e-6 + 1j, 2e5 + 0j], [complex(0.0, -0.0)], [complex(float("nan"), float("inf"))]]:
    rows.append(["print", [[str(v.real), str(v.imag)] for v in values], str(torch.tensor(values))])
rows.append(["print", [["1.5", "-2.0"]], str(torch.tensor([1.5 - 2j], dtype=torch.complex128)), "float64"])
torch.set_default_dtype(torch.float64)

for name in ["hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window"]:
    for n in [1, 2, 5, 8]:
        for periodic in [True, False]:
            rows.append(["window", name, n, periodic, getattr(torch, name)(n, periodic).tolist()])

signal = torch.sin(torch.arange(60.0) ** 1.3).reshape(2, 30)
window = torch.hann_window(6)
for options in [
    {"n_fft": 8}, {"n_fft": 8, "hop_length": 3}, {"n_fft": 8, "win_length": 6, "window": True}, {"n_fft": 7, "hop_length": 2, "center": False},
    {"n_fft": 8, "normalized": True, "onesided": False}, {"n_fft": 8, "pad_mode": "constant"},
]:  # fmt: skip
    given = {**options, **({"window": window} if "window" in options else {})}
    x = signal.clone().requires_grad_()
    y = torch.stft(x, return_complex=True, **given)
    (dx,) = torch.autograd.grad(y.abs().square().sum(), x)
    inverse = {k: v for k, v in given.items() if k != "pad_mode"}
    back = torch.istft(y, **inverse) if options.get("center", True) else None
    short = torch.istft(y, length=25, **inverse) if options.get("center", True) else None
    rows.append(["stft", options, parts(y), dx.tolist(), back.tolist() if back is not None else None, short.tolist() if short is not None else None])  # fmt: skip

with open(os.path.join(os.path.dirname(__file__), "complex.rows.jsonl"), "w") as f:
    f.writelines(json.dumps(row) + "\n" for row in rows)
