/** @jest-environment node */
import type { PortDescription } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { readNamedEvents } from '../../../api/read-named-events.js';
import { pythonValue, snippetsOf } from './snippets.js';
import { nothingStreamed, streamed } from './stream-view.js';

const port = (name: string, type: PortDescription['type'], more: Partial<PortDescription> = {}): PortDescription =>
  ({ name, type, isOptional: false, ...more }) as PortDescription;
const facts = {
  origin: 'http://127.0.0.1:3000',
  slug: 'letters',
  inputs: [port('question', 'Text', { title: "What's new?" }), port('most', 'Number', { isOptional: true })],
  outputs: [port('answer', 'Text')],
};

describe('code to begin with', () => {
  it('names the address, what is needed, and never a key', () => {
    const snippets = snippetsOf(facts);
    for (const id of ['curl', 'stream', 'typescript', 'python', 'openai', 'mcp'])
      expect(snippets.find((snippet) => snippet.id === id)?.code).toMatch(/HEDDLE_KEY/);
    const [curl] = snippets;
    expect(curl?.code).toContain('http://127.0.0.1:3000/v1/workflows/letters');
    expect(curl?.code).toContain(`What'\\''s new?`);
    expect(curl?.code).not.toContain('most');
  });

  it('sends files as parts', () => {
    const [curl] = snippetsOf({ ...facts, inputs: [...facts.inputs, port('letter', 'File')] });
    expect(curl?.code).toContain("-F 'letter=@file'");
  });

  it('writes values as Python does', () => {
    expect(pythonValue({ a: [true, null, 'x'], b: {}, c: [] })).toBe(
      '{\n    "a": [\n        True,\n        None,\n        "x",\n    ],\n    "b": {},\n    "c": [],\n}',
    );
  });
});

describe('a stream', () => {
  it('is read by the names of its events, however it is cut', async () => {
    const text = 'event: delta\ndata: {"a":1}\n\nid: 3\nevent: result\ndata: {"b":\ndata: 2}\n\n: beat\n\n';
    const parts = [text.slice(0, 9), text.slice(9, 40), text.slice(40)];
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const events = [];
    for await (const event of readNamedEvents(body)) events.push(event);
    expect(events).toEqual([
      { event: 'delta', data: { a: 1 } },
      { event: 'result', data: { b: 2 } },
    ]);
  });

  it('shows text at its offset, so that a second attempt replaces the first', () => {
    const delta = (offset: number, text: string) => ({ type: 'delta', output: 'answer', offset, text }) as const;
    const view = [delta(0, 'On the '), delta(7, '24th'), delta(7, '25th')].reduce(streamed, nothingStreamed);
    expect(view.texts).toEqual({ answer: 'On the 25th' });
    const nodes = (['running', 'done'] as const).map((status) => ({ type: 'node', node: 'n', status }) as const);
    expect(nodes.reduce(streamed, view).nodes).toEqual([{ node: 'n', status: 'done' }]);
  });
});
