/** @jest-environment node */
import { describe, expect, it } from '@jest/globals';
import { readNamedEvents } from '../../data/http/read-named-events.js';
import { nothingStreamed, streamed } from './stream-view.js';

describe('a stream', () => {
  it('is read by the names of its events, wherever it is cut', async () => {
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
