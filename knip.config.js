// What `npm run knip` starts from: files, exports and packages that nothing reaches from these entries are dead.
import ts from "typescript";

/** AssemblyScript as a parser of TypeScript takes it: decorators of functions, variables and enums are blanks. */
function withoutDecorators(text, path) {
  if (!/[\\/]assembly[\\/]/.test(path)) return text;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const decorators = source.statements
    .filter((statement) => !ts.isClassDeclaration(statement))
    .flatMap((statement) => statement.modifiers?.filter(ts.isDecorator) ?? []);
  let blanked = text;
  for (const { pos, end } of decorators)
    blanked = blanked.slice(0, pos) + text.slice(pos, end).replace(/\S/g, " ") + blanked.slice(end);
  return blanked;
}

export default {
  entry: [
    "assembly/{index,testing/*,unpack/index}.ts",
    "host/{main-async,workerd}.{ts,mjs}",
    "scripts/{asc-cold,backward-errors,document-ops,generate-abi,generate-ops,generate-signatures,generate-worker,completion,memory,pack-conformance,mutants/child,mutants/suites}.mjs",
    "tests/**/*.{test,test-d}.ts",
    "tests/{conformance,fuzz}/main.ts",
    // Loaded by scripts/memory.mjs and tests/layers.test.ts.
    "tests/{browser/support,layers/*}.ts",
    // Bundled for pages by tests/browser/suites.ts.
    "tests/browser/page/*.ts",
    "bench/{tracing,peers/*_peer}.mjs",
    "examples/*.mjs",
    // Loaded by tests/package/published.test.ts.
    "scripts/release/{addresses,readme,sizes}.mjs",
  ],
  project: ["{host,assembly,tests}/**/*.ts", "{scripts,bench,examples}/**/*.mjs"],
  compilers: { ts: withoutDecorators },
  ignoreDependencies: [
    // examples/cars.mjs reads a file of it.
    "vega-datasets",
    // In bench/package.json.
    "@jax-js/jax",
    /^@tensorflow\//,
    // In tests/packaging/package.json.
    "miniflare",
  ],
  // Files of dist/, beside which host/workerd.mjs comes to lie.
  ignoreUnresolved: ["./async.mjs", "./pushforward.wasm"],
  treatConfigHintsAsErrors: true,
};
