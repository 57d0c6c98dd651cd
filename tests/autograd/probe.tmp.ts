import * as pf from "../../host/index";
import { uniform } from "../core/support";
const n = Number(process.argv[2]), chunk = process.argv[3]==="0"?null:Number(process.argv[3]);
const x = uniform([n], 16);
const f = (y: any) => y.outer(y).tanh().matmul(y.outer(y).sin()).tanh().sum(1);
const before = pf.backend.peakBytes;
pf.functional.jacobian(f, x, { chunkSize: chunk }).data();
console.log(n, chunk, pf.backend.peakBytes - before, pf.backend.memoryBytes);
console.log(pf.inspect(()=>pf.functional.jacobian(f, x, { chunkSize: chunk })).summary);
