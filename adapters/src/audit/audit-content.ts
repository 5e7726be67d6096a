import { createHmac } from 'node:crypto';
import { HeddleError } from '@heddle/core';
import { seal, unseal } from '../connections/vault/seal.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** What was sent to a model or came back, kept apart from the record that names it by hash. */
export interface KeptContent {
  readonly runId: string;
  readonly hash: string;
  readonly level: string;
  readonly text: string;
  readonly time: number;
}

/** What is to be erased: contents of a run, of a label level, from before a time; all that is given must hold. */
export interface ErasedContent {
  readonly runId?: string | undefined;
  readonly level?: string | undefined;
  readonly before?: number | undefined;
}

/** Content of audit records, sealed at rest. Erasing it leaves the chain as it is. */
export interface AuditContent {
  /** Keeps texts in one commit. Errors: `secret_unreadable`, `storage_*`. */
  keep(contents: readonly KeptContent[]): void;
  /** The text of a hash; undefined where it was erased or never kept. Errors: `secret_unreadable`. */
  read(hash: string): string | undefined;
  /** Erases at most `limit` texts. Returns how many it erased. */
  erase(what: ErasedContent, limit?: number): number;
}

const all = 1_000_000_000;

/** @example const content = createAuditContent(database, () => key); */
export function createAuditContent(
  { connection, file }: HeddleDatabase,
  readKey: () => Buffer | undefined,
): AuditContent {
  const insert = connection.prepare<KeptContent>(
    'INSERT INTO audit_content (run, hash, level, text, time) VALUES (@runId, @hash, @level, @text, @time) ON CONFLICT DO NOTHING',
  );
  const find = connection.prepare<[string], string>('SELECT text FROM audit_content WHERE hash = ? LIMIT 1').pluck();
  let own: Buffer | undefined;

  /** A key of its own, so that contents and secrets never share one. */
  function key(): Buffer {
    const master = own === undefined ? readKey() : undefined;
    own ??= master === undefined ? undefined : createHmac('sha256', master).update('heddle audit content').digest();
    if (own === undefined)
      throw new HeddleError('secret_unreadable', 'The key file of the data folder cannot be read.');
    return own;
  }

  return {
    keep: (contents) =>
      withStorageErrors(file, () => {
        connection.transaction(() => {
          for (const content of contents)
            insert.run({ ...content, text: seal(key(), content.hash, content.text).toString('base64') });
        })();
      }),
    read: (hash) =>
      withStorageErrors(file, () => {
        const sealed = find.get(hash);
        return sealed === undefined ? undefined : unseal(key(), hash, Buffer.from(sealed, 'base64'));
      }),
    erase: ({ runId, level, before }, limit = all) =>
      withStorageErrors(file, () => {
        // What was erased is overwritten in the pages that it stood on.
        connection.pragma('secure_delete = ON');
        return connection
          .prepare<[Record<string, unknown>]>(
            `DELETE FROM audit_content WHERE number IN (
               SELECT number FROM audit_content
               WHERE (@runId IS NULL OR run = @runId) AND (@level IS NULL OR level = @level) AND (@before IS NULL OR time < @before)
               LIMIT @limit)`,
          )
          .run({ runId: runId ?? null, level: level ?? null, before: before ?? null, limit }).changes;
      }),
  };
}
