import { HeddleError, longestFact, type Clock, type ConversationQuery, type FactStore } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { conditionOf, dueOf } from './conversation-condition.js';
import { hashOf } from './create-conversations.js';
import { createFactTable, factColumns, factsWithKeys } from './fact-table.js';
import type { FactRow } from './fact-rows.js';
import { factsOfOwners } from './facts-of-owner.js';

/** How long the key of a write is known: a step that is repeated after a crash is repeated within this time. */
const batchMs = 90 * 86_400_000;

/**
 * Long-term facts in heddle.db, each sealed with a key of its own. Their times are those of `clock`.
 *
 * @example await createFactStore(database, clock).of(owner, { run }).find({ reader: 'internal', limit: 8 });
 */
export function createFactStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): FactStore {
  const { connection, file } = database;
  const table = createFactTable(database);
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  const writing = <T>(work: () => T): T => within(() => connection.transaction(work).immediate());
  const due = connection
    .prepare<[now: number, limit: number], number>(
      'SELECT number FROM facts WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?',
    )
    .pluck();
  const forgetBatches = connection.prepare<[number]>('DELETE FROM fact_batches WHERE time < ?');

  function select<Row>(columns: string, query: ConversationQuery, rest: string): Row[] {
    const { where, values } = conditionOf(query);
    return connection
      .prepare<unknown[], Row>(`SELECT ${columns} FROM ${factsWithKeys} WHERE ${where} ${rest}`)
      .all(...values);
  }

  return {
    of: factsOfOwners(database, clock, table),
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
    sweepExpired: (limit) =>
      writing(() => {
        const numbers = due.all(clock.now(), limit);
        table.remove(numbers);
        forgetBatches.run(clock.now() - batchMs);
        return numbers.length;
      }),
    sweep: (before, limit, among) =>
      writing(() => {
        const { sql, values } = dueOf('facts', before, limit, among);
        const numbers = connection
          .prepare<unknown[], number>(sql)
          .pluck()
          .all(...values);
        table.remove(numbers);
        return numbers.length;
      }),
    // As for conversations: copies of overwritten pages lie in the log.
    forgetErased: () => within(() => database.emptyLog()),
  };
}
