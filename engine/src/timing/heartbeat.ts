import type { Deadline } from './deadline-wheel.js';
import type { EngineHost } from '../host.js';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from './run-clock.js';
import type { Frame } from '../run/run-tree.js';

/** Sends signs of life of a run's nodes at intervals, while their functions run. */
export class Heartbeat {
  private next: Deadline | undefined;
  private isOver = false;
  private readonly clock: RunClock;
  private readonly outbox: Outbox;
  private readonly frames: ReadonlyMap<string, Frame>;
  private readonly counts: { readonly running: number };
  private readonly everyMs: number;

  constructor(
    host: Pick<EngineHost, 'beatMs'>,
    clock: RunClock,
    outbox: Outbox,
    frames: ReadonlyMap<string, Frame>,
    counts: { readonly running: number },
  ) {
    this.counts = counts;
    this.clock = clock;
    this.outbox = outbox;
    this.frames = frames;
    this.everyMs = host.beatMs ?? 5_000;
  }

  /** Keeps sending while functions run. */
  keep(): void {
    if (this.next !== undefined || this.isOver || this.counts.running === 0) return;
    this.next = this.clock.afterSpan(this.everyMs, () => {
      this.next = undefined;
      this.beat();
      this.keep();
    });
  }

  end(): void {
    this.isOver = true;
    this.next?.cancel();
  }

  private beat(): void {
    const time = this.clock.now();
    for (const frame of this.frames.values()) {
      for (const task of frame.tasks)
        if (task?.hasCall === true)
          this.outbox.live({
            type: 'node-beat',
            runId: this.outbox.runId,
            time,
            path: task.path,
            attempt: task.attempt,
          });
    }
  }
}
