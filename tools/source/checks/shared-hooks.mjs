import ts from 'typescript';
import { lineAt } from '../read-sources.mjs';

/**
 * Finds calls of Jest during the loading of a module that several spec files share. A worker loads a module once for all spec files, so the
 * call would only reach the first file. It belongs in a function that each spec file calls.
 */
export function sharedHooks(files) {
  return files
    .filter((file) => file.package !== 'editor' && !/\.spec\.tsx?$/.test(file.path))
    .flatMap(({ path, tree }) =>
      tree.statements
        .filter((statement) => ts.isExpressionStatement(statement) && isHook(statement.expression))
        .map((statement) => ({
          path,
          line: lineAt(tree, statement.getStart(tree)),
          text: 'several spec files share this module: call Jest in a function that each of them calls',
        })),
    );
}

function isHook(expression) {
  if (!ts.isCallExpression(expression)) return false;
  const { expression: callee } = expression;
  if (ts.isIdentifier(callee)) return /^(?:before|after)(?:All|Each)$/.test(callee.text);
  return ts.isPropertyAccessExpression(callee) && callee.expression.text === 'jest';
}
