import { createAbStore } from '@heddle/adapters/ab';
import { createAlertStore } from '@heddle/adapters/alerts';
import { createRatingsSource, createRollupStore } from '@heddle/adapters/dashboard';
import { checkFailpoint, codeOf, lockDataFolder, type DataFolderLock } from '@heddle/adapters/database';
import {
  createDatasetStore,
  createNegativesStore,
  createQuestionStore,
  createRowErasure,
} from '@heddle/adapters/datasets';
import { ExperimentStore, ModelResultStore, ResultStore } from '@heddle/adapters/experiments';
import { createAnnotationStore, createFeedbackStore, createTrainingConsents } from '@heddle/adapters/feedback';
import { createGateStore } from '@heddle/adapters/gates';
import { createIdentity } from '@heddle/adapters/identity';
import { createIndexGateStore, createLabStore } from '@heddle/adapters/lab';
import { createExcerptStore } from '@heddle/adapters/journal';
import { createConversations, createFactStore } from '@heddle/adapters/memory';
import { createPromptStore } from '@heddle/adapters/prompts';
import { createProposalStore } from '@heddle/adapters/proposals';
import { ProviderBatchStore } from '@heddle/adapters/provider-batches';
import { createReplayStore } from '@heddle/adapters/replays';
import { createMonitorStore, createRunScoreStore } from '@heddle/adapters/scores';
import {
  createCalibrationStore,
  createCollectionTitles,
  createGraphStore,
  createPassageHeaders,
  createDeletionStore,
  createIdempotencyKeys,
  createJobStore,
  createSourceStore,
  createRetentionRules,
  createKillSwitchStore,
  createVersionStore,
  createWorkflowStore,
  createFirstVersions,
} from '@heddle/adapters/stores';
import { createCatalog, HeddleError } from '@heddle/core';
import { createLimits, resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../settings/settings-table.js';
import { blobsUrlOf, databaseUrlOf, redisUrlOf } from '../settings/server-urls.js';
import { sessionLimits } from '../auth/sign-in/session-limits.js';
import { openChannelStores } from '../channel-stores/open-channels.js';
import type { Log } from '../common/log.js';
import { openConnections } from '../connections/open-connections.js';
import { CollectionGraphs } from '../headers/collection-graphs.js';
import { CollectionHeaders } from '../headers/collection-headers.js';
import { refuseKilled } from '../kill-switches/kill-switch-guard.js';
import { NodePackages } from '../nodes/node-packages.js';
import { openRouting } from '../routing/open-routing.js';
import { assignSecretHosts } from '../secrets/assign-hosts.js';
import { openSecrets } from '../secrets/open-secrets.js';
import { createToolSecrets } from '../secrets/tool-secrets.js';
import { finishRestore } from '../storage/finish-restore.js';
import { openTools } from '../tools/open-tools.js';
import { openEmbedded } from './database/open-embedded.js';
import type { OpenOptions } from './database/open-options.js';
import type { OpenedDatabase } from './database/opened-database.js';
import { createHeddle, type Heddle } from './heddle.js';
import { lazyParts } from './lazy-parts.js';
import { openLog } from './open-log.js';
import type { HeddleParts } from './parts.js';

export type { OpenOptions };

/** A Heddle on a data folder that this process has locked. */
export interface OpenedHeddle extends Heddle {
  readonly lock: DataFolderLock;
}

/**
 * Opens a data folder: locks it and binds every port to its adapter. Models, collections, documents, fetch and sandbox are opened when they
 * are first used. Errors: `storage_locked`, `storage_read_only`, `storage_corrupt`, `storage_rolled_back`, `storage_newer`,
 * `audit_unanchored`, `custom_nodes_invalid`, `setting_invalid`.
 *
 * @example const heddle = await openHeddle(readSettings(process.env), { kind: 'command', waitMs: 5_000 });
 */
export async function openHeddle(settings: Settings, options: OpenOptions): Promise<OpenedHeddle> {
  checkFailpoint();
  const { kind, waitMs } = options;
  const lock =
    options.lock === undefined
      ? await lockDataFolder(settings.dataFolder, { kind, waitMs })
      : { ...options.lock, release: () => undefined };
  try {
    await finishRestore(settings.dataFolder);
    return await open(settings, options, lock);
  } catch (error) {
    lock.release();
    throw codeOf(error) === 'SQLITE_ERROR' ? damagedSchema(join(settings.dataFolder, 'heddle.db'), error) : error;
  }
}

/** All statements match the newest schema, so if SQLite cannot compile one, the stored schema is damaged. */
function damagedSchema(file: string, cause: unknown): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${file}: Its schema is damaged (${cause instanceof Error ? cause.message : String(cause)}): keep a copy of the folder, and restore a backup with heddle restore.`,
    { cause, details: { place: file } },
  );
}

/** Opens the stores that write in the commits of runs. */
function openStoresOfRuns({ tables, clock, sealed }: OpenedDatabase) {
  const idempotency = createIdempotencyKeys(tables, clock.trusted);
  const ab = createAbStore(tables);
  const { routing, projections } = openRouting(tables, clock);
  const { channels, projections: ofChannels } = openChannelStores(tables, clock, sealed);
  const experiments = new ExperimentStore(tables);
  const providerBatches = new ProviderBatchStore(tables);
  return {
    idempotency,
    ab,
    routing,
    channels,
    experiments,
    providerBatches,
    projections: [
      ...[idempotency, ab, experiments, providerBatches].map(({ projection }) => projection),
      ...ofChannels,
      ...projections,
    ],
  };
}

/** Binds every port to its adapter. `close` closes the parts in the order that their dependencies require. */
async function openParts(
  settings: Settings,
  options: OpenOptions,
  log: Log,
  opened: OpenedDatabase,
): Promise<HeddleParts> {
  const { tables, clock, audit, blobs, originals, isAlone, sealed, keyFile } = opened;
  const { collectionsFile, ...ofDatabase } = opened.stores;
  const killSwitches = createKillSwitchStore(tables);
  const { projections, ...ofRuns } = openStoresOfRuns(opened);
  await ofRuns.routing.budgets.forget({ isAlone });
  const journal = opened.openJournal((run) => refuseKilled(killSwitches, run), projections);
  const temporaryFolder = join(settings.dataFolder, 'uploads');
  // Removes the unfinished uploads of an earlier process.
  await Promise.all([rm(temporaryFolder, { recursive: true, force: true }), blobs.removeDrafts()]);
  const secrets = openSecrets({ tables, clock, keyFile, environment: options.environment ?? process.env, settings });
  const { leases } = opened;
  const connections = openConnections({ tables, clock, blobs, secrets, leases });
  const readers = readersOfPassages(settings, opened);
  const heavy = lazyParts(settings, log, connections.hub, collectionsFile, readers, originals);
  const catalog = createCatalog(standardNodes);
  const nodePackages = new NodePackages(settings, catalog, log, audit);
  await nodePackages.open();
  const stores = openStores(settings, opened);
  await stores.jobs.settle();
  const tools = openTools({ tables, sealed, audit, clock, log, blobs, settings, secrets: createToolSecrets(secrets) });
  // On Postgres, rows that are kept in memory must be loaded before they are first used.
  if (!isAlone) await tables.refresh();
  return {
    ...stores,
    leases,
    shareRuns: opened.shareRuns,
    checkQueue: opened.checkQueue,
    checkFiles: opened.checkFiles,
    placement: opened.placement,
    cluster: opened.cluster,
    sharedLimits: opened.sharedLimits,
    clock,
    log,
    ...ofRuns,
    ...ofDatabase,
    journal,
    audit,
    killSwitches,
    blobs,
    originals,
    catalog,
    nodePackages,
    ...heavy,
    collectionsFile,
    ...readers,
    connections,
    tools,
    secrets,
    temporaryFolder,
    backup: (file) => opened.backup(file),
    close: () => closeInOrder([nodePackages, tools.host, heavy, journal, opened]),
  };
}

/** Closes each part after the one before it has closed. */
async function closeInOrder(parts: readonly { close(): Promise<void> | void }[]): Promise<void> {
  for (const part of parts) await part.close();
}

/**
 * After so many lease periods without a renewal, another process on the database takes over a job, or a document of a graph. That is 30 s
 * by default.
 */
const leasesOfJob = 3;

/** Opens the stores that need only the database, and provides the engine. */
function openStores(settings: Settings, { tables, clock, sealed, isAlone }: OpenedDatabase) {
  const scores = createRunScoreStore(tables);
  const limitOf = (name: string): number => (name.startsWith('model:') ? settings.maxModelCalls : Infinity);
  return {
    workflows: createWorkflowStore(tables, clock),
    experimentResults: new ResultStore(tables),
    modelResults: new ModelResultStore(tables),
    jobs: createJobStore(tables, isAlone ? { clock } : { clock, leaseMs: leasesOfJob * settings.leaseMs }),
    collectionTitles: createCollectionTitles(tables),
    deletions: createDeletionStore(tables),
    excerpts: createExcerptStore(tables),
    conversations: createConversations(tables, clock),
    facts: createFactStore(tables, clock),
    retentionRules: createRetentionRules(tables),
    datasets: createDatasetStore(tables, clock, { isAlone }),
    rowErasure: createRowErasure(tables),
    questions: createQuestionStore(tables),
    negatives: createNegativesStore(tables),
    labs: createLabStore(tables),
    indexGates: createIndexGateStore(tables),
    sources: createSourceStore(tables, clock),
    calibrations: createCalibrationStore(tables, clock),
    replays: createReplayStore(tables),
    gates: createGateStore(tables),
    proposals: createProposalStore(tables),
    feedback: createFeedbackStore(tables, clock),
    scores,
    monitors: createMonitorStore(tables, { clock, scores }),
    annotations: createAnnotationStore(tables, clock),
    prompts: createPromptStore(tables, clock),
    consents: createTrainingConsents(tables, clock),
    rollups: createRollupStore(tables),
    alertStore: createAlertStore(tables, { clock, sealed }),
    ratings: createRatingsSource(tables),
    versions: createVersionStore(tables),
    firstVersions: createFirstVersions(tables, clock),
    engine: { startRun, resumeRun },
    limits: createLimits(limitOf),
    tables,
    identity: createIdentity(
      tables,
      { clock: clock.rights, trusted: clock.trusted, limits: sessionLimits(settings) },
      sealed,
    ),
  };
}

/** Opens the database that the settings name. The code for Postgres is loaded only if it is used. */
async function openDatabaseOf(settings: Settings, options: OpenOptions, log: Log): Promise<OpenedDatabase> {
  const url = databaseUrlOf(settings);
  if (url === undefined) {
    if (redisUrlOf(settings) !== undefined)
      throw needsDatabase(
        'HEDDLE_REDIS_URL',
        'connects processes',
        'remove HEDDLE_REDIS_URL and HEDDLE_REDIS_URL_FILE',
      );
    if (blobsUrlOf(settings) !== undefined)
      throw needsDatabase(
        'HEDDLE_BLOBS_URL',
        'shares files of processes',
        'remove HEDDLE_BLOBS_URL and HEDDLE_BLOBS_URL_FILE',
      );
    if (settings.queue !== undefined)
      throw needsDatabase('HEDDLE_QUEUE', 'brings runs to processes', 'remove HEDDLE_QUEUE');
    if (settings.role !== 'all')
      throw needsDatabase('HEDDLE_ROLE', 'divides the work of processes', 'remove HEDDLE_ROLE');
    return openEmbedded(settings, options, log);
  }
  const { openOnPostgres } = await import('./database/open-on-postgres.js');
  return openOnPostgres(url, settings, options, log);
}

const needsDatabase = (setting: string, does: string, otherwise: string): HeddleError =>
  new HeddleError(
    'setting_invalid',
    `${setting} ${does} on one Postgres database, and HEDDLE_DATABASE_URL is not set: set it too, or ${otherwise}.`,
    { details: { settings: [setting, 'HEDDLE_DATABASE_URL'] } },
  );

async function open(settings: Settings, options: OpenOptions, lock: DataFolderLock): Promise<OpenedHeddle> {
  const log = options.log ?? openLog(settings);
  const opened = await openDatabaseOf(settings, options, log);
  const parts = await openParts(settings, options, log, opened).catch(async (error: unknown) => {
    // A connection to a server would keep the process alive.
    if (!opened.isAlone) await opened.close();
    throw error;
  });
  let stopServing: (() => Promise<void>) | undefined;
  const heddle = createHeddle(settings, {
    ...parts,
    close: async () => {
      await stopServing?.();
      await parts.close();
      lock.release();
    },
  });
  if (options.kind === 'server') {
    stopServing = await opened.serve();
    await parts.nodePackages.watch();
  }
  const { ownership } = heddle;
  opened.takeOver(ownership);
  await assignSecretHosts({ ...parts, ownership }, parts.audit, log);
  return { ...heddle, lock };
}

/** Creates the models that read the passages of collections. */
const readersOfPassages = (
  { leaseMs }: Settings,
  { tables, clock, isAlone }: OpenedDatabase,
): Pick<HeddleParts, 'headers' | 'graphs'> => ({
  headers: new CollectionHeaders(createPassageHeaders(tables)),
  graphs: new CollectionGraphs(
    createGraphStore(tables, isAlone ? undefined : { clock, leaseMs: leasesOfJob * leaseMs }),
  ),
});
