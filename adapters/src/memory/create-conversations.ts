import {
  HeddleError,
  type Clock,
  type ConversationOwner,
  type ConversationQuery,
  type Conversations,
  type StoredConversation,
} from '@heddle/core';
import { createHash } from 'node:crypto';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { withStorageErrors } from '../database/storage-error.js';
import { conditionOf, dueOf } from './conversation-condition.js';
import { ConversationTurns, threadGone } from './conversation-memory.js';
import type { ConversationRow } from './conversation-rows.js';
import { createConversationTable, type ConversationTable } from './conversation-table.js';

/** Comes after every turn. */
const end = Number.MAX_SAFE_INTEGER;

/**
 * Conversations in heddle.db, each sealed with a key of its own. Turns stay when a summary stands for them.
 *
 * @example const memory = createConversations(database, clock).memory(thread, run);
 */
export function createConversations(database: HeddleDatabase, clock: Pick<Clock, 'now'>): Conversations {
  const table = createConversationTable(database);
  return { ...threadsOf(database, clock, table), ...listsOf(database, table), ...removalsOf(database, table) };
}

/** The id under which an owner finds a conversation by the name that a program gave it: of the form of all ids, and never that of another owner. */
function idOfName(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

/** Conversations as runs and their callers use them. */
function threadsOf(
  database: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  table: ConversationTable,
): Pick<Conversations, 'begin' | 'memory' | 'rename' | 'claim' | 'unrecorded' | 'record'> {
  const { connection, file } = database;
  const turns = new ConversationTurns(database, clock, table);
  const own = connection.prepare<[...Owner, number: number]>(
    'UPDATE conversations SET project = ?, workflow = ?, subject = ? WHERE number = ?',
  );
  const name = connection.prepare<[title: Buffer, number: number]>(
    "UPDATE conversations SET title = ?, session = '' WHERE number = ?",
  );
  const claim = connection.prepare<[run: string, id: string, before: string | null]>(
    'UPDATE conversations SET run = ?, is_recorded = 0 WHERE id = ? AND run IS ?',
  );
  const unrecorded = connection
    .prepare<[string], string | null>('SELECT run FROM conversations WHERE id = ? AND is_recorded = 0')
    .pluck();
  const within = <T>(work: () => T): T => withStorageErrors(file, work);

  function begin(
    { project, workflow, subject }: ConversationOwner,
    { title, name: called, id: given }: Parameters<Conversations['begin']>[1] = {},
  ): StoredConversation {
    const named = called === undefined ? undefined : idOfName([project, workflow, subject, called]);
    const before = named === undefined ? undefined : table.find(named);
    if (before !== undefined) return table.stored(before);
    const { id, number, cipher } = table.begin('', clock.now(), named ?? given);
    own.run(project, workflow, subject, number);
    if (title !== undefined) name.run(cipher.seal(title), number);
    const row = table.find(id);
    if (row === undefined) throw threadGone();
    return table.stored(row);
  }

  return {
    begin: (owner, options) => within(() => connection.transaction(() => begin(owner, options)).immediate()),
    memory: (id, run) => turns.memory(id, run),
    rename: (id, title) =>
      within(() => {
        const row = table.find(id);
        if (row === undefined) throw threadGone();
        overwriting(connection, () => name.run(table.cipherOf(row.number).seal(title), row.number));
      }),
    claim: (id, run, before) => within(() => claim.run(run, id, before ?? null).changes > 0),
    unrecorded: (id) => within(() => unrecorded.get(id) ?? undefined),
    record: (id, record) => within(() => connection.transaction(() => turns.record(id, record)).immediate()),
  };
}

function listsOf(
  { connection, file }: HeddleDatabase,
  table: ConversationTable,
): Pick<Conversations, 'list' | 'count' | 'find' | 'read'> {
  const within = <T>(work: () => T): T => withStorageErrors(file, work);

  function select<Row>(columns: string, query: ConversationQuery, rest: string): Row[] {
    const { where, values } = conditionOf(query);
    const sql = `SELECT ${columns} FROM conversations WHERE ${where} ${rest}`;
    return connection.prepare<unknown[], Row>(sql).all(...values);
  }

  return {
    list: (query) =>
      within(() =>
        select<ConversationRow>('*', query, `ORDER BY updated_at DESC, id DESC LIMIT ${query.limit}`).map((row) =>
          table.stored(row),
        ),
      ),
    count: (query) => within(() => select<{ readonly count: number }>('count(*) AS count', query, '')[0]?.count ?? 0),
    find: (id) =>
      within(() => {
        const row = table.find(id);
        return row === undefined ? undefined : table.stored(row);
      }),
    read: (id, { limit = -1, before = end } = {}) =>
      within(() => {
        const row = table.find(id);
        return row === undefined ? undefined : table.read(row, limit, before);
      }),
  };
}

function removalsOf(
  database: HeddleDatabase,
  table: ConversationTable,
): Pick<Conversations, 'erase' | 'sweep' | 'forgetErased' | 'assign'> {
  const { connection, file } = database;
  const give = connection.prepare<[...Owner, id: string]>(
    'UPDATE conversations SET project = ?, workflow = ?, subject = ? WHERE id = ? AND project IS NULL',
  );
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  return {
    erase: (ids) =>
      within(() => {
        const found = ids.flatMap((id) => table.find(id) ?? []);
        const hashes = found.map((row) => hashOf(table.read(row, -1, end)));
        const turns = table.remove(found.map(({ number }) => number));
        return { conversations: found.length, turns, hashes };
      }),
    sweep: (before, limit, among) =>
      within(() => {
        const due = dueOf('conversations', before, limit, among);
        const numbers = connection
          .prepare<unknown[], number>(due.sql)
          .pluck()
          .all(...due.values);
        table.remove(numbers);
        return numbers.length;
      }),
    // Copies of the pages that were overwritten lie in the log until it is brought into the file and emptied.
    forgetErased: () => within(() => database.emptyLog()),
    assign: (id, { project, workflow, subject }) =>
      within(() => {
        if (give.run(project, workflow, subject, id).changes === 0)
          throw conflict('The conversation has an owner: only one without can be assigned.', id);
      }),
  };
}

type Owner = [project: string, workflow: string, subject: string];

const conflict = (message: string, conversation: string): HeddleError =>
  new HeddleError('conflict', message, { details: { conversation } });

/** The hash of what is erased, for the audit log. */
export const hashOf = (conversation: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(conversation)).digest('hex')}`;
