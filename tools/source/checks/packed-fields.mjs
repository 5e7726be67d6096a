import ts from 'typescript';
import { lineAt, walk } from '../read-sources.mjs';

/** Finds `...{ a, b }`: fields that share a line only because they are spread from an object literal. */
export function packedFields(files) {
  return files.flatMap(({ path, tree }) => {
    const found = [];
    walk(tree, (node) => {
      if (ts.isSpreadAssignment(node) && ts.isObjectLiteralExpression(node.expression))
        found.push({ path, line: lineAt(tree, node.getStart(tree)), text: 'a spread of an object literal' });
    });
    return found;
  });
}
