// Writes host/generated/signatures.ts from the tables in host/ops/signatures/, as the library reads them. It comes before generate-ops.mjs, which
// imports modules of the library that read it. Run with `--import tsx`.
import { writeFileSync } from "node:fs";
import { signatures } from "../host/ops/signatures/all.ts";
import { root } from "./lib.mjs";
import { TABLE } from "./signature-comments.mjs";

process.chdir(root);
const SIGNATURES = "host/generated/signatures.ts";

/** What the library needs of a signature: of what is returned, whether it is a number or has names; a Tensor is not named. */
const shortened = (text) =>
  text
    .replace(/\): (?!boolean|Named).*/, ")")
    .replaceAll(/: Tensor(?=[,)])/g, "")
    .replaceAll(", ", ",")
    .replaceAll(": ", ":")
    .replaceAll(" | ", "|");
// As text, since an engine makes a long string sooner than objects with as many properties.
const lines = Object.entries(signatures).map(([key, texts]) => key + [texts].flat().map(shortened).join(";"));
writeFileSync(
  SIGNATURES,
  `// Made by scripts/generate-signatures.mjs from ${TABLE}: the name and the signatures of each op in a line, in short.\nexport const signatureLines =\n  ${JSON.stringify(lines.join("\n"))};\n`,
);
