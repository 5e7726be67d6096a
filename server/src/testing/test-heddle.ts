import { createAbStore } from '@heddle/adapters/ab';
import { createLoneLeases } from '@heddle/adapters/leases';
import { createAlertStore } from '@heddle/adapters/alerts';
import { createRatingsSource, createRollupStore } from '@heddle/adapters/dashboard';
import {
  createDatasetStore,
  createNegativesStore,
  createQuestionStore,
  createRowErasure,
} from '@heddle/adapters/datasets';
import { createIndexGateStore, createLabStore } from '@heddle/adapters/lab';
import { ExperimentStore, ModelResultStore, ResultStore } from '@heddle/adapters/experiments';
import { createGateStore } from '@heddle/adapters/gates';
import { createProposalStore } from '@heddle/adapters/proposals';
import { ProviderBatchStore } from '@heddle/adapters/provider-batches';
import { createReplayStore } from '@heddle/adapters/replays';
import { createPromptStore } from '@heddle/adapters/prompts';
import { createAnnotationStore, createFeedbackStore, createTrainingConsents } from '@heddle/adapters/feedback';
import { createMonitorStore, createRunScoreStore } from '@heddle/adapters/scores';
import { createSqliteAudit } from '@heddle/adapters/audit';
import type { SigningFetch } from '@heddle/adapters/fetch';
import {
  createKillSwitchStore,
  createRetentionRules,
  createCalibrationStore,
  createCollectionTitles,
  createGraphStore,
  createPassageHeaders,
  createDeletionStore,
  createIdempotencyKeys,
  createJobStore,
  createSourceStore,
  createVersionStore,
  createWorkflowStore,
  createFirstVersions,
} from '@heddle/adapters/stores';
import { CollectionGraphs } from '../headers/collection-graphs.js';
import { CollectionHeaders } from '../headers/collection-headers.js';
import { FolderBlobs } from '@heddle/adapters/blobs';
import { FolderOriginals } from '@heddle/adapters/originals';
import { inJournal, openDatabase, sqliteTables, type DatabaseOptions } from '@heddle/adapters/database';
import { newDatabase } from '@heddle/adapters/testing';
import { createExcerptStore, createSqliteJournal } from '@heddle/adapters/journal';
import { createSealedText, openIdentity } from '@heddle/adapters/identity';
import { createConversations, createFactStore } from '@heddle/adapters/memory';
import {
  createCatalog,
  HeddleError,
  type Clock,
  type Collections,
  type Documents,
  type Files,
  type Leases,
  type ModelHub,
  type NodeDefinition,
  type RunAcceptance,
  type Sandbox,
  type SourceConnector,
} from '@heddle/core';
import { createMemoryJournal } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnections } from '../connections/open-connections.js';
import { openSecrets } from '../secrets/open-secrets.js';
import { createToolSecrets } from '../secrets/tool-secrets.js';
import { createHeddle, type Heddle } from '../heddle/heddle.js';
import type { HeddleParts } from '../heddle/parts.js';
import { lazy } from '../common/lazy.js';
import { silentLog, type Log } from '../common/log.js';
import type { Engine } from '../runs/engine.js';
import { readSettings } from '../settings/read-settings.js';
import { refuseKilled } from '../kill-switches/kill-switch-guard.js';
import { openChannelStores } from '../channel-stores/open-channels.js';
import { openRouting } from '../routing/open-routing.js';
import { NodePackages } from '../nodes/node-packages.js';
import { openTools } from '../tools/open-tools.js';
import { embeddedStorage } from '../storage/embedded-storage.js';
import type { Storage } from '../storage/storage.js';
import { createFakeEngine } from './fake-engine.js';
import { testClock } from './test-clock.js';
import { testNodes } from './test-nodes.js';

