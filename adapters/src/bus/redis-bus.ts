import { randomUUID } from 'node:crypto';
import {
  labelOf,
  steadySource,
  type BusReader,
  type Clock,
  type LabelLevel,
  type RunBus,
  type StreamEvent,
} from '@heddle/core';
import type { RedisConnections } from '../redis/connect-redis.js';
import { gap, Outgoing, type OutgoingEntry } from './outgoing.js';
import { StreamReader } from './stream-reader.js';
import { labelGuard } from './label-guard.js';

interface RedisBusOptions {
  readonly clock: Clock;
  /** The prefix of all its keys. Default `heddle`. */
  readonly prefix?: string | undefined;
  /** Content above this level is not sent: watchers read it from the journal. Default: all content is sent. */
  readonly highest?: LabelLevel | undefined;
}

/** The approximate length to which a stream is trimmed. */
const mostEntries = 1_000;
/** How long a stream is kept after its last entry, in seconds. */
const keptSeconds = 600;
/** How long the stream of an ended run is kept, in seconds. Later watchers find everything in the journal. */
const endedSeconds = 60;
/** Milliseconds until watchers of runs whose entries were not sent receive a gap. */
const againMs = 1_000;
/** How many runs are remembered because some of their entries were not sent. */
const mostMissing = 10_000;

/**
 * The bus on Redis streams. `run:ID` has the events of a run from the last ten minutes, and for one minute after its end. The caller keeps
 * and closes the connections.
 *
 * @example const bus = createRedisBus(await connectRedis({ url }), { clock }); bus.publish('run-1', events);
 */
export function createRedisBus(redis: RedisConnections, options: RedisBusOptions): RunBus {
  const { clock, prefix = 'heddle', highest } = options;
  const time = steadySource(clock);
  const writing = redis.prompt();
  const keyOf = (runId: string): string => `${prefix}:run:${runId}`;
  const noticeOf = (boot: string): string => `${prefix}:notice:${boot}`;
  const reader = new StreamReader(redis.patient(), writing, `${prefix}:wake:${randomUUID()}`);
  const missing = new Set<string>();
  let again: (() => void) | undefined;
  let sending = Promise.resolve();

  const outgoing = new Outgoing(time, labelGuard(highest), (entries) => {
    // In order: entries are sent only after the reply to the ones before.
    sending = sending.then(() => send(entries));
  });

  async function send(entries: readonly OutgoingEntry[]): Promise<void> {
    try {
      const pipeline = writing.pipeline();
      for (const { runId, body, isLast } of entries)
        pipeline
          .xadd(keyOf(runId), 'MAXLEN', '~', mostEntries, '*', 'b', body)
          .expire(keyOf(runId), isLast ? endedSeconds : keptSeconds);
      for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
    } catch {
      for (const { runId } of entries) if (missing.size < mostMissing) missing.add(runId);
      again ??= time.at(time.now() + againMs, sayMissing);
    }
  }

  function sayMissing(): void {
    again = undefined;
    const runIds = [...missing];
    missing.clear();
    outgoing.addGaps(runIds);
  }

  return {
    publish: (runId, events) => outgoing.add(runId, events),
    watch: (runId, watcher) =>
      reader.follow(keyOf(runId), { onBody: (body) => deliver(body, watcher), onLoss: () => watcher.onGap() }),
    tell(boot) {
      const key = noticeOf(boot);
      void writing
        .pipeline()
        .xadd(key, 'MAXLEN', '1', '*', 'b', '')
        .expire(key, keptSeconds)
        .exec()
        .catch(() => undefined);
    },
    listen: (boot, onNotice) => reader.follow(noticeOf(boot), { onBody: () => onNotice(), onLoss: () => onNotice() }),
    async close() {
      outgoing.flush();
      await sending;
      again?.();
      reader.close();
    },
  };
}

/** A body that is not a list of events was not written by this program, and counts as a gap. */
function deliver(body: string, watcher: BusReader): void {
  if (body === gap) {
    watcher.onGap();
    return;
  }
  try {
    // A process of this cluster wrote it from events that were checked there.
    watcher.onEvents((JSON.parse(body) as readonly StreamEvent[]).map(withSharedLabel));
  } catch {
    watcher.onGap();
  }
}

/** The label of an event becomes a shared object: deltas are joined only if their labels are the same object. */
function withSharedLabel(event: StreamEvent): StreamEvent {
  if (event.type !== 'node-delta' || event.label === undefined) return event;
  return { ...event, label: labelOf(event.label.level, event.label.marks) };
}
