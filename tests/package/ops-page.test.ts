// docs/ops.md is what scripts/document-ops.mjs makes of the table of ops, but for its statuses, which a run measures; and every name that torch
// has is either built or has its reason.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { columns, groupsOf, readPage, readStatuses, render } from "../../scripts/ops-page/page.mjs";
import { families } from "../../scripts/ops-page/families.mjs";
import { problemsOf } from "../../scripts/torch-names/check.mjs";
import { signatures } from "../../host/ops/signatures/all";
import { keyOf } from "../conformance/case";
import { samples } from "../conformance/samples";

test("every name of torch is built or has a reason, and nothing that is built has one", () => {
  assert.equal(problemsOf(pf), []);
});
test("a name that is neither built nor explained is found, and one that is both", () => {
  const { relu, ...others } = pf.nn.functional;
  assert.type(relu, "function");
  const lacking = problemsOf({ ...pf, nn: { functional: others } });
  assert.equal(lacking, ["torch.nn.functional.relu is not built, and reasons.mjs has no reason"]);
  const more = problemsOf({ ...pf, symeig: () => null });
  assert.equal(more, ["torch.symeig is built, and reasons.mjs says removed"]);
});
test("the page tells of every op once", () => {
  const told = families.flatMap((family) => groupsOf(family.signatures).flatMap(([key, aliases]) => [key, ...aliases]));
  assert.equal(told.sort(), Object.keys(signatures).sort());
});
test("docs/ops.md is up to date: npm run ops", async () => {
  const page = readPage();
  assert.fixture(page, await render(pf, readStatuses(page)));
});
test("no status is left out, and what has samples has been run", () => {
  const statuses = readStatuses(readPage());
  const sampled = new Set(Array.from(samples(), ({ op }) => keyOf(op)));
  for (const { signatures } of families)
    for (const [key, aliases] of groupsOf(signatures)) {
      const status = statuses.get(key)!;
      for (const column of columns) assert.match(status[column]!, /^(✓|–|no|\d+\/\d+|0|1e-?\d+)$/, `${key} ${column}`);
      assert.is(
        [key, ...aliases].some((name) => sampled.has(name)),
        status.forward !== "–",
        key,
      );
    }
});

test.run();
