import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolServer } from '@heddle/core';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import type { AnyJson } from '../testing/any-json.js';
import { startModelServer, type ScriptedTurn, type TestModelServer } from '../testing/test-model-server.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';

const read = [{ name: 'files__read', args: { path: 'plan.txt' } }];
const write = [{ name: 'files__write', args: { path: 'out.txt' } }];

const membersOf = (count: number): string => Array.from({ length: count }, (_, index) => `"n${index}":1`).join(',');

describe('an agent with tools of a tool server', () => {
  let folder: string;
  let server: RunningServer;
  let tools: TestToolServer;
  let model: TestModelServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-agent-'));
    [tools, server] = await Promise.all([
      startToolServer(),
      startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' })),
    ]);
  });
  afterEach(async () => {
    await server.close();
    await Promise.all([tools.close(), model.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  const call = async (method: string, path: string, body?: unknown): Promise<AnyJson> => {
    const response = await fetch(`${server.address}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return response.status === 204 ? undefined : response.json();
  };
  const document = (entry: object = {}, label = 'internal') => ({
    heddle: 2,
    name: 'Clerk',
    nodes: {
      ask: { type: 'input', version: 1, config: { fields: [{ name: 'task', type: 'text', label }] } },
      clerk: {
        type: 'agent',
        version: 1,
        config: {
          model: 'scripted/one',
          maxRepeats: 2,
          maxSteps: 100,
          tools: [{ use: 'mcp', server: 'files', ...entry }, { use: 'calculator' }],
        },
      },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
    },
    edges: [
      { from: 'ask.task', to: 'clerk.prompt' },
      { from: 'clerk.text', to: 'reply.answer' },
    ],
  });
  const start = async (script: readonly ScriptedTurn[], entry: object = {}, label?: string): Promise<string> => {
    model = await startModelServer(script);
    await server.heddle.tools.create(
      ToolServer.parse({ id: 'files', transport: { kind: 'http', url: tools.url, isInside: true } }),
      'ada',
    );
    for (const { name, hash } of await server.heddle.tools.refresh('files'))
      await server.heddle.tools.approve('files', name, { hash }, 'ada');
    await call('POST', '/api/connections', {
      id: 'scripted',
      kind: 'openai-compatible',
      baseUrl: model.baseUrl,
      clearance: 'restricted',
      isLocal: true,
      models: [{ name: 'one', supports: { tools: true } }],
    });
    const { runId } = await call('POST', '/api/runs', { document: document(entry, label), inputs: { task: 'Do it.' } });
    return runId as string;
  };
  const until = async (runId: string, status: string): Promise<unknown> => {
    for (;;) {
      const run = await call('GET', `/api/runs/${runId}`);
      if (run.status === status) return run as unknown;
      if (['done', 'failed', 'cancelled'].includes(run.status as string))
        throw new Error(`${run.status}: ${JSON.stringify(run.error)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const untilEnd = async (runId: string): Promise<AnyJson> => {
    for (;;) {
      const run = await call('GET', `/api/runs/${runId}`);
      if (['done', 'failed', 'cancelled'].includes(run.status as string)) return run;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const asked = async (runId: string): Promise<AnyJson> =>
    (await call('GET', `/api/human-inputs?run=${runId}`)).requests[0];
  const approve = (
    runId: string,
    { requestId, question }: { requestId: string; question: { details: { hash: string } } },
  ) =>
    call('POST', `/api/runs/${runId}/human-inputs/${requestId}`, {
      value: { choice: 'approve', hash: question.details.hash },
    });
  const received = (): unknown =>
    model.requests
      .at(-1)
      ?.messages.filter(({ role }) => role === 'tool')
      .at(-1)?.['content'];

  it('reads, asks a person before it writes after untrusted content, writes once and answers', async () => {
    const runId = await start([read, write, 'It is written.']);
    await until(runId, 'suspended');
    expect(tools.calls).toEqual([{ name: 'read', arguments: { path: 'plan.txt' } }]);
    const request = await asked(runId);
    expect(request.question.details).toMatchObject({
      tool: 'files__write',
      source: 'mcp',
      effects: ['write', 'send'],
      arguments: { path: 'out.txt' },
      label: { level: 'internal', marks: ['untrusted'] },
    });
    await approve(runId, request);
    expect(await until(runId, 'done')).toMatchObject({ outputs: { answer: 'It is written.' } });
    expect(tools.calls.map(({ name }) => name)).toEqual(['read', 'write']);
    expect(model.requests).toHaveLength(3);
    expect(model.requests[0]?.tools).toHaveLength(3);
    const recorded = (await server.heddle.audit.list({ kinds: ['tool-call', 'egress'] })).map(({ act, details }) => [
      act,
      details['tool'] ?? details['destination'],
      details['by'],
    ]);
    expect(recorded).toEqual(
      expect.arrayContaining([
        ['tool-call', 'files__write', 'local'],
        ['egress', 'files', undefined],
      ]),
    );
  });

  it.each([
    ['lists in each other', `{"content":[],"structuredContent":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`],
    ['many members', `{"content":[],"structuredContent":{${membersOf(100_000)}}}`],
    ['many pieces of text', `{"content":[${'{"type":"text","text":"x"},'.repeat(300_000)}{"type":"text","text":"x"}]}`],
    ['brackets that nothing closes', '['.repeat(1_000_000)],
    ['10 MB of text', `{"content":[{"type":"text","text":"${'word '.repeat(2_000_000)}"}]}`],
  ])('a tool server that answers with %s fails its call, and Heddle keeps running', async (_name, result) => {
    tools.answerWith(result);
    const runId = await start([read, 'It did not answer.']);
    const end = await untilEnd(runId);
    expect([end.status, end.error?.code]).toEqual(['done', undefined]);
    expect(JSON.stringify(received()).length).toBeLessThan(200_000);
    expect((await call('GET', '/api/health')).status).toBe('ok');
  });

  it('accepts no approval without the right call: the question stays open', async () => {
    const runId = await start([read, write, 'It is written.']);
    await until(runId, 'suspended');
    const request = await asked(runId);
    for (const hash of [undefined, `sha256:${'0'.repeat(64)}`]) {
      const refused = await call('POST', `/api/runs/${runId}/human-inputs/${request.requestId}`, {
        value: { choice: 'approve', hash },
      });
      expect(refused.error).toMatchObject({ code: 'human_input_invalid', message: expect.stringContaining('hash') });
    }
    expect((await asked(runId)).requestId).toBe(request.requestId);
    expect(tools.calls).toHaveLength(1);
    await approve(runId, request);
    await until(runId, 'done');
    expect(tools.calls).toHaveLength(2);
  });

  it('does not call a tool that changed while a person decided', async () => {
    const runId = await start([read, write, 'Then not.']);
    await until(runId, 'suspended');
    tools.describe('write', 'Writes a file, and sends it to everybody.');
    await approve(runId, await asked(runId));
    expect(await until(runId, 'done')).toMatchObject({ outputs: { answer: 'Then not.' } });
    expect([tools.calls.map(({ name }) => name), received()]).toEqual([
      ['read'],
      expect.stringMatching(/^Error tool_changed/),
    ]);
    // The changed description was not sent to the model.
    expect(JSON.stringify(model.requests)).not.toContain('everybody');
  });

  it.each([
    ['an unknown tool', [{ name: 'files__rm', args: {} }], 'tool_unknown'],
    ['a tool that the entry leaves out', write, 'tool_unknown'],
    ['cut arguments', [{ name: 'files__read', args: '{"path": "a' }], 'tool_arguments_invalid'],
    ['arguments of another form', [{ name: 'files__read', args: { file: 'a' } }], 'tool_arguments_invalid'],
  ])('reports %s to the model and goes on', async (_what, turn, code) => {
    const runId = await start([turn, 'Sorry.'], { only: ['files__read'] });
    await until(runId, 'done');
    expect([tools.calls, received()]).toEqual([[], expect.stringContaining(`Error ${code}`)]);
  });

  it('stops a model that loops on one tool', async () => {
    const runId = await start([read]);
    expect(await until(runId, 'failed')).toMatchObject({ error: { code: 'tool_repeated' } });
    expect(tools.calls).toHaveLength(2);
  });

  it('sends a tool server nothing above its clearance', async () => {
    const runId = await start([read, 'Never.'], {}, 'confidential');
    expect(await until(runId, 'failed')).toMatchObject({ error: { code: 'label_refused' } });
    expect(tools.calls).toEqual([]);
  });

  it('is paused by a kill switch of the tool server, and continues when it is released', async () => {
    const runId = await start([read, write, 'Done.']);
    await until(runId, 'suspended');
    await call('PUT', '/api/kill-switches/tool:files', { reason: 'Something is wrong.' });
    await approve(runId, await asked(runId));
    await until(runId, 'paused');
    expect(tools.calls).toHaveLength(1);
    await call('DELETE', '/api/kill-switches/tool:files');
    await until(runId, 'done');
    expect(tools.calls).toHaveLength(2);
  });

  it.each([
    ['a tool of a server', 'tool:files__read', read[0]?.name],
    ['every tool of a server', 'tool:files', read[0]?.name],
    ['a built-in tool', 'tool:calculator', 'calculator'],
    ['everything', 'all', 'calculator'],
  ])(
    'has no further effect once %s is stopped, is paused, and continues to its end after the release',
    async (_what, target, name = '') => {
      const turn = (at: number) => [
        { name, args: name === 'calculator' ? { expression: `1 + ${at}` } : { path: `${at}.txt` } },
      ];
      // The kill switch is set while the model writes its third call.
      const turns: ScriptedTurn[] = [turn(0), turn(1), () => stopped.then(() => turn(2)), turn(3), turn(4)];
      let stop: () => void = () => undefined;
      const stopped = new Promise<void>((resolve) => (stop = resolve));
      const runId = await start(turns);
      while (model.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
      const { runs } = await call('PUT', `/api/kill-switches/${target}`, { reason: 'It runs wild.' });
      expect(runs).toBe(target === 'all' ? 1 : 0);
      stop();
      await until(runId, 'paused');
      const before = [model.requests.length, tools.calls.length];
      expect(before).toEqual([3, name === 'calculator' ? 0 : 2]);
      // Nothing runs any more: a paused run has no task that could call.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect([model.requests.length, tools.calls.length]).toEqual(before);
      turns.splice(0, turns.length, 'Enough.');
      await call('DELETE', `/api/kill-switches/${target}`);
      expect(await until(runId, 'done')).toMatchObject({ outputs: { answer: 'Enough.' } });
      // The refused call is made once the kill switch is released.
      expect(tools.calls.length).toBe(name === 'calculator' ? 0 : 3);
      const steps = (await server.heddle.audit.list({ kinds: ['stop'] })).map(({ details }) => details['step']);
      expect(steps).toEqual(['released', 'set']);
      const held = await server.heddle.audit.list({ subject: `run:${runId}`, kinds: ['run'] });
      expect(held.map(({ details }) => details['step'])).toEqual(['ended', 'paused', 'accepted']);
    },
  );

  it('fails with an error code when the tool server does not answer, and can be resumed', async () => {
    const runId = await start([read, write, 'Done.']);
    await until(runId, 'suspended');
    await tools.close();
    await server.heddle.parts.tools.host.forget('files');
    await approve(runId, await asked(runId));
    expect(await until(runId, 'failed')).toMatchObject({ error: { code: 'mcp_unreachable', retryable: true } });

    tools = await startToolServer(undefined, Number(new URL(tools.url).port));
    model.requests.splice(0);
    const { runId: resumed } = (await call('POST', `/api/runs/${runId}/resume`)) as { readonly runId: string };
    await until(resumed, 'suspended');
    await approve(resumed, await asked(resumed));
    expect(await until(resumed, 'done')).toMatchObject({ outputs: { answer: 'Done.' } });
    expect(tools.calls.map(({ name }) => name)).toEqual(['read', 'write']);
  });

  it('is refused at compile time when it is a tool of itself', async () => {
    model = await startModelServer([]);
    const { document: stored } = await call('POST', '/api/workflows', { document: document(), slug: 'clerk' });
    const itself = structuredClone(stored);
    itself.nodes.clerk.config.tools = [{ use: 'workflow', workflow: 'clerk' }];
    await server.heddle.workflows.put(itself, 'clerk');
    const { issues } = await call('POST', '/api/compile', { document: itself });
    expect(issues).toContainEqual(
      expect.objectContaining({ severity: 'error', message: expect.stringContaining('runs itself') }),
    );
  });
});
