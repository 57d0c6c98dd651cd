// Arguments of ops whose signature does not say enough: shapes that belong together, classes, windows. Tensors are new leaves,
// or earlier values of the program where they fit.
import type { Argument, Draw } from "./programs";

type Make = (draw: Draw) => Argument[];
const value = (x: unknown): Argument => ({ value: x });
const keywords = (options: Record<string, unknown>): Argument => ({ value: options });
const NONE = value(null);

/** An earlier float value of so many dims, or a new one. */
function real(draw: Draw, ...shape: number[]): Argument {
  const ref = draw.earlier((x) => x.dtype === (draw.only ?? "float64") && x.shape.join() === shape.join());
  return ref !== null && draw.chance(0.7) ? { ref } : draw.real(...shape);
}
const size = (draw: Draw): number => draw.int(1, 4);
const maybe = (draw: Draw, make: () => Argument): Argument => (draw.chance(0.5) ? make() : NONE);
const reduction = (draw: Draw): { reduction: string } => ({ reduction: draw.pick(["none", "mean", "sum"]) });
const scaled = (draw: Draw): Argument =>
  keywords(draw.chance(0.5) ? {} : { beta: draw.pick([0, 1, 0.5]), alpha: draw.pick([1, 2]) });

function convolution(axes: number, isTransposed: boolean): Make {
  return (draw) => {
    const [groups, inner, outer] = [draw.pick([1, 1, 2]), draw.int(1, 2), draw.int(1, 2)];
    const sizes = Array.from({ length: axes }, () => draw.int(3, 5));
    const taps = sizes.map(() => draw.int(1, 3));
    const weight = isTransposed ? [groups * inner, outer, ...taps] : [groups * outer, inner, ...taps];
    const batch = draw.pick([[], [1], [2]]);
    const [stride, padding, dilation] = [draw.int(1, 2), draw.int(0, 1), draw.int(1, 2)];
    const bias = maybe(draw, () => real(draw, groups * outer));
    const input = real(draw, ...batch, groups * inner, ...sizes);
    const options = isTransposed ? { outputPadding: draw.pick([0, 0, Math.max(stride, dilation) - 1]) } : {};
    return [input, real(draw, ...weight), bias, keywords({ stride, padding, dilation: isTransposed ? dilation : draw.pick([1, dilation]), groups, ...options })]; // prettier-ignore
  };
}
function pooling(axes: number, options: (draw: Draw) => object): Make {
  return (draw) => {
    const sizes = Array.from({ length: axes }, () => draw.int(4, 7));
    const kernel = draw.int(1, 3);
    const batch = draw.pick([[2], [1, 2]]);
    const [stride, padding] = [draw.pick([null, 1, 2]), draw.int(0, kernel >> 1)];
    return [real(draw, ...batch, ...sizes), value(kernel), keywords({ stride, padding, ceilMode: draw.chance(0.4), ...options(draw) })]; // prettier-ignore
  };
}
const maxPooling = (axes: number): Make =>
  pooling(axes, (draw) => ({ dilation: draw.int(1, 2), returnIndices: draw.chance(0.4) }));
const averaging = (axes: number): Make =>
  pooling(axes, (draw) => ({
    countIncludePad: draw.chance(0.5),
    ...(axes > 1 && draw.chance(0.3) ? { divisorOverride: 3 } : {}),
  }));
const powers =
  (axes: number): Make =>
  (draw) => {
    const sizes = Array.from({ length: axes }, () => draw.int(4, 7));
    const options = { stride: draw.pick([null, 1, 2]), ceilMode: draw.chance(0.4) };
    return [draw.between(0.2, 2, [2, ...sizes]), value(draw.pick([1, 2, 2.5])), value(draw.int(1, 3)), keywords(options)]; // prettier-ignore
  };
function adaptive(axes: number, options: (draw: Draw) => Argument[]): Make {
  return (draw) => {
    const sizes = Array.from({ length: axes }, () => draw.int(2, 6));
    return [real(draw, 2, ...sizes), value(sizes.map((n) => draw.pick([1, 2, n, null]))), ...options(draw)];
  };
}
const indexed: Make = (draw) => [value(draw.chance(0.5))];

/** Along which dim a tensor is written to at which places, and what is written. */
const writes =
  (rest: (draw: Draw, source: number[]) => Argument[], wholeRows: boolean): Make =>
  (draw) => {
    const shape = [draw.int(2, 4), draw.int(2, 4)];
    const [dim, count] = [draw.int(0, 1), draw.int(1, 3)];
    const source = shape.map((n, i) => (i === dim ? count : n));
    const index = wholeRows ? draw.index(shape[dim], count) : draw.index(shape[dim], ...source);
    return [real(draw, ...shape), value(dim - (draw.chance(0.5) ? 2 : 0)), index, ...rest(draw, source)];
  };
