// pf.profile: where the time of a function's derivatives and evaluations goes, kernel by kernel.
import { Phase } from "../assembly/abi/phases";
import type { DTypeName } from "./core/dtype";
import { check } from "./core/failure";
import { core, writeInts } from "./core/memory";
import { withinOp } from "./core/op-scope";
import { ArgumentError, typeName } from "./errors";
import { checkFunction, checkOptions } from "./options";
import { type KernelRecord, readRecords } from "./profile-records";
import { closeScope, openScope } from "./tensor/lifetime";
import { nodeOf } from "./tensor/tensor";
import { checkSynchronous } from "./tensor/async";
import { collectTensors } from "./tensor/containers";

export interface ProfileOptions {
  /** How often fn is called and its results are computed while time is taken; 1 by default. */
  repetitions?: number | null | undefined;
  /** Calls before that: the first calls of a function run while the engine still optimizes it. 0 by default. */
  warmup?: number | null | undefined;
}

/** All the calls of kernels of equal ops, shapes and dtype. */
export interface KernelProfile {
  /** The op and the shapes that it works on, such as "matmul [128, 784]·[784, 512]". */
  readonly name: string;
  /** "fused" for a program of elementwise ops, "copy" where a view had to copy, else the op: "matmul", "sum" … */
  readonly kind: string;
  /** The widest dtype among operands and results. */
  readonly dtype: DTypeName;
  readonly calls: number;
  readonly milliseconds: number;
  /** Part of the profile's whole time, 0 … 1. */
  readonly share: number;
  /** Bytes of operands and results; operands that repeat along a dim count once. */
  readonly bytes: number;
  /** Floating-point operations as `inspect` counts them; a multiply-add counts two. */
  readonly flops: number;
  /** 10⁹ bytes a second, and 10⁹ floating-point operations a second; 0 where the clock saw no time pass. */
  readonly gigabytesPerSecond: number;
  readonly gigaflopsPerSecond: number;
}

/** Times are milliseconds over all repetitions: the kernels', `tracing`, `transforms`, `planning` and `running` make up `total`. */
export class Profile {
  /** The time in kernels. */
  readonly kernelTime: number;
  constructor(
    readonly repetitions: number,
    /** The kernels that took most time come first. */
    readonly kernels: readonly KernelProfile[],
    readonly total: number,
    /** The function itself: user's code, ops, and the host's side of transforms and results. */
    readonly tracing: number,
    /** The core's vjp, jvp and vmap. */
    readonly transforms: number,
    /** Evaluation before and after its kernels: pruning, fusion, schedule. */
    readonly planning: number,
    /** Between kernels: buffers, views, lifetimes. */
    readonly running: number,
    /** Kernels that are missing in the list, for want of memory. */
    readonly lost: number,
  ) {
    this.kernelTime = total - tracing - transforms - planning - running;
  }

  /** A table for people. */
  toString(): string {
    const share = (part: number): string => percent(this.total ? part / this.total : 0);
    const rows = this.kernels.map((kernel) => [
      kernel.milliseconds.toFixed(3),
      percent(kernel.share),
      String(kernel.calls),
      rate(kernel.gigabytesPerSecond),
      rate(kernel.gigaflopsPerSecond),
      kernel.name,
    ]);
    const rest: [label: string, time: number][] = [
      ["(tracing: the function, its ops, the host)", this.tracing],
      ["(transforms: vjp, jvp, vmap)", this.transforms],
      ["(planning: pruning, fusion, schedule)", this.planning],
      ["(running: buffers, views, lifetimes)", this.running],
    ];
    const others = rest.map(([label, time]) => [time.toFixed(3), share(time), "", "", "", label]);
    const runs = this.repetitions === 1 ? "1 run" : `${this.repetitions} runs`;
    const lost = this.lost
      ? [`${this.lost} ${this.lost === 1 ? "kernel has" : "kernels have"} no record, for want of memory.`]
      : [];
    return [
      `${runs}: ${this.total.toFixed(3)} ms, of which ${share(this.kernelTime)} in kernels`,
      ...align([["ms", "share", "calls", "GB/s", "GFLOP/s", "kernel"], ...rows, ...others]),
      ...lost,
    ].join("\n");
  }
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
const rate = (value: number): string => (value === 0 ? "–" : value.toFixed(value < 10 ? 2 : 1));

/** Columns of equal width, numbers to the right and the last column to the left. */
function align(rows: readonly (readonly string[])[]): string[] {
  const last = rows[0]!.length - 1;
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => row.map((cell, i) => (i === last ? cell : cell.padStart(widths[i]!))).join("  "));
}

