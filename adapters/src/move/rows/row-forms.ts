import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { damagedRow } from '../../database/damage/damaged-row.js';
import { acceptanceChecksum, isWholeAcceptance, type AcceptedRow } from '../../journal/accepted-rows.js';
import { recordChecksum } from '../../journal/records/record-checksum.js';
import { isWhole, type RecordRow } from '../../journal/stored-rows.js';
import { cleanText } from '../../postgres/clean-text.js';
import type { MovedTableName } from '../moved-tables.js';

export type Cell = string | number | null | Uint8Array;

export type Row = Readonly<Record<string, Cell>>;

/** How one of the databases stores the rows of a table. */
interface RowForm {
  /** The columns or expressions (`… AS name`) to select. */
  readonly read: readonly string[];
  /** Limits the rows that are read. Undefined reads all. */
  readonly where?: string;
  /** Converts a stored row to the common form. Errors: `storage_corrupt`. */
  readonly fromStored: (row: Row) => Row;
  readonly write: readonly string[];
  readonly toStored: (row: Row) => Row;
}

/** A table in the common form and in the forms of both databases. */
export interface MovedTable {
  readonly name: MovedTableName;
  readonly columns: readonly string[];
  readonly sqlite: RowForm;
  readonly postgres: RowForm;
}

const same = (row: Row): Row => row;

/** A table that both databases store in the same form. */
function plainTable(name: MovedTableName, columns: readonly string[]): MovedTable {
  const form = { read: columns, write: columns, fromStored: same, toStored: same };
  return { name, columns, sqlite: form, postgres: form };
}

/** The forms of a table. `columns` are those in heddle.db. */
export function movedTable(name: MovedTableName, columns: readonly string[]): MovedTable {
  switch (name) {
    case 'runs':
      return runsTable();
    case 'records':
      return recordsTable();
    case 'deltas':
      return deltasTable();
    case 'jobs':
      return jobsTable(columns);
    case 'versions':
      return plainTable(name, ['rowid', ...columns]);
    default:
      return plainTable(name, columns);
  }
}

/** Fields that Postgres stores in the acceptance and heddle.db in columns. */
const InAcceptance = z.looseObject({
  workflowId: z.string().optional(),
  workflowName: z.string().optional(),
  rootId: z.string().optional(),
  origin: z.string().optional(),
});
/** All fields of an acceptance that only Postgres has there. */
const ofColumns: ReadonlySet<string> = new Set([
  ...['workflowId', 'workflowName', 'rootId', 'origin', 'trigger', 'time', 'needs', 'workerClass'],
]);
const Caller = z.looseObject({ project: z.string().optional() });
const Replay = z.looseObject({ replay: z.looseObject({ of: z.string().optional() }).optional() });
const Failure = z.looseObject({ message: z.string().optional() });

/** A batch id for rows that no process waits for. */
const noBatch = '00000000-0000-0000-0000-000000000000';

function runsTable(): MovedTable {
  const shared = [
    ...['number', 'id', 'workflow_id', 'workflow_name', 'status', 'run_trigger', 'origin', 'accepted_at', 'started_at'],
    ...['ended_at', 'wake_at', 'input_tokens', 'output_tokens', 'cost', 'error', 'bundle', 'acceptance', 'blobs'],
    ...['values_removed_at', 'version', 'caller', 'question', 'answer'],
  ];
  const ofSqlite = [...shared, 'root_id', 'checksum'];
  const last = 'coalesce((SELECT max(seq) FROM records WHERE run = runs.number), 0) AS last_seq';
  return {
    name: 'runs',
    columns: [...shared, 'root_id', 'last_seq'],
    sqlite: {
      read: [...ofSqlite, last],
      write: ofSqlite,
      fromStored({ checksum, ...row }) {
        // The STRICT table guarantees the types.
        const accepted = { ...row, checksum: checksum ?? null } as unknown as AcceptedRow;
        if (!isWholeAcceptance(accepted))
          throw damagedRow(`runs/${accepted.number}`, `The acceptance of run '${accepted.id}'`);
        return { ...row, acceptance: JSON.stringify(parsed(row, 'acceptance')) };
      },
      toStored: ({ last_seq: _last, ...row }) => ({
        ...row,
        checksum: acceptanceChecksum(row as unknown as AcceptedRow),
      }), // as above
    },
    postgres: {
      read: [...shared, 'last_seq'],
      write: [...shared, 'last_seq', 'replay_of', 'error_message', 'project', 'batch'],
      fromStored: fromPostgresRun,
      toStored: toPostgresRun,
    },
  };
}

