import { createPostgresAudit, createPostgresRunAudit } from '@heddle/adapters/audit';
import { FolderBlobs } from '@heddle/adapters/blobs';
import { createPostgresJournal } from '@heddle/adapters/journal';
import { readSharedKey, sealedWith } from '@heddle/adapters/identity';
import { checkDatabase, openPostgres, postgresTables, type PostgresDatabase } from '@heddle/adapters/postgres';
import { createOpenAiFiles } from '@heddle/adapters/channels';
import { createRetentionMarks, type PersonData } from '@heddle/adapters/stores';
import type { RowErasure } from '@heddle/adapters/datasets';
import { HeddleError, type GuardedWrite, type RunAcceptance, type Tables } from '@heddle/core';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Log } from '../../common/log.js';
import { realClock, sinceBoot } from '../../common/real-clock.js';
import { terminalUser } from '../../common/terminal-user.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { killSwitchOn } from '../../kill-switches/kill-switch-guard.js';
import { redisUrlOf } from '../../settings/server-urls.js';
import type { Settings } from '../../settings/settings-table.js';
import type { Storage } from '../../storage/storage.js';
import { createShared } from '../create-shared.js';
import { createCluster, timesOf } from './cluster.js';
import { DatabaseClock } from './database-clock.js';
import { notOnPostgres, refusedOnPostgres } from './not-on-postgres.js';
import type { OpenOptions } from './open-options.js';
import type { OpenedRedis } from './open-redis.js';
import type { OpenedDatabase, StoresOfDatabase } from './opened-database.js';
import { watchServer, type ServerWatch } from './watch-server.js';

/**
 * Opens a database on a Postgres server, which several processes may use: migrates it, and checks that this process has the key of the others.
 * Errors: `database_*`, `storage_*`, `secret_unreadable`.
 */
