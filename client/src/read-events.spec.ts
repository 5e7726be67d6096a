import { describe, expect, it } from '@jest/globals';
import { readEvents } from './read-events.js';

const bodyOf = (...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
const messagesOf = async (...chunks: readonly Uint8Array[]) => Array.fromAsync(readEvents(bodyOf(...chunks)));
const text = 'event: delta\nid: 7\ndata: {"text":"Grüße 🧵"}\n\n: a comment\n\ndata: a\ndata:b\n\n';

describe('an event stream', () => {
  it('gives the same messages wherever it is cut into chunks', async () => {
    const bytes = new TextEncoder().encode(text);
    const expected = [
      { event: 'delta', id: '7', data: '{"text":"Grüße 🧵"}' },
      { event: 'message', id: undefined, data: 'a\nb' },
    ];
    for (let at = 0; at <= bytes.length; at += 1)
      expect(await messagesOf(bytes.slice(0, at), bytes.slice(at))).toEqual(expected);
    expect(await messagesOf(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('may have CRLF line ends', async () => {
    const bytes = new TextEncoder().encode(text.replaceAll('\n', '\r\n'));
    const messages = await messagesOf(...[...bytes].map((byte) => Uint8Array.of(byte)));
    expect(messages.map(({ data }) => data)).toEqual(['{"text":"Grüße 🧵"}', 'a\nb']);
  });

  it('leaves out a message that is cut off', async () => {
    expect(await messagesOf(new TextEncoder().encode('data: whole\n\ndata: ha'))).toEqual([
      { event: 'message', id: undefined, data: 'whole' },
    ]);
  });
});
