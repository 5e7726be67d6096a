import { statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { Clock } from '@heddle/core';
import type { HealthService } from '../health/health.service.js';
import { version } from '../common/version.js';
import type { JobService } from '../jobs/job.service.js';
import type { RunHub } from '../live/run-hub.js';
import type { ModelService } from '../models/model.service.js';
import type { RunService } from '../runs/run.service.js';
import type { PromClient } from './run-figures.js';

/** Jobs that are looked at: the newest. */
const mostJobs = 500;

/** Where the figures of the moment are read. */
export interface StateSources {
  readonly health: HealthService;
  readonly hub: RunHub;
  readonly runs: RunService;
  readonly jobs: JobService;
  readonly models: ModelService;
  readonly clock: Clock;
  readonly dataFolder: string;
}

/** Figures of the moment; gives how they are read anew before each answer. What cannot be read now is left as it was, or out. */
export function createStateFigures(
  { Gauge }: PromClient,
  registry: Registry,
  sources: StateSources,
): () => Promise<void> {
  const registers = [registry];
  const gauge = <Name extends string = never>(name: string, help: string, ...labelNames: Name[]) =>
    new Gauge({ name: `heddle_${name}`, help, labelNames, registers });

  gauge('info', 'The version of Heddle.', 'version').set({ version }, 1);
  const runs = gauge('runs', 'Runs that have not ended, by their state.', 'state');
  const limits = gauge('runs_limit', 'Most runs that work at once, and most that wait for a place.', 'state');
  const oldest = gauge(
    'oldest_run_age_seconds',
    'Age of the oldest run that works or waits for a place; 0 without one.',
  );
  const stuck = gauge('stuck', 'What has not gone on for longer than it should; /api/health says what and why.');
  const fault = gauge('storage_fault', '1 while something cannot be stored or read.');
  const questions = gauge(
    'questions',
    'Open questions to people; overdue are those past their time or reminder.',
    'state',
  );
  const jobs = gauge('jobs', 'Ingests and other jobs that have not ended.', 'kind', 'status');
  const watched = gauge('watched_runs', 'Runs that are watched or writing.');
  const bytes = gauge('data_bytes', 'Sizes in the data folder.', 'part');
  const free = gauge('data_free_bytes', 'Room on the disk of the data folder.');
  const hosts = gauge('model_host_up', '1 while the process of a model runtime is ready.', 'runtime', 'device');
  const restarts = gauge('model_host_restarts', 'How often it was started again after a crash.', 'runtime');
  const memory = gauge('model_host_memory_bytes', 'Memory of the process.', 'runtime');
  const slots = gauge('model_slots', 'Sequences of a loaded model, all and in use.', 'model', 'state');
  const waiting = gauge('model_waiting', 'Calls that wait for a sequence.', 'model');
  const speed = gauge('model_tokens_per_second', 'Speed of the last generation.', 'model');

  async function readRuns(): Promise<void> {
    const health = await sources.health.read();
    const { running, queued, suspended, maxRunning, maxQueued } = health.runs;
    runs.set({ state: 'running' }, running);
    runs.set({ state: 'queued' }, queued);
    runs.set({ state: 'suspended' }, suspended);
    limits.set({ state: 'running' }, maxRunning);
    limits.set({ state: 'queued' }, maxQueued);
    const accepted = health.runs.oldest?.acceptedAt;
    oldest.set(accepted === undefined ? 0 : Math.max(0, sources.clock.now() - accepted) / 1_000);
    stuck.set(health.stuck);
    fault.set(health.storage.status === 'ok' ? 0 : 1);
  }

  async function readQuestions(): Promise<void> {
    const now = sources.clock.now();
    const requests = await sources.runs.requests().catch(() => []);
    const late = ({ dueAt = Infinity, remindAt = Infinity }: (typeof requests)[number]['question']): boolean =>
      Math.min(dueAt, remindAt) <= now;
    questions.set({ state: 'open' }, requests.length);
    questions.set({ state: 'overdue' }, requests.filter(({ question }) => late(question)).length);
  }

  async function readJobs(): Promise<void> {
    jobs.reset();
    for (const { kind, status } of await sources.jobs.list(mostJobs).catch(() => []))
      if (status === 'running' || status === 'queued') jobs.inc({ kind, status });
  }

  async function readModels(): Promise<void> {
    for (const figure of [hosts, restarts, memory, slots, waiting, speed]) figure.reset();
    for (const host of await sources.models.hosts().catch(() => [])) {
      const { runtime, device = '' } = host;
      hosts.set({ runtime, device }, host.status === 'ready' ? 1 : 0);
      restarts.set({ runtime }, host.restarts);
      if (host.memoryMb !== undefined) memory.set({ runtime }, host.memoryMb * 2 ** 20);
      for (const { id: model, ...state } of host.models) {
        slots.set({ model, state: 'all' }, state.slots);
        slots.set({ model, state: 'used' }, state.slotsInUse);
        waiting.set({ model }, state.waiting);
        if (state.tokensPerSecond !== undefined) speed.set({ model }, state.tokensPerSecond);
      }
    }
  }

  function readDisk(): void {
    const { dataFolder } = sources;
    for (const [part, file] of [
      ['database', 'heddle.db'],
      ['log', 'heddle.db-wal'],
    ] as const)
      bytes.set({ part }, statSync(join(dataFolder, file), { throwIfNoEntry: false })?.size ?? 0);
    try {
      const { bavail, bsize } = statfsSync(dataFolder);
      free.set(bavail * bsize);
    } catch {
      free.reset(); // some file systems do not say
    }
  }

  return async () => {
    watched.set(sources.hub.size);
    await readRuns();
    await readQuestions();
    await readJobs();
    await readModels();
    readDisk();
  };
}
