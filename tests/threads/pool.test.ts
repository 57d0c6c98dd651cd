// The pool of worker threads: same bits as on one thread, growing memory, sleeping, and how many there are.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { core } from "../../host/core/memory";
import { heapBytes } from "../core/exhaustion";
import { eventually } from "./support";

const THREADS = 3;

/** 0 … 9 among n - 10 sevens. */
const padded = (n: number, dtype: "float32" | "float64" | "int32" | "bool" = "float32"): pf.Tensor =>
  pf.nn.functional.pad(pf.arange(10).to(dtype), [n - 15, 5], "constant", 7);

/** Work that is split, with what is computed from it. Each is made afresh at every call. */
const cases: [name: string, compute: () => pf.Tensor | pf.Tensor[]][] = [
  ["padding", () => (["float32", "float64", "int32", "bool"] as const).map((dtype) => padded(900_001, dtype))],
  ["linspace and a program", () => pf.linspace(-3, 3, 400_000).exp().mul(0.5).sin()],
  ["reductions", () => [pf.linspace(0, 1, 3_000_017).sum(), pf.arange(3_000_000).reshape(3000, 1000).sum(0), pf.arange(3_000_000).reshape(3000, 1000).argmax(1)]],
  ["matrix product", () => pf.matmul(pf.linspace(0, 1, 250_000).reshape(500, 500), pf.linspace(1, 2, 250_000).reshape(500, 500))],
  ["matrix product, float64, transposed", () => {
    const a = pf.linspace(0, 1, 120_000, { dtype: "float64" }).reshape(300, 400); // prettier-ignore
    return pf.matmul(a, a.t());
  }],
  ["transposed copy", () => pf.arange(3_000_000).reshape(1500, 2000).t().contiguous()],
  ["softmax", () => pf.nn.functional.softmax(pf.linspace(0, 4, 500_000).reshape(500, 1000), 1)],
  ["one long row", () => pf.linspace(-1, 1, 1_234_567).exp().sum()],
  ["long rows", () => [pf.linspace(-1, 1, 700_000).reshape(7, 100_000).sin().sum(1), pf.linspace(-1, 1, 700_000).reshape(7, 100_000).cos().amax(1)]],
  ["rows that are stored too and end within a vector", () =>
    [[36, 20_001], [700, 1031], [20_000, 31]].flatMap(([rows, columns]) => {
      const values = pf.linspace(-3, 3, rows! * columns!).reshape(rows!, columns!).mul(1.5).cos();
      const results = [values, values.gt(0.1), values.sum(-1), values.amax(-1)];
      pf.evaluate(...results);
      return results;
    })],
  ["short rows", () => pf.linspace(-1, 1, 700_000).reshape(7_000, 100).exp().sum(1)],
  ["transposed and broadcast operands", () => {
    const a = pf.linspace(-1, 1, 490_000).reshape(700, 700);
    return a.t().sin().mul(a).add(a.narrow(0, 3, 1)).sub(a.narrow(1, 5, 1)).tanh();
  }],
  ["a narrow transposed operand, and many values at a time", () => {
    const a = pf.linspace(-1, 1, 400_000).reshape(8, 50_000).t();
    const values = Array.from({ length: 8 }, (_, i) => a.add(i / 8).sin());
    return values.reduce((sum, value) => sum.mul(0.5).maximum(value), values[7]!.cos());
  }],
  ["wide panels, values of rows and many others at a time", () => {
    const base = pf.linspace(-1, 1, 40_000 * 24).reshape(40_000, 24).t();
    const values = [0, 1, 2, 3, 4].map((i) => base.narrow(0, i, 18).sin());
    const sum = values.reduce((a, b) => a.mul(0.3).add(b));
    return [...values.map((v) => v.mul(sum).amax(1)), sum.sum(1), sum.mul(0.5).sum(1)];
  }],
  ["a padded operand", () => pf.nn.functional.pad(pf.linspace(-1, 1, 490_000).reshape(700, 700), [3, 9, 1, 0]).exp().mul(2).sin()],
  ["matrix product with an epilogue", () => {
    const a = pf.linspace(-1, 1, 512 * 512).reshape(512, 512);
    return pf.tidy(() => {
      const product = a.matmul(a.t());
      const result = product.add(a.narrow(0, 7, 1)).tanh().mul(a);
      product.dispose();
      return result;
    });
  }],
  ["matrix product with an epilogue that gathers", () => {
    const a = pf.linspace(-1, 1, 512 * 512).reshape(512, 512);
    return pf.tidy(() => {
      const product = pf.tidy(() => a.matmul(a.t()));
      return product.sin().mul(a.t()).add(product.cos()).sub(a.flip(0));
    });
  }],
  ["matrix products, batched", () => pf.linspace(-1, 1, 400 * 32 * 48).reshape(400, 32, 48).matmul(pf.linspace(0, 1, 400 * 48 * 16).reshape(400, 48, 16))],
  ["matrix and vector", () => pf.linspace(-1, 1, 6_000_000).reshape(3000, 2000).matmul(pf.linspace(0, 1, 2000))],
  ["convolution and its gradients", () => {
    const [image, weight] = [pf.linspace(-1, 1, 8 * 16 * 30 * 30).reshape(8, 16, 30, 30), pf.linspace(-1, 1, 32 * 16 * 9).reshape(32, 16, 3, 3)];
    const [y, gradients] = pf.functional.vjp((x, w) => pf.nn.functional.conv2d(x, w, { padding: 1 }).square(), [image, weight], pf.ones([8, 32, 30, 30]));
    return [y, ...gradients] as pf.Tensor[];
  }],
  ["Fourier transforms", () => {
    const rows = pf.linspace(0, 1e6, 400_000).sin().reshape(100, 4000);
    const long = pf.fft.fft(pf.complex(rows, rows.cos()).flatten().narrow(0, 0, 3 * 2 ** 16));
    const [z, columns, half] = [pf.fft.fft(pf.complex(rows, rows)), pf.fft.ifft(pf.complex(rows, rows), null, 0), pf.fft.rfft(rows)];
    return [long, z, columns, half].flatMap(({ real, imag }) => [real, imag]).concat(pf.fft.irfft(half), pf.fft.rfft(rows.at(":3", ":3999")).real);
  }],
  ["sorting", () => [...pf.sort(pf.linspace(0, 1e6, 400_000).sin().reshape(400, 1000), 1)]],
  ["gather and scatter", () => {
    const table = pf.linspace(0, 1, 600_000).reshape(6_000, 100);
    const index = pf.arange(6_000).mul(17).remainder(6_000).to("int32");
    return [pf.indexSelect(table, 0, index), table.gather(0, index.unsqueeze(1).expand(6_000, 100)), pf.zeros([6_000, 100]).scatterAdd(0, index.unsqueeze(1).expand(6_000, 100), table)];
  }],
  ["scans", () => {
    const x = pf.linspace(-1, 1, 600_000);
    const rows = x.reshape(600, 1000);
    return [x.cumsum(0), rows.cumsum(0), rows.cumprod(1), rows.logcumsumexp(0), ...rows.sin().cummax(0), ...rows.sin().cummin(1), pf.functional.vjp((y) => y.reshape(2, 300_000).cumsum(1).square(), x, pf.ones([2, 300_000]))[1]];
  }],
  ["long sums, compiled", () => sums(pf.linspace(-1, 1, 300_000))],
  ["compiled", () => compiled(pf.linspace(-1, 1, 250_000).reshape(250, 1000))],
  ["jvp", () => pf.functional.jvp((x) => x.exp().mul(x.sin()).sum(1), pf.linspace(-1, 1, 250_000).reshape(250, 1000), pf.ones([250, 1000]))],
]; // prettier-ignore

