import js from "@eslint/js";
import tseslint from "typescript-eslint";

const nodeGlobals = [
  "Buffer",
  "URL",
  "WebAssembly",
  "clearInterval",
  "clearTimeout",
  "console",
  "performance",
  "process",
  "setImmediate",
  "setInterval",
  "setTimeout",
];

export default tseslint.config(
  {
    // AssemblyScript is a language of its own: asc checks it.
    ignores: ["dist/", "build/", "node_modules/", "host/generated/", "assembly/"],
  },
  js.configs.recommended,
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, "readonly"])) },
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Tensor merges with the interface that lists its op methods.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
      // The core hands enums over as plain numbers, and its exports are functions without a `this`.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowArray: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      // Coefficients are quoted with the digits of their source.
      "no-loss-of-precision": "off",
      "no-new-func": "error",
    },
  },
  {
    // An op's implementation gets what its signature, a line of text, has checked and converted: no type can say so.
    files: ["host/ops/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-argument": "off" },
  },
  {
    // Tests hand wrong arguments on purpose and read results whose types they assert at run time.
    files: ["tests/**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
