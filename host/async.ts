// What `pushforward/async` is: the public surface, whose core init loads.
export { init, initSync, type InitOptions, type InitSyncOptions } from "./core/init";
export * from "./surface";
