// Checked by `npm run typecheck`, never run: where options may stand.
import * as pf from "pushforward";

declare const x: pf.Tensor;
const f = (t: pf.Tensor): pf.Tensor => t.sum();

export function optionTypes(): void {
  const { jvp, vjp, hvp, vhp } = pf.functional;
  const { backward, gradgradcheck } = pf.autograd;
  jvp(f, x);
  jvp(f, x, x, { strict: true });
  jvp(f, x, null, { strict: true });
  jvp(f, x, { strict: true, createGraph: undefined });
  // @ts-expect-error no such option
  jvp(f, x, { strictly: true });
  // @ts-expect-error options twice
  jvp(f, x, { strict: true }, { createGraph: true });
  // @ts-expect-error v is no number
  jvp(f, x, 3);
  vjp(f, x);
  vjp(f, x, x, { strict: true });
  vjp(f, x, null, { strict: true });
  vjp(f, x, { strict: true, createGraph: undefined });
  // @ts-expect-error no such option
  vjp(f, x, { strictly: true });
  // @ts-expect-error options twice
  vjp(f, x, { strict: true }, { createGraph: true });
  // @ts-expect-error v is no number
  vjp(f, x, 3);
  const [y, h]: [pf.Tensor, pf.Tensor] = hvp(f, x, { createGraph: true });
  const [, [a, b]] = vhp((p, q) => p.mul(q), [x, x], { createGraph: true });
  backward(y, { inputs: [h, a, b] });
  backward([y], [x], { createGraph: true });
  y.backward({ retainGraph: true });
  y.backward(x, { retainGraph: true });
  // @ts-expect-error no such option
  y.backward({ input: x });
  gradgradcheck(f, x, { atol: 1 });
  gradgradcheck(f, x, [x], { atol: 1 });
  // @ts-expect-error an option of gradcheck alone
  gradgradcheck(f, x, { checkForwardAd: true });
}
