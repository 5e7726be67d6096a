import ts from 'typescript';
import { lineAt, walk } from '../read-sources.mjs';

const most = 60;

/** Finds functions of more than 60 lines; lines of JSX do not count. */
export function longFunctions(files) {
  return files
    .filter(({ kind }) => kind === 'source')
    .flatMap(({ path, tree }) => {
      const found = [];
      walk(tree, (node) => {
        if (!ts.isFunctionLike(node) || node.body === undefined) return;
        const lines = linesOf(node, tree);
        if (lines > most)
          found.push({ path, line: lineAt(tree, node.getStart(tree)), text: `a function of ${lines} lines` });
      });
      return found;
    });
}

function linesOf(node, tree) {
  return lineAt(tree, node.end) - lineAt(tree, node.getStart(tree)) + 1 - linesOfJsx(node, tree);
}

/** Counts the lines of the outermost JSX elements in a node. */
function linesOfJsx(node, tree) {
  let lines = 0;
  ts.forEachChild(node, (child) => {
    if (ts.isJsxElement(child) || ts.isJsxSelfClosingElement(child) || ts.isJsxFragment(child))
      lines += lineAt(tree, child.end) - lineAt(tree, child.getStart(tree)) + 1;
    else lines += linesOfJsx(child, tree);
  });
  return lines;
}
