import type { EventsMessage, RunEvent, StreamEvent, WatchReply } from '@heddle/core';
import { io } from 'socket.io-client';
import type { ServerProcess } from './start-server.js';

/** What a watcher has received so far. */
interface Watcher {
  readonly events: readonly StreamEvent[];
  /** Resolves when the server has ended the stream or the end of the run has arrived. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Selects the recorded events, without live ones. */
export function durable(events: readonly StreamEvent[]): readonly RunEvent[] {
  return events.filter((event): event is RunEvent => 'seq' in event);
}

/** Watches a run over server-sent events, after the sequence number in `Last-Event-ID`. */
export function watchBySse(server: ServerProcess, runId: string, lastEventId?: number): Watcher {
  const events: StreamEvent[] = [];
  const stop = new AbortController();
  const ended = readSse(`${server.address}/api/runs/${runId}/events`, lastEventId, events, stop.signal);
  return { events, ended, stop: () => stop.abort() };
}

async function readSse(
  url: string,
  lastEventId: number | undefined,
  events: StreamEvent[],
  signal: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) };
  try {
    const reply = await fetch(url, { headers, signal });
    if (!reply.ok) throw new Error(`The events were refused with ${reply.status}.`);
    if (reply.body === null) return;
    let rest = '';
    for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
      const parts = `${rest}${chunk}`.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) readPart(part, events);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function readPart(part: string, events: StreamEvent[]): void {
  const lines = part.split('\n');
  const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
  if (data === undefined) return;
  const event = JSON.parse(data) as StreamEvent;
  const id = lines.find((line) => line.startsWith('id: '))?.slice('id: '.length);
  const seq = 'seq' in event ? String(event.seq) : undefined;
  if (id !== seq) throw new Error(`The id ${id ?? '(none)'} does not name the event ${data}.`);
  events.push(event);
}

/** Watches a run over the `/live` socket. */
export async function watchBySocket(server: ServerProcess, runId: string, after = 0): Promise<Watcher> {
  const topic = `run:${runId}`;
  const socket = io(`${server.address}/live`, { transports: ['websocket'], reconnection: false, forceNew: true });
  const events: StreamEvent[] = [];
  const ended = new Promise<void>((resolve) => {
    socket.on('disconnect', () => resolve());
    socket.on('events', (message: EventsMessage) => {
      if (message.topic !== topic) return;
      events.push(...(message.events as StreamEvent[]));
      if (events.some((event) => event.type === 'run-end')) resolve();
    });
  });
  const reply = (await socket.timeout(5000).emitWithAck('watch', { topic, after })) as WatchReply;
  if (!reply.ok) throw new Error(reply.error.message);
  return { events, ended, stop: () => socket.disconnect() };
}
