// Which mutants there are, and a source with all of them in it. Each is behind a question, `__M(id)`, which is answered with yes for the
// one mutant that is live, so that a core with many mutants is compiled once.
import ts from "typescript";

const other = { "+": "-", "-": "+", "*": "/", "/": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==", "!==": "===", "==": "!=", "!=": "==", "&&": "||", "||": "&&" }; // prettier-ignore
const pairs = [["add", "sub"], ["mul", "div"], ["maximum", "minimum"], ["lt", "le"], ["gt", "ge"], ["amax", "amin"], ["floor", "ceil"], ["sum", "amax"], ["sin", "cos"]]; // prettier-ignore
const partner = Object.fromEntries(pairs.flatMap(([a, b]) => [[a, b], [b, a]])); // prettier-ignore
const ordered = /^(sub|div|pow|where|lt|le|gt|ge|atan2|fmod|remainder|matmul|scatterAdd|gather)$/;
/** Signs, operands, bounds, constants, dropped conditions. */
function mutationsOf(node, source) {
  const text = (part) => part.getText(source);
  const { parent } = node;
  if (
    parent &&
    ts.isIfStatement(parent) &&
    parent.expression === node &&
    !parent.elseStatement &&
    !/throw|fail\(/.test(text(parent.thenStatement))
  )
    // prettier-ignore
    return [["dropped condition", "false"], ["dropped condition", "true"], ...expressions(node, source)];
  return expressions(node, source);
}
function expressions(node, source) {
  const text = (part) => part.getText(source);
  if (ts.isBinaryExpression(node)) {
    const operator = text(node.operatorToken);
    const [left, right] = [text(node.left), text(node.right)];
    // Strings are put together with +, too.
    if (!other[operator] || /["'`]/.test(left + right)) return [];
    const all = [["operator", `${left} ${other[operator]} ${right}`]];
    if (operator === "&&" || operator === "||") all.push(["dropped condition", left], ["dropped condition", right]);
    if (operator === "-" || operator === "/") all.push(["operand", `${right} ${operator} ${left}`]);
    return all.map(([kind, to]) => [kind, `(${to})`]);
  }
  if (
    ts.isPrefixUnaryExpression(node) &&
    [ts.SyntaxKind.MinusToken, ts.SyntaxKind.ExclamationToken].includes(node.operator)
  ) {
    return [["sign", text(node.operand)]];
  }
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text);
    if (!Number.isFinite(value)) return [];
    return Number.isInteger(value) ? [["constant", String(value + 1)]] : [["constant", String(value * 1.1)]];
  }
  if (ts.isConditionalExpression(node)) return [["dropped condition", `(${text(node.whenTrue)})`], ["dropped condition", `(${text(node.whenFalse)})`]]; // prettier-ignore
  if (ts.isCallExpression(node)) {
    const callee = text(node.expression);
    const name = callee.split(".").at(-1);
    const args = node.arguments.map(text);
    const all = [];
    if (Object.hasOwn(partner, name)) all.push(["operator", `${callee.slice(0, -name.length)}${partner[name]}(${args.join(", ")})`]); // prettier-ignore
    if (ordered.test(name) && args.length >= 2) all.push(["operand", `${callee}(${[...args.slice(0, -2), args.at(-1), args.at(-2)].join(", ")})`]); // prettier-ignore
    if (name === "neg" && args.length === 1) all.push(["sign", args[0]]);
    return all;
  }
  return [];
}
// A decorator of a primitive is read by scripts/declare.mjs, not compiled.
const skipped = (node) =>
  ts.isDecorator(node) ||
  ts.isImportDeclaration(node) || ts.isThrowStatement(node) || ts.isTypeNode(node) || ts.isEnumDeclaration(node) ||
  ts.isTemplateExpression(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ||
  (ts.isCallExpression(node) && /^(\w*[eE]rror|failure|fail|addFacts?|memory\.data)$/.test(node.expression.getText())); // prettier-ignore

/**
 * All mutants of a source: the line, the function around it, the kind, what was there and what stands for it; and which one of its
 * line's that change the same into the same.
 */
export function mutantsOf(file, content) {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node, around) => {
    if (skipped(node)) return;
    const within = (ts.isFunctionLike(node) && node.name?.getText(source)) || around;
    const [start, end] = [node.getStart(source), node.getEnd()];
    const line = source.getLineAndCharacterOfPosition(start).line;
    const [from, code] = [content.slice(start, end), content.split("\n", line + 1)[line].trim()];
    for (const [kind, to] of mutationsOf(node, source)) {
      const nth = 1 + found.filter((one) => one.line === line + 1 && one.from === from && one.to === to).length;
      found.push({ file, line: line + 1, within, code, kind, from, to, nth, start, end });
    }
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(source, "");
  return found;
}

/** The source with all of `mutants` in it, each behind its question. */
export function withMutants(file, content, mutants, question) {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const of = (node) => mutants.filter((one) => one.start === node.getStart(source) && one.end === node.getEnd());
  const done = new Set();
  const render = (node) => {
    let [out, at] = ["", node.getStart(source)];
    const mine = of(node).filter((one) => !done.has(one));
    for (const one of mine) done.add(one);
    ts.forEachChild(node, (child) => {
      out += content.slice(at, child.getStart(source)) + render(child);
      at = child.getEnd();
    });
    out += content.slice(at, node.getEnd());
    for (const { id, to } of mine)
      out = /^(true|false)$/.test(to) ? `(${question(id)} ? ${to} : !!(${out}))` : `(${question(id)} ? ${to} : ${out})`;
    return out;
  };
  return content.slice(0, source.getStart(source)) + render(source) + content.slice(source.getEnd());
}
