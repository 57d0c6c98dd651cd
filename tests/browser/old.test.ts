// The last Chromium whose pages compile no more than 4 KB of WebAssembly synchronously, and the first whose pages compile all of it.
import { oldChromium } from "./old/chromium";
import { runSmoke } from "./smoke";
import { rowsOfOld } from "./smoke.rows";

for (const [version, rows] of Object.entries(rowsOfOld)) runSmoke(oldChromium(Number(version)), rows);
