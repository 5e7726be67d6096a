import ts from 'typescript';
import { readImports } from '../read-imports.mjs';
import { lineAt, walk } from '../read-sources.mjs';

/**
 * Finds exported names of sources that no other file uses. A file uses a name if the name occurs in it and it imports the module, or a
 * module that re-exports all of it with `export *`. Names in `scriptNames`, which come from files without syntax trees, count as used.
 */
export function loneExports(files, scriptNames) {
  const isKnown = (_, name) => scriptNames.has(name);
  return findUnused(files, exportsOf, isKnown, (name) => `no other file uses ${name}: do not export it`);
}

/**
 * Finds re-exported names (`export { name } from`) that no file imports. Programs outside the repository import the public entries, so
 * names in `documented`, which come from the documentation, count as used there. What a library re-exports is for its users.
 */
export function loneReexports(files, scriptNames, documented = new Set()) {
  const isKnown = (path, name) =>
    libraries.has(path) || scriptNames.has(name) || (publicEntries.has(path) && documented.has(name));
  return findUnused(files, passedOnBy, isKnown, (name) => `no file takes ${name} from here: do not pass it on`);
}

function findUnused(files, exportsIn, isKnown, textOf) {
  const names = new Map(files.map((file) => [file.path, namesIn(file.tree)]));
  const usersOf = readUsers(files);
  return files
    .filter(({ kind }) => kind === 'source')
    .flatMap(({ path, tree }) => {
      const others = [...usersOf(path)].filter((other) => other !== path);
      return exportsIn(tree)
        .filter(({ name }) => !isKnown(path, name) && !others.some((other) => names.get(other).has(name)))
        .map(({ name, node }) => ({ path, line: lineAt(tree, node.getStart(tree)), text: textOf(name) }));
    });
}

/** The modules that programs outside the repository import. */
const publicEntries = new Set(['core/src/index.ts', 'server/src/index.ts']);

/** Libraries for programs outside the repository, and the list of all nodes. */
const libraries = new Set([
  'client/src/index.ts',
  'editor/src/features/chat-kit/index.ts',
  'editor/src/features/chat-kit/react.ts',
  'nodes/src/index.ts',
]);

/** Returns a function that gives the files that import a module, directly or through modules that re-export all of it. */
function readUsers(files) {
  const paths = new Set(files.map(({ path }) => path));
  const direct = new Map();
  const passing = new Map();
  for (const file of files) {
    for (const imported of readImports(file)) {
      const entry = entryOf(imported.name);
      const path = [entry, imported.path, imported.path?.replace(/\.ts$/, '.tsx')].find((name) => paths.has(name));
      if (path === undefined) continue;
      const users = imported.isAll ? passing : direct;
      users.set(path, [...(users.get(path) ?? []), file.path]);
    }
  }
  const usersOf = (path) =>
    new Set([...(direct.get(path) ?? []), ...(passing.get(path) ?? []).flatMap((parent) => [...usersOf(parent)])]);
  return usersOf;
}

/** Gives the entry file of another package: `@heddle/adapters/stores` is `adapters/src/stores/index.ts`. */
function entryOf(name) {
  if (name === '@heddle/core/api-client') return 'core/src/api/api-client.ts';
  const [, workspace, folder = ''] = /^@heddle\/([^/]+)(\/.+)?$/.exec(name) ?? [];
  return workspace === undefined ? undefined : `${workspace}/src${folder}/index.ts`;
}

/** Collects identifiers and string literals, because `module['name']` also uses a name. */
function namesIn(tree) {
  const found = new Set();
  walk(tree, (node) => {
    if (ts.isIdentifier(node) || ts.isStringLiteral(node)) found.add(node.text);
  });
  return found;
}

const exportsOf = (tree) =>
  tree.statements.filter(isExported).flatMap((node) => namesOf(node).map((name) => ({ name, node })));

/** Lists the re-exported names: `export { one, type Two as Three } from './a.js'` re-exports `one` and `Three`. */
const passedOnBy = (tree) =>
  tree.statements
    .filter((node) => ts.isExportDeclaration(node) && node.exportClause !== undefined)
    .flatMap(({ exportClause }) => (ts.isNamedExports(exportClause) ? [...exportClause.elements] : [exportClause]))
    .map((node) => ({ name: node.name.text, node }));

function isExported(statement) {
  if (!ts.canHaveModifiers(statement)) return false;
  const kinds = (statement.modifiers ?? []).map(({ kind }) => kind);
  return kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword);
}

function namesOf(statement) {
  if (!ts.isVariableStatement(statement)) return statement.name === undefined ? [] : [statement.name.text];
  return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
}
