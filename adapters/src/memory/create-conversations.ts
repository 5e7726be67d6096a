import { HeddleError, type Clock, type ConversationQuery, type Conversations } from '@heddle/core';
import { createHash } from 'node:crypto';
import type { HeddleDatabase } from '../database/open-database.js';
import { codeOf, withStorageErrors } from '../database/storage-error.js';
import { conditionOf } from './conversation-condition.js';
import { createConversationMemory } from './conversation-memory.js';
import { conversationFrom, type ConversationRow } from './conversation-rows.js';
import { createConversationTable } from './conversation-table.js';

/** Comes after every turn. */
const end = Number.MAX_SAFE_INTEGER;

/**
 * Conversations in heddle.db, each sealed with a key of its own. Turns stay when a summary stands for them.
 *
 * @example const memory = createConversations(database, clock).of({ project, workflow, subject });
 */
export function createConversations(database: HeddleDatabase, clock: Pick<Clock, 'now'>): Conversations {
  const { connection, file } = database;
  const table = createConversationTable(database);
  const due = connection
    .prepare<[before: number, limit: number], number>(
      'SELECT number FROM conversations WHERE updated_at < ? ORDER BY updated_at LIMIT ?',
    )
    .pluck();
  const give = connection.prepare<[project: string, workflow: string, subject: string, id: string]>(
    'UPDATE conversations SET project = ?, workflow = ?, subject = ? WHERE id = ? AND project IS NULL',
  );
  const within = <T>(work: () => T): T => withStorageErrors(file, work);

  function select<Row>(columns: string, query: ConversationQuery, rest: string): Row[] {
    const { where, values } = conditionOf(query);
    const sql = `SELECT ${columns} FROM conversations WHERE ${where} ${rest}`;
    return connection.prepare<unknown[], Row>(sql).all(...values);
  }

  return {
    of: createConversationMemory(database, clock, table),
    list: (query) =>
      within(() =>
        select<ConversationRow>('*', query, `ORDER BY updated_at DESC, id DESC LIMIT ${query.limit}`).map(
          conversationFrom,
        ),
      ),
    count: (query) => within(() => select<{ readonly count: number }>('count(*) AS count', query, '')[0]?.count ?? 0),
    find: (id) =>
      within(() => {
        const row = table.find(id);
        return row === undefined ? undefined : conversationFrom(row);
      }),
    read: (id, { limit = -1, before = end } = {}) =>
      within(() => {
        const row = table.find(id);
        return row === undefined ? undefined : table.read(row, limit, before);
      }),
    erase: (ids) =>
      within(() => {
        const found = ids.flatMap((id) => table.find(id) ?? []);
        const hashes = found.map((row) => hashOf(table.read(row, -1, end)));
        const turns = table.remove(found.map(({ number }) => number));
        return { conversations: found.length, turns, hashes };
      }),
    sweep: (before, limit) =>
      within(() => {
        const numbers = due.all(before, limit);
        table.remove(numbers);
        return numbers.length;
      }),
    // Copies of the pages that were overwritten lie in the log until it is brought into the file and emptied.
    forgetErased: () => within(() => database.emptyLog()),
    assign: (id, { project, workflow, subject }) =>
      within(() => assign(id, () => give.run(project, workflow, subject, id).changes)),
  };
}

/** Gives a conversation an owner. `give` returns how many conversations it changed. Errors: `conflict`. */
function assign(id: string, give: () => number): void {
  try {
    if (give() > 0) return;
  } catch (error) {
    if (codeOf(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw conflict(
      'The owner has a conversation of this session already: erase one of the two, or choose another owner.',
      id,
    );
  }
  throw conflict('The conversation has an owner: only one without can be assigned.', id);
}

const conflict = (message: string, conversation: string): HeddleError =>
  new HeddleError('conflict', message, { details: { conversation } });

const hashOf = (conversation: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(conversation)).digest('hex')}`;