const sums = pf.compile((x: pf.Tensor) => x.sin().cumsum(0).cos().cumsum(0).exp());
const compiled = pf.compile((x: pf.Tensor) => x.exp().matmul(x.t()).tanh().sum(1));

const bytesOf = (result: pf.Tensor | pf.Tensor[]): Buffer[] =>
  [result].flat().map((t) => {
    const { buffer, byteOffset, byteLength } = t.data();
    return Buffer.from(buffer, byteOffset, byteLength);
  });
/** Work of some tenths of a millisecond, in parts. */
const work = (): void => pf.tidy(() => void padded(1_000_000).data());

const pool = suite("pool of threads");

pool("there is one thread until work is worth more, or ready is awaited", async () => {
  assert.is(pf.backend.threads, 1);
  pf.configure({ threads: THREADS });
  assert.is(pf.backend.threads, 1);
  assert.is(await pf.ready, undefined);
  assert.is(pf.backend.threads, THREADS);
});

pool("ready is a promise", async () => {
  assert.equal(await Promise.all([pf.ready, pf.ready.then(() => 1), pf.ready.finally()]), [undefined, 1, undefined]);
  assert.is(await pf.ready.catch(() => 2), undefined);
  assert.instance(pf.ready, Promise);
  assert.is(pf.ready.then(() => 1).constructor, Promise);
});

pool("workers take parts", async () => {
  const before = core.partsOfWorkers();
  assert.ok(await eventually(() => (work(), core.partsOfWorkers() !== before)));
});

for (const [name, compute] of cases) {
  pool(`same bits with any number of threads: ${name}`, async () => {
    pf.configure({ threads: 1 });
    assert.ok(await eventually(() => pf.backend.threads === 1));
    const alone = pf.tidy(() => bytesOf(compute()));
    const check = (): void =>
      pf.tidy(() => bytesOf(compute())).forEach((bytes, i) => assert.is(Buffer.compare(bytes, alone[i]), 0));
    for (const threads of [2, THREADS]) {
      pf.configure({ threads });
      await pf.ready;
      const before = core.partsOfWorkers();
      // Which thread takes which part differs from run to run.
      for (let run = 0; run < 5; run++) check();
      assert.ok(await eventually(() => (check(), core.partsOfWorkers() !== before)), "no worker ever took a part");
    }
    // No thread wrote beyond what it had: the heap's blocks still lie end to end.
    heapBytes();
  });
}

