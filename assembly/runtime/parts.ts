// The jobs that can be split: one number each, and one line that runs a part. To connect a kernel: a number, a line here, and
// `parallelFor(Job.X, descriptor, xParts(descriptor))` in the place of the loop over its parts.
//
// Parts run on any thread, whose instance has globals of its own and has run no initialization: what they call is kernels
// that read the descriptor, constants, `kernelScratch` and a workspace that they are handed (`workspace()` of
// runtime/parallel.ts; `reserveWorkspace` before parallelFor makes room), and nothing of the graph.
import { Fill, fillPart } from "../kernels/fill";
import { gemmPart } from "../kernels/gemm";
import { Gemm } from "../kernels/gemm/descriptor";
import { workspace } from "./parallel";
import { programPart } from "./program";

export const enum Job {
  Fill = 0,
  Program,
  Matmul,
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
  }
}
