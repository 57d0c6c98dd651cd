# Writes at.rows.jsonl: what PyTorch's x[entries] shows of x = arange(n).reshape(shape), for random entries; slices with negative
# steps, which PyTorch lacks, come from NumPy. python3 tests/ops/at.rows.py
import json, os, random
import numpy as np
import torch

random.seed(7)


def entry(size):
    kind = random.choice(["number", "number", "slice", "slice", "slice", "list", "tensor", "mask", "scalar"])
    if kind == "number":
        n = random.randrange(-size, size)
        return n, n
    if kind == "scalar":
        n = random.randrange(-size, size)
        return {"tensor": n}, torch.tensor(n)
    if kind == "slice":
        bound = lambda: random.choice([None, random.randrange(-size - 2, size + 2)])
        start, end, step = bound(), bound(), random.choice([None, 1, 2, 3])
        text = f"{'' if start is None else start}:{'' if end is None else end}" + (f":{step}" if step else "")
        return text, slice(start, end, step)
    if kind == "mask":
        bits = [random.random() < 0.6 for _ in range(size)]
        bits[0], bits[-1] = True, size == 1  # two places of three, so that masks broadcast with the lists below
        if size >= 3:
            bits = [i in (0, size - 2) for i in range(size)]
        return {"mask": bits}, torch.tensor(bits)
    shape = random.choice([[2], [2], [1], [3, 2], [1, 2]])
    values = np.random.default_rng(random.randrange(10**6)).integers(-size, size, shape)
    return ({"list": values.tolist()} if kind == "list" else {"tensor": values.tolist()}), torch.tensor(values)


def draw():
    shape = [random.randint(1, 4) for _ in range(random.randint(0, 4))]
    mine, theirs, dim = [], [], 0
    while dim < len(shape):
        if random.random() < 0.15:
            mine.append(None)
            theirs.append(None)
            continue
        if random.random() < 0.1 and "..." not in mine:
            skip = random.randint(0, len(shape) - dim)
            mine.append("...")
            theirs.append(Ellipsis)
            dim += skip
            if random.random() < 0.5:
                continue
            # what is left has to be named, for "..." to stand for so many dims
        if dim >= len(shape):
            break
        if len(shape) - dim >= 2 and random.random() < 0.08:
            bits = [[(i + j) % 2 == 0 and (i < 2) for j in range(shape[dim + 1])] for i in range(shape[dim])]
            mine.append({"mask": bits})
            theirs.append(torch.tensor(bits))
            dim += 2
            continue
        a, b = entry(shape[dim])
        mine.append(a)
        theirs.append(b)
        dim += 1
        if random.random() < 0.1 and "..." not in mine:
            break
    return shape, mine, theirs


rows = []
while len(rows) < 260:
    shape, mine, theirs = draw()
    x = torch.arange(int(np.prod(shape)), dtype=torch.int64).reshape(shape)
    try:
        y = x[tuple(theirs)]
    except (IndexError, RuntimeError):
        continue
    rows.append({"shape": shape, "entries": mine, "result": list(y.shape), "positions": y.flatten().tolist()})

for shape, text in [
    ([5], "::-1"), ([5], "3::-1"), ([5], ":1:-1"), ([5], "4:0:-2"), ([5], "-2:-5:-1"), ([5], "9:-9:-3"), ([5], "1:3:-1"), ([0], "::-1"),
    ([2, 3], ":,::-1"), ([2, 3], "::-1,::-2"), ([4, 3], "-1::-2,1"),
]:  # fmt: skip
    x = np.arange(int(np.prod(shape))).reshape(shape)
    parts = text.split(",")
    y = eval(f"x[{text}]")
    mine = [p if ":" in p else int(p) for p in parts]
    rows.append({"shape": shape, "entries": mine, "result": list(y.shape), "positions": y.flatten().tolist()})

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "at.rows.jsonl")
with open(path, "w") as f:
    f.write("".join(json.dumps(row) + "\n" for row in rows))
