// All ops by their public names: the table of signatures met with the implementations.
import { activationOps } from "./activation";
import { atOps } from "./at";
import { attentionOps } from "./attention";
import { besselOps } from "./bessel";
import { calculusOps } from "./calculus";
import { classificationOps } from "./classification";
import { comparisonOps } from "./comparison";
import { convolutionOps } from "./convolution";
import { creationOps } from "./creation";
import { type DefinedOp, defineOp, type Implementations, type OpFunction } from "./define";
import { diagonalOps } from "./diagonals";
import { distanceOps } from "./distance";
import { indexingOps } from "./indexing";
import { joiningOps } from "./joining";
import { layerOps } from "./layers";
import { linearOps } from "./linear";
import { lossOps } from "./loss";
import { mathOps } from "./math";
import { normalOps } from "./normal-distribution";
import { normalizationOps } from "./normalization";
import { paddingOps } from "./padding";
import { poolingOps } from "./pooling";
import { randomOps } from "./random";
import { reductionOps } from "./reduction";
import { resamplingOps } from "./resampling";
import { scatterOps } from "./scatter";
import { shapeOps } from "./shape";
import { sortingOps } from "./sorting";
import { signatures } from "./signatures";

const implementations: Implementations & Record<keyof typeof signatures, Implementations[string]> = {
  ...mathOps,
  ...comparisonOps,
  ...reductionOps,
  ...sortingOps,
  ...shapeOps,
  ...diagonalOps,
  ...joiningOps,
  ...indexingOps,
  ...atOps,
  ...scatterOps,
  ...creationOps,
  ...randomOps,
  ...linearOps,
  ...calculusOps,
  ...normalOps,
  ...besselOps,
  ...activationOps,
  ...normalizationOps,
  ...layerOps,
  ...convolutionOps,
  ...attentionOps,
  ...paddingOps,
  ...resamplingOps,
  ...poolingOps,
  ...lossOps,
  ...classificationOps,
  ...distanceOps,
};

const methods: DefinedOp[] = [];

/** Every op by its name with its namespaces, e.g. "linalg.norm". */
export const ops: Readonly<Record<string, OpFunction>> = Object.fromEntries(
  Object.entries(signatures).map(([key, text]) => {
    const op = defineOp(key, text, implementations[key]!);
    if (op.method !== undefined) methods.push(op);
    return [key, op.call];
  }),
);

/** Makes methods of the ops that have a tensor for `this`; what the class itself declares stays. */
export function installMethods(prototype: object): void {
  for (const { name, method } of methods)
    if (!Object.hasOwn(prototype, name))
      Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true });
}
