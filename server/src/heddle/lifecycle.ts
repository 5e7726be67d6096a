import type { ContentKeeper } from '../audit/content-keeper.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { Channels } from '../channels/create-channels.js';
import type { Log } from '../common/log.js';
import type { ExperimentService } from '../experiments/experiment.service.js';
import type { RouteTrainingService } from '../experiments/route-training/route-training.service.js';
import type { LabService } from '../lab/lab.service.js';
import type { JobService } from '../jobs/job.service.js';
import type { ModelService } from '../models/model.service.js';
import type { ProviderBatchService } from '../provider-batches/provider-batch.service.js';
import type { Publishing } from '../publishing/create-publishing.js';
import type { Runs } from '../runs/create-runs.js';
import type { QuestionService } from '../questions/question.service.js';
import type { ReplayService } from '../replays/replay.service.js';
import type { Settings } from '../settings/settings-table.js';
import type { Deletions } from '../deletions/deletions.js';
import type { MonitorWorker } from '../monitors/monitor-worker.js';
import type { Alerts } from '../alerts/create-alerts.js';
import type { RollupWorker } from '../dashboard/rollup-worker.js';
import type { SourceScheduler } from '../sources/source-scheduler.js';
import type { SourceService } from '../sources/source.service.js';
import type { RetentionSweeper } from '../storage/retention-sweeper.js';
import type { TraceExporter } from '../tracing/trace-exporter.js';
import type { HeddleParts } from './parts.js';

/** What starts and stops with the process. */
export interface Workers {
  readonly settings: Pick<Settings, 'stopMs'>;
  readonly parts: Pick<HeddleParts, 'close' | 'isAlone'>;
  readonly traces: TraceExporter;
  readonly jobs: JobService;
  readonly models: ModelService;
  readonly collections: CollectionService;
  readonly sources: Pick<SourceService, 'leftJob'>;
  readonly sourceScheduler: Pick<SourceScheduler, 'start' | 'stop'>;
  readonly questions: Pick<QuestionService, 'leftJob'>;
  readonly labs: Pick<LabService, 'leftJob'>;
  readonly execution: Pick<Runs, 'driver' | 'recover'>;
  readonly providerBatches: Pick<ProviderBatchService, 'restore' | 'start' | 'stop'>;
  readonly sweeper: RetentionSweeper;
  readonly rollups: Pick<RollupWorker, 'start' | 'stop'>;
  readonly alerts: Pick<Alerts, 'start' | 'stop'>;
  readonly monitorWorker: Pick<MonitorWorker, 'start' | 'stop'>;
  readonly deletions: Pick<Deletions, 'start' | 'stop'>;
  readonly channels: Channels;
  readonly experiments: Pick<ExperimentService, 'start' | 'stop'>;
  readonly routeTrainings: Pick<RouteTrainingService, 'start' | 'stop'>;
  readonly log: Log;
  readonly replays: Pick<ReplayService, 'resume'>;
  readonly publishing: Publishing;
  readonly contents: ContentKeeper;
}

/** Start and stop of a Heddle. */
export interface Lifecycle {
  /** Takes over unfinished runs; only `serve` does this. Gives their number. */
  recover(wasStoppedOrderly: boolean): Promise<number>;
  /** Accepts no more runs, gives unfinished ones back and stops jobs. Reading still works. */
  stop(): Promise<void>;
  /** Closes every part, after `stop`. */
  close(): Promise<void>;
}

/** Starts and stops background work, in an order in which nothing is missed. */
export function createLifecycle(workers: Workers): Lifecycle {
  const { models, parts } = workers;
  return {
    recover: (wasStoppedOrderly) => recover(workers, wasStoppedOrderly),
    stop: () => stop(workers),
    close: async () => {
      models.close();
      await parts.close();
    },
  };
}

async function recover(workers: Workers, wasStoppedOrderly: boolean): Promise<number> {
  const { traces, jobs, models, questions, labs, collections, execution, experiments, replays, publishing, log } =
    workers;
  // Before the first run can end.
  traces.start();
  // Before the runs, which start at once and can be many.
  await jobs.resume(({ job, work }) => {
    if (job.kind === 'pull') return models.leftJob(job.subject);
    if (job.kind === 'sync') return workers.sources.leftJob(job, work);
    const others = { questions, lab: labs } as const;
    return (isOf(others, job.kind) ? others[job.kind] : collections).leftJob(job.subject, work);
  });
  await workers.providerBatches.restore();
  const claimed = await execution.recover(wasStoppedOrderly);
  workers.providerBatches.start();
  // On Postgres, retention does not work yet (`not_on_postgres`).
  if (workers.parts.isAlone) workers.sweeper.start();
  workers.rollups.start();
  workers.alerts.start();
  workers.monitorWorker.start();
  workers.deletions.start();
  collections.reindex.start();
  workers.sourceScheduler.start();
  workers.channels.start();
  experiments.start().catch((err: unknown) => log.error({ err }, 'experiments could not go on'));
  await workers.routeTrainings.start();
  await replays.resume();
  publishing.abWorker.start();
  return claimed;
}

async function stop(workers: Workers): Promise<void> {
  const { settings, channels, experiments, routeTrainings, execution, publishing } = workers;
  await workers.sweeper.stop();
  await workers.deletions.stop();
  workers.collections.reindex.stop();
  await workers.sourceScheduler.stop();
  await workers.monitorWorker.stop();
  await Promise.all([channels.stop(), experiments.stop(), routeTrainings.stop()]);
  await workers.providerBatches.stop();
  await execution.driver.release(settings.stopMs);
  await publishing.abWorker.stop();
  await workers.alerts.stop();
  await workers.rollups.stop();
  workers.contents.flush();
  await workers.jobs.close();
  await workers.traces.stop();
}

const isOf = <Map extends object>(map: Map, name: PropertyKey): name is keyof Map => Object.hasOwn(map, name);