/** Parts and options that a test can replace. */
export interface TestHeddleOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly engine?: Engine;
  readonly clock?: Clock;
  /** By default, this process has its database for itself. */
  readonly leases?: Leases;
  readonly collections?: Collections;
  readonly documents?: Documents;
  readonly openCollections?: HeddleParts['openCollections'];
  readonly models?: ModelHub;
  readonly storage?: Storage;
  readonly fetch?: SigningFetch;
  readonly sandbox?: Sandbox;
  /** Replaces Heddle's own kinds of sources. */
  readonly sourceConnectors?: readonly SourceConnector[];
  /** Makes the access to the folders of `HEDDLE_FILES`. */
  readonly files?: (folders: readonly string[]) => Files;
  /** Environment variables that contain secrets. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly templatesFolder?: string;
  /** Uses the node library instead of the test nodes. */
  readonly withStandardNodes?: boolean;
  /** Uses these nodes instead of the library and the test nodes. */
  readonly nodes?: readonly NodeDefinition[];
  /** Uses the journal in the database instead of one in memory. */
  readonly withStoredJournal?: boolean;
  /** How the log of the database is written to disk. */
  readonly sync?: DatabaseOptions['sync'];
}

/** Drops everything except unexpected errors, which explain why a test fails. */
const testLog: Log = {
  ...silentLog,
  error: (facts, message) => {
    if ('err' in facts && facts.err instanceof Error) process.stderr.write(`${message}: ${facts.err.stack}\n`);
  },
};

/**
 * Creates a Heddle in a temporary folder with real stores, a journal in memory and a fake engine. It loads nothing that is slow to load.
 */
