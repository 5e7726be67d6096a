import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { jsonPieces, sizeWithin, type ValueSize } from '@heddle/core';
import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';

/** A reply up to this size is written at once. A larger one is sent in pieces, so that it does not block other requests. */
const mostAtOnce: ValueSize = { values: 10_000, characters: 1_000_000 };

/** The length of a piece in characters. */
const chunk = 64 * 1024;

/** Sends large replies as a stream of JSON. */
export function sendLargeInSlices(fastify: FastifyInstance): void {
  // oxlint-disable-next-line typescript/require-await -- without a promise, Fastify waits for a callback
  fastify.addHook('preSerialization', async (_request, reply, payload) => {
    if (sizeWithin(payload, mostAtOnce) !== undefined) return payload;
    // Fastify sends a stream unchanged, although its type allows only text.
    void reply.header('content-type', 'application/json; charset=utf-8').serializer((given) => given as string);
    return Readable.from(chunksOf(payload), { objectMode: false });
  });
}

async function* chunksOf(value: unknown): AsyncGenerator<Buffer, void, void> {
  let parts: string[] = [];
  let length = 0;
  for (const piece of jsonPieces(value)) {
    parts.push(piece);
    length += piece.length;
    if (length < chunk) continue;
    yield Buffer.from(parts.join(''));
    parts = [];
    length = 0;
    await yieldToEventLoop();
  }
  yield Buffer.from(parts.join(''));
}
