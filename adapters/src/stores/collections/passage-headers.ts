import type { GuardedWrite, HeaderCache, Tables } from '@heddle/core';

/**
 * Caches headers of passages by the name of the collection, so that its other indexes can reuse them. Errors: `storage_*`, `database_*`.
 *
 * @example const known = await createPassageHeaders(tables).known('handbook', 'expenses.md', keys);
 */
export function createPassageHeaders(tables: Tables): HeaderCache {
  const write = `INSERT INTO passage_headers (collection, document, key, hash, text) VALUES (@collection, @document, @key, @hash, @text)
    ON CONFLICT (collection, document, key) DO UPDATE SET hash = excluded.hash, text = excluded.text`;
  return {
    async known(collection, document, keys) {
      const rows = await tables.all<{ readonly key: Buffer; readonly text: string }>(
        'SELECT key, text FROM passage_headers WHERE collection = @collection AND document = @document',
        { collection, document },
      );
      const wanted = new Set(keys);
      const stored = rows.map(({ key, text }) => [key.toString('hex'), text] as const);
      return new Map(stored.filter(([key]) => wanted.has(key)));
    },
    keep: (collection, { id: document, hash }, headers) =>
      tables.commit([
        {
          sql: 'DELETE FROM passage_headers WHERE collection = @collection AND document = @document AND hash <> @hash',
          values: { collection, document, hash },
        },
        ...[...headers].map(([key, text]) => ({
          sql: write,
          values: { collection, document, key: Buffer.from(key, 'hex'), hash, text },
        })),
      ]),
    forget: (collection, documents) => tables.commit(removalsOf(collection, documents)),
  };
}

function removalsOf(collection: string, documents: readonly string[] | undefined): readonly GuardedWrite[] {
  const sql = 'DELETE FROM passage_headers WHERE collection = @collection';
  if (documents === undefined) return [{ sql, values: { collection } }];
  return [
    {
      sql: `${sql} AND document IN (EACH @documents)`,
      values: { collection, documents: JSON.stringify(documents) },
    },
  ];
}

/** The texts of all headers for the current content of a document. Errors: `storage_*`, `database_*`. */
export async function headersOfDocument(
  tables: Pick<Tables, 'all'>,
  collection: string,
  document: string,
): Promise<readonly string[]> {
  const rows = await tables.all<{ readonly text: string }>(
    'SELECT DISTINCT text FROM passage_headers WHERE collection = @collection AND document = @document',
    { collection, document },
  );
  return rows.map(({ text }) => text);
}
