import type { HeddleDatabase } from '../../database/open-database.js';
import { acceptanceChecksum, type AcceptanceRow } from '../../journal/accepted-rows.js';
import { recordChecksum } from '../../journal/records/record-checksum.js';
import { chainRow, chainStart } from '../../audit/audit-chain.js';
import { seal } from '../../connections/vault/seal.js';
import { readKeyFile } from '../../connections/vault/key-file.js';
import { movedTables } from '../moved-tables.js';
import type { Cell } from '../rows/row-forms.js';

interface Column {
  readonly name: string;
  readonly type: 'TEXT' | 'INTEGER' | 'REAL' | 'BLOB';
  readonly notnull: number;
  readonly pk: number;
}

interface Reference {
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
}

type Stored = Record<string, Cell>;

/** Texts that go wrong somewhere: quotes, what looks like an array or nothing, other scripts, line breaks. */
const texts = ['', 'NULL', '{a,"b"}', "it's \\ \"quoted\"", 'Zürich 東京 🧵', 'line\nbreak\ttab', '\u0001\uFFFD', '%_$1 @name'];
const reals = [0, 1.5, -2.25, 0.1, 1e300, 5e-324, 1_795_000_000_123.456];

/**
 * Fills every table that a move copies with rows of all kinds of values, as a database of people would hold them: references, chains, checksums and
 * secrets are whole. `key` is the key file of the folder.
 */
export function fillEveryTable(database: HeddleDatabase, key: string, rowsOf: (table: string) => number): void {
  const { connection } = database;
  connection.pragma('foreign_keys = OFF');
  const triggers = connection
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all();
  const filled = new Map<string, readonly Stored[]>();
  connection.transaction(() => {
    for (const { name } of triggers) connection.exec(`DROP TRIGGER "${name}"`);
    for (const table of inOrder(connection)) fill(database, table, key, rowsOf(table), filled);
    for (const { sql } of triggers) connection.exec(sql);
  })();
  connection.pragma('foreign_keys = ON');
}

const referencesOf = (connection: HeddleDatabase['connection'], table: string): readonly Reference[] =>
  [
    ...connection.prepare<[string], Reference>('SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)').all(table),
    // Postgres alone checks this one.
    ...(table === 'delivery_tries' ? [{ table: 'deliveries', from: 'delivery', to: 'id' }] : []),
  ];

/** Tables after those that they refer to. */
function inOrder(connection: HeddleDatabase['connection']): readonly string[] {
  const ordered: string[] = [];
  const add = (table: string): void => {
    if (ordered.includes(table)) return;
    for (const reference of referencesOf(connection, table)) if (reference.table !== table) add(reference.table);
    ordered.push(table);
  };
  add('runs');
  for (const table of movedTables) add(table);
  return ordered;
}

function fill(
  { connection }: HeddleDatabase,
  table: string,
  key: string,
  rowsEach: number,
  filled: Map<string, readonly Stored[]>,
): void {
  const columns = connection.prepare<[string], Column>('SELECT name, type, "notnull", pk FROM pragma_table_info(?)').all(table);
  const references = referencesOf(connection, table);
  connection.exec(`DELETE FROM ${table}`);
  const rows: Stored[] = [];
  for (let at = 1; at <= rowsEach; at += 1) {
    const row: Stored = {};
    for (const column of columns) row[column.name] = cellOf(column, at);
    for (const { table: parent, from, to } of references) {
      const parents = filled.get(parent) ?? [];
      const keyColumn = to ?? 'id';
      row[from] = parents[(at - 1) % parents.length]?.[keyColumn] ?? null;
    }
    makeWhole(table, row, { at, key, before: rows.at(-1), filled });
    rows.push(row);
  }
  const names = columns.map(({ name }) => name);
  const insert = connection.prepare<[Stored]>(
    `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
  );
  for (const row of rows) insert.run(row);
  filled.set(table, rows);
}

/** The position of the row makes each text and each number of a key its own. */
function cellOf({ name, type, notnull, pk }: Column, at: number): Cell {
  if (notnull === 0 && pk === 0 && at % 3 === 0) return null;
  switch (type) {
    case 'TEXT':
      return `${texts[at % texts.length]}${name}-${at}`;
    case 'INTEGER':
      if (pk > 0) return at * 7;
      return name.startsWith('is_') || name.startsWith('has_') ? at % 2 : at;
    case 'REAL':
      return pk > 0 ? at + 0.5 : (reals[at % reals.length] ?? 0);
    case 'BLOB':
      return Buffer.from([...Array(at % 9).keys(), 0, 255, at % 256]);
  }
}

interface Context {
  readonly at: number;
  readonly key: string;
  readonly before: Stored | undefined;
  readonly filled: ReadonlyMap<string, readonly Stored[]>;
}

/** What a store would check when it reads the row. */
function makeWhole(table: string, row: Stored, { at, key, before, filled }: Context): void {
  if (table === 'runs') {
    const caller = { kind: 'key', id: `key-${at}`, project: `project \u0000 ${at}` };
    row['acceptance'] = JSON.stringify({
      inputs: { text: { value: `value \u0000 ${at} \uD83E`, label: { level: 'internal' } }, 7: { value: 1 } },
      options: {},
      reused: [],
      ...(at % 4 === 0 ? { replay: { of: `run-${at}` } } : {}),
    });
    row['caller'] = at % 2 === 0 ? null : JSON.stringify(caller);
    row['error'] = at % 5 === 0 ? JSON.stringify({ code: 'internal', message: 'broken \u0000 here' }) : null;
    // Names may have what Postgres does not take: they stand in its JSON.
    row['workflow_name'] = `name \u0000 ${at}`;
    row['status'] = ['done', 'failed', 'queued', 'running', 'suspended', 'cancelled'][at % 6] ?? 'done';
    // A row of a Heddle that stored no checksum.
    row['checksum'] = at % 7 === 0 ? null : acceptanceChecksum(row as unknown as AcceptanceRow);
  }
  if (table === 'records') {
    const run = filled.get('runs')?.[(at - 1) % 3]?.['number'] ?? 0;
    Object.assign(row, { run, seq: at, start_seq: null, body: JSON.stringify({ outputs: { text: `\u0000${at}` } }) });
    const values = ['run', 'seq', 'type', 'time', 'path', 'attempt', 'start_seq', 'start_time', 'body', 'blobs'];
    row['checksum'] = at % 7 === 0 ? null : recordChecksum(values.map((name) => row[name]) as unknown as Parameters<typeof recordChecksum>[0]);
  }
  if (table === 'deltas') {
    row['run'] = filled.get('runs')?.[0]?.['number'] ?? 0;
    row['text'] = `streamed \u0000 ${texts[at % texts.length]}`;
  }
  if (table === 'human_inputs') row['run'] = filled.get('runs')?.[1]?.['number'] ?? 0;
  if (table === 'bundles') row['content'] = JSON.stringify({ at });
  if (table === 'jobs') Object.assign(row, { owner: null, lease_until: null });
  if (table === 'audit') {
    const { number: _number, previous: _previous, hash: _hash, ...entry } = row;
    const after = before === undefined ? { number: 0, hash: chainStart } : { number: Number(before['number']), hash: String(before['hash']) };
    Object.assign(entry, { details: JSON.stringify({ step: `step ${at}` }) });
    Object.assign(row, chainRow(entry as unknown as Parameters<typeof chainRow>[0], after));
  }
  if (table === 'secrets') {
    Object.assign(row, { owner: 'default', card: null });
    row['sealed'] = seal(readKeyFile(key, () => true), String(row['name']), `value ${at}`);
  }
}
