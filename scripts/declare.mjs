// The first step of a build. Reads the declarations of primitives, `@primitive({ … })` above classes in assembly/primitives/, and the
// builders marked `@binding`; writes assembly/generated/ (opcodes, traits, the dispatch of kernels, the registrations, the ABI of the
// builders) and host/generated/primitives.ts (the host's functions, the declarations as data). What a declaration lacks stops the
// build here; a rule that is missing stops the compiler, since rules are abstract methods.
import { writeCore } from "./declare/core.mjs";
import { flush } from "./declare/files.mjs";
import { writeHost } from "./declare/host.mjs";
import { judge } from "./declare/judge.mjs";
import { builders, declarations, problems } from "./declare/read.mjs";

judge();
writeCore();
writeHost();
if (problems.length > 0) {
  for (const text of problems) console.error(`declare: ${text}`);
  process.exit(1);
}
flush();
console.log(`declare: ${declarations.length} primitives, ${builders.length} builders`);
