// A walk that meets a user's custom function calls the host, whose code appends nodes and may evaluate, differentiate or map
// on its own. Everything that the walk under way keeps in this module's lists is put aside meanwhile.
import { reserveStash, stash, unstash } from "../memory/vector";
import { epoch, order, placeAll } from "../graph/walk";
import { dummies, gradients, seeds } from "./jvp";
import { cells, newest, operands, sorted } from "./pieces";
import { cotangents, customParts } from "./vjp";

/** Puts the walk aside; returns its epoch for `resume`, or 0 when memory is exhausted. */
export function suspend(): u32 {
  if (!reserveStash(10)) return 0;
  stash(order);
  stash(cotangents);
  stash(customParts);
  stash(cells);
  stash(newest);
  stash(sorted);
  stash(operands);
  stash(dummies);
  stash(gradients);
  stash(seeds);
  return epoch;
}
/** Takes the walk up again; its nodes get their places back if another walk has been there. */
export function resume(suspended: u32): void {
  unstash(seeds);
  unstash(gradients);
  unstash(dummies);
  unstash(operands);
  unstash(sorted);
  unstash(newest);
  unstash(cells);
  unstash(customParts);
  unstash(cotangents);
  unstash(order);
  if (epoch != suspended) placeAll();
}
