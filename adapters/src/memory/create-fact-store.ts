import {
  HeddleError,
  longestFact,
  type ErasedFacts,
  type Clock,
  type FactStore,
  type StatementValues,
  type StoredFact,
  type Tables,
} from '@heddle/core';
import { retryOnConflict } from '../sql/retry-on-conflict.js';
import { hashOf } from './create-conversations.js';
import type { FactRow } from './fact-rows.js';
import { FactTable, removeFact, selectFacts, writeFact } from './fact-table.js';
import { factsOfOwners, turnOf, type StoredFacts } from './facts-of-owner.js';
import { conditionOf, conditionOfDue } from './memory-query.js';

/** How long the idempotency keys of writes are kept. A step is repeated within this time after a crash. */
const batchMs = 90 * 86_400_000;

/**
 * Stores long-term facts. Each is encrypted with its own key. Their times come from `clock`.
 *
 * @example await createFactStore(tables, clock).of(owner, { run }).find({ reader: 'internal', limit: 8 });
 */
export function createFactStore(tables: Tables, clock: Pick<Clock, 'now'>): FactStore {
  const stored = { tables, clock, table: new FactTable(tables) };
  return { of: factsOfOwners(stored), ...listsOf(stored), ...changesOf(stored), ...sweepsOf(stored) };
}

function listsOf({ tables, table }: StoredFacts): Pick<FactStore, 'list' | 'count' | 'find'> {
  return {
    async list(query) {
      const { where, values } = conditionOf(query);
      const sql = `${selectFacts} WHERE ${where} ORDER BY updated_at DESC, id DESC LIMIT @limit`;
      return (await tables.all<FactRow>(sql, { ...values, limit: query.limit })).map((row) => table.stored(row));
    },
    async count(query) {
      const { where, values } = conditionOf(query);
      const sql = `SELECT count(*) AS count FROM facts WHERE ${where}`;
      return (await tables.get<{ readonly count: number }>(sql, values))?.count ?? 0;
    },
    async find(id) {
      const row = await table.find(id);
      return row === undefined ? undefined : table.stored(row);
    },
  };
}

function changesOf({ tables, clock, table }: StoredFacts): Pick<FactStore, 'change' | 'erase'> {
  return {
    async change(id, { text, expiresAt }, commit = (writes) => tables.commit(writes)) {
      let changed: StoredFact | undefined;
      await retryOnConflict(async () => {
        const row = await table.find(id);
        if (row === undefined)
          throw new HeddleError('not_found', 'The fact was erased meanwhile.', { details: { fact: id } });
        const before = table.stored(row);
        changed = {
          ...before,
          text: text === undefined ? before.text : text.trim().slice(0, longestFact),
          expiresAt: expiresAt === undefined ? before.expiresAt : (expiresAt ?? undefined),
          updatedAt: clock.now(),
        };
        // Makes a run that writes facts at the same time see this change.
        const turn = await turnOf(tables, before.owner, changed.updatedAt);
        await commit([turn, ...removeFact(row), ...writeFact(changed)], changed);
        table.forget(row);
      });
      if (changed === undefined) throw new HeddleError('internal', `The fact '${id}' was not changed.`);
      return changed;
    },
    async erase(ids, commit = (writes) => tables.commit(writes)) {
      let erased: ErasedFacts = { facts: 0, hashes: [] };
      await retryOnConflict(async () => {
        const rows: FactRow[] = [];
        for (const id of new Set(ids)) {
          const row = await table.find(id);
          if (row !== undefined) rows.push(row);
        }
        erased = { facts: rows.length, hashes: rows.map((row) => hashOf(table.stored(row))) };
        await commit(rows.flatMap(removeFact), erased);
        rows.forEach((row) => table.forget(row));
      });
      return erased;
    },
  };
}

function sweepsOf({ tables, clock, table }: StoredFacts): Pick<FactStore, 'sweep' | 'sweepExpired' | 'forgetErased'> {
  const remove = async (where: string, order: string, values: StatementValues): Promise<number> => {
    let count = 0;
    await retryOnConflict(async () => {
      const rows = await tables.all<FactRow>(
        `${selectFacts} WHERE ${where} ORDER BY ${order}, id LIMIT @limit`,
        values,
      );
      await tables.note(rows.flatMap(removeFact));
      rows.forEach((row) => table.forget(row));
      count = rows.length;
    });
    return count;
  };
  return {
    async sweepExpired(limit) {
      const now = clock.now();
      await tables.note([{ sql: 'DELETE FROM fact_batches WHERE time < @before', values: { before: now - batchMs } }]);
      return remove('expires_at IS NOT NULL AND expires_at <= @now', 'expires_at', { now, limit });
    },
    sweep(before, limit, among) {
      const { where, values } = conditionOfDue(before, among);
      return remove(where, 'updated_at', { ...values, limit });
    },
    // As for conversations: the log still has copies of overwritten pages.
    forgetErased: () => tables.emptyLog(),
  };
}
