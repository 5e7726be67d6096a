import { steadySource, type Clock, type Journal, type LiveEvent, type RunBus, type StreamEvent } from '@heddle/core';
import type { FollowedRun, RunSource } from '../live/run-hub.js';

interface FeedParts {
  readonly journal: Journal;
  /** If undefined, events of other processes come only from the journal. */
  readonly bus?: RunBus | undefined;
  /** Whether this process has a run; it then emits the run's events itself. */
  readonly isHere?: ((runId: string) => boolean) | undefined;
  readonly clock: Clock;
  /** Milliseconds between two reads of the journal. Default 2,000. */
  readonly checkMs?: number | undefined;
}

const pageSize = 500;
/** How many deltas may wait for missing text before them. */
const mostBehind = 1_000;

/**
 * Brings the events of runs on any worker to the watchers in this process: at once over the bus, and from the journal if the bus did not
 * bring them. A worker that is killed announces nothing of its last records, so the journal is also read every two seconds. The journal
 * stores the text of running nodes without its label.
 *
 * @example const hub = new RunHub(journal, clock, createRunFeed({ journal, bus, clock }));
 */
export function createRunFeed(parts: FeedParts): RunSource {
  return {
    follow(runId, emit) {
      return new RunReader(parts, runId, emit);
    },
  };
}

/**
 * A run that is watched in this process. Durable events are emitted once each and in order; deltas of an execution that has ended are
 * dropped.
 */
class RunReader implements FollowedRun {
  private lastSeq = 0;
  /** Executions that have begun and not yet ended. */
  private readonly working = new Set<string>();
  /** The length of the text that was emitted without a gap, by port of an execution. */
  private readonly lengths = new Map<string, number>();
  /** Whether text may be missing: at the beginning, after a gap, and always without a bus. */
  private mayMissText = true;
  /** Text that was read from the journal and that the bus may bring again, by port of an execution. */
  private readonly ahead = new Map<string, { readonly offset: number; readonly text: string }>();
  /** Deltas that came over the bus after a gap. They wait for the missing text before them. */
  private behind: NodeDelta[] = [];
  private isReadingText = false;
  private readonly ended = new Set<string>();
  /** Events that arrived while the journal was read. */
  private waiting: StreamEvent[] = [];
  private reading: Promise<void> | undefined;
  /** Set if events may be missing that the current read of the journal does not bring. */
  private isMissing = false;
  private isStopped = false;
  private readonly leaveBus: (() => void) | undefined;
  private cancelTimer: (() => void) | undefined;

  constructor(
    private readonly parts: FeedParts,
    private readonly runId: string,
    private readonly emit: (events: readonly StreamEvent[]) => void,
  ) {
    this.leaveBus = parts.bus?.watch(runId, {
      onEvents: (events) => this.receive(events),
      onGap: () => {
        this.mayMissText = true;
        this.repair();
      },
    });
    this.checkLater();
  }

  stop(): void {
    this.isStopped = true;
    this.leaveBus?.();
    this.cancelTimer?.();
  }

  note(events: readonly StreamEvent[]): void {
    for (const event of events) this.noteRecord(event);
  }

  private isHere(): boolean {
    return this.parts.isHere?.(this.runId) ?? false;
  }

  private checkLater(): void {
    const { clock, checkMs = 2_000 } = this.parts;
    const time = steadySource(clock);
    this.cancelTimer = time.at(time.now() + checkMs, () => {
      this.repair();
      if (this.mayMissText) void this.reading?.then(() => this.readText());
      this.checkLater();
    });
  }

  private receive(events: readonly StreamEvent[]): void {
    if (this.isStopped || this.isHere()) return;
    if (this.reading !== undefined) {
      this.waiting.push(...events);
      return;
    }
    const next: StreamEvent[] = [];
    let isWhole = true;
    for (const [index, event] of events.entries()) {
      if ('seq' in event && event.seq > this.lastSeq + 1) {
        this.waiting.push(...events.slice(index));
        isWhole = false;
        break;
      }
      if (!this.noteRecord(event)) continue;
      const fresh = event.type === 'node-delta' ? this.withoutKnown(event) : event;
      if (fresh === undefined) continue;
      if (fresh.type !== 'node-delta' || this.noteText(fresh)) next.push(fresh);
      else this.holdBack(fresh);
    }
    if (next.length > 0) this.emit(next);
    if (!isWhole) this.repair();
  }

  private noteRecord(event: StreamEvent): boolean {
    if (!('seq' in event)) return !('path' in event) || !this.ended.has(executionOf(event));
    if (event.seq <= this.lastSeq) return false;
    this.lastSeq = event.seq;
    if (event.type === 'node-start') this.working.add(executionOf(event));
    if (event.type === 'node-end' || event.type === 'node-error' || event.type === 'node-retry') {
      this.ended.add(executionOf(event));
      this.working.delete(executionOf(event));
      for (const port of this.ahead.keys()) if (port.startsWith(`${executionOf(event)} `)) this.ahead.delete(port);
    }
    return true;
  }

