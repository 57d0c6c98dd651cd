// Mutants that change nothing a caller can see, with the reason; they don't count. A mutant is known by its file, its line of
// code (not the number), and what stands for what.
export const equivalent = [];
