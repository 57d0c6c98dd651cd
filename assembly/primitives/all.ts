// All primitives: whoever imports this has them registered, and the builders that rules of simpler ones ask for.
import "../generated/primitives";
import { buildPad } from "./pad";
import { buildSum } from "./reduce";
import { setBuilders } from "./registry";
import { buildExpand } from "./views";

setBuilders(buildExpand, buildPad, buildSum);
