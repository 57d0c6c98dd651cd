// The public surface of pushforward, of every entry.
export * from "./apart";
export * from "./generated/ops";
export { ravel } from "./tree/ravel"; // takes the place of the op's
