import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Heddle } from './heddle.js';
import { sendJson, startDouble, type Double } from './testing/start-double.js';

let double: Double | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});
const start = async (answer: Parameters<typeof startDouble>[0]): Promise<{ heddle: Heddle; at: Double }> => {
  const at = (double = await startDouble(answer));
  return { at, heddle: new Heddle({ baseUrl: `${at.address}/`, apiKey: 'hk_key' }) };
};
const done = { runId: 'r1', status: 'done', outputs: { answer: 'On the 25th.' } };

describe('a call of a workflow', () => {
  it('sends inputs, key, thread and version, and gives the result', async () => {
    const { heddle, at } = await start((_request, response) => sendJson(response, 200, done));
    const user = heddle.forUser('ann');
    const result = await user
      .workflow<{ answer: string }>('ask the handbook')
      .run({ question: 'When?', left: undefined }, { thread: 'new', version: 3, timeoutMs: 5_000 });
    expect(result.outputs.answer).toBe('On the 25th.');
    const [request] = at.received;
    expect(request).toMatchObject({ method: 'POST', url: '/v1/workflows/ask%20the%20handbook' });
    expect(JSON.parse(request?.body ?? '')).toEqual({ question: 'When?' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer hk_key',
      'heddle-end-user': 'ann',
      'heddle-thread': 'new',
      'heddle-version': '3',
      'heddle-timeout': '5000',
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('is tried again with the same idempotency key after a lost connection and after a 503', async () => {
    const { heddle, at } = await start((_request, response, number) => {
      if (number === 1) response.destroy();
      else if (number === 2) sendJson(response, 503, { code: 'busy', detail: 'Too many.' }, { 'retry-after': '0' });
      else sendJson(response, 200, done);
    });
    expect((await heddle.workflow('ask').run({})).status).toBe('done');
    expect(at.received).toHaveLength(3);
    expect(new Set(at.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it.each([
    ['is tried again after the time that the server names', '7', 7_000],
    ['is tried again after half a minute at most', '3600', 30_000],
  ])('%s', async (_what, retryAfter, ms) => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    try {
      let calls = 0;
      const refused = { status: 503, headers: { 'retry-after': retryAfter } };
      const reply = (): Response =>
        (calls += 1) === 1 ? Response.json({ code: 'busy', detail: 'Too many.' }, refused) : Response.json(done);
      const heddle = new Heddle({ baseUrl: 'https://heddle.test', fetch: () => Promise.resolve(reply()) });
      const result = heddle.workflow('ask').run({});
      await jest.advanceTimersByTimeAsync(ms - 1);
      expect(calls).toBe(1);
      await jest.advanceTimersByTimeAsync(1);
      expect([calls, (await result).status]).toEqual([2, 'done']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('sends files as a form', async () => {
    const { heddle, at } = await start((_request, response) => sendJson(response, 200, done));
    const file = new File(['wool'], 'loom.txt', { type: 'text/plain' });
    await heddle
      .workflow('read')
      .run({ document: file, pages: [new Blob(['a']), new Blob(['b'])], depth: 2, name: 'x' });
    const [request] = at.received;
    expect(request?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(request?.body).toMatch(/name="document"; filename="loom.txt"\r\nContent-Type: text\/plain\r\n\r\nwool/);
    expect(request?.body.match(/name="pages"/g)).toHaveLength(2);
    expect(request?.body).toMatch(/name="depth"\r\n\r\n2\r\n[^]*name="name"\r\n\r\nx\r\n/);
  });

  it.each([
    [404, { code: 'not_published', detail: 'No version is live.' }, 'not_published', 'No version is live.'],
    [403, { error: { code: 'forbidden', message: 'No.', details: { right: 'x' } } }, 'forbidden', 'No.'],
    [422, 'no object', 'unexpected_reply', 'The server answered with 422.'],
  ])('fails with the code and the message of a refusal with status %i', async (status, body, code, message) => {
    const { heddle, at } = await start((_request, response) =>
      sendJson(response, status, body, { 'x-request-id': 'q1', 'retry-after': 'soon' }),
    );
    await expect(heddle.workflow('ask').run({})).rejects.toMatchObject({
      code,
      message,
      status,
      name: 'HeddleError',
      about: { requestId: 'q1', retryAfter: undefined },
    });
    expect(at.received).toHaveLength(1);
  });

  it('names the server that did not answer, after three attempts', async () => {
    const { heddle, at } = await start((_request, response) => void response.destroy());
    await expect(heddle.workflow('ask').run({})).rejects.toMatchObject({
      code: 'connection_lost',
      message: expect.stringContaining(at.address),
    });
    expect(at.received).toHaveLength(3);
  });

  it('ends when it is aborted, and is not tried again', async () => {
    const controller = new AbortController();
    const { heddle, at } = await start(() => controller.abort(new Error('enough')));
    await expect(heddle.workflow('ask').run({}, { signal: controller.signal })).rejects.toThrow('enough');
    expect(at.received).toHaveLength(1);
  });

  it('does not create a thread twice when the reply is lost', async () => {
    const { heddle, at } = await start((_request, response) => void response.destroy());
    await expect(heddle.threads.create({ workflow: 'ask' })).rejects.toMatchObject({ code: 'connection_lost' });
    expect(at.received).toHaveLength(1);
  });

  it('refuses a base URL that is no address', () => {
    expect(() => new Heddle({ baseUrl: 'heddle.example.com' })).toThrow("'heddle.example.com' is not an address");
  });
});

describe('lists of threads', () => {
  it('are read a page at a time', async () => {
    const { heddle, at } = await start(({ url }, response) =>
      sendJson(
        response,
        200,
        url.includes('after') ? { threads: [{ id: 't2' }] } : { threads: [{ id: 't1' }], next: 'n&1' },
      ),
    );
    const ids = (await Array.fromAsync(heddle.threads.list({ workflow: 'ask', limit: 1 }))).map(({ id }) => id);
    expect(ids).toEqual(['t1', 't2']);
    expect(at.received.map(({ url }) => url)).toEqual([
      '/v1/threads?workflow=ask&limit=1',
      '/v1/threads?workflow=ask&limit=1&after=n%261',
    ]);
  });
});
