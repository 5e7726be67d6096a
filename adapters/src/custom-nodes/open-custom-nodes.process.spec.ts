import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonSchemaOf, type NodeDefinition } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { detectConfinement } from './host/confinement.js';
import { openCustomNodes, type CustomNodes, type OpenCustomNodesOptions } from './open-custom-nodes.js';

let base = '';
const opened: CustomNodes[] = [];
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'heddle-own-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((nodes) => nodes.close()));
});
afterAll(() => rm(base, { recursive: true }));

/** Writes a module with one node; `given` replaces parts of a plain node. */
async function write(name: string, given: string, before = ''): Promise<string> {
  const file = join(base, name, 'index.mjs');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(
    file,
    `import { defineNode, HeddleError, Json, NumberPort, Text, stream } from '@heddle/core';
     import { z } from 'zod';
     ${before}
     export const own = defineNode({ type: '${name}', version: 1, category: 'data', title: 'Own', summary: 'S', role: 'step', effects: [],
       config: z.object({}), inputs: { text: Text.optional() }, outputs: { text: Text }, ${given} });`,
  );
  return file;
}

async function open(file: string, options: OpenCustomNodesOptions = {}): Promise<NodeDefinition> {
  const nodes = await openCustomNodes([file], options);
  opened.push(nodes);
  const [definition] = nodes.definitions;
  if (definition === undefined) throw new Error('No node');
  return definition;
}

describe('openCustomNodes', () => {
  it('describes a node, reads its config and runs it, all in other processes', async () => {
    const file = await write(
      'described',
      `help: 'Help', config: z.object({ size: z.number().min(1).default(3).meta({ title: 'Size' }), extra: z.boolean().default(false).meta({ title: 'Extra' }) })
         .refine((config) => config.size < 10, { path: ['size'], message: 'Too big' }),
       ports: ({ extra }) => ({ outputs: extra ? { pid: NumberPort } : {} }),
       check: ({ size }) => (size === 7 ? [{ field: 'size', message: 'Not seven' }] : []),
       references: ({ size }) => [{ kind: 'model', id: 'model-' + size, field: 'size' }],
       run: ({ config, inputs }) => ({ text: inputs.text.repeat(config.size), ...(config.extra ? { pid: process.pid } : {}) }),`,
    );
    const node = await open(file);
    expect(jsonSchemaOf(node.config)).toMatchObject({
      type: 'object',
      properties: { size: { title: 'Size', default: 3 } },
    });
    expect(node.config.safeParse({ size: 12 })).toMatchObject({
      success: false,
      error: { issues: [{ path: ['size'], message: 'Too big' }] },
    });
    const config = node.config.parse({ extra: true });
    expect(config).toEqual({ size: 3, extra: true });
    expect(Object.keys(node.ports?.(config).outputs ?? {})).toEqual(['pid']);
    expect(node.check?.(node.config.parse({ size: 7 }))).toEqual([{ field: 'size', message: 'Not seven' }]);
    expect(node.references?.(config)).toEqual([{ kind: 'model', id: 'model-3', field: 'size' }]);
    const { outputs } = await runNode(node, { config: { extra: true }, inputs: { text: 'ab' } });
    expect(outputs).toMatchObject({ text: 'ababab', pid: expect.any(Number) });
    expect(outputs['pid']).not.toBe(process.pid);
  });

  it('refuses a type that Heddle or another package has, and leaves nothing running', async () => {
    const file = await write('taken', 'run: () => ({}),');
    const twin = join(base, 'twin.mjs');
    await writeFile(twin, `export * from './taken/index.mjs';`);
    await expect(open(file, { taken: new Set(['taken']) })).rejects.toMatchObject({
      code: 'custom_nodes_invalid',
      message: expect.stringContaining('comes with Heddle'),
    });
    await expect(openCustomNodes([file, twin])).rejects.toMatchObject({
      code: 'custom_nodes_invalid',
      message: expect.stringContaining("defines the node type 'taken'"),
    });
    if (process.platform === 'linux') expect(await childrenOf(process.pid)).toEqual([]);
  });

  it('leaves no process behind when the server is killed, even when a node never stops', async () => {
    const file = await write('spins', 'run: () => { for (;;); },');
    const here = (path: string): string => new URL(path, import.meta.url).href;
    const script = `
      import { runNode } from '@heddle/core/testing';
      import { openCustomNodes } from '${here('./open-custom-nodes.ts')}';
      const nodes = await openCustomNodes([${JSON.stringify(file)}]);
      void runNode(nodes.definitions[0]);
      console.log('open');`;
    const options = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--import'];
    const server = spawn(
      process.execPath,
      [...options, here('../child/resolve-sources.mjs'), '--input-type=module', '-e', script],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(server.stdout, 'data');
    const children = await childrenOf(server.pid ?? 0);
    server.kill('SIGKILL');
    await once(server, 'exit');
    const { prefix } = await detectConfinement();
    // Where the system does not end a busy process with its parent, the process lives on: only the others are awaited.
    const endsAll = prefix.some((word) => word.endsWith('setpriv'));
    if (process.platform === 'linux') expect(children).toHaveLength(2);
    const deadline = performance.now() + 10_000;
    const alive = (): number => children.filter(isAlive).length;
    while (alive() > (endsAll ? 0 : 1) && performance.now() < deadline)
      await new Promise((done) => setTimeout(done, 50));
    expect(alive()).toBeLessThanOrEqual(endsAll ? 0 : 1);
    for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL');
  }, 90_000);
});

/** The child processes of a process; none where the system does not list them. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    all.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      return [Number(name), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])] as const;
    }),
  );
  return parents.filter(([, parent]) => parent === pid).map(([child]) => child);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Where no process reaps orphans, an ended process stays as a zombie.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
