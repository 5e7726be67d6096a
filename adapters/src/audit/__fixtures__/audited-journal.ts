import type { Clock, Journal } from '@heddle/core';
import { join } from 'node:path';
import { FolderBlobs } from '../../blobs/index.js';
import { openDatabase, type DatabaseOptions, type HeddleDatabase } from '../../database/open-database.js';
import { createSqliteJournal } from '../../journal/sqlite-journal.js';
import type { AuditFiles } from '../chain-loss.js';
import { createSqliteAudit, type SqliteAudit } from '../sqlite-audit.js';

/** A journal whose runs are in the audit record, as a server has it. */
export interface AuditedJournal {
  readonly journal: Journal;
  readonly audit: SqliteAudit;
  readonly database: HeddleDatabase;
  close(): Promise<void>;
}

/** Where the parts of a data folder lie. */
export const auditFilesIn = (folder: string): AuditFiles & { readonly file: string } => ({
  file: join(folder, 'heddle.db'),
  keyFile: join(folder, 'secret.key'),
  anchorFile: join(folder, 'audit.head'),
});

/** Opens the journal and the audit record of a data folder. */
export function openAudited(folder: string, clock: Clock, options: DatabaseOptions = {}): AuditedJournal {
  const { file, ...files } = auditFilesIn(folder);
  const database = openDatabase(file, options);
  const audit = createSqliteAudit(database, { clock, ...files });
  const blobs = new FolderBlobs(join(folder, 'blobs'));
  const journal = createSqliteJournal(database, { blobs, clock, projections: [audit.projection] });
  return {
    journal,
    audit,
    database,
    async close() {
      await journal.close();
      audit.close();
      database.close();
    },
  };
}
