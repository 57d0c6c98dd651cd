// What `pushforward` is: the public surface, with the core inlined.
import "./core/inlined";

export * from "./surface";
