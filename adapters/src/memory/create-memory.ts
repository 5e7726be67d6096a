import { joinLabels, Label, labelOf, Message, type Clock, type Memory, type MemoryTurn } from '@heddle/core';
import { answer } from '../journal/answer.js';
import type { HeddleDatabase } from '../journal/open-database.js';
import { withStorageErrors } from '../journal/storage-error.js';

interface TurnRow {
  readonly message: string;
  readonly label: string;
  readonly time: number;
}
interface SummaryRow {
  readonly text: string;
  readonly label: string;
  readonly turns: number;
}

const labelFrom = (text: string): Label => {
  const { level, marks } = Label.parse(JSON.parse(text));
  return labelOf(level, marks);
};
const turnFrom = ({ message, label, time }: TurnRow): MemoryTurn => ({
  message: Message.parse(JSON.parse(message)),
  label: labelFrom(label),
  time,
});

/** Conversations in heddle.db. Turns stay when a summary stands for them. @example const memory = createMemory(database, clock); */
export function createMemory({ connection, file }: HeddleDatabase, clock: Pick<Clock, 'now'>): Memory {
  const newest = connection.prepare<[string, number, number], TurnRow>(
    'SELECT message, label, time FROM memory_turns WHERE session = ? AND number > ? ORDER BY number DESC LIMIT ?',
  );
  const last = connection.prepare<[string], { readonly number: number | null }>(
    'SELECT max(number) AS number FROM memory_turns WHERE session = ?',
  );
  const insert = connection.prepare<[string, number, string, string, string, number]>(
    'INSERT INTO memory_turns (session, number, batch, message, label, time) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const claim = connection.prepare<[string, string]>(
    'INSERT OR IGNORE INTO memory_batches (session, batch) VALUES (?, ?)',
  );
  const summaryOf = connection.prepare<[string], SummaryRow>(
    'SELECT text, label, turns FROM memory_summaries WHERE session = ?',
  );
  const saveSummary = connection.prepare<[string, string, string, number]>(
    'INSERT INTO memory_summaries (session, text, label, turns) VALUES (?, ?, ?, ?) ON CONFLICT (session) DO UPDATE SET text = excluded.text, label = excluded.label, turns = excluded.turns',
  );
  const removals = ['memory_turns', 'memory_batches', 'memory_summaries'].map((table) =>
    connection.prepare<[string]>(`DELETE FROM ${table} WHERE session = ?`),
  );
  const within = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));
  return {
    read: (session, { limit = -1 } = {}) =>
      within(() => {
        const row = summaryOf.get(session);
        const turns = newest
          .all(session, row?.turns ?? 0, limit)
          .reverse()
          .map(turnFrom);
        const summary = row === undefined ? undefined : { ...row, label: labelFrom(row.label) };
        return { turns, summary };
      }),
    append: (session, turns, { idempotencyKey }) =>
      within(() =>
        connection
          .transaction(() => {
            if (claim.run(session, idempotencyKey).changes === 0) return;
            let number = last.get(session)?.number ?? 0;
            for (const { message, label } of turns) {
              number += 1;
              insert.run(session, number, idempotencyKey, JSON.stringify(message), JSON.stringify(label), clock.now());
            }
          })
          .immediate(),
      ),
    summarise: (session, { text, label, turns }) =>
      within(() =>
        connection
          .transaction(() => {
            const before = summaryOf.get(session);
            // A summary is made from the one before it, so it cannot have a lower label.
            const joined = before === undefined ? label : joinLabels(label, labelFrom(before.label));
            saveSummary.run(session, text, JSON.stringify(joined), (before?.turns ?? 0) + turns);
          })
          .immediate(),
      ),
    clear: (session) =>
      within(() => {
        connection.transaction(() => removals.forEach((removal) => void removal.run(session))).immediate();
      }),
  };
}
