import type { LeasedPart } from '@heddle/adapters/leases';
import type { ContentKeeper } from '../audit/content-keeper.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { Channels } from '../channels/create-channels.js';
import type { Log } from '../common/log.js';
import type { ExperimentService } from '../experiments/experiment.service.js';
import type { LabService } from '../lab/lab.service.js';
import type { JobService } from '../jobs/job.service.js';
import { recoveryMs, recoveryPart } from '../jobs/recover-work.js';
import type { ModelService } from '../models/model.service.js';
import type { ProviderBatchService } from '../provider-batches/provider-batch.service.js';
import type { Publishing } from '../publishing/create-publishing.js';
import type { Runs } from '../runs/create-runs.js';
import type { NegativesService } from '../questions/negatives.service.js';
import type { QuestionService } from '../questions/question.service.js';
import type { ReplayService } from '../replays/replay.service.js';
import type { Settings } from '../settings/settings-table.js';
import type { SourceService } from '../sources/source.service.js';
import type { TraceExporter } from '../tracing/trace-exporter.js';
import { createLeasedParts, type LeasedParts } from './leased-parts.js';
import type { HeddleParts } from './parts.js';

/** The parts that start and stop with the process. */
export interface Workers {
  readonly settings: Pick<Settings, 'stopMs'>;
  readonly parts: Pick<HeddleParts, 'close' | 'leases' | 'clock' | 'log' | 'storage'>;
  readonly traces: TraceExporter;
  readonly jobs: JobService;
  readonly models: ModelService;
  readonly collections: CollectionService;
  readonly sources: Pick<SourceService, 'leftJob'>;
  readonly sourceScheduler: LeasedPart;
  readonly questions: Pick<QuestionService, 'leftJob'>;
  readonly negatives: Pick<NegativesService, 'leftJob'>;
  readonly labs: Pick<LabService, 'leftJob'>;
  readonly execution: Pick<Runs, 'driver' | 'recover'>;
  readonly providerBatches: LeasedPart & Pick<ProviderBatchService, 'restore'>;
  readonly sweeper: LeasedPart;
  readonly rollups: LeasedPart;
  readonly alerts: LeasedPart;
  readonly monitorWorker: LeasedPart;
  readonly deletions: LeasedPart;
  readonly channels: Channels;
  readonly experiments: Pick<ExperimentService, 'recoverAbandoned' | 'stop'>;
  readonly routeTrainings: LeasedPart;
  readonly log: Log;
  readonly replays: Pick<ReplayService, 'recoverAbandoned'>;
  readonly publishing: Publishing;
  readonly contents: ContentKeeper;
}

/** Start and stop of a Heddle. */
export interface Lifecycle {
  /** Takes over unfinished runs, which only `serve` does. Returns their number. */
  recover(wasStoppedOrderly: boolean): Promise<number>;
  /** Accepts no more runs, hands unfinished ones over, and stops jobs. Reading still works. */
  stop(): Promise<void>;
  /** Closes every part; `stop` must be called first. */
  close(): Promise<void>;
}

/** Creates the start and stop of a Heddle. The order of the steps ensures that nothing is missed. */
export function createLifecycle(workers: Workers): Lifecycle {
  const { models, parts } = workers;
  const held = createLeasedParts(parts);
  return {
    recover: (wasStoppedOrderly) => recover(workers, held, wasStoppedOrderly),
    stop: () => stop(workers, held),
    close: async () => {
      models.close();
      await parts.close();
    },
  };
}

/** Sources that another process changed are checked this often, so they can sync up to this late. Reading all sources is not free. */
const checkSourcesMs = 15_000;

async function recover(workers: Workers, held: LeasedParts, wasStoppedOrderly: boolean): Promise<number> {
  const {
    traces,
    jobs,
    models,
    questions,
    negatives,
    labs,
    collections,
    execution,
    experiments,
    replays,
    publishing,
    log,
  } = workers;
  // Must start before the first run can end.
  traces.start();
  // Jobs resume before runs, because runs start at once and can be many.
  await jobs.resume(({ job, work }) => {
    if (job.kind === 'pull') return models.leftJob(job.subject);
    if (job.kind === 'sync') return workers.sources.leftJob(job, work);
    const others = { questions, negatives, lab: labs } as const;
    return (isOf(others, job.kind) ? others[job.kind] : collections).leftJob(job.subject, work);
  });
  // If other processes share the database, what a dead process held counts until it expires.
  if (workers.parts.leases.isAlone) await workers.providerBatches.restore();
  const claimed = await execution.recover(wasStoppedOrderly);
  held.start('provider batches', workers.providerBatches);
  held.start('retention', workers.sweeper);
  held.start('rollups', workers.rollups);
  held.start('alerts', workers.alerts);
  held.start('monitors', workers.monitorWorker);
  held.start('deletions', workers.deletions);
  collections.reindex.start();
  held.start('sources', workers.sourceScheduler, checkSourcesMs);
  workers.channels.start();
  held.start(
    'experiments',
    taking('experiments', log, () => experiments.recoverAbandoned()),
    recoveryMs,
  );
  held.start('route trainings', workers.routeTrainings, recoveryMs);
  held.start(
    'replays',
    taking('replays', log, () => replays.recoverAbandoned()),
    recoveryMs,
  );
  held.start('A/B tests', publishing.abWorker);
  return claimed;
}

const taking = (what: string, log: Log, work: () => Promise<void>): LeasedPart =>
  recoveryPart(work, (err) => log.error({ err }, `${what} could not go on`));

async function stop(workers: Workers, held: LeasedParts): Promise<void> {
  const { settings, channels, experiments, execution } = workers;
  await held.stop('retention');
  await held.stop('deletions');
  workers.collections.reindex.stop();
  await held.stop('sources');
  await held.stop('monitors');
  // These stop before their jobs do, because this process would otherwise start the jobs again.
  await Promise.all([held.stop('experiments'), held.stop('replays'), held.stop('route trainings')]);
  await Promise.all([channels.stop(), experiments.stop()]);
  await held.stop('provider batches');
  await execution.driver.release(settings.stopMs);
  await held.stop('A/B tests');
  await held.stop('alerts');
  await held.stop('rollups');
  await workers.contents.flush();
  await workers.jobs.close();
  await workers.traces.stop();
}

const isOf = <Map extends object>(map: Map, name: PropertyKey): name is keyof Map => Object.hasOwn(map, name);
