// A walk that meets a user's custom function calls the host, whose code appends nodes and may evaluate, differentiate or map
// on its own. Everything that the walk under way keeps in this module's lists is put aside meanwhile.
import { stash, unstash } from "../memory/vector";
import { epoch, order, placeAll } from "../graph/walk";
import { dummies, gradients, seeds } from "./jvp";
import { cells, newest, operands, sorted } from "./pieces";
import { cotangents, customParts } from "./vjp";

/** The bytes that a walk is put aside in: its epoch, and ten lists. */
export const SUSPENDED: usize = 124;

/** Puts the walk aside, at `at`. */
export function suspend(at: usize): void {
  store<u32>(at, epoch);
  at = stash(order, at + 4);
  at = stash(cotangents, at);
  at = stash(customParts, at);
  at = stash(cells, at);
  at = stash(newest, at);
  at = stash(sorted, at);
  at = stash(operands, at);
  at = stash(dummies, at);
  at = stash(gradients, at);
  stash(seeds, at);
}
/** Takes the walk up again; its nodes get their places back if another walk has been there. */
export function resume(at: usize): void {
  const suspended = load<u32>(at);
  at = unstash(order, at + 4);
  at = unstash(cotangents, at);
  at = unstash(customParts, at);
  at = unstash(cells, at);
  at = unstash(newest, at);
  at = unstash(sorted, at);
  at = unstash(operands, at);
  at = unstash(dummies, at);
  at = unstash(gradients, at);
  unstash(seeds, at);
  if (epoch != suspended) placeAll();
}
