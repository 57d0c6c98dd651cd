// What else is asked of an op at its samples: that it gives the same under vmap and when it is compiled, and how far it is from float64 in float32.
import { inputsOf, type Library, programOf, type Tensor, type TensorArgument, tensorsOf } from "./case";
import type { Case, Op, Sample } from "./samples";

/** How many cases hold, of how many. */
type Count = [pass: number, of: number];
export interface Measured {
  vmap: Count;
  compile: Count;
  /**
   * The largest difference in float32 from what float64 gives for the same arguments, relative to the largest element of the result.
   * Null where no case has results of these dtypes.
   */
  float32: number | null;
  why: string[];
}

/** Batches and plans may sum in another order. */
const TOLERANCE = 1e-8;
/** Float32 has no normal numbers below. */
const UNDERFLOW = 2 ** -126;
/** Of what a program is called with next, beside the sample: within the domains of the ops. */
const SCALE = 15 / 16;

/** The elements of a tensor, with the largest magnitude of the finite ones. */
const sizeOf = (data: ArrayLike<number>): number =>
  Math.max(0, ...Array.from(data, Math.abs).filter((value) => Number.isFinite(value)));

/** The largest difference of elements, relative to the largest of them; infinite where one is finite and the other isn't. */
function distance(got: Tensor, want: Tensor): number {
  if (got.shape.join() !== want.shape.join()) return Infinity;
  const [a, b] = [got.data(), want.data()];
  const isSame = (i: number): boolean => a[i] === b[i] || (Number.isNaN(a[i]) && Number.isNaN(b[i]));
  const differences = Array.from(a, (value, i) => (isSame(i) ? 0 : Math.abs(value - b[i])));
  const largest = Math.max(0, ...differences.map((value) => (Number.isNaN(value) ? Infinity : value)));
  return largest <= UNDERFLOW ? 0 : largest / sizeOf(b);
}
const isClose = (got: readonly Tensor[], want: readonly Tensor[]): boolean =>
  got.length === want.length && got.every((tensor, i) => distance(tensor, want[i]) <= TOLERANCE);

/** What a batch or a plan is made of: the arguments that are differentiated, else those of floats, else all tensors. */
function variablesOf(c: Case): TensorArgument[] {
  const [inputs, all] = [inputsOf(c), tensorsOf(c)];
  const floats = all.filter(({ tensor }) => tensor.dtype.startsWith("float"));
  return inputs.length ? inputs : floats.length ? floats : all;
}

/** The sample as float32 has it. */
const rounded = ({ dtype, shape, data }: Sample): Sample => ({
  dtype,
  shape,
  data: dtype === "float64" ? data.map((value) => String(Math.fround(Number(value)))) : data,
});

function errorInFloat32(pf: Library, op: string, c: Case): number | null {
  const all = tensorsOf(c);
  const results = (["float32", "float64"] as const).map((dtype) => {
    const { tensor, call } = programOf(pf, op, c, dtype);
    return call(all, all.map((argument) => tensor(rounded(argument.tensor)))); // prettier-ignore
  });
  const errors = results[0].flatMap((single, i) =>
    single.dtype === "float32" && results[1][i].dtype === "float64" ? [distance(single, results[1][i])] : [],
  );
  return errors.length ? Math.max(...errors) : null;
}

/** Runs the cases of an op. */
export function measure(pf: Library, { op, cases }: Op): Measured {
  const measured: Measured = { vmap: [0, 0], compile: [0, 0], float32: null, why: [] };
  const attempt = (kind: "vmap" | "compile", i: number, run: () => boolean): void => {
    measured[kind][1]++;
    try {
      if (pf.tidy(run)) measured[kind][0]++;
      else measured.why.push(`case ${i} ${kind}: another result`);
    } catch (error) {
      measured.why.push(`case ${i} ${kind}: ${String((error as Error)?.message ?? error).split("\n")[0]}`);
    }
  };
  cases.forEach((c, i) => {
    const variables = variablesOf(c);
    const { tensor, call } = programOf(pf, op, c);
    const f = (...xs: Tensor[]): Tensor[] => call(variables, xs);
    const at = (): Tensor[] => variables.map((argument) => tensor(argument.tensor));
    const scaled = (x: Tensor): Tensor => (x.dtype === "float64" ? x.mul(SCALE) : x);
    // Whether it gives anything at all, hold.ts tells.
    const hasResults = pf.tidy(() => {
      try {
        return f(...at()).length > 0;
      } catch {
        return false;
      }
    });
    if (!hasResults) return;
    if (variables.length) {
      attempt("vmap", i, () => {
        const [first, second] = [at(), at().map(scaled)];
        const batched: Tensor[] = pf.func.vmap(f, { randomness: "different" })(
          ...first.map((x, k) => pf.stack([x, second[k]])),
        );
        return [first, second].every((xs, k) => isClose(batched.map((y) => y.select(0, k)), f(...xs))); // prettier-ignore
      });
      attempt("compile", i, () => {
        const compiled = pf.compile(f);
        return [at(), at().map(scaled)].every((xs) => isClose(compiled(...xs) as Tensor[], f(...xs)));
      });
    }
    const error = pf.tidy(() => errorInFloat32(pf, op, c));
    if (error !== null) measured.float32 = Math.max(measured.float32 ?? 0, error);
  });
  return measured;
}
