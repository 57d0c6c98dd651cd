// The same in CommonJS.
import pf = require("pushforward");
import testing = require("pushforward/testing");
import byDefault, { type Tensor } from "pushforward";

const x: pf.Tensor = pf.tensor([1, 2]);
const y: Tensor = byDefault.tensor([1, 2]).add(x);
const z: pf.Tensor<"float64"> = pf.default.ones([1]).double();
testing.assertClose(x, y.add(z));
const options: pf.TensorOptions = { dtype: "float64" };
export = { options };
