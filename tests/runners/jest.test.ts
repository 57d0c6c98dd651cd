// Jest's own `expect`. Apart from vitest's, since both define the same globals.
import { expect } from "expect";
import { testRunner, type Expect } from "./support";

testRunner(expect as unknown as Expect, (testers) => expect.addEqualityTesters(testers));
