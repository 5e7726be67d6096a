import ts from 'typescript';
import { lineAt, walk } from '../read-sources.mjs';

/** Finds `...(x === undefined ? {} : { x })`, which is not needed because serialisers drop undefined members. */
export function conditionalSpreads(files) {
  return files
    .filter(({ kind }) => kind === 'source')
    .flatMap(({ path, tree }) => {
      const found = [];
      walk(tree, (node) => {
        if (ts.isSpreadAssignment(node) && isConditional(node.expression))
          found.push({
            path,
            line: lineAt(tree, node.getStart(tree)),
            text: 'a spread of {} where a value is undefined',
          });
      });
      return found;
    });
}

function isConditional(expression) {
  if (!ts.isParenthesizedExpression(expression) || !ts.isConditionalExpression(expression.expression)) return false;
  const { condition, whenTrue, whenFalse } = expression.expression;
  const comparesUndefined =
    ts.isBinaryExpression(condition) && [condition.left, condition.right].some((side) => side.text === 'undefined');
  return comparesUndefined && [whenTrue, whenFalse].some((side) => isEmptyObject(side));
}

function isEmptyObject(node) {
  return ts.isObjectLiteralExpression(node) && node.properties.length === 0;
}
