/** @jest-environment node */
import { describe, expect, it } from '@jest/globals';
import { readNamedEvents } from './read-named-events.js';

const streamOf = (...parts: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

describe('an event stream', () => {
  it('gives the same events wherever it is cut', async () => {
    const bytes = new TextEncoder().encode(
      ': beat\n\ndata: {"text":"Grüße"}\n\nid: 3\nevent: last\ndata: {"end":true}\n\n',
    );
    for (const at of [5, 22, 24, 40]) {
      const seen: unknown[] = [];
      for await (const value of readNamedEvents(streamOf(bytes.slice(0, at), bytes.slice(at)))) seen.push(value);
      expect(seen).toEqual([
        { event: 'message', data: { text: 'Grüße' } },
        { event: 'last', data: { end: true } },
      ]);
    }
  });
});
