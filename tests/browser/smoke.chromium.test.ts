// The smoke matrix in Chromium.
import { chromium } from "./browsers";
import { runSmoke } from "./smoke";
import { rows } from "./smoke.rows";

runSmoke(chromium, rows);
