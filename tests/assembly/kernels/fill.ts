// fill and iota against plain JavaScript.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import { allDTypes, allocate, core, destination, numeric, reset, same, view } from "./harness";

const filling = suite("fill");
filling("writes exactly n elements", () => {
  for (const dtype of allDTypes) {
    for (const n of [0, 1, 2, 3, 5, 16, 17, 63, 64, 65, 130]) {
      reset();
      const value = dtype === DType.Bool ? 1 : -3;
      const dst = destination(dtype, n);
      core.fill(dtype, dst.pointer, value, n);
      assert.ok(dst.values.every((x) => x === value));
      assert.ok(dst.intact());
    }
  }
});
filling("iota does not accumulate errors", () => {
  reset();
  const n = 1001;
  for (const dtype of numeric) {
    const dst = destination(dtype, n);
    const step = dtype === DType.Int32 ? -3 : 0.1;
    core.iota(dtype, dst.pointer, 7, step, n);
    const expected = view(dtype, allocate(n * 8), n);
    for (let i = 0; i < n; i++) expected[i] = 7 + i * step;
    same(dst.values, expected, `iota of dtype ${dtype}`);
    assert.ok(dst.intact());
  }
});
filling.run();