function summarize(records: readonly KernelRecord[], total: number): KernelProfile[] {
  const groups = new Map<string, KernelRecord[]>();
  for (const record of records) {
    const group = groups.get(record.key);
    if (group) group.push(record);
    else groups.set(record.key, [record]);
  }
  const sum = (group: readonly KernelRecord[], of: "milliseconds" | "bytes" | "flops"): number =>
    group.reduce((all, record) => all + record[of], 0);
  const kernels = [...groups.values()].map((group): KernelProfile => {
    const { name, kind, dtype } = group[0]!;
    const [milliseconds, bytes, flops] = [sum(group, "milliseconds"), sum(group, "bytes"), sum(group, "flops")];
    const perSecond = (count: number): number => (milliseconds > 0 ? count / milliseconds / 1e6 : 0);
    return {
      name,
      kind,
      dtype,
      calls: group.length,
      milliseconds,
      share: total > 0 ? milliseconds / total : 0,
      bytes,
      flops,
      gigabytesPerSecond: perSecond(bytes),
      gigaflopsPerSecond: perSecond(flops),
    };
  });
  return kernels.sort((a, b) => b.milliseconds - a.milliseconds);
}

const PHASES = [Phase.Host, Phase.Transform, Phase.Plan, Phase.Run, Phase.Kernel];
const phaseTimes = (): number[] => PHASES.map((phase) => core.phaseTime(phase));

function checkCount(option: string, value: number | null | undefined, least: number): number {
  if (value === undefined || value === null) return least;
  if (Number.isInteger(value) && value >= least) return value;
  throw new ArgumentError(
    `profile: ${option} should be an integer of at least ${least} but got ${typeof value === "number" ? value : typeName(value)}.`,
  );
}

// One call, with everything that it returns computed and then freed.
function callOnce(fn: (...args: unknown[]) => unknown, args: readonly unknown[]): void {
  const scope = openScope();
  try {
    const value = fn(...args);
    checkSynchronous("profile", value, "the function");
    const tensors = collectTensors("profile", value);
    if (tensors.length) withinOp("profile", () => check(core.evaluate(writeInts(tensors.map(nodeOf)))));
  } finally {
    closeScope(scope);
  }
}

/**
 * Calls a function, computes the tensors that it returns (alone, or in arrays and plain objects), and tells where the time
 * went: for every kernel its calls, time, bytes and operations a second, and the time outside of kernels by what was done.
 * `String(profile)` is a table. What the function makes is freed afterwards. Taking the time costs some tenths of a
 * microsecond for each kernel, which shows where kernels are as short; and browsers' clocks are coarse (5 to 100 µs): there
 * the figures of short kernels need many repetitions.
 *
 * @param options how often to call fn; may be left out
 * @param fn what to profile; it need not return anything
 * @param args the function's arguments
 * @throws ArgumentError for a fn that is no synchronous function, and for wrong options; whatever fn throws
 * @example
 * console.log(String(pf.profile((a, b) => pf.functional.jvp(pf.matmul, [a, b], [a, b]), a, b)));
 * pf.profile({ repetitions: 100, warmup: 10 }, f, x).kernels[0].name; // what takes longest
 */
export function profile<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): Profile;
export function profile<A extends unknown[]>(options: ProfileOptions, fn: (...args: A) => unknown, ...args: A): Profile;
export function profile(...given: unknown[]): Profile {
  const hasOptions = typeof given[0] !== "function" && typeof given[1] === "function";
  const options = hasOptions ? given[0] : undefined;
  const [fn, ...args] = hasOptions ? given.slice(1) : given;
  checkFunction("profile", fn, "fn");
  checkOptions("profile", options, ["repetitions", "warmup"]);
  const { repetitions, warmup } = (options ?? {}) as ProfileOptions;
  const runs = checkCount("repetitions", repetitions, 1);
  const call = (): void => callOnce(fn as (...args: unknown[]) => unknown, args);
  for (let i = checkCount("warmup", warmup, 0); i > 0; i--) call();

  const begin = core.startProfile();
  const lostBefore = core.lostRecords();
  const before = phaseTimes();
  try {
    for (let i = 0; i < runs; i++) call();
    core.stopProfile();
  } catch (error) {
    core.stopProfile();
    core.clearProfile();
    throw error;
  }
  const spent = phaseTimes().map((time, i) => time - before[i]!);
  const total = spent.reduce((sum, time) => sum + time, 0);
  const [tracing, transforms, planning, running] = spent as [number, number, number, number];
  const kernels = summarize(readRecords(begin), total);
  const lost = core.lostRecords() - lostBefore;
  core.clearProfile();
  return new Profile(runs, kernels, total, tracing, transforms, planning, running, lost);
}
