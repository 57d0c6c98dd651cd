// Random programs over every op of the signature table, the same ones in every run: a small part of what `npm run fuzz` does.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { fuzz } from "./driver";
import { build, Draw, drawArguments, find, overloads, small, tensorOf, tensorsIn } from "./programs";
import { suites } from "./suites";

/** How many programs (of misuse: calls) of each suite. */
const budget: Record<keyof typeof suites, number> = {
  engine: 150,
  gradients: 100,
  adjoint: 150,
  compile: 100,
  vmap: 100,
  threads: 4,
  reads: 100,
  memory: 6,
  allocations: 6,
  misuse: 3000,
};

test("every suite has a budget", () => assert.equal(Object.keys(budget).sort(), Object.keys(suites).sort()));

// A new op is part of the programs by its signature alone, or by an entry in structured.ts.
for (const overload of overloads) {
  const { op, params } = overload;
  test(`programs can call ${op} (${params.map(({ name }) => name).join(", ")})`, () => {
    let why = "";
    for (let seed = 1; seed <= 200; seed++) {
      const draw = new Draw(seed * 7919, [], small);
      try {
        return pf.tidy(() => {
          const args = drawArguments(draw, overload);
          const leaves = draw.leaves.map(tensorOf);
          for (const x of tensorsIn(find(op)(...args.map((argument) => build(argument, leaves))))) x.data();
        });
      } catch (error) {
        if (!(error instanceof pf.PushforwardError)) throw error;
        why = error.message;
      }
    }
    assert.unreachable(
      `no arguments fit: tests/fuzz/structured.ts should have an entry for ${op}. The last error: ${why}`,
    );
  });
}

for (const [name, count] of Object.entries(budget)) {
  test(`${count} programs: ${name}`, async () => {
    const parts = core.partsOfWorkers();
    const finding = await fuzz(name, 20261128, count);
    if (finding) assert.unreachable(`${finding.message}\n${finding.program}\nnpm run fuzz -- --suite ${name} --seed ${finding.seed}`); // prettier-ignore
    if (name === "threads") assert.ok(core.partsOfWorkers() > parts, "no worker has taken part");
    pf.configure({ threads: 1 });
  });
}

test.run();