export function createTestHeddle(options: TestHeddleOptions = {}): Heddle & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-'));
  const clock = testClock(options.clock);
  const database = openDatabase(newDatabase(folder), options.sync === undefined ? {} : { sync: options.sync });
  const blobs = new FolderBlobs(join(folder, 'blobs'));
  const originals = new FolderOriginals(join(folder, 'originals'));
  const audit = createSqliteAudit(database, {
    clock,
    keyFile: join(folder, 'secret.key'),
    anchorFile: join(folder, 'audit.head'),
  });
  const missing = <T>(kind: string): Promise<T> =>
    Promise.reject(new HeddleError('resource_unavailable', `This test has no ${kind}.`));
  const sealed = createSealedText(database, join(folder, 'secret.key'));
  const idempotency = createIdempotencyKeys(sqliteTables(database), clock.trusted);
  const ab = createAbStore(sqliteTables(database));
  const killSwitches = createKillSwitchStore(sqliteTables(database));
  const killSwitchProjection = {
    types: [],
    write: () => undefined,
    admit: (run: RunAcceptance) => refuseKilled(killSwitches, run),
  };
  const { routing, projections } = openRouting(sqliteTables(database), clock);
  const experiments = new ExperimentStore(sqliteTables(database));
  const providerBatches = new ProviderBatchStore(sqliteTables(database));
  const scores = createRunScoreStore(sqliteTables(database));
  const channels = openChannelStores(sqliteTables(database), clock, sealed);
  const settings = readSettings({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0', ...options.settings });
  const leases = options.leases ?? createLoneLeases();
  const secrets = openSecrets({
    tables: sqliteTables(database),
    clock,
    keyFile: join(folder, 'secret.key'),
    environment: options.environment ?? {},
    settings,
  });
  const connections = openConnections({ tables: sqliteTables(database), clock, blobs, secrets, leases });
  const tools = openTools({
    tables: sqliteTables(database),
    sealed,
    audit,
    clock,
    log: silentLog,
    secrets: createToolSecrets(secrets),
    blobs,
    settings,
  });
  const catalog = createCatalog(options.nodes ?? (options.withStandardNodes === true ? standardNodes : testNodes));
  const nodePackages = new NodePackages(settings, catalog, silentLog, audit);
  const heddle = createHeddle(settings, {
    leases,
    clock,
    log: testLog,
    journal:
      options.withStoredJournal === true
        ? createSqliteJournal(database, {
            blobs,
            clock,
            projections: [
              killSwitchProjection,
              audit.projection,
              ...[
                ...[idempotency.projection, ab.projection, experiments.projection, providerBatches.projection],
                ...[...channels.projections, ...projections],
              ].map((projection) => inJournal(database, projection)),
            ],
          })
        : createMemoryJournal(clock),
    versions: createVersionStore(sqliteTables(database)),
    firstVersions: createFirstVersions(sqliteTables(database), clock),
    ab,
    experiments,
    experimentResults: new ResultStore(sqliteTables(database)),
    modelResults: new ModelResultStore(sqliteTables(database)),
    channels: channels.channels,
    providerBatches,
    idempotency,
    workflows: createWorkflowStore(sqliteTables(database), clock),
    jobs: createJobStore(sqliteTables(database), { clock }),
    headers: new CollectionHeaders(createPassageHeaders(sqliteTables(database))),
    graphs: new CollectionGraphs(createGraphStore(sqliteTables(database))),
    collectionTitles: createCollectionTitles(sqliteTables(database)),
    deletions: createDeletionStore(sqliteTables(database)),
    excerpts: createExcerptStore(sqliteTables(database)),
    conversations: createConversations(sqliteTables(database), clock),
    facts: createFactStore(sqliteTables(database), clock),
    retentionRules: createRetentionRules(sqliteTables(database)),
    datasets: createDatasetStore(sqliteTables(database), clock, { isAlone: true }),
    rowErasure: createRowErasure(sqliteTables(database)),
    questions: createQuestionStore(sqliteTables(database)),
    negatives: createNegativesStore(sqliteTables(database)),
    labs: createLabStore(sqliteTables(database)),
    indexGates: createIndexGateStore(sqliteTables(database)),
    sources: createSourceStore(sqliteTables(database), clock),
    sourceConnectors: lazy(
      async () => options.sourceConnectors ?? (await import('@heddle/adapters/sources')).sourceConnectors,
    ),
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
    alertStore: createAlertStore(sqliteTables(database), { clock, sealed }),
    ratings: createRatingsSource(sqliteTables(database)),
    blobs,
    originals,
    storage: options.storage ?? embeddedStorage(database, blobs),
    audit,
    killSwitches,
    catalog,
    nodePackages,
    engine: options.engine ?? createFakeEngine({ auto: true }),
    limits: { acquire: (_names, onReady) => (onReady(), () => undefined), release: () => undefined },
    connections,
    tables: sqliteTables(database),
    identity: openIdentity(database, {
      clock: clock.rights,
      trusted: clock.trusted,
      keyFile: join(folder, 'secret.key'),
      limits: { idleMs: 86_400_000, longestMs: 30 * 86_400_000 },
    }),
    routing,
    tools,
    models: lazy(() => (options.models === undefined ? missing('models') : Promise.resolve(options.models))),
    openCollections: options.openCollections ?? (() => missing('collections')),
    collections: lazy(() =>
      options.collections === undefined ? missing('collections') : Promise.resolve(options.collections),
    ),
    documents: lazy(async () => options.documents ?? missing('documents')),
    files: lazy(() => {
      const { files } = options;
      return files === undefined
        ? missing('files')
        : Promise.resolve((allows) => files(settings.filesFolders.filter(allows)));
    }),
    fetch: lazy(() => (options.fetch === undefined ? missing('fetch') : Promise.resolve(options.fetch))),
    sandbox: lazy(() => (options.sandbox === undefined ? missing('sandbox') : Promise.resolve(options.sandbox))),
    secrets,
    temporaryFolder: join(folder, 'uploads'),
    templatesFolder: options.templatesFolder,
    backup: (file) => database.backup(file),
    close: async () => {
      await nodePackages.close();
      await tools.host.close();
      audit.close();
      database.close();
      // A write that began before the close may add a file while the folder is removed.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  });
  return { ...heddle, folder };
}
