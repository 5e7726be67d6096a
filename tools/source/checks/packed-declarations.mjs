import ts from 'typescript';
import { lineAt, walk } from '../read-sources.mjs';

/** Finds `const [a, b] = [1, 2]`: declarations that share a line only because they are destructured from an array literal. */
export function packedDeclarations(files) {
  return files.flatMap(({ path, tree }) => {
    const found = [];
    walk(tree, (node) => {
      if (ts.isVariableStatement(node) && node.declarationList.declarations.some(isPacked))
        found.push({ path, line: lineAt(tree, node.getStart(tree)), text: 'declarations out of an array literal' });
    });
    return found;
  });
}

/** An array with a spread does not count, because its elements can only be named by destructuring. */
function isPacked({ name, initializer }) {
  if (!ts.isArrayBindingPattern(name) || initializer === undefined) return false;
  const value = withoutAssertion(initializer);
  return ts.isArrayLiteralExpression(value) && !value.elements.some(ts.isSpreadElement);
}

const withoutAssertion = (node) =>
  ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? withoutAssertion(node.expression) : node;
