// Prints a tensor as torch does: the rules are those of torch/_tensor_str.py at its default print options.

const PRECISION = 4;
/** More elements than this are summarised to EDGE_ITEMS at both ends of each dim. */
const THRESHOLD = 1000;
const EDGE_ITEMS = 3;
const LINE_WIDTH = 80;
const PREFIX = "tensor(";

/** How one element is printed; `width` is what every element is padded to. */
interface Formatter {
  width: number;
  format(value: number): string;
}

/** NaN and infinities as Python prints them; undefined for other values. */
function nonfinite(value: number): string | undefined {
  if (Number.isFinite(value)) return undefined;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? "-" : "");

/**
 * `text` has more than the wanted digits of a number, `rounded` the wanted ones: JavaScript rounds a tie up, Python to even,
 * and so do we. A tie is exact in binary, so that its decimal expansion ends within the 60 further digits asked for.
 */
const tieToEven = (text: string, rounded: string, keep: number): string =>
  /^50*$/.test(text.slice(keep)) && /[02468]$/.test(text.slice(0, keep)) ? text.slice(0, keep) : rounded;

function toFixed(value: number): string {
  const rounded = Math.abs(value).toFixed(PRECISION);
  const exact = Math.abs(value).toFixed(PRECISION + 60);
  return signOf(value) + tieToEven(exact, rounded, exact.length - 60);
}

const toWhole = (value: number): string => `${signOf(value)}${Math.abs(value)}.`;

