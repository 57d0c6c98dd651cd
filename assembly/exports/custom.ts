// Custom functions: their calls, outputs and saved values, and the user's forward.
import { nodeFrom } from "../graph/node";
import { failure } from "../abi/failure";
import * as graph from "../graph/graph";
import { buildOutputOf } from "../primitives/call";
import { buildCustomCall, buildSaved } from "../primitives/custom";
import { endForward as runEndForward } from "../transforms/release";
import { begin, result, scratchAddress, toAddresses } from "./scratch";

/** `count` node ids in scratch, the function's inputs. */
export function customCall(call: i32, outputCount: i32, count: i32): i32 {
  begin();
  toAddresses(0, count);
  return result(buildCustomCall(call, outputCount, scratchAddress(), count));
}
export function customOutput(x: i32, call: i32, k: i32): i32 {
  begin();
  return result(buildOutputOf(nodeFrom(x), nodeFrom(call), k));
}
/** What a call's backward gets of x, which its forward has computed and saved. */
export function customSaved(x: i32, call: i32): i32 {
  begin();
  return result(buildSaved(nodeFrom(x), nodeFrom(call)));
}
/** The forward of a custom function begins; the value is for `leaveForward`. */
export function enterForward(): bool {
  return graph.enterForward();
}
export function leaveForward(before: bool): void {
  graph.leaveForward(before);
}
/** It is over: `count` nodes in scratch that it made after `start`; backward will ask for the first `kept` of them. */
export function endForward(kept: i32, count: i32, start: f64): i32 {
  begin();
  toAddresses(0, count);
  runEndForward(scratchAddress(), kept, count, <u64>start);
  return failure;
}
/** The node lives on in the open scope. */
export function adopt(id: i32): i32 {
  begin();
  graph.adopt(nodeFrom(id));
  return failure;
}
