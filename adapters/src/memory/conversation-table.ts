import type { StoredConversation, WholeConversation } from '@heddle/core';
import { randomBytes } from 'node:crypto';
import type { HeddleDatabase } from '../database/open-database.js';
import { createSealingKeys, type SealingCipher, type SealingKeys } from './sealing-keys.js';
import {
  conversationFrom,
  summaryFrom,
  turnFrom,
  type ConversationRow,
  type SummaryRow,
  type TurnRow,
} from './conversation-rows.js';
import { overwriting } from '../database/overwriting.js';

/** What every part that works on conversations does with their rows; transactions are the caller's. */
export interface ConversationTable {
  find(id: string): ConversationRow | undefined;
  /** Adds an empty conversation without an owner. `session` is its name of older versions. Without an id it gets a random one. */
  begin(
    session: string,
    now: number,
    id?: string,
  ): { readonly id: string; readonly number: number; readonly cipher: SealingCipher };
  stored(row: ConversationRow): StoredConversation;
  cipherOf(number: number): SealingCipher;
  /** The newest `limit` turns before a position, and the summary. */
  read(row: ConversationRow, limit: number, before: number): WholeConversation;
  /** Removes conversations by their numbers. Returns how many turns were removed. */
  remove(numbers: readonly number[]): number;
}

/** The longest name that is made of the first question. */
const longestTitle = 80;

export function createConversationTable(database: HeddleDatabase): ConversationTable {
  const { connection } = database;
  const keys = createSealingKeys(database, 'conversation');
  const byId = connection.prepare<[string], ConversationRow>('SELECT * FROM conversations WHERE id = ?');
  const insert = connection.prepare<[id: string, session: string, now: number, now: number]>(
    'INSERT INTO conversations (id, session, created_at, updated_at) VALUES (?, ?, ?, ?)',
  );
  const turnsBefore = connection.prepare<[number, number, number], TurnRow>(
    'SELECT message, label, time, run FROM conversation_turns WHERE conversation = ? AND position < ? ORDER BY position DESC LIMIT ?',
  );
  const summaryOf = connection.prepare<[number], SummaryRow>(
    'SELECT text, label, turns FROM conversation_summaries WHERE conversation = ?',
  );
  const removeTurns = connection.prepare<[number]>('DELETE FROM conversation_turns WHERE conversation = ?');
  const removeOthers = [
    'DELETE FROM conversation_batches WHERE conversation = ?',
    'DELETE FROM conversation_summaries WHERE conversation = ?',
    'DELETE FROM conversations WHERE number = ?',
  ].map((sql) => connection.prepare<[number]>(sql));

  function removeOne(number: number): number {
    keys.erase(number);
    const { changes } = removeTurns.run(number);
    for (const removal of removeOthers) removal.run(number);
    return changes;
  }

  const titleOf = titlesOf(database, keys);
  const stored = (row: ConversationRow): StoredConversation => conversationFrom(row, titleOf(row));

  return {
    find: (id) => byId.get(id),
    begin(session, now, id = randomBytes(12).toString('hex')) {
      const { lastInsertRowid } = insert.run(id, session, now, now);
      const number = Number(lastInsertRowid);
      return { id, number, cipher: keys.make(number) };
    },
    stored,
    cipherOf: (number) => keys.of(number),
    read(row, limit, before) {
      const cipher = keys.of(row.number);
      const summary = summaryOf.get(row.number);
      return {
        ...stored(row),
        summary: summary === undefined ? undefined : summaryFrom(summary, cipher),
        said: turnsBefore
          .all(row.number, before, limit)
          .reverse()
          .map((turn) => turnFrom(turn, cipher)),
      };
    },
    remove: (numbers) =>
      overwriting(connection, () =>
        connection.transaction(() => numbers.reduce((turns, number) => turns + removeOne(number), 0)).immediate(),
      ),
  };
}

/** Gives the name of a conversation: the one that it was given, that of older versions, or its first question. */
function titlesOf(
  { connection }: HeddleDatabase,
  keys: Pick<SealingKeys, 'of'>,
): (row: ConversationRow) => string | undefined {
  const first = connection.prepare<[number], TurnRow>(
    'SELECT message, label, time, run FROM conversation_turns WHERE conversation = ? ORDER BY position LIMIT 1',
  );
  return ({ number, title, session }) => {
    if (title !== null) return keys.of(number).open(title);
    if (session !== '') return session;
    const turn = first.get(number);
    if (turn === undefined) return undefined;
    const { content } = turnFrom(turn, keys.of(number)).message;
    return typeof content === 'string' ? content.slice(0, longestTitle) : undefined;
  };
}
