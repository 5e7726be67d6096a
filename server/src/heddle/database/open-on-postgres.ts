import {
  createPostgresAudit,
  createPostgresRunAudit,
  lossOnServerError,
  openServerAnchor,
  reasonOnServer,
  type ChainLoss,
  type HeddleAudit,
  type ServerAnchor,
} from '@heddle/adapters/audit';
import type { BlobStore } from '@heddle/adapters/blobs';
import { createPostgresJournal } from '@heddle/adapters/journal';
import { readSharedKey, sealedWith } from '@heddle/adapters/identity';
import {
  checkDatabase,
  openPostgres,
  postgresTables,
  referredBlobsOnServer,
  refuseMoved,
  type PostgresDatabase,
} from '@heddle/adapters/postgres';
import { HeddleError, type GuardedWrite, type Journal, type RunAcceptance, type Tables } from '@heddle/core';
import type { RunProjection } from '@heddle/adapters/database';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../common/log.js';
import { realClock, sinceBoot } from '../../common/real-clock.js';
import { terminalUser } from '../../common/terminal-user.js';
import type { TrustedClock } from '../../common/trusted-clock.js';
import { killSwitchOn } from '../../kill-switches/kill-switch-guard.js';
import type { Settings } from '../../settings/settings-table.js';
import { createStorage } from '../../storage/storage.js';
import { createShared } from '../create-shared.js';
import { createCluster, timesOf } from './cluster.js';
import { openFiles, type OpenedFiles } from './open-files.js';
import { refusedOnPostgres } from './not-on-postgres.js';
import type { OpenOptions } from './open-options.js';
import { openQueues, type OpenedQueues, type QueuesOptions } from './open-queues.js';
import type { OpenedDatabase, StoresOfDatabase } from './opened-database.js';
import { openSharedClock, type SharedClock } from './shared-clock.js';
import { watchServer, type ServerWatch } from './watch-server.js';

/**
 * Opens a database on a Postgres server, which several processes can share. Migrates it, and checks that this process has the same key as
 * the others.
 * Errors: `database_*`, `storage_*`, `move_unfinished`, `secret_unreadable`.
 */
