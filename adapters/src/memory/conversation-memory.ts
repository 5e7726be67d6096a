import {
  HeddleError,
  type Citation,
  type Clock,
  type GuardedWrite,
  type Memory,
  type NewTurn,
  type RunTurns,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import { retryOnConflict } from '../sql/retry-on-conflict.js';
import {
  cipherOfRow,
  joinedWith,
  rankOf,
  sealedTurn,
  selectConversations,
  selectTitled,
  strictest,
  summaryFrom,
  turnFrom,
  type ConversationRow,
  type SummaryRow,
  type TitledRow,
  type TurnRow,
} from './conversation-rows.js';

const allTurns = Number.MAX_SAFE_INTEGER;

const rowSql = `${selectConversations} WHERE id = @id`;
const titledSql = `${selectTitled} WHERE id = @id`;

const turnsSql = `SELECT message, label, time, run FROM conversation_turns
  WHERE conversation = @number AND position > @after AND position < @before ORDER BY position DESC LIMIT @limit`;

/** Only the newest turns are searched: while a run has the conversation, no other run adds turns. */
const ofRunSql = `SELECT position, message, label, time, run FROM
    (SELECT position, message, label, time, run FROM conversation_turns WHERE conversation = @number ORDER BY position DESC LIMIT 100) AS newest
  WHERE run = @run ORDER BY position DESC`;

/** Reads and adds turns of conversations. Each change fails if the conversation has changed since it was read. */
export class ConversationTurns {
  private readonly tables: Tables;
  private readonly clock: Pick<Clock, 'now'>;

  constructor(tables: Tables, clock: Pick<Clock, 'now'>) {
    this.tables = tables;
    this.clock = clock;
  }

  /** A row together with the source of its title. */
  titled(id: string): Promise<TitledRow | undefined> {
    return this.tables.get<TitledRow>(titledSql, { id });
  }

  private row(id: string): Promise<ConversationRow | undefined> {
    return this.tables.get<ConversationRow>(rowSql, { id });
  }

  /** Errors: `thread_not_found`. */
  async existing(id: string): Promise<ConversationRow> {
    const found = await this.row(id);
    if (found === undefined) throw threadGone();
    return found;
  }

  summaryOf({ number }: ConversationRow): Promise<SummaryRow | undefined> {
    const sql = 'SELECT text, label, turns FROM conversation_summaries WHERE conversation = @number';
    return this.tables.get<SummaryRow>(sql, { number });
  }

  /** The turns between two positions (both excluded), oldest first. If there are more than `limit`, the newest ones. */
  async said(row: ConversationRow, { after = 0, before = row.turns + 1, limit = allTurns }) {
    const cipher = cipherOfRow(row);
    // Leaves out turns that were added after the row was read.
    const values = { number: row.number, after, before: Math.min(before, row.turns + 1), limit };
    const rows = await this.tables.all<TurnRow>(turnsSql, values);
    return rows.toReversed().map((turn) => turnFrom(turn, cipher));
  }

  /** The memory of a conversation as one run uses it. */
  memory(id: string, run: string): Memory {
    return {
      read: async ({ limit = allTurns } = {}) => {
        const row = await this.existing(id);
        const summary = await this.summaryOf(row);
        return {
          turns: await this.said(row, { after: summary?.turns ?? 0, limit }),
          summary: summary === undefined ? undefined : summaryFrom(summary, cipherOfRow(row)),
        };
      },
      append: (turns, { idempotencyKey }) => this.append(id, run, turns, idempotencyKey),
      summarise: ({ text, label, turns }) =>
        retryOnConflict(async () => {
          const row = await this.existing(id);
          const before = await this.summaryOf(row);
          const joined = joinedWith(label, before);
          await this.tables.note([
            this.grown(row, row.turns, rankOf(joined.level)),
            {
              sql: `INSERT INTO conversation_summaries (conversation, text, label, turns) VALUES (@number, @text, @label, @turns)
                ON CONFLICT (conversation) DO UPDATE SET text = excluded.text, label = excluded.label, turns = excluded.turns
                  WHERE conversation_summaries.turns = @seen`,
              values: {
                number: row.number,
                text: cipherOfRow(row).seal(text),
                label: JSON.stringify(joined),
                turns: (before?.turns ?? 0) + turns,
                seen: before?.turns ?? -1,
              },
              rows: 1,
            },
          ]);
        }),
    };
  }

  /** Records the turns of a run. If the run added turns itself, only their sources are added. */
  record(id: string, { run, turns, citations }: RunTurns): Promise<void> {
    return retryOnConflict(async () => {
      const row = await this.row(id);
      if (row === undefined || row.is_recorded === 1 || row.run !== run) return;
      const own = await this.tables.all<TurnRow & { readonly position: number }>(ofRunSql, { number: row.number, run });
      const recorded: GuardedWrite = {
        sql: `UPDATE conversations SET is_recorded = 1 WHERE ${unchanged} AND run = @run AND is_recorded = 0`,
        values: { ...seenOf(row), run },
        rows: 1,
      };
      const said = own.length === 0 ? this.added(row, turns, run, citations) : cited(row, own, citations);
      await this.tables.note([recorded, ...said]);
    });
  }

  private append(id: string, run: string, turns: readonly NewTurn[], batch: string): Promise<void> {
    return retryOnConflict(async () => {
      const row = await this.existing(id);
      if (turns.length === 0) return;
      const known = new HeddleError('internal', 'The turns were added before.');
      const claim: GuardedWrite = {
        sql: 'INSERT INTO conversation_batches (conversation, batch) VALUES (@number, @batch) ON CONFLICT DO NOTHING',
        values: { number: row.number, batch },
        rows: 1,
        otherwise: () => known,
      };
      try {
        await this.tables.note([...this.added(row, turns, run), claim]);
      } catch (error) {
        if (error !== known) throw error;
      }
    });
  }

  /** Adds turns. The citations go to the last one. */
  private added(
    row: ConversationRow,
    turns: readonly NewTurn[],
    run: string,
    citations: readonly Citation[] = [],
  ): readonly GuardedWrite[] {
    const cipher = cipherOfRow(row);
    const time = this.clock.now();
    const rank = strictest(turns.map(({ label }) => label));
    return [
      // This write comes first, so that nothing is added to an erased conversation.
      this.grown(row, row.turns + turns.length, rank),
      ...turns.map(({ message, label }, index) => ({
        sql: `INSERT INTO conversation_turns (conversation, position, message, label, time, run)
          VALUES (@number, @position, @message, @label, @time, @run)`,
        values: {
          number: row.number,
          position: row.turns + index + 1,
          time,
          run,
          message: sealedTurn(message, index === turns.length - 1 ? citations : [], cipher),
          label: JSON.stringify(label),
        },
      })),
    ];
  }

  private grown(row: ConversationRow, turns: number, level: number): GuardedWrite {
    return {
      sql: `UPDATE conversations SET turns = @turns, level = CASE WHEN level < @level THEN @level ELSE level END, updated_at = @now
        WHERE ${unchanged}`,
      values: { ...seenOf(row), turns, level, now: this.clock.now() },
      rows: 1,
    };
  }
}

/** The number of an erased conversation can be reused, so the id must match too. */
const unchanged = 'number = @number AND id = @id AND turns = @seen';

const seenOf = ({ number, id, turns }: ConversationRow): StatementValues => ({ number, id, seen: turns });

/** Adds the citations to the last answer of a run. */
function cited(
  row: ConversationRow,
  own: readonly (TurnRow & { readonly position: number })[],
  citations: readonly Citation[],
): readonly GuardedWrite[] {
  if (citations.length === 0) return [];
  const cipher = cipherOfRow(row);
  const answer = own.find((turn) => turnFrom(turn, cipher).message.role === 'assistant');
  if (answer === undefined) return [];
  const { message } = turnFrom(answer, cipher);
  return [
    {
      sql: 'UPDATE conversation_turns SET message = @message WHERE conversation = @number AND position = @position',
      values: { number: row.number, position: answer.position, message: sealedTurn(message, citations, cipher) },
    },
  ];
}

/** The error for a run or a request whose conversation was erased. */
export const threadGone = (): HeddleError =>
  new HeddleError('thread_not_found', 'The thread of this run was erased: start the run again on another thread.');
