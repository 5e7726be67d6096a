import { describe, expect, it } from '@jest/globals';
import type { Message } from '@heddle/core';
import { createFakeLanguageModel, runNode, type FakeReply } from '@heddle/core/testing';
import { agent } from './agent.node.js';

const requests = (expression: string, text = ''): FakeReply => ({
  text,
  toolCalls: [{ id: 'c0', name: 'calculator', arguments: JSON.stringify({ expression }) }],
});

async function run(
  script: readonly FakeReply[],
  config: Record<string, unknown>,
  inputs: Record<string, unknown>,
  options: Parameters<typeof runNode>[1] = {},
) {
  const resources = { languageModel: createFakeLanguageModel(script) };
  const { outputs, deltas } = await runNode(agent, {
    config: { tools: [{ use: 'calculator' }], ...config },
    inputs,
    resources,
    ...options,
  });
  const { messages, turn } = outputs as { messages: Message[]; turn: Message[] };
  return { messages, turn, outputs, said: deltas.map(({ port, delta }) => [port, delta]) };
}

describe('the conversation of an agent', () => {
  it('adds for a memory only the messages of this turn: prompt, calls, results and answer', async () => {
    const before = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
    ];
    const { messages, turn } = await run(
      [requests('2 + 2'), 'It is 4.'],
      {},
      { prompt: 'And 2 + 2?', messages: before },
    );
    expect(turn.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'And 2 + 2?'],
      ['assistant', ''],
      ['tool', '4'],
      ['assistant', 'It is 4.'],
    ]);
    expect(turn[2]?.toolCallId).toBe(turn[1]?.toolCalls?.[0]?.id);
    expect(messages).toEqual([...before, ...turn]);
  });

  it('leaves no call without a result if the agent answers at its limit', async () => {
    const { messages } = await run([requests('1'), requests('2')], { maxSteps: 2 }, { prompt: 'Count.' });
    expect(messages.map(({ role, toolCalls = [] }) => [role, toolCalls.length])).toEqual([
      ['user', 0],
      ['assistant', 1],
      ['tool', 0],
      ['assistant', 0],
    ]);
  });

  it('streams the text before a call too, and comes whole if the step is already in the journal', async () => {
    const steps = new Map<string, unknown>();
    const script = [requests('2 + 2', ' Let me see. '), 'It is 4.'];
    const { outputs, said } = await run(script, {}, { prompt: 'What is 2 + 2?' }, { steps });
    expect(outputs).toMatchObject({ text: 'It is 4.', said: 'Let me see.\n\nIt is 4.' });
    expect(said.map(([port]) => port)).toEqual(said.map(() => 'said'));
    expect(said.map(([, delta]) => delta).join('')).toBe('Let me see.\n\nIt is 4.');
    expect(said.length).toBeGreaterThan(2);
    const again = await run([], {}, { prompt: 'What is 2 + 2?' }, { steps });
    expect(again.said).toEqual([
      ['said', 'Let me see.'],
      ['said', '\n\nIt is 4.'],
    ]);
    expect(again.outputs).toEqual(outputs);
  });
});
