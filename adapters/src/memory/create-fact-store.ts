import { HeddleError, longestFact, type Clock, type ConversationQuery, type FactStore } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { conditionOf, dueOf } from './conversation-condition.js';
import { hashOf } from './create-conversations.js';
import type { FactRow } from './fact-rows.js';
import { createFactTable, factColumns, factsWithKeys, type FactTable } from './fact-table.js';
import { factsOfOwners } from './facts-of-owner.js';

/** How long the key of a write is known: a step that is repeated after a crash is repeated within this time. */
const batchMs = 90 * 86_400_000;

/**
 * Long-term facts in heddle.db, each sealed with a key of its own. Their times are those of `clock`.
 *
 * @example await createFactStore(database, clock).of(owner, { run }).find({ reader: 'internal', limit: 8 });
 */
export function createFactStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): FactStore {
  const table = createFactTable(database);
  return {
    of: factsOfOwners(database, clock, table),
    ...listsOf(database, table),
    ...changesOf(database, clock, table),
    ...sweepsOf(database, clock, table),
  };
}

function listsOf({ connection, file }: HeddleDatabase, table: FactTable): Pick<FactStore, 'list' | 'count' | 'find'> {
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  function select<Row>(columns: string, query: ConversationQuery, rest: string): Row[] {
    const { where, values } = conditionOf(query);
    const sql = `SELECT ${columns} FROM ${factsWithKeys} WHERE ${where} ${rest}`;
    return connection.prepare<unknown[], Row>(sql).all(...values);
  }
  return {
    list: (query) =>
      within(() =>
        select<FactRow>(factColumns, query, `ORDER BY updated_at DESC, id DESC LIMIT ${query.limit}`).map((row) =>
          table.stored(row),
        ),
      ),
    count: (query) => within(() => select<{ readonly count: number }>('count(*) AS count', query, '')[0]?.count ?? 0),
    find: (id) =>
      within(() => {
        const row = table.find(id);
        return row === undefined ? undefined : table.stored(row);
      }),
  };
}

function changesOf(
  { connection, file }: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  table: FactTable,
): Pick<FactStore, 'change' | 'erase'> {
  const writing = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  return {
    change: (id, { text, expiresAt }) =>
      writing(() => {
        const row = table.find(id);
        if (row === undefined)
          throw new HeddleError('not_found', 'The fact was erased meanwhile.', { details: { fact: id } });
        const before = table.stored(row);
        const changed = {
          ...before,
          text: text === undefined ? before.text : text.trim().slice(0, longestFact),
          expiresAt: expiresAt === undefined ? before.expiresAt : (expiresAt ?? undefined),
          updatedAt: clock.now(),
        };
        table.remove([row.number]);
        table.write(changed);
        return changed;
      }),
    erase: (ids) =>
      writing(() => {
        const rows = ids.flatMap((id) => table.find(id) ?? []);
        const hashes = rows.map((row) => hashOf(table.stored(row)));
        table.remove(rows.map(({ number }) => number));
        return { facts: rows.length, hashes };
      }),
  };
}

function sweepsOf(
  database: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  table: FactTable,
): Pick<FactStore, 'sweep' | 'sweepExpired' | 'forgetErased'> {
  const { connection, file } = database;
  const expired = `SELECT number FROM facts WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?`;
  const forgetBatches = connection.prepare<[number]>('DELETE FROM fact_batches WHERE time < ?');
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  const remove = (sql: string, values: readonly unknown[]): number =>
    within(() =>
      connection
        .transaction(() => {
          const numbers = connection
            .prepare<unknown[], number>(sql)
            .pluck()
            .all(...values);
          table.remove(numbers);
          return numbers.length;
        })
        .immediate(),
    );
  return {
    sweepExpired: (limit) => {
      within(() => forgetBatches.run(clock.now() - batchMs));
      return remove(expired, [clock.now(), limit]);
    },
    sweep: (before, limit, among) => {
      const { sql, values } = dueOf('facts', before, limit, among);
      return remove(sql, values);
    },
    // As for conversations: copies of overwritten pages lie in the log.
    forgetErased: () => within(() => database.emptyLog()),
  };
}
