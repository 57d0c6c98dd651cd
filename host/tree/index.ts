// pf.tree, after jax.tree: containers of tensors as users handle them. What counts as one says host/tensor/containers.ts.
export { leaves, map, structure, unflatten } from "./tree";
export type { MappedTree } from "../func/types";
export { ravelTree as ravel } from "./ravel";
export type { Structure } from "../tensor/containers";
