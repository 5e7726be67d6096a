import ts from 'typescript';
import { lineAt } from '../read-sources.mjs';

const packages = new Set(['core', 'engine']);

/**
 * Finds exported names of core (which contains the ports) and of the engine without a doc comment. A type and a value with the same name
 * share one comment.
 */
export function docComments(files) {
  return files
    .filter((file) => file.kind === 'source' && packages.has(file.package))
    .flatMap(({ path, tree, text }) => {
      const exported = tree.statements.filter(isExported).map((statement) => ({
        names: namesOf(statement),
        line: lineAt(tree, statement.getStart(tree)),
        isDocumented: (ts.getLeadingCommentRanges(text, statement.pos) ?? []).some(
          ({ pos, end }) => text.startsWith('/**', pos) && text.slice(pos, end).length > '/***/'.length,
        ),
      }));
      const documented = new Set(exported.filter(({ isDocumented }) => isDocumented).flatMap(({ names }) => names));
      const missing = new Map(
        exported.flatMap(({ names, line }) =>
          names.filter((name) => !documented.has(name)).map((name) => [name, line]),
        ),
      );
      return [...missing].map(([name, line]) => ({ path, line, text: `${name} has no doc comment` }));
    });
}

function isExported(statement) {
  return (
    ts.canHaveModifiers(statement) &&
    statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  );
}

function namesOf(statement) {
  if (!ts.isVariableStatement(statement)) return statement.name === undefined ? [] : [statement.name.text];
  return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
}
