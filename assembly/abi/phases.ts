// What a profile tells apart. Compiled by AssemblyScript and by TypeScript: plain enums only.

/** What is done at a moment. */
export enum Phase {
  /** The user's function, ops, and the host's side of everything. */
  Host = 0,
  /** vjp, jvp and vmap: the rewriting of graphs. */
  Transform,
  /** Evaluation before and after its kernels: pruning, planning, letting go. */
  Plan,
  /** Between kernels: buffers, views, liveness. */
  Run,
  Kernel,
  /** The profile's own work. */
  Recording,
}
