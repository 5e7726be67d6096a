import {
  HeddleError,
  type Clock,
  type ConversationOwner,
  type ConversationQuery,
  type Conversations,
  type ErasedConversations,
  type GuardedWrite,
  type StoredConversation,
  type Tables,
  type WholeConversation,
} from '@heddle/core';
import { createHash, randomBytes } from 'node:crypto';
import { isDone } from '../sql/is-done.js';
import { retryOnConflict } from '../sql/retry-on-conflict.js';
import { ConversationTurns, threadGone } from './conversation-memory.js';
import {
  cipherOfRow,
  conversationFrom,
  selectTitled,
  summaryFrom,
  type ConversationRow,
  type TitledRow,
} from './conversation-rows.js';
import { conditionOf, conditionOfDue } from './memory-query.js';
import { cipherOf, eraseKey, newSealingKey, storeKey } from './sealing.js';

interface Stored {
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  readonly turns: ConversationTurns;
}

/**
 * Stores conversations. Each is encrypted with its own key. Turns stay stored even after a summary replaces them for models.
 *
 * @example const memory = createConversations(tables, clock).memory(thread, run);
 */
export function createConversations(tables: Tables, clock: Pick<Clock, 'now'>): Conversations {
  const stored = { tables, clock, turns: new ConversationTurns(tables, clock) };
  return { ...threadsOf(stored), ...listsOf(stored), ...removalsOf(stored) };
}