  /** Records a delta that continues the text without a gap. Returns false if text before it is missing. */
  private noteText(event: NodeDelta): boolean {
    const key = portOf(event);
    const length = this.lengths.get(key) ?? 0;
    if (event.offset > length) return false;
    this.lengths.set(key, Math.max(length, event.offset + event.delta.length));
    return true;
  }

  private noteAhead({ offset, delta, ...about }: NodeDelta): void {
    const known = this.ahead.get(portOf(about));
    const continues = known !== undefined && known.offset + known.text.length === offset;
    this.ahead.set(portOf(about), continues ? { ...known, text: known.text + delta } : { offset, text: delta });
  }

  /**
   * A delta without the text that the journal has brought already; undefined if nothing remains. Other text at the same position means that
   * the attempt began again, so it is passed on whole.
   */
  private withoutKnown(event: NodeDelta): NodeDelta | undefined {
    const key = portOf(event);
    const known = this.ahead.get(key);
    if (known === undefined) return event;
    const from = event.offset - known.offset;
    const same = from < 0 ? '' : known.text.slice(from, from + event.delta.length);
    if (same !== '' && same === event.delta) return undefined;
    this.ahead.delete(key);
    if (same === '' || !event.delta.startsWith(same)) return event;
    return { ...event, offset: event.offset + same.length, delta: event.delta.slice(same.length) };
  }

  private holdBack(event: NodeDelta): void {
    this.mayMissText = true;
    this.behind.push(event);
    if (this.behind.length > mostBehind) this.behind.shift();
    void this.readText();
  }

  /**
   * Emits text that the bus did not bring, because there is no bus, it is unreachable, or it no longer has the beginning of a long text.
   */
  private async readText(): Promise<void> {
    if (this.isReadingText || this.isStopped || this.isHere() || this.working.size === 0) return;
    this.isReadingText = true;
    const { journal, clock, bus } = this.parts;
    try {
      const texts = await journal.streams(this.runId);
      // Events from this process, or from a read of the journal, are newer than these texts.
      if (this.isStopped || this.isHere() || this.reading !== undefined) return;
      this.mayMissText = bus === undefined;
      const stored = texts.map(({ path, attempt, port, text }): NodeDelta => {
        const about = { runId: this.runId, time: clock.now(), path, attempt, port };
        const offset = this.lengths.get(portOf(about)) ?? 0;
        return { type: 'node-delta', ...about, offset, delta: text.slice(offset) };
      });
      const next = stored.filter((delta) => delta.delta !== '' && this.working.has(executionOf(delta)));
      for (const delta of next) {
        this.noteText(delta);
        if (bus !== undefined) this.noteAhead(delta);
      }
      const behind = this.behind.filter((delta) => this.working.has(executionOf(delta)));
      this.behind = [];
      for (const delta of behind) {
        const fresh = this.withoutKnown(delta);
        if (fresh !== undefined) (this.noteText(fresh) ? next : this.behind).push(fresh);
      }
      this.mayMissText ||= this.behind.length > 0;
      if (next.length > 0) this.emit(next);
    } catch {
      // The database is unreachable. The next check reads again.
    } finally {
      this.isReadingText = false;
    }
  }

  private repair(): void {
    if (this.isHere()) return;
    this.isMissing = true;
    this.reading ??= this.readJournal().finally(() => {
      this.reading = undefined;
      if (this.isStopped) return;
      const waiting = this.waiting;
      this.waiting = [];
      this.receive(waiting);
    });
  }

  private async readJournal(): Promise<void> {
    while (this.isMissing && !this.isStopped) {
      this.isMissing = false;
      for (;;) {
        let events: readonly StreamEvent[];
        try {
          events = await this.parts.journal.events(this.runId, {
            after: this.lastSeq,
            limit: pageSize,
            showsLost: true,
          });
        } catch {
          // The database is unreachable. The next check reads everything again, including what waits here.
          this.waiting = [];
          return;
        }
        if (this.isStopped) return;
        // Events that this process emitted meanwhile are skipped.
        const next = events.filter((event) => this.noteRecord(event));
        if (next.length === 0) break;
        this.emit(next);
      }
    }
  }
}

type NodeDelta = Extract<LiveEvent, { type: 'node-delta' }>;

const executionOf = ({ path, attempt }: { readonly path: string; readonly attempt: number }): string =>
  `${path} ${attempt}`;

const portOf = (delta: Pick<NodeDelta, 'path' | 'attempt' | 'port'>): string => `${executionOf(delta)} ${delta.port}`;
