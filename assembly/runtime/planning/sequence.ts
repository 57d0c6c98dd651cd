// The nodes in sequence: an order that follows the user's program.
import { Op } from "../../abi/opcodes";
import { Kind } from "../../abi/traits";
import { kindOf } from "../../generated/traits";
import { NAME_BITS, Node } from "../../graph/node";
import { nodeAt } from "../../graph/walk";
import { TARGET, demand, hasTwin, isPlanned, readAt, readCount, sequence } from "../plan";
import { OMITTED, twins } from "../twins";
import { dequeue, enqueue, queueLength } from "../../memory/queue";
import { consumerStart, consumerList, turns, waiting } from "./lists";
import { longBytes } from "../../memory/words";

/** False: memory is exhausted. */
export function linkConsumers(count: i32): bool {
  // Counted one place further on, then added up.
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    for (let k = 0, reads = readCount(n); k < reads; k++) {
      const input = readAt(n, k);
      if (isPlanned(input)) consumerStart.set(input.slot + 1, consumerStart.at(input.slot + 1) + 1);
    }
  }
  for (let slot = 0; slot < count; slot++) {
    consumerStart.set(slot + 1, consumerStart.at(slot + 1) + consumerStart.at(slot));
  }
  if (!consumerList.start(consumerStart.at(count), 0)) return false;
  // `waiting` here: how many consumers are filed so far
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    for (let k = 0, reads = readCount(n); k < reads; k++) {
      const input = readAt(n, k);
      if (!isPlanned(input)) continue;
      const filed = waiting.at(input.slot);
      consumerList.set(consumerStart.at(input.slot) + filed, slot);
      waiting.set(input.slot, filed + 1);
    }
  }
  return true;
}

// A node's turn is that of the user's op that it derives from. What a backward pass emits comes after the program, from its end;
// but where it serves tangents, which run beside the program, it comes when they do: what is due earlier than it was made is one.
function setTurns(count: i32): void {
  for (let slot = count - 1; slot >= 0; slot--) {
    const n = nodeAt(slot);
    let turn = n.origin;
    if (<i64>turn < 0) {
      const first = firstTurn(slot);
      if (first >> NAME_BITS < n.serial) turn = first;
    }
    store<u64>(turns.data + longBytes(slot), turn);
  }
}
@inline
function turnOf(slot: i32): u64 {
  return load<u64>(turns.data + longBytes(slot));
}
// That of the consumer whose turn is first.
function firstTurn(slot: i32): u64 {
  let first = u64.MAX_VALUE;
  for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++)
    first = min(first, turnOf(consumerList.at(at)));
  return first;
}

// When a node is to be computed once it can be: at its turn; but what takes more memory than it sets
// free waits until its first consumer's turn, so that a branch computed long before it is needed takes none meanwhile.
export function due(slot: i32): u64 {
  const n = nodeAt(slot),
    turn = turnOf(slot);
  if (demand.at(slot) & TARGET || hasTwin(n) || kindOf(n.op) == Kind.View) return turn;
  let freed: f64 = 0;
  for (let k = 0; k < <i32>n.inputCount; k++) {
    const input = n.input(k);
    if (isPlanned(input) && takesMemory(input) && isReadOnce(input.slot)) freed += input.valueBytes;
  }
  return freed >= n.valueBytes ? turn : max(turn, firstTurn(slot));
}
@inline
function takesMemory(n: Node): bool {
  return n.op != Op.Full && n.op != Op.Expand;
}
@inline
export function isReadOnce(slot: i32): bool {
  return consumerStart.at(slot + 1) - consumerStart.at(slot) == 1;
}

export function sequenceNodes(count: i32): void {
  setTurns(count);
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    if (twins.at(slot) == OMITTED) continue;
    let inputs = 0;
    for (let k = 0, reads = readCount(n); k < reads; k++) if (isPlanned(readAt(n, k))) inputs++;
    waiting.set(slot, inputs);
    if (!inputs) enqueue(due(slot), slot);
  }
  while (queueLength()) {
    const slot = dequeue();
    sequence.push(slot);
    for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
      const consumer = <i32>consumerList.at(at);
      const left = waiting.at(consumer) - 1;
      waiting.set(consumer, left);
      if (!left) enqueue(due(consumer), consumer);
    }
  }
}
