import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A text that was to be embedded. */
export interface EmbeddedText {
  readonly text: string;
  readonly arrivedAt: number;
}

export const dimensions = 32;

/** The maximum milliseconds of a reply: long enough that a kill sometimes hits it. */
const slowestMs = 60;

/**
 * Answers `POST /v1/embeddings` like OpenAI, and records each text. The same text always gets the same vector, which is far from the
 * others, so that a search for a text finds it first.
 */
export function answerEmbeddings(request: IncomingMessage, reply: ServerResponse, embedded: EmbeddedText[]): void {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.once('end', () => {
    const { input } = JSON.parse(body) as { input: readonly string[] };
    const arrivedAt = Date.now();
    embedded.push(...input.map((text) => ({ text, arrivedAt })));
    const data = input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }));
    const usage = { prompt_tokens: input.length, total_tokens: input.length };
    setTimeout(() => {
      reply.setHeader('content-type', 'application/json');
      reply.end(JSON.stringify({ object: 'list', model: 'vectors', data, usage }));
    }, embedded.length % slowestMs);
  });
}

function vectorOf(text: string): number[] {
  return [...createHash('sha256').update(text).digest().subarray(0, dimensions)].map((byte) => byte - 127.5);
}
