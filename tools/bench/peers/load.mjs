import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import { root } from '../../bootstrap/repository.mjs';

/** The folder where the other engines are installed, outside the dependencies of the workspace. */
export const peersFolder = join(root, '.nx', 'peers');

/**
 * The packages and versions to install. The override is the version with prebuilt binaries for current Node, so that nothing is compiled.
 */
export const peersPackage = {
  name: 'heddle-peers',
  private: true,
  type: 'module',
  dependencies: {
    '@ironclad/rivet-node': 'latest',
    '@langchain/core': 'latest',
    '@langchain/langgraph': 'latest',
    '@langchain/langgraph-checkpoint-sqlite': 'latest',
    '@llamaindex/workflow-core': 'latest',
    '@mastra/core': 'latest',
    '@mastra/libsql': 'latest',
    'n8n-core': 'latest',
    'n8n-workflow': 'latest',
  },
  overrides: { 'better-sqlite3': '13.2.0' },
};

const requirePeer = createRequire(join(peersFolder, 'package.json'));

/** Loads an ES module of an installed engine. */
export const importPeer = (name) => {
  const [scope, ...rest] = name.split('/');
  const id = scope.startsWith('@') ? `${scope}/${rest[0]}` : scope;
  const path = scope.startsWith('@') ? rest.slice(1) : rest;
  const folder = folderOf(id);
  const { exports: map, module, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entry = map?.[path.length === 0 ? '.' : `./${path.join('/')}`] ?? map?.['./*'];
  const file = fileOf(entry)?.replace('*', path.join('/')) ?? module ?? main;
  return import(pathToFileURL(join(folder, file)).href);
};

function fileOf(entry) {
  if (entry === undefined || typeof entry === 'string') return entry;
  return fileOf(entry.node ?? entry.import ?? entry.default);
}

/** Loads a CommonJS module of an installed engine. */
export const loadPeer = (name) => requirePeer(name);

/** Reads the installed version of a package. */
export const versionOf = (name) => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')).version;

const folderOf = (name) => dirname(join(peersFolder, 'node_modules', name, 'package.json'));
