// A walk that meets a user's custom function calls the host, whose code appends nodes and may evaluate, differentiate or map
// on its own. Everything that the walk under way keeps in this module's lists is put aside meanwhile.
import { stash, unstash, Vector } from "../memory/vector";
import { epoch, order, placeAll } from "../graph/walk";
import { dummies, gradients, seeds } from "./jvp";
import { cells, newest, operands, sorted } from "./pieces";
import { cotangents, customParts } from "./vjp";

/** The bytes that a walk is put aside in: its epoch, and ten lists. */
export const SUSPENDED: usize = 124;

// What a walk keeps, list by list.
function each(move: (list: Vector, at: usize) => usize, at: usize): void {
  at = move(order, at);
  at = move(cotangents, at);
  at = move(customParts, at);
  at = move(cells, at);
  at = move(newest, at);
  at = move(sorted, at);
  at = move(operands, at);
  at = move(dummies, at);
  at = move(gradients, at);
  move(seeds, at);
}
/** Puts the walk aside, at `at`. */
export function suspend(at: usize): void {
  store<u32>(at, epoch);
  each(stash, at + 4);
}
/** Takes the walk up again; its nodes get their places back if another walk has been there. */
export function resume(at: usize): void {
  each(unstash, at + 4);
  if (epoch != load<u32>(at)) placeAll();
}
