// All primitives: whoever imports this has them registered, and their builders where rules ask for them.
import "./concat";
import "./convolution";
import "./custom";
import "./elementwise/binary";
import "./elementwise/unary";
import "./gather";
import "./matmul";
import { buildPad } from "./pad";
import "./random";
import { buildSum } from "./reduce";
import { setBuilders } from "./registry";
import "./require";
import "./sort";
import "./source";
import { buildExpand } from "./views";

setBuilders(buildExpand, buildPad, buildSum);
