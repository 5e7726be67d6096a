import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resumeRun, startRun } from '@heddle/engine';
import type { Role, ListedRun } from '@heddle/core';
import { io, type Socket } from 'socket.io-client';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

const echo = {
  heddle: 2,
  name: 'Echo',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } },
  },
  edges: [{ from: 'question.question', to: 'reply.text' }],
};

describe('a run that is deleted', () => {
  let server: TestServer;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    server = await startTestServer({
      settings: { HEDDLE_SIGN_IN: 'required' },
      withStandardNodes: true,
      withStoredJournal: true,
      engine: { startRun, resumeRun },
    });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await server.close();
  });

  async function signedIn(role: Role, project = 'default'): Promise<Readonly<Record<string, string>>> {
    const { users, projects, sessions } = server.heddle.parts.identity;
    const user = await users.create({ email: `${role}@example.org`, name: role });
    await projects.setRoles(project, `user:${user.id}`, [role]);
    const { token } = await sessions.begin(user.id, { isSecure: false, agent: '' });
    return { cookie: `heddle=${token}`, origin: server.address };
  }
  /** Watches the list of runs by the socket, and returns the first run that is reported as deleted, and all messages until it leaves. */
  async function watching(extraHeaders: Readonly<Record<string, string>>) {
    const socket = io(`${server.address}/live`, { transports: ['websocket'], forceNew: true, extraHeaders });
    sockets.push(socket);
    let text = '';
    const deleted = new Promise<string>((resolve) => {
      socket.on('events', ({ events }: { readonly events: readonly ListedRun[] }) => {
        text += JSON.stringify(events);
        const gone = events.find((run) => 'isDeleted' in run);
        if (gone !== undefined) resolve(gone.runId);
      });
    });
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    expect(await socket.emitWithAck('watch', { topic: 'runs' })).toMatchObject({ ok: true });
    const leave = async (): Promise<string> => {
      await socket.emitWithAck('unwatch', { topic: 'runs' });
      return text;
    };
    return { deleted, leave };
  }
  const start = async (breakpoints: readonly string[] = []): Promise<string> => {
    const { runId } = await server.heddle.runs.start({
      document: await server.heddle.compile.read(echo),
      request: { inputs: { question: 'why' }, breakpoints: [...breakpoints] },
      trigger: 'test',
    });
    await server.heddle.runs.wait(runId);
    return runId;
  };

  it('disappears from the list and its address, and the audit log says who deleted it', async () => {
    const editor = await signedIn('editor');
    const kept = await start();
    const gone = await start();
    expect((await server.call('DELETE', `/api/runs/${gone}`, undefined, editor)).status).toBe(204);
    const list = await server.call('GET', '/api/runs', undefined, editor);
    expect(list.body.runs.map(({ runId }: { readonly runId: string }) => runId)).toEqual([kept]);
    for (const part of ['', '/document', '/events'])
      expect((await server.call('GET', `/api/runs/${gone}${part}`, undefined, editor)).body.error.code).toBe(
        'run_not_found',
      );
    expect((await server.call('DELETE', `/api/runs/${gone}`, undefined, editor)).body.error.code).toBe('run_not_found');
    const acts = await server.call('GET', '/api/audit?act=erase', undefined, await signedIn('auditor'));
    expect(JSON.stringify(acts.body)).toContain(`run:${gone}`);
  });

  it("is reported to watchers of its project's list, and to no one else", async () => {
    const editor = await signedIn('editor');
    const run = await start();
    const other = (await server.heddle.parts.identity.projects.create('Other')).id;
    const near = await watching(editor);
    const far = await watching(await signedIn('runner', other));
    await server.call('DELETE', `/api/runs/${run}`, undefined, editor);
    await expect(near.deleted).resolves.toBe(run);
    expect(await far.leave()).not.toContain(run);
  });

  it('is kept while a run that reuses its results has not ended, and the refusal says so', async () => {
    const editor = await signedIn('editor');
    const first = await start();
    const { runId } = await server.heddle.runs.start({
      document: await server.heddle.compile.read(echo),
      request: { inputs: {}, reuseFrom: first, from: 'reply', breakpoints: ['reply'] },
      trigger: 'test',
    });
    await server.heddle.runs.wait(runId);
    const refused = await server.call('DELETE', `/api/runs/${first}`, undefined, editor);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'run_unfinished']);
    expect(refused.body.error.message).toContain(`A run that goes on from ${first} has not ended`);
    await server.heddle.runs.cancel(runId);
    expect((await server.call('DELETE', `/api/runs/${first}`, undefined, editor)).status).toBe(204);
  });

  it('is kept while it has not ended, and from callers who may only run', async () => {
    const paused = await start(['reply']);
    const refused = await server.call('DELETE', `/api/runs/${paused}`, undefined, await signedIn('editor'));
    expect([refused.status, refused.body.error.code]).toEqual([409, 'run_unfinished']);
    expect(refused.body.error.message).toBe(`The run ${paused} has not ended: stop it first, then delete it.`);
    expect(
      (await server.call('DELETE', `/api/runs/${await start()}`, undefined, await signedIn('runner'))).status,
    ).toBe(403);
  });
});
