import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../cli/run-command-line.js';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import type { AnyJson } from '../testing/any-json.js';
import { captureOutput } from '../testing/capture-output.js';
import { startModelServer, type TestModelServer } from '../testing/test-model-server.js';

const fields = (name: string) => ({ fields: [{ name, type: 'text' }] });
/** A question that a policy routes to `far/one`, or else to `next/two`; `more` adds edges between the route and the answer. */
const routed = (...more: readonly { readonly from: string; readonly to: string }[]) => ({
  heddle: 2,
  name: 'Routed',
  nodes: {
    ask: { type: 'input', version: 1, config: fields('question') },
    pick: {
      type: 'route',
      version: 1,
      config: { candidates: [{ model: 'far/one' }, { model: 'next/two' }], maxTokens: 100 },
    },
    answer: { type: 'generate', version: 1, config: { model: 'far/one', maxTokens: 100 } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'pick.prompt' },
    { from: 'ask.question', to: 'answer.prompt' },
    { from: 'pick.model', to: 'answer.model' },
    { from: 'answer.text', to: 'reply.answer' },
    ...more,
  ],
});
const plain = routed();
const ordered = routed({ from: 'pick.decision', to: 'answer.route' });

describe('a budget in runs of a server', () => {
  let folder: string;
  let server: RunningServer;
  let far: TestModelServer | undefined;
  let next: TestModelServer | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-budgets-'));
    server = await startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' }));
    [far, next] = await Promise.all([startModelServer(['From far.']), startModelServer(['From next.'])]);
    const prices = (model: string) => [
      { model, inputPerMillion: 1_000, outputPerMillion: 1_000, currency: 'USD', asOf: '2026-01-01' },
    ];
    const connection = { kind: 'openai-compatible', attempts: 1, limits: { concurrency: 64 } };
    const farUrl = far?.baseUrl;
    const nextUrl = next?.baseUrl;
    await call('POST', '/api/connections', {
      ...connection,
      id: 'far',
      baseUrl: farUrl,
      models: [{ name: 'one' }],
      prices: prices('one'),
    });
    await call('POST', '/api/connections', {
      ...connection,
      id: 'next',
      baseUrl: nextUrl,
      models: [{ name: 'two' }],
      isLocal: true,
    });
  });
  afterAll(async () => {
    await server.close();
    await Promise.all([far?.close(), next?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const { id } of (await call('GET', '/api/budgets')).budgets)
      await call('DELETE', `/api/budgets/${id as string}`);
  });

  const call = async (method: string, path: string, body?: unknown): Promise<AnyJson> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const text = await (await fetch(`${server.address}${path}`, { method, ...init })).text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const start = async (document: object, more: object = {}): Promise<string> =>
    (await call('POST', '/api/runs', { document, inputs: { question: 'Well?' }, ...more })).runId as string;
  const until = async (runId: string, statuses: readonly string[]): Promise<AnyJson> => {
    for (;;) {
      const run = await call('GET', `/api/runs/${runId}`);
      if (statuses.includes(run.status as string)) return run;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const run = async (document: object): Promise<AnyJson> =>
    until(await start(document), ['done', 'failed', 'cancelled', 'suspended']);
  const answers = async (document: object, count: number): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (let index = 0; index < count; index += 1) {
      const { outputs, error } = await run(document);
      found.push(outputs?.answer ?? error?.code);
    }
    return found;
  };
  const save = (limits: object, more: object = {}): Promise<AnyJson> =>
    call('PUT', '/api/budgets/b', { scope: { kind: 'connection', id: 'far' }, limits, onLimit: 'downgrade', ...more });

  it.each([
    ['calls', { calls: 2 }, 2],
    ['tokens, of which a call might take more than are left', { tokens: 200 }, 0],
    ['money, of which a call might take more than is left', { money: 0.2 }, 0],
  ] as const)('of %s sends the remaining calls to the next candidate of a route', async (...given) => {
    const [, limits, first] = given;
    await save(limits);
    const found = await answers(plain, 4);
    expect(found).toEqual([...Array(first).fill('From far.'), ...Array(4 - first).fill('From next.')]);
  });

  it('names the reason for another candidate in the run and on the command line', async () => {
    await save({ tokens: 1 });
    const routedAway = await run(plain);
    expect(routedAway.nodes.pick.decision.summary).toBe(
      'Stays local to next/two: first in the policy; 1 candidate was excluded because its budget is used up.',
    );
    // The route assumed 100 tokens, and the node that answers needs more.
    const { nodes, edges, ...rest } = ordered;
    const config = { model: 'far/one', maxTokens: 1000 };
    const document = { ...rest, edges, nodes: { ...nodes, answer: { ...nodes.answer, config } } };
    await save({ tokens: 1000 });
    const passedOver = await run(document);
    const sentence = "Answered by next/two: budget 'b' does not cover far/one.";
    expect(passedOver).toMatchObject({ status: 'done', outputs: { answer: 'From next.' } });
    expect(passedOver.nodes.answer.decision).toEqual({ kind: 'budget', summary: sentence });
    const { stdout } = await captureOutput(() =>
      runCommandLine(['--data', folder, 'runs', 'show', passedOver.runId as string]),
    );
    expect(stdout).toContain(sentence);
  });

  it.each([
    ['everything', { kind: 'all' }],
    ['a connection', { kind: 'connection', id: 'far' }],
    ['each run', { kind: 'run' }],
  ])('over %s fails the run with the reason when no candidate is left', async (_over, scope) => {
    await save({ calls: 0 }, { scope });
    const { nodes, ...rest } = ordered;
    const only = { ...nodes.pick, config: { candidates: [{ model: 'far/one' }] } };
    const { status, error } = await run({ ...rest, nodes: { ...nodes, pick: only } });
    expect([status, error]).toMatchObject([
      'failed',
      { code: 'route_no_candidate', message: expect.stringContaining('its budget is used up') },
    ]);
    const { pick: _pick, ...others } = nodes;
    const edges = rest.edges.filter(({ from }) => !from.startsWith('pick.') && from !== 'ask.pick');
    const direct = { ...rest, nodes: others, edges: edges.filter(({ to }) => !to.startsWith('pick.')) };
    expect((await run(direct)).error).toMatchObject({ code: 'budget_exceeded' });
  });

  it('over a workflow, a node, or a key counts only their calls', async () => {
    const made = await call('POST', '/api/workflows', { document: plain });
    const stored = made.id as string;
    const runStored = async (headers: Record<string, string> = {}): Promise<AnyJson> => {
      const reply = await fetch(`${server.address}/api/workflows/${stored}/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ inputs: { question: 'Well?' } }),
      });
      return until(((await reply.json()) as { runId: string }).runId, ['done', 'failed']);
    };
    const { key, secret } = await call('POST', '/api/keys', {
      name: 'one',
      scopes: { permissions: ['run:draft'] },
    });
    const keyed = { authorization: `Bearer ${secret as string}` };
    const money = { money: 0.2 };
    await save(money, { scope: { kind: 'workflow', id: stored } });
    expect([(await runStored()).outputs, (await run(plain)).outputs]).toEqual([
      { answer: 'From next.' },
      { answer: 'From far.' },
    ]);
    await save(money, { scope: { kind: 'node', workflow: stored, node: 'answer' } });
    // The route cannot check the budget of another node, so the node itself is refused.
    expect((await runStored()).error).toMatchObject({
      code: 'budget_exceeded',
      message: expect.stringContaining('USD'),
    });
    await save(money, { scope: { kind: 'key', id: key.id as string } });
    expect([(await runStored(keyed)).outputs, (await runStored()).outputs]).toEqual([
      { answer: 'From next.' },
      { answer: 'From far.' },
    ]);
  });

  it('is never overspent by 200 runs at once: 20 get the costly model, and the others say why they got the next one', async () => {
    await save({ calls: 20 });
    const before = far?.requests.length ?? 0;
    const ids = await Promise.all(Array.from({ length: 200 }, () => start(ordered)));
    const ended = await Promise.all(ids.map((id) => until(id, ['done', 'failed'])));
    const count = (answer: string) => ended.filter(({ outputs }) => outputs?.answer === answer).length;
    expect([count('From far.'), count('From next.')]).toEqual([20, 180]);
    expect((far?.requests.length ?? 0) - before).toBe(20);
    const reasons = {
      pick: 'Stays local to next/two: first in the policy; 1 candidate was excluded because its budget is used up.',
      answer: "Answered by next/two: budget 'b' does not cover far/one.",
    };
    // The route says why if the budget was used up before it, and otherwise the node that answers does.
    for (const { outputs, nodes } of ended) {
      const why: readonly unknown[] = [nodes.pick.decision?.summary, nodes.answer.decision?.summary];
      const given = Object.values(reasons).filter((reason) => why.includes(reason));
      expect([outputs.answer, given.length]).toEqual(given.length === 1 ? ['From next.', 1] : ['From far.', 0]);
    }
    expect(await call('GET', '/api/budgets/b')).toMatchObject({ spent: { calls: 20 }, reserved: { calls: 0 } });
  }, 60_000);

  /** Nodes that call a model, each with the port that gets the question. */
  const requesters = {
    chat: { type: 'generate', version: 1, config: { model: 'far/one', maxTokens: 10 } },
    agent: { type: 'agent', version: 1, config: { model: 'far/one', maxTokens: 10 } },
    vote: { type: 'vote', version: 1, config: { models: ['far/one', 'next/two'], maxTokens: 10 } },
    rewrite: { type: 'rewrite', version: 1, config: { model: 'far/one', mode: 'multi' } },
  };
  it.each(Object.keys(requesters) as (keyof typeof requesters)[])(
    'that asks suspends the run of a %s, which continues after an approval and fails after a refusal',
    async (type) => {
      await save({ calls: 0 }, { onLimit: 'ask' });
      const { nodes, ...rest } = plain;
      const document = {
        ...rest,
        nodes: { ask: nodes.ask, answer: requesters[type], reply: nodes.reply },
        edges: [
          { from: 'ask.question', to: type === 'rewrite' ? 'answer.question' : 'answer.prompt' },
          { from: type === 'rewrite' ? 'answer.query' : 'answer.text', to: 'reply.answer' },
        ],
      };
      for (const approve of [true, false]) {
        const asked = { far: far?.requests.length ?? 0, next: next?.requests.length ?? 0 };
        const runId = await start(document);
        expect(await until(runId, ['suspended', 'failed', 'done'])).toMatchObject({ status: 'suspended' });
        const open = (await call('GET', '/api/human-inputs')).requests.find(
          (request: AnyJson) => request.runId === runId,
        );
        expect(open.question.details).toMatchObject({ kind: 'budget', budget: 'b', missing: { calls: 1 } });
        await call('POST', `/api/runs/${runId}/human-inputs/${open.requestId as string}`, { value: { approve } });
        const ended = await until(runId, ['done', 'failed']);
        expect([approve, ended.status, ended.error?.code]).toEqual(
          // One of two answers is enough for a vote.
          approve || type === 'vote' ? [approve, 'done', undefined] : [approve, 'failed', 'budget_exceeded'],
        );
        expect((far?.requests.length ?? 0) - asked.far).toBe(approve ? 1 : 0);
        expect((next?.requests.length ?? 0) - asked.next).toBe(type === 'vote' ? 1 : 0);
      }
    },
    90_000,
  );
});