export async function openOnPostgres(
  url: string,
  settings: Settings,
  options: OpenOptions,
  log: Log,
): Promise<OpenedDatabase> {
  const mayLose = options.mayLose === true;
  const mayMigrate = settings.databaseMigrate === 'true';
  const database = await openPostgres({ url, clock: realClock, connections: 16, mayMigrate, mayLose });
  try {
    return await openParts(database, settings, options, log);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openParts(
  database: PostgresDatabase,
  settings: Settings,
  options: OpenOptions,
  log: Log,
): Promise<OpenedDatabase> {
  const { dataFolder } = settings;
  const tables = postgresTables(database);
  const keyFile = settings.keyFile ?? join(dataFolder, 'secret.key');
  const key = await readSharedKey(tables, keyFile);
  // The trusted time is not kept on Postgres yet: a start trusts the clock of the database.
  const shared = await DatabaseClock.open({ database, base: realClock, log });
  const clock = new TrustedClock({
    base: shared,
    store: { read: () => undefined, write: () => undefined },
    sinceBoot,
    onFault: (err) => log.warn({ err }, 'the trusted time could not be kept; it is tried again'),
  });
  const audit = openAudit({ database, tables, clock }, options);
  const blobs = new FolderBlobs(join(dataFolder, 'blobs'));
  const redis = await openRedisOf(database, key, settings, options, log);
  const cluster = createCluster(database, { clock: realClock, log, times: timesOf(settings.leaseMs), redis });
  const watch = watchDatabase(database, shared, options);
  return {
    isAlone: false,
    leases: cluster.leases,
    shareRuns: (shared, needs) => createShared(cluster, shared, { ...needs, takesRuns: takesRuns(settings, options) }),
    placement: () => cluster.placement(),
    tables: { ...tables, apply: refuseChange },
    ...{ clock, audit, blobs, keyFile, sealed: sealedWith(() => key) },
    stores: createStores(tables, watch),
    openJournal(admit, projections) {
      const runAudit = createPostgresRunAudit();
      const journal = createPostgresJournal(database, {
        ...{ blobs, clock },
        projections: [{ types: [], admit: killSwitchReads }, runAudit.projection, ...projections],
      });
      const accept: typeof journal.accept = async (run, ...rest) => {
        admit(run);
        return journal.accept(run, ...rest);
      };
      return runAudit.over({ ...journal, accept });
    },
    ...(redis && { checkQueue: () => redis.check(), sharedLimits: redis.limits }),
    takeOver: () => undefined,
    serve() {
      clock.start();
      return Promise.resolve(() => Promise.resolve());
    },
    backup: () =>
      Promise.reject(refusedOnPostgres('heddle backup', 'use pg_dump or the continuous archiving of the server')),
    async close() {
      await cluster.stop();
      await redis?.close();
      watch.stop();
      clock.close();
      await database.close();
    },
  };
}

const openAudit = (
  parts: { readonly database: PostgresDatabase; readonly tables: Tables; readonly clock: TrustedClock },
  { kind }: OpenOptions,
) => {
  const terminal = kind === 'command' ? { terminal: terminalUser() } : {};
  return createPostgresAudit({ ...parts, ...terminal, refused: refusedOnPostgres });
};

/** Whether this process runs runs. A command runs what it begins. */
const takesRuns = ({ role }: Settings, { kind }: OpenOptions): boolean => kind === 'command' || role !== 'api';

/** Asks the database every second whether it can be used, and for its time. */
const watchDatabase = (
  database: PostgresDatabase,
  shared: DatabaseClock,
  { mayLose = false }: OpenOptions,
): ServerWatch =>
  watchServer({
    clock: realClock,
    async ask() {
      await checkDatabase(database, mayLose);
      await shared.measure();
    },
    unanswered: (seconds) =>
      new HeddleError(
        'database_unreachable',
        `Postgres at ${database.host} has not answered for ${seconds} s: check that it runs, and the network to it.`,
      ),
  });

/**
 * The Redis server of the processes on a database, where the settings name one: commands do without it. Its keys carry a name that others cannot
 * guess, and that differs between databases.
 */
async function openRedisOf(
  database: PostgresDatabase,
  key: Buffer,
  settings: Settings,
  { kind }: OpenOptions,
  log: Log,
): Promise<OpenedRedis | undefined> {
  const url = kind === 'server' ? redisUrlOf(settings) : undefined;
  if (url === undefined) return undefined;
  const [row] = await database.run<{ readonly name: string }>({ sql: 'SELECT current_database() AS name', values: [] });
  const name = createHmac('sha256', key).update(`heddle redis ${row?.name} ${database.schema}`).digest('hex');
  const { openRedis } = await import('./open-redis.js');
  return openRedis(url, { prefix: `heddle:${name.slice(0, 16)}`, clock: realClock, log });
}

/** Synchronous writes are for a database in a file. */
const refuseChange = (): never => {
  throw refusedOnPostgres('This change');
};

/** The kill switches as the commit of an acceptance sees them, whatever this process has in memory. */
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

const personMembers = [
  ...(['runsOf', 'filesOf', 'filesOfSubject', 'erase', 'eraseNames', 'removeFiles', 'rewrite'] as const),
];

/**
 * The stores that Postgres has in its own way. What does not work there yet refuses with `not_on_postgres`: this is the whole list, beside the
 * contents of model calls (`createPostgresAudit`), the trusted time, and collections in the data folder.
 */
function createStores(tables: Tables, watch: ServerWatch): StoresOfDatabase {
  return {
    rowErasure: notOnPostgres<RowErasure>('The erasure of a conversation or a run', [
      'ofConversations',
      'forgetRuns',
      'commit',
    ]),
    collectionsFile: undefined,
    storage: createStorage(tables, watch),
  };
}

function createStorage(tables: Tables, watch: ServerWatch): Storage {
  const marks = createRetentionMarks(tables);
  const openAiFiles = createOpenAiFiles(tables);
  const refuse = (what: string) => (): never => {
    throw refusedOnPostgres(what);
  };
  return {
    check: () => watch.check(),
    mark: (name, before, now) => marks.mark(name, before, now),
    hasRetention: false,
    step: refuse('Retention'),
    removeRun: refuse('The removal of a run'),
    forgetAsked: refuse('The removal of a response'),
    people: notOnPostgres<PersonData>('The erasure of a person', personMembers),
    removeExpiredFiles: (now) => openAiFiles.removeExpired(now),
    sweepFiles: refuse('The removal of files that nothing names'),
  };
}
