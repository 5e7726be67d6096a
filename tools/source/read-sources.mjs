import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { listFiles } from './list-files.mjs';

/**
 * Reads the TypeScript files of a folder with their syntax trees, without fixtures and generated files: `{ path, package, kind, text, tree
 * }`.
 *
 * @example readSources(root).filter(({ kind }) => kind === 'source');
 */
export function readSources(folder) {
  return listFiles(folder)
    .filter(({ path, kind }) => /\.tsx?$/.test(path) && (kind === 'source' || kind === 'test'))
    .map((file) => parse(file, readFileSync(join(folder, file.path), 'utf8')));
}

/**
 * Collects the names in the scripts, fixtures and generated files of a folder, without the code that the checks must refuse.
 *
 * @example namesInScripts(root).has('apiPathsFile');
 */
export function namesInScripts(folder) {
  const texts = listFiles(folder)
    .filter(({ path, kind }) => path.endsWith('.mjs') || kind === 'fixture' || kind === 'generated')
    .filter(({ path }) => !path.startsWith('tools/fixtures/'))
    .map(({ path }) => readFileSync(join(folder, path), 'utf8'));
  return namesInTexts(texts);
}

/** Collects the names in the pages of the documentation, which users know. */
export function namesInDocs(folder) {
  const pages = readdirSync(join(folder, 'docs')).filter((page) => page.endsWith('.md'));
  return namesInTexts(pages.map((page) => readFileSync(join(folder, 'docs', page), 'utf8')));
}

const namesInTexts = (texts) =>
  new Set(texts.flatMap((text) => text.match(/[$_\p{ID_Start}][$\p{ID_Continue}]*/gu) ?? []));

/** Adds its text and its syntax tree to a file. */
export function parse(file, text) {
  const kind = file.path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return { ...file, text, tree: ts.createSourceFile(file.path, text, ts.ScriptTarget.Latest, false, kind) };
}

/** The number of the line at a position, from 1. */
export function lineAt(tree, position) {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

/** Calls `visit` for a node and everything in it, parents first. */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
