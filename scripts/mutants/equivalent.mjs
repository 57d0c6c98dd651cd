// Mutants that change nothing a caller can see, with the reason; they don't count. A mutant is known by its file, its line of
// code (not the number), and what stands for what; an entry without `from` and `to` speaks of all mutants of its line, one with
// `nth` of the nth of those that are alike.
import formulas from "./equivalent/formulas.mjs";
import ops from "./equivalent/ops.mjs";
import primitives from "./equivalent/primitives.mjs";
import runtime from "./equivalent/runtime.mjs";
import split from "./equivalent/split.mjs";
import transforms from "./equivalent/transforms.mjs";

const all = { ...ops, ...formulas, ...primitives, ...runtime, ...split, ...transforms };
export const equivalent = Object.entries(all).flatMap(([file, entries]) => entries.map((one) => ({ file, ...one })));
/** Why a mutant changes nothing, if there is an entry for it. */
export const reasonOf = ({ file, code, from, to, nth }) =>
  all[file]?.find(
    (one) => one.code === code && (one.from ?? from) === from && (one.to ?? to) === to && (one.nth ?? nth) === nth,
  )?.why;
