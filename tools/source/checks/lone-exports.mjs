import ts from 'typescript';
import { readImports } from '../read-imports.mjs';
import { lineAt, walk } from '../read-sources.mjs';

/**
 * Exported names of sources that no other file uses. A file uses a name if it imports the module and the name stands in it. Where a module is passed on with
 * `export *`, every file may use its names. `scriptNames` are the names in files without syntax trees: all of them count as used.
 */
export function loneExports(files, scriptNames) {
  const names = new Map(files.map((file) => [file.path, namesIn(file.tree)]));
  const { users, passedOn } = readUsers(files);
  return files
    .filter(({ kind }) => kind === 'source')
    .flatMap(({ path, tree }) => {
      const others = passedOn.has(path) ? [...names.keys()] : (users.get(path) ?? []);
      const isUsed = (name) =>
        scriptNames.has(name) || others.some((other) => other !== path && names.get(other).has(name));
      return exportsOf(tree)
        .filter(({ name }) => !isUsed(name))
        .map(({ name, node }) => ({
          path,
          line: lineAt(tree, node.getStart(tree)),
          text: `no other file uses ${name}: do not export it`,
        }));
    });
}

/** The files that import each module, and the modules that are passed on: by `export *`, or as an entry of a package. */
function readUsers(files) {
  const paths = new Set(files.map(({ path }) => path));
  const users = new Map();
  const passedOn = new Set();
  for (const file of files) {
    for (const imported of readImports(file)) {
      const entry = entryOf(imported.name);
      const path = [entry, imported.path, imported.path?.replace(/\.ts$/, '.tsx')].find((name) => paths.has(name));
      if (path === undefined) continue;
      users.set(path, [...(users.get(path) ?? []), file.path]);
      if (imported.isAll) passedOn.add(path);
    }
  }
  return { users, passedOn };
}

/** The one entry of a package that is no `index.ts`. */
const entryOf = (name) => (name === '@heddle/core/api-client' ? 'core/src/api/api-client.ts' : undefined);

/** Identifiers and texts: `module['name']` uses a name, too. */
function namesIn(tree) {
  const found = new Set();
  walk(tree, (node) => {
    if (ts.isIdentifier(node) || ts.isStringLiteral(node)) found.add(node.text);
  });
  return found;
}

const exportsOf = (tree) =>
  tree.statements.filter(isExported).flatMap((node) => namesOf(node).map((name) => ({ name, node })));

function isExported(statement) {
  if (!ts.canHaveModifiers(statement)) return false;
  const kinds = (statement.modifiers ?? []).map(({ kind }) => kind);
  return kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword);
}

function namesOf(statement) {
  if (!ts.isVariableStatement(statement)) return statement.name === undefined ? [] : [statement.name.text];
  return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
}
