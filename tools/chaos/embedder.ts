import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A text that somebody wanted to have embedded. */
export interface EmbeddedText {
  readonly text: string;
  readonly arrivedAt: number;
}

/** Numbers in a vector of the embedder. */
export const dimensions = 32;

/** Long enough to be killed in the middle now and then. */
const slowestMs = 60;

/**
 * Answers `POST /v1/embeddings` as OpenAI does, and writes down each text. A text has always the same vector, and one that is far from those of others:
 * searching for a text finds it first.
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
