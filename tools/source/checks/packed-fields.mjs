import ts from 'typescript';
import { lineAt, walk } from '../read-sources.mjs';

/** `...{ a, b }`: fields that stand in one line only because they are spread from an object literal. */
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
