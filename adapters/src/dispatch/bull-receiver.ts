import type { HintReceiver, ReceiveOptions } from '@heddle/core';
import type { Job } from 'bullmq';
import type { BullEngine, BullWorker } from './bull-engine.js';
import { HintJob, queueOf } from './job-of-hint.js';

/** How long to wait for a BullMQ worker to close, in milliseconds; if its server is unreachable, it cannot. */
const longestCloseMs = 2_000;

/** Receives hints with one BullMQ worker for each class. */
export class BullReceiver implements HintReceiver {
  private readonly engine: BullEngine;
  private readonly options: ReceiveOptions;
  private slots: number;
  private workers: readonly BullWorker[];
  private changes: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(engine: BullEngine, options: ReceiveOptions) {
    this.engine = engine;
    this.options = options;
    this.slots = options.slots;
    this.workers = this.open();
  }

  setSlots(slots: number): void {
    this.slots = slots;
    for (const worker of this.workers) this.adjust(worker);
  }

  async reopen(): Promise<void> {
    if (this.isClosed) return;
    const before = this.workers;
    this.workers = this.open();
    await this.leave(before);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.leave(this.workers);
  }

  private open(): readonly BullWorker[] {
    return this.options.classes.map((name) => {
      const worker = this.engine.worker(queueOf(name), (job) => this.take(job), Math.max(1, this.slots));
      if (this.slots === 0) this.adjust(worker);
      return worker;
    });
  }

  /** Changes run one after another. A BullMQ worker notices new slots only when it is resumed. */
  private adjust(worker: BullWorker): void {
    this.changes = this.changes
      .then(async () => {
        const { slots } = this;
        if (slots === 0) return worker.pause(true);
        const isMore = slots > worker.concurrency;
        worker.concurrency = slots;
        if (isMore) await worker.pause(true);
        if (worker.isPaused()) await worker.resume();
      })
      .catch(() => undefined); // the server is unreachable; the watchdog opens the worker again
  }

  /** A job of another program is settled too, because otherwise it would return for ever. */
  private async take(job: Job): Promise<void> {
    if (this.isClosed || this.slots === 0) await giveBack(job);
    const hint = HintJob.safeParse(job.data);
    if (hint.success) await this.options.onHint(hint.data).catch(() => undefined);
  }

  /** Closes by force: a run in progress keeps its claim even if its hint is lost. */
  private async leave(workers: readonly BullWorker[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, longestCloseMs)));
    await Promise.race([late, Promise.allSettled(workers.map((worker) => worker.close(true)))]);
    clearTimeout(timer);
  }
}

/**
 * A worker that is closed or paused may already have requested a job, and returns it here. If that fails, the job stalls and another worker
 * gets it.
 */
async function giveBack(job: Job): Promise<never> {
  const { WaitingError } = await import('bullmq');
  await job.moveToWait(job.token);
  throw new WaitingError();
}
