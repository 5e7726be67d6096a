import type { DispatchTimes, HeddleError } from '@heddle/core';
import type { Job, JobsOptions } from 'bullmq';

/** The members of a BullMQ queue that are used, on either engine. */
export interface BullQueue {
  add(name: string, data: unknown, opts: JobsOptions): Promise<unknown>;
  addBulk(jobs: { readonly name: string; readonly data: unknown; readonly opts: JobsOptions }[]): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  close(): Promise<void>;
}

/** The members of a BullMQ worker that are used. */
export interface BullWorker {
  concurrency: number;
  pause(doNotWaitActive?: boolean): Promise<void>;
  resume(): Promise<void>;
  isPaused(): boolean;
  close(force?: boolean): Promise<void>;
}

export interface BullEngine {
  queue(name: string): BullQueue;
  worker(name: string, process: (job: Job) => Promise<void>, slots: number): BullWorker;
  toError(error: unknown): HeddleError;
  close(): Promise<void>;
}

/**
 * The options of every worker. A hint is never given up: how often it was lost says nothing about its run. A settled job leaves nothing
 * behind.
 */
export const workerOptions = ({ lockMs, stalledMs }: DispatchTimes) => ({
  lockDuration: lockMs,
  stalledInterval: stalledMs,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
});
