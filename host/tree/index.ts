// pf.tree, after jax.tree: containers of tensors as users handle them. What counts as one says host/tensor/containers.ts.
export { leaves, map, type MappedTree, structure, unflatten } from "./tree";
export { ravelTree as ravel } from "./ravel";
export type { Structure } from "../tensor/containers";
