import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { Heddle } from './heddle.js';
import { sendJson, startDouble, type Double } from './testing/start-double.js';
import type { RunEvent } from './types.js';

let double: Double | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const result = { runId: 'r1', status: 'done', outputs: { answer: 'Hello world' } };
const event = (type: string, data: object, id?: number): string =>
  `event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
const delta = (offset: number, text: string): string => event('delta', { output: 'answer', offset, text });
const node = (seq: number): string => event('node', { node: 'a', status: 'done', seq }, seq);

function open(response: ServerResponse): ServerResponse {
  return response.writeHead(200, {
    'content-type': 'text/event-stream',
    location: '/v1/runs/r1',
    'heddle-thread': 't1',
  });
}
const start = async (
  answer: Parameters<typeof startDouble>[0],
  reconnectMs = 10_000,
): Promise<{ heddle: Heddle; at: Double }> => {
  const at = (double = await startDouble(answer));
  return { at, heddle: new Heddle({ baseUrl: at.address, reconnectMs }) };
};

/** The text that a reader of the deltas has in the end. */
function textOf(events: readonly RunEvent[]): string {
  let text = '';
  for (const one of events) if (one.type === 'delta') text = text.slice(0, one.offset) + one.text;
  return text;
}

describe('a stream', () => {
  it('gives events, text and result as they arrive, and skips events of unknown types', async () => {
    const { heddle } = await start((_request, response) => {
      open(response).end(
        node(1) + delta(0, 'Hello') + delta(5, ' world') + event('later', {}) + event('result', result),
      );
    });
    const stream = heddle.workflow('ask').stream({ question: 'x' });
    const events = await Array.fromAsync(stream);
    expect(events.map(({ type }) => type)).toEqual(['node', 'delta', 'delta', 'result']);
    expect([stream.runId, stream.thread, stream.textOf('answer'), stream.textOf('none')]).toEqual([
      'r1',
      't1',
      'Hello world',
      '',
    ]);
    expect(await stream.result()).toEqual(result);
    await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: 'stream_read' });
  });

  it('reconnects after the last event when the connection breaks, and gives no event or text twice', async () => {
    const { heddle, at } = await start((_request, response, number) => {
      if (number === 1) {
        open(response).write(node(1) + delta(0, 'Hello') + 'event: delta\ndata: {"out');
        setTimeout(() => response.destroy(), 50);
      } else if (number === 2) response.destroy();
      // At offset 0 the server sends the text again from its start.
      else open(response).end(delta(0, 'Hello wo') + delta(8, 'rld') + node(2) + event('result', result));
    });
    const events = await Array.fromAsync(heddle.workflow('ask').stream({}));
    expect(events.map((one) => (one.type === 'delta' ? one.text : one.type))).toEqual([
      ...['node', 'Hello', ' wo', 'rld', 'node', 'result'],
    ]);
    expect(at.received.map(({ method, url, headers }) => [method, url, headers['last-event-id']])).toEqual([
      ['POST', '/v1/workflows/ask', undefined],
      ['GET', '/v1/runs/r1/events', '1'],
      ['GET', '/v1/runs/r1/events', '1'],
    ]);
  });

  it('replaces text when the server writes it again', async () => {
    const { heddle } = await start((_request, response) => {
      open(response).end(delta(0, 'Helium is') + delta(0, 'Hel') + delta(3, 'lo world') + event('result', result));
    });
    const stream = heddle.workflow('ask').stream({});
    expect(textOf(await Array.fromAsync(stream))).toBe('Hello world');
    expect(stream.textOf('answer')).toBe('Hello world');
  });

  it('waits for a server that stops and comes back', async () => {
    const { heddle } = await start((_request, response, number) => {
      if (number === 1)
        open(response).end(event('error', { code: 'shutting_down', message: 'It stops.', runId: 'r1' }));
      else if (number === 2)
        sendJson(response, 503, { code: 'shutting_down', detail: 'It stops.' }, { 'retry-after': '0' });
      else open(response).end(event('result', result));
    });
    expect(await heddle.runs.wait('r1')).toEqual(result);
  });

  it('fails with the code and the message of the failed run', async () => {
    const { heddle, at } = await start((_request, response) => {
      open(response).end(event('error', { code: 'node_failed', message: 'It broke.', runId: 'r1' }));
    });
    await expect(heddle.workflow('ask').stream({}).result()).rejects.toMatchObject({
      code: 'node_failed',
      message: 'It broke.',
      about: { runId: 'r1' },
    });
    expect(at.received).toHaveLength(1);
  });

  it('fails when it cannot reconnect within the given time', async () => {
    const { heddle } = await start((_request, response, number) => {
      if (number === 1) open(response).end(node(1));
      else response.destroy();
    }, 0);
    await expect(heddle.workflow('ask').stream({}).result()).rejects.toMatchObject({ code: 'connection_lost' });
  });

  it('ends the request when its reader stops', async () => {
    let isClosed: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => (isClosed = resolve));
    const { heddle } = await start((_request, response) => {
      response.on('close', () => isClosed?.());
      open(response).write(node(1));
    });
    for await (const one of heddle.workflow('ask').stream({})) {
      expect(one.type).toBe('node');
      break;
    }
    await closed;
  });

  it('ends with the reason when it is aborted', async () => {
    const { heddle } = await start((_request, response) => void open(response).write(node(1)));
    const controller = new AbortController();
    const reading = async (): Promise<void> => {
      for await (const one of heddle.workflow('ask').stream({}, { signal: controller.signal }))
        if (one.type === 'node') controller.abort(new Error('enough'));
    };
    await expect(reading()).rejects.toThrow('enough');
  });
});
