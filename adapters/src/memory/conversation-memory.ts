import { HeddleError, type Citation, type Clock, type Memory, type NewTurn, type SaidByRun } from '@heddle/core';
import { answer } from '../database/answer.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import {
  joinedWith,
  rankOf,
  sealedTurn,
  strictest,
  summaryFrom,
  turnFrom,
  type ConversationRow,
  type SummaryRow,
  type TurnRow,
} from './conversation-rows.js';
import type { ConversationTable } from './conversation-table.js';

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    newest: connection.prepare<[number, number, number], TurnRow>(
      'SELECT message, label, time, run FROM conversation_turns WHERE conversation = ? AND position > ? ORDER BY position DESC LIMIT ?',
    ),
    insert: connection.prepare<[number, number, Buffer, string, number, string]>(
      'INSERT INTO conversation_turns (conversation, position, message, label, time, run) VALUES (?, ?, ?, ?, ?, ?)',
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
    // The newest turns are enough: no other run adds any while one is on the conversation.
    ofRun: connection.prepare<[number, string], TurnRow & { readonly position: number }>(
      'SELECT position, message, label, time, run FROM (SELECT * FROM conversation_turns WHERE conversation = ? ORDER BY position DESC LIMIT 100) WHERE run = ? ORDER BY position DESC',
    ),
    cite: connection.prepare<[message: Buffer, number: number, position: number]>(
      'UPDATE conversation_turns SET message = ? WHERE conversation = ? AND position = ?',
    ),
    recorded: connection.prepare<[number, string]>(
      'UPDATE conversations SET is_recorded = 1 WHERE number = ? AND run = ?',
    ),
  };
}

/** Reads and adds the turns of conversations. */
export class ConversationTurns {
  private readonly statements: ReturnType<typeof prepareStatements>;

  constructor(
    private readonly database: HeddleDatabase,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly table: ConversationTable,
  ) {
    this.statements = prepareStatements(database.connection);
  }

  /** The memory of one conversation, for one run. */
  memory(id: string, run: string): Memory {
    return {
      read: ({ limit = -1 } = {}) =>
        this.within(() => {
          const { number } = this.find(id);
          const cipher = this.table.cipherOf(number);
          const summary = this.statements.summaryOf.get(number);
          const turns = this.statements.newest.all(number, summary?.turns ?? 0, limit).reverse();
          return {
            turns: turns.map((turn) => turnFrom(turn, cipher)),
            summary: summary === undefined ? undefined : summaryFrom(summary, cipher),
          };
        }),
      append: (turns, { idempotencyKey }) =>
        this.writing(() => {
          const row = this.find(id);
          if (turns.length > 0 && this.statements.claim.run(row.number, idempotencyKey).changes > 0)
            this.add(row, turns, run);
        }),
      summarise: ({ text, label, turns }) =>
        this.writing(() => {
          const { summaryOf, saveSummary, grow } = this.statements;
          const { number, turns: count } = this.find(id);
          const before = summaryOf.get(number);
          const joined = joinedWith(label, before);
          const stands = (before?.turns ?? 0) + turns;
          saveSummary.run(number, this.table.cipherOf(number).seal(text), JSON.stringify(joined), stands);
          grow.run(count, rankOf(joined.level), this.clock.now(), number);
        }),
    };
  }

  /** Adds what a run said where it added nothing itself. */
  record(id: string, { run, turns, citations }: SaidByRun): void {
    const row = this.table.find(id);
    if (row === undefined || this.statements.recorded.run(row.number, run).changes === 0) return;
    const own = this.statements.ofRun.all(row.number, run);
    if (own.length === 0) {
      this.add(row, turns, run, citations);
      return;
    }
    const cipher = this.table.cipherOf(row.number);
    const answer = own.find((turn) => turnFrom(turn, cipher).message.role === 'assistant');
    if (answer === undefined || citations.length === 0) return;
    const { message } = turnFrom(answer, cipher);
    this.statements.cite.run(sealedTurn(message, citations, cipher), row.number, answer.position);
  }

  /** The sources belong to the last turn. */
  private add(row: ConversationRow, turns: readonly NewTurn[], run: string, citations: readonly Citation[] = []): void {
    const { number, turns: before } = row;
    const cipher = this.table.cipherOf(number);
    const now = this.clock.now();
    for (const [index, { message, label }] of turns.entries()) {
      const sealed = sealedTurn(message, index === turns.length - 1 ? citations : [], cipher);
      this.statements.insert.run(number, before + index + 1, sealed, JSON.stringify(label), now, run);
    }
    this.statements.grow.run(before + turns.length, strictest(turns.map(({ label }) => label)), now, number);
  }

  private find(id: string): ConversationRow {
    const found = this.table.find(id);
    if (found === undefined) throw threadGone();
    return found;
  }

  private within<T>(work: () => T): Promise<T> {
    return answer(() => withStorageErrors(this.database.file, work));
  }

  private writing<T>(work: () => T): Promise<T> {
    return this.within(() => this.database.connection.transaction(work).immediate());
  }
}

/** What a run or a request learns of a conversation that was erased meanwhile. */
export const threadGone = (): HeddleError =>
  new HeddleError('thread_not_found', 'The thread of this run was erased: start the run again on another thread.');
