// All ops by their public names: the table of signatures met with the implementations.
import { activationOps } from "./activation";
import { atOps } from "./at";
import { attentionOps } from "./attention";
import { bitOps } from "./bits";
import { calculusOps } from "./calculus";
import { classificationOps } from "./classification";
import { comparisonOps } from "./comparison";
import { complexImplementation, takesComplex } from "./complex";
import { complexNumberOps } from "./complex/numbers";
import { convolutionOps } from "./convolution";
import { creationOps } from "./creation";
import { type DefinedOp, defineOp, type Implementations, type OpFunction } from "./define";
import { diagonalOps } from "./diagonals";
import { distanceOps } from "./distance";
import { fftOps } from "./fft";
import { indexingOps } from "./indexing";
import { joiningOps } from "./joining";
import { countingOps } from "./counting";
import { ctcOps } from "./ctc";
import { layerOps } from "./layers";
import { determinantOps } from "./linalg/determinant";
import { eigOps } from "./linalg/eig";
import { factorizationOps } from "./linalg/factorizations";
import { matrixNormOps } from "./linalg/norms";
import { spectralOps } from "./linalg/spectral";
import { symmetricOps } from "./linalg/symmetric";
import { systemOps } from "./linalg/systems";
import { linearOps } from "./linear";
import { lossOps } from "./loss";
import { maskOps } from "./masks";
import { mathOps } from "./math";
import { normalOps } from "./normal-distribution";
import { normalizationOps } from "./normalization";
import { paddingOps } from "./padding";
import { poolingOps } from "./pooling";
import { randomOps } from "./random";
import { recurrentOps } from "./recurrent";
import { reductionOps } from "./reduction";
import { resamplingOps } from "./resampling";
import { scanOps } from "./scan";
import { scatterOps } from "./scatter";
import { shapeOps } from "./shape";
import { sortingOps } from "./sorting";
import { specialOps } from "./special";
import { shortTimeOps } from "./short-time";
import { signatureLines } from "../generated/signatures";
import type { families } from "./signatures";

const implementations = [
  mathOps,
  bitOps,
  comparisonOps,
  reductionOps,
  sortingOps,
  scanOps,
  shapeOps,
  diagonalOps,
  joiningOps,
  indexingOps,
  atOps,
  maskOps,
  countingOps,
  scatterOps,
  creationOps,
  randomOps,
  complexNumberOps,
  fftOps,
  shortTimeOps,
  linearOps,
  factorizationOps,
  symmetricOps,
  systemOps,
  determinantOps,
  spectralOps,
  eigOps,
  matrixNormOps,
  calculusOps,
  normalOps,
  specialOps,
  activationOps,
  normalizationOps,
  layerOps,
  convolutionOps,
  attentionOps,
  recurrentOps,
  paddingOps,
  resamplingOps,
  poolingOps,
  lossOps,
  ctcOps,
  classificationOps,
  distanceOps,
] as const;

type KeyOfAny<T> = T extends unknown ? keyof T : never;
type WithoutImplementation = Exclude<KeyOfAny<(typeof families)[number]>, KeyOfAny<(typeof implementations)[number]>>;

const methods: DefinedOp[] = [];
const complexMethods: DefinedOp[] = [];
/** The ops by their namespaces, none for most, and their names there. */
export const inNamespaces: Readonly<Record<string, Record<string, OpFunction>>> = {
  "": Object.create(null) as Record<string, OpFunction>,
  linalg: {},
  special: {},
  fft: {},
  "nn.functional": {},
};

/** Every op by its name with its namespaces, e.g. "linalg.norm". */
export const ops: Readonly<Record<string, OpFunction>> = defineAll();
/** Takes nothing, unless an op lacks its implementation: the call is a type error then, which names it. */
function defineAll(..._missing: [WithoutImplementation] extends [never] ? [] : [WithoutImplementation]) {
  // In objects without a prototype, which hold many names at once: here the library spends its time when it is loaded, and an engine that
  // has no memory left for what is thrown away would collect it first.
  const implementationOf = Object.assign(Object.create(null), ...implementations) as Implementations;
  // In the same object each op takes the place of its implementation.
  const defined = implementationOf as Record<string, OpFunction>;
  for (const line of signatureLines.split("\n")) {
    const end = line.indexOf("(");
    const key = line.slice(0, end);
    const forComplex = takesComplex(key) ? complexImplementation.bind(null, key) : undefined;
    const op = defineOp(key, line.slice(end), implementationOf[key]!, forComplex);
    if (op.method !== undefined) methods.push(op);
    if (op.method !== undefined && forComplex !== undefined) complexMethods.push(op);
    defined[key] = op.call;
    inNamespaces[key.slice(0, Math.max(0, key.length - op.name.length - 1))]![op.name] = op.call;
  }
  return defined;
}

/** The method of this name that tensors have. */
export const methodOf = (name: PropertyKey): unknown => methods.find((op) => op.name === name)?.method;

/** Makes methods of the ops that have a tensor for `this`, of a complex one those that take it; what the class itself declares stays. */
export function installMethods(prototype: object, ofComplex = false): void {
  const property: PropertyDescriptor = { writable: true, configurable: true };
  for (const { name, method } of ofComplex ? complexMethods : methods)
    if (!Object.hasOwn(prototype, name)) {
      property.value = method;
      Object.defineProperty(prototype, name, property);
    }
}
