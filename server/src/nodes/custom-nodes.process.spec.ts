import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../common/log.js';
import { openHeddle, type OpenedHeddle } from '../heddle/open-heddle.js';
import { readSettings } from '../settings/read-settings.js';

const own = fileURLToPath(new URL('../../../adapters/src/custom-nodes/__fixtures__/own', import.meta.url));
const node = (type: string, config: object = {}, run?: object) => ({
  type,
  version: 1,
  config,
  ...(run === undefined ? {} : { run }),
});
const output = (...names: string[]) => node('output', { fields: names.map((name) => ({ name })) });

describe('custom nodes in the engine', () => {
  let folder: string;
  let heddle: OpenedHeddle;
  const open = async (): Promise<void> => {
    heddle = await openHeddle(
      readSettings({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0', HEDDLE_NODES: own, PATH: process.env['PATH'] ?? '' }),
      { kind: 'server', log: silentLog },
    );
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-own-'));
    await open();
  });
  afterAll(async () => {
    await heddle.stop();
    await heddle.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(nodes: object, edges: readonly object[], inputs: object = {}): Promise<string> {
    const document = await heddle.compile.read({ heddle: 2, name: 'Own', nodes, edges });
    const { runId } = await heddle.runs.start({ document, request: { inputs: { ...inputs } }, trigger: 'test' });
    return runId;
  }
  const eventsOf = async (runId: string, type: string) =>
    (await heddle.parts.journal.events(runId)).filter((event) => event.type === type);
  async function until<Value>(read: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
    for (;;) {
      const found = await read();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('streams from one node into another, and ends with the whole text', async () => {
    const runId = await start(
      { count: node('own/count', { to: 3, pauseMs: 5 }), shout: node('own/shout'), end: output('text') },
      [
        { from: 'count.text', to: 'shout.text' },
        { from: 'shout.text', to: 'end.text' },
      ],
    );
    expect(await heddle.runs.wait(runId)).toMatchObject({ status: 'done', outputs: { text: '1 2 3 ' } });
  });

  it('suspends for a person and for a time, survives a restart, and runs again from the top with its steps', async () => {
    const runId = await start({ wait: node('own/wait', { sleepMs: 300 }), end: output('said') }, [
      { from: 'wait.said', to: 'end.said' },
    ]);
    const request = await until(async () => (await heddle.runs.requests(runId))[0]);
    await heddle.stop();
    await heddle.close();
    await open();
    await heddle.recover(true);
    await heddle.runs.answer(runId, request.requestId, { value: { name: 'Ada' } });
    expect(await heddle.runs.wait(runId)).toMatchObject({
      status: 'done',
      outputs: { said: { type: 'answered', value: { name: 'Ada' }, before: 'number' } },
    });
    expect(await eventsOf(runId, 'node-step')).toHaveLength(2);
  });

  it('retries after a crash, and runs a journaled step once', async () => {
    const runId = await start(
      {
        crash: node('own/crash', { how: 'exit', step: true }, { retry: { attempts: 3, backoffMs: 1 } }),
        end: output('value'),
      },
      [{ from: 'crash.value', to: 'end.value' }],
    );
    const result = await heddle.runs.wait(runId);
    expect(result).toMatchObject({ status: 'done' });
    const { first, second } = (result.outputs as { value: { first: number; second: number } }).value;
    expect(first).not.toBe(second);
    expect(await eventsOf(runId, 'node-step')).toHaveLength(1);
    expect(await eventsOf(runId, 'node-retry')).toMatchObject([{ error: { code: 'custom_node_crashed' } }]);
  });

  it('ends a node that blocks its process, by a timeout, and the server keeps running', async () => {
    const runId = await start({ crash: node('own/crash', { how: 'spin' }, { wallMs: 500 }), end: output('value') }, [
      { from: 'crash.value', to: 'end.value' },
    ]);
    expect(await heddle.runs.wait(runId)).toMatchObject({ status: 'failed', error: { code: 'node_timeout' } });
  });

  it('stops when the run is cancelled', async () => {
    const runId = await start({ count: node('own/count', { to: 10_000, pauseMs: 10 }), end: output('text') }, [
      { from: 'count.text', to: 'end.text' },
    ]);
    await until(async () => ((await eventsOf(runId, 'node-start')).length > 0 ? true : undefined));
    await heddle.runs.cancel(runId);
    expect(await heddle.runs.wait(runId)).toMatchObject({ status: 'cancelled' });
  });

  it('fails with the name of an undeclared effect', async () => {
    const runId = await start({ call: node('own/declares-nothing', { kind: 'fetch' }), end: output('got') }, [
      { from: 'call.got', to: 'end.got' },
    ]);
    expect(await heddle.runs.wait(runId)).toMatchObject({
      status: 'failed',
      error: { code: 'effect_undeclared', message: expect.stringContaining("'network'") },
    });
  });
});

describe('a folder of HEDDLE_NODES that changes while Heddle runs', () => {
  it('updates the catalog and what is compiled; a node that cannot be loaded changes nothing and is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-changes-'));
    const file = join(folder, 'own.mjs');
    const write = (port: string, more = ''): void =>
      writeFileSync(
        file,
        `import { defineNode, Text } from '@heddle/core'; import { z } from 'zod';
         export const own = defineNode({ type: 'own', version: 1, category: 'data', title: 'Own', summary: 'S', role: 'step', effects: [],
           config: z.object({}), inputs: {}, outputs: { ${port}: Text }, run: () => ({ ${port}: '${port}' }) });${more}`,
      );
    write('first');
    const heddle = await openHeddle(
      readSettings({ HEDDLE_DATA: join(folder, 'data'), HEDDLE_STOP_MS: '0', HEDDLE_NODES: file }),
      { kind: 'server', log: silentLog },
    );
    try {
      const document = await heddle.compile.read({
        heddle: 2,
        name: 'Own',
        nodes: { own: node('own'), end: output('text') },
        edges: [{ from: 'own.first', to: 'end.text' }],
      });
      await heddle.compile.plan(document);
      const before = heddle.catalog.list();
      write('second');
      while (heddle.catalog.list() === before) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(Object.keys(heddle.catalog.get('own')?.outputs ?? {})).toEqual(['second']);
      await expect(heddle.compile.plan(document)).rejects.toMatchObject({ code: 'workflow_invalid' });
      write('third', ' const = ;');
      const stateOf = async (): Promise<string | undefined> => (await heddle.nodePackages.packages())[0]?.state;
      while ((await stateOf()) === 'ready') await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await heddle.nodePackages.packages()).toMatchObject([
        {
          name: 'own.mjs',
          source: 'folder',
          types: ['own'],
          state: 'outdated',
          error: { code: 'custom_nodes_invalid' },
        },
      ]);
      expect(Object.keys(heddle.catalog.get('own')?.outputs ?? {})).toEqual(['second']);
    } finally {
      await heddle.stop();
      await heddle.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
