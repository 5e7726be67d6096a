import { describe, expect, it } from '@jest/globals';
import type { Message, Passage } from '@heddle/core';
import { generate } from './generate.node.js';
import { passages, run } from '../testing/run-generate.js';

const textOf = (message: Message | undefined): string =>
  typeof message?.content === 'string' ? message.content : JSON.stringify(message?.content);

describe('generate', () => {
  it('streams the answer and returns it whole, without spaces at its ends', async () => {
    const { text, deltas, usage } = await run([{ text: ['\n ', ' Hel', 'lo ', 'there', '. ', '\n'] }], {
      prompt: 'Greet me',
    });
    expect(text).toBe('Hello there.');
    expect(deltas).toEqual([
      { port: 'text', delta: 'Hel' },
      { port: 'text', delta: 'lo' },
      { port: 'text', delta: ' there' },
      { port: 'text', delta: '.' },
    ]);
    expect(usage).toEqual([expect.objectContaining({ model: 'fake', inputTokens: expect.any(Number) })]);
  });

  it('asks from numbered passages and cites what supports the answer', async () => {
    const { request, citations } = await run(['You have 27 days of paid leave.'], {
      prompt: 'How many days of leave?',
      passages,
    });
    expect(request?.messages).toEqual([
      {
        role: 'user',
        content: `[2] ${passages[1]!.text}\n\n[1] Leave\n${passages[0]!.text}\n\nUsing only the text above, answer in one full sentence: How many days of leave?`,
      },
    ]);
    expect(citations).toEqual([
      {
        number: 1,
        passage: 'leave#0',
        document: 'leave.md',
        title: 'Leave',
        place: { line: 3 },
        quote: 'Everyone has 27 days of paid leave.',
        quoteStart: 0,
        quoteEnd: 35,
        sentences: ['You have 27 days of paid leave.'],
      },
    ]);
  });

  it('continues a conversation, keeps one system message and puts passages into the last question', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
    ];
    const { request } = await run(['ok'], { messages, prompt: 'When is payday?', passages }, { system: 'Be brief.' });
    expect(request?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(textOf(request?.messages[0])).toBe('Be brief.\n\nBe kind.');
    expect(textOf(request?.messages[3])).toContain('[2] Salaries');
    expect(textOf(request?.messages[1])).toBe('Hi');
  });

  it('keeps an image of the last message beside the passages', async () => {
    const image = { type: 'image', file: { id: 'sha256:0', name: 'a.png', mediaType: 'image/png', size: 1 } };
    const { request } = await run(
      ['ok'],
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] }], passages },
      {},
      { supports: { images: true } },
    );
    expect(request?.messages[0]?.content).toEqual([
      { type: 'text', text: expect.stringContaining('sentence: What is this?') },
      image,
    ]);
  });

  it('passes settings on, without those that are not set', async () => {
    const { request } = await run(
      ['ok'],
      { prompt: 'x' },
      {
        temperature: 0,
        maxTokens: 7,
        topP: 0.5,
        topK: 3,
        seed: 1,
        stop: ['END'],
        adapters: [{ id: 'tone', scale: 0.5 }],
      },
    );
    expect(request).toEqual({
      messages: [{ role: 'user', content: 'x' }],
      temperature: 0,
      maxTokens: 7,
      topP: 0.5,
      topK: 3,
      seed: 1,
      stop: ['END'],
      adapters: [{ id: 'tone', scale: 0.5 }],
    });
    expect((await run(['ok'], { prompt: 'x' })).request).toEqual({
      messages: [{ role: 'user', content: 'x' }],
      temperature: 0.2,
      maxTokens: 512,
    });
  });

  it('answers without the model when passages are connected and none arrive', async () => {
    const { request, text, citations } = await run(['made up'], { prompt: 'x', passages: [] });
    expect([request, text, citations]).toEqual([undefined, 'I found nothing about this in the documents.', []]);
    expect((await run(['asked'], { prompt: 'x', passages: [] }, { nothingFound: '' })).text).toBe('asked');
  });

  it('leaves out the last passages that do not fit, and logs a warning', async () => {
    const many = Array.from({ length: 20 }, (_, index): Passage => ({
      id: `p${index}`,
      document: 'd',
      text: `passage${index} `.repeat(20).trim(),
    }));
    const { request, log } = await run(
      ['ok'],
      { prompt: 'x', passages: many },
      { maxTokens: 50 },
      { contextTokens: 300 },
    );
    expect(textOf(request?.messages[0])).toContain('passage0');
    expect(textOf(request?.messages[0])).not.toContain('passage19');
    expect(log).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/^\d+ of 20 passages do not fit/) }),
    ]);
  });

  it('fails before the call when not even the first passage fits, or the prompt alone is too long', async () => {
    const long = 'word '.repeat(400);
    for (const inputs of [{ prompt: long }, { prompt: 'x', passages: [{ id: 'p', document: 'd', text: long }] }]) {
      await expect(run(['ok'], inputs, {}, { contextTokens: 300 })).rejects.toMatchObject({
        code: 'context_too_long',
        message: expect.stringContaining('300'),
      });
    }
  });

  it('reports a missing question', async () => {
    await expect(run(['ok'], {})).rejects.toMatchObject({ code: 'input_missing' });
    await expect(run(['ok'], { messages: [{ role: 'assistant', content: 'Hi' }] })).rejects.toMatchObject({
      code: 'input_missing',
    });
    await expect(run(['ok'], { prompt: '  ' })).rejects.toMatchObject({ code: 'input_empty' });
  });

  it('names model and adapters as references, and takes a slot of its model', () => {
    const config = generate.config.parse({ model: 'big', adapters: [{ id: 'tone' }] });
    expect(generate.references?.(config)).toEqual([
      { kind: 'model', id: 'big', field: 'model' },
      { kind: 'model', id: 'tone', field: 'adapters.0.id' },
    ]);
    expect(generate.limits?.(config)).toEqual(['model:big']);
  });

  it('requires passages and prompt in its layout', async () => {
    await expect(run(['ok'], { prompt: 'x' }, { layout: '{{ passages }}' })).rejects.toMatchObject({
      code: 'workflow_invalid',
      message: expect.stringContaining('{{ prompt }}'),
    });
    const { request } = await run(['ok'], { prompt: 'Q?', passages }, { layout: 'Q: {{ prompt }}\n{{ passages }}' });
    expect(textOf(request?.messages[0])).toMatch(/^Q: Q\?\n\[2\] /);
  });
});
