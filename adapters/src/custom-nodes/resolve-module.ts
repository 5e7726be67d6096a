import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';

export interface CustomModule {
  readonly file: string;
  readonly folder: string;
}

const Package = z.looseObject({ heddle: z.looseObject({ nodes: z.string().min(1) }).optional() });
const modulePattern = /\.(?:js|mjs)$/;

/** Resolves an entry of HEDDLE_NODES: a module, a folder with a package.json, or an installed package. Errors: `custom_nodes_invalid`. */
export async function resolveModule(entry: string, from: string): Promise<CustomModule> {
  const path = resolve(from, entry);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) {
    if (!modulePattern.test(path))
      throw invalid(entry, 'is not a JavaScript module: name a .js or .mjs file, a folder or a package');
    return { file: path, folder: dirname(path) };
  }
  if (found?.isDirectory() === true) return readPackage(path, entry);
  if (entry.startsWith('.') || isAbsolute(entry)) throw invalid(entry, 'does not exist: check the path');
  return readPackage(installedFolder(entry, from), entry);
}

async function readPackage(folder: string, entry: string): Promise<CustomModule> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw invalid(entry, 'has no package.json: add one with "type": "module" and "heddle": { "nodes": "./index.js" }');
  const nodes = nodesOf(text, entry);
  const file = resolve(folder, nodes);
  if (!(await stat(file).catch(() => undefined))?.isFile())
    throw invalid(entry, `names '${nodes}' in its package.json, which is not a file`);
  return { file, folder };
}

function nodesOf(text: string, entry: string): string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid(entry, 'has a package.json that is not valid JSON', cause);
  }
  const parsed = Package.safeParse(json);
  const nodes = parsed.success ? parsed.data.heddle?.nodes : undefined;
  if (nodes === undefined)
    throw invalid(
      entry,
      'does not say where its nodes are: add "heddle": { "nodes": "./index.js" } to its package.json',
    );
  return nodes;
}

function installedFolder(name: string, from: string): string {
  const require = createRequire(pathToFileURL(join(from, 'package.json')));
  // `exports` may hide package.json, so the folders that Node would search are tried one by one.
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return dirname(require.resolve(join(folder, name, 'package.json')));
    } catch {
      // the next folder may have it
    }
  }
  throw invalid(name, 'is neither a folder nor an installed package: check HEDDLE_NODES, or install it');
}

export function invalid(entry: string, why: string, cause?: unknown): HeddleError {
  return new HeddleError('custom_nodes_invalid', `'${entry}' ${why}.`, { cause, details: { entry } });
}
