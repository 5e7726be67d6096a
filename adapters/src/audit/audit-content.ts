import type { HeddleDatabase } from '../journal/open-database.js';

/** What was sent to a model or came back, kept apart from the record that names it by hash. */
export interface KeptContent {
  readonly runId: string;
  readonly hash: string;
  readonly level: string;
  readonly text: string;
  readonly time: number;
}

/** Content of audit records. Erasing it leaves the chain as it is. */
export interface AuditContent {
  keep(content: KeptContent): void;
  /** The text of a hash; undefined where it was erased or never kept. */
  read(hash: string): string | undefined;
  /** Erases the content of one run and gives how many texts went. */
  eraseRun(runId: string): number;
  /** Erases content of a label level that is older than a time, at most `limit` texts; gives how many went. */
  eraseBefore(level: string, before: number, limit?: number): number;
}

export function createAuditContent({ connection }: HeddleDatabase): AuditContent {
  const insert = connection.prepare<KeptContent>(
    'INSERT INTO audit_content (run, hash, level, text, time) VALUES (@runId, @hash, @level, @text, @time) ON CONFLICT DO NOTHING',
  );
  const find = connection.prepare<[string], string>('SELECT text FROM audit_content WHERE hash = ? LIMIT 1').pluck();
  const ofRun = connection.prepare<[string]>('DELETE FROM audit_content WHERE run = ?');
  const older = connection.prepare<[string, number, number]>(
    'DELETE FROM audit_content WHERE number IN (SELECT number FROM audit_content WHERE level = ? AND time < ? LIMIT ?)',
  );
  return {
    keep: (content) => void insert.run(content),
    read: (hash) => find.get(hash),
    eraseRun: (runId) => ofRun.run(runId).changes,
    eraseBefore: (level, before, limit = 1_000) => older.run(level, before, limit).changes,
  };
}
