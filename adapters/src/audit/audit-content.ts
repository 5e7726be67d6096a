import { createHmac } from 'node:crypto';
import { HeddleError, type GuardedWrite, type StatementValues, type Tables } from '@heddle/core';
import { seal, unseal } from '../connections/vault/seal.js';
import { retryOnConflict } from '../sql/retry-on-conflict.js';

/** A text that was sent to a model or that a model returned. It is kept apart from the audit record, which names it by hash. */
export interface KeptContent {
  readonly runId: string;
  readonly hash: string;
  readonly level: string;
  readonly text: string;
  readonly time: number;
}

/** Selects the texts to erase: by run, by label level, and by age. A text must match all the given conditions. */
export interface ErasedContent {
  readonly runIds?: readonly string[] | undefined;
  readonly level?: string | undefined;
  readonly before?: number | undefined;
}

/** Writes that erase texts, for a commit with their audit event. The commit fails with `conflict` if other texts match by then. */
interface ContentErasure {
  readonly texts: number;
  readonly writes: readonly GuardedWrite[];
}

/** The content of model calls in the audit log, sealed at rest. Erasing it does not change the chain. */
export interface AuditContent {
  /** Stores texts in one commit. Errors: `secret_unreadable`, `storage_*`, `database_*`. */
  keep(contents: readonly KeptContent[]): Promise<void>;
  /** Returns the text with a hash; undefined if it was erased or never kept. Errors: `secret_unreadable`, `storage_*`, `database_*`. */
  read(hash: string): Promise<string | undefined>;
  /** Prepares the erasure of the matching texts, at most `limit` of them. Errors: `storage_*`, `database_*`. */
  erasure(what: ErasedContent, limit?: number): Promise<ContentErasure>;
  /** Erases at most `limit` matching texts and returns their number. Errors: `storage_*`, `database_*`. */
  sweep(what: ErasedContent, limit: number): Promise<number>;
}

const insert = `INSERT INTO audit_content (run, hash, level, text, time) VALUES (@run, @hash, @level, @text, @time) ON CONFLICT DO NOTHING`;
const find = 'SELECT text FROM audit_content WHERE hash = @hash LIMIT 1';
const erase = 'DELETE FROM audit_content WHERE number IN (EACH NUMBER @numbers)';

/**
 * Creates the store of audit content. `readKey` returns the master key; its result is used for a derived key.
 *
 * @example const content = createAuditContent(tables, () => key);
 */
export function createAuditContent(tables: Tables, readKey: () => Buffer | undefined): AuditContent {
  let own: Buffer | undefined;

  /** A derived key, so that contents and secrets never share one. */
  function key(): Buffer {
    const master = own === undefined ? readKey() : undefined;
    own ??= master === undefined ? undefined : createHmac('sha256', master).update('heddle audit content').digest();
    if (own === undefined) throw new HeddleError('secret_unreadable', 'The key file of this Heddle cannot be read.');
    return own;
  }

  async function erasure(what: ErasedContent, limit = Number.MAX_SAFE_INTEGER): Promise<ContentErasure> {
    const { where, values } = conditionOf(what);
    const found = `SELECT number FROM audit_content WHERE ${where} ORDER BY number LIMIT @limit`;
    const rows = await tables.all<{ readonly number: number }>(found, { ...values, limit });
    const numbers = JSON.stringify(rows.map(({ number }) => number));
    const write = { sql: erase, values: { numbers }, rows: rows.length, overwrites: true };
    return { texts: rows.length, writes: rows.length === 0 ? [] : [write] };
  }

  return {
    erasure,
    async keep(contents) {
      await tables.note(
        contents.map(({ runId, hash, level, text, time }) => ({
          sql: insert,
          values: { run: runId, hash, level, time, text: seal(key(), hash, text).toString('base64') },
        })),
      );
    },
    async read(hash) {
      const row = await tables.get<{ readonly text: string }>(find, { hash });
      return row === undefined ? undefined : unseal(key(), hash, Buffer.from(row.text, 'base64'));
    },
    async sweep(what, limit) {
      let count = 0;
      await retryOnConflict(async () => {
        const { texts, writes } = await erasure(what, limit);
        await tables.note(writes);
        count = texts;
      });
      return count;
    },
  };
}

function conditionOf({ runIds, level, before }: ErasedContent): {
  readonly where: string;
  readonly values: StatementValues;
} {
  const parts: readonly (readonly [condition: string, values: StatementValues])[] = [
    ...(runIds === undefined ? [] : [['run IN (EACH @runs)', { runs: JSON.stringify(runIds) }] as const]),
    ...(level === undefined ? [] : [['level = @level', { level }] as const]),
    ...(before === undefined ? [] : [['time < @before', { before }] as const]),
  ];
  const conditions = parts.map(([condition]) => condition);
  return {
    where: conditions.length === 0 ? 'TRUE' : conditions.join(' AND '),
    values: Object.assign({}, ...parts.map(([, values]) => values)) as StatementValues, // the values of the given conditions
  };
}
