// pf.debugNans
export { debugNans } from "./debug-nans";
