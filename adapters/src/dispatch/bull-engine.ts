import type { DispatchTimes, HeddleError } from '@heddle/core';
import type { Job, JobsOptions } from 'bullmq';

/** What is needed of a queue of BullMQ, on whichever engine. */
export interface BullQueue {
  add(name: string, data: unknown, opts: JobsOptions): Promise<unknown>;
  addBulk(jobs: { readonly name: string; readonly data: unknown; readonly opts: JobsOptions }[]): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  close(): Promise<void>;
}

/** What is needed of a worker of BullMQ. */
export interface BullWorker {
  concurrency: number;
  pause(doNotWaitActive?: boolean): Promise<void>;
  resume(): Promise<void>;
  isPaused(): boolean;
  close(force?: boolean): Promise<void>;
}

/** How BullMQ runs on one engine: Redis or Postgres. */
export interface BullEngine {
  queue(name: string): BullQueue;
  worker(name: string, process: (job: Job) => Promise<void>, slots: number): BullWorker;
  toError(error: unknown): HeddleError;
  close(): Promise<void>;
}

/**
 * Options of every worker. How often a hint went astray says nothing about its run, so it is never given up; a settled one leaves nothing behind.
 */
export const workerOptions = ({ lockMs, stalledMs }: DispatchTimes) => ({
  lockDuration: lockMs,
  stalledInterval: stalledMs,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
});
