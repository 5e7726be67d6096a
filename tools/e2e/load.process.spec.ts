import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HealthReply } from '@heddle/core';
import { join } from 'node:path';
import { cleanUp, root } from './built-program.js';
import { greeting } from './documents.js';
import { eventually } from './eventually.js';
import { begin, post, runOf, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(120_000);
afterAll(cleanUp);

const slots = 4;
const queue = 40;

/** Holds a slot while it writes, then waits without one, then continues. */
const flood = {
  heddle: 2,
  name: 'Flood',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Json' }] } },
    write: { type: 'write-steadily', version: 1, config: { tokens: 25, perSecond: 50 } },
    pause: { type: 'wait', version: 1, config: { amount: 1, unit: 'seconds' } },
    after: { type: 'prompt', version: 1, config: { template: 'after {{ value }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } },
  },
  edges: [
    { from: 'who.name', to: 'write.value' },
    { from: 'write.text', to: 'pause.value' },
    { from: 'pause.value', to: 'after.value' },
    { from: 'after.text', to: 'reply.text' },
  ],
};

async function runsOf(server: ServerProcess): Promise<HealthReply['runs']> {
  return (JSON.parse((await send(server, '/api/health')).text) as HealthReply).runs;
}

describe('more runs than the server has slots for', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer({
      environment: {
        HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes'),
        HEDDLE_MAX_RUNS: String(slots),
        HEDDLE_MAX_QUEUED: String(queue),
      },
    });
  });
  afterAll(() => server.stop());

  it('wait in a bounded queue, get 503 with Retry-After beyond it, and do not block another workflow', async () => {
    const replies = await Promise.all(
      Array.from({ length: 150 }, () => post(server, '/api/runs', { document: flood, inputs: { name: 'x' } })),
    );
    const accepted = replies.filter(({ status }) => status === 202);
    const refused = replies.filter(({ status }) => status !== 202);
    expect(accepted.length).toBeGreaterThanOrEqual(slots + queue);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, text } of refused)
      expect([status, headers['retry-after'], JSON.parse(text)]).toEqual([
        503,
        '2',
        expect.objectContaining({ error: expect.objectContaining({ code: 'busy' }) }),
      ]);
    expect((await runsOf(server)).running).toBeLessThanOrEqual(slots);

    const small = await begin(server, greeting, { name: 'Ada' });
    expect(await untilStatus(server, small)).toMatchObject({ status: 'done', outputs: { greeting: 'Hello Ada!' } });
    expect((await runsOf(server)).queued).toBeGreaterThan(queue / 2);

    await eventually('end of all runs', async () => {
      const { running, queued, suspended } = await runsOf(server);
      return running + queued + suspended === 0 ? true : undefined;
    });
    const ends = await Promise.all(
      accepted.map(({ text }) => runOf(server, (JSON.parse(text) as { runId: string }).runId)),
    );
    expect(ends.map(({ status }) => status)).toEqual(accepted.map(() => 'done'));
  });
});
