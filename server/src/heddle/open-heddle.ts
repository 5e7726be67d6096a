import { createSqliteAudit, lossError, refuseRolledBack, type SqliteAudit } from '@heddle/adapters/audit';
import { FolderBlobs } from '@heddle/adapters/blobs';
import {
  checkFailpoint,
  codeOf,
  createDamages,
  inJournal,
  lockDataFolder,
  migrations,
  openDatabase,
  sqliteTables,
  type Damages,
  type DataFolderLock,
  type HeddleDatabase,
  type JournalProjection,
} from '@heddle/adapters/database';
import { createExcerptStore, createSqliteJournal, takeOverRedoLog } from '@heddle/adapters/journal';
import { createScrub } from '@heddle/adapters/scrub';
import {
  createCalibrationStore,
  createCollectionTitles,
  createPassageHeaders,
  createDeletionStore,
  createIdempotencyKeys,
  createJobStore,
  createMadeFiles,
  createSourceStore,
  createRetentionRules,
  createKillSwitchStore,
  createTrustedTimeStore,
  createVersionStore,
  createWorkflowStore,
  createFirstVersions,
} from '@heddle/adapters/stores';
import { createSealedText, openIdentity } from '@heddle/adapters/identity';
import { createConversations, createFactStore, takeOverConversations } from '@heddle/adapters/memory';
import { createAbStore } from '@heddle/adapters/ab';
import { createLoneLeases } from '@heddle/adapters/leases';
import { createAlertStore } from '@heddle/adapters/alerts';
import { createRatingsSource, createRollupStore } from '@heddle/adapters/dashboard';
import { createDatasetStore, createQuestionStore, createRowErasure } from '@heddle/adapters/datasets';
import { createIndexGateStore, createLabStore } from '@heddle/adapters/lab';
import { ExperimentStore, ModelResultStore, ResultStore } from '@heddle/adapters/experiments';
import { createGateStore } from '@heddle/adapters/gates';
import { createProposalStore } from '@heddle/adapters/proposals';
import { ProviderBatchStore } from '@heddle/adapters/provider-batches';
import { createReplayStore } from '@heddle/adapters/replays';
import { createPromptStore } from '@heddle/adapters/prompts';
import { createAnnotationStore, createFeedbackStore, createTrainingConsents } from '@heddle/adapters/feedback';
import { createMonitorStore, createRunScoreStore } from '@heddle/adapters/scores';
import { createCatalog, HeddleError, subjectOf, type Journal, type RunAcceptance } from '@heddle/core';
import { createLimits, idempotencyKey, resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../settings/settings-table.js';
import { scopeOfRun } from '../authority/authority.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { CollectionHeaders } from '../headers/collection-headers.js';
import { createCollectionsFile } from '../collections/collections-file.js';
import { openConnections } from '../connections/open-connections.js';
import { openChannelStores } from '../channel-stores/open-channels.js';
import { openRouting } from '../routing/open-routing.js';
import { refuseKilled } from '../kill-switches/kill-switch-guard.js';
import { startScrubbing } from '../storage/scrubber.js';
import { createStorage } from '../storage/storage.js';
import { createHeddle, type Heddle } from './heddle.js';
import { lazyParts } from './lazy-parts.js';
import type { HeddleParts } from './parts.js';
import type { Log } from '../common/log.js';
import { NodePackages } from '../nodes/node-packages.js';
import { giveSecretsHosts } from '../secrets/give-hosts.js';
import { openSecrets } from '../secrets/open-secrets.js';
import { createToolSecrets } from '../secrets/tool-secrets.js';
import { openTools } from '../tools/open-tools.js';
import { finishRestore } from '../storage/finish-restore.js';
import { openLog } from './open-log.js';
import { realClock, sinceBoot } from '../common/real-clock.js';
import { terminalUser } from '../common/terminal-user.js';
import { sessionLimits } from '../auth/sign-in/session-limits.js';

/** Who opens the data folder, and how. */
export interface OpenOptions {
  readonly kind: 'server' | 'command';
  /** Milliseconds to wait for another command that has locked the folder. */
  readonly waitMs?: number;
  /** Also opens a folder that lacks records or their anchor, for commands that show the loss and accept it. */
  readonly takesLoss?: boolean;
  readonly log?: Log;
  /** The environment variables with secrets of nodes; default: those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A Heddle over a data folder that this process has locked. */
export interface OpenedHeddle extends Heddle {
  readonly lock: DataFolderLock;
}

/**
 * Opens a data folder: takes its lock and binds every port to its adapter. Models, collections, documents, fetch and sandbox open at
 * their first use. Errors: `storage_locked`, `storage_read_only`, `storage_corrupt`, `storage_rolled_back`, `storage_newer`,
 * `audit_unanchored`, `custom_nodes_invalid`, `setting_invalid`.
 *
 * @example const heddle = await openHeddle(readSettings(process.env), { kind: 'command', waitMs: 5_000 });
 */
export async function openHeddle(settings: Settings, options: OpenOptions): Promise<OpenedHeddle> {
  checkFailpoint();
  const lock = await lockDataFolder(settings.dataFolder, {
    kind: options.kind,
    waitMs: options.waitMs,
  });
  try {
    await finishRestore(settings.dataFolder);
    return await open(settings, options, lock);
  } catch (error) {
    lock.release();
    throw codeOf(error) === 'SQLITE_ERROR' ? damagedSchema(join(settings.dataFolder, 'heddle.db'), error) : error;
  }
}

/** All statements fit the newest schema. If SQLite cannot compile one, the stored schema is damaged. */
function damagedSchema(file: string, cause: unknown): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${file}: Its schema is damaged (${cause instanceof Error ? cause.message : String(cause)}): keep a copy of the folder, and restore a backup with heddle restore.`,
    { cause, details: { place: file } },
  );
}

/** Records a migration in the audit log. */
async function recordMigration(audit: SqliteAudit, { migratedFrom }: HeddleDatabase): Promise<void> {
  if (migratedFrom === undefined) return;
  const details = { step: 'migrated', from: migratedFrom, to: migrations.length } as const;
  await audit.write({ kind: 'setting', who: 'heddle', subject: 'database', details });
}

/** The database with its trusted time and its audit log. */
interface OpenedDatabase {
  readonly database: HeddleDatabase;
  readonly clock: TrustedClock;
  readonly audit: SqliteAudit;
  /** Stored values that are damaged. */
  readonly damages: Damages;
}

/** Errors: `storage_rolled_back`, `storage_corrupt`, `storage_newer`, `audit_unanchored`. */
async function openWithAudit({ dataFolder }: Settings, options: OpenOptions, log: Log): Promise<OpenedDatabase> {
  const databaseFile = join(dataFolder, 'heddle.db');
  const auditFiles = { keyFile: join(dataFolder, 'secret.key'), anchorFile: join(dataFolder, 'audit.head') };
  if (options.takesLoss !== true) refuseRolledBack(databaseFile, auditFiles);
  const database = openDatabase(databaseFile);
  const clock = new TrustedClock({
    base: realClock,
    store: createTrustedTimeStore(database),
    sinceBoot,
    onFault: (err) => log.warn({ err }, 'the trusted time could not be kept; it is tried again'),
  });
  const terminal = options.kind === 'command' ? { terminal: terminalUser() } : {};
  const audit = createSqliteAudit(database, { clock, ...auditFiles, ...terminal });
  if (audit.loss !== undefined && options.takesLoss !== true) {
    audit.close();
    database.close();
    throw lossError(audit.loss, databaseFile);
  }
  takeOverRedoLog(database);
  await recordMigration(audit, database);
  return { database, clock, audit, damages: createDamages(database, clock) };
}

/** The journal, with everything that is written in the same transaction as its records. */
function openJournal(
  { database, clock, audit, damages }: OpenedDatabase,
  blobs: FolderBlobs,
  admit: (run: RunAcceptance) => void,
  projections: readonly JournalProjection[],
): Journal {
  const admission = { types: [], write: () => undefined, admit };
  return createSqliteJournal(database, {
    ...{ blobs, clock, damages },
    projections: [admission, audit.projection, ...projections],
  });
}

/** The stores that write in the commits of runs. */
function openStoresOfRuns(database: HeddleDatabase, clock: TrustedClock, keyFile: string) {
  const idempotency = createIdempotencyKeys(sqliteTables(database), clock.trusted);
  const ab = createAbStore(sqliteTables(database));
  const { routing, projections } = openRouting(database, clock);
  const { channels, projections: ofChannels } = openChannelStores(database, clock, keyFile);
  const experiments = new ExperimentStore(sqliteTables(database));
  const providerBatches = new ProviderBatchStore(sqliteTables(database));
  const own = [
    inJournal(database, idempotency.projection),
    inJournal(database, ab.projection),
    inJournal(database, experiments.projection),
    inJournal(database, providerBatches.projection),
  ];
  return {
    ...{ idempotency, ab, routing, channels, experiments, providerBatches },
    projections: [...own, ...ofChannels, ...projections],
  };
}

/** Binds every port to its adapter. `close` closes the parts in the order of their dependencies. */
async function openParts(
  settings: Settings,
  options: OpenOptions,
  log: Log,
  opened: OpenedDatabase,
): Promise<HeddleParts> {
  const { database, clock, audit, damages } = opened;
  const keyFile = join(settings.dataFolder, 'secret.key');
  const tables = sqliteTables(database);
  const blobs = new FolderBlobs(join(settings.dataFolder, 'blobs'));
  const killSwitches = createKillSwitchStore(tables);
  const { projections, ...ofRuns } = openStoresOfRuns(database, clock, keyFile);
  await ofRuns.routing.budgets.forget({ isAlone: true });
  const journal = openJournal(opened, blobs, (run) => refuseKilled(killSwitches, run), projections);
  const temporaryFolder = join(settings.dataFolder, 'uploads');
  // Unfinished uploads of an earlier process.
  await Promise.all([rm(temporaryFolder, { recursive: true, force: true }), blobs.removeDrafts()]);
  const secrets = openSecrets({ tables, clock, environment: options.environment ?? process.env, settings });
  const leases = createLoneLeases();
  const connections = openConnections({ tables, clock, blobs, secrets, leases });
  const collectionsFile = createCollectionsFile(settings.dataFolder, createMadeFiles(database, clock), log);
  const headers = new CollectionHeaders(createPassageHeaders(sqliteTables(database)));
  const heavy = lazyParts(settings, log, connections.hub, collectionsFile, headers);
  const catalog = createCatalog(standardNodes);
  const nodePackages = new NodePackages(settings, catalog, log, audit);
  await nodePackages.open();
  const stores = openStores(settings, database, clock);
  await stores.jobs.settle();
  const tools = openTools({ database, audit, clock, log, blobs, settings, secrets: createToolSecrets(secrets) });
  return {
    ...stores,
    leases,
    clock,
    log,
    ...ofRuns,
    ...{ journal, audit, killSwitches, blobs, catalog, nodePackages },
    ...heavy,
    collectionsFile,
    headers,
    connections,
    tools,
    secrets,
    temporaryFolder,
    storage: createStorage(database, blobs, damages),
    backup: (file) => database.backup(file),
    close: async () => {
      await nodePackages.close();
      await tools.host.close();
      await heavy.close();
      await journal.close();
      audit.close();
      clock.close();
      database.close();
    },
  };
}

/** The stores that need only the database, and the engine. */
function openStores(settings: Settings, database: HeddleDatabase, clock: TrustedClock) {
  const scores = createRunScoreStore(sqliteTables(database));
  const limitOf = (name: string): number => (name.startsWith('model:') ? settings.maxModelCalls : Infinity);
  return {
    workflows: createWorkflowStore(sqliteTables(database), clock),
    experimentResults: new ResultStore(sqliteTables(database)),
    modelResults: new ModelResultStore(sqliteTables(database)),
    jobs: createJobStore(sqliteTables(database), { clock }),
    collectionTitles: createCollectionTitles(sqliteTables(database)),
    deletions: createDeletionStore(sqliteTables(database)),
    excerpts: createExcerptStore(sqliteTables(database)),
    conversations: createConversations(sqliteTables(database), clock),
    facts: createFactStore(sqliteTables(database), clock),
    retentionRules: createRetentionRules(sqliteTables(database)),
    datasets: createDatasetStore(sqliteTables(database), clock, { isAlone: true }),
    rowErasure: createRowErasure(database),
    questions: createQuestionStore(sqliteTables(database)),
    labs: createLabStore(sqliteTables(database)),
    indexGates: createIndexGateStore(sqliteTables(database)),
    sources: createSourceStore(sqliteTables(database), clock),
    calibrations: createCalibrationStore(sqliteTables(database), clock),
    replays: createReplayStore(sqliteTables(database)),
    gates: createGateStore(sqliteTables(database)),
    proposals: createProposalStore(sqliteTables(database)),
    feedback: createFeedbackStore(sqliteTables(database), clock),
    scores,
    monitors: createMonitorStore(sqliteTables(database), { clock, scores }),
    annotations: createAnnotationStore(sqliteTables(database), clock),
    prompts: createPromptStore(sqliteTables(database), clock),
    consents: createTrainingConsents(sqliteTables(database), clock),
    rollups: createRollupStore(sqliteTables(database)),
    alertStore: createAlertStore(sqliteTables(database), {
      ...{ clock, sealed: createSealedText(database, join(settings.dataFolder, 'secret.key')) },
    }),
    ratings: createRatingsSource(sqliteTables(database)),
    versions: createVersionStore(sqliteTables(database)),
    firstVersions: createFirstVersions(sqliteTables(database), clock),
    engine: { startRun, resumeRun },
    limits: createLimits(limitOf),
    tables: sqliteTables(database),
    identity: openIdentity(database, {
      clock: clock.rights,
      trusted: clock.trusted,
      keyFile: join(settings.dataFolder, 'secret.key'),
      limits: sessionLimits(settings),
    }),
  };
}

/** Starts the background work of a server besides its runs; gives how to stop it. */
async function beginServing(
  { dataFolder }: Settings,
  { database, clock, damages }: OpenedDatabase,
  { log, nodePackages }: HeddleParts,
): Promise<() => Promise<void>> {
  const blobsFolder = join(dataFolder, 'blobs');
  clock.start();
  database.watchFiles([blobsFolder]);
  const scrub = createScrub(database, { damages, blobsFolder, markFile: join(dataFolder, 'scrub.last') });
  const stopScrubbing = startScrubbing(scrub, { clock, log });
  await nodePackages.watch();
  return stopScrubbing;
}

async function open(settings: Settings, options: OpenOptions, lock: DataFolderLock): Promise<OpenedHeddle> {
  const log = options.log ?? openLog(settings);
  const opened = await openWithAudit(settings, options, log);
  const parts = await openParts(settings, options, log, opened);
  let stopServing: (() => Promise<void>) | undefined;
  const heddle = createHeddle(settings, {
    ...parts,
    close: async () => {
      await stopServing?.();
      await parts.close();
      lock.release();
    },
  });
  if (options.kind === 'server') stopServing = await beginServing(settings, opened, parts);
  const { ownership } = heddle;
  const taken = takeOverConversations(opened.database, {
    keyOf: (rootId, path) => idempotencyKey(rootId, path, 'append'),
    ownerOf: (run) => ({ ...scopeOfRun(run, ownership), subject: subjectOf(run.caller) }),
  });
  if (taken !== undefined && taken.placed + taken.unassigned > 0)
    log.warn({ ...taken }, 'conversations of before belong to the runs that wrote them; an owner assigns the others');
  await giveSecretsHosts({ ...parts, ownership }, parts.audit, log);
  return { ...heddle, lock };
}
