import { posix } from 'node:path';
import ts from 'typescript';
import { walk } from '../read-sources.mjs';

/**
 * Files that import each other in a circle, type imports included. A finding is a file of a circle.
 */
export function importCycles(files) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const imports = new Map(files.map((file) => [file.path, importedFiles(file, byPath)]));
  return circles(imports).flatMap((circle) =>
    [...circle]
      .sort()
      .map((path) => ({ path, line: 1, text: `in a circle of ${circle.length} files that import each other` })),
  );
}

/** The files of the same package that a file names in imports, exports, import types and dynamic imports. */
function importedFiles({ path, tree }, byPath) {
  const found = new Set();
  const add = (node) => {
    if (node === undefined || !ts.isStringLiteral(node) || !node.text.startsWith('.')) return;
    const stem = posix.join(posix.dirname(path), node.text).replace(/\.js$/, '');
    for (const name of [`${stem}.ts`, `${stem}.tsx`]) if (byPath.has(name)) found.add(name);
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node)) add(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0]);
  });
  return [...found];
}

/** Tarjan's strongly connected components with more than one member. */
function circles(imports) {
  const states = new Map();
  const stack = [];
  const found = [];
  const visit = (path) => {
    const state = { index: states.size, low: states.size, isOnStack: true };
    states.set(path, state);
    stack.push(path);
    for (const next of imports.get(path) ?? []) {
      const known = states.get(next);
      if (known === undefined) state.low = Math.min(state.low, visit(next).low);
      else if (known.isOnStack) state.low = Math.min(state.low, known.index);
    }
    if (state.low === state.index) {
      const circle = stack.splice(stack.indexOf(path));
      for (const member of circle) states.get(member).isOnStack = false;
      if (circle.length > 1) found.push(circle);
    }
    return state;
  };
  for (const path of imports.keys()) if (!states.has(path)) visit(path);
  return found;
}
