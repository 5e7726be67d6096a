import {
  CommandOutcome,
  HeddleError,
  isTerminal,
  RunCommand,
  runNotFound,
  type OpenCommand,
  type RunCommands,
  type RunStatus,
  type SentCommand,
} from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';

interface SentRow {
  readonly status: RunStatus;
  readonly owner: string | null;
  readonly class: string;
  readonly epoch: number;
  readonly isStored: boolean;
}

interface OpenRow {
  readonly id: string;
  readonly runId: string;
  readonly body: string;
}

/**
 * Commands to runs as rows in Postgres.
 *
 * @example await createRunCommands(database).send(randomUUID(), 'run-1', { kind: 'cancel', by: 'user:1' });
 */
export function createRunCommands(database: PostgresDatabase): RunCommands {
  const { schema } = database;
  const columns = 'c.id, c.run AS "runId", c.body';
  const read = async (name: string, condition: string, values: readonly unknown[]): Promise<readonly OpenCommand[]> => {
    const rows = await database.run<OpenRow>({
      name,
      sql: `SELECT ${columns} FROM ${schema}.commands c ${condition}`,
      values,
    });
    return rows.map(({ id, runId, body }) => ({ id, runId, command: RunCommand.parse(JSON.parse(body)) }));
  };
  return {
    async send(id, runId, command): Promise<SentCommand> {
      const [row] = await database.run<SentRow>({
        name: 'heddle-command',
        sql: `WITH r AS (SELECT id, status, owner, class, epoch::float8 AS epoch FROM ${schema}.runs WHERE id = $2),
          stored AS (
            INSERT INTO ${schema}.commands (id, run, kind, body) SELECT $1, r.id, $3, $4 FROM r
            WHERE r.status NOT IN ('done', 'failed', 'cancelled') ON CONFLICT (id) DO NOTHING RETURNING 1)
          SELECT r.status, r.owner, r.class, r.epoch,
            EXISTS (SELECT 1 FROM stored) OR EXISTS (SELECT 1 FROM ${schema}.commands WHERE id = $1) AS "isStored" FROM r`,
        values: [id, cleanText(runId), command.kind, JSON.stringify(RunCommand.parse(command))],
      });
      if (row === undefined) throw runNotFound(runId);
      const { status, owner, epoch, class: className, isStored } = row;
      if (!isStored && isTerminal(status)) throw ended(runId, status);
      return { owner: owner ?? undefined, class: className, epoch };
    },
    ofOwner: (boot) =>
      read(
        'heddle-commands-owner',
        `JOIN ${schema}.runs r ON r.id = c.run WHERE c.settled_at IS NULL AND r.owner = $1 ORDER BY c.number`,
        [boot],
      ),
    ofRun: (runId) =>
      read('heddle-commands-run', 'WHERE c.settled_at IS NULL AND c.run = $1 ORDER BY c.number', [cleanText(runId)]),
    ofOrphans: (limit) =>
      read(
        'heddle-commands-orphans',
        `LEFT JOIN ${schema}.runs r ON r.id = c.run WHERE c.settled_at IS NULL AND r.owner IS NULL ORDER BY c.number LIMIT $1`,
        [limit],
      ),
    async settle(id, outcome) {
      await database.run({
        name: 'heddle-settle-command',
        sql: `UPDATE ${schema}.commands SET outcome = $2, settled_at = clock_timestamp() WHERE id = $1 AND settled_at IS NULL`,
        values: [id, JSON.stringify(CommandOutcome.parse(outcome))],
      });
    },
    async outcome(id) {
      const [row] = await database.run<{ readonly outcome: string }>({
        name: 'heddle-command-outcome',
        sql: `SELECT outcome FROM ${schema}.commands WHERE id = $1 AND settled_at IS NOT NULL`,
        values: [id],
      });
      return row === undefined ? undefined : CommandOutcome.parse(JSON.parse(row.outcome));
    },
  };
}

const ended = (runId: string, status: RunStatus): HeddleError =>
  new HeddleError('run_terminal', `The run ${runId} has ended (${status}): it accepts no more commands.`, {
    details: { status },
  });
