import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { damagedRow } from '../../database/damage/damaged-row.js';
import { acceptanceChecksum, isWholeAcceptance, type AcceptedRow } from '../../journal/accepted-rows.js';
import { recordChecksum } from '../../journal/records/record-checksum.js';
import { isWhole, type RecordRow } from '../../journal/stored-rows.js';
import { cleanText } from '../../postgres/clean-text.js';
import type { MovedTableName } from '../moved-tables.js';

/** What a column of a row holds. */
export type Cell = string | number | null | Uint8Array;

/** A row by its columns. */
export type Row = Readonly<Record<string, Cell>>;

/** How one database keeps the rows of a table. */
interface RowForm {
  /** What is selected: a column, or an expression `AS` a name. */
  readonly read: readonly string[];
  /** The rows that count; all without it. */
  readonly where?: string;
  /** The row as both databases understand it. Errors: `storage_corrupt`. */
  readonly fromStored: (row: Row) => Row;
  /** The columns that are written. */
  readonly write: readonly string[];
  readonly toStored: (row: Row) => Row;
}

/** A table as both databases keep it. */
export interface MovedTable {
  readonly name: MovedTableName;
  /** The columns of a row as both databases understand it. */
  readonly columns: readonly string[];
  readonly sqlite: RowForm;
  readonly postgres: RowForm;
}

const same = (row: Row): Row => row;

/** A table that both databases keep in the same way. */
function plainTable(name: MovedTableName, columns: readonly string[]): MovedTable {
  const form = { read: columns, write: columns, fromStored: same, toStored: same };
  return { name, columns, sqlite: form, postgres: form };
}

/** The table by the columns that heddle.db has. */
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

/** What Postgres keeps inside of an acceptance, beside what heddle.db keeps there. */
const InAcceptance = z.looseObject({
  workflowId: z.string().optional(),
  workflowName: z.string().optional(),
  rootId: z.string().optional(),
  origin: z.string().optional(),
});
/** What it keeps there beside the fields of heddle.db. */
const ofColumns: ReadonlySet<string> = new Set([
  ...['workflowId', 'workflowName', 'rootId', 'origin', 'trigger', 'time', 'needs', 'workerClass'],
]);
const Caller = z.looseObject({ project: z.string().optional() });
const Replay = z.looseObject({ replay: z.looseObject({ of: z.string().optional() }).optional() });
const Failure = z.looseObject({ message: z.string().optional() });

/** The id of a batch whose answer no process waits for. */
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
        // Columns of a STRICT table.
        const accepted = { ...row, checksum: checksum ?? null } as unknown as AcceptedRow;
        if (!isWholeAcceptance(accepted))
          throw damagedRow(`runs/${accepted.number}`, `What run '${accepted.id}' was accepted with`);
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

/** Names that Postgres takes with replaced characters stand in the acceptance as they are. */
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
        const record = { ...row, number, checksum } as unknown as RecordRow; // columns of a STRICT table
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

/** Streamed text stands as JSON in Postgres, and beside the end of its execution until its run ends: readers leave it out, and so does a move. */
function deltasTable(): MovedTable {
  const columns = ['number', 'run', 'path', 'attempt', 'port', 'start', 'text'];
  return {
    ...plainTable('deltas', columns),
    postgres: {
      read: columns,
      write: columns,
      where: `NOT EXISTS (SELECT 1 FROM records WHERE records.run = deltas.run AND records.path = deltas.path AND records.attempt >= deltas.attempt
        AND records.type IN ('node-end', 'node-error', 'node-skip', 'node-cached', 'node-retry'))`,
      // A piece may end in half of a character, which heddle.db does not take.
      fromStored: (row) => ({
        ...row,
        text: Buffer.from(z.string().parse(JSON.parse(String(row['text'])))).toString(),
      }),
      toStored: (row) => ({ ...row, text: JSON.stringify(row['text']) }),
    },
  };
}

/** No process has a job during a move. */
function jobsTable(columns: readonly string[]): MovedTable {
  const withoutOwner = (row: Row): Row => ({ ...row, owner: null, lease_until: null });
  const form = { read: columns, write: columns, fromStored: withoutOwner, toStored: same };
  return { name: 'jobs', columns, sqlite: form, postgres: form };
}

const cleaned = (text: Cell | undefined): string | null => (text == null ? null : cleanText(String(text)));

/** JSON that a column holds. Errors: `storage_corrupt`. */
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
