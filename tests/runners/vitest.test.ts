// vitest's `expect`, put together as vitest does it.
import { addCustomEqualityTesters, chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";
import { processError } from "@vitest/utils/error";
import { testRunner, type Expect } from "./support";

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
testRunner(
  (value) => chai.expect(value) as unknown as ReturnType<Expect>,
  addCustomEqualityTesters,
  (error) => error.message + ((processError(error) as { diff?: string }).diff ?? ""),
);
