import { Label, type Cache, type CacheEntry, type Clock } from '@heddle/core';
import { answer } from '../journal/answer.js';
import type { HeddleDatabase } from '../journal/open-database.js';
import { withStorageErrors } from '../journal/storage-error.js';

interface Row {
  readonly key: string;
  readonly value: string;
  readonly label: string;
  readonly cost: number | null;
  readonly currency: string | null;
  readonly vector: Buffer | null;
  readonly stored_at: number;
}

/** Most entries of a scope; the oldest leave. A search looks at each vector of a scope. */
const maxEntries = 10_000;

/** Results in heddle.db, by scope and key; vectors of a scope are searched one by one, exactly. */
export function createSqliteCache({ connection, file }: HeddleDatabase, clock: Pick<Clock, 'now'>): Cache {
  const find = connection.prepare<[string, string, number], Row>(
    'SELECT * FROM cache_entries WHERE scope = ? AND key = ? AND expires_at > ?',
  );
  const vectors = connection.prepare<[string, number], Pick<Row, 'key'> & { readonly vector: Buffer }>(
    'SELECT key, vector FROM cache_entries WHERE scope = ? AND vector IS NOT NULL AND expires_at > ?',
  );
  const write = connection.prepare(
    'INSERT OR REPLACE INTO cache_entries VALUES (@scope, @key, @value, @label, @cost, @currency, @vector, @storedAt, @expiresAt)',
  );
  const expire = connection.prepare<[number]>('DELETE FROM cache_entries WHERE expires_at <= ?');
  const trim = connection.prepare<{ readonly scope: string; readonly most: number }>(
    'DELETE FROM cache_entries WHERE scope = @scope AND key IN (SELECT key FROM cache_entries WHERE scope = @scope ORDER BY stored_at DESC LIMIT -1 OFFSET @most)',
  );
  const count = connection.prepare<[string], number>('SELECT count(*) FROM cache_entries WHERE scope = ?').pluck();
  const clear = connection.prepare<[string]>('DELETE FROM cache_entries WHERE scope = ?');
  const within = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));
  const get = (scope: string, key: string): CacheEntry | undefined => {
    const row = find.get(scope, key, clock.now());
    return row === undefined ? undefined : entryOf(row);
  };
  return {
    get: (scope, key) => within(() => get(scope, key)),
    nearest: (scope, vector, minSimilarity) =>
      within(() => {
        let best: { readonly key: string; readonly similarity: number } | undefined;
        for (const row of vectors.iterate(scope, clock.now())) {
          const similarity = cosine(vector, vectorOf(row.vector));
          if (similarity >= minSimilarity && similarity > (best?.similarity ?? -Infinity))
            best = { key: row.key, similarity };
        }
        const entry = best === undefined ? undefined : get(scope, best.key);
        return best === undefined || entry === undefined ? undefined : { ...entry, ...best };
      }),
    set: (scope, key, { value, label, cost, currency, vector }, ttlMs) =>
      within(() => {
        const now = clock.now();
        connection.transaction(() => {
          expire.run(now);
          write.run({
            ...{ scope, key, value: JSON.stringify(value ?? null), label: JSON.stringify(label) },
            cost: cost ?? null,
            currency: currency ?? null,
            vector: vector === undefined ? null : Buffer.from(Float32Array.from(vector).buffer),
            storedAt: now,
            expiresAt: now + ttlMs,
          });
          if ((count.get(scope) ?? 0) > maxEntries) trim.run({ scope, most: maxEntries });
        })();
      }),
    clear: (scope) => within(() => void clear.run(scope)),
  };
}

function entryOf({ value, label, cost, currency, stored_at }: Row): CacheEntry {
  const parsed: unknown = JSON.parse(value);
  return {
    value: parsed,
    label: Label.parse(JSON.parse(label)),
    ...(cost === null ? {} : { cost }),
    ...(currency === null ? {} : { currency }),
    storedAt: stored_at,
  };
}

/** A copy, because a blob need not begin at a multiple of four bytes. */
function vectorOf(blob: Buffer): Float32Array {
  return new Float32Array(new Uint8Array(blob).buffer);
}

/** -1 for vectors of different lengths: another model made them. */
function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return -1;
  let [dot, first, second] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [x = 0, y = 0] = [a[index], b[index]];
    dot += x * y;
    first += x * x;
    second += y * y;
  }
  return first === 0 || second === 0 ? -1 : dot / Math.sqrt(first * second);
}
