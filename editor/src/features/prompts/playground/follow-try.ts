import { isTerminal, type RunReply } from '@heddle/core';
import { z } from 'zod';
import { client } from '../../../data/api/client.js';
import { ApiError, send } from '../../../data/http/http.js';
import { readNamedEvents } from '../../../data/http/read-named-events.js';

const answerNode = 'answer';

/** The state of a running try, as the playground shows it. */
export interface TryState {
  readonly text: string;
  /** The reason for which the run waits. */
  readonly waiting?: string | undefined;
}

const Event = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('node-delta'),
    path: z.string(),
    attempt: z.number(),
    port: z.string(),
    offset: z.number(),
    delta: z.string(),
  }),
  z.object({ type: z.literal('node-snapshot'), path: z.string(), port: z.string(), text: z.string() }),
  z.object({ type: z.literal('node-queue'), path: z.string(), limit: z.string(), position: z.number() }),
  z.object({ type: z.literal('run-queue'), position: z.number() }),
]);

/** The state after an event. Returns the same object if the event does not concern the answer. */
export function foldTry(state: TryState, data: unknown): TryState {
  const event = Event.safeParse(data);
  if (!event.success) return state;
  switch (event.data.type) {
    case 'run-queue':
      return { ...state, waiting: 'Waiting for a slot' };
    case 'node-queue':
      return event.data.position === 0
        ? { text: state.text }
        : { ...state, waiting: `Position ${event.data.position} in the queue` };
    case 'node-snapshot':
      return event.data.path === answerNode ? { text: event.data.text } : state;
    case 'node-delta':
      if (event.data.path !== answerNode || event.data.port !== 'text') return state;
      return { text: state.text.slice(0, event.data.offset) + event.data.delta };
  }
}

/** The pause before a lost stream is read again. */
const pauseMs = 500;

/** Follows a run to its end and reports its answer while it streams. An abort cancels the run. Rejects with an ApiError. */
export async function followTry(
  runId: string,
  onState: (state: TryState) => void,
  signal: AbortSignal,
): Promise<RunReply> {
  const params = { path: { id: runId } };
  try {
    for (;;) {
      await readStream(runId, onState, signal);
      const run = await client.GET('/api/runs/{id}', { params, signal });
      if (isTerminal(run.status)) return run;
      if (run.status === 'paused' || run.status === 'suspended')
        throw new ApiError('conflict', 'The run is paused or suspended: open it under Runs.', 409);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  } catch (error) {
    if (signal.aborted) await client.POST('/api/runs/{id}/cancel', { params, body: {} }).catch(() => undefined);
    throw error;
  }
}

async function readStream(runId: string, onState: (state: TryState) => void, signal: AbortSignal): Promise<void> {
  const { body } = await send(`/api/runs/${encodeURIComponent(runId)}/events`, { signal });
  let state: TryState = { text: '' };
  for await (const { data } of body === null ? [] : readNamedEvents(body)) {
    const next = foldTry(state, data);
    if (next !== state) onState((state = next));
  }
}
