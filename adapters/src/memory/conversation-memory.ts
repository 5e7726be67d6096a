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

type Owner = [project: string, workflow: string, subject: string];

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    find: connection.prepare<[...Owner, session: string], Found>(
      'SELECT number, turns FROM conversations WHERE project = ? AND workflow = ? AND subject = ? AND session = ?',
    ),
    own: connection.prepare<[...Owner, number: number]>(
      'UPDATE conversations SET project = ?, workflow = ?, subject = ? WHERE number = ?',
    ),
    newest: connection.prepare<[number, number, number], TurnRow>(
      'SELECT message, label, time FROM conversation_turns WHERE conversation = ? AND position > ? ORDER BY position DESC LIMIT ?',
    ),
    insert: connection.prepare<[number, number, Buffer, string, number]>(
      'INSERT INTO conversation_turns (conversation, position, message, label, time) VALUES (?, ?, ?, ?, ?)',
    ),
    claim: connection.prepare<[number, string]>(
      'INSERT OR IGNORE INTO conversation_batches (conversation, batch) VALUES (?, ?)',
    ),
    grow: connection.prepare<[turns: number, level: number, now: number, number: number]>(
      'UPDATE conversations SET turns = ?, level = max(level, ?), updated_at = ? WHERE number = ?',
    ),
    summaryOf: connection.prepare<[number], SummaryRow>(
      'SELECT text, label, turns FROM conversation_summaries WHERE conversation = ?',
    ),
    saveSummary: connection.prepare<[number, Buffer, string, number]>(
      'INSERT INTO conversation_summaries (conversation, text, label, turns) VALUES (?, ?, ?, ?) ON CONFLICT (conversation) DO UPDATE SET text = excluded.text, label = excluded.label, turns = excluded.turns',
    ),
  };
}

/** The memory of one owner. */
class OwnedMemory implements Memory {
  private readonly database: HeddleDatabase;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly table: ConversationTable;
  private readonly owner: Owner;

  constructor(
    database: HeddleDatabase,
    statements: ReturnType<typeof prepareStatements>,
    clock: Pick<Clock, 'now'>,
    table: ConversationTable,
    { project, workflow, subject }: ConversationOwner,
  ) {
    this.database = database;
    this.statements = statements;
    this.clock = clock;
    this.table = table;
    this.owner = [project, workflow, subject];
  }

  read(...[session, { limit = -1 } = {}]: Parameters<Memory['read']>): ReturnType<Memory['read']> {
    return this.within(() => {
      const found = this.find(session);
      if (found === undefined) return { turns: [], summary: undefined };
      const cipher = this.table.cipherOf(found.number);
      const summary = this.statements.summaryOf.get(found.number);
      const turns = this.statements.newest.all(found.number, summary?.turns ?? 0, limit).reverse();
      return {
        turns: turns.map((turn) => turnFrom(turn, cipher)),
        summary: summary === undefined ? undefined : summaryFrom(summary, cipher),
      };
    });
  }

  append(...[session, turns, { idempotencyKey }]: Parameters<Memory['append']>): Promise<void> {
    return this.within(() => {
      if (turns.length === 0) return;
      const { claim, insert, grow } = this.statements;
      const add = (): void => {
        const { number, turns: before } = this.findOrBegin(session);
        if (claim.run(number, idempotencyKey).changes === 0) return;
        const cipher = this.table.cipherOf(number);
        turns.forEach(({ message, label }, index) => {
          const sealed = cipher.seal(JSON.stringify(message));
          insert.run(number, before + index + 1, sealed, JSON.stringify(label), this.clock.now());
        });
        grow.run(before + turns.length, strictest(turns.map(({ label }) => label)), this.clock.now(), number);
      };
      this.database.connection.transaction(add).immediate();
    });
  }

  summarise(...[session, { text, label, turns }]: Parameters<Memory['summarise']>): Promise<void> {
    return this.within(() => {
      const { summaryOf, saveSummary, grow } = this.statements;
      const replace = (): void => {
        const found = this.find(session);
        // It was erased while the model wrote.
        if (found === undefined) return;
        const { number } = found;
        const before = summaryOf.get(number);
        const joined = joinedWith(label, before);
        const stands = (before?.turns ?? 0) + turns;
        saveSummary.run(number, this.table.cipherOf(number).seal(text), JSON.stringify(joined), stands);
        grow.run(found.turns, rankOf(joined.level), this.clock.now(), number);
      };
      this.database.connection.transaction(replace).immediate();
    });
  }

  clear(session: string): Promise<void> {
    return this.within(() => {
      const found = this.find(session);
      if (found !== undefined) this.table.remove([found.number]);
    });
  }

  private within<T>(work: () => T): Promise<T> {
    return answer(() => withStorageErrors(this.database.file, work));
  }

  private find(session: string): Found | undefined {
    return this.statements.find.get(...this.owner, session);
  }

  private findOrBegin(session: string): Found {
    const found = this.find(session);
    if (found !== undefined) return found;
    const { number } = this.table.begin(session, this.clock.now());
    this.statements.own.run(...this.owner, number);
    return { number, turns: 0 };
  }
}

/**
 * The memory of each owner: every statement goes by project, workflow, subject and session, so that a session of another owner, or of
 * none, is not there.
 */
export function createConversationMemory(
  database: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  table: ConversationTable,
): (owner: ConversationOwner) => Memory {
  const statements = prepareStatements(database.connection);
  return (owner) => new OwnedMemory(database, statements, clock, table, owner);
}
