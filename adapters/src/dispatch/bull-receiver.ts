import type { HintReceiver, ReceiveOptions } from '@heddle/core';
import type { Job } from 'bullmq';
import type { BullEngine, BullWorker } from './bull-engine.js';
import { HintJob, queueOf } from './job-of-hint.js';

/** A worker of BullMQ that cannot say good-bye, since its server is away, is left. */
const longestCloseMs = 2_000;

/** A worker of BullMQ for each class. */
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

  /** One change after the other. A worker of BullMQ notices new slots only when it is resumed. */
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
      .catch(() => undefined); // its server is away: the watchdog opens it again
  }

  /** A job that is none of ours is settled, or it would come again for ever. */
  private async take(job: Job): Promise<void> {
    if (this.isClosed || this.slots === 0) await giveBack(job);
    const hint = HintJob.safeParse(job.data);
    if (hint.success) await this.options.onHint(hint.data).catch(() => undefined);
  }

  /** By force: a run that goes on keeps its claim, also when its hint is lost. */
  private async leave(workers: readonly BullWorker[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, longestCloseMs)));
    await Promise.race([late, Promise.allSettled(workers.map((worker) => worker.close(true)))]);
    clearTimeout(timer);
  }
}

/** A worker that is being closed or paused may still have asked for a job. Where it cannot say so any more, the job stalls and goes to another. */
async function giveBack(job: Job): Promise<never> {
  const { WaitingError } = await import('bullmq');
  await job.moveToWait(job.token);
  throw new WaitingError();
}
