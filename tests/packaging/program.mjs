// What the consumers of the package run wherever they are: it takes the library, and gives plain data that every one of them must give alike.

/** @param {typeof import("pushforward")} pf */
export function program(pf) {
  const inputs = pf.tensor([
    [0.1, 0.2],
    [0.3, 0.4],
  ]);
  const [output, jvp] = pf.functional.jvp((x) => x.exp().sum(1), inputs, pf.onesLike(inputs));
  const cubes = (x) => x.pow(3).sum();
  return {
    texts: [String(output), String(jvp)],
    hessian: pf.functional.hessian(cubes, pf.tensor([1, 2])).toArray(),
    compiled: pf
      .compile(pf.func.grad(cubes))(pf.tensor([1, 2]))
      .toArray(),
    errors: [
      caught(pf, () => pf.ones([2]).reshape([3])),
      caught(pf, () => pf.exp("x")),
      caught(pf, () => new pf.Tensor()),
    ],
    backend: { simd: ["simd128", "relaxed"].includes(pf.backend.simd), version: pf.backend.version },
  };
}

function caught({ PushforwardError }, f) {
  try {
    f();
  } catch (error) {
    return [error.name, error instanceof PushforwardError];
  }
  return [];
}

/** How many threads compute after two were asked for, and what they make of work that is worth sharing. */
export async function threaded(pf) {
  pf.configure({ threads: 2 });
  await pf.ready;
  return { threads: pf.backend.threads, sum: pf.ones([1000, 1000]).exp().log().sum().item() };
}