/** The acceptance has the original names; the columns in Postgres have characters replaced. */
function fromPostgresRun(row: Row): Row {
  const whole = parsed(row, 'acceptance');
  const { workflowId, workflowName, rootId, origin } = InAcceptance.parse(whole);
  return {
    ...row,
    acceptance: JSON.stringify(Object.fromEntries(Object.entries(whole).filter(([name]) => !ofColumns.has(name)))),
    workflow_id: workflowId ?? row['workflow_id'] ?? null,
    workflow_name: workflowName ?? row['workflow_name'] ?? '',
    origin: origin ?? row['origin'] ?? null,
    root_id: rootId ?? row['id'] ?? '',
  };
}

function toPostgresRun({ root_id: rootId, ...row }: Row): Row {
  const stored = parsed(row, 'acceptance');
  const inside = {
    workflowId: row['workflow_id'] ?? undefined,
    workflowName: row['workflow_name'],
    rootId,
    origin: row['origin'] ?? undefined,
    trigger: row['run_trigger'],
    time: row['accepted_at'],
  };
  const { replay } = Replay.parse(stored);
  const caller = row['caller'] == null ? {} : Caller.parse(parsed(row, 'caller'));
  const message = row['error'] == null ? undefined : Failure.parse(parsed(row, 'error')).message;
  return {
    ...row,
    acceptance: JSON.stringify({ ...inside, ...stored }),
    workflow_id: cleaned(row['workflow_id']),
    workflow_name: cleaned(row['workflow_name']),
    origin: cleaned(row['origin']),
    replay_of: cleaned(replay?.of),
    error_message: cleaned(message),
    project: cleanText(caller.project ?? ''),
    batch: noBatch,
  };
}

function recordsTable(): MovedTable {
  const columns = ['run', 'seq', 'type', 'time', 'path', 'attempt', 'start_seq', 'start_time', 'body', 'blobs'];
  return {
    name: 'records',
    columns,
    sqlite: {
      read: [...columns, 'number', 'checksum'],
      write: [...columns, 'checksum'],
      fromStored({ number, checksum, ...row }) {
        const record = { ...row, number, checksum } as unknown as RecordRow; // The STRICT table guarantees the types.
        if (!isWhole(record))
          throw damagedRow(`records/${record.number}`, `Record ${record.seq} of run number ${record.run}`);
        return row;
      },
      toStored(row) {
        const { run, seq, type, time, path, attempt, start_seq, start_time, body, blobs } = row as unknown as RecordRow; // as above
        return {
          ...row,
          checksum: recordChecksum([run, seq, type, time, path, attempt, start_seq, start_time, body, blobs]),
        };
      },
    },
    postgres: { read: columns, write: columns, fromStored: same, toStored: same },
  };
}

/**
 * In Postgres, streamed text is stored as JSON and stays until its run ends, even if its execution has ended. Readers ignore such text, and
 * so does a move.
 */
function deltasTable(): MovedTable {
  const columns = ['number', 'run', 'path', 'attempt', 'port', 'start', 'text'];
  return {
    ...plainTable('deltas', columns),
    postgres: {
      read: columns,
      write: columns,
      where: `NOT EXISTS (SELECT 1 FROM records WHERE records.run = deltas.run AND records.path = deltas.path AND records.attempt >= deltas.attempt
        AND records.type IN ('node-end', 'node-error', 'node-skip', 'node-cached', 'node-retry'))`,
      // A piece may end with half of a surrogate pair, which heddle.db refuses.
      fromStored: (row) => ({
        ...row,
        text: Buffer.from(z.string().parse(JSON.parse(String(row['text'])))).toString(),
      }),
      toStored: (row) => ({ ...row, text: JSON.stringify(row['text']) }),
    },
  };
}

/** No process owns a job during a move. */
function jobsTable(columns: readonly string[]): MovedTable {
  const withoutOwner = (row: Row): Row => ({ ...row, owner: null, lease_until: null });
  const form = { read: columns, write: columns, fromStored: withoutOwner, toStored: same };
  return { name: 'jobs', columns, sqlite: form, postgres: form };
}

const cleaned = (text: Cell | undefined): string | null => (text == null ? null : cleanText(String(text)));

/** Parses the JSON in a column. Errors: `storage_corrupt`. */
function parsed(row: Row, column: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(String(row[column])));
  } catch (cause) {
    throw new HeddleError(
      'storage_corrupt',
      `runs/${String(row['number'])}: its ${column} is not the JSON that was written: restore a backup.`,
      { cause },
    );
  }
}
