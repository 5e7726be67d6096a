import { describe, expect, it } from '@jest/globals';
import {
  compilePlan,
  createCatalog,
  labelOf,
  type Conversation,
  type Memory,
  type MemoryTurn,
  type Message,
  type WorkflowDocument,
} from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { input } from '../input-output/input.node.js';
import { output } from '../input-output/output.node.js';
import { memory } from './memory.node.js';

const turn = (content: string, label = labelOf('internal')) => ({
  message: { role: 'user' as const, content },
  label,
  time: 1,
});

function store(conversation: Conversation) {
  const appended: unknown[] = [];
  const summaries: unknown[] = [];
  const fake: Memory = {
    read: ({ limit = Infinity } = {}) => Promise.resolve({ ...conversation, turns: conversation.turns.slice(-limit) }),
    append: (turns, { idempotencyKey }) => Promise.resolve(void appended.push([turns, idempotencyKey])),
    summarise: (summary) => Promise.resolve(void summaries.push(summary)),
  };
  return { fake, appended, summaries };
}
const many = (count: number) => Array.from({ length: count }, (_value, index) => turn(`turn number ${index}`));

describe('memory', () => {
  it('adds messages and the reply with the current label, under a stable idempotency key', async () => {
    const { fake, appended } = store({ turns: [], summary: undefined });
    const label = labelOf('confidential');
    const inputs = { messages: [{ role: 'user', content: 'Hi' }], reply: 'Hello' };
    const { outputs } = await runNode(memory, {
      config: { mode: 'write' },
      inputs,
      label,
      resources: { memory: fake },
    });
    expect(outputs['messages']).toHaveLength(2);
    expect(appended).toMatchObject([[[{ label }, { label, message: { role: 'assistant' } }], 'key-of-append']]);
  });

  it('gives the newest turns that fit the window, and raises the label to theirs', async () => {
    const turns = [...many(10_000), turn('the last one', labelOf('confidential', ['untrusted']))];
    const { fake } = store({ turns, summary: undefined });
    const languageModel = createFakeLanguageModel([]);
    const { outputs, label, decisions } = await runNode(memory, {
      config: { maxTokens: 16 },
      inputs: { messages: [{ role: 'user', content: 'And now?' }] },
      resources: { memory: fake, languageModel },
    });
    const messages = outputs['messages'] as { content: string }[];
    expect(messages.at(0)?.content).toMatch(/^turn number 999/);
    expect(messages.slice(-2).map(({ content }) => content)).toEqual(['the last one', 'And now?']);
    expect(label).toBe(labelOf('confidential', ['untrusted']));
    expect(decisions).toMatchObject([{ kind: 'memory' }]);
  });

  it('starts with a user message, never with the result of a tool without its call', async () => {
    const said = (message: Message): MemoryTurn => ({ message, label: labelOf('internal'), time: 1 });
    const call: Message = { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'time', arguments: {} }] };
    const result: Message = { role: 'tool', toolCallId: 'c1', name: 'time', content: 'noon' };
    const answer: Message = { role: 'assistant', content: 'It is noon.' };
    const read = async (messages: readonly Message[], maxTurns: number): Promise<unknown> => {
      const { fake } = store({ turns: messages.map(said), summary: undefined });
      const { outputs } = await runNode(memory, {
        config: { maxTurns },
        inputs: {},
        resources: { memory: fake, languageModel: createFakeLanguageModel([]) },
      });
      return outputs['messages'];
    };
    const first: Message = { role: 'user', content: 'What time is it?' };
    const second: Message = { role: 'user', content: 'Thanks' };
    const all = [first, call, result, answer, second];
    expect(await read(all, 5)).toEqual(all);
    for (const maxTurns of [4, 3, 2, 1]) expect(await read(all, maxTurns)).toEqual([second]);
    // Without a user message in the window, at least no result is without its call.
    expect(await read([first, call, result, answer], 2)).toEqual([answer]);
    expect(await read([call, result], 1)).toEqual([]);
  });

  it('lets a model summarise the turns that do not fit, in parts, with the label of all of them', async () => {
    const { fake, summaries } = store({
      turns: [turn('a secret', labelOf('restricted')), ...many(300)],
      summary: undefined,
    });
    const languageModel = createFakeLanguageModel(['They talked.'], { contextTokens: 512 });
    const { outputs } = await runNode(memory, {
      config: { maxTokens: 16, summarise: true },
      inputs: {},
      resources: { memory: fake, languageModel },
    });
    expect(languageModel.requests.length).toBeGreaterThan(1);
    expect(outputs['messages']).toMatchObject([
      { role: 'system', content: 'What was said before: They talked.' },
      {},
      {},
      {},
    ]);
    expect(summaries).toMatchObject([{ text: 'They talked.', label: labelOf('restricted'), turns: 298 }]);
  });

  it('drops the edge to its former input session in an older document, with a warning', () => {
    const document: WorkflowDocument = {
      heddle: 2,
      name: 'Before',
      nodes: {
        asked: { type: 'input', version: 1, config: { fields: [{ name: 'session', type: 'Text' }] } },
        recall: { type: 'memory', version: 1, config: {} },
        reply: { type: 'output', version: 1, config: { fields: [{ name: 'said', type: 'Messages' }] } },
      },
      edges: [
        { from: 'asked.session', to: 'recall.session' },
        { from: 'recall.messages', to: 'reply.said' },
      ],
    };
    const catalog = createCatalog([memory, input, output]);
    const { plan, issues } = compilePlan(document, catalog);
    expect(plan).toBeDefined();
    expect(issues).toMatchObject([{ code: 'input-former', severity: 'warning', node: 'recall', port: 'session' }]);
    const now = { ...document, nodes: { ...document.nodes, recall: { type: 'memory', version: 2, config: {} } } };
    expect(compilePlan(now, catalog).issues).toMatchObject([{ code: 'port-unknown', severity: 'error' }]);
  });
});
