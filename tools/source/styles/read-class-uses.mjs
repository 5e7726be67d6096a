import { posix } from 'node:path';
import ts from 'typescript';
import { lineAt, walk } from '../read-sources.mjs';

/**
 * Lists the classes that a file uses: `{ sheet, name, line }`. `sheet` is the path of the CSS module, or undefined for a class of the kit.
 * For a composed name, such as `styles[`tone-${tone}`]`, `name` is its constant beginning and `isStart` is set.
 */
export function readClassUses({ path, tree }) {
  const sheets = importedSheets(path, tree);
  const uses = [];
  const add = (sheet, name, node, isStart) =>
    uses.push({ sheet, name, isStart, line: lineAt(tree, node.getStart(tree)) });
  walk(tree, (node) => {
    if (ts.isElementAccessExpression(node) && ts.isIdentifier(node.expression) && sheets.has(node.expression.text)) {
      const { argumentExpression: name } = node;
      const sheet = sheets.get(node.expression.text);
      if (ts.isStringLiteralLike(name)) add(sheet, name.text, node, false);
      if (ts.isTemplateExpression(name)) add(sheet, name.head.text, node, true);
    }
    if (isClassAttribute(node)) for (const literal of literalsOf(node.initializer)) addWords(literal);
  });
  return uses;

  function addWords(literal) {
    for (const word of literal.text.split(/\s+/)) if (word !== '') add(undefined, word, literal, false);
  }
}

/** Lists the CSS modules that a file imports, by their local names. */
export function importedSheets(path, tree) {
  const sheets = new Map();
  for (const statement of tree.statements) {
    if (!ts.isImportDeclaration(statement) || !statement.moduleSpecifier.text.endsWith('.module.css')) continue;
    const name = statement.importClause?.name?.text;
    if (name !== undefined) sheets.set(name, posix.join(posix.dirname(path), statement.moduleSpecifier.text));
  }
  return sheets;
}

const isClassAttribute = (node) =>
  (ts.isJsxAttribute(node) && /class(?:Name)?$/i.test(node.name.text) && node.initializer !== undefined) ||
  (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === 'className');

/**
 * Collects the string literals that can become the value of an expression, but not those that it compares or passes to functions other than
 * `clsx`.
 */
function literalsOf(node) {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node];
  if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node)) return literalsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node)) {
    const isEither = /^(?:\|\||\?\?)$/.test(ts.tokenToString(node.operatorToken.kind) ?? '');
    const isChoice = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
    return [...(isEither ? literalsOf(node.left) : []), ...(isEither || isChoice ? literalsOf(node.right) : [])];
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'clsx')
    return node.arguments.flatMap(literalsOf);
  return [];
}
