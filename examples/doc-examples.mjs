// The three examples of https://pytorch.org/docs/2.1/generated/torch.autograd.functional.jvp.html. The page draws its
// inputs at random; here they are chosen such that the page's own numbers come out, and the program fails if they don't.
import * as pf from "pushforward";

const { jvp } = pf.autograd.functional;

const ROW_SUMS = [6.309, 4.6742, 7.9114, 8.2106];
const ADDED = [2.2399, 2.5005];
/** The page prints four decimals. */
const PRINTED_DIGITS = 4;

function show(call, [output, tangent]) {
  console.log(`> ${call}\n(${output},\n ${tangent})\n`);
}

function check(name, tensor, expected) {
  const printed = tensor.toArray().map((value) => value.toFixed(PRINTED_DIGITS));
  const wanted = expected.map((value) => value.toFixed(PRINTED_DIGITS));
  if (printed.join() === wanted.join()) return;
  console.error(`${name}: expected [${wanted.join(", ")}] but got [${printed.join(", ")}]`);
  process.exitCode = 1;
}

function checkAttached(name, tensor, isAttached) {
  if (tensor.requiresGrad === isAttached && String(tensor).includes("gradFn=<") === isAttached) return;
  console.error(`${name}: ${isAttached ? "expected a gradFn but got" : "expected no gradFn but got"} ${tensor}`);
  process.exitCode = 1;
}

// -- exp_reducer: the fourth number of each row is what the other three leave of the row's sum.
const expReducer = (x) => x.exp().sum(1);
const FREE = [
  [0.2961, 0.5166, 0.2517],
  [0.0886, 0.1474, 0.1665],
  [0.7539, 0.5952, 0.7118],
  [0.9826, 0.7347, 0.6001],
];
const rows = FREE.map((row, i) => {
  const left = row.reduce((sum, value) => sum - Math.exp(value), ROW_SUMS[i]);
  return [...row, Math.log(left)];
});
const inputs = pf.tensor(rows);
const v = pf.ones(4, 4);

const plain = jvp(expReducer, inputs, v);
show("jvp(expReducer, inputs, v)", plain);
plain.forEach((tensor, i) => {
  check(`expReducer, result ${i}`, tensor, ROW_SUMS);
  checkAttached(`expReducer, result ${i}`, tensor, false);
});

const attached = jvp(expReducer, inputs, v, { createGraph: true });
show("jvp(expReducer, inputs, v, { createGraph: true })", attached);
attached.forEach((tensor, i) => {
  check(`expReducer with createGraph, result ${i}`, tensor, ROW_SUMS);
  checkAttached(`expReducer with createGraph, result ${i}`, tensor, true);
});

// -- adder: y is what 2·x leaves of the sum.
const adder = (x, y) => pf.mul(2, x).add(pf.mul(3, y));
const x = [0.4725, 0.8013];
const y = x.map((value, i) => (ADDED[i] - 2 * value) / 3);
const [sum, tangent] = jvp(adder, [pf.tensor(x), pf.tensor(y)], [pf.ones(2), pf.ones(2)]);
show("jvp(adder, [x, y], [ones, ones])", [sum, tangent]);
check("adder, output", sum, ADDED);
check("adder, jvp", tangent, [5, 5]);

console.log(process.exitCode ? "The numbers differ from the page's." : "All numbers are the page's own.");
