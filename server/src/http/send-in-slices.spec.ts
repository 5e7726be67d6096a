import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { sendLargeInSlices } from './send-in-slices.js';

const large = { rows: Array.from({ length: 30_000 }, (_, index) => ({ index, text: `row "${index}" 😀` })) };

describe('a large reply', () => {
  let app: FastifyInstance;
  let address: string;
  beforeEach(async () => {
    app = fastify();
    sendLargeInSlices(app);
    app.get('/large', () => large);
    app.get('/small', () => ({ rows: [1] }));
    app.get('/made', (_request, reply) => reply.status(201).header('x-own', 'yes').send(large));
    app.get('/text', () => 'x'.repeat(2_000_000));
    address = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => app.close());

  const get = (path: string) => fetch(`${address}${path}`);

  it('is sent in pieces with the same text', async () => {
    const reply = await get('/large');
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(reply.headers.get('content-length')).toBeNull();
    expect(await reply.json()).toEqual(large);
  });

  it('keeps its status and headers', async () => {
    const reply = await get('/made');
    expect([reply.status, reply.headers.get('x-own')]).toEqual([201, 'yes']);
    expect(await reply.json()).toEqual(large);
  });

  it('leaves small replies and texts as they are', async () => {
    const small = await get('/small');
    expect(small.headers.get('content-length')).toBe('12');
    expect(await small.json()).toEqual({ rows: [1] });
    expect(await (await get('/text')).text()).toBe('x'.repeat(2_000_000));
  });

  it('does not block the event loop meanwhile', async () => {
    let ticks = 0;
    let isOver = false;
    const count = (): void => {
      ticks += 1;
      if (!isOver) setImmediate(count);
    };
    const reply = get('/large');
    count();
    await (await reply).text();
    isOver = true;
    expect(ticks).toBeGreaterThan(10);
  });
});
