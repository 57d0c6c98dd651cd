// Formulas as those of the library's own ops.
import { core } from "../../host/core/memory";
import { withinOp } from "../../host/core/op-scope";
import { nodeOf, wrapNode } from "../../host/tensor/tensor";
import * as pf from "../../host/index";

/**
 * What `make` makes, as if it were the formula of an op: no handle refers to what is made in between. What users hold without gradient
 * counts by its values, and so would the conditions of formulas that are written with Tensors.
 */
export function asFormula(make: () => pf.Tensor): pf.Tensor {
  const made = new Set<number>();
  const drop = core.drop;
  return withinOp("formula", () => {
    let node = 0 as ReturnType<typeof nodeOf>;
    try {
      pf.tidy(() => {
        core.hold = (id) => {
          made.add(id);
          return core.weightOf(id);
        };
        core.drop = (id) => {
          if (!made.has(id)) drop(id);
        };
        core.closeScope = () => {};
        node = nodeOf(make());
      });
    } finally {
      for (const name of ["hold", "drop", "closeScope"] as const) Reflect.deleteProperty(core, name);
    }
    return wrapNode(node);
  });
}
