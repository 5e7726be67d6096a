import { ErrorValue, fromErrorValue, HeddleError, LiveEvent, RunEvent, type StreamEvent } from '@heddle/core';
import { z } from 'zod';

/** The error that ends an event stream. */
const Problem = z.object({ error: ErrorValue.extend({ retryable: z.boolean().default(false) }) });

/**
 * Reads the events of a run over SSE until the run has ended or waits for a person. If a reply breaks off, it requests the events after the
 * last seq. Errors: the `problem` at the end of a reply.
 */
export async function followEvents(
  open: (after: number) => Promise<Response>,
  isAtRest: () => Promise<boolean>,
  onEvents: (events: readonly StreamEvent[]) => void,
): Promise<void> {
  let lastSeq = 0;
  let failures = 0;
  for (;;) {
    const response = await open(lastSeq);
    if (response.status === 204 || response.body === null) return;
    try {
      for await (const event of readEvents(response.body)) {
        failures = 0;
        if ('seq' in event) lastSeq = event.seq;
        onEvents([event]);
        if (event.type === 'run-end') return;
        if ((event.type === 'run-suspend' || event.type === 'run-pause') && (await isAtRest())) return;
      }
    } catch (error) {
      failures += 1;
      if (failures > 5 || error instanceof HeddleError) throw error;
    }
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    let end = rest.indexOf('\n\n');
    for (; end >= 0; end = rest.indexOf('\n\n')) {
      const event = readEvent(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (event !== undefined) yield event;
    }
  }
}

function readEvent(block: string): StreamEvent | undefined {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
  if (data === '') return undefined;
  const parsed: unknown = JSON.parse(data);
  if (/^event: problem$/m.test(block)) throw problemOf(parsed);
  const durable = RunEvent.safeParse(parsed);
  return durable.success ? durable.data : LiveEvent.safeParse(parsed).data;
}

function problemOf(body: unknown): HeddleError {
  const { data } = Problem.safeParse(body);
  return data === undefined ? new HeddleError('internal', 'The server ended the events.') : fromErrorValue(data.error);
}
