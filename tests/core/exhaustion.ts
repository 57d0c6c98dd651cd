// Running out of memory at a chosen moment.
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

/**
 * Runs body while `room` bytes at most can be had: the memory that the library holds may not grow, and what is free of it is
 * taken away. Returns the error, or null when body got through.
 */
export function within(room: number, body: () => void): unknown {
  const reserve = pf.tensor(new Uint8Array(room));
  const taken: pf.Tensor[] = [];
  try {
    pf.configure({ maxMemoryBytes: pf.backend.reservedBytes });
    for (let size = 2 ** 24; size >= 64; size /= 2) {
      const zeros = new Int32Array(size / 4);
      try {
        for (;;) taken.push(pf.tensor(zeros));
      } catch (error) {
        assert.instance(error, pf.OutOfMemoryError);
      }
    }
  } finally {
    reserve.dispose();
  }
  try {
    body();
    return null;
  } catch (error) {
    return error;
  } finally {
    pf.configure({ maxMemoryBytes: 2 ** 32 });
    taken.forEach((tensor) => tensor.dispose());
  }
}
