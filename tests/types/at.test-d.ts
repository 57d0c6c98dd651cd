// The types of index entries, checked by tsc.
import * as pf from "pushforward";

const x = pf.ones([2, 3]);
const y: pf.Tensor = x.at(0, "1:", "::-1", "...", null, [0, 1], [[true, false]], x.int(), x.gt(0));
const text: string = ":";
x.at(text, ":-1", "::2", "-3:-1:2");
pf.at(x, 0)
  .setAt([":", text, [0]], 1)
  .addAt([x.gt(0)], y);
pf.setAt(x, { entries: [0], value: true });
x.gather(0, [[0, 1]]).take([1]);
const slice: pf.SliceText = "1:-1:2";
// @ts-expect-error a slice has a colon
const wrong: pf.SliceText = "1;2";
// @ts-expect-error an object is no entry
x.at({ dim: 0 });
// @ts-expect-error entries are an array
x.setAt(0, 1);
export { slice, wrong };
