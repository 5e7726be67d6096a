import { createHmac } from 'node:crypto';
import { HeddleError, type GuardedWrite, type StatementValues, type Tables } from '@heddle/core';
import { seal, unseal } from '../connections/vault/seal.js';
import { untilUndisturbed } from '../sql/until-undisturbed.js';

/** What was sent to a model or came back, kept apart from the record that names it by hash. */
export interface KeptContent {
  readonly runId: string;
  readonly hash: string;
  readonly level: string;
  readonly text: string;
  readonly time: number;
}

/** What is to be erased: contents of runs, of a label level, from before a time; all that is given must hold. */
export interface ErasedContent {
  readonly runIds?: readonly string[] | undefined;
  readonly level?: string | undefined;
  readonly before?: number | undefined;
}

/** The erasure of texts, for a commit with its audit event, and their number. The commit refuses with `conflict` where there are others by then. */
interface ContentErasure {
  readonly texts: number;
  readonly writes: readonly GuardedWrite[];
}

/** Content of audit records, sealed at rest. Erasing it leaves the chain as it is. */
export interface AuditContent {
  /** Keeps texts in one commit. Errors: `secret_unreadable`, `storage_*`, `database_*`. */
  keep(contents: readonly KeptContent[]): Promise<void>;
  /** The text of a hash; undefined where it was erased or never kept. Errors: `secret_unreadable`, `storage_*`, `database_*`. */
  read(hash: string): Promise<string | undefined>;
  /** The erasure of such texts, of at most `limit` of them. Errors: `storage_*`, `database_*`. */
  erasure(what: ErasedContent, limit?: number): Promise<ContentErasure>;
  /** Erases at most `limit` such texts. Returns how many it erased. Errors: `storage_*`, `database_*`. */
  sweep(what: ErasedContent, limit: number): Promise<number>;
}

const insert = `INSERT INTO audit_content (run, hash, level, text, time) VALUES (@run, @hash, @level, @text, @time) ON CONFLICT DO NOTHING`;
const find = 'SELECT text FROM audit_content WHERE hash = @hash LIMIT 1';
const erase = 'DELETE FROM audit_content WHERE number IN (EACH NUMBER @numbers)';

/** @example const content = createAuditContent(tables, () => key); */
export function createAuditContent(tables: Tables, readKey: () => Buffer | undefined): AuditContent {
  let own: Buffer | undefined;

  /** A key of its own, so that contents and secrets never share one. */
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
      await untilUndisturbed(async () => {
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
    values: Object.assign({}, ...parts.map(([, values]) => values)) as StatementValues, // of the parts that are given
  };
}
