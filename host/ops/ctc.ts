// Connectionist temporal classification.
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, format, shapeError } from "./define";
import { dependsOnValues, readForShape } from "./masks";
import { asFloat, requireIndex } from "./promotion";
import { constantInts } from "./shape";
import { padAlong, range, type Reduction, reduceLoss, scale, shift, sliceAlong, upTo } from "./support";

const none = (): Node => p.num(-Infinity);

/** log Σ exp(x) of several x, −∞ where all are, which then get no gradient: the logarithm would give them 0 · ∞. */
function logSum(...xs: Node[]): Node {
  const top = xs.map(p.detach).reduce(p.maximum);
  const isNone = p.eq(top, none());
  const safe = p.where(isNone, p.num(0), top);
  const sum = xs.map((x) => p.exp(p.sub(x, safe))).reduce(p.add);
  return p.where(isNone, none(), p.add(safe, p.log(p.where(isNone, p.num(1), sum))));
}

/** Targets that stand one behind the other as rows that end in whatever fits: [n, the longest length]. */
function asRows(targets: Node, lengths: Node): Node {
  const counts = readForShape(lengths, dependsOnValues("how long the longest target is"), (values) => [...values]);
  const total = counts.reduce((a, b) => a + b, 0);
  if (total !== p.numel(targets))
    throw shapeError(`targets ${format(targets)} should have the ${total} elements that targetLengths say.`);
  const longest = Math.max(0, ...counts);
  let end = 0;
  const places = counts.flatMap((count) => {
    const start = end;
    end += count;
    return range(0, longest).map((i) => Math.min(start + i, total - 1));
  });
  return p.reshape(p.gather(targets, 0, constantInts(Int32Array.from(places))), [counts.length, longest]);
}

/**
 * The forward algorithm: a target's labels have blanks around them, and at each step the path stays, goes on, or skips a blank between
 * two labels that differ. Before the first step it stands at the first blank, so that no step is a special case. [1, n, state] throughout.
 */
function ctcLoss(
  logProbs: Node,
  targets: Node,
  inputLengths: Node,
  targetLengths: Node,
  blank = 0,
  reduction: Reduction = "mean",
  zeroInfinity = false,
): Node {
  const shape = p.shape(logProbs);
  const isBatched = shape.length === 3;
  const [steps, n, classes] = (isBatched ? shape : [shape[0], 1, shape[1]]) as [number, number, number];
  const given = [logProbs, targets, inputLengths, targetLengths];
  const isVector = p.ndim(targets) === 1;
  if (
    (!isBatched && shape.length !== 2) ||
    !(isVector || (p.ndim(targets) === 2 && p.size(targets, 0) === n)) ||
    given.slice(2).some((x) => p.numel(x) !== n)
  )
    // prettier-ignore
    throw shapeError(
      `expected logProbs [T, N, C], targets [N, S] or one behind the other and lengths [N], or all without N, but got ${given.map(format).join(", ")}.`,
    );
  if (blank < 0 || blank >= classes) throw argumentError(`blank should be in 0 … ${classes - 1} but is ${blank}.`);
  requireIndex("targets", targets);
  const [ends, counts] = [
    p.reshape(requireIndex("inputLengths", inputLengths), [n]),
    p.reshape(requireIndex("targetLengths", targetLengths), [n]),
  ];
  const rows = isVector && isBatched ? asRows(targets, counts) : targets;
  const most = p.size(rows, -1);
  const column = (v: Node) => p.reshape(v, [1, n, 1]);
  const lengths = column(upTo(most, counts));
  // A label more, so that there is one; paths through it end nowhere.
  const labels = p.reshape(padAlong(rows, -1, 0, 1), [1, n, most + 1]);
  const own = p.where(p.lt(p.iota(most + 1), lengths), labels, p.num(blank));
  const states = p.pad(own, [0, 0, 1], [0, 0, 0], [0, 0, 1], blank);
  const count = 2 * most + 2;
  const isSkipped = p.ne(sliceAlong(states, 2, 2, count - 2), sliceAlong(states, 2, 0, count - 2));
  const logs = p.reshape(asFloat(logProbs), [steps, n, classes]);
  const emitted = p.gather(logs, 2, p.expand(states, [steps, n, count]));
  const from = (x: Node, places: number) => padAlong(x, 2, places, 0, -Infinity);
  const before = (x: Node, places: number) => sliceAlong(x, 2, 0, count - places);
  const start = p.where(p.eq(p.iota(count), p.num(0)), p.full([1, n, count], 0, p.dtype(logs)), none());
  const paths = [start];
  for (let t = 0; t < steps; t++) {
    const path = paths[t]!;
    const skip = from(p.where(isSkipped, before(path, 2), none()), 2);
    paths.push(p.add(logSum(path, from(before(path, 1), 1), skip), sliceAlong(emitted, 0, t, 1)));
  }
  const last = p.gather(p.concat(paths, 0), 0, p.expand(column(upTo(steps, ends)), [1, n, count]));
  const end = scale(lengths, 2);
  const label = p.gather(last, 2, p.maximum(shift(end, -1), p.num(0)));
  const ways = logSum(p.gather(last, 2, end), p.where(p.eq(end, p.num(0)), none(), label));
  const loss = p.neg(zeroInfinity ? p.where(p.eq(ways, none()), p.num(0), ways) : ways);
  const each = reduction === "mean" ? p.div(loss, p.maximum(lengths, p.num(1))) : loss;
  return reduceLoss(p.reshape(each, isBatched ? [n] : []), reduction);
}

export const ctcOps = { "nn.functional.ctcLoss": ctcLoss };
