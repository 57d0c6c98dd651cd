// What the bundles have otherwise than the sources, so that engines load them sooner. Transformers for TypeScript's `transpileModule`.
import ts from "typescript";

const { factory } = ts;

/** Whether a function speaks of what an arrow function takes from around it. */
function takesFromAround(node) {
  if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return true;
  if (ts.isIdentifier(node) && node.text === "arguments") return true;
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) return false;
  return ts.forEachChild(node, (child) => takesFromAround(child) || undefined) ?? false;
}
const bodyOf = ({ body }) =>
  ts.isBlock(body) ? body : factory.createBlock([factory.createReturnStatement(ts.skipParentheses(body))], true);

/**
 * Arrow functions at a module's top level become functions and methods. V8 parses an arrow function in full wherever it stands within
 * another function or a module, but of a function no more than it must until it is called: a third of the time that parsing takes.
 */
export const functionsForArrows = (context) => (file) => {
  const visit = (node) => {
    if (ts.isPropertyAssignment(node) && isPlain(node.initializer)) {
      const { modifiers, parameters } = node.initializer;
      return factory.createMethodDeclaration(
        modifiers,
        undefined,
        node.name,
        undefined,
        undefined,
        parameters,
        undefined,
        bodyOf(node.initializer),
      );
    }
    if (isPlain(node))
      return factory.createFunctionExpression(
        node.modifiers,
        undefined,
        undefined,
        undefined,
        node.parameters,
        undefined,
        bodyOf(node),
      );
    if (ts.isFunctionLike(node)) return node;
    return ts.visitEachChild(node, visit, context);
  };
  const isPlain = (node) => ts.isArrowFunction(node) && !takesFromAround(node);
  return ts.visitEachChild(file, visit, context);
};

/** The number that a member of an enum is said to be. */
function numberOf({ initializer, name }, next) {
  if (!initializer) return next;
  const isNegative = ts.isPrefixUnaryExpression(initializer) && initializer.operator === ts.SyntaxKind.MinusToken;
  const literal = isNegative ? initializer.operand : initializer;
  if (!ts.isNumericLiteral(literal)) throw new Error(`quick-start: ${name.text} is no plain number`);
  return isNegative ? -Number(literal.text) : Number(literal.text);
}
/**
 * An enum becomes one object of its numbers, of which the minifier knows each: TypeScript's statement for every member takes an engine longer
 * than all else that it runs of a module. The names of numbers are left out, so none can be asked for.
 */
export const objectsForEnums = (context) => (file) => {
  const enums = new Set(file.statements.filter(ts.isEnumDeclaration).map(({ name }) => name.text));
  for (const { importClause, moduleSpecifier } of file.statements.filter(ts.isImportDeclaration)) {
    if (!moduleSpecifier.text.includes("/assembly/")) continue;
    importClause?.namedBindings?.elements?.forEach(({ name }) => enums.add(name.text));
  }
  const requireNumbers = (node) => {
    if (ts.isElementAccessExpression(node) && enums.has(node.expression.text))
      throw new Error(
        `quick-start: ${file.fileName} asks ${node.expression.text} for a name, which it lacks in the bundles`,
      );
    ts.forEachChild(node, requireNumbers);
  };
  requireNumbers(file);
  const visit = (node) => {
    if (!ts.isEnumDeclaration(node) || node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ConstKeyword))
      return node;
    const entries = [];
    let next = 0;
    for (const member of node.members) {
      const number = numberOf(member, next);
      entries.push([member.name.text, number]);
      next = number + 1;
    }
    const literal = (number) =>
      number < 0
        ? factory.createPrefixUnaryExpression(ts.SyntaxKind.MinusToken, factory.createNumericLiteral(-number))
        : factory.createNumericLiteral(number);
    const named = entries.map(([name, number]) => factory.createPropertyAssignment(name, literal(number)));
    const object = factory.createObjectLiteralExpression(named, true);
    const declaration = factory.createVariableDeclaration(node.name, undefined, undefined, object);
    return factory.createVariableStatement(
      node.modifiers,
      factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const),
    );
  };
  return ts.visitEachChild(file, visit, context);
};

/**
 * Module-level constants and variables as `var`, which an engine need not ask at every use whether they have been initialized. What would
 * be used before that is found by the tests, which import the sources.
 */
export const varsForConsts = (context) => (file) =>
  ts.visitEachChild(
    file,
    (node) => {
      if (!ts.isVariableStatement(node)) return node;
      const list = factory.createVariableDeclarationList(node.declarationList.declarations, ts.NodeFlags.None);
      return factory.updateVariableStatement(node, node.modifiers, list);
    },
    context,
  );

const ASSIGNED = /^exports\.(\w+) = ([\w$]+);(?:\n|$)/gm;
/**
 * Rollup plugins for CommonJS: all exports in one object literal. Assigned one by one they are some 700 shapes of an object, each made of the
 * one before, which takes V8 longer than all else that it runs of the library. There is a default export too, as transpilers look for one.
 * What shortens the file writes some values into the literal; Node, which looks for names that an ES module may import without running the
 * file, reads it no further than to the first of them. Hence the plugin that comes after adds a literal that is never run, for it to read.
 */
export function exportsAtOnce() {
  const names = [];
  return [
    {
      name: "exports-at-once",
      renderChunk(code) {
        const entries = [];
        const rest = code.replace(ASSIGNED, (_, name, value) => {
          names.push(name);
          entries.push(`  ${name}: ${value},\n`);
          return "";
        });
        if (!entries.length || /\bexports\.\w+ =/.test(rest))
          throw new Error(`quick-start: rollup writes exports in another way: ${/.*\bexports\.\w+ =.*/.exec(rest)}`);
        return {
          code: `${rest}module.exports = {\n${entries.join("")}};\nmodule.exports.default = module.exports;\n`,
          map: null,
        };
      },
    },
    {
      name: "names-of-exports",
      renderChunk: (code) => ({
        code: `${code}\n0 && (module.exports = { ${names.map((name) => `${name}: exports`).join(", ")} });\n`,
        map: null,
      }),
    },
  ];
}
