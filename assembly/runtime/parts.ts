// The jobs that can be split: one number each, and one line that runs a part. To connect a kernel: a number, a line here, and
// `parallelFor(Job.X, descriptor, xParts(descriptor))` in the place of the loop over its parts.
//
// Parts run on any thread, whose instance has globals of its own and has run no initialization: what they call is kernels
// that read the descriptor, constants, `kernelScratch` and a workspace that they are handed (`workspace()` of
// runtime/parallel.ts; `reserveWorkspace` before parallelFor makes room), and of the graph at most the layout of operands, which nobody
// changes meanwhile.
import { convolutionPartIn } from "../kernels/convolution";
import { Convolution } from "../kernels/convolution/descriptor";
import { Copy, copyPart } from "../kernels/copy";
import { Fill, fillPart } from "../kernels/fill";
import { Indexing, gatherPart, scatterAddPart, scatterPart } from "../kernels/gather";
import { gemmPart } from "../kernels/gemm";
import { Gemm } from "../kernels/gemm/descriptor";
import { Reduction, reducePart } from "../kernels/reduce";
import { Argsort, argsortPart } from "../kernels/sort";
import { workspace } from "./parallel";
import { programPart } from "./program";

export const enum Job {
  Fill = 0,
  Program,
  Matmul,
  Convolution,
  Reduce,
  Copy,
  Gather,
  ScatterAdd,
  Scatter,
  Argsort,
}

/** Runs part `part` of a job. */
export function runPart(job: i32, descriptor: usize, part: i32): void {
  switch (job) {
    case Job.Fill:
      return fillPart(changetype<Fill>(descriptor), part);
    case Job.Program:
      return programPart(descriptor, part);
    case Job.Matmul:
      return gemmPart(changetype<Gemm>(descriptor), part, workspace());
    case Job.Convolution:
      return convolutionPartIn(changetype<Convolution>(descriptor), part, workspace());
    case Job.Reduce:
      return reducePart(changetype<Reduction>(descriptor), part);
    case Job.Copy:
      return copyPart(changetype<Copy>(descriptor), part);
    case Job.Gather:
      return gatherPart(changetype<Indexing>(descriptor), part);
    case Job.ScatterAdd:
      return scatterAddPart(changetype<Indexing>(descriptor), part);
    case Job.Scatter:
      return scatterPart(changetype<Indexing>(descriptor), part);
    case Job.Argsort:
      return argsortPart(changetype<Argsort>(descriptor), part);
  }
}
