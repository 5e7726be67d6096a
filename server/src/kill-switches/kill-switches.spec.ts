import type { RunPause } from '@heddle/engine';
import { HeddleError, labelOf, type CallScope, type KillSwitchesReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { until } from '../channels/testing/open-published.js';
import { testDocument } from '../testing/test-nodes.js';
import { serversOfTests } from '../testing/servers-of-tests.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { createKillSwitchGuard, refuseKilled } from './kill-switch-guard.js';

describe('kill switches', () => {
  const startServer = serversOfTests();
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(() => server.close());

  it('are set, read, audited and released', async () => {
    const { heddle } = server;
    const { id, slug } = await heddle.workflows.create(testDocument());
    const target = `workflow:${id}`;
    // A slug can name the workflow; its id is stored.
    expect(
      await server.call('PUT', `/api/kill-switches/workflow:${slug}`, { reason: 'It sends letters.' }),
    ).toMatchObject({
      status: 200,
      body: { target, runs: 0 },
    });
    expect((await server.call('GET', '/api/kill-switches')).body.killSwitches).toMatchObject([
      { target, reason: 'It sends letters.', who: 'local' },
    ]);
    const run = { workflowId: id, workflowName: 'Ask the handbook' };
    expect(() => refuseKilled(heddle.parts.killSwitches, run)).toThrow(
      "The kill switch for the workflow 'Ask the handbook' is on until it is released under Settings, Kill switches: It sends letters.",
    );
    expect((await server.call('GET', `/api/kill-switches/${target}`)).status).toBe(200);
    expect((await server.call('DELETE', `/api/kill-switches/workflow:${slug}`)).status).toBe(200);
    expect((await server.call('DELETE', `/api/kill-switches/${target}`)).status).toBe(404);
    expect((await server.call('PUT', '/api/kill-switches/everyone', { reason: 'x' })).status).toBe(400);
    const found = await heddle.audit.list({ kinds: ['stop'] });
    expect(found.map(({ who, subject, details }) => [who, subject, details['step']])).toEqual([
      ['local', target, 'released'],
      ['local', target, 'set'],
    ]);
  });

  it('are refused when they would stop nothing, so that no one relies on them', async () => {
    for (const [target, code] of [
      ['workflow:asc-the-handbook', 'workflow_not_found'],
      ['connection:opneai', 'connection_not_found'],
    ] as const)
      expect((await server.call('PUT', `/api/kill-switches/${target}`, { reason: 'x' })).body.error.code).toBe(code);
    // A deleted workflow may have runs that can be repeated.
    const { id, document } = await server.heddle.workflows.create(testDocument());
    const request = { inputs: { question: 'why' } };
    await server.heddle.runs.start({ document, workflowId: id, request, trigger: 'test' });
    await server.heddle.workflows.delete(id, undefined);
    expect((await server.call('PUT', `/api/kill-switches/workflow:${id}`, { reason: 'x' })).status).toBe(200);
  });

  it('of an unknown tool name are set with a warning', async () => {
    const set = async (name: string): Promise<unknown> =>
      (await server.call('PUT', `/api/kill-switches/tool:${name}`, { reason: 'x' })).body;
    const warned = { warnings: [expect.stringContaining("'calculater' is known")] };
    expect(await set('calculater')).toEqual({ target: 'tool:calculater', runs: 0, ...warned });
    expect(server.heddle.parts.killSwitches.get('tool:calculater')).toBeDefined();
    const { document } = await server.heddle.workflows.create(testDocument());
    const shout = { ...document.nodes['shout']!, config: { tools: [{ use: 'calculator' }] } };
    await server.heddle.parts.workflows.create({ ...document, nodes: { ...document.nodes, shout } });
    expect(await set('calculator')).toEqual({ target: 'tool:calculator', runs: 0 });
    // When names cannot be looked up, the kill switch is set all the same.
    Object.assign(server.heddle.parts.workflows, {
      list: () => Promise.reject(new HeddleError('storage_failed', 'x')),
    });
    expect(await set('mail')).toEqual({ target: 'tool:mail', runs: 0 });
  });

  it('of a workflow are not shown in another project', async () => {
    const own = await startServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
    const { users, projects, sessions } = own.heddle.parts.identity;
    const cookieIn = async (name: string, project: string): Promise<Readonly<Record<string, string>>> => {
      const user = await users.create({ email: `${name}@example.org`, name });
      await projects.setRoles(project, `user:${user.id}`, ['owner']);
      return { cookie: `heddle=${(await sessions.begin(user.id, { isSecure: false, agent: '' })).token}` };
    };
    const ada = await cookieIn('ada', 'default');
    const eve = await cookieIn('eve', (await projects.create('Other')).id);
    const { id } = await own.heddle.workflows.create(testDocument());
    await own.heddle.killSwitches.set(`workflow:${id}`, 'It told a secret.', 'local');
    await own.heddle.killSwitches.set('tool:mail', 'It spams.', 'local');
    const received = async (who: Readonly<Record<string, string>>): Promise<string[]> =>
      (await own.call('GET', '/api/kill-switches', undefined, who)).body.killSwitches
        .map(({ target }: { target: string }) => target)
        .sort() as string[];
    expect([await received(ada), await received(eve)]).toEqual([['tool:mail', `workflow:${id}`], ['tool:mail']]);
    expect((await own.call('GET', `/api/kill-switches/workflow:${id}`, undefined, eve)).status).toBe(404);
    const sockets = [ada, eve].map((extraHeaders) =>
      io(`${own.address}/live`, { transports: ['websocket'], forceNew: true, extraHeaders }),
    );
    try {
      const heard = sockets.map((socket) => {
        const states: string[][] = [];
        socket.on('events', ({ events }: { readonly events: readonly KillSwitchesReply[] }) =>
          states.push(...events.map(({ killSwitches }) => killSwitches.map(({ target }) => target).sort())),
        );
        return states;
      });
      for (const socket of sockets)
        expect(await socket.emitWithAck('watch', { topic: 'kill-switches' })).toMatchObject({ ok: true });
      await own.heddle.killSwitches.set('all', 'It burns.', 'local');
      await until(() => heard.every((states) => states.length === 2) || undefined);
      await own.heddle.killSwitches.release('tool:mail', 'local');
      await until(() => heard.every((states) => states.length === 3) || undefined);
      const inOwn = `workflow:${id}`;
      expect(heard).toEqual([
        [
          ['tool:mail', inOwn],
          ['all', 'tool:mail', inOwn],
          ['all', inOwn],
        ],
        [['tool:mail'], ['all', 'tool:mail'], ['all']],
      ]);
    } finally {
      for (const socket of sockets) socket.close();
    }
  });

  it('refuse new runs of what they cover', async () => {
    const { heddle } = server;
    const { id } = await heddle.workflows.create(testDocument());
    await heddle.killSwitches.set(`workflow:${id}`, 'no', 'local');
    const killSwitches = heddle.parts.killSwitches;
    expect(() => refuseKilled(killSwitches, { workflowId: id, workflowName: 'Ask' })).toThrow(HeddleError);
    expect(() => refuseKilled(killSwitches, { workflowId: 'v', workflowName: 'Ask' })).not.toThrow();
    await heddle.killSwitches.set('all', 'no', 'local');
    expect(() => refuseKilled(killSwitches, { workflowId: undefined, workflowName: 'Ask' })).toThrow(
      'for everything is on',
    );
  });

  it('stop every call that they cover: its run is paused first', async () => {
    const { heddle } = server;
    const paused: string[] = [];
    const leaving = new AbortController();
    const pause = (runId: string, { cause, reason }: RunPause): boolean => {
      paused.push(`${runId} ${cause?.target} ${reason}`);
      setImmediate(() => leaving.abort());
      return true;
    };
    const inner = await heddle.workflows.create(testDocument());
    const guard = createKillSwitchGuard(heddle.parts.killSwitches, { pause }, () => Promise.resolve([inner.id]));
    const scope: CallScope = {
      runId: 'r',
      path: 'answer',
      attempt: 1,
      run: {
        runId: 'r',
        workflowId: 'w',
        workflowName: 'W',
        time: 0,
        trigger: 'test',
        inputs: {},
        options: {},
        rootId: 'r',
        origin: undefined,
        reused: [],
      },
      signal: leaving.signal,
      label: labelOf('internal'),
      passages: () => [],
      record: () => undefined,
    };
    const rest = { isLocal: false, inputTokens: 0, outputTokens: 0, price: undefined } as const;
    const model = { kind: 'generate', subject: 'hub/m', connection: 'hub', ...rest } as const;
    const tool = { kind: 'tool', subject: 'mail', connection: undefined, ...rest } as const;
    const killSwitch = (target: string, reason: string) =>
      heddle.parts.tables.commit(heddle.parts.killSwitches.write.set({ target, reason, who: 'local', time: 0 }));
    await killSwitch('connection:hub', 'leaks');
    await killSwitch('tool:mail', 'spams');
    await expect(guard.admit(model, scope)).rejects.toMatchObject({
      code: 'kill_switch',
      message: expect.stringMatching(/is on until it is released \(heddle release \S+\): /),
    });
    await expect(guard.admit(tool, scope)).rejects.toMatchObject({ code: 'kill_switch' });
    expect(leaving.signal.aborted).toBe(true);
    expect(paused).toEqual(['r connection:hub leaks', 'r tool:mail spams']);
    expect(await guard.admit({ ...model, connection: 'other' }, scope)).toBeUndefined();
    expect(await guard.admit({ ...tool, subject: 'read' }, scope)).toBeUndefined();
    // The switch also covers the workflow as a step of another workflow.
    await killSwitch(`workflow:${inner.id}`, 'lies');
    await expect(guard.admit({ ...tool, subject: 'read' }, scope)).rejects.toMatchObject({ code: 'kill_switch' });
  });
});
