// pf.compile
export { compile, type CacheInfo, type Compiled } from "./compile";
