"""PyTorch as a peer: the workloads of ../workloads in PyTorch. The job and the lines of answer are those of child.mjs."""

import json
import math
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vjp

DTYPES = {"float32": torch.float32, "float64": torch.float64}
WEIGHT_SEED = 99  # checksum.mjs


# -- tensors.mjs


def hash24(count, seed):
    mask = np.uint64(0xFFFFFFFF)
    times = lambda bits, factor: (bits * np.uint64(factor)) & mask
    bits = (np.arange(count, dtype=np.uint64) + np.uint64((seed * 0x9E3779B1) & 0xFFFFFFFF)) & mask
    bits = times(bits ^ (bits >> np.uint64(16)), 0x85EBCA6B)
    bits = times(bits ^ (bits >> np.uint64(13)), 0xC2B2AE35)
    return (bits ^ (bits >> np.uint64(16))) >> np.uint64(8)


def uniform(count, seed):
    return hash24(count, seed).astype(np.float64) / 2**23 - 1


def make(spec, dtype):
    shape, kind = spec["shape"], spec["kind"]
    count = math.prod(shape)
    if kind == "indices":
        values = hash24(count, spec["seed"]).astype(np.float64) * spec["below"] // 2**24
        return torch.from_numpy(values.astype(np.int64)).reshape(shape)
    if kind == "uniform":
        real = np.float32 if dtype == "float32" else np.float64
        values = uniform(count, spec["seed"]).astype(real) * real(spec["scale"])
    elif kind == "symmetric":
        size = shape[-1]
        values = uniform(count, spec["seed"]).reshape(-1, size, size)
        values = (values + values.swapaxes(1, 2)) / 2 + spec["shift"] * np.eye(size)
    elif kind == "ones":
        values = np.ones(count)
    elif kind == "oneHot":
        values = np.eye(shape[1])[np.arange(shape[0]) % shape[1]]
    else:
        assert kind == "positive", kind
        values = uniform(count, spec["seed"]) > 0
    return torch.from_numpy(np.asarray(values)).to(DTYPES[dtype]).reshape(shape)


def checksum(tensors):
    values = torch.cat([tensor.detach().reshape(-1).double() for tensor in tensors]).numpy()
    weights = uniform(len(values), WEIGHT_SEED)
    # JSON has no NaN: like JavaScript's, it becomes null.
    sums = [float(total) if np.isfinite(total) else None for total in (np.abs(values).sum(), (values * weights).sum())]
    return {"count": len(values), "absolute": sums[0], "weighted": sums[1]}


# -- the functions, by name: constants → function of the inputs

FUNCTIONS = {}


def function(name):
    def add(maker):
        FUNCTIONS[name] = maker
        return maker

    return add


FUNCTIONS["exp-sum"] = lambda: lambda x: x.exp().sum(1)
FUNCTIONS["chain"] = lambda: lambda x: torch.tanh(torch.sin(x) * x + torch.exp(-x * x))
FUNCTIONS["matmul"] = FUNCTIONS["matvec"] = FUNCTIONS["batched-matmul"] = lambda: lambda a, b: a @ b
FUNCTIONS["perceptron"] = lambda w1, w2: lambda x: w2 @ torch.tanh(w1 @ x)
FUNCTIONS["logsumexp"] = lambda a: lambda x: torch.logsumexp(a @ x, 0)
FUNCTIONS["softmax"] = lambda: lambda x: torch.softmax(x, 1)
FUNCTIONS["lgamma"] = lambda: lambda x: torch.lgamma(x * 25 + 26)
FUNCTIONS["layer-norm"] = lambda: lambda x: F.layer_norm(x, (x.shape[1],))
FUNCTIONS["sum-dim0"] = lambda: lambda x: x.sum(0)
FUNCTIONS["sum-dim1"] = lambda: lambda x: x.sum(1)
FUNCTIONS["cumsum"] = FUNCTIONS["cumsum-dim0"] = lambda: lambda x: x.cumsum(0)
FUNCTIONS["cumprod"] = lambda: lambda x: x.cumprod(1)


def fourier(re, im):
    y = torch.fft.fft(torch.complex(re, im))
    return y.real, y.imag


FUNCTIONS["fft-rows"] = FUNCTIONS["fft-long"] = lambda: fourier
FUNCTIONS["cholesky"] = lambda: torch.linalg.cholesky
FUNCTIONS["solve"] = lambda: torch.linalg.solve
FUNCTIONS["inv"] = lambda: torch.linalg.inv
FUNCTIONS["det"] = lambda: torch.linalg.det
FUNCTIONS["qr"] = lambda: torch.linalg.qr
FUNCTIONS["eigh"] = lambda: torch.linalg.eigh
FUNCTIONS["svd"] = lambda: lambda a: torch.linalg.svd(a, full_matrices=False)
FUNCTIONS["transpose"] = lambda: lambda x: x + x.t()
FUNCTIONS["gather"] = lambda index: lambda x: x.gather(1, index)
FUNCTIONS["embedding"] = lambda index: lambda table: table.index_select(0, index).pow(2).sum()


@function("mlp")
def mlp(images, labels):
    def f(w1, b1, w2, b2, w3, b3):
        first = torch.tanh(images @ w1 + b1)
        second = torch.tanh(first @ w2 + b2)
        return -(F.log_softmax(second @ w3 + b3, 1) * labels).sum(1).mean()

    return f


