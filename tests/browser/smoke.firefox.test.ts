// The smoke matrix in Firefox.
import { firefox } from "./browsers";
import { runSmoke } from "./smoke";
import { rows } from "./smoke.rows";

runSmoke(firefox, rows);
