// One half of a circle, for tests/layers.test.ts.
import type { B } from "./b";
export interface A {
  b: B | null;
}
