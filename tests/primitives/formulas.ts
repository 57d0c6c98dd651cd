// Runs a formula in tensors as if it were the implementation of one of the library's own ops.
import { core } from "../../host/core/memory";
import { withinOp } from "../../host/core/op-scope";
import { nodeOf, wrapNode } from "../../host/tensor/tensor";
import * as pf from "../../host/index";

/**
 * What `make` makes, with no handle on what is made in between. A value that a handle refers to and that needs no gradient counts by its
 * value alone in derivatives at roots; so would the conditions of a formula if it were written with Tensors.
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