pool("workers take parts of copies", async () => {
  pf.configure({ threads: THREADS });
  await pf.ready;
  const x = pf.tidy(() => pf.linspace(-1, 1, 3_000_000).reshape(1500, 2000));
  pf.evaluate(x);
  const before = core.partsOfWorkers();
  const copy = (): void => pf.tidy(() => void pf.evaluate(x.t().reshape(-1)));
  assert.ok(await eventually(() => (copy(), core.partsOfWorkers() !== before)));
  x.dispose();
});

pool("workers take parts of programs: of elements, of short and of long rows", async () => {
  pf.configure({ threads: THREADS });
  await pf.ready;
  for (const shape of [[600_000], [6000, 100], [1, 600_000], [6, 100_000]]) {
    const x = pf.tidy(() => pf.linspace(-1, 1, 600_000).reshape(shape));
    pf.evaluate(x);
    const before = core.partsOfWorkers();
    const run = (): void => pf.tidy(() => void pf.evaluate(shape.length > 1 ? x.sin().cos().sum(1) : x.sin().cos()));
    assert.ok(await eventually(() => (run(), core.partsOfWorkers() !== before)), `no part of [${shape.join()}]`);
    x.dispose();
  }
});

pool("threads that are dismissed count no longer, at once; null leaves things as they are", async () => {
  pf.configure({ threads: THREADS });
  await pf.ready;
  assert.is(pf.backend.threads, THREADS);
  pf.configure({ threads: null, simd: null, maxMemoryBytes: null });
  assert.is(pf.backend.threads, THREADS);
  pf.configure({ threads: 1 });
  assert.is(pf.backend.threads, 1);
});

pool("memory grows while threads run, and views of it are renewed", async () => {
  pf.configure({ threads: THREADS });
  await pf.ready;
  const before = core.memory.buffer.byteLength;
  const helped = core.partsOfWorkers();
  const kept: pf.Tensor[] = [];
  await eventually(() => {
    // float32 is filled by stores, bool by memory.fill, which engines check otherwise.
    for (const dtype of ["float32", "bool"] as const) {
      const n = 1_000_000 + kept.length;
      const x = padded(n, dtype);
      kept.push(x);
      const values = x.data();
      const value = dtype === "bool" ? 1 : 7;
      for (let i = 0; i < n - 20; i += 1009)
        if (values[i] !== value) assert.unreachable(`element ${i} is ${values[i]}`);
    }
    return core.memory.buffer.byteLength >= before + 128 * 2 ** 20 && core.partsOfWorkers() !== helped;
  });
  assert.ok(core.memory.buffer.byteLength >= before + 128 * 2 ** 20);
  assert.ok(core.partsOfWorkers() !== helped);
  assert.equal(kept[3].shape, [1_000_003]);
  assert.equal(Array.from(kept[0].data().slice(-17)), [7, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 7, 7, 7, 7]);
  kept.forEach((x) => x.dispose());
});

pool("what is read is a copy in memory of its own", () => {
  const values = pf.arange(5).data();
  assert.instance(values.buffer, ArrayBuffer);
  assert.is(values.buffer.byteLength, 20);
});

pool("idle workers sleep, and work wakes them", async () => {
  for (let round = 0; round < 3; round++) {
    assert.ok(await eventually(() => core.sleepingWorkers() === THREADS - 1));
    const before = core.partsOfWorkers();
    assert.ok(await eventually(() => (work(), core.partsOfWorkers() !== before)));
  }
});

pool("the number of threads changes at any time, and memory of those that leave is freed", async () => {
  const reaches = async (threads: number): Promise<void> => {
    pf.configure({ threads });
    await pf.ready;
    assert.ok(await eventually(() => pf.backend.threads === threads));
    work();
  };
  await reaches(1);
  await reaches(6);
  await reaches(1);
  await new Promise((resume) => setTimeout(resume, 100));
  const { reservedBytes } = pf.backend;
  for (let i = 0; i < 5; i++) for (const threads of [4, 2, 6, 1]) await reaches(threads);
  assert.is(pf.backend.reservedBytes, reservedBytes);
  // Without waiting in between: those that start are told to leave before they have joined.
  for (let i = 0; i < 3; i++) for (const threads of [4, 1, 2]) pf.configure({ threads });
  await pf.ready;
  assert.ok(await eventually(() => pf.backend.threads === 2));
});

pool("a number of threads that is none is refused", () => {
  for (const threads of [0, -1, 1.5, Infinity, NaN, "2"]) {
    assert.throws(
      () => pf.configure({ threads: threads as number }),
      (error: unknown) =>
        error instanceof pf.ArgumentError &&
        error.message ===
          `configure: threads should be a positive integer but got ${threads === "2" ? `"2"` : threads}.`,
    );
  }
});

pool.run();
