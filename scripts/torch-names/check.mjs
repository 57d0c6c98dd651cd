// Holds torch's names (names.json) against a build: each is built or has a reason not to be (reasons.mjs), and no reason is left over.
import { readFileSync } from "node:fs";
import { categories, reasons } from "./reasons.mjs";

const { names } = JSON.parse(readFileSync(new URL("names.json", import.meta.url), "utf8"));
const words = (text) => text.split(/\s+/).filter(Boolean);
const camel = (name) => name.replace(/(?<=.)_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const follow = (from, path) => path.split(".").reduce((at, part) => at?.[part], from);

/** Where torch's name is, were it built: `torch.linalg`, `lu_factor` → linalg.luFactor. */
const pathOf = (namespace, name) => [...namespace.split(".").slice(1), camel(name)].join(".");

const isNamed = ({ in: namespace, names, except = "" }, where, name) =>
  (namespace ?? where) === where &&
  !words(except).includes(name) &&
  (names instanceof RegExp ? names.test(name) : words(names).includes(name));

/**
 * Every name of torch, whether torch documents it, whether it is built, and if not, why.
 * @returns {{ namespace: string, name: string, isDocumented: boolean, isBuilt: boolean, reason?: { category: string, text: string } }[]}
 */
export function torchNames(pf) {
  return Object.entries(names).flatMap(([namespace, lists]) =>
    Object.entries(lists).flatMap(([kind, lines]) =>
      words(lines.join(" ")).map((name) => {
        const isBuilt = typeof follow(pf, pathOf(namespace, name)) === "function";
        const reason = isBuilt ? undefined : reasons.find((one) => isNamed(one, namespace, name));
        return { namespace, name, isDocumented: kind === "documented", isBuilt, reason: reason && told(reason, name) };
      }),
    ),
  );
}

/** What a reason says of a name. */
function told({ category, why, at }, name) {
  const place = at?.replace("*", camel(name));
  const found = place?.startsWith("Tensor.") ? `\`x.${place.slice("Tensor.".length)}\`` : place && `\`pf.${place}\``;
  return { category, place, text: why ?? found ?? "" };
}

/** What is wrong with the list of reasons, for this build. */
export function problemsOf(pf) {
  const all = torchNames(pf);
  const problems = all
    .filter(({ isBuilt, reason }) => !isBuilt && !reason)
    .map(({ namespace, name }) => `${namespace}.${name} is not built, and reasons.mjs has no reason`);
  for (const { namespace, name, reason } of all) {
    if (reason && !(reason.category in categories))
      problems.push(`${namespace}.${name}: no category ${reason.category}`);
    const [first, ...rest] = reason?.place?.split(".") ?? [];
    if (
      first === "Tensor" ? !(rest[0] in pf.Tensor.prototype) : first && typeof follow(pf, reason.place) !== "function"
    )
      problems.push(`${namespace}.${name} is said to be at ${reason.place}, where nothing is`);
  }
  for (const one of reasons) {
    const listed = all.filter(({ namespace, name }) => isNamed(one, namespace, name));
    if (one.names instanceof RegExp) {
      if (listed.length === 0) problems.push(`${one.names} is no name of torch`);
      continue;
    }
    for (const { namespace, name, isBuilt } of listed)
      if (isBuilt) problems.push(`${namespace}.${name} is built, and reasons.mjs says ${one.category}`);
    for (const name of words(one.names))
      if (!listed.some((other) => other.name === name)) problems.push(`${one.in ?? ""} ${name} is no name of torch`);
  }
  return problems;
}
