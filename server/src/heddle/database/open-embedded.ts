import { createSqliteAudit, lossError, refuseRolledBack, type SqliteAudit } from '@heddle/adapters/audit';
import { FolderBlobs } from '@heddle/adapters/blobs';
import {
  createDamages,
  inJournal,
  migrations,
  openDatabase,
  refuseMovedFolder,
  sqliteTables,
  type Damages,
  type HeddleDatabase,
} from '@heddle/adapters/database';
import { createSealedText } from '@heddle/adapters/identity';
import { createSqliteJournal, takeOverRedoLog } from '@heddle/adapters/journal';
import { createLoneLeases } from '@heddle/adapters/leases';
import { takeOverConversations } from '@heddle/adapters/memory';
import { FolderOriginals } from '@heddle/adapters/originals';
import { createScrub } from '@heddle/adapters/scrub';
import { createMadeFiles, createTrustedTimeStore } from '@heddle/adapters/stores';
import { subjectOf } from '@heddle/core';
import { idempotencyKey } from '@heddle/engine';
import { join } from 'node:path';
import type { Ownership } from '../../auth/rights/ownership.js';
import { scopeOfRun } from '../../authority/authority.js';
import { createCollectionsFile } from '../../collections/collections-file.js';
import type { Log } from '../../common/log.js';
import { realClock, sinceBoot } from '../../common/real-clock.js';
import { terminalUser } from '../../common/terminal-user.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import type { Settings } from '../../settings/settings-table.js';
import { startScrubbing } from '../../storage/scrubber.js';
import { embeddedStorage } from '../../storage/embedded-storage.js';
import type { OpenOptions } from './open-options.js';
import type { OpenedDatabase } from './opened-database.js';

interface Opened {
  readonly database: HeddleDatabase;
  readonly clock: TrustedClock;
  readonly audit: SqliteAudit;
  /** Stored values that are damaged. */
  readonly damages: Damages;
}

/**
 * Opens `heddle.db` in the data folder, which only one process can use at a time. Errors: `storage_rolled_back`, `storage_corrupt`,
 * `storage_newer`, `storage_moved`, `move_unfinished`, `audit_unanchored`.
 */
export async function openEmbedded(settings: Settings, options: OpenOptions, log: Log): Promise<OpenedDatabase> {
  const { dataFolder } = settings;
  if (options.isMoving !== true) refuseMovedFolder(dataFolder);
  const opened = await openWithAudit(dataFolder, options, log);
  const { database, clock, audit, damages } = opened;
  const tables = sqliteTables(database);
  const keyFile = join(dataFolder, 'secret.key');
  const blobs = new FolderBlobs(join(dataFolder, 'blobs'));
  const originals = new FolderOriginals(join(dataFolder, 'originals'));
  return {
    isAlone: true,
    leases: createLoneLeases(),
    tables,
    clock,
    audit,
    blobs,
    originals,
    keyFile,
    sealed: createSealedText(database, keyFile),
    stores: {
      collectionsFile: createCollectionsFile(dataFolder, createMadeFiles(database, clock), log),
      storage: embeddedStorage(database, blobs, damages),
    },
    openJournal: (admit, projections) =>
      createSqliteJournal(database, {
        blobs,
        clock,
        damages,
        projections: [
          { types: [], write: () => undefined, admit },
          audit.projection,
          ...projections.map((projection) => inJournal(database, projection)),
        ],
      }),
    takeOver: (ownership) => takeOver(database, ownership, log),
    serve: () => serve(dataFolder, opened, log),
    backup: (file) => database.backup(file),
    close() {
      audit.close();
      clock.close();
      database.close();
      return Promise.resolve();
    },
  };
}

async function openWithAudit(dataFolder: string, options: OpenOptions, log: Log): Promise<Opened> {
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

/** Records a migration in the audit log. */
async function recordMigration(audit: SqliteAudit, { migratedFrom }: HeddleDatabase): Promise<void> {
  if (migratedFrom === undefined) return;
  const details = { step: 'migrated', from: migratedFrom, to: migrations.length } as const;
  await audit.write({ kind: 'setting', who: 'heddle', subject: 'database', details });
}

/** Gives conversations of older versions to the owners of the runs that wrote them. */
function takeOver(database: HeddleDatabase, ownership: Ownership, log: Log): void {
  const taken = takeOverConversations(database, {
    keyOf: (rootId, path) => idempotencyKey(rootId, path, 'append'),
    ownerOf: (run) => ({ ...scopeOfRun(run, ownership), subject: subjectOf(run.caller) }),
  });
  if (taken !== undefined && taken.placed + taken.unassigned > 0)
    log.warn(
      { ...taken },
      'earlier conversations now belong to the owners of the runs that wrote them; a project owner assigns the others',
    );
}

function serve(dataFolder: string, { database, clock, damages }: Opened, log: Log): Promise<() => Promise<void>> {
  const blobsFolder = join(dataFolder, 'blobs');
  clock.start();
  database.watchFiles([blobsFolder]);
  const scrub = createScrub(database, { damages, blobsFolder, markFile: join(dataFolder, 'scrub.last') });
  return Promise.resolve(startScrubbing(scrub, { clock, log }));
}
