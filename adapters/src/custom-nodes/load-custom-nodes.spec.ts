import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadCustomNodes } from './load-custom-nodes.js';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'heddle-nodes-'));
});
afterAll(() => rm(base, { recursive: true }));

/** A node as plain JavaScript, without any import: its config stands in for a zod schema. */
const plainNode = (type: string, extra = '') =>
  `{ type: '${type}', version: 1, category: 'data', title: 'T', summary: 'S', role: 'step', effects: [], config: { safeParse: () => ({ success: true, data: {} }), _zod: {} }, inputs: {}, outputs: {}, run: () => ({}), ${extra} }`;

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(base, file)), { recursive: true });
    await writeFile(join(base, file), text);
  }
}
const manifest = (nodes = './index.js') => JSON.stringify({ name: 'x', type: 'module', heddle: { nodes } });
const typesOf = async (...entries: string[]) => (await loadCustomNodes(entries, base)).map(({ type }) => type);

describe('loadCustomNodes', () => {
  it('loads a folder, a module and an installed package, with every form of export', async () => {
    await write({
      'folder/package.json': manifest(),
      'folder/index.js': `export const a = ${plainNode('named')}; export const other = 3; export const text = { type: 'no node' };`,
      'module.mjs': `export default [${plainNode('in-default')}]; export const nodes = [${plainNode('in-list')}];`,
      'node_modules/@acme/pack/package.json': JSON.stringify({
        name: '@acme/pack',
        type: 'module',
        exports: { '.': './nodes.js' },
        heddle: { nodes: 'nodes.js' },
      }),
      'node_modules/@acme/pack/nodes.js': `export default ${plainNode('acme/packed')};`,
    });
    expect(await typesOf('./folder', 'module.mjs', '@acme/pack')).toEqual([
      'named',
      'in-list',
      'in-default',
      'acme/packed',
    ]);
    expect(await typesOf(join(base, 'folder'))).toEqual(['named']);
    expect(await typesOf()).toEqual([]);
  });

  it.each([
    ['./gone', {}, 'does not exist'],
    ['gone-package', {}, 'neither a folder nor an installed package'],
    ['./empty', { 'empty/x.txt': '' }, 'has no package.json'],
    ['./text.txt', { 'text.txt': '' }, 'is not a JavaScript module'],
    ['./garbled', { 'garbled/package.json': '{' }, 'not valid JSON'],
    ['./silent', { 'silent/package.json': '{}' }, '"heddle": { "nodes": "./index.js" }'],
    ['./pointless', { 'pointless/package.json': manifest('./none.js') }, "names './none.js'"],
    ['./wrong.mjs', { 'wrong.mjs': 'export const = 1' }, 'cannot be loaded'],
    ['./throws.mjs', { 'throws.mjs': 'throw new Error("at start")' }, 'Error: at start'],
    ['./nothing.mjs', { 'nothing.mjs': 'export const a = 1' }, 'exports no node'],
    [
      './unfinished.mjs',
      { 'unfinished.mjs': `export const a = { ...${plainNode('half')}, title: '', config: {}, effects: ['magic'] }` },
      "The node 'half' of './unfinished.mjs' is not complete. title:",
    ],
    ['./listed.mjs', { 'listed.mjs': 'export const nodes = [3]' }, 'is not complete'],
    ['./named.mjs', { 'named.mjs': `export const a = ${plainNode('Bad Name')}` }, 'type: Expected lower-case words'],
    [
      './double.mjs',
      { 'double.mjs': `export const a = ${plainNode('same')}; export const b = ${plainNode('same')}` },
      "defines the node type 'same'",
    ],
  ] as const)('says what is wrong with %s', async (entry, files, message) => {
    await write(files);
    await expect(loadCustomNodes([entry], base)).rejects.toMatchObject({
      code: 'custom_nodes_invalid',
      message: expect.stringContaining(message),
    });
  });
});
