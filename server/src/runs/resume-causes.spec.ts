import { ToolServer } from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../cli/run-command-line.js';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
import { startModelServer, type ScriptedTurn, type TestModelServer } from '../testing/test-model-server.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';

// A test reads replies of every form.
// oxlint-disable-next-line typescript/no-explicit-any
type Reply = any;

/** A cause that makes a run fail, how it is removed, and the node in which it occurs. */
interface Cause {
  readonly code: string;
  readonly node: object;
  /** The input and the output of the node; left out, they are `prompt` and `text`. */
  readonly input?: string;
  readonly output?: string;
  /** Replies of the provider while the cause lasts; left out, it answers. */
  readonly turns?: readonly ScriptedTurn[];
  breaks?(): Promise<unknown>;
  mends(): Promise<unknown>;
}

const chat = { type: 'generate', version: 1, config: { model: 'far/one', maxTokens: 20 } };
const agent = {
  type: 'agent',
  version: 1,
  config: { model: 'far/one', maxTokens: 20, maxRepeats: 2, tools: [{ use: 'mcp', server: 'files' }] },
};
const read = [{ name: 'files__read', args: { path: 'plan.txt' } }];
const refusal = (status: number): ScriptedTurn => ({ status, message: 'Not now.' });

describe('a failed run can be resumed once its cause is gone', () => {
  let folder: string;
  let server: RunningServer;
  let near: TestModelServer;
  let far: TestModelServer;
  let tools: TestToolServer;
  const turns: ScriptedTurn[] = ['Second.'];
  let conversation: readonly object[] | undefined;

  const call = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const reply = await fetch(`${server.address}${path}`, { method, ...init });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const price = { model: 'one', inputPerMillion: 1, outputPerMillion: 1, currency: 'USD', asOf: '2026-01-01' };
  const connection = (more: object = {}): object => ({
    id: 'far',
    kind: 'openai-compatible',
    baseUrl: far.baseUrl,
    attempts: 1,
    prices: [price],
    models: [{ name: 'one', supports: { tools: true } }],
    timeouts: { connectMs: 10_000, idleMs: 10_000, totalMs: 20_000 },
    ...more,
  });
  const putConnection = (more: object = {}): Promise<Reply> => call('PUT', '/api/connections/far', connection(more));
  const putBudget = (limits: object, more: object = {}): Promise<Reply> =>
    call('PUT', '/api/budgets/b', { scope: { kind: 'connection', id: 'far' }, limits, ...more });
  const dropBudget = (): Promise<Reply> => call('DELETE', '/api/budgets/b');
  const putPolicy = (is: string): Promise<Reply> =>
    call('PUT', '/api/policies/house', {
      candidates: [{ model: 'far/one', when: [{ fact: 'label', is: 'equal', value: is }] }],
    });

  const causes: Readonly<Record<string, () => Cause>> = {
    'a wrong key': () => ({
      code: 'provider_unauthorized',
      node: chat,
      turns: [refusal(401)],
      mends: () => call('PUT', '/api/connections/far/key', { value: 'sk-right-0123456789' }),
    }),
    'a provider that is down': () => ({
      code: 'provider_failed',
      node: chat,
      turns: [refusal(503)],
      mends: () => Promise.resolve(),
    }),
    'a provider that is slow': () => ({
      code: 'provider_timeout',
      node: chat,
      turns: [() => new Promise(() => undefined)],
      breaks: () => putConnection({ timeouts: { connectMs: 300, idleMs: 300, totalMs: 2_000 } }),
      mends: () => putConnection(),
    }),
    'a connection that was switched off': () => ({
      code: 'connection_disabled',
      node: chat,
      breaks: () => putConnection({ isEnabled: false }),
      mends: () => putConnection(),
    }),
    'a tool server that is dead': () => ({
      code: 'mcp_unreachable',
      node: agent,
      breaks: async () => {
        await server.heddle.tools.replace('files', toolServer('files', 'http://127.0.0.1:9/mcp'), 'ada');
      },
      mends: async () => {
        await server.heddle.tools.replace('files', toolServer('files', tools.url), 'ada');
        await approveAll();
      },
    }),
    'a model that loops on one tool': () => ({
      code: 'tool_repeated',
      node: agent,
      turns: [read],
      mends: () => Promise.resolve(),
    }),
    'a policy with no candidate': () => ({
      code: 'route_no_candidate',
      node: { type: 'route', version: 1, config: { policy: 'house' } },
      output: 'model',
      breaks: () => putPolicy('public'),
      mends: () => putPolicy('internal'),
    }),
    'a price that is missing': () => ({
      code: 'price_missing',
      node: chat,
      breaks: async () => {
        await putConnection({ prices: [] });
        await putBudget({ money: 5 });
      },
      mends: () => putConnection(),
    }),
    'a budget that is used up': () => ({
      code: 'budget_exceeded',
      node: chat,
      breaks: () => putBudget({ tokens: 100 }),
      mends: () => putBudget({ tokens: 100_000 }),
    }),
    'a clearance that is too low': () => ({
      code: 'label_refused',
      node: chat,
      breaks: () => putConnection({ clearance: 'public' }),
      mends: () => putConnection(),
    }),
    'a conversation of 10,000 turns': () => {
      conversation = Array.from({ length: 10_000 }, (_, turn) => ({
        role: turn % 2 === 0 ? 'user' : 'assistant',
        content: `Turn ${turn} of a talk about looms.`,
      }));
      return {
        code: 'context_too_long',
        node: chat,
        input: 'messages',
        breaks: () => putConnection({ models: [{ name: 'one', contextTokens: 8_000 }] }),
        mends: () => putConnection({ models: [{ name: 'one', contextTokens: 1_000_000 }] }),
      };
    },
  };

  const toolServer = (id: string, url: string): ToolServer =>
    ToolServer.parse({ id, transport: { kind: 'http', url, isInside: true } });
  const approveAll = async (): Promise<void> => {
    for (const { name, hash } of await server.heddle.tools.refresh('files'))
      await server.heddle.tools.approve('files', name, { hash }, 'ada');
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-causes-'));
    server = await startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' }));
    [near, far, tools] = await Promise.all([startModelServer(['First.']), startModelServer(turns), startToolServer()]);
    await call('POST', '/api/connections', {
      id: 'near',
      kind: 'openai-compatible',
      baseUrl: near.baseUrl,
      models: [{ name: 'one' }],
      isLocal: true,
    });
    await call('POST', '/api/connections', connection());
    await call('PUT', '/api/connections/far/key', { value: 'sk-wrong-0123456789' });
    await server.heddle.tools.create(toolServer('files', tools.url), 'ada');
    await approveAll();
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await Promise.all([near.close(), far.close(), tools.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const documentOf = ({ node, input = 'prompt', output = 'text' }: Cause): object => ({
    heddle: 2,
    name: 'Two steps',
    nodes: {
      ask: {
        type: 'input',
        version: 1,
        config: {
          fields: [
            { name: 'question', type: 'text' },
            ...(input === 'messages' ? [{ name: 'turns', type: 'messages' }] : []),
          ],
        },
      },
      first: { type: 'generate', version: 1, config: { model: 'near/one', maxTokens: 20 } },
      second: node,
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
    },
    edges: [
      { from: 'ask.question', to: 'first.prompt' },
      ...(input === 'messages' ? [{ from: 'ask.turns', to: 'second.messages' }] : []),
      { from: 'first.text', to: 'second.prompt' },
      { from: `second.${output}`, to: 'reply.answer' },
    ],
  });
  const ended = async (runId: string): Promise<Reply> => {
    for (;;) {
      const run = await call('GET', `/api/runs/${runId}`);
      if (['done', 'failed', 'cancelled', 'suspended'].includes(run.status as string)) return run;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it.each(Object.keys(causes))(
    '%s',
    async (name) => {
      const cause = causes[name]?.();
      if (cause === undefined) throw new Error(name);
      await dropBudget().catch(() => undefined);
      await putConnection();
      turns.splice(0, turns.length, ...(cause.turns ?? ['Second.']));
      await cause.breaks?.();
      const asked = near.requests.length;
      const { runId } = await call('POST', '/api/runs', {
        document: documentOf(cause),
        inputs: { question: 'Well?', ...(cause.input === 'messages' ? { turns: conversation } : {}) },
      });
      expect(await ended(runId as string)).toMatchObject({ status: 'failed', error: { code: cause.code } });

      // While the cause lasts, a resumed run fails with the same code.
      const early = await call('POST', `/api/runs/${runId as string}/resume`);
      expect(await ended(early.runId as string)).toMatchObject({ status: 'failed', error: { code: cause.code } });

      await cause.mends();
      turns.splice(0, turns.length, 'Second.');
      const { stdout } = await captureOutput(() =>
        runCommandLine(['--data', folder, 'runs', 'resume', early.runId as string, '--json']),
      );
      expect(JSON.parse(stdout)).toMatchObject({
        status: 'done',
        outputs: { answer: cause.output === 'model' ? 'far/one' : 'Second.' },
        nodes: { first: { status: 'cached' } },
        summary: { origin: early.runId },
      });
      expect(near.requests.length - asked).toBe(1);
    },
    90_000,
  );
});
