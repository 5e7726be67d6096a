import { withoutUndefined } from '@heddle/core';
import type { FastifyReply } from 'fastify';
import { factsOf } from '../http/request-facts.js';
import { securityHeaders } from '../http/security-headers.js';

/** A reply of server-sent events. */
interface EventStream {
  /** Sends text; waits while the client reads slowly. */
  send(text: string): Promise<void>;
  end(): void;
}

/** Starts a reply of server-sent events at once, with the given headers and those that every stream has. */
export function openEventStream(
  reply: FastifyReply,
  signal: AbortSignal,
  headers: Readonly<Record<string, unknown>> = {},
): EventStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...securityHeaders,
    ...factsOf(reply.request),
    ...(withoutUndefined(headers) as Record<string, string>), // All header values are strings.
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  raw.flushHeaders();
  return {
    async send(text) {
      if (raw.write(text) || signal.aborted || raw.destroyed) return;
      await new Promise<void>((resolve) => {
        raw.once('drain', resolve);
        raw.once('close', resolve);
      });
    },
    end: () => void raw.end(),
  };
}