function toExponential(value: number): string {
  const split = (digits: number) => Math.abs(value).toExponential(digits).split("e") as [string, string];
  const [rounded, exponent] = split(PRECISION);
  // A mantissa that rounds to 10 moves the exponent; it ends in 9s before, so that it is no tie to an even digit.
  const mantissa = tieToEven(split(PRECISION + 60)[0], rounded, 2 + PRECISION);
  // Python writes at least two digits of the exponent.
  return `${signOf(value)}${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
}

function integerFormatter(values: ArrayLike<number>, toText: (value: number) => string): Formatter {
  let width = 1;
  for (let i = 0; i < values.length; i++) width = Math.max(width, toText(values[i]!).length);
  return { width, format: (value) => toText(value).padStart(width) };
}

/** One notation for the whole tensor: whole numbers as `3.`, else 4 decimals, or scientific when the range asks for it. */
function floatFormatter(values: ArrayLike<number>): Formatter {
  let min = Infinity;
  let max = 0;
  let allWhole = true;
  const judged: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === 0 || !Number.isFinite(value)) continue;
    judged.push(value);
    min = Math.min(min, Math.abs(value));
    max = Math.max(max, Math.abs(value));
    allWhole &&= Number.isInteger(value);
  }
  const isScientific = judged.length > 0 && (max / min > 1000 || max > 1e8 || (!allWhole && min < 1e-4));
  const toText = isScientific ? toExponential : allWhole ? toWhole : toFixed;
  const width = judged.reduce((widest, value) => Math.max(widest, toText(value).length), 1);
  return { width, format: (value) => (nonfinite(value) ?? toText(value)).padStart(width) };
}

/** The indices of a dim of `size` that are printed, -1 for the dots. */
function shownIndices(size: number, summarize: boolean): number[] {
  if (!summarize || size <= 2 * EDGE_ITEMS) return Array.from({ length: size }, (_, i) => i);
  const edge = Array.from({ length: EDGE_ITEMS }, (_, i) => i);
  return [...edge, -1, ...edge.map((i) => size - EDGE_ITEMS + i)];
}

/** The elements that are printed, which alone decide on the notation. */
function shownValues(data: ArrayLike<number>, shape: readonly number[]): ArrayLike<number> {
  const summarize = data.length > THRESHOLD;
  if (!summarize) return data;
  let offsets = [0];
  for (const size of shape) {
    const indices = shownIndices(size, summarize).filter((i) => i >= 0);
    offsets = offsets.flatMap((offset) => indices.map((i) => offset * size + i));
  }
  return offsets.map((offset) => data[offset]!);
}

/** `cell` is the text of the element at a position, `width` that of all. */
function formatElements(
  count: number,
  shape: readonly number[],
  cell: (position: number) => string,
  width: number,
): string {
  const summarize = count > THRESHOLD;
  const perLine = (indent: number): number => Math.max(1, Math.floor((LINE_WIDTH - indent) / (width + 2)));

  function formatRow(offset: number, size: number, indent: number): string {
    const cells = shownIndices(size, summarize).map((i) => (i < 0 ? " ..." : cell(offset + i)));
    const count = perLine(indent);
    const lines: string[] = [];
    for (let i = 0; i < cells.length; i += count) lines.push(cells.slice(i, i + count).join(", "));
    return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
  }

  // `index` counts the subtensors of this dim's parents in row-major order. Recursion is as deep as the shape is long.
  function formatDim(dim: number, index: number, indent: number): string {
    const size = shape[dim]!;
    if (dim === shape.length - 1) return formatRow(index * size, size, indent);
    const parts = shownIndices(size, summarize).map((i) =>
      i < 0 ? "..." : formatDim(dim + 1, index * size + i, indent + 1),
    );
    return `[${parts.join(`,${"\n".repeat(shape.length - dim - 1)}${" ".repeat(indent + 1)}`)}]`;
  }

  return shape.length === 0 ? cell(0) : formatDim(0, 0, PREFIX.length);
}

function addSuffixes(text: string, suffixes: readonly string[]): string {
  // As in torch, which counts the line's length two too high.
  let lineLength = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (lineLength + suffix.length + 2 > LINE_WIDTH) {
      text += `,\n${" ".repeat(PREFIX.length)}${suffix}`;
      lineLength = PREFIX.length + suffix.length;
    } else {
      text += `, ${suffix}`;
      lineLength += suffix.length + 2;
    }
  }
  return `${text})`;
}

/**
 * The text of a tensor, as torch prints it: `tensor([6.3090, 4.6742], gradFn=<Sum>)`. `data` holds its elements in row-major
 * order; `suffix` (`gradFn=<Sum>`, `requiresGrad=true`) goes where torch puts grad_fn. A dtype is named unless it follows
 * from how the elements look: bool, and the default dtype.
 */
export function formatTensor(
  data: ArrayLike<number>,
  shape: readonly number[],
  dtype: string,
  suffix?: string,
  defaultDtype = "float32",
): string {
  const values = shownValues(data, shape);
  const { format, width } =
    dtype === "bool"
      ? integerFormatter(values, (value) => (value ? "True" : "False"))
      : dtype === "int32"
        ? integerFormatter(values, String)
        : floatFormatter(values);
  const isKnown = dtype === defaultDtype || (dtype === "bool" && data.length > 0);
  return compose(data.length, shape, isKnown ? "" : dtype, suffix, (i) => format(data[i]!), width);
}

/** The same for a complex tensor: `tensor([1.+2.j, 3.-1.j])`, a notation each for the real and the imaginary parts. */
export function formatComplex(
  re: ArrayLike<number>,
  im: ArrayLike<number>,
  shape: readonly number[],
  dtype: string,
  suffix?: string,
): string {
  const [real, imaginary] = [re, im].map((part) => floatFormatter(shownValues(part, shape))) as [Formatter, Formatter];
  const cell = (i: number): string => {
    const text = `${imaginary.format(im[i]!)}j`.trimStart();
    return real.format(re[i]!) + (text.startsWith("-") ? "" : "+") + text;
  };
  return compose(re.length, shape, dtype === "complex64" ? "" : dtype, suffix, cell, real.width + imaginary.width + 1);
}

/** The text of all: the elements, and what stands behind them. */
function compose(
  count: number,
  shape: readonly number[],
  dtype: string,
  suffix: string | undefined,
  cell: (position: number) => string,
  width: number,
): string {
  const suffixes: string[] = [];
  if (count === 0 && shape.length !== 1) suffixes.push(`size=[${shape.join(", ")}]`);
  if (dtype) suffixes.push(`dtype=${dtype}`);
  if (suffix) suffixes.push(suffix);
  return addSuffixes(PREFIX + (count === 0 ? "[]" : formatElements(count, shape, cell, width)), suffixes);
}
