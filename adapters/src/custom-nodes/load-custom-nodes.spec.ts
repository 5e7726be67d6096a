import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
  it('loads a folder, a module and an installed package, and takes every way of exporting', async () => {
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
    ['./text.txt', { 'text.txt': '' }, 'is no JavaScript module'],
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

  it('lends @heddle/core and zod to a folder that has neither, so that its errors are known', async () => {
    await write({
      'lent/package.json': manifest(),
      'lent/index.js': "export * from './deep/own.node.js';",
      'lent/deep/own.node.js': `
        import { defineNode, HeddleError, Text } from '@heddle/core';
        import { z } from 'zod';
        export const own = defineNode({ type: 'own', version: 1, category: 'data', title: 'Own', summary: 'S', role: 'step', effects: [],
          config: z.object({ size: z.number().default(3).meta({ title: 'Size' }) }), inputs: { text: Text }, outputs: { text: Text },
          run: () => { throw new HeddleError('input_empty', 'nothing'); } });`,
    });
    // A process of its own, from sources: the test runner has a module loader that takes no hooks.
    const script = `
      import { HeddleError } from '@heddle/core';
      import { loadCustomNodes } from '${new URL('./load-custom-nodes.ts', import.meta.url).href}';
      const [own] = await loadCustomNodes(['./lent'], ${JSON.stringify(base)});
      try { own.run({}); } catch (error) { console.log(error instanceof HeddleError, error.code, own.config.parse({}).size); }`;
    const resolveSources = new URL('../child/resolve-sources.mjs', import.meta.url).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--conditions=source',
        '--disable-warning=ExperimentalWarning',
        '--import',
        resolveSources,
        '--input-type=module',
        '-e',
        script,
      ],
      { cwd: fileURLToPath(new URL('.', import.meta.url)) },
    );
    expect(stdout.trim()).toBe('true input_empty 3');
  });
});
