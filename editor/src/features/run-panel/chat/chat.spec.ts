import { describe, expect, it } from '@jest/globals';
import type { CompileReply, PortDescription } from '@heddle/core';
import { chatPorts } from './chat-ports.js';
import { answerText, chatInput, recallChat } from './chat-store.js';

const port = (name: string, type: PortDescription['type'], isOptional = false): PortDescription => ({
  name,
  type,
  isOptional,
  mode: 'one',
});
const planInterface = (
  inputs: readonly PortDescription[],
  outputs: readonly PortDescription[],
): CompileReply['interface'] => ({
  inputs: [...inputs],
  outputs: [...outputs],
});
const document = {
  nodes: { write: { type: 'generate', version: 1, config: {} }, reply: { type: 'output', version: 1, config: {} } },
  edges: [{ from: 'write.text', to: 'reply.answer' }],
};
const roleOf = (type: string): string => (type === 'output' ? 'sink' : 'step');

describe('chat', () => {
  it('is offered for workflows that take messages or one text, and give one text', () => {
    expect(
      chatPorts(
        planInterface([port('talk', 'Messages'), port('tone', 'Text')], [port('answer', 'Text')]),
        document,
        roleOf,
      ),
    ).toEqual({ input: 'talk', takes: 'messages', output: 'answer', source: { node: 'write', port: 'text' } });
    expect(
      chatPorts(planInterface([port('question', 'Text')], [port('answer', 'Text')]), document, roleOf)?.takes,
    ).toBe('text');
    expect(
      chatPorts(planInterface([port('a', 'Text'), port('b', 'Text')], [port('answer', 'Text')]), document, roleOf),
    ).toBeUndefined();
    expect(
      chatPorts(planInterface([port('question', 'Text')], [port('count', 'Number')]), document, roleOf),
    ).toBeUndefined();
  });

  it('takes one text with a default when no text is required', () => {
    const inputOf = (...inputs: readonly PortDescription[]) =>
      chatPorts(planInterface(inputs, [port('answer', 'Text')]), document, roleOf)?.input;
    expect(inputOf(port('question', 'Text', true))).toBe('question');
    expect(inputOf(port('question', 'Text'), port('tone', 'Text', true))).toBe('question');
    expect(inputOf(port('a', 'Text', true), port('b', 'Text', true))).toBeUndefined();
  });

  it('sends the conversation without failed answers, and no more than its last 100 messages', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'It failed.', isFailure: true },
    ] as const;
    expect(chatInput('messages', messages, 'b')).toEqual([
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
    ]);
    expect(chatInput('text', messages, 'b')).toBe('b');
    const long = Array.from({ length: 1_000 }, (_value, index) => ({ role: 'user' as const, content: `m${index}` }));
    const sent = chatInput('messages', long, 'last') as readonly { readonly content: string }[];
    expect([sent.length, sent[0]?.content, sent.at(-1)?.content]).toEqual([101, 'm900', 'last']);
  });

  it('reads answers of any type, and ignores a malformed stored conversation', () => {
    expect(answerText([{ role: 'assistant', content: 'yes' }])).toBe('yes');
    expect(answerText({ a: 1 })).toBe('{"a":1}');
    expect(recallChat('w', { getItem: () => '{"not":"a list"}' })).toEqual([]);
  });
});
