import type { Clock, ConversationOwner, Memory } from '@heddle/core';
import { answer } from '../database/answer.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import {
  joinedWith,
  rankOf,
  strictest,
  summaryFrom,
  turnFrom,
  type ConversationRow,
  type SummaryRow,
  type TurnRow,
} from './conversation-rows.js';
import type { ConversationTable } from './conversation-table.js';

type Found = Pick<ConversationRow, 'number' | 'turns'>;

/**
 * The memory of each owner: every statement goes by project, workflow, subject and session, so that a session of another owner, or of
 * none, is not there.
 */
export function createConversationMemory(
  { connection, file }: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  table: ConversationTable,
): (owner: ConversationOwner) => Memory {
  type Owner = [project: string, workflow: string, subject: string];
  const find = connection.prepare<[...Owner, session: string], Found>(
    'SELECT number, turns FROM conversations WHERE project = ? AND workflow = ? AND subject = ? AND session = ?',
  );
  const own = connection.prepare<[...Owner, number: number]>(
    'UPDATE conversations SET project = ?, workflow = ?, subject = ? WHERE number = ?',
  );
  const newest = connection.prepare<[number, number, number], TurnRow>(
    'SELECT message, label, time FROM conversation_turns WHERE conversation = ? AND position > ? ORDER BY position DESC LIMIT ?',
  );
  const insert = connection.prepare<[number, number, Buffer, string, number]>(
    'INSERT INTO conversation_turns (conversation, position, message, label, time) VALUES (?, ?, ?, ?, ?)',
  );
  const claim = connection.prepare<[number, string]>(
    'INSERT OR IGNORE INTO conversation_batches (conversation, batch) VALUES (?, ?)',
  );
  const grow = connection.prepare<[turns: number, level: number, now: number, number: number]>(
    'UPDATE conversations SET turns = ?, level = max(level, ?), updated_at = ? WHERE number = ?',
  );
  const summaryOf = connection.prepare<[number], SummaryRow>(
    'SELECT text, label, turns FROM conversation_summaries WHERE conversation = ?',
  );
  const saveSummary = connection.prepare<[number, Buffer, string, number]>(
    'INSERT INTO conversation_summaries (conversation, text, label, turns) VALUES (?, ?, ?, ?) ON CONFLICT (conversation) DO UPDATE SET text = excluded.text, label = excluded.label, turns = excluded.turns',
  );
  const within = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));

  function findOrBegin(owner: Owner, session: string): Found {
    const found = find.get(...owner, session);
    if (found !== undefined) return found;
    const { number } = table.begin(session, clock.now());
    own.run(...owner, number);
    return { number, turns: 0 };
  }

  return ({ project, workflow, subject }) => {
    const owner: Owner = [project, workflow, subject];
    return {
      read: (session, { limit = -1 } = {}) =>
        within(() => {
          const found = find.get(...owner, session);
          if (found === undefined) return { turns: [], summary: undefined };
          const cipher = table.cipherOf(found.number);
          const summary = summaryOf.get(found.number);
          const turns = newest.all(found.number, summary?.turns ?? 0, limit).reverse();
          return {
            turns: turns.map((turn) => turnFrom(turn, cipher)),
            summary: summary === undefined ? undefined : summaryFrom(summary, cipher),
          };
        }),
      append: (session, turns, { idempotencyKey }) =>
        within(() => {
          if (turns.length === 0) return;
          const add = (): void => {
            const { number, turns: before } = findOrBegin(owner, session);
            if (claim.run(number, idempotencyKey).changes === 0) return;
            const cipher = table.cipherOf(number);
            turns.forEach(({ message, label }, index) => {
              const sealed = cipher.seal(JSON.stringify(message));
              insert.run(number, before + index + 1, sealed, JSON.stringify(label), clock.now());
            });
            grow.run(before + turns.length, strictest(turns.map(({ label }) => label)), clock.now(), number);
          };
          connection.transaction(add).immediate();
        }),
      summarise: (session, { text, label, turns }) =>
        within(() => {
          const replace = (): void => {
            const found = find.get(...owner, session);
            // It was erased while the model wrote.
            if (found === undefined) return;
            const { number } = found;
            const before = summaryOf.get(number);
            const joined = joinedWith(label, before);
            const stands = (before?.turns ?? 0) + turns;
            saveSummary.run(number, table.cipherOf(number).seal(text), JSON.stringify(joined), stands);
            grow.run(found.turns, rankOf(joined.level), clock.now(), number);
          };
          connection.transaction(replace).immediate();
        }),
      clear: (session) =>
        within(() => {
          const found = find.get(...owner, session);
          if (found !== undefined) table.remove([found.number]);
        }),
    };
  };
}
