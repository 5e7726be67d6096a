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

export interface StateSources {
  readonly health: HealthService;
  readonly hub: RunHub;
  readonly runs: RunService;
  readonly jobs: JobService;
  readonly models: ModelService;
  readonly clock: Clock;
  readonly dataFolder: string;
}

function createGauges({ Gauge }: PromClient, registry: Registry) {
  const gauge = <Name extends string = never>(name: string, help: string, ...labelNames: Name[]) =>
    new Gauge({ name: `heddle_${name}`, help, labelNames, registers: [registry] });
  gauge('info', 'The version of Heddle.', 'version').set({ version }, 1);
  return {
    runs: gauge('runs', 'Runs that have not ended, by their state.', 'state'),
    limits: gauge('runs_limit', 'Limits of the runs that work at once, and of those that wait for a slot.', 'state'),
    oldest: gauge('oldest_run_age_seconds', 'Age of the oldest run that works or waits for a slot; 0 without one.'),
    stuck: gauge('stuck', 'What has made no progress for longer than it should; /api/health says what and why.'),
    fault: gauge('storage_fault', '1 while something cannot be stored or read.'),
    questions: gauge('questions', 'Open questions to people; overdue are those past their time or reminder.', 'state'),
    jobs: gauge('jobs', 'Ingests and other jobs that have not ended.', 'kind', 'status'),
    watched: gauge('watched_runs', 'Runs that are watched or writing.'),
    bytes: gauge('data_bytes', 'Sizes in the data folder.', 'part'),
    free: gauge('data_free_bytes', 'Room on the disk of the data folder.'),
    hosts: gauge('model_host_up', '1 while the process of a model runtime is ready.', 'runtime', 'device'),
    restarts: gauge('model_host_restarts', 'How often it was started again after a crash.', 'runtime'),
    memory: gauge('model_host_memory_bytes', 'Memory of the process.', 'runtime'),
    slots: gauge('model_slots', 'Sequences of a loaded model, all and in use.', 'model', 'state'),
    waiting: gauge('model_waiting', 'Calls that wait for a sequence.', 'model'),
    speed: gauge('model_tokens_per_second', 'Speed of the last generation.', 'model'),
  };
}

type Gauges = ReturnType<typeof createGauges>;

/**
 * Creates gauges of the current state. Returns a function that updates them before each scrape. A figure that cannot be read keeps its
 * value or is left out.
 */
export function createStateFigures(
  library: PromClient,
  registry: Registry,
  sources: StateSources,
): () => Promise<void> {
  const gauges = createGauges(library, registry);
  return async () => {
    gauges.watched.set(sources.hub.size);
    await readRuns(gauges, sources);
    await readQuestions(gauges, sources);
    await readJobs(gauges, sources);
    await readModels(gauges, sources);
    readDisk(gauges, sources);
  };
}

async function readRuns({ runs, limits, oldest, stuck, fault }: Gauges, sources: StateSources): Promise<void> {
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

async function readQuestions({ questions }: Gauges, sources: StateSources): Promise<void> {
  const now = sources.clock.now();
  const requests = await sources.runs.requests().catch(() => []);
  const late = ({ dueAt = Infinity, remindAt = Infinity }: (typeof requests)[number]['question']): boolean =>
    Math.min(dueAt, remindAt) <= now;
  questions.set({ state: 'open' }, requests.length);
  questions.set({ state: 'overdue' }, requests.filter(({ question }) => late(question)).length);
}

async function readJobs({ jobs }: Gauges, sources: StateSources): Promise<void> {
  jobs.reset();
  for (const { kind, status } of await sources.jobs.open().catch(() => [])) jobs.inc({ kind, status });
}

async function readModels(gauges: Gauges, sources: StateSources): Promise<void> {
  const { hosts, restarts, memory, slots, waiting, speed } = gauges;
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

function readDisk({ bytes, free }: Gauges, { dataFolder }: StateSources): void {
  for (const [part, file] of [
    ['database', 'heddle.db'],
    ['log', 'heddle.db-wal'],
  ] as const)
    bytes.set({ part }, statSync(join(dataFolder, file), { throwIfNoEntry: false })?.size ?? 0);
  try {
    const { bavail, bsize } = statfsSync(dataFolder);
    free.set(bavail * bsize);
  } catch {
    free.reset(); // Some file systems do not report the free space.
  }
}
