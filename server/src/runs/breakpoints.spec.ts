import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resumeRun, startRun } from '@heddle/engine';
import type { Role } from '@heddle/core';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const question = { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } };
const reply = { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } };
const echo = {
  heddle: 2,
  name: 'Echo',
  nodes: { question, reply },
  edges: [{ from: 'question.question', to: 'reply.text' }],
};

describe('a run at a breakpoint', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer({
      settings: { HEDDLE_SIGN_IN: 'required' },
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
  });
  afterEach(() => server.close());

  async function signedIn(role: Role): Promise<Readonly<Record<string, string>>> {
    const { users, projects, sessions } = server.heddle.parts.identity;
    const user = await users.create({ email: `${role}@example.org`, name: role });
    await projects.setRoles('default', `user:${user.id}`, [role]);
    const { token } = await sessions.begin(user.id, { isSecure: false, agent: '' });
    return { cookie: `heddle=${token}`, origin: server.address };
  }
  async function stopped(
    document: object,
    breakpoints: readonly string[],
  ): Promise<{ runId: string; requestId: string }> {
    const { runId } = await server.heddle.runs.start({
      document: await server.heddle.compile.read(document),
      request: { inputs: { question: 'why' }, breakpoints: [...breakpoints] },
      trigger: 'test',
    });
    for (;;) {
      const [request] = await server.heddle.runs.requests(runId);
      if (request !== undefined) return { runId, requestId: request.requestId };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('is continued by a person who may control runs, and by no one who may only view or decide', async () => {
    const { runId, requestId } = await stopped(echo, ['reply']);
    const inbox = await server.call('GET', '/api/human-inputs', undefined, await signedIn('owner'));
    expect(inbox.body.requests).toMatchObject([{ requestId, isBreakpoint: true }]);
    const go = async (role: Role) =>
      server.call(
        'POST',
        `/api/runs/${runId}/human-inputs/${requestId}/continue`,
        { step: false },
        await signedIn(role),
      );
    expect((await go('viewer')).status).toBe(403);
    expect((await go('approver')).status).toBe(403);
    expect((await go('runner')).status).toBe(204);
    expect((await server.heddle.runs.wait(runId)).status).toBe('done');
    expect((await go('editor')).body.error.code).toBe('human_input_decided');
  });

  it('cannot be used to skip a human input', async () => {
    const approve = { type: 'human-input', version: 1, config: { title: "Paused before 'shout'" } };
    const { runId, requestId } = await stopped(
      {
        heddle: 2,
        name: 'Human input',
        nodes: { question, approve, reply },
        edges: [
          { from: 'question.question', to: 'approve.value' },
          { from: 'approve.approve', to: 'reply.text' },
        ],
      },
      [],
    );
    const runner = await signedIn('runner');
    const go = await server.call('POST', `/api/runs/${runId}/human-inputs/${requestId}/continue`, {}, runner);
    expect([go.status, go.body.error.code]).toEqual([403, 'forbidden']);
    const { body } = await server.call('GET', '/api/human-inputs', undefined, runner);
    expect(body.requests).toMatchObject([{ requestId, isBreakpoint: false }]);
    expect(await server.heddle.runs.requests(runId)).toHaveLength(1);
  });
});