const loss =
  (
    target: (draw: Draw, shape: number[]) => Argument,
    rest: (draw: Draw, shape: number[]) => Argument[] = () => [],
  ): Make =>
  // prettier-ignore
  (draw) => {
    const shape = draw.pick([[3], [2, 3], [4, 3]]);
    return [real(draw, ...shape), target(draw, shape), ...rest(draw, shape), keywords(reduction(draw))];
  };
const signs = (draw: Draw, shape: readonly number[]): Argument => ({ tensor: { dtype: "float64", shape, data: draw.elements(shape, "bool").map((x) => 2 * x - 1) } }); // prettier-ignore
function classes(draw: Draw): [Argument, Argument, number] {
  const [n, c, tail] = [draw.int(1, 3), draw.int(2, 4), draw.pick([[], [], [2], [2, 2]])];
  return [real(draw, n, c, ...tail), draw.index(c, n, ...tail), c];
}
const equations: readonly [string, ...number[][]][] = [
  ["ij,jk->ik", [2, 3], [3, 4]], ["ij->ji", [2, 3]], ["ii->i", [3, 3]], ["ii", [3, 3]], ["bij,bjk->bik", [2, 2, 3], [2, 3, 2]],
  ["...ij,...jk->...ik", [2, 2, 3], [3, 2]], ["i,j->ij", [2], [3]], ["ij,ij->", [2, 3], [2, 3]], ["...i->...", [2, 3]],
  ["ij,jk,k->i", [2, 3], [3, 2], [2]], ["b...,...->b...", [2, 3], [3]], ["ij,ij->ij", [1, 3], [2, 3]], ["i...,i...->...", [2, 1, 3], [2, 4, 1]],
]; // prettier-ignore

/** Entries of x.at(…) for a tensor of 3 × 4, and the shape of what they show. */
const entries = (draw: Draw): [Argument[], number[]] =>
  draw.pick<() => [Argument[], number[]]>([
    () => [[value(draw.int(-3, 2))], [4]],
    () => [[value("1:"), value(-1)], [2]],
    () => [
      [value("..."), value("::2")],
      [3, 2],
    ],
    () => [[draw.index(3, 2)], [2, 4]],
    () => [
      [value(":"), value([0, -1, 1])],
      [3, 3],
    ],
    () => [
      [value(null), value(1)],
      [1, 4],
    ],
    () => [[draw.index(3, 2), draw.index(4, 2)], [2]],
    () => [[value([true, false, true])], [2, 4]],
  ])();

/** Square matrices that ops factor, and what stands beside them. */
const square =
  (rest: (draw: Draw, n: number, batch: number[]) => Argument[] = () => []): Make =>
  (draw) => {
    const [n, batch] = [draw.int(1, 3), draw.pick([[], [2]])];
    return [draw.dominant(...batch, n, n), ...rest(draw, n, batch)];
  };
const beside = (draw: Draw, n: number): [Argument, Record<string, unknown>] =>
  draw.chance(0.5) ? [real(draw, n, 2), {}] : [real(draw, 2, n), { left: false }];
const rectangular: Make = (draw) => {
  const [m, n] = [draw.int(1, 4), draw.int(1, 4)];
  return [draw.chance(0.5) ? draw.dominant(...draw.pick([[], [2]]), m, m) : real(draw, m, n)];
};

/** Matrices, of which what is made does not depend on a choice: up to one vector without a value. */
const apart =
  (rest: (draw: Draw) => Argument[] = () => []): Make =>
  (draw) => {
    const [m, n] = draw.pick([[3, 3], [3, 2], [2, 3], [1, 2]]); // prettier-ignore
    return [draw.spread(...draw.pick([[], [2]]), m, n), ...rest(draw)];
  };
