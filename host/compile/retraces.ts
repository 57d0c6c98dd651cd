// The warning that a compiled function is traced at call after call because an argument that is no tensor changes.
import { itemsOf, keyText } from "../tensor/contents";
import { Branch, Carried, type Structure } from "../tensor/containers";

/** A warning is given when an argument alone has caused so many traces. */
const MANY = 10;
/** Arguments with more leaves are not compared beyond these. */
const MOST_LEAVES = 1000;

// The names of a function's parameters, where all of them are plain ones.
function parameterNames(fn: object): string[] {
  const source = Function.prototype.toString.call(fn);
  const list =
    /^(?:async\s+)?(?:function\s*)?[\w$]*\s*\(([\w$\s,=.]*)\)/.exec(source)?.[1] ??
    /^[\w$]+(?=\s*=>)/.exec(source)?.[0];
  return (list ?? "").split(",").map((parameter) => /^\s*([\w$]+)/.exec(parameter)?.[1] ?? "");
}

/** What in the arguments is neither a tensor nor a container, by the expression that names it. */
function plainLeaves({ parts }: Structure, names: readonly string[]): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const seen = new Set<unknown>();
  const nameOf = (path: string, key: PropertyKey): string =>
    path ? path + keyText(key) : names[key as number] ? names[key as number]! : `args${keyText(key)}`;
  const add = (root: string, value: unknown): void => {
    const pending: [string, unknown][] = [[root, value]];
    while (pending.length > 0 && leaves.size < MOST_LEAVES) {
      const [path, value] = pending.pop()!;
      if (seen.has(value)) continue;
      const walked = typeof value === "object" && value !== null ? (seen.add(value), itemsOf(value)) : null;
      if (walked === null) leaves.set(path, value);
      else walked.items.forEach((item, i) => pending.push([nameOf(path, walked.keys?.[i] ?? i), item]));
    }
  };
  // Containers come behind their children.
  const paths = [""];
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]!;
    const path = paths.pop()!;
    if (part instanceof Branch) {
      for (let k = 0; k < part.count; k++) paths.push(nameOf(path, part.keys?.[k] ?? k));
    } else if (part instanceof Carried) add(path, part.value);
  }
  return leaves;
}

/** Looks at the arguments of each trace, and warns once. */
export class Retraces {
  private last: { tensors: string; leaves: Map<string, unknown> } | null = null;
  private readonly changes = new Map<string, number>();
  private hasWarned = false;
  constructor(
    private readonly fn: object,
    private readonly takesThis: boolean,
  ) {}

  /** A call has to trace. `tensors` tells its dtypes and shapes, `hits` how many calls before it did not have to. */
  note(structure: Structure, tensors: string, hits: number): void {
    if (this.hasWarned) return;
    const names = parameterNames(this.fn);
    const leaves = plainLeaves(structure, this.takesThis ? ["this", ...names] : names);
    const { last } = this;
    this.last = { tensors, leaves };
    if (last === null || last.tensors !== tensors || last.leaves.size !== leaves.size) return;
    for (const [path, value] of leaves) {
      if (!last.leaves.has(path) || Object.is(last.leaves.get(path), value)) continue;
      const count = (this.changes.get(path) ?? 0) + 1;
      this.changes.set(path, count);
      if (count < MANY || hits > count) continue;
      this.hasWarned = true;
      this.last = null;
      const kind = typeof value;
      const advice =
        kind === "number" || kind === "bigint"
          ? `Numbers are constants of a trace: pass pf.tensor(${path}), which is a value like the other tensors.`
          : `It is a constant of a trace: pass the same one at each call.`;
      console.warn(
        `compile: the argument ${path} was another ${kind} in each of ${count} calls, and each of them traced the function ` +
          `anew, which takes longer than calling it. ${advice}`,
      );
      return;
    }
  }
}
