// The records of a profile as the core has written them (assembly/runtime/profile.ts draws one), and a name for each kernel.
import { KernelField } from "../assembly/abi/numbers";
import { Op } from "../assembly/abi/opcodes";
import { type DTypeName, dtypeName } from "./core/dtype";
import { bytesAt, core } from "./core/memory";
import { opNames } from "./core/prim";
import { formatShape } from "./errors";

/** One kernel that ran. */
export interface KernelRecord {
  /** Names the op, the shapes and, unless it is float32, the dtype. */
  readonly name: string;
  /** "fused" for a program of elementwise ops, else the op. */
  readonly kind: string;
  readonly dtype: DTypeName;
  readonly milliseconds: number;
  readonly flops: number;
  readonly bytes: number;
  /** Equal for kernels of equal ops, shapes and dtype. */
  readonly key: string;
}

/** The records from byte `begin` of the list on. */
export function readRecords(begin: number): KernelRecord[] {
  const bytes = bytesAt(core.recordsAddress() + begin, core.recordsEnd() - begin);
  const records: KernelRecord[] = [];
  for (let at = 0; at < bytes.byteLength; at += bytes.getUint32(at + KernelField.Words, true) * 4)
    records.push(readRecord(bytes, at));
  return records;
}

function readRecord(bytes: DataView, at: number): KernelRecord {
  const word = (offset: number): number => bytes.getInt32(at + offset, true);
  const [length, members, operands] = [word(KernelField.Words), word(KernelField.Members), word(KernelField.Operands)];
  const dtype = dtypeName(word(KernelField.DType));
  const attributes = [word(KernelField.Attribute0), word(KernelField.Attribute1)];
  const words: number[] = [];
  for (let offset: number = KernelField.Tail; offset < 4 * length; offset += 4) words.push(word(offset));
  const ops = words.slice(0, members).map((op) => op as Op);
  const shapes: number[][] = [];
  let next = members;
  for (let i = 0; i <= operands; i++) {
    const end = next + 1 + words[next]!;
    shapes.push(words.slice(next + 1, end));
    next = end;
  }
  const { kind, name } = labelOf(ops, shapes, attributes);
  return {
    name: dtype === "float32" ? name : `${name}, ${dtype}`,
    kind,
    dtype,
    milliseconds: bytes.getFloat64(at + KernelField.Time, true),
    flops: bytes.getFloat64(at + KernelField.Flops, true),
    bytes: bytes.getFloat64(at + KernelField.Bytes, true),
    key: [kind, dtype, ops, shapes.join(";"), attributes].join("|"),
  };
}

const opName = (op: Op): string => opNames[op]!.charAt(0).toLowerCase() + opNames[op]!.slice(1);

/** Distinct ops that the name of a fused program lists. */
const LISTED_OPS = 5;

function listOps(ops: readonly Op[]): string {
  const distinct = [...new Set(ops)];
  const listed = distinct.slice(0, LISTED_OPS).map(opName).join("·");
  return distinct.length > LISTED_OPS ? `${listed}·…` : listed;
}

// The first shape is that of the first member, the others those of its operands; an elementwise member has none listed.
function labelOf(
  ops: readonly Op[],
  [shape = [], ...operands]: readonly number[][],
  attributes: readonly number[],
): { kind: string; name: string } {
  const first = ops[0]!;
  if (core.isElementwise(first)) {
    const over = formatShape(shape);
    return { kind: "fused", name: ops.length > 1 ? `fused ${listOps(ops)}, ${ops.length} ops over ${over}` : `${opName(first)} over ${over}` }; // prettier-ignore
  }
  const { kind, name } = kernelLabel(first, shape, operands, attributes);
  // What is computed on the way out, such as a bias and an activation.
  const epilogue = ops.slice(1);
  return { kind, name: epilogue.length ? `${name} with ${listOps(epilogue)}` : name };
}

function kernelLabel(
  op: Op,
  shape: readonly number[],
  operands: readonly number[][],
  [attribute = 0]: readonly number[],
): { kind: string; name: string } {
  const kind = opName(op);
  const from = operands[0] ?? [];
  switch (op) {
    case Op.Matmul:
      return { kind, name: `matmul ${operands.map(formatShape).join("·")}` };
    case Op.Sum:
    case Op.Prod:
    case Op.Amax:
    case Op.Amin:
    case Op.Argmax:
    case Op.Argmin: {
      const dims = from.flatMap((_, dim) => ((attribute >> dim) & 1 ? [dim] : []));
      const over = dims.length === from.length ? "" : ` over ${dims.length > 1 ? "dims" : "dim"} ${dims.join(", ")}`;
      return { kind, name: `${kind}${over} of ${formatShape(from)}` };
    }
    case Op.Gather:
      return { kind, name: `gather ${formatShape(shape)} along dim ${attribute} of ${formatShape(from)}` };
    case Op.ScatterAdd:
      return { kind, name: `scatterAdd ${formatShape(operands[2] ?? [])} along dim ${attribute} of ${formatShape(from)}` }; // prettier-ignore
    case Op.Concat:
      return { kind, name: `concat along dim ${attribute} to ${formatShape(shape)}` };
    case Op.Alias:
    case Op.Detach:
    case Op.Reshape:
    case Op.Permute:
    case Op.Expand:
    case Op.Slice:
    case Op.Flip:
      return { kind: "copy", name: `copy of ${formatShape(from)} to ${formatShape(shape)}` };
    default: {
      const operandShapes = operands.map(formatShape).join(", ");
      // The shape of a call with several results is no tensor's.
      if (core.isCall(op)) return { kind, name: `${kind} ${operandShapes}` };
      return { kind, name: operandShapes ? `${kind} ${operandShapes} to ${formatShape(shape)}` : `${kind} ${formatShape(shape)}` }; // prettier-ignore
    }
  }
}
