import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'heddle-nodes-'));
});
afterAll(() => rm(base, { recursive: true }));

describe('loadCustomNodes in a process of its own', () => {
  it('provides @heddle/core and zod to a folder that has neither, so that its errors are recognised', async () => {
    await mkdir(join(base, 'lent/deep'), { recursive: true });
    const files = {
      'lent/package.json': JSON.stringify({ type: 'module', heddle: { nodes: './index.js' } }),
      'lent/index.js': "export * from './deep/own.node.js';",
      'lent/deep/own.node.js': `
        import { defineNode, HeddleError, Text } from '@heddle/core';
        import { z } from 'zod';
        export const own = defineNode({ type: 'own', version: 1, category: 'data', title: 'Own', summary: 'S', role: 'step', effects: [],
          config: z.object({ size: z.number().default(3).meta({ title: 'Size' }) }), inputs: { text: Text }, outputs: { text: Text },
          run: () => { throw new HeddleError('input_empty', 'nothing'); } });`,
    };
    for (const [file, text] of Object.entries(files)) await writeFile(join(base, file), text);
    // A process of its own, from sources: the module loader of the test runner supports no hooks.
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
