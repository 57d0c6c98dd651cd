// Evaluations that a timeout of node:vm ends in the middle: afterwards the library computes what it computed before. Of a scope that it has
// ended nothing is freed any more, so memory is not looked at.
import { Script } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { check, large, programs, valuesFor } from "./broken-off";

const endless = new Script("for (;;) run()");
for (const threads of [1, 2])
  test(`a timeout ends the program, with ${threads} threads`, async () => {
    pf.configure({ threads });
    await pf.ready;
    const expected = valuesFor(large);
    for (let round = 0; round < 2; round++)
      for (const [name, program] of Object.entries(programs)) {
        const run = (): unknown => program(large);
        assert.throws(
          () => endless.runInNewContext({ run }, { timeout: 1 + ((round * 5 + name.length) % 7) }),
          (error: { code?: string }) => error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT",
        );
        check(large, expected, name);
      }
    pf.configure({ threads: 1 });
  });
test.run();