export async function openOnPostgres(
  url: string,
  settings: Settings,
  options: OpenOptions,
  log: Log,
): Promise<OpenedDatabase> {
  const mayLose = options.mayLose === true;
  const mayMigrate = settings.databaseMigrate === 'true';
  const { databaseConnections: connections } = settings;
  const database = await openPostgres({ url, clock: realClock, connections, mayMigrate, mayLose });
  try {
    await database.transaction((query) => refuseMoved(database, query));
    return await openParts(url, database, settings, options, log);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openParts(
  url: string,
  database: PostgresDatabase,
  settings: Settings,
  options: OpenOptions,
  log: Log,
): Promise<OpenedDatabase> {
  const { dataFolder } = settings;
  const tables = postgresTables(database);
  const keyFile = settings.keyFile ?? join(dataFolder, 'secret.key');
  const key = await readSharedKey(tables, keyFile);
  const shared = await openSharedClock(tables, { database, base: realClock, sinceBoot, log });
  const { clock } = shared;
  const { audit, anchor } = await openAudit(database, tables, key, { clock, log, settings, options });
  const files = await openFiles(database, tables, settings, options, log);
  const { blobs, originals } = files;
  // Commands in a terminal end soon, so they need no queues.
  const queues = options.kind === 'server' ? await queuesOf({ url, database, key, settings, log }, files) : undefined;
  const { dispatch, redis } = queues ?? {};
  const name = `${hostname()} ${dataFolder}`;
  const times = timesOf(settings.leaseMs);
  const cluster = createCluster(database, { name, clock: realClock, log, times, dispatch, redis });
  const watch = watchDatabase(database, shared, options);
  return {
    isAlone: false,
    leases: cluster.leases,
    cluster,
    shareRuns: (shared, needs) => createShared(cluster, shared, { ...needs, takesRuns: takesRuns(settings, options) }),
    placement: () => cluster.placement(),
    tables: { ...tables, apply: refuseChange },
    clock,
    audit,
    blobs,
    originals,
    keyFile,
    sealed: sealedWith(() => key),
    stores: createStores(database, tables, blobs, watch),
    openJournal: openJournalOn(database, { blobs, clock }),
    ...(files.check && { checkFiles: files.check }),
    ...(redis && { checkQueue: () => redis.check(), sharedLimits: redis.limits }),
    takeOver: () => undefined,
    serve() {
      shared.start();
      anchor.start();
      return Promise.resolve(() => Promise.resolve());
    },
    backup: () =>
      Promise.reject(refusedOnPostgres('heddle backup', 'use pg_dump or the continuous archiving of the server')),
    async close() {
      await cluster.stop();
      await queues?.close();
      files.close();
      watch.stop();
      await anchor.close();
      await shared.close();
      await database.close();
    },
  };
}

/** Opens the queues of a server. If that fails, it closes the files. */
async function queuesOf(options: QueuesOptions, files: OpenedFiles): Promise<OpenedQueues> {
  try {
    return await openQueues(options);
  } catch (error) {
    files.close();
    throw error;
  }
}

/** Opens the journal. Its commits also write the audit entries of runs. */
const openJournalOn =
  (database: PostgresDatabase, parts: { readonly blobs: BlobStore; readonly clock: TrustedClock }) =>
  (admit: (run: RunAcceptance) => void, projections: readonly RunProjection[]): Journal => {
    const runAudit = createPostgresRunAudit();
    const journal = createPostgresJournal(database, {
      ...parts,
      projections: [{ types: [], admit: killSwitchReads }, runAudit.projection, ...projections],
    });
    const accept: typeof journal.accept = async (run, ...rest) => {
      admit(run);
      return journal.accept(run, ...rest);
    };
    return runAudit.over({ ...journal, accept });
  };

/**
 * Opens the audit log. The anchor of its chain is in the data folder of this process. Errors: `storage_rolled_back`, `audit_unanchored` if
 * the chain lacks entries that this process has seen.
 */
async function openAudit(
  database: PostgresDatabase,
  tables: Tables,
  key: Buffer,
  { clock, log, settings, options }: { clock: TrustedClock; log: Log; settings: Settings; options: OpenOptions },
): Promise<{ readonly audit: HeddleAudit; readonly anchor: ServerAnchor }> {
  const file = join(settings.dataFolder, 'audit.server.head');
  const { host } = database;
  const onLoss = (loss: ChainLoss): void => log.error({ loss }, reasonOnServer(loss, file, host));
  const anchor = await openServerAnchor(tables, { file, key, clock, onLoss });
  if (anchor.loss !== undefined && options.takesLoss !== true) throw lossOnServerError(anchor.loss, { file, host });
  const terminal = options.kind === 'command' ? { terminal: terminalUser() } : {};
  return { anchor, audit: createPostgresAudit({ database, tables, clock, ...terminal, readKey: () => key, anchor }) };
}

/** Whether this process executes runs. A command executes the runs that it starts. */
const takesRuns = ({ role }: Settings, { kind }: OpenOptions): boolean => kind === 'command' || role !== 'api';

/** Asks the database every second for its time, which also shows whether it can be used. */
const watchDatabase = (
  database: PostgresDatabase,
  shared: SharedClock,
  { mayLose = false }: OpenOptions,
): ServerWatch =>
  watchServer({
    clock: realClock,
    async ping() {
      await checkDatabase(database, mayLose);
      await shared.measure();
    },
    unanswered: (seconds) =>
      new HeddleError(
        'database_unreachable',
        `Postgres at ${database.host} has not answered for ${seconds} s: check that it runs, and the network to it.`,
      ),
  });

/** Synchronous writes exist only for the embedded database; no user operation uses them here. */
const refuseChange = (): never => {
  throw refusedOnPostgres('A synchronous write', 'commit it as a guarded write');
};

/** Reads the kill switches from the database in the commit of an acceptance, because the memory of this process may be outdated. */
function killSwitchReads(run: RunAcceptance): readonly GuardedWrite[] {
  return [
    {
      sql: "SELECT 1 FROM kill_switches WHERE target IN ('all', @workflow)",
      values: { workflow: `workflow:${run.workflowId ?? ''}` },
      rows: 0,
      otherwise: () => killSwitchOn(run.workflowName),
    },
  ];
}

/** How often the whole database is read to find files without references; the database can be very large. */
const sweepFilesEveryMs = 86_400_000;

/** Creates the stores that differ on Postgres. */
function createStores(
  database: PostgresDatabase,
  tables: Tables,
  blobs: BlobStore,
  watch: ServerWatch,
): StoresOfDatabase {
  const storage = createStorage({
    tables,
    blobs,
    isFile: false,
    check: () => watch.check(),
    referred: (except, signal) => referredBlobsOnServer(database, except, signal),
    // Postgres reuses the space of removed rows by itself.
    rewrite: () => undefined,
    remains: [
      'Postgres overwrites what was erased when it needs the space. Its log and its standbys hold it for a while.',
    ],
  });
  let sweptAt = -Infinity;
  return {
    collectionsFile: undefined,
    storage: {
      ...storage,
      async sweepFiles(before, signal) {
        const now = database.time.now();
        if (now - sweptAt < sweepFilesEveryMs) return { files: 0, bytes: 0 };
        const swept = await storage.sweepFiles(before, signal);
        sweptAt = now;
        return swept;
      },
    },
  };
}