const symmetric = (draw: Draw): Argument[] => [
  draw.spread(...draw.pick([[3, 3], [2, 2], [2, 3, 3]])), // prettier-ignore
  value(draw.pick(["L", "U"])),
];
/** Not definite, and by what there is no derivative. */
const symmetricConstant = (draw: Draw): Argument => ({
  tensor: draw.pick([
    { dtype: draw.only ?? "float64", shape: [3, 3], data: [0, 2, 3, 2, 0, 4, 3, 4, 0] },
    { dtype: draw.only ?? "float64", shape: [2, 2, 2], data: [1, 4, 4, 2, -3, 1, 1, 5] },
    { dtype: draw.only ?? "float64", shape: [4, 4], data: [1, 2, 3, 5, 2, -3, 7, 1, 3, 7, 2, 0.5, 5, 1, 0.5, -2] },
  ]),
});
const tolerance = (draw: Draw): Argument[] => [
  keywords(draw.pick([{}, { rtol: 0.01 }, { atol: 0.1 }, { atol: 0.1, rtol: 0.02 }])),
];
const mask = (shape: number[], ...data: number[]): Argument => ({ tensor: { dtype: "bool", shape, data } });
/** A step of a recurrent network with so many gates; `state` makes what it goes on from. */
const cell =
  (gates: number, state: (draw: Draw) => Argument = (draw) => real(draw, 2, 3)): Make =>
  (draw) => [real(draw, 2, 4), state(draw), real(draw, gates * 3, 4), real(draw, gates * 3, 3), ...(draw.chance(0.5) ? [real(draw, gates * 3), real(draw, gates * 3)] : [])]; // prettier-ignore
/** A number for an order, by which there is no derivative. */
const ordered: Make = (draw) => [value(draw.pick([1.25, 2, 3, 5.5])), real(draw, ...draw.pick([[], [3], [2, 3]]))];

