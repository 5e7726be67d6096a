import type { HeaderCache } from '@heddle/core';
import { answer } from '../database/answer.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/**
 * Headers of passages in heddle.db, below the name of the collection: its other indexes use them again. Errors: `storage_*`.
 *
 * @example const known = await createPassageHeaders(database).known('handbook', 'expenses.md', keys);
 */
export function createPassageHeaders(database: HeddleDatabase): HeaderCache {
  const { connection, file } = database;
  const find = connection
    .prepare<[string, string, Buffer], string>(
      'SELECT text FROM passage_headers WHERE collection = ? AND document = ? AND key = ?',
    )
    .pluck();
  const write = connection.prepare<[string, string, Buffer, string, string]>(
    'INSERT OR REPLACE INTO passage_headers (collection, document, key, hash, text) VALUES (?, ?, ?, ?, ?)',
  );
  const removeOlder = connection.prepare<[string, string, string]>(
    'DELETE FROM passage_headers WHERE collection = ? AND document = ? AND hash <> ?',
  );
  const removeDocument = connection.prepare<[string, string]>(
    'DELETE FROM passage_headers WHERE collection = ? AND document = ?',
  );
  const removeAll = connection.prepare<[string]>('DELETE FROM passage_headers WHERE collection = ?');
  const bytesOf = (key: string): Buffer => Buffer.from(key, 'hex');
  return {
    known: (collection, document, keys) =>
      answer(() =>
        withStorageErrors(file, () => {
          const known = new Map<string, string>();
          for (const key of keys) {
            const text = find.get(collection, document, bytesOf(key));
            if (text !== undefined) known.set(key, text);
          }
          return known;
        }),
      ),
    keep: (collection, { id, hash }, headers) =>
      answer(() =>
        commitPowerSafe(database, () => {
          removeOlder.run(collection, id, hash);
          for (const [key, text] of headers) write.run(collection, id, bytesOf(key), hash, text);
        }),
      ),
    forget: (collection, documents) =>
      answer(() =>
        commitPowerSafe(database, () => {
          if (documents === undefined) removeAll.run(collection);
          else for (const document of documents) removeDocument.run(collection, document);
        }),
      ),
  };
}
