import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { cleanUp, temporaryFolder } from './built-program.js';
import { busy } from './documents.js';
import { eventually } from './eventually.js';
import { longThread } from './long-thread.js';
import { callJson, post, runOf, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
afterAll(cleanUp);

interface Said {
  readonly message: { readonly role: string; readonly content: string };
  readonly run: string;
}

describe('a thread whose server is killed', () => {
  it('continues after a kill in the middle of an answer: nothing is lost, repeated or mixed', async () => {
    const data = temporaryFolder();
    const first = await startServer({ data });
    const { id: workflow } = await callJson(first, 'POST', '/api/workflows', { document: busy(2_000) });
    const ask = (server: ServerProcess, name: string, thread: string) =>
      post(server, `/api/workflows/${String(workflow)}/runs`, { inputs: { name }, thread });
    const begun = JSON.parse((await ask(first, 'Ada', 'new')).text) as { runId: string };
    const { summary } = await untilStatus(first, begun.runId);
    const thread = summary.caller?.thread ?? '';
    expect(thread).toMatch(/^[0-9a-f]{24}$/);

    const { runId } = JSON.parse((await ask(first, 'Ben', thread)).text) as { runId: string };
    await eventually('running run', async () => ((await runOf(first, runId)).status === 'running' ? true : undefined));
    await first.kill();

    const second = await startServer({ data });
    // The earlier run keeps the thread, whether it is recovered or already done.
    const refused = await ask(second, 'Cleo', thread);
    const isOver = (await runOf(second, runId)).status === 'done';
    if (!isOver) expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([409, 'thread_busy']);
    expect(await untilStatus(second, runId)).toMatchObject({ status: 'done' });
    const said = async (): Promise<readonly (readonly [string, string])[]> =>
      ((await callJson(second, 'GET', `/api/conversations/${thread}`))['said'] as Said[]).map(({ message }) => [
        message.role,
        message.content,
      ]);
    expect((await said()).slice(0, 4)).toEqual([
      ['user', 'Ada'],
      ['assistant', 'Before Ada, counted'],
      ['user', 'Ben'],
      ['assistant', 'Before Ben, counted'],
    ]);
    // The same under /v1, for the same subject. A workflow that is not published shows no name made from a message.
    const { threads } = await callJson(second, 'GET', '/v1/threads');
    expect(threads).toMatchObject([{ id: thread, messages: 4 }]);
    await second.kill();

    const third = await startServer({ data });
    const next = await ask(third, 'Dan', thread);
    expect(next.status).toBeLessThan(300);
    await untilStatus(third, (JSON.parse(next.text) as { runId: string }).runId);
    const { said: all } = await callJson(third, 'GET', `/api/conversations/${thread}`);
    expect((all as Said[]).slice(-2).map(({ message }) => message.content)).toEqual(['Dan', 'Before Dan, counted']);
    await third.stop();
  });
});

describe('a conversation on a server that is killed in the middle of an answer', () => {
  it('has every message once, in order', () => longThread({ turns: 12, kills: 1 }));
});

describe('a response whose server is killed', () => {
  it('exists with its answer after a kill while it is made, and can be continued', async () => {
    const data = temporaryFolder();
    const first = await startServer({ data });
    await callJson(first, 'POST', '/api/workflows', { document: busy(2_000), slug: 'busy' });
    await post(first, '/api/workflows/busy/publish', { acceptDataMap: true });
    const create = (server: ServerProcess, body: object) =>
      callJson(server, 'POST', '/v1/responses', { model: 'busy', ...body });
    const made = await create(first, { input: 'Ada', background: true, metadata: { note: 'kept' } });
    const id = String(made['id']);
    await eventually('running run', async () =>
      (await callJson(first, 'GET', `/v1/responses/${id}`))['status'] === 'in_progress' ? true : undefined,
    );
    await first.kill();

    const second = await startServer({ data });
    const read = await eventually('completed response', async () => {
      const found = await callJson(second, 'GET', `/v1/responses/${id}`);
      return found['status'] === 'completed' ? found : undefined;
    });
    expect(read).toMatchObject({
      id,
      metadata: { note: 'kept' },
      conversation: { id: expect.stringMatching(/^[0-9a-f]{24}$/) },
      output: [{ content: [{ text: 'Before Ada, counted' }] }],
    });
    const next = await create(second, { input: 'Ben', previous_response_id: id });
    expect(next).toMatchObject({ status: 'completed', conversation: read['conversation'] });
    await second.stop();
  });
});