/** The id of a named conversation. It is a hash of the owner and the name, so it looks like any other id and two owners never share one. */
function idOfName(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

/** Begins a conversation. If one with the same name exists, returns that. */
async function begin(
  { tables, clock, turns }: Stored,
  owner: ConversationOwner,
  options: Parameters<Conversations['begin']>[1] = {},
  commit: Parameters<Conversations['begin']>[2] = (writes) => tables.note(writes),
): Promise<StoredConversation> {
  const { project, workflow, subject } = owner;
  const { title, name, id: given = randomBytes(12).toString('hex') } = options;
  const id = name === undefined ? given : idOfName([project, workflow, subject, name]);
  const before = name === undefined ? undefined : await turns.titled(id);
  if (before !== undefined) return conversationFrom(before);
  const key = newSealingKey();
  const now = clock.now();
  const sealed = title === undefined ? null : cipherOf('conversation', key, id).seal(title);
  const writes: readonly GuardedWrite[] = [
    {
      sql: `INSERT INTO conversations (id, project, workflow, subject, session, title, created_at, updated_at)
        VALUES (@id, @project, @workflow, @subject, '', @title, @now, @now) ON CONFLICT DO NOTHING`,
      values: { id, project, workflow, subject, title: sealed, now },
      rows: 1,
    },
    storeKey('conversation', id, key),
  ];
  const made = {
    id,
    owner,
    title,
    turns: 0,
    level: 'public',
    createdAt: now,
    updatedAt: now,
    run: undefined,
  } as const;
  if (name === undefined) await commit(writes, made);
  // Another request has just begun a conversation with the same name.
  else if (!(await isDone(commit(writes, made)))) {
    const other = await turns.titled(id);
    if (other === undefined) throw threadGone();
    return conversationFrom(other);
  }
  return made;
}

function threadsOf(
  stored: Stored,
): Pick<Conversations, 'begin' | 'memory' | 'rename' | 'claim' | 'unrecorded' | 'record'> {
  const { tables, turns } = stored;
  return {
    begin: (...given) => begin(stored, ...given),
    memory: (id, run) => turns.memory(id, run),
    async rename(id, title, commit = (writes) => tables.commit(writes)) {
      const row = await turns.existing(id);
      const { number } = row;
      const sql = "UPDATE conversations SET title = @title, session = '' WHERE number = @number AND id = @id";
      const values = { number, id, title: cipherOfRow(row).seal(title) };
      await commit([{ sql, values, rows: 1, otherwise: threadGone, overwrites: true }]);
    },
    claim(id, run, before) {
      const sql = `UPDATE conversations SET run = @run, is_recorded = 0 WHERE id = @id AND run IS NOT DISTINCT FROM @before`;
      return isDone(tables.note([{ sql, values: { id, run, before: before ?? null }, rows: 1 }]));
    },
    async unrecorded(id) {
      const sql = 'SELECT run FROM conversations WHERE id = @id AND is_recorded = 0';
      return (await tables.get<{ readonly run: string | null }>(sql, { id }))?.run ?? undefined;
    },
    record: (id, record) => turns.record(id, record),
  };
}

function listsOf({ tables, turns }: Stored): Pick<Conversations, 'list' | 'count' | 'find' | 'read'> {
  return {
    async list(query: ConversationQuery) {
      const { where, values } = conditionOf(query);
      const rows = await tables.all<TitledRow>(
        `${selectTitled} WHERE number IN
          (SELECT number FROM conversations WHERE ${where} ORDER BY updated_at DESC, id DESC LIMIT @limit)
        ORDER BY updated_at DESC, id DESC`,
        { ...values, limit: query.limit },
      );
      return rows.map(conversationFrom);
    },
    async count(query) {
      const { where, values } = conditionOf(query);
      const sql = `SELECT count(*) AS count FROM conversations WHERE ${where}`;
      return (await tables.get<{ readonly count: number }>(sql, values))?.count ?? 0;
    },
    async find(id) {
      const row = await turns.titled(id);
      return row === undefined ? undefined : conversationFrom(row);
    },
    async read(id, options = {}) {
      const row = await turns.titled(id);
      return row === undefined ? undefined : wholeOf(turns, row, options);
    },
  };
}

async function wholeOf(
  turns: ConversationTurns,
  row: TitledRow,
  options: { readonly limit?: number; readonly before?: number } = {},
): Promise<WholeConversation> {
  const summary = await turns.summaryOf(row);
  return {
    ...conversationFrom(row),
    summary: summary === undefined ? undefined : summaryFrom(summary, cipherOfRow(row)),
    said: await turns.said(row, options),
  };
}

function removalsOf({ tables, turns }: Stored): Pick<Conversations, 'erase' | 'sweep' | 'forgetErased' | 'assign'> {
  return {
    async erase(ids, commit = (writes) => tables.commit(writes)) {
      let erased: ErasedConversations = { conversations: 0, turns: 0, hashes: [] };
      await retryOnConflict(async () => {
        const rows: TitledRow[] = [];
        const hashes: string[] = [];
        for (const id of new Set(ids)) {
          const row = await turns.titled(id);
          if (row === undefined) continue;
          rows.push(row);
          hashes.push(hashOf(await wholeOf(turns, row)));
        }
        const said = rows.reduce((sum, row) => sum + row.turns, 0);
        erased = { conversations: rows.length, turns: said, hashes };
        await commit(rows.flatMap(removal), erased);
      });
      return erased;
    },
    async sweep(before, limit, among) {
      let count = 0;
      await retryOnConflict(async () => {
        const { where, values } = conditionOfDue(before, among);
        const rows = await tables.all<Removed>(
          `SELECT number, id, turns, updated_at FROM conversations WHERE ${where} ORDER BY updated_at, id LIMIT @limit`,
          { ...values, limit },
        );
        await tables.note(rows.flatMap(removal));
        count = rows.length;
      });
      return count;
    },
    // The write-ahead log still has copies of the overwritten pages until it is checkpointed and emptied.
    forgetErased: () => tables.emptyLog(),
    assign: (id, { project, workflow, subject }, commit = (writes) => tables.commit(writes)) =>
      commit([
        {
          sql: 'UPDATE conversations SET project = @project, workflow = @workflow, subject = @subject WHERE id = @id AND project IS NULL',
          values: { id, project, workflow, subject },
          rows: 1,
          otherwise: () =>
            new HeddleError(
              'conflict',
              'The conversation already has an owner: only a conversation without one can be assigned.',
              {
                details: { conversation: id },
              },
            ),
        },
      ]),
  };
}

/** A conversation to remove, as it was read. */
type Removed = Pick<ConversationRow, 'number' | 'id' | 'turns' | 'updated_at'>;

/**
 * Deletes the conversation before its turns, and only if it is unchanged since it was read. So a turn that is added at the same time makes
 * this commit fail, or finds no conversation.
 */
const removal = ({ number, id, turns, updated_at: updatedAt }: Removed): readonly GuardedWrite[] => [
  {
    sql: 'DELETE FROM conversations WHERE number = @number AND id = @id AND turns = @turns AND updated_at = @updatedAt',
    values: { number, id, turns, updatedAt },
    rows: 1,
    overwrites: true,
  },
  eraseKey('conversation', number),
  ...['turns', 'batches', 'summaries'].map((part) => ({
    sql: `DELETE FROM conversation_${part} WHERE conversation = @number`,
    values: { number },
    overwrites: true,
  })),
];

/** The hash of erased content, for the audit log. */
export const hashOf = (conversation: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(conversation)).digest('hex')}`;