@function("rosenbrock")
def rosenbrock():
    return lambda x: (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


@function("logistic-regression")
def logistic_regression(data, labels):
    def f(w):
        z = data @ w
        return F.softplus(z).mean() - (z * labels).mean()

    return f


@function("conv")
def conv(images):
    return lambda a, b, c: F.relu(F.conv2d(F.relu(F.conv2d(images, a)), b)).mean((2, 3)) @ c


@function("ode")
def ode(w):
    def f(x):
        for _ in range(1000):
            x = x + 0.01 * torch.tanh(w @ x)
        return x

    return f


@function("attention")
def attention():
    def f(x, q, k, v, o):
        scores = torch.softmax((x @ q) @ (x @ k).T / 8, 1)
        return F.layer_norm(x + (scores @ (x @ v)) @ o, (64,))

    return f


@function("deep-mlp")
def deep_mlp(x):
    def f(*weights):
        h = x
        for w in weights:
            h = F.relu(h @ w)
        return h.mean()

    return f


@function("lstm")
def lstm(sequence):
    def f(wx, wh, b):
        h = c = sequence.new_zeros(sequence.shape[1], wh.shape[0])
        for x in sequence:
            i, f, g, o = (x @ wx + h @ wh + b).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return h.pow(2).mean()

    return f


@function("gaussian-process")
def gaussian_process(points, y):
    identity = torch.eye(len(y), dtype=y.dtype)

    def f(log_lengths, log_scale):
        scaled = points * log_lengths.exp()
        distance = (scaled[:, None] - scaled[None]).pow(2).sum(2)
        kernel = torch.exp(-0.5 * distance) * log_scale.exp() + 0.5 * identity
        solution, residual, direction = torch.zeros_like(y), y, y
        norm = (residual * residual).sum()
        for _ in range(10):
            product = kernel @ direction
            step = norm / (direction * product).sum()
            solution = solution + step * direction
            residual = residual - step * product
            following = (residual * residual).sum()
            direction = residual + direction * (following / norm)
            norm = following
        return -0.5 * (y * solution).sum() - torch.log1p(kernel).mean()

    return f


# -- by name: what must be the same whoever computed it, of results and inputs (pushforward.mjs)

INVARIANTS = {
    "solve": lambda results, inputs: (inputs[0] @ results[0],),
    "inv": lambda results, inputs: (inputs[0] @ results[0],),
    "qr": lambda results, _: (results[1].abs(), results[0] @ results[1]),
    "eigh": lambda results, _: (results[0], results[1] * results[0].unsqueeze(-2) @ results[1].mT),
    "svd": lambda results, _: (results[1], results[0] * results[1].unsqueeze(-2) @ results[2]),
}


# -- what is asked: a function of inputs and directions that gives the derivatives (the value is computed with them)


def nested(f, inputs, directions):
    return jvp(lambda x: jvp(f, x, directions, create_graph=True)[1], inputs, directions)[1]


ASKS = {
    "value": lambda f, inputs, _: f(*inputs) if isinstance(inputs, tuple) else f(inputs),
    "jvp": lambda f, inputs, directions: jvp(f, inputs, directions)[1],
    "hvp": lambda f, inputs, directions: hvp(f, inputs, directions)[1],
    "grad": lambda f, inputs, _: vjp(f, inputs)[1],
    "jacobian": lambda f, inputs, _: jacobian(f, inputs),
    "hessian": lambda f, inputs, _: hessian(f, inputs),
    "nested": nested,
}


def call_of(workload):
    def tensors(key):
        return [make(spec, workload["dtype"]) for spec in workload[key]]

    def alone(values):
        return values[0] if len(values) == 1 else tuple(values)

    f = FUNCTIONS[workload["function"]](*tensors("constants"))
    inputs, directions = alone(tensors("inputs")), alone(tensors("directions") or [None])
    ask = ASKS[workload["ask"]]
    invariant = INVARIANTS.get(workload["function"], lambda results, _: results)

    def compared(result):
        return invariant(
            result if isinstance(result, tuple) else (result,), inputs if isinstance(inputs, tuple) else (inputs,)
        )

    return lambda: ask(f, inputs, directions), compared


# -- measure.mjs

BATCH_MS, MIN_BATCHES, WARMUP, PATIENCE = 0.5, 7, 1 / 4, 10


def batch(call, count):
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) * 1e3


def measure(call, budget):
    spent, count = 0.0, 0
    while count < 2 or spent < budget * WARMUP:
        following = max(1, min(count, 1000))
        spent += batch(call, following)
        count += following
    length = max(1, math.ceil(BATCH_MS * count / spent))
    times, total = [], 0.0
    while total < budget or len(times) < MIN_BATCHES:
        elapsed = batch(call, length)
        times.append(elapsed / length)
        total += elapsed
        if total > PATIENCE * budget:
            break
    times.sort()
    return {"ms": times[len(times) // 2], "min": times[0], "calls": len(times) * length}


def say(line):
    print(json.dumps(line), flush=True)


def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    say({"versions": {"version": torch.__version__, "python": sys.version.split()[0], "threads": torch.get_num_threads()}})
    for task in job["tasks"]:
        workload, mode = task["workload"], task["mode"]
        answer = {"name": workload["name"], "mode": mode}
        say({"start": workload["name"], "mode": mode})
        try:
            call, compared = call_of(workload)
            start = time.perf_counter()
            result = call()
            first = (time.perf_counter() - start) * 1e3
            say({**answer, "first": first, "checksum": checksum(compared(result)), **measure(call, job["budget"])})
        except Exception as error:  # the other workloads go on
            say({**answer, "error": f"{type(error).__name__}: {error}"})


main()
