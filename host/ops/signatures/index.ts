// The signatures of the ops: torch's arguments in torch's order under torch's names, camelCased. These tables are what the
// binding of arguments (define.ts), the methods of Tensor and the published declarations (scripts/generate-ops.mjs) are made
// from; the comment above an entry becomes its documentation. `@torch` names torch's page where it isn't torch.<name>, or another's whole address.
//
// The kinds of arguments are those of kinds.ts; `?` marks what may be null, undefined or left out; `...` takes a list or its
// items one by one; what follows a `*` can only be given by keyword. Signatures of overloaded ops are tried in order.
import { comparisonSignatures } from "./comparison";
import { complexSignatures } from "./complex";
import { creationSignatures } from "./creation";
import { fftSignatures } from "./fft";
import { layerSignatures } from "./layers";
import { linalgSignatures } from "./linalg";
import { linearSignatures } from "./linear";
import { lossSignatures } from "./losses";
import { mathSignatures } from "./math";
import { shapeSignatures } from "./shape";
import { specialSignatures } from "./special";

/** All of them, by families: to merge them would be a part of the time that loading the library takes. */
export const families = [
  mathSignatures,
  comparisonSignatures,
  shapeSignatures,
  creationSignatures,
  complexSignatures,
  fftSignatures,
  linearSignatures,
  linalgSignatures,
  specialSignatures,
  layerSignatures,
  lossSignatures,
] as const;