const table: Record<string, Make> = {
  cholesky: square((draw) => [value(draw.chance(0.5))]),
  "linalg.cholesky": square((draw) => [keywords({ upper: draw.chance(0.5) })]),
  "linalg.choleskyEx": square((draw) => [keywords({ upper: draw.chance(0.5) })]),
  choleskyInverse: square((draw) => [value(draw.chance(0.5))]),
  choleskySolve: (draw) => {
    const n = draw.int(1, 3);
    return [real(draw, n, 2), draw.dominant(n, n), value(draw.chance(0.5))];
  },
  "linalg.lu": rectangular,
  "linalg.luFactor": rectangular,
  "linalg.luFactorEx": rectangular,
  "linalg.luSolve": square((draw, n, batch) => {
    const [b, options] = beside(draw, n);
    const pivots = { tensor: { dtype: "int32" as const, shape: [...batch, n], data: Array.from({ length: n * (batch[0] ?? 1) }, (_, i) => draw.int((i % n) + 1, n)) } }; // prettier-ignore
    return [pivots, b, keywords({ ...options, adjoint: draw.chance(0.5) })];
  }),
  luUnpack: square((_, n, batch) => [{ tensor: { dtype: "int32", shape: [...batch, n], data: Array.from({ length: n * (batch[0] ?? 1) }, () => n) } }]), // prettier-ignore
  "linalg.qr": (draw) => [...rectangular(draw), value(draw.pick(["reduced", "r"]))],
  qr: rectangular,
  "linalg.householderProduct": (draw) => [real(draw, 4, draw.int(2, 3)), real(draw, draw.int(1, 2))],
  geqrf: rectangular,
  ormqr: (draw) => {
    const left = draw.chance(0.5);
    return [real(draw, 4, draw.int(2, 3)), real(draw, draw.int(1, 2)), left ? real(draw, 4, 2) : real(draw, 2, 4), value(left), value(draw.chance(0.5))]; // prettier-ignore
  },
  "linalg.ldlFactor": (draw) => [symmetricConstant(draw)],
  "linalg.ldlFactorEx": (draw) => [symmetricConstant(draw)],
  "linalg.ldlSolve": square((draw, n, batch) => {
    // Of a block of two the second row may have been any of those below.
    const data = Array.from({ length: batch[0] ?? 1 }, () => (n > 1 && draw.chance(0.5) ? [-2, -2, 3].slice(0, n) : Array.from({ length: n }, (_, i) => draw.int(i + 1, n)))).flat(); // prettier-ignore
    return [{ tensor: { dtype: "int32" as const, shape: [...batch, n], data } }, real(draw, n, 2)];
  }),
  lobpcg: (draw) => [draw.spread(6, 6), value(draw.int(1, 2)), maybe(draw, () => draw.dominant(6, 6)), NONE, NONE, NONE, NONE, NONE, value(draw.chance(0.5))], // prettier-ignore
  "linalg.solve": square((draw, n) => { const [b, options] = beside(draw, n); return [b, keywords(options)]; }), // prettier-ignore
  "linalg.solveEx": square((draw, n) => { const [b, options] = beside(draw, n); return [b, keywords(options)]; }), // prettier-ignore
  "linalg.solveTriangular": square((draw, n) => { const [b, options] = beside(draw, n); return [b, keywords({ ...options, upper: draw.chance(0.5), unitriangular: draw.chance(0.5) })]; }), // prettier-ignore
  triangularSolve: (draw) => [real(draw, 3, 2), draw.dominant(3, 3), value(draw.chance(0.5)), value(draw.chance(0.5)), value(draw.chance(0.5))], // prettier-ignore
  "linalg.inv": square(),
  inverse: square(),
  "linalg.invEx": square(),
  "linalg.matrixPower": square((draw) => [value(draw.int(-2, 3))]),
  matrixPower: square((draw) => [value(draw.int(-2, 3))]),
  matrixExp: (draw) => [real(draw, ...draw.pick([[2, 2], [3, 3], [2, 2, 2]]))], // prettier-ignore
  "linalg.matrixExp": (draw) => [real(draw, 3, 3)],
  "linalg.tensorinv": (draw) => [draw.dominant(4, 4), value(1)],
  "linalg.tensorsolve": (draw) => [draw.dominant(3, 3), real(draw, 3), value([draw.int(-2, 1)])],
  det: (draw) => [draw.chance(0.5) ? real(draw, 3, 3) : draw.dominant(2, 5, 5)],
  "linalg.det": square(),
  slogdet: square(),
  "linalg.slogdet": square(),
  logdet: square(),
  "linalg.eigh": symmetric,
  "linalg.eigvalsh": symmetric,
  "linalg.eig": (draw) => [draw.spread(...draw.pick([[3, 3], [2, 2, 2]]))], // prettier-ignore
  "linalg.eigvals": (draw) => [draw.spread(...draw.pick([[3, 3], [2, 2, 2]]))], // prettier-ignore
  "linalg.sqrtm": (draw) => [draw.spread(...draw.pick([[3, 3], [2, 2, 2]]))], // prettier-ignore
  "linalg.svd": apart((draw) => [value(draw.chance(0.5))]),
  svd: apart((draw) => [value(draw.chance(0.5)), value(draw.chance(0.7))]),
  "linalg.polar": (draw) => [draw.spread(...draw.pick([[3, 2], [3, 3], [2, 2, 2]]))], // prettier-ignore
  "linalg.svdvals": apart(),
  "linalg.pinv": apart(tolerance),
  pinverse: apart(),
  "linalg.matrixRank": apart(tolerance),
  "linalg.cond": apart((draw) => [value(draw.pick([null, 2, -2]))]),
  "linalg.lstsq": (draw) => [draw.spread(3, 2), real(draw, 3, 2), NONE, keywords({ driver: draw.pick(["gelsy", "gels"]) })], // prettier-ignore
  rnnTanhCell: cell(1),
  rnnReluCell: cell(1),
  gruCell: cell(3),
  lstmCell: cell(4, (draw) => ({ list: [real(draw, 2, 3), real(draw, 2, 3)] })),
  bincount: (draw) => [draw.index(4, 5), maybe(draw, () => real(draw, 5)), value(draw.pick([0, 3, 6]))],
  interp: (draw) => [real(draw, 2, 3), { tensor: { dtype: draw.only ?? "float64", shape: [4], data: [-1.5, -0.25, 0.5, 1.75] } }, real(draw, 4), keywords(draw.pick([{}, { left: -1 }, { right: 2, left: 0 }, { period: 3.5 }]))], // prettier-ignore
  maskedScatter: (draw) => [real(draw, 3, 4), draw.pick([mask([4], 1, 0, 1, 1), mask([3, 1], 0, 1, 1), mask([3, 4], 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0)]), real(draw, 12)], // prettier-ignore
  "special.zeta": ordered,
  at: (draw) => [real(draw, 3, 4), ...entries(draw)[0]],
  setAt: (draw) => {
    const [list, shape] = entries(draw);
    return [real(draw, 3, 4), { list }, draw.chance(0.7) ? real(draw, ...shape) : value(1.5)];
  },
  addAt: (draw) => {
    const [list, shape] = entries(draw);
    return [real(draw, 3, 4), { list }, draw.chance(0.7) ? real(draw, ...shape) : value(1.5)];
  },
  mm: (draw) => [real(draw, 2, 3), real(draw, 3, size(draw))],
  bmm: (draw) => [real(draw, 2, 3, 2), real(draw, 2, 2, size(draw))],
  mv: (draw) => [real(draw, 3, 4), real(draw, 4)],
  addmm: (draw) => [real(draw, ...draw.pick([[3, 2], [2], [1, 2], []])), real(draw, 3, 4), real(draw, 4, 2), scaled(draw)], // prettier-ignore
  addmv: (draw) => [real(draw, ...draw.pick([[3], [1], []])), real(draw, 3, 4), real(draw, 4), scaled(draw)],
  addbmm: (draw) => [real(draw, 3, 2), real(draw, 2, 3, 4), real(draw, 2, 4, 2), scaled(draw)],
  baddbmm: (draw) => [real(draw, ...draw.pick([[2, 3, 2], [3, 2], [1]])), real(draw, 2, 3, 4), real(draw, 2, 4, 2), scaled(draw)], // prettier-ignore
  stft: (draw) => {
    const nFft = draw.int(2, 6);
    const options = { center: draw.chance(0.5), normalized: draw.chance(0.5), onesided: draw.chance(0.5), padMode: "constant" }; // prettier-ignore
    const window = maybe(draw, () => draw.real(nFft));
    return [real(draw, ...draw.pick([[], [2]]), draw.int(nFft, 10)), value(nFft), value(draw.int(1, 3)), NONE, window, keywords(options)]; // prettier-ignore
  },
  fftconvolve: (draw) => [real(draw, 2, size(draw)), real(draw, ...draw.pick([[], [1], [2]]), size(draw)), value(draw.pick(["full", "same", "valid"]))], // prettier-ignore
  matmul: (draw) => {
    const [a, b] = draw.pick([[[3], [3]], [[2, 3], [3]], [[3], [3, 2]], [[2, 2, 3], [3, 4]], [[2, 1, 3, 2], [3, 2, 2]]]); // prettier-ignore
    return [real(draw, ...a), real(draw, ...b)];
  },
  einsum: (draw) => {
    const [equation, ...shapes] = draw.pick(equations);
    return [value(equation), ...shapes.map((shape) => real(draw, ...shape))];
  },
  quantile: (draw) => [real(draw, 3, 4), draw.pick([value(0.3), draw.between(0, 1, [2], draw.only ?? "float64")]), value(draw.int(-2, 1)), keywords({ keepdim: draw.chance(0.5), interpolation: draw.pick(["linear", "lower", "higher", "midpoint", "nearest"]) })], // prettier-ignore
  unflatten: (draw) => draw.pick([[real(draw, 6, 2), value(0), value([2, -1])], [real(draw, 2, 4), value(-1), value([2, 2])]]), // prettier-ignore
  splitWithSizes: (draw) => [real(draw, 4, 3), value(draw.pick([[1, 3], [2, 2], [0, 4]])), value(draw.pick([0, -2]))], // prettier-ignore
  takeAlongDim: (draw) => [
    real(draw, 3, 4),
    draw.index(
      3,
      ...draw.pick([
        [2, 4],
        [1, 4],
      ]),
    ),
    value(0),
  ],
  index: (draw) => [real(draw, 3, 4), { list: draw.pick([[draw.index(3, 2)], [NONE, draw.index(4, 3)], [draw.index(3, 2, 1), draw.index(4, 2)]]) }], // prettier-ignore
  indexPut: (draw) => [
    real(draw, 3, 4),
    { list: [draw.index(3, 2), draw.index(4, 2)] },
    real(draw, 2),
    value(draw.chance(0.5)),
  ],
  put: (draw) => [real(draw, 3, 4), draw.index(12, 4), real(draw, 4), value(draw.chance(0.5))],
  scatter: writes((draw, source) => [draw.chance(0.7) ? real(draw, ...source) : value(1.5), keywords(draw.chance(0.5) ? {} : { reduce: draw.pick(["add", "multiply"]) })], false), // prettier-ignore
  scatterAdd: writes((draw, source) => [real(draw, ...source)], false),
  scatterReduce: writes((draw, source) => [real(draw, ...source), value(draw.pick(["sum", "prod", "mean", "amax", "amin"])), keywords({ includeSelf: draw.chance(0.5) })], false), // prettier-ignore
  gather: writes(() => [], false),
  indexSelect: writes(() => [], true),
  indexAdd: writes((draw, source) => [real(draw, ...source), keywords({ alpha: draw.pick([1, 2, -0.5]) })], true),
  indexReduce: writes((draw, source) => [real(draw, ...source), value(draw.pick(["prod", "mean", "amax", "amin"])), keywords({ includeSelf: draw.chance(0.5) })], true), // prettier-ignore
  unravelIndex: (draw) => [draw.index(12, 2, 3), value([3, 4])],
  indexCopy: writes((draw, source) => [real(draw, ...source)], true),
  indexFill: writes((draw) => [draw.pick([value(2), real(draw)])], true),
  selectScatter: (draw) => [real(draw, 3, 4), real(draw, 4), value(0), value(draw.int(-3, 2))],
  sliceScatter: (draw) => [real(draw, 4, 3), real(draw, 2, 3), value(0), value(draw.pick([0, 1])), value(draw.pick([3, 4])), value(2)], // prettier-ignore
  diagonalScatter: (draw) => [real(draw, 3, 4), real(draw, 3), value(draw.int(0, 1)), value(0), value(1)],
  gradient: (draw) => [real(draw, 4, 3), keywords(draw.pick([{}, { spacing: 0.5, edgeOrder: 2 }, { spacing: [0.5, 2], dim: [0, 1] }, { dim: 0, spacing: 2 }]))], // prettier-ignore
  chainMatmul: (draw) => [{ list: [real(draw, 2, 3), real(draw, 3, 2), real(draw, 2, 4)] }],
  "linalg.multiDot": (draw) => [{ list: [real(draw, 2, 3), real(draw, 3, 2), real(draw, 2, 4)] }],
  tensordot: (draw) => [
    real(draw, 2, 3),
    real(draw, 3, 2),
    value(
      draw.pick([
        1,
        0,
        [[1], [0]],
        [
          [0, 1],
          [1, 0],
        ],
      ]),
    ),
  ],
  cross: (draw) => [real(draw, 2, 3), real(draw, 2, 3), value(1)],
  prelu: (draw) => [real(draw, 2, 3), real(draw, draw.pick([1, 3]))],
  "nn.functional.groupNorm": (draw) => [real(draw, 2, 4, 3), value(draw.pick([1, 2, 4])), maybe(draw, () => real(draw, 4)), maybe(draw, () => real(draw, 4))], // prettier-ignore
  "nn.functional.instanceNorm": (draw) => [real(draw, 2, 3, 4), NONE, NONE, maybe(draw, () => real(draw, 3)), maybe(draw, () => real(draw, 3))], // prettier-ignore
  "nn.functional.batchNorm": (draw) => [real(draw, 4, 3), draw.between(-1, 1, [3]), draw.between(0.5, 2, [3]), maybe(draw, () => real(draw, 3)), maybe(draw, () => real(draw, 3)), value(draw.chance(0.5))], // prettier-ignore
  "nn.functional.layerNorm": (draw) => [
    real(draw, 2, 3, 4),
    value([4]),
    maybe(draw, () => real(draw, 4)),
    maybe(draw, () => real(draw, 4)),
  ],
  "nn.functional.rmsNorm": (draw) => [real(draw, 2, 3, 4), value([4]), maybe(draw, () => real(draw, 4))],
  nativeLayerNorm: (draw) => [real(draw, 2, 3, 4), value([3, 4]), maybe(draw, () => real(draw, 3, 4)), NONE],
  "nn.functional.linear": (draw) => [real(draw, 2, 3), real(draw, 4, 3), maybe(draw, () => real(draw, 4))],
  "nn.functional.bilinear": (draw) => [
    real(draw, 2, 3),
    real(draw, 2, 4),
    real(draw, 2, 3, 4),
    maybe(draw, () => real(draw, 2)),
  ],
  "nn.functional.embedding": (draw) => [draw.index(4, 2, 3), real(draw, 4, 2), maybe(draw, () => value(1))],
  "nn.functional.embeddingBag": (draw) => {
    const mode = draw.pick(["sum", "mean", "max"]);
    const padding = draw.pick([null, 0, -1]);
    if (draw.chance(0.5)) return [draw.index(4, 2, 3), real(draw, 4, 2), keywords({ mode, paddingIdx: padding })];
    const weighted = mode === "sum" && draw.chance(0.5) ? { perSampleWeights: real(draw, 5) } : {};
    return [draw.index(4, 5), real(draw, 4, 2), value([0, draw.int(0, 3), draw.int(3, 5)]), keywords({ mode, paddingIdx: padding, includeLastOffset: draw.chance(0.3), ...weighted })]; // prettier-ignore
  },
  "nn.functional.groupedMm": (draw) => {
    const offs = keywords({ offs: [draw.int(0, 2), draw.int(2, 4)] });
    return draw.pick([() => [real(draw, 4, 3), real(draw, 2, 3, 2), offs], () => [real(draw, 2, 3, 2), real(draw, 2, 4), offs], () => [real(draw, 3, 4), real(draw, 4, 3), offs], () => [real(draw, 2, 3, 2), real(draw, 2, 2, 3)]])(); // prettier-ignore
  },
  "nn.functional.oneHot": (draw) => [draw.index(3, 2), value(draw.int(3, 4))],
  "nn.functional.conv1d": convolution(1, false),
  "nn.functional.conv2d": convolution(2, false),
  "nn.functional.conv3d": convolution(3, false),
  "nn.functional.convTranspose1d": convolution(1, true),
  "nn.functional.convTranspose2d": convolution(2, true),
  "nn.functional.convTranspose3d": convolution(3, true),
  "nn.functional.pixelShuffle": (draw) => [real(draw, 1, 4, 2, 3), value(2)],
  "nn.functional.channelShuffle": (draw) => [real(draw, 1, 6, 2), value(draw.pick([1, 2, 3]))],
  "nn.functional.pixelUnshuffle": (draw) => [real(draw, 1, 2, 4, 2), value(2)],
  "nn.functional.unfold": (draw) => [real(draw, 1, 2, 4, 5), value(draw.pick([2, [2, 3]])), keywords({ dilation: draw.int(1, 2), padding: draw.int(0, 2), stride: draw.int(1, 2) })], // prettier-ignore
  "nn.functional.fold": (draw) => [real(draw, 1, 4, 9), value([4, 4]), value(2)],
  "nn.functional.pad": (draw) => [real(draw, 2, 3, 4), value(draw.pick([[1, 2], [0, 1], [2, 1]])), value(draw.pick(["constant", "reflect", "replicate", "circular"]))], // prettier-ignore
  "nn.functional.interpolate": (draw) => {
    const [shape, mode] = draw.pick([[[1, 2, 4], "nearest"], [[1, 2, 4], "linear"], [[1, 2, 3, 4], "bilinear"], [[1, 2, 3, 4], "bicubic"], [[1, 1, 3, 4], "area"], [[1, 1, 2, 3, 2], "trilinear"], [[1, 2, 3], "nearest-exact"]] as [number[], string][]); // prettier-ignore
    const aligns = /linear|cubic/.test(mode) && draw.chance(0.5) ? { alignCorners: draw.chance(0.5) } : {};
    const target = draw.chance(0.5) ? { size: shape.slice(2).map(() => draw.int(1, 6)) } : { scaleFactor: draw.pick([2, 1.5, 0.7]) }; // prettier-ignore
    return [real(draw, ...shape), keywords({ ...target, mode, ...aligns })];
  },
  "nn.functional.upsample": (draw) => [real(draw, 1, 2, 3, 4), keywords({ size: [draw.int(1, 6), draw.int(1, 6)], ...draw.pick([{ mode: "nearest" }, { mode: "bilinear", alignCorners: true }, { mode: "bicubic" }]) })], // prettier-ignore
  "nn.functional.upsampleNearest": (draw) => [real(draw, 1, 2, 3, 4), keywords({ size: [draw.int(1, 6), draw.int(1, 6)] })], // prettier-ignore
  "nn.functional.upsampleBilinear": (draw) => [real(draw, 1, 2, 3, 4), keywords(draw.chance(0.5) ? { size: [draw.int(1, 6), 2] } : { scaleFactor: 2 })], // prettier-ignore
  "nn.functional.gridSample": (draw) => [real(draw, 1, 2, 3, 4), real(draw, 1, 2, 3, 2), keywords({ mode: draw.pick(["bilinear", "nearest", "bicubic"]), paddingMode: draw.pick(["zeros", "border", "reflection"]), alignCorners: draw.chance(0.5) })], // prettier-ignore
  "nn.functional.affineGrid": (draw) => [
    real(draw, 1, 2, 3),
    value([1, 1, 2, 3]),
    keywords({ alignCorners: draw.chance(0.5) }),
  ],
  "nn.functional.avgPool1d": averaging(1),
  "nn.functional.avgPool2d": averaging(2),
  "nn.functional.avgPool3d": averaging(3),
  "nn.functional.lpPool1d": powers(1),
  "nn.functional.lpPool2d": powers(2),
  "nn.functional.lpPool3d": powers(3),
  "nn.functional.maxPool1d": maxPooling(1),
  "nn.functional.maxPool2d": maxPooling(2),
  "nn.functional.maxPool3d": maxPooling(3),
  "nn.functional.maxUnpool1d": (draw) => [real(draw, 1, 2, 3), draw.index(6, 1, 2, 3), value(2), keywords({ outputSize: draw.pick([null, 7]) })], // prettier-ignore
  "nn.functional.maxUnpool2d": (draw) => [real(draw, 1, 2, 3), draw.index(12, 1, 2, 3), value([1, 2])],
  "nn.functional.maxUnpool3d": (draw) => [real(draw, 1, 1, 2, 3), draw.index(12, 1, 1, 2, 3), value([2, 1, 2])],
  "nn.functional.adaptiveAvgPool1d": adaptive(1, () => []),
  "nn.functional.adaptiveAvgPool2d": adaptive(2, () => []),
  "nn.functional.adaptiveAvgPool3d": adaptive(3, () => []),
  "nn.functional.adaptiveMaxPool1d": adaptive(1, indexed),
  "nn.functional.adaptiveMaxPool2d": adaptive(2, indexed),
  "nn.functional.adaptiveMaxPool3d": adaptive(3, indexed),
  "nn.functional.binaryCrossEntropy": (draw) => [draw.between(0.1, 0.9, [2, 3]), draw.between(0, 1, [2, 3]), maybe(draw, () => real(draw, 2, 3)), keywords(reduction(draw))], // prettier-ignore
  "nn.functional.binaryCrossEntropyWithLogits": loss((draw, shape) => draw.between(0, 1, shape)),
  "nn.functional.nllLoss": (draw) => {
    const [input, target, c] = classes(draw);
    return [input, target, maybe(draw, () => draw.between(0.5, 2, [c])), keywords({ ignoreIndex: draw.pick([-100, 0, 1]), ...reduction(draw) })]; // prettier-ignore
  },
  "nn.functional.crossEntropy": (draw) => {
    const [input, target, c] = classes(draw);
    const { shape } = draw.at(input);
    return [input, draw.chance(0.7) ? target : draw.between(0, 1, shape), maybe(draw, () => draw.between(0.5, 2, [c])), keywords({ labelSmoothing: draw.pick([0, 0.1, 0.5]), ...reduction(draw) })]; // prettier-ignore
  },
  "nn.functional.linearCrossEntropy": (draw) => [real(draw, 2, 3), real(draw, 4, 3), draw.index(4, 2), keywords({ linearBias: draw.chance(0.5) ? real(draw, 4) : null, ignoreIndex: draw.pick([-100, 1]), labelSmoothing: draw.pick([0, 0.1]), ...reduction(draw) })], // prettier-ignore
  "nn.functional.ctcLoss": (draw) => {
    const lengths = [draw.int(0, 2), draw.int(0, 2)];
    const targets = draw.chance(0.5) ? draw.index(3, 2, 2) : draw.index(3, lengths[0] + lengths[1]);
    return [real(draw, 4, 2, 3), targets, value([draw.int(3, 4), draw.int(0, 4)]), value(lengths), value(draw.int(0, 2)), value(draw.pick(["none", "mean", "sum"])), value(true)]; // prettier-ignore
  },
  "nn.functional.tripletMarginWithDistanceLoss": (draw) => [real(draw, 2, 3), real(draw, 2, 3), real(draw, 2, 3), keywords({ swap: draw.chance(0.5) })], // prettier-ignore
  "nn.functional.multiMarginLoss": (draw) => [real(draw, 2, 3), draw.index(3, 2), value(draw.pick([1, 2])), value(draw.pick([1, 0.5])), keywords(reduction(draw))], // prettier-ignore
  "nn.functional.multilabelMarginLoss": (draw) => [real(draw, 2, 3), { tensor: { dtype: "int32", shape: [2, 3], data: [0, -1, 1, 2, 1, -1] } }, keywords(reduction(draw))], // prettier-ignore
  "nn.functional.hingeEmbeddingLoss": loss(signs),
  "nn.functional.softMarginLoss": loss(signs),
  "nn.functional.marginRankingLoss": (draw) => [real(draw, 3), real(draw, 3), signs(draw, [3]), value(0.2)],
  "nn.functional.cosineEmbeddingLoss": (draw) => [real(draw, 2, 3), real(draw, 2, 3), signs(draw, [2]), value(0.2)],
  "nn.functional.tripletMarginLoss": (draw) => [real(draw, 2, 3), real(draw, 2, 3), real(draw, 2, 3), keywords({ swap: draw.chance(0.5), p: draw.pick([2, 1]) })], // prettier-ignore
  histogramdd: (draw) => [
    draw.between(-2, 2, [4, 2]),
    draw.chance(0.5) ? value(draw.pick([3, [2, 3]])) : { list: [draw.between(-1, -0.5, [1]), draw.between(0, 1, [1])].map((low) => ({ tensor: { dtype: "float64", shape: [3], data: [-1, Number((low as any).tensor.data[0]) / 2, 1] } })) }, // prettier-ignore
    keywords({ density: draw.chance(0.3) }),
  ],
  cdist: (draw) => [real(draw, 3, 2), real(draw, 4, 2), value(draw.pick([2, 1, 0.5, 3, Infinity]))],
};
table["nanquantile"] = table["quantile"];
table["special.softmax"] = (draw) => [real(draw, 2, 3), value(draw.int(-2, 1))];
table["nn.functional.prelu"] = table["prelu"];
table["linalg.matmul"] = table["matmul"];
table["orgqr"] = table["linalg.householderProduct"];

export function argumentsFor(op: string, draw: Draw): Argument[] | null {
  return Object.hasOwn(table, op) ? table[op](draw) : null;
}
