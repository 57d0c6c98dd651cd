// The licences of what is not ours in the published files, for rollup.config.mjs. Not by rollup-plugin-license, which looks at
// JavaScript modules alone: AssemblyScript's library is in the core, and its loader is published without a text.
import { existsSync, readFileSync } from "node:fs";

const FILE = "THIRD-PARTY-LICENSES.txt";
/** What stands for the texts that a package lacks. */
const TEXTS = {
  "@assemblyscript/loader":
    "Licensed as assemblyscript, below. Changed: it makes no TextDecoder and adds nothing to Object (rollup.config.mjs).",
};
/** Whose formulas and coefficients functions of the core and the host have. */
const FORMULAS = `fdlibm (functions of assembly/kernels/math)

Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights reserved.
Developed at SunSoft, a Sun Microsystems, Inc. business.
Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.

${"-".repeat(100)}
Cephes Mathematical Library (coefficients of tanh and of the inverse of the normal distribution)

Copyright 1984, 1987, 1989, 2000 by Stephen L. Moshier`;

const read = (name, file) => readFileSync(`node_modules/${name}/${file}`, "utf8").trim();
function packageOf(name) {
  const { version, license } = JSON.parse(read(name, "package.json"));
  return { name, version, license };
}
/** The packages that the modules of a chunk come from. */
const packagesIn = ({ modules }) =>
  [...new Set(Object.keys(modules).map((id) => /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1]))]
    .filter((name) => name !== undefined)
    .map((name) => packageOf(name.replace("\\", "/")));

function section({ name, version, license }) {
  const files = ["LICENSE", "NOTICE"].filter((file) => existsSync(`node_modules/${name}/${file}`));
  const text = TEXTS[name] ?? files.map((file) => read(name, file)).join("\n\n");
  if (!text)
    throw new Error(`licenses: ${name} comes without a LICENSE; TEXTS in scripts/licenses.mjs needs an entry for it`);
  return `${name} ${version} (${license})\n\n${text}`;
}

/** The first line of a bundle. */
export function banner(chunk) {
  const { name, version, license } = JSON.parse(readFileSync("package.json", "utf8"));
  const bundled = packagesIn(chunk).map((each) => `${each.name} (${each.license})`);
  return `/*! ${name} ${version} | ${license} | bundles ${bundled.join(", ")}: ${FILE} */`;
}
/** Writes the texts beside the bundle. */
export const licenses = {
  name: "licenses",
  generateBundle(_, bundle) {
    const packages = [...Object.values(bundle).flatMap(packagesIn), packageOf("assemblyscript")];
    const source = [...packages.map(section), FORMULAS].join(`\n\n${"-".repeat(100)}\n`);
    this.emitFile({ type: "asset", fileName: FILE, source: `${source}\n` });
  },
};
