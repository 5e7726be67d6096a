import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { openCustomNodes, type CustomNodes, type PackageChange } from './open-custom-nodes.js';

let folder = '';
let nodes: CustomNodes;
const changes: PackageChange[] = [];

const write = (says: string, given = ''): Promise<void> =>
  writeFile(
    join(folder, 'lib', 'says.js'),
    `import { defineNode, Text } from '@heddle/core'; import { z } from 'zod';
     const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
     export const own = defineNode({ type: 'own', version: 1, category: 'data', title: '${says}', summary: 'S', role: 'step', effects: [],
       config: z.object({ ms: z.int().default(0) }), inputs: {}, outputs: { text: Text },
       run: async ({ config }) => { await pause(config.ms); return { text: '${says} ' + process.pid }; } });${given}`,
  );
/** The next change of the package. */
async function changed(): Promise<PackageChange> {
  for (;;) {
    const change = changes.shift();
    if (change !== undefined) return change;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const run = async (ms = 0): Promise<string> => {
  const [node] = nodes.definitions;
  if (node === undefined) throw new Error('No node');
  return String((await runNode(node, { config: { ms } })).outputs['text']);
};

describe('a folder that changes', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heddle-hot-'));
    await mkdir(join(folder, 'lib'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "heddle": { "nodes": "./index.js" } }');
    await writeFile(join(folder, 'index.js'), "export * from './lib/says.js';");
    await write('first');
    nodes = await openCustomNodes([folder], { onChange: (change) => changes.push(change) });
    await nodes.watch();
    changes.length = 0;
  });
  afterEach(async () => {
    await nodes.close();
    await rm(folder, { recursive: true });
  });

  it('is loaded again; a running node ends with the old code, and a new one runs the new code', async () => {
    const [before] = nodes.definitions;
    const running = run(2_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await write('second');
    expect(await changed()).toMatchObject({ removed: ['own'], added: [{ type: 'own', title: 'second' }] });
    const again = await run();
    const old = await running;
    expect([again.split(' ')[0], old.split(' ')[0]]).toEqual(['second', 'first']);
    expect(again).not.toBe(old);
    // A plan that was compiled before the change has the old definition, which leads to the new code.
    if (before === undefined) throw new Error('No node');
    expect((await runNode(before)).outputs['text']).toMatch(/^second /);
  }, 90_000);

  it('keeps the version before when it cannot be loaded, and reports why until it can', async () => {
    await write('broken', ' const = ;');
    expect(await changed()).toMatchObject({ added: [], removed: [], error: { code: 'custom_nodes_invalid' } });
    expect(nodes.packages).toMatchObject([{ types: ['own'], error: { code: 'custom_nodes_invalid' } }]);
    expect(await run()).toMatch(/^first /);
    await write('mended');
    expect(await changed()).toMatchObject({ added: [{ title: 'mended' }] });
    expect(nodes.packages).toEqual([{ entry: folder, types: ['own'] }]);
    expect(await run()).toMatch(/^mended /);
  }, 90_000);
});
