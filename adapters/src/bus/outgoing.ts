import { appendEvent, type StreamEvent, type TimeSource } from '@heddle/core';
import { longestEvent } from './label-guard.js';

/** An entry of a stream: events, or a note that events are missing. */
export interface OutgoingEntry {
  readonly runId: string;
  /** JSON of the events, or `gap` if some were not sent. */
  readonly body: string;
  /** Whether the run sends no more events. */
  readonly isLast: boolean;
}

/** How long events wait for others, in milliseconds. */
const joinMs = 25;
/** The largest number of events in an entry. */
const mostAtOnce = 200;
/** The largest number of waiting events of a run; watchers read further ones from the journal. */
const mostWaiting = 2_000;

/** The body of an entry that tells watchers that events were not sent. */
export const gap = 'gap';

interface Waiting {
  readonly events: StreamEvent[];
  hasGap: boolean;
  hasEnded: boolean;
}

/** Collects the events of runs for a moment and splits them into entries. */
export class Outgoing {
  private readonly runs = new Map<string, Waiting>();
  private cancel: (() => void) | undefined;

  constructor(
    private readonly time: TimeSource,
    private readonly mayTravel: (event: StreamEvent) => boolean,
    private readonly send: (entries: readonly OutgoingEntry[]) => void,
  ) {}

  add(runId: string, events: readonly StreamEvent[]): void {
    const waiting = this.waitingOf(runId);
    for (const event of events) {
      waiting.hasEnded ||= event.type === 'run-end';
      if (waiting.events.length < mostWaiting && this.mayTravel(event)) appendEvent(waiting.events, event);
      else waiting.hasGap = true;
    }
    this.cancel ??= this.time.at(this.time.now() + joinMs, () => this.flush());
  }

  /** Adds an entry to each run that says that events are missing. */
  addGaps(runIds: Iterable<string>): void {
    for (const runId of runIds) this.waitingOf(runId).hasGap = true;
    if (this.runs.size > 0) this.cancel ??= this.time.at(this.time.now() + joinMs, () => this.flush());
  }

  private waitingOf(runId: string): Waiting {
    const waiting = this.runs.get(runId) ?? { events: [], hasGap: false, hasEnded: false };
    this.runs.set(runId, waiting);
    return waiting;
  }

  flush(): void {
    this.cancel?.();
    this.cancel = undefined;
    const entries = [...this.runs].flatMap(([runId, waiting]) => entriesOf(runId, waiting));
    this.runs.clear();
    if (entries.length > 0) this.send(entries);
  }
}

/** The entry for a gap comes last: a watcher that reads the journal after it finds everything before it. */
function entriesOf(runId: string, { events, hasGap, hasEnded: isLast }: Waiting): readonly OutgoingEntry[] {
  const entries: OutgoingEntry[] = [];
  let isCut = hasGap;
  for (let from = 0; from < events.length; from += mostAtOnce) {
    const texts = events.slice(from, from + mostAtOnce).map((event) => JSON.stringify(event));
    const short = texts.filter((text) => text.length <= longestEvent);
    isCut ||= short.length < texts.length;
    if (short.length > 0) entries.push({ runId, body: `[${short.join(',')}]`, isLast });
  }
  if (isCut) entries.push({ runId, body: gap, isLast });
  return entries;
}
