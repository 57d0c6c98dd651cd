// The generator of random numbers: a seed, and how many numbers of the sequence that begins with it are used up. Draws in the
// core are functions of both (assembly/primitives/random.ts), so what this file keeps is all the state that there is.
import { DType, type Distribution } from "../assembly/abi/opcodes";
import { check } from "./core/failure";
import { core, writeInts } from "./core/memory";
import type { Node } from "./core/prim";
import { currentOp, withinOp } from "./core/op-scope";
import { ArgumentError, formatShape, typeName } from "./errors";
import { makeData } from "./tensor/create";
import { isTensor, type Tensor, wrapNode } from "./tensor/tensor";

export const randomnessModes = ["error", "different", "same"] as const;
export type Randomness = (typeof randomnessModes)[number];

/** A vmap whose function is being traced. */
interface VmapMode {
  readonly randomness: Randomness;
  /** What the elements of a batch differ by. */
  readonly placeholder: Node;
  readonly size: number;
}

let seed: number | null = null;
let offset = 0n;
const vmapModes: VmapMode[] = [];
/** What stands for the generator's state while a function is compiled; the offsets of its draws count from there. */
let compiledState: Node | null = null;
let compiledDraws = 0;

const low32 = (value: bigint): number => Number(BigInt.asIntN(32, value));
/** 64 bits as two words; negative numbers as their two's complement. */
const halves = (value: bigint): [number, number] => [low32(value), low32(value >> 32n)];
const seedWords = (): [number, number] => halves(BigInt(initialSeed()));

/** Begins the sequence of a seed that nobody chose: 53 bits from the system. */
function chooseSeed(): number {
  // A sandbox may be without crypto; nobody's secret depends on the seed.
  const { crypto } = globalThis as { crypto?: Crypto };
  const [high, low] = crypto?.getRandomValues(new Uint32Array(2)) ?? [Math.random() * 2 ** 32, Math.random() * 2 ** 32];
  return (high! >>> 11) * 2 ** 32 + Math.floor(low!);
}

/** Throws within compile: a function is traced once, and its later calls would not change the state again. */
function checkNotCompiled(name: string): void {
  if (compiledState === null) return;
  throw new ArgumentError(
    `${name}: can't be called in a function that is compiled; call it before or after that function.`,
  );
}

/**
 * Starts the sequence of random numbers of a seed: the same ops draw the same numbers after it, on every platform.
 * Under vmap with randomness "different", a function with one random op draws what calls of it for each element in turn would
 * draw. A compiled function draws what it would draw without compile.
 *
 * @param newSeed an integer, may be negative
 * @throws ArgumentError for anything but an integer that JavaScript numbers hold exactly; inside a function that is compiled
 * @see https://docs.pytorch.org/docs/stable/generated/torch.manual_seed.html
 */
export function manualSeed(newSeed: number): void {
  if (!Number.isSafeInteger(newSeed)) {
    throw new ArgumentError(
      `manualSeed: seed should be an integer between -(2**53 - 1) and 2**53 - 1 but got ` +
        `${typeof newSeed === "number" ? newSeed : typeName(newSeed)}.`,
    );
  }
  checkNotCompiled("manualSeed");
  seed = newSeed;
  offset = 0n;
}
/**
 * The seed of the sequence in use: the one that manualSeed has set, else one from the system.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.initial_seed.html
 */
export function initialSeed(): number {
  return (seed ??= chooseSeed());
}

/** Seed and offset, lowest words first. */
const currentState = (): Node => makeData([...seedWords(), ...halves(offset)], [4], DType.Int32);

/**
 * Where the generator stands, for setRngState. What the numbers in it mean may change from version to version.
 *
 * @throws ArgumentError inside a function that is compiled
 * @see https://docs.pytorch.org/docs/stable/generated/torch.get_rng_state.html
 */
export function getRngState(): Tensor {
  checkNotCompiled("getRngState");
  return withinOp("getRngState", () => wrapNode(currentState()));
}
/**
 * Puts the generator where it stood when getRngState was called: the numbers drawn since then come again.
 *
 * @throws ArgumentError for what is not such a state; inside a function that is compiled
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_rng_state.html
 */
export function setRngState(newState: Tensor): void {
  checkNotCompiled("setRngState");
  const expected = "setRngState: newState should be what getRngState returned but";
  if (!isTensor(newState)) throw new ArgumentError(`${expected} got ${typeName(newState)}.`);
  const words = withinOp("setRngState", () => {
    if (newState.dtype === "int32" && newState.ndim === 1 && newState.numel === 4) return newState.data();
    throw new ArgumentError(`${expected} got ${newState.dtype} of shape ${formatShape(newState.shape)}.`);
  });
  const [newSeed, newOffset] = new BigInt64Array(words.buffer);
  if (!Number.isSafeInteger(Number(newSeed))) throw new ArgumentError(`${expected} its seed is ${newSeed}.`);
  seed = Number(newSeed);
  offset = BigInt.asUintN(64, newOffset!);
}

/** A draw of the given shape; low and range are those of integers. Throws the ArgumentError where vmap allows none. */
export function draw(distribution: Distribution, shape: readonly number[], dtype: DType, low = 0, range = 0): Node {
  const inputs = compiledState === null ? [] : [compiledState];
  let copies = 1n;
  for (const { randomness, placeholder, size } of vmapModes) {
    if (randomness === "error") {
      throw new ArgumentError(
        `${currentOp()}: draws random numbers inside vmap, whose option randomness is "error" unless given: pass vmap ` +
          `randomness: "different" to draw anew for each element of the batch, or "same" to share one draw.`,
      );
    }
    if (randomness === "same") continue;
    inputs.push(placeholder);
    copies *= BigInt(size);
  }
  const key = compiledState === null ? seedWords() : [0, 0];
  writeInts([...shape, ...key, ...halves(offset), low, range, ...inputs]);
  const hasState = compiledState === null ? 0 : 1;
  compiledDraws += hasState;
  const node = check(core.random(distribution, dtype, shape.length, hasState, inputs.length)) as Node;
  offset += copies * BigInt(core.numelOf(node));
  return node;
}

/** Runs a function that is mapped over `size` elements; those of `placeholder` are what is mapped. */
export function withinVmap<T>(mode: VmapMode, body: () => T): T {
  vmapModes.push(mode);
  try {
    return body();
  } finally {
    vmapModes.pop();
  }
}

/**
 * Runs a function that is compiled, with `state` (a placeholder of int32[4]) for the generator's state. Returns its result and
 * how many numbers each call draws, null when there is no draw at all.
 */
export function withinCompile<T>(state: Node, body: () => T): { result: T; drawn: bigint | null } {
  const before = offset;
  compiledState = state;
  compiledDraws = 0;
  offset = 0n;
  try {
    const result = body();
    return { result, drawn: compiledDraws > 0 ? offset : null };
  } finally {
    compiledState = null;
    offset = before;
  }
}
/** The generator's state as a compiled function gets it, which draws `count` numbers. */
export function takeState(count: bigint): Node {
  const state = currentState();
  offset += count;
  return state;
}
