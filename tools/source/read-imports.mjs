import { posix } from 'node:path';
import ts from 'typescript';
import { lineAt, walk } from './read-sources.mjs';

/**
 * Lists the imports of a file, as `{ name, path, line, isType, isAll }`: imports, re-exports, import types and dynamic imports. `path` is
 * set for relative imports and names the TypeScript file; `isType` means that the compiled file does not contain the import; `isAll` means
 * `export *`.
 *
 * @example readImports(file); // [{ name: './plan.js', path: 'core/src/plan/plan.ts', line: 3, isType: true, isAll: false }]
 */
export function readImports({ path, tree }) {
  const found = [];
  const add = (node, isType, isAll = false) => {
    if (node === undefined || !ts.isStringLiteral(node)) return;
    const name = node.text;
    found.push({ name, path: pathOf(path, name), line: lineAt(tree, node.getStart(tree)), isType, isAll });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause));
    else if (ts.isExportDeclaration(node))
      add(node.moduleSpecifier, node.isTypeOnly || areTypes(node.exportClause), node.exportClause === undefined);
    else if (ts.isImportTypeNode(node)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
  });
  return found;
}

function pathOf(from, name) {
  return name.startsWith('.') ? posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts') : undefined;
}

function isTypeImport(clause) {
  if (clause === undefined) return false;
  return clause.isTypeOnly || (clause.name === undefined && areTypes(clause.namedBindings));
}

/** `{ type One, type Two }` */
function areTypes(bindings) {
  const elements = bindings?.elements ?? [];
  return elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly);
}
