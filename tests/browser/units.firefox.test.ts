// The unit tests on the published bundle, in Firefox.
import { firefox } from "./browsers";
import { runUnits } from "./units";

await runUnits(firefox);
