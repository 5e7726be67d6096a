import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { toErrorValue, type GenerateEvent, type HeddleError } from '@heddle/core';
import { securityHeaders } from '../http/security-headers.js';

/**
 * Writes the answer of a model as an event stream. A failure, including a lost right of the caller, becomes the last event: `{ "type":
 * "error", "error": … }`.
 */
export async function streamAnswer(
  response: ServerResponse,
  events: AsyncIterable<GenerateEvent>,
  lost: () => HeddleError | undefined,
): Promise<void> {
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const send = async (event: unknown): Promise<void> => {
    if (!response.writable) return;
    if (!response.write(`data: ${JSON.stringify(event)}\n\n`))
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
  };
  try {
    for await (const event of events) await send(event);
  } catch (error) {
    await send({ type: 'error', error: toErrorValue(lost() ?? error) });
  }
  response.end();
}
