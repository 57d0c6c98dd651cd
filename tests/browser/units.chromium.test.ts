// The unit tests on the published bundle, in Chromium.
import { chromium } from "./browsers";
import { runUnits } from "./units";

await runUnits(chromium);
