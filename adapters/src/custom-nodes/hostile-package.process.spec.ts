import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NodeDefinition } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { detectConfinement, loaderOnly } from './host/confinement.js';
import { openCustomNodes, type CustomNodes } from './open-custom-nodes.js';

const hostile = fileURLToPath(new URL('./__fixtures__/hostile', import.meta.url));
let folder = '';
let connections = 0;
const listener = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-data-'));
  await Promise.all(['heddle.db', 'secret.key', 'addon.node'].map((name) => writeFile(join(folder, name), 'secret')));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  listener.close();
  await rm(folder, { recursive: true });
});

function nodeOf(nodes: CustomNodes, type: string): NodeDefinition {
  const found = nodes.definitions.find((node) => node.type === type);
  if (found === undefined) throw new Error(`No node ${type}`);
  return found;
}

describe.each([
  ['as well as this system can', detectConfinement],
  ['by the loader alone', () => Promise.resolve(loaderOnly)],
])('a hostile package, confined %s', (_name, confinementOf) => {
  let nodes: CustomNodes;
  beforeAll(async () => {
    nodes = await openCustomNodes([hostile], { hidden: [folder], confinement: await confinementOf() });
  });
  afterAll(() => nodes.close());

  it('reaches nothing with any of its attempts', async () => {
    const { port } = listener.address() as AddressInfo;
    const given = {
      folder,
      database: join(folder, 'heddle.db'),
      secret: join(folder, 'secret.key'),
      addon: join(folder, 'addon.node'),
      written: join(folder, 'written'),
      port,
      url: `http://127.0.0.1:${port}/`,
    };
    const { outputs } = await runNode(nodeOf(nodes, 'hostile/attempts'), { config: { given } });
    expect(outputs['reached']).toEqual({});
    expect(outputs['tried']).toBeGreaterThan(150);
    expect(connections).toBe(0);
    expect([
      existsSync(join(folder, 'written')),
      existsSync(join(hostile, 'written')),
      existsSync(join(hostile, 'linked')),
    ]).toEqual([false, false, false]);
    expect(process.title).not.toBe('hostile');
  });

  it('is ended when it writes to the pipe itself', async () => {
    await expect(runNode(nodeOf(nodes, 'hostile/pipe'))).rejects.toMatchObject({ code: 'custom_node_crashed' });
  });
});

describe('what a package may read', () => {
  it('leaves out the data folder when it is inside the folder of the package', async () => {
    const around = await mkdtemp(join(tmpdir(), 'heddle-around-'));
    const data = join(around, '.heddle');
    await mkdir(data);
    await writeFile(join(data, 'secret.key'), 'secret');
    await writeFile(join(around, 'beside.mjs'), "export const beside = 'beside';");
    await writeFile(
      join(around, 'own.mjs'),
      `import { defineNode, Json } from '@heddle/core'; import { z } from 'zod'; import { readFileSync } from 'node:fs'; import { beside } from './beside.mjs';
       export const own = defineNode({ type: 'own', version: 1, category: 'data', title: 'T', summary: 'S', role: 'step', effects: [], config: z.object({}), inputs: {}, outputs: { said: Json },
         run: () => { try { return { said: String(readFileSync(${JSON.stringify(join(data, 'secret.key'))})) }; } catch (error) { return { said: [beside, error.code] }; } } });`,
    );
    const nodes = await openCustomNodes([join(around, 'own.mjs')], { hidden: [data] });
    try {
      expect((await runNode(nodeOf(nodes, 'own'))).outputs).toEqual({ said: ['beside', 'ERR_ACCESS_DENIED'] });
    } finally {
      await nodes.close();
      await rm(around, { recursive: true });
    }
  });
});
